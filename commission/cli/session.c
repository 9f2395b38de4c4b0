#include "commission/cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/ledger/ledger.h"

#define FIELD(name) offsetof(struct th_cli_settings, name)

const struct th_config_key th_cli_keys[] = {
    {"state_dir", TH_CONFIG_TEXT, NULL, FIELD(state_dir), 0, 0,
     "folder of the key, the pinned province and the kept catalogue; default ~/.config/tonghop"},
    {"language", TH_CONFIG_TEXT, "vi", FIELD(language), 0, 0, "vi or en: of headings and names"},
    {"timeout_ms", TH_CONFIG_INTEGER, "15000", FIELD(timeout_ms), 100, 3600000,
     "longest silence of the province, in milliseconds"},
    {"log_level", TH_CONFIG_TEXT, "warning", FIELD(log_level), 0, 0,
     "error, warning, info or debug"},
    {NULL, TH_CONFIG_TEXT, NULL, 0, 0, 0, NULL},
};

enum th_status th_cli_check(const struct th_cli_settings *settings, struct th_error *error)
{
    enum th_log_level level;
    if (strcmp(settings->language, "vi") != 0 && strcmp(settings->language, "en") != 0)
        return th_error_set(error, TH_USAGE, "language must be vi or en, not '%.40s'",
                            settings->language);
    if (!th_log_parse_level(settings->log_level, &level))
        return th_error_set(error, TH_USAGE,
                            "log_level must be error, warning, info or debug, not '%.40s'",
                            settings->log_level);
    th_log_set_level(level);
    return th_ledger_init(error);
}

enum th_status th_cli_path(const struct th_cli_settings *settings, const char *name,
                           char path[TH_PATH_MAX], struct th_error *error)
{
    const char *base = settings->state_dir, *below = "";
    if (!base || !*base) {
        base = getenv("HOME");
        below = "/.config/tonghop";
    }
    if (!base || !*base)
        return th_error_set(error, TH_USAGE, "HOME is not set; give the folder with --state-dir");
    int size = snprintf(path, TH_PATH_MAX, "%s%s%s%s", base, below, *name ? "/" : "", name);
    if (size < 0 || size >= TH_PATH_MAX)
        return th_error_set(error, TH_USAGE, "the path of state_dir is too long");
    return TH_OK;
}

static enum th_status read_identity(const struct th_cli_settings *settings,
                                    struct th_session *session, struct th_error *error)
{
    char path[TH_PATH_MAX];
    enum th_status status = th_cli_path(settings, TH_KEY_FILE, path, error);
    if (status != TH_OK)
        return status;
    if (access(path, F_OK) != 0)
        return th_error_set(error, TH_USAGE, "there is no key %s yet; run 'tonghop keygen' first",
                            path);
    status = th_curve_load(path, &session->pair, error);
    if (status != TH_OK)
        return status;
    const char *province = session->province_file;
    status = th_cli_path(settings, TH_PROVINCE_FILE, session->province_file, error);
    if (status != TH_OK)
        return status;
    if (access(province, F_OK) != 0)
        return th_error_set(error, TH_USAGE,
                            "no province was joined yet; run 'tonghop join FILE' with the file "
                            "that the province made for this key");
    status = th_bundle_read(province, &session->bundle, error);
    if (status != TH_OK)
        return status;
    if (memcmp(session->bundle.public_key, session->pair.public_key,
               sizeof(session->pair.public_key)) != 0)
        return th_error_set(error, TH_USAGE,
                            "the key in %s is not the one that the province enrolled; join again",
                            session->folder);
    return th_clock_use_zone(session->bundle.time_zone, error);
}

static enum th_status pin_renewed(void *context, struct th_bundle *renewed, struct th_error *error)
{
    struct th_session *session = context;
    enum th_status status = th_bundle_renew(session->province_file, renewed, 0600, error);
    session->bundle = *renewed;
    return status;
}

static enum th_status watch_signals(struct th_session *session, struct th_error *error)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    session->interrupt_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (session->interrupt_fd < 0)
        return th_error_set(error, TH_PERMANENT, "cannot watch for signals: %m");
    sigprocmask(SIG_BLOCK, &signals, &session->signals_before);
    return TH_OK;
}

enum th_status th_session_open(const struct th_cli_settings *settings, struct th_session *session,
                               struct th_error *error)
{
    *session = (struct th_session){.language = settings->language, .interrupt_fd = -1};
    enum th_status status = th_cli_check(settings, error);
    if (status == TH_OK)
        status = th_cli_path(settings, "", session->folder, error);
    if (status == TH_OK)
        status = read_identity(settings, session, error);
    if (status == TH_OK)
        status = watch_signals(session, error);
    if (status != TH_OK)
        return status;
    struct th_client_options options = {
        .bundle = &session->bundle,
        .pin = pin_renewed,
        .pin_context = session,
        .pair = &session->pair,
        .software = "tonghop " TONGHOP_VERSION,
        .language = settings->language,
        .state_folder = session->folder,
        .timeout_ms = (int)settings->timeout_ms,
        .interrupt_fd = session->interrupt_fd,
    };
    status = th_client_open(&options, &session->client, error);
    if (status == TH_OK)
        status = th_client_catalogue(session->client, &session->catalogue, error);
    return status;
}

static void print_problems(const struct th_client *client)
{
    size_t count;
    const struct th_client_problem *problems = th_client_problems(client, &count);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "tonghop: %s: %s%s%s\n", problems[i].code, problems[i].criterion,
                *problems[i].criterion ? ": " : "", problems[i].message);
}

/* Whatever command asked: what was printed of such an instant before is void. */
static void print_void(const struct th_session *session)
{
    struct th_void_span span = th_client_void_span(session->client);
    char from[40], until[40];
    if (span.until_us == 0)
        return;
    th_instant_format_local(span.from_us, from);
    th_instant_format_local(span.until_us, until);
    fprintf(stderr, "tonghop: %s: %s %s, %s %s\n", th_word(TH_WORD_VOID, session->language),
            th_word(TH_WORD_VOID_FROM, session->language), from,
            th_word(TH_WORD_VOID_UNTIL, session->language), until);
}

void th_session_close(struct th_session *session, enum th_status status)
{
    if (session->client && status == TH_OK)
        print_void(session);
    if (session->client && status == TH_REJECTED)
        print_problems(session->client);
    th_client_close(&session->client);
    if (session->interrupt_fd >= 0) {
        /* Taken here: a signal left waiting would end us before we say what happened. */
        struct signalfd_siginfo signal;
        while (read(session->interrupt_fd, &signal, sizeof(signal)) > 0)
            ;
        close(session->interrupt_fd);
        sigprocmask(SIG_SETMASK, &session->signals_before, NULL);
    }
    explicit_bzero(&session->pair, sizeof(session->pair));
}
