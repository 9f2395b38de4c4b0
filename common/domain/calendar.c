#include "common/domain/calendar.h"

#include "common/base/clock.h"

bool th_calendar_is_working_day(const struct th_catalogue *catalogue, int32_t day)
{
    size_t low = 0;
    size_t high = catalogue->holiday_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (catalogue->holidays[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < catalogue->holiday_count && catalogue->holidays[low].day == day)
        return catalogue->holidays[low].working;
    return th_day_weekday(day) < 5;
}

static int32_t last_day_of(const struct th_form *form, int32_t base_ordinal)
{
    int32_t first_day;
    int32_t last_day;
    th_base_period_days(form->frequency, base_ordinal, &first_day, &last_day);
    return last_day;
}

int64_t th_calendar_due_us(const struct th_catalogue *catalogue, const struct th_form *form,
                           int32_t base_ordinal)
{
    int32_t day = last_day_of(form, base_ordinal) + form->due_days;
    while (!th_calendar_is_working_day(catalogue, day))
        day++;
    return th_clock_day_start_us(day + 1);
}

int64_t th_calendar_lock_us(const struct th_form *form, int32_t base_ordinal)
{
    if (!form->has_lock)
        return INT64_MAX;
    return th_clock_day_start_us(last_day_of(form, base_ordinal) + form->lock_days + 1);
}

bool th_calendar_has_begun(const struct th_form *form, int32_t base_ordinal, int64_t now_us)
{
    int32_t first_day;
    int32_t last_day;
    th_base_period_days(form->frequency, base_ordinal, &first_day, &last_day);
    return th_clock_day_start_us(first_day) <= now_us;
}

bool th_calendar_is_expected(const struct th_form *form, const struct th_district *district,
                             int32_t base_ordinal)
{
    int32_t last_day = last_day_of(form, base_ordinal);
    return th_interval_has(form->interval, last_day) && th_district_is_open(district, last_day);
}
