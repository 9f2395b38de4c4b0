#include "common/domain/decimal.h"

static const int64_t powers_of_ten[TH_DECIMAL_DIGITS + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(const char *at, const char *end)
{
    size_t count = 0;
    while (at + count < end && is_digit(at[count]))
        count++;
    return count;
}

enum th_decimal_fault th_decimal_parse(struct th_slice text, char point, struct th_decimal *value)
{
    *value = (struct th_decimal){0};
    if (text.size == 0)
        return TH_DECIMAL_MALFORMED;
    const char *at = text.bytes;
    const char *end = text.bytes + text.size;
    bool negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;

    const char *whole = at;
    size_t whole_digits = count_digits(at, end);
    at += whole_digits;
    const char *fraction = at;
    size_t fraction_digits = 0;
    if (at < end && *at == point) {
        fraction = at + 1;
        fraction_digits = count_digits(fraction, end);
        at = fraction + fraction_digits;
        if (fraction_digits == 0)
            return TH_DECIMAL_MALFORMED;
    }
    if (whole_digits == 0 || at != end)
        return TH_DECIMAL_MALFORMED;

    for (; whole_digits > 0 && *whole == '0'; whole_digits--)
        whole++;
    while (fraction_digits > 0 && fraction[fraction_digits - 1] == '0')
        fraction_digits--;
    if (whole_digits > TH_DECIMAL_DIGITS)
        return TH_DECIMAL_TOO_LONG;
    if (fraction_digits > TH_DECIMAL_MAX_SCALE)
        return TH_DECIMAL_TOO_PRECISE;

    /* At most 27 digits are left, which needs more than 64 bits until judged. */
    __int128 unscaled = 0;
    for (size_t i = 0; i < whole_digits; i++)
        unscaled = unscaled * 10 + (whole[i] - '0');
    for (size_t i = 0; i < fraction_digits; i++)
        unscaled = unscaled * 10 + (fraction[i] - '0');
    if (unscaled >= powers_of_ten[TH_DECIMAL_DIGITS])
        return TH_DECIMAL_TOO_LONG;
    value->unscaled = (int64_t)(negative ? -unscaled : unscaled);
    value->scale = (uint8_t)fraction_digits;
    return TH_DECIMAL_FINE;
}

static void drop_trailing_zeros(struct th_decimal *value)
{
    while (value->scale > 0 && value->unscaled % 10 == 0) {
        value->unscaled /= 10;
        value->scale--;
    }
}

void th_decimal_format(struct th_decimal value, char *out)
{
    /* A scale beyond the contract must not become a write beyond `out`. */
    if (value.scale > TH_DECIMAL_MAX_SCALE)
        value.scale = TH_DECIMAL_MAX_SCALE;
    drop_trailing_zeros(&value);
    uint64_t rest = value.unscaled < 0 ? 0 - (uint64_t)value.unscaled : (uint64_t)value.unscaled;
    char digits[TH_DECIMAL_TEXT];
    size_t count = 0;
    for (; rest > 0 || count <= value.scale; rest /= 10)
        digits[count++] = (char)('0' + (int)(rest % 10));
    if (value.unscaled < 0)
        *out++ = '-';
    while (count > 0) {
        if (count == value.scale)
            *out++ = '.';
        *out++ = digits[--count];
    }
    *out = '\0';
}

bool th_decimal_normalise(struct th_decimal *value)
{
    int64_t limit = powers_of_ten[TH_DECIMAL_DIGITS];
    if (value->scale > TH_DECIMAL_MAX_SCALE || value->unscaled >= limit ||
        value->unscaled <= -limit)
        return false;
    drop_trailing_zeros(value);
    return true;
}

int th_decimal_compare(struct th_decimal a, struct th_decimal b)
{
    if (a.scale == b.scale) /* nearly always, and much cheaper */
        return (a.unscaled > b.unscaled) - (a.unscaled < b.unscaled);
    __int128 left = th_decimal_at_scale(a, TH_DECIMAL_MAX_SCALE);
    __int128 right = th_decimal_at_scale(b, TH_DECIMAL_MAX_SCALE);
    return (left > right) - (left < right);
}

__int128 th_decimal_at_scale(struct th_decimal value, unsigned scale)
{
    return (__int128)value.unscaled * powers_of_ten[scale - value.scale];
}
