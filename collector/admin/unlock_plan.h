/* What `unlock` is to do: the base periods of each district, or every problem of the
 * wish. Knows neither database nor files. */
#ifndef TONGHOP_COLLECTOR_UNLOCK_PLAN_H
#define TONGHOP_COLLECTOR_UNLOCK_PLAN_H

#include "common/base/status.h"
#include "common/domain/catalogue.h"
#include "common/domain/problem.h"

#define TH_UNLOCK_ACTS_MAX 20000 /* a mistaken period of a daily form would be many more */

struct th_unlock_request {
    const char *form, *period;
    const char *const *districts; /* codes */
    size_t district_count;
    bool all;         /* every district that is expected to report */
    bool end;         /* else `until_us` */
    int64_t until_us; /* 0 with `end` */
};

/* Base periods of one district, ascending; never none. */
struct th_unlock_item {
    const struct th_district *district;
    int32_t *periods;
    size_t count;
};

struct th_unlock_plan {
    const struct th_form *form;
    struct th_unlock_item *items; /* by the catalogue's order of districts */
    size_t count;
};

/* Adds all problems: form.unknown period.no_base_period period.not_whole period.future form.closed
 * district.unknown district.closed exception.never_locked exception.until_past; the plan
 * is whole only without any. TH_USAGE when the period is none, or asks for more than
 * TH_UNLOCK_ACTS_MAX acts. */
enum th_status th_unlock_plan(const struct th_unlock_request *request,
                              const struct th_catalogue *catalogue, int64_t now_us,
                              struct th_arena *arena, struct th_unlock_plan *plan,
                              struct th_problem_list *problems, struct th_error *error) TH_MUST_USE;

#endif
