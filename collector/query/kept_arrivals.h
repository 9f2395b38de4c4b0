/* Arrivals kept between questions (shelf.h): state and arrival of every current report of one
 * form and period. What is late, missing or not due yet depends on the instant of the question,
 * so it is judged anew each time. */
#ifndef TONGHOP_COLLECTOR_KEPT_ARRIVALS_H
#define TONGHOP_COLLECTOR_KEPT_ARRIVALS_H

#include "collector/query/shelf.h"

/* Adds to the completeness, which is of this form and period, every arrival of the question's
 * snapshot: from what is kept, or read for this question alone. */
enum th_status th_arrivals_add(struct th_question *question, const struct th_form *form,
                               const struct th_period *period, struct th_completeness *completeness,
                               struct th_error *error) TH_MUST_USE;

#endif
