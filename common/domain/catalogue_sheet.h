/* One CSV file of a catalogue while it is read: its header matched with the known
 * columns, its cells checked one by one, each fault added to the import's list. */
#ifndef TONGHOP_DOMAIN_CATALOGUE_SHEET_H
#define TONGHOP_DOMAIN_CATALOGUE_SHEET_H

#include "common/csv/csv.h"
#include "common/domain/catalogue_private.h"

#define TH_COLUMN_NONE (-1) /* a fault about the row, not one of its cells */

struct th_sheet {
    const char *file; /* of th_catalogue_file_names */
    const struct th_column *columns;
    struct th_arena *arena; /* where texts that stay are copied */
    struct th_fault_list *faults;
    char separator;
    bool known; /* rows could be read by every needed column, or an optional file is not
                   there: what other files name can be looked for here. The reader sets it
                   to "need not be there" before the file is opened */
    int places[TH_COLUMNS_MAX];     /* field of each column, -1: the column is not there */
    const struct th_csv_row **rows; /* of data, blank ones left out */
    size_t row_count;
};

/* Adds a fault; the message is cut to the fault's room at a whole character. A list
 * takes at most 100,000, then one `catalogue.too_many_faults`. */
void th_fault_add(struct th_fault_list *faults, const char *file, size_t line, const char *column,
                  const char *code, const char *format, ...) TH_PRINTF(6, 7);

/* A value as messages show it: at most 40 characters, control characters as '?'.
 * Lives in `out`. */
struct th_shown {
    char text[200];
};
const char *th_shown(struct th_shown *out, struct th_slice value);

/* Bytes of a control character (C0, DEL, C1) at `at` in valid UTF-8, 0 when there is none. */
size_t th_control_at(struct th_slice text, size_t at);

/* Parses `content` (rows live in `scratch`) and matches the header. The rows past
 * `row_limit` are a fault and left out. */
void th_sheet_open(struct th_sheet *sheet, struct th_slice content, size_t row_limit,
                   struct th_arena *scratch);

/* Adds a fault about a row (its index) and column. */
void th_sheet_fault(const struct th_sheet *sheet, size_t row, int column, const char *code,
                    const char *format, ...) TH_PRINTF(5, 6);

/* A code that an earlier row has; `where` continues the sentence (" for this form"). */
void th_sheet_duplicate(const struct th_sheet *sheet, size_t row, int column, const char *code,
                        const char *where);

/* Whether a `count` may become one more; the first row too many (`*told`) is a fault. */
bool th_sheet_has_room(const struct th_sheet *sheet, size_t row, size_t count, size_t max,
                       bool *told, const char *what);

size_t th_sheet_line(const struct th_sheet *sheet, size_t row);

/* The cell; empty when the row is short or the column is not there. */
struct th_slice th_sheet_cell(const struct th_sheet *sheet, size_t row, int column);

/* Each of these reads one cell or a pair and returns false after adding the fault. A
 * missing column was one fault of the header: it is none of the row's again, but the
 * needed value is not there, so false is returned. */

/* A code of at most `max` bytes, copied. */
bool th_sheet_code(const struct th_sheet *sheet, size_t row, int column, size_t max,
                   const char **code);
/* vi and en cells of at most `max` characters; en falls back to vi. */
bool th_sheet_name(const struct th_sheet *sheet, size_t row, int vi, int en, bool needed,
                   size_t max, struct th_name *name);
bool th_sheet_text(const struct th_sheet *sheet, size_t row, int column, bool needed, size_t max,
                   const char **text);
bool th_sheet_day(const struct th_sheet *sheet, size_t row, int column, int32_t *day);
/* `from` is needed; an empty `to` is for ever unless it is needed, too. */
bool th_sheet_interval(const struct th_sheet *sheet, size_t row, int from, int to, bool to_needed,
                       struct th_interval *interval);
/* An integer; an empty cell leaves *value and sets *given (may be NULL) to false. */
bool th_sheet_integer(const struct th_sheet *sheet, size_t row, int column, bool needed,
                      int32_t min, int32_t max, int32_t *value, bool *given);
bool th_sheet_decimal(const struct th_sheet *sheet, size_t row, int column, bool *given,
                      struct th_decimal *value);
/* The position of the cell among `words`; an empty cell is `otherwise` (-1: a fault).
 * After a fault *value is `otherwise`, or untouched when that is -1. */
bool th_sheet_word(const struct th_sheet *sheet, size_t row, int column, const char *const *words,
                   int otherwise, int *value);

#endif
