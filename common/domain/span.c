#include "common/domain/span.h"

#include "common/base/clock.h"
#include "common/domain/calendar.h"

struct th_span th_span_of_interval(enum th_frequency frequency, struct th_interval interval,
                                   struct th_span within)
{
    const struct th_span none = {0, -1};
    int32_t first_day, last_day, ignored;
    if (within.first > within.last)
        return none;
    /* Inside the span's days, so that open ends do not overflow. */
    th_base_period_days(frequency, within.first, &first_day, &ignored);
    th_base_period_days(frequency, within.last, &ignored, &last_day);
    if (interval.opened < first_day)
        interval.opened = first_day;
    if (interval.closed > last_day)
        interval.closed = last_day;
    if (interval.opened > interval.closed)
        return none;
    struct th_span span = {
        .first = th_base_period_of_day(frequency, interval.opened),
        .last = th_base_period_of_day(frequency, interval.closed + 1) - 1,
    };
    return th_span_common(span, within);
}

struct th_span th_span_begun(const struct th_form *form, struct th_span within, int64_t as_of_us)
{
    if (within.first > within.last || !th_calendar_has_begun(form, within.first, as_of_us))
        return (struct th_span){0, -1};
    /* Between first and last here: the instant is within the calendar's years. */
    if (!th_calendar_has_begun(form, within.last, as_of_us))
        within.last = th_base_period_of_day(form->frequency, th_clock_day_of_us(as_of_us));
    return within;
}

struct th_spans th_spans_of_district(enum th_frequency frequency,
                                     const struct th_district *district, struct th_span within,
                                     struct th_arena *arena)
{
    struct th_spans spans = {
        th_arena_alloc(arena, (district->opening_count + 1) * sizeof(struct th_span)), 0};
    for (size_t i = 0; i < district->opening_count; i++) {
        struct th_span span =
            th_span_of_interval(frequency, district->openings[i].interval, within);
        if (span.first > span.last)
            continue;
        spans.spans[spans.count++] = span;
        within.first = span.last + 1;
    }
    return spans;
}

bool th_spans_have(struct th_spans spans, int32_t ordinal)
{
    for (size_t i = 0; i < spans.count; i++)
        if (th_span_has(spans.spans[i], ordinal))
            return true;
    return false;
}

uint64_t th_spans_count(struct th_spans spans, struct th_span within)
{
    uint64_t count = 0;
    for (size_t i = 0; i < spans.count; i++)
        count += th_span_count(th_span_common(spans.spans[i], within));
    return count;
}
