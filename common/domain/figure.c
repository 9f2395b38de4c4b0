#include "common/domain/figure.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/domain/consolidate.h"

#define ROUNDED_DIGITS 6
#define ROUNDED_UNIT   1000000

#define INT128_TEXT 48 /* sign, 39 digits, NUL */

static const __int128 int128_max = (__int128)(~(unsigned __int128)0 >> 1);

static unsigned __int128 magnitude_of(__int128 value)
{
    return value < 0 ? 0 - (unsigned __int128)value : (unsigned __int128)value;
}

/* Digits of `value` ending before `end`; returns the first of at least
 * `least` digits (zeros in front). */
static char *write_digits(unsigned __int128 value, size_t least, char *end)
{
    char *at = end;
    /* 64-bit division is several times cheaper, and nearly always enough. */
    while (value > UINT64_MAX) {
        *--at = (char)('0' + (int)(value % 10));
        value /= 10;
    }
    for (uint64_t rest = (uint64_t)value; rest > 0; rest /= 10)
        *--at = (char)('0' + (int)(rest % 10));
    while ((size_t)(end - at) < least)
        *--at = '0';
    return at;
}

/* Writes [first, end) with a point before its last `scale` digits, without
 * trailing zeros after it. There are more than `scale` digits. */
static void place_point(bool negative, const char *first, const char *end, size_t scale, char *out)
{
    const char *point = end - scale;
    while (end > point && end[-1] == '0')
        end--;
    size_t whole = (size_t)(point - first);
    size_t fraction = (size_t)(end - point);
    if (negative)
        *out++ = '-';
    memcpy(out, first, whole);
    out += whole;
    if (fraction > 0) {
        *out++ = '.';
        memcpy(out, point, fraction);
        out += fraction;
    }
    *out = '\0';
}

static void format_scaled(bool negative, unsigned __int128 magnitude, size_t scale, char *out)
{
    char digits[INT128_TEXT];
    char *end = digits + sizeof(digits);
    char *first = write_digits(magnitude, scale + 1, end);
    place_point(negative && magnitude > 0, first, end, scale, out);
}

void th_scaled_format(__int128 scaled, char *out)
{
    format_scaled(scaled < 0, magnitude_of(scaled), 9, out);
}

/* Floors, so that what is left is a fraction in [0, 1). */
static __int128 split_whole(struct th_quotient value, __int128 *rest)
{
    __int128 whole = value.num / value.den;
    *rest = value.num % value.den;
    if (*rest < 0) {
        *rest += value.den;
        whole--;
    }
    return whole;
}

static void set_integer(mpz_t out, __int128 value)
{
    unsigned __int128 magnitude = magnitude_of(value);
    uint64_t words[2] = {(uint64_t)magnitude, (uint64_t)(magnitude >> 64)};
    mpz_import(out, 2, -1, sizeof(words[0]), 0, 0, words);
    if (value < 0)
        mpz_neg(out, out);
}

static void set_rational(mpq_t out, struct th_quotient value)
{
    set_integer(mpq_numref(out), value.num);
    set_integer(mpq_denref(out), value.den);
    mpq_canonicalize(out);
}

int th_quotient_compare(struct th_quotient a, struct th_quotient b)
{
    if (a.den == b.den)
        return (a.num > b.num) - (a.num < b.num);
    __int128 rest_a;
    __int128 rest_b;
    __int128 whole_a = split_whole(a, &rest_a);
    __int128 whole_b = split_whole(b, &rest_b);
    if (whole_a != whole_b)
        return whole_a < whole_b ? -1 : 1;
    __int128 left;
    __int128 right;
    if (!__builtin_mul_overflow(rest_a, b.den, &left) &&
        !__builtin_mul_overflow(rest_b, a.den, &right))
        return (left > right) - (left < right);
    mpq_t exact_a;
    mpq_t exact_b;
    mpq_inits(exact_a, exact_b, NULL);
    set_rational(exact_a, a);
    set_rational(exact_b, b);
    int order = mpq_cmp(exact_a, exact_b);
    mpq_clears(exact_a, exact_b, NULL);
    return (order > 0) - (order < 0);
}

static bool format_big(mpq_srcptr value, char *out)
{
    mpz_t scaled;
    mpz_t rest;
    mpz_inits(scaled, rest, NULL);
    mpz_abs(scaled, mpq_numref(value));
    mpz_mul_ui(scaled, scaled, ROUNDED_UNIT);
    mpz_tdiv_qr(scaled, rest, scaled, mpq_denref(value));
    bool whole = mpz_sgn(rest) == 0;
    mpz_mul_2exp(rest, rest, 1);
    if (mpz_cmp(rest, mpq_denref(value)) >= 0)
        mpz_add_ui(scaled, scaled, 1);

    /* At most 38 digits before the point (see TH_FIGURE_UNIT), 6 after it; the
     * zeros in front make sure of one before it. */
    char digits[TH_FIGURE_TEXT];
    int length = gmp_snprintf(digits, sizeof(digits), "%0*Zd", ROUNDED_DIGITS + 1, scaled);
    bool negative = mpq_sgn(value) < 0 && mpz_sgn(scaled) != 0;
    if (length < (int)sizeof(digits) - 2)
        place_point(negative, digits, digits + length, ROUNDED_DIGITS, out);
    else
        *out = '\0';
    mpz_clears(scaled, rest, NULL);
    return whole;
}

bool th_quotient_format(struct th_quotient value, char *out)
{
    unsigned __int128 magnitude = magnitude_of(value.num);
    if (magnitude > (unsigned __int128)int128_max / ROUNDED_UNIT) {
        mpq_t exact;
        mpq_init(exact);
        set_rational(exact, value);
        bool whole = format_big(exact, out);
        mpq_clear(exact);
        return whole;
    }
    unsigned __int128 den = (unsigned __int128)value.den;
    unsigned __int128 scaled = magnitude * ROUNDED_UNIT;
    unsigned __int128 rounded = scaled / den;
    unsigned __int128 rest = scaled - rounded * den;
    if (rest >= den - rest)
        rounded++;
    format_scaled(value.num < 0, rounded, ROUNDED_DIGITS, out);
    return rest == 0;
}

void th_quotient_sum_init(struct th_quotient_sum *sum)
{
    mpq_inits(sum->total, sum->scratch, NULL);
    th_quotient_sum_reset(sum);
}

void th_quotient_sum_free(struct th_quotient_sum *sum)
{
    mpq_clears(sum->total, sum->scratch, NULL);
}

void th_quotient_sum_reset(struct th_quotient_sum *sum)
{
    sum->run = (struct th_quotient){0, 0};
    sum->has_total = false;
}

static void flush_run(struct th_quotient_sum *sum)
{
    if (sum->run.den == 0)
        return;
    set_rational(sum->scratch, sum->run);
    if (sum->has_total)
        mpq_add(sum->total, sum->total, sum->scratch);
    else
        mpq_set(sum->total, sum->scratch);
    sum->has_total = true;
    sum->run = (struct th_quotient){0, 0};
}

void th_quotient_sum_add(struct th_quotient_sum *sum, struct th_quotient value)
{
    if (sum->run.den != value.den) {
        flush_run(sum);
        sum->run = value;
    } else {
        sum->run.num += value.num;
    }
}

struct th_exact th_quotient_sum_finish(struct th_quotient_sum *sum, uint64_t divisor)
{
    if (!sum->has_total) {
        struct th_quotient value = sum->run.den == 0 ? (struct th_quotient){0, 1} : sum->run;
        value.den *= divisor;
        return (struct th_exact){.small = value};
    }
    flush_run(sum);
    mpq_set_ui(sum->scratch, divisor, 1);
    mpq_div(sum->total, sum->total, sum->scratch);
    return (struct th_exact){.big = sum->total};
}

bool th_exact_format(const struct th_exact *exact, char *out)
{
    return exact->big ? format_big(exact->big, out) : th_quotient_format(exact->small, out);
}

static void put_integer(mpz_srcptr integer, struct th_buffer *out)
{
    th_buffer_reserve(out, mpz_sizeinbase(integer, 10) + 2);
    (void)mpz_get_str(out->bytes + out->size, 10, integer);
    out->size += strlen(out->bytes + out->size);
}

static bool fits_parts(mpz_srcptr integer)
{
    return mpz_sizeinbase(integer, 10) <= TH_EXACT_DIGITS_MAX;
}

void th_exact_parts(const struct th_exact *exact, struct th_buffer *num, struct th_buffer *den)
{
    char text[TH_FIGURE_TEXT];
    th_buffer_clear(num);
    th_buffer_clear(den);
    if (!exact->big) {
        /* Both are held at one scale: of a mean, the sum and how many it is of. */
        th_scaled_format(exact->small.num, text);
        th_buffer_add_text(num, text);
        th_scaled_format(exact->small.den, text);
        th_buffer_add_text(den, text);
    } else if (fits_parts(mpq_numref(exact->big)) && fits_parts(mpq_denref(exact->big))) {
        put_integer(mpq_numref(exact->big), num);
        put_integer(mpq_denref(exact->big), den);
    }
}

void th_exact_get(const struct th_exact *exact, mpq_t out)
{
    if (exact->big)
        mpq_set(out, exact->big);
    else
        set_rational(out, exact->small);
}

bool th_figure_exact(const struct th_figure *figure, struct th_buffer *out)
{
    const struct th_exact *exact = figure->exact;
    if (!exact)
        return false;
    mpq_t value;
    mpq_init(value);
    th_exact_get(exact, value);
    size_t size = mpz_sizeinbase(mpq_numref(value), 10) + mpz_sizeinbase(mpq_denref(value), 10) + 4;
    th_buffer_reserve(out, size);
    char *text = mpq_get_str(out->bytes + out->size, 10, value);
    out->size += strlen(text);
    mpq_clear(value);
    return true;
}
