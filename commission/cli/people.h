/* How people read what machines store: numbers by a criterion's display, names for
 * codes, lines that fit a column. Pure. */
#ifndef TONGHOP_COMMISSION_PEOPLE_H
#define TONGHOP_COMMISSION_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/domain/catalogue.h"

/* A figure's value: percentages for display = percent, at most 2 digits after the
 * point (or the criterion's own `decimals` when that is more). "–" when empty. */
const char *th_people_value(const struct th_criterion *criterion, const char *exact,
                            const char *language, struct th_arena *arena);
/* A number as it was reported: all its digits. */
const char *th_people_number(const char *exact, const char *language, struct th_arena *arena);
/* "34/177"; "" when there is neither. */
const char *th_people_ratio(const char *num, const char *den, const char *language,
                            struct th_arena *arena);
/* "Name (unit)". */
const char *th_people_criterion(const struct th_criterion *criterion, const char *language,
                                struct th_arena *arena);
/* Name of a choice, of a district ("*" or unknown: the code's own words). */
const char *th_people_choice(const struct th_criterion *criterion, const char *value,
                             const char *language);
const char *th_people_district(const struct th_catalogue *catalogue, const char *code,
                               const char *language);
/* Names of communes as they stood on `day`, joined by ", ". */
const char *th_people_communes(const struct th_catalogue *catalogue, const struct th_slice *codes,
                               size_t count, int32_t day, const char *language,
                               struct th_arena *arena);
/* "Tháng 3/2024" of an identifier; the identifier itself when it is none. */
const char *th_people_period(const struct th_catalogue *catalogue, const char *id,
                             const char *language, struct th_arena *arena);
/* Likewise of a period as it was asked for, to its end from 1 January with `to_date`. */
const char *th_people_period_asked(const struct th_catalogue *catalogue, const char *id,
                                   bool to_date, const char *language, struct th_arena *arena);
/* "hằng tháng". */
const char *th_people_frequency(enum th_frequency frequency, const char *language);

/* Breaks `text` at blanks into lines of at most `width` characters; a longer word is
 * cut. At most `capacity` lines, the rest of the text is in the last. */
size_t th_people_wrap(const char *text, size_t width, struct th_slice *lines, size_t capacity);

/* Columns of the terminal behind `file`, 120 when it is none. */
size_t th_people_width(int file);

/* Splits "a,b , c"; false when an item is empty. */
bool th_people_split(const char *text, struct th_arena *arena, struct th_slice **items,
                     size_t *count);

#endif
