/* What is kept between questions. Whatever was gathered for one form and period stands on
 * the shelf together with the ends of the districts' chains that it was gathered from. A later
 * question reads the ends of now in its own snapshot, gathers anew what has changed, district
 * by district, and answers from that: as fresh as if everything had been read, at the cost of
 * what came since. Nothing is written for it, and nothing but memory is lost with it.
 * Thread-safe. The kinds of what is kept: kept_figures.h, kept_arrivals.h. */
#ifndef TONGHOP_COLLECTOR_SHELF_H
#define TONGHOP_COLLECTOR_SHELF_H

#include <pthread.h>

#include "collector/query/answer.h"

/* At most `bytes` are kept, what is in use apart; 0: nothing is. */
struct th_shelf *th_shelf_create(size_t bytes);
void th_shelf_destroy(struct th_shelf **shelf);

struct th_kept_kind;

/* What is kept is of one of these. */
struct th_kept_key {
    const struct th_kept_kind *kind;
    size_t form; /* its index in the question's catalogue */
    char period[TH_PERIOD_TEXT];
    int64_t as_of_us; /* 0: the latest commit. The past changes only by a repair or a restoration */
    bool states;      /* depends on the states of reports or the enrolments of districts: follows
                         the province's chain too */
    bool approved_only, by_period;
    int32_t day; /* of the question, for what depends on it; else 0 */
};

/* The first member of every kind. */
struct th_kept {
    struct th_kept_key key;
    struct th_catalogue_ids *ids;

    /* The shelf's own, under its lock. */
    struct th_kept *next;
    size_t users;
    uint64_t used; /* tick of the last use */
    size_t bytes;  /* as counted in the shelf's sum */

    /* Given under its read lock, gathered under its write lock. */
    pthread_rwlock_t lock;
    struct th_mark *marks; /* by district index: what it was gathered from */
    uint64_t act;          /* likewise, when key.states */
};

struct th_kept_kind {
    /* Whether one with the same key also holds what this request needs. */
    bool (*serves)(const struct th_kept *kept, const void *request);
    /* An empty one, key and ids apart; NULL when what it would come to hold is more than
     * `bytes_max`. *needed receives how much that is. */
    struct th_kept *(*make)(const struct th_question *question, const void *request,
                            size_t bytes_max, size_t *needed);
    void (*forget)(struct th_kept *kept, const struct th_district *district);
    /* Adds what the question's snapshot has of the flagged districts (NULL: of all), none of
     * which is there. kept->act is not moved yet. */
    enum th_status (*read)(struct th_kept *kept, struct th_question *question,
                           const bool *districts, struct th_error *error);
    size_t (*bytes)(const struct th_kept *kept);
    void (*destroy)(struct th_kept *kept);
};

/* What stands under the key, as of the question's snapshot, which has to be open. *kept is
 * NULL when the caller has to read for itself: too large, of a catalogue that is no longer
 * in force, or in another question's hands in another state. Held (and unchanged) until it
 * is released. */
enum th_status th_shelf_take(struct th_shelf *shelf, struct th_question *question,
                             const struct th_kept_key *key, const void *request,
                             struct th_kept **kept, struct th_error *error) TH_MUST_USE;
void th_shelf_release(struct th_shelf *shelf, struct th_kept **kept);

#endif
