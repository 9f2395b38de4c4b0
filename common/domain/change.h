/* Changes between two figures, by their exact texts; never by floating point. */
#ifndef TONGHOP_DOMAIN_CHANGE_H
#define TONGHOP_DOMAIN_CHANGE_H

#include <stdbool.h>

#define TH_CHANGE_TEXT 80 /* bytes that any change's text fits in, NUL included */

/* A figure's texts: decimals below TH_EXACT_TEXT bytes, "" where there is none. num and
 * den, when they are there, stand for the value, which is their rounded quotient. */
struct th_change_side {
    const char *num, *den, *value;
};

/* after - before, or 100 times that (`points`: a ratio's change in percentage points);
 * at most 6 digits after the point, half away from zero. False, and "" in `out`, when
 * either has no value. */
bool th_change_difference(struct th_change_side after, struct th_change_side before, bool points,
                          char out[TH_CHANGE_TEXT]);

/* 100 * (after - before) / |before|, likewise; "" also when before is 0. */
bool th_change_percent(struct th_change_side after, struct th_change_side before,
                       char out[TH_CHANGE_TEXT]);

/* Whether both have the same exact value, or neither has one. */
bool th_change_is_none(struct th_change_side after, struct th_change_side before);

/* 100 * part / whole, likewise: `whole` is a decimal, a target. */
bool th_change_share(struct th_change_side part, const char *whole, char out[TH_CHANGE_TEXT]);

#endif
