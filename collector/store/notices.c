#include "collector/store/notices.h"

#include <string.h>

#include "collector/store/store_private.h"
#include "common/wire/message.h"

enum {
    NOTICE_ID,
    NOTICE_KIND,
    NOTICE_FORM,
    NOTICE_FREQUENCY,
    NOTICE_PERIOD,
    NOTICE_REVISION,
    NOTICE_TEXT,
    NOTICE_AT,
    NOTICE_UNTIL,
    NOTICE_CRITERIA,
    NOTICE_COMMENTS,
    NOTICE_EPOCH
};

/* "" when the arena's limit is reached: a text that is left out must not stop the rest. */
static const char *keep_bytes(const char *bytes, size_t size, struct th_arena *arena)
{
    const char *copy = bytes ? th_arena_text(arena, (struct th_slice){bytes, size}) : NULL;
    return copy ? copy : "";
}

static const char *keep(const PGresult *rows, int row, int column, struct th_arena *arena)
{
    return keep_bytes(PQgetvalue(rows, row, column), (size_t)PQgetlength(rows, row, column), arena);
}

static void take_comments(const PGresult *rows, int row, struct th_arena *arena,
                          struct th_stored_notice *notice)
{
    struct th_array_reader criteria, texts;
    const char *criterion, *text;
    size_t criterion_size, text_size;
    if (!th_array_open(&criteria, PQgetvalue(rows, row, NOTICE_CRITERIA),
                       (size_t)PQgetlength(rows, row, NOTICE_CRITERIA)) ||
        !th_array_open(&texts, PQgetvalue(rows, row, NOTICE_COMMENTS),
                       (size_t)PQgetlength(rows, row, NOTICE_COMMENTS)))
        return;
    notice->comments = th_arena_alloc(arena, (texts.count + 1) * sizeof(*notice->comments));
    while (notice->comments && th_array_next(&criteria, &criterion, &criterion_size) &&
           th_array_next(&texts, &text, &text_size)) {
        struct th_notice_comment *comment = &notice->comments[notice->comment_count++];
        comment->criterion = keep_bytes(criterion, criterion_size, arena);
        comment->text = keep_bytes(text, text_size, arena);
    }
}

static void take_notice(const PGresult *rows, int row, struct th_arena *arena,
                        struct th_stored_notice *notice)
{
    char period[TH_PERIOD_TEXT] = "";
    enum th_frequency frequency;
    if (th_frequency_parse(th_slice_of(PQgetvalue(rows, row, NOTICE_FREQUENCY)), &frequency))
        th_base_period_format(frequency, th_pg_int4(rows, row, NOTICE_PERIOD), period);
    *notice = (struct th_stored_notice){
        .id = th_notice_id((uint32_t)th_pg_int4(rows, row, NOTICE_EPOCH),
                           (uint64_t)th_pg_int8(rows, row, NOTICE_ID)),
        .kind = keep(rows, row, NOTICE_KIND, arena),
        .form = keep(rows, row, NOTICE_FORM, arena),
        .period = keep_bytes(period, strlen(period), arena),
        .revision = (uint32_t)th_pg_int4(rows, row, NOTICE_REVISION),
        .text = keep(rows, row, NOTICE_TEXT, arena),
        .at_us = th_pg_instant(rows, row, NOTICE_AT),
        .until_us =
            PQgetisnull(rows, row, NOTICE_UNTIL) ? 0 : th_pg_instant(rows, row, NOTICE_UNTIL),
    };
    take_comments(rows, row, arena, notice);
}

enum th_status th_store_notices(struct th_store *store, int32_t district_id, uint64_t after,
                                size_t limit, struct th_arena *arena,
                                struct th_stored_notice **notices, size_t *count,
                                struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params range = {0}, acknowledged = {0};
    int64_t from = (int64_t)th_notice_sequence(after);
    int32_t epoch = (int32_t)th_notice_epoch(after);
    th_param_int4(&range, district_id);
    th_param_int8(&range, from);
    th_param_int8(&range, (int64_t)limit);
    th_param_int4(&range, epoch);
    th_param_int4(&acknowledged, district_id);
    th_param_int8(&acknowledged, from);
    th_param_int4(&acknowledged, epoch);
    struct th_pg_call calls[] = {{.sql = &th_sql_notices, .params = &range},
                                 {.sql = &th_sql_notice_ack, .params = &acknowledged}};
    size_t call_count = after > 0 ? 2 : 1;
    *count = 0;
    enum th_status status = th_pg_run(&store->pg, calls, call_count, store->pg.timeout_ms, error);
    if (status != TH_OK)
        return status;
    int rows = PQntuples(calls[0].result);
    *notices = th_arena_alloc(arena, ((size_t)rows + 1) * sizeof(**notices));
    for (int row = 0; *notices && row < rows; row++)
        take_notice(calls[0].result, row, arena, &(*notices)[(*count)++]);
    th_pg_calls_clear(calls, call_count);
    return TH_OK;
}

enum th_status th_store_notice_districts(struct th_store *store, uint64_t after, uint64_t last,
                                         struct th_arena *arena, int32_t **district_ids,
                                         size_t *count, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params range = {0};
    *count = 0;
    th_param_int8(&range, (int64_t)after);
    th_param_int8(&range, (int64_t)last);
    struct th_pg_call call = {.sql = &th_sql_notice_districts, .params = &range};
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status != TH_OK)
        return status;
    int rows = PQntuples(call.result);
    *district_ids = th_arena_alloc(arena, ((size_t)rows + 1) * sizeof(**district_ids));
    for (int row = 0; *district_ids && row < rows; row++)
        (*district_ids)[(*count)++] = th_pg_int4(call.result, row, 0);
    th_pg_calls_clear(&call, 1);
    return TH_OK;
}
