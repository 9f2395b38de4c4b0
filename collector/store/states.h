/* Acts on reports: approve, return, reopen (SEMANTICS 8). One act is one transaction,
 * which locks the district's head first, as batches do, and then the province's chain. */
#ifndef TONGHOP_COLLECTOR_STATES_H
#define TONGHOP_COLLECTOR_STATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/store/store.h"
#include "common/domain/problem.h"
#include "common/domain/review.h"

struct th_state_act {
    /* in */
    const struct th_catalogue_ids *ids;
    const struct th_district *district;
    const struct th_form *form;
    int32_t period;
    struct th_review_act asked; /* checked by th_review_check: texts, criteria */
    const char *account, *role; /* who acts, and by which effective role */
    const char *acting_key;     /* the portal's key that acts for the account; NULL: none */
    struct th_arena *arena;
    struct th_problem_list *problems;

    /* out */
    int64_t at_us;   /* of the act, now or when it was done first */
    bool was_done;   /* the same account had done the same act already */
    bool committing; /* COMMIT was sent: without an answer the outcome is unknown */
};

/* TH_OK only after COMMIT. TH_REJECTED: `problems` says why, nothing was changed. TH_RETRY
 * or TH_UNREACHABLE: reopen and call again, as the same act is not done twice; nothing
 * was done unless `committing`. */
enum th_status th_store_change_state(struct th_store *store, struct th_state_act *act,
                                     struct th_error *error) TH_MUST_USE;

#endif
