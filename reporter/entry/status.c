/* status: is it connected, what waits, what was answered. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/domain/report.h"
#include "reporter/delivery/instance.h"
#include "reporter/entry/commands.h"

#define RECENT_REPORTS 20
#define MEGABYTE       UINT64_C(1048576)

struct standing {
    bool running;
    struct th_outbox_link link;
    struct th_outbox_counts counts;
    struct th_outbox_head head;
    struct th_outbox_catalogue catalogue;
    uint64_t notices, unread;
    uint64_t drafts, prepared;
};

static bool count_draft(void *context, const struct th_outbox_report *report)
{
    struct standing *standing = context;
    standing->drafts += report->state == TH_STATE_DRAFT;
    standing->prepared += report->state == TH_STATE_PREPARED;
    return true;
}

static uint64_t megabytes(uint64_t bytes)
{
    return (bytes + MEGABYTE - 1) / MEGABYTE;
}

/* Without room for the largest report, so that some are refused already. */
static bool is_full(const struct th_office *office, const struct standing *standing)
{
    return standing->counts.queued_bytes + (uint64_t)TH_REPORT_BYTES_MAX >
           (uint64_t)office->settings.outbox_limit_mb * MEGABYTE;
}

static enum th_status read_standing(struct th_office *office, struct standing *standing,
                                    struct th_error *error)
{
    standing->running = th_instance_is_running(office->settings.state_dir);
    enum th_status status = th_outbox_get_link(office->outbox, &standing->link, error);
    if (status == TH_OK)
        status = th_outbox_count(office->outbox, true, &standing->counts, error);
    if (status == TH_OK)
        status = th_outbox_get_head(office->outbox, &standing->head, error);
    if (status == TH_OK)
        status = th_outbox_get_catalogue(office->outbox, &standing->catalogue, NULL, error);
    if (status == TH_OK)
        status =
            th_outbox_count_notices(office->outbox, &standing->notices, &standing->unread, error);
    if (status == TH_OK)
        status = th_drafts_show(office, count_draft, standing, error);
    return status;
}

/* "" for 0. */
static const char *local_time(int64_t instant_us, char out[40])
{
    out[0] = '\0';
    if (instant_us != 0)
        th_instant_format_local(instant_us, out);
    return out;
}

static void print_connection(const struct th_office *office, const struct standing *standing)
{
    const struct th_outbox_link *link = &standing->link;
    char since[40];
    local_time(link->since_us, since);
    if (!standing->running)
        printf("%s\n",
               th_say(office, "Kết nối:    chương trình gửi không chạy (tonghop-reporter run)",
                      "Connection: nothing delivers (tonghop-reporter run is not running)"));
    else if (link->connected)
        printf(th_say(office, "Kết nối:    đã kết nối tới %s từ %s%s%s\n",
                      "Connection: connected to %s since %s%s%s\n"),
               link->endpoint, since, link->reason[0] ? "; " : "", link->reason);
    else
        printf(th_say(office, "Kết nối:    chưa kết nối từ %2$s: %3$s (%1$s)\n",
                      "Connection: not connected since %2$s: %3$s (%1$s)\n"),
               link->endpoint, since[0] ? since : "-", link->reason[0] ? link->reason : "-");
}

/* Bundles of provinces without an English name have the Vietnamese one only. */
static const char *province_name(const struct th_office *office)
{
    const struct th_bundle *bundle = &office->bundle;
    return *bundle->province_name_en
               ? th_say(office, bundle->province_name, bundle->province_name_en)
               : bundle->province_name;
}

static void print_head(const struct th_office *office, const struct standing *standing)
{
    char oldest[40], accepted[40], fetched[40];
    printf(th_say(office, "Đơn vị:     %s, tỉnh %s %s\n", "District:   %s, province %s %s\n"),
           office->bundle.name, office->bundle.province, province_name(office));
    print_connection(office, standing);
    printf(th_say(office, "Hộp gửi:    %" PRIu64 " báo cáo đang chờ%s%s\n",
                  "Outbox:     reports waiting: %" PRIu64 "%s%s\n"),
           standing->counts.queued,
           standing->counts.queued > 0 ? th_say(office, ", lâu nhất từ ", ", the oldest since ")
                                       : "",
           local_time(standing->counts.oldest_us, oldest));
    if (standing->counts.queued > 0)
        printf(th_say(office,
                      "Dung lượng: %" PRIu64 " MB báo cáo đang chờ trên %ld MB cho phép%s\n",
                      "Size:       waiting reports hold %" PRIu64 " of %ld MB allowed%s\n"),
               megabytes(standing->counts.queued_bytes), office->settings.outbox_limit_mb,
               is_full(office, standing)
                   ? th_say(office,
                            "; hộp gửi đầy: báo cáo mới có thể không được nhận, không báo cáo nào "
                            "bị bỏ (outbox_limit_mb)",
                            "; the outbox is full: new reports may be refused, none is given up "
                            "(outbox_limit_mb)")
                   : "");
    if (standing->drafts + standing->prepared > 0)
        printf(th_say(office, "Chờ duyệt:  %" PRIu64 " bản nháp, %" PRIu64 " báo cáo đã lập xong\n",
                      "Sign-off:   drafts %" PRIu64 ", prepared %" PRIu64 "\n"),
               standing->drafts, standing->prepared);
    printf(th_say(office, "Đã trả lời: %" PRIu64 " được nhận, %" PRIu64 " bị từ chối\n",
                  "Answered:   accepted %" PRIu64 ", rejected %" PRIu64 "\n"),
           standing->counts.accepted, standing->counts.rejected);
    if (standing->counts.again + standing->counts.lost > 0)
        printf(
            th_say(office,
                   "Tỉnh khôi phục dữ liệu: %" PRIu64 " báo cáo đã nhận đang gửi lại, %" PRIu64
                   " báo cáo nay bị từ chối\n",
                   "Restored:   accepted before the province was restored: sending again %" PRIu64
                   ", now rejected %" PRIu64 "\n"),
            standing->counts.again, standing->counts.lost);
    if (standing->head.sequence > 0)
        printf(th_say(office, "Biên nhận:  số cuối %" PRIu64 " lúc %s\n",
                      "Receipts:   the last is %" PRIu64 " of %s\n"),
               standing->head.sequence, local_time(standing->head.accepted_at_us, accepted));
    if (standing->catalogue.version > 0)
        printf(th_say(office, "Danh mục:   phiên bản %" PRIu64 ", tải về lúc %s\n",
                      "Catalogue:  version %" PRIu64 ", fetched %s\n"),
               standing->catalogue.version, local_time(standing->catalogue.fetched_us, fetched));
    else
        printf("%s\n", th_say(office, "Danh mục:   chưa có", "Catalogue:  none held yet"));
    if (standing->notices > 0)
        printf(th_say(office, "Thông báo:  %" PRIu64 " chưa đọc, tổng số %" PRIu64 "\n",
                      "Notices:    unread %" PRIu64 ", in all %" PRIu64 "\n"),
               standing->unread, standing->notices);
    putchar('\n');
}

static void note_number(struct th_table *table, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRIu64, value);
    th_table_note(table, name, text);
}

static void note_instant(struct th_table *table, const char *name, int64_t instant_us)
{
    char text[40] = "";
    if (instant_us != 0)
        th_instant_format(instant_us, text);
    th_table_note(table, name, text);
}

static void note_head(struct th_table *table, const struct th_office *office,
                      const struct standing *standing)
{
    const struct th_outbox_link *link = &standing->link;
    th_table_note(table, "province", office->bundle.province);
    th_table_note(table, "district", office->bundle.name);
    th_table_note(table, "running", standing->running ? "yes" : "no");
    th_table_note(table, "connected", standing->running && link->connected ? "yes" : "no");
    th_table_note(table, "endpoint", link->endpoint);
    th_table_note(table, "reason", link->reason);
    note_instant(table, "since", link->since_us);
    note_instant(table, "greeted_at", link->greeted_us);
    note_number(table, "queued", standing->counts.queued);
    note_number(table, "queued_bytes", standing->counts.queued_bytes);
    note_number(table, "outbox_limit_mb", (uint64_t)office->settings.outbox_limit_mb);
    note_number(table, "drafts", standing->drafts);
    note_number(table, "prepared", standing->prepared);
    note_instant(table, "oldest_queued_at", standing->counts.oldest_us);
    note_number(table, "accepted", standing->counts.accepted);
    note_number(table, "rejected", standing->counts.rejected);
    note_number(table, "sending_again", standing->counts.again);
    note_number(table, "lost_and_rejected", standing->counts.lost);
    note_number(table, "epoch", standing->head.epoch);
    note_number(table, "sequence", standing->head.sequence);
    note_instant(table, "last_accepted_at", standing->head.accepted_at_us);
    note_number(table, "catalogue_version", standing->catalogue.version);
    note_number(table, "notices", standing->notices);
    note_number(table, "notices_unread", standing->unread);
}

struct listing {
    struct th_table *table;
    const struct th_office *office;
    enum th_status status; /* of what is asked about each report */
    struct th_error *error;
};

static bool print_report(void *context, const struct th_outbox_report *report)
{
    struct listing *listing = context;
    TH_CLEANUP_BUFFER struct th_buffer codes = {0};
    TH_CLEANUP_BUFFER struct th_buffer messages = {0};
    struct th_outbox_verdict verdict = {.decision = TH_DECISION_NONE};
    char decision[TH_DECISION_WORDS] = "";
    char id[37], revision[16], sequence[24] = "", epoch[16] = "";
    char created[40], answered[40] = "", created_local[40], answered_local[40] = "";
    th_text_uuid(report->id, id);
    snprintf(revision, sizeof(revision), "%" PRIu32, report->revision);
    if (report->revision == 0)
        revision[0] = '\0'; /* a draft: given when it is released */
    if (report->sequence > 0) {
        snprintf(epoch, sizeof(epoch), "%" PRIu32, report->epoch);
        snprintf(sequence, sizeof(sequence), "%" PRIu64, report->sequence);
    }
    th_instant_format(report->created_us, created);
    th_instant_format_local(report->created_us, created_local);
    if (report->answered_us != 0 && report->state != TH_STATE_QUEUED) {
        th_instant_format(report->answered_us, answered);
        th_instant_format_local(report->answered_us, answered_local);
    }
    if (report->state == TH_STATE_ACCEPTED)
        listing->status = th_outbox_verdict(listing->office->outbox, report->form, report->period,
                                            report->revision, &verdict, listing->error);
    th_decision_words(listing->office, &verdict, decision);
    th_problem_words(report->problems, &codes, &messages);
    char short_id[9];
    snprintf(short_id, sizeof(short_id), "%.8s", id);
    const char *cells[] = {
        id,
        report->form,
        report->period,
        revision,
        th_report_state_name(report->state),
        epoch,
        sequence,
        created,
        answered,
        codes.size > 0 ? codes.bytes : "",
        report->file,
        th_decision_name(verdict.decision),
    };
    const char *people[sizeof(cells) / sizeof(cells[0])] = {NULL};
    people[0] = short_id;
    people[4] = th_state_word(listing->office, report->state);
    people[7] = created_local;
    people[8] = answered_local;
    people[9] = messages.size > 0 ? messages.bytes : NULL;
    people[11] = decision;
    th_table_row(listing->table, cells, people);
    return listing->status == TH_OK;
}

static enum th_status print_reports(struct th_office *office, enum th_format format, size_t limit,
                                    const struct standing *standing, struct th_error *error)
{
    const struct th_column columns[] = {
        {.name = "report_id", .heading = th_say(office, "Mã", "Id")},
        {.name = "form", .heading = th_say(office, "Biểu", "Form")},
        {.name = "period", .heading = th_say(office, "Kỳ", "Period")},
        {.name = "revision", .heading = th_say(office, "Lần", "Rev."), .right = true},
        {.name = "state", .heading = th_say(office, "Trạng thái", "State")},
        {.name = "epoch", .machine_only = true},
        {.name = "sequence", .heading = th_say(office, "Số biên nhận", "Receipt"), .right = true},
        {.name = "created_at",
         .heading = th_say(office, "Lập lúc", "Made"),
         .cell = TH_CELL_INSTANT},
        {.name = "answered_at",
         .heading = th_say(office, "Trả lời lúc", "Answered"),
         .cell = TH_CELL_INSTANT},
        {.name = "problems", .heading = th_say(office, "Vấn đề", "Problems"), .wrap = true},
        {.name = "file", .machine_only = true},
        {.name = "decision", .heading = th_say(office, "Xét duyệt", "Decision"), .wrap = true},
    };
    struct listing listing = {
        .table =
            th_table_create(stdout, format, NULL, columns, sizeof(columns) / sizeof(columns[0])),
        .office = office,
        .error = error,
    };
    struct th_error ignored;
    if (format == TH_FORMAT_JSON)
        note_head(listing.table, office, standing);
    enum th_status status = th_drafts_show(office, print_report, &listing, error);
    if (status == TH_OK)
        status = th_outbox_recent(office->outbox, limit, print_report, &listing, error);
    if (status == TH_OK)
        status = listing.status;
    enum th_status finished = th_table_finish(&listing.table, status == TH_OK ? error : &ignored);
    return status == TH_OK ? finished : status;
}

static enum th_status print_status(struct th_office *office, enum th_format format, size_t limit,
                                   struct th_error *error)
{
    struct standing standing = {0};
    enum th_status status = read_standing(office, &standing, error);
    if (status != TH_OK)
        return status;
    if (format == TH_FORMAT_TABLE)
        print_head(office, &standing);
    status = print_reports(office, format, limit, &standing, error);
    if (status == TH_OK && format == TH_FORMAT_TABLE)
        status = th_drafts_print_next(office, error);
    if (status == TH_OK && format == TH_FORMAT_TABLE && standing.notices > 0)
        status = th_notices_print_recent(office, error);
    fflush(stdout);
    return status;
}

/* Once a second until Ctrl-C, which is how one leaves it and no failure. */
static enum th_status watch(struct th_office *office, enum th_format format, struct th_error *error)
{
    const struct timespec second = {.tv_sec = 1};
    sigset_t stop;
    enum th_status status;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &stop, NULL);
    do {
        if (isatty(STDOUT_FILENO))
            fputs("\033[H\033[J", stdout);
        status = print_status(office, format, RECENT_REPORTS, error);
    } while (status == TH_OK && !ferror(stdout) && sigtimedwait(&stop, NULL, &second) < 0);
    return status;
}

enum th_status th_command_status(void *context, const struct th_command_line *line,
                                 struct th_error *error)
{
    struct th_office *office = context;
    enum th_format format;
    bool notices = th_command_option(line, "notices") != NULL;
    enum th_status status = th_office_format(line, &format, error);
    if (status == TH_OK && notices && th_command_option(line, "watch"))
        status = th_error_set(error, TH_USAGE, "give --watch or --notices");
    if (status == TH_OK)
        status = th_office_open(office, TH_NEED_OUTBOX, error);
    if (status == TH_OK)
        status = th_office_read_catalogue(office, error); /* for names; NULL: none yet */
    if (status == TH_OK && notices)
        status = th_notices_print_all(office, format, error);
    else if (status == TH_OK && th_command_option(line, "watch"))
        status = watch(office, format, error);
    else if (status == TH_OK)
        status = print_status(office, format,
                              th_command_option(line, "all") ? INT64_MAX : RECENT_REPORTS, error);
    th_office_close(office);
    return status;
}
