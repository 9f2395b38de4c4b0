#include "collector/query/gather.h"
#include "collector/query/kept_arrivals.h"

/* One ranking under way: figures to rank by, and arrivals to show beside. */
struct ranking {
    struct th_question *question;
    struct th_gathered gathered;
    struct th_completeness *completeness;
    struct th_attainment *attainment;
};

static enum th_status take_figure(void *context, const struct th_figure *figure)
{
    struct ranking *ranking = context;
    th_attainment_add(ranking->attainment, figure);
    return th_job_wanted(ranking->question->job) ? TH_OK : TH_PERMANENT;
}

static enum th_status give(void *context, const struct th_rank_row *row)
{
    struct ranking *ranking = context;
    struct th_completeness_counts counts = th_completeness_of(ranking->completeness, row->district);
    return th_answer_rank(ranking->question, row, &counts);
}

static void choose_groups(struct th_question *question, const Tonghop__V1__RankingQuery *query,
                          struct th_attainment_request *request)
{
    const struct th_form *form = request->form;
    bool *wanted = th_arena_alloc(question->arena, form->group_count + 1);
    request->whole_form = query->n_group == 0;
    request->groups = wanted;
    for (size_t i = 0; i < query->n_group; i++) {
        struct th_slice code = th_bytes_slice(query->group[i]);
        bool all = th_slice_equals(code, "*"), known = all;
        request->whole_form = request->whole_form || all;
        request->weighted_only = request->weighted_only || all;
        for (size_t j = 0; j < form->group_count; j++) {
            bool same = th_slice_equals(code, form->groups[j].code);
            known = known || same;
            wanted[j] = wanted[j] || all || same;
        }
        if (!known)
            th_question_refuse(question, "group.unknown", "", code);
    }
}

/* Fills the requests; every problem of the question goes to its refusals. */
static bool understand(struct th_question *question, const Tonghop__V1__RankingQuery *query,
                       struct th_consolidation_request *figures,
                       struct th_attainment_request *attainment)
{
    const struct th_form *form = th_question_form(question, query->form);
    *figures = (struct th_consolidation_request){
        .catalogue = question->ids->catalogue,
        .form = form,
        .with_districts = true,
        .with_province = true,
        .exact_only = true,
        .comparable = query->comparable,
        .as_of_us = question->as_of_us ? question->as_of_us : question->snapshot_us,
    };
    if (th_question_period(question, query->period, &figures->period) && query->year_to_date)
        th_period_to_date(&figures->period);
    *attainment = (struct th_attainment_request){
        .catalogue = question->ids->catalogue,
        .form = form,
        .last_day = figures->period.last_day,
    };
    if (form)
        choose_groups(question, query, attainment);
    return question->refusals.count == 0;
}

static enum th_status read_all(struct ranking *ranking,
                               const struct th_consolidation_request *figures, bool approved_only,
                               struct th_error *error)
{
    struct th_question *question = ranking->question;
    enum th_status status = th_gather(question, figures, approved_only, &ranking->gathered, error);
    if (status == TH_OK)
        status = th_arrivals_add(question, figures->form, &figures->period, ranking->completeness,
                                 error);
    /* All is read: no transaction waits for the client's credit. */
    th_question_end_read(question);
    if (status == TH_OK)
        status = th_gathered_give(&ranking->gathered, take_figure, ranking);
    th_gathered_free(&ranking->gathered);
    return status;
}

enum th_status th_answer_ranking(struct th_question *question,
                                 const Tonghop__V1__RankingQuery *query, struct th_error *error)
{
    struct th_consolidation_request figures;
    struct th_attainment_request attainment;
    if (!understand(question, query, &figures, &attainment))
        return TH_REJECTED;
    question->form = figures.form->code;
    question->period = th_arena_text(question->arena, th_slice_of(figures.period.id));

    struct th_completeness_request counts = {
        .catalogue = figures.catalogue,
        .form = figures.form,
        .period = figures.period,
        .as_of_us = figures.as_of_us,
    };
    struct ranking ranking = {.question = question,
                              .completeness = th_completeness_create(&counts, NULL)};
    if (!ranking.completeness) {
        th_question_refuse_period(question, &counts.period, counts.form);
        return TH_REJECTED;
    }
    ranking.attainment = th_attainment_create(&attainment);
    enum th_status status = read_all(&ranking, &figures, query->approved_only, error);
    if (status == TH_OK)
        status = th_attainment_finish(ranking.attainment, give, &ranking);
    if (status == TH_OK)
        status = th_answer_finish(question);
    th_completeness_destroy(&ranking.completeness);
    th_attainment_destroy(&ranking.attainment);
    return status;
}
