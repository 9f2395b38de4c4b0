/* Drives delivery: sockets, nudges, signals and time in one poll. */
#ifndef TONGHOP_REPORTER_LOOP_H
#define TONGHOP_REPORTER_LOOP_H

#include "common/wire/keys.h"
#include "reporter/delivery/delivery.h"

struct th_loop {
    struct th_delivery_settings delivery;
    const struct th_curve_pair *pair;
    const char *state_dir;
    /* A daemon: takes SIGTERM, SIGINT and SIGHUP, speaks with systemd. Otherwise a
     * command that ends as soon as `done` says so. */
    bool service;
    int64_t deadline_ms; /* monotonic; 0: none */
    /* Asked after everything that happened; NULL: never. A failure ends the loop. */
    enum th_status (*done)(void *context, struct th_delivery *delivery, bool *done,
                           struct th_error *error);
    void *done_context;
};

/* Returns when it is done or was told to stop (TH_OK); TH_UNREACHABLE at the deadline,
 * with why; TH_PERMANENT when the outbox is damaged. The caller holds the lock of the
 * state folder. */
enum th_status th_loop_run(const struct th_loop *loop, struct th_outbox *outbox,
                           struct th_error *error) TH_MUST_USE;

#endif
