/* libxlsxwriter, loaded when the first workbook is made: with the libraries that it needs
 * itself it would cost every program 1.6 MiB of memory, daemons too, which make none.
 * Private to the room. */
#ifndef TONGHOP_RENDER_XLSX_LIBRARY_H
#define TONGHOP_RENDER_XLSX_LIBRARY_H

#include <xlsxwriter.h>

#include "common/base/status.h"

/* The functions that workbook.c uses. */
#define TH_XLSX_FUNCTIONS(X)                                                                       \
    X(format_set_align)                                                                            \
    X(format_set_bg_color)                                                                         \
    X(format_set_bold)                                                                             \
    X(format_set_border)                                                                           \
    X(format_set_border_color)                                                                     \
    X(format_set_font_color)                                                                       \
    X(format_set_font_name)                                                                        \
    X(format_set_font_size)                                                                        \
    X(format_set_indent)                                                                           \
    X(format_set_num_format)                                                                       \
    X(format_set_text_wrap)                                                                        \
    X(workbook_add_format)                                                                         \
    X(workbook_add_worksheet)                                                                      \
    X(workbook_close)                                                                              \
    X(workbook_new_opt)                                                                            \
    X(workbook_set_properties)                                                                     \
    X(workbook_validate_sheet_name)                                                                \
    X(worksheet_autofilter)                                                                        \
    X(worksheet_fit_to_pages)                                                                      \
    X(worksheet_freeze_panes)                                                                      \
    X(worksheet_repeat_rows)                                                                       \
    X(worksheet_set_column_opt)                                                                    \
    X(worksheet_set_footer)                                                                        \
    X(worksheet_set_landscape)                                                                     \
    X(worksheet_set_margins)                                                                       \
    X(worksheet_set_paper)                                                                         \
    X(worksheet_set_row)                                                                           \
    X(worksheet_write_blank)                                                                       \
    X(worksheet_write_number)                                                                      \
    X(worksheet_write_string)

/* Each by its name, with the prototype of the header. */
#define TH_XLSX_MEMBER(name) __typeof__ (&(name))(name);
struct th_xlsx_library {
    TH_XLSX_FUNCTIONS(TH_XLSX_MEMBER)
};
#undef TH_XLSX_MEMBER

/* All NULL until th_xlsx_library_load has said TH_OK. */
extern struct th_xlsx_library th_xlsx;

/* Loads the library of the version that the build found, once; it stays until the process
 * ends. TH_PERMANENT when it cannot be loaded or lacks a function: the message names the
 * package to install. Not thread-safe. */
enum th_status th_xlsx_library_load(struct th_error *error) TH_MUST_USE;

#endif
