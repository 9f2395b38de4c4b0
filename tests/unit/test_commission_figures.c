/* What changes of a figure are worked out from, by the fields of its message. */
#include "tests/unit/th_test.h"

#include <string.h>

#include "commission/cli/figure_set.h"
#include "common/wire/message.h"

static struct th_slice digits_of(size_t count)
{
    static char digits[4096];
    memset(digits, '9', sizeof(digits));
    return (struct th_slice){digits, count};
}

static void figures_are_told_by_their_exact_parts(void)
{
    const struct {
        const char *name;
        struct th_slice num, den, value, exact_num, exact_den;
        const char *want_num, *want_den;
    } cases[] = {
        {"a mean", TH_SLICE(""), TH_SLICE(""), TH_SLICE("0.333333"), TH_SLICE("1"), TH_SLICE("3"),
         "1", "3"},
        {"a whole number", TH_SLICE(""), TH_SLICE(""), TH_SLICE("5"), TH_SLICE(""), TH_SLICE(""),
         "", ""},
        /* So does an older collector answer, whose means are what it shows. */
        {"no exact parts", TH_SLICE(""), TH_SLICE(""), TH_SLICE("0.333333"), TH_SLICE(""),
         TH_SLICE(""), "", ""},
        {"a ratio", TH_SLICE("34"), TH_SLICE("177"), TH_SLICE("0.19209"), TH_SLICE(""),
         TH_SLICE(""), "34", "177"},
        {"a ratio's own parts go first", TH_SLICE("34"), TH_SLICE("177"), TH_SLICE("0.19209"),
         TH_SLICE("1"), TH_SLICE("3"), "34", "177"},
        {"too long to be read", TH_SLICE(""), TH_SLICE(""), TH_SLICE("0.333333"), digits_of(2048),
         TH_SLICE("3"), "", ""},
        {"no text", TH_SLICE(""), TH_SLICE(""), TH_SLICE("0.333333"), TH_SLICE("1\xff"),
         TH_SLICE("3"), "", ""},
        {"no figure", TH_SLICE(""), TH_SLICE(""), TH_SLICE(""), TH_SLICE(""), TH_SLICE(""), "", ""},
    };
    struct th_arena *arena = th_arena_create(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Tonghop__V1__Figure wire = TONGHOP__V1__FIGURE__INIT;
        wire.num = th_bytes(cases[i].num);
        wire.den = th_bytes(cases[i].den);
        wire.value = th_bytes(cases[i].value);
        wire.exact_num = th_bytes(cases[i].exact_num);
        wire.exact_den = th_bytes(cases[i].exact_den);
        struct th_change_side side = th_kept_read_side(&wire, arena);
        TH_CHECK_TEXT(cases[i].name, side.num, cases[i].want_num);
        TH_CHECK_TEXT(cases[i].name, side.den, cases[i].want_den);
        TH_CHECK(cases[i].name, th_slice_equals(cases[i].value, side.value));
    }
    th_arena_destroy(&arena);
}

static void the_longest_parts_are_kept(void)
{
    struct th_arena *arena = th_arena_create(0);
    Tonghop__V1__Figure wire = TONGHOP__V1__FIGURE__INIT;
    wire.value = th_bytes(TH_SLICE("1"));
    wire.exact_num = wire.exact_den = th_bytes(digits_of(2047));
    struct th_change_side side = th_kept_read_side(&wire, arena);
    TH_CHECK("num", strlen(side.num) == 2047);
    TH_CHECK("den", strlen(side.den) == 2047);
    th_arena_destroy(&arena);
}

static const struct th_test tests[] = {
    {"figures are told by their exact parts", figures_are_told_by_their_exact_parts},
    {"the longest parts are kept", the_longest_parts_are_kept},
};

TH_TEST_MAIN("commission_figures", tests)
