#include "collector/intake/intake.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <zmq.h>

#include "collector/intake/answer.h"
#include "collector/intake/intake_private.h"
#include "collector/intake/notices.h"
#include "collector/intake/zap.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/wire/message.h"

#define TICK_MS           1000
#define COUNTERS_LOG_MS   60000
#define CONNECTIONS_A_KEY 4 /* a daemon and commands beside it */
#define BURST_BYTES       ((size_t)4 * 1024 * 1024)
#define MESSAGES_A_ROUND  64 /* taken before answers are looked at again */

static enum th_status start_threads(struct th_intake *intake, struct th_error *error)
{
    const struct th_collector_settings *settings = intake->options.settings;
    struct th_database_thread base = {
        .done = &intake->done,
        .settings = settings,
        .state = intake->options.state,
        .answers = {intake->options.province, intake->options.receipt_key, intake->options.trusted,
                    (uint32_t)settings->window},
        .counters = &intake->counters,
    };
    intake->writers = calloc((size_t)settings->writers, sizeof *intake->writers);
    if (!intake->writers)
        abort();
    intake->lookup = base;
    intake->lookup.events = th_shared_state_events(base.state);
    enum th_status status = th_lookup_start(&intake->lookup, error);
    for (long i = 0; status == TH_OK && i < settings->writers; i++) {
        intake->writers[i] = base;
        intake->writers[i].number = (int)i + 1;
        status = th_writer_start(&intake->writers[i], error);
        intake->writer_count = (size_t)i + 1;
    }
    return status;
}

enum th_status th_intake_start(const struct th_intake_options *options, struct th_intake **intake,
                               char *bound, struct th_error *error)
{
    struct th_intake *made = calloc(1, sizeof *made);
    if (!made)
        abort();
    made->options = *options;
    made->sessions = th_sessions_create();
    made->decode_arena = th_arena_create(TH_WIRE_ARENA_LIMIT);
    made->done_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    th_work_queue_init(&made->done, made->done_fd);
    struct th_router_options router = {.endpoint = options->settings->submit_bind,
                                       .pair = options->pair,
                                       .zap_domain = TH_ZAP_DOMAIN,
                                       .guard = options->guard,
                                       .connections_a_key = CONNECTIONS_A_KEY};
    enum th_status status = TH_OK;
    made->router = th_router_bind(options->zmq_context, &router, bound, error);
    if (!made->router)
        status = error->status;
    if (status == TH_OK)
        status = start_threads(made, error);
    if (status != TH_OK)
        th_intake_stop(&made);
    *intake = made;
    return status;
}

/* A peer whose queue is full or that is gone is told nothing: it sends again and gets the
 * receipt as a duplicate. */
static void send_answer(struct th_intake *intake, const struct th_work *work)
{
    struct th_session *session = th_sessions_get(intake->sessions, work->sender.public_key);
    int64_t begun_ns = th_clock_monotonic_ns();
    if (work->kind == TH_WORK_SUBMIT) {
        th_stage_add(&intake->stages, TH_STAGE_RETURN, 1, begun_ns - work->handed_ns);
        session->waiting_reports -= work->count;
        intake->waiting_reports -= work->count;
        session->waiting_bytes -= work->bytes;
        intake->waiting_bytes -= work->bytes;
    } else {
        session->waiting_lookups--;
    }
    if (work->kind == TH_WORK_NOTICES)
        th_notices_found(intake, session, work);
    else if (work->answer.size > 0 &&
             th_router_send(intake->router, work->routing, work->routing_size, work->answer.bytes,
                            work->answer.size) != TH_OK)
        intake->answers_lost++;
    if (work->kind == TH_WORK_SUBMIT)
        th_stage_add(&intake->stages, TH_STAGE_SEND, 1, th_clock_monotonic_ns() - begun_ns);
}

/* Answers that were ready. */
static void send_answers(struct th_intake *intake)
{
    struct th_work *work = th_work_queue_take(&intake->done, SIZE_MAX / 2, 0);
    while (work) {
        struct th_work *next = work->next;
        if (work->kind == TH_WORK_NEWS)
            th_notices_news(intake, work);
        else
            send_answer(intake, work);
        th_work_destroy(work);
        work = next;
    }
}

static void receive_messages(struct th_intake *intake)
{
    for (int i = 0; i < MESSAGES_A_ROUND; i++) {
        switch (th_router_receive(intake->router, &intake->message)) {
        case TH_RECEIVE_NOTHING:
            return;
        case TH_RECEIVE_DROPPED:
            intake->messages_dropped++;
            th_guard_took(intake->options.guard, intake->message.descriptor, NULL);
            break;
        case TH_RECEIVE_MESSAGE:
            intake->messages++;
            th_guard_took(intake->options.guard, intake->message.descriptor,
                          intake->message.peer_key);
            th_intake_handle(intake);
            break;
        }
    }
}

/* A new catalogue is told by an unasked Welcome, and so are new keys: the reporter fetches
 * the one and takes the other. */
static void tell_news(void *context, struct th_session *session)
{
    struct th_intake *intake = context;
    if (session->routing_size == 0)
        return;
    if ((session->catalogue_version != 0 &&
         session->catalogue_version != intake->catalogue_version) ||
        (session->notices.greeted && session->told_announced_us != intake->announced_us))
        intake->news_left = !th_intake_look_up_head(intake, session) || intake->news_left;
}

/* Sums since the start, for each stage TIMES/MICROSECONDS (stages.h). */
static void log_stages(const struct th_intake *intake)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    const struct th_stage_cell **cells = calloc(intake->writer_count + 1, sizeof(*cells));
    if (!cells)
        abort();
    size_t count = 0;
    cells[count++] = &intake->stages;
    for (size_t i = 0; i < intake->writer_count; i++)
        cells[count++] = &intake->writers[i].stages;
    th_stages_describe(cells, count, &text);
    free(cells);
    th_log(TH_LOG_INFO, "intake.stages waiting=%zu %s", intake->waiting_reports, text.bytes);
}

/* What a burst took, once it is over: malloc would keep it. */
static void give_memory_back(struct th_intake *intake)
{
    if (intake->waiting_reports > 0 || intake->waiting_bytes_peak < BURST_BYTES)
        return;
    intake->waiting_bytes_peak = 0;
    malloc_trim(0);
}

static void tick(struct th_intake *intake, int64_t now_ms)
{
    sd_notify(0, "WATCHDOG=1");
    uint64_t version = th_shared_state_version(intake->options.state);
    if (version != intake->state_version || intake->news_left) {
        intake->state_version = version;
        intake->news_left = false;
        struct th_catalogue_ids *ids = th_shared_state_catalogue(intake->options.state);
        intake->catalogue_version = ids ? ids->catalogue->version : 0;
        th_catalogue_ids_release(&ids);
        intake->announced_us = th_shared_state_announced_us(intake->options.state);
        th_sessions_each(intake->sessions, tell_news, intake);
    }
    th_notices_tick(intake);
    give_memory_back(intake);
    if (now_ms < intake->next_counters_ms)
        return;
    intake->next_counters_ms = now_ms + COUNTERS_LOG_MS;
    unsigned long long accepted = atomic_load(&intake->counters.accepted);
    if (intake->messages + intake->messages_dropped == intake->messages_logged)
        return;
    intake->messages_logged = intake->messages + intake->messages_dropped;
    th_log(TH_LOG_INFO,
           "intake.counters sessions=%zu messages=%llu dropped=%llu malformed=%llu accepted=%llu "
           "duplicate=%llu rejected=%llu batches=%llu busy=%llu answers_lost=%llu waiting=%zu",
           th_sessions_count(intake->sessions), (unsigned long long)intake->messages,
           (unsigned long long)intake->messages_dropped, (unsigned long long)intake->malformed,
           accepted, (unsigned long long)atomic_load(&intake->counters.duplicate),
           (unsigned long long)atomic_load(&intake->counters.rejected),
           (unsigned long long)atomic_load(&intake->counters.batches),
           (unsigned long long)intake->busy, (unsigned long long)intake->answers_lost,
           intake->waiting_reports);
    log_stages(intake);
}

/* What a signal asks for: SIGUSR1 the stages; of the others the first drains, the second
 * stops. */
static void take_signal(struct th_intake *intake, int signal_fd, int64_t now_ms)
{
    struct signalfd_siginfo information;
    if (read(signal_fd, &information, sizeof information) != (ssize_t)sizeof information)
        return;
    if (information.ssi_signo == SIGUSR1) {
        log_stages(intake);
        return;
    }
    if (intake->draining) {
        intake->drain_until_ms = 0;
        return;
    }
    intake->draining = true;
    intake->drain_until_ms = now_ms + intake->options.settings->drain_timeout_ms;
    sd_notify(0, "STOPPING=1");
    th_log(TH_LOG_INFO, "intake.draining waiting=%zu", intake->waiting_reports);
}

enum th_status th_intake_run(struct th_intake *intake, int signal_fd, struct th_error *error)
{
    zmq_pollitem_t items[] = {
        {intake->router, 0, ZMQ_POLLIN, 0},
        {NULL, intake->done_fd, ZMQ_POLLIN, 0},
        {NULL, signal_fd, ZMQ_POLLIN, 0},
    };
    int64_t next_tick_ms = 0;
    for (;;) {
        int64_t now_ms = th_clock_monotonic_ms();
        if (now_ms >= next_tick_ms) {
            tick(intake, now_ms);
            next_tick_ms = now_ms + TICK_MS;
        }
        if (intake->draining && (intake->waiting_reports == 0 || now_ms >= intake->drain_until_ms))
            break;
        items[0].events = intake->draining ? 0 : ZMQ_POLLIN;
        long wait_ms = intake->draining ? 20 : next_tick_ms - now_ms;
        if (zmq_poll(items, 3, wait_ms) < 0 && errno != EINTR)
            return th_error_set(error, TH_PERMANENT, "the event loop failed: %s",
                                zmq_strerror(errno));
        if (items[2].revents)
            take_signal(intake, signal_fd, th_clock_monotonic_ms());
        if (items[1].revents) {
            eventfd_t ignored;
            eventfd_read(intake->done_fd, &ignored);
            send_answers(intake);
        }
        if (items[0].revents && !intake->draining)
            receive_messages(intake);
    }
    th_log(TH_LOG_INFO, "intake.drained left=%zu accepted=%llu busy=%llu", intake->waiting_reports,
           (unsigned long long)atomic_load(&intake->counters.accepted),
           (unsigned long long)intake->busy);
    return TH_OK;
}

void th_intake_stop(struct th_intake **intake)
{
    if (!intake || !*intake)
        return;
    struct th_intake *old = *intake;
    for (size_t i = 0; i < old->writer_count; i++)
        atomic_store(&old->writers[i].stop_now, true);
    atomic_store(&old->lookup.stop_now, true);
    for (size_t i = 0; i < old->writer_count; i++)
        th_database_thread_stop(&old->writers[i]);
    th_database_thread_stop(&old->lookup);
    if (old->router)
        send_answers(old);
    th_socket_close(&old->router);
    th_work_queue_destroy(&old->done);
    close(old->done_fd);
    th_sessions_destroy(&old->sessions);
    th_arena_destroy(&old->decode_arena);
    th_message_free(&old->message);
    th_buffer_free(&old->reply);
    th_buffer_free(&old->catalogue_bytes);
    free(old->writers);
    free(old);
    *intake = NULL;
}
