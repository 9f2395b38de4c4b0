/* Comparable series (SEMANTICS 5.4): the values of a district that is closed count as
 * its successor's, base period by base period, before they are combined over time. */
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/domain/consolidation.h"

/* Its last opening ended before `day`. */
static bool is_closed(const struct th_district *district, int32_t day)
{
    bool any = false;
    for (size_t i = 0; i < district->opening_count; i++) {
        if (district->openings[i].interval.closed >= day)
            return false;
        any = true;
    }
    return any;
}

/* A successor may have been merged in its turn. */
static const struct th_district *heir_of(const struct th_catalogue *catalogue,
                                         const struct th_district *district, int32_t day)
{
    const struct th_district *heir = district;
    for (size_t steps = 0; heir->successor && is_closed(heir, day); steps++) {
        if (steps == catalogue->district_count)
            return district; /* they name each other */
        heir = heir->successor;
    }
    return heir;
}

void th_merge_plan(struct th_consolidation *consolidation, int64_t as_of_us)
{
    const struct th_catalogue *catalogue = consolidation->catalogue;
    int32_t day = th_clock_day_of_us(as_of_us);
    for (size_t i = 0; i < catalogue->district_count; i++) {
        struct th_row_plan *row = &consolidation->districts[i];
        const struct th_district *heir = heir_of(catalogue, &catalogue->districts[i], day);
        row->heir = &consolidation->districts[heir->index];
        if (row->heir == row)
            continue;
        row->next = row->heir->predecessors;
        row->heir->predecessors = row;
    }
}

void th_merge_keep(struct th_consolidation *consolidation, const struct th_part *part)
{
    if (consolidation->part_count == consolidation->part_capacity) {
        size_t capacity = consolidation->part_capacity ? consolidation->part_capacity * 2 : 256;
        consolidation->parts =
            realloc(consolidation->parts, capacity * sizeof(*consolidation->parts));
        if (!consolidation->parts)
            abort();
        consolidation->part_capacity = capacity;
    }
    struct th_part *kept = &consolidation->parts[consolidation->part_count++];
    *kept = *part;
    kept->answer.cell = NULL; /* gone by then, and only numbers are kept */
}

static int by_place(const void *left, const void *right)
{
    const struct th_part *a = left, *b = right;
    uintptr_t first = (uintptr_t)a->into, second = (uintptr_t)b->into;
    if (first != second)
        return first < second ? -1 : 1;
    return a->period < b->period ? -1 : a->period > b->period;
}

void th_merge_settle(struct th_consolidation *consolidation)
{
    struct th_part *parts = consolidation->parts;
    size_t count = consolidation->part_count;
    if (count > 0)
        qsort(parts, count, sizeof(*parts), by_place);
    for (size_t i = 0; i < count;) {
        /* n/a only where nobody has a value. */
        struct th_part sum = parts[i];
        for (i++; i < count && by_place(&sum, &parts[i]) == 0; i++) {
            sum.answer.not_applicable = sum.answer.not_applicable && parts[i].answer.not_applicable;
            sum.answer.num += parts[i].answer.num;
            sum.answer.den += parts[i].answer.den;
        }
        th_consolidation_take(consolidation, sum.column, sum.into, sum.period, &sum.answer);
    }
    consolidation->part_count = 0;
}

uint64_t th_merge_expected(const struct th_row_plan *row, const struct th_column *column,
                           struct th_span span)
{
    if (!column->mapped)
        return th_spans_count(row->open, span);
    if (row->heir != row)
        return 0;
    uint64_t count = th_spans_count(row->open, span);
    for (const struct th_row_plan *other = row->predecessors; other; other = other->next)
        count += th_spans_count(other->open, span);
    return count;
}

/* The stock of a district that was open on the day is not lost with an heir that opened
 * after it. */
bool th_merge_in_stock(const struct th_row_plan *row, const struct th_column *column)
{
    bool in_stock = row->in_stock;
    for (const struct th_row_plan *other = row->predecessors; column->mapped && other;
         other = other->next)
        in_stock = in_stock || other->in_stock;
    return in_stock;
}
