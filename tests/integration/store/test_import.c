/* Bulk imports: ids of content, revisions assigned under the lock, received_at. */
#include "common/base/clock.h"
#include "fixture.h"

#define RECEIVED_US INT64_C(1712200000000000) /* 2024-04-04 */

static void test_equal_content_is_a_duplicate_and_other_content_a_revision(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct report_plan plan = {.district = "D1", .period = "2024-03", .cases = 4, .imported = true};
    fixture_open(&fixture, "import_content", FIXTURE_WITH_CATALOGUE);
    struct th_submission *batch[4];
    batch[0] = report_make(&fixture, &plan);
    batch[1] = report_make(&fixture, &plan);
    plan.cases = 5;
    batch[2] = report_make(&fixture, &plan);
    plan.period = "2024-99";
    batch[3] = report_make(&fixture, &plan);
    CHECK_OK("write", report_write(&fixture, fixture.store, batch, 4, &error), error);
    TH_CHECK("first", batch[0]->outcome == TH_OUTCOME_ACCEPTED && batch[0]->revision == 1);
    /* UUID version 5, RFC 9562. */
    TH_CHECK("version 5", batch[0]->report_id[6] >> 4 == 5);
    TH_CHECK("equal", batch[1]->outcome == TH_OUTCOME_DUPLICATE && batch[1]->sequence == 1);
    TH_CHECK("other", batch[2]->outcome == TH_OUTCOME_ACCEPTED && batch[2]->revision == 2);
    TH_CHECK("bad", batch[3]->outcome == TH_OUTCOME_REJECTED);

    /* The first content once more is a duplicate of the first, not a third revision. */
    plan.period = "2024-03";
    plan.cases = 4;
    struct th_submission *again = report_make(&fixture, &plan);
    TH_CHECK("later", report_write_one(&fixture, again) == TH_OUTCOME_DUPLICATE);
    TH_CHECK("later", again->sequence == 1 && again->revision == 1);
    TH_CHECK_TEXT("origin",
                  operator_ask(&fixture, "SELECT string_agg(DISTINCT origin, ' ')"
                                         " FROM tonghop.v_report"),
                  "import");
    CHECK_CHAIN("imports", &fixture);
    report_free(again);
    report_free_all(batch, 4);
    fixture_close(&fixture);
}

static void test_received_at_decides_timeliness_and_nothing_else(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "import_received", FIXTURE_WITH_CATALOGUE);
    struct report_plan plan = {.district = "D1",
                               .period = "2024-03",
                               .cases = 4,
                               .imported = true,
                               .received_at_us = RECEIVED_US};
    struct th_submission *told = report_make(&fixture, &plan);
    plan.district = "D2";
    plan.received_at_us = 0;
    struct th_submission *untold = report_make(&fixture, &plan);
    TH_CHECK("told", report_write_one(&fixture, told) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("untold", report_write_one(&fixture, untold) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("the true instant", th_clock_now_us() - told->accepted_at_us < INT64_C(60000000));
    TH_CHECK_TEXT("complete_at",
                  operator_ask(&fixture,
                               "SELECT string_agg((c.complete_at = r.received_at)::text || ' ' ||"
                               " (c.complete_at = r.accepted_at), ';' ORDER BY c.district_id)"
                               " FROM tonghop.current_report c JOIN tonghop.report r"
                               " USING (district_id, report_id) WHERE r.received_at IS NOT NULL"),
                  "true false");
    TH_CHECK_TEXT("not told",
                  operator_ask(&fixture, "SELECT (c.complete_at = r.accepted_at)::text"
                                         " FROM tonghop.current_report c"
                                         " JOIN tonghop.report r"
                                         " USING (district_id, report_id)"
                                         " WHERE r.received_at IS NULL"),
                  "true");
    TH_CHECK_TEXT("received_at",
                  operator_ask(&fixture, "SELECT extract(epoch FROM received_at)::bigint"
                                         " FROM tonghop.report WHERE received_at IS NOT NULL"),
                  "1712200000");
    report_free(told);
    report_free(untold);
    fixture_close(&fixture);
}

static void test_an_import_goes_on_after_a_reporter(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "import_after", FIXTURE_WITH_CATALOGUE);
    struct th_submission *sent = report_make(
        &fixture, &(struct report_plan){
                      .seed = 1, .district = "D1", .period = "2024-03", .revision = 4, .cases = 1});
    struct th_submission *imported = report_make(
        &fixture,
        &(struct report_plan){.district = "D1", .period = "2024-03", .cases = 2, .imported = true});
    TH_CHECK("sent", report_write_one(&fixture, sent) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("imported", report_write_one(&fixture, imported) == TH_OUTCOME_ACCEPTED);
    TH_CHECK("revision", imported->revision == 5 && imported->sequence == 2);
    CHECK_CHAIN("import after", &fixture);
    report_free(sent);
    report_free(imported);
    fixture_close(&fixture);
}

const struct th_test import_tests[] = {
    {"equal content is a duplicate, other content a revision",
     test_equal_content_is_a_duplicate_and_other_content_a_revision},
    {"received_at decides timeliness and nothing else",
     test_received_at_decides_timeliness_and_nothing_else},
    {"an import goes on after a reporter", test_an_import_goes_on_after_a_reporter},
    {NULL, NULL},
};
