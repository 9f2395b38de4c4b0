#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/domain/catalogue.h"
#include "common/domain/period.h"

#define YEAR_MIN 1900
#define YEAR_MAX 2999

#define TO_DATE_SUFFIX ".ytd"

#define ACCEPTED_FORMS                                                                             \
    "a period is written 2024-03-15, 2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024, 2020..2025 or as "  \
    "a named period of the catalogue"

/* A pattern of an identifier: 'Y', 'M', 'D' a digit of year, month, day; 'n' the
 * number of a quarter or half; anything else stands for itself. */
struct spelling {
    const char *pattern;
    enum th_period_kind kind;
};

static const struct spelling spellings[] = {
    {"YYYY-MM-DD", TH_PERIOD_DAY},      {"YYYYMMDD", TH_PERIOD_DAY},
    {"YYYY-MM", TH_PERIOD_MONTH},       {"YYYYMM", TH_PERIOD_MONTH},
    {"YYYY-Qn", TH_PERIOD_QUARTER},     {"YYYYQn", TH_PERIOD_QUARTER},
    {"YYYY-Hn", TH_PERIOD_HALF},        {"YYYYSn", TH_PERIOD_HALF},
    {"YYYY-9M", TH_PERIOD_NINE_MONTHS}, {"YYYY", TH_PERIOD_YEAR},
};

struct fields {
    int year, month, day, number;
};

static bool match(const char *pattern, struct th_slice text, struct fields *fields)
{
    *fields = (struct fields){0, 0, 0, 0};
    if (strlen(pattern) != text.size)
        return false;
    /* "9M" is the one place where a capital M stands for itself. */
    bool nine_months = strcmp(pattern, "YYYY-9M") == 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        int *field = NULL;
        switch (pattern[i]) {
        case 'Y':
            field = &fields->year;
            break;
        case 'M':
            field = nine_months ? NULL : &fields->month;
            break;
        case 'D':
            field = &fields->day;
            break;
        case 'n':
            field = &fields->number;
            break;
        default:
            break;
        }
        if (!field && c != pattern[i])
            return false;
        if (field && (c < '0' || c > '9'))
            return false;
        if (field)
            *field = *field * 10 + (c - '0');
    }
    return true;
}

/* Frequency and ordinal of the base period that the fields name; false when the
 * date does not exist. */
static bool resolve(enum th_period_kind kind, const struct fields *fields,
                    enum th_frequency *frequency, int32_t *ordinal)
{
    int year;
    int month;
    int day;
    if (fields->year < YEAR_MIN || fields->year > YEAR_MAX)
        return false;
    switch (kind) {
    case TH_PERIOD_DAY:
        if (fields->month < 1 || fields->month > 12 || fields->day < 1 || fields->day > 31)
            return false;
        *frequency = TH_DAILY;
        *ordinal = th_day_from_civil(fields->year, fields->month, fields->day);
        /* 30 February comes back as another day. */
        th_day_to_civil(*ordinal, &year, &month, &day);
        return month == fields->month && day == fields->day;
    case TH_PERIOD_MONTH:
        *frequency = TH_MONTHLY;
        *ordinal = fields->year * 12 + fields->month - 1;
        return fields->month >= 1 && fields->month <= 12;
    case TH_PERIOD_QUARTER:
        *frequency = TH_QUARTERLY;
        *ordinal = fields->year * 4 + fields->number - 1;
        return fields->number >= 1 && fields->number <= 4;
    case TH_PERIOD_HALF:
        *frequency = TH_HALF_YEARLY;
        *ordinal = fields->year * 2 + fields->number - 1;
        return fields->number >= 1 && fields->number <= 2;
    case TH_PERIOD_YEAR:
        *frequency = TH_YEARLY;
        *ordinal = fields->year;
        return true;
    default:
        return false;
    }
}

static bool parse_calendar(struct th_slice text, struct th_period *period)
{
    struct fields fields;
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        if (!match(spellings[i].pattern, text, &fields))
            continue;
        *period = (struct th_period){.kind = spellings[i].kind};
        if (period->kind == TH_PERIOD_NINE_MONTHS) {
            period->first_day = th_day_from_civil(fields.year, 1, 1);
            period->last_day = th_day_from_civil(fields.year, 9, 30);
            snprintf(period->id, sizeof(period->id), "%04d-9M", fields.year);
            return fields.year >= YEAR_MIN && fields.year <= YEAR_MAX;
        }
        enum th_frequency frequency;
        int32_t ordinal;
        if (!resolve(period->kind, &fields, &frequency, &ordinal))
            return false;
        th_base_period_days(frequency, ordinal, &period->first_day, &period->last_day);
        th_base_period_format(frequency, ordinal, period->id);
        return true;
    }
    return false;
}

bool th_base_period_parse(enum th_frequency frequency, struct th_slice text, int32_t *ordinal)
{
    struct fields fields;
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        enum th_frequency found;
        int32_t value;
        if (match(spellings[i].pattern, text, &fields) &&
            resolve(spellings[i].kind, &fields, &found, &value) && found == frequency) {
            *ordinal = value;
            return true;
        }
    }
    return false;
}

static bool find_dots(struct th_slice text, struct th_slice *first, struct th_slice *last)
{
    for (size_t i = 0; i + 1 < text.size; i++) {
        if (text.bytes[i] == '.' && text.bytes[i + 1] == '.') {
            *first = (struct th_slice){text.bytes, i};
            *last = (struct th_slice){text.bytes + i + 2, text.size - i - 2};
            return true;
        }
    }
    return false;
}

/* Both ends are periods of the calendar; whether they make a range is told by
 * the status. */
static enum th_status join_range(const struct th_period *first, const struct th_period *last,
                                 struct th_period *period, struct th_error *error)
{
    if (first->kind != last->kind)
        return th_error_set(error, TH_USAGE,
                            "the range %s..%s mixes two kinds of period; write both ends alike, as "
                            "in 2024-01..2024-09",
                            first->id, last->id);
    if (first->first_day > last->first_day)
        return th_error_set(error, TH_USAGE,
                            "the range %s..%s runs backwards; write the earlier period first",
                            first->id, last->id);
    *period = (struct th_period){TH_PERIOD_RANGE, first->first_day, last->last_day, ""};
    /* Each end is an identifier of the calendar, at most ten characters. */
    snprintf(period->id, sizeof(period->id), "%.20s..%.20s", first->id, last->id);
    return TH_OK;
}

static bool parse_named(struct th_slice text, const struct th_named_period *named,
                        size_t named_count, struct th_period *period)
{
    for (size_t i = 0; i < named_count; i++) {
        /* The identifier, with ".ytd" behind it, must fit in th_period. */
        if (!th_slice_equals(text, named[i].code) ||
            text.size + sizeof(TO_DATE_SUFFIX) > sizeof(period->id))
            continue;
        int32_t earliest = th_day_from_civil(YEAR_MIN, 1, 1);
        int32_t latest = th_day_from_civil(YEAR_MAX, 12, 31);
        struct th_interval days = named[i].interval;
        *period = (struct th_period){
            .kind = TH_PERIOD_NAMED,
            .first_day = days.opened < earliest ? earliest : days.opened,
            .last_day = days.closed > latest ? latest : days.closed,
        };
        memcpy(period->id, text.bytes, text.size);
        return true;
    }
    return false;
}

static enum th_status unknown_period(struct th_slice text, struct th_error *error)
{
    char shown[4 * TH_PERIOD_TEXT] = "the text given";
    if (th_text_is_utf8(text))
        th_text_shorten(text, TH_PERIOD_TEXT / 2, shown, sizeof(shown));
    return th_error_set(error, TH_USAGE, "'%s' is not a period; " ACCEPTED_FORMS, shown);
}

static enum th_status parse_plain(struct th_slice text, const struct th_named_period *named,
                                  size_t named_count, struct th_period *period,
                                  struct th_error *error)
{
    struct th_slice first_text;
    struct th_slice last_text;
    struct th_period first;
    struct th_period last;
    if (parse_calendar(text, period))
        return TH_OK;
    if (find_dots(text, &first_text, &last_text) && parse_calendar(first_text, &first) &&
        parse_calendar(last_text, &last))
        return join_range(&first, &last, period, error);
    if (parse_named(text, named, named_count, period))
        return TH_OK;
    return unknown_period(text, error);
}

enum th_status th_period_parse(struct th_slice text, const struct th_named_period *named,
                               size_t named_count, struct th_period *period, struct th_error *error)
{
    struct th_error first_error = {0};
    enum th_status status = parse_plain(text, named, named_count, period, &first_error);
    /* What th_period_to_date wrote is an identifier too. */
    size_t tail = strlen(TO_DATE_SUFFIX);
    if (status != TH_OK && text.size > tail &&
        memcmp(text.bytes + text.size - tail, TO_DATE_SUFFIX, tail) == 0) {
        struct th_slice head = {text.bytes, text.size - tail};
        status = parse_plain(head, named, named_count, period, NULL);
        if (status == TH_OK)
            th_period_to_date(period);
    }
    return status == TH_OK ? TH_OK : th_error_set(error, status, "%s", first_error.message);
}
