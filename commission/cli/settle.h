/* The latest instant that can be asked as of. */
#ifndef TONGHOP_COMMISSION_SETTLE_H
#define TONGHOP_COMMISSION_SETTLE_H

#include <stdint.h>

#include "common/base/status.h"

/* Asks the province how far its horizon is. */
typedef enum th_status (*th_horizon_fn)(void *context, int64_t *horizon_us, struct th_error *error);

/* *at_us: now (as the province's clock said), once nothing can be accepted at or before it
 * any more, for which it waits some seconds, asking again; an earlier instant when some
 * writer takes longer, which is said on standard error. `horizon_us`: what the answer that
 * told now said of it. */
enum th_status th_settle(int64_t now_us, int64_t horizon_us, th_horizon_fn ask, void *context,
                         int64_t *at_us, struct th_error *error) TH_MUST_USE;

#endif
