/* Sign-off: what `submit` keeps as a draft, and prepare, release and withdraw. Every step
 * is one transaction. When each was done is kept, not by whom. */
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

#define ARENA_LIMIT ((size_t)8 << 20)
/* Stands in a prepared report for the revision, which release gives: none needs more bytes,
 * so that what is not too large now is not too large then. */
#define WIDEST_REVISION UINT32_MAX

/* ---- into the outbox ---- */

enum th_status th_draft_put(struct th_office *office, struct th_reading *reading, char *period,
                            uint8_t id[16], struct th_error *error)
{
    bool kept = false;
    struct th_outbox_draft draft = {
        .file = reading->path,
        .created_us = th_clock_now_us(),
        .body = th_buffer_slice(&reading->file),
    };
    th_reading_name(office, reading, period, draft.created_us);
    th_report_new_id(draft.id);
    memcpy(id, draft.id, sizeof(draft.id));
    draft.form = reading->report.form->code;
    draft.period = period;
    enum th_status status = th_outbox_put_draft(office->outbox, &draft, &kept, error);
    if (status != TH_OK || kept)
        return status;
    return th_error_set(
        error, TH_USAGE,
        th_say(office,
               "%s: báo cáo %s %s đã lập xong và đang chờ duyệt gửi, nên không được "
               "thay; không ghi gì. Để sửa, trước hết chạy: tonghop-reporter "
               "withdraw --form %s --period %s",
               "%s: a report of %s %s is prepared and is not replaced; nothing was "
               "written. To correct it, first run: tonghop-reporter withdraw "
               "--form %s --period %s"),
        reading->path, draft.form, period, draft.form, period);
}

void th_draft_say_kept(const struct th_office *office, FILE *out, const char *path,
                       const char *form, const char *period, const uint8_t id[16])
{
    char text[37];
    th_text_uuid(id, text);
    fprintf(out,
            th_say(office,
                   "%s: đã giữ làm bản nháp, chưa gửi (%s %s, mã %s); tiếp theo: tonghop-reporter "
                   "prepare %.8s\n",
                   "%s: kept as a draft, not sent (%s %s, id %s); next: tonghop-reporter prepare "
                   "%.8s\n"),
            path, form, period, text, text);
}

/* ---- showing them ---- */

struct showing {
    th_outbox_report_fn each;
    void *context;
};

static bool show(void *context, const struct th_outbox_draft *draft)
{
    struct showing *showing = context;
    struct th_outbox_report report = {
        .form = draft->form,
        .period = draft->period,
        .file = draft->file,
        .state = draft->state,
        .created_us = draft->created_us,
        .problems = "[]",
    };
    memcpy(report.id, draft->id, sizeof(report.id));
    return showing->each(showing->context, &report);
}

enum th_status th_draft_show(struct th_office *office, const uint8_t id[16],
                             th_outbox_report_fn each, void *context, struct th_error *error)
{
    struct showing showing = {each, context};
    char text[37], digits[33];
    th_text_uuid(id, text);
    (void)th_id_prefix(text, digits);
    return th_outbox_find_draft(office->outbox, digits, "", "", show, &showing, error);
}

enum th_status th_drafts_show(struct th_office *office, th_outbox_report_fn each, void *context,
                              struct th_error *error)
{
    struct showing showing = {each, context};
    return th_outbox_drafts(office->outbox, show, &showing, error);
}

struct next {
    const struct th_office *office;
    bool any;
};

static bool print_next(void *context, const struct th_outbox_draft *draft)
{
    struct next *next = context;
    const struct th_office *office = next->office;
    char id[37], at[40];
    th_text_uuid(draft->id, id);
    if (!next->any)
        printf("\n%s\n", th_say(office,
                                "Chưa gửi, cần làm tiếp (bỏ bằng tonghop-reporter withdraw "
                                "MÃ):",
                                "Not sent yet, to be done next (tonghop-reporter withdraw ID drops "
                                "one):"));
    next->any = true;
    if (draft->state == TH_STATE_PREPARED) {
        th_instant_format_local(draft->prepared_us, at);
        printf(th_say(office,
                      "  %s %s: lập xong lúc %s; khi được duyệt: tonghop-reporter release "
                      "%.8s\n",
                      "  %s %s: prepared %s; when it is approved: tonghop-reporter release %.8s\n"),
               draft->form, draft->period, at, id);
    } else {
        printf(th_say(office, "  %s %s: bản nháp; khi lập xong: tonghop-reporter prepare %.8s\n",
                      "  %s %s: a draft; when it is finished: tonghop-reporter prepare %.8s\n"),
               draft->form, draft->period, id);
    }
    return true;
}

enum th_status th_drafts_print_next(struct th_office *office, struct th_error *error)
{
    struct next next = {.office = office};
    return th_outbox_drafts(office->outbox, print_next, &next, error);
}

/* ---- which one ---- */

struct chosen {
    size_t count;
    struct th_outbox_draft draft; /* texts and body as below */
    char *form, *period, *file;
    struct th_buffer body;
};

static bool choose(void *context, const struct th_outbox_draft *draft)
{
    struct chosen *chosen = context;
    if (chosen->count++ > 0)
        return true;
    chosen->draft = *draft;
    chosen->draft.form = chosen->form = strdup(draft->form);
    chosen->draft.period = chosen->period = strdup(draft->period);
    chosen->draft.file = chosen->file = strdup(draft->file);
    if (!chosen->form || !chosen->period || !chosen->file)
        abort();
    th_buffer_add(&chosen->body, draft->body.bytes, draft->body.size);
    chosen->draft.body = th_buffer_slice(&chosen->body);
    return true;
}

static void free_chosen(struct chosen *chosen)
{
    free(chosen->form);
    free(chosen->period);
    free(chosen->file);
    th_buffer_free(&chosen->body);
}

/* TH_USAGE when the command line names none, or several. */
static enum th_status find(struct th_office *office, const struct th_command_line *line,
                           struct chosen *chosen, struct th_error *error)
{
    const char *form = th_command_option(line, "form"), *period = th_command_option(line, "period");
    char digits[33] = "";
    bool by_id = line->argument_count == 1;
    if (by_id ? form || period : !form || !period)
        return th_error_set(error, TH_USAGE,
                            "give the id of a draft, or --form and --period together");
    if (by_id && !th_id_prefix(line->arguments[0], digits))
        return th_error_set(error, TH_USAGE,
                            "'%.40s' is no report id; give at least %d of its digits, as "
                            "`tonghop-reporter status` shows them",
                            line->arguments[0], TH_SHORTEST_PREFIX);
    enum th_status status = th_outbox_find_draft(office->outbox, digits, form ? form : "",
                                                 period ? period : "", choose, chosen, error);
    if (status == TH_OK && chosen->count == 0)
        return th_error_set(error, TH_USAGE,
                            "nothing waits for sign-off under %.64s %.40s; `tonghop-reporter "
                            "status` shows what does",
                            by_id ? "id" : form, by_id ? line->arguments[0] : period);
    if (status == TH_OK && chosen->count > 1)
        return th_error_set(error, TH_USAGE, "several drafts begin with %.40s; give more digits",
                            line->arguments[0]);
    return status;
}

/* ---- the steps ---- */

/* TH_USAGE, naming the state it is in, when a step was not `done`. */
static enum th_status expect(bool done, const struct th_outbox_draft *draft, const char *problem,
                             struct th_error *error)
{
    return done ? TH_OK
                : th_error_set(error, TH_USAGE, "%s %s is %s: %s", draft->form, draft->period,
                               th_report_state_name(draft->state), problem);
}

static enum th_status fix(struct th_office *office, struct th_outbox_draft *draft,
                          struct th_reading *reading, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer body = {0};
    char period[TH_PERIOD_TEXT];
    bool done = false;
    draft->prepared_us = th_clock_now_us();
    th_reading_name(office, reading, period, draft->prepared_us);
    memcpy(reading->report.id, draft->id, sizeof(draft->id));
    reading->report.revision = WIDEST_REVISION;
    th_report_content(&reading->report, draft->content);
    enum th_status status = th_reading_pack(reading, &body, error);
    if (status != TH_OK)
        return status;
    draft->body = th_buffer_slice(&body);
    status = th_outbox_prepare_draft(office->outbox, draft, &done, error);
    draft->body = (struct th_slice){0};
    return status == TH_OK ? expect(done, draft, "it cannot be prepared", error) : status;
}

/* Errors go to standard output as those of `submit` do, warnings to standard error. */
static enum th_status prepare(struct th_office *office, struct chosen *chosen,
                              struct th_error *error)
{
    struct th_outbox_draft *draft = &chosen->draft;
    struct th_reading reading = {0};
    enum th_status status =
        expect(draft->state == TH_STATE_DRAFT, draft,
               "run `tonghop-reporter release` to send it, or `withdraw`", error);
    if (status != TH_OK)
        return status;
    status = th_reading_open_bytes(office, draft->file, draft->body, &reading, error);
    if (status == TH_OK && reading.good)
        status = fix(office, draft, &reading, error);
    if ((status == TH_OK || status == TH_REJECTED) && reading.problems.count > 0) {
        enum th_status printed = th_reading_print(office, reading.good ? stderr : stdout,
                                                  TH_FORMAT_TABLE, &reading, 1, error);
        if (printed != TH_OK)
            status = printed;
        else if (!reading.good)
            status = th_error_set(error, TH_REJECTED,
                                  th_say(office,
                                         "%s %s có lỗi và vẫn là bản nháp: sửa tệp rồi chạy submit",
                                         "%s %s has errors and stays a draft: correct the file and "
                                         "submit it"),
                                  draft->form, draft->period);
    }
    th_reading_free(&reading);
    return status;
}

struct newest {
    bool found;
    uint8_t content[TH_HASH_BYTES];
    uint32_t revision;
};

static bool keep_newest(void *context, const struct th_outbox_report *report)
{
    struct newest *newest = context;
    newest->found = true;
    newest->revision = report->revision;
    memcpy(newest->content, report->content, sizeof(newest->content));
    return false;
}

/* The prepared bytes with their revision. */
static enum th_status number(const struct th_outbox_draft *draft, uint32_t revision,
                             struct th_buffer *body, struct th_error *error)
{
    uint8_t content[TH_HASH_BYTES];
    struct th_report report = {0};
    struct th_problem_list problems = {.arena = th_arena_create(ARENA_LIMIT)};
    bool same = th_report_unpack(draft->body, problems.arena, &report, &problems);
    if (same) {
        th_report_content(&report, content);
        same = memcmp(content, draft->content, sizeof(content)) == 0;
        report.revision = revision;
        th_report_pack(&report, body);
    }
    th_arena_destroy(&problems.arena);
    if (same)
        return TH_OK;
    return th_error_set(error, TH_PERMANENT,
                        "the prepared report %s %s is not what was prepared; withdraw it and "
                        "submit the file again",
                        draft->form, draft->period);
}

static enum th_status queue(struct th_office *office, const struct th_outbox_draft *draft,
                            uint32_t revision, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer body = {0};
    struct th_room room = {.added = 0};
    struct th_outbox_report row = {
        .form = draft->form,
        .period = draft->period,
        .revision = revision,
        .file = draft->file,
        .created_us = th_clock_now_us(),
    };
    enum th_status status = number(draft, revision, &body, error);
    if (status == TH_OK)
        status = th_outbox_count(office->outbox, false, &room.counts, error);
    if (status == TH_OK)
        status = th_room_take(office, &room, body.size, error);
    if (status != TH_OK)
        return status;
    memcpy(row.id, draft->id, sizeof(row.id));
    memcpy(row.content, draft->content, sizeof(row.content));
    row.body = th_buffer_slice(&body);
    th_sha256(body.bytes, body.size, row.digest);
    return th_outbox_add(office->outbox, &row, error);
}

/* *revision is the one it got; *unchanged: the newest one, which says the same already. */
static enum th_status release(struct th_office *office, const struct th_outbox_draft *draft,
                              uint32_t *revision, bool *unchanged, struct th_error *error)
{
    bool done = false;
    struct newest newest = {.found = false};
    enum th_status status = th_outbox_release_draft(office->outbox, draft->id, &done, error);
    if (status == TH_OK)
        status = expect(done, draft, "run `tonghop-reporter prepare` first", error);
    if (status == TH_OK)
        status = th_outbox_newest(office->outbox, draft->form, draft->period, keep_newest, &newest,
                                  error);
    if (status != TH_OK)
        return status;
    *unchanged = newest.found && memcmp(newest.content, draft->content, TH_HASH_BYTES) == 0;
    *revision = newest.revision;
    if (*unchanged)
        return TH_OK;
    status = th_outbox_next_revision(office->outbox, draft->form, draft->period, revision, error);
    return status == TH_OK ? queue(office, draft, *revision, error) : status;
}

/* ---- the commands ---- */

/* Opens the office and finds what the command line names, in a transaction. */
static enum th_status begin(struct th_office *office, unsigned needs,
                            const struct th_command_line *line, struct chosen *chosen,
                            struct th_error *error)
{
    enum th_status status = th_office_open(office, needs, error);
    if (status == TH_OK)
        status = th_outbox_begin(office->outbox, error);
    return status == TH_OK ? find(office, line, chosen, error) : status;
}

static enum th_status end(struct th_office *office, enum th_status status, struct th_error *error)
{
    if (status == TH_OK)
        status = th_outbox_commit(office->outbox, error);
    if (office->outbox)
        th_outbox_rollback(office->outbox);
    return status;
}

enum th_status th_command_prepare(void *context, const struct th_command_line *line,
                                  struct th_error *error)
{
    struct th_office *office = context;
    struct chosen chosen = {0};
    char id[37];
    enum th_status status = begin(office, TH_NEED_CATALOGUE, line, &chosen, error);
    if (status == TH_OK)
        status = prepare(office, &chosen, error);
    status = end(office, status, error);
    th_text_uuid(chosen.draft.id, id);
    if (status == TH_OK)
        printf(th_say(office,
                      "%s %s: lập xong, không đổi được nữa, chưa gửi; khi được duyệt: "
                      "tonghop-reporter release %.8s\n",
                      "%s %s: prepared, fixed from here, not sent; when it is approved: "
                      "tonghop-reporter release %.8s\n"),
               chosen.form, chosen.period, id);
    free_chosen(&chosen);
    th_office_close(office);
    return status;
}

enum th_status th_command_release(void *context, const struct th_command_line *line,
                                  struct th_error *error)
{
    struct th_office *office = context;
    struct chosen chosen = {0};
    uint32_t revision = 0;
    bool unchanged = false;
    char id[37];
    enum th_status status = begin(office, TH_NEED_OUTBOX, line, &chosen, error);
    if (status == TH_OK)
        status = release(office, &chosen.draft, &revision, &unchanged, error);
    status = end(office, status, error);
    th_text_uuid(chosen.draft.id, id);
    if (status == TH_OK && unchanged)
        printf(th_say(office,
                      "%s %s: nội dung không đổi so với lần %" PRIu32 ", không gửi gì thêm\n",
                      "%s %s: says the same as revision %" PRIu32 ", nothing more is sent\n"),
               chosen.form, chosen.period, revision);
    else if (status == TH_OK)
        printf(th_say(office, "%s %s: đã duyệt gửi, vào hộp gửi: lần %" PRIu32 ", mã %s\n",
                      "%s %s: released into the queue: revision %" PRIu32 ", id %s\n"),
               chosen.form, chosen.period, revision, id);
    if (status == TH_OK)
        th_instance_nudge(office->settings.state_dir, TH_NUDGE_WAKE);
    free_chosen(&chosen);
    th_office_close(office);
    return status;
}

enum th_status th_command_withdraw(void *context, const struct th_command_line *line,
                                   struct th_error *error)
{
    struct th_office *office = context;
    struct chosen chosen = {0};
    bool done = false;
    enum th_status status = begin(office, TH_NEED_OUTBOX, line, &chosen, error);
    if (status == TH_OK)
        status = th_outbox_withdraw_draft(office->outbox, chosen.draft.id, &done, error);
    status = end(office, status, error);
    if (status == TH_OK && done)
        printf(th_say(office, "%s %s: đã bỏ (%s), không gửi\n",
                      "%s %s: withdrawn (%s), it is not sent\n"),
               chosen.form, chosen.period, th_state_word(office, chosen.draft.state));
    free_chosen(&chosen);
    th_office_close(office);
    return status;
}
