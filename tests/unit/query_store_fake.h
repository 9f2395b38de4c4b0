/* A store without a database, for the query service's tests: implements what
 * collector/store/store.h and read.h promise over a few values set by the test. */
#ifndef TONGHOP_TESTS_QUERY_STORE_FAKE_H
#define TONGHOP_TESTS_QUERY_STORE_FAKE_H

#include <pthread.h>

#include "collector/store/read.h"

#define FAKE_KEYS 4

/* One answer of a district, as the store would read it. */
struct fake_cell {
    const char *district, *criterion;
    int32_t period; /* ordinal */
    struct th_cell cell;
};

/* The arrival of one current report of joint-agency. */
struct fake_arrival {
    const char *district;
    int32_t period; /* ordinal */
    struct th_arrival arrival;
};

/* Guarded by `lock`: the service's workers read it. */
struct fake_store {
    pthread_mutex_t lock;
    bool down;                      /* every call finds the database gone */
    bool lost_once;                 /* the next begin finds it gone, and it comes back at once */
    int open, reading;              /* connections; transactions */
    uint64_t events;                /* sequence of the province's chain */
    struct th_catalogue *catalogue; /* in force, with version and digest; NULL: none */
    struct th_enrolment keys[FAKE_KEYS];
    size_t key_count;
    const struct fake_cell *cells;
    size_t cell_count;
    const struct fake_arrival *arrivals;
    size_t arrival_count;
    bool everything;      /* instead of cells: every criterion has 1 (or 1/2) everywhere */
    struct th_slice body; /* of the one report: district 194, joint-agency, 2024-03; empty: none */
    uint8_t digest[32];
    int64_t snapshot_us;
};

/* The one instance: the interface under test has no place for a context. */
extern struct fake_store fake;

void fake_set(bool *what, bool value);
int fake_reading(void);

#endif
