/* Changes between figures, worked out by hand. */
#include "tests/unit/th_test.h"

#include <stdbool.h>
#include <string.h>

#include "common/domain/change.h"
#include "common/domain/consolidate.h"

static void differences_are_exact(void)
{
    static const struct {
        const char *name;
        struct th_change_side after, before;
        bool points;
        const char *difference, *percent;
    } cases[] = {
        {"count", {"", "", "12"}, {"", "", "10"}, false, "2", "20"},
        {"less", {"", "", "9.5"}, {"", "", "10"}, false, "-0.5", "-5"},
        {"none", {"", "", "10"}, {"", "", "10"}, false, "0", "0"},
        {"from 0", {"", "", "10"}, {"", "", "0"}, false, "10", ""},
        {"from below 0", {"", "", "-5"}, {"", "", "-10"}, false, "5", "50"},
        /* 34/177 - 33/177 = 1/177 = 0.56497175 points, where the rounded values would
         * say 0.56500; 1/33 more. */
        {"points",
         {"34", "177", "0.19209"},
         {"33", "177", "0.186441"},
         true,
         "0.564972",
         "3.030303"},
        {"ratio as a number", {"7", "2", "3.5"}, {"3", "1", "3"}, false, "0.5", "16.666667"},
        {"half away from zero",
         {"", "", "0.000001"},
         {"2", "4000000", "0.000001"},
         false,
         "0.000001",
         "100"},
        {"no figure", {"", "", ""}, {"", "", "10"}, false, "", ""},
        {"no figure before", {"", "", "1"}, {"", "", ""}, false, "", ""},
        {"no denominator", {"0", "0", ""}, {"1", "2", "0.5"}, true, "", ""},
        {"decimals", {"0.1", "0.3", "0.333333"}, {"0", "5", "0"}, true, "33.333333", ""},
        {"long",
         {"", "", "99999999999999999999999999999"},
         {"", "", "0.000001"},
         false,
         "99999999999999999999999999998.999999",
         "9999999999999999999999999999899999900"},
        /* Means as their parts: 2/3 - 1/3 is 0.333333..., where the rounded values would say
         * 0.333334, and 100.0003 of 0.333333. */
        {"means", {"2", "3", "0.666667"}, {"1", "3", "0.333333"}, false, "0.333333", "100"},
        /* 1/3 + 1/3, where the rounded values would say 0.666666. */
        {"means below 0",
         {"1", "3", "0.333333"},
         {"-1", "3", "-0.333333"},
         false,
         "0.666667",
         "200"},
        /* 1 - 2/3 = 1/3 of a millionth; a half more. The rounded
         * values would say 0. */
        {"a mean that shows the same",
         {"", "", "0.000001"},
         {"0.000002", "3", "0.000001"},
         false,
         "0",
         "50"},
        /* 1 - 1/3 = 2/3 of a millionth, twice a mean that shows 0 and is not. */
        {"from a mean that shows 0",
         {"", "", "0.000001"},
         {"0.000001", "3", "0"},
         false,
         "0.000001",
         "200"},
        /* A seventh digit of two sums: 0.0000009 more, where the rounded values would say
         * 0.000002. */
        {"sums of nine digits",
         {"1.0000014", "1", "1.000001"},
         {"1.0000005", "1", "1.000001"},
         false,
         "0.000001",
         "0.00009"},
        {"a part is lacking", {"1", "", "0.5"}, {"", "3", "0.25"}, false, "0.25", "100"},
        {"a part is no number", {"1", "x", "0.5"}, {"", "", "0.25"}, false, "", ""},
        {"no number", {"", "", "1e5"}, {"", "", "1"}, false, "", ""},
        {"two points", {"", "", "1.2.3"}, {"", "", "1"}, false, "", ""},
        {"a sign alone", {"", "", "-"}, {"", "", "1"}, false, "", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[TH_CHANGE_TEXT];
        bool any = th_change_difference(cases[i].after, cases[i].before, cases[i].points, out);
        TH_CHECK_TEXT(cases[i].name, out, cases[i].difference);
        TH_CHECK(cases[i].name, any == (*cases[i].difference != '\0'));
        any = th_change_percent(cases[i].after, cases[i].before, out);
        TH_CHECK_TEXT(cases[i].name, out, cases[i].percent);
        TH_CHECK(cases[i].name, any == (*cases[i].percent != '\0'));
    }
}

static void shares_are_exact(void)
{
    static const struct {
        const char *name;
        struct th_change_side part;
        const char *whole, *share;
    } cases[] = {
        /* 34/177 / 0.2 = 170/177; the rounded value would say 96.045. */
        {"ratio", {"34", "177", "0.19209"}, "0.2", "96.045198"},
        /* 100/3 / 0.9 = 1000/27; the rounded value would say 37.037. */
        {"mean", {"1", "3", "0.333333"}, "0.9", "37.037037"},
        {"more than whole", {"", "", "12"}, "8", "150"},
        {"nothing", {"", "", "0"}, "8", "0"},
        {"below nothing", {"", "", "-2"}, "8", "-25"},
        {"of nothing", {"", "", "12"}, "0", ""},
        {"no figure", {"", "", ""}, "8", ""},
        {"no target", {"", "", "12"}, "", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[TH_CHANGE_TEXT];
        bool any = th_change_share(cases[i].part, cases[i].whole, out);
        TH_CHECK_TEXT(cases[i].name, out, cases[i].share);
        TH_CHECK(cases[i].name, any == (*cases[i].share != '\0'));
    }
}

/* "<digit>000...0" of so many digits. */
static const char *long_number(char *room, char digit, size_t digits)
{
    memset(room, '0', digits);
    room[0] = digit;
    room[digits] = '\0';
    return room;
}

static void long_parts_are_read_whole(void)
{
    static char num[4096], den[4096];
    char out[TH_CHANGE_TEXT];
    struct th_change_side third = {long_number(num, '1', TH_EXACT_DIGITS_MAX),
                                   long_number(den, '3', TH_EXACT_DIGITS_MAX), "0.333333"};
    TH_CHECK("a share", th_change_share(third, "0.9", out));
    TH_CHECK_TEXT("of 2,000 digits", out, "37.037037");
    TH_CHECK("is the same",
             th_change_is_none(third, (struct th_change_side){"2", "6", "0.333333"}));
    third.num = long_number(num, '1', sizeof(num) - 1);
    TH_CHECK("nothing is read of 4,095", !th_change_share(third, "0.9", out));
    TH_CHECK_TEXT("nor said", out, "");
}

static void no_change_is_told_by_exact_values(void)
{
    static const struct {
        const char *name;
        struct th_change_side after, before;
        bool none;
    } cases[] = {
        {"the same", {"", "", "1.5"}, {"", "", "1.5"}, true},
        {"another", {"", "", "1.5"}, {"", "", "1.4"}, false},
        {"behind the sixth digit", {"1", "3", "0.333333"}, {"", "", "0.333333"}, false},
        {"means of other numbers", {"1", "3", "0.333333"}, {"2", "6", "0.333333"}, true},
        {"means of other values", {"1", "3", "0.333333"}, {"0.999999", "3", "0.333333"}, false},
        {"none", {"", "", ""}, {"", "", ""}, true},
        {"none before", {"", "", "0"}, {"", "", ""}, false},
        {"none after", {"", "", ""}, {"", "", "0"}, false},
        {"no denominator", {"0", "0", ""}, {"1", "0", ""}, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        TH_CHECK(cases[i].name,
                 th_change_is_none(cases[i].after, cases[i].before) == cases[i].none);
}

static const struct th_test tests[] = {
    {"differences are exact", differences_are_exact},
    {"shares are exact", shares_are_exact},
    {"long parts are read whole", long_parts_are_read_whole},
    {"no change is told by exact values", no_change_is_told_by_exact_values},
};

TH_TEST_MAIN("change", tests)
