/* Restorations: that the acts record them, and that chains go on where they say. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/restoration_private.h"
#include "collector/store/verify_private.h"
#include "common/base/clock.h"
#include "common/base/text.h"

enum {
    RESTORED_NUMBER,
    RESTORED_EPOCH,
    RESTORED_SEQUENCE,
    RESTORED_AT,
    RESTORED_TO,
    RESTORED_REASON,
    RESTORED_ACT_AT,
    RESTORED_PAYLOAD
};

enum {
    HEAD_DISTRICT,
    HEAD_CODE,
    HEAD_EPOCH,
    HEAD_SEQUENCE,
    HEAD_HASH,
    HEAD_LOST_EPOCH,
    HEAD_LOST_SEQUENCE,
    HEAD_LOST_HASH
};

static void tell(const struct th_verification *verification, uint64_t sequence,
                 const char *expected, const char *found)
{
    th_verify_tell(verification, TH_DIFFERENCE_RESTORATION, "", 0, sequence, expected, found,
                   false);
}

/* SHA-256 over the lines of the stored heads, as the act has it. */
static enum th_status digest_heads(struct th_verification *verification, int32_t number,
                                   size_t *count, char hex[2 * TH_HASH_BYTES + 1],
                                   struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    TH_CLEANUP_RESULT PGresult *rows = NULL;
    uint8_t digest[TH_HASH_BYTES];
    th_param_int4(&params, number);
    enum th_status status =
        th_pg_query(&verification->store->pg, &th_sql_verify_restored_heads, &params, &rows, error);
    if (status != TH_OK)
        return status;
    *count = (size_t)PQntuples(rows);
    for (int i = 0; i < PQntuples(rows); i++) {
        struct th_restored_head head = {0};
        th_pg_text(rows, i, HEAD_CODE, head.code, sizeof(head.code));
        head.epoch = (uint32_t)th_pg_int4(rows, i, HEAD_EPOCH);
        head.sequence = (uint64_t)th_pg_int8(rows, i, HEAD_SEQUENCE);
        th_pg_bytes(rows, i, HEAD_HASH, head.hash, sizeof(head.hash));
        if (!PQgetisnull(rows, i, HEAD_LOST_EPOCH)) {
            head.lost_epoch = (uint32_t)th_pg_int4(rows, i, HEAD_LOST_EPOCH);
            head.lost_sequence = (uint64_t)th_pg_int8(rows, i, HEAD_LOST_SEQUENCE);
            th_pg_bytes(rows, i, HEAD_LOST_HASH, head.lost_hash, sizeof(head.lost_hash));
        }
        th_restored_head_line(&head, &text);
    }
    th_sha256(text.bytes, text.size, digest);
    th_text_to_hex(digest, sizeof(digest), hex);
    return TH_OK;
}

/* The row beside what its act says, in words that can be compared. */
static enum th_status compare(struct th_verification *verification, const PGresult *rows, int row,
                              struct th_error *error)
{
    char digest[2 * TH_HASH_BYTES + 1], moment[40];
    size_t count = 0;
    int32_t number = th_pg_int4(rows, row, RESTORED_NUMBER);
    uint64_t sequence = (uint64_t)th_pg_int8(rows, row, RESTORED_SEQUENCE);
    enum th_status status = digest_heads(verification, number, &count, digest, error);
    if (status != TH_OK)
        return status;
    TH_CLEANUP_BUFFER struct th_buffer reason = {0};
    th_buffer_add(&reason, PQgetvalue(rows, row, RESTORED_REASON),
                  (size_t)PQgetlength(rows, row, RESTORED_REASON));
    th_instant_format(th_pg_instant(rows, row, RESTORED_TO), moment);
    json_t *expected = json_loadb(PQgetvalue(rows, row, RESTORED_PAYLOAD),
                                  (size_t)PQgetlength(rows, row, RESTORED_PAYLOAD), 0, NULL);
    json_t *found =
        th_restoration_payload((uint32_t)number, (uint32_t)th_pg_int4(rows, row, RESTORED_EPOCH),
                               moment, reason.size ? reason.bytes : "", count, digest);
    bool same = expected && found && json_equal(expected, found) &&
                th_pg_instant(rows, row, RESTORED_AT) == th_pg_instant(rows, row, RESTORED_ACT_AT);
    char *text = same || !found ? NULL : json_dumps(found, JSON_COMPACT | JSON_SORT_KEYS);
    if (!same)
        tell(verification, sequence, "a restoration as its act in the province's chain says",
             text ? text : "another");
    free(text);
    json_decref(expected);
    json_decref(found);
    return TH_OK;
}

enum th_status th_verify_restorations(struct th_verification *verification, struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *rows = NULL;
    enum th_status status =
        th_pg_query(&verification->store->pg, &th_sql_verify_restorations, NULL, &rows, error);
    for (int i = 0; status == TH_OK && i < PQntuples(rows); i++) {
        uint64_t sequence = (uint64_t)th_pg_int8(rows, i, RESTORED_SEQUENCE);
        if (PQgetisnull(rows, i, RESTORED_NUMBER))
            tell(verification, sequence, "the restoration that the act records", "no row of it");
        else if (PQgetisnull(rows, i, RESTORED_PAYLOAD))
            tell(verification, sequence, "an act of the province that records the restoration",
                 "none");
        else
            status = compare(verification, rows, i, error);
    }
    return status;
}

/* ------------------------------------------------------------- one chain */

const struct th_epoch_start *th_verify_start(const struct th_verify_chain *chain, uint32_t epoch)
{
    for (size_t i = 0; i < chain->start_count; i++)
        if (chain->starts[i].epoch == epoch)
            return &chain->starts[i];
    return NULL;
}

uint32_t th_verify_newest_epoch(const struct th_verify_chain *chain)
{
    return chain->start_count > 0 ? chain->starts[chain->start_count - 1].epoch : 1;
}

void th_verify_epoch(const struct th_verification *verification,
                     const struct th_verify_chain *chain, uint32_t epoch, uint64_t sequence)
{
    char want[80], got[80];
    const struct th_epoch_start *start = th_verify_start(chain, epoch);
    if (epoch == 1)
        return;
    if (!start) {
        snprintf(got, sizeof(got), "epoch %" PRIu32 ", which no restoration began", epoch);
        th_verify_tell(verification, TH_DIFFERENCE_RESTORATION, chain->code, epoch, sequence,
                       "an epoch that a restoration began", got, false);
    } else if (start->previous_epoch != chain->epoch ||
               start->previous_sequence != chain->sequence ||
               memcmp(start->previous_hash, chain->hash, TH_HASH_BYTES) != 0) {
        snprintf(want, sizeof(want), "entry %" PRIu64 " of epoch %" PRIu32 " before it",
                 start->previous_sequence, start->previous_epoch);
        snprintf(got, sizeof(got), "entry %" PRIu64 " of epoch %" PRIu32 ", or another hash",
                 chain->sequence, chain->epoch);
        th_verify_tell(verification, TH_DIFFERENCE_RESTORATION, chain->code, epoch, sequence, want,
                       got, false);
    }
}
