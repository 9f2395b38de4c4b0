#include "collector/admin/stranded_table.h"

#include <inttypes.h>

#include "common/base/clock.h"

#define CLOSE_DISTRICT "keep its row in districts.csv and fill in 'closed'"
#define CLOSE_FORM     "keep its row in forms.csv and fill in 'closed'"
#define CLOSE_CRITERION                                                                            \
    "keep its row in criteria.csv and fill in 'closed' (and give a new one another code)"

static const struct {
    const char *name, *advice;
} changes[] = {
    [TH_CHANGE_CRITERION_REMOVED] = {"criterion_removed",
                                     "keep its row in criteria.csv and fill in 'closed'"},
    [TH_CHANGE_CHOICE_REMOVED] = {"choice_removed", "keep its row in choices.csv"},
    [TH_CHANGE_KIND] = {"kind", CLOSE_CRITERION},
    [TH_CHANGE_FREQUENCY] = {"frequency", CLOSE_FORM " (and give a new one another code)"},
    [TH_CHANGE_AGGREGATION] = {"aggregation", CLOSE_CRITERION},
    [TH_CHANGE_DECIMALS] = {"decimals", CLOSE_CRITERION},
    [TH_CHANGE_FORM_REMOVED] = {"form_removed", CLOSE_FORM},
    [TH_CHANGE_DISTRICT_REMOVED] = {"district_removed", CLOSE_DISTRICT},
    [TH_CHANGE_FORM_INTERVAL] = {"form_interval",
                                 "let 'opened' and 'closed' in forms.csv take in these days"},
    [TH_CHANGE_CRITERION_INTERVAL] = {"criterion_interval",
                                      "let 'opened' and 'closed' in criteria.csv take in these "
                                      "days"},
    [TH_CHANGE_DISTRICT_INTERVAL] = {"district_interval",
                                     "let 'opened' and 'closed' in districts.csv take in these "
                                     "days"},
};

static const struct th_column columns[] = {
    {.name = "change", .heading = "Change"},
    {.name = "district", .heading = "District"},
    {.name = "form", .heading = "Form"},
    {.name = "criterion", .heading = "Criterion"},
    {.name = "choice", .heading = "Choice"},
    {.name = "from", .heading = "From"},
    {.name = "to", .heading = "To"},
    {.name = "reports", .heading = "Would lose", .right = true},
    {.name = "advice", .heading = "Instead", .wrap = true},
};

static bool is_interval_change(enum th_change_kind kind)
{
    return kind == TH_CHANGE_FORM_INTERVAL || kind == TH_CHANGE_CRITERION_INTERVAL ||
           kind == TH_CHANGE_DISTRICT_INTERVAL;
}

/* "" for an end that is open. */
static void format_day(int32_t day, char out[11])
{
    out[0] = '\0';
    if (day >= th_day_from_civil(1900, 1, 1) && day <= th_day_from_civil(2999, 12, 31))
        th_day_format(day, out);
}

enum th_status th_admin_print_stranded(FILE *out, const struct th_stranded *stranded, size_t count,
                                       enum th_format format, struct th_error *error)
{
    struct th_table *table =
        th_table_create(out, format, NULL, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < count; i++) {
        const struct th_change *change = &stranded[i].change;
        char from[11] = "", to[11] = "", reports[24];
        if (is_interval_change(change->kind)) {
            format_day(change->lost.opened, from);
            format_day(change->lost.closed, to);
        }
        snprintf(reports, sizeof(reports), "%" PRIu64, stranded[i].reports);
        th_table_row(table,
                     (const char *[]){changes[change->kind].name, change->district, change->form,
                                      change->criterion, change->choice, from, to, reports,
                                      changes[change->kind].advice},
                     NULL);
    }
    return th_table_finish(&table, error);
}
