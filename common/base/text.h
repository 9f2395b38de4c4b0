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

/* True for 1..max bytes of A-Z a-z 0-9 - _ . that begin with a letter or digit:
 * what a code of district, form, group, criterion, choice or rule may be. */
bool th_text_is_code(struct th_slice text, size_t max);

/* Without blanks, tabs and no-break spaces at both ends. */
struct th_slice th_text_trim(struct th_slice text);

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
