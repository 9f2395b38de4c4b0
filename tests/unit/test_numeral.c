/* How official documents number their parts. */
#include <stdbool.h>

#include "tests/unit/th_test.h"

#include "common/render/numeral.h"

static void roman_numerals(void)
{
    static const struct {
        size_t number;
        const char *want;
    } cases[] = {
        {0, "0"},
        {1, "I"},
        {3, "III"},
        {4, "IV"},
        {8, "VIII"},
        {9, "IX"},
        {14, "XIV"},
        {40, "XL"},
        {49, "XLIX"},
        {90, "XC"},
        {400, "CD"},
        {944, "CMXLIV"},
        {2024, "MMXXIV"},
        {3888, "MMMDCCCLXXXVIII"},
        {3999, "MMMCMXCIX"},
        {4000, "4000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[TH_NUMERAL_TEXT];
        th_numeral_roman(cases[i].number, out);
        TH_CHECK_TEXT(cases[i].want, out, cases[i].want);
    }
}

static void letters_in_the_order_of_the_language(void)
{
    static const struct {
        const char *language;
        size_t number;
        const char *want;
    } cases[] = {
        {"vi", 1, "A"}, {"vi", 4, "D"},  {"vi", 5, "Đ"},   {"vi", 6, "E"},
        {"vi", 7, "G"}, {"vi", 23, "Y"}, {"vi", 24, "24"}, {"en", 5, "E"},
        {"en", 6, "F"}, {"en", 26, "Z"}, {"en", 27, "27"}, {"en", 0, "0"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[TH_NUMERAL_TEXT];
        th_numeral_letter(cases[i].number, cases[i].language, out);
        TH_CHECK_TEXT(cases[i].want, out, cases[i].want);
    }
}

static const struct th_test tests[] = {
    {"roman numerals", roman_numerals},
    {"letters in the order of the language", letters_in_the_order_of_the_language},
};
TH_TEST_MAIN("numeral", tests)
