/* One run of th_store_write, as its files share it: what is asked of the database
 * (batch_read.c), what is decided from the answers (batch_judge.c), what is written
 * (batch_write.c, batch_rows.c). */
#ifndef TONGHOP_COLLECTOR_BATCH_PRIVATE_H
#define TONGHOP_COLLECTOR_BATCH_PRIVATE_H

#include "collector/store/batch.h"
#include "collector/store/history.h"
#include "collector/store/store_private.h"

/* The head of a district's chain: as it was locked, then as it advances. */
struct th_batch_head {
    int32_t district_id;
    bool advanced;
    uint32_t epoch;
    uint64_t sequence;
    uint32_t derivation; /* how often `rebuild` repaired the district */
    bool fresh;          /* nothing was ever accepted of it */
    uint8_t hash[TH_HASH_BYTES];
    int64_t accepted_at_us;
};

/* A report id of this batch: whether it has an entry, stored or made just now. */
struct th_batch_id {
    int32_t district_id;
    uint8_t report_id[16];
    bool found;
    uint8_t digest[TH_HASH_BYTES], hash[TH_HASH_BYTES], previous_hash[TH_HASH_BYTES];
    uint32_t epoch, revision;
    uint64_t sequence;
    int64_t accepted_at_us;
};

/* A key (district, form, base period) of this batch: its current revision. */
struct th_batch_key {
    int32_t district_id, form_id, period;
    uint32_t revision; /* 0: none */
    bool approved;
    int64_t open_until_us; /* returned or reopened: taken until then, even past the lock; 0: no */
    bool advanced;         /* below: what the batch makes of it */
    uint8_t report_id[16];
    bool has_complete_at;
    int64_t complete_at_us;
};

struct th_batch_item {
    struct th_submission *submission;
    size_t problems, errors; /* how many there were before the store added its own */
    bool refused;            /* the database would not take it, even alone */
    char refused_by[6];
    struct th_batch_head *head; /* NULL: of no known district */
    struct th_batch_id *id;     /* NULL: it has none */
    struct th_batch_key *key;   /* NULL: not resolved, or another district's */
    struct th_window *window;   /* earlier reports of its district and form; NULL: not compared */
};

/* One transaction: a run of the items. */
struct th_batch {
    struct th_store *store;
    struct th_write_context *context;
    struct th_arena *arena; /* of one attempt */
    struct th_batch_item *items;
    size_t count;
    int64_t read_ns; /* monotonic, when (a) had ended */
    int64_t now_us;  /* the database's clock, once the heads are locked; above the horizon */
    struct th_batch_head *heads;
    size_t head_count;
    struct th_batch_id *ids;
    size_t id_count;
    struct th_batch_key *keys;
    size_t key_count;
};

/* Round trip (a): begins the transaction, locks, reads; judges again by the catalogue
 * in force what has to be. */
enum th_status th_batch_read(struct th_batch *batch, struct th_error *error) TH_MUST_USE;

/* Whether the report's form and district belong to the catalogue in force as the
 * caller knows it. */
bool th_batch_is_resolved(const struct th_batch *batch, const struct th_batch_item *item);

/* Last of round trip (a): takes `period.locked` back from reports whose key is open all the
 * same. Asks the database only when there is such a report. */
enum th_status th_batch_open_locks(struct th_batch *batch, struct th_error *error) TH_MUST_USE;

/* Also of round trip (a): sees to it that the earlier reports of every report are known, and
 * asks the database for those that are not. */
enum th_status th_batch_know_history(struct th_batch *batch, struct th_error *error) TH_MUST_USE;
/* Adds `value.departs_tenfold`; and tells of an accepted report to those that come later. */
void th_batch_compare(const struct th_batch_item *item);
void th_batch_remember(const struct th_batch *batch, const struct th_batch_item *item);
/* At the end: what was remembered is true, or it is forgotten. */
void th_batch_conclude_history(const struct th_batch *batch, bool committed);

/* Sets every outcome and makes the entries. */
enum th_status th_batch_judge(struct th_batch *batch, struct th_error *error) TH_MUST_USE;

/* Round trip (b): writes, and commits. */
enum th_status th_batch_write(struct th_batch *batch, struct th_error *error) TH_MUST_USE;

/* Appends the parameter of batch_write_reports: the accepted items as rows. */
void th_batch_put_reports(const struct th_batch *batch, struct th_params *params);

#endif
