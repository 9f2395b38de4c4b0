#include "common/render/table.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/text.h"
#include "common/csv/csv.h"
#include "common/render/render_private.h"
#include "common/render/workbook.h"
#include "common/render/xlsx_library.h"

#define SHEET_NAME "tonghop" /* when nobody names the sheet */

struct note {
    const char *name, *text;
};

struct th_table {
    FILE *out;
    enum th_format format;
    const char *title;
    const struct th_column *columns;
    size_t column_count;

    bool begun;  /* the CSV header, or what stands before the JSON rows, is written */
    bool failed; /* a cell could not be written */
    size_t row_count, notes_written;
    struct th_buffer line;  /* the CSV row being written */
    struct th_buffer notes; /* of struct note */
    struct th_buffer rules; /* of size_t, see th_grid */
    struct th_buffer cells; /* of const char *, for the terminal */
    struct th_buffer shown; /* of struct th_column, for people */
    struct th_buffer kinds; /* of enum th_cell_kind, of the next row, for sheets */
    struct th_arena *texts;
    struct th_workbook *workbook;
    struct th_error error; /* why there is no workbook */
    struct th_presenter presenter;
};

bool th_format_parse(const char *name, enum th_format *format)
{
    static const char *const names[] = {
        [TH_FORMAT_TABLE] = "table",
        [TH_FORMAT_CSV] = "csv",
        [TH_FORMAT_JSON] = "json",
        [TH_FORMAT_XLSX] = "xlsx",
    };
    for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0) {
            *format = (enum th_format)i;
            return true;
        }
    return false;
}

enum th_status th_format_choose(const char *name, const char *output, enum th_format *format,
                                struct th_error *error)
{
    *format = TH_FORMAT_TABLE;
    if (name && !th_format_parse(name, format))
        return th_error_set(error, TH_USAGE,
                            "--format must be table, csv, json or xlsx, not '%.40s'", name);
    enum th_status status = th_format_check_output(*format, output, error);
    return status == TH_OK ? th_format_check_library(*format, error) : status;
}

enum th_status th_format_check_output(enum th_format format, const char *output,
                                      struct th_error *error)
{
    bool elsewhere = output && strcmp(output, "-") != 0;
    if (format == TH_FORMAT_XLSX && !elsewhere && th_terminal_is(stdout))
        return th_error_set(error, TH_USAGE,
                            "a workbook is no text for a terminal; send it to a file: "
                            "--format xlsx > figures.xlsx");
    return TH_OK;
}

enum th_status th_format_check_library(enum th_format format, struct th_error *error)
{
    return format == TH_FORMAT_XLSX ? th_xlsx_library_load(error) : TH_OK;
}

bool th_format_is_for_people(enum th_format format)
{
    return format == TH_FORMAT_TABLE || format == TH_FORMAT_XLSX;
}

static bool is_shown(const struct th_column *column)
{
    return column->heading && !column->machine_only;
}

struct th_table *th_table_create(FILE *out, enum th_format format, const char *title,
                                 const struct th_column *columns, size_t column_count)
{
    struct th_table *table = calloc(1, sizeof(*table));
    if (!table)
        abort();
    table->out = out;
    table->format = format;
    table->columns = columns;
    table->column_count = column_count;
    table->texts = th_arena_create(0);
    if (title)
        table->title = th_arena_text(table->texts, th_slice_of(title));
    for (size_t i = 0; i < column_count; i++) {
        const struct th_column *column = &columns[i];
        if (is_shown(column))
            th_buffer_add(&table->shown, column, sizeof(*column));
    }
    return table;
}

static size_t note_count(const struct th_table *table)
{
    return table->notes.size / sizeof(struct note);
}

static const struct note *note_at(const struct th_table *table, size_t position)
{
    return (const struct note *)(const void *)table->notes.bytes + position;
}

static void write_json(struct th_table *table, json_t *value)
{
    if (!value || json_dumpf(value, table->out, JSON_ENCODE_ANY | JSON_COMPACT) != 0)
        table->failed = true;
    json_decref(value);
}

static void write_csv_cell(struct th_table *table, bool *first, const char *text)
{
    th_csv_add(&table->line, *first, th_slice_of(text));
    *first = false;
}

static void end_csv_line(struct th_table *table)
{
    th_csv_end_row(&table->line);
    fwrite(table->line.bytes, 1, table->line.size, table->out);
    th_buffer_clear(&table->line);
}

/* ------------------------------------------------------------------- sheets */

static size_t kind_count(const struct th_table *table)
{
    return table->presenter.present ? table->presenter.column_count : table->column_count;
}

/* Of the next row: as the columns say, until th_table_cell says otherwise. */
static enum th_cell_kind *kinds_of(struct th_table *table)
{
    static const enum th_cell_kind by_column = TH_CELL_BY_COLUMN;
    while (table->kinds.size < kind_count(table) * sizeof(by_column))
        th_buffer_add(&table->kinds, &by_column, sizeof(by_column));
    return (enum th_cell_kind *)(void *)table->kinds.bytes;
}

/* Machines' columns have no headings: their names stand there. */
static void open_workbook(struct th_table *table)
{
    const struct th_presenter *presenter = &table->presenter;
    if (table->shown.size == 0)
        th_buffer_add(&table->shown, table->columns, table->column_count * sizeof(*table->columns));
    const struct th_column *columns = (const struct th_column *)(const void *)table->shown.bytes;
    size_t count = table->shown.size / sizeof(struct th_column);
    if (presenter->present) {
        columns = presenter->columns;
        count = presenter->column_count;
    }
    table->workbook = th_workbook_create(columns, count, &table->error);
    if (!table->workbook)
        table->failed = true;
}

void th_table_sheet(struct th_table *table, const char *name, const char *title,
                    const char *const *lines, size_t line_count)
{
    if (table->format != TH_FORMAT_XLSX)
        return;
    if (!table->begun)
        open_workbook(table);
    table->begun = true;
    if (!table->workbook)
        return;
    const char **copies = th_arena_alloc(table->texts, (line_count + 1) * sizeof(*copies));
    for (size_t i = 0; i < line_count; i++)
        copies[i] = th_arena_text(table->texts, th_slice_of(lines[i]));
    th_workbook_sheet(table->workbook, th_arena_text(table->texts, th_slice_of(name)),
                      title ? th_arena_text(table->texts, th_slice_of(title)) : NULL, copies,
                      line_count);
    table->notes_written = note_count(table);
}

void th_table_columns(struct th_table *table, const struct th_column *columns, size_t column_count)
{
    if (table->format != TH_FORMAT_XLSX)
        return;
    table->columns = columns;
    table->column_count = column_count;
    th_buffer_clear(&table->shown);
    th_buffer_add(&table->shown, columns, column_count * sizeof(*columns));
    th_buffer_clear(&table->kinds);
    if (table->workbook)
        th_workbook_columns(table->workbook, columns, column_count);
}

static void begin_workbook(struct th_table *table)
{
    size_t count = note_count(table);
    const char **lines = th_arena_alloc(table->texts, (count + 1) * sizeof(*lines));
    for (size_t i = 0; i < count; i++)
        lines[i] = note_at(table, i)->text;
    th_table_sheet(table, SHEET_NAME, table->title, lines, count);
}

static void add_sheet_row(struct th_table *table, const char *const *cells,
                          const char *const *people)
{
    const struct th_presenter *presenter = &table->presenter;
    size_t given = table->column_count, count = kind_count(table), shown = 0;
    if (!table->workbook)
        return; /* no room for it: table->failed says so */
    const char **exact = calloc(given + count + 1, sizeof(*exact));
    const char **read = calloc(given + count + 1, sizeof(*read));
    enum th_cell_kind *kinds = kinds_of(table);
    bool all = table->shown.size == given * sizeof(struct th_column);
    if (!exact || !read)
        abort();
    for (size_t i = 0; i < given; i++) {
        if (!presenter->present && !all && !is_shown(&table->columns[i]))
            continue;
        exact[shown] = cells[i] ? cells[i] : "";
        read[shown] = people && people[i] ? people[i] : exact[shown];
        if (!presenter->present)
            kinds[shown] = kinds[i];
        shown++;
    }
    if (presenter->present)
        presenter->present(presenter->context, exact, read, kinds);
    for (size_t i = 0; i < given + count; i++)
        read[i] = read[i] ? th_text_safe(read[i], table->texts) : NULL;
    th_workbook_row(table->workbook, presenter->present ? read : exact, read, kinds);
    free(exact);
    free(read);
    th_buffer_clear(&table->kinds);
}

void th_table_present(struct th_table *table, const struct th_presenter *presenter)
{
    table->presenter = *presenter;
}

void th_table_cell(struct th_table *table, size_t column, enum th_cell_kind cell)
{
    if (table->format == TH_FORMAT_XLSX && column < kind_count(table))
        kinds_of(table)[column] = cell;
}

/* ------------------------------------------------------------------------------ */

static void begin(struct th_table *table)
{
    if (table->begun)
        return;
    if (table->format == TH_FORMAT_XLSX)
        begin_workbook(table);
    table->begun = true;
    if (table->format == TH_FORMAT_CSV) {
        bool first = true;
        for (size_t i = 0; i < table->column_count; i++)
            if (!table->columns[i].people_only)
                write_csv_cell(table, &first, table->columns[i].name);
        end_csv_line(table);
    } else if (table->format == TH_FORMAT_JSON) {
        fputc('{', table->out);
        for (; table->notes_written < note_count(table); table->notes_written++) {
            const struct note *note = note_at(table, table->notes_written);
            write_json(table, json_string(note->name));
            fputc(':', table->out);
            write_json(table, json_string(note->text));
            fputs(",\n", table->out);
        }
        fputs("\"rows\":[", table->out);
    }
}

static void add_csv_row(struct th_table *table, const char *const *cells)
{
    bool first = true;
    for (size_t i = 0; i < table->column_count; i++)
        if (!table->columns[i].people_only)
            write_csv_cell(table, &first, cells[i]);
    end_csv_line(table);
}

static void add_json_row(struct th_table *table, const char *const *cells)
{
    json_t *row = json_object();
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].people_only)
            continue;
        bool empty = !cells[i] || !*cells[i];
        if (json_object_set_new(row, table->columns[i].name,
                                empty ? json_null() : json_string(cells[i])) != 0)
            table->failed = true;
    }
    fputs(table->row_count > 0 ? ",\n" : "\n", table->out);
    write_json(table, row);
}

static void keep_row(struct th_table *table, const char *const *cells, const char *const *people)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].heading || table->columns[i].machine_only)
            continue;
        const char *text = people && people[i] ? people[i] : cells[i];
        const char *kept = th_arena_text(
            table->texts, th_slice_of(text ? th_text_safe(text, table->texts) : NULL));
        th_buffer_add(&table->cells, &kept, sizeof(kept));
    }
}

void th_table_row(struct th_table *table, const char *const *cells, const char *const *people)
{
    begin(table);
    if (table->format == TH_FORMAT_CSV)
        add_csv_row(table, cells);
    else if (table->format == TH_FORMAT_JSON)
        add_json_row(table, cells);
    else if (table->format == TH_FORMAT_XLSX)
        add_sheet_row(table, cells, people);
    else
        keep_row(table, cells, people);
    table->row_count++;
}

void th_table_group(struct th_table *table, size_t column, const char *text)
{
    if (!th_format_is_for_people(table->format))
        return;
    begin(table);
    if (table->workbook) {
        th_workbook_group(table->workbook, text);
    } else if (table->format == TH_FORMAT_TABLE) {
        const char **cells = th_arena_alloc(table->texts, table->column_count * sizeof(*cells));
        cells[column] = text;
        keep_row(table, cells, NULL);
        table->row_count++;
    }
}

void th_table_note(struct th_table *table, const char *name, const char *text)
{
    struct note note = {th_arena_text(table->texts, th_slice_of(name)),
                        th_arena_text(table->texts, th_slice_of(text))};
    th_buffer_add(&table->notes, &note, sizeof(note));
}

void th_table_rule(struct th_table *table)
{
    if (table->format == TH_FORMAT_TABLE && table->row_count > 0)
        th_buffer_add(&table->rules, &table->row_count, sizeof(table->row_count));
}

/* Lines that are not cells. */
static void print_line(const struct th_table *table, const char *text)
{
    for (text = th_text_safe(text, table->texts); *text; text++)
        fputc(*text == '\n' || *text == '\t' ? ' ' : *text, table->out);
}

static void print_for_people(struct th_table *table)
{
    struct th_grid grid = {
        .columns = (const struct th_column *)(const void *)table->shown.bytes,
        .column_count = table->shown.size / sizeof(struct th_column),
        .cells = (const char **)(void *)table->cells.bytes,
        .row_count = table->row_count,
        .rules = (const size_t *)(const void *)table->rules.bytes,
        .rule_count = table->rules.size / sizeof(size_t),
    };
    bool plain = th_terminal_is_plain(table->out);
    if (table->title) {
        fputs(plain ? "" : "\033[1m", table->out);
        print_line(table, table->title);
        fputs(plain ? "\n\n" : "\033[0m\n\n", table->out);
    }
    if (grid.column_count > 0 && !th_terminal_print(table->out, &grid, table->texts))
        table->failed = true;
    for (size_t i = 0; i < note_count(table); i++) {
        const struct note *note = note_at(table, i);
        fputs(i == 0 ? "\n" : "", table->out);
        print_line(table, note->text);
        fputc('\n', table->out);
    }
}

static void end_json(struct th_table *table)
{
    fputs(table->row_count > 0 ? "\n]" : "]", table->out);
    /* A note that came after the first row is a member all the same. */
    for (; table->notes_written < note_count(table); table->notes_written++) {
        const struct note *note = note_at(table, table->notes_written);
        fputs(",\n", table->out);
        write_json(table, json_string(note->name));
        fputc(':', table->out);
        write_json(table, json_string(note->text));
    }
    fputs("}\n", table->out);
}

static void end_workbook(struct th_table *table)
{
    if (!table->workbook)
        return;
    for (; table->notes_written < note_count(table); table->notes_written++)
        th_workbook_line(table->workbook, note_at(table, table->notes_written)->text);
    if (!th_workbook_finish(&table->workbook, table->out))
        table->failed = true;
}

enum th_status th_table_finish(struct th_table **table, struct th_error *error)
{
    struct th_table *finished = *table;
    if (!finished)
        return TH_OK;
    begin(finished);
    if (finished->format == TH_FORMAT_TABLE)
        print_for_people(finished);
    else if (finished->format == TH_FORMAT_JSON)
        end_json(finished);
    else if (finished->format == TH_FORMAT_XLSX)
        end_workbook(finished);

    enum th_status status = TH_OK;
    if (fflush(finished->out) != 0 || ferror(finished->out))
        status = th_error_set(error, TH_PERMANENT, "cannot write the table: %m");
    else if (finished->error.status != TH_OK)
        status = th_error_set(error, finished->error.status, "%s", finished->error.message);
    else if (finished->failed)
        status = th_error_set(error, TH_PERMANENT,
                              "cannot write the table: a cell is not UTF-8, or memory or room for "
                              "a temporary file ran out");

    th_buffer_free(&finished->line);
    th_buffer_free(&finished->notes);
    th_buffer_free(&finished->rules);
    th_buffer_free(&finished->cells);
    th_buffer_free(&finished->shown);
    th_buffer_free(&finished->kinds);
    th_arena_destroy(&finished->texts);
    free(finished);
    *table = NULL;
    return status;
}
