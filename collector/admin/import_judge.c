#include <stdio.h>
#include <string.h>

#include "collector/admin/import_rows.h"
#include "common/base/clock.h"
#include "common/domain/report_file.h"
#include "common/domain/validate.h"
#include "common/wire/message.h"

#define OBSERVATION_OVERHEAD 128 /* bytes of the message around an observation's texts, at most */

/* A batch is judged again at every attempt to write it, so the last judgement makes
 * room for the next; the faults of the rows stay. */
static void begin_problems(const struct th_import_report *source, struct th_problem_list *problems)
{
    const struct th_problem_list *faults = &source->faults;
    th_arena_reset(source->scratch);
    *problems = (struct th_problem_list){.arena = source->scratch, .errors = faults->errors};
    if (faults->count > 0)
        problems->problems = th_arena_copy(source->scratch, faults->problems,
                                           faults->count * sizeof(*faults->problems));
    if (problems->problems)
        problems->count = problems->capacity = faults->count;
}

static void add(struct th_problem_list *problems, const char *code, struct th_slice value,
                const char *limit, size_t line)
{
    th_problem_add(problems, code, "", value, limit, line, 0);
}

/* True when the cells are in the report as they stand in the file. */
static bool read_cell(const struct th_import_report *source, const struct th_import_cell *cell,
                      const struct th_form *form, struct th_report *report,
                      struct th_problem_list *problems)
{
    struct th_observation *observation = &report->observations[report->observation_count];
    bool missing = false;
    if (cell->criterion.size == 0) {
        add(problems, "import.cell_missing", TH_SLICE("criterion"), "", cell->line);
        return false;
    }
    const struct th_criterion *criterion = th_form_criterion(form, cell->criterion);
    if (!criterion) { /* kept for th_report_resolve to name */
        *observation = (struct th_observation){
            .criterion_code = cell->criterion, .answer = TH_ANSWER_TEXT, .line = cell->line};
        report->observation_count++;
        return false;
    }
    if (!th_report_cell_read(criterion, cell->value, cell->of, cell->note, source->point,
                             cell->line, 0, 0, source->scratch, observation, &missing, problems))
        return false;
    if (!missing)
        report->observation_count++;
    return true;
}

static bool read_cells(const struct th_import_report *source, const struct th_form *form,
                       struct th_report *report, struct th_problem_list *problems)
{
    bool whole = true;
    report->observations =
        th_arena_alloc(source->scratch, (source->count + 1) * sizeof(*report->observations));
    if (!report->observations) {
        add(problems, "report.too_large", (struct th_slice){0}, "", source->line);
        return false;
    }
    for (size_t i = 0; form && i < source->count; i++)
        if (!read_cell(source, &source->cells[i], form, report, problems))
            whole = false;
    return whole && form;
}

static bool check_received_at(const struct th_import_report *source, const struct th_report *report,
                              int64_t now_us, struct th_problem_list *problems)
{
    int32_t first_day, last_day;
    char earliest[40], latest[40], limit[96];
    if (source->received_at_us == 0 || !report->has_period)
        return true;
    th_base_period_days(report->form->frequency, report->period, &first_day, &last_day);
    int64_t start_us = th_clock_day_start_us(first_day);
    if (source->received_at_us >= start_us && source->received_at_us <= now_us)
        return true;
    th_instant_format(start_us, earliest);
    th_instant_format(now_us - now_us % 1000000, latest);
    snprintf(limit, sizeof(limit), "%s .. %s", earliest, latest);
    add(problems, "import.received_at_out_of_range", source->received_at, limit, source->line);
    return false;
}

/* The store writes the body; whether it would be too large is known only here. Most
 * reports are far from the limit. */
static bool check_size(const struct th_import_report *source, const struct th_report *report,
                       struct th_problem_list *problems)
{
    TH_CLEANUP_BUFFER struct th_buffer body = {0};
    char value[32], limit[32];
    if (source->bytes + source->count * OBSERVATION_OVERHEAD < (size_t)TH_REPORT_BYTES_MAX / 2)
        return true;
    th_report_pack(report, &body);
    if (body.size <= (size_t)TH_REPORT_BYTES_MAX)
        return true;
    snprintf(value, sizeof(value), "%zu bytes", body.size);
    snprintf(limit, sizeof(limit), "%d bytes", TH_REPORT_BYTES_MAX);
    add(problems, "report.too_large", th_slice_of(value), limit, source->line);
    return false;
}

static void spell_period(const struct th_import_report *source, struct th_report *report)
{
    char period[TH_PERIOD_TEXT];
    th_base_period_format(report->form->frequency, report->period, period);
    const char *kept = th_arena_text(source->scratch, th_slice_of(period));
    if (kept)
        report->period_text = th_slice_of(kept);
}

enum th_import_verdict th_import_judge(const struct th_import_report *source,
                                       const struct th_catalogue *catalogue, const char *province,
                                       int64_t now_us, struct th_report *report,
                                       struct th_problem_list *problems)
{
    const struct th_validation validation = {
        .catalogue = catalogue, .now_us = now_us, .ignore_lock = true};
    begin_problems(source, problems);
    *report = (struct th_report){
        .province = th_slice_of(province),
        .district_code = source->district,
        .form_code = source->form,
        .period_text = source->period,
        .catalogue_version = catalogue->version,
        .form_line = source->line,
        .period_line = source->line,
        .district_line = source->line,
    };
    /* Without its key, or without all of its rows, there is no report to judge. */
    if (source->oversized || !source->district.size || !source->form.size || !source->period.size)
        return TH_IMPORT_UNREADABLE;

    bool whole = read_cells(source, th_catalogue_form(catalogue, source->form), report, problems);
    th_report_validate(report, &validation, problems);
    whole = check_received_at(source, report, now_us, problems) && whole;
    if (report->resolved)
        spell_period(source, report);
    whole = check_size(source, report, problems) && whole;
    if (!whole || !report->resolved || source->faults.errors > 0)
        return TH_IMPORT_UNREADABLE;
    return problems->errors > 0 ? TH_IMPORT_INVALID : TH_IMPORT_SOUND;
}
