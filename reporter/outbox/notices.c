/* Notices of the province, and what the office concludes from them. */
#include <string.h>

#include "reporter/outbox/database.h"

enum th_status th_outbox_add_notice(struct th_outbox *outbox, const struct th_outbox_notice *notice,
                                    int64_t now_us, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_add_notice, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, (int64_t)notice->id);
    th_bind_text(statement, 2, notice->kind);
    th_bind_text(statement, 3, notice->form);
    th_bind_text(statement, 4, notice->period);
    th_bind_integer(statement, 5, notice->revision);
    th_bind_text(statement, 6, notice->text);
    th_bind_text(statement, 7, notice->comments);
    th_bind_integer(statement, 8, notice->at_us);
    th_bind_integer(statement, 9, notice->until_us);
    th_bind_integer(statement, 10, now_us);
    return th_outbox_execute(outbox, statement, error);
}

enum th_status th_outbox_last_notice(struct th_outbox *outbox, uint64_t *id, struct th_error *error)
{
    int64_t value = 0;
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_last_notice, &statement, error);
    if (status == TH_OK)
        status = th_outbox_integer(outbox, statement, &value, error);
    *id = (uint64_t)value;
    return status;
}

enum th_status th_outbox_notices(struct th_outbox *outbox, size_t limit, th_outbox_notice_fn each,
                                 void *context, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_recent_notices, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, (int64_t)limit);
    for (bool row = true, more = true; row && more && status == TH_OK;) {
        status = th_outbox_step(outbox, statement, &row, error);
        if (status != TH_OK || !row)
            break;
        struct th_outbox_notice notice = {
            .id = (uint64_t)sqlite3_column_int64(statement, 0),
            .kind = th_column_text(statement, 1),
            .form = th_column_text(statement, 2),
            .period = th_column_text(statement, 3),
            .revision = (uint32_t)sqlite3_column_int64(statement, 4),
            .text = th_column_text(statement, 5),
            .comments = th_column_text(statement, 6),
            .at_us = sqlite3_column_int64(statement, 7),
            .until_us = sqlite3_column_int64(statement, 8),
            .read = sqlite3_column_int64(statement, 9) != 0,
        };
        more = each(context, &notice);
    }
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_count_notices(struct th_outbox *outbox, uint64_t *total, uint64_t *unread,
                                       struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool row;
    *total = *unread = 0;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_count_notices, &statement, error);
    if (status != TH_OK)
        return status;
    status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row) {
        *total = (uint64_t)sqlite3_column_int64(statement, 0);
        *unread = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_read_notices(struct th_outbox *outbox, uint64_t last, int64_t now_us,
                                      struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_read_notices, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, (int64_t)last);
    th_bind_integer(statement, 2, now_us);
    return th_outbox_execute(outbox, statement, error);
}

static enum th_decision decision_of(const char *kind)
{
    static const struct {
        const char *kind;
        enum th_decision decision;
    } known[] = {{"report.approved", TH_DECISION_APPROVED},
                 {"report.returned", TH_DECISION_RETURNED},
                 {"report.reopened", TH_DECISION_REOPENED}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(kind, known[i].kind) == 0)
            return known[i].decision;
    return TH_DECISION_NONE;
}

enum th_status th_outbox_verdict(struct th_outbox *outbox, const char *form, const char *period,
                                 uint32_t revision, struct th_outbox_verdict *verdict,
                                 struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool row;
    *verdict = (struct th_outbox_verdict){.decision = TH_DECISION_NONE};
    enum th_status status = th_outbox_statement(outbox, TH_SQL_last_verdict, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_text(statement, 1, form);
    th_bind_text(statement, 2, period);
    th_bind_integer(statement, 3, revision);
    status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row)
        *verdict = (struct th_outbox_verdict){
            .notice_id = (uint64_t)sqlite3_column_int64(statement, 0),
            .decision = decision_of(th_column_text(statement, 1)),
            .revision = (uint32_t)sqlite3_column_int64(statement, 2),
            .until_us = sqlite3_column_int64(statement, 3),
        };
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_open_until(struct th_outbox *outbox, const char *form, const char *period,
                                    int64_t *until_us, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    struct th_outbox_verdict verdict;
    *until_us = 0;
    enum th_status status = th_outbox_verdict(outbox, form, period, 0, &verdict, error);
    if (status == TH_OK)
        status = th_outbox_statement(outbox, TH_SQL_last_exception, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_text(statement, 1, form);
    th_bind_text(statement, 2, period);
    status = th_outbox_integer(outbox, statement, until_us, error);
    if (verdict.decision != TH_DECISION_APPROVED && verdict.until_us > *until_us)
        *until_us = verdict.until_us;
    return status;
}
