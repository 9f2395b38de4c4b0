#include "collector/query/kept_figures.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"

struct kept_figures {
    struct th_kept base;
    bool *criteria; /* by index; NULL: all */
    struct th_consolidation *consolidation;
};

static struct kept_figures *allocate(void)
{
    struct kept_figures *figures = calloc(1, sizeof(*figures));
    if (!figures)
        abort();
    return figures;
}

static bool serves(const struct th_kept *kept, const void *context)
{
    const struct kept_figures *figures = (const struct kept_figures *)kept;
    const struct th_consolidation_request *request = context;
    if (!figures->criteria || !request->criteria)
        return !figures->criteria; /* all of them serve every choice */
    return memcmp(figures->criteria, request->criteria,
                  request->form->criterion_count * sizeof(bool)) == 0;
}

static bool *copy_flags(const bool *flags, size_t count)
{
    bool *copy = calloc(count + 1, sizeof(*copy));
    if (!copy)
        abort();
    memcpy(copy, flags, count * sizeof(*copy));
    return copy;
}

/* For all criteria if they can fit, else for those asked for. */
static struct th_kept *make(const struct th_question *question, const void *context,
                            size_t bytes_max, size_t *needed)
{
    const struct th_consolidation_request *request = context;
    struct th_consolidation_request whole = *request;
    struct th_consolidation *consolidation = NULL;
    (void)question;
    *needed = 0;
    whole.districts = NULL;
    whole.exact_only = false;
    whole.with_districts = whole.with_province = whole.members = true;
    const bool *choices[] = {NULL, request->criteria};
    for (size_t i = 0; i < (request->criteria ? 2 : 1) && !consolidation; i++) {
        whole.criteria = choices[i];
        consolidation = th_consolidation_create(&whole, NULL);
        if (!consolidation)
            return NULL;
        *needed = th_consolidation_bytes_max(consolidation);
        if (*needed > bytes_max)
            th_consolidation_destroy(&consolidation);
    }
    if (!consolidation)
        return NULL;
    struct kept_figures *figures = allocate();
    figures->consolidation = consolidation;
    if (whole.criteria)
        figures->criteria = copy_flags(whole.criteria, request->form->criterion_count);
    return &figures->base;
}

static void forget(struct th_kept *kept, const struct th_district *district)
{
    th_consolidation_forget(((struct kept_figures *)kept)->consolidation, district);
}

struct gathering {
    struct th_question *question;
    struct th_consolidation *consolidation;
};

static enum th_status gather(void *context, const struct th_district *district, int32_t period,
                             const struct th_criterion *criterion, const struct th_cell *cell)
{
    struct gathering *gathering = context;
    th_consolidation_add(gathering->consolidation, district, period, criterion, cell);
    return th_job_wanted(gathering->question->job) ? TH_OK : TH_PERMANENT;
}

static enum th_status read_cells(struct th_kept *kept, struct th_question *question,
                                 const bool *districts, struct th_error *error)
{
    struct kept_figures *figures = (struct kept_figures *)kept;
    const struct th_form *form = &kept->ids->catalogue->forms[kept->key.form];
    struct gathering gathering = {question, figures->consolidation};
    int32_t first, last;
    th_consolidation_range(figures->consolidation, &first, &last);
    if (!districts)
        return th_store_read_cells(question->store, kept->ids, form, first, last,
                                   kept->key.approved_only, gather, &gathering, error);
    return th_store_read_cells_of(question->store, kept->ids, form, first, last, districts,
                                  kept->key.approved_only, gather, &gathering, error);
}

static size_t count_bytes(const struct th_kept *kept)
{
    return th_consolidation_bytes(((const struct kept_figures *)kept)->consolidation);
}

static void destroy(struct th_kept *kept)
{
    struct kept_figures *figures = (struct kept_figures *)kept;
    th_consolidation_destroy(&figures->consolidation);
    free(figures->criteria);
    free(figures);
}

static const struct th_kept_kind kind = {serves, make, forget, read_cells, count_bytes, destroy};

enum th_status th_kept_figures_take(struct th_question *question,
                                    const struct th_consolidation_request *request,
                                    bool approved_only, struct th_kept **kept,
                                    struct th_error *error)
{
    *kept = NULL;
    if (request->comparable)
        return TH_OK;
    struct th_kept_key key = {
        .kind = &kind,
        .form = request->form->index,
        .as_of_us = question->as_of_us,
        .states = approved_only,
        .approved_only = approved_only,
        .by_period = request->by_period,
        /* Base periods begin and districts close by days. */
        .day = th_clock_day_of_us(request->as_of_us),
    };
    memcpy(key.period, request->period.id, sizeof(key.period));
    return th_shelf_take(question->service->shelf, question, &key, request, kept, error);
}

const struct th_consolidation *th_kept_figures_consolidation(const struct th_kept *kept)
{
    return ((const struct kept_figures *)kept)->consolidation;
}
