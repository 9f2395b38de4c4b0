/* A whole answer as of an instant, kept together with the catalogue that it was given
 * by: that may be an older one than the one in force. */
#ifndef TONGHOP_COMMISSION_KEPT_ANSWER_H
#define TONGHOP_COMMISSION_KEPT_ANSWER_H

#include "commission/cli/session.h"
#include "common/base/arena.h"
#include "common/render/table.h"

struct th_kept_answer {
    struct th_catalogue *catalogue;
    uint64_t catalogue_version;
    int64_t answered_at_us, horizon_us, as_of_us; /* as_of 0: the latest commit */
    Tonghop__V1__QueryPart **parts;               /* in order */
    size_t count, capacity;
};

/* Asks and keeps. TH_REJECTED: th_client_problems says why. Free it whatever the status. */
enum th_status th_kept_answer_get(struct th_session *session, Tonghop__V1__Query *query,
                                  struct th_kept_answer *answer,
                                  struct th_error *error) TH_MUST_USE;
void th_kept_answer_free(struct th_kept_answer *answer);

/* Members of JSON about what a restoration took back, which people are told beside the
 * result (th_session_close); none when nothing was. Every command that takes --as-of calls
 * it, and is told by its answers' heads. */
void th_cli_note_void(struct th_table *table, enum th_format format, struct th_void_span span,
                      struct th_arena *arena);

/* The same instant on the wire. */
const char *th_cli_instant(int64_t instant_us, struct th_arena *arena);

#endif
