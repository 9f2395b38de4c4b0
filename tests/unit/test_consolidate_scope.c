/* What enters the figures and which are given: openings, as-of, filters. */
#include "tests/unit/consolidation_fixture.h"

#include "common/domain/calendar.h"

static void use_period(struct fixture *fixture, const char *text)
{
    TH_CHECK(text,
             th_period_parse(th_slice_of(text), NULL, 0, &fixture->request.period, NULL) == TH_OK);
}

/* Expected and taken: only base periods in which everything is open, begun. */
static void only_open_and_begun_pairs_count(void)
{
    static const struct {
        const char *name;
        const char *criterion_opened, *criterion_closed, *form_opened, *form_closed, *as_of;
        enum th_time_agg time_agg;
        const char *want;
    } cases[] = {
        {"nothing narrowed", "", "", "", "", "", TH_TIME_SUM,
         "A 3/3/0 =7\nB 3/3/0 =70\nC 2/2/0 =300\nD 1/1/0 =4000\n* 9/9/0 =4377\n"},
        {"criterion opens mid-period", "2024-02-01", "", "", "", "", TH_TIME_SUM,
         "A 2/2/0 =6\nB 2/2/0 =60\nC 1/1/0 =200\nD 1/1/0 =4000\n* 6/6/0 =4266\n"},
        /* Open on 29 February, February's last day. */
        {"criterion opens within a month", "2024-02-15", "", "", "", "", TH_TIME_SUM,
         "A 2/2/0 =6\nB 2/2/0 =60\nC 1/1/0 =200\nD 1/1/0 =4000\n* 6/6/0 =4266\n"},
        {"criterion closes within a month", "", "2024-02-28", "", "", "", TH_TIME_SUM,
         "A 1/1/0 =1\nB 1/1/0 =10\nC 1/1/0 =100\n* 3/3/0 =111\n"},
        {"form opens mid-period", "", "", "2024-03-31", "", "", TH_TIME_SUM,
         "A 1/1/0 =4\nB 1/1/0 =40\nD 1/1/0 =4000\n* 3/3/0 =4044\n"},
        {"form closes mid-period", "", "", "", "2024-02-29", "", TH_TIME_SUM,
         "A 2/2/0 =3\nB 2/2/0 =30\nC 2/2/0 =300\n* 6/6/0 =333\n"},
        {"criterion opens later", "2024-04-01", "", "", "", "", TH_TIME_SUM, ""},
        {"form closed before", "", "", "", "2023-12-31", "", TH_TIME_SUM, ""},
        {"March has not begun", "", "", "", "", "2024-02-29T23:59:59.999999+07:00", TH_TIME_SUM,
         "A 2/2/0 =3\nB 2/2/0 =30\nC 2/2/0 =300\n* 6/6/0 =333\n"},
        {"March has begun", "", "", "", "", "2024-03-01T00:00:00+07:00", TH_TIME_SUM,
         "A 3/3/0 =7\nB 3/3/0 =70\nC 2/2/0 =300\nD 1/1/0 =4000\n* 9/9/0 =4377\n"},
        {"the quarter has not begun", "", "", "", "", "2023-12-31T23:59:59+07:00", TH_TIME_SUM, ""},
        /* The latest month begun is February, on whose last day C is open. */
        {"stock while C is open", "", "", "", "", "2024-02-10T00:00:00+07:00", TH_TIME_LAST,
         "A 2/2/0 =2\nB 2/2/0 =20\nC 2/2/0 =200\n* 6/6/0 =222\n"},
        /* March runs: judged on 31 March, when C is closed and D open. */
        {"stock in the running month", "", "", "", "", "2024-03-01T00:00:00+07:00", TH_TIME_LAST,
         "A 3/3/0 =4\nB 3/3/0 =40\nC 2/2/0 =200\nD 1/1/0 =4000\n* 9/9/0 =4044\n"},
        {"stock after the period", "", "", "", "", "2024-04-01T00:00:00+07:00", TH_TIME_LAST,
         "A 3/3/0 =4\nB 3/3/0 =40\nC 2/2/0 =200\nD 1/1/0 =4000\n* 9/9/0 =4044\n"},
        /* The criterion ended with February; stock is still judged on 31 March. */
        {"stock of a closed criterion", "", "2024-02-29", "", "", "", TH_TIME_LAST,
         "A 2/2/0 =2\nB 2/2/0 =20\nC 2/2/0 =200\n* 6/6/0 =22\n"},
    };
    /* C in March, D before March: pairs that cannot be expected, so not taken. */
    static const char cells[] =
        "A 2024-01 1; A 2024-02 2; A 2024-03 4; B 2024-01 10; B 2024-02 20; B 2024-03 40;"
        "C 2024-01 100; C 2024-02 200; C 2024-03 400; D 2024-01 1000; D 2024-02 n/a;"
        "D 2024-03 4000; A 2023-12 5; A 2024-04 6";
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        fixture_init(&fixture, TH_KIND_COUNT, cases[i].time_agg, TH_DISTRICT_SUM);
        if (*cases[i].criterion_opened)
            fixture.criterion.interval.opened = fixture_day(cases[i].criterion_opened);
        if (*cases[i].criterion_closed)
            fixture.criterion.interval.closed = fixture_day(cases[i].criterion_closed);
        if (*cases[i].form_opened)
            fixture.form.interval.opened = fixture_day(cases[i].form_opened);
        if (*cases[i].form_closed)
            fixture.form.interval.closed = fixture_day(cases[i].form_closed);
        if (*cases[i].as_of)
            fixture.request.as_of_us = fixture_instant(cases[i].as_of);
        fixture_check(cases[i].name, &fixture, cells, cases[i].want);
    }
}

static void a_district_may_close_and_open_again(void)
{
    struct fixture fixture;
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    struct th_opening openings[] = {
        {{fixture_day("2015-01-01"), fixture_day("2023-12-31")}, 20},
        /* Adjoins: one opening in two rows. */
        {{fixture_day("2024-01-01"), fixture_day("2024-03-31")}, 33},
        {{fixture_day("2024-09-30"), TH_DAY_FOREVER}, 33},
    };
    fixture.districts[0].openings = openings;
    fixture.districts[0].opening_count = COUNT(openings);
    fixture.catalogue.district_count = 1;
    use_period(&fixture, "2023-12..2024-10");
    fixture_check("reopened", &fixture,
                  "A 2023-12 1; A 2024-01 2; A 2024-03 4; A 2024-04 8; A 2024-08 16; A 2024-09 32;"
                  "A 2024-10 64",
                  "A 5/6/0 =103\n* 5/6/0 =103\n");
}

/* A catalogue checks its intervals; should one slip through, a pair is still
 * expected once. */
static void overlapping_openings_count_once(void)
{
    struct fixture fixture;
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    struct th_opening openings[] = {
        {{fixture_day("2015-01-01"), fixture_day("2024-02-29")}, 20},
        {{fixture_day("2024-01-01"), fixture_day("2024-01-31")}, 20},
        {{fixture_day("2024-02-01"), TH_DAY_FOREVER}, 20},
    };
    fixture.districts[0].openings = openings;
    fixture.districts[0].opening_count = COUNT(openings);
    fixture.catalogue.district_count = 1;
    fixture_check("overlapping", &fixture, "A 2024-02 1", "A 1/3/0 =1\n* 1/3/0 =1\n");
}

/* 1 January to 10 March: whole months are January and February, while the period
 * ends ten days after C closed. */
static void stock_is_judged_where_the_period_ends(void)
{
    static const struct {
        const char *name, *as_of, *want;
    } cases[] = {
        {"ended", "2024-03-11T00:00:00+07:00", "* 2/6/0 =1\n"},
        /* Not ended: the last day of the latest month begun, 29 February. */
        {"a microsecond before", "2024-03-10T23:59:59.999999+07:00", "* 2/6/0 =101\n"},
    };
    static const struct th_named_period named = {"winter", {"", ""}, {19723, 19792}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_LAST, TH_DISTRICT_SUM);
        TH_CHECK(cases[i].name, th_period_parse(TH_SLICE("winter"), &named, 1,
                                                &fixture.request.period, NULL) == TH_OK);
        fixture.request.with_districts = false;
        fixture.request.as_of_us = fixture_instant(cases[i].as_of);
        fixture_check(cases[i].name, &fixture, "A 2024-02 1; C 2024-02 100", cases[i].want);
    }
}

/* What finish says is expected, against the calendar's own rule, day by day. */
static enum th_status compare_with_calendar(void *context, const struct th_figure *figure)
{
    struct th_buffer *seen = context;
    int32_t day = 0;
    if (!figure->district)
        return TH_OK;
    TH_CHECK(figure->period, th_base_period_parse(TH_DAILY, th_slice_of(figure->period), &day));
    TH_CHECK(figure->period, figure->expected == 1);
    TH_CHECK(figure->period,
             th_calendar_is_expected(figure->criterion->form, figure->district, day));
    th_buffer_add_char(seen, 'x');
    return TH_OK;
}

static void expectation_is_the_calendars(void)
{
    struct fixture fixture;
    static const struct fixture_cells none;
    struct th_buffer seen = {0};
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    fixture.form.frequency = TH_DAILY;
    fixture.form.interval =
        (struct th_interval){fixture_day("2024-01-11"), fixture_day("2024-03-21")};
    fixture.request.by_period = true;
    fixture_consolidate(&fixture, &none, 0, compare_with_calendar, &seen);
    /* A and B: 11 January to 21 March, 21 + 29 + 21 days; C 21 + 29; D 21. */
    TH_CHECK("days", seen.size == 71 + 71 + 50 + 21);
    th_buffer_free(&seen);
}

struct trace {
    struct th_buffer text;
    size_t stop_after;
};

static enum th_status trace_figure(void *context, const struct th_figure *figure)
{
    struct trace *trace = context;
    th_buffer_printf(&trace->text, "%s %s %s=%s\n", figure->period, figure->criterion->code,
                     figure->district ? figure->district->code : "*", figure->value);
    return trace->stop_after && --trace->stop_after == 0 ? TH_REJECTED : TH_OK;
}

/* Three criteria, the middle one a text; A 1 a month and B 10 a month in `first`,
 * A 5 in March in `third`. */
static void check_request(const char *name, struct fixture *fixture, size_t stop_after,
                          const char *want)
{
    static struct th_criterion criteria[3];
    criteria[0] = criteria[1] = criteria[2] = fixture->criterion;
    criteria[0].code = "first";
    criteria[1].code = "second";
    criteria[1].kind = TH_KIND_TEXT;
    criteria[1].time_agg = TH_TIME_LISTED;
    criteria[2].code = "third";
    for (size_t i = 0; i < COUNT(criteria); i++)
        criteria[i].index = i;
    fixture->form.criteria = criteria;
    fixture->form.criterion_count = COUNT(criteria);
    struct th_consolidation *consolidation = th_consolidation_create(&fixture->request, NULL);
    TH_CHECK(name, consolidation != NULL);
    if (!consolidation)
        return;
    int32_t first, last;
    th_consolidation_range(consolidation, &first, &last);
    TH_CHECK(name, first == 24288 && last == 24290);
    struct th_cell one = {.num = {1, 0}}, ten = {.num = {10, 0}}, five = {.num = {5, 0}};
    for (int32_t period = first; period <= last; period++) {
        th_consolidation_add(consolidation, &fixture->districts[0], period, &criteria[0], &one);
        th_consolidation_add(consolidation, &fixture->districts[1], period, &criteria[0], &ten);
        th_consolidation_add(consolidation, &fixture->districts[0], period, &criteria[1], &five);
    }
    th_consolidation_add(consolidation, &fixture->districts[0], last, &criteria[2], &five);
    struct trace trace = {.stop_after = stop_after};
    th_buffer_add_text(&trace.text, "");
    TH_CHECK(name, th_consolidation_finish(consolidation, trace_figure, &trace) ==
                       (stop_after ? TH_REJECTED : TH_OK));
    TH_CHECK_TEXT(name, trace.text.bytes, want);
    th_buffer_free(&trace.text);
    th_consolidation_destroy(&consolidation);
}

static void a_request_gets_what_it_asked_for_in_the_catalogues_order(void)
{
    static const bool only_b[4] = {false, true, false, false};
    static const bool only_third[3] = {false, false, true};
    struct fixture fixture;
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    fixture.catalogue.district_count = 2;
    check_request("all but texts", &fixture, 0,
                  "2024-Q1 first A=3\n2024-Q1 first B=30\n2024-Q1 first *=33\n"
                  "2024-Q1 third A=5\n2024-Q1 third B=\n2024-Q1 third *=5\n");
    check_request("stops when told", &fixture, 2, "2024-Q1 first A=3\n2024-Q1 first B=30\n");
    check_request("stops at the province", &fixture, 3,
                  "2024-Q1 first A=3\n2024-Q1 first B=30\n2024-Q1 first *=33\n");
    fixture.request.districts = only_b;
    check_request("one district, and the province of all", &fixture, 0,
                  "2024-Q1 first B=30\n2024-Q1 first *=33\n"
                  "2024-Q1 third B=\n2024-Q1 third *=5\n");
    fixture.request.with_province = false;
    check_request("one district alone", &fixture, 0, "2024-Q1 first B=30\n2024-Q1 third B=\n");
    fixture.request.districts = NULL;
    fixture.request.criteria = only_third;
    check_request("one criterion", &fixture, 0, "2024-Q1 third A=5\n2024-Q1 third B=\n");
    fixture.request.with_districts = false;
    check_request("nothing", &fixture, 0, "");
    fixture.request.with_province = true;
    check_request("the province alone", &fixture, 0, "2024-Q1 third *=5\n");
    fixture.request.by_period = true;
    check_request("the province by period", &fixture, 0,
                  "2024-01 third *=\n2024-02 third *=\n2024-03 third *=5\n");
    fixture.request.criteria = NULL;
    fixture.request.with_districts = true;
    fixture.request.districts = only_b;
    fixture.request.as_of_us = fixture_instant("2024-02-01T00:00:00+07:00");
    check_request("by period, as far as begun", &fixture, 0,
                  "2024-01 first B=10\n2024-01 first *=11\n2024-01 third B=\n2024-01 third *=\n"
                  "2024-02 first B=10\n2024-02 first *=11\n2024-02 third B=\n2024-02 third *=\n");
}

static void by_period_each_month_stands_alone(void)
{
    struct fixture fixture;
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_LAST, TH_DISTRICT_SUM);
    fixture.request.by_period = true;
    /* C counts in its own months, though it is closed when the quarter ends. */
    fixture_check("stock by month", &fixture,
                  "A 2024-01 1; A 2024-02 n/a; C 2024-01 100; C 2024-02 200; D 2024-03 1000",
                  "A 1/1/0 =1\nB 0/1/0 =\nC 1/1/0 =100\n* 2/3/0 =101\n"
                  "A 0/1/1 =\nB 0/1/0 =\nC 1/1/0 =200\n* 1/3/1 =200\n"
                  "A 0/1/0 =\nB 0/1/0 =\nD 1/1/0 =1000\n* 1/3/0 =1000\n");
}

/* Nothing of one month may be left over in the next. */
static void by_period_every_kind_starts_afresh(void)
{
    static const struct {
        const char *name;
        enum th_kind kind;
        enum th_district_agg district_agg;
        const char *cells, *want;
    } cases[] = {
        {"least", TH_KIND_COUNT, TH_DISTRICT_MIN, "A 2024-01 1; A 2024-02 5; B 2024-02 7",
         "* 1/3/0 =1\n* 2/3/0 =5\n* 0/3/0 =\n"},
        {"greatest", TH_KIND_COUNT, TH_DISTRICT_MAX, "A 2024-01 9; A 2024-02 5; B 2024-02 4",
         "* 1/3/0 =9\n* 2/3/0 =5\n* 0/3/0 =\n"},
        {"mean", TH_KIND_COUNT, TH_DISTRICT_AVERAGE, "A 2024-01 9; A 2024-02 5; B 2024-02 4",
         "* 1/3/0 =9\n* 2/3/0 =4.5\n* 0/3/0 =\n"},
        {"parts", TH_KIND_RATIO, TH_DISTRICT_SUM, "A 2024-01 1/2; A 2024-02 1/4",
         "* 1/3/0 1/2=0.5\n* 1/3/0 1/4=0.25\n* 0/3/0 =\n"},
        {"members", TH_KIND_COMMUNES, TH_DISTRICT_UNION, "A 2024-01 #b,a; B 2024-02 #c",
         "* 1/3/0 =2#a,b\n* 1/3/0 =1#c\n* 0/3/0 =\n"},
        {"choices", TH_KIND_CHOICE, TH_DISTRICT_DISTRIBUTION, "A 2024-01 @yes; B 2024-02 @no",
         "* 1/3/0 @yes=1\n* 1/3/0 @no=0\n* 1/3/0 @later=0\n"
         "* 1/3/0 @yes=0\n* 1/3/0 @no=1\n* 1/3/0 @later=0\n"
         "* 0/3/0 @yes=\n* 0/3/0 @no=\n* 0/3/0 @later=\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        fixture_init(&fixture, cases[i].kind, TH_TIME_LAST, cases[i].district_agg);
        fixture.request.by_period = true;
        fixture.request.with_districts = false;
        fixture_check(cases[i].name, &fixture, cases[i].cells, cases[i].want);
    }
}

static void a_period_without_a_whole_base_period_is_wrong_usage(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    use_period(&fixture, "2024-03-15");
    TH_CHECK("a day", th_consolidation_create(&fixture.request, &error) == NULL);
    TH_CHECK("a day", error.status == TH_USAGE);
    TH_CHECK("a day", strstr(error.message, "2024-03-15 contains no whole month") != NULL);
}

/* Scales that no report can carry do not reach the figures. */
static void a_number_out_of_its_type_is_not_taken(void)
{
    struct fixture fixture;
    struct fixture_cells cells = {.count = 1};
    struct th_buffer out = {0};
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    fixture.catalogue.district_count = 1;
    cells.cells[0] =
        (struct fixture_cell){&fixture.districts[0], 24288, {.num = {1, 255}}, {{NULL, 0}}};
    fixture_consolidate(&fixture, &cells, 0, fixture_write_figure, &out);
    TH_CHECK_TEXT("scale 255", out.bytes, "A 0/3/0 =\n* 0/3/0 =\n");
    th_buffer_free(&out);
}

static const struct th_test tests[] = {
    {"only open and begun pairs count", only_open_and_begun_pairs_count},
    {"a district may close and open again", a_district_may_close_and_open_again},
    {"overlapping openings count once", overlapping_openings_count_once},
    {"stock is judged where the period ends", stock_is_judged_where_the_period_ends},
    {"expectation is the calendar's", expectation_is_the_calendars},
    {"a request gets what it asked for in the catalogue's order",
     a_request_gets_what_it_asked_for_in_the_catalogues_order},
    {"by period each month stands alone", by_period_each_month_stands_alone},
    {"by period every kind starts afresh", by_period_every_kind_starts_afresh},
    {"a period without a whole base period is wrong usage",
     a_period_without_a_whole_base_period_is_wrong_usage},
    {"a number out of its type is not taken", a_number_out_of_its_type_is_not_taken},
};

TH_TEST_MAIN("consolidate_scope", tests)
