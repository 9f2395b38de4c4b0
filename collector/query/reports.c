#include "collector/query/answer.h"

#include <stdio.h>

struct listing {
    struct th_question *question;
    const bool *districts; /* by index, NULL: all */
    size_t found;
    struct th_state_step *steps; /* of a history: the acts about its key, oldest first */
    size_t step_count;
};

/* An act is about the revision that is current, so those about one stand together. */
static enum th_status give_history(struct listing *listing, const struct th_report_row *row)
{
    size_t first = 0, count = 0;
    while (first < listing->step_count && listing->steps[first].revision != row->revision)
        first++;
    while (first + count < listing->step_count &&
           listing->steps[first + count].revision == row->revision)
        count++;
    return th_answer_history(listing->question, row, &listing->steps[first], count);
}

static enum th_status give(void *context, const struct th_report_row *row)
{
    struct listing *listing = context;
    if (listing->districts && !(row->district && listing->districts[row->district->index]))
        return th_job_wanted(listing->question->job) ? TH_OK : TH_PERMANENT;
    listing->found++;
    return listing->step_count > 0 ? give_history(listing, row)
                                   : th_answer_report(listing->question, row);
}

static bool one_base_period(struct th_question *question, const struct th_form *form,
                            ProtobufCBinaryData text, int32_t *ordinal)
{
    if (th_base_period_parse(form->frequency, th_bytes_slice(text), ordinal))
        return true;
    static const char *const examples[] = {"2024-03-15", "2024-03", "2024-Q1", "2024-H1", "2024"};
    th_problem_add(&question->refusals, "period.malformed", "", th_question_text(text),
                   examples[form->frequency], 0, 0);
    return false;
}

static void refuse_unknown(struct th_question *question, const struct th_district *district,
                           uint32_t revision)
{
    char what[256];
    int size =
        snprintf(what, sizeof(what), "%s %s %s", district->code, question->form, question->period);
    if (revision > 0 && size > 0 && (size_t)size < sizeof(what))
        snprintf(what + size, sizeof(what) - (size_t)size, " (revision %u)", revision);
    th_question_refuse(question, "report.unknown", "", th_slice_of(what));
}

enum th_status th_answer_one_report(struct th_question *question,
                                    const Tonghop__V1__ReportQuery *query, struct th_error *error)
{
    int32_t ordinal = 0;
    const struct th_form *form = th_question_form(question, query->form);
    const struct th_district *district =
        th_catalogue_district(question->ids->catalogue, th_bytes_slice(query->district));
    if (!district)
        th_question_refuse(question, "district.unknown", "", th_bytes_slice(query->district));
    if (form)
        (void)one_base_period(question, form, query->period, &ordinal);
    if (question->refusals.count > 0 || !form || !district)
        return TH_REJECTED;

    char period[TH_PERIOD_TEXT];
    th_base_period_format(form->frequency, ordinal, period);
    question->form = form->code;
    question->period = th_arena_text(question->arena, th_slice_of(period));
    struct listing listing = {.question = question};
    enum th_status status = TH_OK;
    if (query->all_revisions)
        status = th_store_read_steps(question->store, question->ids, form, district, ordinal,
                                     question->arena, &listing.steps, &listing.step_count, error);
    if (status == TH_OK)
        status =
            query->all_revisions
                ? th_store_read_revisions(question->store, question->ids, form, district, ordinal,
                                          ordinal, 0, give, &listing, error)
                : th_store_read_reports(question->store, question->ids, form, district, ordinal,
                                        ordinal, query->revision, true, give, &listing, error);
    th_question_end_read(question);
    if (status == TH_OK && listing.found == 0) {
        refuse_unknown(question, district, query->revision);
        return TH_REJECTED;
    }
    return status == TH_OK ? th_answer_finish(question) : status;
}

enum th_status th_answer_report_list(struct th_question *question,
                                     const Tonghop__V1__ReportListQuery *query,
                                     struct th_error *error)
{
    struct th_period period;
    int32_t first = 0, last = 0;
    int64_t since_us = 0;
    struct listing listing = {.question = question};
    const struct th_form *form = th_question_form(question, query->form);
    bool known = th_question_period(question, query->period, &period);
    if (query->n_district > 0)
        listing.districts =
            th_question_districts(question, query->district, query->n_district, NULL);
    if (form && known && !th_period_base_range(&period, form->frequency, &first, &last))
        th_question_refuse_period(question, &period, form);
    if (query->since.len > 0)
        (void)th_question_instant(question, query->since, &since_us);
    if (question->refusals.count > 0 || !form)
        return TH_REJECTED;

    question->form = form->code;
    question->period = th_arena_text(question->arena, th_slice_of(period.id));
    const struct th_district *only =
        query->n_district == 1
            ? th_catalogue_district(question->ids->catalogue, th_bytes_slice(query->district[0]))
            : NULL;
    enum th_status status =
        since_us > 0 ? th_store_read_revisions(question->store, question->ids, form, only, first,
                                               last, since_us, give, &listing, error)
                     : th_store_read_reports(question->store, question->ids, form, only, first,
                                             last, 0, true, give, &listing, error);
    th_question_end_read(question);
    return status == TH_OK ? th_answer_finish(question) : status;
}
