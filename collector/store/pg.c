#include "collector/store/pg.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/pg_private.h"
#include "common/base/clock.h"

void th_pg_bind(const struct th_params *params, struct th_bound *bound)
{
    bound->count = params ? params->count : 0;
    for (int i = 0; i < bound->count; i++) {
        bool null = params->at[i].length < 0;
        bound->values[i] = null ? NULL : params->bytes.bytes + params->at[i].offset;
        bound->lengths[i] = null ? 0 : params->at[i].length;
        bound->formats[i] = 1;
    }
}

int64_t th_pg_deadline(int timeout_ms)
{
    return timeout_ms < 0 ? TH_PG_NO_DEADLINE : th_clock_monotonic_ms() + timeout_ms;
}

bool th_pg_wait(struct th_pg *pg, short events, int64_t deadline_ms)
{
    struct pollfd socket = {.fd = PQsocket(pg->connection), .events = events};
    if (socket.fd < 0)
        return false;
    for (;;) {
        int timeout = -1;
        if (deadline_ms != TH_PG_NO_DEADLINE) {
            int64_t left = deadline_ms - th_clock_monotonic_ms();
            timeout = left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
        }
        int ready = poll(&socket, 1, timeout);
        if (ready > 0)
            return true;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}

enum th_status th_pg_flush(struct th_pg *pg, int timeout_ms, struct th_error *error)
{
    int64_t deadline_ms = th_pg_deadline(timeout_ms);
    int left;
    while ((left = PQflush(pg->connection)) > 0) {
        /* The server may be waiting for us to read before it reads on. */
        if (!th_pg_wait(pg, POLLIN | POLLOUT, deadline_ms))
            return th_pg_lost(pg, "the server does not read", error);
        if (!PQconsumeInput(pg->connection))
            return th_pg_lost(pg, PQerrorMessage(pg->connection), error);
    }
    if (left < 0)
        return th_pg_lost(pg, PQerrorMessage(pg->connection), error);
    return TH_OK;
}

enum th_status th_pg_next_result(struct th_pg *pg, int timeout_ms, PGresult **result,
                                 struct th_error *error)
{
    int64_t deadline_ms = th_pg_deadline(timeout_ms);
    *result = NULL;
    while (PQisBusy(pg->connection)) {
        if (!th_pg_wait(pg, POLLIN, deadline_ms))
            return th_pg_lost(pg, "no answer within the deadline", error);
        if (!PQconsumeInput(pg->connection))
            return th_pg_lost(pg, PQerrorMessage(pg->connection), error);
    }
    *result = PQgetResult(pg->connection);
    if (!*result && PQstatus(pg->connection) == CONNECTION_BAD)
        return th_pg_lost(pg, PQerrorMessage(pg->connection), error);
    return TH_OK;
}

/* Queues a statement, and its preparation when this connection has not done it. */
static bool queue(struct th_pg *pg, const struct th_sql *sql, const struct th_params *params,
                  bool prepare)
{
    struct th_bound bound;
    th_pg_bind(params, &bound);
    if (prepare && !PQsendPrepare(pg->connection, sql->name, sql->text, 0, NULL))
        return false;
    return PQsendQueryPrepared(pg->connection, sql->name, bound.count, bound.values, bound.lengths,
                               bound.formats, 1) == 1;
}

/* What the results of one queue() are: at most a preparation's, then the
 * statement's, each followed by NULL. */
static enum th_status collect(struct th_pg *pg, const struct th_sql *sql, int timeout_ms,
                              bool preparation, PGresult **kept, enum th_status *failed,
                              struct th_error *error)
{
    for (;;) {
        PGresult *result;
        enum th_status status = th_pg_next_result(pg, timeout_ms, &result, error);
        if (status != TH_OK)
            return status;
        if (!result)
            return TH_OK;
        ExecStatusType kind = PQresultStatus(result);
        if (kind == PGRES_FATAL_ERROR && *failed == TH_OK) {
            *failed = th_pg_result_failure(pg, result, sql->name, error);
            if (!pg->connection) {
                PQclear(result);
                return *failed;
            }
        }
        if (preparation && kind == PGRES_COMMAND_OK)
            pg->prepared[sql->number] = true;
        if (kept && !*kept && (kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK)) {
            *kept = result;
            continue;
        }
        PQclear(result);
    }
}

/* Takes the answer to PQpipelineSync; the last one ends pipeline mode. */
static enum th_status take_sync(struct th_pg *pg, bool last, int timeout_ms, struct th_error *error)
{
    PGresult *result;
    enum th_status status = th_pg_next_result(pg, timeout_ms, &result, error);
    if (status != TH_OK)
        return status;
    bool synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
    if (!synced || (last && !PQexitPipelineMode(pg->connection)))
        return th_pg_lost(pg, "the answers of a pipeline do not fit what was sent", error);
    return TH_OK;
}

/* libpq stays in single-row mode until a pipeline goes on to its next command: the rows of
 * the first would come one by one, and be missed. So a sync goes before it. */
static bool leave_single_rows(struct th_pg *pg)
{
    return !pg->single_rows || PQpipelineSync(pg->connection) == 1;
}

enum th_status th_pg_run(struct th_pg *pg, struct th_pg_call *calls, size_t count, int timeout_ms,
                         struct th_error *error)
{
    bool preparing[TH_SQL_COUNT] = {false}; /* by call */
    bool prepared[TH_SQL_COUNT];            /* by statement: also what is under way */
    enum th_status failed = TH_OK, status;

    for (size_t i = 0; i < count; i++)
        calls[i].result = NULL;
    if (!pg->connection)
        return th_pg_lost(pg, "it was closed before; it has to be opened again", error);
    if (count > TH_SQL_COUNT || !PQenterPipelineMode(pg->connection))
        return th_pg_lost(pg, "another statement is still under way", error);
    memcpy(prepared, pg->prepared, sizeof(prepared));
    if (!leave_single_rows(pg))
        return th_pg_lost(pg, PQerrorMessage(pg->connection), error);
    for (size_t i = 0; i < count; i++) {
        preparing[i] = !prepared[calls[i].sql->number];
        prepared[calls[i].sql->number] = true;
        if (!queue(pg, calls[i].sql, calls[i].params, preparing[i]) ||
            (calls[i].at_once && !PQsendFlushRequest(pg->connection)))
            return th_pg_lost(pg, PQerrorMessage(pg->connection), error);
    }
    if (!PQpipelineSync(pg->connection))
        return th_pg_lost(pg, PQerrorMessage(pg->connection), error);

    status = th_pg_flush(pg, timeout_ms, error);
    if (status == TH_OK && pg->single_rows)
        status = take_sync(pg, false, timeout_ms, error);
    pg->single_rows = false;
    for (size_t i = 0; status == TH_OK && i < count; i++) {
        if (preparing[i])
            status = collect(pg, calls[i].sql, timeout_ms, true, NULL, &failed, error);
        if (status == TH_OK)
            status = collect(pg, calls[i].sql, timeout_ms, false, &calls[i].result, &failed, error);
        calls[i].answered_ns = th_clock_monotonic_ns();
    }
    if (status == TH_OK)
        status = take_sync(pg, true, timeout_ms, error);
    if (status == TH_OK)
        status = failed;
    if (status != TH_OK)
        th_pg_calls_clear(calls, count);
    return status;
}

void th_pg_calls_clear(struct th_pg_call *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        th_pg_result_clear(&calls[i].result);
}

void th_pg_result_clear(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

enum th_status th_pg_query(struct th_pg *pg, const struct th_sql *sql,
                           const struct th_params *params, PGresult **result,
                           struct th_error *error)
{
    struct th_pg_call call = {.sql = sql, .params = params};
    enum th_status status = th_pg_run(pg, &call, 1, TH_PG_NO_DEADLINE, error);
    *result = call.result;
    return status;
}

enum th_status th_pg_execute(struct th_pg *pg, const struct th_sql *sql,
                             const struct th_params *params, struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *result = NULL;
    return th_pg_query(pg, sql, params, &result, error);
}

enum th_status th_pg_send(struct th_pg *pg, const struct th_sql *sql,
                          const struct th_params *params, struct th_error *error)
{
    struct th_bound bound;
    enum th_status failed = TH_OK, status = TH_OK;
    if (!pg->connection)
        return th_pg_lost(pg, "it was closed before; it has to be opened again", error);
    if (!pg->prepared[sql->number]) {
        if (!PQsendPrepare(pg->connection, sql->name, sql->text, 0, NULL))
            return th_pg_lost(pg, PQerrorMessage(pg->connection), error);
        status = th_pg_flush(pg, pg->timeout_ms, error);
        if (status == TH_OK)
            status = collect(pg, sql, pg->timeout_ms, true, NULL, &failed, error);
        if (status != TH_OK || failed != TH_OK)
            return status != TH_OK ? status : failed;
    }
    th_pg_bind(params, &bound);
    if (!PQsendQueryPrepared(pg->connection, sql->name, bound.count, bound.values, bound.lengths,
                             bound.formats, 1))
        return th_pg_lost(pg, PQerrorMessage(pg->connection), error);
    return th_pg_flush(pg, pg->timeout_ms, error);
}

enum th_status th_pg_take(struct th_pg *pg, const struct th_sql *sql, int timeout_ms,
                          PGresult **result, struct th_error *error)
{
    enum th_status failed = TH_OK;
    *result = NULL;
    enum th_status status = collect(pg, sql, timeout_ms, false, result, &failed, error);
    if (status == TH_OK)
        status = failed;
    if (status != TH_OK)
        th_pg_result_clear(result);
    return status;
}

enum th_status th_pg_script(struct th_pg *pg, const char *text, struct th_error *error)
{
    static const struct th_sql script = {.name = "of a migration"};
    enum th_status failed = TH_OK;
    if (!pg->connection || !PQsendQuery(pg->connection, text))
        return th_pg_lost(pg, "the script could not be sent", error);
    enum th_status status = th_pg_flush(pg, TH_PG_NO_DEADLINE, error);
    if (status == TH_OK)
        status = collect(pg, &script, TH_PG_NO_DEADLINE, false, NULL, &failed, error);
    return status == TH_OK ? failed : status;
}

void th_pg_rollback(struct th_pg *pg)
{
    if (!pg->connection || PQtransactionStatus(pg->connection) == PQTRANS_IDLE)
        return;
    struct th_pg_call call = {.sql = &th_sql_rollback};
    /* The failure that led here is the one to report, not this one's. */
    char sqlstate[sizeof(pg->sqlstate)];
    enum th_sqlstate_policy policy = pg->policy;
    memcpy(sqlstate, pg->sqlstate, sizeof(sqlstate));
    if (th_pg_run(pg, &call, 1, pg->timeout_ms, NULL) != TH_OK)
        th_pg_drop(pg);
    th_pg_calls_clear(&call, 1);
    memcpy(pg->sqlstate, sqlstate, sizeof(sqlstate));
    pg->policy = policy;
}
