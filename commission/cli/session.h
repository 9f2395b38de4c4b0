/* What every command that talks to the province begins with: settings, the state
 * folder with our key and the pinned province, the connection, the catalogue. */
#ifndef TONGHOP_COMMISSION_SESSION_H
#define TONGHOP_COMMISSION_SESSION_H

#include <signal.h>
#include <stdbool.h>

#include "commission/client/client.h"
#include "common/base/command.h"

#define TH_PATH_MAX 4096

struct th_cli_settings {
    char *state_dir; /* NULL: ~/.config/tonghop */
    char *language;  /* "vi" or "en" */
    char *log_level;
    long timeout_ms;
};
extern const struct th_config_key th_cli_keys[];

/* Checks the settings; TH_USAGE. */
enum th_status th_cli_check(const struct th_cli_settings *settings,
                            struct th_error *error) TH_MUST_USE;
/* Path of `name` in the state folder ("" gives the folder). */
enum th_status th_cli_path(const struct th_cli_settings *settings, const char *name,
                           char path[TH_PATH_MAX], struct th_error *error) TH_MUST_USE;

struct th_session {
    const char *language;
    char folder[TH_PATH_MAX], province_file[TH_PATH_MAX];
    struct th_bundle bundle;
    struct th_curve_pair pair;
    struct th_client *client;
    const struct th_catalogue *catalogue; /* in force; owned by the client */
    int interrupt_fd;                     /* signalfd: SIGINT and SIGTERM cancel the question */
    sigset_t signals_before;
};

/* Reads key and province, connects, gets the catalogue. TH_USAGE names the command
 * to run first ("tonghop keygen", "tonghop join FILE"). Close it whatever the status. */
enum th_status th_session_open(const struct th_cli_settings *settings, struct th_session *session,
                               struct th_error *error) TH_MUST_USE;
/* Prints the problems of what was rejected to stderr, and closes everything. */
void th_session_close(struct th_session *session, enum th_status status);

/* The names under which files are kept in the state folder. */
#define TH_KEY_FILE      "key"
#define TH_PROVINCE_FILE "bundle.ini"

#endif
