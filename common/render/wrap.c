/* Line breaking by what the eye sees: libsmartcols breaks within words. */
#include <limits.h>
#include <wchar.h>

#include "common/render/render_private.h"

#define ESCAPED 4 /* libsmartcols shows what it must not print as \xNN */

/* Bytes of the character at `at`, and the columns it takes. */
static size_t next_character(const char *at, size_t *width)
{
    wchar_t character;
    mbstate_t state = {0};
    size_t size = mbrtowc(&character, at, MB_LEN_MAX, &state);
    *width = ESCAPED;
    if (size == 0 || size > MB_LEN_MAX)
        return 1;
    int columns = wcwidth(character);
    if (*at == '\t')
        *width = 1; /* th_wrap_add makes a blank of it */
    else if (*at == '\r' && at[1] == '\n')
        *width = 0;
    else if (columns >= 0)
        *width = (size_t)columns;
    return size;
}

size_t th_wrap_width(const char *text)
{
    size_t widest = 0, line = 0, width;
    while (*text) {
        size_t size = next_character(text, &width);
        line = *text == '\n' ? 0 : line + width;
        widest = line > widest ? line : widest;
        text += size;
    }
    return widest;
}

static bool ends_word(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\0';
}

/* Adds one word at column `at`, broken where it alone is wider than a line;
 * returns the column behind it. */
static size_t add_word(struct th_buffer *out, const char *word, size_t size, size_t at,
                       size_t width)
{
    for (const char *end = word + size; word < end;) {
        size_t columns, bytes = next_character(word, &columns);
        if (at > 0 && at + columns > width) {
            th_buffer_add_char(out, '\n');
            at = 0;
        }
        th_buffer_add(out, word, bytes);
        at += columns;
        word += bytes;
    }
    return at;
}

void th_wrap_add(struct th_buffer *out, const char *text, size_t width)
{
    size_t at = 0;
    while (*text) {
        size_t size = 0, columns = 0, one;
        while (!ends_word(text[size])) {
            size += next_character(text + size, &one);
            columns += one;
        }
        /* A line end of another system is one all the same. */
        size_t shown = text[size] == '\n' && size > 0 && text[size - 1] == '\r' ? size - 1 : size;
        if (at > 0 && at + 1 + columns > width) {
            th_buffer_add_char(out, '\n');
            at = 0;
        } else if (at > 0 && shown > 0) {
            th_buffer_add_char(out, ' ');
            at++;
        }
        at = add_word(out, text, shown, at, width);
        text += size;
        if (*text == '\n') {
            th_buffer_add_char(out, '\n');
            at = 0;
        }
        text += *text != '\0';
    }
}
