/* Checks on text from outside, and hexadecimal. */
#ifndef TONGHOP_BASE_TEXT_H
#define TONGHOP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"

/* True for well-formed UTF-8 (no overlong forms, surrogates, beyond U+10FFFF)
 * without NUL. */
bool th_text_is_utf8(struct th_slice text);

/* Characters (code points) of valid UTF-8. */
size_t th_text_length(struct th_slice text);

/* Bytes of the first character of a text that is not empty; 1 when they are no UTF-8.
 * *safe: it is, and does not steer how other text is shown, as controls (but for tab and
 * line end), directional marks and overrides, and line separators do. */
size_t th_text_next(struct th_slice text, bool *safe);
#define TH_TEXT_UNSAFE "\xEF\xBF\xBD" /* U+FFFD: what is shown for it */
/* The text with U+FFFD for every character that is not safe; the carriage return of a line
 * end is left out. The same pointer when nothing is to be done. */
const char *th_text_safe(const char *text, struct th_arena *arena);

/* True for 1..max bytes of A-Z a-z 0-9 - _ . that begin with a letter or digit:
 * what a code of district, form, group, criterion, choice or rule may be. */
bool th_text_is_code(struct th_slice text, size_t max);

/* Without blanks, tabs and no-break spaces at both ends. */
struct th_slice th_text_trim(struct th_slice text);
/* Takes the first line off `rest`, trimmed and without its end (LF or CRLF); false when nothing is
 * left. */
bool th_text_take_line(struct th_slice *rest, struct th_slice *line);

/* At most `max` characters, ended by "…" when shortened; `out` is NUL-terminated. */
void th_text_shorten(struct th_slice text, size_t max, char *out, size_t out_size);

/* Puts '?' for each byte that is not of a character, and for control characters but tab and
 * line end: what is cut at a number of bytes, or was never UTF-8, can be shown then. */
void th_text_make_showable(char *text);

/* Lower-case hexadecimal; `out` takes 2 * size + 1 bytes. */
void th_text_to_hex(const uint8_t *bytes, size_t size, char *out);
/* True when `text` is exactly 2 * size hexadecimal digits. */
bool th_text_from_hex(struct th_slice text, uint8_t *bytes, size_t size);

/* "8-4-4-4-12" form of a UUID; `out` takes 37 bytes. */
void th_text_uuid(const uint8_t id[16], char out[37]);
bool th_text_parse_uuid(struct th_slice text, uint8_t id[16]);

#endif
