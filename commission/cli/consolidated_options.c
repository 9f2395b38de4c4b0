#include "commission/cli/consolidated_options.h"

#include <string.h>

#include "commission/cli/asking.h"
#include "commission/cli/commands.h"
#include "commission/cli/people.h"
#include "common/wire/message.h"

const struct th_option th_consolidated_option_table[] = {
    {"form", 'f', "F[,F...]", "forms, by their codes (see 'tonghop catalogue')"},
    {"period", 'p', "P",
     "2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024, 2024-01..2024-09, or a named one"},
    {"district", 'd', "D[,D...]",
     "codes; 'all' (the default): every district, then the province; "
     "'province': the province alone"},
    {"criterion", 0, "C[,C...]", "criteria, by their codes; default: all"},
    {"by", 0, "period", "a figure for each base period instead of one for all"},
    {"ytd", 0, NULL, "from 1 January to the end of the period"},
    {"approved-only", 0, NULL, "leave out reports that are not approved"},
    {"as-of", 0, "T",
     "figures as they stood at T: 2024-04-05T10:00:00+07:00, or 2024-04-05 for its end"},
    {"comparable", 0, NULL,
     "credit closed districts' counts, amounts and ratios to their successors"},
    {"layout", 0, "official",
     "this period, since 1 January, the same period last year, change, annual target and share "
     "of it; of the province unless --district says otherwise"},
    {"members", 0, NULL, "name the communes of commune lists"},
    {"format", 0, "FORMAT", "table (the default), csv, json or xlsx"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

enum th_status th_cli_format(const struct th_command_line *line, enum th_format *format,
                             struct th_error *error)
{
    return th_format_choose(th_command_option(line, "format"), th_command_option(line, "output"),
                            format, error);
}

enum th_status th_cli_list(const struct th_command_line *line, const char *name,
                           struct th_arena *arena, struct th_slice **items, size_t *count,
                           struct th_error *error)
{
    const char *text = th_command_option(line, name);
    if (text && !th_people_split(text, arena, items, count))
        return th_error_set(error, TH_USAGE,
                            "--%s needs codes separated by commas, without an empty one: '%.80s'",
                            name, text);
    return TH_OK;
}

static enum th_status settle_districts(struct th_consolidated_options *options,
                                       struct th_error *error)
{
    for (size_t i = 0; i < options->district_count; i++) {
        struct th_slice *code = &options->districts[i];
        bool alone = options->district_count == 1;
        if (th_slice_equals(*code, "all")) {
            if (!alone)
                return th_error_set(error, TH_USAGE,
                                    "--district all stands alone; give it, or codes");
            options->district_count = 0;
        } else if (th_slice_equals(*code, "province") || th_slice_equals(*code, "*")) {
            options->province_only = alone;
            *code = TH_SLICE("*");
            if (alone)
                options->district_count = 0;
        }
    }
    return TH_OK;
}

static enum th_status read_layout(const struct th_command_line *line,
                                  struct th_consolidated_options *options, struct th_error *error)
{
    const char *layout = th_command_option(line, "layout");
    options->official = layout != NULL;
    if (layout && strcmp(layout, "official") != 0)
        return th_error_set(error, TH_USAGE, "--layout knows 'official' only, not '%.40s'", layout);
    /* It has a column of its own for the year so far, and none for these. */
    if (layout && (options->year_to_date || options->by_period || options->members))
        return th_error_set(error, TH_USAGE,
                            "--layout official goes with neither --ytd, --by nor --members");
    return TH_OK;
}

enum th_status th_consolidated_options_read(const struct th_command_line *line,
                                            struct th_arena *arena,
                                            struct th_consolidated_options *options,
                                            struct th_error *error)
{
    *options = (struct th_consolidated_options){0};
    const char *by = th_command_option(line, "by");
    options->period = th_command_option(line, "period");
    options->output = th_command_option(line, "output");
    options->as_of = th_command_option(line, "as-of");
    options->year_to_date = th_command_option(line, "ytd") != NULL;
    options->approved_only = th_command_option(line, "approved-only") != NULL;
    options->comparable = th_command_option(line, "comparable") != NULL;
    options->members = th_command_option(line, "members") != NULL;
    options->by_period = by != NULL;
    bool period_given = options->period || th_command_option(line, "from");
    if (!th_command_option(line, "form") || !period_given)
        return th_error_set(error, TH_USAGE,
                            "give a form and a period, as in --form FORM --period 2024-03; "
                            "'tonghop catalogue' lists the forms");
    if (options->as_of && !*options->as_of)
        return th_error_set(error, TH_USAGE, "--as-of needs an instant or a date, like 2024-04-05");
    if (by && strcmp(by, "period") != 0)
        return th_error_set(error, TH_USAGE, "--by knows 'period' only, not '%.40s'", by);
    enum th_status status = read_layout(line, options, error);
    if (status == TH_OK)
        status = th_cli_format(line, &options->format, error);
    if (status == TH_OK)
        status = th_cli_list(line, "form", arena, &options->forms, &options->form_count, error);
    if (status == TH_OK)
        status = th_cli_list(line, "district", arena, &options->districts, &options->district_count,
                             error);
    if (status == TH_OK)
        status = th_cli_list(line, "criterion", arena, &options->criteria,
                             &options->criterion_count, error);
    if (options->official && options->district_count == 0)
        options->province_only = true;
    return status == TH_OK ? settle_districts(options, error) : status;
}

static bool form_has(const struct th_consolidated_options *options,
                     const struct th_catalogue *catalogue, size_t position, struct th_slice code)
{
    const struct th_form *form = th_catalogue_form(catalogue, options->forms[position]);
    return form && th_form_criterion(form, code);
}

bool th_consolidated_criteria(const struct th_consolidated_options *options,
                              const struct th_catalogue *catalogue, size_t position,
                              struct th_slice *chosen, size_t *chosen_count)
{
    *chosen_count = 0;
    for (size_t i = 0; i < options->criterion_count; i++) {
        struct th_slice code = options->criteria[i];
        bool anywhere = false;
        for (size_t j = 0; j < options->form_count; j++)
            anywhere = anywhere || form_has(options, catalogue, j, code);
        if (form_has(options, catalogue, position, code) || (!anywhere && position == 0))
            chosen[(*chosen_count)++] = code;
    }
    /* An unknown form is asked all the same, so that the answer says so. */
    return options->criterion_count == 0 || *chosen_count > 0 ||
           !th_catalogue_form(catalogue, options->forms[position]);
}

bool th_consolidated_question(const struct th_consolidated_options *options,
                              const struct th_catalogue *catalogue, size_t position,
                              struct th_arena *arena, Tonghop__V1__ConsolidatedQuery *question)
{
    struct th_slice *criteria =
        th_arena_alloc(arena, (options->criterion_count + 1) * sizeof(*criteria));
    size_t count;
    bool asked = th_consolidated_criteria(options, catalogue, position, criteria, &count);
    tonghop__v1__consolidated_query__init(question);
    question->form = th_bytes(options->forms[position]);
    question->period = th_bytes(th_slice_of(options->period));
    question->n_district = options->district_count;
    question->district = th_asking_codes(options->districts, options->district_count, arena);
    question->province_only = options->province_only;
    question->n_criterion = count;
    question->criterion = th_asking_codes(criteria, count, arena);
    question->by_period = options->by_period;
    question->year_to_date = options->year_to_date;
    question->members = options->members;
    question->approved_only = options->approved_only;
    question->comparable = options->comparable;
    question->as_of = th_bytes(th_slice_of(options->as_of ? options->as_of : ""));
    return asked;
}
