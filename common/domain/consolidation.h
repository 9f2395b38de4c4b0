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
    struct th_spans open; /* base periods in which it is open */
    bool wanted;          /* its own figures are given */
    bool in_stock;        /* enters the province figure of a `last` criterion */
};

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
