#include <stdlib.h>

#include "common/base/clock.h"
#include "th_test.h"

#define DAY_S  INT64_C(86400)
#define HOUR_S INT64_C(3600)
#define US     INT64_C(1000000)
/* 54 years of 365 days and 13 leap days to 2024-01-01, then 31 + 29 + 14. */
#define MARCH_15 (54 * 365 + 13 + 31 + 29 + 14)

static void use_zone(const char *name)
{
    struct th_error error = {0};
    TH_CHECK(name, th_clock_use_zone(name, &error) == TH_OK);
}

static void unknown_zones_are_refused(void)
{
    static const char *const names[] = {"",        "Asia/Ha_Long",   "../zoneinfo/UTC",
                                        "Asia/..", "/etc/localtime", "Asia",
                                        "UTC0",    "zone.tab",       "Asia/Ho_Chi_Minh\n"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct th_error error = {0};
        TH_CHECK(names[i], th_clock_use_zone(names[i], &error) == TH_USAGE);
        TH_CHECK(names[i], error.status == TH_USAGE && strstr(error.message, "time zone"));
    }
}

static void civil_days(void)
{
    static const struct {
        const char *name;
        int year, month, day;
        int32_t want_day;
        int want_weekday; /* 0 Monday */
    } cases[] = {
        {"epoch, a Thursday", 1970, 1, 1, 0, 3},
        {"the day before", 1969, 12, 31, -1, 2},
        {"a Friday", 2024, 3, 15, MARCH_15, 4},
        {"leap day", 2024, 2, 29, MARCH_15 - 15, 3},
        {"1 March", 2024, 3, 1, MARCH_15 - 14, 4},
        /* 1900 had no leap day: 70 years, 17 leap days (1904..1968) */
        {"1 March 1900", 1900, 3, 1, -(70 * 365 + 17) + 31 + 28, 3},
        /* 2000 had one: 30 years, 7 leap days before it (1972..1996) */
        {"1 March 2000", 2000, 3, 1, 30 * 365 + 7 + 31 + 29, 2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int year, month, day;
        int32_t got = th_day_from_civil(cases[i].year, cases[i].month, cases[i].day);
        TH_CHECK(cases[i].name, got == cases[i].want_day);
        th_day_to_civil(got, &year, &month, &day);
        TH_CHECK(cases[i].name,
                 year == cases[i].year && month == cases[i].month && day == cases[i].day);
        TH_CHECK(cases[i].name, th_day_weekday(got) == cases[i].want_weekday);
    }
}

static void days_as_text(void)
{
    static const struct {
        const char *text;
        bool want;
    } cases[] = {
        {"2024-02-29", true},  {"2023-02-29", false}, {"1900-02-29", false},  {"2000-02-29", true},
        {"1900-01-01", true},  {"1899-12-31", false}, {"2999-12-31", true},   {"3000-01-01", false},
        {"2024-00-10", false}, {"2024-13-10", false}, {"2024-04-31", false},  {"2024-04-00", false},
        {"2024-4-01", false},  {"2024/04/01", false}, {"2024-04-01 ", false}, {"+024-04-01", false},
        {"", false},           {"2024-04-0a", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int32_t day = 0;
        char out[11];
        TH_CHECK(cases[i].text, th_day_parse(th_slice_of(cases[i].text), &day) == cases[i].want);
        if (!cases[i].want)
            continue;
        th_day_format(day, out);
        TH_CHECK_TEXT(cases[i].text, out, cases[i].text);
    }
}

static void a_day_begins_in_the_zone(void)
{
    static const struct {
        const char *zone;
        int32_t day;
        int64_t want_s; /* of the first second, from 1970-01-01T00:00Z */
    } cases[] = {
        {"Asia/Ho_Chi_Minh", MARCH_15, MARCH_15 * DAY_S - 7 * HOUR_S},
        {"Asia/Ho_Chi_Minh", 0, -8 * HOUR_S}, /* UTC+8 in the south until 1975 */
        {"UTC", MARCH_15, MARCH_15 * DAY_S},
        /* 2018-11-04: clocks went from 24:00 to 01:00 (UTC-2), there was no midnight */
        {"America/Sao_Paulo", 17839, 17839 * DAY_S + 3 * HOUR_S},
        /* 2018-02-18: back from 24:00 (UTC-2) to 23:00, midnight is UTC-3 */
        {"America/Sao_Paulo", 17580, 17580 * DAY_S + 3 * HOUR_S},
        /* 2024-11-03: back from 01:00 (UTC-4) to 00:00: the first of two midnights */
        {"America/Havana", 20030, 20030 * DAY_S + 4 * HOUR_S},
        /* 2008-06-24: the zone went from UTC-4 to UTC-3 at 00:00 */
        {"America/Santarem", 14054, 14054 * DAY_S + 4 * HOUR_S},
        /* 2012-09-21: back from 01:00 (UTC+3) to 00:00 */
        {"Asia/Gaza", 15604, 15604 * DAY_S - 3 * HOUR_S},
    };
    /* mktime guesses from the offset that it met last, and is wrong in the last two
     * rows when it comes from the other half of the year */
    static const int32_t steps[] = {-182, 182};
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        size_t row = i / 2;
        use_zone(cases[row].zone);
        th_clock_day_start_us(cases[row].day + steps[i % 2]);
        int64_t start = th_clock_day_start_us(cases[row].day);
        TH_CHECK(cases[row].zone, start == cases[row].want_s * US);
        TH_CHECK(cases[row].zone, th_clock_day_of_us(start) == cases[row].day);
        TH_CHECK(cases[row].zone, th_clock_day_of_us(start - 1) == cases[row].day - 1);
    }
    use_zone("Asia/Ho_Chi_Minh");
    TH_CHECK("for ever", th_clock_day_start_us(TH_DAY_FOREVER) == INT64_MAX);
    TH_CHECK("last instant", th_clock_day_of_us(INT64_MAX) > MARCH_15);
    TH_CHECK("first instant", th_clock_day_of_us(INT64_MIN) < 0);
}

static void instants_are_read(void)
{
    const int64_t morning = (MARCH_15 * DAY_S + 5400) * US; /* 01:30Z */
    static const struct {
        const char *text;
        bool want;
        int64_t want_us; /* from 01:30Z of that day */
    } cases[] = {
        {"2024-03-15T08:30:00+07:00", true, 0},
        {"2024-03-15T01:30:00Z", true, 0},
        {"2024-03-14T20:00:00-05:30", true, 0},
        {"2024-03-15T01:30:00-00:00", true, 0},
        {"2024-03-15T01:30:00.000001Z", true, 1},
        {"2024-03-15T01:30:00.5Z", true, 500000},
        {"2024-03-15T01:30:59.999999Z", true, 59999999},
        {"2024-03-15T01:30:00.1234567Z", false, 0},
        {"2024-03-15T01:30:00.Z", false, 0},
        {"2024-03-15T01:30:00", false, 0}, /* no zone: nobody could know which */
        {"2024-03-15 01:30:00Z", false, 0},
        {"2024-03-15T01:30Z", false, 0},
        {"2024-03-15T24:00:00Z", false, 0},
        {"2024-03-15T01:60:00Z", false, 0},
        {"2024-03-15T23:59:60Z", false, 0}, /* leap seconds have no instant here */
        {"2024-02-30T01:30:00Z", false, 0},
        {"2024-03-15T01:30:00+7:00", false, 0},
        {"2024-03-15T01:30:00+0700", false, 0},
        {"2024-03-15T01:30:00+24:00", false, 0},
        {"2024-03-15T01:30:00+07:60", false, 0},
        {"2024-03-15T01:30:00Zx", false, 0},
        {"2024-03-15T01:30:00Z ", false, 0},
        {"2024-03-15", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t got = 0;
        TH_CHECK(cases[i].text,
                 th_instant_parse(th_slice_of(cases[i].text), &got) == cases[i].want);
        if (cases[i].want)
            TH_CHECK(cases[i].text, got == morning + cases[i].want_us);
    }
}

static void instants_are_written(void)
{
    const int64_t morning = (MARCH_15 * DAY_S + 5400) * US;
    char out[40];
    use_zone("Asia/Ho_Chi_Minh");
    th_instant_format(morning, out);
    TH_CHECK_TEXT("whole second", out, "2024-03-15T08:30:00+07:00");
    th_instant_format(morning + 50, out);
    TH_CHECK_TEXT("fraction", out, "2024-03-15T08:30:00.000050+07:00");
    th_instant_format(-1, out);
    TH_CHECK_TEXT("before 1970", out, "1970-01-01T07:59:59.999999+08:00");
    th_instant_format_local(morning + 59 * US, out);
    TH_CHECK_TEXT("for people", out, "15/03/2024 08:30");
    use_zone("America/St_Johns");
    th_instant_format(morning, out); /* summer time: UTC-2:30 */
    TH_CHECK_TEXT("west of Greenwich", out, "2024-03-14T23:00:00-02:30");
    use_zone("Asia/Ho_Chi_Minh");
    th_instant_format(INT64_MAX, out);
    TH_CHECK("no overflow", strlen(out) < sizeof(out));
}

static void backoff_stays_between_base_and_cap(void)
{
    int64_t wait = 0, longest = 0;
    for (int i = 0; i < 2000; i++) {
        int64_t previous = wait > 100 ? wait : 100;
        wait = th_clock_backoff_ms(i % 20 ? wait : 0, 100, 5000);
        if (i % 20 == 0)
            previous = 100;
        if (wait < 100 || wait > 5000 || wait > 3 * previous)
            CU_FAIL("out of bounds");
        longest = wait > longest ? wait : longest;
    }
    TH_CHECK("grows", longest > 1000);
    TH_CHECK("no overflow", th_clock_backoff_ms(INT64_MAX, 100, 5000) <= 5000);
    TH_CHECK("cap below base", th_clock_backoff_ms(0, 100, 10) == 100);
}

static const struct th_test tests[] = {
    {"unknown zones are refused", unknown_zones_are_refused},
    {"civil days", civil_days},
    {"days as text", days_as_text},
    {"a day begins in the zone", a_day_begins_in_the_zone},
    {"instants are read", instants_are_read},
    {"instants are written", instants_are_written},
    {"backoff stays between base and cap", backoff_stays_between_base_and_cap},
};
TH_TEST_MAIN("base/clock", tests)
