/* Attainment, composite and ranking (SEMANTICS 6): how far the figures of a period
 * reach their targets. Exact until the texts are made. Pure; feed it the figures of a
 * consolidation that is not by period. */
#ifndef TONGHOP_DOMAIN_ATTAINMENT_H
#define TONGHOP_DOMAIN_ATTAINMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"
#include "common/domain/catalogue.h"
#include "common/domain/change.h"
#include "common/domain/consolidate.h"

/* The target of a district, or of the province (NULL), on `day`: the most specific row
 * of targets.csv whose interval contains it, else the criterion's own. False: none. */
bool th_criterion_target(const struct th_catalogue *catalogue, const struct th_criterion *criterion,
                         const struct th_district *district, int32_t day,
                         struct th_decimal *target);

#define TH_ATTAINMENT_TEXT 64

/* How far one figure, given by its texts, reaches a target >= 0: 0..100, at most 6 digits
 * after the point. False, and "", when the figure has no value. */
bool th_attainment_of(struct th_change_side figure, enum th_direction direction,
                      struct th_decimal target, char out[TH_ATTAINMENT_TEXT]);

struct th_attainment_request {
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    int32_t last_day;   /* of the period: the day that targets are looked up for */
    bool whole_form;    /* rank by the whole form */
    const bool *groups; /* by group index: rank by these; NULL: by none */
    bool weighted_only; /* leave out groups in which nobody has a target with a weight */
};

struct th_rank_row {
    const struct th_group *group;       /* NULL: the whole form */
    const struct th_district *district; /* NULL: the province */
    const char *composite;              /* 0..100, at most 6 digits after the point; "": none */
    const char *basis; /* weight with a figure / all weight; "" when there is no weight */
    uint64_t rank;     /* equal composites share one (1, 1, 3); 0: no composite, basis < 0.9, or
                          the province */
};

struct th_attainment;

struct th_attainment *th_attainment_create(const struct th_attainment_request *request);
void th_attainment_destroy(struct th_attainment **attainment);

/* Takes one figure. A criterion weighs in a unit's basis when it was expected of it
 * (the consolidation gave a figure), has a direction, a weight and a target. */
void th_attainment_add(struct th_attainment *attainment, const struct th_figure *figure);

/* Gives every row: the whole form, then groups in the form's order; within each the
 * ranked districts by rank, the others in the catalogue's order, then the province.
 * Texts live until `each` returns; stops when it returns other than TH_OK. */
enum th_status th_attainment_finish(struct th_attainment *attainment,
                                    enum th_status (*each)(void *context,
                                                           const struct th_rank_row *row),
                                    void *context) TH_MUST_USE;

#endif
