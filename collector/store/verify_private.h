/* What the files of verification share. */
#ifndef TONGHOP_COLLECTOR_VERIFY_PRIVATE_H
#define TONGHOP_COLLECTOR_VERIFY_PRIVATE_H

#include "collector/store/observation_rows.h"
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
    bool *unproved;           /* set when the keys of the district being walked are in doubt */
    uint64_t total;           /* entries in all, for the progress */
    struct th_arena *arena;   /* of one report */
    struct th_buffer derived; /* of one report: its arrays, one behind the other */
    struct th_verify_version versions[TH_VERIFY_VERSIONS];
    uint64_t uses;
};

/* A district's chain as far as it was walked. */
struct th_verify_chain {
    int32_t district_id;
    const char *code;
    uint32_t epoch;    /* 0: no entry yet */
    uint64_t sequence; /* of the last entry */
    uint8_t hash[TH_HASH_BYTES];
    int64_t accepted_at_us;
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

/* The province's chain, and the catalogues that it records. */
enum th_status th_verify_province(struct th_verification *verification,
                                  struct th_error *error) TH_MUST_USE;

/* The catalogue in force as rows; repaired where that is asked for. */
enum th_status th_verify_catalogue_rows(struct th_verification *verification,
                                        struct th_error *error) TH_MUST_USE;

#endif
