#include <string.h>

#include "reporter/outbox/database.h"

enum th_status th_outbox_get_head(struct th_outbox *outbox, struct th_outbox_head *head,
                                  struct th_error *error)
{
    *head = (struct th_outbox_head){0};
    sqlite3_stmt *statement = NULL;
    bool row;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_head, &statement, error);
    if (status != TH_OK)
        return status;
    status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row) {
        head->epoch = (uint32_t)sqlite3_column_int64(statement, 0);
        head->sequence = (uint64_t)sqlite3_column_int64(statement, 1);
        head->accepted_at_us = sqlite3_column_int64(statement, 3);
        if (!th_column_bytes(statement, 2, head->hash, sizeof(head->hash)))
            status = th_outbox_damaged(outbox, "an entry's hash is not readable", error);
    }
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_last_sequence(struct th_outbox *outbox, uint32_t epoch, uint64_t *sequence,
                                       struct th_error *error)
{
    int64_t value = 0;
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_last_of_epoch, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, epoch);
    status = th_outbox_integer(outbox, statement, &value, error);
    *sequence = (uint64_t)value;
    return status;
}

enum th_status th_outbox_entry_hash(struct th_outbox *outbox, uint32_t epoch, uint64_t sequence,
                                    uint8_t hash[TH_HASH_BYTES], bool *found,
                                    struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_find_entry, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, epoch);
    th_bind_integer(statement, 2, (int64_t)sequence);
    status = th_outbox_step(outbox, statement, found, error);
    if (status == TH_OK && *found && !th_column_bytes(statement, 0, hash, TH_HASH_BYTES))
        status = th_outbox_damaged(outbox, "an entry's hash is not readable", error);
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_has_hash(struct th_outbox *outbox, const uint8_t hash[TH_HASH_BYTES],
                                  uint32_t epoch, bool *found, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_find_hash, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_blob(statement, 1, hash, TH_HASH_BYTES);
    th_bind_integer(statement, 2, epoch);
    status = th_outbox_step(outbox, statement, found, error);
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_add_entry(struct th_outbox *outbox, const struct th_entry *entry,
                                   const uint8_t hash[TH_HASH_BYTES], struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_add_entry, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, entry->epoch);
    th_bind_integer(statement, 2, (int64_t)entry->sequence);
    th_bind_blob(statement, 3, entry->report_id, sizeof(entry->report_id));
    th_bind_text(statement, 4, entry->form);
    th_bind_text(statement, 5, entry->period);
    th_bind_integer(statement, 6, entry->revision);
    th_bind_blob(statement, 7, entry->digest, sizeof(entry->digest));
    th_bind_integer(statement, 8, entry->accepted_at_us);
    th_bind_blob(statement, 9, hash, TH_HASH_BYTES);
    return th_outbox_execute(outbox, statement, error);
}

enum th_status th_outbox_add_run(struct th_outbox *outbox, const struct th_outbox_run *run,
                                 int64_t now_us, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_add_run, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, run->epoch);
    th_bind_integer(statement, 2, (int64_t)run->last_sequence);
    th_bind_integer(statement, 3, (int64_t)run->first_sequence);
    th_bind_blob(statement, 4, run->previous_hash, sizeof(run->previous_hash));
    th_bind_blob(statement, 5, run->key_id, sizeof(run->key_id));
    th_bind_blob(statement, 6, run->signature, sizeof(run->signature));
    th_bind_integer(statement, 7, now_us);
    return th_outbox_execute(outbox, statement, error);
}

static enum th_status give_entry(struct th_outbox *outbox, sqlite3_stmt *statement,
                                 th_outbox_entry_fn each, void *context, struct th_error *error)
{
    struct th_entry entry = {
        .epoch = (uint32_t)sqlite3_column_int64(statement, 0),
        .sequence = (uint64_t)sqlite3_column_int64(statement, 1),
        .form = th_column_text(statement, 3),
        .period = th_column_text(statement, 4),
        .revision = (uint32_t)sqlite3_column_int64(statement, 5),
        .accepted_at_us = sqlite3_column_int64(statement, 7),
    };
    uint8_t hash[TH_HASH_BYTES], key_id[TH_KEY_ID_BYTES], signature[TH_SIGNATURE_BYTES];
    bool is_signed = sqlite3_column_type(statement, 10) != SQLITE_NULL;
    if (!th_column_bytes(statement, 2, entry.report_id, sizeof(entry.report_id)) ||
        !th_column_bytes(statement, 6, entry.digest, sizeof(entry.digest)) ||
        !th_column_bytes(statement, 8, hash, sizeof(hash)) ||
        (is_signed && (!th_column_bytes(statement, 9, key_id, sizeof(key_id)) ||
                       !th_column_bytes(statement, 10, signature, sizeof(signature)))))
        return th_outbox_damaged(outbox, "an entry's row is not readable", error);
    return each(context, &entry, hash, is_signed ? key_id : NULL, is_signed ? signature : NULL,
                error);
}

/* Gives every row to `each`; gives the statement back. */
static enum th_status give_entries(struct th_outbox *outbox, sqlite3_stmt *statement,
                                   th_outbox_entry_fn each, void *context, struct th_error *error)
{
    enum th_status status = TH_OK;
    for (bool row = true; row && status == TH_OK;) {
        status = th_outbox_step(outbox, statement, &row, error);
        if (row)
            status = give_entry(outbox, statement, each, context, error);
    }
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_entries(struct th_outbox *outbox, th_outbox_entry_fn each, void *context,
                                 struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_each_entry, &statement, error);
    return status == TH_OK ? give_entries(outbox, statement, each, context, error) : status;
}

enum th_status th_outbox_some_entries(struct th_outbox *outbox, uint32_t epoch, uint64_t first,
                                      uint64_t last, th_outbox_entry_fn each, void *context,
                                      struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_some_entries, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, epoch);
    th_bind_integer(statement, 2, (int64_t)first);
    th_bind_integer(statement, 3, (int64_t)last);
    return give_entries(outbox, statement, each, context, error);
}

enum th_status th_outbox_first_entry(struct th_outbox *outbox,
                                     const struct th_outbox_report *report, uint32_t *epoch,
                                     uint64_t *sequence, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool row;
    *epoch = 0;
    *sequence = 0;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_first_entry, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_text(statement, 1, report->form);
    th_bind_text(statement, 2, report->period);
    th_bind_integer(statement, 3, report->revision);
    th_bind_blob(statement, 4, report->id, sizeof(report->id));
    status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row) {
        *epoch = (uint32_t)sqlite3_column_int64(statement, 0);
        *sequence = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_covering_run(struct th_outbox *outbox, uint32_t epoch, uint64_t sequence,
                                      struct th_outbox_run *run, bool *found,
                                      struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_covering_run, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, epoch);
    th_bind_integer(statement, 2, (int64_t)sequence);
    status = th_outbox_step(outbox, statement, found, error);
    if (status == TH_OK && *found) {
        *run = (struct th_outbox_run){
            .epoch = epoch,
            .first_sequence = (uint64_t)sqlite3_column_int64(statement, 0),
            .last_sequence = (uint64_t)sqlite3_column_int64(statement, 1),
        };
        if (!th_column_bytes(statement, 2, run->previous_hash, sizeof(run->previous_hash)) ||
            !th_column_bytes(statement, 3, run->key_id, sizeof(run->key_id)) ||
            !th_column_bytes(statement, 4, run->signature, sizeof(run->signature)))
            status = th_outbox_damaged(outbox, "a receipt is not readable", error);
    }
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_epoch_link(struct th_outbox *outbox, uint32_t epoch,
                                    uint8_t previous[TH_HASH_BYTES], bool *found,
                                    struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_first_run, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, epoch);
    status = th_outbox_step(outbox, statement, found, error);
    if (status == TH_OK && *found && !th_column_bytes(statement, 0, previous, TH_HASH_BYTES))
        status = th_outbox_damaged(outbox, "a receipt is not readable", error);
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_stray_run(struct th_outbox *outbox, uint32_t *epoch, uint64_t *sequence,
                                   bool *found, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_stray_runs, &statement, error);
    if (status != TH_OK)
        return status;
    status = th_outbox_step(outbox, statement, found, error);
    if (status == TH_OK && *found) {
        *epoch = (uint32_t)sqlite3_column_int64(statement, 0);
        *sequence = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    th_outbox_done(statement);
    return status;
}

static enum th_status give_rejection(struct th_outbox *outbox, sqlite3_stmt *statement,
                                     th_outbox_rejection_fn each, void *context,
                                     struct th_error *error)
{
    uint8_t id[16], digest[TH_HASH_BYTES];
    if (!th_column_bytes(statement, 0, id, sizeof(id)))
        return th_outbox_damaged(outbox, "a rejection's row is not readable", error);
    bool known = th_column_bytes(statement, 2, digest, sizeof(digest));
    return each(context, id, th_column_slice(statement, 1), known ? digest : NULL, error);
}

enum th_status th_outbox_rejections(struct th_outbox *outbox, th_outbox_rejection_fn each,
                                    void *context, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_each_rejection, &statement, error);
    if (status != TH_OK)
        return status;
    for (bool row = true; row && status == TH_OK;) {
        status = th_outbox_step(outbox, statement, &row, error);
        if (row)
            status = give_rejection(outbox, statement, each, context, error);
    }
    th_outbox_done(statement);
    return status;
}
