/* The intake's own state, shared by its event loop (intake.c) and what it does with
 * each message (handle.c). Event thread only, but for what is atomic. */
#ifndef TONGHOP_COLLECTOR_INTAKE_PRIVATE_H
#define TONGHOP_COLLECTOR_INTAKE_PRIVATE_H

#include "collector/intake/intake.h"
#include "collector/intake/session.h"
#include "collector/intake/stages.h"
#include "collector/intake/work.h"
#include "collector/intake/writer.h"

struct th_intake {
    struct th_intake_options options;
    void *router;
    struct th_message message;     /* the one being handled */
    struct th_arena *decode_arena; /* reset for each message */
    struct th_buffer reply;
    struct th_sessions *sessions;
    struct th_buffer catalogue_bytes; /* serialised, of catalogue_bytes_version */
    uint64_t catalogue_bytes_version;
    uint8_t catalogue_digest[32];

    struct th_work_queue done;
    int done_fd;
    struct th_database_thread *writers;
    size_t writer_count;
    struct th_database_thread lookup;
    struct th_intake_counters counters;
    struct th_stage_cell stages; /* the event thread's */

    size_t waiting_reports, waiting_bytes; /* with the writers */
    size_t waiting_bytes_peak;             /* since memory was given back last */
    uint64_t state_version;                /* of shared state, as of the last tick */
    uint64_t catalogue_version;            /* in force, as of the last tick */
    int64_t announced_us;                  /* newest announcement of keys, likewise */
    bool news_left;                        /* a session has not been told yet */
    bool draining;
    int64_t drain_until_ms, next_counters_ms;
    uint64_t messages, messages_dropped, messages_logged, malformed, busy, answers_lost;
};

/* Decodes intake->message, and answers it or hands it to a database thread. */
void th_intake_handle(struct th_intake *intake);

/* Asks for a Welcome to a session (its answer to Hello, or unasked news). False when that has
 * to wait, because too many look-ups of the session are under way. */
bool th_intake_look_up_head(struct th_intake *intake, struct th_session *session);

#endif
