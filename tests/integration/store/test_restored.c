/* Restorations: what they record, what an earlier receipt decides, what is void. */
#include <stdlib.h>

#include "collector/store/restoration.h"
#include "collector/store/verify.h"
#include "fixture.h"

static struct th_restoration restore(struct fixture *fixture, const char *row)
{
    struct th_error error = {0};
    struct th_restoration restoration = {0};
    struct th_restoration_request request = {.reason = "a test", .actor = "os:test"};
    CHECK_OK(row, th_store_restored(fixture->store, &request, &restoration, &error), error);
    free(restoration.lost);
    return restoration;
}

struct found {
    uint64_t count;
    char first[200];
};

static void note(void *context, const struct th_difference *difference)
{
    struct found *found = context;
    if (found->count++ == 0)
        snprintf(found->first, sizeof(found->first), "%s %s: %s, not %s",
                 th_difference_name(difference->kind), difference->district, difference->found,
                 difference->expected);
}

static void check_verifies(struct fixture *fixture, const char *row)
{
    struct th_error error = {0};
    struct found found = {0};
    struct th_verify_counts counts;
    struct th_verify_request request = {.province = "QN", .difference = note, .context = &found};
    CHECK_OK(row, th_store_verify(fixture->store, &request, &counts, &error), error);
    if (found.count > 0)
        fprintf(stderr, "\n    %s: %s\n", row, found.first);
    TH_CHECK(row, found.count == 0);
}

static int submit(struct fixture *fixture, uint32_t seed, const char *district, const char *period,
                  int64_t received_at_us, uint32_t prior_epoch)
{
    struct th_submission *submission =
        report_make(fixture, &(struct report_plan){.seed = seed,
                                                   .district = district,
                                                   .period = period,
                                                   .revision = 1,
                                                   .cases = 3,
                                                   .received_at_us = received_at_us});
    submission->prior_epoch = prior_epoch;
    int outcome = report_write_one(fixture, submission);
    report_free(submission);
    return outcome;
}

static void test_an_earlier_receipt_decides_when_a_report_came(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "restored_arrival", FIXTURE_WITH_CATALOGUE);
    TH_CHECK("before", submit(&fixture, 1, "D1", "2024-01", 0, 0) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("epoch 2", restore(&fixture, "first").epoch == 2);
    TH_CHECK("its receipt",
             submit(&fixture, 2, "D1", "2024-02", 1712200000000000, 1) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("a receipt of this epoch",
             submit(&fixture, 3, "D1", "2024-03", 1712200000000000, 2) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("of a district without entries",
             submit(&fixture, 4, "D2", "2024-02", 0, 0) == TH_OUTCOME_ACCEPTED);
    TH_CHECK_TEXT("arrivals, and what timeliness goes by",
                  operator_ask(&fixture,
                               "SELECT string_agg(concat_ws(' ', r.epoch, r.sequence, r.imported,"
                               " extract(epoch FROM r.received_at)::bigint,"
                               " c.complete_at = coalesce(r.received_at, r.accepted_at)), ';'"
                               " ORDER BY r.district_id, r.epoch, r.sequence)"
                               " FROM tonghop.report r JOIN tonghop.current_report c"
                               " USING (district_id, report_id)"),
                  "1 1 f t;2 1 f 1712200000 t;2 2 f t;2 1 f t");
    TH_CHECK_TEXT("origin",
                  operator_ask(&fixture, "SELECT string_agg(DISTINCT origin, ' ' ORDER BY origin)"
                                         " FROM tonghop.v_report"),
                  "restored wire");
    check_verifies(&fixture, "verify");
    fixture_close(&fixture);
}

static void test_epochs_without_entries_are_gone_over(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "restored_again", FIXTURE_WITH_CATALOGUE);
    TH_CHECK("before", submit(&fixture, 1, "D1", "2024-01", 0, 0) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("second", restore(&fixture, "first").epoch == 2);
    check_verifies(&fixture, "nothing in epoch 2 yet");
    struct th_restoration third = restore(&fixture, "second");
    TH_CHECK("third", third.epoch == 3 && third.number == 2);
    check_verifies(&fixture, "nothing in epoch 3 yet");
    TH_CHECK("goes on", submit(&fixture, 2, "D1", "2024-02", 0, 0) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("begins", submit(&fixture, 3, "D2", "2024-02", 0, 0) == TH_OUTCOME_ACCEPTED);
    TH_CHECK_TEXT("the chain",
                  operator_ask(&fixture, "SELECT string_agg(epoch || '.' || sequence, ' '"
                                         " ORDER BY district_id, epoch) FROM tonghop.report"),
                  "1.1 3.1 3.1");
    check_verifies(&fixture, "verify");
    TH_CHECK("events", event_chain_is_whole(&fixture, (char[256]){0}));
    fixture_close(&fixture);
}

static void test_instants_that_were_taken_back_are_told(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    int64_t snapshot_us, from_us, until_us;
    fixture_open(&fixture, "restored_void", FIXTURE_WITH_CATALOGUE);
    CHECK_OK("horizon", th_store_publish_horizon(fixture.store, &error), error);
    TH_CHECK("before", submit(&fixture, 1, "D1", "2024-01", 0, 0) == TH_OUTCOME_ACCEPTED);
    struct th_restoration restoration = restore(&fixture, "restored");
    TH_CHECK("order", restoration.restored_to_us < restoration.at_us);
    const struct {
        const char *name;
        int64_t as_of_us;
        bool want;
    } rows[] = {
        {"the latest commit", 0, false},
        {"the restored moment", restoration.restored_to_us, false},
        {"just after it", restoration.restored_to_us + 1, true},
        {"when it was recorded", restoration.at_us, true},
        {"afterwards", restoration.at_us + 1, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_OK(rows[i].name, th_store_begin_read(fixture.store, &snapshot_us, &error), error);
        th_store_read_as_of(fixture.store, rows[i].as_of_us);
        CHECK_OK(rows[i].name, th_store_read_void(fixture.store, &from_us, &until_us, &error),
                 error);
        TH_CHECK(rows[i].name, from_us == (rows[i].want ? restoration.restored_to_us : 0));
        TH_CHECK(rows[i].name, until_us == (rows[i].want ? restoration.at_us : 0));
        th_store_end_read(fixture.store);
    }
    fixture_close(&fixture);
}

const struct th_test restored_tests[] = {
    {"an earlier receipt decides when a report came",
     test_an_earlier_receipt_decides_when_a_report_came},
    {"epochs without entries are gone over", test_epochs_without_entries_are_gone_over},
    {"instants that were taken back are told", test_instants_that_were_taken_back_are_told},
    {NULL, NULL},
};
