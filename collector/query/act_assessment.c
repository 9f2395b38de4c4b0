/* Freezing a final assessment. */
#include <stdio.h>
#include <string.h>

#include "collector/query/acts.h"
#include "collector/store/assessment_store.h"
#include "common/base/clock.h"
#include "common/base/text.h"

#define PERIOD_BYTES_MAX 64
#define REASON_BYTES_MAX 4000

static bool refuse(struct th_acting *acting, const char *code, const char *value)
{
    th_problem_add(&acting->problems, code, "", th_slice_of(value), "", 0, 0);
    return false;
}

/* A text of the message; NULL, and a problem, when it is none. */
static const char *take_text(struct th_acting *acting, ProtobufCBinaryData data, size_t most,
                             const char *field)
{
    const char *text = th_bytes_text(data, most, acting->arena);
    if (text && *text)
        return text;
    (void)refuse(acting, "message.malformed", field);
    return NULL;
}

static bool take_forms(struct th_acting *acting, const Tonghop__V1__AssessmentFreeze *freeze,
                       struct th_assessment *assessment)
{
    const char **forms = th_arena_alloc(acting->arena, (freeze->n_form + 1) * sizeof(*forms));
    if (freeze->n_form == 0 || freeze->n_form > TH_ASSESSMENT_FORMS)
        return refuse(acting, "message.malformed", "form");
    for (size_t i = 0; i < freeze->n_form; i++) {
        forms[i] = take_text(acting, freeze->form[i], TH_FORM_CODE_MAX, "form");
        if (!forms[i])
            return false;
    }
    assessment->forms = forms;
    assessment->form_count = freeze->n_form;
    return true;
}

static bool take_exceptions(struct th_acting *acting, const Tonghop__V1__AssessmentFreeze *freeze,
                            struct th_assessment *assessment)
{
    if (freeze->n_exception > TH_ASSESSMENT_EXCEPTIONS)
        return refuse(acting, "query.too_large", "");
    assessment->exceptions =
        th_arena_alloc(acting->arena, (freeze->n_exception + 1) * sizeof(*assessment->exceptions));
    for (size_t i = 0; i < freeze->n_exception; i++) {
        const Tonghop__V1__AssessmentGap *given = freeze->exception[i];
        struct th_assessment_exception *taken = &assessment->exceptions[i];
        const char *reason = th_bytes_text(given->reason, REASON_BYTES_MAX, acting->arena);
        *taken = (struct th_assessment_exception){
            .district = take_text(acting, given->district, TH_DISTRICT_CODE_MAX, "exception"),
            .form = take_text(acting, given->form, TH_FORM_CODE_MAX, "exception"),
            .period = take_text(acting, given->period, PERIOD_BYTES_MAX, "exception"),
            .why = "",
            .reason = reason ? reason : "",
        };
        if (!taken->district || !taken->form || !taken->period)
            return false;
    }
    assessment->exception_count = freeze->n_exception;
    return true;
}

/* What was sent must be what the message says: size and digest. */
static bool take_file(struct th_acting *acting, const struct th_upload *upload,
                      const Tonghop__V1__AssessmentFile *given, struct th_assessment *assessment)
{
    struct th_slice format = th_bytes_slice(given->format);
    for (size_t i = 0; upload && i < upload->count; i++) {
        const struct th_buffer *bytes = &upload->files[i].bytes;
        struct th_assessment_file *file = &assessment->files[assessment->file_count];
        if (!th_slice_equals(format, upload->files[i].format))
            continue;
        *file = (struct th_assessment_file){.format = upload->files[i].format,
                                            .size = bytes->size,
                                            .content = th_buffer_slice(bytes)};
        th_sha256(bytes->bytes, bytes->size, file->digest);
        if (bytes->size == 0 || bytes->size != given->size ||
            given->digest.len != sizeof(file->digest) ||
            memcmp(given->digest.data, file->digest, sizeof(file->digest)) != 0)
            return refuse(acting, "assessment.file_damaged", file->format);
        assessment->file_count++;
        return true;
    }
    return refuse(acting, "assessment.file_damaged", th_text_is_utf8(format) ? "html" : "");
}

static bool take_files(struct th_acting *acting, const struct th_upload *upload,
                       const Tonghop__V1__AssessmentFreeze *freeze,
                       struct th_assessment *assessment)
{
    bool html = false;
    if (freeze->n_file == 0 || freeze->n_file > TH_ASSESSMENT_FILES)
        return refuse(acting, "message.malformed", "file");
    for (size_t i = 0; i < freeze->n_file; i++) {
        struct th_slice format = th_bytes_slice(freeze->file[i]->format);
        bool again = html && th_slice_equals(format, "html");
        if (again || !take_file(acting, upload, freeze->file[i], assessment))
            return again ? refuse(acting, "message.malformed", "file") : false;
        html = html || th_slice_equals(format, "html");
    }
    return html || refuse(acting, "message.malformed", "file");
}

/* Everything that the message says, judged without the database; false with problems. */
static bool understand(struct th_acting *acting, const struct th_job *job,
                       const Tonghop__V1__AssessmentFreeze *freeze,
                       struct th_assessment *assessment)
{
    struct th_slice language = th_bytes_slice(freeze->language);
    struct th_slice style = th_bytes_slice(freeze->style);
    if (freeze->number == 0 || freeze->number > INT32_MAX)
        return refuse(acting, "message.malformed", "number");
    if (!th_slice_equals(language, "vi") && !th_slice_equals(language, "en"))
        return refuse(acting, "message.malformed", "language");
    if (!th_slice_equals(style, "state") && !th_slice_equals(style, "party"))
        return refuse(acting, "message.malformed", "style");
    if (!th_instant_parse(th_bytes_slice(freeze->as_of), &assessment->as_of_us) ||
        assessment->as_of_us <= 0)
        return refuse(acting, "message.malformed", "as_of");
    assessment->number = freeze->number;
    assessment->language = th_arena_text(acting->arena, language);
    assessment->style = th_arena_text(acting->arena, style);
    assessment->period = take_text(acting, freeze->period, PERIOD_BYTES_MAX, "period");
    return assessment->period && take_forms(acting, freeze, assessment) &&
           take_exceptions(acting, freeze, assessment) &&
           take_files(acting, job->upload, freeze, assessment);
}

/* Over again when the connection is lost: the same one is not frozen twice. */
static enum th_status perform(struct th_acting *acting, struct th_assessment *assessment)
{
    enum th_status status = TH_UNREACHABLE;
    for (int attempt = 0; attempt < TH_ACT_ATTEMPTS; attempt++) {
        struct th_error error = {0};
        status = th_acting_connect(acting, &error);
        if (status == TH_OK)
            status =
                th_store_freeze_assessment(acting->store, assessment, &acting->problems, &error);
        if (status == TH_OK || status == TH_REJECTED)
            return status;
        th_acting_lose(acting, &error);
        if (status != TH_RETRY && status != TH_UNREACHABLE) {
            th_log(TH_LOG_ERROR, "acts.failed reason=\"%s\"", error.message);
            break;
        }
    }
    bool lost = status == TH_RETRY || status == TH_UNREACHABLE;
    (void)refuse(acting, lost ? "database.unavailable" : "query.failed", "");
    return status;
}

void th_act_freeze(struct th_acting *acting, const struct th_job *job,
                   const Tonghop__V1__AssessmentFreeze *freeze)
{
    struct th_actor actor;
    enum th_role role;
    if (!th_acting_may(acting, job, freeze->acting_for, TH_DUTY_FREEZE, &actor, &role))
        return;
    struct th_assessment assessment = {
        .account = actor.acts_for ? actor.account : actor.key_name,
        .role = th_role_name(role),
        .acting_key = actor.acts_for ? actor.key_name : "",
    };
    if (!understand(acting, job, freeze, &assessment) || perform(acting, &assessment) != TH_OK)
        return;
    th_log(TH_LOG_INFO, "acts.assessment number=%u account=%s exceptions=%zu", assessment.number,
           assessment.account, assessment.exception_count);
    Tonghop__V1__AssessmentFrozen frozen = TONGHOP__V1__ASSESSMENT_FROZEN__INIT;
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    frozen.request_id = job->request_id;
    frozen.number = assessment.number;
    frozen.at_us = assessment.frozen_at_us;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_ASSESSMENT_FROZEN;
    message.assessment_frozen = &frozen;
    th_server_message_encode(&message, &acting->answer);
}
