/* Exact quotients behind consolidated figures, and their texts (SEMANTICS 5.5).
 * For consolidate.c only: nothing outside th_domain includes this. */
#ifndef TONGHOP_DOMAIN_FIGURE_H
#define TONGHOP_DOMAIN_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gmp.h>

#include "common/base/buffer.h"

/* Every number of a consolidation is held as value * 10^9, the finest scale that
 * a report may carry. A sum then has at most 27 digits a cell, so that __int128
 * holds 10^11 cells: all days of 1,000 years of 10,000 districts are 4 * 10^9. */
#define TH_FIGURE_UNIT 1000000000

#define TH_FIGURE_TEXT 64 /* bytes that any figure's text fits in, NUL included */

/* num / den, den > 0. */
struct th_quotient {
    __int128 num, den;
};

/* -1, 0, 1; never overflows. */
int th_quotient_compare(struct th_quotient a, struct th_quotient b);

/* At most 6 digits after the point, half away from zero. False when that is not the
 * whole value. */
bool th_quotient_format(struct th_quotient value, char *out);

/* The exact value of scaled / 10^9, all its digits. */
void th_scaled_format(__int128 scaled, char *out);

/* An exact sum of quotients. Neighbours with one denominator are added as
 * integers; only where denominators differ is a rational number made. */
struct th_quotient_sum {
    struct th_quotient run; /* den 0: nothing added since `total` */
    mpq_t total, scratch;
    bool has_total;
};

void th_quotient_sum_init(struct th_quotient_sum *sum);
void th_quotient_sum_free(struct th_quotient_sum *sum);
void th_quotient_sum_reset(struct th_quotient_sum *sum);
void th_quotient_sum_add(struct th_quotient_sum *sum, struct th_quotient value);

/* What a figure is before rounding: `small`, or `big` when it is not NULL. */
struct th_exact {
    struct th_quotient small;
    mpq_srcptr big;
};

/* The sum divided by `divisor` >= 1; `big` stays the sum's, and the sum can only
 * be reset after it. */
struct th_exact th_quotient_sum_finish(struct th_quotient_sum *sum, uint64_t divisor);
/* As th_quotient_format. */
bool th_exact_format(const struct th_exact *exact, char *out);
/* The value as num / den: decimals, not in lowest terms, in place of what the buffers
 * held. Both are "" where one would have more than TH_EXACT_DIGITS_MAX digits. */
void th_exact_parts(const struct th_exact *exact, struct th_buffer *num, struct th_buffer *den);
/* In lowest terms. */
void th_exact_get(const struct th_exact *exact, mpq_t out);

#endif
