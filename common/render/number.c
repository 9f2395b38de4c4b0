/* Exact decimal text as people read it; no floating point anywhere. */
#include <stdio.h>
#include <string.h>

#include "common/render/table.h"

#define MOST_DIGITS    512
#define NO_BREAK_SPACE "\xc2\xa0"

/* The digits without sign and point; the point stands behind `whole` of them. */
struct decimal {
    bool negative;
    char digits[MOST_DIGITS + 4];
    int count, whole;
};

static bool parse(const char *text, struct decimal *decimal)
{
    *decimal = (struct decimal){.negative = *text == '-'};
    if (*text == '-' || *text == '+')
        text++;
    bool point = false;
    for (; *text; text++) {
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9' || decimal->count == MOST_DIGITS)
            return false;
        decimal->digits[decimal->count++] = *text;
        decimal->whole += !point;
    }
    return decimal->count > 0;
}

/* Times 100. */
static void shift_point(struct decimal *decimal)
{
    decimal->whole += 2;
    while (decimal->count < decimal->whole)
        decimal->digits[decimal->count++] = '0';
}

/* Away from zero from the half on; nines carry to the left. */
static void round_to(struct decimal *decimal, int places)
{
    int kept = decimal->whole + (places > 0 ? places : 0);
    if (kept >= decimal->count)
        return;
    bool up = decimal->digits[kept] >= '5';
    decimal->count = kept;
    for (int i = kept - 1; up && i >= 0; i--) {
        up = decimal->digits[i] == '9';
        if (up)
            decimal->digits[i] = '0';
        else
            decimal->digits[i]++;
    }
    if (up) {
        memmove(decimal->digits + 1, decimal->digits, (size_t)decimal->count);
        decimal->digits[0] = '1';
        decimal->count++;
        decimal->whole++;
    }
}

/* Drops zeros that say nothing, and the sign of a zero. */
static void tidy(struct decimal *decimal)
{
    while (decimal->count > decimal->whole && decimal->digits[decimal->count - 1] == '0')
        decimal->count--;
    int zeros = 0;
    while (zeros < decimal->whole && decimal->digits[zeros] == '0')
        zeros++;
    memmove(decimal->digits, decimal->digits + zeros, (size_t)(decimal->count - zeros));
    decimal->count -= zeros;
    decimal->whole -= zeros;
    if (decimal->count == 0)
        decimal->negative = false;
}

void th_render_number(const char *exact, bool percent, int digits, const char *language, char *out,
                      size_t out_size)
{
    struct decimal decimal;
    char text[2 * MOST_DIGITS + 32];
    size_t used = 0;
    bool english = language && strncmp(language, "en", 2) == 0;

    if (out_size == 0)
        return;
    if (!exact || !parse(exact, &decimal)) {
        snprintf(out, out_size, "%s", exact ? exact : "");
        return;
    }
    if (percent)
        shift_point(&decimal);
    round_to(&decimal, digits);
    tidy(&decimal);

    if (decimal.negative)
        text[used++] = '-';
    if (decimal.whole == 0)
        text[used++] = '0';
    for (int i = 0; i < decimal.count; i++) {
        if (i == decimal.whole)
            text[used++] = english ? '.' : ',';
        else if (i > 0 && i < decimal.whole && (decimal.whole - i) % 3 == 0)
            text[used++] = english ? ',' : '.';
        text[used++] = decimal.digits[i];
    }
    text[used] = '\0';
    snprintf(out, out_size, "%s%s", text, percent ? NO_BREAK_SPACE "%" : "");
}
