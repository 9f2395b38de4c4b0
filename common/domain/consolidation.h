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
#include "common/domain/span.h"

/* A commune list: codes, each ended by NUL. */
struct th_list {
    struct th_buffer codes;
    struct th_list *next; /* all lists of a consolidation, to free them */
};

/* One district and criterion. Numbers are value * 10^9 (figure.h). */
struct th_accumulator {
    __int128 num, den;
    uint32_t reported, not_applicable; /* pairs */
    uint32_t answers, values; /* base periods with an answer; with a value. As many as pairs, but
                                 for a successor that is credited with others' values */
    int32_t latest;           /* of a single answer: its base period */
    bool has_value;           /* D exists */
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
    struct th_accumulator *room; /* for the cells of the next rows */
    size_t room_rows, made_rows; /* that have room; whose room was made so far */
};

/* One criterion of the form. */
struct th_column {
    const struct th_criterion *criterion;
    struct th_span span; /* form and criterion open, begun; empty when not asked for */
    size_t position;     /* within a row of accumulators */
    bool single_answer;  /* the newest answer stands for all */
    bool mapped;         /* closed districts' values are credited to their successors */
};

/* One district of the catalogue. */
struct th_row_plan {
    struct th_spans open; /* base periods in which it is open */
    bool in_stock;        /* open on the day on which stock enters the province figure */

    /* Comparable series, for mapped columns. */
    struct th_row_plan *heir;         /* credited with its values: itself, when not closed */
    struct th_row_plan *predecessors; /* whose heir it is, linked by next; NULL: none */
    struct th_row_plan *next;
};

/* One answer of one pair, at the scale of accumulators. */
struct th_answer {
    bool not_applicable;
    __int128 num, den;
    const struct th_cell *cell; /* of kinds that are no number */
};

/* An answer that is to be added to others of its base period first. */
struct th_part {
    const struct th_column *column;
    struct th_accumulator *into;
    int32_t period;
    struct th_answer answer;
};

struct th_consolidation {
    struct th_arena *arena; /* owns this struct too */
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    struct th_period period;
    struct th_span range;  /* base periods wholly inside the period */
    struct th_span active; /* around all columns' spans */
    bool by_period;
    struct th_consolidation_view view; /* that was asked for; its flags are ours */
    struct th_column *columns;         /* by criterion index */
    size_t width;                      /* columns asked for */
    size_t most_choices;               /* of one criterion */
    struct th_row_plan *districts;     /* by district index */
    struct th_slot *slots;             /* one for all, or one a base period from active.first */
    size_t slot_count;
    struct th_list *lists;
    struct th_part *parts; /* of districts with predecessors */
    size_t part_count, part_capacity;
};

/* Adds the answer of one base period; reported and not_applicable are the caller's. */
void th_consolidation_take(struct th_consolidation *consolidation, const struct th_column *column,
                           struct th_accumulator *into, int32_t period,
                           const struct th_answer *answer);

/* ---- consolidate_merge.c: comparable series (SEMANTICS 5.4) ---- */
/* Finds each district's heir; before it, every one is its own. */
void th_merge_plan(struct th_consolidation *consolidation, int64_t as_of_us);
/* Keeps an answer until all of its base period are there. */
void th_merge_keep(struct th_consolidation *consolidation, const struct th_part *part);
/* Adds up what was kept, per base period. */
void th_merge_settle(struct th_consolidation *consolidation);
/* Base periods of `span` in which reports that enter the row's figure are expected. */
uint64_t th_merge_expected(const struct th_row_plan *row, const struct th_column *column,
                           struct th_span span);
/* Whether the row's figure of a `last` criterion enters the province's. */
bool th_merge_in_stock(const struct th_row_plan *row, const struct th_column *column);

#endif
