/* How rows that are made for machines are shown on sheets: headings and names in the
 * reader's language beside the codes, fractions as percentages where the criterion is
 * read so, instants as such. By the names of the columns, whatever the command. */
#ifndef TONGHOP_COMMISSION_SHEET_H
#define TONGHOP_COMMISSION_SHEET_H

#include "common/domain/catalogue.h"
#include "common/render/table.h"

struct th_sheet;

/* The columns must live as long as the sheet. A column with a heading of its own holds
 * values of the row's criterion. */
struct th_sheet *th_sheet_create(const struct th_column *columns, size_t column_count,
                                 const char *language);
void th_sheet_destroy(struct th_sheet **sheet);

/* The rows that follow are of this form and named by this catalogue. */
void th_sheet_use(struct th_sheet *sheet, const struct th_catalogue *catalogue,
                  const struct th_form *form);
/* Has the table shown so, when it is a sheet; the sheet must outlive it. */
void th_sheet_attach(struct th_sheet *sheet, struct th_table *table);

#endif
