/* Figures kept between questions. What was gathered for one form and period (a
 * consolidation, before anything is rounded or left out) is kept together with the ends of
 * the districts' chains that it was gathered from. A later question reads the ends of now
 * in its own snapshot, gathers anew what has changed, district by district, and gives its
 * figures from that: as fresh as if everything had been read, at the cost of what came
 * since. Nothing is written for it, and nothing but memory is lost with it. Thread-safe. */
#ifndef TONGHOP_COLLECTOR_FIGURE_CACHE_H
#define TONGHOP_COLLECTOR_FIGURE_CACHE_H

#include "collector/query/answer.h"

/* At most `bytes` are kept, what is in use apart; 0: nothing is. */
struct th_figure_cache *th_figure_cache_create(size_t bytes);
void th_figure_cache_destroy(struct th_figure_cache **cache);

struct th_kept_figures;

/* What is gathered for the question's snapshot, which has to be open and of the latest
 * commit: every district and, if it fits, every criterion of the request's form and period.
 * *kept is NULL when the caller has to read for itself: a comparable series, too large, or
 * in another question's hands in another state. Held (and unchanged) until it is released. */
enum th_status th_figure_cache_take(struct th_figure_cache *cache, struct th_question *question,
                                    const struct th_consolidation_request *request,
                                    struct th_kept_figures **kept,
                                    struct th_error *error) TH_MUST_USE;
const struct th_consolidation *th_kept_figures_consolidation(const struct th_kept_figures *kept);
void th_figure_cache_release(struct th_figure_cache *cache, struct th_kept_figures **kept);

#endif
