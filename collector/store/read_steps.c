/* What was done to a report: approvals, returns, reopenings. */
#include <string.h>

#include "collector/store/read_private.h"

enum {
    COLUMN_REVISION,
    COLUMN_STATE,
    COLUMN_AT,
    COLUMN_OPEN_UNTIL,
    COLUMN_ACCOUNT,
    COLUMN_ROLE,
    COLUMN_COMMENT,
    COLUMN_CRITERIA,
    COLUMN_COMMENTS
};

static struct th_slice copy(const PGresult *rows, int row, int column, struct th_arena *arena)
{
    size_t size = (size_t)PQgetlength(rows, row, column);
    const char *bytes = th_arena_copy(arena, PQgetvalue(rows, row, column), size);
    return (struct th_slice){bytes, bytes ? size : 0};
}

static const char *copy_text(const PGresult *rows, int row, int column, struct th_arena *arena)
{
    const struct th_slice text = {PQgetvalue(rows, row, column),
                                  (size_t)PQgetlength(rows, row, column)};
    const char *copied = th_arena_text(arena, text);
    return copied ? copied : "";
}

static void take_comments(const PGresult *rows, int row, struct th_arena *arena,
                          struct th_state_step *step)
{
    struct th_array_reader codes, texts;
    if (!th_array_open(&codes, PQgetvalue(rows, row, COLUMN_CRITERIA),
                       (size_t)PQgetlength(rows, row, COLUMN_CRITERIA)) ||
        !th_array_open(&texts, PQgetvalue(rows, row, COLUMN_COMMENTS),
                       (size_t)PQgetlength(rows, row, COLUMN_COMMENTS)))
        return;
    step->criteria = th_arena_alloc(arena, (codes.count + 1) * sizeof(*step->criteria));
    step->comments = th_arena_alloc(arena, (codes.count + 1) * sizeof(*step->comments));
    struct th_slice code, text;
    while (step->criteria && step->comments && th_array_next(&codes, &code.bytes, &code.size) &&
           th_array_next(&texts, &text.bytes, &text.size)) {
        step->criteria[step->comment_count] = th_arena_text(arena, code);
        const char *bytes = th_arena_copy(arena, text.bytes, text.size);
        step->comments[step->comment_count] = (struct th_slice){bytes, text.size};
        if (step->criteria[step->comment_count] && bytes)
            step->comment_count++;
    }
}

enum th_status th_store_read_steps(struct th_store *store, const struct th_catalogue_ids *ids,
                                   const struct th_form *form, const struct th_district *district,
                                   int32_t period, struct th_arena *arena,
                                   struct th_state_step **steps, size_t *count,
                                   struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    *count = 0;
    enum th_status status = th_read_check(store, error);
    if (status != TH_OK)
        return status;
    th_param_int4(&params, ids->district_ids[district->index]);
    th_param_int4(&params, ids->form_ids[form->index]);
    th_param_int4(&params, period);
    th_param_instant(&params, store->as_of_us ? store->as_of_us : TH_READ_END_OF_TIME_US);
    struct th_pg_call call = {.sql = &th_sql_read_steps, .params = &params};
    status = th_pg_run(&store->pg, &call, 1, th_read_timeout_ms(store), error);
    if (status != TH_OK)
        return status;
    int rows = PQntuples(call.result);
    *steps = th_arena_alloc(arena, ((size_t)rows + 1) * sizeof(**steps));
    for (int i = 0; *steps && i < rows; i++) {
        struct th_state_step *step = &(*steps)[(*count)++];
        *step = (struct th_state_step){
            .revision = (uint32_t)th_pg_int4(call.result, i, COLUMN_REVISION),
            .at_us = th_pg_instant(call.result, i, COLUMN_AT),
            .open_until_us = th_pg_instant(call.result, i, COLUMN_OPEN_UNTIL),
            .to_state = copy_text(call.result, i, COLUMN_STATE, arena),
            .account = copy_text(call.result, i, COLUMN_ACCOUNT, arena),
            .role = copy_text(call.result, i, COLUMN_ROLE, arena),
            .comment = copy(call.result, i, COLUMN_COMMENT, arena),
        };
        take_comments(call.result, i, arena, step);
    }
    th_pg_calls_clear(&call, 1);
    /* What did not fit is missing: better no history than half of one. */
    if (!th_arena_alloc(arena, 1))
        return th_error_set(error, TH_PERMANENT, "the acts about a report are too many");
    return TH_OK;
}
