/* A result table and its forms: terminal (libsmartcols, Unicode width), CSV, JSON,
 * XLSX. The one place that prints tables; columns have a stable machine name and a
 * heading for people. */
#ifndef TONGHOP_RENDER_TABLE_H
#define TONGHOP_RENDER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/base/status.h"

enum th_format { TH_FORMAT_TABLE, TH_FORMAT_CSV, TH_FORMAT_JSON, TH_FORMAT_XLSX };

bool th_format_parse(const char *name, enum th_format *format);
/* What was given with --format and (NULL: nowhere) --output; no name: a table. TH_USAGE
 * for another word, and for a workbook that would go to a terminal; TH_PERMANENT for a
 * workbook without the library that writes it. */
enum th_status th_format_choose(const char *name, const char *output, enum th_format *format,
                                struct th_error *error) TH_MUST_USE;
/* The two checks by themselves, for what chooses in another way or has the file already. */
enum th_status th_format_check_output(enum th_format format, const char *output,
                                      struct th_error *error) TH_MUST_USE;
enum th_status th_format_check_library(enum th_format format, struct th_error *error) TH_MUST_USE;
/* True where people read: the notes and texts of a terminal table fit a sheet too. */
bool th_format_is_for_people(enum th_format format);

/* What a cell of a sheet is. Numbers are written as such when they have at most 15
 * digits, else (and whatever is none, such as "n/a") as text. */
enum th_cell_kind {
    TH_CELL_BY_COLUMN, /* a number in columns aligned right, else a text */
    TH_CELL_TEXT,
    TH_CELL_NUMBER,
    TH_CELL_PERCENT, /* a fraction, seen as a percentage */
    TH_CELL_DATE,    /* 2024-03-15 */
    TH_CELL_INSTANT, /* RFC 3339, seen in the province's zone */
    /* Added to one of the others: an asterisk is seen behind what stays a number. */
    TH_CELL_MARKED = 16,
};

struct th_column {
    const char *name;       /* "not_applicable": CSV header and JSON member */
    const char *heading;    /* for people; NULL: not shown on the terminal */
    bool right;             /* aligned right on the terminal (numbers) */
    bool wrap;              /* may wrap on the terminal (names, narratives) */
    bool machine_only;      /* in CSV and JSON only */
    bool people_only;       /* on the terminal and in sheets only (names beside codes) */
    enum th_cell_kind cell; /* of its cells in a sheet */
};

struct th_table;

/* `title` (may be NULL) is printed above on the terminal and a sheet. The columns must
 * live as long as the table. Rows are written at once for CSV, JSON and XLSX (bounded
 * memory) and kept until th_table_finish for the terminal. A table in which no column
 * has a heading has its names for headings on a sheet. */
struct th_table *th_table_create(FILE *out, enum th_format format, const char *title,
                                 const struct th_column *columns, size_t column_count);

/* One row: a cell a column, NULL or "" where there is none. `people` (may be
 * NULL, as may each of its cells) gives other text for the terminal, such as
 * 1.234,5 for 1234.5. JSON: "" becomes null, all else a string. */
void th_table_row(struct th_table *table, const char *const *cells, const char *const *people);

/* XLSX only: what cell `column` of the next row is, other than its column's are. */
void th_table_cell(struct th_table *table, size_t column, enum th_cell_kind cell);

/* A row of one text, for people only: the group of the rows below. It stands in cell
 * `column` of the terminal's. */
void th_table_group(struct th_table *table, size_t column, const char *text);

/* A member beside "rows" in JSON; on the terminal `text` alone, as a line below the
 * table, on a sheet above the headings; not in CSV. Before the first row. */
void th_table_note(struct th_table *table, const char *name, const char *text);

/* A blank line (terminal only) between groups of rows. */
void th_table_rule(struct th_table *table);

/* How rows that are made for machines are shown on sheets: with these columns, whose
 * cells and kinds `present` makes of the row's (count of each; none NULL). Before the
 * first row; nothing to any other format. Copied. */
struct th_presenter {
    const struct th_column *columns; /* as th_table_create's */
    size_t column_count;
    void (*present)(void *context, const char *const *cells, const char **shown,
                    enum th_cell_kind *kinds);
    void *context;
};
void th_table_present(struct th_table *table, const struct th_presenter *presenter);

/* XLSX only: the rows that follow stand on a sheet of their own, of this name, under
 * these lines (NULL: no title; the notes so far are left out). Copied. */
void th_table_sheet(struct th_table *table, const char *name, const char *title,
                    const char *const *lines, size_t line_count);

/* XLSX only: the sheets from the next th_table_sheet on, which must follow before any row,
 * have these columns instead; each has a heading. They must live as long as the table. */
void th_table_columns(struct th_table *table, const struct th_column *columns, size_t column_count);

/* Writes what is left. TH_PERMANENT when `out` could not be written. */
enum th_status th_table_finish(struct th_table **table, struct th_error *error) TH_MUST_USE;

/* An exact decimal text as Vietnamese (1.234,5) or English (1,234.5) readers see
 * it; with `percent`, times 100 with a no-break space and %. `digits` after the
 * point at most, half away from zero. */
void th_render_number(const char *exact, bool percent, int digits, const char *language, char *out,
                      size_t out_size);

#endif
