/* What a district is told of the province's acts about it (SEMANTICS 8): approvals,
 * returns, reopenings, exceptions. Ids as th_notice_id makes them, so that those of acts that a
 * restoration took back are never given to others. */
#ifndef TONGHOP_COLLECTOR_NOTICES_H
#define TONGHOP_COLLECTOR_NOTICES_H

#include "collector/store/store.h"

struct th_notice_comment {
    const char *criterion, *text;
};

/* Texts live in the arena. */
struct th_stored_notice {
    uint64_t id;
    const char *kind, *form, *period;
    uint32_t revision; /* 0: not about one */
    const char *text;
    int64_t at_us, until_us; /* until 0: not told */
    struct th_notice_comment *comments;
    size_t comment_count;
};

/* Records that the office holds every notice up to `after` (0: none; an id), then gives those
 * after it, oldest first, at most `limit`. Where the acts up to `after` were taken back by a
 * restoration, what was done since comes after it. */
enum th_status th_store_notices(struct th_store *store, int32_t district_id, uint64_t after,
                                size_t limit, struct th_arena *arena,
                                struct th_stored_notice **notices, size_t *count,
                                struct th_error *error) TH_MUST_USE;

/* Districts that the acts after `after` up to `last` are about, ascending, in the arena. */
enum th_status th_store_notice_districts(struct th_store *store, uint64_t after, uint64_t last,
                                         struct th_arena *arena, int32_t **district_ids,
                                         size_t *count, struct th_error *error) TH_MUST_USE;

#endif
