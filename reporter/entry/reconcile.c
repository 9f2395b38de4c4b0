/* reconcile: what the office and the province hold of each other's. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/message.h"
#include "reporter/delivery/instance.h"
#include "reporter/delivery/reconcile.h"
#include "reporter/entry/commands.h"
#include "reporter/entry/reading.h"

#define CATCH_UP_MS INT64_C(600000) /* a thousand entries take a second */

struct listing {
    const struct th_office *office;
    struct th_table *table; /* NULL: only counted */
    uint64_t count;
};

static const char *const kinds[] = {
    [TH_RECONCILE_ENTRY_LACKING] = "entry.lacking",
    [TH_RECONCILE_ENTRY_OTHER] = "entry.other",
    [TH_RECONCILE_ENTRY_GONE] = "entry.gone",
    [TH_RECONCILE_REPORT_LACKING] = "report.lacking",
    [TH_RECONCILE_REPORT_OTHER] = "report.other",
    [TH_RECONCILE_REPORT_STATE] = "report.state",
};

static const char *describe(const struct th_office *office, enum th_reconcile_kind kind)
{
    switch (kind) {
    case TH_RECONCILE_ENTRY_LACKING:
        return th_say(office, "đơn vị thiếu mục sổ này", "this office lacks the entry");
    case TH_RECONCILE_ENTRY_OTHER:
        return th_say(office, "đơn vị giữ biên nhận của mục sổ khác",
                      "this office holds a receipt for another entry");
    case TH_RECONCILE_ENTRY_GONE:
        return th_say(office, "tỉnh không còn mục sổ này", "the province lacks the entry");
    case TH_RECONCILE_REPORT_LACKING:
        return th_say(office, "đơn vị thiếu báo cáo này", "this office lacks the report");
    case TH_RECONCILE_REPORT_OTHER:
        return th_say(office, "đơn vị giữ nội dung khác", "this office holds other bytes");
    case TH_RECONCILE_REPORT_STATE:
        return th_say(office, "đơn vị chưa biết báo cáo đã được nhận",
                      "this office does not know that it was accepted");
    }
    return "";
}

static void list(void *context, const struct th_reconcile_difference *difference)
{
    struct listing *listing = context;
    char epoch[16], sequence[24], revision[16], id[37];
    listing->count++;
    if (!listing->table)
        return;
    snprintf(epoch, sizeof(epoch), "%" PRIu32, difference->epoch);
    snprintf(sequence, sizeof(sequence), "%" PRIu64, difference->sequence);
    snprintf(revision, sizeof(revision), "%" PRIu32, difference->revision);
    th_text_uuid(difference->report_id, id);
    th_table_row(listing->table,
                 (const char *[]){epoch, sequence, difference->form, difference->period, revision,
                                  id, kinds[difference->kind]},
                 (const char *[]){NULL, NULL, NULL, NULL, NULL, NULL,
                                  describe(listing->office, difference->kind)});
}

/* What the bytes of an own report say. */
static bool content_of(struct th_slice body, uint8_t content[TH_HASH_BYTES],
                       int64_t *prepared_at_us)
{
    struct th_report report;
    struct th_arena *arena = th_arena_create(TH_WIRE_ARENA_LIMIT);
    struct th_problem_list problems = {.arena = arena};
    bool own = th_report_unpack(body, arena, &report, &problems) && report.id[6] >> 4 != 5;
    if (own) {
        th_report_arrange_communes(&report);
        th_report_content(&report, content);
        *prepared_at_us = report.prepared_at_us;
    }
    th_arena_destroy(&arena);
    return own;
}

/* First a look: histories that contradict each other are for people to judge, and
 * nothing is fetched. */
static enum th_status pull(struct th_office *office, struct th_reconcile *reconcile,
                           struct th_error *error)
{
    struct listing counted = {.office = office};
    uint64_t added = 0;
    reconcile->context = &counted;
    enum th_status status = th_reconcile_compare(reconcile, office->outbox, error);
    if (status != TH_OK || counted.count == 0 || reconcile->contradicts)
        return status;
    status = th_office_catch_up(office, CATCH_UP_MS, error);
    if (status == TH_OK)
        status = th_reconcile_pull(reconcile, office->outbox, content_of, &added, error);
    if (status == TH_OK)
        fprintf(stderr,
                th_say(office, "đã lấy lại %" PRIu64 " báo cáo của đơn vị từ tỉnh\n",
                       "%" PRIu64 " reports of this office came back from the province\n"),
                added);
    return status;
}

static enum th_status compare(struct th_office *office, struct th_reconcile *reconcile,
                              enum th_format format, struct th_error *error)
{
    const struct th_column columns[] = {
        {.name = "epoch", .heading = th_say(office, "Thời kỳ", "Epoch"), .right = true},
        {.name = "sequence", .heading = th_say(office, "Số", "No."), .right = true},
        {.name = "form", .heading = th_say(office, "Biểu", "Form")},
        {.name = "period", .heading = th_say(office, "Kỳ", "Period")},
        {.name = "revision", .heading = th_say(office, "Lần", "Revision"), .right = true},
        {.name = "report_id", .machine_only = true},
        {.name = "difference", .heading = th_say(office, "Sai khác", "Difference"), .wrap = true},
    };
    struct th_error ignored;
    struct listing listing = {.office = office};
    listing.table =
        th_table_create(stdout, format, NULL, columns, sizeof(columns) / sizeof(columns[0]));
    reconcile->context = &listing;
    enum th_status status = th_reconcile_compare(reconcile, office->outbox, error);
    enum th_status finished = th_table_finish(&listing.table, status == TH_OK ? error : &ignored);
    status = status == TH_OK ? finished : status;
    if (status != TH_OK)
        return status;
    fprintf(stderr,
            th_say(office,
                   "đã so sánh %" PRIu64 " mục sổ, trong đó %" PRIu64 " báo cáo của đơn vị\n",
                   "%" PRIu64 " entries compared, %" PRIu64 " reports of this office among them\n"),
            reconcile->entries, reconcile->reports);
    if (reconcile->contradicts)
        return th_error_set(error, TH_PERMANENT,
                            th_say(office,
                                   "%" PRIu64 " chỗ khác: sổ của tỉnh là một lịch sử khác; giữ "
                                   "nguyên hộp gửi và gọi cho tỉnh",
                                   "%" PRIu64 " differences: the province's log is another "
                                   "history; keep the outbox and call the province"),
                            listing.count);
    if (listing.count > 0)
        return th_error_set(error, TH_PERMANENT,
                            th_say(office,
                                   "%" PRIu64 " chỗ khác; `tonghop-reporter reconcile --pull` "
                                   "lấy lại những gì đơn vị thiếu",
                                   "%" PRIu64 " differences; `tonghop-reporter reconcile --pull` "
                                   "fetches what this office lacks"),
                            listing.count);
    return TH_OK;
}

enum th_status th_command_reconcile(void *context, const struct th_command_line *line,
                                    struct th_error *error)
{
    struct th_office *office = context;
    enum th_format format;
    int lock = -1;
    enum th_status status = th_office_format(line, &format, error);
    if (status == TH_OK)
        status = th_office_open(office, TH_NEED_KEY | TH_NEED_BUNDLE | TH_NEED_OUTBOX, error);
    struct th_reconcile reconcile = {
        .bundle = &office->bundle,
        .pair = &office->pair,
        .language = office->settings.language,
        .timeout_ms = office->settings.answer_timeout_ms,
        .difference = list,
    };
    if (status == TH_OK) {
        status = th_instance_lock(office->settings.state_dir, &lock, error);
        if (status == TH_RETRY)
            status = th_error_set(error, TH_USAGE,
                                  th_say(office,
                                         "tonghop-reporter đang chạy trong %s; dừng nó rồi chạy "
                                         "lại lệnh này",
                                         "tonghop-reporter runs in %s; stop it and run this "
                                         "command again"),
                                  office->settings.state_dir);
    }
    if (status == TH_OK && th_command_option(line, "pull"))
        status = pull(office, &reconcile, error);
    if (status == TH_OK)
        status = compare(office, &reconcile, format, error);
    th_instance_unlock(&lock);
    th_office_close(office);
    return status;
}
