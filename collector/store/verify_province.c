/* The province's own chain, and the catalogues that it records. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/store/catalogue_rows.h"
#include "collector/store/verify_private.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/wire/message.h"

#define EVENTS_A_PAGE 256

/* ------------------------------------------------------------- catalogues */

/* The place for a version: its own, a free one, or the one not used for longest. */
static struct th_verify_version *place(struct th_verification *verification, uint64_t number)
{
    struct th_verify_version *oldest = &verification->versions[0];
    for (size_t i = 0; i < TH_VERIFY_VERSIONS; i++) {
        struct th_verify_version *version = &verification->versions[i];
        if (version->used > 0 && version->number == number)
            return version;
        if (version->used < oldest->used)
            oldest = version;
    }
    return oldest;
}

enum th_status th_verify_catalogue(struct th_verification *verification, uint64_t number,
                                   struct th_catalogue_ids **ids, const char **problem,
                                   struct th_error *error)
{
    struct th_error found = {0};
    struct th_verify_version *version = place(verification, number);
    enum th_status status = TH_OK;
    if (version->used == 0 || version->number != number) {
        struct th_catalogue *catalogue = NULL;
        th_catalogue_ids_release(&version->ids);
        *version = (struct th_verify_version){.number = number};
        if (number == 0) /* would be the one in force */
            status = th_error_set(&found, TH_PERMANENT, "there is no catalogue version 0");
        else
            status = th_store_load_catalogue(verification->store, number, &catalogue, &found);
        if (status == TH_OK)
            status = th_store_load_ids(verification->store, catalogue, &version->ids, &found);
        th_catalogue_release(&catalogue);
        snprintf(version->problem, sizeof(version->problem), "%.199s", found.message);
    }
    version->used = ++verification->uses;
    *ids = version->ids;
    *problem = version->problem;
    /* A catalogue that is not there or cannot be read is a difference; a database that
     * cannot be asked is not. */
    if (status == TH_RETRY || status == TH_UNREACHABLE)
        return th_error_set(error, status, "%s", found.message);
    return TH_OK;
}

enum th_status th_verify_catalogues(struct th_verification *verification, const PGresult *rows,
                                    bool *ready, struct th_error *error)
{
    uint64_t before = verification->uses, last = 0;
    enum th_status status = TH_OK;
    for (int i = 0; status == TH_OK && i < PQntuples(rows); i++) {
        struct th_catalogue_ids *ids;
        const char *problem;
        uint64_t number = (uint64_t)th_pg_int8(rows, i, TH_VERIFY_VERSION);
        if (i == 0 || number != last)
            status = th_verify_catalogue(verification, number, &ids, &problem, error);
        last = number;
    }
    /* As many looks as there are places cannot have put one out that was looked at. */
    *ready = verification->uses - before <= TH_VERIFY_VERSIONS;
    return status;
}

/* The event of an import names the digest, so that the chain covers the content. */
static bool is_recorded(const struct th_verification *verification, uint64_t number,
                        const uint8_t digest[TH_HASH_BYTES], bool *recorded, enum th_status *status,
                        struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    char text[2 * TH_HASH_BYTES + 1];
    th_text_to_hex(digest, TH_HASH_BYTES, text);
    th_param_int8(&params, (int64_t)number);
    th_param_text(&params, text);
    struct th_pg_call call = {.sql = &th_sql_verify_version_event, .params = &params};
    *status = th_pg_run(&verification->store->pg, &call, 1, TH_PG_NO_DEADLINE, error);
    if (*status == TH_OK)
        *recorded = th_pg_bool(call.result, 0, 0);
    th_pg_calls_clear(&call, 1);
    return *status == TH_OK;
}

static enum th_status take_version(struct th_verification *verification, const PGresult *row,
                                   uint64_t *number, struct th_error *error)
{
    uint8_t kept[TH_HASH_BYTES], made[TH_HASH_BYTES];
    char want[2 * TH_HASH_BYTES + 1], got[2 * TH_HASH_BYTES + 1];
    struct th_error found = {0};
    enum th_status status = TH_OK;
    bool recorded = false;
    struct th_slice content = {PQgetvalue(row, 0, 1), (size_t)PQgetlength(row, 0, 1)};
    uint64_t expected = *number + 1;
    *number = (uint64_t)th_pg_int8(row, 0, 0);
    if (*number != expected) {
        snprintf(want, sizeof(want), "version %" PRIu64, expected);
        snprintf(got, sizeof(got), "version %" PRIu64, *number);
        th_verify_tell(verification, TH_DIFFERENCE_CATALOGUE, "", 0, expected, want, got, false);
    }
    th_pg_bytes(row, 0, 2, kept, sizeof(kept));
    th_sha256(content.bytes, content.size, made);
    th_text_to_hex(kept, sizeof(kept), want);
    if (memcmp(kept, made, sizeof(kept)) != 0) {
        th_text_to_hex(made, sizeof(made), got);
        th_verify_tell(verification, TH_DIFFERENCE_CATALOGUE, "", 0, *number, want, got, false);
    }
    struct th_catalogue *catalogue = th_catalogue_unpack(content, *number, &found);
    if (!catalogue)
        th_verify_tell(verification, TH_DIFFERENCE_CATALOGUE, "", 0, *number, "a catalogue",
                       found.message, false);
    th_catalogue_release(&catalogue);
    if (is_recorded(verification, *number, kept, &recorded, &status, error) && !recorded)
        th_verify_tell(verification, TH_DIFFERENCE_CATALOGUE, "", 0, *number,
                       "its import in the province's chain, with this digest", want, false);
    verification->counts->catalogue_versions++;
    return status;
}

static enum th_status check_versions(struct th_verification *verification, struct th_error *error)
{
    uint64_t number = 0;
    enum th_status status = TH_OK;
    bool more = true;
    while (status == TH_OK && more) {
        TH_CLEANUP_PARAMS struct th_params params = {0};
        th_param_int8(&params, (int64_t)number);
        struct th_pg_call call = {.sql = &th_sql_verify_versions, .params = &params};
        status = th_pg_run(&verification->store->pg, &call, 1, TH_PG_NO_DEADLINE, error);
        more = status == TH_OK && PQntuples(call.result) == 1;
        if (more)
            status = take_version(verification, call.result, &number, error);
        th_pg_calls_clear(&call, 1);
    }
    return status;
}

static void tell_rows(void *context, const char *table, const char *expected, const char *found)
{
    const struct th_verification *verification = context;
    char want[400], got[400];
    snprintf(want, sizeof(want), "%s: %.300s", table, expected[0] ? expected : "no row");
    snprintf(got, sizeof(got), "%.300s", found[0] ? found : "no row");
    th_verify_tell(verification, TH_DIFFERENCE_CATALOGUE_ROWS, "", 0, 0, want, got,
                   verification->repair);
}

/* A catalogue that cannot be read, or that the province's chain does not record, was told
 * as such: rows are neither held to it nor written from it. */
enum th_status th_verify_catalogue_rows(struct th_verification *verification,
                                        struct th_error *error)
{
    struct th_error found = {0};
    struct th_catalogue *catalogue = NULL;
    bool recorded = false;
    enum th_status status = th_store_load_catalogue(verification->store, 0, &catalogue, &found);
    if (status == TH_RETRY || status == TH_UNREACHABLE)
        return th_error_set(error, status, "%s", found.message);
    status = TH_OK;
    if (catalogue &&
        is_recorded(verification, catalogue->version, catalogue->digest, &recorded, &status,
                    error) &&
        recorded) {
        if (verification->repair)
            status = th_catalogue_rows_repair(verification->store, tell_rows, verification, error);
        else
            status = th_catalogue_rows_compare(verification->store, catalogue, tell_rows,
                                               verification, error);
    }
    th_catalogue_release(&catalogue);
    return status;
}

/* ----------------------------------------------------------------- events */

struct last {
    uint64_t sequence;
    int64_t at_us;
    uint8_t hash[TH_HASH_BYTES];
};

static void take_event(struct th_verification *verification, const PGresult *rows, int row,
                       struct last *last)
{
    char kind[64], want[2 * TH_HASH_BYTES + 1], got[2 * TH_HASH_BYTES + 1];
    uint8_t stored[TH_HASH_BYTES], hash[TH_HASH_BYTES];
    uint64_t sequence = (uint64_t)th_pg_int8(rows, row, 0);
    int64_t at_us = th_pg_instant(rows, row, 1);
    struct th_slice payload = {PQgetvalue(rows, row, 3), (size_t)PQgetlength(rows, row, 3)};
    th_pg_text(rows, row, 2, kind, sizeof(kind));
    th_pg_bytes(rows, row, 4, stored, sizeof(stored));
    if (sequence != last->sequence + 1) {
        snprintf(want, sizeof(want), "sequence %" PRIu64, last->sequence + 1);
        snprintf(got, sizeof(got), "sequence %" PRIu64, sequence);
        th_verify_tell(verification, TH_DIFFERENCE_EVENT_MISSING, "", 0, last->sequence + 1, want,
                       got, false);
    } else {
        th_province_event_hash(sequence, at_us, kind, payload, last->hash, hash);
        th_text_to_hex(hash, sizeof(hash), want);
        th_text_to_hex(stored, sizeof(stored), got);
        if (memcmp(hash, stored, sizeof(hash)) != 0)
            th_verify_tell(verification, TH_DIFFERENCE_EVENT_HASH, "", 0, sequence, want, got,
                           false);
    }
    if (last->sequence > 0 && at_us < last->at_us) {
        th_instant_format(last->at_us, want);
        th_instant_format(at_us, got);
        th_verify_tell(verification, TH_DIFFERENCE_EVENT_TIME, "", 0, sequence, want, got, false);
    }
    last->sequence = sequence;
    last->at_us = at_us;
    memcpy(last->hash, stored, sizeof(last->hash));
    verification->counts->events++;
}

enum th_status th_verify_province(struct th_verification *verification, struct th_error *error)
{
    struct last last = {0};
    enum th_status status = TH_OK;
    int count = EVENTS_A_PAGE;
    while (status == TH_OK && count == EVENTS_A_PAGE) {
        TH_CLEANUP_PARAMS struct th_params params = {0};
        th_param_int8(&params, (int64_t)last.sequence);
        th_param_int8(&params, EVENTS_A_PAGE);
        struct th_pg_call call = {.sql = &th_sql_verify_events, .params = &params};
        status = th_pg_run(&verification->store->pg, &call, 1, TH_PG_NO_DEADLINE, error);
        count = status == TH_OK ? PQntuples(call.result) : 0;
        for (int i = 0; i < count; i++)
            take_event(verification, call.result, i, &last);
        th_pg_calls_clear(&call, 1);
    }
    if (status == TH_OK)
        status = check_versions(verification, error);
    return status == TH_OK ? th_verify_assessments(verification, error) : status;
}
