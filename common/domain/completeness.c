#include "common/domain/completeness.h"

#include <stdio.h>
#include <string.h>

#include "common/domain/calendar.h"
#include "common/domain/span.h"

/* What arrived of one district's pairs. */
struct tally {
    struct th_completeness_counts counts; /* of received pairs only */
    uint64_t received_due;                /* received, and the due instant has passed */
};

struct row_plan {
    struct th_spans open;
    bool wanted;
};

struct th_completeness {
    struct th_arena *arena; /* owns this struct too */
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    struct th_period period;
    struct th_span range;  /* base periods wholly inside the period */
    struct th_span active; /* of these, form open, begun */
    int32_t first_not_due; /* due instants never go back as periods go on */
    int64_t *due_us;       /* by base period from active.first; 0: not worked out yet */
    int64_t as_of_us;
    bool with_province, by_period;
    struct row_plan *districts; /* by district index */
    struct tally **slots;       /* by district index; one for all, or one a base period from
                                   active.first; NULL where nothing arrived */
};

/* The first base period of `span` that is not due yet; last + 1 when all are. */
static int32_t find_first_not_due(const struct th_completeness *completeness, struct th_span span)
{
    int32_t low = span.first, high = span.last + 1;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (th_calendar_due_us(completeness->catalogue, completeness->form, middle) <=
            completeness->as_of_us)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct th_completeness *th_completeness_create(const struct th_completeness_request *request,
                                               struct th_error *error)
{
    struct th_span range;
    const struct th_form *form = request->form;
    const struct th_catalogue *catalogue = request->catalogue;
    if (!th_period_base_range(&request->period, form->frequency, &range.first, &range.last)) {
        th_period_misfit_error(&request->period, form->frequency, form->code, error);
        return NULL;
    }
    struct th_arena *arena = th_arena_create(0);
    struct th_completeness *completeness = th_arena_alloc(arena, sizeof(*completeness));
    *completeness = (struct th_completeness){
        .arena = arena,
        .catalogue = catalogue,
        .form = form,
        .period = request->period,
        .range = range,
        .as_of_us = request->as_of_us,
        .with_province = request->with_province,
        .by_period = request->by_period,
    };
    struct th_span begun = th_span_begun(form, range, request->as_of_us);
    completeness->active = th_span_of_interval(form->frequency, form->interval, begun);
    completeness->first_not_due = find_first_not_due(completeness, completeness->active);
    completeness->due_us = th_arena_alloc(arena, ((size_t)th_span_count(completeness->active) + 1) *
                                                     sizeof(*completeness->due_us));
    completeness->districts =
        th_arena_alloc(arena, (catalogue->district_count + 1) * sizeof(struct row_plan));
    for (size_t i = 0; i < catalogue->district_count; i++)
        completeness->districts[i] = (struct row_plan){
            .open = th_spans_of_district(form->frequency, &catalogue->districts[i],
                                         completeness->active, arena),
            .wanted = request->with_districts && (!request->districts || request->districts[i]),
        };
    size_t slots = request->by_period ? (size_t)th_span_count(completeness->active) : 1;
    completeness->slots = th_arena_alloc(arena, (slots + 1) * sizeof(*completeness->slots));
    return completeness;
}

void th_completeness_destroy(struct th_completeness **completeness)
{
    if (!*completeness)
        return;
    struct th_arena *arena = (*completeness)->arena;
    *completeness = NULL;
    th_arena_destroy(&arena);
}

void th_completeness_range(const struct th_completeness *completeness, int32_t *first,
                           int32_t *last)
{
    *first = completeness->range.first;
    *last = completeness->range.last;
}

/* Made when a slot's first report arrives: memory follows what exists. */
static struct tally *tally_of(struct th_completeness *completeness, int32_t period, size_t district)
{
    size_t slot = completeness->by_period ? (size_t)(period - completeness->active.first) : 0;
    if (!completeness->slots[slot])
        completeness->slots[slot] = th_arena_alloc(
            completeness->arena, completeness->catalogue->district_count * sizeof(struct tally));
    return &completeness->slots[slot][district];
}

/* Of a base period within `active`: once for all districts. */
static int64_t due_of(const struct th_completeness *completeness, int32_t period)
{
    int64_t *due_us = &completeness->due_us[period - completeness->active.first];
    if (*due_us == 0)
        *due_us = th_calendar_due_us(completeness->catalogue, completeness->form, period);
    return *due_us;
}

/* An import that tells when the report came is held to that, whatever the district's
 * enrolment; one that does not tell is history (SEMANTICS 8). */
static bool is_historic(const struct th_arrival *arrival, int64_t due_us)
{
    if (arrival->imported)
        return arrival->received_at_us == 0;
    return th_calendar_is_historic(due_us, arrival->first_enrolled_us);
}

void th_completeness_add(struct th_completeness *completeness, const struct th_district *district,
                         int32_t period, const struct th_arrival *arrival)
{
    if (district->index >= completeness->catalogue->district_count ||
        !th_spans_have(completeness->districts[district->index].open, period))
        return;
    struct tally *tally = tally_of(completeness, period, district->index);
    struct th_completeness_counts *counts = &tally->counts;
    int64_t due_us = due_of(completeness, period);
    bool due = period < completeness->first_not_due;
    counts->received++;
    counts->complete += arrival->complete;
    counts->empty += arrival->empty;
    counts->returned += arrival->returned;
    counts->approved += arrival->approved;
    tally->received_due += due;
    if (is_historic(arrival, due_us))
        counts->historic++;
    else if (arrival->complete_at_us != 0 && arrival->complete_at_us < due_us)
        counts->on_time++;
    else if (due)
        counts->late++;
    else
        counts->not_yet_due++;
}

static struct th_completeness_counts count_row(const struct th_completeness *completeness,
                                               size_t district, struct th_span span,
                                               const struct tally *tallies)
{
    struct tally tally = {0};
    struct th_spans open = completeness->districts[district].open;
    struct th_span due = span;
    if (due.last >= completeness->first_not_due)
        due.last = completeness->first_not_due - 1;
    if (tallies)
        tally = tallies[district];
    struct th_completeness_counts counts = tally.counts;
    uint64_t expected_due = th_spans_count(open, due);
    counts.expected = th_spans_count(open, span);
    counts.missing = expected_due - tally.received_due;
    counts.not_yet_due +=
        counts.expected - expected_due - (tally.counts.received - tally.received_due);
    return counts;
}

static void add_counts(struct th_completeness_counts *sum,
                       const struct th_completeness_counts *counts)
{
    sum->expected += counts->expected;
    sum->received += counts->received;
    sum->complete += counts->complete;
    sum->empty += counts->empty;
    sum->on_time += counts->on_time;
    sum->late += counts->late;
    sum->not_yet_due += counts->not_yet_due;
    sum->missing += counts->missing;
    sum->returned += counts->returned;
    sum->approved += counts->approved;
    sum->historic += counts->historic;
}

struct giving {
    const struct th_completeness *completeness;
    enum th_status (*each)(void *context, const struct th_completeness_row *row);
    void *context;
};

static enum th_status give_rows(const struct giving *giving, const char *period,
                                struct th_span span, const struct tally *tallies)
{
    const struct th_completeness *completeness = giving->completeness;
    struct th_completeness_row province = {.period = period};
    enum th_status status = TH_OK;
    for (size_t i = 0; i < completeness->catalogue->district_count && status == TH_OK; i++) {
        struct th_completeness_row row = {
            .period = period,
            .district = &completeness->catalogue->districts[i],
            .counts = count_row(completeness, i, span, tallies),
        };
        add_counts(&province.counts, &row.counts);
        if (row.counts.expected > 0 && completeness->districts[i].wanted)
            status = giving->each(giving->context, &row);
    }
    if (status == TH_OK && completeness->with_province && province.counts.expected > 0)
        status = giving->each(giving->context, &province);
    return status;
}

enum th_status th_completeness_finish(struct th_completeness *completeness,
                                      enum th_status (*each)(void *context,
                                                             const struct th_completeness_row *row),
                                      void *context)
{
    struct giving giving = {completeness, each, context};
    struct th_span active = completeness->active;
    enum th_status status = TH_OK;
    if (!completeness->by_period)
        return give_rows(&giving, completeness->period.id, active, completeness->slots[0]);
    for (int32_t at = active.first; at <= active.last && status == TH_OK; at++) {
        char period[TH_PERIOD_TEXT];
        th_base_period_format(completeness->form->frequency, at, period);
        status = give_rows(&giving, period, (struct th_span){at, at},
                           completeness->slots[at - active.first]);
    }
    return status;
}

struct th_completeness_counts th_completeness_of(const struct th_completeness *completeness,
                                                 const struct th_district *district)
{
    const struct tally *tallies = completeness->slots[0];
    struct th_completeness_counts sum = {0};
    if (district)
        return count_row(completeness, district->index, completeness->active, tallies);
    for (size_t i = 0; i < completeness->catalogue->district_count; i++) {
        struct th_completeness_counts counts =
            count_row(completeness, i, completeness->active, tallies);
        add_counts(&sum, &counts);
    }
    return sum;
}
