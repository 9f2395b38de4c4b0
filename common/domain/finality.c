#include "common/domain/finality.h"

#include <string.h>

#include "common/domain/span.h"

/* What is known of one pair; zero is the beginning. */
enum pair { PAIR_MISSING, PAIR_RECEIVED, PAIR_RETURNED, PAIR_APPROVED };

struct th_finality {
    struct th_arena *arena; /* owns this struct too */
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    struct th_span range;  /* base periods wholly inside the period */
    struct th_span active; /* of these, form open, begun */
    struct th_spans *open; /* by district index */
    uint8_t **pairs;       /* by district index, from active.first on; NULL: nothing came */
};

struct th_finality *th_finality_create(const struct th_catalogue *catalogue,
                                       const struct th_form *form, const struct th_period *period,
                                       int64_t as_of_us, struct th_error *error)
{
    struct th_span range;
    if (!th_period_base_range(period, form->frequency, &range.first, &range.last)) {
        th_period_misfit_error(period, form->frequency, form->code, error);
        return NULL;
    }
    struct th_arena *arena = th_arena_create(0);
    struct th_finality *finality = th_arena_alloc(arena, sizeof(*finality));
    *finality =
        (struct th_finality){.arena = arena, .catalogue = catalogue, .form = form, .range = range};
    finality->active =
        th_span_of_interval(form->frequency, form->interval, th_span_begun(form, range, as_of_us));
    size_t count = catalogue->district_count + 1;
    finality->open = th_arena_alloc(arena, count * sizeof(*finality->open));
    finality->pairs = th_arena_alloc(arena, count * sizeof(*finality->pairs));
    for (size_t i = 0; i < catalogue->district_count; i++)
        finality->open[i] = th_spans_of_district(form->frequency, &catalogue->districts[i],
                                                 finality->active, arena);
    return finality;
}

void th_finality_destroy(struct th_finality **finality)
{
    if (!*finality)
        return;
    struct th_arena *arena = (*finality)->arena;
    *finality = NULL;
    th_arena_destroy(&arena);
}

void th_finality_range(const struct th_finality *finality, int32_t *first, int32_t *last)
{
    *first = finality->range.first;
    *last = finality->range.last;
}

void th_finality_add(struct th_finality *finality, const struct th_district *district,
                     int32_t period, const char *state)
{
    if (district->index >= finality->catalogue->district_count ||
        !th_spans_have(finality->open[district->index], period))
        return;
    uint8_t **row = &finality->pairs[district->index];
    if (!*row)
        *row = th_arena_alloc(finality->arena, (size_t)th_span_count(finality->active));
    enum pair pair = strcmp(state, "approved") == 0   ? PAIR_APPROVED
                     : strcmp(state, "returned") == 0 ? PAIR_RETURNED
                                                      : PAIR_RECEIVED;
    (*row)[period - finality->active.first] = (uint8_t)pair;
}

static enum th_status give_district(const struct th_finality *finality, size_t district,
                                    enum th_status (*each)(void *, const struct th_gap *),
                                    void *context)
{
    static const char *const why[] = {
        [PAIR_MISSING] = "missing", [PAIR_RECEIVED] = "received", [PAIR_RETURNED] = "returned"};
    struct th_spans open = finality->open[district];
    const uint8_t *row = finality->pairs[district];
    enum th_status status = TH_OK;
    for (size_t i = 0; i < open.count; i++) {
        struct th_span span = open.spans[i];
        for (int32_t at = span.first; at <= span.last && status == TH_OK; at++) {
            uint8_t pair = row ? row[at - finality->active.first] : PAIR_MISSING;
            if (pair == PAIR_APPROVED)
                continue;
            struct th_gap gap = {finality->form, &finality->catalogue->districts[district], at,
                                 why[pair]};
            status = each(context, &gap);
        }
    }
    return status;
}

enum th_status th_finality_finish(const struct th_finality *finality,
                                  enum th_status (*each)(void *context, const struct th_gap *gap),
                                  void *context)
{
    enum th_status status = TH_OK;
    for (size_t i = 0; i < finality->catalogue->district_count && status == TH_OK; i++)
        status = give_district(finality, i, each, context);
    return status;
}
