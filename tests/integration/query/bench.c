#include "tests/integration/query/bench.h"

#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/clock.h"

/* Of a question that names none: nothing that a case waits for may come of it. */
#define DEADLINE_MS (10 * LONG_MS)

void bench_enrol(struct bench *bench, int key, const char *name, const char *role)
{
    struct th_error error = {0};
    struct th_enrolment enrolment = {0};
    memcpy(enrolment.public_key, bench->keys[key].public_key, sizeof(enrolment.public_key));
    snprintf(enrolment.name, sizeof(enrolment.name), "%s", name);
    snprintf(enrolment.role, sizeof(enrolment.role), "%s", role);
    if (th_store_enrol(province.fixture.store, &enrolment, "tests", &error) != TH_OK)
        province_die("enrolling a key", error.message);
}

void bench_revoke(struct bench *bench, int key)
{
    struct th_error error = {0};
    if (th_store_revoke(province.fixture.store, bench->keys[key].public_key, "tests", NULL,
                        &error) != TH_OK)
        province_die("revoking a key", error.message);
}

static void make_keys(struct bench *bench)
{
    struct th_error error = {0};
    bool fine = th_curve_generate(&bench->server, &error) == TH_OK;
    for (int i = 0; i < KEY_COUNT; i++)
        fine = fine && th_curve_generate(&bench->keys[i], &error) == TH_OK;
    if (!fine)
        province_die("making keys", error.message);
    bench_enrol(bench, VIEWER, "commission", "viewer");
    bench_enrol(bench, OFFICE, "193", "district");
}

/* The collector's own thread; answers to reporters are not asked of it here. */
static void start_lookup(struct bench *bench)
{
    struct th_error error = {0};
    bench->state = th_shared_state_create();
    th_work_queue_init(&bench->done, -1);
    bench->lookup.done = &bench->done;
    bench->lookup.settings = &bench->settings;
    bench->lookup.state = bench->state;
    if (th_lookup_start(&bench->lookup, &error) != TH_OK)
        province_die("starting the look-up thread", error.message);
    int64_t deadline_ms = th_clock_monotonic_ms() + LONG_MS;
    while (th_shared_state_version(bench->state) == 0) {
        if (th_clock_monotonic_ms() > deadline_ms)
            province_die("the look-up thread", "has read nothing");
        usleep(5000);
    }
}

static void make_bundle(struct bench *bench)
{
    snprintf(bench->bundle.province, sizeof(bench->bundle.province), PROVINCE_CODE);
    snprintf(bench->bundle.query[0].address, sizeof(bench->bundle.query[0].address), "%.199s",
             bench->endpoint);
    memcpy(bench->bundle.query[0].server_key, bench->server.public_key, 32);
    bench->bundle.query_count = 1;
}

void bench_start(struct bench *bench)
{
    struct th_error error = {0};
    province_make();
    *bench = (struct bench){.context = zmq_ctx_new(), .arena = th_arena_create(0)};
    make_keys(bench);
    bench->settings = (struct th_collector_settings){.database = province.fixture.writer,
                                                     .query_database = province.fixture.reader,
                                                     .province = (char *)PROVINCE_CODE,
                                                     .query_bind = (char *)"tcp://127.0.0.1:*",
                                                     .query_threads = 2,
                                                     .query_limit = 2,
                                                     .query_deadline_ms = DEADLINE_MS,
                                                     .database_timeout_ms = 5000};
    start_lookup(bench);
    const struct th_query_options options = {.zmq_context = bench->context,
                                             .settings = &bench->settings,
                                             .province = PROVINCE_CODE,
                                             .pair = &bench->server,
                                             .state = bench->state};
    if (th_zap_start(bench->context, bench->state, &bench->zap, &error) != TH_OK ||
        th_query_start(&options, &bench->service, bench->endpoint, &error) != TH_OK)
        province_die("starting the query service", error.message);
    snprintf(bench->folder, sizeof(bench->folder), "/tmp/tonghop-test-XXXXXX");
    if (!mkdtemp(bench->folder))
        province_die("making a folder", bench->folder);
    make_bundle(bench);
}

void bench_stop(struct bench *bench)
{
    char path[128];
    th_query_stop(&bench->service);
    CU_ASSERT_PTR_NULL(bench->service);
    TH_CHECK("the service leaves no session",
             operator_await(&province.fixture, "0", "SELECT count(*)" SERVICE_SESSIONS));
    th_zap_stop(&bench->zap);
    th_database_thread_stop(&bench->lookup);
    th_work_queue_destroy(&bench->done);
    zmq_ctx_term(bench->context);
    th_shared_state_destroy(&bench->state);
    th_message_free(&bench->message);
    th_arena_destroy(&bench->arena);
    snprintf(path, sizeof(path), "%s/catalogue.bin", bench->folder);
    unlink(path);
    rmdir(bench->folder);
}
