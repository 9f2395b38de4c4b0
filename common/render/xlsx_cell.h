/* What a cell of a sheet holds: decided here, written by workbook.c. Pure. */
#ifndef TONGHOP_RENDER_XLSX_CELL_H
#define TONGHOP_RENDER_XLSX_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/render/table.h"

#define TH_XLSX_DIGITS_MOST 15 /* that a double holds whatever they are */

enum th_xlsx_kind {
    TH_XLSX_TEXT,
    TH_XLSX_RIGHT_TEXT, /* a number of more digits than a double holds, or in place of one */
    TH_XLSX_NUMBER,
    TH_XLSX_PERCENT,
    TH_XLSX_DATE,
    TH_XLSX_INSTANT,
};

struct th_xlsx_cell {
    enum th_xlsx_kind kind;
    double number;
    int decimals; /* after the point, of a number */
    size_t width; /* characters that it takes */
};

/* `text` is the exact cell, `kind` what it is said to be, `right` its column's. */
struct th_xlsx_cell th_xlsx_cell_of(const char *text, enum th_cell_kind kind, bool right);

#endif
