/* Exact decimals of at most 18 digits: what reports carry (SEMANTICS 4). No
 * binary floating point touches a reported or consolidated figure. */
#ifndef TONGHOP_DOMAIN_DECIMAL_H
#define TONGHOP_DOMAIN_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"

#define TH_DECIMAL_DIGITS    18
#define TH_DECIMAL_MAX_SCALE 9
#define TH_DECIMAL_TEXT      32 /* bytes that any decimal's text fits in, NUL included */

struct th_decimal {
    int64_t unscaled; /* value * 10^scale, |unscaled| < 10^18 */
    uint8_t scale;    /* 0..9 */
};

enum th_decimal_fault {
    TH_DECIMAL_FINE = 0,
    TH_DECIMAL_MALFORMED,   /* not a number */
    TH_DECIMAL_TOO_LONG,    /* more than 18 digits */
    TH_DECIMAL_TOO_PRECISE, /* more than 9 digits after the point */
};

/* Reads "-12.50": optional sign, digits, optionally `point` ('.' or ',') and
 * digits; no exponent, no grouping, no blanks. Trailing zeros after the point and
 * leading zeros are dropped, so equal values have equal fields; -0 becomes 0. */
enum th_decimal_fault th_decimal_parse(struct th_slice text, char point, struct th_decimal *value);

/* Shortest exact text with '.'; `out` takes TH_DECIMAL_TEXT bytes. */
void th_decimal_format(struct th_decimal value, char *out);

/* Drops trailing zeros after the point. False when the fields are out of the
 * ranges above (a peer may send anything). */
bool th_decimal_normalise(struct th_decimal *value);

/* -1, 0, 1. Values of any scale. */
int th_decimal_compare(struct th_decimal a, struct th_decimal b);

/* value * 10^scale as an integer; `scale` must be >= value.scale and <= 9. */
__int128 th_decimal_at_scale(struct th_decimal value, unsigned scale);

#endif
