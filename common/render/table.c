#include "common/render/table.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/csv/csv.h"
#include "common/render/render_private.h"

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
    struct th_buffer shown; /* of struct th_column, for the terminal */
    struct th_arena *texts;
};

bool th_format_parse(const char *name, enum th_format *format)
{
    static const char *const names[] = {
        [TH_FORMAT_TABLE] = "table", [TH_FORMAT_CSV] = "csv", [TH_FORMAT_JSON] = "json"};
    for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0) {
            *format = (enum th_format)i;
            return true;
        }
    return false;
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
        if (column->heading && !column->machine_only)
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

static void begin(struct th_table *table)
{
    if (table->begun)
        return;
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
        const char *kept = th_arena_text(table->texts, th_slice_of(text));
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
    else
        keep_row(table, cells, people);
    table->row_count++;
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

/* Lines that are not cells: what libsmartcols does for those is done here. */
static void print_line(FILE *out, const char *text)
{
    for (; *text; text++) {
        bool control = (unsigned char)*text < 0x20 || *text == 0x7F;
        fputc(control ? ' ' : *text, out);
    }
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
        print_line(table->out, table->title);
        fputs(plain ? "\n\n" : "\033[0m\n\n", table->out);
    }
    if (grid.column_count > 0 && !th_terminal_print(table->out, &grid, table->texts))
        table->failed = true;
    for (size_t i = 0; i < note_count(table); i++) {
        const struct note *note = note_at(table, i);
        fputs(i == 0 ? "\n" : "", table->out);
        print_line(table->out, note->text);
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

    enum th_status status = TH_OK;
    if (fflush(finished->out) != 0 || ferror(finished->out))
        status = th_error_set(error, TH_PERMANENT, "cannot write the table: %m");
    else if (finished->failed)
        status = th_error_set(error, TH_PERMANENT,
                              "cannot write the table: a cell is not UTF-8, or memory ran out");

    th_buffer_free(&finished->line);
    th_buffer_free(&finished->notes);
    th_buffer_free(&finished->rules);
    th_buffer_free(&finished->cells);
    th_buffer_free(&finished->shown);
    th_arena_destroy(&finished->texts);
    free(finished);
    *table = NULL;
    return status;
}
