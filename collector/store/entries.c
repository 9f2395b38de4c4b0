/* Reading a district's chain: its head for Welcome, its entries for offices that
 * lack some. */
#include <string.h>

#include "collector/store/batch.h"
#include "collector/store/store_private.h"

enum th_status th_store_head(struct th_store *store, int32_t district_id, uint32_t *epoch,
                             uint64_t *sequence, uint8_t hash[TH_HASH_BYTES],
                             struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    *epoch = 1;
    *sequence = 0;
    memset(hash, 0, TH_HASH_BYTES);
    th_param_int4(&params, district_id);
    struct th_pg_call call = {.sql = &th_sql_head, .params = &params};
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status == TH_OK && PQntuples(call.result) == 1) {
        *epoch = (uint32_t)th_pg_int4(call.result, 0, 0);
        *sequence = (uint64_t)th_pg_int8(call.result, 0, 1);
        th_pg_bytes(call.result, 0, 2, hash, TH_HASH_BYTES);
    }
    th_pg_calls_clear(&call, 1);
    return status;
}

static const char *arena_text(struct th_arena *arena, const PGresult *result, int row, int column)
{
    return th_arena_text(arena, (struct th_slice){PQgetvalue(result, row, column),
                                                  (size_t)PQgetlength(result, row, column)});
}

/* False when the arena is full, or the frequency is none of ours. */
static bool take_entry(const PGresult *result, int row, uint32_t epoch, struct th_arena *arena,
                       struct th_stored_entry *stored)
{
    struct th_entry *entry = &stored->entry;
    enum th_frequency frequency;
    char period[TH_PERIOD_TEXT];
    struct th_slice word = {PQgetvalue(result, row, 3), (size_t)PQgetlength(result, row, 3)};
    if (!th_frequency_parse(word, &frequency))
        return false;
    th_base_period_format(frequency, th_pg_int4(result, row, 4), period);

    entry->epoch = epoch;
    entry->sequence = (uint64_t)th_pg_int8(result, row, 0);
    th_pg_bytes(result, row, 1, entry->report_id, sizeof(entry->report_id));
    entry->form = arena_text(arena, result, row, 2);
    entry->period = th_arena_text(arena, th_slice_of(period));
    entry->revision = (uint32_t)th_pg_int4(result, row, 5);
    th_pg_bytes(result, row, 6, entry->digest, sizeof(entry->digest));
    entry->accepted_at_us = th_pg_instant(result, row, 7);
    th_pg_bytes(result, row, 8, stored->hash, sizeof(stored->hash));
    entry->district = arena_text(arena, result, row, 9);
    return entry->form && entry->period && entry->district;
}

enum th_status th_store_entries(struct th_store *store, int32_t district_id, uint32_t epoch,
                                uint64_t after, size_t limit, struct th_arena *arena,
                                struct th_stored_entry **entries, size_t *count,
                                uint8_t previous[TH_HASH_BYTES], struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params range = {0}, before = {0};
    *entries = NULL;
    *count = 0;
    memset(previous, 0, TH_HASH_BYTES);
    /* Whatever an office asks for stays within the columns' types. */
    if (after >= INT64_MAX || epoch > INT32_MAX)
        return TH_OK;
    th_param_int4(&range, district_id);
    th_param_int4(&range, (int32_t)epoch);
    th_param_int8(&range, (int64_t)after);
    th_param_int8(&range, limit > INT32_MAX ? INT32_MAX : (int64_t)limit);
    th_param_int4(&before, district_id);
    th_param_int4(&before, (int32_t)epoch);
    th_param_int8(&before, (int64_t)after + 1);
    struct th_pg_call calls[] = {{.sql = &th_sql_entries, .params = &range},
                                 {.sql = &th_sql_entry_before, .params = &before}};
    enum th_status status = th_pg_run(&store->pg, calls, 2, store->pg.timeout_ms, error);
    if (status != TH_OK)
        return status;
    if (PQntuples(calls[1].result) == 1)
        th_pg_bytes(calls[1].result, 0, 0, previous, TH_HASH_BYTES);

    size_t rows = (size_t)PQntuples(calls[0].result);
    if (rows > 0)
        *entries = th_arena_alloc(arena, rows * sizeof(**entries));
    for (size_t i = 0; *entries && status == TH_OK && i < rows; i++) {
        if (take_entry(calls[0].result, (int)i, epoch, arena, &(*entries)[i]))
            ++*count;
        else
            status = th_error_set(error, TH_PERMANENT,
                                  "entry %zu of district %d cannot be read; run "
                                  "`tonghop-collector verify`",
                                  (size_t)after + i + 1, district_id);
    }
    if (rows > 0 && !*entries)
        status = th_error_set(error, TH_PERMANENT, "%zu entries do not fit one answer", rows);
    th_pg_calls_clear(calls, 2);
    return status;
}

enum th_status th_store_bodies(struct th_store *store, int32_t district_id, uint32_t epoch,
                               uint64_t after, size_t limit, struct th_arena *arena,
                               struct th_stored_body **bodies, size_t *count,
                               struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    *bodies = NULL;
    *count = 0;
    if (after >= INT64_MAX || epoch > INT32_MAX)
        return TH_OK;
    th_param_int4(&params, district_id);
    th_param_int4(&params, (int32_t)epoch);
    th_param_int8(&params, (int64_t)after);
    th_param_int8(&params, (int64_t)limit);
    struct th_pg_call call = {.sql = &th_sql_bodies, .params = &params};
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status != TH_OK)
        return status;
    size_t rows = (size_t)PQntuples(call.result);
    *bodies = th_arena_alloc(arena, (rows + 1) * sizeof(**bodies));
    for (size_t i = 0; *bodies && i < rows; i++) {
        struct th_stored_body *body = &(*bodies)[*count];
        body->sequence = (uint64_t)th_pg_int8(call.result, (int)i, 0);
        body->body.size = (size_t)PQgetlength(call.result, (int)i, 1);
        body->body.bytes =
            th_arena_copy(arena, PQgetvalue(call.result, (int)i, 1), body->body.size);
        if (!body->body.bytes)
            break;
        ++*count;
    }
    if (*count < rows)
        status = th_error_set(error, TH_PERMANENT, "%zu reports do not fit one answer", rows);
    th_pg_calls_clear(&call, 1);
    return status;
}
