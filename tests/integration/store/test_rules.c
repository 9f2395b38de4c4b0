/* What the store alone can judge: ids, revisions, states, catalogues that changed. */
#include <stdlib.h>

#include "fixture.h"

static void test_the_same_id_with_other_content_is_a_conflict(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    fixture_open(&fixture, "rules_conflict", FIXTURE_WITH_CATALOGUE);
    struct report_plan plan = {.seed = 1, .district = "D1", .period = "2024-03", .revision = 1};
    struct th_submission *first = report_make(&fixture, &plan);
    plan.revision = 2;
    plan.cases = 9;
    struct th_submission *other = report_make(&fixture, &plan);
    /* The same id from another district is another report: ids are a district's own. */
    plan.district = "D2";
    struct th_submission *elsewhere = report_make(&fixture, &plan);
    struct th_submission *batch[] = {first, other, elsewhere};
    CHECK_OK("write", report_write(&fixture, fixture.store, batch, 3, &error), error);
    TH_CHECK("first", first->outcome == TH_OUTCOME_ACCEPTED);
    TH_CHECK("conflict", other->outcome == TH_OUTCOME_REJECTED);
    TH_CHECK("conflict", report_has_problem(other, "report.id_conflict"));
    TH_CHECK("conflict", !report_has_problem(other, "revision.stale"));
    TH_CHECK("elsewhere", elsewhere->outcome == TH_OUTCOME_ACCEPTED);
    CHECK_CHAIN("conflict", &fixture);
    report_free_all(batch, 3);
    fixture_close(&fixture);
}

/* Against revision 3 in the store; each row a report of its own. */
static const struct {
    const char *name;
    uint32_t revision;
    enum th_outcome want;
    const char *want_problem;
    uint32_t want_current;
} revisions[] = {
    {"below", 2, TH_OUTCOME_REJECTED, "revision.stale", 3},
    {"the same", 3, TH_OUTCOME_REJECTED, "revision.stale", 3},
    {"zero", 0, TH_OUTCOME_REJECTED, "revision.malformed", 0},
    /* Revisions may be skipped: only the order counts. */
    {"above", 7, TH_OUTCOME_ACCEPTED, NULL, 0},
    {"below what this batch made", 6, TH_OUTCOME_REJECTED, "revision.stale", 7},
    {"above what this batch made", 8, TH_OUTCOME_ACCEPTED, NULL, 0},
};
#define REVISIONS (sizeof(revisions) / sizeof(revisions[0]))

static void test_only_a_higher_revision_replaces(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *batch[REVISIONS];
    struct report_plan plan = {.seed = 100, .district = "D1", .period = "2024-03", .revision = 3};
    fixture_open(&fixture, "rules_revision", FIXTURE_WITH_CATALOGUE);
    struct th_submission *first = report_make(&fixture, &plan);
    TH_CHECK("first", report_write_one(&fixture, first) == TH_OUTCOME_ACCEPTED);
    for (uint32_t i = 0; i < REVISIONS; i++) {
        plan.seed = i + 1;
        plan.revision = revisions[i].revision;
        batch[i] = report_make(&fixture, &plan);
    }
    CHECK_OK("write", report_write(&fixture, fixture.store, batch, REVISIONS, &error), error);
    for (size_t i = 0; i < REVISIONS; i++) {
        TH_CHECK(revisions[i].name, batch[i]->outcome == revisions[i].want);
        TH_CHECK(revisions[i].name, batch[i]->current_revision == revisions[i].want_current);
        if (revisions[i].want_problem)
            TH_CHECK(revisions[i].name, report_has_problem(batch[i], revisions[i].want_problem));
    }
    TH_CHECK_TEXT("current", operator_ask(&fixture, "SELECT revision FROM tonghop.current_report"),
                  "8");
    TH_CHECK_TEXT("old ones are kept",
                  operator_ask(&fixture, "SELECT string_agg(revision::text, ' ' ORDER BY sequence)"
                                         " FROM tonghop.report"),
                  "3 7 8");
    CHECK_CHAIN("revisions", &fixture);
    report_free(first);
    report_free_all(batch, REVISIONS);
    fixture_close(&fixture);
}

static void test_the_first_complete_revision_decides_timeliness(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *reports[4];
    /* `cases` is required: the first revision lacks it, the third again. */
    const int64_t cases[] = {-1, 4, -1, 5};
    fixture_open(&fixture, "rules_complete", FIXTURE_WITH_CATALOGUE);
    for (uint32_t i = 0; i < 4; i++)
        reports[i] = report_make(&fixture, &(struct report_plan){.seed = i,
                                                                 .district = "D1",
                                                                 .period = "2024-03",
                                                                 .revision = i + 1,
                                                                 .cases = cases[i],
                                                                 .full = true});
    TH_CHECK("incomplete", report_write_one(&fixture, reports[0]) == TH_OUTCOME_ACCEPTED);
    TH_CHECK_TEXT("incomplete",
                  operator_ask(&fixture, "SELECT complete_at IS NULL"
                                         " FROM tonghop.current_report"),
                  "t");
    CHECK_OK("complete, then not", report_write(&fixture, fixture.store, &reports[1], 2, &error),
             error);
    TH_CHECK("again", report_write_one(&fixture, reports[3]) == TH_OUTCOME_ACCEPTED);
    TH_CHECK_TEXT("of revision 2",
                  operator_ask(&fixture, "SELECT r.revision FROM tonghop.current_report c"
                                         " JOIN tonghop.report r ON r.accepted_at = c.complete_at"
                                         " WHERE r.revision = 2"),
                  "2");
    report_free_all(reports, 4);
    fixture_close(&fixture);
}

static void test_approval_locks_and_a_return_does_not(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "rules_approved", FIXTURE_WITH_CATALOGUE);
    struct th_submission *reports[3];
    for (uint32_t i = 0; i < 3; i++)
        reports[i] = report_make(
            &fixture, &(struct report_plan){
                          .seed = i, .district = "D1", .period = "2024-03", .revision = i + 1});
    TH_CHECK("first", report_write_one(&fixture, reports[0]) == TH_OUTCOME_ACCEPTED);
    operator_ask(&fixture, "UPDATE tonghop.current_report SET state = 'approved'");
    TH_CHECK("approved", report_write_one(&fixture, reports[1]) == TH_OUTCOME_REJECTED);
    TH_CHECK("approved", report_has_problem(reports[1], "state.approved"));
    operator_ask(&fixture, "UPDATE tonghop.current_report SET state = 'returned'");
    TH_CHECK("returned", report_write_one(&fixture, reports[2]) == TH_OUTCOME_ACCEPTED);
    TH_CHECK_TEXT("received again",
                  operator_ask(&fixture, "SELECT state"
                                         " FROM tonghop.current_report"),
                  "received");
    report_free_all(reports, 3);
    fixture_close(&fixture);
}

static void test_rejections_are_recorded_and_counted(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct report_plan bad = {.seed = 1, .district = "D1", .period = "2024-13", .revision = 1};
    struct report_plan good = {.seed = 2, .district = "D1", .period = "2024-03", .revision = 1};
    fixture_open(&fixture, "rules_rejected", FIXTURE_WITH_CATALOGUE);
    struct th_submission *batch[] = {report_make(&fixture, &bad), report_make(&fixture, &good),
                                     report_make(&fixture, &bad)};
    CHECK_OK("write", report_write(&fixture, fixture.store, batch, 3, &error), error);
    TH_CHECK("bad", batch[0]->outcome == TH_OUTCOME_REJECTED && batch[0]->accepted_at_us > 0);
    TH_CHECK("good", batch[1]->outcome == TH_OUTCOME_ACCEPTED && batch[1]->sequence == 1);
    TH_CHECK("bad again", batch[2]->outcome == TH_OUTCOME_REJECTED);
    struct th_submission *later = report_make(&fixture, &bad);
    TH_CHECK("later", report_write_one(&fixture, later) == TH_OUTCOME_REJECTED);
    TH_CHECK_TEXT("one row, three times",
                  operator_ask(&fixture, "SELECT string_agg(codes || ' ' || times, ';')"
                                         " FROM tonghop.rejection"),
                  "period.malformed 3");
    TH_CHECK_TEXT("problems are JSON",
                  operator_ask(&fixture, "SELECT problems::json -> 0 ->> 'code'"
                                         " FROM tonghop.rejection"),
                  "period.malformed");
    TH_CHECK_TEXT("span",
                  operator_ask(&fixture, "SELECT last_at > first_at"
                                         " FROM tonghop.rejection"),
                  "t");
    CHECK_CHAIN("rejections", &fixture);
    report_free(later);
    report_free_all(batch, 3);
    fixture_close(&fixture);
}

static void test_a_catalogue_that_changed_judges_again(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_stranded *stranded;
    size_t count;
    uint64_t version;
    bool changed;
    int validated = 0;
    fixture_open(&fixture, "rules_catalogue", FIXTURE_WITH_CATALOGUE);
    struct th_submission *batch[] = {
        report_make(
            &fixture,
            &(struct report_plan){.seed = 1, .district = "D1", .period = "2024-03", .revision = 1}),
        report_make(&fixture,
                    &(struct report_plan){
                        .seed = 2, .district = "D2", .period = "2024-03", .revision = 1})};
    struct th_write_context context = {.ids = &fixture.ids,
                                       .province = "QN",
                                       .validate = report_validate,
                                       .validate_context = &validated};
    /* Another collector's operator closes D2 before these are written. */
    struct th_store *other = fixture_connect(fixture.owner, "tests-other");
    struct th_catalogue *closing =
        fixture_catalogue_changed("districts.csv", "D2,Huyện Hai,district,,2015-01-01,",
                                  "D2,Huyện Hai,district,,2015-01-01,2023-12-31");
    CHECK_OK("import",
             th_store_import_catalogue(other, closing, "tests", &version, &changed, &stranded,
                                       &count, &error),
             error);
    th_catalogue_release(&closing);
    CHECK_OK("write", th_store_write(fixture.store, &context, batch, 2, &error), error);
    TH_CHECK("validated again", validated == 2);
    TH_CHECK("the caller has the new one", fixture.ids->catalogue->version == 2);
    TH_CHECK("open", batch[0]->outcome == TH_OUTCOME_ACCEPTED);
    TH_CHECK("closed", batch[1]->outcome == TH_OUTCOME_REJECTED);
    TH_CHECK("closed", report_has_problem(batch[1], "district.closed"));
    TH_CHECK_TEXT("version", operator_ask(&fixture, "SELECT catalogue_version FROM tonghop.report"),
                  "2");
    /* Known now: nothing is judged twice. */
    struct th_submission *next = report_make(
        &fixture,
        &(struct report_plan){.seed = 3, .district = "D1", .period = "2024-04", .revision = 1});
    CHECK_OK("next", th_store_write(fixture.store, &context, &next, 1, &error), error);
    TH_CHECK("not validated", validated == 2 && next->outcome == TH_OUTCOME_ACCEPTED);
    CHECK_CHAIN("catalogue", &fixture);
    report_free(next);
    report_free_all(batch, 2);
    th_store_close(&other);
    fixture_close(&fixture);
}

static void test_a_batch_waits_for_an_import_of_a_catalogue(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "rules_lock", FIXTURE_WITH_CATALOGUE);
    struct th_submission *submission = report_make(
        &fixture,
        &(struct report_plan){.seed = 1, .district = "D1", .period = "2024-03", .revision = 1});
    struct th_error error = {0};
    struct th_store *impatient = NULL;
    CHECK_OK("open", th_store_open(fixture.writer, "tests-impatient", 300, &impatient, &error),
             error);
    /* The operator holds what an import of a catalogue holds. */
    operator_ask(&fixture, "SELECT pg_advisory_lock(%lld)", 0x746f6e6701LL);
    TH_CHECK("waits, then gives up",
             report_write(&fixture, impatient, &submission, 1, &error) == TH_UNREACHABLE);
    TH_CHECK("undecided", submission->outcome == TH_OUTCOME_PENDING);
    operator_ask(&fixture, "SELECT pg_advisory_unlock_all()");
    CHECK_OK("reopen", th_store_reopen(impatient, 20000, &error), error);
    CHECK_OK("again", report_write(&fixture, impatient, &submission, 1, &error), error);
    TH_CHECK("again", submission->outcome == TH_OUTCOME_ACCEPTED && submission->sequence == 1);
    th_store_close(&impatient);
    report_free(submission);
    fixture_close(&fixture);
}

static void test_a_form_that_came_meanwhile_is_known(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_stranded *stranded;
    size_t count;
    uint64_t version;
    bool changed;
    fixture_open(&fixture, "rules_new_form", FIXTURE_WITH_CATALOGUE);
    struct th_submission *submission = report_make(&fixture, &(struct report_plan){.seed = 1,
                                                                                   .district = "D1",
                                                                                   .form = "extra",
                                                                                   .period = "2024",
                                                                                   .revision = 1,
                                                                                   .cases = -1});
    TH_CHECK("before", report_has_problem(submission, "form.unknown"));
    struct th_catalogue *with_form = fixture_catalogue_changed(
        "forms.csv", "yearly,", "extra,Thêm,district,year,30,,2015-01-01,\nyearly,");
    CHECK_OK("import",
             th_store_import_catalogue(fixture.store, with_form, "tests", &version, &changed,
                                       &stranded, &count, &error),
             error);
    th_catalogue_release(&with_form);
    TH_CHECK("after", report_write_one(&fixture, submission) == TH_OUTCOME_ACCEPTED);
    CHECK_CHAIN("new form", &fixture);
    report_free(submission);
    fixture_close(&fixture);
}

const struct th_test rule_tests[] = {
    {"the same id with other content is a conflict",
     test_the_same_id_with_other_content_is_a_conflict},
    {"only a higher revision replaces", test_only_a_higher_revision_replaces},
    {"the first complete revision decides timeliness",
     test_the_first_complete_revision_decides_timeliness},
    {"approval locks, a return does not", test_approval_locks_and_a_return_does_not},
    {"rejections are recorded and counted", test_rejections_are_recorded_and_counted},
    {"a catalogue that changed judges again", test_a_catalogue_that_changed_judges_again},
    {"a form that came meanwhile is known", test_a_form_that_came_meanwhile_is_known},
    {"a batch waits for an import of a catalogue", test_a_batch_waits_for_an_import_of_a_catalogue},
    {NULL, NULL},
};
