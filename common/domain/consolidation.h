/* What consolidate.c gathers and consolidate_finish.c combines. For these two
 * only: nothing outside th_domain includes this. */
#ifndef TONGHOP_DOMAIN_CONSOLIDATION_H
#define TONGHOP_DOMAIN_CONSOLIDATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/domain/consolidate.h"

/* Base periods by ordinal, both inclusive; empty when first > last. */
struct th_span {
    int32_t first, last;
};

static inline bool th_span_has(struct th_span span, int32_t ordinal)
{
    return ordinal >= span.first && ordinal <= span.last;
}

static inline struct th_span th_span_common(struct th_span a, struct th_span b)
{
    return (struct th_span){a.first > b.first ? a.first : b.first,
                            a.last < b.last ? a.last : b.last};
}

/* The least span around both. */
static inline struct th_span th_span_cover(struct th_span a, struct th_span b)
{
    if (a.first > a.last)
        return b;
    if (b.first > b.last)
        return a;
    return (struct th_span){a.first < b.first ? a.first : b.first,
                            a.last > b.last ? a.last : b.last};
}

static inline uint64_t th_span_count(struct th_span span)
{
    return span.first > span.last ? 0 : (uint64_t)((int64_t)span.last - span.first + 1);
}

/* A commune list: codes, each ended by NUL. */
struct th_list {
    struct th_buffer codes;
    struct th_list *next; /* all lists of a consolidation, to free them */
};

/* One district and criterion. Numbers are value * 10^9 (figure.h). */
struct th_accumulator {
    __int128 num, den;
    uint32_t reported, not_applicable;
    int32_t latest; /* of a single answer: its base period */
    bool has_value; /* D exists */
    union {
        size_t choice; /* position in the criterion's choices */
        struct th_list *list;
    };
};

/* Of one district, by column position; of one set of figures, by district index.
 * NULL where no cell arrived. */
struct th_row {
    struct th_accumulator *cells;
};
struct th_slot {
    struct th_row *rows;
};

/* One criterion of the form. */
struct th_column {
    const struct th_criterion *criterion;
    struct th_span span; /* form and criterion open, begun; empty when not asked for */
    size_t position;     /* within a row of accumulators */
    bool single_answer;  /* the newest answer stands for all */
};

/* One district of the catalogue. */
struct th_row_plan {
    struct th_span *spans; /* in which it is open; in order, apart */
    size_t span_count;
    bool wanted;   /* its own figures are given */
    bool in_stock; /* enters the province figure of a `last` criterion */
};

static inline bool th_row_plan_has(const struct th_row_plan *row, int32_t ordinal)
{
    for (size_t i = 0; i < row->span_count; i++)
        if (th_span_has(row->spans[i], ordinal))
            return true;
    return false;
}

struct th_consolidation {
    struct th_arena *arena; /* owns this struct too */
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    struct th_period period;
    struct th_span range;  /* base periods wholly inside the period */
    struct th_span active; /* around all columns' spans */
    bool with_province, by_period, members;
    struct th_column *columns;     /* by criterion index */
    size_t width;                  /* columns asked for */
    size_t most_choices;           /* of one criterion */
    struct th_row_plan *districts; /* by district index */
    struct th_slot *slots;         /* one for all, or one a base period from active.first */
    size_t slot_count;
    struct th_list *lists;
};

#endif
