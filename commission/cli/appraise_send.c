/* An appraisal on its way to the province, and its receipt on the way back. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "commission/cli/appraise.h"
#include "commission/cli/report.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/wire/message.h"
#include "common/wire/receipt.h"

#define FOLDER "appraisals"

static enum th_status take_current(void *context, const Tonghop__V1__QueryPart *part,
                                   struct th_error *error)
{
    struct th_appraisal *appraisal = context;
    struct th_stored_report stored;
    if (part->n_report == 0)
        return TH_OK;
    enum th_status status = th_stored_report_open(part->report[0], appraisal->session.catalogue,
                                                  appraisal->arena, &stored, error);
    if (status != TH_OK)
        return status;
    appraisal->current = stored.report;
    appraisal->current_body = stored.body;
    appraisal->current_revision = stored.report.revision;
    return TH_OK;
}

static bool is_unknown(const struct th_client *client)
{
    size_t count;
    const struct th_client_problem *problems = th_client_problems(client, &count);
    return count == 1 && strcmp(problems[0].code, "report.unknown") == 0;
}

enum th_status th_appraisal_ask(struct th_appraisal *appraisal, const struct th_form *form,
                                const struct th_district *district, const char *period,
                                struct th_error *error)
{
    Tonghop__V1__ReportQuery question = TONGHOP__V1__REPORT_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    question.form = th_bytes(th_slice_of(form->code));
    question.district = th_bytes(th_slice_of(district->code));
    question.period = th_bytes(th_slice_of(period));
    query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT;
    query.report = &question;
    appraisal->current_revision = 0;
    enum th_status status =
        th_client_query(appraisal->session.client, &query, take_current, appraisal, error);
    return status == TH_REJECTED && is_unknown(appraisal->session.client) ? TH_OK : status;
}

/* The bytes to send. What the province holds already is sent as it stands: it is answered
 * by its first receipt, which may have been lost. */
static enum th_status make_body(struct th_appraisal *appraisal, struct th_error *error)
{
    struct th_report *report = &appraisal->report;
    uint8_t said[TH_HASH_BYTES], says[TH_HASH_BYTES];
    report->province = th_slice_of(appraisal->session.bundle.province);
    report->form_code = th_slice_of(report->form->code);
    report->district_code = th_slice_of(report->district->code);
    report->period_text = th_slice_of(appraisal->period);
    th_report_content(report, says);
    if (appraisal->current_revision > 0)
        th_report_content(&appraisal->current, said);
    if (appraisal->current_revision > 0 && memcmp(said, says, sizeof(said)) == 0) {
        appraisal->unchanged = true;
        memcpy(report->id, appraisal->current.id, sizeof(report->id));
        th_buffer_add(&appraisal->body, appraisal->current_body.bytes,
                      appraisal->current_body.size);
    } else {
        th_report_new_id(report->id);
        report->revision = appraisal->current_revision + 1;
        report->prepared_at_us = th_clock_now_us();
        th_report_pack(report, &appraisal->body);
    }
    if (appraisal->body.size > (size_t)TH_REPORT_BYTES_MAX)
        return th_error_set(error, TH_USAGE, "%s makes a report of %zu bytes, over the limit of %d",
                            appraisal->path, appraisal->body.size, TH_REPORT_BYTES_MAX);
    th_sha256(appraisal->body.bytes, appraisal->body.size, appraisal->digest);
    return TH_OK;
}

static bool is_ours(const struct th_appraisal *appraisal, ProtobufCBinaryData id,
                    ProtobufCBinaryData digest)
{
    return id.len == sizeof(appraisal->report.id) && digest.len == TH_HASH_BYTES &&
           memcmp(id.data, appraisal->report.id, id.len) == 0 &&
           memcmp(digest.data, appraisal->digest, TH_HASH_BYTES) == 0;
}

static enum th_status not_ours(struct th_error *error)
{
    return th_error_set(error, TH_PERMANENT,
                        "the province's answer is not about the report that was sent");
}

static enum th_status take_rejection(struct th_appraisal *appraisal,
                                     const Tonghop__V1__Rejection *rejection,
                                     struct th_error *error)
{
    const char *district = appraisal->report.district->code;
    enum th_status status =
        th_rejection_check(rejection, &appraisal->session.bundle, district, error);
    if (status != TH_OK)
        return status;
    if (!is_ours(appraisal, rejection->report_id, rejection->digest))
        return not_ours(error);
    appraisal->rejected = true;
    appraisal->revision = appraisal->report.revision;
    appraisal->at_us = rejection->rejected_at_us;
    return TH_OK;
}

static enum th_status take_run(struct th_appraisal *appraisal, const Tonghop__V1__ReceiptRun *run,
                               struct th_error *error)
{
    uint8_t hash[1][TH_HASH_BYTES];
    if (run->n_entry != 1 || !is_ours(appraisal, run->entry[0]->report_id, run->entry[0]->digest))
        return not_ours(error);
    const Tonghop__V1__Entry *entry = run->entry[0];
    enum th_status status = th_receipt_run_verify(run, &appraisal->session.bundle,
                                                  appraisal->report.district->code, hash, error);
    appraisal->duplicate = entry->duplicate;
    appraisal->epoch = run->epoch;
    appraisal->sequence = entry->sequence;
    appraisal->revision = entry->revision;
    appraisal->at_us = entry->accepted_at_us;
    return status;
}

/* The province's problems in place of our own, which are warnings at most by now. */
static void take_problems(struct th_appraisal *appraisal, Tonghop__V1__Problem **wire, size_t count)
{
    struct th_arena *arena = appraisal->arena;
    struct th_problem_list *list = &appraisal->problems;
    *list = (struct th_problem_list){.arena = arena};
    list->problems = th_arena_alloc(arena, (count + 1) * sizeof(*list->problems));
    for (size_t i = 0; i < count; i++) {
        struct th_problem *problem = &list->problems[list->count++];
        const char *message = th_bytes_text(wire[i]->message, SIZE_MAX, arena);
        const char *code = th_bytes_text(wire[i]->code, SIZE_MAX, arena);
        const char *criterion = th_bytes_text(wire[i]->criterion, SIZE_MAX, arena);
        const char *value = th_bytes_text(wire[i]->value, SIZE_MAX, arena);
        bool warning = wire[i]->severity == TONGHOP__V1__SEVERITY__SEVERITY_WARNING;
        *problem = (struct th_problem){
            .code = code ? code : "",
            .severity = warning ? TH_SEVERITY_WARNING : TH_SEVERITY_ERROR,
            .criterion = criterion ? criterion : "",
            .value = value ? value : "",
            .limit = "",
            .message_vi = message ? message : "",
            .message_en = message ? message : "",
        };
        list->errors += !warning;
    }
    list->capacity = list->count;
}

/* appraisals/FORM-PERIOD-DISTRICT.rN.report and .receipt: the exact bytes that were sent,
 * and the signed answer about them. */
static enum th_status keep(const struct th_appraisal *appraisal,
                           const Tonghop__V1__Receipts *receipts, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    const struct th_report *report = &appraisal->report;
    struct th_arena *arena = appraisal->arena;
    const char *folder = th_arena_printf(arena, "%s/" FOLDER, appraisal->session.folder);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return th_error_set(error, TH_PERMANENT, "cannot make %s: %m", folder);
    const char *base =
        th_arena_printf(arena, "%s/%s-%s-%s.r%u", folder, report->form->code, appraisal->period,
                        report->district->code, appraisal->revision);
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS;
    message.receipts = (Tonghop__V1__Receipts *)receipts;
    th_server_message_encode(&message, &bytes);
    enum th_status status = th_file_write(th_arena_printf(arena, "%s.report", base),
                                          appraisal->body.bytes, appraisal->body.size, 0600, error);
    if (status == TH_OK)
        status = th_file_write(th_arena_printf(arena, "%s.receipt", base), bytes.bytes, bytes.size,
                               0600, error);
    return status;
}

static enum th_status take_receipts(void *context, const Tonghop__V1__Receipts *receipts,
                                    struct th_error *error)
{
    struct th_appraisal *appraisal = context;
    if (receipts->n_run + receipts->n_rejection != 1)
        return not_ours(error);
    if (receipts->n_rejection == 1) {
        const Tonghop__V1__Rejection *rejection = receipts->rejection[0];
        enum th_status status = take_rejection(appraisal, rejection, error);
        if (status == TH_OK)
            take_problems(appraisal, rejection->problem, rejection->n_problem);
        return status;
    }
    enum th_status status = take_run(appraisal, receipts->run[0], error);
    if (status != TH_OK)
        return status;
    const Tonghop__V1__Entry *entry = receipts->run[0]->entry[0];
    if (!entry->duplicate)
        take_problems(appraisal, entry->warning, entry->n_warning);
    return keep(appraisal, receipts, error);
}

enum th_status th_appraisal_send(struct th_appraisal *appraisal, struct th_error *error)
{
    const struct th_report *report = &appraisal->report;
    enum th_status status =
        th_appraisal_ask(appraisal, report->form, report->district, appraisal->period, error);
    if (status == TH_OK)
        status = make_body(appraisal, error);
    if (status == TH_OK)
        status = th_client_submit(appraisal->session.client, th_buffer_slice(&appraisal->body),
                                  take_receipts, appraisal, error);
    return status;
}
