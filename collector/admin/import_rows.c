#include "collector/admin/import_rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collector/admin/key_set.h"
#include "common/base/clock.h"

#define ARENA_LIMIT  ((size_t)16 << 20) /* of one report; a legal one takes under 4 MiB */
#define CELLS_LIMIT  (2 * (size_t)TH_REPORT_BYTES_MAX)
#define FIRST_CELLS  16
#define COLUMN_NAMES "district,form,period,criterion,value,of,note,received_at"
#define NOWHERE      SIZE_MAX

enum column { DISTRICT, FORM, PERIOD, CRITERION, VALUE, OF, NOTE, RECEIVED_AT, COLUMN_COUNT };
#define KEY_COLUMNS    (PERIOD + 1)
#define NEEDED_COLUMNS (VALUE + 1)

static const char *const column_names[COLUMN_COUNT] = {
    [DISTRICT] = "district", [FORM] = "form", [PERIOD] = "period", [CRITERION] = "criterion",
    [VALUE] = "value",       [OF] = "of",     [NOTE] = "note",     [RECEIVED_AT] = "received_at",
};

struct th_import_rows {
    const struct th_catalogue *catalogue;
    th_import_sink_fn sink;
    void *context;
    bool has_heading;
    size_t places[COLUMN_COUNT];
    size_t width; /* fields of the heading */
    struct th_import_report *open;
    struct th_buffer key, open_key; /* canonical; the open report's */
    struct th_key_set seen;
};

void th_import_report_free(struct th_import_report **report)
{
    if (!*report)
        return;
    struct th_arena *arena = (*report)->arena; /* in which the report lives, too */
    th_arena_destroy(&(*report)->scratch);
    *report = NULL;
    th_arena_destroy(&arena);
}

struct th_import_rows *th_import_rows_create(const struct th_catalogue *catalogue,
                                             th_import_sink_fn sink, void *context)
{
    struct th_import_rows *rows = calloc(1, sizeof(*rows));
    if (!rows)
        abort();
    rows->catalogue = catalogue;
    rows->sink = sink;
    rows->context = context;
    return rows;
}

void th_import_rows_destroy(struct th_import_rows **rows)
{
    if (!*rows)
        return;
    th_import_report_free(&(*rows)->open);
    th_buffer_free(&(*rows)->key);
    th_buffer_free(&(*rows)->open_key);
    th_key_set_free(&(*rows)->seen);
    free(*rows);
    *rows = NULL;
}

/* --------------------------------------------------------------------- heading */

static bool is_blank(const struct th_csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->fields[i].size > 0)
            return false;
    return true;
}

static size_t find_column(struct th_slice name)
{
    size_t column = 0;
    while (column < COLUMN_COUNT && (strlen(column_names[column]) != name.size ||
                                     strncasecmp(column_names[column], name.bytes, name.size) != 0))
        column++;
    return column;
}

static enum th_status read_heading(struct th_import_rows *rows, const struct th_csv_row *row,
                                   struct th_error *error)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        rows->places[i] = NOWHERE;
    for (size_t i = 0; i < row->count; i++) {
        struct th_slice name = row->fields[i];
        size_t column = find_column(name);
        int shown = name.size < 40 ? (int)name.size : 40;
        if (name.size == 0)
            continue; /* what stands beneath it must be blank, too */
        if (column == COLUMN_COUNT)
            return th_error_set(error, TH_REJECTED,
                                "line %zu: the column '%.*s' is unknown; the columns of an import "
                                "are " COLUMN_NAMES,
                                row->line, shown, name.bytes);
        if (rows->places[column] != NOWHERE)
            return th_error_set(error, TH_REJECTED, "line %zu: the column '%.*s' stands twice",
                                row->line, shown, name.bytes);
        rows->places[column] = i;
    }
    for (size_t i = 0; i < NEEDED_COLUMNS; i++)
        if (rows->places[i] == NOWHERE)
            return th_error_set(error, TH_REJECTED,
                                "line %zu: the column '%s' is missing; the first line of an import "
                                "is " COLUMN_NAMES,
                                row->line, column_names[i]);
    rows->has_heading = true;
    rows->width = row->count;
    return TH_OK;
}

/* ------------------------------------------------------------------- one report */

/* Length before each part, so that two keys never read alike. Offices write
 * 2024-03 as 202403 as well: by the form's frequency both are one period. */
static void make_key(const struct th_import_rows *rows, const struct th_slice *cells,
                     struct th_buffer *key)
{
    const struct th_form *form = th_catalogue_form(rows->catalogue, cells[FORM]);
    struct th_slice period = cells[PERIOD];
    char canonical[TH_PERIOD_TEXT];
    int32_t ordinal;
    if (form && th_base_period_parse(form->frequency, period, &ordinal)) {
        th_base_period_format(form->frequency, ordinal, canonical);
        period = th_slice_of(canonical);
    }
    th_buffer_clear(key);
    th_buffer_printf(key, "%zu,%zu,%zu:", cells[DISTRICT].size, cells[FORM].size, period.size);
    th_buffer_add(key, cells[DISTRICT].bytes, cells[DISTRICT].size);
    th_buffer_add(key, cells[FORM].bytes, cells[FORM].size);
    th_buffer_add(key, period.bytes, period.size);
}

static void add_fault(struct th_import_report *report, const char *code, struct th_slice value,
                      const char *limit, size_t line)
{
    th_problem_add(&report->faults, code, "", value, limit, line, 0);
}

static void set_oversized(struct th_import_report *report, size_t line)
{
    if (!report->oversized)
        add_fault(report, "report.too_large", (struct th_slice){0}, "2000 values and 128 KiB",
                  line);
    report->oversized = true;
}

static struct th_slice copy(struct th_import_report *report, struct th_slice text)
{
    if (text.size == 0)
        return (struct th_slice){0};
    const char *bytes = th_arena_copy(report->arena, text.bytes, text.size);
    if (bytes)
        return (struct th_slice){bytes, text.size};
    set_oversized(report, report->line);
    return (struct th_slice){0};
}

static struct th_import_report *begin(struct th_import_rows *rows, const struct th_slice *cells,
                                      char point, size_t line)
{
    struct th_arena *arena = th_arena_create(ARENA_LIMIT);
    struct th_import_report *report = th_arena_alloc(arena, sizeof(*report));
    bool complete = true;
    report->arena = arena;
    report->scratch = th_arena_create(ARENA_LIMIT);
    report->faults.arena = arena;
    report->line = line;
    report->point = point;
    report->district = copy(report, cells[DISTRICT]);
    report->form = copy(report, cells[FORM]);
    report->period = copy(report, cells[PERIOD]);
    report->received_at = copy(report, cells[RECEIVED_AT]);
    if (report->received_at.size > 0 &&
        !th_instant_parse(report->received_at, &report->received_at_us))
        add_fault(report, "import.received_at_malformed", report->received_at,
                  "2024-02-07T16:15:00+07:00", line);
    for (size_t i = 0; i < KEY_COLUMNS; i++) {
        if (cells[i].size > 0)
            continue;
        add_fault(report, "import.cell_missing", th_slice_of(column_names[i]), "", line);
        complete = false;
    }
    if (complete && !th_key_set_add(&rows->seen, th_buffer_slice(&rows->key)))
        add_fault(report, "import.not_contiguous", (struct th_slice){0}, "", line);
    return report;
}

static void add_cell(struct th_import_report *report, const struct th_slice *cells, size_t line)
{
    size_t bytes = cells[CRITERION].size + cells[VALUE].size + cells[OF].size + cells[NOTE].size;
    if (report->count == TH_REPORT_OBSERVATIONS_MAX || report->bytes + bytes > CELLS_LIMIT) {
        set_oversized(report, line);
        return;
    }
    if (report->count == report->capacity) {
        size_t capacity = report->capacity ? report->capacity * 2 : FIRST_CELLS;
        struct th_import_cell *grown =
            th_arena_alloc(report->arena, capacity * sizeof(*report->cells));
        if (!grown) {
            set_oversized(report, line);
            return;
        }
        if (report->count > 0)
            memcpy(grown, report->cells, report->count * sizeof(*grown));
        report->cells = grown;
        report->capacity = capacity;
    }
    report->bytes += bytes;
    report->cells[report->count++] = (struct th_import_cell){
        .criterion = copy(report, cells[CRITERION]),
        .value = copy(report, cells[VALUE]),
        .of = copy(report, cells[OF]),
        .note = copy(report, cells[NOTE]),
        .line = line,
    };
}

static enum th_status hand_over(struct th_import_rows *rows, struct th_error *error)
{
    struct th_import_report *report = rows->open;
    rows->open = NULL;
    return report ? rows->sink(rows->context, report, error) : TH_OK;
}

/* ------------------------------------------------------------------------- rows */

static bool is_of_open(const struct th_import_rows *rows, const struct th_slice *cells)
{
    const struct th_import_report *open = rows->open;
    return open && th_slice_same(open->district, cells[DISTRICT]) &&
           th_slice_same(open->form, cells[FORM]) && th_slice_same(open->period, cells[PERIOD]);
}

/* Makes the report of this row the open one. */
static enum th_status open_report(struct th_import_rows *rows, const struct th_slice *cells,
                                  char point, size_t line, struct th_error *error)
{
    if (is_of_open(rows, cells))
        return TH_OK;
    make_key(rows, cells, &rows->key);
    if (rows->open && th_slice_same(th_buffer_slice(&rows->key), th_buffer_slice(&rows->open_key)))
        return TH_OK;
    enum th_status status = hand_over(rows, error);
    if (status != TH_OK)
        return status;
    rows->open = begin(rows, cells, point, line);
    th_buffer_clear(&rows->open_key);
    th_buffer_add(&rows->open_key, rows->key.bytes, rows->key.size);
    return TH_OK;
}

enum th_status th_import_rows_take(struct th_import_rows *rows, const struct th_csv_row *row,
                                   char point, struct th_error *error)
{
    struct th_slice cells[COLUMN_COUNT] = {0};
    if (is_blank(row))
        return TH_OK;
    if (!rows->has_heading)
        return read_heading(rows, row, error);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (rows->places[i] < row->count)
            cells[i] = row->fields[rows->places[i]];
    enum th_status status = open_report(rows, cells, point, row->line, error);
    if (status != TH_OK)
        return status;

    struct th_import_report *open = rows->open;
    for (size_t i = 0; i < row->count; i++) {
        bool has_column = false;
        for (size_t c = 0; c < COLUMN_COUNT; c++)
            has_column = has_column || rows->places[c] == i;
        if (!has_column && row->fields[i].size > 0)
            th_problem_add(&open->faults, "file.extra_cell", "", row->fields[i], "", row->line,
                           i + 1);
    }
    if (!open->differs && !th_slice_same(open->received_at, cells[RECEIVED_AT])) {
        char *first = th_arena_text(open->arena, open->received_at);
        add_fault(open, "import.received_at_differs", cells[RECEIVED_AT], first, row->line);
        open->differs = true;
    }
    add_cell(open, cells, row->line);
    return TH_OK;
}

enum th_status th_import_rows_fault(struct th_import_rows *rows, const struct th_csv_row *row,
                                    const char *code, struct th_slice value, struct th_error *error)
{
    struct th_slice cells[COLUMN_COUNT] = {0};
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (rows->places[i] < row->count)
            cells[i] = row->fields[rows->places[i]];
    enum th_status status = open_report(rows, cells, '.', row->line, error);
    if (status == TH_OK)
        add_fault(rows->open, code, value, "", row->line);
    return status;
}

enum th_status th_import_rows_finish(struct th_import_rows *rows, struct th_error *error)
{
    if (!rows->has_heading)
        return th_error_set(error, TH_REJECTED,
                            "the file is empty; the first line of an import is " COLUMN_NAMES);
    return hand_over(rows, error);
}
