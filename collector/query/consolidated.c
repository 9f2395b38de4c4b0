#include "collector/query/answer.h"
#include "collector/query/gather.h"

static enum th_status give(void *context, const struct th_figure *figure)
{
    return th_answer_figure(context, figure);
}

/* Flags by criterion index, NULL: all. */
static const bool *choose_criteria(struct th_question *question, const struct th_form *form,
                                   const Tonghop__V1__ConsolidatedQuery *query)
{
    if (query->n_criterion == 0)
        return NULL;
    bool *wanted = th_arena_alloc(question->arena, form->criterion_count + 1);
    for (size_t i = 0; i < query->n_criterion; i++) {
        struct th_slice code = th_bytes_slice(query->criterion[i]);
        const struct th_criterion *criterion = th_form_criterion(form, code);
        if (criterion)
            wanted[criterion->index] = true;
        else
            th_question_refuse(question, "criterion.unknown", "", code);
    }
    return wanted;
}

static void choose_districts(struct th_question *question,
                             const Tonghop__V1__ConsolidatedQuery *query,
                             struct th_consolidation_request *request)
{
    request->with_districts = !query->province_only;
    request->with_province = true;
    if (query->n_district == 0)
        return;
    bool province = query->province_only;
    request->districts =
        th_question_districts(question, query->district, query->n_district, &province);
    request->with_province = province;
}

#define SPANS_MAX 4 /* bounds what one question keeps in memory */

struct span {
    struct th_consolidation_request request;
    bool lacks; /* holds no whole base period, which was to be expected */
    struct th_gathered gathered;
};

struct spans {
    struct span items[SPANS_MAX];
    size_t count;
};

/* Reads the period into `span`, whose form may be unknown. */
static void read_span(struct th_question *question, const struct th_form *form,
                      const Tonghop__V1__PeriodSpan *wire, struct span *span)
{
    struct th_period *period = &span->request.period;
    int32_t first, last;
    if (!th_question_period(question, wire->period, period))
        return;
    if (wire->year_to_date)
        th_period_to_date(period);
    span->lacks =
        wire->may_lack && form && !th_period_base_range(period, form->frequency, &first, &last);
}

static void read_spans(struct th_question *question, const struct th_form *form,
                       const Tonghop__V1__ConsolidatedQuery *query, struct spans *spans)
{
    Tonghop__V1__PeriodSpan own = TONGHOP__V1__PERIOD_SPAN__INIT;
    own.period = query->period;
    own.year_to_date = query->year_to_date;
    read_span(question, form, &own, &spans->items[spans->count++]);
    if (query->n_also >= SPANS_MAX)
        th_question_refuse(question, "query.malformed", "", TH_SLICE("also"));
    for (size_t i = 0; i < query->n_also && spans->count < SPANS_MAX; i++)
        read_span(question, form, query->also[i], &spans->items[spans->count++]);
}

/* Fills the spans; every problem of the question goes to its refusals. */
static bool understand(struct th_question *question, const Tonghop__V1__ConsolidatedQuery *query,
                       struct spans *spans)
{
    struct th_consolidation_request request = {
        .catalogue = question->ids->catalogue,
        .form = th_question_form(question, query->form),
        .by_period = query->by_period,
        .members = query->members,
        .comparable = query->comparable,
        .as_of_us = question->as_of_us ? question->as_of_us : question->snapshot_us,
    };
    read_spans(question, request.form, query, spans);
    choose_districts(question, query, &request);
    if (request.form)
        request.criteria = choose_criteria(question, request.form, query);
    for (size_t i = 0; i < spans->count; i++) {
        request.period = spans->items[i].request.period;
        spans->items[i].request = request;
    }
    return question->refusals.count == 0;
}

static enum th_status gather(struct th_question *question, struct spans *spans, bool approved_only,
                             struct th_error *error)
{
    enum th_status status = TH_OK;
    for (size_t i = 0; i < spans->count && status == TH_OK; i++) {
        struct span *span = &spans->items[i];
        if (!span->lacks)
            status = th_gather(question, &span->request, approved_only, &span->gathered, error);
    }
    return status;
}

/* What was given is let go before the client makes room for the rest. */
static enum th_status give_all(struct th_question *question, struct spans *spans)
{
    enum th_status status = TH_OK;
    for (size_t i = 0; i < spans->count && status == TH_OK; i++) {
        struct span *span = &spans->items[i];
        status = th_answer_begin_span(question, i);
        if (status == TH_OK && !span->lacks)
            status = th_gathered_give(&span->gathered, give, question);
        th_gathered_free(&span->gathered);
    }
    return status == TH_OK ? th_answer_finish(question) : status;
}

enum th_status th_answer_consolidated(struct th_question *question,
                                      const Tonghop__V1__ConsolidatedQuery *query,
                                      struct th_error *error)
{
    struct spans spans = {.count = 0};
    if (!understand(question, query, &spans))
        return TH_REJECTED;
    const struct th_consolidation_request *first = &spans.items[0].request;
    question->form = first->form->code;
    question->period = th_arena_text(question->arena, th_slice_of(first->period.id));

    enum th_status status = gather(question, &spans, query->approved_only, error);
    /* All is read: no transaction waits for the client's credit. */
    th_question_end_read(question);
    if (status == TH_OK)
        status = give_all(question, &spans);
    for (size_t i = 0; i < spans.count; i++)
        th_gathered_free(&spans.items[i].gathered);
    return status;
}
