#include "common/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/clock.h"

#define LONGEST_LINE 4096 /* PIPE_BUF: what a pipe takes in one piece */
#define GATE_MS      60000

static _Atomic int least_urgent = TH_LOG_INFO;

static const struct {
    const char *name;
    enum th_log_level level;
} levels[] = {
    {"error", TH_LOG_ERROR},
    {"warning", TH_LOG_WARNING},
    {"info", TH_LOG_INFO},
    {"debug", TH_LOG_DEBUG},
};

void th_log_set_level(enum th_log_level level)
{
    atomic_store(&least_urgent, (int)level);
}

bool th_log_parse_level(const char *name, enum th_log_level *level)
{
    for (size_t i = 0; name && i < sizeof(levels) / sizeof(levels[0]); i++)
        if (strcmp(name, levels[i].name) == 0) {
            *level = levels[i].level;
            return true;
        }
    return false;
}

static const char *level_name(enum th_log_level level)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (levels[i].level == level)
            return levels[i].name;
    return "info";
}

/* JOURNAL_STREAM is inherited by children whose stderr goes elsewhere, so it
 * counts only when it names this very stream (systemd.exec(5)). */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat target;
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &target) == 0 && target.st_dev == device && target.st_ino == inode;
}

/* Copies with control characters (C0, DEL, and C1 as UTF-8) written as escapes,
 * so that no value can forge a line or drive a terminal. */
static size_t escape(const char *from, char *to, size_t room)
{
    size_t used = 0;
    for (const unsigned char *at = (const unsigned char *)from; *at && used + 9 < room; at++) {
        if (*at == '\n')
            used += (size_t)snprintf(to + used, room - used, "\\n");
        else if (*at == '\t')
            used += (size_t)snprintf(to + used, room - used, "\\t");
        else if (*at < 0x20 || *at == 0x7F)
            used += (size_t)snprintf(to + used, room - used, "\\x%02x", *at);
        else if (*at == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F)
            used += (size_t)snprintf(to + used, room - used, "\\x%02x\\x%02x", at[0], at[1]), at++;
        else
            to[used++] = (char)*at;
    }
    return used;
}

void th_log(enum th_log_level level, const char *format, ...)
{
    if ((int)level > atomic_load(&least_urgent))
        return;

    int saved = errno;
    char message[LONGEST_LINE], line[LONGEST_LINE], stamp[40];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);

    int used;
    if (stderr_is_journal()) {
        used = snprintf(line, sizeof(line), "<%d>%s ", (int)level, level_name(level));
    } else {
        th_instant_format(th_clock_now_us() / 1000000 * 1000000, stamp);
        used = snprintf(line, sizeof(line), "%s %s ", stamp, level_name(level));
    }
    size_t size = (size_t)used;
    size += escape(message, line + size, sizeof(line) - size);
    line[size++] = '\n';

    ssize_t written;
    do {
        written = write(STDERR_FILENO, line, size);
    } while (written < 0 && errno == EINTR);
    errno = saved;
}

bool th_log_gate_open(struct th_log_gate *gate, uint64_t *suppressed)
{
    int64_t now = th_clock_monotonic_ms();
    if (gate->last_ms != 0 && now - gate->last_ms < GATE_MS) {
        gate->held_back++;
        return false;
    }
    if (suppressed)
        *suppressed = gate->held_back;
    gate->held_back = 0;
    /* 0 stands for never. */
    gate->last_ms = now ? now : 1;
    return true;
}
