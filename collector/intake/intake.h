/* The intake: the ROUTER that reporters connect to, and the event loop of the
 * collector. Reports are decoded and validated here, written by writer threads and
 * answered here after their COMMIT. */
#ifndef TONGHOP_COLLECTOR_INTAKE_H
#define TONGHOP_COLLECTOR_INTAKE_H

#include "collector/settings.h"
#include "collector/shared_state.h"
#include "common/base/status.h"
#include "common/ledger/ledger.h"
#include "common/wire/keys.h"

struct th_intake;

struct th_intake_options {
    void *zmq_context;
    const struct th_collector_settings *settings;
    const char *province;
    const struct th_curve_pair *pair;
    const struct th_receipt_key *receipt_key;
    const struct th_bundle *trusted; /* province and receipt keys, as an office knows them */
    struct th_shared_state *state;
    struct th_guard *guard; /* watches the connections */
};

/* Binds submit_bind (the ZAP handler must run) and starts the database threads.
 * `bound` (256 bytes, may be NULL) receives the endpoint with its real port. */
enum th_status th_intake_start(const struct th_intake_options *options, struct th_intake **intake,
                               char *bound, struct th_error *error) TH_MUST_USE;

/* Serves until `signal_fd` (a signalfd with SIGTERM, SIGINT and SIGUSR1) says stop; then
 * takes no more, finishes what waits within drain_timeout_ms and returns. A second signal
 * stops at once; SIGUSR1 logs where the time goes (stages.h). Feeds systemd's watchdog. */
enum th_status th_intake_run(struct th_intake *intake, int signal_fd,
                             struct th_error *error) TH_MUST_USE;

void th_intake_stop(struct th_intake **intake);

#endif
