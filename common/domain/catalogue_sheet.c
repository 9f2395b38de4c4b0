#include "common/domain/catalogue_sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"

#define FAULTS_MAX 100000 /* bounds the memory that a hostile file can claim: about 40 MB */

static struct th_fault *next_fault(struct th_fault_list *faults)
{
    if (faults->count == faults->capacity) {
        size_t capacity = faults->capacity ? faults->capacity * 2 : 16;
        struct th_fault *grown = realloc(faults->faults, capacity * sizeof *grown);
        if (!grown)
            abort();
        faults->faults = grown;
        faults->capacity = capacity;
    }
    struct th_fault *fault = &faults->faults[faults->count++];
    *fault = (struct th_fault){.file = ""};
    return fault;
}

/* Ends `text` (cut by a bounded print) at its last whole character. */
static void mend_tail(char *text)
{
    size_t size = strlen(text), start = size;
    while (start > 0 && size - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0)
        start--;
    if (!th_text_is_utf8((struct th_slice){text + start, size - start}))
        text[start] = '\0';
}

static void TH_PRINTF(6, 0)
    add_fault(struct th_fault_list *faults, const char *file, size_t line, const char *column,
              const char *code, const char *format, va_list arguments)
{
    if (faults->count > FAULTS_MAX)
        return;
    struct th_fault *fault = next_fault(faults);
    if (faults->count > FAULTS_MAX) {
        snprintf(fault->code, sizeof fault->code, "catalogue.too_many_faults");
        snprintf(fault->message, sizeof fault->message,
                 "there are more than %d faults; put these right first", FAULTS_MAX);
        return;
    }
    fault->file = file;
    fault->line = line;
    if (snprintf(fault->column, sizeof fault->column, "%s", column) >= (int)sizeof fault->column)
        mend_tail(fault->column);
    snprintf(fault->code, sizeof fault->code, "%s", code);
    if (vsnprintf(fault->message, sizeof fault->message, format, arguments) >=
        (int)sizeof fault->message)
        mend_tail(fault->message);
    th_text_make_showable(fault->column);
    th_text_make_showable(fault->message);
}

void th_fault_add(struct th_fault_list *faults, const char *file, size_t line, const char *column,
                  const char *code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_fault(faults, file, line, column, code, format, arguments);
    va_end(arguments);
}

void th_sheet_fault(const struct th_sheet *sheet, size_t row, int column, const char *code,
                    const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_fault(sheet->faults, sheet->file, th_sheet_line(sheet, row),
              column == TH_COLUMN_NONE ? "" : sheet->columns[column].name, code, format, arguments);
    va_end(arguments);
}

void th_sheet_duplicate(const struct th_sheet *sheet, size_t row, int column, const char *code,
                        const char *where)
{
    th_sheet_fault(sheet, row, column, "catalogue.duplicate",
                   "'%s' is there already%s; each may be listed once", code, where);
}

bool th_sheet_has_room(const struct th_sheet *sheet, size_t row, size_t count, size_t max,
                       bool *told, const char *what)
{
    if (count < max)
        return true;
    if (!*told)
        th_sheet_fault(sheet, row, TH_COLUMN_NONE, "catalogue.too_many",
                       "there are more than %zu %s; a catalogue takes no more", max, what);
    *told = true;
    return false;
}

size_t th_control_at(struct th_slice text, size_t at)
{
    unsigned char byte = (unsigned char)text.bytes[at];
    if (byte < 0x20 || byte == 0x7F)
        return 1;
    if (byte == 0xC2 && at + 1 < text.size && (unsigned char)text.bytes[at + 1] < 0xA0)
        return 2;
    return 0;
}

const char *th_shown(struct th_shown *out, struct th_slice value)
{
    th_text_shorten(value, 40, out->text, sizeof out->text);
    struct th_slice shown = th_slice_of(out->text);
    size_t to = 0;
    for (size_t at = 0, control; at < shown.size; at += control ? control : 1) {
        control = th_control_at(shown, at);
        out->text[to++] = out->text[at];
        if (control > 0)
            out->text[to - 1] = '?';
    }
    out->text[to] = '\0';
    return out->text;
}

static bool is_blank(const struct th_csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->fields[i].size > 0)
            return false;
    return true;
}

static void match_header(struct th_sheet *sheet, const struct th_csv_row *header)
{
    size_t known = 0;
    for (; sheet->columns[known].name; known++)
        sheet->places[known] = -1;
    for (size_t i = 0; i < header->count; i++) {
        struct th_slice name = header->fields[i];
        struct th_shown shown;
        size_t column = 0;
        if (name.size == 0)
            continue;
        while (column < known && !th_slice_equals(name, sheet->columns[column].name))
            column++;
        if (column == known)
            th_fault_add(sheet->faults, sheet->file, header->line, th_shown(&shown, name),
                         "catalogue.unknown_column",
                         "'%s' is not a column of %s; remove it or correct its name", shown.text,
                         sheet->file);
        else if (sheet->places[column] >= 0)
            th_fault_add(sheet->faults, sheet->file, header->line, sheet->columns[column].name,
                         "catalogue.duplicate_column",
                         "the column is there twice; keep one of them");
        else
            sheet->places[column] = (int)i;
    }
    for (size_t column = 0; column < known; column++)
        if (sheet->columns[column].needed && sheet->places[column] < 0) {
            sheet->known = false;
            th_fault_add(sheet->faults, sheet->file, header->line, sheet->columns[column].name,
                         "catalogue.missing_column",
                         "the column '%s' is needed and not in the header; add it",
                         sheet->columns[column].name);
        }
}

/* Cells where the header names no column: a comma too many, or a quote too few. */
static void check_width(const struct th_sheet *sheet, size_t row, const struct th_csv_row *header)
{
    const struct th_csv_row *cells = sheet->rows[row];
    for (size_t i = 0; i < cells->count; i++) {
        struct th_shown shown;
        if (cells->fields[i].size == 0 || (i < header->count && header->fields[i].size > 0))
            continue;
        th_sheet_fault(sheet, row, TH_COLUMN_NONE, "catalogue.extra_cell",
                       "cell %zu ('%s') has no column in the header; remove it, or quote a value "
                       "that contains the separator",
                       i + 1, th_shown(&shown, cells->fields[i]));
        return;
    }
}

/* The parser's message begins with "line 3: ": the line becomes the fault's own. */
static void unreadable_fault(const struct th_sheet *sheet, const char *message)
{
    size_t line = 0;
    int prefix = 0;
    if (sscanf(message, "line %zu: %n", &line, &prefix) != 1)
        prefix = 0;
    th_fault_add(sheet->faults, sheet->file, line, "", "catalogue.unreadable", "%s",
                 message + prefix);
}

void th_sheet_open(struct th_sheet *sheet, struct th_slice content, size_t row_limit,
                   struct th_arena *scratch)
{
    struct th_csv csv = {0};
    struct th_error error = {0};
    if (th_csv_parse(content, scratch, &csv, &error) != TH_OK) {
        sheet->known = false;
        unreadable_fault(sheet, error.message);
        return;
    }
    sheet->separator = csv.separator;
    size_t first = 0;
    while (first < csv.count && is_blank(&csv.rows[first]))
        first++;
    if (first == csv.count) {
        for (size_t i = 0; sheet->columns[i].name; i++)
            sheet->places[i] = -1;
        if (sheet->known)
            return;
        th_fault_add(sheet->faults, sheet->file, 0, "", "catalogue.missing_header",
                     "the file is empty; its first line must name the columns");
        return;
    }
    sheet->known = true;
    match_header(sheet, &csv.rows[first]);
    sheet->rows = th_arena_alloc(scratch, (csv.count - first) * sizeof(void *));
    if (!sheet->rows) {
        sheet->known = false;
        th_fault_add(sheet->faults, sheet->file, 0, "", "catalogue.unreadable",
                     "the files are too large for a catalogue; make them smaller");
        return;
    }
    for (size_t i = first + 1; i < csv.count; i++) {
        if (is_blank(&csv.rows[i]))
            continue;
        if (sheet->row_count == row_limit) {
            th_fault_add(sheet->faults, sheet->file, csv.rows[i].line, "",
                         "catalogue.too_many_rows",
                         "%s may have at most %zu rows; the rows from here on are not read",
                         sheet->file, row_limit);
            break;
        }
        sheet->rows[sheet->row_count++] = &csv.rows[i];
        /* A header that lacks a column would have each row's cell told again. */
        if (sheet->known)
            check_width(sheet, sheet->row_count - 1, &csv.rows[first]);
    }
}

size_t th_sheet_line(const struct th_sheet *sheet, size_t row)
{
    return sheet->rows[row]->line;
}

struct th_slice th_sheet_cell(const struct th_sheet *sheet, size_t row, int column)
{
    int place = sheet->places[column];
    if (place < 0 || (size_t)place >= sheet->rows[row]->count)
        return (struct th_slice){"", 0};
    return sheet->rows[row]->fields[place];
}
