/* Which base periods a question is about, and what to ask instead when it is about none. */
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/domain/period.h"

/* First and last ordinal of those wholly inside; first > last when none is. */
static void wholly_inside(const struct th_period *period, enum th_frequency frequency,
                          int32_t *first, int32_t *last)
{
    int32_t first_day, last_day;
    *first = th_base_period_of_day(frequency, period->first_day);
    th_base_period_days(frequency, *first, &first_day, &last_day);
    if (first_day < period->first_day)
        ++*first;
    *last = th_base_period_of_day(frequency, period->last_day);
    th_base_period_days(frequency, *last, &first_day, &last_day);
    if (last_day > period->last_day)
        --*last;
}

/* People laid its ends themselves, so that what lies wholly inside is what they mean. */
static bool may_be_ragged(const struct th_period *period)
{
    return period->kind == TH_PERIOD_RANGE || period->kind == TH_PERIOD_NAMED ||
           period->kind == TH_PERIOD_TO_DATE;
}

/* `first` to `last` are those wholly inside, one at least. */
static bool is_filled(const struct th_period *period, enum th_frequency frequency, int32_t first,
                      int32_t last)
{
    int32_t begins, ends, ignored;
    th_base_period_days(frequency, first, &begins, &ignored);
    th_base_period_days(frequency, last, &ignored, &ends);
    return begins == period->first_day && ends == period->last_day;
}

bool th_period_base_range(const struct th_period *period, enum th_frequency frequency,
                          int32_t *first_ordinal, int32_t *last_ordinal)
{
    wholly_inside(period, frequency, first_ordinal, last_ordinal);
    return *first_ordinal <= *last_ordinal &&
           (may_be_ragged(period) || is_filled(period, frequency, *first_ordinal, *last_ordinal));
}

const char *th_period_misfit(const struct th_period *period, enum th_frequency frequency,
                             char *instead)
{
    int32_t first, last;
    char base[TH_PERIOD_TEXT];
    int year, month, day;
    wholly_inside(period, frequency, &first, &last);
    if (first > last) {
        th_base_period_format(frequency, th_base_period_of_day(frequency, period->first_day),
                              instead);
        return "period.no_base_period";
    }
    /* Of the calendar's identifiers only nine months, of half-years, come here. */
    th_base_period_format(frequency, first, base);
    th_day_to_civil(period->first_day, &year, &month, &day);
    snprintf(instead, TH_PERIOD_INSTEAD, "%.20s, %04d, %04d-01..%04d-09", base, year, year, year);
    return "period.not_whole";
}

enum th_status th_period_misfit_error(const struct th_period *period, enum th_frequency frequency,
                                      const char *form, struct th_error *error)
{
    char instead[TH_PERIOD_INSTEAD];
    const char *code = th_period_misfit(period, frequency, instead);
    if (strcmp(code, "period.no_base_period") == 0)
        return th_error_set(error, TH_USAGE,
                            "period %s contains no whole %s, the base period of form %s; ask for "
                            "%s, or a longer period",
                            period->id, th_frequency_name(frequency), form, instead);
    return th_error_set(error, TH_USAGE,
                        "no number of whole base periods of form %s (%s) makes up %s; ask for one "
                        "of %s (a range stands for the base periods wholly inside it)",
                        form, th_frequency_name(frequency), period->id, instead);
}
