/* Consolidation (SEMANTICS 5): from observations of one form to exact figures by
 * district and for the province. Pure; feed it cells in any order. */
#ifndef TONGHOP_DOMAIN_CONSOLIDATE_H
#define TONGHOP_DOMAIN_CONSOLIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/domain/catalogue.h"
#include "common/domain/decimal.h"

struct th_consolidation_request {
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    struct th_period period;
    const bool *districts; /* by district index: figures wanted; NULL: all. The province is
                              always combined over ALL districts */
    const bool *criteria;  /* by criterion index; NULL: all */
    bool with_districts;   /* give district figures */
    bool with_province;    /* give the province figure ("*") */
    bool by_period;        /* one set of figures a base period instead of one for all */
    bool members;          /* keep the members of commune lists */
    bool exact_only;       /* figures without their texts, for who goes by `exact` */
    bool comparable;       /* credit closed districts' values to their successors (SEMANTICS 5.4) */
    int64_t as_of_us;      /* base periods that have not begun at it are not expected */
};

/* One observation of the current revision. */
struct th_cell {
    bool not_applicable;
    struct th_decimal num;           /* count, amount, score, or numerator */
    struct th_decimal den;           /* ratio */
    struct th_slice choice;          /* choice value */
    const struct th_slice *communes; /* commune codes */
    size_t commune_count;
};

struct th_exact; /* a value before rounding */

/* Of exact_num and exact_den each. The mean of 10,000 districts' means has 8 where their
 * reports are monthly, 170 for a year of daily ones, 1,600 for ten: the denominators'
 * least common multiple. */
#define TH_EXACT_DIGITS_MAX 2000
#define TH_EXACT_TEXT       2048 /* bytes that either fits in, NUL included */

/* One consolidated figure; texts live until the callback returns. */
struct th_figure {
    const char *period;                 /* canonical id */
    const struct th_district *district; /* NULL: the province */
    const struct th_criterion *criterion;
    uint64_t reported, expected, not_applicable;
    const char *num, *den;             /* ratios: exact; else "" */
    const char *value;                 /* "" when there is none; at most 6 digits after the point,
                                          half away from zero, no trailing zeros */
    const char *exact_num, *exact_den; /* where `value` is not the whole value and no ratio's:
                                          decimals whose quotient is, not in lowest terms; "" of
                                          all else, and above TH_EXACT_DIGITS_MAX */
    const char *choice;                /* one figure a choice of a distribution (value = how many
                                          districts); a district's own choice (value ""); else "" */
    const char *const *members;        /* of a commune list, sorted, when asked for */
    size_t member_count;
    const struct th_exact *exact; /* NULL when there is no value; for th_figure_exact */
};

/* Appends the exact value as "n" or "n/d" in lowest terms (mpq_set_str reads it):
 * what comparisons and ranks go by (SEMANTICS 5.5), where `value` is rounded.
 * False, and nothing appended, when the figure has no value. Only within `each`. */
bool th_figure_exact(const struct th_figure *figure, struct th_buffer *out);

struct th_consolidation;

/* NULL and TH_USAGE when th_period_base_range says no to period and form.
 * The request's arrays are copied. */
struct th_consolidation *th_consolidation_create(const struct th_consolidation_request *request,
                                                 struct th_error *error);
void th_consolidation_destroy(struct th_consolidation **consolidation);

/* Base periods to feed: ordinals, inclusive. */
void th_consolidation_range(const struct th_consolidation *consolidation, int32_t *first,
                            int32_t *last);

/* Adds one observation. Pairs that are not expected and criteria of kind text are
 * ignored. At most one cell a (district, period, criterion). */
void th_consolidation_add(struct th_consolidation *consolidation,
                          const struct th_district *district, int32_t period,
                          const struct th_criterion *criterion, const struct th_cell *cell);

/* What is given of what was gathered: no more than the request asked for. */
struct th_consolidation_view {
    const bool *districts; /* by district index; NULL: all */
    const bool *criteria;  /* by criterion index; NULL: all */
    bool with_districts, with_province;
    bool members;    /* of commune lists */
    bool exact_only; /* num, den and value stay "": no time is spent on texts */
};

/* As th_consolidation_finish, for as often as is asked: changes nothing, so that several
 * threads may. Not for comparable series, whose sums th_consolidation_finish makes. */
enum th_status th_consolidation_give(const struct th_consolidation *consolidation,
                                     const struct th_consolidation_view *view,
                                     enum th_status (*each)(void *context,
                                                            const struct th_figure *figure),
                                     void *context) TH_MUST_USE;

/* Takes back every cell of one district, so that those of today can be added. Not for
 * comparable series, where they count as another's. */
void th_consolidation_forget(struct th_consolidation *consolidation,
                             const struct th_district *district);

/* Memory that it takes, in bytes. */
size_t th_consolidation_bytes(const struct th_consolidation *consolidation);
/* The most that it can come to take once it is fed, commune lists apart. */
size_t th_consolidation_bytes_max(const struct th_consolidation *consolidation);

/* Gives every figure in the catalogue's order: by period, then criterion, then
 * districts with expected > 0, then the province. Stops when `each` returns other
 * than TH_OK and returns that. */
enum th_status th_consolidation_finish(struct th_consolidation *consolidation,
                                       enum th_status (*each)(void *context,
                                                              const struct th_figure *figure),
                                       void *context) TH_MUST_USE;

#endif
