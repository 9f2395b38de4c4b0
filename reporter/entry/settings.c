#include "reporter/entry/settings.h"

#include <stddef.h>

#define FIELD(name) offsetof(struct th_reporter_settings, name)

const struct th_config_key th_reporter_keys[] = {
    {"state_dir", TH_CONFIG_TEXT, "/var/lib/tonghop-reporter", FIELD(state_dir), 0, 0,
     "folder of the key, the pinned bundle and the outbox"},
    {"language", TH_CONFIG_TEXT, "vi", FIELD(language), 0, 0, "of messages and headings: vi or en"},
    {"log_level", TH_CONFIG_TEXT, "info", FIELD(log_level), 0, 0,
     "of the daemon: error, warning, info or debug"},
    {"window", TH_CONFIG_INTEGER, "8", FIELD(window), 1, 64,
     "batches sent before the first is answered; the province may allow fewer"},
    {"batch_reports", TH_CONFIG_INTEGER, "256", FIELD(batch_reports), 1, 1000,
     "reports in a batch at most; the province may allow fewer"},
    {"answer_timeout_ms", TH_CONFIG_INTEGER, "15000", FIELD(answer_timeout_ms), 100, 600000,
     "silence after which the connection is made anew, in milliseconds"},
    {"backoff_base_ms", TH_CONFIG_INTEGER, "250", FIELD(backoff_base_ms), 10, 60000,
     "shortest wait before another attempt, in milliseconds"},
    {"backoff_cap_ms", TH_CONFIG_INTEGER, "30000", FIELD(backoff_cap_ms), 10, 600000,
     "longest wait before another attempt, in milliseconds"},
    {"outbox_limit_mb", TH_CONFIG_INTEGER, "1024", FIELD(outbox_limit_mb), 1, 1000000,
     "waiting reports above which new ones are refused, in MB"},
    {"sign_off", TH_CONFIG_BOOLEAN, "no", FIELD(sign_off), 0, 0,
     "submit makes drafts, which are sent when they were prepared and released: yes or no"},
    {.name = NULL},
};
