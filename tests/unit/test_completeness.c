/* Completeness and timeliness (SEMANTICS 7), worked out by hand. A form due 10 days
 * after its month: January until 12 February (the 10th is a Saturday), February until
 * 11 March (a Sunday), March until 10 April 2024. */
#include "tests/unit/consolidation_fixture.h"

#include "common/domain/completeness.h"

#define NEVER  INT64_MAX
#define BEFORE "2015-01-01T00:00:00+07:00" /* enrolled before anything was due */

struct arrival {
    const char *district, *period, *complete_at; /* "": no complete revision yet */
    const char *flags;    /* c complete, e empty, r returned, a approved, i import,
                             t import that tells when it came, n never enrolled */
    const char *enrolled; /* NULL: BEFORE */
};

struct table {
    const char *name, *as_of;
    bool by_period;
    struct arrival arrivals[8];
    const char *want;
};

/* "PERIOD DISTRICT expected received complete empty on_time late not_yet_due missing
 * returned approved historic", as in the CSV. */
static enum th_status write_row(void *context, const struct th_completeness_row *row)
{
    const struct th_completeness_counts *counts = &row->counts;
    const uint64_t numbers[] = {counts->expected,    counts->received, counts->complete,
                                counts->empty,       counts->on_time,  counts->late,
                                counts->not_yet_due, counts->missing,  counts->returned,
                                counts->approved,    counts->historic};
    th_buffer_printf(context, "%s %s", row->period, row->district ? row->district->code : "*");
    for (size_t i = 0; i < COUNT(numbers); i++)
        th_buffer_printf(context, " %llu", (unsigned long long)numbers[i]);
    th_buffer_add_char(context, '\n');
    /* Every expected pair is exactly one of these, so that no rate is above 100 %. */
    TH_CHECK(row->period, counts->expected == counts->on_time + counts->late + counts->historic +
                                                  counts->missing + counts->not_yet_due);
    TH_CHECK(row->period, counts->received <= counts->expected);
    return TH_OK;
}

static struct th_completeness_request request_of(struct fixture *fixture)
{
    fixture_init(fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    fixture->form.due_days = 10;
    return (struct th_completeness_request){
        .catalogue = &fixture->catalogue,
        .form = &fixture->form,
        .period = fixture->request.period,
        .with_districts = true,
        .with_province = true,
        .as_of_us = fixture_instant("2024-12-31T00:00:00+07:00"),
    };
}

static void add(struct th_completeness *completeness, const struct fixture *fixture,
                const struct arrival *from)
{
    int32_t period;
    const struct th_district *district = &fixture->districts[(size_t)(from->district[0] - 'A')];
    struct th_arrival arrival = {
        .complete = strchr(from->flags, 'c') != NULL,
        .empty = strchr(from->flags, 'e') != NULL,
        .returned = strchr(from->flags, 'r') != NULL,
        .approved = strchr(from->flags, 'a') != NULL,
        .imported = strpbrk(from->flags, "it") != NULL,
        .complete_at_us = *from->complete_at ? fixture_instant(from->complete_at) : 0,
        .first_enrolled_us = fixture_instant(from->enrolled ? from->enrolled : BEFORE),
    };
    if (strchr(from->flags, 't'))
        arrival.received_at_us = arrival.complete_at_us ? arrival.complete_at_us : 1;
    if (strchr(from->flags, 'n'))
        arrival.first_enrolled_us = NEVER;
    TH_CHECK(from->period,
             th_base_period_parse(fixture->form.frequency, th_slice_of(from->period), &period));
    th_completeness_add(completeness, district, period, &arrival);
}

static void check(const struct table *row)
{
    struct fixture fixture;
    struct th_completeness_request request = request_of(&fixture);
    struct th_buffer out = {0};
    request.by_period = row->by_period;
    if (row->as_of)
        request.as_of_us = fixture_instant(row->as_of);
    struct th_completeness *completeness = th_completeness_create(&request, NULL);
    for (size_t i = 0; i < COUNT(row->arrivals) && row->arrivals[i].district; i++)
        add(completeness, &fixture, &row->arrivals[i]);
    th_buffer_add_text(&out, "");
    TH_CHECK(row->name, th_completeness_finish(completeness, write_row, &out) == TH_OK);
    TH_CHECK_TEXT(row->name, out.bytes, row->want);
    if (!row->by_period) {
        struct th_completeness_counts all = th_completeness_of(completeness, NULL);
        char last[64];
        snprintf(last, sizeof(last), "2024-Q1 * %llu %llu ", (unsigned long long)all.expected,
                 (unsigned long long)all.received);
        TH_CHECK(row->name, all.expected == 0 || strstr(out.bytes, last) != NULL);
    }
    th_completeness_destroy(&completeness);
    TH_CHECK(row->name, completeness == NULL);
    th_buffer_free(&out);
}

/* A and B are open in all three months, C in January and February, D in March. */
static void each_pair_is_told_once(void)
{
    static const struct table cases[] = {
        {"nothing came",
         NULL,
         false,
         {{0}},
         "2024-Q1 A 3 0 0 0 0 0 0 3 0 0 0\n2024-Q1 B 3 0 0 0 0 0 0 3 0 0 0\n"
         "2024-Q1 C 2 0 0 0 0 0 0 2 0 0 0\n2024-Q1 D 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-Q1 * 9 0 0 0 0 0 0 9 0 0 0\n"},
        {"the last moment, and the first that is late",
         NULL,
         false,
         {{"A", "2024-01", "2024-02-12T23:59:59.999999+07:00", "c", NULL},
          {"B", "2024-01", "2024-02-13T00:00:00+07:00", "c", NULL}},
         "2024-Q1 A 3 1 1 0 1 0 0 2 0 0 0\n2024-Q1 B 3 1 1 0 0 1 0 2 0 0 0\n"
         "2024-Q1 C 2 0 0 0 0 0 0 2 0 0 0\n2024-Q1 D 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-Q1 * 9 2 2 0 1 1 0 7 0 0 0\n"},
        /* A: never complete, so late once due. B: once complete on time, then replaced by
         * an incomplete revision: on time all the same, and not complete. */
        {"incomplete",
         NULL,
         false,
         {{"A", "2024-02", "", "", NULL}, {"B", "2024-02", "2024-03-11T10:00:00+07:00", "", NULL}},
         "2024-Q1 A 3 1 0 0 0 1 0 2 0 0 0\n2024-Q1 B 3 1 0 0 1 0 0 2 0 0 0\n"
         "2024-Q1 C 2 0 0 0 0 0 0 2 0 0 0\n2024-Q1 D 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-Q1 * 9 2 0 0 1 1 0 7 0 0 0\n"},
        {"states and empty reports",
         NULL,
         false,
         {{"A", "2024-01", "2024-02-01T00:00:00+07:00", "ca", NULL},
          {"A", "2024-02", "2024-03-01T00:00:00+07:00", "cr", NULL},
          {"A", "2024-03", "", "e", NULL},
          {"B", "2024-03", "2024-04-01T00:00:00+07:00", "ce", NULL}},
         "2024-Q1 A 3 3 2 1 2 1 0 0 1 1 0\n2024-Q1 B 3 1 1 1 1 0 0 2 0 0 0\n"
         "2024-Q1 C 2 0 0 0 0 0 0 2 0 0 0\n2024-Q1 D 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-Q1 * 9 4 3 2 3 1 0 5 1 1 0\n"},
        /* Pairs that cannot be expected: C is closed in March, D not open in February. */
        {"not expected",
         NULL,
         false,
         {{"C", "2024-03", "2024-04-01T00:00:00+07:00", "c", NULL},
          {"D", "2024-02", "2024-03-01T00:00:00+07:00", "c", NULL},
          {"A", "2024-04", "2024-04-01T00:00:00+07:00", "c", NULL}},
         "2024-Q1 A 3 0 0 0 0 0 0 3 0 0 0\n2024-Q1 B 3 0 0 0 0 0 0 3 0 0 0\n"
         "2024-Q1 C 2 0 0 0 0 0 0 2 0 0 0\n2024-Q1 D 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-Q1 * 9 0 0 0 0 0 0 9 0 0 0\n"},
        {"by period",
         NULL,
         true,
         {{"A", "2024-02", "2024-03-12T00:00:00+07:00", "c", NULL}},
         "2024-01 A 1 0 0 0 0 0 0 1 0 0 0\n2024-01 B 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-01 C 1 0 0 0 0 0 0 1 0 0 0\n2024-01 * 3 0 0 0 0 0 0 3 0 0 0\n"
         "2024-02 A 1 1 1 0 0 1 0 0 0 0 0\n2024-02 B 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-02 C 1 0 0 0 0 0 0 1 0 0 0\n2024-02 * 3 1 1 0 0 1 0 2 0 0 0\n"
         "2024-03 A 1 0 0 0 0 0 0 1 0 0 0\n2024-03 B 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-03 D 1 0 0 0 0 0 0 1 0 0 0\n2024-03 * 3 0 0 0 0 0 0 3 0 0 0\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(&cases[i]);
}

/* What is not due is neither late nor missing; what has not begun is not expected. */
static void what_is_due_depends_on_the_instant(void)
{
    static const struct table cases[] = {
        {"the quarter has not begun", "2023-12-31T23:59:59+07:00", false, {{0}}, ""},
        /* 15 February: January is due, February runs, March is not expected. */
        {"in February",
         "2024-02-15T00:00:00+07:00",
         false,
         {{"A", "2024-01", "2024-02-01T00:00:00+07:00", "c", NULL},
          {"A", "2024-02", "2024-02-14T00:00:00+07:00", "c", NULL},
          {"B", "2024-02", "", "", NULL}},
         "2024-Q1 A 2 2 2 0 2 0 0 0 0 0 0\n2024-Q1 B 2 1 0 0 0 0 1 1 0 0 0\n"
         "2024-Q1 C 2 0 0 0 0 0 1 1 0 0 0\n"
         "2024-Q1 * 6 3 2 0 2 0 2 2 0 0 0\n"},
        {"one microsecond before January is due",
         "2024-02-12T23:59:59.999999+07:00",
         true,
         {{0}},
         "2024-01 A 1 0 0 0 0 0 1 0 0 0 0\n2024-01 B 1 0 0 0 0 0 1 0 0 0 0\n"
         "2024-01 C 1 0 0 0 0 0 1 0 0 0 0\n2024-01 * 3 0 0 0 0 0 3 0 0 0 0\n"
         "2024-02 A 1 0 0 0 0 0 1 0 0 0 0\n2024-02 B 1 0 0 0 0 0 1 0 0 0 0\n"
         "2024-02 C 1 0 0 0 0 0 1 0 0 0 0\n2024-02 * 3 0 0 0 0 0 3 0 0 0 0\n"},
        {"January is due",
         "2024-02-13T00:00:00+07:00",
         true,
         {{"B", "2024-01", "", "", NULL}},
         "2024-01 A 1 0 0 0 0 0 0 1 0 0 0\n2024-01 B 1 1 0 0 0 1 0 0 0 0 0\n"
         "2024-01 C 1 0 0 0 0 0 0 1 0 0 0\n2024-01 * 3 1 0 0 0 1 0 2 0 0 0\n"
         "2024-02 A 1 0 0 0 0 0 1 0 0 0 0\n2024-02 B 1 0 0 0 0 0 1 0 0 0 0\n"
         "2024-02 C 1 0 0 0 0 0 1 0 0 0 0\n2024-02 * 3 0 0 0 0 0 3 0 0 0 0\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(&cases[i]);
}

/* SEMANTICS 8: due before the first enrolment, or imported without its time. */
static void history_is_neither_on_time_nor_late(void)
{
    static const struct table cases[] = {
        {"enrolment",
         NULL,
         true,
         {/* January was due on 12 February: enrolled a moment after it. */
          {"A", "2024-01", "2024-06-01T00:00:00+07:00", "c", "2024-02-13T00:00:00.000001+07:00"},
          {"B", "2024-01", "2024-06-01T00:00:00+07:00", "c", "2024-02-12T12:00:00+07:00"},
          {"C", "2024-01", "2024-06-01T00:00:00+07:00", "cn", NULL}},
         "2024-01 A 1 1 1 0 0 0 0 0 0 0 1\n2024-01 B 1 1 1 0 0 1 0 0 0 0 0\n"
         "2024-01 C 1 1 1 0 0 0 0 0 0 0 1\n2024-01 * 3 3 3 0 0 1 0 0 0 0 2\n"
         "2024-02 A 1 0 0 0 0 0 0 1 0 0 0\n2024-02 B 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-02 C 1 0 0 0 0 0 0 1 0 0 0\n2024-02 * 3 0 0 0 0 0 0 3 0 0 0\n"
         "2024-03 A 1 0 0 0 0 0 0 1 0 0 0\n2024-03 B 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-03 D 1 0 0 0 0 0 0 1 0 0 0\n2024-03 * 3 0 0 0 0 0 0 3 0 0 0\n"},
        /* received_at decides, also before any enrolment; without it: history. */
        {"imports",
         NULL,
         false,
         {{"A", "2024-01", "2024-02-05T00:00:00+07:00", "ctn", NULL},
          {"A", "2024-02", "2024-03-12T00:00:00+07:00", "ctn", NULL},
          {"B", "2024-01", "2024-02-05T00:00:00+07:00", "ci", NULL},
          {"B", "2024-02", "2024-06-05T00:00:00+07:00", "cin", NULL}},
         "2024-Q1 A 3 2 2 0 1 1 0 1 0 0 0\n2024-Q1 B 3 2 2 0 0 0 0 1 0 0 2\n"
         "2024-Q1 C 2 0 0 0 0 0 0 2 0 0 0\n2024-Q1 D 1 0 0 0 0 0 0 1 0 0 0\n"
         "2024-Q1 * 9 4 4 0 1 1 0 5 0 0 2\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(&cases[i]);
}

static void only_what_was_asked_for_is_given(void)
{
    struct fixture fixture;
    struct th_completeness_request request = request_of(&fixture);
    bool wanted[] = {false, true, false, false};
    struct th_buffer out = {0};
    struct th_error error = {0};
    request.districts = wanted;
    struct th_completeness *completeness = th_completeness_create(&request, NULL);
    int32_t first, last;
    th_completeness_range(completeness, &first, &last);
    TH_CHECK("range", first == 2024 * 12 && last == 2024 * 12 + 2);
    /* The province is over all districts, whichever rows are wanted. */
    TH_CHECK("one", th_completeness_finish(completeness, write_row, &out) == TH_OK);
    TH_CHECK_TEXT("one", out.bytes,
                  "2024-Q1 B 3 0 0 0 0 0 0 3 0 0 0\n2024-Q1 * 9 0 0 0 0 0 0 9 0 0 0\n");
    th_completeness_destroy(&completeness);
    th_buffer_free(&out);

    TH_CHECK("day",
             th_period_parse(TH_SLICE("2024-03-15"), NULL, 0, &request.period, NULL) == TH_OK);
    TH_CHECK("no whole month", th_completeness_create(&request, &error) == NULL);
    TH_CHECK("says why", error.status == TH_USAGE && strstr(error.message, "month"));
}

static const struct th_test tests[] = {
    {"each pair is told once", each_pair_is_told_once},
    {"what is due depends on the instant", what_is_due_depends_on_the_instant},
    {"history is neither on time nor late", history_is_neither_on_time_nor_late},
    {"only what was asked for is given", only_what_was_asked_for_is_given},
};

TH_TEST_MAIN("completeness", tests)
