/* Questions about assessments: what one rests on, what hinders a final one, and the
 * frozen ones. */
#include <stdio.h>
#include <string.h>

#include "collector/query/answer.h"
#include "collector/store/assessment_store.h"

/* A file's slices leave room for the rest of their part. */
#define SLICE_BYTES ((size_t)192 * 1024)

static ProtobufCBinaryData keep(struct th_question *question, const char *text)
{
    return th_bytes(th_slice_of(th_arena_text(question->part_arena, th_slice_of(text))));
}

static ProtobufCBinaryData keep_bytes(struct th_question *question, const void *bytes, size_t size)
{
    return th_bytes_of(th_arena_copy(question->part_arena, bytes, size), size);
}

/* ------------------------------------------------------------------- basis */

static enum th_status give_head(void *context, const struct th_chain_head *head)
{
    struct th_question *question = context;
    const size_t bytes = 120; /* tags, two numbers, a hash, a code */
    enum th_status status = th_answer_reserve(question, bytes);
    if (status != TH_OK)
        return status;
    Tonghop__V1__AssessmentHead *wire = th_arena_alloc(question->part_arena, sizeof(*wire));
    tonghop__v1__assessment_head__init(wire);
    wire->district = keep(question, head->district);
    wire->epoch = head->epoch;
    wire->sequence = head->sequence;
    wire->hash = keep_bytes(question, head->hash, sizeof(head->hash));
    th_answer_keep(question, &question->heads, wire, bytes);
    return TH_OK;
}

enum th_status th_answer_assessment_basis(struct th_question *question, struct th_error *error)
{
    enum th_status status = th_store_assessment_heads(question->store, give_head, question, error);
    th_question_end_read(question);
    return status == TH_OK ? th_answer_finish(question) : status;
}

/* -------------------------------------------------------------------- gaps */

static enum th_status give_gap(void *context, const struct th_gap *gap)
{
    struct th_question *question = context;
    char period[TH_PERIOD_TEXT];
    const size_t bytes = 60 + TH_DISTRICT_CODE_MAX + TH_FORM_CODE_MAX + TH_PERIOD_TEXT;
    enum th_status status = th_answer_reserve(question, bytes);
    if (status != TH_OK)
        return status;
    th_base_period_format(gap->form->frequency, gap->period, period);
    Tonghop__V1__AssessmentGap *wire = th_arena_alloc(question->part_arena, sizeof(*wire));
    tonghop__v1__assessment_gap__init(wire);
    wire->district = keep(question, gap->district->code);
    wire->form = keep(question, gap->form->code);
    wire->period = keep(question, period);
    wire->why = keep(question, gap->why);
    th_answer_keep(question, &question->gaps, wire, bytes);
    return TH_OK;
}

enum th_status th_answer_assessment_gaps(struct th_question *question,
                                         const Tonghop__V1__AssessmentGapsQuery *query,
                                         struct th_error *error)
{
    struct th_period period;
    const struct th_form *forms[TH_ASSESSMENT_FORMS];
    if (query->n_form == 0 || query->n_form > TH_ASSESSMENT_FORMS)
        th_question_refuse(question, "query.malformed", "", TH_SLICE("form"));
    bool known = th_question_period(question, query->period, &period);
    for (size_t i = 0; question->refusals.count == 0 && i < query->n_form; i++) {
        int32_t first, last;
        forms[i] = th_question_form(question, query->form[i]);
        if (known && forms[i] && !th_period_base_range(&period, forms[i]->frequency, &first, &last))
            th_question_refuse_period(question, &period, forms[i]);
    }
    if (question->refusals.count > 0)
        return TH_REJECTED;
    question->period = th_arena_text(question->arena, th_slice_of(period.id));
    int64_t at_us = question->as_of_us ? question->as_of_us : question->snapshot_us;
    enum th_status status = TH_OK;
    for (size_t i = 0; i < query->n_form && status == TH_OK; i++)
        status = th_store_assessment_gaps(question->store, question->ids, forms[i], &period, at_us,
                                          give_gap, question, error);
    th_question_end_read(question);
    return status == TH_OK ? th_answer_finish(question) : status;
}

/* ------------------------------------------------------------- frozen ones */

struct giving {
    struct th_question *question;
    const char *format; /* of the file wanted, "": none */
    bool found;
};

static void set_exceptions(struct th_question *question, const struct th_assessment *assessment,
                           Tonghop__V1__Assessment *wire)
{
    size_t count = assessment->exception_count;
    wire->exception = th_arena_alloc(question->part_arena, (count + 1) * sizeof(*wire->exception));
    for (size_t i = 0; i < count; i++) {
        const struct th_assessment_exception *exception = &assessment->exceptions[i];
        Tonghop__V1__AssessmentGap *gap = th_arena_alloc(question->part_arena, sizeof(*gap));
        tonghop__v1__assessment_gap__init(gap);
        gap->district = keep(question, exception->district);
        gap->form = keep(question, exception->form);
        gap->period = keep(question, exception->period);
        gap->why = keep(question, exception->why);
        gap->reason = keep(question, exception->reason);
        wire->exception[wire->n_exception++] = gap;
    }
}

static void set_files(struct th_question *question, const struct th_assessment *assessment,
                      Tonghop__V1__Assessment *wire)
{
    wire->file =
        th_arena_alloc(question->part_arena, (assessment->file_count + 1) * sizeof(*wire->file));
    for (size_t i = 0; i < assessment->file_count; i++) {
        const struct th_assessment_file *file = &assessment->files[i];
        Tonghop__V1__AssessmentFile *made = th_arena_alloc(question->part_arena, sizeof(*made));
        tonghop__v1__assessment_file__init(made);
        made->format = keep(question, file->format);
        made->size = file->size;
        made->digest = keep_bytes(question, file->digest, sizeof(file->digest));
        wire->file[wire->n_file++] = made;
    }
}

static size_t size_of(const struct th_assessment *assessment)
{
    size_t size = 400 + strlen(assessment->period) + strlen(assessment->account);
    for (size_t i = 0; i < assessment->form_count; i++)
        size += strlen(assessment->forms[i]) + 4;
    for (size_t i = 0; i < assessment->exception_count; i++) {
        const struct th_assessment_exception *one = &assessment->exceptions[i];
        size += 40 + strlen(one->district) + strlen(one->form) + strlen(one->period) +
                strlen(one->why) + strlen(one->reason);
    }
    return size;
}

static enum th_status give_row(struct th_question *question, const struct th_assessment *assessment)
{
    size_t bytes = size_of(assessment);
    enum th_status status = th_answer_reserve(question, bytes);
    if (status != TH_OK)
        return status;
    Tonghop__V1__Assessment *wire = th_arena_alloc(question->part_arena, sizeof(*wire));
    tonghop__v1__assessment__init(wire);
    wire->number = assessment->number;
    wire->form =
        th_arena_alloc(question->part_arena, (assessment->form_count + 1) * sizeof(*wire->form));
    for (size_t i = 0; i < assessment->form_count; i++)
        wire->form[wire->n_form++] = keep(question, assessment->forms[i]);
    wire->period = keep(question, assessment->period);
    wire->as_of_us = assessment->as_of_us;
    wire->frozen_at_us = assessment->frozen_at_us;
    wire->account = keep(question, assessment->account);
    wire->language = keep(question, assessment->language);
    wire->style = keep(question, assessment->style);
    set_exceptions(question, assessment, wire);
    set_files(question, assessment, wire);
    th_answer_keep(question, &question->assessments, wire, bytes);
    return TH_OK;
}

static enum th_status give_content(struct th_question *question, uint32_t number,
                                   struct th_slice content)
{
    enum th_status status = TH_OK;
    for (size_t at = 0; at < content.size && status == TH_OK; at += SLICE_BYTES) {
        size_t size = content.size - at < SLICE_BYTES ? content.size - at : SLICE_BYTES;
        status = th_answer_reserve(question, size + 40);
        if (status != TH_OK)
            break;
        Tonghop__V1__Assessment *wire = th_arena_alloc(question->part_arena, sizeof(*wire));
        tonghop__v1__assessment__init(wire);
        wire->number = number;
        wire->content = keep_bytes(question, content.bytes + at, size);
        th_answer_keep(question, &question->assessments, wire, size + 40);
    }
    return status;
}

static enum th_status give_assessment(void *context, const struct th_assessment *assessment)
{
    struct giving *giving = context;
    enum th_status status = give_row(giving->question, assessment);
    giving->found = true;
    for (size_t i = 0; i < assessment->file_count && status == TH_OK; i++)
        if (strcmp(assessment->files[i].format, giving->format) == 0)
            status =
                give_content(giving->question, assessment->number, assessment->files[i].content);
    return status;
}

enum th_status th_answer_assessments(struct th_question *question,
                                     const Tonghop__V1__AssessmentQuery *query,
                                     struct th_error *error)
{
    char number[24];
    struct th_slice format = th_bytes_slice(query->format);
    bool known =
        format.size == 0 || th_slice_equals(format, "html") || th_slice_equals(format, "xlsx");
    if (!known || query->number > INT32_MAX || (query->number == 0 && format.size > 0)) {
        th_question_refuse(question, "query.malformed", "",
                           known ? TH_SLICE("number") : TH_SLICE("format"));
        return TH_REJECTED;
    }
    struct giving giving = {question, th_arena_text(question->arena, format), false};
    enum th_status status = th_store_read_assessments(question->store, query->number, giving.format,
                                                      give_assessment, &giving, error);
    th_question_end_read(question);
    if (status == TH_OK && query->number > 0 && !giving.found) {
        snprintf(number, sizeof(number), "%u", query->number);
        th_question_refuse(question, "assessment.unknown", "", th_slice_of(number));
        return TH_REJECTED;
    }
    return status == TH_OK ? th_answer_finish(question) : status;
}
