#include "common/domain/consolidate.h"

#include <stdlib.h>

#include "common/base/clock.h"
#include "common/domain/consolidation.h"

#define NO_CHOICE    SIZE_MAX
#define ROWS_AT_ONCE 64

static bool is_single_answer(const struct th_criterion *criterion)
{
    return criterion->time_agg == TH_TIME_LAST || criterion->kind == TH_KIND_CHOICE ||
           criterion->kind == TH_KIND_COMMUNES;
}

/* Kinds whose values of two districts add up to one of both (SEMANTICS 5.4). */
static bool is_mapped(const struct th_criterion *criterion)
{
    return criterion->kind == TH_KIND_COUNT || criterion->kind == TH_KIND_AMOUNT ||
           criterion->kind == TH_KIND_RATIO;
}

static bool wants_criterion(const struct th_consolidation_request *request,
                            const struct th_criterion *criterion)
{
    return criterion->kind != TH_KIND_TEXT &&
           (!request->criteria || request->criteria[criterion->index]);
}

static void plan_columns(struct th_consolidation *consolidation,
                         const struct th_consolidation_request *request, struct th_span begun)
{
    const struct th_form *form = consolidation->form;
    struct th_span open = th_span_of_interval(form->frequency, form->interval, begun);
    consolidation->active = (struct th_span){0, -1};
    consolidation->columns = th_arena_alloc(consolidation->arena,
                                            (form->criterion_count + 1) * sizeof(struct th_column));
    for (size_t i = 0; i < form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->criteria[i];
        struct th_column *column = &consolidation->columns[i];
        column->criterion = criterion;
        column->span = (struct th_span){0, -1};
        if (!wants_criterion(request, criterion))
            continue;
        column->position = consolidation->width++;
        column->span = th_span_of_interval(form->frequency, criterion->interval, open);
        column->single_answer = is_single_answer(criterion);
        column->mapped = request->comparable && is_mapped(criterion);
        if (criterion->choice_count > consolidation->most_choices)
            consolidation->most_choices = criterion->choice_count;
        consolidation->active = th_span_cover(consolidation->active, column->span);
    }
}

/* The day on which a district must be open for its stock to enter the province
 * figure (SEMANTICS 5.2). */
static int32_t stock_day(const struct th_consolidation *consolidation, struct th_span begun,
                         int64_t as_of_us)
{
    int32_t last_day = consolidation->period.last_day;
    if (begun.first > begun.last || th_clock_day_start_us(last_day + 1) <= as_of_us)
        return last_day;
    int32_t first_day;
    th_base_period_days(consolidation->form->frequency, begun.last, &first_day, &last_day);
    return last_day;
}

static void plan_districts(struct th_consolidation *consolidation,
                           const struct th_consolidation_request *request, struct th_span begun)
{
    const struct th_catalogue *catalogue = consolidation->catalogue;
    int32_t day = stock_day(consolidation, begun, request->as_of_us);
    consolidation->districts = th_arena_alloc(
        consolidation->arena, (catalogue->district_count + 1) * sizeof(struct th_row_plan));
    for (size_t i = 0; i < catalogue->district_count; i++) {
        const struct th_district *district = &catalogue->districts[i];
        struct th_row_plan *row = &consolidation->districts[i];
        row->in_stock = request->by_period || th_district_is_open(district, day);
        row->heir = row;
        bool wanted = request->with_districts && (!request->districts || request->districts[i]);
        if (wanted || request->with_province || request->comparable)
            row->open = th_spans_of_district(consolidation->form->frequency, district,
                                             consolidation->range, consolidation->arena);
    }
    if (request->comparable)
        th_merge_plan(consolidation, request->as_of_us);
}

static const bool *copy_flags(struct th_arena *arena, const bool *flags, size_t count)
{
    return flags ? th_arena_copy(arena, flags, count * sizeof(*flags)) : NULL;
}

struct th_consolidation *th_consolidation_create(const struct th_consolidation_request *request,
                                                 struct th_error *error)
{
    struct th_span range;
    if (!th_period_base_range(&request->period, request->form->frequency, &range.first,
                              &range.last)) {
        th_period_misfit_error(&request->period, request->form->frequency, request->form->code,
                               error);
        return NULL;
    }
    struct th_arena *arena = th_arena_create(0);
    struct th_consolidation *consolidation = th_arena_alloc(arena, sizeof(*consolidation));
    consolidation->arena = arena;
    consolidation->catalogue = request->catalogue;
    consolidation->form = request->form;
    consolidation->period = request->period;
    consolidation->range = range;
    consolidation->by_period = request->by_period;
    consolidation->view = (struct th_consolidation_view){
        .districts = copy_flags(arena, request->districts, request->catalogue->district_count),
        .with_districts = request->with_districts,
        .with_province = request->with_province,
        .members = request->members,
        .exact_only = request->exact_only,
    };
    struct th_span begun = th_span_begun(request->form, range, request->as_of_us);
    plan_columns(consolidation, request, begun);
    plan_districts(consolidation, request, begun);
    /* Only what can be expected is given room. */
    size_t slots = 1;
    if (request->by_period && consolidation->active.first <= consolidation->active.last)
        slots = (size_t)(consolidation->active.last - consolidation->active.first) + 1;
    consolidation->slot_count = slots;
    consolidation->slots = th_arena_alloc(arena, slots * sizeof(*consolidation->slots));
    return consolidation;
}

static void free_lists(struct th_consolidation *consolidation)
{
    for (struct th_list *list = consolidation->lists; list; list = list->next)
        th_buffer_free(&list->codes);
}

void th_consolidation_destroy(struct th_consolidation **consolidation)
{
    if (!*consolidation)
        return;
    free_lists(*consolidation);
    free((*consolidation)->parts);
    struct th_arena *arena = (*consolidation)->arena;
    *consolidation = NULL;
    th_arena_destroy(&arena);
}

void th_consolidation_range(const struct th_consolidation *consolidation, int32_t *first,
                            int32_t *last)
{
    *first = consolidation->range.first;
    *last = consolidation->range.last;
}

/* Room for one more row of a slot. Rows of one slot are read together, and so are made in
 * runs, as many more as there are: memory follows the reports that exist. */
static struct th_accumulator *row_room(struct th_consolidation *consolidation, struct th_slot *slot)
{
    if (slot->room_rows == 0) {
        size_t rows = slot->made_rows > 0 ? slot->made_rows : 1;
        size_t left = consolidation->catalogue->district_count - slot->made_rows;
        rows = rows < ROWS_AT_ONCE ? rows : ROWS_AT_ONCE;
        rows = rows < left ? rows : left;
        slot->room =
            th_arena_alloc(consolidation->arena, rows * consolidation->width * sizeof(*slot->room));
        slot->room_rows = rows;
        slot->made_rows += rows;
    }
    struct th_accumulator *room = slot->room;
    slot->room += consolidation->width;
    slot->room_rows--;
    return room;
}

/* The accumulators of a district, made when its first cell arrives: memory
 * follows the reports that exist, not the days that were asked for. */
static struct th_accumulator *row_of(struct th_consolidation *consolidation, int32_t period,
                                     size_t district)
{
    size_t slot = consolidation->by_period ? (size_t)(period - consolidation->active.first) : 0;
    struct th_slot *found = &consolidation->slots[slot];
    if (!found->rows)
        found->rows = th_arena_alloc(
            consolidation->arena, consolidation->catalogue->district_count * sizeof(*found->rows));
    struct th_row *row = &found->rows[district];
    if (!row->cells)
        row->cells = row_room(consolidation, found);
    return row->cells;
}

static size_t find_choice(const struct th_criterion *criterion, struct th_slice value)
{
    for (size_t i = 0; i < criterion->choice_count; i++)
        if (th_slice_equals(value, criterion->choices[i].value))
            return i;
    return NO_CHOICE;
}

static void keep_list(struct th_consolidation *consolidation, struct th_accumulator *into,
                      const struct th_cell *cell)
{
    if (!into->list) {
        into->list = th_arena_alloc(consolidation->arena, sizeof(*into->list));
        into->list->next = consolidation->lists;
        consolidation->lists = into->list;
    }
    struct th_buffer *codes = &into->list->codes;
    th_buffer_clear(codes);
    for (size_t i = 0; i < cell->commune_count; i++) {
        th_buffer_add(codes, cell->communes[i].bytes, cell->communes[i].size);
        th_buffer_add_char(codes, '\0');
    }
}

/* Replaces what is there by the newest answer. */
static void keep_answer(struct th_consolidation *consolidation, const struct th_column *column,
                        struct th_accumulator *into, const struct th_answer *answer)
{
    switch (column->criterion->kind) {
    case TH_KIND_CHOICE:
        into->choice = find_choice(column->criterion, answer->cell->choice);
        into->has_value = into->choice != NO_CHOICE;
        return;
    case TH_KIND_COMMUNES:
        keep_list(consolidation, into, answer->cell);
        into->has_value = true;
        return;
    default:
        into->num = answer->num;
        into->den = answer->den;
        into->has_value = true;
        return;
    }
}

/* `last`: the newest answer so far, n/a being an answer without a value. */
static void add_single_answer(struct th_consolidation *consolidation,
                              const struct th_column *column, struct th_accumulator *into,
                              int32_t period, const struct th_answer *answer)
{
    bool first = into->answers == 1;
    if (!first && period < into->latest)
        return;
    into->latest = period;
    if (answer->not_applicable)
        into->has_value = false;
    else
        keep_answer(consolidation, column, into, answer);
}

static void add_number(struct th_accumulator *into, const struct th_criterion *criterion,
                       const struct th_answer *answer)
{
    bool first = !into->has_value;
    into->has_value = true;
    switch (criterion->time_agg) {
    case TH_TIME_MIN:
        if (first || answer->num < into->num)
            into->num = answer->num;
        break;
    case TH_TIME_MAX:
        if (first || answer->num > into->num)
            into->num = answer->num;
        break;
    default:
        into->num += answer->num;
        into->den += answer->den;
        break;
    }
}

void th_consolidation_take(struct th_consolidation *consolidation, const struct th_column *column,
                           struct th_accumulator *into, int32_t period,
                           const struct th_answer *answer)
{
    into->answers++;
    into->values += !answer->not_applicable;
    if (column->single_answer)
        add_single_answer(consolidation, column, into, period, answer);
    else if (!answer->not_applicable)
        add_number(into, column->criterion, answer);
}

void th_consolidation_add(struct th_consolidation *consolidation,
                          const struct th_district *district, int32_t period,
                          const struct th_criterion *criterion, const struct th_cell *cell)
{
    if (criterion->index >= consolidation->form->criterion_count ||
        district->index >= consolidation->catalogue->district_count)
        return;
    const struct th_column *column = &consolidation->columns[criterion->index];
    const struct th_row_plan *row = &consolidation->districts[district->index];
    if (!th_span_has(column->span, period) || !th_spans_have(row->open, period))
        return;
    /* Beyond what th_decimal may hold: nothing that a report could carry. */
    if (cell->num.scale > TH_DECIMAL_MAX_SCALE || cell->den.scale > TH_DECIMAL_MAX_SCALE)
        return;
    if (column->mapped)
        row = row->heir;
    size_t index = (size_t)(row - consolidation->districts);
    struct th_part part = {
        .column = column,
        .into = row_of(consolidation, period, index) + column->position,
        .period = period,
        .answer = {.not_applicable = cell->not_applicable, .cell = cell},
    };
    if (!cell->not_applicable) {
        part.into->reported++;
        part.answer.num = th_decimal_at_scale(cell->num, TH_DECIMAL_MAX_SCALE);
        if (criterion->kind == TH_KIND_RATIO)
            part.answer.den = th_decimal_at_scale(cell->den, TH_DECIMAL_MAX_SCALE);
    } else {
        part.into->not_applicable++;
    }
    if (column->mapped && row->predecessors)
        th_merge_keep(consolidation, &part);
    else
        th_consolidation_take(consolidation, column, part.into, period, &part.answer);
}

/* The room of a commune list is kept for the next. */
static void clear_row(const struct th_consolidation *consolidation, struct th_accumulator *cells)
{
    for (size_t i = 0; i < consolidation->form->criterion_count; i++) {
        const struct th_column *column = &consolidation->columns[i];
        if (column->span.first > column->span.last)
            continue;
        struct th_accumulator *cell = &cells[column->position];
        struct th_list *list = column->criterion->kind == TH_KIND_COMMUNES ? cell->list : NULL;
        *cell = (struct th_accumulator){.list = list};
    }
}

void th_consolidation_forget(struct th_consolidation *consolidation,
                             const struct th_district *district)
{
    for (size_t i = 0; i < consolidation->slot_count; i++) {
        struct th_row *rows = consolidation->slots[i].rows;
        if (rows && rows[district->index].cells)
            clear_row(consolidation, rows[district->index].cells);
    }
}

size_t th_consolidation_bytes(const struct th_consolidation *consolidation)
{
    size_t bytes = th_arena_used(consolidation->arena) +
                   consolidation->part_capacity * sizeof(*consolidation->parts);
    for (const struct th_list *list = consolidation->lists; list; list = list->next)
        bytes += list->codes.capacity;
    return bytes;
}

size_t th_consolidation_bytes_max(const struct th_consolidation *consolidation)
{
    return th_arena_used(consolidation->arena) +
           consolidation->slot_count * consolidation->catalogue->district_count *
               (sizeof(struct th_row) + consolidation->width * sizeof(struct th_accumulator));
}
