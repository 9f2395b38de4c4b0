/* Changes between figures, worked out by hand. */
#include "tests/unit/th_test.h"

#include <stdbool.h>

#include "common/domain/change.h"

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

static const struct th_test tests[] = {
    {"differences are exact", differences_are_exact},
    {"shares are exact", shares_are_exact},
};

TH_TEST_MAIN("change", tests)
