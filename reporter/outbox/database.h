/* What the outbox's own files share: the connection, its prepared statements, and
 * the way a failure of SQLite becomes a status. Private to this folder. */
#ifndef TONGHOP_REPORTER_DATABASE_H
#define TONGHOP_REPORTER_DATABASE_H

#include <sqlite3.h>

#include "reporter/outbox/outbox.h"

/* One name a file of sql/. */
/* clang-format off */
#define TH_OUTBOX_STATEMENTS(X)                                                                    \
    X(get_setting) X(put_setting) X(data_version)                                                  \
    X(next_revision) X(newest_report) X(add_report) X(due_reports) X(find_report) X(find_prefix)   \
    X(recent_reports) X(rejected_reports) X(earlier_reports) X(accepted_reports) X(queue_again)    \
    X(newer_exists) X(accept_report) X(reject_report) X(add_rejection) X(each_rejection)           \
    X(counts) X(count_states) X(recover_report)                                                                      \
    X(head) X(last_of_epoch) X(find_entry) X(find_hash) X(add_entry) X(add_run) X(each_entry)      \
    X(stray_runs) X(first_run) X(requeue_lost) X(covering_run) X(some_entries)                     \
    X(first_entry)                                                                                 \
    X(get_catalogue) X(get_catalogue_version) X(put_catalogue)                                     \
    X(add_notice) X(last_notice) X(recent_notices) X(count_notices) X(read_notices)                  \
    X(last_verdict) X(last_exception) X(get_link) X(put_link)                                      \
    X(put_draft) X(prepare_draft) X(drop_draft) X(find_draft) X(drafts)
/* clang-format on */

enum th_outbox_statement {
#define TH_OUTBOX_ENUM(name) TH_SQL_##name,
    TH_OUTBOX_STATEMENTS(TH_OUTBOX_ENUM)
#undef TH_OUTBOX_ENUM
        TH_SQL_COUNT
};

struct th_outbox {
    sqlite3 *database;
    char *path;
    sqlite3_stmt *statements[TH_SQL_COUNT]; /* prepared at first use */
};

/* A statement ready for its parameters. Give it back with th_outbox_done. */
enum th_status th_outbox_statement(struct th_outbox *outbox, enum th_outbox_statement which,
                                   sqlite3_stmt **statement, struct th_error *error) TH_MUST_USE;
void th_outbox_done(sqlite3_stmt *statement);

/* Next row: *row false at the end. */
enum th_status th_outbox_step(struct th_outbox *outbox, sqlite3_stmt *statement, bool *row,
                              struct th_error *error) TH_MUST_USE;
/* Runs a statement that gives no rows and gives it back. */
enum th_status th_outbox_execute(struct th_outbox *outbox, sqlite3_stmt *statement,
                                 struct th_error *error) TH_MUST_USE;
/* One integer of a statement of one row and column, given back afterwards; `value`
 * stays as it is when there is no row. */
enum th_status th_outbox_integer(struct th_outbox *outbox, sqlite3_stmt *statement, int64_t *value,
                                 struct th_error *error) TH_MUST_USE;

/* Turns SQLite's last failure into a status and a sentence. */
enum th_status th_outbox_fail(struct th_outbox *outbox, struct th_error *error);

/* Parameters, from 1; the memory must live until the statement has run. A bind can
 * only fail for lack of memory or a wrong number: both abort. */
void th_bind_integer(sqlite3_stmt *statement, int position, int64_t value);
void th_bind_text(sqlite3_stmt *statement, int position, const char *text); /* NULL: NULL */
void th_bind_blob(sqlite3_stmt *statement, int position, const void *bytes, size_t size);

/* Columns, from 0. th_column_bytes is false when the column has another size. */
const char *th_column_text(sqlite3_stmt *statement, int column); /* never NULL */
bool th_column_bytes(sqlite3_stmt *statement, int column, void *bytes, size_t size);
struct th_slice th_column_slice(sqlite3_stmt *statement, int column);

/* A row holds something that the outbox never wrote. */
enum th_status th_outbox_damaged(const struct th_outbox *outbox, const char *what,
                                 struct th_error *error);

#endif
