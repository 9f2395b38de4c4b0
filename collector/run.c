#include "collector/run.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <zmq.h>

#include "collector/intake/intake.h"
#include "collector/intake/zap.h"
#include "collector/query/query.h"
#include "collector/receipt_keys.h"
#include "collector/settings.h"
#include "collector/shared_state.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/wire/guard.h"

#define DESCRIPTORS       65536
#define DATABASE_RETRY_MS 1000
/* What one thread frees another can use again: with an arena a thread, each keeps the most that
 * it ever needed. */
#define MALLOC_ARENAS 2

/* Everything that `run` opens, so that one place closes it. */
struct run {
    const struct th_collector_settings *settings;
    struct th_province province;
    struct th_curve_pair pair;
    struct th_receipt_key receipt_key;
    struct th_bundle trusted; /* the receipt keys */
    int signal_fd;
    void *zmq_context;
    struct th_shared_state *state;
    struct th_zap *zap;
    struct th_guard *guard;
    struct th_query_service *query;
    struct th_intake *intake;
};

/* Signals arrive as bytes to poll; every thread started later inherits the mask. */
static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static enum th_status load_keys(struct run *run, struct th_error *error)
{
    uint8_t seed[TH_SECRET_SEED_BYTES];
    enum th_status status = th_curve_load(run->settings->key_file, &run->pair, error);
    if (status == TH_OK)
        status = th_file_read_secret(run->settings->receipt_key_file, seed, sizeof seed, error);
    if (status == TH_OK)
        th_receipt_key_from_seed(&run->receipt_key, seed);
    explicit_bzero(seed, sizeof seed);
    if (status == TH_OK)
        status = th_receipt_keys_fill(run->settings->receipt_keys, run->receipt_key.public_key,
                                      &run->trusted, error);
    return status;
}

/* Reads province, keys and catalogue. The wrong schema or province ends the program;
 * a database that is away is waited for, until a signal. */
static enum th_status load_from_database(struct run *run, struct th_error *error)
{
    bool told = false;
    for (;;) {
        struct th_store *store = NULL;
        enum th_status status =
            th_store_open(run->settings->database, "tonghop-start",
                          (int)run->settings->database_timeout_ms, &store, error);
        if (status == TH_OK)
            status = th_store_check_schema(store, error);
        if (status == TH_OK)
            status = th_store_get_province(store, &run->province, error);
        if (status == TH_OK)
            status = th_shared_state_refresh(run->state, store, true, error);
        th_store_close(&store);
        if (status != TH_UNREACHABLE && status != TH_RETRY)
            return status;
        if (!told)
            th_log(TH_LOG_ERROR, "database.down error=\"%s\" note=\"trying again every second\"",
                   error->message);
        told = true;
        sd_notify(0, "STATUS=waiting for the database");
        struct signalfd_siginfo information;
        if (read(run->signal_fd, &information, sizeof information) > 0 &&
            information.ssi_signo != SIGUSR1)
            return th_error_set(error, TH_UNREACHABLE, "stopped while waiting for the database");
        usleep(DATABASE_RETRY_MS * 1000);
    }
}

static enum th_status check_settings(struct run *run, struct th_error *error)
{
    enum th_log_level level;
    if (!th_log_parse_level(run->settings->log_level, &level))
        return th_error_set(error, TH_USAGE,
                            "log_level '%s' is none of error, warning, info, debug",
                            run->settings->log_level);
    th_log_set_level(level);
    return th_ledger_init(error);
}

static enum th_status check_province(struct run *run, struct th_error *error)
{
    if (run->settings->province && strcmp(run->settings->province, run->province.code) != 0)
        return th_error_set(error, TH_USAGE,
                            "the database belongs to province '%s', the configuration says '%s'; "
                            "correct 'province' or 'database'",
                            run->province.code, run->settings->province);
    return th_clock_use_zone(run->province.time_zone, error);
}

static enum th_status open_sockets(struct run *run, char submit[256], char query[256],
                                   struct th_error *error)
{
    run->zmq_context = zmq_ctx_new();
    if (!run->zmq_context)
        return th_error_set(error, TH_PERMANENT, "cannot start ZeroMQ: %s", zmq_strerror(errno));
    zmq_ctx_set(run->zmq_context, ZMQ_MAX_SOCKETS, DESCRIPTORS);
    enum th_status status = th_zap_start(run->zmq_context, run->state, &run->zap, error);
    if (status == TH_OK)
        status = th_guard_start(run->zmq_context, &run->guard, error);
    if (status != TH_OK)
        return status;
    struct th_query_options asking = {
        .zmq_context = run->zmq_context,
        .settings = run->settings,
        .province = run->province.code,
        .pair = &run->pair,
        .receipt_key = &run->receipt_key,
        .state = run->state,
        .guard = run->guard,
    };
    status = th_query_start(&asking, &run->query, query, error);
    if (status != TH_OK)
        return status;
    snprintf(run->trusted.province, sizeof run->trusted.province, "%s", run->province.code);
    struct th_intake_options options = {
        .zmq_context = run->zmq_context,
        .settings = run->settings,
        .province = run->province.code,
        .pair = &run->pair,
        .receipt_key = &run->receipt_key,
        .trusted = &run->trusted,
        .state = run->state,
        .guard = run->guard,
    };
    return th_intake_start(&options, &run->intake, submit, error);
}

/* In the opposite order of opening; guard and ZAP handler outlive the ROUTERs. */
static void close_everything(struct run *run)
{
    th_intake_stop(&run->intake);
    th_query_stop(&run->query);
    th_guard_stop(&run->guard);
    th_zap_stop(&run->zap);
    if (run->zmq_context)
        zmq_ctx_term(run->zmq_context);
    th_shared_state_destroy(&run->state);
    explicit_bzero(&run->pair, sizeof run->pair);
    explicit_bzero(&run->receipt_key, sizeof run->receipt_key);
    if (run->signal_fd >= 0)
        close(run->signal_fd);
}

enum th_status th_collector_run(void *settings, const struct th_command_line *line,
                                struct th_error *error)
{
    (void)line;
    char submit[256] = "", query[256] = "";
    struct run run = {.settings = settings, .signal_fd = -1};

    enum th_status status = check_settings(&run, error);
    if (status != TH_OK)
        return status;
    mallopt(M_ARENA_MAX, MALLOC_ARENAS);
    run.signal_fd = open_signals();
    raise_descriptor_limit();
    run.state = th_shared_state_create();

    status = load_keys(&run, error);
    if (status == TH_OK)
        status = load_from_database(&run, error);
    if (status == TH_OK)
        status = check_province(&run, error);
    if (status == TH_OK)
        status = open_sockets(&run, submit, query, error);
    if (status == TH_OK) {
        th_log(TH_LOG_INFO,
               "collector.ready version=" TONGHOP_VERSION " province=%s submit=%s query=%s",
               run.province.code, submit, query);
        sd_notifyf(0, "READY=1\nSTATUS=submit %s, query %s", submit, query);
        status = th_intake_run(run.intake, run.signal_fd, error);
    }
    close_everything(&run);
    return status;
}
