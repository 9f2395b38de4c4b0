/* What the event thread hands to the database threads and gets back: one message
 * of a reporter, with everything that answering it needs in one arena. */
#ifndef TONGHOP_COLLECTOR_WORK_H
#define TONGHOP_COLLECTOR_WORK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/shared_state.h"
#include "collector/store/batch.h"
#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/wire/socket.h"

enum th_work_kind {
    TH_WORK_SUBMIT,  /* reports to write; answered with Receipts */
    TH_WORK_HELLO,   /* head of the chain to look up; answered with Welcome */
    TH_WORK_ENTRIES, /* entries to read; answered with Entries */
    TH_WORK_BODIES,  /* reports to read; answered with Bodies */
    TH_WORK_NOTICES, /* notices to read; answered with as many Notice messages */
    TH_WORK_NEWS,    /* of no session, from the look-up thread: there are new acts */
};

/* One message of several in `answer`. */
struct th_notice_part {
    uint64_t id;
    size_t end; /* in the answer; it begins where the one before ends */
};

struct th_work {
    struct th_work *next;
    enum th_work_kind kind;
    struct th_enrolment sender;
    uint8_t routing[TH_WIRE_ROUTING_MAX];
    size_t routing_size;
    char language[3];
    struct th_arena *arena; /* owns the rest but `answer` */

    uint64_t batch_id; /* SUBMIT */
    struct th_submission *submissions;
    struct th_catalogue_ids *ids; /* by which they were validated; keeps its address taken, by
                                     which the store tells catalogues apart */
    bool judged;                  /* unpacked and validated; else the writer has to */
    size_t bytes;                 /* of memory that it holds while it waits */
    size_t count;

    uint64_t request_id;     /* ENTRIES, BODIES */
    uint32_t limit;          /* ENTRIES */
    uint32_t epoch;          /* HELLO: of the last receipt that the office holds */
    uint64_t after_sequence; /* HELLO: its sequence, 0: none, or told already; NOTICES: the id */
    uint8_t hash[TH_HASH_BYTES]; /* HELLO: its hash */

    int64_t
        announced_us; /* HELLO: of the announcement that the office holds, 0: none, or recorded */
    struct th_announcement *announcements; /* HELLO: to tell */
    size_t announcement_count;

    bool found; /* NOTICES: the database has answered */
    struct th_notice_part *notices;
    size_t notice_count;
    int32_t *district_ids; /* NEWS: ascending */
    size_t district_count;

    int64_t handed_ns;       /* SUBMIT: when it was put into the queue that it waits in */
    struct th_buffer answer; /* a serialised ServerMessage; empty: nothing to say */
};

struct th_work *th_work_create(enum th_work_kind kind, const struct th_enrolment *sender,
                               const struct th_message *message, const char *language);
void th_work_destroy(struct th_work *work);

/* A queue between threads, first in first out. */
struct th_work_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct th_work *first, *last;
    bool closed;
    int32_t alone; /* district that was alone in the batch taken last; 0: none was */
    int event_fd;  /* written at every push when >= 0: for readers that poll */
};

void th_work_queue_init(struct th_work_queue *queue, int event_fd);
/* Frees what is still in it. */
void th_work_queue_destroy(struct th_work_queue *queue);
void th_work_queue_push(struct th_work_queue *queue, struct th_work *work);
/* Takes works, in order, until they hold `max_reports` reports (at least one work).
 * Waits at most wait_ms for the first. NULL when none came or the
 * queue was closed and is empty. */
struct th_work *th_work_queue_take(struct th_work_queue *queue, size_t max_reports, int wait_ms);
/* The same for batches of reports, fairly: of every district that waits one work first, and
 * a district that filled a batch alone does not begin the next one while others wait. Works
 * of one district stay in their order. Fewer when many are large and not judged yet, since a
 * report takes several times its size from then on. Waits until there is one, or closed. */
struct th_work *th_work_queue_take_fairly(struct th_work_queue *queue, size_t max_reports);
/* No more waiting: readers get what is left, then NULL. */
void th_work_queue_close(struct th_work_queue *queue);
bool th_work_queue_is_closed(struct th_work_queue *queue);

#endif
