/* How official documents number their parts. */
#ifndef TONGHOP_RENDER_NUMERAL_H
#define TONGHOP_RENDER_NUMERAL_H

#include <stdbool.h>
#include <stddef.h>

#define TH_NUMERAL_TEXT 24 /* bytes that any numeral fits in, NUL included */

/* "I", "IV", "XXXIX"; from 4000 on (and 0) plain digits. */
void th_numeral_roman(size_t number, char out[TH_NUMERAL_TEXT]);

/* Capital letters in the order of the language, 1 is A: Vietnamese counts A, B, C, D, Đ, E,
 * G, H ... (without F, J, W, Z, and without the vowels with marks), English A to Z. Past
 * the last: plain digits. */
void th_numeral_letter(size_t number, const char *language, char out[TH_NUMERAL_TEXT]);

#endif
