#include "common/domain/validate.h"

#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/domain/calendar.h"
#include "common/domain/validate_checks.h"

#define REVISION_MAX        1000000
#define DOCUMENT_NUMBER_MAX 100
#define DOCUMENT_OFFICE_MAX 200
#define INTERVAL_TEXT       32

/* "2016-01-01..2025-06-30", or "2016-01-01.." without an end. */
static void format_interval(struct th_interval interval, char out[INTERVAL_TEXT])
{
    char opened[11], closed[11] = "";
    th_day_format(interval.opened, opened);
    if (interval.closed != TH_DAY_FOREVER)
        th_day_format(interval.closed, closed);
    snprintf(out, INTERVAL_TEXT, "%s..%s", opened, closed);
}

static void add_about(const struct th_check *check, const char *code, struct th_slice value,
                      const char *limit, size_t line)
{
    th_problem_add(check->problems, code, "", value, limit, line, line ? 2 : 0);
}

static void check_form(const struct th_check *check)
{
    const struct th_report *report = check->report;
    const struct th_validation *validation = check->validation;
    const struct th_form *form = report->form;
    bool is_district = !validation->by_province && validation->own_district;
    if (validation->by_province && !form->by_province)
        add_about(check, "form.not_yours", report->form_code, "filled_by = district",
                  report->form_line);
    if (is_district && form->by_province)
        add_about(check, "form.not_yours", report->form_code, "filled_by = province",
                  report->form_line);
    if (report->has_period && !th_interval_has(form->interval, check->last_day)) {
        char interval[INTERVAL_TEXT];
        format_interval(form->interval, interval);
        add_about(check, "form.closed", report->form_code, interval, report->form_line);
    }
}

static void check_district(const struct th_check *check)
{
    const struct th_report *report = check->report;
    const char *own = check->validation->own_district;
    if (own && !th_slice_equals(report->district_code, own))
        add_about(check, "district.not_yours", report->district_code, own, report->district_line);
    if (report->district && report->has_period &&
        !th_district_is_open(report->district, check->last_day)) {
        char day[11];
        th_day_format(check->last_day, day);
        add_about(check, "district.closed", report->district_code, day, report->district_line);
    }
}

static void check_period(const struct th_check *check)
{
    const struct th_report *report = check->report;
    const struct th_validation *validation = check->validation;
    char day[11];
    if (!th_calendar_has_begun(report->form, report->period, validation->now_us)) {
        int32_t first_day, last_day;
        th_base_period_days(report->form->frequency, report->period, &first_day, &last_day);
        th_day_format(first_day, day);
        add_about(check, "period.future", report->period_text, day, report->period_line);
    }
    if (validation->ignore_lock)
        return;
    int64_t lock_us = th_calendar_lock_us(report->form, report->period);
    if (validation->now_us >= lock_us) {
        th_day_format(th_clock_day_of_us(lock_us - 1), day);
        add_about(check, "period.locked", report->period_text, day, report->period_line);
    }
}

static void check_versions(const struct th_check *check)
{
    const struct th_report *report = check->report;
    uint64_t version = check->validation->catalogue->version;
    char value[24], limit[24];
    if (report->revision > REVISION_MAX) {
        snprintf(value, sizeof(value), "%u", report->revision);
        snprintf(limit, sizeof(limit), "1..%d", REVISION_MAX);
        add_about(check, "revision.malformed", th_slice_of(value), limit, 0);
    }
    if (report->catalogue_version != 0 && report->catalogue_version < version) {
        snprintf(value, sizeof(value), "%llu", (unsigned long long)report->catalogue_version);
        snprintf(limit, sizeof(limit), "%llu", (unsigned long long)version);
        add_about(check, "catalogue.outdated", th_slice_of(value), limit, 0);
    }
}

static void check_document_text(const struct th_check *check, struct th_slice text, size_t max,
                                const char *where)
{
    size_t before = check->problems->count;
    th_check_text(check, "", text, SIZE_MAX, where, 0, 0);
    if (check->problems->count != before || th_text_length(text) <= max)
        return;
    char limit[64];
    snprintf(limit, sizeof(limit), "%s: <= %zu", where, max);
    add_about(check, "document.malformed", text, limit, 0);
}

static void check_document(const struct th_check *check)
{
    const struct th_report *report = check->report;
    int32_t day;
    if (!report->has_document)
        return;
    check_document_text(check, report->document_number, DOCUMENT_NUMBER_MAX, "document_number");
    check_document_text(check, report->signing_office, DOCUMENT_OFFICE_MAX, "signing_office");
    if (report->document_date.size > 0 && !th_day_parse(report->document_date, &day))
        add_about(check, "document.malformed", report->document_date, "document_date: YYYY-MM-DD",
                  0);
}

static bool is_already_faulty(const struct th_problem_list *problems, const char *criterion)
{
    for (size_t i = 0; i < problems->count; i++)
        if (problems->problems[i].severity == TH_SEVERITY_ERROR &&
            strcmp(problems->problems[i].criterion, criterion) == 0)
            return true;
    return false;
}

/* A criterion whose value a file reader could not read is not missing as well:
 * its own problem says what to do. */
static void check_required(const struct th_check *check)
{
    const struct th_form *form = check->report->form;
    for (size_t i = 0; i < form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->criteria[i];
        if (criterion->required && th_interval_has(criterion->interval, check->last_day) &&
            !th_report_find(check->report, criterion) &&
            !is_already_faulty(check->problems, criterion->code))
            th_problem_add(check->problems, "criterion.required", criterion->code,
                           (struct th_slice){0}, "", 0, 0);
    }
}

static void check_observations(const struct th_check *check)
{
    struct th_report *report = check->report;
    for (size_t i = 0; i < report->observation_count; i++) {
        struct th_observation *observation = &report->observations[i];
        const struct th_criterion *criterion = observation->criterion;
        if (!criterion)
            continue;
        if (report->has_period && !th_interval_has(criterion->interval, check->last_day)) {
            char interval[INTERVAL_TEXT];
            format_interval(criterion->interval, interval);
            th_problem_add(check->problems, "criterion.closed", criterion->code,
                           (struct th_slice){0}, interval, observation->line,
                           observation->criterion_column);
            continue;
        }
        th_check_observation(check, observation);
    }
}

static bool check_size(const struct th_check *check)
{
    size_t count = check->report->observation_count;
    char value[24], limit[24];
    if (count <= TH_REPORT_OBSERVATIONS_MAX)
        return true;
    snprintf(value, sizeof(value), "%zu", count);
    snprintf(limit, sizeof(limit), "%d values", TH_REPORT_OBSERVATIONS_MAX);
    add_about(check, "report.too_large", th_slice_of(value), limit, 0);
    return false;
}

bool th_report_validate(struct th_report *report, const struct th_validation *validation,
                        struct th_problem_list *problems)
{
    struct th_check check = {.report = report, .validation = validation, .problems = problems};
    int32_t first_day;
    if (!check_size(&check))
        return false;
    th_report_resolve(report, validation->catalogue, problems);
    if (report->has_period)
        th_base_period_days(report->form->frequency, report->period, &first_day, &check.last_day);
    check_versions(&check);
    check_district(&check);
    check_document(&check);
    if (report->form)
        check_form(&check);
    check_observations(&check);
    if (report->form && report->has_period) {
        check_period(&check);
        check_required(&check);
        th_check_rules(&check);
        th_check_history(&check);
    }
    return problems->errors == 0;
}

void th_report_check_history(struct th_report *report, th_history_fn history, void *context,
                             struct th_problem_list *problems)
{
    const struct th_validation validation = {.history = history, .history_context = context};
    const struct th_check check = {
        .report = report, .validation = &validation, .problems = problems};
    if (report->form && report->has_period)
        th_check_history(&check);
}
