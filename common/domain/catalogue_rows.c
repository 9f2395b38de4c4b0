/* targets.csv, periods.csv and holidays.csv. */
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/domain/catalogue_reader.h"

/* Index of a row with what makes it one of a kind. */
struct target_row {
    const struct th_target *target;
    size_t row;
};

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_days(int32_t a, int32_t b)
{
    return (a > b) - (a < b);
}

/* By criterion, district and interval; 0 when all are the same. */
static int compare_targets(const struct th_target *x, const struct th_target *y)
{
    int order = compare_sizes(x->criterion->form->index, y->criterion->form->index);
    if (order == 0)
        order = compare_sizes(x->criterion->index, y->criterion->index);
    if (order == 0)
        order = compare_sizes(x->district ? x->district->index + 1 : 0,
                              y->district ? y->district->index + 1 : 0);
    if (order == 0)
        order = compare_days(x->interval.opened, y->interval.opened);
    if (order == 0)
        order = compare_days(x->interval.closed, y->interval.closed);
    return order;
}

static int compare_target_rows(const void *a, const void *b)
{
    const struct target_row *x = a, *y = b;
    int order = compare_targets(x->target, y->target);
    return order != 0 ? order : compare_sizes(x->row, y->row);
}

static bool read_target(struct th_catalogue_reader *reader, const struct th_sheet *sheet,
                        size_t row, struct th_target *target)
{
    const struct th_form *form = th_reader_form(reader, sheet, row, TARGET_FORM);
    const struct th_criterion *criterion =
        th_reader_criterion(reader, sheet, row, form, TARGET_CRITERION);
    bool good = criterion != NULL, given;
    target->criterion = criterion;
    if (criterion && reader->kind_is_good[criterion - reader->all_criteria] &&
        criterion->kind > TH_KIND_SCORE)
        th_sheet_fault(sheet, row, TARGET_CRITERION, "catalogue.not_allowed",
                       "'%s' is of the kind %s; only a count, amount, ratio or score has a target",
                       criterion->code, th_kind_name(criterion->kind));
    if (th_sheet_cell(sheet, row, TARGET_DISTRICT).size > 0) {
        target->district = th_reader_district(reader, sheet, row, TARGET_DISTRICT);
        good = good && target->district;
    }
    good = th_sheet_interval(sheet, row, TARGET_FROM, TARGET_TO, false, &target->interval) && good;
    if (th_sheet_decimal(sheet, row, TARGET_TARGET, &given, &target->target)) {
        if (!given && sheet->places[TARGET_TARGET] >= 0)
            th_sheet_fault(sheet, row, TARGET_TARGET, "catalogue.empty",
                           "the cell is empty; fill it in");
        else if (given && target->target.unscaled < 0)
            th_sheet_fault(sheet, row, TARGET_TARGET, "catalogue.out_of_range",
                           "a target cannot be below 0; raise it");
    }
    return good;
}

void th_reader_targets(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_TARGETS];
    struct th_catalogue *catalogue = reader->catalogue;
    size_t count = 0;
    catalogue->targets =
        th_arena_alloc(reader->arena, (sheet->row_count + 1) * sizeof *catalogue->targets);
    struct target_row *rows = th_arena_alloc(reader->work, (sheet->row_count + 1) * sizeof *rows);
    for (size_t row = 0; row < sheet->row_count; row++) {
        struct th_target target = {0};
        if (!read_target(reader, sheet, row, &target))
            continue;
        catalogue->targets[count] = target;
        rows[count] = (struct target_row){&catalogue->targets[count], row};
        count++;
    }
    catalogue->target_count = count;
    qsort(rows, count, sizeof *rows, compare_target_rows);
    for (size_t i = 1; i < count; i++)
        if (compare_targets(rows[i - 1].target, rows[i].target) == 0)
            th_sheet_fault(sheet, rows[i].row, TH_COLUMN_NONE, "catalogue.duplicate",
                           "line %zu sets a target for the same criterion, district and days; "
                           "keep one of them",
                           th_sheet_line(sheet, rows[i - 1].row));
}

/* Anything that is or could be taken for an identifier of SEMANTICS 2: four digits
 * followed by nothing but digits and the marks of periods, a range, a to-date. */
static bool looks_like_period(const char *code)
{
    size_t size = strlen(code);
    if (strstr(code, "..") || (size >= 4 && strcmp(code + size - 4, ".ytd") == 0))
        return true;
    return strspn(code, "0123456789") >= 4 && strspn(code, "0123456789-QHSM") == size;
}

void th_reader_periods(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_PERIODS];
    struct th_catalogue *catalogue = reader->catalogue;
    struct th_codes *codes = th_codes_create(reader->work, sheet->row_count);
    catalogue->periods =
        th_arena_alloc(reader->arena, (sheet->row_count + 1) * sizeof *catalogue->periods);
    for (size_t row = 0; row < sheet->row_count; row++) {
        struct th_named_period period;
        bool coded = th_sheet_code(sheet, row, PERIOD_CODE, TH_PERIOD_TEXT - 1, &period.code);
        if (coded && looks_like_period(period.code))
            th_sheet_fault(sheet, row, PERIOD_CODE, "catalogue.malformed_code",
                           "'%s' looks like a calendar period; begin the name with a letter, "
                           "without '..' and '.ytd'",
                           period.code);
        th_sheet_name(sheet, row, PERIOD_VI, PERIOD_EN, true, TH_NAME_MAX, &period.name);
        th_sheet_interval(sheet, row, PERIOD_FROM, PERIOD_TO, true, &period.interval);
        if (!coded)
            continue;
        if (th_codes_add(codes, period.code, catalogue->period_count))
            catalogue->periods[catalogue->period_count++] = period;
        else
            th_sheet_duplicate(sheet, row, PERIOD_CODE, period.code, "");
    }
}

struct holiday_row {
    struct th_holiday holiday;
    size_t row;
};

static int compare_holidays(const void *a, const void *b)
{
    const struct holiday_row *x = a, *y = b;
    int order = compare_days(x->holiday.day, y->holiday.day);
    return order != 0 ? order : compare_sizes(x->row, y->row);
}

void th_reader_holidays(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_HOLIDAYS];
    struct th_catalogue *catalogue = reader->catalogue;
    size_t count = 0;
    struct holiday_row *rows = th_arena_alloc(reader->work, (sheet->row_count + 1) * sizeof *rows);
    for (size_t row = 0; row < sheet->row_count; row++) {
        struct holiday_row *read = &rows[count];
        int working = 0;
        *read = (struct holiday_row){.row = row};
        bool dated = th_sheet_day(sheet, row, HOLIDAY_DATE, &read->holiday.day);
        th_sheet_name(sheet, row, HOLIDAY_VI, HOLIDAY_EN, true, TH_NAME_MAX, &read->holiday.name);
        th_sheet_word(sheet, row, HOLIDAY_WORKING, th_answer_words, 0, &working);
        read->holiday.working = working == 1;
        count += dated;
    }
    qsort(rows, count, sizeof *rows, compare_holidays);
    catalogue->holidays = th_arena_alloc(reader->arena, (count + 1) * sizeof *catalogue->holidays);
    catalogue->holiday_count = count;
    for (size_t i = 0; i < count; i++) {
        catalogue->holidays[i] = rows[i].holiday;
        if (i > 0 && rows[i - 1].holiday.day == rows[i].holiday.day)
            th_sheet_fault(sheet, rows[i].row, HOLIDAY_DATE, "catalogue.duplicate",
                           "the day is on line %zu already; each may be listed once",
                           th_sheet_line(sheet, rows[i - 1].row));
    }
}
