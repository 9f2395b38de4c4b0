/* Days and instants as text, and the civil calendar (clock.h). */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/base/clock.h"

#define SECOND_US  INT64_C(1000000)
#define ERA_DAYS   146097 /* of 400 Gregorian years */
#define EPOCH_DAYS 719468 /* 0000-03-01 to 1970-01-01 */

static int64_t floor_divide(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}

/* Years are counted from 1 March, so that the leap day is a year's last and the
 * lengths of months repeat every five (153 days). */
int32_t th_day_from_civil(int year, int month, int day)
{
    int64_t shifted = (int64_t)year - (month <= 2);
    int64_t era = floor_divide(shifted, 400), year_of_era = shifted - era * 400;
    int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * ERA_DAYS + day_of_era - EPOCH_DAYS);
}

void th_day_to_civil(int32_t day, int *year, int *month, int *day_of_month)
{
    int64_t shifted = (int64_t)day + EPOCH_DAYS;
    int64_t era = floor_divide(shifted, ERA_DAYS), day_of_era = shifted - era * ERA_DAYS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;

    *day_of_month = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

int th_day_weekday(int32_t day)
{
    /* 1970-01-01 was a Thursday. */
    int64_t weekday = ((int64_t)day + 3) % 7;
    return (int)(weekday < 0 ? weekday + 7 : weekday);
}

/* Reads exactly `count` digits. */
static bool read_digits(const char *at, size_t count, int *value)
{
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        *value = *value * 10 + (at[i] - '0');
    }
    return true;
}

bool th_day_parse(struct th_slice text, int32_t *day)
{
    int year, month, day_of_month;
    if (text.size != 10 || text.bytes[4] != '-' || text.bytes[7] != '-')
        return false;
    if (!read_digits(text.bytes, 4, &year) || !read_digits(text.bytes + 5, 2, &month) ||
        !read_digits(text.bytes + 8, 2, &day_of_month))
        return false;
    if (year < 1900 || year > 2999 || month < 1 || month > 12 || day_of_month < 1)
        return false;

    /* A day that does not exist comes back as another one. */
    int32_t candidate = th_day_from_civil(year, month, day_of_month);
    int back_year, back_month, back_day;
    th_day_to_civil(candidate, &back_year, &back_month, &back_day);
    if (back_month != month || back_day != day_of_month)
        return false;
    *day = candidate;
    return true;
}

void th_day_format(int32_t day, char out[11])
{
    int year, month, day_of_month;
    char text[40];
    th_day_to_civil(day, &year, &month, &day_of_month);
    snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day_of_month);
    memcpy(out, text, 10);
    out[10] = '\0';
}

/* ".123456"; moves `at` behind it. */
static bool parse_fraction(const char **at, const char *end, int64_t *fraction_us)
{
    *fraction_us = 0;
    if (*at == end || **at != '.')
        return true;
    ++*at;
    int digits = 0;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at, digits++) {
        if (digits == 6)
            return false;
        *fraction_us = *fraction_us * 10 + (**at - '0');
    }
    if (digits == 0)
        return false;
    for (; digits < 6; digits++)
        *fraction_us *= 10;
    return true;
}

/* "Z" or "+07:00", nothing behind it. */
static bool parse_offset(const char *at, const char *end, int64_t *offset_s)
{
    int hours, minutes;
    *offset_s = 0;
    if (end - at == 1)
        return *at == 'Z';
    if (end - at != 6 || (at[0] != '+' && at[0] != '-') || at[3] != ':')
        return false;
    if (!read_digits(at + 1, 2, &hours) || !read_digits(at + 4, 2, &minutes) || hours > 23 ||
        minutes > 59)
        return false;
    int64_t magnitude_s = INT64_C(3600) * hours + INT64_C(60) * minutes;
    *offset_s = at[0] == '-' ? -magnitude_s : magnitude_s;
    return true;
}

bool th_instant_parse(struct th_slice text, int64_t *instant_us)
{
    int32_t day;
    int hour, minute, second;
    int64_t fraction_us, offset_s;

    if (text.size < 20 || text.bytes[10] != 'T' || text.bytes[13] != ':' || text.bytes[16] != ':')
        return false;
    if (!th_day_parse((struct th_slice){text.bytes, 10}, &day))
        return false;
    if (!read_digits(text.bytes + 11, 2, &hour) || !read_digits(text.bytes + 14, 2, &minute) ||
        !read_digits(text.bytes + 17, 2, &second) || hour > 23 || minute > 59 || second > 59)
        return false;

    const char *at = text.bytes + 19, *end = text.bytes + text.size;
    if (!parse_fraction(&at, end, &fraction_us) || !parse_offset(at, end, &offset_s))
        return false;
    int64_t seconds =
        INT64_C(86400) * day + INT64_C(3600) * hour + INT64_C(60) * minute + second - offset_s;
    *instant_us = seconds * SECOND_US + fraction_us;
    return true;
}

struct local_time {
    int year, month, day, hour, minute, second;
    int64_t fraction_us;
    long offset_minutes;
};

/* The offset is cut to whole minutes, as RFC 3339 can say no other; the clock
 * reading goes with it, so that the text names the very instant. */
static struct local_time local_time_of(int64_t instant_us)
{
    int64_t second = floor_divide(instant_us, SECOND_US);
    time_t instant = (time_t)second;
    struct tm zone;
    struct local_time local = {.fraction_us = instant_us - second * SECOND_US};
    if (localtime_r(&instant, &zone))
        local.offset_minutes = zone.tm_gmtoff / 60;

    int64_t reading = second + (int64_t)local.offset_minutes * 60;
    int64_t day = floor_divide(reading, 86400), second_of_day = reading - day * 86400;
    th_day_to_civil((int32_t)day, &local.year, &local.month, &local.day);
    local.hour = (int)(second_of_day / 3600);
    local.minute = (int)(second_of_day / 60 % 60);
    local.second = (int)(second_of_day % 60);
    return local;
}

void th_instant_format(int64_t instant_us, char out[40])
{
    struct local_time local = local_time_of(instant_us);
    char fraction[16] = "", text[128];
    if (local.fraction_us)
        snprintf(fraction, sizeof(fraction), ".%06d", (int)local.fraction_us);
    long offset = local.offset_minutes < 0 ? -local.offset_minutes : local.offset_minutes;
    snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d%s%c%02d:%02d", local.year,
             local.month, local.day, local.hour, local.minute, local.second, fraction,
             local.offset_minutes < 0 ? '-' : '+', (int)(offset / 60), (int)(offset % 60));
    snprintf(out, 40, "%.39s", text);
}

void th_instant_format_local(int64_t instant_us, char out[40])
{
    struct local_time local = local_time_of(instant_us);
    char text[64];
    snprintf(text, sizeof(text), "%02d/%02d/%04d %02d:%02d", local.day, local.month, local.year,
             local.hour, local.minute);
    snprintf(out, 40, "%.39s", text);
}
