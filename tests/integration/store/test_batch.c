/* Batches: entries, duplicates, order, and writers beside each other. */
#include <pthread.h>
#include <stdlib.h>

#include "fixture.h"

static void test_reports_become_entries_of_their_chains(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *batch[6];
    const char *const districts[] = {"D3", "D1", "D3", "D2", "D1", "D3"};
    const char *const periods[] = {"2024-01", "2024-01", "2024-02",
                                   "2024-01", "2024-02", "2024-03"};
    /* By district, in the order given. */
    const uint64_t want_sequences[] = {1, 1, 2, 1, 2, 3};
    static const uint8_t zeros[TH_HASH_BYTES];
    fixture_open(&fixture, "batch_entries", FIXTURE_WITH_CATALOGUE);
    for (uint32_t i = 0; i < 6; i++)
        batch[i] = report_make(&fixture, &(struct report_plan){.seed = i,
                                                               .district = districts[i],
                                                               .period = periods[i],
                                                               .revision = 1,
                                                               .cases = i,
                                                               .full = i == 1});
    CHECK_OK("write", report_write(&fixture, fixture.store, batch, 6, &error), error);
    for (size_t i = 0; i < 6; i++) {
        TH_CHECK(periods[i], batch[i]->outcome == TH_OUTCOME_ACCEPTED);
        TH_CHECK(periods[i], batch[i]->sequence == want_sequences[i] && batch[i]->epoch == 1);
        TH_CHECK(periods[i], batch[i]->revision == 1);
    }
    TH_CHECK("genesis", memcmp(batch[0]->previous_hash, zeros, sizeof(zeros)) == 0);
    TH_CHECK("chained", memcmp(batch[2]->previous_hash, batch[0]->hash, TH_HASH_BYTES) == 0);
    TH_CHECK("chained", memcmp(batch[5]->previous_hash, batch[2]->hash, TH_HASH_BYTES) == 0);
    CHECK_CHAIN("first batch", &fixture);

    /* The next batch goes on where this one ended. */
    struct th_submission *next = report_make(
        &fixture,
        &(struct report_plan){.seed = 9, .district = "D3", .period = "2024-04", .revision = 1});
    TH_CHECK("next", report_write_one(&fixture, next) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("next", next->sequence == 4);
    TH_CHECK("next", memcmp(next->previous_hash, batch[5]->hash, TH_HASH_BYTES) == 0);
    CHECK_CHAIN("second batch", &fixture);
    report_free(next);
    report_free_all(batch, 6);
    fixture_close(&fixture);
}

static void test_stored_observations_are_exact(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "batch_observations", FIXTURE_WITH_CATALOGUE);
    struct th_submission *submission =
        report_make(&fixture, &(struct report_plan){.seed = 1,
                                                    .district = "D1",
                                                    .period = "2024-03",
                                                    .revision = 1,
                                                    .cases = 0,
                                                    .full = true});
    TH_CHECK("accepted", report_write_one(&fixture, submission) == TH_OUTCOME_ACCEPTED);
    /* Through the documented view: zero is a value, n/a is none, the ratio keeps its
     * parts, communes are sorted. */
    TH_CHECK_TEXT("view",
                  operator_ask(&fixture,
                               "SELECT string_agg(concat_ws('|', criterion, not_applicable::text,"
                               " coalesce(num::text, '-'), coalesce(den::text, '-'),"
                               " coalesce(answer, '-')), E'\\n' ORDER BY criterion)"
                               " FROM tonghop.v_observation"),
                  "cases|false|0|-|-\n"
                  "decision|false|-|-|keep\n"
                  "level|true|-|-|không chấm\n"
                  "members|false|-|-|C1 C3\n"
                  "spent|false|12.345|-|-\n"
                  "staff|false|34|177.5|-\n"
                  "story|false|-|-|Đã họp \"giao ban\"");
    TH_CHECK_TEXT("report",
                  operator_ask(&fixture, "SELECT concat_ws(' ', district, form, period, revision,"
                                         " current, state, origin, complete, value_count, na_count,"
                                         " catalogue_version) FROM tonghop.v_report"),
                  "D1 monthly 2024-03 1 t received wire t 6 1 1");
    report_free(submission);
    fixture_close(&fixture);
}

static void test_the_same_report_again_is_answered_by_its_first_entry(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct report_plan plan = {.seed = 1, .district = "D1", .period = "2024-03", .revision = 1};
    struct report_plan second = {.seed = 2, .district = "D1", .period = "2024-03", .revision = 2};
    fixture_open(&fixture, "batch_duplicate", FIXTURE_WITH_CATALOGUE);
    struct th_submission *first = report_make(&fixture, &plan);
    struct th_submission *batch[] = {report_make(&fixture, &second), report_make(&fixture, &plan),
                                     report_make(&fixture, &second)};
    TH_CHECK("first", report_write_one(&fixture, first) == TH_OUTCOME_ACCEPTED);
    /* What is wrong with it today does not matter: it was taken. */
    th_problem_add(&batch[1]->problems, "period.locked", "", TH_SLICE("2024-03"), "", 0, 0);
    CHECK_OK("batch", report_write(&fixture, fixture.store, batch, 3, &error), error);
    TH_CHECK("new revision", batch[0]->outcome == TH_OUTCOME_ACCEPTED && batch[0]->sequence == 2);
    TH_CHECK("stored", batch[1]->outcome == TH_OUTCOME_DUPLICATE && batch[1]->sequence == 1);
    TH_CHECK("stored", memcmp(batch[1]->hash, first->hash, TH_HASH_BYTES) == 0);
    TH_CHECK("stored", batch[1]->accepted_at_us == first->accepted_at_us);
    /* Twice in one batch: the second copy gets the entry of the first. */
    TH_CHECK("in batch", batch[2]->outcome == TH_OUTCOME_DUPLICATE && batch[2]->sequence == 2);
    TH_CHECK("in batch", memcmp(batch[2]->previous_hash, first->hash, TH_HASH_BYTES) == 0);
    TH_CHECK_TEXT("rows", operator_ask(&fixture, "SELECT count(*) FROM tonghop.report"), "2");

    /* The stored second one, later: the hash before it comes from the database. */
    struct th_submission *late = report_make(&fixture, &second);
    TH_CHECK("late", report_write_one(&fixture, late) == TH_OUTCOME_DUPLICATE);
    TH_CHECK("late", memcmp(late->previous_hash, first->hash, TH_HASH_BYTES) == 0);
    CHECK_CHAIN("duplicates", &fixture);
    report_free(late);
    report_free(first);
    report_free_all(batch, 3);
    fixture_close(&fixture);
}

static void test_a_clock_that_steps_back_does_not_reorder_a_chain(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "batch_clock", FIXTURE_WITH_CATALOGUE);
    struct th_submission *reports[2];
    for (uint32_t i = 0; i < 2; i++)
        reports[i] = report_make(
            &fixture, &(struct report_plan){
                          .seed = i, .district = "D1", .period = "2024-03", .revision = i + 1});
    TH_CHECK("first", report_write_one(&fixture, reports[0]) == TH_OUTCOME_ACCEPTED);
    /* As if the last entry had been made under a clock an hour ahead. */
    operator_ask(&fixture, "UPDATE tonghop.district_head SET accepted_at = accepted_at"
                           " + interval '1 hour'");
    TH_CHECK("second", report_write_one(&fixture, reports[1]) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("not before the head's",
             reports[1]->accepted_at_us == reports[0]->accepted_at_us + INT64_C(3600000000));
    CHECK_CHAIN("clock", &fixture);
    report_free_all(reports, 2);
    fixture_close(&fixture);
}

/* ------------------------------------------------------- writers side by side */

#define ROUNDS     ((size_t)15)
#define BATCH_SIZE 20

struct writer {
    struct fixture *fixture;
    struct th_store *store;
    uint32_t number;
    enum th_status status;
    size_t accepted;
    struct th_error error;
};

/* Rounds of batches over all districts, one writer from D1 up, the other from D5 down:
 * in the order given they would deadlock. */
static void *write_rounds(void *context)
{
    static const char *const up[] = {"D1", "D2", "D3", "D4", "D5"};
    struct writer *writer = context;
    struct th_submission *batch[BATCH_SIZE];
    struct th_catalogue_ids *ids = th_catalogue_ids_retain(writer->fixture->ids);
    struct th_write_context write = {.ids = &ids, .province = "QN", .validate = report_validate};
    for (uint32_t round = 0; round < ROUNDS && writer->status == TH_OK; round++) {
        char period[16];
        for (uint32_t i = 0; i < BATCH_SIZE; i++) {
            uint32_t at = round * BATCH_SIZE + i;
            /* Five years of months a writer, one report a district and month. */
            snprintf(period, sizeof(period), "%u-%02u", 2015 + 5 * writer->number + at / 60,
                     at / 5 % 12 + 1);
            batch[i] = report_make(
                writer->fixture,
                &(struct report_plan){.seed = writer->number * 100000 + at,
                                      .district = up[writer->number ? 4 - i % 5 : i % 5],
                                      .period = period,
                                      .revision = 1,
                                      .cases = at});
        }
        writer->status = th_store_write(writer->store, &write, batch, BATCH_SIZE, &writer->error);
        for (size_t i = 0; i < BATCH_SIZE; i++)
            writer->accepted += batch[i]->outcome == TH_OUTCOME_ACCEPTED;
        report_free_all(batch, BATCH_SIZE);
    }
    th_catalogue_ids_release(&ids);
    return NULL;
}

static void test_two_writers_of_the_same_districts_leave_no_gap(void)
{
    struct fixture fixture;
    struct writer writers[2];
    pthread_t threads[2];
    fixture_open(&fixture, "batch_concurrent", FIXTURE_WITH_CATALOGUE);
    for (uint32_t i = 0; i < 2; i++) {
        writers[i] = (struct writer){.fixture = &fixture,
                                     .number = i,
                                     .store = fixture_connect(fixture.writer, "tests-writer")};
        pthread_create(&threads[i], NULL, write_rounds, &writers[i]);
    }
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        CHECK_OK("writer", writers[i].status, writers[i].error);
        TH_CHECK("all accepted", writers[i].accepted == ROUNDS * BATCH_SIZE);
        th_store_close(&writers[i].store);
    }
    TH_CHECK_TEXT("rows", operator_ask(&fixture, "SELECT count(*) FROM tonghop.report"), "600");
    TH_CHECK_TEXT("no deadlock",
                  operator_ask(&fixture, "SELECT deadlocks FROM pg_stat_database"
                                         " WHERE datname = current_database()"),
                  "0");
    CHECK_CHAIN("two writers", &fixture);
    fixture_close(&fixture);
}

/* Statements are planned when the tables are empty and every index looks as good as the
 * right one. What is read of the indexes must go with the reports, not with their square. */
static void test_a_batch_does_not_read_the_reports_that_are_there(void)
{
    enum { BATCHES = 40, SIZE = 50, REPORTS = BATCHES * SIZE };
    struct fixture fixture;
    struct th_error error = {0};
    fixture_open(&fixture, "batch_plans", FIXTURE_WITH_CATALOGUE);
    operator_ask(&fixture, "ALTER TABLE tonghop.report SET (autovacuum_enabled = off)");
    struct th_store *writer = fixture_connect(fixture.writer, "tests");
    for (uint32_t i = 0; i < BATCHES; i++) {
        struct th_submission *batch[SIZE];
        for (uint32_t j = 0; j < SIZE; j++) {
            char period[16];
            snprintf(period, sizeof(period), "%u-%02u", 2020 + j / 12, j % 12 + 1);
            batch[j] = report_make(&fixture, &(struct report_plan){.seed = i * SIZE + j,
                                                                   .district = "D1",
                                                                   .period = period,
                                                                   .revision = i + 1});
        }
        CHECK_OK("write", report_write(&fixture, writer, batch, SIZE, &error), error);
        report_free_all(batch, SIZE);
    }
    th_store_close(&writer); /* its counts are told at the latest now */
    TH_CHECK_TEXT("reports", operator_ask(&fixture, "SELECT count(*) FROM tonghop.report"), "2000");
    /* Each looked for among all of them would be 2,000,000; the first few batches are. */
    TH_CHECK("rows read by indexes of report",
             operator_await(&fixture, "t",
                            "SELECT sum(idx_scan) >= 2000 AND sum(idx_tup_read) <= 100000"
                            " FROM pg_stat_user_indexes WHERE relname = 'report'"));
    fixture_close(&fixture);
}

const struct th_test batch_tests[] = {
    {"reports become entries of their chains", test_reports_become_entries_of_their_chains},
    {"stored observations are exact", test_stored_observations_are_exact},
    {"the same report again is answered by its first entry",
     test_the_same_report_again_is_answered_by_its_first_entry},
    {"a clock that steps back does not reorder a chain",
     test_a_clock_that_steps_back_does_not_reorder_a_chain},
    {"two writers of the same districts leave no gap",
     test_two_writers_of_the_same_districts_leave_no_gap},
    {"a batch does not read the reports that are there",
     test_a_batch_does_not_read_the_reports_that_are_there},
    {NULL, NULL},
};
