/* Who is connected: one session a enrolled key, so that memory is bounded by the
 * enrolments. Used by the event thread only. */
#ifndef TONGHOP_COLLECTOR_SESSION_H
#define TONGHOP_COLLECTOR_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/log.h"
#include "common/wire/socket.h"

/* The catalogue in force on its way to one reporter, part by part under its credit.
 * The bytes are the intake's, once for all sessions. */
struct th_catalogue_stream {
    uint64_t version; /* 0: none under way */
    size_t offset;
    uint64_t request_id;
    uint32_t credit;
};

/* How far an office is with its notices. */
struct th_notice_flow {
    bool greeted;                /* a Hello told what it holds */
    bool wanted;                 /* there may be more */
    bool under_way;              /* with the look-up thread */
    uint64_t sent, acknowledged; /* ids */
};

struct th_session {
    struct th_session *next; /* of the hash bucket */
    uint8_t peer_key[32];
    uint8_t routing[TH_WIRE_ROUTING_MAX]; /* of the latest message */
    size_t routing_size;
    char language[3];           /* "vi" or "en" */
    uint64_t catalogue_version; /* last told in a Welcome */
    int64_t held_announced_us;  /* of the announcement that the office holds, by its Hello ... */
    int64_t told_announced_us;  /* ... and of the newest when it was greeted last */
    size_t waiting_reports;     /* with the writers */
    size_t waiting_bytes;       /* of memory that these hold */
    size_t waiting_lookups;
    int32_t district_id;
    struct th_notice_flow notices;
    uint32_t held_epoch;    /* the last receipt that the office holds, by its Hello ... */
    uint64_t held_sequence; /* ... 0: none */
    uint8_t held_hash[32];
    struct th_catalogue_stream stream;
    struct th_log_gate refused; /* messages after a revocation */
};

struct th_sessions;

struct th_sessions *th_sessions_create(void);
void th_sessions_destroy(struct th_sessions **sessions);

/* The session of a key, made when new. Never NULL. */
struct th_session *th_sessions_get(struct th_sessions *sessions, const uint8_t peer_key[32]);
void th_sessions_each(struct th_sessions *sessions,
                      void (*each)(void *context, struct th_session *session), void *context);
/* True, and counted, when the session may have one more look-up under way. */
bool th_session_may_look_up(struct th_session *session);
size_t th_sessions_count(const struct th_sessions *sessions);

#endif
