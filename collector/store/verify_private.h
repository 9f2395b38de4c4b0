/* What the files of verification share. */
#ifndef TONGHOP_COLLECTOR_VERIFY_PRIVATE_H
#define TONGHOP_COLLECTOR_VERIFY_PRIVATE_H

#include "collector/store/observation_rows.h"
#include "collector/store/restoration.h"
#include "collector/store/store_private.h"
#include "collector/store/verify.h"

/* Catalogue versions kept at a time: reports of one district mostly need one or two. */
#define TH_VERIFY_VERSIONS 8

struct th_verify_version {
    uint64_t number;
    uint64_t used; /* when last; 0: a free place */
    struct th_catalogue_ids *ids;
    char problem[200]; /* why ids is NULL */
};

struct th_verification {
    struct th_store *store;
    const struct th_verify_request *request;
    struct th_verify_counts *counts;
    bool repair;
    bool *unproved;      /* set when the keys of the district being walked are in doubt */
    bool *acts_unproved; /* the same of the acts on its reports */
    struct th_verify_doubts *doubts;
    bool *repaired;           /* set when something of the district was */
    uint64_t total;           /* entries in all, for the progress */
    struct th_arena *arena;   /* of one report */
    struct th_buffer derived; /* of one report: its arrays, one behind the other */
    struct th_verify_version versions[TH_VERIFY_VERSIONS];
    uint64_t uses;
};

/* Districts that lack the row of an act. */
struct th_verify_doubts {
    char (*codes)[TH_DISTRICT_CODE_MAX + 1];
    size_t count;
};

/* A district's chain as far as it was walked. */
struct th_verify_chain {
    int32_t district_id;
    const char *code;
    uint32_t epoch;    /* 0: no entry yet */
    uint64_t sequence; /* of the last entry */
    uint8_t hash[TH_HASH_BYTES];
    int64_t accepted_at_us;
    struct th_epoch_start *starts; /* the epochs that restorations began */
    size_t start_count;
};

/* The columns of verify_entries.sql. */
enum th_verify_column {
    TH_VERIFY_EPOCH,
    TH_VERIFY_SEQUENCE,
    TH_VERIFY_REPORT_ID,
    TH_VERIFY_FORM,
    TH_VERIFY_FREQUENCY,
    TH_VERIFY_PERIOD,
    TH_VERIFY_REVISION,
    TH_VERIFY_ACCEPTED,
    TH_VERIFY_RECEIVED,
    TH_VERIFY_IMPORTED,
    TH_VERIFY_COMPLETE,
    TH_VERIFY_VERSION,
    TH_VERIFY_VALUES,
    TH_VERIFY_NOT_APPLICABLE,
    TH_VERIFY_ARRAYS, /* five, in the order of enum th_observation_column */
    TH_VERIFY_DIGEST = TH_VERIFY_ARRAYS + TH_OBSERVATION_COLUMNS,
    TH_VERIFY_HASH,
    TH_VERIFY_BODY
};

/* Tells one difference; `expected` and `found` as for people. */
void th_verify_tell(const struct th_verification *verification, enum th_difference_kind kind,
                    const char *district, uint32_t epoch, uint64_t sequence, const char *expected,
                    const char *found, bool repaired);

/* The rows of one report: its bytes against its key, and what is derived from them
 * (repaired where that is asked for). `period` is the identifier in the entry. */
enum th_status th_verify_report(struct th_verification *verification,
                                const struct th_verify_chain *chain, const PGresult *rows, int row,
                                const char *form, const char *period,
                                struct th_error *error) TH_MUST_USE;

/* The catalogue of a version with its numbers; kept for the next. NULL in *ids, and why,
 * when it cannot be had. */
enum th_status th_verify_catalogue(struct th_verification *verification, uint64_t number,
                                   struct th_catalogue_ids **ids, const char **problem,
                                   struct th_error *error) TH_MUST_USE;

/* Loads the catalogues that a page of rows needs; *ready false when there are more than
 * can be kept. */
enum th_status th_verify_catalogues(struct th_verification *verification, const PGresult *rows,
                                    bool *ready, struct th_error *error) TH_MUST_USE;

/* current_report of one district. */
enum th_status th_verify_current(struct th_verification *verification,
                                 const struct th_verify_chain *chain,
                                 struct th_error *error) TH_MUST_USE;

/* Events of the province's chain that prove an act whose row is lacking; before the
 * districts are walked, as nothing may be derived from what is left of theirs. */
enum th_status th_verify_missing_acts(struct th_verification *verification,
                                      struct th_error *error) TH_MUST_USE;
/* The acts on one district's reports; sets *acts_unproved. */
enum th_status th_verify_acts(struct th_verification *verification,
                              const struct th_verify_chain *chain,
                              struct th_error *error) TH_MUST_USE;

/* Whether the request is about the district. */
bool th_verify_is_wanted(const struct th_verify_request *request, const char *code);
/* One exported head. */
enum th_status th_verify_anchor(const struct th_verification *verification,
                                const struct th_chain_head *anchor,
                                struct th_error *error) TH_MUST_USE;

/* Restorations against the acts that record them. */
enum th_status th_verify_restorations(struct th_verification *verification,
                                      struct th_error *error) TH_MUST_USE;
/* The beginning of an epoch, NULL when no restoration began it; the newest epoch. */
const struct th_epoch_start *th_verify_start(const struct th_verify_chain *chain, uint32_t epoch);
uint32_t th_verify_newest_epoch(const struct th_verify_chain *chain);
/* The first entry of a later epoch follows the one that the restoration recorded. */
void th_verify_epoch(const struct th_verification *verification,
                     const struct th_verify_chain *chain, uint32_t epoch, uint64_t sequence);

/* The province's chain, and the catalogues that it records. */
enum th_status th_verify_province(struct th_verification *verification,
                                  struct th_error *error) TH_MUST_USE;

/* lock_exception against the acts of that chain. */
enum th_status th_verify_exceptions(struct th_verification *verification,
                                    struct th_error *error) TH_MUST_USE;
/* The frozen assessments, by the province's chain. */
enum th_status th_verify_assessments(struct th_verification *verification,
                                     struct th_error *error) TH_MUST_USE;
/* The catalogue in force as rows; repaired where that is asked for. */
enum th_status th_verify_catalogue_rows(struct th_verification *verification,
                                        struct th_error *error) TH_MUST_USE;

#endif
