#include "collector/query/figure_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"

/* One that takes more is not kept: it would push out all others. */
#define SHARE_OF_ONE 2

struct th_kept_figures {
    struct th_kept_figures *next;

    /* What it is of; set when made. */
    struct th_catalogue_ids *ids;
    size_t form;
    char period[TH_PERIOD_TEXT];
    bool by_period;
    int32_t day;    /* of the question: base periods begin and districts close by days */
    bool *criteria; /* by index; NULL: all */

    /* Under the cache's lock. */
    size_t users;
    uint64_t used; /* tick of the last use */
    size_t bytes;  /* as counted in the cache's sum */

    /* Given under its read lock, gathered under its write lock. */
    pthread_rwlock_t lock;
    struct th_consolidation *consolidation; /* NULL: nothing gathered */
    struct th_mark *marks;                  /* by district index: what it was gathered from */
};

struct th_figure_cache {
    pthread_mutex_t lock;
    size_t limit, bytes;
    uint64_t tick;
    struct th_kept_figures *first;
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

struct th_figure_cache *th_figure_cache_create(size_t bytes)
{
    struct th_figure_cache *cache = allocate(1, sizeof(*cache));
    cache->limit = bytes;
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static void destroy_kept(struct th_kept_figures *kept)
{
    th_consolidation_destroy(&kept->consolidation);
    th_catalogue_ids_release(&kept->ids);
    pthread_rwlock_destroy(&kept->lock);
    free(kept->criteria);
    free(kept->marks);
    free(kept);
}

void th_figure_cache_destroy(struct th_figure_cache **cache)
{
    if (!*cache)
        return;
    for (struct th_kept_figures *kept = (*cache)->first, *next; kept; kept = next) {
        next = kept->next;
        destroy_kept(kept);
    }
    pthread_mutex_destroy(&(*cache)->lock);
    free(*cache);
    *cache = NULL;
}

/* ------------------------------------------------------------------- finding */

static bool same_criteria(const struct th_kept_figures *kept, const bool *criteria)
{
    if (!kept->criteria || !criteria)
        return !kept->criteria; /* all of them serve every choice */
    size_t count = kept->ids->catalogue->forms[kept->form].criterion_count;
    return memcmp(kept->criteria, criteria, count * sizeof(*criteria)) == 0;
}

static bool serves(const struct th_kept_figures *kept, const struct th_question *question,
                   const struct th_consolidation_request *request)
{
    /* The same object: who is given figures compares its rows by address. */
    return kept->ids->catalogue == question->ids->catalogue && kept->form == request->form->index &&
           kept->by_period == request->by_period &&
           kept->day == th_clock_day_of_us(request->as_of_us) &&
           strcmp(kept->period, request->period.id) == 0 && same_criteria(kept, request->criteria);
}

/* Lets go of what was not used for longest until the rest fits. Under the cache's lock. */
static void make_room(struct th_figure_cache *cache)
{
    while (cache->bytes > cache->limit) {
        struct th_kept_figures **oldest = NULL;
        for (struct th_kept_figures **at = &cache->first; *at; at = &(*at)->next)
            if ((*at)->users == 0 && (!oldest || (*at)->used < (*oldest)->used))
                oldest = at;
        if (!oldest)
            return;
        struct th_kept_figures *kept = *oldest;
        *oldest = kept->next;
        cache->bytes -= kept->bytes;
        destroy_kept(kept);
    }
}

static bool *copy_flags(const bool *flags, size_t count)
{
    bool *copy = allocate(count, sizeof(*copy));
    memcpy(copy, flags, count * sizeof(*copy));
    return copy;
}

/* A place that is still empty, for all criteria if they can fit, else for those asked for;
 * NULL when not even they do. */
static struct th_kept_figures *make(const struct th_figure_cache *cache,
                                    struct th_question *question,
                                    const struct th_consolidation_request *request)
{
    struct th_consolidation_request whole = *request;
    struct th_consolidation *consolidation = NULL;
    whole.districts = NULL;
    whole.with_districts = whole.with_province = whole.members = true;
    const bool *choices[] = {NULL, request->criteria};
    for (size_t i = 0; i < 2 && !consolidation; i++) {
        if (i == 1 && !request->criteria)
            return NULL;
        whole.criteria = choices[i];
        consolidation = th_consolidation_create(&whole, NULL);
        if (consolidation &&
            th_consolidation_bytes_max(consolidation) > cache->limit / SHARE_OF_ONE)
            th_consolidation_destroy(&consolidation);
    }
    if (!consolidation)
        return NULL;
    struct th_kept_figures *kept = allocate(1, sizeof(*kept));
    kept->ids = th_catalogue_ids_retain(question->ids);
    kept->form = request->form->index;
    memcpy(kept->period, request->period.id, sizeof(kept->period));
    kept->by_period = request->by_period;
    kept->day = th_clock_day_of_us(request->as_of_us);
    if (whole.criteria)
        kept->criteria = copy_flags(whole.criteria, request->form->criterion_count);
    kept->consolidation = consolidation;
    kept->marks = allocate(question->ids->catalogue->district_count, sizeof(*kept->marks));
    pthread_rwlock_init(&kept->lock, NULL);
    return kept;
}

/* Whatever is of an older catalogue or day serves nobody any more, but ages by itself. */
static struct th_kept_figures *find(struct th_figure_cache *cache, struct th_question *question,
                                    const struct th_consolidation_request *request)
{
    pthread_mutex_lock(&cache->lock);
    struct th_kept_figures *kept = cache->first;
    while (kept && !serves(kept, question, request))
        kept = kept->next;
    if (!kept && (kept = make(cache, question, request))) {
        kept->bytes = th_consolidation_bytes(kept->consolidation);
        kept->next = cache->first;
        cache->first = kept;
        cache->bytes += kept->bytes;
    }
    if (kept) {
        kept->users++;
        kept->used = ++cache->tick;
    }
    pthread_mutex_unlock(&cache->lock);
    return kept;
}

static void let_go(struct th_figure_cache *cache, struct th_kept_figures *kept)
{
    pthread_mutex_lock(&cache->lock);
    kept->users--;
    make_room(cache);
    pthread_mutex_unlock(&cache->lock);
}

/* ----------------------------------------------------------------- gathering */

static int compare_marks(const struct th_mark *kept, const struct th_mark *now)
{
    if (kept->epoch != now->epoch)
        return kept->epoch < now->epoch ? -1 : 1;
    if (kept->sequence != now->sequence)
        return kept->sequence < now->sequence ? -1 : 1;
    return (kept->derivation > now->derivation) - (kept->derivation < now->derivation);
}

/* AHEAD when one district is: another question with a later snapshot was here. */
static enum standing compare(const struct th_kept_figures *kept, const struct th_mark *now,
                             bool *changed)
{
    enum standing standing = SAME;
    for (size_t i = 0; i < kept->ids->catalogue->district_count; i++) {
        int order = compare_marks(&kept->marks[i], &now[i]);
        if (order > 0)
            return AHEAD;
        if (changed)
            changed[i] = order < 0;
        if (order < 0)
            standing = BEHIND;
    }
    return standing;
}

struct gathering {
    struct th_question *question;
    struct th_consolidation *consolidation;
};

static enum th_status gather(void *context, const struct th_district *district, int32_t period,
                             const struct th_criterion *criterion, const struct th_cell *cell)
{
    struct gathering *gathering = context;
    th_consolidation_add(gathering->consolidation, district, period, criterion, cell);
    return th_job_wanted(gathering->question->job) ? TH_OK : TH_PERMANENT;
}

/* Forgets the flagged districts, whose marks become those of `now` (NULL: of nothing). */
static void forget(struct th_kept_figures *kept, const bool *flags, const struct th_mark *now)
{
    const struct th_catalogue *catalogue = kept->ids->catalogue;
    for (size_t i = 0; i < catalogue->district_count; i++) {
        if (!flags[i])
            continue;
        th_consolidation_forget(kept->consolidation, &catalogue->districts[i]);
        kept->marks[i] = now ? now[i] : (struct th_mark){0};
    }
}

/* Brings it to the state of the snapshot. When that fails in the middle, it is as if the
 * districts in question had never been gathered. Under the write lock. */
static enum th_status bring_up(struct th_kept_figures *kept, struct th_question *question,
                               const struct th_mark *now, bool *changed, struct th_error *error)
{
    size_t count = kept->ids->catalogue->district_count, many = 0;
    const struct th_form *form = &kept->ids->catalogue->forms[kept->form];
    struct gathering gathering = {question, kept->consolidation};
    enum th_status status;
    int32_t first, last;
    th_consolidation_range(kept->consolidation, &first, &last);
    for (size_t i = 0; i < count; i++)
        many += changed[i];
    /* One range of all districts is read faster than a range of each of most. */
    bool all = many > count / 2;
    if (all)
        memset(changed, true, count * sizeof(*changed));
    forget(kept, changed, now);
    if (all)
        status = th_store_read_cells(question->store, kept->ids, form, first, last, false, gather,
                                     &gathering, error);
    else
        status = th_store_read_cells_of(question->store, kept->ids, form, first, last, changed,
                                        gather, &gathering, error);
    if (status != TH_OK)
        forget(kept, changed, NULL);
    return status;
}

static void count_bytes(struct th_figure_cache *cache, struct th_kept_figures *kept)
{
    size_t bytes = th_consolidation_bytes(kept->consolidation);
    pthread_mutex_lock(&cache->lock);
    cache->bytes += bytes - kept->bytes;
    kept->bytes = bytes;
    make_room(cache);
    pthread_mutex_unlock(&cache->lock);
}

/* Leaves it locked for reading when *ready. One round is enough, unless a question with a
 * later snapshot comes between: then it is not ready. */
static enum th_status lock_as_of(struct th_figure_cache *cache, struct th_kept_figures *kept,
                                 struct th_question *question, const struct th_mark *now,
                                 bool *ready, struct th_error *error)
{
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
        count_bytes(cache, kept);
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

enum th_status th_figure_cache_take(struct th_figure_cache *cache, struct th_question *question,
                                    const struct th_consolidation_request *request,
                                    struct th_kept_figures **kept, struct th_error *error)
{
    bool ready = false;
    *kept = NULL;
    if (cache->limit == 0 || request->comparable)
        return TH_OK;
    struct th_kept_figures *found = find(cache, question, request);
    if (!found)
        return TH_OK;
    struct th_mark *now =
        th_arena_alloc(question->arena, (found->ids->catalogue->district_count + 1) * sizeof(*now));
    enum th_status status = th_store_read_marks(question->store, found->ids, now, error);
    if (status == TH_OK)
        status = lock_as_of(cache, found, question, now, &ready, error);
    if (ready)
        *kept = found;
    else
        let_go(cache, found);
    return status;
}

const struct th_consolidation *th_kept_figures_consolidation(const struct th_kept_figures *kept)
{
    return kept->consolidation;
}

void th_figure_cache_release(struct th_figure_cache *cache, struct th_kept_figures **kept)
{
    if (!*kept)
        return;
    pthread_rwlock_unlock(&(*kept)->lock);
    let_go(cache, *kept);
    *kept = NULL;
}
