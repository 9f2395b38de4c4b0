/* A workbook as it is written: sheets one after the other, rows one after the other, in
 * bounded memory. With xlsx_library.h the one place that knows libxlsxwriter. */
#ifndef TONGHOP_RENDER_WORKBOOK_H
#define TONGHOP_RENDER_WORKBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/render/table.h"

struct th_workbook;

/* The columns (those that are shown) must live as long as the workbook. NULL when the library
 * is not there or no temporary file can be made (TH_PERMANENT; `error` says which). */
struct th_workbook *th_workbook_create(const struct th_column *columns, size_t column_count,
                                       struct th_error *error);

/* Ends the sheet before and begins another: title and lines (both may be none) above the
 * headings. Names that are taken, too long or of forbidden characters are mended. Texts
 * are needed until the next sheet. */
void th_workbook_sheet(struct th_workbook *workbook, const char *name, const char *title,
                       const char *const *lines, size_t line_count);

/* Ends the sheet before; the next ones have these columns. */
void th_workbook_columns(struct th_workbook *workbook, const struct th_column *columns,
                         size_t column_count);

/* One row of the sheet: the exact cells, what people read instead (both never NULL), and
 * what each is. */
void th_workbook_row(struct th_workbook *workbook, const char *const *cells,
                     const char *const *people, const enum th_cell_kind *kinds);
/* A row that names the group of those below. */
void th_workbook_group(struct th_workbook *workbook, const char *text);
/* A line below the rows. */
void th_workbook_line(struct th_workbook *workbook, const char *text);

/* Writes the file to `out` and frees everything. False when it could not be made. */
bool th_workbook_finish(struct th_workbook **workbook, FILE *out);

#endif
