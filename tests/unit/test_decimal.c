#include "tests/unit/th_test.h"

#include "common/domain/decimal.h"

static void reads_what_a_report_may_carry(void)
{
    static const struct {
        const char *name, *text;
        int point;
        enum th_decimal_fault want_fault;
        int64_t want_unscaled, want_scale;
    } cases[] = {
        {"zero", "0", '.', TH_DECIMAL_FINE, 0, 0},
        {"integer", "177", '.', TH_DECIMAL_FINE, 177, 0},
        {"negative with a zero behind", "-12.50", '.', TH_DECIMAL_FINE, -125, 1},
        {"plus sign", "+3", '.', TH_DECIMAL_FINE, 3, 0},
        {"comma asked for", "1,25", ',', TH_DECIMAL_FINE, 125, 2},
        {"point where a comma is asked for", "1.25", ',', TH_DECIMAL_MALFORMED, 0, 0},
        {"comma where a point is asked for", "1,25", '.', TH_DECIMAL_MALFORMED, 0, 0},
        /* Equal values have equal fields, or two spellings would be two revisions. */
        {"minus zero is zero", "-0.00", '.', TH_DECIMAL_FINE, 0, 0},
        {"leading zeros", "0000000000000000000007", '.', TH_DECIMAL_FINE, 7, 0},
        {"trailing zeros only", "5.0000000000000000000000", '.', TH_DECIMAL_FINE, 5, 0},
        {"zeros of an integer stay", "1000", '.', TH_DECIMAL_FINE, 1000, 0},
        {"18 digits", "999999999999999999", '.', TH_DECIMAL_FINE, INT64_C(999999999999999999), 0},
        {"18 digits, 9 of them behind", "-123456789.987654321", '.', TH_DECIMAL_FINE,
         INT64_C(-123456789987654321), 9},
        {"finest", "0.000000001", '.', TH_DECIMAL_FINE, 1, 9},
        {"19 digits", "1000000000000000000", '.', TH_DECIMAL_TOO_LONG, 0, 0},
        {"19 digits over the point", "1234567890.123456789", '.', TH_DECIMAL_TOO_LONG, 0, 0},
        {"10 digits behind", "0.0000000001", '.', TH_DECIMAL_TOO_PRECISE, 0, 0},
        {"far too many digits", "99999999999999999999999999999999999999999999", '.',
         TH_DECIMAL_TOO_LONG, 0, 0},
        {"empty", "", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"sign alone", "-", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"two signs", "--1", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"no digit before the point", ".5", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"no digit behind the point", "5.", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"two points", "1.2.3", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"exponent", "1e3", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"grouping", "1,000.5", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"blank behind", "1 ", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"blank before", " 1", '.', TH_DECIMAL_MALFORMED, 0, 0},
        {"not a number", "nan", '.', TH_DECIMAL_MALFORMED, 0, 0},
        /* A long text that is no number is no number, not a long number. */
        {"letters behind 30 digits", "123456789012345678901234567890x", '.', TH_DECIMAL_MALFORMED,
         0, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_decimal got = {77, 7};
        enum th_decimal_fault fault =
            th_decimal_parse(th_slice_of(cases[i].text), (char)cases[i].point, &got);
        TH_CHECK(cases[i].name, fault == cases[i].want_fault);
        TH_CHECK(cases[i].name, got.unscaled == cases[i].want_unscaled);
        TH_CHECK(cases[i].name, got.scale == cases[i].want_scale);
    }
}

static void reads_no_further_than_the_slice(void)
{
    struct th_decimal got;
    TH_CHECK("12 of 1234",
             th_decimal_parse((struct th_slice){"1234", 2}, '.', &got) == TH_DECIMAL_FINE);
    TH_CHECK("12 of 1234", got.unscaled == 12);
    TH_CHECK("NUL within",
             th_decimal_parse((struct th_slice){"1\0002", 3}, '.', &got) == TH_DECIMAL_MALFORMED);
}

static void writes_the_shortest_exact_text(void)
{
    static const struct {
        const char *name;
        struct th_decimal value;
        const char *want;
    } cases[] = {
        {"zero", {0, 0}, "0"},
        {"zero with a scale", {0, 9}, "0"},
        {"integer", {177, 0}, "177"},
        {"fraction below one", {5, 3}, "0.005"},
        {"negative fraction", {-5, 1}, "-0.5"},
        {"zeros behind are dropped", {12500, 3}, "12.5"},
        {"zeros of an integer stay", {1000, 0}, "1000"},
        {"becomes an integer", {1000, 3}, "1"},
        {"longest", {INT64_C(-123456789987654321), 9}, "-123456789.987654321"},
        /* Outside the contract, yet it must stay within the buffer. */
        {"least 64-bit number", {INT64_MIN, 0}, "-9223372036854775808"},
        {"scale of 255", {123456789, 255}, "0.123456789"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[TH_DECIMAL_TEXT];
        memset(out, 'x', sizeof(out));
        th_decimal_format(cases[i].value, out);
        TH_CHECK_TEXT(cases[i].name, out, cases[i].want);
    }
}

static void normalises_and_refuses_what_a_peer_made_up(void)
{
    static const struct {
        const char *name;
        struct th_decimal value;
        bool want;
        struct th_decimal want_value;
    } cases[] = {
        {"nothing to drop", {125, 2}, true, {125, 2}},
        {"drops zeros", {-12500, 3}, true, {-125, 1}},
        {"zero", {0, 9}, true, {0, 0}},
        {"scale 10", {1, 10}, false, {1, 10}},
        {"10^18", {INT64_C(1000000000000000000), 0}, false, {INT64_C(1000000000000000000), 0}},
        {"-10^18", {INT64_C(-1000000000000000000), 0}, false, {INT64_C(-1000000000000000000), 0}},
        {"least 64-bit number", {INT64_MIN, 0}, false, {INT64_MIN, 0}},
        {"10^18 - 1", {INT64_C(999999999999999999), 0}, true, {INT64_C(999999999999999999), 0}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_decimal value = cases[i].value;
        TH_CHECK(cases[i].name, th_decimal_normalise(&value) == cases[i].want);
        TH_CHECK(cases[i].name, value.unscaled == cases[i].want_value.unscaled);
        TH_CHECK(cases[i].name, value.scale == cases[i].want_value.scale);
    }
}

static void compares_across_scales(void)
{
    static const struct {
        const char *name;
        struct th_decimal a, b;
        int want;
    } cases[] = {
        {"1.5 and 1.50", {15, 1}, {150, 2}, 0},
        {"0.000000001 above 0", {1, 9}, {0, 0}, 1},
        {"-0.1 below 0", {-1, 1}, {0, 5}, -1},
        {"-2 below -1.999999999", {-2, 0}, {-1999999999, 9}, -1},
        /* 10^18 - 1 does not fit 64 bits at the other's scale. */
        {"greatest above finest", {INT64_C(999999999999999999), 0}, {1, 9}, 1},
        {"least below finest", {INT64_C(-999999999999999999), 0}, {1, 9}, -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TH_CHECK(cases[i].name, th_decimal_compare(cases[i].a, cases[i].b) == cases[i].want);
        TH_CHECK(cases[i].name, th_decimal_compare(cases[i].b, cases[i].a) == -cases[i].want);
    }
}

static void scales_up_without_overflow(void)
{
    struct th_decimal greatest = {INT64_C(999999999999999999), 0};
    __int128 want = (__int128)INT64_C(999999999999999999) * 1000000000;
    TH_CHECK("18 digits at scale 9", th_decimal_at_scale(greatest, 9) == want);
    TH_CHECK("own scale", th_decimal_at_scale((struct th_decimal){-125, 2}, 2) == -125);
    TH_CHECK("one more", th_decimal_at_scale((struct th_decimal){-125, 2}, 3) == -1250);
}

static const struct th_test tests[] = {
    {"reads what a report may carry", reads_what_a_report_may_carry},
    {"reads no further than the slice", reads_no_further_than_the_slice},
    {"writes the shortest exact text", writes_the_shortest_exact_text},
    {"normalises and refuses what a peer made up", normalises_and_refuses_what_a_peer_made_up},
    {"compares across scales", compares_across_scales},
    {"scales up without overflow", scales_up_without_overflow},
};

TH_TEST_MAIN("decimal", tests)
