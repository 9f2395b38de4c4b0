#include "common/domain/change.h"

#include <string.h>

#include "common/base/buffer.h"
#include "common/domain/change_private.h"
#include "common/domain/consolidate.h"
#include "common/domain/figure.h"

#define DIGITS_MOST TH_EXACT_TEXT

_Static_assert(TH_CHANGE_TEXT >= TH_FIGURE_TEXT, "a change is written as a figure is");

/* Reads "-12.5"; false when it is no such decimal. */
static bool read_decimal(const char *text, mpq_t out)
{
    char digits[DIGITS_MOST + 2];
    size_t length = 0, scale = 0;
    bool point = false;
    const char *at = text;
    if (*at == '-')
        digits[length++] = *at++;
    size_t sign = length;
    for (; *at; at++) {
        if (*at == '.' && !point) {
            point = true;
            continue;
        }
        if (*at < '0' || *at > '9' || length > DIGITS_MOST)
            return false;
        digits[length++] = *at;
        scale += point;
    }
    digits[length] = '\0';
    if (length == sign || mpz_set_str(mpq_numref(out), digits, 10) != 0)
        return false;
    mpz_ui_pow_ui(mpq_denref(out), 10, scale);
    mpq_canonicalize(out);
    return true;
}

bool th_change_read_side(struct th_change_side side, mpq_t out)
{
    if (!*side.value)
        return false;
    if (!*side.num || !*side.den)
        return read_decimal(side.value, out);
    mpq_t den;
    mpq_init(den);
    bool read = read_decimal(side.num, out) && read_decimal(side.den, den) && mpq_sgn(den) != 0;
    if (read)
        mpq_div(out, out, den);
    mpq_clear(den);
    return read;
}

static void times_hundred(mpq_t value)
{
    mpz_mul_ui(mpq_numref(value), mpq_numref(value), 100);
    mpq_canonicalize(value);
}

static void write(const mpq_t value, char *out)
{
    struct th_exact exact = {.big = value};
    th_exact_format(&exact, out);
}

bool th_change_difference(struct th_change_side after, struct th_change_side before, bool points,
                          char out[TH_CHANGE_TEXT])
{
    mpq_t first, second;
    mpq_inits(first, second, NULL);
    bool read = th_change_read_side(after, first) && th_change_read_side(before, second);
    *out = '\0';
    if (read) {
        mpq_sub(first, first, second);
        if (points)
            times_hundred(first);
        write(first, out);
    }
    mpq_clears(first, second, NULL);
    return read;
}

bool th_change_is_none(struct th_change_side after, struct th_change_side before)
{
    if (strcmp(after.num, before.num) == 0 && strcmp(after.den, before.den) == 0 &&
        strcmp(after.value, before.value) == 0)
        return true;
    mpq_t first, second;
    mpq_inits(first, second, NULL);
    bool one = th_change_read_side(after, first), other = th_change_read_side(before, second);
    bool same = one && other ? mpq_equal(first, second) : one == other;
    mpq_clears(first, second, NULL);
    return same;
}

bool th_change_share(struct th_change_side part, const char *whole, char out[TH_CHANGE_TEXT])
{
    mpq_t first, second;
    mpq_inits(first, second, NULL);
    bool read =
        th_change_read_side(part, first) && read_decimal(whole, second) && mpq_sgn(second) != 0;
    *out = '\0';
    if (read) {
        mpq_div(first, first, second);
        times_hundred(first);
        write(first, out);
    }
    mpq_clears(first, second, NULL);
    return read;
}

bool th_change_percent(struct th_change_side after, struct th_change_side before,
                       char out[TH_CHANGE_TEXT])
{
    mpq_t first, second;
    mpq_inits(first, second, NULL);
    bool read = th_change_read_side(after, first) && th_change_read_side(before, second) &&
                mpq_sgn(second) != 0;
    *out = '\0';
    if (read) {
        mpq_sub(first, first, second);
        mpq_abs(second, second);
        mpq_div(first, first, second);
        times_hundred(first);
        write(first, out);
    }
    mpq_clears(first, second, NULL);
    return read;
}
