#include "collector/shared_state.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"

struct th_shared_state {
    pthread_rwlock_t lock;
    bool known;              /* something was read */
    uint64_t event_sequence; /* that the rest belongs to */
    uint64_t version;
    struct th_enrolment *enrolments; /* sorted by public key */
    size_t enrolment_count;
    struct th_catalogue_ids *catalogue;
    struct th_arena *announcement_arena; /* owns what follows */
    struct th_announcement *announcements;
    size_t announcement_count;
    atomic_ullong looks;
    atomic_bool look_wanted;
};

struct th_shared_state *th_shared_state_create(void)
{
    struct th_shared_state *state = calloc(1, sizeof *state);
    if (!state)
        abort();
    pthread_rwlock_init(&state->lock, NULL);
    return state;
}

void th_shared_state_destroy(struct th_shared_state **state)
{
    if (!state || !*state)
        return;
    th_catalogue_ids_release(&(*state)->catalogue);
    th_arena_destroy(&(*state)->announcement_arena);
    free((*state)->enrolments);
    pthread_rwlock_destroy(&(*state)->lock);
    free(*state);
    *state = NULL;
}

static int by_key(const void *left, const void *right)
{
    const struct th_enrolment *a = left, *b = right;
    return memcmp(a->public_key, b->public_key, sizeof a->public_key);
}

/* The catalogue that is known, when it is of this version; with a reference. */
static struct th_catalogue *known_catalogue(struct th_shared_state *state, uint64_t version)
{
    struct th_catalogue *catalogue = NULL;
    pthread_rwlock_rdlock(&state->lock);
    if (state->catalogue && state->catalogue->catalogue->version == version)
        catalogue = th_catalogue_retain(state->catalogue->catalogue);
    pthread_rwlock_unlock(&state->lock);
    return catalogue;
}

/* The catalogue in force with its ids; NULL in *ids when there is none. One that did not
 * change stays the same object: what others keep by it stays valid, and most acts are about
 * other things. */
static enum th_status load_catalogue(struct th_shared_state *state, struct th_store *store,
                                     struct th_catalogue_ids **ids, struct th_error *error)
{
    uint64_t version = 0;
    *ids = NULL;
    enum th_status status = th_store_catalogue_version(store, &version, error);
    if (status != TH_OK || version == 0)
        return status;
    struct th_catalogue *catalogue = known_catalogue(state, version);
    if (!catalogue)
        status = th_store_load_catalogue(store, version, &catalogue, error);
    if (status == TH_OK)
        status = th_store_load_ids(store, catalogue, ids, error);
    th_catalogue_release(&catalogue);
    return status;
}

enum th_status th_shared_state_refresh(struct th_shared_state *state, struct th_store *store,
                                       bool force, struct th_error *error)
{
    uint64_t sequence = 0;
    atomic_store(&state->look_wanted, false);
    enum th_status status = th_store_event_sequence(store, &sequence, error);
    if (status != TH_OK)
        return status;
    pthread_rwlock_rdlock(&state->lock);
    bool fresh = state->known && state->event_sequence == sequence && !force;
    pthread_rwlock_unlock(&state->lock);
    if (fresh) {
        atomic_fetch_add(&state->looks, 1);
        return TH_OK;
    }

    /* The sequence was read first: an act that commits meanwhile is seen at the next
     * refresh at the latest. */
    struct th_enrolment *enrolments = NULL;
    size_t count = 0;
    struct th_catalogue_ids *catalogue = NULL;
    struct th_arena *arena = th_arena_create(0);
    struct th_announcement *announcements = NULL;
    size_t announcement_count = 0;
    status = th_store_list_enrolments(store, &enrolments, &count, error);
    if (status == TH_OK)
        status = th_store_announcements(store, TH_ANNOUNCEMENTS_TOLD, arena, &announcements,
                                        &announcement_count, error);
    if (status == TH_OK)
        status = load_catalogue(state, store, &catalogue, error);
    if (status != TH_OK) {
        free(enrolments);
        th_arena_destroy(&arena);
        return status;
    }
    if (count > 0)
        qsort(enrolments, count, sizeof *enrolments, by_key);

    pthread_rwlock_wrlock(&state->lock);
    struct th_enrolment *old_enrolments = state->enrolments;
    struct th_catalogue_ids *old_catalogue = state->catalogue;
    struct th_arena *old_arena = state->announcement_arena;
    state->announcement_arena = arena;
    state->announcements = announcements;
    state->announcement_count = announcement_count;
    state->enrolments = enrolments;
    state->enrolment_count = count;
    state->catalogue = catalogue;
    state->event_sequence = sequence;
    state->known = true;
    state->version++;
    pthread_rwlock_unlock(&state->lock);

    th_log(TH_LOG_INFO, "state.refreshed events=%llu keys=%zu catalogue=%llu",
           (unsigned long long)sequence, count,
           catalogue ? (unsigned long long)catalogue->catalogue->version : 0ULL);
    free(old_enrolments);
    th_catalogue_ids_release(&old_catalogue);
    th_arena_destroy(&old_arena);
    atomic_fetch_add(&state->looks, 1);
    return TH_OK;
}

enum th_admission th_shared_state_admit(struct th_shared_state *state, const uint8_t public_key[32],
                                        struct th_enrolment *enrolment)
{
    struct th_enrolment wanted;
    memcpy(wanted.public_key, public_key, sizeof wanted.public_key);
    enum th_admission admission = TH_UNKNOWN_KEY;
    pthread_rwlock_rdlock(&state->lock);
    if (!state->known) {
        admission = TH_KEYS_UNAVAILABLE;
    } else if (state->enrolment_count > 0) {
        const struct th_enrolment *found =
            bsearch(&wanted, state->enrolments, state->enrolment_count, sizeof wanted, by_key);
        if (found) {
            admission = found->revoked_at_us != 0 ? TH_REVOKED_KEY : TH_ADMITTED;
            if (enrolment)
                *enrolment = *found;
        }
    }
    pthread_rwlock_unlock(&state->lock);
    return admission;
}

struct th_catalogue_ids *th_shared_state_catalogue(struct th_shared_state *state)
{
    pthread_rwlock_rdlock(&state->lock);
    struct th_catalogue_ids *catalogue =
        state->catalogue ? th_catalogue_ids_retain(state->catalogue) : NULL;
    pthread_rwlock_unlock(&state->lock);
    return catalogue;
}

int64_t th_shared_state_announced_us(struct th_shared_state *state)
{
    pthread_rwlock_rdlock(&state->lock);
    size_t count = state->announcement_count;
    int64_t announced_us = count > 0 ? state->announcements[count - 1].announced_us : 0;
    pthread_rwlock_unlock(&state->lock);
    return announced_us;
}

struct th_announcement *th_shared_state_announcements(struct th_shared_state *state,
                                                      int64_t after_us, struct th_arena *arena,
                                                      size_t *count)
{
    *count = 0;
    pthread_rwlock_rdlock(&state->lock);
    size_t first = 0, all = state->announcement_count;
    while (first < all && state->announcements[first].announced_us <= after_us)
        first++;
    struct th_announcement *copies =
        first < all ? th_arena_copy(arena, &state->announcements[first],
                                    (all - first) * sizeof(*state->announcements))
                    : NULL;
    for (size_t i = 0; copies && i < all - first; i++) {
        struct th_slice *content = &copies[i].content;
        content->bytes = th_arena_copy(arena, content->bytes, content->size);
        if (!content->bytes)
            break;
        (*count)++;
    }
    pthread_rwlock_unlock(&state->lock);
    return copies;
}

uint64_t th_shared_state_version(struct th_shared_state *state)
{
    pthread_rwlock_rdlock(&state->lock);
    uint64_t version = state->version;
    pthread_rwlock_unlock(&state->lock);
    return version;
}

uint64_t th_shared_state_events(struct th_shared_state *state)
{
    pthread_rwlock_rdlock(&state->lock);
    uint64_t sequence = state->event_sequence;
    pthread_rwlock_unlock(&state->lock);
    return sequence;
}

uint64_t th_shared_state_looks(struct th_shared_state *state)
{
    return atomic_load(&state->looks);
}

void th_shared_state_want_look(struct th_shared_state *state)
{
    atomic_store(&state->look_wanted, true);
}

bool th_shared_state_look_wanted(struct th_shared_state *state)
{
    return atomic_load(&state->look_wanted);
}
