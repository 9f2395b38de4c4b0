/* The text of a decimal: what is read is printed and read again as the same; two of them,
 * divided by the first line end, are ordered as their values are. */
#include <string.h>

#include "common/domain/decimal.h"
#include "tests/fuzz/fuzz.h"

#define TEN_TO_18 INT64_C(1000000000000000000)

static bool same(struct th_decimal a, struct th_decimal b)
{
    return a.unscaled == b.unscaled && a.scale == b.scale;
}

static bool take(struct th_slice text, char point, struct th_decimal *value)
{
    char out[TH_DECIMAL_TEXT];
    struct th_decimal again;
    if (th_decimal_parse(text, point, value) != TH_DECIMAL_FINE)
        return false;
    MUST(value->unscaled > -TEN_TO_18 && value->unscaled < TEN_TO_18);
    MUST(value->scale <= TH_DECIMAL_MAX_SCALE);
    /* No trailing zero is left, so equal values have equal fields. */
    MUST(value->scale == 0 || value->unscaled % 10 != 0);
    again = *value;
    MUST(th_decimal_normalise(&again) && same(again, *value));
    th_decimal_format(*value, out);
    MUST(strlen(out) < sizeof(out));
    MUST(th_decimal_parse(th_slice_of(out), '.', &again) == TH_DECIMAL_FINE);
    MUST(same(again, *value));
    MUST(th_decimal_compare(*value, again) == 0);
    return true;
}

static void order(struct th_decimal a, struct th_decimal b)
{
    __int128 left = th_decimal_at_scale(a, TH_DECIMAL_MAX_SCALE);
    __int128 right = th_decimal_at_scale(b, TH_DECIMAL_MAX_SCALE);
    int want = (left > right) - (left < right);
    MUST(th_decimal_compare(a, b) == want);
    MUST(th_decimal_compare(b, a) == -want);
    MUST((want == 0) == same(a, b));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct th_slice text = {(const char *)bytes, size}, rest = {"", 0};
    struct th_decimal a, b;
    const char *end = size ? memchr(bytes, '\n', size) : NULL;
    if (end) {
        text.size = (size_t)(end - text.bytes);
        rest = (struct th_slice){end + 1, size - text.size - 1};
    }
    bool comma = take(text, ',', &a);
    bool point = take(text, '.', &a);
    /* Read with either point only when it has none. */
    MUST(!comma || !point || !memchr(text.bytes, '.', text.size));
    if (point && take(rest, '.', &b))
        order(a, b);
    return 0;
}
