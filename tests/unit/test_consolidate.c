/* What the figures are: SEMANTICS 4 and 5, kind by kind. */
#include "tests/unit/consolidation_fixture.h"

/* One row of cells, consolidated in each way over time and then over districts. */
struct ways {
    const char *name;
    enum th_kind kind;
    enum th_time_agg time_agg;
    const char *want_districts;
    const char *want_sum, *want_average, *want_min, *want_max; /* NULL: not allowed */
};

static void check_ways(const struct ways *ways, const char *cells, const char *counts)
{
    const struct {
        enum th_district_agg agg;
        const char *want;
    } provinces[] = {
        {TH_DISTRICT_SUM, ways->want_sum},
        {TH_DISTRICT_AVERAGE, ways->want_average},
        {TH_DISTRICT_MIN, ways->want_min},
        {TH_DISTRICT_MAX, ways->want_max},
    };
    for (size_t i = 0; i < COUNT(provinces); i++) {
        if (!provinces[i].want)
            continue;
        struct fixture fixture;
        char want[256];
        fixture_init(&fixture, ways->kind, ways->time_agg, provinces[i].agg);
        snprintf(want, sizeof(want), "%s* %s =%s\n", ways->want_districts, counts,
                 provinces[i].want);
        fixture_check(ways->name, &fixture, cells, want);
    }
}

/* A 1, 2, 3; B 10, then n/a; C 100 before it closed; D 0, which is a value. */
static void counts_in_every_way(void)
{
    static const char cells[] = "A 2024-01 1; A 2024-02 2; A 2024-03 3; B 2024-01 10;"
                                "B 2024-03 n/a; C 2024-02 100; D 2024-03 0";
    static const struct ways ways[] = {
        {"sum", TH_KIND_COUNT, TH_TIME_SUM, "A 3/3/0 =6\nB 1/3/1 =10\nC 1/2/0 =100\nD 1/1/0 =0\n",
         "116", "29", "0", "100"},
        /* B's newest answer is n/a: no figure. C is closed on 31 March: its stock
         * shows, and does not enter the province's 3 and 0. */
        {"last", TH_KIND_COUNT, TH_TIME_LAST, "A 3/3/0 =3\nB 1/3/1 =\nC 1/2/0 =100\nD 1/1/0 =0\n",
         "3", "1.5", "0", "3"},
        {"average", TH_KIND_COUNT, TH_TIME_AVERAGE,
         "A 3/3/0 =2\nB 1/3/1 =10\nC 1/2/0 =100\nD 1/1/0 =0\n", "112", "28", "0", "100"},
        {"min", TH_KIND_COUNT, TH_TIME_MIN, "A 3/3/0 =1\nB 1/3/1 =10\nC 1/2/0 =100\nD 1/1/0 =0\n",
         "111", "27.75", "0", "100"},
        {"max", TH_KIND_COUNT, TH_TIME_MAX, "A 3/3/0 =3\nB 1/3/1 =10\nC 1/2/0 =100\nD 1/1/0 =0\n",
         "113", "28.25", "0", "100"},
    };
    for (size_t i = 0; i < COUNT(ways); i++)
        check_ways(&ways[i], cells, "6/9/1");
}

/* A -1.5, 2.25, n/a; B 0.001; C -7, -8; D missing, which is not zero. */
static void amounts_in_every_way(void)
{
    static const char cells[] = "A 2024-01 -1.5; A 2024-02 2.25; A 2024-03 n/a; B 2024-02 0.001;"
                                "C 2024-01 -7; C 2024-02 -8";
    static const struct ways ways[] = {
        /* 0.75 + 0.001 - 15 = -14.249; by 3: -4.749666... */
        {"sum", TH_KIND_AMOUNT, TH_TIME_SUM,
         "A 2/3/1 =0.75\nB 1/3/0 =0.001\nC 2/2/0 =-15\nD 0/1/0 =\n", "-14.249", "-4.749667", "-15",
         "0.75"},
        {"last", TH_KIND_AMOUNT, TH_TIME_LAST,
         "A 2/3/1 =\nB 1/3/0 =0.001\nC 2/2/0 =-8\nD 0/1/0 =\n", "0.001", "0.001", "0.001", "0.001"},
        /* 0.375 + 0.001 - 7.5 = -7.124; by 3: -2.374666... */
        {"average", TH_KIND_AMOUNT, TH_TIME_AVERAGE,
         "A 2/3/1 =0.375\nB 1/3/0 =0.001\nC 2/2/0 =-7.5\nD 0/1/0 =\n", "-7.124", "-2.374667",
         "-7.5", "0.375"},
        /* -1.5 + 0.001 - 8 = -9.499; by 3: -3.166333... */
        {"min", TH_KIND_AMOUNT, TH_TIME_MIN,
         "A 2/3/1 =-1.5\nB 1/3/0 =0.001\nC 2/2/0 =-8\nD 0/1/0 =\n", "-9.499", "-3.166333", "-8",
         "0.001"},
        /* 2.25 + 0.001 - 7 = -4.749; by 3: -1.583 */
        {"max", TH_KIND_AMOUNT, TH_TIME_MAX,
         "A 2/3/1 =2.25\nB 1/3/0 =0.001\nC 2/2/0 =-7\nD 0/1/0 =\n", "-4.749", "-1.583", "-7",
         "2.25"},
    };
    for (size_t i = 0; i < COUNT(ways); i++)
        check_ways(&ways[i], cells, "5/9/1");
}

/* A 8, 9.5; B 7, 7, 8; C 10; D 6.5. */
static void scores_in_every_way(void)
{
    static const char cells[] = "A 2024-01 8; A 2024-03 9.5; B 2024-01 7; B 2024-02 7; B 2024-03 8;"
                                "C 2024-02 10; D 2024-03 6.5";
    static const struct ways ways[] = {
        /* 8.75 + 22/3 + 10 + 6.5 = 391/12; by 4: 391/48 = 8.1458333... */
        {"average", TH_KIND_SCORE, TH_TIME_AVERAGE,
         "A 2/3/0 =8.75\nB 3/3/0 =7.333333\nC 1/2/0 =10\nD 1/1/0 =6.5\n", NULL, "8.145833", "6.5",
         "10"},
        /* C is closed: (9.5 + 8 + 6.5) / 3. */
        {"last", TH_KIND_SCORE, TH_TIME_LAST,
         "A 2/3/0 =9.5\nB 3/3/0 =8\nC 1/2/0 =10\nD 1/1/0 =6.5\n", NULL, "8", "6.5", "9.5"},
        /* (8 + 7 + 10 + 6.5) / 4 */
        {"min", TH_KIND_SCORE, TH_TIME_MIN, "A 2/3/0 =8\nB 3/3/0 =7\nC 1/2/0 =10\nD 1/1/0 =6.5\n",
         NULL, "7.875", "6.5", "10"},
        /* (9.5 + 8 + 10 + 6.5) / 4 */
        {"max", TH_KIND_SCORE, TH_TIME_MAX, "A 2/3/0 =9.5\nB 3/3/0 =8\nC 1/2/0 =10\nD 1/1/0 =6.5\n",
         NULL, "8.5", "6.5", "10"},
    };
    for (size_t i = 0; i < COUNT(ways); i++)
        check_ways(&ways[i], cells, "7/9/0");
}

static void ratios_combine_their_parts(void)
{
    static const struct {
        const char *name;
        enum th_time_agg time_agg;
        const char *cells, *want;
    } cases[] = {
        /* Quotients 1/2 and 1/10 would average to 0.3. */
        {"sum", TH_TIME_SUM,
         "A 2024-01 1/2; A 2024-02 1/10; B 2024-01 3/4; B 2024-02 n/a; C 2024-01 5/5",
         "A 2/3/0 2/12=0.166667\nB 1/3/1 3/4=0.75\nC 1/2/0 5/5=1\nD 0/1/0 =\n"
         "* 4/9/1 10/21=0.47619\n"},
        /* C closed: 1/10 and 3/4 enter. */
        {"last", TH_TIME_LAST, "A 2024-01 1/2; A 2024-02 1/10; B 2024-01 3/4; C 2024-01 5/5",
         "A 2/3/0 1/10=0.1\nB 1/3/0 3/4=0.75\nC 1/2/0 5/5=1\nD 0/1/0 =\n* 4/9/0 4/14=0.285714\n"},
        {"last is n/a", TH_TIME_LAST, "A 2024-01 1/2; A 2024-03 n/a; B 2024-01 n/a; B 2024-02 3/4",
         "A 1/3/1 =\nB 1/3/1 3/4=0.75\nC 0/2/0 =\nD 0/1/0 =\n* 2/9/2 3/4=0.75\n"},
        {"no value by zero", TH_TIME_SUM, "A 2024-01 0/0; A 2024-02 3/0; B 2024-01 0/7",
         "A 2/3/0 3/0=\nB 1/3/0 0/7=0\nC 0/2/0 =\nD 0/1/0 =\n* 3/9/0 3/7=0.428571\n"},
        {"zero by zero everywhere", TH_TIME_SUM, "A 2024-01 0/0; B 2024-01 0/0",
         "A 1/3/0 0/0=\nB 1/3/0 0/0=\nC 0/2/0 =\nD 0/1/0 =\n* 2/9/0 0/0=\n"},
        {"parts are exact, the quotient is not", TH_TIME_SUM,
         "A 2024-01 0.000000001/3; B 2024-01 999999999.999999999/1;"
         "B 2024-02 999999999.999999999/1",
         "A 1/3/0 0.000000001/3=0\nB 2/3/0 1999999999.999999998/2=1000000000\nC 0/2/0 =\n"
         "D 0/1/0 =\n* 3/9/0 1999999999.999999999/5=400000000\n"},
        /* (10^18 - 1) / 10^-9: more than 128 bits on the way. */
        {"far from each other", TH_TIME_SUM, "A 2024-01 999999999999999999/0.000000001",
         "A 1/3/0 999999999999999999/0.000000001=999999999999999999000000000\nB 0/3/0 =\n"
         "C 0/2/0 =\nD 0/1/0 =\n"
         "* 1/9/0 999999999999999999/0.000000001=999999999999999999000000000\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        fixture_init(&fixture, TH_KIND_RATIO, cases[i].time_agg, TH_DISTRICT_SUM);
        fixture_check(cases[i].name, &fixture, cases[i].cells, cases[i].want);
    }
}

static void choices_are_distributed(void)
{
    static const struct {
        const char *name, *cells, *want;
    } cases[] = {
        /* C chose, and is closed; A changed its mind; B's newest answer is n/a. */
        {"newest answers of open districts",
         "A 2024-01 @yes; A 2024-02 @no; B 2024-01 @yes; B 2024-03 n/a; C 2024-02 @later;"
         "D 2024-03 @no",
         "A 2/3/0 @no=\nB 1/3/1 =\nC 1/2/0 @later=\nD 1/1/0 @no=\n"
         "* 5/9/1 @yes=0\n* 5/9/1 @no=2\n* 5/9/1 @later=0\n"},
        {"nobody answered", "",
         "A 0/3/0 =\nB 0/3/0 =\nC 0/2/0 =\nD 0/1/0 =\n"
         "* 0/9/0 @yes=\n* 0/9/0 @no=\n* 0/9/0 @later=\n"},
        {"n/a is no choice", "A 2024-01 n/a",
         "A 0/3/1 =\nB 0/3/0 =\nC 0/2/0 =\nD 0/1/0 =\n"
         "* 0/9/1 @yes=\n* 0/9/1 @no=\n* 0/9/1 @later=\n"},
        {"a choice that the catalogue does not know has no figure",
         "A 2024-01 @never; B 2024-01 @yes",
         "A 1/3/0 =\nB 1/3/0 @yes=\nC 0/2/0 =\nD 0/1/0 =\n"
         "* 2/9/0 @yes=1\n* 2/9/0 @no=0\n* 2/9/0 @later=0\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        fixture_init(&fixture, TH_KIND_CHOICE, TH_TIME_LAST, TH_DISTRICT_DISTRIBUTION);
        fixture_check(cases[i].name, &fixture, cases[i].cells, cases[i].want);
    }
}

static void commune_lists_are_united(void)
{
    static const struct {
        const char *name, *cells, *want;
    } cases[] = {
        {"newest lists of open districts, sorted",
         "A 2024-01 #z,y,x; A 2024-03 #b,a; B 2024-02 #c; C 2024-01 #q; D 2024-03 #",
         "A 2/3/0 =2#a,b\nB 1/3/0 =1#c\nC 1/2/0 =1#q\nD 1/1/0 =0\n* 5/9/0 =3#a,b,c\n"},
        /* A commune that moved between districts is named by both, and counts once. */
        {"a member of two lists", "A 2024-03 #b,a; B 2024-01 #c,b",
         "A 1/3/0 =2#a,b\nB 1/3/0 =2#b,c\nC 0/2/0 =\nD 0/1/0 =\n* 2/9/0 =3#a,b,c\n"},
        {"an empty list is an answer, none is not", "A 2024-01 #; B 2024-01 #a; B 2024-02 n/a",
         "A 1/3/0 =0\nB 1/3/1 =\nC 0/2/0 =\nD 0/1/0 =\n* 2/9/1 =0\n"},
        {"nobody answered", "", "A 0/3/0 =\nB 0/3/0 =\nC 0/2/0 =\nD 0/1/0 =\n* 0/9/0 =\n"},
    };
    struct fixture fixture;
    for (size_t i = 0; i < COUNT(cases); i++) {
        fixture_init(&fixture, TH_KIND_COMMUNES, TH_TIME_LAST, TH_DISTRICT_UNION);
        fixture_check(cases[i].name, &fixture, cases[i].cells, cases[i].want);
    }
    fixture.request.members = false;
    fixture_check("members only when asked for", &fixture, "A 2024-03 #b,a; B 2024-01 #c,b",
                  "A 1/3/0 =2\nB 1/3/0 =2\nC 0/2/0 =\nD 0/1/0 =\n* 2/9/0 =3\n");
}

/* Only A and B answer; the value that matters is the province's. */
static void rounding_is_half_away_from_zero_at_six_digits(void)
{
    static const struct {
        const char *name;
        enum th_time_agg time_agg;
        enum th_district_agg district_agg;
        const char *cells, *want;
    } cases[] = {
        {"half up", TH_TIME_SUM, TH_DISTRICT_AVERAGE, "A 2024-01 0.000001; B 2024-01 0",
         "0.000001"},
        {"half down", TH_TIME_SUM, TH_DISTRICT_AVERAGE, "A 2024-01 -0.000001; B 2024-01 0",
         "-0.000001"},
        {"less than half", TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 0.000001; A 2024-02 0; A 2024-03 0", "0"},
        {"less than half below zero is no -0", TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 -0.000001; A 2024-02 0; A 2024-03 0", "0"},
        {"two thirds", TH_TIME_AVERAGE, TH_DISTRICT_SUM, "A 2024-01 1; A 2024-02 1; A 2024-03 0",
         "0.666667"},
        {"a seventh digit of five", TH_TIME_SUM, TH_DISTRICT_SUM, "A 2024-01 0.0000005",
         "0.000001"},
        {"just below it", TH_TIME_SUM, TH_DISTRICT_SUM, "A 2024-01 0.000000499", "0"},
        {"carries", TH_TIME_SUM, TH_DISTRICT_SUM, "A 2024-01 1.9999995", "2"},
        {"carries below zero", TH_TIME_SUM, TH_DISTRICT_SUM, "A 2024-01 -9.9999995", "-10"},
        /* Each rounds to 0.333333; their sum is 1 all the same. */
        {"only the last result is rounded", TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 1; A 2024-02 0; A 2024-03 0; B 2024-01 1; B 2024-02 1; B 2024-03 0", "1"},
        /* 1/2 + 1/3 = 5/6: denominators that differ. */
        {"rationals of two denominators", TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 1; A 2024-02 0; B 2024-01 1; B 2024-02 0; B 2024-03 0", "0.833333"},
        {"their mean", TH_TIME_AVERAGE, TH_DISTRICT_AVERAGE,
         "A 2024-01 1; A 2024-02 0; B 2024-01 1; B 2024-02 0; B 2024-03 0", "0.416667"},
        /* -(1/2 + 1/3) / 2 = -5/12 = -0.41666... */
        {"their mean below zero", TH_TIME_AVERAGE, TH_DISTRICT_AVERAGE,
         "A 2024-01 -1; A 2024-02 0; B 2024-01 -1; B 2024-02 0; B 2024-03 0", "-0.416667"},
        /* (0.0000005 + 0.0000015 / 3) / 2 is 0.0000005 exactly. */
        {"half up of rationals", TH_TIME_AVERAGE, TH_DISTRICT_AVERAGE,
         "A 2024-01 0.000001; A 2024-02 0; B 2024-01 0.0000015; B 2024-02 0; B 2024-03 0",
         "0.000001"},
        {"half down of rationals", TH_TIME_AVERAGE, TH_DISTRICT_AVERAGE,
         "A 2024-01 -0.000001; A 2024-02 0; B 2024-01 -0.0000015; B 2024-02 0; B 2024-03 0",
         "-0.000001"},
        {"eighteen digits six times", TH_TIME_SUM, TH_DISTRICT_SUM,
         "A 2024-01 999999999999999999; A 2024-02 999999999999999999;"
         "A 2024-03 999999999999999999; B 2024-01 999999999999999999;"
         "B 2024-02 999999999999999999; B 2024-03 999999999999999999",
         "5999999999999999994"},
        {"eighteen digits below zero, halved", TH_TIME_SUM, TH_DISTRICT_AVERAGE,
         "A 2024-01 -999999999999999999; B 2024-01 0", "-499999999999999999.5"},
        /* 1999999999.999999998 is nearer to 2 * 10^9 than to any other six digits. */
        {"nine digits behind", TH_TIME_SUM, TH_DISTRICT_SUM,
         "A 2024-01 999999999.999999999; B 2024-01 999999999.999999999", "2000000000"},
        {"great and small", TH_TIME_SUM, TH_DISTRICT_SUM,
         "A 2024-01 999999999999999999; B 2024-01 0.000001", "999999999999999999.000001"},
        {"they cancel", TH_TIME_SUM, TH_DISTRICT_SUM,
         "A 2024-01 999999999999999999; B 2024-01 -999999999999999999", "0"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        char want[96];
        fixture_init(&fixture, TH_KIND_AMOUNT, cases[i].time_agg, cases[i].district_agg);
        fixture.catalogue.district_count = 2;
        fixture.request.with_districts = false;
        unsigned cells = 1;
        for (const char *at = cases[i].cells; *at; at++)
            cells += *at == ';';
        snprintf(want, sizeof(want), "* %u/6/0 =%s\n", cells, cases[i].want);
        fixture_check(cases[i].name, &fixture, cases[i].cells, want);
    }
}

/* SEMANTICS 5.2: 34 communes of 177 are 0.19209, whatever the districts' mean. */
static void thirteen_districts_make_34_of_177(void)
{
    static const int num[13] = {3, 2, 4, 1, 5, 0, 2, 3, 4, 2, 3, 1, 4};
    static const int den[13] = {33, 13, 16, 10, 17, 8, 12, 11, 14, 9, 12, 10, 12};
    struct fixture fixture;
    fixture_init(&fixture, TH_KIND_RATIO, TH_TIME_LAST, TH_DISTRICT_SUM);
    struct th_district districts[13];
    char codes[13][4], cells[1024] = "";
    for (size_t i = 0; i < 13; i++) {
        snprintf(codes[i], sizeof(codes[i]), "%02u", (unsigned)i % 100);
        districts[i] = fixture.districts[0];
        districts[i].code = codes[i];
        districts[i].index = i;
        size_t length = strlen(cells);
        snprintf(cells + length, sizeof(cells) - length, "%s 2024-03 %d/%d;", codes[i], num[i],
                 den[i]);
    }
    fixture.catalogue.districts = districts;
    fixture.catalogue.district_count = 13;
    fixture.request.with_districts = false;
    fixture_check("34/177", &fixture, cells, "* 13/39/0 34/177=0.19209\n");
}

/* 2000 to 2999 have 365,243 days (250 leap years less 7 centuries): so many times
 * 10^18 - 1 leaves 128 bits once it is scaled for rounding. */
static void a_thousand_years_of_the_greatest_number_add_up(void)
{
    static const struct {
        const char *name;
        enum th_time_agg time_agg;
        const char *want;
    } cases[] = {
        {"sum", TH_TIME_SUM,
         "A 365243/365243/0 =365242999999999999634757\n"
         "* 365243/365243/0 =365242999999999999634757\n"},
        {"average", TH_TIME_AVERAGE,
         "A 365243/365243/0 =999999999999999999\n* 365243/365243/0 =999999999999999999\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        struct th_buffer out = {0};
        fixture_init(&fixture, TH_KIND_COUNT, cases[i].time_agg, TH_DISTRICT_SUM);
        fixture.catalogue.district_count = 1;
        fixture.openings[0].interval.opened = fixture.form.interval.opened =
            fixture.criterion.interval.opened = fixture_day("2000-01-01");
        fixture.form.frequency = TH_DAILY;
        fixture.request.as_of_us = INT64_MAX;
        TH_CHECK("period", th_period_parse(TH_SLICE("2000..2999"), NULL, 0, &fixture.request.period,
                                           NULL) == TH_OK);
        struct th_consolidation *consolidation = th_consolidation_create(&fixture.request, NULL);
        TH_CHECK(cases[i].name, consolidation != NULL);
        if (!consolidation)
            return;
        int32_t first, last;
        struct th_cell greatest = {.num = {INT64_C(999999999999999999), 0}};
        th_consolidation_range(consolidation, &first, &last);
        for (int32_t day = first; day <= last; day++)
            th_consolidation_add(consolidation, &fixture.districts[0], day, &fixture.criterion,
                                 &greatest);
        TH_CHECK(cases[i].name,
                 th_consolidation_finish(consolidation, fixture_write_figure, &out) == TH_OK);
        TH_CHECK_TEXT(cases[i].name, out.bytes, cases[i].want);
        th_consolidation_destroy(&consolidation);
        th_buffer_free(&out);
    }
}

static const struct th_test tests[] = {
    {"counts in every way", counts_in_every_way},
    {"amounts in every way", amounts_in_every_way},
    {"scores in every way", scores_in_every_way},
    {"ratios combine their parts", ratios_combine_their_parts},
    {"choices are distributed", choices_are_distributed},
    {"commune lists are united", commune_lists_are_united},
    {"rounding is half away from zero at six digits",
     rounding_is_half_away_from_zero_at_six_digits},
    {"thirteen districts make 34 of 177", thirteen_districts_make_34_of_177},
    {"a thousand years of the greatest number add up",
     a_thousand_years_of_the_greatest_number_add_up},
};

TH_TEST_MAIN("consolidate", tests)
