/* The database threads of the intake. Writers commit SUBMIT works in groups: what
 * arrived while the last transaction ran is the next batch, so load makes batches
 * larger and idleness makes them quick. One look-up thread serves Hello and
 * EntriesRequest and watches for administrative acts. */
#ifndef TONGHOP_COLLECTOR_WRITER_H
#define TONGHOP_COLLECTOR_WRITER_H

#include <pthread.h>
#include <stdatomic.h>

#include "collector/intake/answer.h"
#include "collector/intake/stages.h"
#include "collector/intake/work.h"
#include "collector/settings.h"
#include "collector/shared_state.h"

/* Figures for the log, counted since the start. */
struct th_intake_counters {
    atomic_ullong accepted, duplicate, rejected, batches, database_failures;
};

struct th_database_thread {
    pthread_t thread;
    bool started;
    int number;
    struct th_work_queue queue;
    struct th_work_queue *done; /* finished works, with their answers */
    const struct th_collector_settings *settings;
    struct th_shared_state *state;
    struct th_answer_context answers;
    struct th_intake_counters *counters;
    struct th_stage_cell stages; /* a writer's */
    atomic_bool stop_now;        /* leave even what could not be committed */
    struct th_store *store;      /* owned by the thread */
    struct th_catalogue_ids *ids;
    uint64_t events; /* look-up: acts whose districts were told of them; offices that connect
                        ask for themselves, so it may begin anywhere */
};

enum th_status th_writer_start(struct th_database_thread *writer,
                               struct th_error *error) TH_MUST_USE;
enum th_status th_lookup_start(struct th_database_thread *lookup,
                               struct th_error *error) TH_MUST_USE;

/* Closes the queue and joins. With stop_now set, a batch that cannot be committed is
 * given up (its reporters were told nothing and send again). */
void th_database_thread_stop(struct th_database_thread *thread);

/* Validates one wire submission afresh from its bytes; `answers` is the struct
 * th_answer_context of the thread, for the province. Used by the event thread,
 * by the writers for what it left to them, and by the store when the catalogue has changed. */
void th_intake_validate(void *answers, struct th_submission *submission,
                        const struct th_catalogue_ids *ids, int64_t now_us);

#endif
