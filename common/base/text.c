#include "common/base/text.h"

#include <string.h>

#define NO_BREAK_SPACE "\xc2\xa0"
#define ELLIPSIS       "\xe2\x80\xa6"

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Bytes of the character at `at`, 0 when it is not well formed (Unicode 15.0,
 * table 3-7: the second byte carries the limits of each first byte). */
static size_t character_size(const unsigned char *at, size_t left)
{
    unsigned char first = at[0], low = 0x80, high = 0xBF;
    size_t size;

    if (first < 0x80)
        return first != 0;
    if (first >= 0xC2 && first <= 0xDF)
        size = 2;
    else if (first >= 0xE0 && first <= 0xEF)
        size = 3;
    else if (first >= 0xF0 && first <= 0xF4)
        size = 4;
    else
        return 0;
    if (size > left)
        return 0;

    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F;
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if (!is_continuation(at[i]))
            return 0;
    return size;
}

bool th_text_is_utf8(struct th_slice text)
{
    const unsigned char *bytes = (const unsigned char *)text.bytes;
    for (size_t at = 0; at < text.size;) {
        size_t size = character_size(bytes + at, text.size - at);
        if (size == 0)
            return false;
        at += size;
    }
    return true;
}

/* DEL, C0 and C1: a terminal would obey some of them. */
static bool is_control(const unsigned char *at)
{
    return (*at < 0x20 && *at != '\t' && *at != '\n') || *at == 0x7F ||
           (*at == 0xC2 && at[1] < 0xA0);
}

void th_text_make_showable(char *text)
{
    size_t left = strlen(text);
    unsigned char *at = (unsigned char *)text;
    while (left > 0) {
        size_t size = character_size(at, left);
        if (size == 0 || is_control(at)) {
            size = size > 0 ? size : 1;
            memset(at, '?', size);
        }
        at += size;
        left -= size;
    }
}

size_t th_text_length(struct th_slice text)
{
    size_t length = 0;
    for (size_t i = 0; i < text.size; i++)
        length += !is_continuation((unsigned char)text.bytes[i]);
    return length;
}

static uint32_t code_point(const unsigned char *at, size_t size)
{
    uint32_t point = size == 1 ? at[0] : at[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++)
        point = point << 6 | (at[i] & 0x3Fu);
    return point;
}

static bool is_steering(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x08},     {0x0B, 0x1F},     {0x7F, 0x9F},       {0x061C, 0x061C},
        {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},
        {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

size_t th_text_next(struct th_slice text, bool *safe)
{
    const unsigned char *at = (const unsigned char *)text.bytes;
    size_t size = character_size(at, text.size);
    *safe = size > 0 && !is_steering(code_point(at, size));
    return size > 0 ? size : 1;
}

/* Bytes from the beginning that stand as they are. */
static size_t safe_size(struct th_slice text)
{
    size_t size = 0;
    while (size < text.size) {
        bool safe;
        size_t next = th_text_next((struct th_slice){text.bytes + size, text.size - size}, &safe);
        if (!safe)
            break;
        size += next;
    }
    return size;
}

const char *th_text_safe(const char *text, struct th_arena *arena)
{
    struct th_slice rest = th_slice_of(text);
    if (safe_size(rest) == rest.size)
        return text;
    /* What replaces a byte is longer. */
    char *out = th_arena_alloc(arena, rest.size * (sizeof(TH_TEXT_UNSAFE) - 1) + 1), *end = out;
    while (rest.size > 0) {
        bool safe;
        size_t size = th_text_next(rest, &safe);
        bool line_end = *rest.bytes == '\r' && rest.size > 1 && rest.bytes[1] == '\n';
        const char *from = safe ? rest.bytes : TH_TEXT_UNSAFE;
        size_t count = safe ? size : line_end ? 0 : sizeof(TH_TEXT_UNSAFE) - 1;
        memcpy(end, from, count);
        end += count;
        rest = (struct th_slice){rest.bytes + size, rest.size - size};
    }
    *end = '\0';
    return out;
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool th_text_is_code(struct th_slice text, size_t max)
{
    if (text.size == 0 || text.size > max || !is_letter_or_digit(text.bytes[0]))
        return false;
    for (size_t i = 1; i < text.size; i++) {
        char c = text.bytes[i];
        if (!is_letter_or_digit(c) && c != '-' && c != '_' && c != '.')
            return false;
    }
    return true;
}

static size_t blank_before(struct th_slice text)
{
    if (text.size == 0)
        return 0;
    if (text.bytes[0] == ' ' || text.bytes[0] == '\t')
        return 1;
    return text.size >= 2 && memcmp(text.bytes, NO_BREAK_SPACE, 2) == 0 ? 2 : 0;
}

static size_t blank_behind(struct th_slice text)
{
    if (text.size == 0)
        return 0;
    if (text.bytes[text.size - 1] == ' ' || text.bytes[text.size - 1] == '\t')
        return 1;
    return text.size >= 2 && memcmp(text.bytes + text.size - 2, NO_BREAK_SPACE, 2) == 0 ? 2 : 0;
}

struct th_slice th_text_trim(struct th_slice text)
{
    size_t blank;
    while ((blank = blank_before(text)) > 0) {
        text.bytes += blank;
        text.size -= blank;
    }
    while ((blank = blank_behind(text)) > 0)
        text.size -= blank;
    return text;
}

bool th_text_take_line(struct th_slice *rest, struct th_slice *line)
{
    if (rest->size == 0)
        return false;
    const char *end = memchr(rest->bytes, '\n', rest->size);
    size_t size = end ? (size_t)(end - rest->bytes) : rest->size, taken = size + (end ? 1 : 0);
    if (size > 0 && rest->bytes[size - 1] == '\r')
        size--;
    *line = th_text_trim((struct th_slice){rest->bytes, size});
    *rest = (struct th_slice){rest->bytes + taken, rest->size - taken};
    return true;
}

/* Bytes of the first `characters` characters that fit into `room` bytes. */
static size_t prefix_size(struct th_slice text, size_t characters, size_t room)
{
    size_t size = 0;
    while (size < text.size && characters > 0) {
        size_t next = size + 1;
        while (next < text.size && is_continuation((unsigned char)text.bytes[next]))
            next++;
        if (next > room)
            break;
        size = next;
        characters--;
    }
    return size;
}

void th_text_shorten(struct th_slice text, size_t max, char *out, size_t out_size)
{
    if (out_size == 0)
        return;
    size_t whole = prefix_size(text, max, out_size - 1);
    if (whole == text.size) {
        if (whole)
            memcpy(out, text.bytes, whole);
        out[whole] = '\0';
        return;
    }

    size_t ellipsis = sizeof(ELLIPSIS) - 1, kept = 0;
    if (max > 0 && out_size > ellipsis) {
        kept = prefix_size(text, max - 1, out_size - 1 - ellipsis);
        memcpy(out, text.bytes, kept);
        memcpy(out + kept, ELLIPSIS, ellipsis);
        kept += ellipsis;
    }
    out[kept] = '\0';
}

void th_text_to_hex(const uint8_t *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * size] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool th_text_from_hex(struct th_slice text, uint8_t *bytes, size_t size)
{
    if (text.size % 2 != 0 || text.size / 2 != size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = hex_value(text.bytes[2 * i]), low = hex_value(text.bytes[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Bytes of a UUID in each of its groups. */
static const size_t uuid_groups[] = {4, 2, 2, 2, 6};
#define UUID_GROUPS (sizeof(uuid_groups) / sizeof(uuid_groups[0]))

void th_text_uuid(const uint8_t id[16], char out[37])
{
    for (size_t group = 0; group < UUID_GROUPS; group++) {
        th_text_to_hex(id, uuid_groups[group], out);
        id += uuid_groups[group];
        out += 2 * uuid_groups[group];
        if (group + 1 < UUID_GROUPS)
            *out++ = '-';
    }
}

bool th_text_parse_uuid(struct th_slice text, uint8_t id[16])
{
    if (text.size != 36)
        return false;
    const char *at = text.bytes;
    for (size_t group = 0; group < UUID_GROUPS; group++) {
        struct th_slice digits = {at, 2 * uuid_groups[group]};
        if (!th_text_from_hex(digits, id, uuid_groups[group]))
            return false;
        id += uuid_groups[group];
        at += digits.size;
        if (group + 1 < UUID_GROUPS && *at++ != '-')
            return false;
    }
    return true;
}
