/* Heads that were exported before: the chains contain them, or a restoration that is
 * recorded left them behind. */
#include <stdlib.h>
#include <string.h>

#include "collector/store/verify_private.h"
#include "common/base/text.h"

static void lost(const struct th_verification *verification, const struct th_chain_head *anchor,
                 uint32_t restoration, int64_t at_us, uint64_t gone)
{
    const struct th_lost_anchor told = {anchor, restoration, at_us, gone};
    verification->counts->lost_anchors++;
    if (verification->request->lost)
        verification->request->lost(verification->request->context, &told);
}

static void differ(const struct th_verification *verification, const struct th_chain_head *anchor,
                   const uint8_t *found)
{
    char want[2 * TH_HASH_BYTES + 1], got[2 * TH_HASH_BYTES + 1];
    th_text_to_hex(anchor->hash, TH_HASH_BYTES, want);
    if (found)
        th_text_to_hex(found, TH_HASH_BYTES, got);
    th_verify_tell(verification, TH_DIFFERENCE_ANCHOR, anchor->district, anchor->epoch,
                   anchor->sequence, want, found ? got : "no such entry", false);
}

/* The hash at the anchor's place, in the last column; NULL: there is none. */
static const uint8_t *hash_of(const PGresult *result, uint8_t hash[TH_HASH_BYTES])
{
    int column = PQnfields(result) - 1;
    if (PQntuples(result) != 1 || PQgetisnull(result, 0, column))
        return NULL;
    th_pg_bytes(result, 0, column, hash, TH_HASH_BYTES);
    return hash;
}

static enum th_status check_district(const struct th_verification *verification,
                                     const struct th_chain_head *anchor, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *result = NULL;
    uint8_t hash[TH_HASH_BYTES];
    struct th_epoch_start *starts = NULL;
    size_t count = 0;
    th_param_text(&params, anchor->district);
    th_param_int4(&params, (int32_t)anchor->epoch);
    th_param_int8(&params, (int64_t)anchor->sequence);
    enum th_status status =
        th_pg_query(&verification->store->pg, &th_sql_verify_anchor, &params, &result, error);
    if (status != TH_OK)
        return status;
    const uint8_t *found = hash_of(result, hash);
    if (found && memcmp(found, anchor->hash, TH_HASH_BYTES) == 0)
        return TH_OK;
    if (PQntuples(result) == 1)
        status =
            th_store_epochs(verification->store, th_pg_int4(result, 0, 0), &starts, &count, error);
    const struct th_epoch_start *by =
        th_epoch_lost_by(starts, count, anchor->epoch, anchor->sequence);
    if (status == TH_OK && by && !found)
        lost(verification, anchor, by->number, by->at_us,
             anchor->epoch == by->previous_epoch ? anchor->sequence - by->previous_sequence
             : by->previous_epoch == 0           ? anchor->sequence
                                                 : 0);
    else if (status == TH_OK)
        differ(verification, anchor, found);
    free(starts);
    return status;
}

static enum th_status check_province(const struct th_verification *verification,
                                     const struct th_chain_head *anchor, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0}, place = {0};
    uint8_t hash[TH_HASH_BYTES];
    th_param_int8(&params, (int64_t)anchor->sequence);
    th_param_int4(&place, (int32_t)anchor->epoch);
    th_param_int8(&place, (int64_t)anchor->sequence);
    struct th_pg_call calls[] = {{.sql = &th_sql_verify_event_anchor, .params = &params},
                                 {.sql = &th_sql_verify_lost_event, .params = &place}};
    enum th_status status = th_pg_run(&verification->store->pg, calls, 2, TH_PG_NO_DEADLINE, error);
    if (status != TH_OK)
        return status;
    const uint8_t *found = hash_of(calls[0].result, hash);
    if (!found || memcmp(found, anchor->hash, TH_HASH_BYTES) != 0) {
        if (PQntuples(calls[1].result) == 1)
            lost(verification, anchor, (uint32_t)th_pg_int4(calls[1].result, 0, 0),
                 th_pg_instant(calls[1].result, 0, 1),
                 anchor->sequence - (uint64_t)th_pg_int8(calls[1].result, 0, 2) + 1);
        else
            differ(verification, anchor, found);
    }
    th_pg_calls_clear(calls, 2);
    return TH_OK;
}

enum th_status th_verify_anchor(const struct th_verification *verification,
                                const struct th_chain_head *anchor, struct th_error *error)
{
    verification->counts->anchors++;
    return anchor->district[0] ? check_district(verification, anchor, error)
                               : check_province(verification, anchor, error);
}
