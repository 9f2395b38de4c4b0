/* Freezing a final assessment (SEMANTICS 11): judged in the transaction that keeps it, as
 * of an instant that nothing can change any more. */
#include <stdio.h>
#include <string.h>

#include "collector/store/assessment_store.h"
#include "collector/store/read.h"
#include "fixture.h"

static const char *const forms[] = {"monthly"};
static const char document[] = "<!DOCTYPE html>";

/* Everything approved up to now but what is named is what the assessment is about: the
 * districts D1 to D6 in 2024-01. */
struct freezing {
    struct th_assessment assessment;
    struct th_assessment_exception exceptions[8];
    struct th_problem_list problems;
};

static int64_t settled_us(struct fixture *fixture)
{
    struct th_error error = {0};
    int64_t now_us = 0;
    CHECK_OK("publish", th_store_publish_horizon(fixture->store, &error), error);
    CHECK_OK("read", th_store_begin_read(fixture->store, &now_us, &error), error);
    int64_t horizon_us = th_store_horizon_us(fixture->store);
    th_store_end_read(fixture->store);
    return horizon_us;
}

static void prepare(struct freezing *freezing, uint32_t number, int64_t as_of_us)
{
    struct th_arena *arena = freezing->problems.arena;
    *freezing = (struct freezing){.problems.arena = arena ? arena : th_arena_create(0)};
    th_arena_reset(freezing->problems.arena);
    freezing->assessment = (struct th_assessment){.number = number,
                                                  .forms = forms,
                                                  .form_count = 1,
                                                  .period = "2024-01",
                                                  .as_of_us = as_of_us,
                                                  .account = "tests",
                                                  .role = "approver",
                                                  .acting_key = "",
                                                  .language = "vi",
                                                  .style = "state",
                                                  .exceptions = freezing->exceptions,
                                                  .file_count = 1};
    struct th_assessment_file *file = &freezing->assessment.files[0];
    *file = (struct th_assessment_file){.format = "html", .size = sizeof(document) - 1};
    file->content = (struct th_slice){document, sizeof(document) - 1};
    th_sha256(document, sizeof(document) - 1, file->digest);
}

static void excuse(struct freezing *freezing, const char *district, const char *reason)
{
    freezing->exceptions[freezing->assessment.exception_count++] =
        (struct th_assessment_exception){district, "monthly", "2024-01", "", reason};
}

static enum th_status freeze(struct fixture *fixture, struct freezing *freezing)
{
    struct th_error error = {0};
    enum th_status status = th_store_freeze_assessment(fixture->store, &freezing->assessment,
                                                       &freezing->problems, &error);
    if (status != TH_OK && status != TH_REJECTED)
        fprintf(stderr, "\n    %s\n", error.message);
    return status;
}

/* "code value; " of every problem. */
static const char *told(const struct freezing *freezing)
{
    static char text[1024];
    text[0] = '\0';
    for (size_t i = 0; i < freezing->problems.count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof(text) - used, "%s %s; ", freezing->problems.problems[i].code,
                 freezing->problems.problems[i].value);
    }
    return text;
}

static void approve(struct fixture *fixture, const char *district, const char *to)
{
    operator_ask(fixture,
                 "INSERT INTO tonghop.state_change (district_id, event_sequence, form_id, period,"
                 " revision, from_state, to_state, at, account, role, comment, criterion_id,"
                 " criterion_comment)"
                 " SELECT c.district_id, 1000 + (SELECT count(*) FROM tonghop.state_change),"
                 " c.form_id, c.period, c.revision, 'received', '%s', clock_timestamp(), 'tests',"
                 " 'approver', '', '{}', '{}'"
                 " FROM tonghop.current_report AS c JOIN tonghop.district AS d USING (district_id)"
                 " WHERE d.code = '%s'",
                 to, district);
}

static void submit(struct fixture *fixture, uint32_t seed, const char *district, uint32_t revision)
{
    struct report_plan plan = {
        .seed = seed, .district = district, .period = "2024-01", .revision = revision, .cases = 1};
    struct th_submission *submission = report_make(fixture, &plan);
    TH_CHECK(district, report_write_one(fixture, submission) == TH_OUTCOME_ACCEPTED);
    report_free(submission);
}

static void test_what_hinders_it_is_told(void)
{
    struct fixture fixture;
    struct freezing freezing = {0};
    fixture_open(&fixture, "assessment_gaps", FIXTURE_WITH_CATALOGUE);
    static const char *const districts[] = {"D1", "D2", "D3", "D4"};
    for (uint32_t i = 0; i < 4; i++)
        submit(&fixture, i + 1, districts[i], 1);
    approve(&fixture, "D1", "approved");
    approve(&fixture, "D3", "returned");
    approve(&fixture, "D4", "approved");
    submit(&fixture, 9, "D4", 2); /* the revision that counts is not the approved one */
    int64_t as_of_us = settled_us(&fixture);

    prepare(&freezing, 1, as_of_us);
    TH_CHECK("refused", freeze(&fixture, &freezing) == TH_REJECTED);
    TH_CHECK_TEXT("all at once", told(&freezing),
                  "assessment.report_unapproved D2 monthly 2024-01; "
                  "assessment.report_returned D3 monthly 2024-01; "
                  "assessment.report_unapproved D4 monthly 2024-01; "
                  "assessment.report_missing D5 monthly 2024-01; "
                  "assessment.report_missing D6 monthly 2024-01; ");

    prepare(&freezing, 2, as_of_us + INT64_C(3600000000));
    static const char *const excused[] = {"D1", "D2", "D3", "D4", "D5", "D6"};
    for (size_t i = 0; i < 6; i++)
        excuse(&freezing, excused[i], i == 4 ? "" : "why");
    TH_CHECK("refused", freeze(&fixture, &freezing) == TH_REJECTED);
    const char *all = told(&freezing);
    TH_CHECK("the number", strstr(all, "assessment.number_taken 1; "));
    TH_CHECK("an instant that is not settled", strstr(all, "asof.beyond_horizon "));
    TH_CHECK("D1 hinders nothing", strstr(all, "assessment.exception_unneeded D1 monthly"));
    TH_CHECK("D5 without why", strstr(all, "assessment.exception_without_reason D5 monthly"));

    /* What comes after the instant changes nothing of how it is judged. */
    approve(&fixture, "D2", "approved");
    prepare(&freezing, 1, as_of_us);
    for (size_t i = 2; i < 6; i++)
        excuse(&freezing, excused[i], "why");
    TH_CHECK("as of then", freeze(&fixture, &freezing) == TH_REJECTED);
    TH_CHECK_TEXT("D2", told(&freezing), "assessment.report_unapproved D2 monthly 2024-01; ");
    prepare(&freezing, 1, 1);
    TH_CHECK("before any catalogue", freeze(&fixture, &freezing) == TH_REJECTED);
    TH_CHECK("it is told", strstr(told(&freezing), "asof.before_catalogue "));
    TH_CHECK_TEXT("nothing was kept",
                  operator_ask(&fixture, "SELECT count(*) FROM tonghop.assessment"), "0");
    th_arena_destroy(&freezing.problems.arena);
    fixture_close(&fixture);
}

static enum th_status note(void *context, const struct th_assessment *assessment)
{
    char *out = context;
    snprintf(out + strlen(out), 512 - strlen(out), "%u %s %s %s:%s %.*s; ", assessment->number,
             assessment->forms[0], assessment->period, assessment->exceptions[0].district,
             assessment->exceptions[0].why, (int)assessment->files[0].content.size,
             assessment->files[0].content.bytes);
    return TH_OK;
}

static void test_it_is_kept_once(void)
{
    struct fixture fixture;
    struct freezing freezing = {0};
    struct th_error error = {0};
    char listed[512] = "", fault[256] = "";
    int64_t now_us;
    fixture_open(&fixture, "assessment_kept", FIXTURE_WITH_CATALOGUE);
    static const char *const missing[] = {"D1", "D2", "D3", "D4", "D5", "D6"};
    int64_t as_of_us = settled_us(&fixture), frozen_at_us[2];
    /* Asked again because nobody heard the answer: the same act. */
    for (size_t again = 0; again < 2; again++) {
        prepare(&freezing, 1, as_of_us);
        for (size_t i = 0; i < 6; i++)
            excuse(&freezing, missing[i], "chưa có \"báo cáo\"");
        TH_CHECK("frozen", freeze(&fixture, &freezing) == TH_OK);
        frozen_at_us[again] = freezing.assessment.frozen_at_us;
    }
    TH_CHECK("at one instant", frozen_at_us[0] == frozen_at_us[1]);
    TH_CHECK("after the one it is about", frozen_at_us[0] > as_of_us);
    TH_CHECK_TEXT("one act",
                  operator_ask(&fixture, "SELECT count(*) FROM tonghop.province_event"
                                         " WHERE kind = 'assessment'"),
                  "1");
    TH_CHECK("the chain", event_chain_is_whole(&fixture, fault));

    CHECK_OK("read", th_store_begin_read(fixture.store, &now_us, &error), error);
    CHECK_OK("list", th_store_read_assessments(fixture.store, 0, "html", note, listed, &error),
             error);
    TH_CHECK_TEXT("the list", listed, "1 monthly 2024-01 D1:missing <!DOCTYPE html>; ");
    listed[0] = '\0';
    CHECK_OK("none", th_store_read_assessments(fixture.store, 2, "", note, listed, &error), error);
    TH_CHECK_TEXT("there is no second", listed, "");
    th_store_end_read(fixture.store);
    th_arena_destroy(&freezing.problems.arena);
    fixture_close(&fixture);
}

const struct th_test assessment_tests[] = {
    {"what hinders it is told", test_what_hinders_it_is_told},
    {"it is kept once", test_it_is_kept_once},
    {NULL, NULL},
};
