/* Where the time of a report goes between its arrival and its receipt. Each thread adds to
 * a cell of its own, so counting costs a few clock readings a message and a batch, and no
 * thread waits for another; the event thread sums and logs them (intake.c). */
#ifndef TONGHOP_COLLECTOR_STAGES_H
#define TONGHOP_COLLECTOR_STAGES_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buffer.h"

/* In the order of a report's way. A waiting stage's time is of one message, all messages
 * together; a batch's stages are counted once a batch. */
enum th_stage {
    TH_STAGE_DECODE,    /* event thread, a message: from its bytes to a Submit */
    TH_STAGE_VALIDATE,  /* event thread, a message: copies, digests and judges its reports */
    TH_STAGE_QUEUE,     /* a message waits for its writer */
    TH_STAGE_READ,      /* writer, a batch: round trip (a): locks, clock, what is known */
    TH_STAGE_PREPARE,   /* writer, a batch: outcomes, chain hashes, rows as parameters */
    TH_STAGE_STATEMENT, /* writer, a batch: round trip (b) until the rows are written */
    TH_STAGE_COMMIT,    /* writer, a batch: ... until the database says committed */
    TH_STAGE_SIGN,      /* writer, a batch: receipts with their signatures, serialised */
    TH_STAGE_RETURN,    /* an answer waits for the event thread */
    TH_STAGE_SEND,      /* event thread, an answer: handed to the socket */
    TH_STAGE_COUNT
};

/* One thread's; only that thread adds. Larger than two cache lines, so that cells of two
 * threads hardly share one. Zero-initialise. */
struct th_stage_cell {
    struct {
        atomic_ullong times, ns;
    } stage[TH_STAGE_COUNT];
    atomic_ullong reports, bytes; /* that were decoded; bytes of their messages */
};

/* `ns`: of `times` passes together; see th_clock_monotonic_ns. */
void th_stage_add(struct th_stage_cell *cell, enum th_stage stage, uint64_t times, int64_t ns);
void th_stage_add_reports(struct th_stage_cell *cell, uint64_t reports, uint64_t bytes);

/* Appends "reports=N bytes=N decode=TIMES/MICROSECONDS validate=..." of the cells' sums
 * since the start, for a log line. Any thread may call it. */
void th_stages_describe(const struct th_stage_cell *const *cells, size_t count,
                        struct th_buffer *out);

#endif
