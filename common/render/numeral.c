#include "common/render/numeral.h"

#include <stdio.h>
#include <string.h>

void th_numeral_roman(size_t number, char out[TH_NUMERAL_TEXT])
{
    static const struct {
        size_t value;
        const char *text;
    } steps[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"},
                 {90, "XC"},  {50, "L"},   {40, "XL"}, {10, "X"},   {9, "IX"},
                 {5, "V"},    {4, "IV"},   {1, "I"}};
    if (number == 0 || number >= 4000) {
        snprintf(out, TH_NUMERAL_TEXT, "%zu", number);
        return;
    }
    char *end = out;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        for (; number >= steps[i].value; number -= steps[i].value)
            end = stpcpy(end, steps[i].text);
}

void th_numeral_letter(size_t number, const char *language, char out[TH_NUMERAL_TEXT])
{
    static const char *const vietnamese[] = {"A", "B", "C", "D", "Đ", "E", "G", "H",
                                             "I", "K", "L", "M", "N", "O", "P", "Q",
                                             "R", "S", "T", "U", "V", "X", "Y"};
    const size_t letters = sizeof(vietnamese) / sizeof(vietnamese[0]);
    bool english = strcmp(language, "en") == 0;
    if (number == 0 || number > (english ? 26 : letters))
        snprintf(out, TH_NUMERAL_TEXT, "%zu", number);
    else if (english)
        snprintf(out, TH_NUMERAL_TEXT, "%c", (int)('A' + number - 1));
    else
        snprintf(out, TH_NUMERAL_TEXT, "%s", vietnamese[number - 1]);
}
