/* catalogue and template: what can be reported, and the sheet to fill in. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/domain/calendar.h"
#include "common/domain/report_file.h"
#include "reporter/entry/commands.h"
#include "reporter/entry/reading.h"

#define ARENA_LIMIT ((size_t)64 << 20)

static void frequency_word(const struct th_office *office, enum th_frequency frequency,
                           const char **word)
{
    const char *const words[][2] = {{"ngày", "day"},
                                    {"tháng", "month"},
                                    {"quý", "quarter"},
                                    {"6 tháng", "half"},
                                    {"năm", "year"}};
    *word = th_say(office, words[frequency][0], words[frequency][1]);
}

static void print_form(struct th_table *table, const struct th_office *office,
                       const struct th_form *form)
{
    char due[24], lock[24] = "", criteria[24];
    const char *frequency;
    snprintf(due, sizeof(due), "%d", (int)form->due_days);
    if (form->has_lock)
        snprintf(lock, sizeof(lock), "%d", (int)form->lock_days);
    snprintf(criteria, sizeof(criteria), "%zu", form->criterion_count);
    frequency_word(office, form->frequency, &frequency);
    const char *cells[] = {
        form->code,
        th_name_in(form->name, office->settings.language),
        th_frequency_name(form->frequency),
        form->by_province ? "province" : "district",
        due,
        lock,
        criteria,
    };
    const char *people[sizeof(cells) / sizeof(cells[0])] = {NULL};
    people[2] = frequency;
    people[3] = form->by_province ? th_say(office, "tỉnh", "province")
                                  : th_say(office, "đơn vị", "district");
    th_table_row(table, cells, people);
}

static enum th_status print_catalogue(const struct th_office *office, enum th_format format,
                                      struct th_error *error)
{
    const struct th_column columns[] = {
        {.name = "form", .heading = th_say(office, "Biểu", "Form")},
        {.name = "name", .heading = th_say(office, "Tên", "Name"), .wrap = true},
        {.name = "frequency", .heading = th_say(office, "Kỳ", "Every")},
        {.name = "filled_by", .heading = th_say(office, "Ai lập", "Filled by")},
        {.name = "due_days", .heading = th_say(office, "Hạn (ngày)", "Due (days)"), .right = true},
        {.name = "lock_days",
         .heading = th_say(office, "Khóa (ngày)", "Lock (days)"),
         .right = true},
        {.name = "criteria", .heading = th_say(office, "Số chỉ tiêu", "Criteria"), .right = true},
    };
    char version[24], fetched[40], title[128], shown[40];
    snprintf(version, sizeof(version), "%llu", (unsigned long long)office->held.version);
    th_instant_format(office->held.fetched_us, fetched);
    th_instant_format_local(office->held.fetched_us, shown);
    snprintf(
        title, sizeof(title),
        th_say(office, "Danh mục phiên bản %s, tải về lúc %s", "Catalogue version %s, fetched %s"),
        version, shown);
    struct th_table *table =
        th_table_create(stdout, format, title, columns, sizeof(columns) / sizeof(columns[0]));
    if (format == TH_FORMAT_JSON) {
        th_table_note(table, "version", version);
        th_table_note(table, "fetched_at", fetched);
    }
    for (size_t i = 0; i < office->catalogue->form_count; i++)
        print_form(table, office, &office->catalogue->forms[i]);
    return th_table_finish(&table, error);
}

enum th_status th_command_catalogue(void *context, const struct th_command_line *line,
                                    struct th_error *error)
{
    struct th_office *office = context;
    enum th_format format;
    enum th_status status = th_office_format(line, &format, error);
    if (status == TH_OK)
        status = th_office_open(office, TH_NEED_OUTBOX, error);
    if (status == TH_OK && th_command_option(line, "fetch"))
        status = th_office_fetch_catalogue(office, error);
    else if (status == TH_OK)
        status = th_office_read_catalogue(office, error);
    if (status == TH_OK && office->catalogue)
        status = print_catalogue(office, format, error);
    else if (status == TH_OK)
        status = th_error_set(error, TH_USAGE,
                              "no catalogue is held yet; run `tonghop-reporter catalogue --fetch`");
    th_office_close(office);
    return status;
}

/* ---- template ---- */

struct sheet {
    const struct th_form *form;
    const struct th_district *district;
    int32_t period;
    char period_text[TH_PERIOD_TEXT];
    char separator;
    bool empty;
};

static enum th_status unknown_form(const struct th_office *office, const char *code,
                                   struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer names = {0};
    for (size_t i = 0; i < office->catalogue->form_count; i++)
        if (!office->catalogue->forms[i].by_province)
            th_buffer_printf(&names, "%s%s", names.size > 0 ? ", " : "",
                             office->catalogue->forms[i].code);
    return th_error_set(error, TH_USAGE, "the catalogue has no form '%.64s'; there are: %s", code,
                        names.size > 0 ? names.bytes : "-");
}

static enum th_status find_sheet(const struct th_office *office, const char *form,
                                 const char *period, struct sheet *sheet, struct th_error *error)
{
    sheet->form = th_catalogue_form(office->catalogue, th_slice_of(form));
    if (!sheet->form)
        return unknown_form(office, form, error);
    if (sheet->form->by_province)
        return th_error_set(error, TH_USAGE, "form %s is filled in by the province", form);
    sheet->district = th_catalogue_district(office->catalogue, th_slice_of(office->bundle.name));
    if (!sheet->district)
        return th_error_set(error, TH_USAGE, "district %s is not in catalogue version %llu",
                            office->bundle.name, (unsigned long long)office->held.version);
    if (!th_base_period_parse(sheet->form->frequency, th_slice_of(period), &sheet->period))
        return th_error_set(error, TH_USAGE,
                            "'%.40s' is not a %s; periods look like 2024-03-15 (day), 2024-03 "
                            "(month), 2024-Q1 (quarter), 2024-H1 (half), 2024 (year)",
                            period, th_frequency_name(sheet->form->frequency));
    th_base_period_format(sheet->form->frequency, sheet->period, sheet->period_text);
    if (!th_calendar_is_expected(sheet->form, sheet->district, sheet->period))
        return th_error_set(error, TH_USAGE,
                            "form %s is not expected of district %s for %s: one of them is not "
                            "open at the end of that period",
                            form, office->bundle.name, sheet->period_text);
    return TH_OK;
}

struct newest {
    const struct th_office *office;
    struct th_arena *arena;
    struct th_report report;
    bool found;
};

static bool keep_newest(void *context, const struct th_outbox_report *report)
{
    struct newest *newest = context;
    newest->found = th_reading_unpack(newest->office, report->body, newest->arena, &newest->report);
    return false;
}

/* A revision replaces the whole report, so a sheet for a key that was reported begins
 * with what was said: a correction must not lose the rest. */
static enum th_status make_sheet(struct th_office *office, const struct sheet *sheet,
                                 struct th_buffer *out, struct th_error *error)
{
    struct th_arena *arena = th_arena_create(ARENA_LIMIT);
    struct th_earlier earlier = {0};
    struct newest newest = {.office = office, .arena = arena};
    enum th_status status = TH_OK;
    if (!sheet->empty)
        status = th_earlier_load(office, sheet->form, sheet->period, 1, arena, &earlier, error);
    if (status == TH_OK && !sheet->empty)
        status = th_outbox_newest(office->outbox, sheet->form->code, sheet->period_text,
                                  keep_newest, &newest, error);
    if (status == TH_OK)
        th_report_file_template(office->catalogue, sheet->form, sheet->district, sheet->period,
                                earlier.count > 0 ? &earlier.reports[0] : NULL,
                                newest.found ? &newest.report : NULL, office->settings.language,
                                sheet->separator, out);
    if (newest.found)
        fprintf(stderr,
                th_say(office,
                       "Kỳ này đã có báo cáo (lần %u): các số liệu đó được điền sẵn để sửa.\n",
                       "This period was reported (revision %u): its values are filled in to be "
                       "corrected.\n"),
                newest.report.revision);
    th_arena_destroy(&arena);
    return status;
}

static enum th_status write_sheet(const struct th_office *office, const struct th_buffer *text,
                                  const char *path, bool force, struct th_error *error)
{
    if (strcmp(path, "-") == 0) {
        if (fwrite(text->bytes, 1, text->size, stdout) == text->size)
            return TH_OK;
        return th_error_set(error, TH_PERMANENT, "cannot write standard output: %m");
    }
    enum th_status status;
    if (force) {
        status = th_file_write(path, text->bytes, text->size, 0644, error);
    } else {
        if (access(path, F_OK) == 0 || errno != ENOENT)
            return th_error_set(error, TH_USAGE,
                                "%s exists already and may be filled in; choose another --output "
                                "or add --force",
                                path);
        status = th_file_create(path, text->bytes, text->size, 0644, error);
    }
    if (status == TH_OK)
        fprintf(stderr,
                th_say(office,
                       "Đã ghi %s. Điền cột value (và of), rồi: tonghop-reporter check %s\n",
                       "Wrote %s. Fill in the columns value (and of), then: tonghop-reporter check "
                       "%s\n"),
                path, path);
    return status;
}

static enum th_status parse_separator(const char *text, char *separator, struct th_error *error)
{
    *separator = ',';
    if (!text || strcmp(text, ",") == 0)
        return TH_OK;
    *separator = ';';
    if (strcmp(text, ";") == 0)
        return TH_OK;
    return th_error_set(error, TH_USAGE, "--separator is ',' or ';' (in quotes)");
}

enum th_status th_command_template(void *context, const struct th_command_line *line,
                                   struct th_error *error)
{
    struct th_office *office = context;
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    struct sheet sheet = {.empty = th_command_option(line, "empty") != NULL};
    char usual[TH_FORM_CODE_MAX + TH_PERIOD_TEXT + 8];
    const char *path = th_command_option(line, "output");
    enum th_status status =
        parse_separator(th_command_option(line, "separator"), &sheet.separator, error);
    if (status == TH_OK)
        status = th_office_open(office, TH_NEED_CATALOGUE, error);
    if (status == TH_OK)
        status = find_sheet(office, line->arguments[0], line->arguments[1], &sheet, error);
    if (status == TH_OK)
        status = make_sheet(office, &sheet, &text, error);
    if (status == TH_OK) {
        snprintf(usual, sizeof(usual), "%s-%s.csv", sheet.form->code, sheet.period_text);
        status = write_sheet(office, &text, path ? path : usual,
                             th_command_option(line, "force") != NULL, error);
    }
    th_office_close(office);
    return status;
}
