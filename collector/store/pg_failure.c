/* From what libpq and the server say to a status and one sentence for people. */
#include <string.h>

#include "collector/store/pg_private.h"

/* First line of libpq's message, without "ERROR:  " and the like. */
static void first_line(const char *message, char *out, size_t out_size)
{
    if (!message)
        message = "";
    while (*message == ' ' || *message == '\n')
        message++;
    size_t length = strcspn(message, "\n");
    if (length >= out_size)
        length = out_size - 1;
    memcpy(out, message, length);
    out[length] = '\0';
}

void th_pg_note_warning(void *context, const PGresult *result)
{
    struct th_pg *pg = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (!severity || strcmp(severity, "WARNING") != 0)
        return;
    pg->warned = true;
    first_line(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), pg->warning,
               sizeof(pg->warning));
}

enum th_status th_pg_connect_failure(struct th_pg *pg, struct th_error *error)
{
    /* libpq shows no SQLSTATE of a failed connection attempt, so its words decide:
     * these are the refusals that only a change of configuration ends. A server that
     * speaks another language is taken for unreachable, and asked again. */
    static const char *const refusals[] = {
        "authentication failed",      "does not exist",
        "no pg_hba.conf entry",       "no password supplied",
        "is not permitted to log in", "permission denied",
        "root certificate",           "invalid connection option"};
    char line[512];
    const char *whole = PQerrorMessage(pg->connection);
    first_line(whole, line, sizeof(line));
    enum th_status status = TH_UNREACHABLE;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        if (strstr(whole, refusals[i]))
            status = TH_USAGE;
    pg->policy = status == TH_USAGE ? TH_SQLSTATE_USAGE : TH_SQLSTATE_UNREACHABLE;
    pg->sqlstate[0] = '\0';
    return th_error_set(error, status, "%s cannot be opened: %s", pg->context, line);
}

enum th_status th_pg_result_failure(struct th_pg *pg, const PGresult *result, const char *statement,
                                    struct th_error *error)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(pg->sqlstate, sizeof(pg->sqlstate), "%s", sqlstate ? sqlstate : "");
    pg->policy = th_sqlstate_policy(sqlstate);
    if (pg->policy == TH_SQLSTATE_UNREACHABLE)
        return th_pg_lost(pg, PQresultErrorMessage(result), error);

    char line[512];
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    first_line(primary ? primary : PQresultErrorMessage(result), line, sizeof(line));
    const char *advice = "";
    if (strcmp(pg->sqlstate, "42501") == 0)
        advice = "; use the owner's connection, or grant this role tonghop_writer or "
                 "tonghop_reader";
    else if (pg->policy == TH_SQLSTATE_USAGE)
        advice = "; run `tonghop-collector migrate` with the owner's connection first";
    return th_error_set(error, th_sqlstate_status(pg->policy),
                        "%s: %s (statement %s, SQLSTATE %s)%s", pg->context, line, statement,
                        pg->sqlstate, advice);
}

enum th_status th_pg_lost(struct th_pg *pg, const char *why, struct th_error *error)
{
    char line[512];
    first_line(why, line, sizeof(line));
    th_pg_drop(pg);
    pg->policy = TH_SQLSTATE_UNREACHABLE;
    return th_error_set(error, TH_UNREACHABLE, "%s: connection lost: %s", pg->context, line);
}
