#include "reporter/delivery/loop.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "reporter/delivery/connection.h"
#include "reporter/delivery/instance.h"

#define DRAIN_MS           5000 /* at SIGTERM: for answers that are on their way */
#define WITHOUT_WATCH_MS   2000 /* how often to look when inotify is not to be had */
#define MESSAGES_A_PASS    64
#define CONTEXT_IO_THREADS 1

struct running {
    const struct th_loop *loop;
    struct th_connection connection;
    struct th_delivery *delivery;
    struct th_message message;
    int watch, signals;
    int64_t drain_until_ms; /* 0: not stopping */
    int64_t watchdog_ms;    /* between two signs of life, 0: none wanted */
    int64_t fed_ms;
    char status[TH_REASON_MAX + 300]; /* last told to systemd */
    bool stop;
};

static enum th_status take_signals(struct running *running, struct th_error *error)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    /* Before libzmq starts its threads, which inherit the mask. */
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
        (running->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) < 0)
        return th_error_set(error, TH_PERMANENT, "cannot take signals: %m");
    return TH_OK;
}

static void read_signals(struct running *running, int64_t now_ms)
{
    struct signalfd_siginfo info;
    while (read(running->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGHUP) {
            th_log(TH_LOG_INFO, "SIGHUP: nothing is read again; restart after a change of "
                                "settings or bundle");
        } else if (running->drain_until_ms != 0) {
            th_log(TH_LOG_WARNING, "second signal: stopping at once");
            running->stop = true;
        } else {
            th_log(TH_LOG_INFO, "stopping unanswered=%zu",
                   th_delivery_unanswered(running->delivery));
            (void)sd_notify(0, "STOPPING=1");
            running->drain_until_ms = now_ms + DRAIN_MS;
            th_delivery_drain(running->delivery);
        }
    }
}

static void read_nudges(struct running *running, int64_t now_ms)
{
    bool wake = running->watch < 0, refresh = false;
    if (running->watch >= 0)
        th_instance_read(running->watch, &wake, &refresh);
    if (wake)
        th_delivery_wake(running->delivery, now_ms);
    if (refresh)
        th_delivery_refresh(running->delivery, now_ms);
}

static void read_messages(struct running *running, int64_t now_ms)
{
    /* An event of the connection may close the socket that the rest would be read of. */
    for (int i = 0; i < MESSAGES_A_PASS && running->connection.dealer; i++) {
        enum th_receive received = th_dealer_receive(running->connection.dealer, &running->message);
        if (received == TH_RECEIVE_NOTHING)
            break;
        if (received == TH_RECEIVE_MESSAGE)
            th_delivery_receive(running->delivery, th_buffer_slice(&running->message.bytes),
                                now_ms);
    }
    while (running->connection.monitor) {
        enum th_peer_event event = th_monitor_receive(running->connection.monitor);
        if (event == TH_PEER_NONE)
            break;
        th_delivery_peer(running->delivery, event, now_ms);
    }
}

static void tell_systemd(struct running *running, int64_t now_ms)
{
    char status[sizeof(running->status)];
    if (running->watchdog_ms > 0 && now_ms - running->fed_ms >= running->watchdog_ms) {
        (void)sd_notify(0, "WATCHDOG=1");
        running->fed_ms = now_ms;
    }
    enum th_link_state state = th_delivery_state(running->delivery);
    if (state == TH_LINK_DELIVERING || state == TH_LINK_CATCHING_UP || state == TH_LINK_FETCHING)
        snprintf(status, sizeof(status), "STATUS=connected to %s",
                 th_delivery_endpoint(running->delivery));
    else if (th_delivery_reason(running->delivery)[0] == '\0')
        snprintf(status, sizeof(status), "STATUS=connecting to %s",
                 th_delivery_endpoint(running->delivery));
    else
        snprintf(status, sizeof(status), "STATUS=not connected: %s",
                 th_delivery_reason(running->delivery));
    if (strcmp(status, running->status) != 0) {
        memcpy(running->status, status, sizeof(status));
        (void)sd_notify(0, status);
    }
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Milliseconds that the poll may sleep; -1: until something happens. */
static long sleep_ms(const struct running *running, int64_t tick_ms, int64_t now_ms)
{
    int64_t wait = tick_ms;
    if (running->watch < 0)
        wait = sooner(wait, WITHOUT_WATCH_MS);
    if (running->watchdog_ms > 0)
        wait = sooner(wait, running->watchdog_ms);
    if (running->loop->deadline_ms > 0)
        wait = sooner(
            wait, running->loop->deadline_ms > now_ms ? running->loop->deadline_ms - now_ms : 0);
    if (running->drain_until_ms > 0)
        wait =
            sooner(wait, running->drain_until_ms > now_ms ? running->drain_until_ms - now_ms : 0);
    return (long)wait;
}

static enum th_status wait_for_something(struct running *running, long wait_ms,
                                         struct th_error *error)
{
    zmq_pollitem_t items[4];
    int count = 0;
    if (running->watch >= 0)
        items[count++] = (zmq_pollitem_t){.fd = running->watch, .events = ZMQ_POLLIN};
    if (running->signals >= 0)
        items[count++] = (zmq_pollitem_t){.fd = running->signals, .events = ZMQ_POLLIN};
    if (running->connection.dealer)
        items[count++] =
            (zmq_pollitem_t){.socket = running->connection.dealer, .events = ZMQ_POLLIN};
    if (running->connection.monitor)
        items[count++] =
            (zmq_pollitem_t){.socket = running->connection.monitor, .events = ZMQ_POLLIN};
    if (zmq_poll(items, count, wait_ms) < 0 && zmq_errno() != EINTR)
        return th_error_set(error, TH_PERMANENT, "cannot wait for messages: %s",
                            zmq_strerror(zmq_errno()));
    return TH_OK;
}

static enum th_status is_finished(struct running *running, bool *finished, int64_t now_ms,
                                  struct th_error *error)
{
    const struct th_loop *loop = running->loop;
    enum th_status status = th_delivery_check(running->delivery, error);
    if (status == TH_OK && loop->done)
        status = loop->done(loop->done_context, running->delivery, finished, error);
    if (status != TH_OK || *finished)
        return status;
    if (running->drain_until_ms != 0 &&
        (now_ms >= running->drain_until_ms || th_delivery_unanswered(running->delivery) == 0))
        running->stop = true;
    if (running->stop) {
        *finished = true;
        return TH_OK;
    }
    if (loop->deadline_ms > 0 && now_ms >= loop->deadline_ms) {
        const char *reason = th_delivery_reason(running->delivery);
        return th_error_set(error, TH_UNREACHABLE, "no answer from the province at %s in time%s%s",
                            th_delivery_endpoint(running->delivery), reason[0] ? ": " : "", reason);
    }
    return TH_OK;
}

static enum th_status run(struct running *running, struct th_error *error)
{
    bool finished = false;
    enum th_status status = TH_OK;
    while (status == TH_OK && !finished) {
        int64_t now_ms = th_clock_monotonic_ms();
        int64_t tick_ms = th_delivery_tick(running->delivery, now_ms);
        if (running->loop->service)
            tell_systemd(running, now_ms);
        status = is_finished(running, &finished, now_ms, error);
        if (status != TH_OK || finished)
            break;
        status = wait_for_something(running, sleep_ms(running, tick_ms, now_ms), error);
        now_ms = th_clock_monotonic_ms();
        if (running->signals >= 0)
            read_signals(running, now_ms);
        read_nudges(running, now_ms);
        read_messages(running, now_ms);
    }
    th_delivery_stop(running->delivery, th_clock_monotonic_ms());
    return status;
}

enum th_status th_loop_run(const struct th_loop *loop, struct th_outbox *outbox,
                           struct th_error *error)
{
    struct running running = {.loop = loop, .watch = -1, .signals = -1};
    struct th_transport transport;
    uint64_t watchdog_us = 0;
    enum th_status status = loop->service ? take_signals(&running, error) : TH_OK;
    if (status != TH_OK)
        goto cleanup;
    running.connection.pair = loop->pair;
    running.connection.zmq_context = zmq_ctx_new();
    if (!running.connection.zmq_context) {
        status =
            th_error_set(error, TH_PERMANENT, "cannot start ZeroMQ: %s", zmq_strerror(zmq_errno()));
        goto cleanup;
    }
    (void)zmq_ctx_set(running.connection.zmq_context, ZMQ_IO_THREADS, CONTEXT_IO_THREADS);
    running.watch = th_instance_watch(loop->state_dir);
    if (running.watch < 0)
        th_log(TH_LOG_WARNING, "cannot watch %s: %m; looking every %d s instead", loop->state_dir,
               WITHOUT_WATCH_MS / 1000);
    transport = th_connection_transport(&running.connection);
    running.delivery = th_delivery_create(&loop->delivery, outbox, &transport);
    if (loop->service) {
        /* Twice as often as it is waited for. */
        if (sd_watchdog_enabled(0, &watchdog_us) > 0)
            running.watchdog_ms = (int64_t)(watchdog_us / 2000);
        (void)sd_notify(0, "READY=1");
    }
    status = run(&running, error);

cleanup:
    th_delivery_destroy(&running.delivery);
    th_message_free(&running.message);
    if (running.connection.zmq_context)
        zmq_ctx_term(running.connection.zmq_context);
    if (running.watch >= 0)
        close(running.watch);
    if (running.signals >= 0)
        close(running.signals);
    return status;
}
