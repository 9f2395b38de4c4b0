#include "collector/query/kept_arrivals.h"

#include <stdlib.h>
#include <string.h>

struct kept_arrival {
    int64_t received_at_us, complete_at_us;
    int32_t period;
    bool complete, empty, returned, approved, imported;
};

struct arrivals_of_district {
    struct kept_arrival *items;
    size_t count, capacity;
    int64_t first_enrolled_us;
};

struct kept_arrivals {
    struct th_kept base;
    int32_t first, last;
    struct arrivals_of_district *districts; /* by index */
    size_t district_count;
    size_t capacity; /* of all districts */
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (!memory)
        abort();
    return memory;
}

/* The key says it all. */
static bool serves(const struct th_kept *kept, const void *context)
{
    (void)kept;
    (void)context;
    return true;
}

struct request {
    const struct th_completeness *completeness;
};

static struct th_kept *make(const struct th_question *question, const void *context,
                            size_t bytes_max, size_t *needed)
{
    const struct request *request = context;
    size_t count = question->ids->catalogue->district_count;
    int32_t first, last;
    th_completeness_range(request->completeness, &first, &last);
    *needed = count * (sizeof(struct arrivals_of_district) +
                       ((size_t)(last - first) + 1) * sizeof(struct kept_arrival));
    if (*needed > bytes_max)
        return NULL;
    struct kept_arrivals *arrivals = allocate(1, sizeof(*arrivals));
    arrivals->first = first;
    arrivals->last = last;
    arrivals->district_count = count;
    arrivals->districts = allocate(count, sizeof(*arrivals->districts));
    return &arrivals->base;
}

/* The room is kept for the next. */
static void forget(struct th_kept *kept, const struct th_district *district)
{
    ((struct kept_arrivals *)kept)->districts[district->index].count = 0;
}

struct gathering {
    struct th_question *question;
    struct kept_arrivals *arrivals;
};

/* Most districts have as many base periods as all others, or nearly. */
static struct kept_arrival *add(struct kept_arrivals *arrivals, struct arrivals_of_district *to)
{
    if (to->count == to->capacity) {
        size_t whole = (size_t)(arrivals->last - arrivals->first) + 1;
        size_t capacity = to->capacity ? to->capacity * 2 : 12;
        capacity = capacity > whole && to->count < whole ? whole : capacity;
        to->items = realloc(to->items, capacity * sizeof(*to->items));
        if (!to->items)
            abort();
        arrivals->capacity += capacity - to->capacity;
        to->capacity = capacity;
    }
    return &to->items[to->count++];
}

static enum th_status gather(void *context, const struct th_district *district, int32_t period,
                             const struct th_arrival *arrival)
{
    struct gathering *gathering = context;
    struct arrivals_of_district *to = &gathering->arrivals->districts[district->index];
    *add(gathering->arrivals, to) = (struct kept_arrival){
        .received_at_us = arrival->received_at_us,
        .complete_at_us = arrival->complete_at_us,
        .period = period,
        .complete = arrival->complete,
        .empty = arrival->empty,
        .returned = arrival->returned,
        .approved = arrival->approved,
        .imported = arrival->imported,
    };
    to->first_enrolled_us = arrival->first_enrolled_us;
    return th_job_wanted(gathering->question->job) ? TH_OK : TH_PERMANENT;
}

/* An enrolment is an act about a district that its chain does not tell of. */
static enum th_status read_enrolled(struct kept_arrivals *arrivals, struct th_question *question,
                                    struct th_error *error)
{
    int64_t *first_us =
        th_arena_alloc(question->arena, (arrivals->district_count + 1) * sizeof(*first_us));
    enum th_status status =
        th_store_read_enrolled(question->store, arrivals->base.ids, first_us, error);
    for (size_t i = 0; i < arrivals->district_count && status == TH_OK; i++)
        arrivals->districts[i].first_enrolled_us = first_us[i];
    return status;
}

static enum th_status read_arrivals(struct th_kept *kept, struct th_question *question,
                                    const bool *districts, struct th_error *error)
{
    struct kept_arrivals *arrivals = (struct kept_arrivals *)kept;
    const struct th_form *form = &kept->ids->catalogue->forms[kept->key.form];
    struct gathering gathering = {question, arrivals};
    if (!districts)
        return th_store_read_arrivals(question->store, kept->ids, form, arrivals->first,
                                      arrivals->last, gather, &gathering, error);
    enum th_status status = TH_OK;
    if (kept->act != question->marks->act)
        status = read_enrolled(arrivals, question, error);
    if (status != TH_OK)
        return status;
    return th_store_read_arrivals_of(question->store, kept->ids, form, arrivals->first,
                                     arrivals->last, districts, gather, &gathering, error);
}

static size_t count_bytes(const struct th_kept *kept)
{
    const struct kept_arrivals *arrivals = (const struct kept_arrivals *)kept;
    return sizeof(*arrivals) + arrivals->district_count * sizeof(*arrivals->districts) +
           arrivals->capacity * sizeof(struct kept_arrival);
}

static void destroy(struct th_kept *kept)
{
    struct kept_arrivals *arrivals = (struct kept_arrivals *)kept;
    for (size_t i = 0; i < arrivals->district_count; i++)
        free(arrivals->districts[i].items);
    free(arrivals->districts);
    free(arrivals);
}

static const struct th_kept_kind kind = {serves, make, forget, read_arrivals, count_bytes, destroy};

/* ------------------------------------------------------------------- giving */

static void give(const struct kept_arrivals *arrivals, struct th_completeness *completeness)
{
    const struct th_catalogue *catalogue = arrivals->base.ids->catalogue;
    for (size_t i = 0; i < arrivals->district_count; i++) {
        const struct arrivals_of_district *of = &arrivals->districts[i];
        for (size_t j = 0; j < of->count; j++) {
            const struct kept_arrival *kept = &of->items[j];
            struct th_arrival arrival = {
                .complete = kept->complete,
                .empty = kept->empty,
                .returned = kept->returned,
                .approved = kept->approved,
                .imported = kept->imported,
                .received_at_us = kept->received_at_us,
                .complete_at_us = kept->complete_at_us,
                .first_enrolled_us = of->first_enrolled_us,
            };
            th_completeness_add(completeness, &catalogue->districts[i], kept->period, &arrival);
        }
    }
}

struct feeding {
    struct th_question *question;
    struct th_completeness *completeness;
};

static enum th_status feed(void *context, const struct th_district *district, int32_t period,
                           const struct th_arrival *arrival)
{
    struct feeding *feeding = context;
    th_completeness_add(feeding->completeness, district, period, arrival);
    return th_job_wanted(feeding->question->job) ? TH_OK : TH_PERMANENT;
}

enum th_status th_arrivals_add(struct th_question *question, const struct th_form *form,
                               const struct th_period *period, struct th_completeness *completeness,
                               struct th_error *error)
{
    struct th_shelf *shelf = question->service->shelf;
    struct request request = {completeness};
    struct feeding feeding = {question, completeness};
    struct th_kept *kept;
    struct th_kept_key key = {
        .kind = &kind, .form = form->index, .as_of_us = question->as_of_us, .states = true};
    memcpy(key.period, period->id, sizeof(key.period));
    enum th_status status = th_shelf_take(shelf, question, &key, &request, &kept, error);
    if (status != TH_OK)
        return status;
    if (kept) {
        give((const struct kept_arrivals *)kept, completeness);
        th_shelf_release(shelf, &kept);
        return TH_OK;
    }
    int32_t first, last;
    th_completeness_range(completeness, &first, &last);
    return th_store_read_arrivals(question->store, question->ids, form, first, last, feed, &feeding,
                                  error);
}
