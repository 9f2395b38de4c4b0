/* The checks of single cells: codes, names, days, numbers, words. */
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/domain/catalogue_sheet.h"

/* Takes the cell; false when it is empty, with a fault when it is needed and the
 * header has its column. */
static bool take(const struct th_sheet *sheet, size_t row, int column, bool needed,
                 struct th_slice *cell)
{
    *cell = th_sheet_cell(sheet, row, column);
    if (cell->size == 0 && needed && sheet->places[column] >= 0)
        th_sheet_fault(sheet, row, column, "catalogue.empty", "the cell is empty; fill it in");
    return cell->size > 0;
}

bool th_sheet_code(const struct th_sheet *sheet, size_t row, int column, size_t max,
                   const char **code)
{
    struct th_slice cell;
    struct th_shown shown;
    if (!take(sheet, row, column, true, &cell))
        return false;
    if (!th_text_is_code(cell, max)) {
        th_sheet_fault(sheet, row, column, "catalogue.malformed_code",
                       "'%s' is not a code: use 1 to %zu of A-Z a-z 0-9 - _ . and begin with a "
                       "letter or digit",
                       th_shown(&shown, cell), max);
        return false;
    }
    *code = th_arena_text(sheet->arena, cell);
    return true;
}

static bool has_control(struct th_slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (th_control_at(text, i) > 0)
            return true;
    return false;
}

bool th_sheet_text(const struct th_sheet *sheet, size_t row, int column, bool needed, size_t max,
                   const char **text)
{
    struct th_slice cell;
    struct th_shown shown;
    *text = "";
    if (!take(sheet, row, column, needed, &cell))
        return !needed;
    if (has_control(cell)) {
        th_sheet_fault(sheet, row, column, "catalogue.malformed_text",
                       "'%s' contains a line break or another control character; remove it",
                       th_shown(&shown, cell));
        return false;
    }
    size_t length = th_text_length(cell);
    if (length > max) {
        th_sheet_fault(sheet, row, column, "catalogue.too_long",
                       "the text has %zu characters; at most %zu are allowed", length, max);
        return false;
    }
    *text = th_arena_text(sheet->arena, cell);
    return true;
}

bool th_sheet_name(const struct th_sheet *sheet, size_t row, int vi, int en, bool needed,
                   size_t max, struct th_name *name)
{
    bool good = th_sheet_text(sheet, row, vi, needed, max, &name->vi);
    good = th_sheet_text(sheet, row, en, false, max, &name->en) && good;
    if (name->en[0] == '\0')
        name->en = name->vi;
    return good;
}

bool th_sheet_day(const struct th_sheet *sheet, size_t row, int column, int32_t *day)
{
    struct th_slice cell;
    struct th_shown shown;
    if (!take(sheet, row, column, true, &cell))
        return false;
    if (th_day_parse(cell, day))
        return true;
    th_sheet_fault(sheet, row, column, "catalogue.malformed_date",
                   "'%s' is not a date; write an existing day of 1900 to 2999 as 2024-03-15",
                   th_shown(&shown, cell));
    return false;
}

bool th_sheet_interval(const struct th_sheet *sheet, size_t row, int from, int to, bool to_needed,
                       struct th_interval *interval)
{
    bool good = th_sheet_day(sheet, row, from, &interval->opened);
    if (!to_needed && th_sheet_cell(sheet, row, to).size == 0) {
        interval->closed = TH_DAY_FOREVER;
        return good;
    }
    good = th_sheet_day(sheet, row, to, &interval->closed) && good;
    if (good && interval->opened > interval->closed) {
        char opened[11], ended[11];
        th_day_format(interval->opened, opened);
        th_day_format(interval->closed, ended);
        th_sheet_fault(sheet, row, to, "catalogue.backwards",
                       "%s is before %s in '%s'; the last day cannot precede the first", ended,
                       opened, sheet->columns[from].name);
        return false;
    }
    return good;
}

static bool parse_integer(struct th_slice cell, int64_t *value)
{
    size_t at = cell.bytes[0] == '-';
    if (at == cell.size || cell.size - at > 10)
        return false;
    int64_t sum = 0;
    for (size_t i = at; i < cell.size; i++) {
        if (cell.bytes[i] < '0' || cell.bytes[i] > '9')
            return false;
        sum = sum * 10 + (cell.bytes[i] - '0');
    }
    *value = at ? -sum : sum;
    return true;
}

bool th_sheet_integer(const struct th_sheet *sheet, size_t row, int column, bool needed,
                      int32_t min, int32_t max, int32_t *value, bool *given)
{
    struct th_slice cell;
    struct th_shown shown;
    int64_t read;
    if (given)
        *given = false;
    if (!take(sheet, row, column, needed, &cell))
        return !needed;
    if (!parse_integer(cell, &read)) {
        th_sheet_fault(sheet, row, column, "catalogue.malformed_number",
                       "'%s' is not a whole number; write one from %d to %d in digits",
                       th_shown(&shown, cell), min, max);
        return false;
    }
    if (read < min || read > max) {
        th_sheet_fault(sheet, row, column, "catalogue.out_of_range",
                       "%s is not allowed; write a whole number from %d to %d",
                       th_shown(&shown, cell), min, max);
        return false;
    }
    *value = (int32_t)read;
    if (given)
        *given = true;
    return true;
}

bool th_sheet_decimal(const struct th_sheet *sheet, size_t row, int column, bool *given,
                      struct th_decimal *value)
{
    struct th_slice cell;
    struct th_shown shown;
    *given = false;
    if (!take(sheet, row, column, false, &cell))
        return true;
    /* Spreadsheets that separate by ';' write decimal commas; the point is read as well. */
    bool comma = sheet->separator == ';' && memchr(cell.bytes, ',', cell.size);
    enum th_decimal_fault fault = th_decimal_parse(cell, comma ? ',' : '.', value);
    if (fault == TH_DECIMAL_FINE) {
        *given = true;
        return true;
    }
    th_sheet_fault(sheet, row, column,
                   fault == TH_DECIMAL_MALFORMED ? "catalogue.malformed_number"
                                                 : "catalogue.out_of_range",
                   "'%s' is not a number of at most %d digits, at most %d of them after the "
                   "point; write it as 0.95",
                   th_shown(&shown, cell), TH_DECIMAL_DIGITS, TH_DECIMAL_MAX_SCALE);
    return false;
}

bool th_sheet_word(const struct th_sheet *sheet, size_t row, int column, const char *const *words,
                   int otherwise, int *value)
{
    struct th_slice cell;
    struct th_shown shown;
    if (otherwise >= 0)
        *value = otherwise;
    if (!take(sheet, row, column, otherwise < 0, &cell))
        return otherwise >= 0;
    char allowed[128] = "";
    for (int i = 0; words[i]; i++) {
        if (words[i][0] == '\0')
            continue;
        if (th_slice_equals(cell, words[i])) {
            *value = i;
            return true;
        }
        size_t used = strlen(allowed);
        snprintf(allowed + used, sizeof allowed - used, "%s%s", used > 0 ? ", " : "", words[i]);
    }
    th_sheet_fault(sheet, row, column, "catalogue.unknown_word", "'%s' is not one of: %s",
                   th_shown(&shown, cell), allowed);
    return false;
}
