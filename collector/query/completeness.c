#include "collector/query/kept_arrivals.h"

static enum th_status give(void *context, const struct th_completeness_row *row)
{
    return th_answer_counts(context, row);
}

/* Fills the request; every problem of the question goes to its refusals. */
static bool understand(struct th_question *question, const Tonghop__V1__CompletenessQuery *query,
                       struct th_completeness_request *request)
{
    request->catalogue = question->ids->catalogue;
    request->form = th_question_form(question, query->form);
    if (th_question_period(question, query->period, &request->period) && query->year_to_date)
        th_period_to_date(&request->period);
    request->with_districts = !query->province_only;
    request->with_province = true;
    if (query->n_district > 0) {
        bool province = query->province_only;
        request->districts =
            th_question_districts(question, query->district, query->n_district, &province);
        request->with_province = province;
    }
    request->by_period = query->by_period;
    request->as_of_us = question->as_of_us ? question->as_of_us : question->snapshot_us;
    return question->refusals.count == 0;
}

enum th_status th_answer_completeness(struct th_question *question,
                                      const Tonghop__V1__CompletenessQuery *query,
                                      struct th_error *error)
{
    struct th_completeness_request request = {0};
    if (!understand(question, query, &request))
        return TH_REJECTED;
    question->form = request.form->code;
    question->period = th_arena_text(question->arena, th_slice_of(request.period.id));

    struct th_completeness *completeness = th_completeness_create(&request, NULL);
    if (!completeness) {
        th_question_refuse_period(question, &request.period, request.form);
        return TH_REJECTED;
    }
    enum th_status status =
        th_arrivals_add(question, request.form, &request.period, completeness, error);
    /* All is read: no transaction waits for the client's credit. */
    th_question_end_read(question);
    if (status == TH_OK)
        status = th_completeness_finish(completeness, give, question);
    if (status == TH_OK)
        status = th_answer_finish(question);
    th_completeness_destroy(&completeness);
    return status;
}
