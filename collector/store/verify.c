/* Verification: which chains are walked, in what transaction; one chain's entries. */
#include "collector/store/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/read.h"
#include "collector/store/verify_private.h"
#include "common/base/clock.h"
#include "common/base/text.h"

#define ROWS_A_PAGE 256 /* of at most some 250 kB each, mostly of two */

static const char *const names[TH_DIFFERENCE_KINDS] = {
    [TH_DIFFERENCE_ENTRY_MISSING] = "entry.missing",
    [TH_DIFFERENCE_ENTRY_HASH] = "entry.hash",
    [TH_DIFFERENCE_ENTRY_TIME] = "entry.time",
    [TH_DIFFERENCE_HEAD] = "head",
    [TH_DIFFERENCE_ANCHOR] = "head.exported",
    [TH_DIFFERENCE_BODY_DIGEST] = "body.digest",
    [TH_DIFFERENCE_BODY] = "body",
    [TH_DIFFERENCE_BODY_KEY] = "body.key",
    [TH_DIFFERENCE_ORIGIN] = "origin",
    [TH_DIFFERENCE_OBSERVATIONS] = "observations",
    [TH_DIFFERENCE_VALUE_COUNT] = "value_count",
    [TH_DIFFERENCE_NA_COUNT] = "na_count",
    [TH_DIFFERENCE_COMPLETE] = "complete",
    [TH_DIFFERENCE_CURRENT] = "current",
    [TH_DIFFERENCE_COMPLETE_AT] = "complete_at",
    [TH_DIFFERENCE_STATE] = "state",
    [TH_DIFFERENCE_OPEN_UNTIL] = "open_until",
    [TH_DIFFERENCE_ACT] = "act",
    [TH_DIFFERENCE_ACT_MISSING] = "act.missing",
    [TH_DIFFERENCE_STRAY] = "stray",
    [TH_DIFFERENCE_EVENT_MISSING] = "event.missing",
    [TH_DIFFERENCE_EVENT_HASH] = "event.hash",
    [TH_DIFFERENCE_EVENT_TIME] = "event.time",
    [TH_DIFFERENCE_EXCEPTION] = "exception",
    [TH_DIFFERENCE_RESTORATION] = "restoration",
    [TH_DIFFERENCE_CATALOGUE] = "catalogue",
    [TH_DIFFERENCE_ASSESSMENT] = "assessment",
    [TH_DIFFERENCE_CATALOGUE_ROWS] = "catalogue_rows",
};

const char *th_difference_name(enum th_difference_kind kind)
{
    return names[kind];
}

void th_verify_tell(const struct th_verification *verification, enum th_difference_kind kind,
                    const char *district, uint32_t epoch, uint64_t sequence, const char *expected,
                    const char *found, bool repaired)
{
    const struct th_difference difference = {.kind = kind,
                                             .district = district,
                                             .epoch = epoch,
                                             .sequence = sequence,
                                             .expected = expected,
                                             .found = found,
                                             .repaired = repaired};
    if (!repaired && (kind == TH_DIFFERENCE_ENTRY_MISSING || kind == TH_DIFFERENCE_ENTRY_HASH ||
                      kind == TH_DIFFERENCE_BODY_KEY))
        *verification->unproved = true;
    if (repaired)
        *verification->repaired = true;
    if (kind == TH_DIFFERENCE_ACT)
        *verification->acts_unproved = true;
    /* What a rebuild cannot repair, the verification after it tells. */
    if (repaired || !verification->repair)
        verification->request->difference(verification->request->context, &difference);
}

/* ------------------------------------------------------------- one chain */

static void tell_number(const struct th_verification *verification, enum th_difference_kind kind,
                        const struct th_verify_chain *chain, uint32_t epoch, uint64_t sequence,
                        const char *word, uint64_t expected, uint64_t found)
{
    char want[48], got[48];
    snprintf(want, sizeof(want), "%s %" PRIu64, word, expected);
    snprintf(got, sizeof(got), "%s %" PRIu64, word, found);
    th_verify_tell(verification, kind, chain->code, epoch, sequence, want, got, false);
}

static void tell_hash(const struct th_verification *verification, enum th_difference_kind kind,
                      const char *district, uint32_t epoch, uint64_t sequence,
                      const uint8_t expected[TH_HASH_BYTES], const uint8_t found[TH_HASH_BYTES])
{
    char want[2 * TH_HASH_BYTES + 1], got[2 * TH_HASH_BYTES + 1];
    th_text_to_hex(expected, TH_HASH_BYTES, want);
    th_text_to_hex(found, TH_HASH_BYTES, got);
    th_verify_tell(verification, kind, district, epoch, sequence, want, got, false);
}

/* The entry's place in the chain; false when the one before it is lacking, so that its
 * hash cannot be told. */
static bool check_place(const struct th_verification *verification,
                        const struct th_verify_chain *chain, const struct th_entry *entry)
{
    uint64_t expected = chain->sequence + 1;
    if (entry->epoch != chain->epoch) {
        /* A restoration begins a later epoch, at 1, after whatever entry was the last. */
        th_verify_epoch(verification, chain, entry->epoch, entry->sequence);
        expected = 1;
    }
    if (entry->sequence == expected)
        return true;
    tell_number(verification, TH_DIFFERENCE_ENTRY_MISSING, chain, entry->epoch, expected,
                "sequence", expected, entry->sequence);
    return false;
}

static void check_entry(const struct th_verification *verification,
                        const struct th_verify_chain *chain, const struct th_entry *entry,
                        const uint8_t stored[TH_HASH_BYTES])
{
    uint8_t hash[TH_HASH_BYTES];
    if (check_place(verification, chain, entry)) {
        th_entry_hash(entry, chain->hash, hash);
        if (memcmp(hash, stored, sizeof(hash)) != 0)
            tell_hash(verification, TH_DIFFERENCE_ENTRY_HASH, chain->code, entry->epoch,
                      entry->sequence, hash, stored);
    }
    if (chain->epoch > 0 && entry->accepted_at_us < chain->accepted_at_us) {
        char before[40], at[40];
        th_instant_format(chain->accepted_at_us, before);
        th_instant_format(entry->accepted_at_us, at);
        th_verify_tell(verification, TH_DIFFERENCE_ENTRY_TIME, chain->code, entry->epoch,
                       entry->sequence, before, at, false);
    }
}

static enum th_status take_entry(struct th_verification *verification,
                                 struct th_verify_chain *chain, const PGresult *rows, int row,
                                 struct th_error *error)
{
    char form[TH_FORM_CODE_MAX + 1], frequency_name[16], period[TH_PERIOD_TEXT] = "";
    enum th_frequency frequency;
    uint8_t stored[TH_HASH_BYTES];
    struct th_entry entry = {
        .epoch = (uint32_t)th_pg_int4(rows, row, TH_VERIFY_EPOCH),
        .district = chain->code,
        .sequence = (uint64_t)th_pg_int8(rows, row, TH_VERIFY_SEQUENCE),
        .form = form,
        .period = period,
        .revision = (uint32_t)th_pg_int4(rows, row, TH_VERIFY_REVISION),
        .accepted_at_us = th_pg_instant(rows, row, TH_VERIFY_ACCEPTED),
    };
    th_pg_text(rows, row, TH_VERIFY_FORM, form, sizeof(form));
    th_pg_text(rows, row, TH_VERIFY_FREQUENCY, frequency_name, sizeof(frequency_name));
    if (th_frequency_parse(th_slice_of(frequency_name), &frequency))
        th_base_period_format(frequency, th_pg_int4(rows, row, TH_VERIFY_PERIOD), period);
    th_pg_bytes(rows, row, TH_VERIFY_REPORT_ID, entry.report_id, sizeof(entry.report_id));
    th_pg_bytes(rows, row, TH_VERIFY_DIGEST, entry.digest, sizeof(entry.digest));
    th_pg_bytes(rows, row, TH_VERIFY_HASH, stored, sizeof(stored));

    check_entry(verification, chain, &entry, stored);
    /* One difference must not make every later hash one. */
    chain->epoch = entry.epoch;
    chain->sequence = entry.sequence;
    chain->accepted_at_us = entry.accepted_at_us;
    memcpy(chain->hash, stored, sizeof(chain->hash));
    verification->counts->entries++;
    return th_verify_report(verification, chain, rows, row, form, period, error);
}

/* The page after what was walked, or after the page that is at hand. */
static enum th_status ask_page(const struct th_verification *verification, int32_t district_id,
                               uint32_t epoch, uint64_t sequence, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_int4(&params, district_id);
    th_param_int4(&params, (int32_t)epoch);
    th_param_int8(&params, (int64_t)sequence);
    th_param_int8(&params, ROWS_A_PAGE);
    return th_pg_send(&verification->store->pg, &th_sql_verify_entries, &params, error);
}

/* One page; the next is asked for before it is looked at, so that the database reads
 * while this program computes. *more false: it was the last. */
static enum th_status take_page(struct th_verification *verification, struct th_verify_chain *chain,
                                bool *more, struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *rows = NULL;
    bool ahead = false;
    enum th_status status = th_pg_take(&verification->store->pg, &th_sql_verify_entries,
                                       TH_PG_NO_DEADLINE, &rows, error);
    if (status != TH_OK)
        return status;
    int count = PQntuples(rows);
    *more = count == ROWS_A_PAGE;
    /* Repairs need the connection for themselves, and so do catalogues. */
    if (*more && !verification->repair)
        status = th_verify_catalogues(verification, rows, &ahead, error);
    if (status == TH_OK && ahead)
        status = ask_page(verification, chain->district_id,
                          (uint32_t)th_pg_int4(rows, count - 1, TH_VERIFY_EPOCH),
                          (uint64_t)th_pg_int8(rows, count - 1, TH_VERIFY_SEQUENCE), error);
    for (int i = 0; status == TH_OK && i < count; i++)
        status = take_entry(verification, chain, rows, i, error);
    if (status == TH_OK && *more && !ahead)
        status = ask_page(verification, chain->district_id, chain->epoch, chain->sequence, error);
    return status;
}

static enum th_status walk(struct th_verification *verification, struct th_verify_chain *chain,
                           struct th_error *error)
{
    const struct th_verify_request *request = verification->request;
    bool more = true;
    enum th_status status = ask_page(verification, chain->district_id, 0, 0, error);
    while (status == TH_OK && more) {
        status = take_page(verification, chain, &more, error);
        if (request->progress)
            request->progress(request->context, verification->counts->entries, verification->total);
    }
    if (status != TH_OK)
        th_pg_stream_stop(&verification->store->pg);
    return status;
}

/* ------------------------------------------------------------- all chains */

enum {
    DISTRICT_ID,
    DISTRICT_CODE,
    DISTRICT_EPOCH,
    DISTRICT_SEQUENCE,
    DISTRICT_HASH,
    DISTRICT_ACCEPTED
};

static void describe_head(uint32_t epoch, uint64_t sequence, const uint8_t hash[TH_HASH_BYTES],
                          int64_t accepted_at_us, char out[160])
{
    char digits[2 * TH_HASH_BYTES + 1], at[40] = "-";
    th_text_to_hex(hash, TH_HASH_BYTES, digits);
    if (sequence > 0)
        th_instant_format(accepted_at_us, at);
    snprintf(out, 160, "epoch %" PRIu32 " sequence %" PRIu64 " at %s hash %s", epoch, sequence, at,
             digits);
}

/* district_head against the last entry walked. After a restoration the head is at sequence
 * 0 of its epoch, on the hash of the entry that became the last. */
static void check_head(const struct th_verification *verification,
                       const struct th_verify_chain *chain, const PGresult *districts, int row)
{
    char want[160], got[160];
    uint8_t hash[TH_HASH_BYTES];
    bool given = !PQgetisnull(districts, row, DISTRICT_SEQUENCE);
    uint32_t epoch = (uint32_t)th_pg_int4(districts, row, DISTRICT_EPOCH);
    uint64_t sequence = (uint64_t)th_pg_int8(districts, row, DISTRICT_SEQUENCE);
    int64_t accepted_at_us = th_pg_instant(districts, row, DISTRICT_ACCEPTED);
    th_pg_bytes(districts, row, DISTRICT_HASH, hash, sizeof(hash));
    if (!given && chain->epoch == 0)
        return;
    bool same_hash = given && memcmp(hash, chain->hash, sizeof(hash)) == 0;
    uint32_t newest = th_verify_newest_epoch(chain);
    bool begun = epoch > chain->epoch && epoch == newest && sequence == 0;
    bool last = epoch == chain->epoch && epoch >= newest && sequence == chain->sequence &&
                accepted_at_us == chain->accepted_at_us;
    if (same_hash && (begun || last))
        return;
    bool awaited = newest > chain->epoch;
    describe_head(awaited ? newest : chain->epoch, awaited ? 0 : chain->sequence, chain->hash,
                  chain->accepted_at_us, want);
    describe_head(epoch, sequence, hash, accepted_at_us, got);
    th_verify_tell(verification, TH_DIFFERENCE_HEAD, chain->code, chain->epoch, chain->sequence,
                   want, given ? got : "no row of district_head", false);
}

bool th_verify_is_wanted(const struct th_verify_request *request, const char *code)
{
    bool wanted = request->district_count == 0;
    for (size_t i = 0; !wanted && i < request->district_count; i++)
        wanted = strcmp(request->districts[i], code) == 0;
    return wanted;
}

static enum th_status mark_derived(struct th_store *store, int32_t district_id,
                                   struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_int4(&params, district_id);
    return th_pg_execute(&store->pg, &th_sql_rebuild_derivation, &params, error);
}

/* Within the snapshot of a verification, or a transaction of its own when repairing. */
static enum th_status take_district(struct th_verification *verification, const PGresult *districts,
                                    int row, struct th_error *error)
{
    char code[TH_DISTRICT_CODE_MAX + 1];
    struct th_pg *pg = &verification->store->pg;
    th_pg_text(districts, row, DISTRICT_CODE, code, sizeof(code));
    struct th_verify_chain chain = {.district_id = th_pg_int4(districts, row, DISTRICT_ID),
                                    .code = code};
    *verification->unproved = *verification->repaired = false;
    enum th_status status = th_store_epochs(verification->store, chain.district_id, &chain.starts,
                                            &chain.start_count, error);
    if (status == TH_OK && verification->repair) {
        TH_CLEANUP_PARAMS struct th_params params = {0};
        th_param_int4(&params, chain.district_id);
        struct th_pg_call calls[] = {{.sql = &th_sql_begin},
                                     {.sql = &th_sql_rebuild_lock, .params = &params}};
        status = th_pg_run(pg, calls, 2, TH_PG_NO_DEADLINE, error);
        th_pg_calls_clear(calls, 2);
    }
    if (status == TH_OK)
        status = walk(verification, &chain, error);
    if (status == TH_OK)
        check_head(verification, &chain, districts, row);
    if (status == TH_OK)
        status = th_verify_acts(verification, &chain, error);
    if (status == TH_OK)
        status = th_verify_current(verification, &chain, error);
    if (status == TH_OK && *verification->repaired)
        status = mark_derived(verification->store, chain.district_id, error);
    if (status == TH_OK && verification->repair)
        status = th_store_commit(verification->store, error);
    if (verification->repair)
        th_pg_rollback(pg);
    free(chain.starts);
    verification->counts->districts++;
    return status;
}

static enum th_status check_request(const struct th_verify_request *request,
                                    const PGresult *districts, struct th_error *error)
{
    for (size_t i = 0; i < request->district_count; i++) {
        bool found = false;
        for (int j = 0; !found && j < PQntuples(districts); j++) {
            char code[TH_DISTRICT_CODE_MAX + 1];
            th_pg_text(districts, j, DISTRICT_CODE, code, sizeof(code));
            found = strcmp(code, request->districts[i]) == 0;
        }
        if (!found)
            return th_error_set(error, TH_USAGE,
                                "there is no district '%.40s'; `tonghop-collector catalogue "
                                "export` lists them in districts.csv",
                                request->districts[i]);
    }
    return TH_OK;
}

/* Rows that no district's walk has come by. */
static void check_totals(const struct th_verification *verification, const PGresult *totals)
{
    static const char *const tables[] = {"report", "current_report", "state_change"};
    const uint64_t walked[] = {verification->counts->entries, verification->counts->current_reports,
                               verification->counts->acts};
    for (int i = 0; i < 3; i++) {
        char want[80], got[80];
        uint64_t all = (uint64_t)th_pg_int8(totals, 0, i);
        if (all == walked[i])
            continue;
        snprintf(want, sizeof(want), "%" PRIu64 " rows of %s", walked[i], tables[i]);
        snprintf(got, sizeof(got), "%" PRIu64 " rows, some of no known district", all);
        th_verify_tell(verification, TH_DIFFERENCE_STRAY, "", 0, 0, want, got, false);
    }
}

static enum th_status check_all(struct th_verification *verification, struct th_error *error)
{
    const struct th_verify_request *request = verification->request;
    struct th_pg_call calls[] = {{.sql = &th_sql_verify_totals}, {.sql = &th_sql_verify_districts}};
    enum th_status status = th_pg_run(&verification->store->pg, calls, 2, TH_PG_NO_DEADLINE, error);
    if (status != TH_OK)
        return status;
    bool all = request->district_count == 0;
    verification->total = all ? (uint64_t)th_pg_int8(calls[0].result, 0, 0) : 0;
    status = check_request(request, calls[1].result, error);
    if (status == TH_OK)
        status = th_verify_missing_acts(verification, error);
    for (int i = 0; status == TH_OK && i < PQntuples(calls[1].result); i++) {
        char code[TH_DISTRICT_CODE_MAX + 1];
        th_pg_text(calls[1].result, i, DISTRICT_CODE, code, sizeof(code));
        if (th_verify_is_wanted(request, code))
            status = take_district(verification, calls[1].result, i, error);
    }
    if (status == TH_OK && all && !verification->repair) {
        check_totals(verification, calls[0].result);
        status = th_verify_province(verification, error);
        if (status == TH_OK)
            status = th_verify_exceptions(verification, error);
        if (status == TH_OK)
            status = th_verify_restorations(verification, error);
    }
    if (status == TH_OK && all)
        status = th_verify_catalogue_rows(verification, error);
    for (size_t i = 0; status == TH_OK && i < request->anchor_count; i++)
        if (th_verify_is_wanted(request, request->anchors[i].district))
            status = th_verify_anchor(verification, &request->anchors[i], error);
    th_pg_calls_clear(calls, 2);
    return status;
}

static enum th_status run(struct th_store *store, const struct th_verify_request *request,
                          bool repair, struct th_verify_counts *counts, struct th_error *error)
{
    bool unproved = false, acts_unproved = false, repaired = false;
    struct th_verify_doubts doubts = {0};
    struct th_verification verification = {.store = store,
                                           .request = request,
                                           .counts = counts,
                                           .repair = repair,
                                           .unproved = &unproved,
                                           .acts_unproved = &acts_unproved,
                                           .doubts = &doubts,
                                           .repaired = &repaired};
    *counts = (struct th_verify_counts){0};
    /* A damaged body may expand; one that was accepted never needs as much. */
    verification.arena = th_arena_create((size_t)8 * 1024 * 1024);
    enum th_status status = check_all(&verification, error);
    for (size_t i = 0; i < TH_VERIFY_VERSIONS; i++)
        th_catalogue_ids_release(&verification.versions[i].ids);
    th_buffer_free(&verification.derived);
    free(doubts.codes);
    th_arena_destroy(&verification.arena);
    return status;
}

enum th_status th_store_verify(struct th_store *store, const struct th_verify_request *request,
                               struct th_verify_counts *counts, struct th_error *error)
{
    int64_t snapshot_us;
    enum th_status status = th_store_begin_read(store, &snapshot_us, error);
    if (status == TH_OK)
        status = run(store, request, false, counts, error);
    th_store_end_read(store);
    return status;
}

enum th_status th_store_rebuild(struct th_store *store, const struct th_verify_request *request,
                                struct th_verify_counts *counts, struct th_error *error)
{
    return run(store, request, true, counts, error);
}
