#include "commission/cli/figure_table.h"

#include <stdlib.h>
#include <string.h>

#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/render/table.h"
#include "common/wire/message.h"

#define TEXT_LINES   64 /* of a name */
#define GAP          2
#define NAME_LEAST   16
#define NAME_MOST    46
#define DETAIL_LEAST 20
#define DETAIL_MOST  44
#define NARROW       100 /* below it periods are given by their identifiers */
#define GROUP_MARK   "▪ "
#define DETAIL_MARK  "  "

enum cell { CRITERION, PERIOD, DISTRICT, REPORTED, NOT_APPLICABLE, NUM_DEN, VALUE, DETAIL, CELLS };

struct row {
    const struct th_criterion *criterion;
    size_t group, order; /* of the criterion's group in the form; of arrival */
    const char *period, *district, *num, *den, *value, *choice;
    uint64_t reported, expected, not_applicable;
    struct th_slice *members;
    size_t member_count;
    const char *cells[CELLS]; /* as people read it; made when printed */
};

struct th_figure_table {
    struct th_figure_table_options options;
    struct th_arena *arena;
    struct row *rows;
    size_t count, capacity;
    bool any_not_applicable, any_ratio, any_detail;

    /* While printing. */
    struct th_table *out;
    enum cell shown[CELLS];
    struct th_column columns[CELLS];
    size_t column_count, name_width, detail_width;
    bool detail_beside; /* a column of its own; else below, in the district's */
};

struct th_figure_table *th_figure_table_create(const struct th_figure_table_options *options)
{
    struct th_figure_table *table = calloc(1, sizeof(*table));
    if (!table)
        abort();
    table->options = *options;
    table->arena = th_arena_create(0);
    return table;
}

void th_figure_table_destroy(struct th_figure_table **table)
{
    if (!table || !*table)
        return;
    free((*table)->rows);
    th_arena_destroy(&(*table)->arena);
    free(*table);
    *table = NULL;
}

static const char *copy(struct th_figure_table *table, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, table->arena);
    return text ? text : "";
}

static struct row *new_row(struct th_figure_table *table)
{
    if (table->count == table->capacity) {
        table->capacity = table->capacity ? table->capacity * 2 : 256;
        table->rows = realloc(table->rows, table->capacity * sizeof(*table->rows));
        if (!table->rows)
            abort();
    }
    struct row *row = &table->rows[table->count];
    *row = (struct row){.order = table->count};
    table->count++;
    return row;
}

bool th_figure_table_add(struct th_figure_table *table, const Tonghop__V1__Figure *figure)
{
    const struct th_criterion *criterion =
        th_form_criterion(table->options.form, th_bytes_slice(figure->criterion));
    if (!criterion)
        return false;
    struct row *row = new_row(table);
    row->criterion = criterion;
    while (row->group < table->options.form->group_count &&
           &table->options.form->groups[row->group] != criterion->group)
        row->group++;
    row->period = copy(table, figure->period);
    row->district = copy(table, figure->district);
    row->num = copy(table, figure->num);
    row->den = copy(table, figure->den);
    row->value = copy(table, figure->value);
    row->choice = copy(table, figure->choice);
    row->reported = figure->reported;
    row->expected = figure->expected;
    row->not_applicable = figure->not_applicable;
    row->member_count = figure->n_member;
    row->members = th_arena_alloc(table->arena, (figure->n_member + 1) * sizeof(*row->members));
    for (size_t i = 0; i < figure->n_member; i++)
        row->members[i] = th_slice_of(copy(table, figure->member[i]));
    table->any_not_applicable = table->any_not_applicable || row->not_applicable > 0;
    table->any_ratio = table->any_ratio || criterion->kind == TH_KIND_RATIO;
    table->any_detail = table->any_detail || *row->choice || row->member_count > 0;
    return true;
}

static int by_criterion(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->criterion->index != b->criterion->index)
        return a->criterion->index < b->criterion->index ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static const char *detail_of(struct th_figure_table *table, const struct row *row)
{
    const struct th_figure_table_options *options = &table->options;
    if (*row->choice)
        return th_people_choice(row->criterion, row->choice, options->language);
    return th_people_communes(options->catalogue, row->members, row->member_count,
                              options->period.last_day, options->language, table->arena);
}

/* Makes the cells; a period's name stands at its first row only. */
static void prepare_row(struct th_figure_table *table, struct row *row, bool new_period)
{
    const struct th_figure_table_options *options = &table->options;
    const char *language = options->language;
    struct th_arena *arena = table->arena;
    row->cells[CRITERION] = "";
    row->cells[PERIOD] = "";
    if (new_period)
        row->cells[PERIOD] =
            options->width < NARROW
                ? row->period
                : th_people_period(options->catalogue, row->period, language, arena);
    row->cells[DISTRICT] = th_people_district(options->catalogue, row->district, language);
    row->cells[REPORTED] = th_arena_printf(arena, "%llu/%llu", (unsigned long long)row->reported,
                                           (unsigned long long)row->expected);
    row->cells[NOT_APPLICABLE] =
        row->not_applicable > 0
            ? th_arena_printf(arena, "%llu", (unsigned long long)row->not_applicable)
            : "";
    row->cells[NUM_DEN] = th_people_ratio(row->num, row->den, language, arena);
    /* A district's own choice has no number beside it. */
    row->cells[VALUE] = *row->choice && !*row->value
                            ? ""
                            : th_people_value(row->criterion, row->value, language, arena);
    row->cells[DETAIL] = detail_of(table, row);
}

static size_t width_of(const char *text)
{
    return th_text_length(th_slice_of(text));
}

/* What the other columns leave is for the names and, beside or below, the details. */
static void share_width(struct th_figure_table *table, size_t taken, size_t district_width)
{
    size_t width = table->options.width;
    size_t left = width > taken + NAME_LEAST ? width - taken : NAME_LEAST;
    const size_t below = DETAIL_LEAST + strlen(DETAIL_MARK);
    table->detail_beside = table->any_detail && left >= NAME_LEAST + GAP + DETAIL_LEAST;
    table->detail_width = DETAIL_LEAST;
    if (table->detail_beside) {
        table->detail_width = left / 2 > DETAIL_LEAST ? left / 2 : DETAIL_LEAST;
        if (table->detail_width > DETAIL_MOST)
            table->detail_width = DETAIL_MOST;
        left -= table->detail_width + GAP;
    } else if (table->any_detail) {
        table->column_count--; /* the last */
        if (below > district_width)
            left -= below - district_width;
    }
    if (left < NAME_LEAST)
        left = NAME_LEAST;
    table->name_width = left > NAME_MOST ? NAME_MOST : left;
}

/* Sets the columns that have something to show, and their widths. */
static void lay_out(struct th_figure_table *table)
{
    const struct th_figure_table_options *options = &table->options;
    const struct {
        enum th_word heading;
        bool shown, right;
    } plan[CELLS] = {
        [CRITERION] = {TH_WORD_CRITERION, true, false},
        [PERIOD] = {TH_WORD_PERIOD, options->by_period, false},
        [DISTRICT] = {TH_WORD_DISTRICT, true, false},
        [REPORTED] = {TH_WORD_REPORTED, true, true},
        [NOT_APPLICABLE] = {TH_WORD_NOT_APPLICABLE_SHORT, table->any_not_applicable, true},
        [NUM_DEN] = {TH_WORD_NUM_DEN, table->any_ratio, true},
        [VALUE] = {TH_WORD_VALUE, true, true},
        [DETAIL] = {TH_WORD_DETAIL, table->any_detail, false},
    };
    size_t taken = 0, district_width = 0;
    table->column_count = 0;
    for (size_t i = 0; i < CELLS; i++) {
        const char *heading = th_word(plan[i].heading, options->language);
        size_t width = width_of(heading);
        if (!plan[i].shown)
            continue;
        for (size_t j = 0; j < table->count; j++) {
            size_t cell = width_of(table->rows[j].cells[i]);
            width = cell > width ? cell : width;
        }
        if (i != CRITERION && i != DETAIL)
            taken += width + GAP;
        if (i == DISTRICT)
            district_width = width;
        table->shown[table->column_count] = (enum cell)i;
        table->columns[table->column_count++] =
            (struct th_column){.name = "", .heading = heading, .right = plan[i].right};
    }
    share_width(table, taken, district_width);
}

static void emit(struct th_figure_table *table, const char *const cells[CELLS])
{
    const char *shown[CELLS];
    for (size_t i = 0; i < table->column_count; i++)
        shown[i] = cells[table->shown[i]];
    th_table_row(table->out, shown, NULL);
}

static void emit_name(struct th_figure_table *table, struct th_slice line)
{
    const char *cells[CELLS] = {[CRITERION] = th_arena_text(table->arena, line)};
    emit(table, cells);
}

static void emit_group(struct th_figure_table *table, const struct th_group *group)
{
    struct th_slice lines[TEXT_LINES];
    const char *text = th_arena_printf(table->arena, GROUP_MARK "%s",
                                       th_name_in(group->name, table->options.language));
    size_t count = th_people_wrap(text, table->name_width, lines, TEXT_LINES);
    for (size_t i = 0; i < count; i++)
        emit_name(table, lines[i]);
}

/* The lines of a criterion's name, given out one a row. */
struct name_lines {
    struct th_slice lines[TEXT_LINES];
    size_t count, next;
};

static const char *next_line(struct th_figure_table *table, struct name_lines *name)
{
    return name->next < name->count ? th_arena_text(table->arena, name->lines[name->next++]) : "";
}

/* One figure: a row, and one more for each further line of its detail. */
static void emit_figure(struct th_figure_table *table, const struct row *row,
                        struct name_lines *name)
{
    /* No more lines than bytes. */
    size_t most = strlen(row->cells[DETAIL]) + 1, line = 0;
    struct th_slice *lines = th_arena_alloc(table->arena, most * sizeof(*lines));
    size_t count = th_people_wrap(row->cells[DETAIL], table->detail_width, lines, most);
    const char *cells[CELLS];
    memcpy(cells, row->cells, sizeof(cells));
    cells[CRITERION] = next_line(table, name);
    if (table->detail_beside)
        cells[DETAIL] = line < count ? th_arena_text(table->arena, lines[line++]) : "";
    emit(table, cells);
    for (; line < count; line++) {
        const char *text = th_arena_text(table->arena, lines[line]);
        const char *more[CELLS] = {[CRITERION] = next_line(table, name)};
        if (table->detail_beside)
            more[DETAIL] = text;
        else
            more[DISTRICT] = th_arena_printf(table->arena, DETAIL_MARK "%s", text);
        emit(table, more);
    }
}

/* The rows of one criterion; returns where the next begins. */
static size_t emit_criterion(struct th_figure_table *table, size_t first)
{
    struct name_lines name = {.next = 0};
    const struct th_criterion *criterion = table->rows[first].criterion;
    name.count =
        th_people_wrap(th_people_criterion(criterion, table->options.language, table->arena),
                       table->name_width, name.lines, TEXT_LINES);
    size_t at = first;
    for (; at < table->count && table->rows[at].criterion == criterion; at++)
        emit_figure(table, &table->rows[at], &name);
    while (name.next < name.count)
        emit_name(table, name.lines[name.next++]);
    return at;
}

static void print_title(struct th_figure_table *table, FILE *out)
{
    struct th_slice lines[TEXT_LINES];
    const char *name = th_name_in(table->options.form->name, table->options.language);
    size_t count = th_people_wrap(name, table->options.width, lines, TEXT_LINES);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%.*s\n", (int)lines[i].size, lines[i].bytes);
}

static void add_notes(struct th_figure_table *table, int64_t answered_at_us)
{
    char instant[40];
    const char *language = table->options.language;
    th_instant_format_local(answered_at_us, instant);
    if (table->count == 0)
        th_table_note(table->out, "nothing", th_word(TH_WORD_NOTHING, language));
    if (table->options.approved_only)
        th_table_note(table->out, "approved_only", th_word(TH_WORD_APPROVED_ONLY, language));
    if (table->options.comparable)
        th_table_note(table->out, "comparable", th_word(TH_WORD_COMPARABLE, language));
    th_table_note(table->out, "as_of",
                  th_arena_printf(table->arena, "%s %s; %s %llu", th_word(TH_WORD_AS_OF, language),
                                  instant, th_word(TH_WORD_CATALOGUE_VERSION, language),
                                  (unsigned long long)table->options.catalogue->version));
}

enum th_status th_figure_table_print(struct th_figure_table *table, int64_t answered_at_us,
                                     FILE *out, struct th_error *error)
{
    const struct th_figure_table_options *options = &table->options;
    char title[400];
    if (table->count > 0)
        qsort(table->rows, table->count, sizeof(*table->rows), by_criterion);
    for (size_t i = 0; i < table->count; i++) {
        struct row *row = &table->rows[i];
        bool same = i > 0 && row[-1].criterion == row->criterion &&
                    strcmp(row[-1].period, row->period) == 0;
        prepare_row(table, row, !same);
    }
    lay_out(table);
    th_period_title(&options->period, options->catalogue->periods, options->catalogue->period_count,
                    options->language, title, sizeof(title));
    print_title(table, out);
    table->out = th_table_create(out, TH_FORMAT_TABLE, title, table->columns, table->column_count);
    add_notes(table, answered_at_us);
    for (size_t at = 0; at < table->count;) {
        const struct row *row = &table->rows[at];
        th_table_rule(table->out);
        if (at == 0 || row->group != table->rows[at - 1].group)
            emit_group(table, row->criterion->group);
        at = emit_criterion(table, at);
    }
    return th_table_finish(&table->out, error);
}
