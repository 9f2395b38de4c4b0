#include "collector/query/gather.h"

#include "collector/query/kept_figures.h"

static enum th_status feed(void *context, const struct th_district *district, int32_t period,
                           const struct th_criterion *criterion, const struct th_cell *cell)
{
    struct th_gathered *gathered = context;
    th_consolidation_add(gathered->consolidation, district, period, criterion, cell);
    return th_job_wanted(gathered->question->job) ? TH_OK : TH_PERMANENT;
}

static enum th_status read_own(struct th_gathered *gathered,
                               const struct th_consolidation_request *request, bool approved_only,
                               struct th_error *error)
{
    struct th_question *question = gathered->question;
    int32_t first, last;
    gathered->consolidation = th_consolidation_create(request, NULL);
    if (!gathered->consolidation) {
        th_question_refuse_period(question, &request->period, request->form);
        return TH_REJECTED;
    }
    th_consolidation_range(gathered->consolidation, &first, &last);
    return th_store_read_cells(question->store, question->ids, request->form, first, last,
                               approved_only, feed, gathered, error);
}

enum th_status th_gather(struct th_question *question,
                         const struct th_consolidation_request *request, bool approved_only,
                         struct th_gathered *gathered, struct th_error *error)
{
    *gathered = (struct th_gathered){
        .question = question,
        .view = {.districts = request->districts,
                 .criteria = request->criteria,
                 .with_districts = request->with_districts,
                 .with_province = request->with_province,
                 .members = request->members,
                 .exact_only = request->exact_only},
    };
    enum th_status status =
        th_kept_figures_take(question, request, approved_only, &gathered->kept, error);
    if (status == TH_OK && !gathered->kept)
        status = read_own(gathered, request, approved_only, error);
    return status;
}

enum th_status th_gathered_give(struct th_gathered *gathered,
                                enum th_status (*each)(void *context,
                                                       const struct th_figure *figure),
                                void *context)
{
    if (!gathered->kept)
        return th_consolidation_finish(gathered->consolidation, each, context);
    return th_consolidation_give(th_kept_figures_consolidation(gathered->kept), &gathered->view,
                                 each, context);
}

void th_gathered_free(struct th_gathered *gathered)
{
    if (gathered->question)
        th_shelf_release(gathered->question->service->shelf, &gathered->kept);
    th_consolidation_destroy(&gathered->consolidation);
}
