/* Appraisals: a report of the province about a district, through the same validation,
 * store, ledger and receipt as the districts' own. */
#include <string.h>

#include "collector/judging.h"
#include "collector/query/acts.h"
#include "collector/receipts.h"
#include "common/base/clock.h"
#include "common/base/text.h"

static void judge(void *context, struct th_submission *submission,
                  const struct th_catalogue_ids *ids, int64_t now_us)
{
    const struct th_acting *acting = context;
    th_judge_submission(acting->service->province, true, submission, ids, now_us);
}

static void refuse(struct th_acting *acting, const char *code, struct th_slice value)
{
    if (!th_text_is_utf8(value))
        value = (struct th_slice){0};
    th_problem_add(&acting->problems, code, "", value, "", 0, 0);
}

/* The district decides whose chain it enters; without one there is nothing to sign for. */
static bool find_district(struct th_acting *acting, struct th_submission *submission)
{
    const struct th_report *report = &submission->report;
    const struct th_district *district =
        th_catalogue_district(acting->ids->catalogue, report->district_code);
    if (!district) {
        acting->problems.count = acting->problems.errors = 0;
        if (report->district_code.size > 0)
            refuse(acting, "district.unknown", report->district_code);
        else
            refuse(acting, "report.malformed", TH_SLICE("district"));
        return false;
    }
    submission->district = th_arena_text(acting->arena, th_slice_of(district->code));
    submission->district_id = acting->ids->district_ids[district->index];
    return true;
}

/* Over again when the connection is lost: the report's id makes that harmless. */
static bool write(struct th_acting *acting, struct th_submission *submission)
{
    struct th_write_context context = {.ids = &acting->ids,
                                       .province = acting->service->province,
                                       .validate = judge,
                                       .validate_context = acting};
    enum th_status status = TH_UNREACHABLE;
    for (int attempt = 0; attempt < TH_ACT_ATTEMPTS; attempt++) {
        struct th_error error = {0};
        status = th_acting_connect(acting, &error);
        if (status == TH_OK)
            status = th_store_write(acting->store, &context, &submission, 1, &error);
        if (status == TH_OK)
            return true;
        th_acting_lose(acting, &error);
        if (status != TH_RETRY && status != TH_UNREACHABLE) {
            th_log(TH_LOG_ERROR, "acts.failed reason=\"%s\"", error.message);
            break;
        }
    }
    acting->problems = (struct th_problem_list){.arena = acting->arena};
    refuse(acting,
           status == TH_RETRY || status == TH_UNREACHABLE ? "database.unavailable" : "query.failed",
           TH_SLICE(""));
    return false;
}

static void answer(struct th_acting *acting, const struct th_job *job, uint64_t batch_id,
                   const struct th_submission *submission)
{
    const struct th_receipts_request request = {.submissions = submission,
                                                .count = 1,
                                                .batch_id = batch_id,
                                                .district = submission->district,
                                                .language = job->language,
                                                .province = acting->service->province,
                                                .receipt_key = acting->service->receipt_key};
    th_receipts_encode(&request, &acting->answer);
}

void th_act_submit(struct th_acting *acting, const struct th_job *job,
                   const Tonghop__V1__Submit *submit)
{
    static const char *const outcomes[] = {[TH_OUTCOME_PENDING] = "pending",
                                           [TH_OUTCOME_ACCEPTED] = "accepted",
                                           [TH_OUTCOME_DUPLICATE] = "duplicate",
                                           [TH_OUTCOME_REJECTED] = "rejected"};
    struct th_actor actor;
    enum th_role role;
    if (!th_acting_may(acting, job, submit->acting_for, TH_DUTY_APPRAISE, &actor, &role))
        return;
    if (submit->n_report != 1) {
        refuse(acting, "message.malformed", TH_SLICE("Submit"));
        return;
    }
    struct th_submission submission = {
        .body = th_bytes_slice(submit->report[0]),
        .arena = acting->arena,
    };
    th_sha256(submission.body.bytes, submission.body.size, submission.digest);
    judge(acting, &submission, acting->ids, th_clock_now_us());
    if (!find_district(acting, &submission) || !write(acting, &submission))
        return;
    th_log(TH_LOG_INFO, "acts.appraisal district=%s revision=%u outcome=%s account=%s",
           submission.district, submission.revision, outcomes[submission.outcome],
           actor.acts_for ? actor.account : actor.key_name);
    answer(acting, job, submit->batch_id, &submission);
}
