/* tonghop diff, between its two files: what changed between two instants (diff.c), and
 * how it is shown (diff_print.c). */
#ifndef TONGHOP_COMMISSION_DIFF_H
#define TONGHOP_COMMISSION_DIFF_H

#include "commission/cli/changes.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/figure_set.h"
#include "commission/cli/kept_answer.h"
#include "commission/cli/output.h"
#include "commission/cli/report.h"

/* A figure at one of the instants; all empty and 0 when there was none. */
struct th_figure_side {
    const char *value, *num, *den, *choice, *members;
    struct th_change_side exact;
    uint64_t reported, not_applicable;
};

struct th_figure_change {
    const char *period, *district, *criterion;
    const char *choice; /* of a distribution: the choice that is counted; else "" */
    struct th_figure_side before, after;
    size_t order;
};

/* A revision accepted between the instants, with what it changed. */
struct th_revision_change {
    const struct th_stored_report *stored;
    struct th_value_change *changes;
    size_t count;
};

struct th_diff {
    struct th_session session;
    struct th_consolidated_options options;
    const char *from, *to;
    struct th_output output;
    struct th_kept_answer before, after, reports;
    struct th_figure_change *figures; /* in the catalogue's order */
    size_t figure_count;
    struct th_revision_change *revisions;
    size_t revision_count;
    struct th_arena *arena;
};

/* Whether the revision changed a value that the figure is made of. */
bool th_diff_concerns(const struct th_diff *diff, const struct th_figure_change *figure,
                      const struct th_revision_change *revision);

enum th_status th_diff_print(struct th_diff *diff, struct th_error *error) TH_MUST_USE;

#endif
