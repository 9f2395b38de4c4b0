/* Rows one by one, and values out of binary results. */
#include <string.h>

#include "collector/store/pg_private.h"

/* How long the answer to a cancelled statement is worth waiting for. */
#define DRAIN_TIMEOUT_MS 5000

enum th_status th_pg_stream_begin(struct th_pg *pg, const struct th_sql *sql,
                                  const struct th_params *params, struct th_error *error)
{
    struct th_bound bound;

    if (!pg->connection)
        return th_pg_lost(pg, "it was closed before; it has to be opened again", error);
    th_pg_bind(params, &bound);
    /* Not prepared: a range of periods deserves a plan of its own. */
    if (!PQsendQueryParams(pg->connection, sql->text, bound.count, NULL, bound.values,
                           bound.lengths, bound.formats, 1) ||
        !PQsetSingleRowMode(pg->connection))
        return th_pg_lost(pg, PQerrorMessage(pg->connection), error);
    pg->single_rows = true;
    return th_pg_flush(pg, pg->timeout_ms, error);
}

enum th_status th_pg_stream_next(struct th_pg *pg, int timeout_ms, PGresult **row,
                                 struct th_error *error)
{
    enum th_status failed = TH_OK;
    *row = NULL;
    for (;;) {
        PGresult *result;
        enum th_status status = th_pg_next_result(pg, timeout_ms, &result, error);
        if (status != TH_OK)
            return status;
        if (!result)
            return failed;
        ExecStatusType kind = PQresultStatus(result);
        if (kind == PGRES_SINGLE_TUPLE) {
            *row = result;
            return TH_OK;
        }
        if (kind == PGRES_FATAL_ERROR)
            failed = th_pg_result_failure(pg, result, "of a query", error);
        PQclear(result);
        if (!pg->connection)
            return failed;
    }
}

void th_pg_stream_stop(struct th_pg *pg)
{
    char reason[256];
    if (!pg->connection || PQtransactionStatus(pg->connection) != PQTRANS_ACTIVE)
        return;
    PGcancel *cancel = PQgetCancel(pg->connection);
    bool cancelled = cancel && PQcancel(cancel, reason, sizeof(reason));
    PQfreeCancel(cancel);
    if (!cancelled) {
        th_pg_drop(pg);
        return;
    }
    for (;;) {
        PGresult *result;
        if (th_pg_next_result(pg, DRAIN_TIMEOUT_MS, &result, NULL) != TH_OK || !result)
            return;
        PQclear(result);
    }
}

enum th_status th_pg_stream_each(struct th_pg *pg, const struct th_sql *sql,
                                 const struct th_params *params, int timeout_ms, th_pg_row_fn each,
                                 void *context, struct th_error *error)
{
    PGresult *row = NULL;
    enum th_status status = th_pg_stream_begin(pg, sql, params, error);
    while (status == TH_OK) {
        status = th_pg_stream_next(pg, timeout_ms, &row, error);
        if (status != TH_OK || !row)
            break;
        status = each(context, row, error);
        th_pg_result_clear(&row);
    }
    if (status != TH_OK)
        th_pg_stream_stop(pg);
    return status;
}

int32_t th_pg_int4(const PGresult *result, int row, int column)
{
    return PQgetlength(result, row, column) == 4 ? th_get_int4(PQgetvalue(result, row, column)) : 0;
}

int64_t th_pg_int8(const PGresult *result, int row, int column)
{
    return PQgetlength(result, row, column) == 8 ? th_get_int8(PQgetvalue(result, row, column)) : 0;
}

bool th_pg_bool(const PGresult *result, int row, int column)
{
    return PQgetlength(result, row, column) == 1 && PQgetvalue(result, row, column)[0] != 0;
}

int64_t th_pg_instant(const PGresult *result, int row, int column)
{
    return PQgetlength(result, row, column) == 8 ? th_get_instant(PQgetvalue(result, row, column))
                                                 : 0;
}

void th_pg_bytes(const PGresult *result, int row, int column, void *out, size_t size)
{
    if ((size_t)PQgetlength(result, row, column) == size && size > 0)
        memcpy(out, PQgetvalue(result, row, column), size);
    else
        memset(out, 0, size);
}

void th_pg_text(const PGresult *result, int row, int column, char *out, size_t out_size)
{
    size_t length = (size_t)PQgetlength(result, row, column);
    if (length >= out_size)
        length = out_size - 1;
    memcpy(out, PQgetvalue(result, row, column), length);
    out[length] = '\0';
}
