/* District offices as the collector meets them: each with a CURVE key and a socket of its
 * own, greeting, sending batches of report bytes within the window that it is given, and
 * believing an answer only when chain and signature hold. All in one thread. */
#ifndef TONGHOP_BENCH_OFFICES_H
#define TONGHOP_BENCH_OFFICES_H

#include <stdbool.h>

#include "bench/samples.h"
#include "common/ledger/ledger.h"
#include "common/wire/bundle.h"
#include "common/wire/keys.h"

#define BENCH_CRITERIA 24
#define BENCH_MONTHS   120 /* 2015-01 .. 2024-12 */

struct office {
    char district[33];
    struct th_curve_pair pair;
    void *dealer;
    bool greeted;
    uint64_t catalogue_version;
    long next_report;   /* number of the next one to be made: it decides month and revision */
    long to_send;       /* reports that are still to be sent */
    uint32_t in_flight; /* batches that are not answered */
    uint64_t batch_id;
    int64_t sent_us[64]; /* by batch_id % 64: when it was sent */
    uint32_t sizes[64];
    long firsts[64]; /* the number of its first report */
    struct {
        long first;
        uint32_t count;
    } again[64]; /* batches that the collector was too busy for, oldest first */
    uint32_t again_count;
    bool catching_up;      /* sends nothing new until all of those are acknowledged */
    int64_t hold_until_us; /* sends nothing before */
};

struct offices {
    void *context;
    struct th_bundle bundle;
    struct office *office;
    size_t count;
    uint32_t window, batch;
    bool (*may_send)(void *context); /* NULL: whenever there is room */
    void *may_send_context;
    struct samples *latencies; /* NULL: not wanted */
    uint64_t acknowledged;     /* reports, verified */
    uint64_t busy;             /* answers that told to come again later */
    struct th_arena *arena;
};

/* Reads the keys file: a line "district public secret" (hexadecimal) an office. */
void offices_open(struct offices *offices, const char *bundle, const char *keys, size_t limit);
void offices_close(struct offices *offices);

/* Connects and greets all of them; returns when all are welcomed. */
void offices_greet(struct offices *offices, int64_t deadline_us);
void offices_disconnect(struct offices *offices);

/* Sends what is to be sent and takes answers until nothing is in flight and nothing left. */
void offices_deliver(struct offices *offices, int64_t deadline_us);

#endif
