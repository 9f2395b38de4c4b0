#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/domain/validate.h"
#include "common/wire/message.h"
#include "fixture.h"

static struct th_observation *add(struct th_report *report, const char *criterion,
                                  enum th_answer answer)
{
    struct th_observation *observation = &report->observations[report->observation_count++];
    observation->criterion_code = th_slice_of(criterion);
    observation->answer = answer;
    return observation;
}

/* One observation a kind: spent 12.345, staff 34 of 177.5, level n/a with a reason,
 * decision keep, members C1 and C3, story in Vietnamese. */
static void add_all(struct th_report *report)
{
    static struct th_slice communes[] = {{"C3", 2}, {"C1", 2}};
    add(report, "spent", TH_ANSWER_NUMBER)->number = (struct th_decimal){12345, 3};
    struct th_observation *staff = add(report, "staff", TH_ANSWER_RATIO);
    staff->has_num = staff->has_den = true;
    staff->number = (struct th_decimal){34, 0};
    staff->den = (struct th_decimal){1775, 1};
    add(report, "level", TH_ANSWER_NOT_APPLICABLE)->text = TH_SLICE("không chấm");
    add(report, "decision", TH_ANSWER_CHOICE)->text = TH_SLICE("keep");
    struct th_observation *members = add(report, "members", TH_ANSWER_COMMUNES);
    members->communes = communes;
    members->commune_count = 2;
    add(report, "story", TH_ANSWER_TEXT)->text = TH_SLICE("Đã họp \"giao ban\"");
}

static void write_plan(const struct report_plan *plan, struct th_report *report,
                       struct th_observation *observations)
{
    *report = (struct th_report){.province = TH_SLICE("QN"),
                                 .district_code = th_slice_of(plan->district),
                                 .form_code = th_slice_of(plan->form ? plan->form : "monthly"),
                                 .period_text = th_slice_of(plan->period),
                                 .revision = plan->revision,
                                 .observations = observations};
    /* A version 4 id; zeros for imports, as the store makes theirs. */
    if (!plan->imported) {
        memcpy(report->id, &plan->seed, sizeof(plan->seed));
        report->id[6] = 0x40;
        report->id[8] = 0x80;
        report->id[15] = 1;
    }
    if (plan->cases >= 0)
        add(report, "cases", TH_ANSWER_NUMBER)->number = (struct th_decimal){plan->cases, 0};
    if (plan->full)
        add_all(report);
}

void report_validate(void *context, struct th_submission *submission,
                     const struct th_catalogue_ids *ids, int64_t now_us)
{
    if (context)
        ++*(int *)context;
    submission->problems = (struct th_problem_list){.arena = submission->arena};
    submission->validated_at_us = now_us;
    struct th_slice bytes =
        submission->imported ? *(struct th_slice *)submission->owner : submission->body;
    memset(&submission->report, 0, sizeof(submission->report));
    if (!th_report_unpack(bytes, submission->arena, &submission->report, &submission->problems))
        return;
    struct th_validation validation = {
        .catalogue = ids->catalogue, .now_us = now_us, .ignore_lock = true};
    th_report_validate(&submission->report, &validation, &submission->problems);
}

static int32_t district_id(const struct fixture *fixture, const char *code)
{
    const struct th_district *district =
        th_catalogue_district(fixture->ids->catalogue, th_slice_of(code));
    return district ? fixture->ids->district_ids[district->index] : 0;
}

struct th_submission *report_make(struct fixture *fixture, const struct report_plan *plan)
{
    struct th_report report;
    TH_CLEANUP_BUFFER struct th_buffer body = {0};
    struct th_arena *arena = th_arena_create(0);
    struct th_submission *submission = calloc(1, sizeof(*submission));
    if (!submission)
        abort();

    write_plan(plan, &report, th_arena_alloc(arena, 16 * sizeof(struct th_observation)));
    th_report_pack(&report, &body);
    struct th_slice bytes = {th_arena_copy(arena, body.bytes, body.size), body.size};
    submission->district = plan->district;
    submission->district_id = district_id(fixture, plan->district);
    submission->arena = arena;
    submission->imported = plan->imported;
    submission->received_at_us = plan->received_at_us;
    if (plan->imported) {
        submission->owner = th_arena_copy(arena, &bytes, sizeof(bytes));
    } else {
        submission->body = bytes;
        th_sha256(bytes.bytes, bytes.size, submission->digest);
    }
    report_validate(NULL, submission, fixture->ids, th_clock_now_us());
    return submission;
}

void report_free(struct th_submission *submission)
{
    th_arena_destroy(&submission->arena);
    free(submission);
}

void report_free_all(struct th_submission **submissions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        report_free(submissions[i]);
}

enum th_status report_write(struct fixture *fixture, struct th_store *store,
                            struct th_submission **submissions, size_t count,
                            struct th_error *error)
{
    struct th_write_context context = {
        .ids = &fixture->ids, .province = "QN", .validate = report_validate};
    return th_store_write(store, &context, submissions, count, error);
}

int report_write_one(struct fixture *fixture, struct th_submission *submission)
{
    struct th_error error = {0};
    enum th_status status = report_write(fixture, fixture->store, &submission, 1, &error);
    CHECK_OK("writing one report", status, error);
    return status == TH_OK ? (int)submission->outcome : -1;
}

bool report_has_problem(const struct th_submission *submission, const char *code)
{
    for (size_t i = 0; i < submission->problems.count; i++)
        if (strcmp(submission->problems.problems[i].code, code) == 0)
            return true;
    return false;
}
