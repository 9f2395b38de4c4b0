#include "collector/query/answer.h"

/* What th_store_read_cells feeds. */
struct feeding {
    struct th_question *question;
    struct th_consolidation *consolidation;
};

static enum th_status feed(void *context, const struct th_district *district, int32_t period,
                           const struct th_criterion *criterion, const struct th_cell *cell)
{
    struct feeding *feeding = context;
    th_consolidation_add(feeding->consolidation, district, period, criterion, cell);
    return th_job_wanted(feeding->question->job) ? TH_OK : TH_PERMANENT;
}

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

/* Fills the request; every problem of the question goes to its refusals. */
static bool understand(struct th_question *question, const Tonghop__V1__ConsolidatedQuery *query,
                       struct th_consolidation_request *request)
{
    request->catalogue = question->ids->catalogue;
    request->form = th_question_form(question, query->form);
    if (th_question_period(question, query->period, &request->period) && query->year_to_date)
        th_period_to_date(&request->period);
    choose_districts(question, query, request);
    if (request->form)
        request->criteria = choose_criteria(question, request->form, query);
    request->by_period = query->by_period;
    request->members = query->members;
    request->comparable = query->comparable;
    request->as_of_us = question->as_of_us ? question->as_of_us : question->snapshot_us;
    return question->refusals.count == 0;
}

enum th_status th_answer_consolidated(struct th_question *question,
                                      const Tonghop__V1__ConsolidatedQuery *query,
                                      struct th_error *error)
{
    struct th_consolidation_request request = {0};
    struct th_error why = {0};
    if (!understand(question, query, &request))
        return TH_REJECTED;
    question->form = request.form->code;
    question->period = th_arena_text(question->arena, th_slice_of(request.period.id));

    struct feeding feeding = {question, th_consolidation_create(&request, &why)};
    if (!feeding.consolidation) {
        th_question_refuse(question, "period.no_base_period", "", th_slice_of(why.message));
        return TH_REJECTED;
    }
    int32_t first, last;
    th_consolidation_range(feeding.consolidation, &first, &last);
    enum th_status status = th_store_read_cells(question->store, question->ids, request.form, first,
                                                last, query->approved_only, feed, &feeding, error);
    /* All is read: no transaction waits for the client's credit. */
    th_question_end_read(question);
    if (status == TH_OK)
        status = th_consolidation_finish(feeding.consolidation, give, question);
    if (status == TH_OK)
        status = th_answer_finish(question);
    th_consolidation_destroy(&feeding.consolidation);
    return status;
}
