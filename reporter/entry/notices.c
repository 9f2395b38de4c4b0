/* What the province told this office, for people and programs. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/wire/message.h"
#include "reporter/entry/commands.h"

#define RECENT_NOTICES 5

static const struct {
    const char *kind, *vi, *en;
} kinds[] = {
    {"report.approved", "Đã duyệt", "Approved"},
    {"report.returned", "Trả lại", "Returned"},
    {"report.reopened", "Mở lại báo cáo", "Reopened"},
    {"exception.opened", "Mở khóa kỳ", "Period unlocked"},
    {"exception.ended", "Hết mở khóa", "Unlock ended"},
};

static const char *kind_words(const struct th_office *office, const char *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kind, kinds[i].kind) == 0)
            return strcmp(office->settings.language, "en") == 0 ? kinds[i].en : kinds[i].vi;
    return kind;
}

const char *th_decision_name(enum th_decision decision)
{
    static const char *const names[] = {[TH_DECISION_NONE] = "",
                                        [TH_DECISION_APPROVED] = "approved",
                                        [TH_DECISION_RETURNED] = "returned",
                                        [TH_DECISION_REOPENED] = "reopened"};
    return names[decision];
}

void th_decision_words(const struct th_office *office, const struct th_outbox_verdict *verdict,
                       char words[TH_DECISION_WORDS])
{
    char until[40] = "";
    words[0] = '\0';
    if (verdict->until_us != 0)
        th_instant_format_local(verdict->until_us, until);
    switch (verdict->decision) {
    case TH_DECISION_NONE:
        break;
    case TH_DECISION_APPROVED:
        snprintf(words, TH_DECISION_WORDS, "%s", th_say(office, "đã duyệt", "approved"));
        break;
    case TH_DECISION_RETURNED:
        snprintf(words, TH_DECISION_WORDS,
                 until[0] ? th_say(office, "trả lại: sửa và gửi lại trước %s",
                                   "returned: correct and submit it before %s")
                          : th_say(office, "trả lại%s", "returned%s"),
                 until);
        break;
    case TH_DECISION_REOPENED:
        snprintf(words, TH_DECISION_WORDS,
                 until[0] ? th_say(office, "mở lại: nhận bản sửa đến %s",
                                   "reopened: a correction is taken until %s")
                          : th_say(office, "mở lại%s", "reopened%s"),
                 until);
        break;
    }
}

/* ------------------------------------------------------------- a notice's text */

static const char *criterion_name(const struct th_office *office, const char *form,
                                  const char *criterion)
{
    const struct th_form *found =
        office->catalogue ? th_catalogue_form(office->catalogue, th_slice_of(form)) : NULL;
    const struct th_criterion *named =
        found ? th_form_criterion(found, th_slice_of(criterion)) : NULL;
    return named ? th_name_in(named->name, office->settings.language) : criterion;
}

static const char *member(const json_t *comment, const char *name)
{
    const char *text = json_string_value(json_object_get(comment, name));
    return text ? text : "";
}

/* The comment as a whole, then each criterion's on a line of its own, by its name. */
static void add_words(const struct th_office *office, const struct th_outbox_notice *notice,
                      struct th_buffer *words)
{
    json_error_t fault;
    json_t *comments = json_loads(notice->comments, 0, &fault);
    th_buffer_add_text(words, notice->text);
    for (size_t i = 0; i < json_array_size(comments); i++) {
        const json_t *comment = json_array_get(comments, i);
        th_buffer_printf(words, "%s%s: %s", words->size > 0 ? "\n" : "",
                         criterion_name(office, notice->form, member(comment, "criterion")),
                         member(comment, "text"));
    }
    json_decref(comments);
}

/* --------------------------------------------------------------------- tables */

struct listing {
    struct th_table *table;
    const struct th_office *office;
    uint64_t last; /* the highest id shown */
};

static bool print_notice(void *context, const struct th_outbox_notice *notice)
{
    struct listing *listing = context;
    const struct th_office *office = listing->office;
    TH_CLEANUP_BUFFER struct th_buffer words = {0};
    char id[24], number[40], revision[16] = "", at[40], at_local[40], until[40] = "",
                             until_local[40] = "";
    snprintf(id, sizeof(id), "%" PRIu64, notice->id);
    snprintf(number, sizeof(number), "%" PRIu32 "/%" PRIu64, th_notice_epoch(notice->id),
             th_notice_sequence(notice->id));
    if (notice->revision > 0)
        snprintf(revision, sizeof(revision), "%" PRIu32, notice->revision);
    th_instant_format(notice->at_us, at);
    th_instant_format_local(notice->at_us, at_local);
    if (notice->until_us != 0) {
        th_instant_format(notice->until_us, until);
        th_instant_format_local(notice->until_us, until_local);
    }
    add_words(office, notice, &words);
    if (notice->id > listing->last)
        listing->last = notice->id;
    const char *cells[] = {id,
                           notice->read ? "yes" : "no",
                           notice->kind,
                           notice->form,
                           notice->period,
                           revision,
                           at,
                           until,
                           notice->text,
                           notice->comments};
    const char *people[] = {
        th_notice_epoch(notice->id) > 1 ? number : NULL,
        notice->read ? th_say(office, "đã đọc", "read") : th_say(office, "mới", "new"),
        kind_words(office, notice->kind),
        NULL,
        NULL,
        NULL,
        at_local,
        until_local,
        words.size > 0 ? words.bytes : NULL,
        NULL,
    };
    th_table_row(listing->table, cells, people);
    return true;
}

static enum th_status print(const struct th_office *office, enum th_format format, size_t limit,
                            uint64_t *last, struct th_error *error)
{
    const struct th_column columns[] = {
        {.name = "notice_id", .heading = th_say(office, "Số", "No."), .right = true},
        {.name = "read", .heading = ""},
        {.name = "kind", .heading = th_say(office, "Loại", "Kind")},
        {.name = "form", .heading = th_say(office, "Biểu", "Form")},
        {.name = "period", .heading = th_say(office, "Kỳ", "Period")},
        {.name = "revision", .heading = th_say(office, "Lần", "Rev."), .right = true},
        {.name = "at", .heading = th_say(office, "Lúc", "When")},
        {.name = "until", .heading = th_say(office, "Nhận đến", "Taken until")},
        {.name = "text", .heading = th_say(office, "Nội dung", "Text"), .wrap = true},
        {.name = "comments", .machine_only = true},
    };
    struct listing listing = {
        .table = th_table_create(stdout, format,
                                 th_say(office, "Thông báo của tỉnh", "Notices of the province"),
                                 columns, sizeof(columns) / sizeof(columns[0])),
        .office = office,
    };
    struct th_error ignored;
    enum th_status status = th_outbox_notices(office->outbox, limit, print_notice, &listing, error);
    enum th_status finished = th_table_finish(&listing.table, status == TH_OK ? error : &ignored);
    *last = listing.last;
    return status == TH_OK ? finished : status;
}

enum th_status th_notices_print_recent(const struct th_office *office, struct th_error *error)
{
    uint64_t last;
    putchar('\n');
    return print(office, TH_FORMAT_TABLE, RECENT_NOTICES, &last, error);
}

enum th_status th_notices_print_all(const struct th_office *office, enum th_format format,
                                    struct th_error *error)
{
    uint64_t last = 0;
    enum th_status status = print(office, format, INT64_MAX, &last, error);
    if (status == TH_OK && format == TH_FORMAT_TABLE && last > 0)
        status = th_outbox_read_notices(office->outbox, last, th_clock_now_us(), error);
    return status;
}
