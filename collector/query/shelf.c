#include "collector/query/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "collector/store/notices.h"

/* One that takes more is not kept: it would push out all others. */
#define SHARE_OF_ONE 2

struct th_shelf {
    pthread_mutex_t lock;
    size_t limit, bytes;
    uint64_t tick;
    struct th_kept *first;
    struct th_log_gate gate; /* of what is too large */
};

/* How the state that was gathered stands to that of a snapshot. */
enum standing { SAME, BEHIND, AHEAD };

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (!memory)
        abort();
    return memory;
}

struct th_shelf *th_shelf_create(size_t bytes)
{
    struct th_shelf *shelf = allocate(1, sizeof(*shelf));
    shelf->limit = bytes;
    pthread_mutex_init(&shelf->lock, NULL);
    return shelf;
}

static void destroy_kept(struct th_kept *kept)
{
    th_catalogue_ids_release(&kept->ids);
    pthread_rwlock_destroy(&kept->lock);
    free(kept->marks);
    kept->key.kind->destroy(kept);
}

void th_shelf_destroy(struct th_shelf **shelf)
{
    if (!*shelf)
        return;
    for (struct th_kept *kept = (*shelf)->first, *next; kept; kept = next) {
        next = kept->next;
        destroy_kept(kept);
    }
    pthread_mutex_destroy(&(*shelf)->lock);
    free(*shelf);
    *shelf = NULL;
}

/* ------------------------------------------------------------------- finding */

static bool same_key(const struct th_kept_key *one, const struct th_kept_key *other)
{
    return one->kind == other->kind && one->form == other->form &&
           strcmp(one->period, other->period) == 0 && one->as_of_us == other->as_of_us &&
           one->states == other->states && one->approved_only == other->approved_only &&
           one->by_period == other->by_period && one->day == other->day;
}

/* Lets go of what was not used for longest until the rest fits. Under the shelf's lock. */
static void make_room(struct th_shelf *shelf)
{
    while (shelf->bytes > shelf->limit) {
        struct th_kept **oldest = NULL;
        for (struct th_kept **at = &shelf->first; *at; at = &(*at)->next)
            if ((*at)->users == 0 && (!oldest || (*at)->used < (*oldest)->used))
                oldest = at;
        if (!oldest)
            return;
        struct th_kept *kept = *oldest;
        *oldest = kept->next;
        shelf->bytes -= kept->bytes;
        destroy_kept(kept);
    }
}

static size_t bytes_of(const struct th_kept *kept)
{
    return kept->key.kind->bytes(kept) +
           kept->ids->catalogue->district_count * sizeof(*kept->marks);
}

/* A place that is still empty; NULL when what is asked for would not fit. */
static struct th_kept *make(struct th_shelf *shelf, struct th_question *question,
                            const struct th_kept_key *key, const void *request)
{
    size_t needed = 0;
    struct th_kept *kept = key->kind->make(question, request, shelf->limit / SHARE_OF_ONE, &needed);
    if (!kept) {
        if (needed > 0 && th_log_gate_open(&shelf->gate, NULL))
            th_log(TH_LOG_INFO, "query.not_kept form=%s period=%s query_cache_mb_needed=%zu",
                   question->form, key->period, ((needed * SHARE_OF_ONE) >> 20) + 1);
        return NULL;
    }
    kept->key = *key;
    kept->ids = th_catalogue_ids_retain(question->ids);
    kept->marks = allocate(question->ids->catalogue->district_count, sizeof(*kept->marks));
    pthread_rwlock_init(&kept->lock, NULL);
    kept->bytes = bytes_of(kept);
    kept->next = shelf->first;
    shelf->first = kept;
    shelf->bytes += kept->bytes;
    return kept;
}

/* Whatever is of an older catalogue or day serves nobody any more, but ages by itself. */
static struct th_kept *find(struct th_shelf *shelf, struct th_question *question,
                            const struct th_kept_key *key, const void *request)
{
    pthread_mutex_lock(&shelf->lock);
    struct th_kept *kept = shelf->first;
    /* The same object: who is given figures compares its rows by address. */
    while (kept && !(kept->ids->catalogue == question->ids->catalogue &&
                     same_key(&kept->key, key) && key->kind->serves(kept, request)))
        kept = kept->next;
    if (!kept)
        kept = make(shelf, question, key, request);
    if (kept) {
        kept->users++;
        kept->used = ++shelf->tick;
    }
    pthread_mutex_unlock(&shelf->lock);
    return kept;
}

static void let_go(struct th_shelf *shelf, struct th_kept *kept)
{
    pthread_mutex_lock(&shelf->lock);
    kept->users--;
    make_room(shelf);
    pthread_mutex_unlock(&shelf->lock);
}

/* ----------------------------------------------------------------- gathering */

/* As of an instant that lies below the horizon nothing is accepted any more. */
static int compare_marks(const struct th_kept_key *key, const struct th_mark *kept,
                         const struct th_mark *now)
{
    if (kept->epoch != now->epoch)
        return kept->epoch < now->epoch ? -1 : 1;
    if (!key->as_of_us && kept->sequence != now->sequence)
        return kept->sequence < now->sequence ? -1 : 1;
    return (kept->derivation > now->derivation) - (kept->derivation < now->derivation);
}

static bool follows_acts(const struct th_kept *kept)
{
    return kept->key.states && !kept->key.as_of_us;
}

/* AHEAD when one district is: another question with a later snapshot was here. */
static enum standing compare(const struct th_kept *kept, const struct th_marks *now, bool *changed)
{
    enum standing standing = SAME;
    for (size_t i = 0; i < kept->ids->catalogue->district_count; i++) {
        int order = compare_marks(&kept->key, &kept->marks[i], &now->districts[i]);
        if (order > 0)
            return AHEAD;
        if (changed)
            changed[i] = order < 0;
        if (order < 0)
            standing = BEHIND;
    }
    if (!follows_acts(kept) || kept->act == now->act)
        return standing;
    return kept->act > now->act ? AHEAD : BEHIND;
}

/* Forgets the flagged districts, whose marks become those of `now` (NULL: of nothing). */
static void forget(struct th_kept *kept, const bool *flags, const struct th_mark *now)
{
    const struct th_catalogue *catalogue = kept->ids->catalogue;
    for (size_t i = 0; i < catalogue->district_count; i++) {
        if (!flags[i])
            continue;
        kept->key.kind->forget(kept, &catalogue->districts[i]);
        kept->marks[i] = now ? now[i] : (struct th_mark){0};
    }
}

/* Flags also the districts that acts were about since then. */
static enum th_status add_acted(const struct th_kept *kept, struct th_question *question,
                                const struct th_marks *now, bool *changed, struct th_error *error)
{
    const struct th_catalogue_ids *ids = kept->ids;
    int32_t *acted = NULL;
    size_t count = 0;
    if (!follows_acts(kept) || kept->act == now->act)
        return TH_OK;
    enum th_status status = th_store_notice_districts(question->store, kept->act, now->act,
                                                      question->arena, &acted, &count, error);
    if (status == TH_OK && !acted)
        return th_error_set(error, TH_PERMANENT, "no memory for the districts of %zu acts",
                            (size_t)(now->act - kept->act));
    for (size_t i = 0; i < count; i++) {
        const struct th_district *district = th_catalogue_ids_district(ids, acted[i]);
        if (district)
            changed[district->index] = true;
    }
    return status;
}

/* Brings it to the state of the snapshot. When that fails in the middle, it is as if the
 * districts in question had never been gathered. Under the write lock. */
static enum th_status bring_up(struct th_kept *kept, struct th_question *question,
                               const struct th_marks *now, bool *changed, struct th_error *error)
{
    size_t count = kept->ids->catalogue->district_count, many = 0;
    for (size_t i = 0; i < count; i++)
        many += changed[i];
    /* One range of all districts is read faster than a range of each of most; and as of an
     * instant nothing changes but by repairs. */
    bool all = many > count / 2 || kept->key.as_of_us;
    enum th_status status = TH_OK;
    if (!all)
        status = add_acted(kept, question, now, changed, error);
    if (status != TH_OK)
        return status;
    if (all)
        memset(changed, true, count * sizeof(*changed));
    forget(kept, changed, now->districts);
    status = kept->key.kind->read(kept, question, all ? NULL : changed, error);
    if (status == TH_OK)
        kept->act = now->act;
    else
        forget(kept, changed, NULL);
    return status;
}

static void count_bytes(struct th_shelf *shelf, struct th_kept *kept)
{
    size_t bytes = bytes_of(kept);
    pthread_mutex_lock(&shelf->lock);
    shelf->bytes += bytes - kept->bytes;
    kept->bytes = bytes;
    make_room(shelf);
    pthread_mutex_unlock(&shelf->lock);
}

/* Leaves it locked for reading when *ready. One round is enough, unless a question with a
 * later snapshot comes between: then it is not ready. */
static enum th_status lock_as_of(struct th_shelf *shelf, struct th_kept *kept,
                                 struct th_question *question, bool *ready, struct th_error *error)
{
    const struct th_marks *now = question->marks;
    bool *changed = th_arena_alloc(question->arena, kept->ids->catalogue->district_count + 1);
    *ready = false;
    pthread_rwlock_rdlock(&kept->lock);
    enum standing standing = compare(kept, now, NULL);
    if (standing == SAME) {
        *ready = true;
        return TH_OK;
    }
    pthread_rwlock_unlock(&kept->lock);
    /* Somebody gives from it, or gathers: we do not wait for their client. */
    if (standing == AHEAD || pthread_rwlock_trywrlock(&kept->lock) != 0)
        return TH_OK;
    enum th_status status = TH_OK;
    if (compare(kept, now, changed) == BEHIND) {
        status = bring_up(kept, question, now, changed, error);
        count_bytes(shelf, kept);
    }
    pthread_rwlock_unlock(&kept->lock);
    if (status != TH_OK)
        return status;
    pthread_rwlock_rdlock(&kept->lock);
    *ready = compare(kept, now, NULL) == SAME;
    if (!*ready)
        pthread_rwlock_unlock(&kept->lock);
    return TH_OK;
}

/* Once a snapshot, whatever is taken. */
static enum th_status read_marks(struct th_question *question, struct th_error *error)
{
    if (question->marks)
        return TH_OK;
    size_t count = question->ids->catalogue->district_count;
    struct th_marks *marks = th_arena_alloc(question->arena, sizeof(*marks));
    marks->districts = th_arena_alloc(question->arena, (count + 1) * sizeof(*marks->districts));
    enum th_status status =
        th_store_read_marks(question->store, question->ids, marks->districts, &marks->act, error);
    if (status == TH_OK)
        question->marks = marks;
    return status;
}

/* An older catalogue is another object whenever a worker loads it. */
static bool is_in_force(const struct th_question *question)
{
    struct th_catalogue_ids *shared = th_shared_state_catalogue(question->service->state);
    bool in_force = shared && shared->catalogue == question->ids->catalogue;
    th_catalogue_ids_release(&shared);
    return in_force;
}

enum th_status th_shelf_take(struct th_shelf *shelf, struct th_question *question,
                             const struct th_kept_key *key, const void *request,
                             struct th_kept **kept, struct th_error *error)
{
    bool ready = false;
    *kept = NULL;
    if (shelf->limit == 0 || !is_in_force(question))
        return TH_OK;
    struct th_kept *found = find(shelf, question, key, request);
    if (!found)
        return TH_OK;
    enum th_status status = read_marks(question, error);
    if (status == TH_OK)
        status = lock_as_of(shelf, found, question, &ready, error);
    if (ready)
        *kept = found;
    else
        let_go(shelf, found);
    return status;
}

void th_shelf_release(struct th_shelf *shelf, struct th_kept **kept)
{
    if (!*kept)
        return;
    pthread_rwlock_unlock(&(*kept)->lock);
    let_go(shelf, *kept);
    *kept = NULL;
}
