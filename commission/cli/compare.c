#include <string.h>

#include "commission/cli/commands.h"
#include "commission/cli/compare.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/wire/message.h"

const char th_compare_help[] =
    "Districts side by side for one period; or, with --with, two periods and the change between "
    "them. Changes of ratios that are read as percentages are in percentage points; of all other "
    "numbers they are plain differences, with the share of the earlier value beside. All from "
    "exact numbers.\n"
    "\n"
    "Columns of the CSV, side by side: form, period, criterion, kind, choice, then one for each "
    "district by its code, and '*' for the province. A criterion of choices has a row a choice: "
    "1 for the district's own, 0 for another, and for the province how many districts have it.\n"
    "With two periods: form, criterion, kind, district, choice, period, num, den, value, "
    "with_period, with_choice, with_num, with_den, with_value, change, change_in (points or "
    "units), change_percent. The change is from with_period to period.\n"
    "\n"
    "Examples:\n"
    "  Two districts, the quarter:\n"
    "    tonghop compare --form joint-agency --period 2024-Q1 --district 193,194\n"
    "  The quarter with the same one of the year before:\n"
    "    tonghop compare --form joint-agency --period 2024-Q1 --with 2023-Q1 \\\n"
    "        --criterion tasks-on-time\n";

const struct th_option th_compare_option_table[] = {
    {"form", 'f', "F", "a form, by its code (see 'tonghop catalogue')"},
    {"period", 'p', "P",
     "2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024, 2024-01..2024-09, or a named one"},
    {"with", 0, "P2", "another period: its figures, and the change from it"},
    {"district", 'd', "D[,D...]",
     "codes; 'all' (the default): every district, then the province; "
     "'province': the province alone"},
    {"criterion", 0, "C[,C...]", "criteria, by their codes; default: all"},
    {"ytd", 0, NULL, "from 1 January to the end of each period"},
    {"approved-only", 0, NULL, "leave out reports that are not approved"},
    {"as-of", 0, "T",
     "figures as they stood at T: 2024-04-05T10:00:00+07:00, or 2024-04-05 for its end"},
    {"comparable", 0, NULL,
     "credit closed districts' counts, amounts and ratios to their successors"},
    {"format", 0, "FORMAT", "table (the default), csv, json or xlsx"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

void th_compare_note(struct th_compare *run, struct th_table *table, bool any)
{
    const char *language = run->asking.session.language;
    if (!any)
        th_table_note(table, "nothing", th_word(TH_WORD_NOTHING, language));
    if (run->options.approved_only)
        th_table_note(table, "approved_only", th_word(TH_WORD_APPROVED_ONLY, language));
    if (run->options.comparable)
        th_table_note(table, "comparable", th_word(TH_WORD_COMPARABLE, language));
    th_asking_note(&run->asking, table);
}

/* ----------------------------------------------------------------- two periods */

enum {
    FORM,
    CRITERION,
    KIND,
    DISTRICT,
    CHOICE,
    PERIOD,
    NUM,
    DEN,
    VALUE,
    WITH_PERIOD,
    WITH_CHOICE,
    WITH_NUM,
    WITH_DEN,
    WITH_VALUE,
    CHANGE,
    CHANGE_IN,
    CHANGE_PERCENT,
    COLUMNS
};

static const struct th_column columns[COLUMNS] = {
    [FORM] = {.name = "form"},
    [CRITERION] = {.name = "criterion"},
    [KIND] = {.name = "kind"},
    [DISTRICT] = {.name = "district"},
    [CHOICE] = {.name = "choice"},
    [PERIOD] = {.name = "period"},
    [NUM] = {.name = "num"},
    [DEN] = {.name = "den"},
    [VALUE] = {.name = "value"},
    [WITH_PERIOD] = {.name = "with_period"},
    [WITH_CHOICE] = {.name = "with_choice"},
    [WITH_NUM] = {.name = "with_num"},
    [WITH_DEN] = {.name = "with_den"},
    [WITH_VALUE] = {.name = "with_value"},
    [CHANGE] = {.name = "change"},
    [CHANGE_IN] = {.name = "change_in"},
    [CHANGE_PERCENT] = {.name = "change_percent"},
};

/* One district and criterion at both periods; either may be missing. */
struct pair {
    const struct th_kept_figure *now, *then;
    char change[TH_CHANGE_TEXT], percent[TH_CHANGE_TEXT];
};

static struct pair pair_of(const struct th_kept_figure *now, const struct th_kept_figure *then)
{
    struct pair pair = {.now = now, .then = then};
    const struct th_criterion *criterion = (now ? now : then)->criterion;
    bool points = th_kept_in_points(criterion);
    (void)th_change_difference(th_kept_side(now), th_kept_side(then), points, pair.change);
    if (!points)
        (void)th_change_percent(th_kept_side(now), th_kept_side(then), pair.percent);
    return pair;
}

static void add_machine_pair(struct th_compare *run, const struct pair *pair)
{
    static const struct th_kept_figure none = {
        .choice = "", .num = "", .den = "", .value = "", .period = ""};
    const struct th_kept_figure *any = pair->now ? pair->now : pair->then;
    if (!any)
        return;
    const struct th_kept_figure *now = pair->now ? pair->now : &none;
    const struct th_kept_figure *then = pair->then ? pair->then : &none;
    const char *cells[COLUMNS] = {
        [FORM] = run->asking.form->code,
        [CRITERION] = any->criterion->code,
        [KIND] = th_kind_name(any->criterion->kind),
        [DISTRICT] = any->district,
        [CHOICE] = now->choice,
        [PERIOD] = run->sets[TH_COMPARE_NOW].period,
        [NUM] = now->num,
        [DEN] = now->den,
        [VALUE] = now->value,
        [WITH_PERIOD] = run->sets[TH_COMPARE_THEN].period,
        [WITH_CHOICE] = then->choice,
        [WITH_NUM] = then->num,
        [WITH_DEN] = then->den,
        [WITH_VALUE] = then->value,
        [CHANGE] = pair->change,
        [CHANGE_IN] = !*pair->change                      ? ""
                      : th_kept_in_points(any->criterion) ? "points"
                                                          : "units",
        [CHANGE_PERCENT] = pair->percent,
    };
    th_table_row(run->asking.machine, cells, NULL);
}

static void add_people_pair(struct th_compare *run, struct th_table *table, const struct pair *pair)
{
    struct th_asking *asking = &run->asking;
    const char *language = asking->session.language;
    const struct th_kept_figure *any = pair->now ? pair->now : pair->then;
    const char *district = th_people_district(asking->catalogue, any->district, language);
    if (*any->choice && *any->value)
        district = th_arena_printf(asking->arena, "%s: %s", district,
                                   th_people_choice(any->criterion, any->choice, language));
    const char *cells[] = {
        district,
        th_kept_people_value(pair->now, language, asking->arena),
        th_kept_people_value(pair->then, language, asking->arena),
        th_kept_people_change(any->criterion, pair->change, false, language, asking->arena),
        *pair->percent
            ? th_kept_people_change(any->criterion, pair->percent, true, language, asking->arena)
            : "",
    };
    th_table_row(table, cells, NULL);
}

/* The rows of one criterion: districts of either period in the catalogue's order. */
static void give_pairs(struct th_compare *run, const struct th_criterion *criterion,
                       struct th_table *table)
{
    const struct th_catalogue *catalogue = run->asking.catalogue;
    size_t choices = criterion->kind == TH_KIND_CHOICE ? criterion->choice_count : 1;
    for (size_t i = 0; i <= catalogue->district_count; i++) {
        bool province = i == catalogue->district_count;
        const char *district = province ? "*" : catalogue->districts[i].code;
        for (size_t j = 0; j < (province ? choices : 1); j++) {
            const char *choice =
                criterion->kind == TH_KIND_CHOICE ? criterion->choices[j].value : "";
            const struct th_kept_figure *now =
                th_figure_set_find(&run->sets[TH_COMPARE_NOW], run->sets[TH_COMPARE_NOW].period,
                                   district, criterion, choice);
            const struct th_kept_figure *then =
                th_figure_set_find(&run->sets[TH_COMPARE_THEN], run->sets[TH_COMPARE_THEN].period,
                                   district, criterion, choice);
            if (!now && !then)
                continue;
            struct pair pair = pair_of(now, then);
            if (table)
                add_people_pair(run, table, &pair);
            else
                add_machine_pair(run, &pair);
        }
    }
}

static bool has_criterion(const struct th_figure_set *set, const struct th_criterion *criterion)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->figures[i].criterion == criterion)
            return true;
    return false;
}

static enum th_status print_pairs(struct th_compare *run, const struct th_criterion *criterion,
                                  bool last, struct th_error *error)
{
    struct th_asking *asking = &run->asking;
    const char *language = asking->session.language;
    const struct th_catalogue *catalogue = asking->catalogue;
    const struct th_column shown[] = {
        {.name = "", .heading = th_word(TH_WORD_DISTRICT, language)},
        {.name = "",
         .heading =
             th_people_period(catalogue, run->sets[TH_COMPARE_NOW].period, language, asking->arena),
         .right = true},
        {.name = "",
         .heading = th_people_period(catalogue, run->sets[TH_COMPARE_THEN].period, language,
                                     asking->arena),
         .right = true},
        {.name = "", .heading = th_word(TH_WORD_CHANGE, language), .right = true},
        {.name = "", .heading = th_word(TH_WORD_PERCENT_CHANGE, language), .right = true},
    };
    th_kept_print_heading(asking, th_people_criterion(criterion, language, asking->arena), "");
    /* Points have no share beside them. */
    struct th_table *table =
        th_table_create(asking->output.file, TH_FORMAT_TABLE, NULL, shown,
                        sizeof(shown) / sizeof(shown[0]) - (th_kept_in_points(criterion) ? 1 : 0));
    if (last)
        th_compare_note(run, table, true);
    give_pairs(run, criterion, table);
    return th_table_finish(&table, error);
}

static enum th_status give_two_periods(struct th_compare *run, struct th_error *error)
{
    const struct th_form *form = run->asking.form;
    const struct th_criterion *last = NULL;
    enum th_status status = TH_OK;
    th_figure_set_index(&run->sets[TH_COMPARE_NOW]);
    th_figure_set_index(&run->sets[TH_COMPARE_THEN]);
    if (run->asking.machine) {
        for (size_t i = 0; i < form->criterion_count; i++)
            give_pairs(run, &form->criteria[i], NULL);
        return TH_OK;
    }
    for (size_t i = 0; i < form->criterion_count; i++)
        if (has_criterion(&run->sets[TH_COMPARE_NOW], &form->criteria[i]) ||
            has_criterion(&run->sets[TH_COMPARE_THEN], &form->criteria[i]))
            last = &form->criteria[i];
    th_asking_print_title(&run->asking, form);
    if (!last)
        fprintf(run->asking.output.file, "%s\n",
                th_word(TH_WORD_NOTHING, run->asking.session.language));
    for (size_t i = 0; last && i < form->criterion_count && status == TH_OK; i++)
        if (has_criterion(&run->sets[TH_COMPARE_NOW], &form->criteria[i]) ||
            has_criterion(&run->sets[TH_COMPARE_THEN], &form->criteria[i]))
            status = print_pairs(run, &form->criteria[i], &form->criteria[i] == last, error);
    return status;
}

/* ------------------------------------------------------------------------------ */

/* "Tháng 3/2024 so với Tháng 3/2023". */
static const char *title_of(struct th_compare *run, const char *with)
{
    const char *language = run->asking.session.language;
    const struct th_catalogue *catalogue = run->asking.catalogue;
    bool to_date = run->options.year_to_date;
    struct th_arena *arena = run->asking.arena;
    return th_arena_printf(
        arena, "%s %s %s",
        th_people_period_asked(catalogue, run->options.period, to_date, language, arena),
        th_word(TH_WORD_COMPARED, language),
        th_people_period_asked(catalogue, with, to_date, language, arena));
}

static enum th_status answer(struct th_compare *run, const char *with, struct th_error *error)
{
    struct th_asking *asking = &run->asking;
    Tonghop__V1__ConsolidatedQuery question;
    Tonghop__V1__PeriodSpan then = TONGHOP__V1__PERIOD_SPAN__INIT, *also[] = {&then};
    (void)th_consolidated_question(&run->options, asking->catalogue, 0, asking->arena, &question);
    if (with) {
        then.period = th_bytes(th_slice_of(with));
        then.year_to_date = run->options.year_to_date;
        question.n_also = 1;
        question.also = also;
        asking->period_title = title_of(run, with);
    } else {
        /* Its columns are the districts of the answer: begun when they are known. */
        asking->format = TH_FORMAT_TABLE;
    }
    enum th_status status = th_figure_sets_ask(asking, run->sets, &question, error);
    asking->format = run->options.format;
    if (status != TH_OK)
        return status;
    return with ? give_two_periods(run, error) : th_compare_side_by_side(run, error);
}

enum th_status th_compare_run(void *context, const struct th_command_line *line,
                              struct th_error *error)
{
    struct th_compare run = {.asking = {.columns = columns, .column_count = COLUMNS}};
    const char *with = th_command_option(line, "with");
    th_asking_init(&run.asking);
    enum th_status status =
        th_consolidated_options_read(line, run.asking.arena, &run.options, error);
    run.asking.format = run.options.format;
    run.asking.as_of = run.options.as_of;
    run.asking.approved_only = run.options.approved_only;
    run.asking.comparable = run.options.comparable;
    if (status == TH_OK && run.options.form_count != 1)
        status = th_error_set(error, TH_USAGE, "compare takes one form at a time");
    if (status == TH_OK)
        status = th_asking_open(&run.asking, context, run.options.output, error);
    if (status == TH_OK)
        status = answer(&run, with, error);
    th_figure_set_free(&run.sets[TH_COMPARE_NOW]);
    th_figure_set_free(&run.sets[TH_COMPARE_THEN]);
    return th_asking_close(&run.asking, status, error);
}
