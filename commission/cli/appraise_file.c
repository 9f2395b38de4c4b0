/* The file of an appraisal, and the template for it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commission/cli/appraise.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/domain/calendar.h"
#include "common/domain/report_file.h"
#include "common/domain/validate.h"
#include "common/render/problem_table.h"

#define FILE_LIMIT ((size_t)4 << 20)

enum th_status th_appraisal_read(struct th_appraisal *appraisal, const char *path,
                                 struct th_error *error)
{
    const struct th_catalogue *catalogue = appraisal->session.catalogue;
    struct th_report *report = &appraisal->report;
    appraisal->path = path;
    appraisal->problems = (struct th_problem_list){.arena = appraisal->arena};
    enum th_status status = th_file_read(path, FILE_LIMIT, &appraisal->file, error);
    if (status != TH_OK)
        return status;
    bool readable = th_report_file_read(th_buffer_slice(&appraisal->file), catalogue, NULL,
                                        appraisal->arena, report, &appraisal->problems);
    /* Whether the period is locked, and whether there is an exception, the province says. */
    const struct th_validation validation = {.catalogue = catalogue,
                                             .by_province = true,
                                             .now_us = th_clock_now_us(),
                                             .ignore_lock = true};
    report->catalogue_version = catalogue->version;
    if (readable || report->form_code.size > 0)
        (void)th_report_validate(report, &validation, &appraisal->problems);
    if (report->form && report->has_period)
        th_base_period_format(report->form->frequency, report->period, appraisal->period);
    if (appraisal->problems.errors == 0 && !(readable && report->resolved))
        return th_error_set(error, TH_PERMANENT, "%s cannot be read", path);
    return TH_OK;
}

enum th_status th_appraisal_print_problems(const struct th_appraisal *appraisal, FILE *out,
                                           struct th_error *error)
{
    const struct th_problem_file file = {appraisal->path, &appraisal->problems};
    if (appraisal->problems.count == 0)
        return TH_OK;
    return th_problem_table_print(out, appraisal->format, appraisal->session.language, &file, 1,
                                  error);
}

/* ---- template ---- */

static enum th_status find_key(const struct th_appraisal *appraisal,
                               const struct th_command_line *line, const struct th_form **form,
                               const struct th_district **district, int32_t *period,
                               struct th_error *error)
{
    const struct th_catalogue *catalogue = appraisal->session.catalogue;
    const char *const *given = line->arguments;
    *form = th_catalogue_form(catalogue, th_slice_of(given[0]));
    *district = th_catalogue_district(catalogue, th_slice_of(given[2]));
    if (!*form || !(*form)->by_province)
        return th_error_set(error, TH_USAGE,
                            "'%.64s' is no form that the province fills; 'tonghop catalogue' says "
                            "who fills which",
                            given[0]);
    if (!*district)
        return th_error_set(error, TH_USAGE, "the catalogue has no district '%.40s'", given[2]);
    if (!th_base_period_parse((*form)->frequency, th_slice_of(given[1]), period))
        return th_error_set(error, TH_USAGE, "'%.40s' is not a %s", given[1],
                            th_frequency_name((*form)->frequency));
    if (!th_calendar_is_expected(*form, *district, *period))
        return th_error_set(error, TH_USAGE,
                            "form %s is not expected of district %s for %s: one of them is not "
                            "open at the end of that period",
                            given[0], given[2], given[1]);
    return TH_OK;
}

static enum th_status write_sheet(const struct th_buffer *text, const char *path, bool force,
                                  struct th_error *error)
{
    if (strcmp(path, "-") == 0)
        return fwrite(text->bytes, 1, text->size, stdout) == text->size
                   ? TH_OK
                   : th_error_set(error, TH_PERMANENT, "cannot write standard output: %m");
    if (!force && (access(path, F_OK) == 0 || errno != ENOENT))
        return th_error_set(error, TH_USAGE,
                            "%s exists already and may be filled in; choose another --output or "
                            "add --force",
                            path);
    enum th_status status = force ? th_file_write(path, text->bytes, text->size, 0644, error)
                                  : th_file_create(path, text->bytes, text->size, 0644, error);
    if (status == TH_OK)
        fprintf(stderr, "tonghop: wrote %s; fill it in, then: tonghop appraise %s\n", path, path);
    return status;
}

enum th_status th_appraisal_template(struct th_appraisal *appraisal,
                                     const struct th_command_line *line, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    const struct th_form *form = NULL;
    const struct th_district *district = NULL;
    int32_t period = 0;
    char mark = ',';
    const char *separator = th_command_option(line, "separator");
    const char *path = th_command_option(line, "output");
    if (line->argument_count != 3)
        return th_error_set(error, TH_USAGE, "--template takes FORM PERIOD DISTRICT");
    if (separator && strcmp(separator, ",") != 0 && strcmp(separator, ";") != 0)
        return th_error_set(error, TH_USAGE, "--separator is ',' or ';' (in quotes)");
    if (separator)
        mark = *separator;
    enum th_status status = find_key(appraisal, line, &form, &district, &period, error);
    if (status != TH_OK)
        return status;
    th_base_period_format(form->frequency, period, appraisal->period);
    status = th_appraisal_ask(appraisal, form, district, appraisal->period, error);
    if (status != TH_OK)
        return status;
    /* A revision replaces the whole report, so what was said is there to be corrected. */
    th_report_file_template(appraisal->session.catalogue, form, district, period, NULL,
                            appraisal->current_revision > 0 ? &appraisal->current : NULL,
                            appraisal->session.language, mark, &text);
    if (!path)
        path = th_arena_printf(appraisal->arena, "%s-%s-%s.csv", form->code, appraisal->period,
                               district->code);
    return write_sheet(&text, path, th_command_option(line, "force") != NULL, error);
}
