#include <string.h>

#include "commission/cli/breaks.h"
#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/figure_set.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/wire/message.h"

const char th_trend_help[] =
    "Series of figures by base period, each with its change against the base period before and "
    "against the same one of the year before. Changes of ratios that are read as percentages are "
    "in percentage points, of all other numbers plain differences; all from exact numbers. Where "
    "districts opened (+CODE), closed (-CODE) or were merged (CODE>SUCCESSOR) since the base "
    "period before, the series breaks, and the row says so; --comparable mends it for counts, "
    "amounts and ratios.\n"
    "\n"
    "Columns of the CSV: form, criterion, kind, district, choice, period, reported, expected, "
    "num, den, value, before, change, year_before, change_year, change_in (points or units), "
    "break.\n"
    "\n"
    "Examples:\n"
    "  The province, month by month:\n"
    "    tonghop trend --form joint-agency --criterion tasks-on-time --period 2023\n"
    "  Two districts, from one quarter to another, as CSV:\n"
    "    tonghop trend --form concurrent-post --criterion communes-applying \\\n"
    "        --from 2023-Q2 --to 2024-Q1 --district 193,194 --format csv\n";

const struct th_option th_trend_option_table[] = {
    {"form", 'f', "F", "a form, by its code (see 'tonghop catalogue')"},
    {"criterion", 0, "C[,C...]", "criteria, by their codes; default: all"},
    {"period", 'p', "RANGE", "2023, 2023-01..2024-03, term-2020-2025 ..."},
    {"from", 0, "P", "instead of --period: the first base period, with --to"},
    {"to", 0, "P", "the last base period"},
    {"district", 'd', "D[,D...]",
     "codes; 'all': every district, then the province; 'province' (the default): the province "
     "alone"},
    {"approved-only", 0, NULL, "leave out reports that are not approved"},
    {"as-of", 0, "T",
     "figures as they stood at T: 2024-04-05T10:00:00+07:00, or 2024-04-05 for its end"},
    {"comparable", 0, NULL,
     "credit closed districts' counts, amounts and ratios to their successors"},
    {"format", 0, "FORMAT", "table (the default), csv, json or xlsx"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

enum {
    FORM,
    CRITERION,
    KIND,
    DISTRICT,
    CHOICE,
    PERIOD,
    REPORTED,
    EXPECTED,
    NUM,
    DEN,
    VALUE,
    BEFORE,
    CHANGE,
    YEAR_BEFORE,
    CHANGE_YEAR,
    CHANGE_IN,
    BREAK,
    COLUMNS
};

static const struct th_column columns[COLUMNS] = {
    [FORM] = {.name = "form"},
    [CRITERION] = {.name = "criterion"},
    [KIND] = {.name = "kind"},
    [DISTRICT] = {.name = "district"},
    [CHOICE] = {.name = "choice"},
    [PERIOD] = {.name = "period"},
    [REPORTED] = {.name = "reported"},
    [EXPECTED] = {.name = "expected"},
    [NUM] = {.name = "num"},
    [DEN] = {.name = "den"},
    [VALUE] = {.name = "value"},
    [BEFORE] = {.name = "before"},
    [CHANGE] = {.name = "change"},
    [YEAR_BEFORE] = {.name = "year_before"},
    [CHANGE_YEAR] = {.name = "change_year"},
    [CHANGE_IN] = {.name = "change_in"},
    [BREAK] = {.name = "break"},
};

struct trend {
    struct th_asking asking;
    struct th_consolidated_options options;
    struct th_figure_set set;
    int32_t first, last; /* base periods shown */
};

/* One series: a criterion (of choices: one choice of the province) of one unit. */
struct series {
    const struct th_criterion *criterion;
    const struct th_district *district; /* NULL: the province */
    const char *code, *choice;
};

struct point {
    const struct th_kept_figure *now, *before, *year_before;
    char change[TH_CHANGE_TEXT], change_year[TH_CHANGE_TEXT];
    const char *breaks;
};

/* The same base period of the year before; false on 29 February. */
static bool a_year_before(enum th_frequency frequency, int32_t ordinal, int32_t *before)
{
    static const int32_t a_year[] = {
        [TH_MONTHLY] = 12, [TH_QUARTERLY] = 4, [TH_HALF_YEARLY] = 2, [TH_YEARLY] = 1};
    if (frequency != TH_DAILY) {
        *before = ordinal - a_year[frequency];
        return true;
    }
    int year, month, day;
    th_day_to_civil(ordinal, &year, &month, &day);
    *before = th_day_from_civil(year - 1, month, day);
    return month != 2 || day != 29;
}

static const struct th_kept_figure *find(const struct trend *run, const struct series *series,
                                         int32_t ordinal)
{
    char period[TH_PERIOD_TEXT];
    th_base_period_format(run->asking.form->frequency, ordinal, period);
    return th_figure_set_find(&run->set, period, series->code, series->criterion, series->choice);
}

static const char *breaks_of(struct trend *run, const struct series *series, int32_t ordinal)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    enum th_frequency frequency = run->asking.form->frequency;
    enum th_kind kind = series->criterion->kind;
    int32_t ignored;
    struct th_break_request request = {
        .catalogue = run->asking.catalogue,
        .district = series->district,
        .today = th_clock_day_of_us(th_asking_instant(&run->asking)),
        .credited = run->options.comparable &&
                    (kind == TH_KIND_COUNT || kind == TH_KIND_AMOUNT || kind == TH_KIND_RATIO),
    };
    th_base_period_days(frequency, ordinal - 1, &ignored, &request.day_before);
    th_base_period_days(frequency, ordinal, &ignored, &request.day);
    th_breaks_write(&request, &text);
    return th_arena_text(run->asking.arena, th_buffer_slice(&text));
}

static bool read_point(struct trend *run, const struct series *series, int32_t ordinal,
                       struct point *point)
{
    int32_t year_before;
    *point = (struct point){.now = find(run, series, ordinal)};
    if (!point->now)
        return false;
    bool points = th_kept_in_points(series->criterion);
    point->before = find(run, series, ordinal - 1);
    if (a_year_before(run->asking.form->frequency, ordinal, &year_before))
        point->year_before = find(run, series, year_before);
    (void)th_change_difference(th_kept_side(point->now), th_kept_side(point->before), points,
                               point->change);
    (void)th_change_difference(th_kept_side(point->now), th_kept_side(point->year_before), points,
                               point->change_year);
    point->breaks = breaks_of(run, series, ordinal);
    return true;
}

static void add_machine_row(struct trend *run, const struct point *point)
{
    const struct th_kept_figure *now = point->now;
    struct th_arena *arena = run->asking.row_arena;
    th_arena_reset(arena);
    bool any = *point->change || *point->change_year;
    const char *cells[COLUMNS] = {
        [FORM] = run->asking.form->code,
        [CRITERION] = now->criterion->code,
        [KIND] = th_kind_name(now->criterion->kind),
        [DISTRICT] = now->district,
        [CHOICE] = now->choice,
        [PERIOD] = now->period,
        [REPORTED] = th_arena_printf(arena, "%llu", (unsigned long long)now->reported),
        [EXPECTED] = th_arena_printf(arena, "%llu", (unsigned long long)now->expected),
        [NUM] = now->num,
        [DEN] = now->den,
        [VALUE] = now->value,
        [BEFORE] = point->before ? point->before->value : "",
        [CHANGE] = point->change,
        [YEAR_BEFORE] = point->year_before ? point->year_before->value : "",
        [CHANGE_YEAR] = point->change_year,
        [CHANGE_IN] = !any                                ? ""
                      : th_kept_in_points(now->criterion) ? "points"
                                                          : "units",
        [BREAK] = point->breaks,
    };
    th_table_row(run->asking.machine, cells, NULL);
}

/* ------------------------------------------------------------------ for people */

enum { P_PERIOD, P_VALUE, P_CHANGE, P_YEAR_BEFORE, P_CHANGE_YEAR, P_REPORTED, P_BREAK, P_COLUMNS };

static void add_people_row(struct trend *run, struct th_table *table, const struct point *point)
{
    struct th_asking *asking = &run->asking;
    const char *language = asking->session.language;
    const struct th_kept_figure *now = point->now;
    const char *cells[P_COLUMNS] = {
        [P_PERIOD] = th_people_period(asking->catalogue, now->period, language, asking->arena),
        [P_VALUE] = th_kept_people_value(now, language, asking->arena),
        [P_CHANGE] =
            th_kept_people_change(now->criterion, point->change, false, language, asking->arena),
        [P_YEAR_BEFORE] = th_kept_people_value(point->year_before, language, asking->arena),
        [P_CHANGE_YEAR] = th_kept_people_change(now->criterion, point->change_year, false, language,
                                                asking->arena),
        [P_REPORTED] =
            th_arena_printf(asking->arena, "%llu/%llu", (unsigned long long)now->reported,
                            (unsigned long long)now->expected),
        [P_BREAK] = point->breaks,
    };
    th_table_row(table, cells, NULL);
}

static struct th_table *begin_table(struct trend *run, const struct series *series,
                                    struct th_column shown[P_COLUMNS])
{
    static const enum th_word headings[P_COLUMNS] = {
        [P_PERIOD] = TH_WORD_PERIOD,
        [P_VALUE] = TH_WORD_VALUE,
        [P_CHANGE] = TH_WORD_CHANGE_BEFORE,
        [P_YEAR_BEFORE] = TH_WORD_YEAR_BEFORE,
        [P_CHANGE_YEAR] = TH_WORD_CHANGE_YEAR,
        [P_REPORTED] = TH_WORD_REPORTED,
        [P_BREAK] = TH_WORD_BREAK,
    };
    struct th_asking *asking = &run->asking;
    const char *language = asking->session.language;
    bool any_break = false;
    for (int32_t at = run->first; at <= run->last && !any_break; at++)
        any_break = find(run, series, at) && *breaks_of(run, series, at);
    for (size_t i = 0; i < P_COLUMNS; i++)
        shown[i] = (struct th_column){.name = "",
                                      .heading = th_word(headings[i], language),
                                      .right = i != P_PERIOD && i != P_BREAK};
    const char *unit = th_people_district(asking->catalogue, series->code, language);
    if (*series->choice && !series->district)
        unit = th_arena_printf(asking->arena, "%s: %s",
                               th_people_choice(series->criterion, series->choice, language), unit);
    th_kept_print_heading(asking, th_people_criterion(series->criterion, language, asking->arena),
                          unit);
    return th_table_create(asking->output.file, TH_FORMAT_TABLE, NULL, shown,
                           any_break ? P_COLUMNS : P_COLUMNS - 1);
}

static void add_notes(struct trend *run, struct th_table *table)
{
    const char *language = run->asking.session.language;
    if (run->options.approved_only)
        th_table_note(table, "approved_only", th_word(TH_WORD_APPROVED_ONLY, language));
    if (run->options.comparable)
        th_table_note(table, "comparable", th_word(TH_WORD_COMPARABLE, language));
    th_asking_note(&run->asking, table);
}

/* ------------------------------------------------------------------------------ */

static bool has_points(const struct trend *run, const struct series *series)
{
    for (int32_t at = run->first; at <= run->last; at++)
        if (find(run, series, at))
            return true;
    return false;
}

static enum th_status give_series(struct trend *run, const struct series *series, bool last,
                                  struct th_error *error)
{
    struct th_column shown[P_COLUMNS];
    struct th_table *table = NULL;
    struct point point;
    if (!run->asking.machine) {
        table = begin_table(run, series, shown);
        if (last)
            add_notes(run, table);
    }
    for (int32_t at = run->first; at <= run->last; at++) {
        if (!read_point(run, series, at, &point))
            continue;
        if (table)
            add_people_row(run, table, &point);
        else
            add_machine_row(run, &point);
    }
    return table ? th_table_finish(&table, error) : TH_OK;
}

/* Each series that has a point is one item; the last but one is given when the next is
 * found, so that the notes stand below the last. */
static enum th_status give_all(struct trend *run, struct th_error *error)
{
    const struct th_catalogue *catalogue = run->asking.catalogue;
    const struct th_form *form = run->asking.form;
    struct series waiting = {0};
    enum th_status status = TH_OK;
    for (size_t i = 0; i < form->criterion_count; i++)
        for (size_t j = 0; j <= catalogue->district_count; j++) {
            const struct th_criterion *criterion = &form->criteria[i];
            bool province = j == catalogue->district_count;
            bool by_choice = criterion->kind == TH_KIND_CHOICE;
            for (size_t k = 0; k < (by_choice && province ? criterion->choice_count : 1); k++) {
                struct series series = {
                    .criterion = criterion,
                    .district = province ? NULL : &catalogue->districts[j],
                    .code = province ? "*" : catalogue->districts[j].code,
                    .choice = by_choice ? criterion->choices[k].value : "",
                };
                if (!has_points(run, &series))
                    continue;
                if (waiting.criterion && status == TH_OK)
                    status = give_series(run, &waiting, false, error);
                waiting = series;
            }
        }
    if (waiting.criterion && status == TH_OK)
        status = give_series(run, &waiting, true, error);
    else if (!waiting.criterion && !run->asking.machine)
        fprintf(run->asking.output.file, "%s\n",
                th_word(TH_WORD_NOTHING, run->asking.session.language));
    return status;
}

/* The base periods shown, and the text of a range that reaches a year further back.
 * False: what was given cannot be understood, and is asked as it is, so that the
 * answer says why. */
static bool settle_range(struct trend *run, const struct th_form *form, char *range, size_t size)
{
    const struct th_catalogue *catalogue = run->asking.catalogue;
    struct th_period period;
    char first[TH_PERIOD_TEXT], last[TH_PERIOD_TEXT];
    if (!form ||
        th_period_parse(th_slice_of(run->options.period), catalogue->periods,
                        catalogue->period_count, &period, NULL) != TH_OK ||
        !th_period_base_range(&period, form->frequency, &run->first, &run->last))
        return false;
    int32_t earliest = th_base_period_of_day(form->frequency, th_day_from_civil(1900, 1, 1));
    int32_t from = run->first - (int32_t[]){366, 12, 4, 2, 1}[form->frequency];
    th_base_period_format(form->frequency, from < earliest ? earliest : from, first);
    th_base_period_format(form->frequency, run->last, last);
    snprintf(range, size, "%s..%s", first, last);
    return true;
}

static enum th_status answer(struct trend *run, struct th_error *error)
{
    struct th_asking *asking = &run->asking;
    struct th_consolidated_options *options = &run->options;
    char range[2 * TH_PERIOD_TEXT + 3];
    Tonghop__V1__ConsolidatedQuery question;
    const struct th_form *form = th_catalogue_form(asking->catalogue, options->forms[0]);
    asking->period_title = th_people_period_asked(asking->catalogue, options->period, false,
                                                  asking->session.language, asking->arena);
    bool understood = settle_range(run, form, range, sizeof(range));
    (void)th_consolidated_question(options, asking->catalogue, 0, asking->arena, &question);
    question.period = th_bytes(th_slice_of(understood ? range : options->period));
    question.by_period = true;
    enum th_status status = th_figure_sets_ask(asking, &run->set, &question, error);
    if (status == TH_OK && !understood)
        return th_error_set(error, TH_RETRY,
                            "the province's catalogue has just changed; ask again");
    if (status != TH_OK)
        return status;
    th_figure_set_index(&run->set);
    if (!asking->machine)
        th_asking_print_title(asking, asking->form);
    return give_all(run, error);
}

static enum th_status read_options(struct trend *run, const struct th_command_line *line,
                                   struct th_error *error)
{
    const char *from = th_command_option(line, "from"), *to = th_command_option(line, "to");
    const char *period = th_command_option(line, "period");
    if ((from != NULL) != (to != NULL) || (from != NULL) == (period != NULL))
        return th_error_set(error, TH_USAGE,
                            "give --period RANGE, or both --from P and --to P: trend --form FORM "
                            "--from 2023-01 --to 2024-03");
    enum th_status status =
        th_consolidated_options_read(line, run->asking.arena, &run->options, error);
    if (status != TH_OK)
        return status;
    if (from)
        run->options.period = th_arena_printf(run->asking.arena, "%s..%s", from, to);
    if (run->options.form_count != 1)
        return th_error_set(error, TH_USAGE, "trend takes one form at a time");
    if (!th_command_option(line, "district"))
        run->options.province_only = true;
    return TH_OK;
}

enum th_status th_trend_run(void *context, const struct th_command_line *line,
                            struct th_error *error)
{
    struct trend run = {.asking = {.columns = columns, .column_count = COLUMNS}};
    th_asking_init(&run.asking);
    enum th_status status = read_options(&run, line, error);
    run.asking.format = run.options.format;
    run.asking.as_of = run.options.as_of;
    run.asking.approved_only = run.options.approved_only;
    run.asking.comparable = run.options.comparable;
    if (status == TH_OK)
        status = th_asking_open(&run.asking, context, run.options.output, error);
    if (status == TH_OK)
        status = answer(&run, error);
    th_figure_set_free(&run.set);
    return th_asking_close(&run.asking, status, error);
}
