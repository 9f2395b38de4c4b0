/* Comparable series (SEMANTICS 5.4): C, closed after February 2024, goes on in A or in
 * D, which opened in March. Worked out by hand. */
#include "tests/unit/consolidation_fixture.h"

static void init(struct fixture *fixture, enum th_kind kind, enum th_time_agg time_agg,
                 enum th_district_agg district_agg, char successor)
{
    fixture_init(fixture, kind, time_agg, district_agg);
    fixture->districts[2].successor = &fixture->districts[successor - 'A'];
    fixture->request.comparable = true;
}

/* C goes on in A; B and D say nothing, and have their rows. */
#define OTHERS "B 0/3/0 =\nD 0/1/0 =\n"

static void values_are_added_before_time_agg(void)
{
    static const struct {
        const char *name;
        enum th_kind kind;
        enum th_time_agg time_agg;
        enum th_district_agg district_agg;
        const char *cells, *want;
    } cases[] = {
        {"sum", TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM,
         "A 2024-01 1; C 2024-01 10; A 2024-02 2; A 2024-03 4",
         "A 4/5/0 =17\n" OTHERS "* 4/9/0 =17\n"},
        /* (11 + 22 + 4) / 3, never 37 / 5. */
        {"average over base periods", TH_KIND_AMOUNT, TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 1; C 2024-01 10; A 2024-02 2; C 2024-02 20; A 2024-03 4",
         "A 5/5/0 =12.333333\n" OTHERS "* 5/9/0 =12.333333\n"},
        /* A month in which only the closed one reported is a month. */
        {"average, one of both", TH_KIND_AMOUNT, TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 2; C 2024-01 n/a; C 2024-02 20", "A 2/5/1 =11\n" OTHERS "* 2/9/1 =11\n"},
        {"least of the sums", TH_KIND_COUNT, TH_TIME_MIN, TH_DISTRICT_SUM,
         "A 2024-01 1; C 2024-01 10; A 2024-02 2; C 2024-02 20; A 2024-03 15",
         "A 5/5/0 =11\n" OTHERS "* 5/9/0 =11\n"},
        {"greatest of the sums", TH_KIND_COUNT, TH_TIME_MAX, TH_DISTRICT_SUM,
         "A 2024-01 6; C 2024-01 6; A 2024-02 2; C 2024-02 1; A 2024-03 7",
         "A 5/5/0 =12\n" OTHERS "* 5/9/0 =12\n"},
        {"last, of both", TH_KIND_COUNT, TH_TIME_LAST, TH_DISTRICT_SUM,
         "A 2024-01 1; C 2024-01 10; A 2024-02 2; C 2024-02 20",
         "A 4/5/0 =22\n" OTHERS "* 4/9/0 =22\n"},
        {"last, after the merger", TH_KIND_COUNT, TH_TIME_LAST, TH_DISTRICT_SUM,
         "A 2024-02 2; C 2024-02 20; A 2024-03 30", "A 3/5/0 =30\n" OTHERS "* 3/9/0 =30\n"},
        /* n/a of one is no answer against the other's value; of both it is. */
        {"last, n/a of one", TH_KIND_COUNT, TH_TIME_LAST, TH_DISTRICT_SUM,
         "A 2024-01 1; A 2024-02 n/a; C 2024-02 20", "A 2/5/1 =20\n" OTHERS "* 2/9/1 =20\n"},
        {"last, n/a of both", TH_KIND_COUNT, TH_TIME_LAST, TH_DISTRICT_SUM,
         "A 2024-01 1; A 2024-02 n/a; C 2024-02 n/a", "A 1/5/2 =\n" OTHERS "* 1/9/2 =\n"},
        {"ratios add their parts", TH_KIND_RATIO, TH_TIME_SUM, TH_DISTRICT_SUM,
         "A 2024-01 1/2; C 2024-01 2/6; A 2024-03 1/1",
         "A 3/5/0 4/9=0.444444\n" OTHERS "* 3/9/0 4/9=0.444444\n"},
        {"ratio, last", TH_KIND_RATIO, TH_TIME_LAST, TH_DISTRICT_SUM,
         "A 2024-01 1/1; C 2024-01 0/1; A 2024-02 1/2; C 2024-02 2/6",
         "A 4/5/0 3/8=0.375\n" OTHERS "* 4/9/0 3/8=0.375\n"},
        {"average of districts counts both as one", TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_AVERAGE,
         "A 2024-01 1; C 2024-01 10; B 2024-01 5",
         "A 2/5/0 =11\nB 1/3/0 =5\nD 0/1/0 =\n* 3/9/0 =8\n"},
        /* Not mapped: C keeps its own. */
        {"scores", TH_KIND_SCORE, TH_TIME_AVERAGE, TH_DISTRICT_AVERAGE,
         "A 2024-01 50; C 2024-01 100",
         "A 1/3/0 =50\nB 0/3/0 =\nC 1/2/0 =100\nD 0/1/0 =\n* 2/9/0 =75\n"},
        {"choices", TH_KIND_CHOICE, TH_TIME_LAST, TH_DISTRICT_DISTRIBUTION, "C 2024-01 @yes",
         "A 0/3/0 =\nB 0/3/0 =\nC 1/2/0 @yes=\nD 0/1/0 =\n"
         "* 1/9/0 @yes=\n* 1/9/0 @no=\n* 1/9/0 @later=\n"},
        {"lists", TH_KIND_COMMUNES, TH_TIME_LAST, TH_DISTRICT_UNION, "C 2024-01 #x",
         "A 0/3/0 =\nB 0/3/0 =\nC 1/2/0 =1#x\nD 0/1/0 =\n* 1/9/0 =\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        init(&fixture, cases[i].kind, cases[i].time_agg, cases[i].district_agg, 'A');
        fixture_check(cases[i].name, &fixture, cases[i].cells, cases[i].want);
    }
}

/* D opened when C closed: its series begins with C's. */
static void a_new_unit_takes_the_series_over(void)
{
    struct fixture fixture;
    static const char cells[] = "C 2024-01 10; C 2024-02 20; D 2024-03 40; A 2024-01 1";
    init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM, 'D');
    fixture_check("all", &fixture, cells, "A 1/3/0 =1\nB 0/3/0 =\nD 3/3/0 =70\n* 4/9/0 =71\n");
    /* Only D wanted: what is credited to it comes with it. */
    static const bool only[] = {false, false, false, true};
    fixture.request.districts = only;
    fixture.request.with_province = false;
    fixture_check("one", &fixture, cells, "D 3/3/0 =70\n");
    fixture.request.districts = NULL;
    fixture.request.by_period = true;
    fixture_check("by period", &fixture, cells,
                  "A 1/1/0 =1\nB 0/1/0 =\nD 1/1/0 =10\nA 0/1/0 =\nB 0/1/0 =\nD 1/1/0 =20\n"
                  "A 0/1/0 =\nB 0/1/0 =\nD 1/1/0 =40\n");
    /* Without --comparable, C stands for itself. */
    fixture.request.by_period = false;
    fixture.request.comparable = false;
    fixture_check("plain", &fixture, cells, "A 1/3/0 =1\nB 0/3/0 =\nC 2/2/0 =30\nD 1/1/0 =40\n");
}

/* D was not open at the end of February; the stock that it is credited with was there. */
static void stock_of_before_the_successor_is_not_lost(void)
{
    struct fixture fixture;
    init(&fixture, TH_KIND_COUNT, TH_TIME_LAST, TH_DISTRICT_SUM, 'D');
    TH_CHECK("two months", th_period_parse(TH_SLICE("2024-01..2024-02"), NULL, 0,
                                           &fixture.request.period, NULL) == TH_OK);
    static const char cells[] = "A 2024-02 1; B 2024-01 5; C 2024-01 10; C 2024-02 20";
    fixture_check("C was open on the last day", &fixture, cells,
                  "A 1/2/0 =1\nB 1/2/0 =5\nD 2/2/0 =20\n* 4/6/0 =26\n");
    fixture.request.comparable = false;
    fixture_check("as without", &fixture, cells,
                  "A 1/2/0 =1\nB 1/2/0 =5\nC 2/2/0 =20\n* 4/6/0 =26\n");
    /* C closed before the last day, and D opens after it: nobody holds the stock then. */
    fixture.request.comparable = true;
    fixture.openings[2].interval.closed = fixture_day("2024-02-28");
    fixture_check("a gap", &fixture, cells, "A 1/2/0 =1\nB 1/2/0 =5\nD 1/1/0 =10\n* 3/5/0 =6\n");
}

/* The whole level ends with February: its series goes on in D as if it had not. */
static void a_level_that_ends_goes_on_in_its_successor(void)
{
    struct fixture fixture;
    init(&fixture, TH_KIND_COUNT, TH_TIME_LAST, TH_DISTRICT_SUM, 'D');
    for (size_t i = 0; i < 3; i++) {
        fixture.openings[i].interval.closed = fixture_day("2024-02-29");
        fixture.districts[i].successor = &fixture.districts[3];
    }
    static const char cells[] = "A 2024-02 1; B 2024-02 5; C 2024-02 20; D 2024-03 27";
    fixture_check("over the end", &fixture, cells, "D 4/7/0 =27\n* 4/7/0 =27\n");
    TH_CHECK("January, February", th_period_parse(TH_SLICE("2024-01..2024-02"), NULL, 0,
                                                  &fixture.request.period, NULL) == TH_OK);
    fixture_check("up to the end", &fixture, cells, "D 3/6/0 =26\n* 3/6/0 =26\n");
}

/* Closed is what is closed at the instant of the question. */
static void only_closed_districts_are_credited(void)
{
    struct fixture fixture;
    static const char cells[] = "A 2024-01 1; C 2024-01 10";
    init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM, 'A');
    fixture.request.as_of_us = fixture_instant("2024-02-29T12:00:00+07:00");
    fixture_check("not closed yet", &fixture, cells,
                  "A 1/2/0 =1\nB 0/2/0 =\nC 1/2/0 =10\n* 2/6/0 =11\n");
    fixture.request.as_of_us = fixture_instant("2024-03-01T00:00:00+07:00");
    fixture_check("closed", &fixture, cells, "A 2/5/0 =11\nB 0/3/0 =\nD 0/1/0 =\n* 2/9/0 =11\n");
    /* An open district's successor is only a plan. */
    init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM, 'A');
    fixture.districts[2].successor = NULL;
    fixture.districts[0].successor = &fixture.districts[1];
    fixture_check("open with a successor", &fixture, cells,
                  "A 1/3/0 =1\nB 0/3/0 =\nC 1/2/0 =10\nD 0/1/0 =\n* 2/9/0 =11\n");
}

static void a_merger_of_a_merged_district_goes_on(void)
{
    struct fixture fixture;
    static const char cells[] = "A 2024-01 1; B 2024-01 100; C 2024-01 10; D 2024-03 1000";
    init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM, 'A');
    /* C went on in A, A (closed after March) goes on in B. */
    fixture.openings[0].interval.closed = fixture_day("2024-03-31");
    fixture.districts[0].successor = &fixture.districts[1];
    fixture_check("chain", &fixture, cells, "B 3/8/0 =111\nD 1/1/0 =1000\n* 4/9/0 =1111\n");
    /* The last of the chain closed without a successor: it is credited all the same. */
    fixture.openings[1].interval.closed = fixture_day("2024-03-31");
    fixture_check("all closed", &fixture, cells, "B 3/8/0 =111\nD 1/1/0 =1000\n* 4/9/0 =1111\n");
    /* Two that name each other: nobody goes on. */
    fixture.districts[2].successor = NULL;
    fixture.districts[1].successor = &fixture.districts[0];
    fixture_check("a circle", &fixture, cells,
                  "A 1/3/0 =1\nB 1/3/0 =100\nC 1/2/0 =10\nD 1/1/0 =1000\n* 4/9/0 =1111\n");
}

/* Hoành Bồ, of 13 communes, was merged into Hạ Long, of 20, on 1 January 2020. */
static void hoanh_bo_goes_on_in_ha_long(void)
{
    struct fixture fixture;
    fixture_init(&fixture, TH_KIND_RATIO, TH_TIME_LAST, TH_DISTRICT_SUM);
    fixture.districts[0].code = "193";
    fixture.districts[1].code = "204";
    fixture.districts[1].successor = &fixture.districts[0];
    fixture.openings[1].interval.closed = fixture_day("2019-12-31");
    fixture.catalogue.district_count = 2;
    TH_CHECK("two years", th_period_parse(TH_SLICE("2019-12..2020-01"), NULL, 0,
                                          &fixture.request.period, NULL) == TH_OK);
    fixture.request.by_period = true;
    static const char cells[] = "193 2019-12 3/20; 204 2019-12 2/13; 193 2020-01 6/33";
    fixture_check("plain", &fixture, cells,
                  "193 1/1/0 3/20=0.15\n204 1/1/0 2/13=0.153846\n* 2/2/0 5/33=0.151515\n"
                  "193 1/1/0 6/33=0.181818\n* 1/1/0 6/33=0.181818\n");
    fixture.request.comparable = true;
    fixture_check("comparable", &fixture, cells,
                  "193 2/2/0 5/33=0.151515\n* 2/2/0 5/33=0.151515\n"
                  "193 1/1/0 6/33=0.181818\n* 1/1/0 6/33=0.181818\n");
}

static const struct th_test tests[] = {
    {"values are added before time_agg", values_are_added_before_time_agg},
    {"a new unit takes the series over", a_new_unit_takes_the_series_over},
    {"stock of before the successor is not lost", stock_of_before_the_successor_is_not_lost},
    {"a level that ends goes on in its successor", a_level_that_ends_goes_on_in_its_successor},
    {"only closed districts are credited", only_closed_districts_are_credited},
    {"a merger of a merged district goes on", a_merger_of_a_merged_district_goes_on},
    {"Hoành Bồ goes on in Hạ Long", hoanh_bo_goes_on_in_ha_long},
};

TH_TEST_MAIN("comparable series", tests)
