/* receipts, receipts verify, resubmit: what the province answered, and once more. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "reporter/delivery/instance.h"
#include "reporter/delivery/verify.h"
#include "reporter/entry/commands.h"

#define SHORT_HASH 12

static enum th_status print_entry(void *context, const struct th_entry *entry,
                                  const uint8_t hash[TH_HASH_BYTES], const uint8_t *key_id,
                                  const uint8_t *signature, struct th_error *error)
{
    struct th_table *table = context;
    char epoch[16], sequence[24], revision[16], at[40], local[40], id[37];
    char hex[2 * TH_HASH_BYTES + 1], digest[2 * TH_HASH_BYTES + 1], start[SHORT_HASH + 1];
    (void)key_id;
    (void)error;
    snprintf(epoch, sizeof(epoch), "%" PRIu32, entry->epoch);
    snprintf(sequence, sizeof(sequence), "%" PRIu64, entry->sequence);
    snprintf(revision, sizeof(revision), "%" PRIu32, entry->revision);
    th_instant_format(entry->accepted_at_us, at);
    th_instant_format_local(entry->accepted_at_us, local);
    th_text_uuid(entry->report_id, id);
    th_text_to_hex(hash, TH_HASH_BYTES, hex);
    th_text_to_hex(entry->digest, TH_HASH_BYTES, digest);
    snprintf(start, sizeof(start), "%.*s", SHORT_HASH, hex);
    const char *cells[] = {epoch, sequence, entry->form, entry->period, revision,
                           at,    id,       digest,      hex,           signature ? "yes" : "no"};
    const char *people[] = {NULL, NULL, NULL, NULL, NULL, local, NULL, NULL, start, NULL};
    th_table_row(table, cells, people);
    return TH_OK;
}

enum th_status th_command_receipts(void *context, const struct th_command_line *line,
                                   struct th_error *error)
{
    struct th_office *office = context;
    enum th_format format;
    struct th_error ignored;
    enum th_status status = th_office_format(line, &format, error);
    if (status == TH_OK)
        status = th_office_open(office, TH_NEED_OUTBOX, error);
    if (status == TH_OK) {
        const struct th_column columns[] = {
            {.name = "epoch", .heading = th_say(office, "Thời kỳ", "Epoch"), .right = true},
            {.name = "sequence", .heading = th_say(office, "Số", "No."), .right = true},
            {.name = "form", .heading = th_say(office, "Biểu", "Form")},
            {.name = "period", .heading = th_say(office, "Kỳ", "Period")},
            {.name = "revision", .heading = th_say(office, "Lần", "Revision"), .right = true},
            {.name = "accepted_at",
             .heading = th_say(office, "Nhận lúc", "Accepted"),
             .cell = TH_CELL_INSTANT},
            {.name = "report_id", .machine_only = true},
            {.name = "digest", .machine_only = true},
            {.name = "hash", .heading = th_say(office, "Mã băm", "Hash")},
            {.name = "signed", .machine_only = true},
        };
        struct th_table *table =
            th_table_create(stdout, format, NULL, columns, sizeof(columns) / sizeof(columns[0]));
        status = th_outbox_entries(office->outbox, print_entry, table, error);
        enum th_status finished = th_table_finish(&table, status == TH_OK ? error : &ignored);
        status = status == TH_OK ? finished : status;
    }
    th_office_close(office);
    return status;
}

static enum th_status print_counts(const struct th_office *office, enum th_format format,
                                   const struct th_receipt_counts *counts, struct th_error *error)
{
    const struct th_column columns[] = {
        {.name = "entries", .heading = th_say(office, "Mục sổ", "Entries"), .right = true},
        {.name = "signatures", .heading = th_say(office, "Chữ ký", "Signatures"), .right = true},
        {.name = "reports",
         .heading = th_say(office, "Báo cáo của đơn vị", "Own reports"),
         .right = true},
        {.name = "rejections", .heading = th_say(office, "Từ chối", "Rejections"), .right = true},
        {.name = "twice", .heading = th_say(office, "Hai lần", "Twice"), .right = true},
        {.name = "lost", .heading = th_say(office, "Tỉnh để mất", "Lost"), .right = true},
        {.name = "gaps", .heading = th_say(office, "Khuyết", "Gaps"), .right = true},
        {.name = "differences",
         .heading = th_say(office, "Sai khác", "Differences"),
         .right = true},
    };
    const uint64_t values[] = {counts->entries,    counts->signatures, counts->reports,
                               counts->rejections, counts->twice,      counts->again,
                               counts->gaps,       counts->differences};
    char texts[sizeof(values) / sizeof(values[0])][24];
    const char *cells[sizeof(values) / sizeof(values[0])];
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        snprintf(texts[i], sizeof(texts[i]), "%" PRIu64, values[i]);
        cells[i] = texts[i];
    }
    struct th_table *table =
        th_table_create(stdout, format, NULL, columns, sizeof(columns) / sizeof(columns[0]));
    th_table_row(table, cells, NULL);
    return th_table_finish(&table, error);
}

/* Two receipts for one report, or one for a report that is not accepted, ask for words. */
static void explain_restoration(const struct th_office *office,
                                const struct th_receipt_counts *counts)
{
    if (counts->twice > 0)
        fprintf(stderr,
                th_say(office,
                       "%" PRIu64 " báo cáo có hai biên nhận: tỉnh đã khôi phục dữ liệu và nhận "
                       "lại; biên nhận đầu vẫn quyết định thời điểm nhận.\n",
                       "Acknowledged twice: %" PRIu64 " reports, after a restoration in the "
                       "province; the first receipt still decides when they came.\n"),
                counts->twice);
    if (counts->again > 0)
        fprintf(stderr,
                th_say(office,
                       "%" PRIu64 " báo cáo đã có biên nhận nhưng tỉnh để mất khi khôi phục dữ "
                       "liệu và chưa nhận lại.\n",
                       "Lost by the province in a restoration and not accepted again yet: %" PRIu64
                       " reports with a receipt.\n"),
                counts->again);
}

enum th_status th_command_receipts_verify(void *context, const struct th_command_line *line,
                                          struct th_error *error)
{
    struct th_office *office = context;
    struct th_receipt_counts counts;
    struct th_error difference = {0};
    enum th_format format;
    enum th_status status = th_office_format(line, &format, error);
    if (status == TH_OK)
        status = th_office_open(office, TH_NEED_OUTBOX, error);
    if (status == TH_OK) {
        enum th_status verified =
            th_receipts_verify(office->outbox, &office->bundle, &counts, &difference);
        status = print_counts(office, format, &counts, error);
        fflush(stdout);
        if (status == TH_OK && verified != TH_OK) {
            *error = difference;
            status = verified;
        } else if (status == TH_OK) {
            fprintf(stderr, "%s\n",
                    th_say(office, "Mọi biên nhận đều đúng.", "Every receipt holds."));
            explain_restoration(office, &counts);
        }
    }
    th_office_close(office);
    return status;
}

/* ---- resubmit ---- */

struct chosen {
    size_t count;
    uint8_t id[16];
    char form[65], period[65];
    uint32_t revision;
    enum th_report_state state;
};

static bool choose(void *context, const struct th_outbox_report *report)
{
    struct chosen *chosen = context;
    chosen->count++;
    memcpy(chosen->id, report->id, sizeof(chosen->id));
    snprintf(chosen->form, sizeof(chosen->form), "%s", report->form);
    snprintf(chosen->period, sizeof(chosen->period), "%s", report->period);
    chosen->revision = report->revision;
    chosen->state = report->state;
    return true;
}

static enum th_status queue_again(struct th_office *office, const struct chosen *chosen,
                                  struct th_error *error)
{
    uint32_t accepted = 0;
    bool queued = false;
    char id[37];
    enum th_status status =
        th_outbox_accepted_revision(office->outbox, chosen->form, chosen->period, &accepted, error);
    if (status == TH_OK && accepted >= chosen->revision)
        return th_error_set(error, TH_USAGE,
                            "revision %" PRIu32 " of %s %s cannot be sent again: the province has "
                            "accepted revision %" PRIu32 "; submit a new file if figures change",
                            chosen->revision, chosen->form, chosen->period, accepted);
    if (status == TH_OK)
        status = th_outbox_requeue(office->outbox, chosen->id, &queued, error);
    if (status == TH_OK && queued) {
        th_text_uuid(chosen->id, id);
        printf(th_say(office, "%s %s lần %" PRIu32 " (%s): chờ gửi lại\n",
                      "%s %s revision %" PRIu32 " (%s): queued again\n"),
               chosen->form, chosen->period, chosen->revision, id);
    }
    return status;
}

static enum th_status resubmit_one(struct th_office *office, const char *text,
                                   struct th_error *error)
{
    char digits[33];
    struct chosen chosen = {0};
    if (!th_id_prefix(text, digits))
        return th_error_set(error, TH_USAGE,
                            "'%.40s' is no report id; give at least %d of its digits, as "
                            "`tonghop-reporter status` shows them",
                            text, TH_SHORTEST_PREFIX);
    enum th_status status = th_outbox_find_prefix(office->outbox, digits, choose, &chosen, error);
    if (status != TH_OK)
        return status;
    if (chosen.count == 0)
        return th_error_set(error, TH_USAGE, "there is no report with id %.40s", text);
    if (chosen.count > 1)
        return th_error_set(error, TH_USAGE, "several reports begin with %.40s; give more digits",
                            text);
    if (chosen.state != TH_STATE_REJECTED)
        return th_error_set(error, TH_USAGE, "report %.40s is not rejected (%s); nothing to do",
                            text, th_report_state_name(chosen.state));
    return queue_again(office, &chosen, error);
}

#define REJECTED_MAX 256

struct rejected_list {
    struct chosen reports[REJECTED_MAX];
    size_t count;
};

static bool keep_rejected(void *context, const struct th_outbox_report *report)
{
    struct rejected_list *list = context;
    struct chosen *chosen = &list->reports[list->count++];
    *chosen = (struct chosen){0};
    (void)choose(chosen, report);
    return list->count < REJECTED_MAX;
}

/* Those that a newer accepted revision has overtaken are left alone. */
static enum th_status resubmit_all(struct th_office *office, const char *form, const char *period,
                                   struct th_error *error)
{
    struct rejected_list list = {.count = 0};
    uint32_t accepted = 0;
    size_t queued = 0;
    enum th_status status =
        th_outbox_rejected(office->outbox, form, period, keep_rejected, &list, error);
    if (status == TH_OK)
        status = th_outbox_accepted_revision(office->outbox, form, period, &accepted, error);
    for (size_t i = 0; i < list.count && status == TH_OK; i++) {
        if (list.reports[i].revision <= accepted)
            continue;
        status = queue_again(office, &list.reports[i], error);
        queued++;
    }
    if (status == TH_OK && queued == 0)
        return th_error_set(error, TH_USAGE,
                            "no rejected report of %.64s %.40s waits to be sent again", form,
                            period);
    return status;
}

enum th_status th_command_resubmit(void *context, const struct th_command_line *line,
                                   struct th_error *error)
{
    struct th_office *office = context;
    bool all = th_command_option(line, "all-rejected") != NULL;
    enum th_status status = TH_OK;
    if (all && line->argument_count != 2)
        return th_error_set(error, TH_USAGE,
                            "--all-rejected needs a form and a period: tonghop-reporter resubmit "
                            "--all-rejected joint-agency 2024-03");
    status = th_office_open(office, TH_NEED_OUTBOX, error);
    if (status == TH_OK)
        status = th_outbox_begin(office->outbox, error);
    if (status == TH_OK && all)
        status = resubmit_all(office, line->arguments[0], line->arguments[1], error);
    for (size_t i = 0; !all && i < line->argument_count && status == TH_OK; i++)
        status = resubmit_one(office, line->arguments[i], error);
    if (status == TH_OK)
        status = th_outbox_commit(office->outbox, error);
    if (office->outbox)
        th_outbox_rollback(office->outbox);
    if (status == TH_OK)
        th_instance_nudge(office->settings.state_dir, TH_NUDGE_WAKE);
    th_office_close(office);
    return status;
}
