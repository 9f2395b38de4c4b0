#include "common/render/xlsx_cell.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"

#define EPOCH_SERIAL     25569 /* of 1970-01-01, counted as spreadsheets do */
#define PERCENT_DECIMALS 2
#define DATE_WIDTH       10 /* dd/mm/yyyy */
#define INSTANT_WIDTH    19 /* dd/mm/yyyy hh:mm:ss */

/* A decimal as our tables write it. "007" is none: codes look like that. */
struct shape {
    size_t whole, decimals, significant; /* digits */
};

static bool read_shape(const char *text, struct shape *shape)
{
    const char *at = text + (*text == '-');
    const char *first = NULL;
    *shape = (struct shape){0};
    if (at[0] == '0' && at[1] >= '0' && at[1] <= '9')
        return false;
    for (; *at >= '0' && *at <= '9'; at++, shape->whole++)
        first = !first && *at != '0' ? at : first;
    if (shape->whole == 0)
        return false;
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++, shape->decimals++)
            first = !first && *at != '0' ? at : first;
    for (const char *digit = first; digit && digit < at; digit++)
        shape->significant += *digit != '.';
    return *at == '\0' && at[-1] != '.';
}

static bool number_of(const char *text, bool percent, struct th_xlsx_cell *cell)
{
    struct shape shape;
    if (!read_shape(text, &shape))
        return false;
    cell->width = shape.whole + shape.whole / 3 + shape.decimals + 2;
    cell->kind = TH_XLSX_RIGHT_TEXT;
    if (shape.significant > TH_XLSX_DIGITS_MOST)
        return true;
    cell->kind = percent ? TH_XLSX_PERCENT : TH_XLSX_NUMBER;
    cell->decimals = percent ? PERCENT_DECIMALS : (int)shape.decimals;
    cell->number = strtod(text, NULL);
    if (percent)
        cell->width = shape.whole + 2 + PERCENT_DECIMALS + 3;
    return true;
}

static bool time_of(const char *text, bool instant, struct th_xlsx_cell *cell)
{
    int32_t day;
    int64_t at_us;
    if (!instant && th_day_parse(th_slice_of(text), &day)) {
        *cell = (struct th_xlsx_cell){
            .kind = TH_XLSX_DATE, .number = day + EPOCH_SERIAL, .width = DATE_WIDTH};
        return true;
    }
    if (!instant || !th_instant_parse(th_slice_of(text), &at_us))
        return false;
    day = th_clock_day_of_us(at_us);
    /* Whole seconds: a sheet would round what is shown. */
    int64_t second = (at_us - th_clock_day_start_us(day)) / 1000000;
    *cell = (struct th_xlsx_cell){.kind = TH_XLSX_INSTANT,
                                  .number = day + EPOCH_SERIAL + (double)second / 86400,
                                  .width = INSTANT_WIDTH};
    return true;
}

struct th_xlsx_cell th_xlsx_cell_of(const char *text, enum th_cell_kind kind, bool right)
{
    struct th_xlsx_cell cell = {.kind = right ? TH_XLSX_RIGHT_TEXT : TH_XLSX_TEXT};
    bool number =
        kind == TH_CELL_NUMBER || kind == TH_CELL_PERCENT || (kind == TH_CELL_BY_COLUMN && right);
    bool time = kind == TH_CELL_DATE || kind == TH_CELL_INSTANT;
    if (number && number_of(text, kind == TH_CELL_PERCENT, &cell))
        return cell;
    if (time && time_of(text, kind == TH_CELL_INSTANT, &cell))
        return cell;
    return cell;
}
