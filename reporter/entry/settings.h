/* Settings of tonghop-reporter, filled from its config table (settings.c). */
#ifndef TONGHOP_REPORTER_SETTINGS_H
#define TONGHOP_REPORTER_SETTINGS_H

#include "common/base/config.h"

struct th_reporter_settings {
    char *state_dir; /* key, key.pub, bundle.ini, outbox.db */
    char *language;  /* "vi" or "en" */
    char *log_level;
    long window;        /* unanswered batches at most */
    long batch_reports; /* reports a batch at most */
    long answer_timeout_ms;
    long backoff_base_ms, backoff_cap_ms;
    long outbox_limit_mb; /* of reports that wait */
    bool sign_off;        /* submit makes drafts */
};

extern const struct th_config_key th_reporter_keys[];

#endif
