/* Consolidated figures kept to be set beside each other: by period, district,
 * criterion. */
#ifndef TONGHOP_COMMISSION_FIGURE_SET_H
#define TONGHOP_COMMISSION_FIGURE_SET_H

#include "commission/cli/asking.h"
#include "common/domain/change.h"

struct th_kept_figure {
    const struct th_criterion *criterion;
    const char *period, *district, *choice, *num, *den, *value; /* live as long as the command */
    struct th_change_side side; /* what changes of it are worked out from */
    uint64_t reported, expected, not_applicable;
    size_t order; /* of arrival */
};

struct th_figure_set {
    const struct th_form *form; /* of the answer */
    const char *period;         /* canonical identifier of the span asked for */
    struct th_kept_figure *figures;
    size_t count, capacity;
};

/* Asks and keeps the whole answer, in the order of its arrival: the figures of the
 * question's first span in sets[0], of `also` in those that follow; all of one snapshot. */
enum th_status th_figure_sets_ask(struct th_asking *asking, struct th_figure_set *sets,
                                  Tonghop__V1__ConsolidatedQuery *question,
                                  struct th_error *error) TH_MUST_USE;
/* Keeps one figure of the set's form; its texts in the arena. */
enum th_status th_figure_set_add(struct th_figure_set *set, const Tonghop__V1__Figure *wire,
                                 struct th_arena *arena, struct th_error *error) TH_MUST_USE;
void th_figure_set_free(struct th_figure_set *set);

/* Sorts for th_figure_set_find; the order of arrival is lost but for `order`. */
void th_figure_set_index(struct th_figure_set *set);
/* NULL when there is none. The province has a figure for each choice of a criterion; a
 * district's own is found whatever `choice` is. */
const struct th_kept_figure *th_figure_set_find(const struct th_figure_set *set, const char *period,
                                                const char *district,
                                                const struct th_criterion *criterion,
                                                const char *choice);

/* The parts that a figure's exact value is told by: a ratio's own, those of a value that
 * was rounded, or none, where the value itself is exact or the province's collector is too
 * old to tell. Texts in the arena. */
struct th_change_side th_kept_read_side(const Tonghop__V1__Figure *wire, struct th_arena *arena);
/* What changes of the figure (NULL: none) are worked out from. */
struct th_change_side th_kept_side(const struct th_kept_figure *figure);
/* Changes of it are told in percentage points: a ratio that is read as a percentage. */
bool th_kept_in_points(const struct th_criterion *criterion);
/* "+1,25 điểm %" of an exact change; "–" of none. `percent`: a share of the value before. */
const char *th_kept_people_change(const struct th_criterion *criterion, const char *exact,
                                  bool percent, const char *language, struct th_arena *arena);
/* A figure as people read it: its choice, or its value. */
const char *th_kept_people_value(const struct th_kept_figure *figure, const char *language,
                                 struct th_arena *arena);

/* The heading of a criterion's own table: "text: more", broken to the width. */
void th_kept_print_heading(const struct th_asking *asking, const char *text, const char *more);

#endif
