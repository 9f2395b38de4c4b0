/* submit: files become reports in the outbox, all of them or none. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/wire/message.h"
#include "reporter/delivery/instance.h"
#include "reporter/entry/commands.h"
#include "reporter/entry/reading.h"

#define DEFAULT_TIMEOUT_S 60
#define LONGEST_TIMEOUT_S 86400

/* One file on its way into the outbox. */
struct item {
    struct th_reading reading;
    bool opened;
    uint8_t id[16];
    char period[TH_PERIOD_TEXT];
    uint32_t revision;
    bool unchanged; /* the newest revision says the same already */
};

struct submission {
    struct th_office *office;
    struct item *items;
    size_t count;
    enum th_format format;
    bool wait;
    long timeout_s;
};

/* ---- into the outbox ---- */

struct newest {
    bool found;
    uint8_t id[16], content[TH_HASH_BYTES];
    uint32_t revision;
};

static bool keep_newest(void *context, const struct th_outbox_report *report)
{
    struct newest *newest = context;
    newest->found = true;
    newest->revision = report->revision;
    memcpy(newest->id, report->id, sizeof(newest->id));
    memcpy(newest->content, report->content, sizeof(newest->content));
    return false;
}

static enum th_status put_item(struct th_office *office, struct item *item, struct th_room *room,
                               struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer body = {0};
    struct th_report *report = &item->reading.report;
    struct newest newest = {0};
    struct th_outbox_report row = {.created_us = th_clock_now_us(), .file = item->reading.path};
    th_reading_name(office, &item->reading, item->period, row.created_us);
    th_report_content(report, row.content);
    enum th_status status = th_outbox_newest(office->outbox, report->form->code, item->period,
                                             keep_newest, &newest, error);
    if (status != TH_OK)
        return status;
    if (newest.found && memcmp(newest.content, row.content, sizeof(row.content)) == 0) {
        item->unchanged = true;
        item->revision = newest.revision;
        memcpy(item->id, newest.id, sizeof(item->id));
        return TH_OK;
    }
    status = th_outbox_next_revision(office->outbox, report->form->code, item->period,
                                     &item->revision, error);
    if (status != TH_OK)
        return status;
    th_report_new_id(item->id);
    memcpy(report->id, item->id, sizeof(report->id));
    report->revision = item->revision;
    status = th_reading_pack(&item->reading, &body, error);
    if (status == TH_OK)
        status = th_room_take(office, room, body.size, error);
    if (status != TH_OK)
        return status;
    memcpy(row.id, item->id, sizeof(row.id));
    row.form = report->form->code;
    row.period = item->period;
    row.revision = item->revision;
    row.body = th_buffer_slice(&body);
    th_sha256(body.bytes, body.size, row.digest);
    return th_outbox_add(office->outbox, &row, error);
}

/* With sign_off nothing enters the queue here. */
static enum th_status put_draft(struct th_office *office, struct item *item, struct th_error *error)
{
    return th_draft_put(office, &item->reading, item->period, item->id, error);
}

/* One transaction for all files. */
static enum th_status put_all(struct submission *submission, struct th_error *error)
{
    struct th_outbox *outbox = submission->office->outbox;
    struct th_room room = {.added = 0};
    enum th_status status = th_outbox_begin(outbox, error);
    if (status == TH_OK)
        status = th_outbox_count(outbox, false, &room.counts, error);
    for (size_t i = 0; i < submission->count && status == TH_OK; i++)
        status = submission->office->settings.sign_off
                     ? put_draft(submission->office, &submission->items[i], error)
                     : put_item(submission->office, &submission->items[i], &room, error);
    if (status == TH_OK)
        status = th_outbox_commit(outbox, error);
    th_outbox_rollback(outbox);
    return status;
}

/* ---- what people see ---- */

static enum th_status print_problems(const struct submission *submission, FILE *out,
                                     enum th_format format, struct th_error *error)
{
    struct th_reading *readings = calloc(submission->count + 1, sizeof(*readings));
    if (!readings)
        abort();
    for (size_t i = 0; i < submission->count; i++)
        readings[i] = submission->items[i].reading;
    enum th_status status =
        th_reading_print(submission->office, out, format, readings, submission->count, error);
    free(readings);
    return status;
}

static enum th_status refuse(const struct submission *submission, struct th_error *error)
{
    size_t bad = 0;
    for (size_t i = 0; i < submission->count; i++)
        bad += !submission->items[i].reading.good;
    enum th_status status = print_problems(submission, stdout, submission->format, error);
    if (status != TH_OK)
        return status;
    fflush(stdout);
    fprintf(stderr,
            th_say(submission->office,
                   "%zu trên %zu tệp có lỗi; không tệp nào được đưa vào hộp gửi\n",
                   "files with errors: %zu of %zu; nothing was put into the outbox\n"),
            bad, submission->count);
    return TH_REJECTED;
}

static void say_accepted(const struct submission *submission)
{
    const struct th_office *office = submission->office;
    /* With --wait, or for a program, the table at the end is the result. */
    FILE *out = submission->wait || submission->format != TH_FORMAT_TABLE ? stderr : stdout;
    for (size_t i = 0; i < submission->count; i++) {
        const struct item *item = &submission->items[i];
        char id[37];
        th_text_uuid(item->id, id);
        const char *path = item->reading.path, *form = item->reading.report.form->code;
        if (office->settings.sign_off)
            th_draft_say_kept(office, out, path, form, item->period, item->id);
        else if (item->unchanged)
            fprintf(out,
                    th_say(office,
                           "%s: nội dung không đổi so với lần %" PRIu32 " (%s %s), không ghi gì "
                           "thêm\n",
                           "%s: says the same as revision %" PRIu32 " (%s %s), nothing was "
                           "written\n"),
                    path, item->revision, form, item->period);
        else
            fprintf(out,
                    th_say(office, "%s: đã nhận vào hộp gửi: lần %" PRIu32 " (%s %s), mã %s\n",
                           "%s: accepted into the outbox: revision %" PRIu32 " (%s %s), id %s\n"),
                    path, item->revision, form, item->period, id);
    }
    fflush(out);
}

static bool is_warned_of(const struct item *item, const char *code)
{
    const struct th_problem_list *problems = &item->reading.problems;
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(problems->problems[i].code, code) == 0)
            return true;
    return false;
}

/* What to do about a report that the province will probably not take yet. */
static void say_what_waits(const struct submission *submission)
{
    const struct th_office *office = submission->office;
    for (size_t i = 0; i < submission->count; i++) {
        const struct item *item = &submission->items[i];
        if (!is_warned_of(item, "period.locked") || item->unchanged)
            continue;
        fprintf(
            stderr,
            th_say(office,
                   "%s: kỳ %s đã khóa; nếu bị từ chối, báo cáo vẫn được giữ ở đây. Hãy đề nghị "
                   "tỉnh mở khóa; khi có thông báo mở khóa (tonghop-reporter status), chạy: "
                   "tonghop-reporter resubmit --all-rejected %s %s\n",
                   "%s: the period %s is locked; if the report is rejected it is kept here. Ask "
                   "the province to unlock it; when the notice has come (tonghop-reporter "
                   "status), run: tonghop-reporter resubmit --all-rejected %s %s\n"),
            item->reading.path, item->period, item->reading.report.form->code, item->period);
    }
}

struct shown {
    struct th_table *table;
    const struct th_office *office;
    const struct item *item;
    size_t rejected;
};

static bool print_row(void *context, const struct th_outbox_report *report)
{
    struct shown *shown = context;
    TH_CLEANUP_BUFFER struct th_buffer codes = {0};
    TH_CLEANUP_BUFFER struct th_buffer messages = {0};
    char id[37], revision[16], sequence[24] = "", epoch[16] = "", answered[40] = "", local[40] = "";
    th_text_uuid(report->id, id);
    snprintf(revision, sizeof(revision), "%" PRIu32, report->revision);
    if (report->revision == 0)
        revision[0] = '\0'; /* a draft: given when it is released */
    if (report->sequence > 0) {
        snprintf(sequence, sizeof(sequence), "%" PRIu64, report->sequence);
        snprintf(epoch, sizeof(epoch), "%" PRIu32, report->epoch);
    }
    if (report->answered_us > 0 && report->state != TH_STATE_QUEUED) {
        th_instant_format(report->answered_us, answered);
        th_instant_format_local(report->answered_us, local);
    }
    th_problem_words(report->problems, &codes, &messages);
    shown->rejected += report->state == TH_STATE_REJECTED;
    const char *cells[] = {
        shown->item->reading.path,
        report->form,
        report->period,
        revision,
        shown->item->unchanged ? "yes" : "no",
        th_report_state_name(report->state),
        epoch,
        sequence,
        answered,
        codes.size > 0 ? codes.bytes : "",
        id,
    };
    const char *people[sizeof(cells) / sizeof(cells[0])] = {NULL};
    people[5] = th_state_word(shown->office, report->state);
    people[8] = local;
    people[9] = messages.size > 0 ? messages.bytes : NULL;
    th_table_row(shown->table, cells, people);
    return false;
}

static enum th_status print_results(const struct submission *submission, size_t *rejected,
                                    struct th_error *error)
{
    struct th_office *office = submission->office;
    const struct th_column columns[] = {
        {.name = "file", .heading = th_say(office, "Tệp", "File"), .wrap = true},
        {.name = "form", .heading = th_say(office, "Biểu", "Form")},
        {.name = "period", .heading = th_say(office, "Kỳ", "Period")},
        {.name = "revision", .heading = th_say(office, "Lần", "Revision"), .right = true},
        {.name = "unchanged", .machine_only = true},
        {.name = "state", .heading = th_say(office, "Trạng thái", "State")},
        {.name = "epoch", .machine_only = true},
        {.name = "sequence", .heading = th_say(office, "Số biên nhận", "Receipt"), .right = true},
        {.name = "answered_at",
         .heading = th_say(office, "Trả lời lúc", "Answered"),
         .cell = TH_CELL_INSTANT},
        {.name = "problems", .heading = th_say(office, "Vấn đề", "Problems"), .wrap = true},
        {.name = "report_id", .machine_only = true},
    };
    struct shown shown = {
        .table = th_table_create(stdout, submission->format, NULL, columns,
                                 sizeof(columns) / sizeof(columns[0])),
        .office = office,
    };
    enum th_status status = TH_OK;
    for (size_t i = 0; i < submission->count && status == TH_OK; i++) {
        shown.item = &submission->items[i];
        status =
            office->settings.sign_off
                ? th_draft_show(office, submission->items[i].id, print_row, &shown, error)
                : th_outbox_find(office->outbox, submission->items[i].id, print_row, &shown, error);
    }
    *rejected = shown.rejected;
    struct th_error ignored;
    enum th_status finished = th_table_finish(&shown.table, status == TH_OK ? error : &ignored);
    return status == TH_OK ? finished : status;
}

/* ---- the command ---- */

static enum th_status wait_for_answers(const struct submission *submission, struct th_error *error)
{
    uint8_t(*ids)[16] = calloc(submission->count + 1, sizeof(*ids));
    if (!ids)
        abort();
    for (size_t i = 0; i < submission->count; i++)
        memcpy(ids[i], submission->items[i].id, sizeof(ids[i]));
    enum th_status status = th_wait_for_answers(submission->office, (const uint8_t(*)[16])ids,
                                                submission->count, submission->timeout_s, error);
    free(ids);
    return status;
}

static enum th_status read_all(struct submission *submission, const struct th_command_line *line,
                               bool *good, struct th_error *error)
{
    enum th_status status = TH_OK;
    *good = true;
    for (size_t i = 0; i < submission->count && status == TH_OK; i++) {
        struct item *item = &submission->items[i];
        item->opened = true;
        status = th_reading_open(submission->office, line->arguments[i], &item->reading, error);
        *good = *good && item->reading.good;
    }
    return status;
}

static bool has_problems(const struct submission *submission)
{
    for (size_t i = 0; i < submission->count; i++)
        if (submission->items[i].reading.problems.count > 0)
            return true;
    return false;
}

static enum th_status submit(struct submission *submission, const struct th_command_line *line,
                             struct th_error *error)
{
    bool good;
    size_t rejected = 0;
    struct th_error waited = {0};
    enum th_status status = read_all(submission, line, &good, error);
    if (status != TH_OK)
        return status;
    if (!good)
        return refuse(submission, error);
    status = put_all(submission, error);
    if (status == TH_REJECTED) {
        error->message[0] = '\0';
        return refuse(submission, error);
    }
    if (status != TH_OK)
        return status;
    th_instance_nudge(submission->office->settings.state_dir, TH_NUDGE_WAKE);
    /* Warnings beside results that are fine: for people, apart from the results. */
    if (has_problems(submission))
        status = print_problems(submission, stderr, TH_FORMAT_TABLE, error);
    if (status != TH_OK)
        return status;
    say_accepted(submission);
    if (!submission->office->settings.sign_off)
        say_what_waits(submission);
    if (submission->wait) {
        enum th_status answered = wait_for_answers(submission, &waited);
        if (answered != TH_OK && answered != TH_UNREACHABLE) {
            *error = waited;
            return answered;
        }
    }
    if (submission->wait || submission->format != TH_FORMAT_TABLE)
        status = print_results(submission, &rejected, error);
    if (status == TH_OK && waited.status == TH_UNREACHABLE)
        *error = waited;
    if (status == TH_OK && waited.status == TH_UNREACHABLE)
        return TH_UNREACHABLE;
    return status == TH_OK && submission->wait && rejected > 0 ? TH_REJECTED : status;
}

static enum th_status parse_timeout(const char *text, long *timeout_s, struct th_error *error)
{
    char *end;
    *timeout_s = DEFAULT_TIMEOUT_S;
    if (!text)
        return TH_OK;
    *timeout_s = strtol(text, &end, 10);
    if (text[0] == '\0' || *end != '\0' || *timeout_s < 1 || *timeout_s > LONGEST_TIMEOUT_S)
        return th_error_set(error, TH_USAGE, "--timeout is a number of seconds from 1 to %d",
                            LONGEST_TIMEOUT_S);
    return TH_OK;
}

enum th_status th_command_submit(void *context, const struct th_command_line *line,
                                 struct th_error *error)
{
    struct th_office *office = context;
    struct submission submission = {.office = office,
                                    .count = line->argument_count,
                                    .wait = th_command_option(line, "wait") != NULL};
    enum th_status status = th_office_format(line, &submission.format, error);
    if (status == TH_OK)
        status = parse_timeout(th_command_option(line, "timeout"), &submission.timeout_s, error);
    if (status == TH_OK && submission.wait && office->settings.sign_off)
        status =
            th_error_set(error, TH_USAGE,
                         th_say(office,
                                "đơn vị yêu cầu duyệt trước khi gửi (sign_off): bản nháp không "
                                "được gửi, nên --wait không có gì để chờ",
                                "this office requires sign-off (sign_off): a draft is not "
                                "sent, so there is nothing that --wait could wait for"));
    if (status == TH_OK)
        status =
            th_office_open(office, TH_NEED_CATALOGUE | (submission.wait ? TH_NEED_KEY : 0), error);
    submission.items = calloc(submission.count + 1, sizeof(*submission.items));
    if (!submission.items)
        abort();
    if (status == TH_OK)
        status = submit(&submission, line, error);
    for (size_t i = 0; i < submission.count; i++)
        if (submission.items[i].opened)
            th_reading_free(&submission.items[i].reading);
    free(submission.items);
    th_office_close(office);
    return status;
}
