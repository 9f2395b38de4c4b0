/* What hinders a final assessment (SEMANTICS 11): expected reports that are missing or
 * not approved. Pure; feed it the state of every report that there is, in any order. */
#ifndef TONGHOP_DOMAIN_FINALITY_H
#define TONGHOP_DOMAIN_FINALITY_H

#include <stdint.h>

#include "common/base/status.h"
#include "common/domain/catalogue.h"

/* One expected report that a final assessment cannot do with. */
struct th_gap {
    const struct th_form *form;
    const struct th_district *district;
    int32_t period;  /* ordinal of the base period */
    const char *why; /* "missing", "received", "returned" */
};

struct th_finality;

/* NULL and TH_USAGE when th_period_base_range says no to period and form. What has
 * not begun at `as_of_us` is not expected. */
struct th_finality *th_finality_create(const struct th_catalogue *catalogue,
                                       const struct th_form *form, const struct th_period *period,
                                       int64_t as_of_us, struct th_error *error);
void th_finality_destroy(struct th_finality **finality);

/* Base periods to feed: ordinals, inclusive. */
void th_finality_range(const struct th_finality *finality, int32_t *first, int32_t *last);

/* The state of the revision of one pair that was current: "received", "returned",
 * "approved". Pairs that are not expected are ignored. */
void th_finality_add(struct th_finality *finality, const struct th_district *district,
                     int32_t period, const char *state);

/* Gives every gap: districts in the catalogue's order, of each the base periods in
 * theirs. Stops when `each` returns other than TH_OK, and returns that. */
enum th_status th_finality_finish(const struct th_finality *finality,
                                  enum th_status (*each)(void *context, const struct th_gap *gap),
                                  void *context) TH_MUST_USE;

#endif
