/* Opening a connection: libpq's own connect_timeout does not bound PQconnectPoll,
 * so the deadline is kept here. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/pg.h"
#include "collector/store/pg_private.h"
#include "common/base/clock.h"

static char *copy_or_die(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        abort();
    return copy;
}

static const char *option(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val && options->val[0] ? options->val : NULL;
    return NULL;
}

/* Where to, for messages, and how many hosts share the deadline. A malformed string
 * is never repeated in a message: a piece of it may be the password. */
static enum th_status describe(struct th_pg *pg, size_t *hosts, struct th_error *error)
{
    char *reason = NULL;
    PQconninfoOption *options = PQconninfoParse(pg->conninfo, &reason);
    PQfreemem(reason);
    if (!options)
        return th_error_set(error, TH_USAGE,
                            "the database connection string is malformed; write it as \"host=... "
                            "dbname=... user=...\" or as postgresql://user@host/dbname");
    const char *host = option(options, "host"), *port = option(options, "port"),
               *dbname = option(options, "dbname"), *user = option(options, "user");
    if (!host)
        host = option(options, "hostaddr");
    /* With a service file or environment the rest is libpq's to know. */
    snprintf(pg->context, sizeof(pg->context), "database %s at %s%s%s%s%s",
             dbname ? dbname : "(default)", host ? host : "the local socket", port ? " port " : "",
             port ? port : "", user ? " as " : "", user ? user : "");
    *hosts = 1;
    for (const char *at = host; at && (at = strchr(at, ',')); at++)
        (*hosts)++;
    PQconninfoFree(options);
    return TH_OK;
}

static PGconn *start(struct th_pg *pg, size_t hosts)
{
    /* A host that swallows packets must not use up the others' time: TCP gives up on
     * it after its share, also while connecting. What stands before `dbname` is a
     * default that the connection string overrides, what stands after it overrides. */
    char share_ms[24];
    int64_t share = (int64_t)pg->timeout_ms / (int64_t)hosts;
    snprintf(share_ms, sizeof(share_ms), "%lld", (long long)(share < 1000 ? 1000 : share));
    const char *const keywords[] = {
        "tcp_user_timeout", "keepalives_idle",  "keepalives_interval", "keepalives_count",
        "dbname",           "application_name", "client_encoding",     NULL};
    const char *const values[] = {share_ms,     "15",        "5",    "3",
                                  pg->conninfo, pg->purpose, "UTF8", NULL};
    return PQconnectStartParams(keywords, values, 1);
}

static enum th_status poll_until_open(struct th_pg *pg, int64_t deadline_ms, struct th_error *error)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED)
            return th_pg_connect_failure(pg, error);
        short events = state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
        if (!th_pg_wait(pg, events, deadline_ms))
            return th_error_set(error, TH_UNREACHABLE,
                                "%s did not answer within %d ms; check that it runs and can be "
                                "reached",
                                pg->context, pg->timeout_ms);
        state = PQconnectPoll(pg->connection);
    }
    return TH_OK;
}

static enum th_status set_up_session(struct th_pg *pg, struct th_error *error)
{
    PQsetnonblocking(pg->connection, 1);
    TH_CLEANUP_RESULT PGresult *result = NULL;
    struct th_pg_call call = {.sql = &th_sql_session};
    enum th_status status = th_pg_run(pg, &call, 1, pg->timeout_ms, error);
    if (status != TH_OK)
        return status;
    result = call.result;
    if (!th_pg_bool(result, 0, 0))
        return th_error_set(error, TH_USAGE,
                            "%s is not encoded in UTF8; create it with ENCODING 'UTF8'",
                            pg->context);
    return TH_OK;
}

enum th_status th_pg_reopen(struct th_pg *pg, int timeout_ms, struct th_error *error)
{
    th_pg_drop(pg);
    pg->timeout_ms = timeout_ms;
    int64_t deadline_ms = th_clock_monotonic_ms() + timeout_ms;

    size_t hosts = 1;
    enum th_status status = describe(pg, &hosts, error);
    if (status != TH_OK)
        return status;
    pg->connection = start(pg, hosts);
    if (!pg->connection)
        return th_error_set(error, TH_RETRY, "no memory for a database connection");
    PQsetNoticeReceiver(pg->connection, th_pg_note_warning, pg);
    if (PQstatus(pg->connection) == CONNECTION_BAD)
        status = th_pg_connect_failure(pg, error);
    else
        status = poll_until_open(pg, deadline_ms, error);
    if (status == TH_OK)
        status = set_up_session(pg, error);
    if (status != TH_OK)
        th_pg_drop(pg);
    return status;
}

enum th_status th_pg_open(struct th_pg *pg, const char *conninfo, const char *purpose,
                          int timeout_ms, struct th_error *error)
{
    *pg = (struct th_pg){.conninfo = copy_or_die(conninfo), .purpose = copy_or_die(purpose)};
    return th_pg_reopen(pg, timeout_ms, error);
}

void th_pg_drop(struct th_pg *pg)
{
    if (pg->connection)
        PQfinish(pg->connection);
    pg->connection = NULL;
    memset(pg->prepared, 0, sizeof(pg->prepared));
    pg->single_rows = false;
    pg->report_oid = 0;
    pg->batches = 0;
}

void th_pg_close(struct th_pg *pg)
{
    th_pg_drop(pg);
    free(pg->conninfo);
    free(pg->purpose);
    pg->conninfo = pg->purpose = NULL;
}
