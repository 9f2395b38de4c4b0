#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/admin/admin_private.h"
#include "collector/admin/unlock_plan.h"
#include "collector/admin/verify_list.h"
#include "collector/store/exceptions.h"
#include "collector/store/read.h"
#include "common/base/clock.h"
#include "common/base/text.h"

#define REASON_MAX 1000 /* characters */

const struct th_option th_admin_unlock_options[] = {
    {"form", 0, "FORM", "the form's code"},
    {"period", 0, "PERIOD", "a period that holds base periods of the form: 2024-03, 2024-Q1, 2024"},
    {"district", 'd', "CODE,...", "the districts, or 'all'"},
    {"until", 0, "T", "reports are taken until then: 2024-05-31 (its end) or an instant with zone"},
    {"reason", 0, "TEXT", "why; the offices and the records are told"},
    {"end", 0, NULL, "end exceptions that are in force, now"},
    {"list", 0, NULL, "list all exceptions, past ones too (--form and --district choose)"},
    TH_ADMIN_FORMAT_OPTION,
    {NULL},
};

/* The command line, read. */
struct wish {
    enum th_format format;
    bool list;
    const char *form, *reason;
    struct th_unlock_request request;
};

static enum th_status parse_until(const char *text, int64_t *until_us, struct th_error *error)
{
    int32_t day;
    if (th_day_parse(th_slice_of(text), &day)) {
        *until_us = th_clock_day_start_us(day + 1);
        return TH_OK;
    }
    if (th_instant_parse(th_slice_of(text), until_us))
        return TH_OK;
    return th_error_set(error, TH_USAGE,
                        "--until takes a day like 2024-05-31 (its end) or an instant like "
                        "2024-05-31T17:00:00+07:00, not '%.40s'",
                        text);
}

static enum th_status check_reason(const char *reason, struct th_error *error)
{
    struct th_slice text = th_slice_of(reason ? reason : "");
    bool plain = th_text_is_utf8(text);
    for (size_t i = 0; plain && i < text.size; i++)
        plain = (unsigned char)text.bytes[i] >= ' ' && text.bytes[i] != 0x7F;
    if (th_text_trim(text).size == 0)
        return th_error_set(error, TH_USAGE,
                            "say why with --reason TEXT; the offices are told, and it is kept for "
                            "ever");
    if (!plain)
        return th_error_set(error, TH_USAGE, "--reason takes UTF-8 text of one line");
    if (th_text_length(text) > REASON_MAX)
        return th_error_set(error, TH_USAGE, "--reason takes at most %d characters", REASON_MAX);
    return TH_OK;
}

/* What needs no database; the time zone, which --until needs, comes from there. */
static enum th_status parse(const struct th_command_line *line, struct th_arena *arena,
                            struct wish *wish, struct th_error *error)
{
    struct th_unlock_request *request = &wish->request;
    const char *district = th_command_option(line, "district");
    wish->list = th_command_option(line, "list") != NULL;
    wish->form = th_command_option(line, "form");
    wish->reason = th_command_option(line, "reason");
    request->form = wish->form;
    request->period = th_command_option(line, "period");
    request->end = th_command_option(line, "end") != NULL;
    request->all = district && strcmp(district, "all") == 0;
    enum th_status status = th_admin_format(line, &wish->format, error);
    if (status == TH_OK && district && !request->all)
        status = th_verify_districts(district, arena, &request->districts, &request->district_count,
                                     error);
    if (status != TH_OK || wish->list)
        return status;
    if (!request->form || !request->period || !district)
        return th_error_set(error, TH_USAGE,
                            "give --form, --period and --district (or 'all'), or --list");
    if (request->end == (th_command_option(line, "until") != NULL))
        return th_error_set(error, TH_USAGE, "give --until T, or --end to end exceptions now");
    return check_reason(wish->reason, error);
}

/* ------------------------------------------------------------------ the acts */

static const char *const outcome_names[] = {
    [TH_EXCEPTION_OPENED] = "opened",
    [TH_EXCEPTION_KEPT] = "kept",
    [TH_EXCEPTION_ENDED] = "ended",
    [TH_EXCEPTION_NONE] = "none",
};
static const char *const outcome_words[] = {
    [TH_EXCEPTION_OPENED] = "unlocked",
    [TH_EXCEPTION_KEPT] = "unlocked so already, nothing was written",
    [TH_EXCEPTION_ENDED] = "ended",
    [TH_EXCEPTION_NONE] = "none was in force, nothing was written",
};

static void print_outcome(struct th_table *table, const struct th_exception_order *order,
                          int32_t period, enum th_exception_outcome outcome)
{
    char text[TH_PERIOD_TEXT], until[40], shown[40];
    th_base_period_format(order->form->frequency, period, text);
    th_admin_instant(order->until_us, until, shown);
    th_table_row(table,
                 (const char *[]){order->district->code, order->form->code, text, until,
                                  outcome_names[outcome]},
                 (const char *[]){NULL, NULL, NULL, shown, outcome_words[outcome]});
}

/* A transaction for some base periods of a district: its reports wait meanwhile. */
static enum th_status act(struct th_store *store, struct th_exception_order *order,
                          struct th_table *table, struct th_error *error)
{
    enum th_exception_outcome outcomes[TH_EXCEPTIONS_AT_ONCE];
    const int32_t *periods = order->periods;
    size_t left = order->count;
    enum th_status status = TH_OK;
    while (status == TH_OK && left > 0) {
        order->periods = periods;
        order->count = left < TH_EXCEPTIONS_AT_ONCE ? left : TH_EXCEPTIONS_AT_ONCE;
        status = th_store_except(store, order, outcomes, error);
        for (size_t i = 0; status == TH_OK && i < order->count; i++)
            print_outcome(table, order, periods[i], outcomes[i]);
        periods += order->count;
        left -= order->count;
    }
    return status;
}

static enum th_status act_on_all(struct th_store *store, const struct wish *wish,
                                 const struct th_catalogue_ids *ids,
                                 const struct th_unlock_plan *plan, struct th_error *error)
{
    static const struct th_column columns[] = {
        {.name = "district", .heading = "District"}, {.name = "form", .heading = "Form"},
        {.name = "period", .heading = "Period"},     {.name = "until", .heading = "Until"},
        {.name = "outcome", .heading = "Outcome"},
    };
    struct th_actor actor;
    struct th_table *table = th_table_create(stdout, wish->format, NULL, columns, 5);
    enum th_status status = TH_OK;
    for (size_t i = 0; status == TH_OK && i < plan->count; i++) {
        struct th_exception_order order = {.ids = ids,
                                           .form = plan->form,
                                           .district = plan->items[i].district,
                                           .periods = plan->items[i].periods,
                                           .count = plan->items[i].count,
                                           .until_us = wish->request.until_us,
                                           .reason = wish->reason,
                                           .actor = th_admin_actor(&actor)};
        status = act(store, &order, table, error);
    }
    struct th_error ignored, lost = *error;
    enum th_status printed = th_table_finish(&table, status == TH_OK ? error : &ignored);
    if (status == TH_RETRY || status == TH_UNREACHABLE)
        return th_error_set(error, status,
                            "%s; whether the last act was recorded is not known: run the same "
                            "command again, nothing is done twice",
                            lost.message);
    if (status == TH_OK && printed == TH_OK)
        fprintf(stderr, "offices that are connected are told within 2 seconds, others when they "
                        "connect\n");
    return status == TH_OK ? printed : status;
}

static enum th_status print_problems(const struct th_problem_list *problems, enum th_format format,
                                     struct th_error *error)
{
    static const struct th_column columns[] = {
        {.name = "code", .heading = "Code"},
        {.name = "value", .machine_only = true},
        {.name = "message", .heading = "Message", .wrap = true},
    };
    struct th_table *table = th_table_create(stdout, format, NULL, columns, 3);
    for (size_t i = 0; i < problems->count; i++) {
        const struct th_problem *problem = &problems->problems[i];
        th_table_row(
            table,
            (const char *[]){problem->code, problem->value, th_problem_message(problem, "en")},
            NULL);
    }
    enum th_status status = th_table_finish(&table, error);
    if (status != TH_OK)
        return status;
    return th_error_set(error, TH_REJECTED, "%zu problems; nothing was unlocked or ended",
                        problems->count);
}

static enum th_status load(struct th_store *store, struct th_catalogue **catalogue,
                           struct th_catalogue_ids **ids, int64_t *now_us, struct th_error *error)
{
    enum th_status status = th_store_begin_read(store, now_us, error);
    if (status == TH_OK)
        status = th_store_load_catalogue(store, 0, catalogue, error);
    if (status == TH_OK && !*catalogue)
        status = th_error_set(error, TH_USAGE,
                              "no catalogue was imported yet; run 'tonghop-collector catalogue "
                              "import DIR' first");
    if (status == TH_OK)
        status = th_store_load_ids(store, *catalogue, ids, error);
    th_store_end_read(store);
    return status;
}

static enum th_status unlock(struct th_store *store, const struct wish *wish,
                             struct th_arena *arena, struct th_error *error)
{
    struct th_catalogue *catalogue = NULL;
    struct th_catalogue_ids *ids = NULL;
    struct th_unlock_plan plan = {0};
    struct th_problem_list problems = {.arena = arena};
    int64_t now_us = 0;
    enum th_status status = load(store, &catalogue, &ids, &now_us, error);
    if (status == TH_OK)
        status = th_unlock_plan(&wish->request, catalogue, now_us, arena, &plan, &problems, error);
    if (status == TH_OK)
        status = problems.count > 0 ? print_problems(&problems, wish->format, error)
                                    : act_on_all(store, wish, ids, &plan, error);
    th_catalogue_ids_release(&ids);
    th_catalogue_release(&catalogue);
    return status;
}

/* ------------------------------------------------------------------ the list */

static enum th_status print_exception(void *context, const struct th_exception_row *row)
{
    static const struct {
        const char *name, *words;
    } states[] = {{"in_force", "in force"}, {"past", "past"}, {"replaced", "replaced"}};
    char sequence[24], at[40], at_shown[40], until[40], until_shown[40];
    const char *state = row->state;
    snprintf(sequence, sizeof(sequence), "%" PRIu64, row->sequence);
    th_admin_instant(row->at_us, at, at_shown);
    th_admin_instant(row->until_us, until, until_shown);
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (strcmp(row->state, states[i].name) == 0)
            state = states[i].words;
    th_table_row(
        context,
        (const char *[]){sequence, row->district, row->form, row->period, row->state, at, until,
                         row->acknowledged ? "yes" : "no", row->account, row->reason},
        (const char *[]){NULL, NULL, NULL, NULL, state, at_shown, until_shown, NULL, NULL, NULL});
    return TH_OK;
}

static enum th_status list(struct th_store *store, const struct wish *wish, struct th_error *error)
{
    static const struct th_column columns[] = {
        {.name = "act", .heading = "Act", .right = true},
        {.name = "district", .heading = "District"},
        {.name = "form", .heading = "Form"},
        {.name = "period", .heading = "Period"},
        {.name = "state", .heading = "State"},
        {.name = "at", .heading = "Since"},
        {.name = "until", .heading = "Until"},
        {.name = "acknowledged", .heading = "Office knows"},
        {.name = "account", .heading = "By"},
        {.name = "reason", .heading = "Reason", .wrap = true},
    };
    struct th_table *table = th_table_create(stdout, wish->format, NULL, columns, 10);
    struct th_error ignored;
    enum th_status status =
        th_store_list_exceptions(store, wish->form, wish->request.districts,
                                 wish->request.district_count, print_exception, table, error);
    enum th_status printed = th_table_finish(&table, status == TH_OK ? error : &ignored);
    return status == TH_OK ? printed : status;
}

enum th_status th_admin_unlock(void *settings, const struct th_command_line *line,
                               struct th_error *error)
{
    struct th_province province = {0};
    struct th_store *store = NULL;
    struct wish wish = {0};
    struct th_arena *arena = th_arena_create(0);
    const char *until = th_command_option(line, "until");
    enum th_status status = parse(line, arena, &wish, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK && until && !wish.list)
        status = parse_until(until, &wish.request.until_us, error);
    if (status == TH_OK)
        status = wish.list ? list(store, &wish, error) : unlock(store, &wish, arena, error);
    th_store_close(&store);
    th_arena_destroy(&arena);
    return status;
}
