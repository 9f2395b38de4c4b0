/* The reference of ingest: binary COPY of report rows and observation rows with primary
 * keys, a transaction a batch, several connections at once; no checks, no duplicates
 * found, nothing signed. What is sent is made before the clock runs. */
#include <endian.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/reference.h"
#include "bench/samples.h"

#define CRITERIA   24
#define BODY_BYTES 600
#define DISTRICTS  13

struct bytes {
    char *at;
    size_t size, capacity;
};

struct copier {
    pthread_t thread;
    PGconn *connection;
    size_t batches;
    struct bytes *reports, *observations; /* a COPY stream a batch */
};

static void put(struct bytes *out, const void *from, size_t size)
{
    if (out->size + size > out->capacity) {
        out->capacity = (out->size + size) * 2;
        out->at = realloc(out->at, out->capacity);
        if (!out->at)
            abort();
    }
    memcpy(out->at + out->size, from, size);
    out->size += size;
}

static void put2(struct bytes *out, uint16_t value)
{
    value = htobe16(value);
    put(out, &value, sizeof(value));
}

static void put4(struct bytes *out, uint32_t value)
{
    value = htobe32(value);
    put(out, &value, sizeof(value));
}

static void put_int(struct bytes *out, int32_t value)
{
    put4(out, sizeof(value));
    put4(out, (uint32_t)value);
}

static void put_bigint(struct bytes *out, int64_t value)
{
    uint64_t raw = htobe64((uint64_t)value);
    put4(out, sizeof(raw));
    put(out, &raw, sizeof(raw));
}

static void begin_stream(struct bytes *out)
{
    static const char header[] = "PGCOPY\n\377\r\n"; /* its NUL belongs to it */
    put(out, header, sizeof(header));
    put4(out, 0);
    put4(out, 0);
}

static void add_report(struct copier *copier, size_t batch, long number)
{
    static const char body[BODY_BYTES];
    struct bytes *reports = &copier->reports[batch], *observations = &copier->observations[batch];
    int32_t district = (int32_t)(number % DISTRICTS), period = (int32_t)(number / DISTRICTS);
    put2(reports, 4);
    put_int(reports, district);
    put_int(reports, period);
    put_int(reports, 1);
    put4(reports, BODY_BYTES);
    put(reports, body, BODY_BYTES);
    for (int32_t i = 1; i <= CRITERIA; i++) {
        put2(observations, 6);
        put_int(observations, district);
        put_int(observations, i);
        put_int(observations, period);
        put_int(observations, 1);
        put_bigint(observations, number * 31 + i);
        put4(observations, UINT32_MAX);
    }
}

/* The numbers first, first + step ... */
static void make_batches(struct copier *copier, long first, long step, long reports, long batch)
{
    copier->batches = (size_t)((reports + batch - 1) / batch);
    copier->reports = calloc(copier->batches + 1, sizeof(*copier->reports));
    copier->observations = calloc(copier->batches + 1, sizeof(*copier->observations));
    for (long i = 0; i < reports; i++) {
        size_t at = (size_t)(i / batch);
        if (i % batch == 0) {
            begin_stream(&copier->reports[at]);
            begin_stream(&copier->observations[at]);
        }
        add_report(copier, at, first + i * step);
    }
    for (size_t i = 0; i < copier->batches; i++) {
        put2(&copier->reports[i], UINT16_MAX);
        put2(&copier->observations[i], UINT16_MAX);
    }
}

static void copy(PGconn *connection, const char *sql, const struct bytes *stream)
{
    reference_execute(connection, sql);
    if (PQputCopyData(connection, stream->at, (int)stream->size) != 1 ||
        PQputCopyEnd(connection, NULL) != 1)
        bench_die("%s", PQerrorMessage(connection));
    PGresult *result = PQgetResult(connection);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        bench_die("%s", PQerrorMessage(connection));
    PQclear(result);
    while ((result = PQgetResult(connection)))
        PQclear(result);
}

static void *run(void *context)
{
    struct copier *copier = context;
    for (size_t i = 0; i < copier->batches; i++) {
        reference_execute(copier->connection, "BEGIN");
        copy(copier->connection, "COPY plain_report FROM STDIN BINARY", &copier->reports[i]);
        copy(copier->connection, "COPY plain_observation FROM STDIN BINARY",
             &copier->observations[i]);
        reference_execute(copier->connection, "COMMIT");
    }
    return NULL;
}

int reference_copy(int count, char **arguments)
{
    if (count != 5)
        bench_die("copy takes CONNINFO CONNECTIONS FIRST REPORTS BATCH");
    long connections = bench_number(arguments[1]), first = bench_number(arguments[2]);
    long reports = bench_number(arguments[3]), batch = bench_number(arguments[4]);
    struct copier *copiers = calloc((size_t)connections + 1, sizeof(*copiers));
    for (long i = 0; i < connections; i++) {
        copiers[i].connection = reference_connect(arguments[0]);
        make_batches(&copiers[i], first + i, connections, reports / connections, batch);
    }
    int64_t begun = bench_now_us();
    for (long i = 0; i < connections; i++)
        pthread_create(&copiers[i].thread, NULL, run, &copiers[i]);
    for (long i = 0; i < connections; i++)
        pthread_join(copiers[i].thread, NULL);
    double seconds = (double)(bench_now_us() - begun) / 1e6;
    printf("reports %ld\nseconds %.3f\nreports_per_second %.0f\n", reports, seconds,
           (double)reports / seconds);
    for (long i = 0; i < connections; i++)
        PQfinish(copiers[i].connection);
    return 0; /* what was made goes with the process */
}
