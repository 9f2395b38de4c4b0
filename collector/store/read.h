/* Reading for queries: one snapshot, single-row mode, bounded memory. */
#ifndef TONGHOP_COLLECTOR_READ_H
#define TONGHOP_COLLECTOR_READ_H

#include "collector/store/store.h"
#include "common/domain/completeness.h"
#include "common/domain/consolidate.h"

/* Begins a read-only repeatable-read transaction and tells the snapshot's instant, of a
 * replica that of the last commit that it has replayed (SEMANTICS 9). */
enum th_status th_store_begin_read(struct th_store *store, int64_t *snapshot_us,
                                   struct th_error *error) TH_MUST_USE;
void th_store_end_read(struct th_store *store);

/* Up to which instant this snapshot can be read as of (SEMANTICS 9); 0: none yet. */
int64_t th_store_horizon_us(const struct th_store *store);
/* What is read of this snapshot from here on is as of an instant at or below its
 * horizon: the catalogue in force, the revisions current and their states then. */
void th_store_read_as_of(struct th_store *store, int64_t as_of_us);

/* The restorations that took the as-of instant back (SEMANTICS 10): answers as of it that
 * were given before *until_us are void. Zeros: none did, or the latest commit is read. */
enum th_status th_store_read_void(struct th_store *store, int64_t *from_us, int64_t *until_us,
                                  struct th_error *error) TH_MUST_USE;

/* Version of the catalogue in force in this snapshot (at its as-of instant), 0: none. */
enum th_status th_store_read_version(struct th_store *store, uint64_t *version,
                                     struct th_error *error) TH_MUST_USE;

/* Every observation of the current revisions of a form within base periods
 * first..last. `each` returning other than TH_OK cancels the statement. */
typedef enum th_status (*th_cell_fn)(void *context, const struct th_district *district,
                                     int32_t period, const struct th_criterion *criterion,
                                     const struct th_cell *cell);
enum th_status th_store_read_cells(struct th_store *store, const struct th_catalogue_ids *ids,
                                   const struct th_form *form, int32_t first, int32_t last,
                                   bool approved_only, th_cell_fn each, void *context,
                                   struct th_error *error) TH_MUST_USE;

/* Where a district's chain ends in this snapshot, and how often its figures were derived
 * anew: as long as the three are the same, so is everything derived from its reports
 * (states apart). Zeros: no report yet. */
struct th_mark {
    uint32_t epoch, derivation;
    uint64_t sequence;
};
/* Of every district, by its index in the catalogue of `ids`; `marks` has room for all. *act
 * receives the last act of the province's chain, 0: none: as long as that is the same too, so
 * are the states of reports and the enrolments of districts. */
enum th_status th_store_read_marks(struct th_store *store, const struct th_catalogue_ids *ids,
                                   struct th_mark *marks, uint64_t *act,
                                   struct th_error *error) TH_MUST_USE;

/* As th_store_read_cells at the latest commit, of those districts alone whose flag (by
 * index) is set. */
enum th_status th_store_read_cells_of(struct th_store *store, const struct th_catalogue_ids *ids,
                                      const struct th_form *form, int32_t first, int32_t last,
                                      const bool *districts, bool approved_only, th_cell_fn each,
                                      void *context, struct th_error *error) TH_MUST_USE;

/* State and arrival of every current report of a form within base periods
 * first..last; as of an instant, those of then. `each` as above. */
typedef enum th_status (*th_arrival_fn)(void *context, const struct th_district *district,
                                        int32_t period, const struct th_arrival *arrival);
enum th_status th_store_read_arrivals(struct th_store *store, const struct th_catalogue_ids *ids,
                                      const struct th_form *form, int32_t first, int32_t last,
                                      th_arrival_fn each, void *context,
                                      struct th_error *error) TH_MUST_USE;
/* The same at the latest commit, of those districts alone whose flag (by index) is set. */
enum th_status th_store_read_arrivals_of(struct th_store *store, const struct th_catalogue_ids *ids,
                                         const struct th_form *form, int32_t first, int32_t last,
                                         const bool *districts, th_arrival_fn each, void *context,
                                         struct th_error *error) TH_MUST_USE;
/* When each district was first enrolled, by its index, at the latest commit; INT64_MAX: never. */
enum th_status th_store_read_enrolled(struct th_store *store, const struct th_catalogue_ids *ids,
                                      int64_t *first_enrolled_us,
                                      struct th_error *error) TH_MUST_USE;

/* Stored reports: one key (with `revision`, 0 = current), or all current ones of a
 * form and base-period range (district NULL: every district), by district order of
 * the catalogue then period. */
struct th_report_row {
    const struct th_district *district; /* NULL: not in the catalogue in force */
    const char *district_code;
    int32_t period;
    uint32_t revision, epoch;
    uint64_t sequence, catalogue_version;
    int64_t accepted_at_us, received_at_us; /* received 0: not told */
    bool imported, complete, current;
    const char *state; /* "" when not current */
    uint8_t digest[32], hash[32];
    struct th_slice body;
};
typedef enum th_status (*th_report_row_fn)(void *context, const struct th_report_row *row);
enum th_status th_store_read_reports(struct th_store *store, const struct th_catalogue_ids *ids,
                                     const struct th_form *form, const struct th_district *district,
                                     int32_t first, int32_t last, uint32_t revision, bool with_body,
                                     th_report_row_fn each, void *context,
                                     struct th_error *error) TH_MUST_USE;

/* Every stored revision of the keys of a form and base-period range, as above, of a
 * key oldest first; bodies included. `since_us` > 0: only of keys that have a revision
 * accepted after it: those, and the one that was current at it. */
enum th_status th_store_read_revisions(struct th_store *store, const struct th_catalogue_ids *ids,
                                       const struct th_form *form,
                                       const struct th_district *district, int32_t first,
                                       int32_t last, int64_t since_us, th_report_row_fn each,
                                       void *context, struct th_error *error) TH_MUST_USE;

/* The acts about one key by the as-of instant, oldest first; texts in the arena. */
struct th_state_step {
    uint32_t revision;
    int64_t at_us, open_until_us; /* open_until 0: none */
    const char *to_state, *account, *role;
    struct th_slice comment;
    const char **criteria; /* codes */
    struct th_slice *comments;
    size_t comment_count;
};
enum th_status th_store_read_steps(struct th_store *store, const struct th_catalogue_ids *ids,
                                   const struct th_form *form, const struct th_district *district,
                                   int32_t period, struct th_arena *arena,
                                   struct th_state_step **steps, size_t *count,
                                   struct th_error *error) TH_MUST_USE;
/* The texts of the current reports of a form and base-period range, by criterion, then
 * district, then period, in the catalogue's order; sorted by the database. `districts`
 * and `criteria` are flags by index (NULL: every district). With notes also answers n/a
 * and the bodies of all reports, in which the notes are; else narratives alone. `each` as
 * above. */
struct th_narrative_row {
    const struct th_district *district;
    int32_t period;
    const struct th_criterion *criterion;
    bool not_applicable;
    struct th_slice answer; /* of a text or n/a; empty: none */
    struct th_slice body;   /* empty without notes */
    const char *state;      /* at the as-of instant */
};
struct th_narrative_choice {
    const struct th_form *form;
    const bool *districts, *criteria;
    int32_t first, last;
    bool approved_only, notes;
};
typedef enum th_status (*th_narrative_row_fn)(void *context, const struct th_narrative_row *row);
enum th_status th_store_read_narratives(struct th_store *store, const struct th_catalogue_ids *ids,
                                        const struct th_narrative_choice *choice,
                                        th_narrative_row_fn each, void *context,
                                        struct th_error *error) TH_MUST_USE;

#endif
