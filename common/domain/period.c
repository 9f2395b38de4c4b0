#include "common/domain/period.h"

#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/domain/catalogue.h"

static const char *const frequency_names[] = {"day", "month", "quarter", "half", "year"};

bool th_frequency_parse(struct th_slice text, enum th_frequency *frequency)
{
    for (int i = TH_DAILY; i <= TH_YEARLY; i++) {
        if (th_slice_equals(text, frequency_names[i])) {
            *frequency = (enum th_frequency)i;
            return true;
        }
    }
    return false;
}

const char *th_frequency_name(enum th_frequency frequency)
{
    return frequency_names[frequency];
}

/* Months that one base period of a frequency other than day has. */
static int months_of(enum th_frequency frequency)
{
    switch (frequency) {
    case TH_MONTHLY:
        return 1;
    case TH_QUARTERLY:
        return 3;
    case TH_HALF_YEARLY:
        return 6;
    case TH_DAILY:
    case TH_YEARLY:
        break;
    }
    return 12;
}

/* First day of a month counted from year 0, which may lie before it. */
static int32_t month_start(int32_t month)
{
    int year = month / 12;
    int rest = month % 12;
    if (rest < 0) {
        rest += 12;
        year--;
    }
    return th_day_from_civil(year, rest + 1, 1);
}

void th_base_period_days(enum th_frequency frequency, int32_t ordinal, int32_t *first_day,
                         int32_t *last_day)
{
    if (frequency == TH_DAILY) {
        *first_day = *last_day = ordinal;
        return;
    }
    int months = months_of(frequency);
    *first_day = month_start(ordinal * months);
    *last_day = month_start((ordinal + 1) * months) - 1;
}

int32_t th_base_period_of_day(enum th_frequency frequency, int32_t day)
{
    if (frequency == TH_DAILY)
        return day;
    int year;
    int month;
    int day_of_month;
    th_day_to_civil(day, &year, &month, &day_of_month);
    int months = months_of(frequency);
    return year * (12 / months) + (month - 1) / months;
}

void th_base_period_format(enum th_frequency frequency, int32_t ordinal, char *out)
{
    char day[11];
    switch (frequency) {
    case TH_DAILY:
        th_day_format(ordinal, day);
        snprintf(out, TH_PERIOD_TEXT, "%s", day);
        break;
    case TH_MONTHLY:
        snprintf(out, TH_PERIOD_TEXT, "%04d-%02d", ordinal / 12, ordinal % 12 + 1);
        break;
    case TH_QUARTERLY:
        snprintf(out, TH_PERIOD_TEXT, "%04d-Q%d", ordinal / 4, ordinal % 4 + 1);
        break;
    case TH_HALF_YEARLY:
        snprintf(out, TH_PERIOD_TEXT, "%04d-H%d", ordinal / 2, ordinal % 2 + 1);
        break;
    case TH_YEARLY:
        snprintf(out, TH_PERIOD_TEXT, "%04d", ordinal);
        break;
    }
}

#define TO_DATE_SUFFIX ".ytd"

void th_period_to_date(struct th_period *period)
{
    if (period->kind == TH_PERIOD_TO_DATE)
        return;
    int year;
    int month;
    int day;
    th_day_to_civil(period->last_day, &year, &month, &day);
    period->first_day = th_day_from_civil(year, 1, 1);
    period->kind = TH_PERIOD_TO_DATE;
    size_t length = strnlen(period->id, sizeof(period->id));
    if (length + sizeof(TO_DATE_SUFFIX) <= sizeof(period->id))
        memcpy(period->id + length, TO_DATE_SUFFIX, sizeof(TO_DATE_SUFFIX));
}

static const char *const english_months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};

struct civil {
    int year, month, day;
};

static void write_title_vi(enum th_period_kind kind, struct civil first, char *out, size_t size)
{
    static const char *const roman[] = {"I", "II", "III", "IV"};
    switch (kind) {
    case TH_PERIOD_DAY:
        snprintf(out, size, "%02d/%02d/%04d", first.day, first.month, first.year);
        break;
    case TH_PERIOD_MONTH:
        snprintf(out, size, "Tháng %d/%d", first.month, first.year);
        break;
    case TH_PERIOD_QUARTER:
        snprintf(out, size, "Quý %s/%d", roman[(first.month - 1) / 3], first.year);
        break;
    case TH_PERIOD_HALF:
        snprintf(out, size, "6 tháng %s năm %d", first.month == 1 ? "đầu" : "cuối", first.year);
        break;
    case TH_PERIOD_NINE_MONTHS:
        snprintf(out, size, "9 tháng năm %d", first.year);
        break;
    default:
        snprintf(out, size, "Năm %d", first.year);
        break;
    }
}

static void write_title_en(enum th_period_kind kind, struct civil first, char *out, size_t size)
{
    switch (kind) {
    case TH_PERIOD_DAY:
        snprintf(out, size, "%d %s %d", first.day, english_months[first.month - 1], first.year);
        break;
    case TH_PERIOD_MONTH:
        snprintf(out, size, "%s %d", english_months[first.month - 1], first.year);
        break;
    case TH_PERIOD_QUARTER:
        snprintf(out, size, "Quarter %d, %d", (first.month - 1) / 3 + 1, first.year);
        break;
    case TH_PERIOD_HALF:
        snprintf(out, size, "%s half of %d", first.month == 1 ? "First" : "Second", first.year);
        break;
    case TH_PERIOD_NINE_MONTHS:
        snprintf(out, size, "First 9 months of %d", first.year);
        break;
    default:
        snprintf(out, size, "Year %d", first.year);
        break;
    }
}

/* A title cut short by a small `out` must not end within a UTF-8 character. */
static void drop_broken_tail(char *out)
{
    size_t end = strlen(out);
    size_t start = end;
    while (start > 0 && ((unsigned char)out[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)out[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (end - (start - 1) < want)
        out[start - 1] = '\0';
}

static void title_of_calendar(const struct th_period *period, bool english, char *out, size_t size)
{
    struct civil first;
    th_day_to_civil(period->first_day, &first.year, &first.month, &first.day);
    if (english)
        write_title_en(period->kind, first, out, size);
    else
        write_title_vi(period->kind, first, out, size);
}

/* Either end of a range, read back from its canonical identifier. */
static void title_of_end(struct th_slice text, bool english, char *out, size_t size)
{
    struct th_period end;
    if (th_period_parse(text, NULL, 0, &end, NULL) == TH_OK)
        title_of_calendar(&end, english, out, size);
    else
        snprintf(out, size, "%.*s", (int)text.size, text.bytes);
}

static void title_of_range(const struct th_period *period, bool english, char *out, size_t size)
{
    const char *dots = strstr(period->id, "..");
    if (!dots) {
        snprintf(out, size, "%s", period->id);
        return;
    }
    char first[64];
    char last[64];
    title_of_end((struct th_slice){period->id, (size_t)(dots - period->id)}, english, first,
                 sizeof(first));
    title_of_end(th_slice_of(dots + 2), english, last, sizeof(last));
    snprintf(out, size, "%s - %s", first, last);
}

static void title_of_named(const struct th_period *period, const struct th_named_period *named,
                           size_t named_count, const char *language, char *out, size_t size)
{
    for (size_t i = 0; i < named_count; i++) {
        if (strcmp(named[i].code, period->id) == 0) {
            snprintf(out, size, "%s", th_name_in(named[i].name, language));
            return;
        }
    }
    snprintf(out, size, "%s", period->id);
}

static void title_of_to_date(const struct th_period *period, bool english, char *out, size_t size)
{
    struct civil last;
    th_day_to_civil(period->last_day, &last.year, &last.month, &last.day);
    if (english)
        snprintf(out, size, "1 January to %d %s %d", last.day, english_months[last.month - 1],
                 last.year);
    else
        snprintf(out, size, "Từ đầu năm đến %02d/%02d/%04d", last.day, last.month, last.year);
}

void th_period_title(const struct th_period *period, const struct th_named_period *named,
                     size_t named_count, const char *language, char *out, size_t out_size)
{
    if (out_size == 0)
        return;
    bool english = strcmp(language, "en") == 0;
    switch (period->kind) {
    case TH_PERIOD_RANGE:
        title_of_range(period, english, out, out_size);
        break;
    case TH_PERIOD_NAMED:
        title_of_named(period, named, named_count, language, out, out_size);
        break;
    case TH_PERIOD_TO_DATE:
        title_of_to_date(period, english, out, out_size);
        break;
    default:
        title_of_calendar(period, english, out, out_size);
        break;
    }
    drop_broken_tail(out);
}
