/* Districts side by side: a column a district, in as many tables below each other as
 * the width takes. */
#include <string.h>

#include "commission/cli/compare.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/text.h"

#define NAME_WIDTH 34
#define NAME_LINES 24
#define GAP        2

/* One row: a criterion, or one choice of it. */
struct line {
    const struct th_criterion *criterion;
    const char *choice;
    const char **exact, **people; /* by column; NULL: no figure */
};

struct matrix {
    struct th_compare *run;
    const char **districts; /* codes of the answer, the province last */
    size_t district_count;
    struct line *lines;
    size_t line_count;
};

static void find_districts(struct matrix *matrix)
{
    const struct th_figure_set *set = &matrix->run->sets[TH_COMPARE_NOW];
    const struct th_catalogue *catalogue = matrix->run->asking.catalogue;
    matrix->districts =
        th_arena_alloc(matrix->run->asking.arena, (catalogue->district_count + 1) * sizeof(char *));
    for (size_t i = 0; i <= catalogue->district_count; i++) {
        const char *code = i < catalogue->district_count ? catalogue->districts[i].code : "*";
        for (size_t j = 0; j < set->count; j++)
            if (strcmp(set->figures[j].district, code) == 0) {
                matrix->districts[matrix->district_count++] = code;
                break;
            }
    }
}

/* A district's own choice as 1 among the others' 0; empty where it chose nothing. */
static void fill_cell(const struct matrix *matrix, struct line *line, size_t column,
                      const char *period)
{
    struct th_asking *asking = &matrix->run->asking;
    const char *language = asking->session.language;
    const struct th_kept_figure *figure =
        th_figure_set_find(&matrix->run->sets[TH_COMPARE_NOW], period, matrix->districts[column],
                           line->criterion, line->choice);
    line->exact[column] = "";
    line->people[column] = "";
    if (!figure)
        return;
    if (*line->choice && strcmp(matrix->districts[column], "*") != 0) {
        bool own = strcmp(figure->choice, line->choice) == 0;
        line->exact[column] = !*figure->choice ? "" : own ? "1" : "0";
        line->people[column] = !*figure->choice ? "–" : own ? "x" : "";
        return;
    }
    line->exact[column] = figure->value;
    line->people[column] = th_kept_people_value(figure, language, asking->arena);
}

static void add_line(struct matrix *matrix, const struct th_criterion *criterion,
                     const char *choice, const char *period)
{
    struct th_arena *arena = matrix->run->asking.arena;
    struct line *line = &matrix->lines[matrix->line_count++];
    *line = (struct line){.criterion = criterion, .choice = choice};
    line->exact = th_arena_alloc(arena, (matrix->district_count + 1) * sizeof(char *));
    line->people = th_arena_alloc(arena, (matrix->district_count + 1) * sizeof(char *));
    for (size_t i = 0; i < matrix->district_count; i++)
        fill_cell(matrix, line, i, period);
}

static void fill(struct matrix *matrix)
{
    struct th_compare *run = matrix->run;
    const struct th_form *form = run->asking.form;
    const char *period = run->asking.period;
    size_t most = 0;
    for (size_t i = 0; i < form->criterion_count; i++)
        most += form->criteria[i].choice_count + 1;
    matrix->lines = th_arena_alloc(run->asking.arena, (most + 1) * sizeof(*matrix->lines));
    for (size_t i = 0; i < form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->criteria[i];
        bool any = false;
        for (size_t j = 0; j < run->sets[TH_COMPARE_NOW].count && !any; j++)
            any = run->sets[TH_COMPARE_NOW].figures[j].criterion == criterion;
        if (!any)
            continue;
        if (criterion->kind != TH_KIND_CHOICE)
            add_line(matrix, criterion, "", period);
        else
            for (size_t j = 0; j < criterion->choice_count; j++)
                add_line(matrix, criterion, criterion->choices[j].value, period);
    }
}

/* --------------------------------------------------------------- CSV and JSON */

enum { FORM, PERIOD, CRITERION, KIND, CHOICE, FIXED };

static enum th_status give_machine(struct matrix *matrix, struct th_error *error)
{
    static const char *const fixed[FIXED] = {"form", "period", "criterion", "kind", "choice"};
    struct th_asking *asking = &matrix->run->asking;
    size_t count = FIXED + matrix->district_count;
    struct th_column *columns = th_arena_alloc(asking->arena, count * sizeof(*columns));
    const char **cells = th_arena_alloc(asking->arena, count * sizeof(*cells));
    for (size_t i = 0; i < count; i++) {
        columns[i].name = i < FIXED ? fixed[i] : matrix->districts[i - FIXED];
        if (i >= FIXED && asking->format == TH_FORMAT_XLSX)
            columns[i].heading =
                th_people_district(asking->catalogue, columns[i].name, asking->session.language);
    }
    struct th_table *table =
        th_table_create(asking->output.file, asking->format, NULL, columns, count);
    struct th_sheet *sheet = th_sheet_create(columns, count, asking->session.language);
    th_asking_machine_notes(asking, table);
    th_asking_sheet(asking, table, sheet);
    for (size_t i = 0; i < matrix->line_count; i++) {
        const struct line *line = &matrix->lines[i];
        cells[FORM] = asking->form->code;
        cells[PERIOD] = asking->period;
        cells[CRITERION] = line->criterion->code;
        cells[KIND] = th_kind_name(line->criterion->kind);
        cells[CHOICE] = line->choice;
        memcpy(cells + FIXED, line->exact, matrix->district_count * sizeof(*cells));
        th_table_row(table, cells, NULL);
    }
    enum th_status status = th_table_finish(&table, error);
    th_sheet_destroy(&sheet);
    return status;
}

/* ------------------------------------------------------------------ for people */

static size_t width_of(const struct matrix *matrix, size_t column, const char *heading)
{
    size_t widest = th_text_length(th_slice_of(heading));
    for (size_t i = 0; i < matrix->line_count; i++) {
        size_t width = th_text_length(th_slice_of(matrix->lines[i].people[column]));
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* One table of the districts first .. first + count - 1. */
static enum th_status print_bank(struct matrix *matrix, size_t first, size_t count,
                                 struct th_column *columns, struct th_error *error)
{
    struct th_compare *run = matrix->run;
    struct th_asking *asking = &run->asking;
    const char *language = asking->session.language;
    const char **cells = th_arena_alloc(asking->arena, (count + 1) * sizeof(*cells));
    struct th_table *table =
        th_table_create(asking->output.file, TH_FORMAT_TABLE, NULL, columns, count + 1);
    if (first + count == matrix->district_count)
        th_compare_note(run, table, matrix->line_count > 0);
    for (size_t i = 0; i < matrix->line_count; i++) {
        const struct line *line = &matrix->lines[i];
        struct th_slice lines[NAME_LINES];
        const char *name = th_people_criterion(line->criterion, language, asking->arena);
        if (*line->choice)
            name = th_arena_printf(asking->arena, "%s: %s", name,
                                   th_people_choice(line->criterion, line->choice, language));
        size_t name_lines = th_people_wrap(name, NAME_WIDTH, lines, NAME_LINES);
        for (size_t j = 0; j < name_lines; j++) {
            cells[0] = th_arena_printf(asking->arena, "%s%.*s", j == 0 ? "" : "  ",
                                       (int)lines[j].size, lines[j].bytes);
            for (size_t k = 0; k < count; k++)
                cells[1 + k] = j == 0 ? line->people[first + k] : "";
            th_table_row(table, cells, NULL);
        }
    }
    return th_table_finish(&table, error);
}

static enum th_status print_banks(struct matrix *matrix, struct th_error *error)
{
    struct th_asking *asking = &matrix->run->asking;
    const char *language = asking->session.language;
    FILE *out = asking->output.file;
    size_t width = th_people_width(fileno(out));
    struct th_column *columns =
        th_arena_alloc(asking->arena, (matrix->district_count + 1) * sizeof(*columns));
    enum th_status status = TH_OK;
    th_asking_print_title(asking, asking->form);
    fprintf(out, "%s\n",
            th_people_period(asking->catalogue, asking->period, language, asking->arena));
    if (matrix->district_count == 0) {
        columns[0] = (struct th_column){.name = "", .heading = ""};
        return print_bank(matrix, 0, 0, columns, error);
    }
    for (size_t first = 0; first < matrix->district_count && status == TH_OK;) {
        size_t taken = NAME_WIDTH + GAP, count = 0;
        columns[0] =
            (struct th_column){.name = "", .heading = th_word(TH_WORD_CRITERION, language)};
        while (first + count < matrix->district_count) {
            const char *heading =
                th_people_district(asking->catalogue, matrix->districts[first + count], language);
            taken += width_of(matrix, first + count, heading) + GAP;
            if (count > 0 && taken > width)
                break;
            columns[++count] = (struct th_column){.name = "", .heading = heading, .right = true};
        }
        fputc('\n', out);
        status = print_bank(matrix, first, count, columns, error);
        first += count;
    }
    return status;
}

enum th_status th_compare_side_by_side(struct th_compare *run, struct th_error *error)
{
    struct matrix matrix = {.run = run};
    th_figure_set_index(&run->sets[TH_COMPARE_NOW]);
    find_districts(&matrix);
    fill(&matrix);
    return run->asking.format == TH_FORMAT_TABLE ? print_banks(&matrix, error)
                                                 : give_machine(&matrix, error);
}
