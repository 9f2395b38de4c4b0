#include "common/domain/report_file.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "common/csv/csv.h"
#include "common/domain/report_reading.h"

#define BYTE_ORDER_MARK TH_SLICE("\xEF\xBB\xBF")
#define KEY_MAX         32
#define NOWHERE         SIZE_MAX

static const char *const head_names[TH_HEAD_COUNT] = {
    [TH_HEAD_FORM] = "form",
    [TH_HEAD_PERIOD] = "period",
    [TH_HEAD_DISTRICT] = "district",
    [TH_HEAD_NUMBER] = "document_number",
    [TH_HEAD_DATE] = "document_date",
    [TH_HEAD_OFFICE] = "signing_office",
    [TH_HEAD_DIGEST] = "document_digest",
};
#define HEAD_NAMES                                                                                 \
    "form, period, district, document_number, document_date, signing_office, document_digest"

enum column { CRITERION, VALUE, OF, NOTE, NAME, UNIT, GUIDE, REQUIRED, PREVIOUS, PREVIOUS_OF };
#define READ_COLUMNS (NOTE + 1) /* the others are for the reader's eyes */
static const char *const column_names[] = {
    [CRITERION] = "criterion",
    [VALUE] = "value",
    [OF] = "of",
    [NOTE] = "note",
    [NAME] = "name",
    [UNIT] = "unit",
    [GUIDE] = "guide",
    [REQUIRED] = "required",
    [PREVIOUS] = "previous",
    [PREVIOUS_OF] = "previous_of",
};
#define COLUMN_COUNT (sizeof(column_names) / sizeof(column_names[0]))
#define COLUMN_NAMES                                                                               \
    "criterion, value, of, note (name, unit, guide, required, previous, previous_of)"

/* Position of a word in a table, whatever the case of its letters; `count` when it
 * is none of them. */
static size_t find_word(struct th_slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text.size == strlen(words[i]) && strncasecmp(text.bytes, words[i], text.size) == 0)
            return i;
    return count;
}

static bool is_blank_row(const struct th_csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->fields[i].size > 0)
            return false;
    return true;
}

static struct th_slice field(const struct th_csv_row *row, size_t position)
{
    return position < row->count ? row->fields[position] : (struct th_slice){0};
}

/* Spreadsheets like to turn a date into the spelling of their own: 2024-04-08
 * comes back as 08/04/2024. Anything else stays, for validation to judge. */
static struct th_slice read_date(const struct th_reading *reading, struct th_slice text)
{
    unsigned parts[3] = {0};
    size_t part = 0, digits = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        if (c == '/' && digits > 0 && part < 2) {
            part++;
            digits = 0;
        } else if (c >= '0' && c <= '9' && digits < 4) {
            parts[part] = parts[part] * 10 + (unsigned)(c - '0');
            digits++;
        } else {
            return text;
        }
    }
    if (part != 2 || digits != 4)
        return text;
    const char *kept =
        th_arena_printf(reading->arena, "%04u-%02u-%02u", parts[2], parts[1], parts[0]);
    return kept ? th_slice_of(kept) : text;
}

void th_reading_set_head(const struct th_reading *reading, enum th_head head, struct th_slice value,
                         size_t line)
{
    struct th_report *report = reading->report;
    report->has_document = report->has_document || (head >= TH_HEAD_NUMBER && value.size > 0);
    switch (head) {
    case TH_HEAD_FORM:
        report->form_code = value;
        report->form_line = line;
        break;
    case TH_HEAD_PERIOD:
        report->period_text = value;
        report->period_line = line;
        break;
    case TH_HEAD_DISTRICT:
        report->district_code = value;
        report->district_line = line;
        break;
    case TH_HEAD_NUMBER:
        report->document_number = value;
        break;
    case TH_HEAD_DATE:
        report->document_date = read_date(reading, value);
        break;
    case TH_HEAD_OFFICE:
        report->signing_office = value;
        break;
    case TH_HEAD_DIGEST:
        report->has_document_digest =
            th_text_from_hex(value, report->document_digest, sizeof(report->document_digest));
        if (value.size > 0 && !report->has_document_digest)
            th_problem_add(reading->problems, "document.malformed", "", value,
                           "document_digest: SHA-256, 64 hex", line, line ? 2 : 0);
        break;
    }
}

bool th_reading_reserve(const struct th_reading *reading, size_t count)
{
    if (count == 0)
        return true;
    reading->report->observations =
        th_arena_alloc(reading->arena, count * sizeof(*reading->report->observations));
    if (!reading->report->observations)
        th_reading_too_large(reading->problems, 0);
    return reading->report->observations != NULL;
}

void th_reading_add_cells(const struct th_reading *reading, struct th_slice code,
                          struct th_slice value, struct th_slice of, struct th_slice note,
                          char point, struct th_place place)
{
    struct th_report *report = reading->report;
    const struct th_form *form = th_catalogue_form(reading->catalogue, report->form_code);
    if (!form)
        return;
    struct th_observation *observation = &report->observations[report->observation_count];
    const struct th_criterion *criterion = th_form_criterion(form, code);
    bool missing = false, fine = true;
    if (criterion)
        fine =
            th_report_cell_read(criterion, value, of, note, point, place.line, place.value,
                                place.of, reading->arena, observation, &missing, reading->problems);
    else
        *observation = (struct th_observation){
            .criterion_code = code, .answer = TH_ANSWER_TEXT, .line = place.line};
    observation->criterion_column = place.criterion;
    if (fine && !missing)
        report->observation_count++;
}

static void check_extra(const struct th_reading *reading, const struct th_csv_row *row,
                        size_t position)
{
    struct th_slice cell = field(row, position);
    if (cell.size > 0)
        th_problem_add(reading->problems, "file.extra_cell", "", cell, "", row->line, position + 1);
}

static void read_head_line(const struct th_reading *reading, const struct th_csv_row *row,
                           bool seen[TH_HEAD_COUNT])
{
    struct th_slice key = field(row, 0);
    size_t head = find_word(key, head_names, TH_HEAD_COUNT);
    if (head == TH_HEAD_COUNT) {
        th_problem_add(reading->problems, "file.unknown_header", "", key, HEAD_NAMES, row->line, 1);
        return;
    }
    if (seen[head])
        th_problem_add(reading->problems, "file.duplicate_header", "", key, "", row->line, 1);
    seen[head] = true;
    th_reading_set_head(reading, (enum th_head)head, field(row, 1), row->line);
    for (size_t i = 2; i < row->count; i++)
        check_extra(reading, row, i);
}

/* Row of the table's heading: the first that names the column `criterion`; failing
 * that, what stands behind the blank line, so that its columns can be named as
 * unknown. `count` when there is neither. */
static size_t find_heading(const struct th_csv *csv)
{
    size_t behind_blank = csv->count;
    bool head_seen = false, blank_seen = false;
    for (size_t i = 0; i < csv->count; i++) {
        const struct th_csv_row *row = &csv->rows[i];
        if (is_blank_row(row)) {
            blank_seen = head_seen;
            continue;
        }
        for (size_t c = 0; c < row->count; c++)
            if (find_word(row->fields[c], column_names, 1) == CRITERION)
                return i;
        head_seen = true;
        if (blank_seen && behind_blank == csv->count)
            behind_blank = i;
    }
    return behind_blank;
}

/* Where the columns that count are; the others are known or named as problems. */
static void read_heading(const struct th_reading *reading, const struct th_csv_row *row,
                         size_t places[READ_COLUMNS])
{
    bool seen[COLUMN_COUNT] = {false};
    for (size_t i = 0; i < READ_COLUMNS; i++)
        places[i] = NOWHERE;
    for (size_t i = 0; row && i < row->count; i++) {
        struct th_slice name = row->fields[i];
        size_t column = find_word(name, column_names, COLUMN_COUNT);
        if (column == COLUMN_COUNT) {
            if (name.size > 0)
                th_problem_add(reading->problems, "file.unknown_column", "", name, COLUMN_NAMES,
                               row->line, i + 1);
            continue;
        }
        if (seen[column])
            th_problem_add(reading->problems, "file.duplicate_column", "", name, "", row->line,
                           i + 1);
        seen[column] = true;
        if (column < READ_COLUMNS)
            places[column] = i;
    }
    for (size_t i = CRITERION; i <= VALUE; i++)
        if (places[i] == NOWHERE)
            th_problem_add(reading->problems, "file.missing_column", "",
                           th_slice_of(column_names[i]), "", row ? row->line : 0, 0);
}

static void read_table(const struct th_reading *reading, const struct th_csv *csv, size_t heading)
{
    const struct th_csv_row *head = heading < csv->count ? &csv->rows[heading] : NULL;
    char point = csv->separator == ';' ? ',' : '.';
    size_t places[READ_COLUMNS];
    read_heading(reading, head, places);
    if (places[CRITERION] == NOWHERE || places[VALUE] == NOWHERE ||
        !th_reading_reserve(reading, csv->count - heading))
        return;
    for (size_t i = heading + 1; i < csv->count; i++) {
        const struct th_csv_row *row = &csv->rows[i];
        for (size_t c = 0; c < row->count; c++)
            if (field(head, c).size == 0)
                check_extra(reading, row, c);
        struct th_slice cells[READ_COLUMNS];
        size_t filled = 0;
        for (size_t c = 0; c < READ_COLUMNS; c++) {
            cells[c] = field(row, places[c]);
            filled += cells[c].size;
        }
        if (filled == 0)
            continue; /* a blank line, or a title that someone put between the lines */
        struct th_place place = {row->line, places[CRITERION] + 1, places[VALUE] + 1,
                                 places[OF] == NOWHERE ? 0 : places[OF] + 1};
        th_reading_add_cells(reading, cells[CRITERION], cells[VALUE], cells[OF], cells[NOTE], point,
                             place);
    }
}

static bool read_csv(const struct th_reading *reading)
{
    struct th_csv csv;
    struct th_error error = {0};
    if (th_csv_parse(reading->file, reading->arena, &csv, &error) != TH_OK) {
        bool has_line = strncmp(error.message, "line ", 5) == 0;
        th_problem_add(reading->problems, "file.malformed", "", th_slice_of(error.message), "",
                       has_line ? strtoul(error.message + 5, NULL, 10) : 0, 0);
        return false;
    }
    bool seen[TH_HEAD_COUNT] = {false};
    size_t heading = find_heading(&csv);
    for (size_t i = 0; i < heading; i++)
        if (!is_blank_row(&csv.rows[i]))
            read_head_line(reading, &csv.rows[i], seen);
    read_table(reading, &csv, heading);
    return true;
}

static void require_head(const struct th_reading *reading, enum th_head head, struct th_slice value)
{
    if (value.size == 0)
        th_problem_add(reading->problems, "file.missing_header", "", th_slice_of(head_names[head]),
                       "", 0, 0);
}

static bool is_json(struct th_slice file)
{
    size_t at = 0;
    while (at < file.size && file.bytes[at] != '\0' && strchr(" \t\r\n", file.bytes[at]))
        at++;
    return at < file.size && file.bytes[at] == '{';
}

bool th_report_file_read(struct th_slice file, const struct th_catalogue *catalogue,
                         const char *own_district, struct th_arena *arena, struct th_report *report,
                         struct th_problem_list *problems)
{
    struct th_reading reading = {file, catalogue, arena, report, problems};
    struct th_slice mark = BYTE_ORDER_MARK;
    size_t errors_before = problems->errors;
    *report = (struct th_report){.told = problems, .told_from = problems->count};
    if (file.size >= mark.size && memcmp(file.bytes, mark.bytes, mark.size) == 0)
        reading.file = (struct th_slice){file.bytes + mark.size, file.size - mark.size};
    if (!(is_json(reading.file) ? th_report_json_read(&reading) : read_csv(&reading)))
        return false;
    if (report->district_code.size == 0 && own_district)
        report->district_code = th_slice_of(th_arena_text(arena, th_slice_of(own_district)));
    require_head(&reading, TH_HEAD_FORM, report->form_code);
    require_head(&reading, TH_HEAD_PERIOD, report->period_text);
    require_head(&reading, TH_HEAD_DISTRICT, report->district_code);
    th_report_resolve(report, catalogue, problems);
    return problems->errors == errors_before;
}
