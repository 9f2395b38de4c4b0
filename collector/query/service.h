/* What the query service's own files share. One thread owns the ROUTER (serve.c,
 * dispatch.c); workers (worker.c) answer jobs and hand the parts over (job.c) under
 * the service's lock. A job is one question or catalogue request of one client, or an
 * act of it, which the thread of acts does (acts.c). */
#ifndef TONGHOP_COLLECTOR_QUERY_SERVICE_H
#define TONGHOP_COLLECTOR_QUERY_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/query/query.h"
#include "collector/query/upload.h"
#include "common/base/log.h"
#include "common/domain/problem.h"
#include "common/ledger/ledger.h"
#include "common/wire/message.h"
#include "common/wire/socket.h"

#define TH_QUERY_BYTES_MAX ((size_t)64 * 1024) /* of one question */
/* Of one act: with the largest report beside it, it fits one part of a history. */
#define TH_ACT_BYTES_MAX ((size_t)96 * 1024)
/* Of one appraisal, whose report may be too large by what its rejection tells. */
#define TH_SUBMIT_BYTES_MAX ((size_t)256 * 1024)
#define TH_JOBS_MAX         256 /* of all clients, waiting and running */
#define TH_JOB_PARTS        2   /* handed over and not sent yet */
#define TH_CREDIT_MAX       (1 << 16)

/* A client as the service knows it while it runs; never more than enrolled keys. */
struct th_query_client {
    struct th_query_client *next;
    uint8_t key[32];
    char language[3];         /* of its last Hello */
    bool revoked_told;        /* it knows; what it still sends is ignored */
    struct th_upload *upload; /* NULL: none; the serving thread's alone */
    size_t jobs;              /* that it still waits for */
    size_t running;
};

enum th_job_kind { TH_JOB_QUESTION, TH_JOB_ACT };

enum th_job_state { TH_JOB_WAITING, TH_JOB_RUNNING, TH_JOB_DONE };

struct th_job {
    /* Set when made, then read-only. */
    enum th_job_kind kind;
    struct th_query_client *client;
    struct th_enrolment sender; /* of an act: the key as it was admitted */
    uint8_t routing[TH_WIRE_ROUTING_MAX];
    size_t routing_size;
    uint64_t request_id;
    int64_t deadline_ms; /* monotonic */
    char language[3];
    struct th_buffer message; /* exact bytes of the ClientMessage */
    struct th_upload *upload; /* files that an act needs; NULL: none */

    /* Nobody wants the rest of the answer: cancelled, over time, client gone. Set
     * under the lock, read without it by the worker between rows. */
    atomic_bool ended;

    /* Under the lock. */
    struct th_job *next;
    enum th_job_state state;
    uint32_t credit;
    struct th_buffer parts[TH_JOB_PARTS + 1]; /* one more for an Error, which needs no credit */
    size_t part_count;
};

struct th_query_service {
    const struct th_collector_settings *settings;
    const char *province;
    const struct th_receipt_key *receipt_key;
    struct th_shared_state *state;
    struct th_guard *guard;
    void *router;
    int wake; /* eventfd: parts wait, or stop */
    pthread_t serving;
    bool serving_started;
    pthread_t *workers;
    size_t worker_count;
    pthread_t acting;
    bool acting_started;

    struct th_shelf *shelf; /* kept between questions */

    pthread_mutex_t lock;
    pthread_cond_t work; /* a job waits, or stop; on the monotonic clock */
    pthread_cond_t room; /* credit came, a part left, or a job ended */
    bool stopping;
    struct th_job *jobs; /* oldest first */
    size_t job_count;

    /* Of the serving thread alone. */
    struct th_query_client *clients;
    uint64_t seen_version; /* of the shared state, when clients were last judged */
    uint64_t dropped;      /* messages thrown away */
    struct th_log_gate dropped_gate;
};

/* ---- serve.c, dispatch.c: the serving thread ---- */
void *th_query_serve(void *service);
/* Judges and acts on one received message. */
void th_query_dispatch(struct th_query_service *service, const struct th_message *message,
                       struct th_arena *arena);
/* Forgets uploads that nobody goes on with. */
void th_query_forget_uploads(struct th_query_service *service);
/* Ends jobs of clients that are no longer admitted, telling them. */
void th_query_judge_clients(struct th_query_service *service);
/* Sends an Error with one problem; what cannot be sent at once is let go. */
void th_query_refuse(struct th_query_service *service, const uint8_t *routing, size_t routing_size,
                     uint64_t request_id, const char *language, const char *code,
                     const char *value);

/* ---- job.c ---- */
void th_query_wake(struct th_query_service *service);
/* Under the lock: whether the job may be ended. An act that runs may be in its commit:
 * its client is told what came of it, whatever else happens. */
bool th_job_may_end(struct th_job *job);
/* Under the lock: the rest of the answer is dropped; a job that waits is DONE. */
void th_job_end(struct th_query_service *service, struct th_job *job);
void th_job_free(struct th_job *job);
/* The next job of a kind, RUNNING now; NULL when the service stops, or at `until_ms`
 * (monotonic; INT64_MAX: no limit). */
struct th_job *th_job_take(struct th_query_service *service, enum th_job_kind kind,
                           int64_t until_ms, bool *stopping);
/* Takes over the part's bytes, once the client has credit and the hand-off has room.
 * False when nobody wants it any more. */
bool th_job_push(struct th_query_service *service, struct th_job *job, struct th_buffer *part);
/* The worker lets go of the job; `last` (may be NULL) is its last message, such as an
 * Error. */
void th_job_finish(struct th_query_service *service, struct th_job *job, struct th_buffer *last);
static inline bool th_job_wanted(struct th_job *job)
{
    return !atomic_load_explicit(&job->ended, memory_order_relaxed);
}

/* ---- worker.c ---- */
void *th_query_work(void *service);

/* ---- acts.c ---- */
void *th_query_act(void *service);

#endif
