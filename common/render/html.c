#include "common/render/html.h"

#include <stdbool.h>
#include <stdint.h>

#include "common/base/text.h"

#define REPLACEMENT "\xEF\xBF\xBD"

/* The character at the beginning and its bytes; 0 bytes when it is not UTF-8. */
static size_t decode(struct th_slice text, uint32_t *character)
{
    const unsigned char *at = (const unsigned char *)text.bytes;
    size_t size = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if (size > text.size || (at[0] != 0 && !th_text_is_utf8((struct th_slice){text.bytes, size})))
        return 0;
    *character = size == 1 ? at[0] : at[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++)
        *character = *character << 6 | (at[i] & 0x3Fu);
    return size;
}

static bool is_steering(uint32_t character)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x08},     {0x0B, 0x1F},     {0x7F, 0x9F},       {0x061C, 0x061C},
        {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},
        {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

static const char *entity(uint32_t character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void th_html_text(struct th_buffer *out, struct th_slice text)
{
    while (text.size > 0) {
        uint32_t character = 0;
        size_t size = decode(text, &character);
        const char *named = entity(character);
        if (size == 0 || is_steering(character)) {
            /* The carriage return of a line end says nothing. */
            if (!(character == '\r' && text.size > 1 && text.bytes[1] == '\n'))
                th_buffer_add_text(out, REPLACEMENT);
        } else if (named) {
            th_buffer_add_text(out, named);
        } else {
            th_buffer_add(out, text.bytes, size);
        }
        size = size > 0 ? size : 1;
        text = (struct th_slice){text.bytes + size, text.size - size};
    }
}

void th_html_paragraphs(struct th_buffer *out, struct th_slice text, const char *open,
                        const char *close)
{
    const char *at = text.bytes, *end = text.bytes + text.size;
    while (at < end) {
        const char *stop = at;
        while (stop < end && *stop != '\n')
            stop++;
        struct th_slice line = {at, (size_t)(stop - at)};
        if (line.size > 0 && line.bytes[line.size - 1] == '\r')
            line.size--;
        line = th_text_trim(line);
        if (line.size > 0) {
            th_buffer_add_text(out, open);
            th_html_text(out, line);
            th_buffer_add_text(out, close);
        }
        at = stop + 1;
    }
}
