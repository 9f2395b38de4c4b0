/* Where the epochs of a district's chain begin, and what they left behind. */
#include <stdlib.h>
#include <string.h>

#include "collector/store/restoration.h"
#include "collector/store/store_private.h"

enum {
    START_EPOCH,
    START_PREVIOUS_EPOCH,
    START_PREVIOUS_SEQUENCE,
    START_PREVIOUS_HASH,
    START_AT,
    START_NUMBER,
    START_LOST_EPOCH,
    START_LOST_SEQUENCE,
    START_EVENT
};

enum th_status th_store_epochs(struct th_store *store, int32_t district_id,
                               struct th_epoch_start **starts, size_t *count,
                               struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    *starts = NULL;
    *count = 0;
    th_param_int4(&params, district_id);
    struct th_pg_call call = {.sql = &th_sql_district_epochs, .params = &params};
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status != TH_OK)
        return status;
    *count = (size_t)PQntuples(call.result);
    *starts = calloc(*count + 1, sizeof(**starts));
    if (!*starts)
        abort();
    for (size_t i = 0; i < *count; i++) {
        int row = (int)i;
        struct th_epoch_start *start = &(*starts)[i];
        start->epoch = (uint32_t)th_pg_int4(call.result, row, START_EPOCH);
        start->previous_epoch = (uint32_t)th_pg_int4(call.result, row, START_PREVIOUS_EPOCH);
        start->previous_sequence = (uint64_t)th_pg_int8(call.result, row, START_PREVIOUS_SEQUENCE);
        th_pg_bytes(call.result, row, START_PREVIOUS_HASH, start->previous_hash, TH_HASH_BYTES);
        start->at_us = th_pg_instant(call.result, row, START_AT);
        start->event_sequence = (uint64_t)th_pg_int8(call.result, row, START_EVENT);
        start->number = (uint32_t)th_pg_int4(call.result, row, START_NUMBER);
        if (PQgetisnull(call.result, row, START_LOST_EPOCH))
            continue;
        start->lost_epoch = (uint32_t)th_pg_int4(call.result, row, START_LOST_EPOCH);
        start->lost_sequence = (uint64_t)th_pg_int8(call.result, row, START_LOST_SEQUENCE);
    }
    th_pg_calls_clear(&call, 1);
    return TH_OK;
}

const struct th_epoch_start *th_epoch_lost_by(const struct th_epoch_start *starts, size_t count,
                                              uint32_t epoch, uint64_t sequence)
{
    for (size_t i = 0; i < count; i++) {
        const struct th_epoch_start *start = &starts[i];
        if (epoch < start->epoch &&
            (epoch > start->previous_epoch ||
             (epoch == start->previous_epoch && sequence > start->previous_sequence)))
            return start;
    }
    return NULL;
}

enum th_status th_store_has_entry(struct th_store *store, int32_t district_id, uint32_t epoch,
                                  uint64_t sequence, const uint8_t hash[TH_HASH_BYTES], bool *found,
                                  struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    uint8_t kept[TH_HASH_BYTES];
    *found = false;
    /* Whatever an office names stays within the columns' types. */
    if (epoch > INT32_MAX || sequence > INT64_MAX)
        return TH_OK;
    th_param_int4(&params, district_id);
    th_param_int4(&params, (int32_t)epoch);
    th_param_int8(&params, (int64_t)sequence);
    struct th_pg_call call = {.sql = &th_sql_district_entry, .params = &params};
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status == TH_OK && PQntuples(call.result) == 1) {
        th_pg_bytes(call.result, 0, 0, kept, sizeof(kept));
        *found = memcmp(kept, hash, sizeof(kept)) == 0;
    }
    th_pg_calls_clear(&call, 1);
    return status;
}
