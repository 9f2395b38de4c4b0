/* What one revision of a report changed of the one before, criterion by criterion. */
#ifndef TONGHOP_COMMISSION_CHANGES_H
#define TONGHOP_COMMISSION_CHANGES_H

#include "common/base/arena.h"
#include "common/domain/report.h"

struct th_value_change {
    struct th_slice criterion;                   /* its code */
    const struct th_observation *before, *after; /* NULL: missing */
};

/* In the later report's order, then what it left out. `before` NULL: every value is
 * new. Remarks and reasons are no values. Lives in the arena. */
size_t th_changes_find(const struct th_report *before, const struct th_report *after,
                       struct th_arena *arena, struct th_value_change **changes);

/* A value in one cell: "12.5", "3/4", "n/a", a choice, codes of communes, a narrative;
 * "" when missing. */
const char *th_changes_text(const struct th_observation *observation, struct th_arena *arena);
const char *th_changes_people(const struct th_observation *observation, const char *language,
                              struct th_arena *arena);

#endif
