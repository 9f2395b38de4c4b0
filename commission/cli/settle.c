#include "commission/cli/settle.h"

#include <stdio.h>
#include <time.h>

#include "common/base/clock.h"

#define SETTLE_MS      5000 /* longest wait for now to be settled */
#define SETTLE_STEP_MS 100

enum th_status th_settle(int64_t now_us, int64_t horizon_us, th_horizon_fn ask, void *context,
                         int64_t *at_us, struct th_error *error)
{
    int64_t deadline_ms = th_clock_monotonic_ms() + SETTLE_MS;
    while (horizon_us < now_us && th_clock_monotonic_ms() < deadline_ms) {
        nanosleep(&(struct timespec){.tv_nsec = SETTLE_STEP_MS * 1000000L}, NULL);
        enum th_status status = ask(context, &horizon_us, error);
        if (status != TH_OK)
            return status;
    }
    if (horizon_us < now_us)
        fprintf(stderr,
                "tonghop: a report is still being written; the latest instants are left out\n");
    *at_us = horizon_us < now_us ? horizon_us : now_us;
    return TH_OK;
}
