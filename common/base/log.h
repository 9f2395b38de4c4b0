/* Log lines for operators, on stderr: "LEVEL event key=value ...". Under systemd
 * each line begins with its <priority>. Secrets are never passed here. */
#ifndef TONGHOP_BASE_LOG_H
#define TONGHOP_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/status.h"

enum th_log_level { TH_LOG_ERROR = 3, TH_LOG_WARNING = 4, TH_LOG_INFO = 6, TH_LOG_DEBUG = 7 };

/* Lines less urgent than `level` are dropped. Set once in main (the only process
 * wide setting besides the time zone). */
void th_log_set_level(enum th_log_level level);
bool th_log_parse_level(const char *name, enum th_log_level *level);

/* Thread-safe; one write(2) a line; control characters are escaped. */
void th_log(enum th_log_level level, const char *format, ...) TH_PRINTF(2, 3);

/* At most once a minute a key: true when the caller may log now; `suppressed`
 * (may be NULL) receives how many were held back since. Zero-initialise. */
struct th_log_gate {
    int64_t last_ms;
    uint64_t held_back;
};
bool th_log_gate_open(struct th_log_gate *gate, uint64_t *suppressed);

#endif
