/* Reports that wait for sign-off. Delivery never looks here. */
#include <string.h>

#include "reporter/outbox/database.h"

/* Columns as find_draft.sql and drafts.sql select them; `body` is the last, where it is. */
static bool read_row(sqlite3_stmt *statement, struct th_outbox_draft *draft)
{
    const char *state = th_column_text(statement, 4);
    *draft = (struct th_outbox_draft){
        .form = th_column_text(statement, 1),
        .period = th_column_text(statement, 2),
        .file = th_column_text(statement, 3),
        .state = strcmp(state, "prepared") == 0 ? TH_STATE_PREPARED : TH_STATE_DRAFT,
        .created_us = sqlite3_column_int64(statement, 5),
        .prepared_us = sqlite3_column_int64(statement, 6),
    };
    if (sqlite3_column_count(statement) > 8)
        draft->body = th_column_slice(statement, 8);
    return strcmp(state, th_report_state_name(draft->state)) == 0 &&
           th_column_bytes(statement, 0, draft->id, sizeof(draft->id)) &&
           th_column_bytes(statement, 7, draft->content, sizeof(draft->content));
}

/* Gives every row to `each` until it has enough; gives the statement back. */
static enum th_status give_rows(struct th_outbox *outbox, sqlite3_stmt *statement,
                                th_outbox_draft_fn each, void *context, struct th_error *error)
{
    bool row = true, more = true;
    enum th_status status = TH_OK;
    while (more) {
        struct th_outbox_draft draft;
        status = th_outbox_step(outbox, statement, &row, error);
        if (status != TH_OK || !row)
            break;
        if (!read_row(statement, &draft)) {
            status = th_outbox_damaged(outbox, "a draft's row is not readable", error);
            break;
        }
        more = each(context, &draft);
    }
    th_outbox_done(statement);
    return status;
}

/* Runs a statement that changes one row or none. */
static enum th_status change(struct th_outbox *outbox, sqlite3_stmt *statement, bool *changed,
                             struct th_error *error)
{
    enum th_status status = th_outbox_execute(outbox, statement, error);
    *changed = status == TH_OK && sqlite3_changes(outbox->database) > 0;
    return status;
}

enum th_status th_outbox_put_draft(struct th_outbox *outbox, const struct th_outbox_draft *draft,
                                   bool *kept, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    *kept = false;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_put_draft, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, draft->id, sizeof(draft->id));
    th_bind_text(statement, 2, draft->form);
    th_bind_text(statement, 3, draft->period);
    th_bind_text(statement, 4, draft->file);
    th_bind_integer(statement, 5, draft->created_us);
    th_bind_blob(statement, 6, draft->body.bytes, draft->body.size);
    return change(outbox, statement, kept, error);
}

enum th_status th_outbox_prepare_draft(struct th_outbox *outbox,
                                       const struct th_outbox_draft *draft, bool *done,
                                       struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    *done = false;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_prepare_draft, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, draft->id, sizeof(draft->id));
    th_bind_integer(statement, 2, draft->prepared_us);
    th_bind_blob(statement, 3, draft->content, sizeof(draft->content));
    th_bind_blob(statement, 4, draft->body.bytes, draft->body.size);
    return change(outbox, statement, done, error);
}

static enum th_status drop(struct th_outbox *outbox, const uint8_t id[16], const char *state,
                           bool *done, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    *done = false;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_drop_draft, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, id, 16);
    th_bind_text(statement, 2, state);
    return change(outbox, statement, done, error);
}

enum th_status th_outbox_withdraw_draft(struct th_outbox *outbox, const uint8_t id[16], bool *done,
                                        struct th_error *error)
{
    return drop(outbox, id, "", done, error);
}

enum th_status th_outbox_release_draft(struct th_outbox *outbox, const uint8_t id[16], bool *done,
                                       struct th_error *error)
{
    return drop(outbox, id, th_report_state_name(TH_STATE_PREPARED), done, error);
}

enum th_status th_outbox_find_draft(struct th_outbox *outbox, const char *digits, const char *form,
                                    const char *period, th_outbox_draft_fn each, void *context,
                                    struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_find_draft, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_text(statement, 1, digits);
    th_bind_text(statement, 2, form);
    th_bind_text(statement, 3, period);
    return give_rows(outbox, statement, each, context, error);
}

enum th_status th_outbox_drafts(struct th_outbox *outbox, th_outbox_draft_fn each, void *context,
                                struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_drafts, &statement, error);
    if (status != TH_OK)
        return status;
    return give_rows(outbox, statement, each, context, error);
}
