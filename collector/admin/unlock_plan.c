#include "collector/admin/unlock_plan.h"

#include <string.h>

#include "common/base/clock.h"
#include "common/domain/calendar.h"

struct planning {
    const struct th_unlock_request *request;
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    int32_t first, last; /* base periods asked for */
    struct th_arena *arena;
    struct th_problem_list *problems;
};

static void add(const struct planning *planning, const char *code, const char *value,
                const char *limit)
{
    th_problem_add(planning->problems, code, "", th_slice_of(value), limit, 0, 0);
}

/* Problems of the base periods, whatever the districts. */
static void check_periods(const struct planning *planning, int64_t now_us)
{
    const struct th_form *form = planning->form;
    char period[TH_PERIOD_TEXT], day[11];
    if (!form->has_lock)
        add(planning, "exception.never_locked", form->code, "");
    for (int32_t at = planning->first; at <= planning->last; at++) {
        int32_t first_day, last_day;
        th_base_period_days(form->frequency, at, &first_day, &last_day);
        th_base_period_format(form->frequency, at, period);
        th_day_format(first_day, day);
        if (!th_calendar_has_begun(form, at, now_us))
            add(planning, "period.future", period, day);
        else if (!th_interval_has(form->interval, last_day))
            add(planning, "form.closed", form->code, period);
    }
}

/* The base periods in which the district is expected to report. A district that was named
 * must be in each of them; of `all` those count that are. */
static bool take_district(const struct planning *planning, const struct th_district *district,
                          struct th_unlock_item *item)
{
    *item = (struct th_unlock_item){.district = district};
    item->periods = th_arena_alloc(planning->arena, (size_t)(planning->last - planning->first + 1) *
                                                        sizeof(*item->periods));
    for (int32_t at = planning->first; at <= planning->last; at++) {
        int32_t first_day, last_day;
        char day[11];
        th_base_period_days(planning->form->frequency, at, &first_day, &last_day);
        if (th_district_is_open(district, last_day)) {
            item->periods[item->count++] = at;
        } else if (!planning->request->all) {
            th_day_format(last_day, day);
            add(planning, "district.closed", district->code, day);
        }
    }
    return item->count > 0;
}

static bool is_wanted(const struct th_unlock_request *request, const char *code)
{
    bool wanted = request->all;
    for (size_t i = 0; !wanted && i < request->district_count; i++)
        wanted = strcmp(request->districts[i], code) == 0;
    return wanted;
}

static void take_districts(const struct planning *planning, struct th_unlock_plan *plan)
{
    const struct th_catalogue *catalogue = planning->catalogue;
    const struct th_unlock_request *request = planning->request;
    plan->items =
        th_arena_alloc(planning->arena, (catalogue->district_count + 1) * sizeof(*plan->items));
    for (size_t i = 0; i < catalogue->district_count; i++) {
        const struct th_district *district = &catalogue->districts[i];
        if (is_wanted(request, district->code) &&
            take_district(planning, district, &plan->items[plan->count]))
            plan->count++;
    }
    if (request->all && plan->count == 0)
        add(planning, "district.closed", "all", request->period);
}

static enum th_status read_period(struct planning *planning, struct th_error *error)
{
    const struct th_catalogue *catalogue = planning->catalogue;
    struct th_period period;
    enum th_status status =
        th_period_parse(th_slice_of(planning->request->period), catalogue->periods,
                        catalogue->period_count, &period, error);
    if (status != TH_OK || !planning->form)
        return status;
    if (!th_period_base_range(&period, planning->form->frequency, &planning->first,
                              &planning->last)) {
        char instead[TH_PERIOD_INSTEAD];
        const char *code = th_period_misfit(&period, planning->form->frequency, instead);
        add(planning, code, period.id, instead);
        planning->last = planning->first - 1;
    }
    size_t districts =
        planning->request->all ? catalogue->district_count : planning->request->district_count;
    if (((int64_t)planning->last - planning->first + 1) * (int64_t)districts > TH_UNLOCK_ACTS_MAX)
        return th_error_set(error, TH_USAGE,
                            "that would be over %d exceptions, one a base period and district; "
                            "name a shorter period or fewer districts",
                            TH_UNLOCK_ACTS_MAX);
    return TH_OK;
}

enum th_status th_unlock_plan(const struct th_unlock_request *request,
                              const struct th_catalogue *catalogue, int64_t now_us,
                              struct th_arena *arena, struct th_unlock_plan *plan,
                              struct th_problem_list *problems, struct th_error *error)
{
    struct planning planning = {.request = request,
                                .catalogue = catalogue,
                                .form = th_catalogue_form(catalogue, th_slice_of(request->form)),
                                .arena = arena,
                                .problems = problems};
    char until[40];
    *plan = (struct th_unlock_plan){.form = planning.form};
    if (!planning.form)
        add(&planning, "form.unknown", request->form, "");
    for (size_t i = 0; i < request->district_count; i++)
        if (!th_catalogue_district(catalogue, th_slice_of(request->districts[i])))
            add(&planning, "district.unknown", request->districts[i], "");
    if (!request->end && request->until_us <= now_us) {
        th_instant_format(request->until_us, until);
        add(&planning, "exception.until_past", until, "");
    }
    enum th_status status = read_period(&planning, error);
    if (status != TH_OK || !planning.form || planning.last < planning.first)
        return status;
    check_periods(&planning, now_us);
    take_districts(&planning, plan);
    return TH_OK;
}
