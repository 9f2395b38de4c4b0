/* The catalogue from the province, for a command that cannot wait for the daemon to
 * come around to it. */
#include <poll.h>

#include "common/base/clock.h"
#include "reporter/delivery/instance.h"
#include "reporter/entry/office.h"

#define FETCH_MS 10000
#define LOOK_MS  100

static enum th_status is_level(void *context, struct th_delivery *delivery, bool *done,
                               struct th_error *error)
{
    (void)context;
    (void)error;
    *done = th_delivery_state(delivery) == TH_LINK_DELIVERING;
    return TH_OK;
}

enum th_status th_office_catch_up(struct th_office *office, int64_t timeout_ms,
                                  struct th_error *error)
{
    struct th_loop loop = {
        .delivery = th_office_delivery(office),
        .pair = &office->pair,
        .state_dir = office->settings.state_dir,
        .deadline_ms = th_clock_monotonic_ms() + timeout_ms,
        .done = is_level,
    };
    loop.delivery.only_greet = true;
    return th_loop_run(&loop, office->outbox, error);
}

/* A second connection under the same key would take the daemon's place in the
 * province's eyes, so the daemon is asked to look. */
static enum th_status fetch_by_daemon(struct th_office *office, struct th_error *error)
{
    struct th_outbox_link link;
    int64_t asked_us = th_clock_now_us(), deadline_ms = th_clock_monotonic_ms() + FETCH_MS;
    th_instance_nudge(office->settings.state_dir, TH_NUDGE_REFRESH);
    for (;;) {
        enum th_status status = th_outbox_get_link(office->outbox, &link, error);
        if (status != TH_OK || link.greeted_us >= asked_us)
            return status;
        if (th_clock_monotonic_ms() >= deadline_ms)
            return th_error_set(
                error, TH_UNREACHABLE,
                "the running tonghop-reporter did not reach the province in time%s%s",
                link.reason[0] ? ": " : "", link.reason);
        (void)poll(NULL, 0, LOOK_MS);
    }
}

enum th_status th_office_fetch_catalogue(struct th_office *office, struct th_error *error)
{
    int lock = -1;
    char path[PATH_MAX];
    enum th_status status = th_office_path(office, "key", path, error);
    if (status == TH_OK)
        status = th_curve_load(path, &office->pair, error);
    if (status != TH_OK)
        return status;
    status = th_instance_is_running(office->settings.state_dir)
                 ? TH_RETRY
                 : th_instance_lock(office->settings.state_dir, &lock, error);
    if (status == TH_OK)
        status = th_office_catch_up(office, FETCH_MS, error);
    else if (status == TH_RETRY)
        status = fetch_by_daemon(office, error);
    th_instance_unlock(&lock);
    if (status == TH_UNREACHABLE)
        return th_error_prefix(error, "cannot fetch the catalogue");
    return status == TH_OK ? th_office_read_catalogue(office, error) : status;
}
