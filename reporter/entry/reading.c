#include "reporter/entry/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/domain/calendar.h"
#include "common/domain/report_file.h"
#include "common/domain/validate.h"
#include "common/render/problem_table.h"
#include "common/wire/message.h"

#define FILE_LIMIT  ((size_t)4 << 20) /* thirty times the largest report */
#define ARENA_LIMIT ((size_t)64 << 20)

bool th_reading_unpack(const struct th_office *office, struct th_slice body, struct th_arena *arena,
                       struct th_report *report)
{
    struct th_problem_list ignored = {.arena = arena};
    /* The stored bytes live only as long as their row. */
    const char *copy = th_arena_copy(arena, body.bytes, body.size);
    *report = (struct th_report){0};
    bool fine = copy &&
                th_report_unpack((struct th_slice){copy, body.size}, arena, report, &ignored) &&
                th_report_resolve(report, office->catalogue, &ignored);
    return fine;
}

/* ---- earlier reports ---- */

struct loading {
    const struct th_office *office;
    struct th_arena *arena;
    struct th_earlier *earlier;
};

static bool load_earlier(void *context, const struct th_outbox_report *report)
{
    struct loading *loading = context;
    struct th_earlier *earlier = loading->earlier;
    if (th_reading_unpack(loading->office, report->body, loading->arena,
                          &earlier->reports[earlier->count]))
        earlier->count++;
    return true;
}

enum th_status th_earlier_load(struct th_office *office, const struct th_form *form, int32_t period,
                               size_t limit, struct th_arena *arena, struct th_earlier *earlier,
                               struct th_error *error)
{
    char text[TH_PERIOD_TEXT];
    struct loading loading = {office, arena, earlier};
    *earlier =
        (struct th_earlier){.reports = th_arena_alloc(arena, limit * sizeof(struct th_report))};
    if (!earlier->reports)
        return th_error_set(error, TH_PERMANENT, "the earlier reports are too large");
    th_base_period_format(form->frequency, period, text);
    return th_outbox_earlier(office->outbox, form->code, text, limit, load_earlier, &loading,
                             error);
}

static size_t earlier_values(void *context, const struct th_criterion *criterion, int part,
                             int32_t period, struct th_decimal *values, size_t capacity)
{
    const struct th_earlier *earlier = context;
    size_t count = 0;
    for (size_t i = 0; i < earlier->count && count < capacity; i++) {
        const struct th_report *report = &earlier->reports[i];
        const struct th_observation *observation =
            report->period < period ? th_report_find(report, criterion) : NULL;
        if (!observation)
            continue;
        if (part == 0 && (observation->answer == TH_ANSWER_NUMBER ||
                          (observation->answer == TH_ANSWER_RATIO && observation->has_num)))
            values[count++] = observation->number;
        else if (part == 1 && observation->answer == TH_ANSWER_RATIO && observation->has_den)
            values[count++] = observation->den;
    }
    return count;
}

/* ---- one file ---- */

/* A problem of the table that only the province can be sure of. */
static void warn(struct th_reading *reading, const char *code, struct th_slice value,
                 const char *limit)
{
    const struct th_report *report = &reading->report;
    struct th_problem_list *problems = &reading->problems;
    size_t before = problems->count;
    th_problem_add(problems, code, "", value, limit, report->period_line,
                   report->period_line ? 2 : 0);
    if (problems->count == before + 1 && strcmp(problems->problems[before].code, code) == 0 &&
        problems->problems[before].severity == TH_SEVERITY_ERROR) {
        problems->problems[before].severity = TH_SEVERITY_WARNING;
        problems->errors--;
    }
}

/* What the province will say of the key, as far as its notices tell. */
static enum th_status warn_of_key(const struct th_office *office, struct th_reading *reading,
                                  int64_t now_us, struct th_error *error)
{
    const struct th_report *report = &reading->report;
    struct th_outbox_verdict verdict;
    char period[TH_PERIOD_TEXT], value[TH_FORM_CODE_MAX + TH_PERIOD_TEXT + 2], day[11];
    int64_t open_until_us = 0, first_enrolled_us = 0;
    if (!report->has_period)
        return TH_OK;
    th_base_period_format(report->form->frequency, report->period, period);
    enum th_status status =
        th_outbox_verdict(office->outbox, report->form->code, period, 0, &verdict, error);
    if (status == TH_OK)
        status =
            th_outbox_open_until(office->outbox, report->form->code, period, &open_until_us, error);
    if (status == TH_OK)
        status = th_outbox_get_first_enrolled(office->outbox, &first_enrolled_us, error);
    if (status != TH_OK)
        return status;
    if (verdict.decision == TH_DECISION_APPROVED) {
        snprintf(value, sizeof(value), "%s %s", report->form->code, period);
        warn(reading, "state.approved", th_slice_of(value), "");
    }
    int64_t lock_us = th_calendar_lock_us(report->form, report->period);
    if (now_us >= lock_us && now_us >= open_until_us &&
        !th_calendar_is_historic(
            th_calendar_due_us(office->catalogue, report->form, report->period),
            first_enrolled_us)) {
        th_day_format(th_clock_day_of_us(lock_us - 1), day);
        warn(reading, "period.locked", report->period_text, day);
    }
    return TH_OK;
}

/* An office whose clock has been set back must not refuse a period as one to come: it is at
 * least as late as when the province accepted its last report. */
static enum th_status latest_known_us(const struct th_office *office, int64_t *now_us,
                                      struct th_error *error)
{
    struct th_outbox_head head;
    enum th_status status = th_outbox_get_head(office->outbox, &head, error);
    *now_us = th_clock_now_us();
    if (status == TH_OK && head.sequence > 0 && head.accepted_at_us > *now_us)
        *now_us = head.accepted_at_us;
    return status;
}

static enum th_status judge(struct th_office *office, struct th_reading *reading,
                            struct th_error *error)
{
    struct th_report *report = &reading->report;
    struct th_earlier earlier = {0};
    int64_t now_us;
    enum th_status status = latest_known_us(office, &now_us, error);
    if (status != TH_OK)
        return status;
    struct th_validation validation = {
        .catalogue = office->catalogue,
        .own_district = office->bundle.name,
        .now_us = now_us,
        .ignore_lock = true,
        .history = earlier_values,
        .history_context = &earlier,
    };
    report->catalogue_version = office->catalogue->version;
    if (report->has_period) {
        status = th_earlier_load(office, report->form, report->period, TH_HISTORY_REPORTS,
                                 reading->arena, &earlier, error);
        if (status != TH_OK)
            return status;
    }
    (void)th_report_validate(report, &validation, &reading->problems);
    return warn_of_key(office, reading, validation.now_us, error);
}

/* Judges the bytes that are in reading->file. */
static enum th_status read_bytes(struct th_office *office, struct th_reading *reading,
                                 struct th_error *error)
{
    enum th_status status = TH_OK;
    bool readable =
        th_report_file_read(th_buffer_slice(&reading->file), office->catalogue, office->bundle.name,
                            reading->arena, &reading->report, &reading->problems);
    /* What could be read is judged too, so that all problems are heard of at once. */
    if (readable || reading->report.form_code.size > 0)
        status = judge(office, reading, error);
    reading->good = readable && reading->problems.errors == 0 && reading->report.resolved;
    return status;
}

enum th_status th_reading_open(struct th_office *office, const char *path,
                               struct th_reading *reading, struct th_error *error)
{
    *reading = (struct th_reading){.path = path, .arena = th_arena_create(ARENA_LIMIT)};
    reading->problems.arena = reading->arena;
    enum th_status status = th_file_read(path, FILE_LIMIT, &reading->file, error);
    return status == TH_OK ? read_bytes(office, reading, error) : status;
}

enum th_status th_reading_open_bytes(struct th_office *office, const char *path,
                                     struct th_slice bytes, struct th_reading *reading,
                                     struct th_error *error)
{
    *reading = (struct th_reading){.path = path, .arena = th_arena_create(ARENA_LIMIT)};
    reading->problems.arena = reading->arena;
    th_buffer_add(&reading->file, bytes.bytes, bytes.size);
    return read_bytes(office, reading, error);
}

void th_reading_free(struct th_reading *reading)
{
    th_buffer_free(&reading->file);
    if (reading->arena)
        th_arena_destroy(&reading->arena);
}

/* ---- as a report ---- */

void th_reading_name(const struct th_office *office, struct th_reading *reading,
                     char period[TH_PERIOD_TEXT], int64_t now_us)
{
    struct th_report *report = &reading->report;
    th_base_period_format(report->form->frequency, report->period, period);
    report->province = th_slice_of(office->bundle.province);
    report->district_code = th_slice_of(office->bundle.name);
    report->form_code = th_slice_of(report->form->code);
    report->period_text = th_slice_of(period);
    report->catalogue_version = office->held.version;
    report->prepared_at_us = now_us;
}

enum th_status th_reading_pack(struct th_reading *reading, struct th_buffer *body,
                               struct th_error *error)
{
    const int most = TH_REPORT_BYTES_MAX;
    char value[24], limit[24];
    th_report_pack(&reading->report, body);
    if (body->size <= (size_t)most)
        return TH_OK;
    snprintf(value, sizeof(value), "%zu", body->size);
    snprintf(limit, sizeof(limit), "%d", most);
    th_problem_add(&reading->problems, "report.too_large", "", th_slice_of(value), limit, 0, 0);
    reading->good = false;
    return th_error_set(error, TH_REJECTED, "%s is too large", reading->path);
}

/* ---- showing problems ---- */

enum th_status th_reading_print(const struct th_office *office, FILE *out, enum th_format format,
                                const struct th_reading *readings, size_t count,
                                struct th_error *error)
{
    struct th_problem_file *files = calloc(count + 1, sizeof(*files));
    if (!files)
        abort();
    for (size_t i = 0; i < count; i++)
        files[i] = (struct th_problem_file){readings[i].path, &readings[i].problems};
    enum th_status status =
        th_problem_table_print(out, format, office->settings.language, files, count, error);
    free(files);
    return status;
}
