/* Who is answered, and by whom, and what is told when the database is away. */
#include <unistd.h>

#include "common/base/clock.h"
#include "tests/integration/query/bench.h"

/* Until the service answers again, or LONG_MS are over. */
static enum th_status ask_until_answered(struct th_client *client, Tonghop__V1__Query *query,
                                         struct answer *answer)
{
    struct th_error error = {0};
    enum th_status status = TH_UNREACHABLE;
    int64_t deadline_ms = th_clock_monotonic_ms() + LONG_MS;
    while (status != TH_OK && th_clock_monotonic_ms() < deadline_ms) {
        usleep(20000);
        status = th_client_query(client, query, answer_take, answer, &error);
    }
    return status;
}

static const struct {
    const char *name;
    void (*begin)(void), (*end)(void);
} outages[] = {
    {"sessions are ended, and no others admitted", province_refuse_sessions,
     province_admit_sessions},
    {"the server stops", province_stop_server, province_start_server},
};

static void a_lost_database_is_told_and_comes_back(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    struct th_client *client = client_open(&bench, VIEWER, TH_OK, &error);
    struct answer answer = {.arena = bench.arena};
    Tonghop__V1__ConsolidatedQuery question;
    Tonghop__V1__Query query = query_figures(&question, "joint-agency", "2024-03");
    question.province_only = true;

    /* A connection that died while idle is replaced within the same question. */
    answer_ask("before", client, &query, TH_OK, &answer);
    TH_CHECK("both workers are connected",
             operator_await(&province.fixture, "2", "SELECT count(*)" SERVICE_SESSIONS));
    province_end_sessions();
    TH_CHECK("both were ended",
             operator_await(&province.fixture, "0", "SELECT count(*)" SERVICE_SESSIONS));
    answer_ask("over a new connection", client, &query, TH_OK, &answer);

    for (size_t i = 0; i < sizeof(outages) / sizeof(outages[0]); i++) {
        outages[i].begin();
        error = (struct th_error){0};
        TH_CHECK(outages[i].name,
                 th_client_query(client, &query, answer_take, &answer, &error) == TH_UNREACHABLE);
        TH_CHECK(outages[i].name, th_status_exit_code(error.status) == 3);
        outages[i].end();
        TH_CHECK(outages[i].name, ask_until_answered(client, &query, &answer) == TH_OK);
    }
    th_client_close(&client);
    bench_stop(&bench);
}

static void keys_are_judged(void)
{
    struct bench bench;
    bench_start(&bench);
    char codes[256];
    struct th_error error = {0};
    struct th_client *stranger = client_open(&bench, SPARE, TH_REJECTED, &error);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "refused this key"));
    th_client_close(&stranger);

    struct th_client *office = client_open(&bench, OFFICE, TH_REJECTED, &error);
    TH_CHECK_TEXT("a district's key", client_problems(office, codes), "role.not_allowed");
    th_client_close(&office);

    /* The collector has not yet looked when the key knocks, and holds it until then. */
    bench_enrol(&bench, SPARE, "newcomer", "viewer");
    struct th_client *newcomer = client_open(&bench, SPARE, TH_OK, &error);
    th_client_close(&newcomer);
    bench_stop(&bench);
}

static void the_next_collector_is_asked(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    /* The first endpoint: a port where nothing answers. */
    bench.bundle.query[1] = bench.bundle.query[0];
    snprintf(bench.bundle.query[0].address, sizeof(bench.bundle.query[0].address),
             "tcp://127.0.0.1:1");
    bench.bundle.query_count = 2;
    struct th_client_options options = {.bundle = &bench.bundle,
                                        .pair = &bench.keys[VIEWER],
                                        .software = "test",
                                        .language = "en",
                                        .timeout_ms = 3000,
                                        .interrupt_fd = -1};
    struct th_client *client = NULL;
    CU_ASSERT_EQUAL(th_client_open(&options, &client, &error), TH_OK);
    th_client_close(&client);

    bench.bundle.query_count = 1;
    options.timeout_ms = 500;
    CU_ASSERT_EQUAL(th_client_open(&options, &client, &error), TH_UNREACHABLE);
    th_client_close(&client);
    bench_stop(&bench);
}

const struct th_test access_tests[] = {
    {"a lost database is told, and comes back", a_lost_database_is_told_and_comes_back},
    {"strangers and district offices are refused", keys_are_judged},
    {"the next collector is asked when one is silent", the_next_collector_is_asked},
    {NULL, NULL},
};
