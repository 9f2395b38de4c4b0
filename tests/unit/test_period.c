#include "tests/unit/th_test.h"

#include "common/base/clock.h"
#include "common/domain/catalogue.h"
#include "common/domain/period.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 2020-10-01 and 2025-06-30; 2024-01-10 and 2024-03-10. */
static const struct th_named_period named[] = {
    {"term-2020-2025", {"Nhiệm kỳ 2020 - 2025", "Term 2020-2025"}, {18536, 20269}},
    {"winter", {"Mùa đông", "Winter"}, {19732, 19792}},
};

static enum th_status parse(const char *text, struct th_period *period, struct th_error *error)
{
    return th_period_parse(th_slice_of(text), named, COUNT(named), period, error);
}

static void reads_every_spelling(void)
{
    static const struct {
        const char *text, *want_id, *want_first, *want_last;
        enum th_period_kind want_kind;
    } cases[] = {
        {"2024-03-15", "2024-03-15", "2024-03-15", "2024-03-15", TH_PERIOD_DAY},
        {"20240315", "2024-03-15", "2024-03-15", "2024-03-15", TH_PERIOD_DAY},
        {"2024-02", "2024-02", "2024-02-01", "2024-02-29", TH_PERIOD_MONTH},
        {"202302", "2023-02", "2023-02-01", "2023-02-28", TH_PERIOD_MONTH},
        {"2024-12", "2024-12", "2024-12-01", "2024-12-31", TH_PERIOD_MONTH},
        {"2024-Q1", "2024-Q1", "2024-01-01", "2024-03-31", TH_PERIOD_QUARTER},
        {"2024Q4", "2024-Q4", "2024-10-01", "2024-12-31", TH_PERIOD_QUARTER},
        {"2024-H1", "2024-H1", "2024-01-01", "2024-06-30", TH_PERIOD_HALF},
        {"2024S2", "2024-H2", "2024-07-01", "2024-12-31", TH_PERIOD_HALF},
        {"2024-9M", "2024-9M", "2024-01-01", "2024-09-30", TH_PERIOD_NINE_MONTHS},
        {"2024", "2024", "2024-01-01", "2024-12-31", TH_PERIOD_YEAR},
        {"1900", "1900", "1900-01-01", "1900-12-31", TH_PERIOD_YEAR},
        {"2999", "2999", "2999-01-01", "2999-12-31", TH_PERIOD_YEAR},
        {"2020..2025", "2020..2025", "2020-01-01", "2025-12-31", TH_PERIOD_RANGE},
        {"2024-01..2024-09", "2024-01..2024-09", "2024-01-01", "2024-09-30", TH_PERIOD_RANGE},
        {"202401..2024-09", "2024-01..2024-09", "2024-01-01", "2024-09-30", TH_PERIOD_RANGE},
        {"2024S1..2025S1", "2024-H1..2025-H1", "2024-01-01", "2025-06-30", TH_PERIOD_RANGE},
        {"2024..2024", "2024..2024", "2024-01-01", "2024-12-31", TH_PERIOD_RANGE},
        {"20240101..20240229", "2024-01-01..2024-02-29", "2024-01-01", "2024-02-29",
         TH_PERIOD_RANGE},
        {"term-2020-2025", "term-2020-2025", "2020-10-01", "2025-06-30", TH_PERIOD_NAMED},
        {"winter", "winter", "2024-01-10", "2024-03-10", TH_PERIOD_NAMED},
        {"2024-03.ytd", "2024-03.ytd", "2024-01-01", "2024-03-31", TH_PERIOD_TO_DATE},
        {"2024Q2.ytd", "2024-Q2.ytd", "2024-01-01", "2024-06-30", TH_PERIOD_TO_DATE},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_period period;
        char day[11];
        TH_CHECK(cases[i].text, parse(cases[i].text, &period, NULL) == TH_OK);
        TH_CHECK(cases[i].text, period.kind == cases[i].want_kind);
        TH_CHECK_TEXT(cases[i].text, period.id, cases[i].want_id);
        th_day_format(period.first_day, day);
        TH_CHECK_TEXT(cases[i].text, day, cases[i].want_first);
        th_day_format(period.last_day, day);
        TH_CHECK_TEXT(cases[i].text, day, cases[i].want_last);
        /* What is written can be read, and means the same. */
        struct th_period again;
        TH_CHECK(cases[i].text, parse(period.id, &again, NULL) == TH_OK);
        TH_CHECK(cases[i].text, again.kind == period.kind && again.first_day == period.first_day &&
                                    again.last_day == period.last_day);
    }
}

static void refuses_what_is_no_period(void)
{
    static const struct {
        const char *text, *want_in_message;
    } cases[] = {
        {"", "2024-Q1"},
        {"2024-13", "2024-Q1"},
        {"2024-00", "2024-Q1"},
        {"202413", "2024-Q1"},
        {"2023-02-29", "2024-Q1"},
        {"2024-04-31", "2024-Q1"},
        {"2024-Q5", "2024-Q1"},
        {"2024-Q0", "2024-Q1"},
        {"2024-H3", "2024-Q1"},
        {"2024S3", "2024-Q1"},
        {"2024-S1", "2024-Q1"},
        {"2024H1", "2024-Q1"},
        {"2024-q1", "2024-Q1"},
        {"2024-10M", "2024-Q1"},
        {"20249M", "2024-Q1"},
        {"2024-M", "2024-Q1"},
        {"1899", "2024-Q1"},
        {"3000", "2024-Q1"},
        {"1899-9M", "2024-Q1"},
        {"24", "2024-Q1"},
        {"2024-1", "2024-Q1"},
        {" 2024", "2024-Q1"},
        {"2024..", "2024-Q1"},
        {"..2024", "2024-Q1"},
        {"2020..2021..2022", "2024-Q1"},
        {"term-2020-2025..2026", "2024-Q1"},
        {"term-2020-2026", "term-2020-2026"},
        {".ytd", "2024-Q1"},
        {"2024.ytd.ytd", "2024-Q1"},
        {"2025..2020", "backwards"},
        {"2024-02..2024-01", "backwards"},
        {"2024-01..2024-Q3", "mixes"},
        {"2024..2024-12", "mixes"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_period period;
        struct th_error error = {0};
        TH_CHECK(cases[i].text, parse(cases[i].text, &period, &error) == TH_USAGE);
        TH_CHECK(cases[i].text, strstr(error.message, cases[i].want_in_message) != NULL);
    }
}

static void a_hostile_text_is_refused_in_one_sentence(void)
{
    static char suffixes[40000];
    for (size_t i = 0; i < sizeof(suffixes); i++)
        suffixes[i] = ".ytd"[i % 4];
    struct th_slice texts[] = {
        {suffixes, sizeof(suffixes)},
        {"\xff\xfe", 2},
        {"2024\0", 5},
        {NULL, 0},
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct th_period period;
        struct th_error error = {0};
        TH_CHECK("hostile", th_period_parse(texts[i], NULL, 0, &period, &error) == TH_USAGE);
        TH_CHECK("hostile", strstr(error.message, "2024-9M") != NULL);
        TH_CHECK("hostile", strlen(error.message) < 400);
        TH_CHECK("hostile", memchr(error.message, '\xff', strlen(error.message)) == NULL);
    }
}

/* An identifier with ".ytd" behind it must fit, or two periods would share one. */
static void a_named_period_too_long_for_an_identifier_is_not_offered(void)
{
    char fits[TH_PERIOD_TEXT], longer[TH_PERIOD_TEXT];
    memset(fits, 'a', sizeof(fits));
    memset(longer, 'a', sizeof(longer));
    fits[59] = longer[60] = '\0';
    struct th_named_period two[] = {{fits, {"", ""}, {19732, 19792}},
                                    {longer, {"", ""}, {19732, 19792}}};
    struct th_period period;
    TH_CHECK("59", th_period_parse(th_slice_of(fits), two, 2, &period, NULL) == TH_OK);
    th_period_to_date(&period);
    TH_CHECK_TEXT("59", period.id + 59, ".ytd");
    TH_CHECK("60", th_period_parse(th_slice_of(longer), two, 2, &period, NULL) == TH_USAGE);
}

static void the_year_to_date_begins_on_1_january(void)
{
    static const struct {
        const char *text, *want_id, *want_first, *want_last;
    } cases[] = {
        {"2024-03", "2024-03.ytd", "2024-01-01", "2024-03-31"},
        {"2024-Q3", "2024-Q3.ytd", "2024-01-01", "2024-09-30"},
        {"2024-05-10", "2024-05-10.ytd", "2024-01-01", "2024-05-10"},
        /* Of several years, the last. */
        {"term-2020-2025", "term-2020-2025.ytd", "2025-01-01", "2025-06-30"},
        {"2020..2025", "2020..2025.ytd", "2025-01-01", "2025-12-31"},
        {"2024-03.ytd", "2024-03.ytd", "2024-01-01", "2024-03-31"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_period period;
        char day[11];
        TH_CHECK(cases[i].text, parse(cases[i].text, &period, NULL) == TH_OK);
        th_period_to_date(&period);
        TH_CHECK_TEXT(cases[i].text, period.id, cases[i].want_id);
        TH_CHECK(cases[i].text, period.kind == TH_PERIOD_TO_DATE);
        th_day_format(period.first_day, day);
        TH_CHECK_TEXT(cases[i].text, day, cases[i].want_first);
        th_day_format(period.last_day, day);
        TH_CHECK_TEXT(cases[i].text, day, cases[i].want_last);
    }
}

static void base_periods_have_their_ordinals(void)
{
    static const struct {
        const char *text, *want_id;
        enum th_frequency frequency;
        bool want;
        int32_t want_ordinal;
    } cases[] = {
        {"1970-01-01", "1970-01-01", TH_DAILY, true, 0},
        {"1969-12-31", "1969-12-31", TH_DAILY, true, -1},
        {"20240229", "2024-02-29", TH_DAILY, true, 19782},
        {"2024-01", "2024-01", TH_MONTHLY, true, 24288},
        {"202412", "2024-12", TH_MONTHLY, true, 24299},
        {"2024-Q1", "2024-Q1", TH_QUARTERLY, true, 8096},
        {"2024Q4", "2024-Q4", TH_QUARTERLY, true, 8099},
        {"2024-H2", "2024-H2", TH_HALF_YEARLY, true, 4049},
        {"2024S1", "2024-H1", TH_HALF_YEARLY, true, 4048},
        {"2024", "2024", TH_YEARLY, true, 2024},
        /* A period of another frequency is not a base period of this form. */
        {"2024-Q1", "", TH_MONTHLY, false, 0},
        {"2024", "", TH_QUARTERLY, false, 0},
        {"2024-9M", "", TH_YEARLY, false, 0},
        {"2024-01..2024-01", "", TH_MONTHLY, false, 0},
        {"term-2020-2025", "", TH_YEARLY, false, 0},
        {"2024-13", "", TH_MONTHLY, false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int32_t ordinal = 0;
        bool got = th_base_period_parse(cases[i].frequency, th_slice_of(cases[i].text), &ordinal);
        TH_CHECK(cases[i].text, got == cases[i].want);
        TH_CHECK(cases[i].text, ordinal == cases[i].want_ordinal);
        char id[TH_PERIOD_TEXT];
        if (got) {
            th_base_period_format(cases[i].frequency, ordinal, id);
            TH_CHECK_TEXT(cases[i].text, id, cases[i].want_id);
        }
    }
}

/* Of every frequency over 250 years: periods follow each other without a gap,
 * and every day belongs to the one that contains it. */
static void base_periods_tile_the_calendar(void)
{
    for (int f = TH_DAILY; f <= TH_YEARLY; f++) {
        enum th_frequency frequency = (enum th_frequency)f;
        int32_t day = th_day_from_civil(1900, 1, 1), end = th_day_from_civil(2150, 1, 1);
        int32_t ordinal = th_base_period_of_day(frequency, day), faults = 0;
        for (int32_t next = day; next < end; ordinal++) {
            int32_t first, last;
            th_base_period_days(frequency, ordinal, &first, &last);
            faults += first != next || last < first;
            faults += th_base_period_of_day(frequency, first) != ordinal;
            faults += th_base_period_of_day(frequency, last) != ordinal;
            next = last + 1;
        }
        TH_CHECK(th_frequency_name(frequency), faults == 0);
    }
}

static void only_whole_base_periods_count(void)
{
    static const struct {
        const char *text;
        enum th_frequency frequency;
        bool want;
        const char *want_first, *want_last;
    } cases[] = {
        {"2024-Q1", TH_MONTHLY, true, "2024-01", "2024-03"},
        {"2024-9M", TH_QUARTERLY, true, "2024-Q1", "2024-Q3"},
        /* No number of halves makes up nine months; a range is what lies wholly inside. */
        {"2024-9M", TH_HALF_YEARLY, false, "", ""},
        {"2024-9M", TH_DAILY, true, "2024-01-01", "2024-09-30"},
        {"2024-9M", TH_MONTHLY, true, "2024-01", "2024-09"},
        {"2024-01..2024-09", TH_HALF_YEARLY, true, "2024-H1", "2024-H1"},
        {"2023-9M..2024-9M", TH_HALF_YEARLY, true, "2023-H1", "2024-H1"},
        {"2024-Q1..2024-Q3", TH_HALF_YEARLY, true, "2024-H1", "2024-H1"},
        {"2024-9M.ytd", TH_HALF_YEARLY, true, "2024-H1", "2024-H1"},
        {"2024-Q3.ytd", TH_HALF_YEARLY, true, "2024-H1", "2024-H1"},
        {"2024-Q3", TH_HALF_YEARLY, false, "", ""},
        {"2024-Q1.ytd", TH_HALF_YEARLY, false, "", ""},
        {"2024-H2", TH_QUARTERLY, true, "2024-Q3", "2024-Q4"},
        {"2024", TH_HALF_YEARLY, true, "2024-H1", "2024-H2"},
        {"2024-9M", TH_YEARLY, false, "", ""},
        {"2024-02", TH_DAILY, true, "2024-02-01", "2024-02-29"},
        {"2024-02", TH_MONTHLY, true, "2024-02", "2024-02"},
        {"2024-02", TH_QUARTERLY, false, "", ""},
        {"2024-03-15", TH_MONTHLY, false, "", ""},
        /* 1 October 2020 to 30 June 2025. */
        {"term-2020-2025", TH_MONTHLY, true, "2020-10", "2025-06"},
        {"term-2020-2025", TH_HALF_YEARLY, true, "2021-H1", "2025-H1"},
        {"term-2020-2025", TH_YEARLY, true, "2021", "2024"},
        /* 10 January to 10 March: one whole month, and no whole quarter. */
        {"winter", TH_MONTHLY, true, "2024-02", "2024-02"},
        {"winter", TH_QUARTERLY, false, "", ""},
        {"2020..2025", TH_QUARTERLY, true, "2020-Q1", "2025-Q4"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_period period;
        int32_t first = 0, last = 0;
        TH_CHECK(cases[i].text, parse(cases[i].text, &period, NULL) == TH_OK);
        bool got = th_period_base_range(&period, cases[i].frequency, &first, &last);
        TH_CHECK(cases[i].text, got == cases[i].want);
        char id[TH_PERIOD_TEXT];
        if (!cases[i].want)
            continue;
        th_base_period_format(cases[i].frequency, first, id);
        TH_CHECK_TEXT(cases[i].text, id, cases[i].want_first);
        th_base_period_format(cases[i].frequency, last, id);
        TH_CHECK_TEXT(cases[i].text, id, cases[i].want_last);
    }
}

static void what_does_not_fit_tells_what_to_ask(void)
{
    static const struct {
        const char *text;
        enum th_frequency frequency;
        const char *want, *instead, *error;
    } cases[] = {
        {"2024-9M", TH_HALF_YEARLY, "period.not_whole", "2024-H1, 2024, 2024-01..2024-09",
         "whole base periods of form f (half)"},
        {"2024-9M", TH_YEARLY, "period.no_base_period", "2024", "no whole year"},
        {"2024-03-31", TH_MONTHLY, "period.no_base_period", "2024-03", "no whole month"},
        {"2024-Q3", TH_HALF_YEARLY, "period.no_base_period", "2024-H2", "no whole half"},
        {"2024-Q1.ytd", TH_HALF_YEARLY, "period.no_base_period", "2024-H1", "no whole half"},
        {"winter", TH_QUARTERLY, "period.no_base_period", "2024-Q1", "no whole quarter"},
        /* The earliest and the latest year. */
        {"1900-9M", TH_HALF_YEARLY, "period.not_whole", "1900-H1, 1900, 1900-01..1900-09", ""},
        {"2999-12-31", TH_YEARLY, "period.no_base_period", "2999", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_period period;
        struct th_error error = {0};
        char instead[TH_PERIOD_INSTEAD];
        TH_CHECK(cases[i].text, parse(cases[i].text, &period, NULL) == TH_OK);
        TH_CHECK_TEXT(cases[i].text, th_period_misfit(&period, cases[i].frequency, instead),
                      cases[i].want);
        TH_CHECK_TEXT(cases[i].text, instead, cases[i].instead);
        TH_CHECK(cases[i].text,
                 th_period_misfit_error(&period, cases[i].frequency, "f", &error) == TH_USAGE);
        TH_CHECK(cases[i].text, strstr(error.message, cases[i].error) != NULL);
        TH_CHECK(cases[i].text, strstr(error.message, instead) != NULL);
    }
}

static void people_read_titles(void)
{
    static const struct {
        const char *text, *want_vi, *want_en;
    } cases[] = {
        {"2024-03-15", "15/03/2024", "15 March 2024"},
        {"2024-03", "Tháng 3/2024", "March 2024"},
        {"2024-12", "Tháng 12/2024", "December 2024"},
        {"2024-Q1", "Quý I/2024", "Quarter 1, 2024"},
        {"2024-Q4", "Quý IV/2024", "Quarter 4, 2024"},
        {"2024-H1", "6 tháng đầu năm 2024", "First half of 2024"},
        {"2024-H2", "6 tháng cuối năm 2024", "Second half of 2024"},
        {"2024-9M", "9 tháng năm 2024", "First 9 months of 2024"},
        {"2024", "Năm 2024", "Year 2024"},
        {"2020..2025", "Năm 2020 - Năm 2025", "Year 2020 - Year 2025"},
        {"2024-01..2024-09", "Tháng 1/2024 - Tháng 9/2024", "January 2024 - September 2024"},
        {"term-2020-2025", "Nhiệm kỳ 2020 - 2025", "Term 2020-2025"},
        {"2024-03.ytd", "Từ đầu năm đến 31/03/2024", "1 January to 31 March 2024"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_period period;
        char title[128];
        TH_CHECK(cases[i].text, parse(cases[i].text, &period, NULL) == TH_OK);
        th_period_title(&period, named, COUNT(named), "vi", title, sizeof(title));
        TH_CHECK_TEXT(cases[i].text, title, cases[i].want_vi);
        th_period_title(&period, named, COUNT(named), "en", title, sizeof(title));
        TH_CHECK_TEXT(cases[i].text, title, cases[i].want_en);
    }
}

static void a_title_is_cut_between_characters(void)
{
    struct th_period period;
    char title[16];
    TH_CHECK("half", parse("2024-H1", &period, NULL) == TH_OK);
    /* "6 tháng đầu ..." in bytes: "6 th" 4, "á" 2, "ng " 3, "đ" 2, "ầ" 3, "u" 1. */
    th_period_title(&period, NULL, 0, "vi", title, 6);
    TH_CHECK_TEXT("within á", title, "6 th");
    th_period_title(&period, NULL, 0, "vi", title, 7);
    TH_CHECK_TEXT("behind á", title, "6 thá");
    th_period_title(&period, NULL, 0, "vi", title, 14);
    TH_CHECK_TEXT("two bytes of ầ", title, "6 tháng đ");
    th_period_title(&period, NULL, 0, "vi", title, 1);
    TH_CHECK_TEXT("no room", title, "");
}

static void frequencies_have_names(void)
{
    static const char *const names[] = {"day", "month", "quarter", "half", "year"};
    for (size_t i = 0; i < COUNT(names); i++) {
        enum th_frequency frequency;
        TH_CHECK(names[i], th_frequency_parse(th_slice_of(names[i]), &frequency));
        TH_CHECK(names[i], (size_t)frequency == i);
        TH_CHECK_TEXT(names[i], th_frequency_name(frequency), names[i]);
    }
    enum th_frequency none;
    TH_CHECK("week", !th_frequency_parse(TH_SLICE("week"), &none));
    TH_CHECK("empty", !th_frequency_parse(TH_SLICE(""), &none));
}

static const struct th_test tests[] = {
    {"reads every spelling", reads_every_spelling},
    {"refuses what is no period", refuses_what_is_no_period},
    {"a hostile text is refused in one sentence", a_hostile_text_is_refused_in_one_sentence},
    {"a named period too long for an identifier is not offered",
     a_named_period_too_long_for_an_identifier_is_not_offered},
    {"the year to date begins on 1 January", the_year_to_date_begins_on_1_january},
    {"base periods have their ordinals", base_periods_have_their_ordinals},
    {"base periods tile the calendar", base_periods_tile_the_calendar},
    {"only whole base periods count", only_whole_base_periods_count},
    {"what does not fit tells what to ask", what_does_not_fit_tells_what_to_ask},
    {"people read titles", people_read_titles},
    {"a title is cut between characters", a_title_is_cut_between_characters},
    {"frequencies have names", frequencies_have_names},
};

TH_TEST_MAIN("period", tests)
