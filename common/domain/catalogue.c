#include "common/domain/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/domain/catalogue_private.h"

struct slot {
    const char *code; /* NULL: free */
    uint32_t size, index;
};

struct th_codes {
    size_t mask; /* number of slots - 1, a power of two at least twice the codes */
    struct slot slots[];
};

struct th_codes *th_codes_create(struct th_arena *arena, size_t capacity)
{
    size_t slots = 4;
    while (slots < capacity * 2)
        slots *= 2;
    struct th_codes *codes = th_arena_alloc(arena, sizeof *codes + slots * sizeof(struct slot));
    codes->mask = slots - 1;
    return codes;
}

/* The slot that holds `code`, or the free one where it would go (FNV-1a). */
static size_t slot_of(const struct th_codes *codes, struct th_slice code)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < code.size; i++)
        hash = (hash ^ (uint8_t)code.bytes[i]) * 16777619u;
    size_t at = (hash ^ hash >> 15) & codes->mask;
    for (;; at = (at + 1) & codes->mask) {
        const struct slot *slot = &codes->slots[at];
        if (!slot->code ||
            (slot->size == code.size && memcmp(slot->code, code.bytes, code.size) == 0))
            return at;
    }
}

bool th_codes_add(struct th_codes *codes, const char *code, size_t index)
{
    struct th_slice slice = th_slice_of(code);
    struct slot *slot = &codes->slots[slot_of(codes, slice)];
    if (slot->code)
        return false;
    *slot = (struct slot){code, (uint32_t)slice.size, (uint32_t)index};
    return true;
}

bool th_codes_find(const struct th_codes *codes, struct th_slice code, size_t *index)
{
    if (!codes || code.size == 0)
        return false;
    const struct slot *slot = &codes->slots[slot_of(codes, code)];
    if (!slot->code)
        return false;
    *index = slot->index;
    return true;
}

static const struct th_catalogue_store *store_of(const struct th_catalogue *catalogue)
{
    return (const struct th_catalogue_store *)catalogue;
}

struct th_catalogue *th_catalogue_retain(const struct th_catalogue *catalogue)
{
    /* The count and the owner's version field are the only parts that change. */
    struct th_catalogue_store *store = (struct th_catalogue_store *)catalogue;
    atomic_fetch_add_explicit(&store->references, 1, memory_order_relaxed);
    return &store->shown;
}

void th_catalogue_release(struct th_catalogue **catalogue)
{
    if (!catalogue || !*catalogue)
        return;
    struct th_catalogue_store *store = (struct th_catalogue_store *)*catalogue;
    *catalogue = NULL;
    if (atomic_fetch_sub_explicit(&store->references, 1, memory_order_acq_rel) == 1) {
        struct th_arena *arena = store->arena;
        th_arena_destroy(&arena);
    }
}

const struct th_district *th_catalogue_district(const struct th_catalogue *catalogue,
                                                struct th_slice code)
{
    size_t index;
    if (!th_codes_find(store_of(catalogue)->districts, code, &index))
        return NULL;
    return &catalogue->districts[index];
}

const struct th_form *th_catalogue_form(const struct th_catalogue *catalogue, struct th_slice code)
{
    size_t index;
    if (!th_codes_find(store_of(catalogue)->forms, code, &index))
        return NULL;
    return &catalogue->forms[index];
}

const struct th_criterion *th_form_criterion(const struct th_form *form, struct th_slice code)
{
    size_t index;
    return th_codes_find(form->by_code, code, &index) ? &form->criteria[index] : NULL;
}

const struct th_choice *th_criterion_choice(const struct th_criterion *criterion,
                                            struct th_slice value)
{
    size_t index;
    return th_codes_find(criterion->by_value, value, &index) ? &criterion->choices[index] : NULL;
}

static int compare_code(struct th_slice code, const char *with)
{
    size_t size = strlen(with);
    int order = memcmp(code.bytes, with, code.size < size ? code.size : size);
    return order != 0 ? order : (code.size > size) - (code.size < size);
}

const struct th_commune *th_catalogue_commune(const struct th_catalogue *catalogue,
                                              struct th_slice code, int32_t day)
{
    if (code.size == 0)
        return NULL;
    /* The last row of the code that had opened by then: its intervals do not overlap. */
    size_t low = 0, high = catalogue->commune_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct th_commune *commune = &catalogue->communes[middle];
        int order = compare_code(code, commune->code);
        if (order > 0 || (order == 0 && commune->interval.opened <= day))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct th_commune *found = &catalogue->communes[low - 1];
    if (compare_code(code, found->code) != 0 || !th_interval_has(found->interval, day))
        return NULL;
    return found;
}

bool th_interval_has(struct th_interval interval, int32_t day)
{
    return interval.opened <= day && day <= interval.closed;
}

static const struct th_opening *opening_on(const struct th_district *district, int32_t day)
{
    size_t low = 0, high = district->opening_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (district->openings[middle].interval.opened <= day)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || !th_interval_has(district->openings[low - 1].interval, day))
        return NULL;
    return &district->openings[low - 1];
}

bool th_district_is_open(const struct th_district *district, int32_t day)
{
    return opening_on(district, day) != NULL;
}

int32_t th_district_communes(const struct th_catalogue *catalogue,
                             const struct th_district *district, int32_t day)
{
    const struct th_opening *opening = opening_on(district, day);
    if (!opening || opening->communes >= 0)
        return opening ? opening->communes : -1;
    const struct th_catalogue_store *store = store_of(catalogue);
    int32_t listed = 0;
    for (uint32_t i = store->commune_start[district->index];
         i < store->commune_start[district->index + 1]; i++)
        listed += th_interval_has(catalogue->communes[store->commune_order[i]].interval, day);
    /* A list that names no commune of that day says nothing about their number. */
    return listed > 0 ? listed : -1;
}

const char *th_kind_name(enum th_kind kind)
{
    return (unsigned)kind <= TH_KIND_TEXT ? th_kind_words[kind] : "";
}

const char *th_time_agg_name(enum th_time_agg agg)
{
    return (unsigned)agg <= TH_TIME_LISTED ? th_time_agg_words[agg] : "";
}

const char *th_district_agg_name(enum th_district_agg agg)
{
    return (unsigned)agg <= TH_DISTRICT_LISTED ? th_district_agg_words[agg] : "";
}

const char *th_name_in(struct th_name name, const char *language)
{
    return strcmp(language, "en") == 0 ? name.en : name.vi;
}

void th_fault_list_free(struct th_fault_list *list)
{
    free(list->faults);
    *list = (struct th_fault_list){0};
}
