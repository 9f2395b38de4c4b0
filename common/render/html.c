#include "common/render/html.h"

#include <stdbool.h>

#include "common/base/text.h"

static const char *entity(char character)
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
        bool safe;
        size_t size = th_text_next(text, &safe);
        const char *named = entity(*text.bytes);
        if (!safe) {
            /* The carriage return of a line end says nothing. */
            if (!(*text.bytes == '\r' && text.size > 1 && text.bytes[1] == '\n'))
                th_buffer_add_text(out, TH_TEXT_UNSAFE);
        } else if (named) {
            th_buffer_add_text(out, named);
        } else {
            th_buffer_add(out, text.bytes, size);
        }
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
