/* What a new catalogue would strand of the data taken under the old one. */
#include "common/domain/catalogue.h"

struct comparison {
    void (*each)(void *context, const struct th_change *change);
    void *context;
};

static void tell(const struct comparison *comparison, enum th_change_kind kind,
                 struct th_change about)
{
    about.kind = kind;
    comparison->each(comparison->context, &about);
}

/* Tells every run of days of `was` that none of the new intervals (by opened, none
 * overlapping) has. */
static void tell_lost(const struct comparison *comparison, enum th_change_kind kind,
                      struct th_change about, struct th_interval was, const struct th_opening *are,
                      size_t count)
{
    int32_t from = was.opened;
    for (size_t i = 0; i < count && are[i].interval.opened <= was.closed; i++) {
        struct th_interval is = are[i].interval;
        if (is.closed < from)
            continue;
        if (is.opened > from) {
            about.lost = (struct th_interval){from, is.opened - 1};
            tell(comparison, kind, about);
        }
        if (is.closed >= was.closed)
            return;
        from = is.closed + 1;
    }
    about.lost = (struct th_interval){from, was.closed};
    tell(comparison, kind, about);
}

static void compare_interval(const struct comparison *comparison, enum th_change_kind kind,
                             struct th_change about, struct th_interval was, struct th_interval is)
{
    tell_lost(comparison, kind, about, was, &(struct th_opening){.interval = is}, 1);
}

static void compare_district(const struct comparison *comparison, const struct th_district *was,
                             const struct th_district *is)
{
    struct th_change about = {.district = was->code};
    if (!is) {
        tell(comparison, TH_CHANGE_DISTRICT_REMOVED, about);
        return;
    }
    for (size_t i = 0; i < was->opening_count; i++) {
        /* Adjoining intervals are one opening. */
        struct th_interval opening = was->openings[i].interval;
        while (i + 1 < was->opening_count &&
               was->openings[i + 1].interval.opened - 1 == opening.closed)
            opening.closed = was->openings[++i].interval.closed;
        tell_lost(comparison, TH_CHANGE_DISTRICT_INTERVAL, about, opening, is->openings,
                  is->opening_count);
    }
}

static void compare_criterion(const struct comparison *comparison, const struct th_form *form,
                              const struct th_criterion *was, const struct th_criterion *is)
{
    struct th_change about = {.form = form->code, .criterion = was->code};
    if (!is) {
        tell(comparison, TH_CHANGE_CRITERION_REMOVED, about);
        return;
    }
    if (was->kind != is->kind)
        tell(comparison, TH_CHANGE_KIND, about);
    if (was->time_agg != is->time_agg || was->district_agg != is->district_agg)
        tell(comparison, TH_CHANGE_AGGREGATION, about);
    if (is->decimals < was->decimals)
        tell(comparison, TH_CHANGE_DECIMALS, about);
    compare_interval(comparison, TH_CHANGE_CRITERION_INTERVAL, about, was->interval, is->interval);
    for (size_t i = 0; i < was->choice_count; i++) {
        about.choice = was->choices[i].value;
        if (!th_criterion_choice(is, th_slice_of(about.choice)))
            tell(comparison, TH_CHANGE_CHOICE_REMOVED, about);
    }
}

static void compare_form(const struct comparison *comparison, const struct th_form *was,
                         const struct th_form *is)
{
    struct th_change about = {.form = was->code};
    if (!is) {
        tell(comparison, TH_CHANGE_FORM_REMOVED, about);
        return;
    }
    if (was->frequency != is->frequency)
        tell(comparison, TH_CHANGE_FREQUENCY, about);
    compare_interval(comparison, TH_CHANGE_FORM_INTERVAL, about, was->interval, is->interval);
    for (size_t i = 0; i < was->criterion_count; i++)
        compare_criterion(comparison, was, &was->criteria[i],
                          th_form_criterion(is, th_slice_of(was->criteria[i].code)));
}

void th_catalogue_compare(const struct th_catalogue *old_catalogue,
                          const struct th_catalogue *new_catalogue,
                          void (*each)(void *context, const struct th_change *change),
                          void *context)
{
    struct comparison comparison = {each, context};
    for (size_t i = 0; i < old_catalogue->district_count; i++) {
        const struct th_district *was = &old_catalogue->districts[i];
        compare_district(&comparison, was,
                         th_catalogue_district(new_catalogue, th_slice_of(was->code)));
    }
    for (size_t i = 0; i < old_catalogue->form_count; i++) {
        const struct th_form *was = &old_catalogue->forms[i];
        compare_form(&comparison, was, th_catalogue_form(new_catalogue, th_slice_of(was->code)));
    }
}
