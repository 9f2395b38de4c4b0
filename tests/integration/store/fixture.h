/* What the store's tests share: databases of their own, a small catalogue, reports made
 * of it, and a raw connection that plays the operator. */
#ifndef TONGHOP_TESTS_STORE_FIXTURE_H
#define TONGHOP_TESTS_STORE_FIXTURE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/store/batch.h"
#include "collector/store/read.h"
#include "collector/store/store.h"
#include "tests/unit/th_test.h"

/* A database that one test has for itself, empty but for what open asks. */
struct fixture {
    char name[64];
    char owner[512], writer[512], reader[512]; /* connection strings */
    struct th_store *store;                    /* as the owner */
    PGconn *operator;                          /* a superuser beside the store */
    struct th_catalogue_ids *ids; /* of the catalogue in force, when one was imported */
};

/* Makes the database `name`; migrates it when asked; imports the catalogue below as
 * version 1. Aborts when the machine cannot do it: nothing could be tested. */
enum fixture_state { FIXTURE_EMPTY, FIXTURE_MIGRATED, FIXTURE_WITH_CATALOGUE };
void fixture_open(struct fixture *fixture, const char *name, enum fixture_state state);
void fixture_close(struct fixture *fixture);

/* Another connection to the same database. */
struct th_store *fixture_connect(const char *conninfo, const char *purpose);

/* As the operator. `format` is SQL; a failure is a failed check. The first value of
 * the first row, "" when NULL or none; in a static buffer a call overwrites. */
const char *operator_ask(struct fixture *fixture, const char *format, ...) TH_PRINTF(2, 3);
/* Asks until the answer is `want`, at most 20 s. */
bool operator_await(struct fixture *fixture, const char *want, const char *sql);

/* The catalogue: districts D1..D6 (D6 closed on 2024-06-30), form `monthly` with one
 * criterion a kind (only `cases` is required), and form `yearly`.
 *   monthly: cases count, spent amount, staff ratio, level score 0..10, decision choice
 *            (keep, stop), members communes, story text */
struct th_catalogue *fixture_catalogue(void);
/* The same with `from` replaced by `to` in one of its files; aborts when `from` is
 * not there. */
struct th_catalogue *fixture_catalogue_changed(const char *file, const char *from, const char *to);

/* ---- reports.c ---- */
/* A report of form `monthly` (or the one named): cases = `cases` (-1: left out), and in the full
 * form the other criteria too. Its id is made of `seed`. */
struct report_plan {
    uint32_t seed;
    const char *district, *period, *form;
    uint32_t revision;
    int64_t cases;
    bool full;
    bool imported;
    int64_t received_at_us;
};
struct th_submission *report_make(struct fixture *fixture, const struct report_plan *plan);
void report_free(struct th_submission *submission);
void report_free_all(struct th_submission **submissions, size_t count);

/* What the intake does: unpacks, validates. Context: NULL, or a counter of calls. */
void report_validate(void *context, struct th_submission *submission,
                     const struct th_catalogue_ids *ids, int64_t now_us);

/* th_store_write with the fixture's catalogue and the validation above. */
enum th_status report_write(struct fixture *fixture, struct th_store *store,
                            struct th_submission **submissions, size_t count,
                            struct th_error *error);
/* One report alone; its outcome, -1 when the batch failed. */
int report_write_one(struct fixture *fixture, struct th_submission *submission);
bool report_has_problem(const struct th_submission *submission, const char *code);

/* ---- chain.c ---- */
/* Walks every chain as an auditor would, over the raw rows: sequences without gaps,
 * hashes recomputed from the bodies, accepted_at not decreasing, heads and current
 * revisions as they must be. Writes the first fault to `fault`. */
bool chain_is_whole(struct fixture *fixture, char fault[256]);
bool event_chain_is_whole(struct fixture *fixture, char fault[256]);

#define CHECK_CHAIN(row, fixture)                                                                  \
    do {                                                                                           \
        char chain_fault[256] = "";                                                                \
        bool chain_ok = chain_is_whole(fixture, chain_fault);                                      \
        if (!chain_ok)                                                                             \
            fprintf(stderr, "\n    %s: %s\n", (row), chain_fault);                                 \
        CU_ASSERT_TRUE(chain_ok);                                                                  \
    } while (0)

#define CHECK_OK(row, status, error)                                                               \
    do {                                                                                           \
        enum th_status check_status = (status);                                                    \
        if (check_status != TH_OK)                                                                 \
            fprintf(stderr, "\n    %s:%d: case '%s': status %d: %s\n", __FILE__, __LINE__, (row),  \
                    check_status, (error).message);                                                \
        CU_ASSERT_TRUE(check_status == TH_OK);                                                     \
    } while (0)

/* The cases, by file. */
extern const struct th_test schema_tests[], catalogue_tests[], batch_tests[], rule_tests[],
    import_tests[], fault_tests[], read_tests[], horizon_tests[], as_of_tests[], exception_tests[],
    notice_tests[], restored_tests[], assessment_tests[], history_tests[];

#endif
