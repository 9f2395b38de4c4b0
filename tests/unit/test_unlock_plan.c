#include "tests/unit/th_test.h"

#include "collector/admin/unlock_plan.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "tests/unit/catalogue_support.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOW          "2023-02-15" /* its beginning */

/* The small catalogue: district a open from 2020-01-01 on, b until 2022-12-31; form f by
 * month, locked 45 days after each, open from 2020-01-01 on. */
static const struct plan_case {
    const char *name, *form, *period, *districts;
    const char *until; /* a day, its end; NULL: --end */
    const char *want;  /* "district period period ...;" or codes and values of problems */
} cases[] = {
    {"one base period", "f", "2022-03", "a", "2023-03-31", "a 2022-03;"},
    {"a quarter of two districts, in the catalogue's order", "f", "2022-Q1", "b a", "2023-03-31",
     "a 2022-01 2022-02 2022-03;b 2022-01 2022-02 2022-03;"},
    /* b is no more expected in 2023; of all districts those count that are. */
    {"all districts", "f", "2022-12..2023-01", "all", "2023-03-31", "a 2022-12 2023-01;b 2022-12;"},
    {"the running period", "f", "2023-02", "a", "2023-06-30", "a 2023-02;"},
    {"ending", "f", "2022-03", "a", NULL, "a 2022-03;"},
    {"until the end of this very day", "f", "2022-03", "a", "2023-02-15", "a 2022-03;"},
    {"until yesterday", "f", "2022-03", "a", "2023-02-14",
     "!exception.until_past 2023-02-15T00:00:00+07:00;"},
    {"a period that has not begun", "f", "2023-02..2023-04", "a", "2023-06-30",
     "!period.future 2023-03;period.future 2023-04;"},
    {"a district that was closed then", "f", "2022-12..2023-01", "b", "2023-03-31",
     "!district.closed b;"},
    {"before the form was open", "f", "2019-12", "all", "2023-03-31",
     "!form.closed f;district.closed all;"},
    {"no whole base period", "f", "2022-03-15", "a", "2023-03-31",
     "!period.no_base_period 2022-03-15;"},
    {"everything wrong at once", "x", "2022-03", "nobody a", "2020-01-01",
     "!form.unknown x;district.unknown nobody;exception.until_past 2020-01-02T00:00:00+07:00;"},
};

static void show_plan(const struct th_unlock_plan *plan, struct th_buffer *out)
{
    for (size_t i = 0; i < plan->count; i++) {
        th_buffer_add_text(out, plan->items[i].district->code);
        for (size_t j = 0; j < plan->items[i].count; j++) {
            char period[TH_PERIOD_TEXT];
            th_base_period_format(plan->form->frequency, plan->items[i].periods[j], period);
            th_buffer_printf(out, " %s", period);
        }
        th_buffer_add_text(out, ";");
    }
}

static void show_problems(const struct th_problem_list *problems, struct th_buffer *out)
{
    th_buffer_add_text(out, "!");
    for (size_t i = 0; i < problems->count; i++)
        th_buffer_printf(out, "%s %s;", problems->problems[i].code, problems->problems[i].value);
}

static struct th_catalogue *small_catalogue(const char *from, const char *to)
{
    struct folder folder = {0};
    folder_make_small(&folder);
    if (from)
        folder_replace(&folder, "forms.csv", from, to);
    struct th_catalogue *catalogue = folder_load(&folder, NULL);
    folder_free(&folder);
    return catalogue;
}

static enum th_status plan_case(const struct plan_case *c, const struct th_catalogue *catalogue,
                                struct th_buffer *shown)
{
    struct th_arena *arena = th_arena_create(0);
    struct th_problem_list problems = {.arena = arena};
    struct th_unlock_plan plan;
    struct th_error error = {0};
    const char *const pair[] = {"b", "a"}, *const one[] = {c->districts};
    const char *const unknown[] = {"nobody", "a"};
    bool all = strcmp(c->districts, "all") == 0, two = strchr(c->districts, ' ') != NULL;
    struct th_unlock_request request = {
        .form = c->form,
        .period = c->period,
        .districts = !two                     ? one
                     : c->districts[0] == 'b' ? pair
                                              : unknown,
        .district_count = all   ? 0
                          : two ? 2
                                : 1,
        .all = all,
        .end = !c->until,
        .until_us = c->until ? th_clock_day_start_us(day(c->until) + 1) : 0,
    };
    enum th_status status = th_unlock_plan(&request, catalogue, th_clock_day_start_us(day(NOW)),
                                           arena, &plan, &problems, &error);
    if (status == TH_OK && problems.count > 0)
        show_problems(&problems, shown);
    else if (status == TH_OK)
        show_plan(&plan, shown);
    th_arena_destroy(&arena);
    return status;
}

static void a_wish_becomes_acts_or_all_its_problems(void)
{
    struct th_catalogue *catalogue = small_catalogue(NULL, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        TH_CLEANUP_BUFFER struct th_buffer shown = {0};
        th_buffer_add_text(&shown, "");
        TH_CHECK(cases[i].name, plan_case(&cases[i], catalogue, &shown) == TH_OK);
        TH_CHECK_TEXT(cases[i].name, shown.bytes, cases[i].want);
    }
    th_catalogue_release(&catalogue);
}

static void what_never_locks_needs_no_exception(void)
{
    const struct plan_case c = {"", "f", "2022-03", "a", "2023-03-31", ""};
    TH_CLEANUP_BUFFER struct th_buffer shown = {0};
    struct th_catalogue *catalogue = small_catalogue(",10,45,", ",10,,");
    TH_CHECK("plan", plan_case(&c, catalogue, &shown) == TH_OK);
    TH_CHECK_TEXT("plan", shown.bytes, "!exception.never_locked f;");
    th_catalogue_release(&catalogue);
}

static void nine_months_are_no_number_of_halves(void)
{
    const struct plan_case nine = {"", "f", "2022-9M", "a", "2023-03-31", ""};
    const struct plan_case range = {"", "f", "2022-01..2022-09", "a", "2023-03-31", ""};
    TH_CLEANUP_BUFFER struct th_buffer shown = {0}, half = {0};
    struct th_catalogue *catalogue = small_catalogue("month,10,45", "half,10,45");
    TH_CHECK("nine months", plan_case(&nine, catalogue, &shown) == TH_OK);
    TH_CHECK_TEXT("nine months", shown.bytes, "!period.not_whole 2022-9M;");
    TH_CHECK("a range", plan_case(&range, catalogue, &half) == TH_OK);
    TH_CHECK_TEXT("a range", half.bytes, "a 2022-H1;");
    th_catalogue_release(&catalogue);
}

static void a_period_that_is_none_or_endless_is_wrong_usage(void)
{
    const struct plan_case none = {"", "f", "2022-13", "a", "2023-03-31", ""};
    const struct plan_case endless = {"", "f", "1900..2999", "all", "2023-03-31", ""};
    TH_CLEANUP_BUFFER struct th_buffer shown = {0};
    struct th_catalogue *monthly = small_catalogue(NULL, NULL);
    struct th_catalogue *daily = small_catalogue("month,10,45", "day,10,45");
    TH_CHECK("none", plan_case(&none, monthly, &shown) == TH_USAGE);
    TH_CHECK("endless", plan_case(&endless, daily, &shown) == TH_USAGE);
    th_catalogue_release(&monthly);
    th_catalogue_release(&daily);
}

int main(void)
{
    static const struct th_test tests[] = {
        {"a wish becomes acts, or all its problems", a_wish_becomes_acts_or_all_its_problems},
        {"what never locks needs no exception", what_never_locks_needs_no_exception},
        {"nine months are no number of halves", nine_months_are_no_number_of_halves},
        {"a period that is none, or endless, is wrong usage",
         a_period_that_is_none_or_endless_is_wrong_usage},
    };
    struct th_error error = {0};
    if (th_clock_use_zone("Asia/Ho_Chi_Minh", &error) != TH_OK)
        return th_error_exit("test_unlock_plan", &error);
    return th_test_main("unlock plan", tests, COUNT(tests));
}
