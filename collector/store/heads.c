/* The heads of all chains, to be signed and kept elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "collector/store/read.h"
#include "collector/store/verify_private.h"

enum { DISTRICT_ID, DISTRICT_CODE, HEAD_EPOCH, HEAD_SEQUENCE, HEAD_HASH };

/* The district's last entry; *given false when it has none. */
static enum th_status last_entry(struct th_store *store, int32_t district_id,
                                 struct th_chain_head *head, bool *given, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_int4(&params, district_id);
    struct th_pg_call call = {.sql = &th_sql_last_entry, .params = &params};
    enum th_status status = th_pg_run(&store->pg, &call, 1, TH_PG_NO_DEADLINE, error);
    if (status != TH_OK)
        return status;
    *given = PQntuples(call.result) == 1;
    if (*given) {
        head->epoch = (uint32_t)th_pg_int4(call.result, 0, 0);
        head->sequence = (uint64_t)th_pg_int8(call.result, 0, 1);
        th_pg_bytes(call.result, 0, 2, head->hash, sizeof(head->hash));
    }
    th_pg_calls_clear(&call, 1);
    return TH_OK;
}

static enum th_status take_head(struct th_store *store, const PGresult *districts, int row,
                                struct th_chain_head *head, bool *given, struct th_error *error)
{
    uint8_t hash[TH_HASH_BYTES];
    *head = (struct th_chain_head){0};
    th_pg_text(districts, row, DISTRICT_CODE, head->district, sizeof(head->district));
    enum th_status status =
        last_entry(store, th_pg_int4(districts, row, DISTRICT_ID), head, given, error);
    if (status != TH_OK)
        return status;
    uint32_t epoch = (uint32_t)th_pg_int4(districts, row, HEAD_EPOCH);
    uint64_t sequence = (uint64_t)th_pg_int8(districts, row, HEAD_SEQUENCE);
    th_pg_bytes(districts, row, HEAD_HASH, hash, sizeof(hash));
    bool last = epoch == head->epoch && sequence == head->sequence;
    bool begun = epoch > head->epoch && sequence == 0; /* by a restoration */
    bool whole =
        *given ? (last || begun) && memcmp(hash, head->hash, sizeof(hash)) == 0 : sequence == 0;
    if (whole)
        return TH_OK;
    return th_error_set(error, TH_PERMANENT,
                        "the head of district %s is not its last entry, so nothing was signed; "
                        "run `tonghop-collector verify`",
                        head->district);
}

static enum th_status gather(struct th_store *store, struct th_chain_head **heads, size_t *count,
                             struct th_error *error)
{
    struct th_pg_call calls[] = {{.sql = &th_sql_verify_districts},
                                 {.sql = &th_sql_event_last},
                                 {.sql = &th_sql_last_epoch}};
    enum th_status status = th_pg_run(&store->pg, calls, 3, TH_PG_NO_DEADLINE, error);
    if (status != TH_OK)
        return status;
    int districts = PQntuples(calls[0].result);
    *heads = calloc((size_t)districts + 1, sizeof(**heads));
    if (!*heads)
        abort();
    for (int i = 0; status == TH_OK && i < districts; i++) {
        bool given = false;
        status = take_head(store, calls[0].result, i, &(*heads)[*count], &given, error);
        *count += given;
    }
    if (status == TH_OK && !PQgetisnull(calls[1].result, 0, 0)) {
        struct th_chain_head *province = &(*heads)[(*count)++];
        *province = (struct th_chain_head){.epoch = (uint32_t)th_pg_int4(calls[2].result, 0, 0),
                                           .sequence = (uint64_t)th_pg_int8(calls[1].result, 0, 0)};
        th_pg_bytes(calls[1].result, 0, 1, province->hash, sizeof(province->hash));
    }
    th_pg_calls_clear(calls, 3);
    return status;
}

enum th_status th_store_heads(struct th_store *store, struct th_chain_head **heads, size_t *count,
                              int64_t *snapshot_us, struct th_error *error)
{
    *heads = NULL;
    *count = 0;
    enum th_status status = th_store_begin_read(store, snapshot_us, error);
    if (status == TH_OK)
        status = gather(store, heads, count, error);
    th_store_end_read(store);
    if (status != TH_OK) {
        free(*heads);
        *heads = NULL;
        *count = 0;
    }
    return status;
}
