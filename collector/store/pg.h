/* The one wrapper around libpq: a connection that is opened with a deadline of its
 * own, never blocks but in poll(), and prepares each statement of store/sql/ once a
 * connection. Private to the store. */
#ifndef TONGHOP_COLLECTOR_PG_H
#define TONGHOP_COLLECTOR_PG_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/store/params.h"
#include "collector/store/sqlstate.h"
#include "common/base/status.h"
#include "store_sql.h" /* generated from sql/ and migrations/ */

/* Advisory locks, per database. */
#define TH_LOCK_CATALOGUE INT64_C(0x746f6e6701) /* shared by batches, exclusive to imports */
#define TH_LOCK_MIGRATION INT64_C(0x746f6e6702)
#define TH_LOCK_EVENT     INT64_C(0x746f6e6703) /* appending to the province's chain */
#define TH_LOCK_HORIZON   INT64_C(0x746f6e6704) /* moving the horizon */
/* The top byte 0x74 is that of registered writers (writer_register.sql). */

#define TH_PG_NO_DEADLINE (-1)

struct th_pg {
    PGconn *connection; /* NULL: lost, reopen */
    char *conninfo, *purpose;
    char context[256]; /* where it connects to, without secrets */
    int timeout_ms;    /* of the last open: the daemons' deadline of an answer */
    bool prepared[TH_SQL_COUNT];
    bool single_rows; /* the last statement came row by row */
    bool warned;      /* a WARNING came since it was last cleared */
    char warning[256];
    char sqlstate[6]; /* of the last failure, "" when libpq itself failed */
    enum th_sqlstate_policy policy;
    uint32_t report_oid; /* of type tonghop.report, 0: not asked yet */
    bool citus;          /* asked together with it: the database has the extension */
    uint64_t batches;    /* written since it was opened */
};

/* `pg` is zeroed but for nothing; th_pg_close frees what open took. */
enum th_status th_pg_open(struct th_pg *pg, const char *conninfo, const char *purpose,
                          int timeout_ms, struct th_error *error) TH_MUST_USE;
enum th_status th_pg_reopen(struct th_pg *pg, int timeout_ms, struct th_error *error) TH_MUST_USE;
void th_pg_close(struct th_pg *pg);

/* One statement of a pipeline; `params` NULL: none. `result` is set by the run and
 * owned by the caller (th_pg_calls_clear), `answered_ns` (th_clock_monotonic_ns) when the
 * result had come. The server sends results when it has all of them, or when its buffer is
 * full; `at_once` asks for this one and those before it as soon as they are there. */
struct th_pg_call {
    const struct th_sql *sql;
    const struct th_params *params;
    PGresult *result;
    bool at_once;
    int64_t answered_ns;
};

/* Sends all calls in one round trip and waits for their binary results. On failure
 * no result is kept, pg->sqlstate and pg->policy say which, and an open transaction
 * is left to th_pg_rollback. A silence of `timeout_ms` loses the connection. */
enum th_status th_pg_run(struct th_pg *pg, struct th_pg_call *calls, size_t count, int timeout_ms,
                         struct th_error *error) TH_MUST_USE;
void th_pg_calls_clear(struct th_pg_call *calls, size_t count);

/* One statement; the caller clears *result. */
enum th_status th_pg_query(struct th_pg *pg, const struct th_sql *sql,
                           const struct th_params *params, PGresult **result,
                           struct th_error *error) TH_MUST_USE;
/* One statement whose result nobody needs. */
enum th_status th_pg_execute(struct th_pg *pg, const struct th_sql *sql,
                             const struct th_params *params, struct th_error *error) TH_MUST_USE;

/* One statement ahead of its need: send returns at once, and until take has waited for
 * the result nothing else may be asked. th_pg_stream_stop gives up what was sent. */
enum th_status th_pg_send(struct th_pg *pg, const struct th_sql *sql,
                          const struct th_params *params, struct th_error *error) TH_MUST_USE;
enum th_status th_pg_take(struct th_pg *pg, const struct th_sql *sql, int timeout_ms,
                          PGresult **result, struct th_error *error) TH_MUST_USE;

/* A script of several statements (a migration), by the simple protocol. */
enum th_status th_pg_script(struct th_pg *pg, const char *text, struct th_error *error) TH_MUST_USE;

/* Ends an open transaction without keeping anything; when that fails the connection
 * is dropped, which has the same effect. */
void th_pg_rollback(struct th_pg *pg);

/* Reads row by row: begin, then next until *row is NULL (the end) or a failure; each
 * row's result is cleared by the caller. th_pg_stream_stop cancels what is left. */
enum th_status th_pg_stream_begin(struct th_pg *pg, const struct th_sql *sql,
                                  const struct th_params *params,
                                  struct th_error *error) TH_MUST_USE;
enum th_status th_pg_stream_next(struct th_pg *pg, int timeout_ms, PGresult **row,
                                 struct th_error *error) TH_MUST_USE;
void th_pg_stream_stop(struct th_pg *pg);

/* The same as one call: `each` is given every row, and a status other than TH_OK of it
 * cancels the statement and is returned. `timeout_ms` is for each row. */
typedef enum th_status (*th_pg_row_fn)(void *context, const PGresult *row, struct th_error *error);
enum th_status th_pg_stream_each(struct th_pg *pg, const struct th_sql *sql,
                                 const struct th_params *params, int timeout_ms, th_pg_row_fn each,
                                 void *context, struct th_error *error) TH_MUST_USE;

/* Drops the connection: the next call answers TH_UNREACHABLE until reopened. */
void th_pg_drop(struct th_pg *pg);

/* Values of a binary result. NULLs give 0, false, "". */
int32_t th_pg_int4(const PGresult *result, int row, int column);
int64_t th_pg_int8(const PGresult *result, int row, int column);
bool th_pg_bool(const PGresult *result, int row, int column);
int64_t th_pg_instant(const PGresult *result, int row, int column);
/* Copies `size` bytes; zeros when the value is NULL or of another size. */
void th_pg_bytes(const PGresult *result, int row, int column, void *out, size_t size);
/* NUL-terminated, shortened to fit. */
void th_pg_text(const PGresult *result, int row, int column, char *out, size_t out_size);

#define TH_CLEANUP_RESULT __attribute__((cleanup(th_pg_result_clear)))
void th_pg_result_clear(PGresult **result);

#endif
