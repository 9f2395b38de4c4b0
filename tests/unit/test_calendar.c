#include "tests/unit/th_test.h"

#include "common/base/clock.h"
#include "common/domain/calendar.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int32_t day_of(const char *text)
{
    int32_t day = 0;
    TH_CHECK(text, th_day_parse(th_slice_of(text), &day));
    return day;
}

static int64_t instant_of(const char *text)
{
    int64_t instant = 0;
    TH_CHECK(text, th_instant_parse(th_slice_of(text), &instant));
    return instant;
}

static void use_zone(const char *zone)
{
    TH_CHECK(zone, th_clock_use_zone(zone, NULL) == TH_OK);
}

/* The holidays around 30 April 2024: 29 (a Monday, exchanged), 30 and 1 May are
 * off; Saturday 4 May is worked instead. */
static struct th_holiday holidays[5];
static struct th_catalogue catalogue;

static void fill_holidays(void)
{
    holidays[0] = (struct th_holiday){.day = day_of("2024-04-18")};
    holidays[1] = (struct th_holiday){.day = day_of("2024-04-29")};
    holidays[2] = (struct th_holiday){.day = day_of("2024-04-30")};
    holidays[3] = (struct th_holiday){.day = day_of("2024-05-01")};
    holidays[4] = (struct th_holiday){.day = day_of("2024-05-04"), .working = true};
    catalogue = (struct th_catalogue){.holidays = holidays, .holiday_count = COUNT(holidays)};
}

static void a_working_day_is_monday_to_friday_but_for_holidays(void)
{
    static const struct {
        const char *day;
        bool want;
    } cases[] = {
        {"2024-04-15", true},  /* Monday */
        {"2024-04-19", true},  /* Friday */
        {"2024-04-20", false}, /* Saturday */
        {"2024-04-21", false}, /* Sunday */
        {"2024-04-18", false}, /* a holiday on a Thursday, the first of the list */
        {"2024-04-29", false}, {"2024-05-01", false},
        {"2024-05-02", true},  {"2024-05-04", true}, /* a Saturday that is worked, the last */
        {"2024-05-05", false},
    };
    fill_holidays();
    for (size_t i = 0; i < COUNT(cases); i++)
        TH_CHECK(cases[i].day,
                 th_calendar_is_working_day(&catalogue, day_of(cases[i].day)) == cases[i].want);
    struct th_catalogue none = {0};
    TH_CHECK("no holidays", th_calendar_is_working_day(&none, day_of("2024-05-01")));
    TH_CHECK("no holidays", !th_calendar_is_working_day(&none, day_of("2024-05-04")));
}

static void a_report_is_due_until_midnight_of_the_next_working_day(void)
{
    static const struct {
        const char *name;
        enum th_frequency frequency;
        int32_t due_days;
        const char *period;
        const char *want; /* the instant after the due day */
    } cases[] = {
        /* 31 March + 10 = Wednesday 10 April. */
        {"a working day", TH_MONTHLY, 10, "2024-03", "2024-04-11T00:00:00+07:00"},
        /* 31 March + 13 = Saturday 13 April: Monday 15. */
        {"a Saturday", TH_MONTHLY, 13, "2024-03", "2024-04-16T00:00:00+07:00"},
        {"a Sunday", TH_MONTHLY, 14, "2024-03", "2024-04-16T00:00:00+07:00"},
        {"a holiday in the week", TH_MONTHLY, 18, "2024-03", "2024-04-20T00:00:00+07:00"},
        /* 27 April is a Saturday; 28 to 1 May are off too: Thursday 2 May. */
        {"a weekend before holidays", TH_MONTHLY, 27, "2024-03", "2024-05-03T00:00:00+07:00"},
        {"a Saturday that is worked", TH_MONTHLY, 4, "2024-04", "2024-05-05T00:00:00+07:00"},
        {"on the last day itself", TH_QUARTERLY, -2, "2024-Q2", "2024-06-29T00:00:00+07:00"},
        /* 30 June - 8 = Saturday 22 June: moved forward, still before the end. */
        {"before the end, moved", TH_HALF_YEARLY, -8, "2024-H1", "2024-06-25T00:00:00+07:00"},
        {"over the year's end", TH_YEARLY, 6, "2024", "2025-01-07T00:00:00+07:00"},
        {"a day", TH_DAILY, 0, "2024-04-30", "2024-05-03T00:00:00+07:00"},
    };
    use_zone("Asia/Ho_Chi_Minh");
    fill_holidays();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_form form = {.frequency = cases[i].frequency, .due_days = cases[i].due_days};
        int32_t ordinal = 0;
        TH_CHECK(cases[i].name,
                 th_base_period_parse(cases[i].frequency, th_slice_of(cases[i].period), &ordinal));
        TH_CHECK(cases[i].name,
                 th_calendar_due_us(&catalogue, &form, ordinal) == instant_of(cases[i].want));
    }
}

static void a_lock_is_not_moved(void)
{
    use_zone("Asia/Ho_Chi_Minh");
    struct th_form form = {.frequency = TH_MONTHLY, .lock_days = 13, .has_lock = true};
    int32_t march = 24290;
    /* 31 March + 13 = Saturday 13 April. */
    TH_CHECK("Saturday",
             th_calendar_lock_us(&form, march) == instant_of("2024-04-14T00:00:00+07:00"));
    form.lock_days = 0;
    TH_CHECK("no days",
             th_calendar_lock_us(&form, march) == instant_of("2024-04-01T00:00:00+07:00"));
    form.has_lock = false;
    TH_CHECK("never", th_calendar_lock_us(&form, march) == INT64_MAX);
}

static void instants_follow_the_province_not_the_machine(void)
{
    struct th_form form = {.frequency = TH_MONTHLY, .lock_days = 1, .has_lock = true};
    use_zone("Asia/Ho_Chi_Minh");
    TH_CHECK("Hanoi", th_calendar_lock_us(&form, 24290) == instant_of("2024-04-01T17:00:00Z"));
    use_zone("UTC");
    TH_CHECK("UTC", th_calendar_lock_us(&form, 24290) == instant_of("2024-04-02T00:00:00Z"));
    use_zone("Asia/Ho_Chi_Minh");
}

static void a_period_has_begun_from_its_first_instant(void)
{
    use_zone("Asia/Ho_Chi_Minh");
    struct th_form form = {.frequency = TH_MONTHLY};
    int64_t begin = instant_of("2024-03-01T00:00:00+07:00");
    TH_CHECK("first instant", th_calendar_has_begun(&form, 24290, begin));
    TH_CHECK("a microsecond before", !th_calendar_has_begun(&form, 24290, begin - 1));
    TH_CHECK("the running one is taken",
             th_calendar_has_begun(&form, 24290, instant_of("2024-03-20T12:00:00+07:00")));
    TH_CHECK("the next one is not",
             !th_calendar_has_begun(&form, 24291, instant_of("2024-03-31T23:59:59.999999+07:00")));
}

static void a_report_is_expected_when_both_are_open_on_the_last_day(void)
{
    static const struct {
        const char *name, *form_opened, *form_closed, *opened, *closed;
        bool want; /* for 2024-03 */
    } cases[] = {
        {"both open", "2016-01-01", "2030-12-31", "2015-01-01", "2030-12-31", true},
        {"district opens on the last day", "2016-01-01", "2030-12-31", "2024-03-31", "2030-12-31",
         true},
        {"district opens a day later", "2016-01-01", "2030-12-31", "2024-04-01", "2030-12-31",
         false},
        {"district closes on the last day", "2016-01-01", "2030-12-31", "2015-01-01", "2024-03-31",
         true},
        /* Open for thirty days of March, and not on its last. */
        {"district closes a day earlier", "2016-01-01", "2030-12-31", "2015-01-01", "2024-03-30",
         false},
        {"form opens on the last day", "2024-03-31", "2030-12-31", "2015-01-01", "2030-12-31",
         true},
        {"form opens a day later", "2024-04-01", "2030-12-31", "2015-01-01", "2030-12-31", false},
        {"form closes a day earlier", "2016-01-01", "2024-03-30", "2015-01-01", "2030-12-31",
         false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_opening opening = {{day_of(cases[i].opened), day_of(cases[i].closed)}, 20};
        struct th_district district = {.openings = &opening, .opening_count = 1};
        struct th_form form = {
            .frequency = TH_MONTHLY,
            .interval = {day_of(cases[i].form_opened), day_of(cases[i].form_closed)},
        };
        TH_CHECK(cases[i].name, th_calendar_is_expected(&form, &district, 24290) == cases[i].want);
    }
}

static const struct th_test tests[] = {
    {"a working day is Monday to Friday but for holidays",
     a_working_day_is_monday_to_friday_but_for_holidays},
    {"a report is due until midnight of the next working day",
     a_report_is_due_until_midnight_of_the_next_working_day},
    {"a lock is not moved", a_lock_is_not_moved},
    {"instants follow the province, not the machine", instants_follow_the_province_not_the_machine},
    {"a period has begun from its first instant", a_period_has_begun_from_its_first_instant},
    {"a report is expected when both are open on the last day",
     a_report_is_expected_when_both_are_open_on_the_last_day},
};

TH_TEST_MAIN("calendar", tests)
