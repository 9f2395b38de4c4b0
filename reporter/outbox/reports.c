#include <string.h>

#include "reporter/outbox/database.h"

#define LONGEST_CODE 64

const char *th_report_state_name(enum th_report_state state)
{
    static const char *const names[] = {"queued", "accepted", "rejected", "draft", "prepared"};
    return names[state];
}

static bool parse_state(const char *name, enum th_report_state *state)
{
    for (int i = TH_STATE_QUEUED; i <= TH_STATE_REJECTED; i++)
        if (strcmp(name, th_report_state_name((enum th_report_state)i)) == 0) {
            *state = (enum th_report_state)i;
            return true;
        }
    return false;
}

/* Columns as every listing of reports selects them; `body` is the last, where it is. */
static bool read_row(sqlite3_stmt *statement, struct th_outbox_report *report)
{
    *report = (struct th_outbox_report){
        .ordinal = sqlite3_column_int64(statement, 0),
        .form = th_column_text(statement, 2),
        .period = th_column_text(statement, 3),
        .revision = (uint32_t)sqlite3_column_int64(statement, 4),
        .file = th_column_text(statement, 7),
        .created_us = sqlite3_column_int64(statement, 9),
        .answered_us = sqlite3_column_int64(statement, 10),
        .epoch = (uint32_t)sqlite3_column_int64(statement, 11),
        .sequence = (uint64_t)sqlite3_column_int64(statement, 12),
        .problems = th_column_text(statement, 13),
    };
    if (sqlite3_column_count(statement) > 14)
        report->body = th_column_slice(statement, 14);
    return th_column_bytes(statement, 1, report->id, sizeof(report->id)) &&
           th_column_bytes(statement, 5, report->digest, sizeof(report->digest)) &&
           th_column_bytes(statement, 6, report->content, sizeof(report->content)) &&
           strlen(report->form) <= LONGEST_CODE && strlen(report->period) <= LONGEST_CODE &&
           parse_state(th_column_text(statement, 8), &report->state);
}

/* Gives every row to `each` until it has enough; gives the statement back. */
static enum th_status give_rows(struct th_outbox *outbox, sqlite3_stmt *statement,
                                th_outbox_report_fn each, void *context, struct th_error *error)
{
    bool row = true, more = true;
    enum th_status status = TH_OK;
    while (more) {
        struct th_outbox_report report;
        status = th_outbox_step(outbox, statement, &row, error);
        if (status != TH_OK || !row)
            break;
        if (!read_row(statement, &report)) {
            status = th_outbox_damaged(outbox, "a report's row is not readable", error);
            break;
        }
        more = each(context, &report);
    }
    th_outbox_done(statement);
    return status;
}

/* Up to two texts and a number, in this order, as the statement has parameters. */
struct wanted {
    const char *form, *period;
    size_t limit; /* 0: no such parameter */
};

static enum th_status give(struct th_outbox *outbox, enum th_outbox_statement which,
                           struct wanted wanted, th_outbox_report_fn each, void *context,
                           struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, which, &statement, error);
    if (status != TH_OK)
        return status;
    int position = 1;
    if (wanted.form)
        th_bind_text(statement, position++, wanted.form);
    if (wanted.period)
        th_bind_text(statement, position++, wanted.period);
    if (wanted.limit > 0)
        th_bind_integer(statement, position, (int64_t)wanted.limit);
    return give_rows(outbox, statement, each, context, error);
}

/* One integer about a key. */
static enum th_status ask(struct th_outbox *outbox, enum th_outbox_statement which,
                          const char *form, const char *period, int64_t *value,
                          struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, which, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_text(statement, 1, form);
    th_bind_text(statement, 2, period);
    return th_outbox_integer(outbox, statement, value, error);
}

enum th_status th_outbox_next_revision(struct th_outbox *outbox, const char *form,
                                       const char *period, uint32_t *revision,
                                       struct th_error *error)
{
    int64_t value = 1;
    enum th_status status = ask(outbox, TH_SQL_next_revision, form, period, &value, error);
    *revision = (uint32_t)value;
    return status;
}

enum th_status th_outbox_add(struct th_outbox *outbox, const struct th_outbox_report *report,
                             struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_add_report, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, report->id, sizeof(report->id));
    th_bind_text(statement, 2, report->form);
    th_bind_text(statement, 3, report->period);
    th_bind_integer(statement, 4, report->revision);
    th_bind_blob(statement, 5, report->body.bytes, report->body.size);
    th_bind_blob(statement, 6, report->digest, sizeof(report->digest));
    th_bind_blob(statement, 7, report->content, sizeof(report->content));
    th_bind_text(statement, 8, report->file);
    th_bind_integer(statement, 9, report->created_us);
    return th_outbox_execute(outbox, statement, error);
}

enum th_status th_outbox_newest(struct th_outbox *outbox, const char *form, const char *period,
                                th_outbox_report_fn each, void *context, struct th_error *error)
{
    return give(outbox, TH_SQL_newest_report, (struct wanted){form, period, 0}, each, context,
                error);
}

enum th_status th_outbox_earlier(struct th_outbox *outbox, const char *form, const char *period,
                                 size_t limit, th_outbox_report_fn each, void *context,
                                 struct th_error *error)
{
    return give(outbox, TH_SQL_earlier_reports, (struct wanted){form, period, limit}, each, context,
                error);
}

enum th_status th_outbox_due(struct th_outbox *outbox, th_outbox_report_fn each, void *context,
                             struct th_error *error)
{
    return give(outbox, TH_SQL_due_reports, (struct wanted){NULL, NULL, 0}, each, context, error);
}

enum th_status th_outbox_find(struct th_outbox *outbox, const uint8_t id[16],
                              th_outbox_report_fn each, void *context, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_find_report, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, id, 16);
    return give_rows(outbox, statement, each, context, error);
}

enum th_status th_outbox_find_prefix(struct th_outbox *outbox, const char *digits,
                                     th_outbox_report_fn each, void *context,
                                     struct th_error *error)
{
    return give(outbox, TH_SQL_find_prefix, (struct wanted){digits, NULL, 0}, each, context, error);
}

enum th_status th_outbox_recent(struct th_outbox *outbox, size_t limit, th_outbox_report_fn each,
                                void *context, struct th_error *error)
{
    return give(outbox, TH_SQL_recent_reports, (struct wanted){NULL, NULL, limit}, each, context,
                error);
}

enum th_status th_outbox_rejected(struct th_outbox *outbox, const char *form, const char *period,
                                  th_outbox_report_fn each, void *context, struct th_error *error)
{
    return give(outbox, TH_SQL_rejected_reports, (struct wanted){form, period, 0}, each, context,
                error);
}

enum th_status th_outbox_accepted(struct th_outbox *outbox, th_outbox_report_fn each, void *context,
                                  struct th_error *error)
{
    return give(outbox, TH_SQL_accepted_reports, (struct wanted){NULL, NULL, 0}, each, context,
                error);
}

enum th_status th_outbox_requeue(struct th_outbox *outbox, const uint8_t id[16], bool *queued,
                                 struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_queue_again, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, id, 16);
    status = th_outbox_execute(outbox, statement, error);
    *queued = status == TH_OK && sqlite3_changes(outbox->database) > 0;
    return status;
}

enum th_status th_outbox_requeue_lost(struct th_outbox *outbox, uint32_t epoch, uint64_t after,
                                      uint64_t *queued, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_requeue_lost, &statement, error);
    *queued = 0;
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, epoch);
    th_bind_integer(statement, 2, (int64_t)after);
    status = th_outbox_execute(outbox, statement, error);
    if (status == TH_OK)
        *queued = (uint64_t)sqlite3_changes(outbox->database);
    return status;
}

enum th_status th_outbox_accepted_revision(struct th_outbox *outbox, const char *form,
                                           const char *period, uint32_t *revision,
                                           struct th_error *error)
{
    int64_t value = 0;
    enum th_status status = ask(outbox, TH_SQL_newer_exists, form, period, &value, error);
    *revision = (uint32_t)value;
    return status;
}

enum th_status th_outbox_accept(struct th_outbox *outbox, const uint8_t id[16],
                                int64_t accepted_at_us, uint32_t epoch, uint64_t sequence,
                                const char *problems, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_accept_report, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, id, 16);
    th_bind_integer(statement, 2, accepted_at_us);
    th_bind_integer(statement, 3, epoch);
    th_bind_integer(statement, 4, (int64_t)sequence);
    th_bind_text(statement, 5, problems);
    return th_outbox_execute(outbox, statement, error);
}

enum th_status th_outbox_recover(struct th_outbox *outbox, const struct th_outbox_report *report,
                                 bool *added, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    *added = false;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_recover_report, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, report->epoch);
    th_bind_integer(statement, 2, (int64_t)report->sequence);
    th_bind_blob(statement, 3, report->digest, sizeof(report->digest));
    th_bind_blob(statement, 4, report->body.bytes, report->body.size);
    th_bind_blob(statement, 5, report->content, sizeof(report->content));
    th_bind_text(statement, 6, report->file);
    th_bind_integer(statement, 7, report->created_us);
    status = th_outbox_execute(outbox, statement, error);
    if (status == TH_OK)
        *added = sqlite3_changes(outbox->database) > 0;
    return status;
}

enum th_status th_outbox_reject(struct th_outbox *outbox,
                                const struct th_outbox_rejection *rejection, int64_t now_us,
                                struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_reject_report, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, rejection->id, sizeof(rejection->id));
    th_bind_integer(statement, 2, rejection->rejected_at_us);
    th_bind_integer(statement, 3, rejection->current_revision);
    th_bind_text(statement, 4, rejection->problems);
    status = th_outbox_execute(outbox, statement, error);
    if (status == TH_OK)
        status = th_outbox_statement(outbox, TH_SQL_add_rejection, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, rejection->id, sizeof(rejection->id));
    th_bind_integer(statement, 2, rejection->rejected_at_us);
    th_bind_blob(statement, 3, rejection->message.bytes, rejection->message.size);
    th_bind_integer(statement, 4, now_us);
    return th_outbox_execute(outbox, statement, error);
}

enum th_status th_outbox_count(struct th_outbox *outbox, bool with_answered,
                               struct th_outbox_counts *counts, struct th_error *error)
{
    *counts = (struct th_outbox_counts){0};
    sqlite3_stmt *statement = NULL;
    bool row;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_counts, &statement, error);
    if (status != TH_OK)
        return status;
    status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row) {
        counts->queued = (uint64_t)sqlite3_column_int64(statement, 0);
        counts->queued_bytes = (uint64_t)sqlite3_column_int64(statement, 1);
        counts->oldest_us = sqlite3_column_int64(statement, 2);
    }
    th_outbox_done(statement);
    if (status != TH_OK || !with_answered)
        return status;

    status = th_outbox_statement(outbox, TH_SQL_count_states, &statement, error);
    if (status != TH_OK)
        return status;
    status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row) {
        counts->accepted = (uint64_t)sqlite3_column_int64(statement, 0);
        counts->rejected = (uint64_t)sqlite3_column_int64(statement, 1);
        counts->again = (uint64_t)sqlite3_column_int64(statement, 2);
        counts->lost = (uint64_t)sqlite3_column_int64(statement, 3);
    }
    th_outbox_done(statement);
    return status;
}
