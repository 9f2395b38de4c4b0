/* Figures kept between questions (shelf.h): a consolidation of one form and period, before
 * anything is rounded or left out. */
#ifndef TONGHOP_COLLECTOR_KEPT_FIGURES_H
#define TONGHOP_COLLECTOR_KEPT_FIGURES_H

#include "collector/query/shelf.h"

/* Every district and, if it fits, every criterion of the request's form and period, in the
 * question's snapshot. *kept is NULL when the caller has to read for itself: for the reasons
 * of th_shelf_take, or a comparable series. */
enum th_status th_kept_figures_take(struct th_question *question,
                                    const struct th_consolidation_request *request,
                                    bool approved_only, struct th_kept **kept,
                                    struct th_error *error) TH_MUST_USE;
const struct th_consolidation *th_kept_figures_consolidation(const struct th_kept *kept);

#endif
