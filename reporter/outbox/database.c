#include "reporter/outbox/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "outbox_sql.h"

/* As the last schema_N.sql sets it, and schema.sql. */
#define SCHEMA_VERSION 3
#define APPLICATION_ID 1953001314 /* "thob": tells an outbox from any other SQLite file */
#define BUSY_MS        10000      /* commands and the daemon write for milliseconds only */

static const char *const sql_texts[TH_SQL_COUNT] = {
#define TH_OUTBOX_TEXT(name) [TH_SQL_##name] = th_outbox_sql_##name,
    TH_OUTBOX_STATEMENTS(TH_OUTBOX_TEXT)
#undef TH_OUTBOX_TEXT
};

enum th_status th_outbox_damaged(const struct th_outbox *outbox, const char *what,
                                 struct th_error *error)
{
    return th_error_set(
        error, TH_PERMANENT,
        "the outbox %s is damaged (%s); nothing was deleted: stop tonghop-reporter, "
        "copy the whole folder, then restore outbox.db from a backup or with "
        "sqlite3's .recover",
        outbox->path, what);
}

enum th_status th_outbox_fail(struct th_outbox *outbox, struct th_error *error)
{
    int code = sqlite3_extended_errcode(outbox->database);
    const char *what = sqlite3_errmsg(outbox->database);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return th_error_set(error, TH_RETRY,
                            "the outbox %s is in use by another process; try again", outbox->path);
    case SQLITE_FULL:
        return th_error_set(error, TH_RETRY,
                            "cannot write the outbox %s: the disk is full; free some space and "
                            "try again",
                            outbox->path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return th_outbox_damaged(outbox, what, error);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
        return th_error_set(error, TH_USAGE,
                            "cannot use the outbox %s: %s; run as the account that owns the folder",
                            outbox->path, what);
    case SQLITE_IOERR:
        return th_error_set(error, TH_RETRY,
                            "cannot read or write the outbox %s: %s; check the disk", outbox->path,
                            what);
    default:
        return th_error_set(error, TH_PERMANENT, "the outbox %s failed: %s", outbox->path, what);
    }
}

enum th_status th_outbox_statement(struct th_outbox *outbox, enum th_outbox_statement which,
                                   sqlite3_stmt **statement, struct th_error *error)
{
    if (!outbox->statements[which] &&
        sqlite3_prepare_v3(outbox->database, sql_texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                           &outbox->statements[which], NULL) != SQLITE_OK)
        return th_outbox_fail(outbox, error);
    *statement = outbox->statements[which];
    return TH_OK;
}

void th_outbox_done(sqlite3_stmt *statement)
{
    if (!statement)
        return;
    /* The result of the reset is the step's, which was seen already. */
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
}

enum th_status th_outbox_step(struct th_outbox *outbox, sqlite3_stmt *statement, bool *row,
                              struct th_error *error)
{
    int result = sqlite3_step(statement);
    *row = result == SQLITE_ROW;
    if (result == SQLITE_ROW || result == SQLITE_DONE)
        return TH_OK;
    return th_outbox_fail(outbox, error);
}

enum th_status th_outbox_execute(struct th_outbox *outbox, sqlite3_stmt *statement,
                                 struct th_error *error)
{
    bool row;
    enum th_status status = th_outbox_step(outbox, statement, &row, error);
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_integer(struct th_outbox *outbox, sqlite3_stmt *statement, int64_t *value,
                                 struct th_error *error)
{
    bool row;
    enum th_status status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row)
        *value = sqlite3_column_int64(statement, 0);
    th_outbox_done(statement);
    return status;
}

static void check_bind(int result)
{
    if (result != SQLITE_OK)
        abort();
}

void th_bind_integer(sqlite3_stmt *statement, int position, int64_t value)
{
    check_bind(sqlite3_bind_int64(statement, position, value));
}

void th_bind_text(sqlite3_stmt *statement, int position, const char *text)
{
    check_bind(sqlite3_bind_text(statement, position, text, -1, SQLITE_STATIC));
}

void th_bind_blob(sqlite3_stmt *statement, int position, const void *bytes, size_t size)
{
    /* A NULL pointer would bind NULL, not an empty blob. */
    check_bind(sqlite3_bind_blob64(statement, position, bytes ? bytes : "", size, SQLITE_STATIC));
}

const char *th_column_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}

bool th_column_bytes(sqlite3_stmt *statement, int column, void *bytes, size_t size)
{
    const void *blob = sqlite3_column_blob(statement, column);
    if (!blob || (size_t)sqlite3_column_bytes(statement, column) != size)
        return false;
    memcpy(bytes, blob, size);
    return true;
}

struct th_slice th_column_slice(sqlite3_stmt *statement, int column)
{
    const void *blob = sqlite3_column_blob(statement, column);
    return (struct th_slice){blob, blob ? (size_t)sqlite3_column_bytes(statement, column) : 0};
}

static enum th_status run_script(struct th_outbox *outbox, const char *script,
                                 struct th_error *error)
{
    if (sqlite3_exec(outbox->database, script, NULL, NULL, NULL) == SQLITE_OK)
        return TH_OK;
    return th_outbox_fail(outbox, error);
}

static enum th_status read_pragma(struct th_outbox *outbox, const char *pragma, int64_t *value,
                                  struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status;
    if (sqlite3_prepare_v2(outbox->database, pragma, -1, &statement, NULL) == SQLITE_OK)
        status = th_outbox_integer(outbox, statement, value, error);
    else
        status = th_outbox_fail(outbox, error);
    sqlite3_finalize(statement);
    return status;
}

/* Two commands may make the file at the same moment: whoever gets the write lock
 * second finds the schema there. */
static enum th_status ensure_schema(struct th_outbox *outbox, struct th_error *error)
{
    int64_t application = 0, version = 0;
    enum th_status status = read_pragma(outbox, "PRAGMA application_id", &application, error);
    if (status == TH_OK)
        status = read_pragma(outbox, "PRAGMA user_version", &version, error);
    if (status != TH_OK)
        return status;
    if (application == APPLICATION_ID && version == SCHEMA_VERSION)
        return TH_OK;
    if (application == APPLICATION_ID && version > SCHEMA_VERSION)
        return th_error_set(error, TH_USAGE,
                            "the outbox %s was written by a newer tonghop-reporter; install that "
                            "version again",
                            outbox->path);

    status = th_outbox_begin(outbox, error);
    if (status == TH_OK)
        status = read_pragma(outbox, "PRAGMA user_version", &version, error);
    int64_t tables = 0;
    if (status == TH_OK && version == 0)
        status = read_pragma(outbox, "SELECT count(*) FROM sqlite_schema", &tables, error);
    if (status == TH_OK && version == 0 && tables > 0)
        status = th_error_set(error, TH_USAGE,
                              "%s is a database of something else; move it away or choose another "
                              "state_dir",
                              outbox->path);
    if (status == TH_OK && version == 0)
        status = run_script(outbox, th_outbox_sql_schema, error);
    if (status == TH_OK && version < 2)
        status = run_script(outbox, th_outbox_sql_schema_2, error);
    if (status == TH_OK && version < 3)
        status = run_script(outbox, th_outbox_sql_schema_3, error);
    if (status == TH_OK)
        status = th_outbox_commit(outbox, error);
    th_outbox_rollback(outbox);
    return status;
}

/* The first switch of a new file to WAL needs it alone, and SQLite does not wait for
 * that by its busy timeout: two commands that begin together would fail. */
static enum th_status set_durability(struct th_outbox *outbox, struct th_error *error)
{
    /* FULL: a report is on the disk before the office hears "accepted"; NORMAL would
     * not sync at a commit in WAL mode. */
    static const char script[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON";
    int64_t until_ms = th_clock_monotonic_ms() + BUSY_MS;
    for (;;) {
        if (sqlite3_exec(outbox->database, script, NULL, NULL, NULL) == SQLITE_OK)
            return TH_OK;
        int code = sqlite3_errcode(outbox->database);
        if (code != SQLITE_BUSY || th_clock_monotonic_ms() >= until_ms)
            return th_outbox_fail(outbox, error);
        (void)sqlite3_sleep(10);
    }
}

/* SQLite would make the file by the umask; the reports in it are the office's own. */
static enum th_status make_file(const char *path, struct th_error *error)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return th_error_set(error, errno == ENOSPC ? TH_RETRY : TH_USAGE,
                            "cannot open the outbox %s: %m", path);
    close(file);
    return TH_OK;
}

enum th_status th_outbox_open(const char *path, struct th_outbox **result, struct th_error *error)
{
    *result = NULL;
    struct th_outbox *outbox = calloc(1, sizeof(*outbox));
    enum th_status status;
    if (!outbox || !(outbox->path = strdup(path))) {
        status = th_error_set(error, TH_RETRY, "out of memory");
        goto cleanup;
    }
    status = make_file(path, error);
    if (status != TH_OK)
        goto cleanup;
    if (sqlite3_open_v2(path, &outbox->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        status = th_outbox_fail(outbox, error);
        goto cleanup;
    }
    (void)sqlite3_extended_result_codes(outbox->database, 1);
    (void)sqlite3_busy_timeout(outbox->database, BUSY_MS);
    status = set_durability(outbox, error);
    if (status == TH_OK)
        status = ensure_schema(outbox, error);

cleanup:
    if (status == TH_OK)
        *result = outbox;
    else
        th_outbox_close(&outbox);
    return status;
}

void th_outbox_close(struct th_outbox **outbox)
{
    if (!*outbox)
        return;
    for (size_t i = 0; i < TH_SQL_COUNT; i++)
        sqlite3_finalize((*outbox)->statements[i]);
    sqlite3_close((*outbox)->database);
    free((*outbox)->path);
    free(*outbox);
    *outbox = NULL;
}

enum th_status th_outbox_begin(struct th_outbox *outbox, struct th_error *error)
{
    return run_script(outbox, "BEGIN IMMEDIATE", error);
}

enum th_status th_outbox_commit(struct th_outbox *outbox, struct th_error *error)
{
    return run_script(outbox, "COMMIT", error);
}

void th_outbox_rollback(struct th_outbox *outbox)
{
    if (!sqlite3_get_autocommit(outbox->database))
        (void)sqlite3_exec(outbox->database, "ROLLBACK", NULL, NULL, NULL);
}

enum th_status th_outbox_data_version(struct th_outbox *outbox, int64_t *version,
                                      struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_data_version, &statement, error);
    return status == TH_OK ? th_outbox_integer(outbox, statement, version, error) : status;
}
