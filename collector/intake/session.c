#include "collector/intake/session.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS           4096 /* a power of two */
#define LOOKUPS_A_SESSION 4

struct th_sessions {
    size_t count;
    struct th_session *buckets[BUCKETS];
};

struct th_sessions *th_sessions_create(void)
{
    struct th_sessions *sessions = calloc(1, sizeof *sessions);
    if (!sessions)
        abort();
    return sessions;
}

void th_sessions_destroy(struct th_sessions **sessions)
{
    if (!sessions || !*sessions)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct th_session *session = (*sessions)->buckets[i]; session;) {
            struct th_session *next = session->next;
            free(session);
            session = next;
        }
    free(*sessions);
    *sessions = NULL;
}

/* Enrolled keys are random points of a curve: two of their bytes are hash enough. */
static size_t bucket_of(const uint8_t peer_key[32])
{
    return (peer_key[0] | (size_t)peer_key[1] << 8) & (BUCKETS - 1);
}

struct th_session *th_sessions_get(struct th_sessions *sessions, const uint8_t peer_key[32])
{
    struct th_session **bucket = &sessions->buckets[bucket_of(peer_key)];
    for (struct th_session *session = *bucket; session; session = session->next)
        if (memcmp(session->peer_key, peer_key, sizeof session->peer_key) == 0)
            return session;
    struct th_session *session = calloc(1, sizeof *session);
    if (!session)
        abort();
    memcpy(session->peer_key, peer_key, sizeof session->peer_key);
    memcpy(session->language, "vi", 3);
    session->next = *bucket;
    *bucket = session;
    sessions->count++;
    return session;
}

void th_sessions_each(struct th_sessions *sessions,
                      void (*each)(void *context, struct th_session *session), void *context)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct th_session *session = sessions->buckets[i]; session; session = session->next)
            each(context, session);
}

bool th_session_may_look_up(struct th_session *session)
{
    if (session->waiting_lookups >= LOOKUPS_A_SESSION)
        return false;
    session->waiting_lookups++;
    return true;
}

size_t th_sessions_count(const struct th_sessions *sessions)
{
    return sessions->count;
}
