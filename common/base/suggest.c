#include "common/base/suggest.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 64

static char folded(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    if (c == '_')
        return '-';
    return c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to insert, remove, replace or swap with their neighbour. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *previous = rows[1], *current = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        previous[j] = j;

    for (size_t i = 1; i <= a_length; i++) {
        current[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            char x = folded(a[i - 1]), y = folded(b[j - 1]);
            size_t distance = previous[j - 1] + (x != y);
            distance = least(distance, least(previous[j], current[j - 1]) + 1);
            if (i > 1 && j > 1 && x == folded(b[j - 2]) && y == folded(a[i - 2]))
                distance = least(distance, before[j - 2] + 1);
            current[j] = distance;
        }
        size_t *spare = before;
        before = previous;
        previous = current;
        current = spare;
    }
    return previous[b_length];
}

void th_nearest_offer(struct th_nearest *nearest, const char *name)
{
    size_t given_length = strlen(nearest->given), length = strlen(name);
    if (given_length > LONGEST || length > LONGEST)
        return;

    size_t distance = edit_distance(nearest->given, given_length, name, length);
    /* The beginning of a name is nearer than its spelling says. */
    if (given_length >= 3 && strncmp(nearest->given, name, given_length) == 0)
        distance = least(distance, 1);
    if (distance > (least(given_length, length) + 1) / 3)
        return;
    if (!nearest->name || distance < nearest->distance) {
        nearest->name = name;
        nearest->distance = distance;
    }
}

const char *th_nearest_text(const struct th_nearest *nearest, const char *prefix, char out[128])
{
    out[0] = '\0';
    if (nearest->name)
        snprintf(out, 128, " (did you mean '%s%s'?)", prefix, nearest->name);
    return out;
}
