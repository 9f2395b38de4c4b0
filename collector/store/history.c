#include "collector/store/history.h"

#include <stdlib.h>
#include <string.h>

#include "common/domain/validate.h"

#define ROWS_FIRST 4
#define ROWS_MOST  192 /* of a window, between batches: corrections stay within what is known */
#define WINDOWS    2   /* likewise, of a district and form: the newest, and where one corrects */
#define NO_SLOT    UINT32_MAX
#define NO_VALUE   UINT8_MAX

/* Where the numbers of a form's criteria stand in a row: a ratio has two slots. */
struct slots {
    uint32_t *of_criterion; /* by index; NO_SLOT: it carries no number */
    size_t criterion_count, count;
};

struct th_window {
    struct th_window *next;          /* of the same district and form, last used first */
    struct th_window *newer, *older; /* of all, by last use */
    struct th_history *history;
    const struct slots *slots;
    int32_t district_id;
    size_t form;
    bool complete; /* nothing comes before the first row */
    int32_t until; /* everything before it, from the first row on, is here */
    size_t count, capacity, current;
    int32_t *periods; /* ascending */
    int64_t *values;  /* a row of slots a period */
    uint8_t *scales;  /* likewise; NO_VALUE: none */
};

struct district {
    struct th_mark mark;
    struct th_window **forms; /* by index; NULL: nothing is known */
};

struct th_history {
    size_t limit, used;
    uint64_t version;
    struct slots *slots; /* by form index */
    size_t form_count;
    struct district *districts; /* by id */
    size_t district_count;
    struct th_window *newest, *oldest;
};

static void *need(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

struct th_history *th_history_create(size_t limit)
{
    struct th_history *history = need(calloc(1, sizeof(*history)));
    history->limit = limit;
    return history;
}

/* ------------------------------------------------------------------ windows */

static size_t row_bytes(const struct th_window *window)
{
    return sizeof(int32_t) + window->slots->count * (sizeof(int64_t) + sizeof(uint8_t));
}

static void unlink_use(struct th_window *window)
{
    struct th_history *history = window->history;
    *(window->newer ? &window->newer->older : &history->newest) = window->older;
    *(window->older ? &window->older->newer : &history->oldest) = window->newer;
    window->newer = window->older = NULL;
}

static void link_newest(struct th_window *window)
{
    struct th_history *history = window->history;
    window->older = history->newest;
    *(history->newest ? &history->newest->newer : &history->oldest) = window;
    history->newest = window;
}

static struct th_window **list_of(struct th_history *history, int32_t district_id, size_t form)
{
    struct district *district =
        (size_t)district_id < history->district_count ? &history->districts[district_id] : NULL;
    return district && district->forms ? &district->forms[form] : NULL;
}

/* Of a window that is no longer among those by last use. */
static void discard(struct th_history *history, struct th_window *window)
{
    struct th_window **at = list_of(history, window->district_id, window->form);
    while (*at != window)
        at = &(*at)->next;
    *at = window->next;
    history->used -= sizeof(*window) + window->capacity * row_bytes(window);
    free(window->periods);
    free(window->values);
    free(window->scales);
    free(window);
}

static void drop(struct th_window *window)
{
    unlink_use(window);
    discard(window->history, window);
}

static struct th_window *take_oldest(struct th_history *history)
{
    struct th_window *window = history->oldest;
    history->oldest = window->newer;
    *(window->newer ? &window->newer->older : &history->newest) = NULL;
    window->newer = NULL;
    return window;
}

static void resize(struct th_window *window, size_t capacity)
{
    size_t slots = window->slots->count;
    window->periods = need(realloc(window->periods, capacity * sizeof(*window->periods)));
    window->values = need(realloc(window->values, capacity * slots * sizeof(*window->values)));
    window->scales = need(realloc(window->scales, capacity * slots));
    window->history->used -= window->capacity * row_bytes(window);
    window->history->used += capacity * row_bytes(window);
    window->capacity = capacity;
}

/* The first row whose period is not below. */
static size_t row_from(const struct th_window *window, int32_t period)
{
    size_t low = 0, high = window->count;
    if (high > 0 && window->periods[high - 1] < period) /* nearly always */
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (window->periods[middle] < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void move_rows(struct th_window *window, size_t to, size_t from, size_t count)
{
    size_t slots = window->slots->count;
    memmove(&window->periods[to], &window->periods[from], count * sizeof(*window->periods));
    memmove(&window->values[to * slots], &window->values[from * slots],
            count * slots * sizeof(*window->values));
    memmove(&window->scales[to * slots], &window->scales[from * slots], count * slots);
}

void th_window_add(struct th_window *window, int32_t period)
{
    size_t slots = window->slots->count, row = row_from(window, period);
    if (row == window->count || window->periods[row] != period) {
        if (window->count == window->capacity)
            resize(window, window->capacity ? 2 * window->capacity : ROWS_FIRST);
        move_rows(window, row + 1, row, window->count - row);
        window->count++;
    }
    window->periods[row] = period;
    memset(&window->scales[row * slots], NO_VALUE, slots);
    window->current = row;
}

static void set_slot(struct th_window *window, size_t slot, struct th_decimal value)
{
    size_t at = window->current * window->slots->count + slot;
    window->values[at] = value.unscaled;
    window->scales[at] = value.scale;
}

static uint32_t slot_of(const struct th_window *window, const struct th_criterion *criterion)
{
    return criterion->index < window->slots->criterion_count
               ? window->slots->of_criterion[criterion->index]
               : NO_SLOT;
}

void th_window_set(struct th_window *window, const struct th_criterion *criterion,
                   const struct th_cell *cell)
{
    uint32_t slot = slot_of(window, criterion);
    if (slot == NO_SLOT || cell->not_applicable)
        return;
    set_slot(window, slot, cell->num);
    if (criterion->kind == TH_KIND_RATIO)
        set_slot(window, slot + 1, cell->den);
}

void th_window_close(struct th_window *window, bool complete, int32_t until)
{
    window->complete = complete;
    window->until = until;
}

static bool covers(const struct th_window *window, int32_t period)
{
    return period <= window->until &&
           (window->complete || row_from(window, period) >= TH_HISTORY_REPORTS);
}

/* The newest reports alone: done by th_window_add it would cost each report a move of all. */
static void shorten(struct th_window *window)
{
    if (window->count <= TH_HISTORY_REPORTS)
        return;
    move_rows(window, 0, window->count - TH_HISTORY_REPORTS, TH_HISTORY_REPORTS);
    window->count = TH_HISTORY_REPORTS;
    window->complete = false;
}

size_t th_window_values(void *context, const struct th_criterion *criterion, int part,
                        int32_t period, struct th_decimal *values, size_t capacity)
{
    const struct th_window *window = context;
    size_t slots = window->slots->count, count = 0, slot = slot_of(window, criterion);
    size_t row = row_from(window, period);
    size_t stop = row > TH_HISTORY_REPORTS ? row - TH_HISTORY_REPORTS : 0;
    if (slot == NO_SLOT || (part == 1 && criterion->kind != TH_KIND_RATIO))
        return 0; /* a peer may give a ratio for anything */
    slot += (size_t)part;
    while (row-- > stop && count < capacity) {
        size_t at = row * slots + slot;
        if (window->scales[at] != NO_VALUE)
            values[count++] = (struct th_decimal){window->values[at], window->scales[at]};
    }
    return count;
}

/* ---------------------------------------------------------------- districts */

void th_history_forget(struct th_history *history, int32_t district_id)
{
    for (size_t form = 0; form < history->form_count; form++) {
        struct th_window **list = list_of(history, district_id, form);
        while (list && *list)
            drop(*list);
    }
}

static struct district *district_of(struct th_history *history, int32_t district_id)
{
    size_t wanted = (size_t)district_id + 1, count = history->district_count;
    if (wanted > count) {
        size_t grown = wanted > 2 * count ? wanted : 2 * count;
        history->districts = need(realloc(history->districts, grown * sizeof(struct district)));
        memset(&history->districts[count], 0, (grown - count) * sizeof(struct district));
        history->district_count = grown;
    }
    return &history->districts[district_id];
}

void th_history_meet(struct th_history *history, int32_t district_id, const struct th_mark *mark)
{
    struct district *district = district_of(history, district_id);
    if (district->mark.epoch != mark->epoch || district->mark.sequence != mark->sequence ||
        district->mark.derivation != mark->derivation)
        th_history_forget(history, district_id);
    district->mark = *mark;
}

void th_history_keep(struct th_history *history, int32_t district_id, const struct th_mark *mark)
{
    district_of(history, district_id)->mark = *mark;
    for (size_t form = 0; form < history->form_count; form++) {
        struct th_window **list = list_of(history, district_id, form);
        if (!list)
            return;
        size_t count = 0;
        for (struct th_window *window = *list; window; window = window->next) {
            if (window->count > ROWS_MOST)
                shorten(window);
            count++;
            while (count >= WINDOWS && window->next)
                drop(window->next);
        }
    }
}

/* ------------------------------------------------------------------- batches */

static void make_slots(struct slots *slots, const struct th_form *form)
{
    slots->criterion_count = form->criterion_count;
    slots->of_criterion = need(calloc(form->criterion_count + 1, sizeof(*slots->of_criterion)));
    for (size_t i = 0; i < form->criterion_count; i++) {
        enum th_kind kind = form->criteria[i].kind;
        bool one = kind == TH_KIND_COUNT || kind == TH_KIND_AMOUNT || kind == TH_KIND_SCORE;
        slots->of_criterion[i] = one || kind == TH_KIND_RATIO ? (uint32_t)slots->count : NO_SLOT;
        slots->count += one ? 1 : kind == TH_KIND_RATIO ? 2 : 0;
    }
}

static void clear(struct th_history *history)
{
    while (history->oldest)
        discard(history, take_oldest(history));
    for (size_t i = 0; history->districts && i < history->district_count; i++)
        free(history->districts[i].forms);
    free(history->districts);
    for (size_t i = 0; history->slots && i < history->form_count; i++)
        free(history->slots[i].of_criterion);
    free(history->slots);
    *history = (struct th_history){.limit = history->limit};
}

void th_history_destroy(struct th_history **history)
{
    if (!*history)
        return;
    clear(*history);
    free(*history);
    *history = NULL;
}

/* Of what was longest not used, first the older reports go, then the rest. */
static void give_way(struct th_history *history)
{
    struct th_window *window = take_oldest(history);
    if (window->capacity <= TH_HISTORY_REPORTS) {
        discard(history, window);
        return;
    }
    shorten(window);
    resize(window, TH_HISTORY_REPORTS);
    link_newest(window);
}

void th_history_begin(struct th_history *history, const struct th_catalogue *catalogue)
{
    while (history->oldest && history->used > history->limit)
        give_way(history);
    if (!history->slots || history->version != catalogue->version) {
        clear(history);
        history->version = catalogue->version;
        history->form_count = catalogue->form_count;
        history->slots = need(calloc(catalogue->form_count + 1, sizeof(*history->slots)));
        for (size_t i = 0; i < catalogue->form_count; i++)
            make_slots(&history->slots[i], &catalogue->forms[i]);
    }
}

bool th_history_wants(const struct th_history *history, const struct th_form *form)
{
    return history->slots[form->index].count > 0;
}

struct th_window *th_history_find(struct th_history *history, int32_t district_id,
                                  const struct th_form *form, int32_t period)
{
    struct th_window **list = list_of(history, district_id, form->index), **at = list;
    while (at && *at && !covers(*at, period))
        at = &(*at)->next;
    if (!at || !*at)
        return NULL;
    struct th_window *window = *at;
    *at = window->next;
    window->next = *list;
    *list = window;
    unlink_use(window);
    link_newest(window);
    return window;
}

struct th_window *th_history_add(struct th_history *history, int32_t district_id,
                                 const struct th_form *form)
{
    struct district *district = district_of(history, district_id);
    if (!district->forms)
        district->forms = need(calloc(history->form_count, sizeof(struct th_window *)));
    struct th_window *window = need(calloc(1, sizeof(*window)));
    window->history = history;
    window->slots = &history->slots[form->index];
    window->district_id = district_id;
    window->form = form->index;
    window->next = district->forms[form->index];
    district->forms[form->index] = window;
    link_newest(window);
    history->used += sizeof(*window);
    return window;
}

static bool belongs(const struct th_window *window, int32_t period)
{
    return period < window->until &&
           (window->complete || (window->count > 0 && period >= window->periods[0]));
}

static void put_observation(struct th_window *window, const struct th_observation *observation)
{
    uint32_t slot = slot_of(window, observation->criterion);
    bool ratio = observation->answer == TH_ANSWER_RATIO;
    if (slot == NO_SLOT || (ratio && observation->criterion->kind != TH_KIND_RATIO))
        return;
    if (observation->answer == TH_ANSWER_NUMBER || (ratio && observation->has_num))
        set_slot(window, slot, observation->number);
    if (ratio && observation->has_den)
        set_slot(window, slot + 1, observation->den);
}

void th_history_put(struct th_history *history, int32_t district_id, const struct th_report *report)
{
    struct th_window **list = list_of(history, district_id, report->form->index);
    for (struct th_window *window = list ? *list : NULL; window; window = window->next) {
        if (!belongs(window, report->period))
            continue;
        th_window_add(window, report->period);
        for (size_t i = 0; i < report->observation_count; i++) {
            const struct th_observation *observation = &report->observations[i];
            if (observation->criterion)
                put_observation(window, observation);
        }
    }
}

size_t th_history_used(const struct th_history *history)
{
    return history->used;
}
