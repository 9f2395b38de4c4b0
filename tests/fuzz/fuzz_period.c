/* The text of a period: a span that lies within the calendar, whose own identifier is read as
 * the same span; and as a base period of each frequency. */
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/domain/catalogue.h"
#include "tests/fuzz/support.h"

static const struct th_named_period named[] = {
    {.code = "term", .name = {"Nhiệm kỳ", "Term"}, .interval = {18536, 20269}},
};

static void check_same(const struct th_period *period)
{
    struct th_period again;
    struct th_error error = {0};
    MUST(th_period_parse(th_slice_of(period->id), named, 1, &again, &error) == TH_OK);
    MUST(again.kind == period->kind && strcmp(again.id, period->id) == 0);
    MUST(again.first_day == period->first_day && again.last_day == period->last_day);
}

/* All base periods that lie wholly inside, and none more. */
static void check_bases(const struct th_period *period, enum th_frequency frequency)
{
    int32_t first, last, from, to, unused;
    if (!th_period_base_range(period, frequency, &first, &last))
        return;
    MUST(first <= last);
    th_base_period_days(frequency, first, &from, &unused);
    th_base_period_days(frequency, last, &unused, &to);
    MUST(from >= period->first_day && to <= period->last_day);
    th_base_period_days(frequency, first - 1, &from, &unused);
    th_base_period_days(frequency, last + 1, &unused, &to);
    MUST(from < period->first_day && to > period->last_day);
}

static void take_span(struct th_slice text)
{
    struct th_period period;
    struct th_error error = {0};
    char title[400];
    enum th_status status = th_period_parse(text, named, 1, &period, &error);
    fuzz_check_error(status, TH_USAGE, &error);
    if (status != TH_OK)
        return;
    MUST(period.first_day <= period.last_day);
    MUST(period.first_day >= th_day_from_civil(1900, 1, 1));
    MUST(period.last_day <= th_day_from_civil(2999, 12, 31));
    check_same(&period);
    for (enum th_frequency frequency = TH_DAILY; frequency <= TH_YEARLY; frequency++)
        check_bases(&period, frequency);
    th_period_title(&period, named, 1, "vi", title, sizeof(title));
    MUST(title[0] != '\0' && th_text_is_utf8(th_slice_of(title)));
    int32_t last_day = period.last_day;
    th_period_to_date(&period);
    MUST(period.last_day == last_day && period.first_day <= last_day);
    check_same(&period);
}

static void take_base(struct th_slice text, enum th_frequency frequency)
{
    int32_t ordinal, again, first, last;
    char id[TH_PERIOD_TEXT];
    if (!th_base_period_parse(frequency, text, &ordinal))
        return;
    th_base_period_format(frequency, ordinal, id);
    MUST(th_base_period_parse(frequency, th_slice_of(id), &again) && again == ordinal);
    th_base_period_days(frequency, ordinal, &first, &last);
    MUST(first <= last);
    MUST(th_base_period_of_day(frequency, first) == ordinal);
    MUST(th_base_period_of_day(frequency, last) == ordinal);
    MUST(th_base_period_of_day(frequency, last + 1) == ordinal + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct th_slice text = {(const char *)bytes, size};
    take_span(text);
    for (enum th_frequency frequency = TH_DAILY; frequency <= TH_YEARLY; frequency++)
        take_base(text, frequency);
    return 0;
}
