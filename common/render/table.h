/* A result table and its forms: terminal (libsmartcols, Unicode width), CSV,
 * JSON. The one place that prints tables; columns have a stable machine name and
 * a heading for people. */
#ifndef TONGHOP_RENDER_TABLE_H
#define TONGHOP_RENDER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/base/status.h"

enum th_format { TH_FORMAT_TABLE, TH_FORMAT_CSV, TH_FORMAT_JSON };

bool th_format_parse(const char *name, enum th_format *format);

struct th_column {
    const char *name;    /* "not_applicable": CSV header and JSON member */
    const char *heading; /* for people; NULL: not shown on the terminal */
    bool right;          /* aligned right on the terminal (numbers) */
    bool wrap;           /* may wrap on the terminal (names, narratives) */
    bool machine_only;   /* in CSV and JSON only */
    bool people_only;    /* on the terminal only (names beside codes) */
};

struct th_table;

/* `title` (may be NULL) is printed above on the terminal. The columns must live
 * as long as the table. Rows are written at once for CSV and JSON (bounded
 * memory) and kept until th_table_finish for the terminal. */
struct th_table *th_table_create(FILE *out, enum th_format format, const char *title,
                                 const struct th_column *columns, size_t column_count);

/* One row: a cell a column, NULL or "" where there is none. `people` (may be
 * NULL, as may each of its cells) gives other text for the terminal, such as
 * 1.234,5 for 1234.5. JSON: "" becomes null, all else a string. */
void th_table_row(struct th_table *table, const char *const *cells, const char *const *people);

/* A member beside "rows" in JSON; on the terminal `text` alone, as a line below the
 * table; not in CSV. Before the first row. */
void th_table_note(struct th_table *table, const char *name, const char *text);

/* A blank line (terminal only) between groups of rows. */
void th_table_rule(struct th_table *table);

/* Writes what is left. TH_PERMANENT when `out` could not be written. */
enum th_status th_table_finish(struct th_table **table, struct th_error *error) TH_MUST_USE;

/* An exact decimal text as Vietnamese (1.234,5) or English (1,234.5) readers see
 * it; with `percent`, times 100 with a no-break space and %. `digits` after the
 * point at most, half away from zero. */
void th_render_number(const char *exact, bool percent, int digits, const char *language, char *out,
                      size_t out_size);

#endif
