/* Progress of long work on stderr: a bar on a terminal, silence in a pipe. */
#ifndef TONGHOP_BASE_PROGRESS_H
#define TONGHOP_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct th_progress {
    const char *label;
    uint64_t total; /* 0: unknown */
    uint64_t done;
    int64_t started_ms, drawn_ms;
    bool terminal;
};

void th_progress_begin(struct th_progress *progress, const char *label, uint64_t total);
void th_progress_step(struct th_progress *progress, uint64_t done); /* redraws at most 10/s */
void th_progress_end(struct th_progress *progress);                 /* clears the line */

#endif
