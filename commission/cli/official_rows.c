#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commission/cli/official.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/domain/attainment.h"

#define NAME_WIDTH 34
#define NAME_LINES 24

/* A row: a criterion of a unit, or one choice of it. */
struct row {
    const char *unit; /* its code, "*" for the province */
    const struct th_criterion *criterion;
    const char *choice;
    const struct th_kept_figure *figures[TH_OFFICIAL_SPANS]; /* NULL: none */
    char change[TH_CHANGE_TEXT], percent[TH_CHANGE_TEXT], share[TH_CHANGE_TEXT];
    char target[TH_DECIMAL_TEXT];
};

static const struct th_kept_figure *find(const struct th_official *run, enum th_official_span span,
                                         const struct row *row)
{
    return run->periods[span] ? th_figure_set_find(&run->sets[span], run->periods[span], row->unit,
                                                   row->criterion, row->choice)
                              : NULL;
}

/* Of choices only the province has numbers, which have no target. */
static void find_target(const struct th_official *run, struct row *row)
{
    const struct th_catalogue *catalogue = run->asking->catalogue;
    const struct th_district *district = th_catalogue_district(catalogue, th_slice_of(row->unit));
    struct th_decimal target;
    if (row->criterion->kind == TH_KIND_CHOICE ||
        !th_criterion_target(catalogue, row->criterion, district, run->year_end, &target))
        return;
    th_decimal_format(target, row->target);
    (void)th_change_share(th_kept_side(row->figures[TH_OFFICIAL_TO_DATE]), row->target, row->share);
}

/* False when no span has a figure: it was not expected of the unit in any. */
static bool read_row(const struct th_official *run, struct row *row)
{
    bool any = false, points = th_kept_in_points(row->criterion);
    for (size_t i = 0; i < TH_OFFICIAL_SPANS; i++) {
        row->figures[i] = find(run, (enum th_official_span)i, row);
        any = any || row->figures[i];
    }
    struct th_change_side now = th_kept_side(row->figures[TH_OFFICIAL_NOW]);
    struct th_change_side before = th_kept_side(row->figures[TH_OFFICIAL_YEAR_BEFORE]);
    (void)th_change_difference(now, before, points, row->change);
    if (!points)
        (void)th_change_percent(now, before, row->percent);
    find_target(run, row);
    return any;
}

/* Calls `each` for the unit's rows, in the form's order of groups. */
typedef void (*row_function)(struct th_official *run, const struct row *row, void *context);

static size_t each_row(struct th_official *run, const char *unit, row_function each, void *context)
{
    const struct th_form *form = run->form;
    size_t count = 0;
    for (size_t g = 0; g < form->group_count; g++)
        for (size_t i = 0; i < form->criterion_count; i++) {
            const struct th_criterion *criterion = &form->criteria[i];
            bool distribution = criterion->kind == TH_KIND_CHOICE && strcmp(unit, "*") == 0;
            if (criterion->group != &form->groups[g])
                continue;
            for (size_t j = 0; j < (distribution ? criterion->choice_count : 1); j++) {
                struct row row = {.unit = unit,
                                  .criterion = criterion,
                                  .choice = distribution ? criterion->choices[j].value : ""};
                if (!read_row(run, &row))
                    continue;
                if (each)
                    each(run, &row, context);
                count++;
            }
        }
    return count;
}

/* ---------------------------------------------------------------- CSV and JSON */

enum {
    FORM,
    PERIOD,
    DISTRICT,
    GROUP,
    CRITERION,
    KIND,
    CHOICE,
    FIGURES, /* seven of each span */
    CHANGE = FIGURES + 7 * TH_OFFICIAL_SPANS,
    CHANGE_IN,
    CHANGE_PERCENT,
    TARGET,
    TARGET_PERCENT,
    COLUMNS
};

static const struct th_column columns[COLUMNS] = {
    [FORM] = {.name = "form"},
    [PERIOD] = {.name = "period"},
    [DISTRICT] = {.name = "district"},
    [GROUP] = {.name = "group"},
    [CRITERION] = {.name = "criterion"},
    [KIND] = {.name = "kind"},
    [CHOICE] = {.name = "choice"},
    [FIGURES] = {.name = "value"},
    {.name = "num"},
    {.name = "den"},
    {.name = "own_choice"},
    {.name = "reported"},
    {.name = "expected"},
    {.name = "not_applicable"},
    {.name = "cumulative_value"},
    {.name = "cumulative_num"},
    {.name = "cumulative_den"},
    {.name = "cumulative_own_choice"},
    {.name = "cumulative_reported"},
    {.name = "cumulative_expected"},
    {.name = "cumulative_not_applicable"},
    {.name = "last_year_value"},
    {.name = "last_year_num"},
    {.name = "last_year_den"},
    {.name = "last_year_own_choice"},
    {.name = "last_year_reported"},
    {.name = "last_year_expected"},
    {.name = "last_year_not_applicable"},
    [CHANGE] = {.name = "change"},
    [CHANGE_IN] = {.name = "change_in"},
    [CHANGE_PERCENT] = {.name = "change_percent"},
    [TARGET] = {.name = "target"},
    [TARGET_PERCENT] = {.name = "target_percent"},
};

static void figure_cells(struct th_official *run, const struct row *row,
                         const struct th_kept_figure *figure, const char **cells)
{
    struct th_arena *arena = run->asking->row_arena;
    const uint64_t counts[] = {figure ? figure->reported : 0, figure ? figure->expected : 0,
                               figure ? figure->not_applicable : 0};
    cells[0] = figure ? figure->value : "";
    cells[1] = figure ? figure->num : "";
    cells[2] = figure ? figure->den : "";
    cells[3] = figure && !*row->choice ? figure->choice : "";
    for (size_t i = 0; i < 3; i++)
        cells[4 + i] = figure ? th_arena_printf(arena, "%llu", (unsigned long long)counts[i]) : "";
}

static void add_machine_row(struct th_official *run, const struct row *row, void *context)
{
    struct th_table *table = context;
    th_arena_reset(run->asking->row_arena);
    const char *cells[COLUMNS] = {
        [FORM] = run->form->code,
        [PERIOD] = run->periods[TH_OFFICIAL_NOW],
        [DISTRICT] = row->unit,
        [GROUP] = row->criterion->group->code,
        [CRITERION] = row->criterion->code,
        [KIND] = th_kind_name(row->criterion->kind),
        [CHOICE] = row->choice,
        [CHANGE] = row->change,
        [CHANGE_IN] = !*row->change                       ? ""
                      : th_kept_in_points(row->criterion) ? "points"
                                                          : "units",
        [CHANGE_PERCENT] = row->percent,
        [TARGET] = row->target,
        [TARGET_PERCENT] = row->share,
    };
    for (size_t i = 0; i < TH_OFFICIAL_SPANS; i++)
        figure_cells(run, row, row->figures[i], &cells[FIGURES + 7 * i]);
    th_table_row(table, cells, NULL);
}

/* ------------------------------------------------------------------ for people */

enum {
    P_ORDINAL,
    P_NAME,
    P_UNIT,
    P_SPANS,
    P_CHANGE = P_SPANS + TH_OFFICIAL_SPANS,
    P_PERCENT,
    P_TARGET,
    P_SHARE,
    P_COLUMNS
};

/* Headings in full for sheets, which break them, and short ones for the terminal. */
static void plan_columns(struct th_official *run, struct th_column out[P_COLUMNS])
{
    static const enum th_word headings[P_COLUMNS][2] = {
        [P_ORDINAL] = {TH_WORD_ORDINAL, TH_WORD_ORDINAL},
        [P_NAME] = {TH_WORD_CRITERION, TH_WORD_CRITERION},
        [P_UNIT] = {TH_WORD_UNIT, TH_WORD_UNIT},
        [P_SPANS + TH_OFFICIAL_NOW] = {TH_WORD_THIS_PERIOD, TH_WORD_THIS_PERIOD},
        [P_SPANS + TH_OFFICIAL_TO_DATE] = {TH_WORD_CUMULATIVE, TH_WORD_CUMULATIVE_SHORT},
        [P_SPANS + TH_OFFICIAL_YEAR_BEFORE] = {TH_WORD_SAME_PERIOD, TH_WORD_SAME_PERIOD_SHORT},
        [P_CHANGE] = {TH_WORD_DIFFERENCE_POINTS, TH_WORD_DIFFERENCE},
        [P_PERCENT] = {TH_WORD_DIFFERENCE_PERCENT, TH_WORD_DIFFERENCE_PERCENT_SHORT},
        [P_TARGET] = {TH_WORD_ANNUAL_TARGET, TH_WORD_ANNUAL_TARGET_SHORT},
        [P_SHARE] = {TH_WORD_ATTAINED, TH_WORD_ATTAINED_SHORT},
    };
    size_t form = run->format == TH_FORMAT_TABLE;
    for (size_t i = 0; i < P_COLUMNS; i++)
        out[i] =
            (struct th_column){.name = "",
                               .heading = th_word(headings[i][form], run->asking->session.language),
                               .right = i >= P_SPANS,
                               .wrap = i == P_NAME};
}

/* A value; a choice; else why there is none: "n/a", the parts of a ratio over 0, or "–"
 * where nothing was reported or expected. */
static const char *people_figure(struct th_official *run, const struct row *row,
                                 const struct th_kept_figure *figure)
{
    struct th_asking *asking = run->asking;
    const char *language = asking->session.language;
    /* A row of a distribution names its choice already. */
    if (figure && !*figure->value && (!*figure->choice || *row->choice)) {
        if (*figure->num)
            return th_people_ratio(figure->num, figure->den, language, asking->row_arena);
        if (figure->not_applicable > 0)
            return th_word(TH_WORD_NOT_APPLICABLE_SHORT, language);
        return th_kept_people_value(NULL, language, asking->row_arena);
    }
    return th_kept_people_value(figure, language, asking->row_arena);
}

static const char *people_share(struct th_official *run, const char *exact)
{
    char text[2 * TH_CHANGE_TEXT];
    if (!*exact)
        return "";
    th_render_number(exact, false, 2, run->asking->session.language, text, sizeof(text));
    return th_arena_printf(run->asking->row_arena, "%s\u00a0%%", text);
}

struct listing {
    struct th_table *table;
    const struct th_group *group; /* of the row before */
    const struct th_criterion *criterion;
    size_t groups, criteria; /* numbers */
};

static const char *roman(size_t number, struct th_arena *arena)
{
    static const struct {
        size_t value;
        const char *digits;
    } marks[] = {{100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"},
                 {9, "IX"},  {5, "V"},   {4, "IV"}, {1, "I"}};
    const char *text = "";
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        for (; number >= marks[i].value; number -= marks[i].value)
            text = th_arena_printf(arena, "%s%s", text, marks[i].digits);
    return text;
}

/* On a terminal the table itself breaks names, by the room that there is. */
static size_t name_width(const struct th_official *run)
{
    return isatty(fileno(run->asking->output.file)) ? SIZE_MAX : NAME_WIDTH;
}

static void begin_group(struct th_official *run, struct listing *listing,
                        const struct th_group *group)
{
    struct th_slice lines[NAME_LINES];
    struct th_arena *arena = run->asking->row_arena;
    const char *number = roman(++listing->groups, arena);
    const char *name = th_name_in(group->name, run->asking->session.language);
    listing->group = group;
    listing->criteria = 0;
    if (run->format == TH_FORMAT_XLSX) {
        th_table_group(listing->table, P_NAME, th_arena_printf(arena, "%s. %s", number, name));
        return;
    }
    th_table_rule(listing->table);
    size_t count = th_people_wrap(name, name_width(run), lines, NAME_LINES);
    for (size_t i = 0; i < count; i++) {
        const char *cells[P_COLUMNS] = {
            [P_ORDINAL] = i == 0 ? number : "", [P_NAME] = th_arena_text(arena, lines[i])};
        th_table_row(listing->table, cells, NULL);
    }
}

/* In a file for people the name is broken over rows of its own. */
static void emit(struct th_official *run, struct listing *listing, const char **cells,
                 const char **people)
{
    struct th_slice lines[NAME_LINES];
    struct th_arena *arena = run->asking->row_arena;
    const char *name = cells[P_NAME];
    if (run->format == TH_FORMAT_XLSX) {
        th_table_row(listing->table, cells, people);
        return;
    }
    size_t count = th_people_wrap(name, name_width(run), lines, NAME_LINES);
    for (size_t i = 0; i < count; i++) {
        const char *more[P_COLUMNS] = {[P_NAME] = th_arena_text(arena, lines[i])};
        cells[P_NAME] = more[P_NAME];
        th_table_row(listing->table, i == 0 ? cells : more, i == 0 ? people : NULL);
    }
}

static void mark_fractions(const struct row *row, struct th_table *table)
{
    if (!th_kept_in_points(row->criterion))
        return;
    for (size_t i = 0; i < TH_OFFICIAL_SPANS; i++)
        th_table_cell(table, P_SPANS + i, TH_CELL_PERCENT);
    th_table_cell(table, P_TARGET, TH_CELL_PERCENT);
}

static void add_people_row(struct th_official *run, const struct row *row, void *context)
{
    struct listing *listing = context;
    const struct th_criterion *criterion = row->criterion;
    struct th_arena *arena = run->asking->row_arena;
    const char *language = run->asking->session.language;
    th_arena_reset(arena);
    if (criterion->group != listing->group)
        begin_group(run, listing, criterion->group);
    bool again = criterion == listing->criterion;
    listing->criterion = criterion;
    listing->criteria += !again;
    const char *name = th_name_in(criterion->name, language);
    if (*row->choice)
        name = th_arena_printf(arena, "%s: %s", name,
                               th_people_choice(criterion, row->choice, language));
    const char *cells[P_COLUMNS] = {
        [P_ORDINAL] = again ? "" : th_arena_printf(arena, "%zu", listing->criteria),
        [P_NAME] = name,
        [P_UNIT] = th_name_in(criterion->unit, language),
        [P_CHANGE] = row->change,
        [P_PERCENT] = row->percent,
        [P_TARGET] = row->target,
        [P_SHARE] = row->share,
    };
    const char *people[P_COLUMNS] = {
        [P_CHANGE] = th_kept_people_change(criterion, row->change, false, language, arena),
        [P_PERCENT] = *row->percent
                          ? th_kept_people_change(criterion, row->percent, true, language, arena)
                          : "",
        [P_TARGET] = *row->target ? th_people_value(criterion, row->target, language, arena) : "",
        [P_SHARE] = people_share(run, row->share),
    };
    for (size_t i = 0; i < TH_OFFICIAL_SPANS; i++) {
        const struct th_kept_figure *figure = row->figures[i];
        cells[P_SPANS + i] = figure ? figure->value : "";
        people[P_SPANS + i] = people_figure(run, row, figure);
    }
    mark_fractions(row, listing->table);
    emit(run, listing, cells, people);
}

/* "Kỳ này: Quý I/2024; lũy kế từ 01/01/2024; ..." */
static const char *spans_note(struct th_official *run)
{
    const struct th_catalogue *catalogue = run->asking->catalogue;
    const char *language = run->asking->session.language;
    struct th_arena *arena = run->asking->arena;
    int year, month, day;
    th_day_to_civil(run->year_end, &year, &month, &day);
    const char *before = run->periods[TH_OFFICIAL_YEAR_BEFORE];
    return th_arena_printf(
        arena, "%s: %s; %s 01/01/%d; %s: %s; %s %d", th_word(TH_WORD_THIS_PERIOD, language),
        th_people_period(catalogue, run->periods[TH_OFFICIAL_NOW], language, arena),
        th_word(TH_WORD_PERIODS_FROM, language), year, th_word(TH_WORD_PERIODS_BEFORE, language),
        before ? th_people_period(catalogue, before, language, arena) : "–",
        th_word(TH_WORD_TARGET_OF_YEAR, language), year);
}

/* The lines above a sheet, or below a terminal's table. */
static size_t notes(struct th_official *run, const char *lines[4])
{
    const char *language = run->asking->session.language;
    size_t count = 0;
    lines[count++] = spans_note(run);
    if (run->options->approved_only)
        lines[count++] = th_word(TH_WORD_APPROVED_ONLY, language);
    if (run->options->comparable)
        lines[count++] = th_word(TH_WORD_COMPARABLE, language);
    lines[count++] = th_asking_rests_on(run->asking);
    return count;
}

static enum th_status print_unit(struct th_official *run, const char *unit,
                                 const struct th_column *shown, struct th_error *error)
{
    struct th_asking *asking = run->asking;
    const char *lines[4], *language = asking->session.language;
    const char *title = th_arena_printf(
        asking->arena, "%s — %s", th_people_district(asking->catalogue, unit, language),
        th_people_period(asking->catalogue, run->periods[TH_OFFICIAL_NOW], language,
                         asking->arena));
    if (!run->first)
        fputc('\n', asking->output.file);
    run->first = false;
    th_asking_print_title(asking, run->form);
    struct listing listing = {
        .table = th_table_create(asking->output.file, TH_FORMAT_TABLE, title, shown, P_COLUMNS)};
    size_t count = notes(run, lines);
    for (size_t i = 0; i < count; i++)
        th_table_note(listing.table, "note", lines[i]);
    each_row(run, unit, add_people_row, &listing);
    return th_table_finish(&listing.table, error);
}

/* A sheet a unit: of several forms, the form's code stands before its name. */
static void fill_sheet(struct th_official *run, const char *unit)
{
    struct th_asking *asking = run->asking;
    struct listing listing = {.table = run->table};
    const char *lines[5], *language = asking->session.language;
    const char *name = th_people_district(asking->catalogue, unit, language);
    lines[0] = name;
    size_t count = 1 + notes(run, lines + 1);
    if (run->options->form_count > 1)
        name = th_arena_printf(asking->arena, "%s %s", run->form->code, name);
    th_table_sheet(run->table, name, th_name_in(run->form->name, language), lines, count);
    each_row(run, unit, add_people_row, &listing);
}

static void begin(struct th_official *run, const struct th_column *shown)
{
    struct th_asking *asking = run->asking;
    bool sheet = run->format == TH_FORMAT_XLSX;
    run->table = th_table_create(asking->output.file, run->format, NULL, sheet ? shown : columns,
                                 sheet ? P_COLUMNS : COLUMNS);
    if (!sheet)
        th_asking_machine_notes(asking, run->table);
}

static enum th_status give_unit(struct th_official *run, const char *unit,
                                const struct th_column *shown, struct th_error *error)
{
    if (run->format == TH_FORMAT_TABLE)
        return print_unit(run, unit, shown, error);
    if (run->format == TH_FORMAT_XLSX)
        fill_sheet(run, unit);
    else
        each_row(run, unit, add_machine_row, run->table);
    return TH_OK;
}

enum th_status th_official_give(struct th_official *run, struct th_error *error)
{
    const struct th_catalogue *catalogue = run->asking->catalogue;
    enum th_status status = TH_OK;
    /* Live as long as the table. */
    struct th_column *shown = th_arena_alloc(run->asking->arena, P_COLUMNS * sizeof(*shown));
    bool any = false;
    plan_columns(run, shown);
    if (run->format != TH_FORMAT_TABLE && !run->table)
        begin(run, shown);
    for (size_t i = 0; i <= catalogue->district_count && status == TH_OK; i++) {
        const char *unit = i < catalogue->district_count ? catalogue->districts[i].code : "*";
        if (each_row(run, unit, NULL, NULL) == 0)
            continue;
        any = true;
        status = give_unit(run, unit, shown, error);
    }
    const char *nothing = th_word(TH_WORD_NOTHING, run->asking->session.language);
    if (!any && run->format == TH_FORMAT_XLSX)
        th_table_note(run->table, "nothing", nothing);
    if (!any && run->format == TH_FORMAT_TABLE)
        fprintf(run->asking->output.file, "%s\n", nothing);
    return status;
}
