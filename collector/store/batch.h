/* The batch writer: reports become committed ledger entries in two round trips
 * (ARCHITECTURE, "Ingest path"). Used by the intake's writer threads and by bulk
 * import, so that both are stored by the same code. */
#ifndef TONGHOP_COLLECTOR_BATCH_H
#define TONGHOP_COLLECTOR_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/store/store.h"
#include "common/domain/problem.h"
#include "common/domain/report.h"
#include "common/ledger/ledger.h"

enum th_outcome {
    TH_OUTCOME_PENDING,
    TH_OUTCOME_ACCEPTED,
    TH_OUTCOME_DUPLICATE,
    TH_OUTCOME_REJECTED
};

/* One report on its way into the store. The caller owns everything; it must live
 * until th_store_write returns other than TH_RETRY / TH_UNREACHABLE. */
struct th_submission {
    /* in */
    const char *district; /* code of the sender's district (or the report's) */
    int32_t district_id;
    struct th_slice body; /* exact bytes; for imports made by th_store_write */
    uint8_t digest[TH_HASH_BYTES];
    struct th_report report; /* unpacked; resolved when its problems allow */
    struct th_arena *arena;  /* where report and problems live */
    struct th_problem_list problems;
    bool imported;           /* id, revision and body are assigned under the lock:
                                revision = current + 1, id = version 5 of the content */
    int64_t received_at_us;  /* imports: 0 = not told; others: proved by an earlier receipt */
    uint32_t prior_epoch;    /* of that receipt */
    bool prior_refused;      /* a receipt came along that is not the province's */
    int64_t validated_at_us; /* the instant that `problems` were judged as of; 0: judged
                                afresh by th_store_write */
    void *owner;             /* for the caller */

    /* out */
    enum th_outcome outcome;
    uint32_t epoch;
    uint64_t sequence;
    uint32_t revision;
    uint8_t report_id[16];
    uint8_t previous_hash[TH_HASH_BYTES], hash[TH_HASH_BYTES];
    int64_t accepted_at_us;    /* or rejected_at */
    uint32_t current_revision; /* with revision.stale */
};

/* What the batch is judged by. `ids` is the catalogue in force as the caller knows
 * it; when the database has another in force, *ids is replaced by that one (the old
 * released) and every report is validated again before anything is written. */
struct th_write_context {
    struct th_catalogue_ids **ids;
    const char *province;
    /* Validates one submission by the catalogue (fills report fields and problems
     * afresh, and validated_at_us) as of `now_us` (the database's clock). Called under
     * the lock too when the day of now_us is no more that of validated_at_us: periods
     * begin and lock where days do, and a report may have waited for hours. */
    void (*validate)(void *context, struct th_submission *submission,
                     const struct th_catalogue_ids *ids, int64_t now_us);
    void *validate_context;
    /* out: where the time of the last th_store_write went, all its attempts together */
    struct {
        int64_t read_ns;      /* round trip (a), and judging afresh what has to be */
        int64_t prepare_ns;   /* deciding, chaining, packing of parameters */
        int64_t statement_ns; /* round trip (b), until its rows are written */
        int64_t commit_ns;    /* ... and until they are committed */
    } times;
};

/* Writes all or nothing of the batch in one transaction and sets every outcome:
 * accepted entries continue their districts' chains in the order given; duplicates
 * carry their first entry; rejected ones (errors in problems, revision.stale,
 * report.id_conflict, state.approved, or data that the database will not take) are
 * recorded. TH_OK only after COMMIT succeeded. TH_RETRY or TH_UNREACHABLE: the outcome
 * is unknown; reopen and call again with the same submissions. A report that the
 * database refuses (SQLSTATE class 22 or 23) is found by bisecting and becomes rejected
 * with `report.not_stored`. Submissions of several districts are allowed; heads are
 * locked in district order. */
enum th_status th_store_write(struct th_store *store, struct th_write_context *context,
                              struct th_submission **submissions, size_t count,
                              struct th_error *error) TH_MUST_USE;

/* Head of a district's chain for Welcome; sequence 0 when there is none. */
enum th_status th_store_head(struct th_store *store, int32_t district_id, uint32_t *epoch,
                             uint64_t *sequence, uint8_t hash[TH_HASH_BYTES],
                             struct th_error *error) TH_MUST_USE;

/* Entries after a sequence, oldest first, at most `limit`, for EntriesRequest. Codes
 * live in the arena. `previous` receives the hash before the first of them. */
struct th_stored_entry {
    struct th_entry entry;
    uint8_t hash[TH_HASH_BYTES];
};
enum th_status th_store_entries(struct th_store *store, int32_t district_id, uint32_t epoch,
                                uint64_t after, size_t limit, struct th_arena *arena,
                                struct th_stored_entry **entries, size_t *count,
                                uint8_t previous[TH_HASH_BYTES],
                                struct th_error *error) TH_MUST_USE;

/* The exact bytes of reports after a sequence, oldest first, of `limit` bytes in all (at
 * least one report), for BodiesRequest. They live in the arena. */
struct th_stored_body {
    uint64_t sequence;
    struct th_slice body;
};
enum th_status th_store_bodies(struct th_store *store, int32_t district_id, uint32_t epoch,
                               uint64_t after, size_t limit, struct th_arena *arena,
                               struct th_stored_body **bodies, size_t *count,
                               struct th_error *error) TH_MUST_USE;

#endif
