/* What the product is measured against: PostgreSQL as anybody would use it, by libpq.
 *
 *   bench_reference copy CONNINFO CONNECTIONS FIRST REPORTS BATCH   (copy.c)
 *   bench_reference insert CONNINFO FIRST REPORTS     a durable INSERT a report, one by one
 *   bench_reference time CONNINFO REPEAT FILE.sql     a query, prepared; all rows fetched
 */
#include "bench/reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/samples.h"

PGconn *reference_connect(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    if (PQstatus(connection) != CONNECTION_OK)
        bench_die("%s", PQerrorMessage(connection));
    return connection;
}

void reference_execute(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
        bench_die("%s", PQerrorMessage(connection));
    PQclear(result);
}

static int time_inserts(int count, char **arguments)
{
    static const char sql[] =
        "WITH r AS (INSERT INTO plain_report (district, period, revision, body)"
        " VALUES ($1::int, $2::int, 1, decode(repeat('ab', 600), 'hex')))"
        " INSERT INTO plain_observation (district, criterion, period, revision, num, den)"
        " SELECT $1::int, i, $2::int, 1, i * 100, NULL FROM generate_series(1, 24) AS i";
    struct samples samples = {0};
    if (count != 3)
        bench_die("insert takes CONNINFO FIRST REPORTS");
    PGconn *connection = reference_connect(arguments[0]);
    long first = bench_number(arguments[1]), reports = bench_number(arguments[2]);
    PQclear(PQprepare(connection, "insert", sql, 0, NULL));
    for (long i = first; i < first + reports; i++) {
        char district[24], period[24];
        snprintf(district, sizeof(district), "%ld", 100000 + i % 13);
        snprintf(period, sizeof(period), "%ld", i / 13);
        const char *values[] = {district, period};
        int64_t begun = bench_now_us();
        PGresult *result = PQexecPrepared(connection, "insert", 2, values, NULL, NULL, 0);
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            bench_die("%s", PQerrorMessage(connection));
        samples_add(&samples, bench_now_us() - begun);
        PQclear(result);
    }
    printf("p50_ms %.3f\np99_ms %.3f\n", samples_ms(&samples, 0.5), samples_ms(&samples, 0.99));
    samples_free(&samples);
    PQfinish(connection);
    return 0;
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 65536);
    if (!file || !text || fread(text, 1, 65535, file) == 0)
        bench_die("cannot read %s", path);
    fclose(file);
    return text;
}

static int time_query(int count, char **arguments)
{
    struct samples samples = {0};
    if (count != 3)
        bench_die("time takes CONNINFO REPEAT FILE.sql");
    PGconn *connection = reference_connect(arguments[0]);
    char *sql = read_file(arguments[2]);
    PQclear(PQprepare(connection, "query", sql, 0, NULL));
    int rows = 0;
    for (long i = 0; i <= bench_number(arguments[1]); i++) {
        int64_t begun = bench_now_us();
        PGresult *result = PQexecPrepared(connection, "query", 0, NULL, NULL, NULL, 1);
        if (PQresultStatus(result) != PGRES_TUPLES_OK)
            bench_die("%s", PQerrorMessage(connection));
        rows = PQntuples(result);
        if (i > 0) /* the first warms the cache */
            samples_add(&samples, bench_now_us() - begun);
        PQclear(result);
    }
    printf("p50_ms %.3f\np95_ms %.3f\nrows %d\n", samples_ms(&samples, 0.5),
           samples_ms(&samples, 0.95), rows);
    samples_free(&samples);
    free(sql);
    PQfinish(connection);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "copy") == 0)
        return reference_copy(argc - 2, argv + 2);
    if (argc > 2 && strcmp(argv[1], "insert") == 0)
        return time_inserts(argc - 2, argv + 2);
    if (argc > 2 && strcmp(argv[1], "time") == 0)
        return time_query(argc - 2, argv + 2);
    bench_die("wrong arguments; the first lines of bench/reference.c tell them");
}
