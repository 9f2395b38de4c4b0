/* The query service with real sockets, keys and the commission's client; only the
 * database is a fake. Figures are those of SEMANTICS 5, worked out by hand. */
#include "tests/unit/th_test.h"

#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

#include "collector/intake/zap.h"
#include "collector/query/query.h"
#include "commission/client/client.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/ledger/ledger.h"
#include "common/wire/message.h"
#include "common/wire/socket.h"
#include "tests/unit/catalogue_support.h"
#include "tests/unit/query_store_fake.h"

#define LONG_MS  10000
#define QUIET_MS 300 /* how long nothing must come */
#define MARCH    (2024 * 12 + 2)
enum { VIEWER, OFFICE, SPARE };

/* Everything that a case needs, made anew for each. */
struct bench {
    void *context;
    struct th_curve_pair server, keys[3]; /* by role above */
    struct th_collector_settings settings;
    struct th_shared_state *state;
    struct th_store *store;
    struct th_zap *zap;
    struct th_query_service *service;
    struct th_bundle bundle;
    char endpoint[256], folder[64];
    struct th_arena *arena;
    struct th_message message;
};

/* 36 of 40 and 20 of 20 posts; 4 sessions, one n/a. Hạ Long 193, Móng Cái 194. */
static const struct fake_cell few_cells[] = {
    {"193", "staff-filled", MARCH, {.num = {36, 0}, .den = {40, 0}}},
    {"194", "staff-filled", MARCH, {.num = {20, 0}, .den = {20, 0}}},
    {"193", "coordination-sessions", MARCH, {.num = {4, 0}}},
    {"194", "coordination-sessions", MARCH, {.not_applicable = true}},
};

static void enrol(struct bench *bench, int index, const char *name, const char *role)
{
    struct th_enrolment *key = &fake.keys[fake.key_count++];
    *key = (struct th_enrolment){.enrolled_at_us = 1};
    memcpy(key->public_key, bench->keys[index].public_key, 32);
    snprintf(key->name, sizeof(key->name), "%s", name);
    snprintf(key->role, sizeof(key->role), "%s", role);
    key->district_id = strcmp(role, "district") == 0 ? 1 : 0;
}

static void refresh(struct bench *bench)
{
    struct th_error error = {0};
    fake.events++;
    if (th_shared_state_refresh(bench->state, bench->store, true, &error) != TH_OK)
        abort();
}

static void load_sample(void)
{
    struct folder folder;
    TH_CLEANUP_BUFFER struct th_buffer packed = {0};
    if (!folder_read_sample(&folder) || !(fake.catalogue = folder_load(&folder, NULL)))
        abort();
    fake.catalogue->version = 3;
    th_catalogue_pack(fake.catalogue, &packed);
    folder_free(&folder);
}

static void bench_start(struct bench *bench)
{
    struct th_error error = {0};
    *bench = (struct bench){.context = zmq_ctx_new(), .arena = th_arena_create(0)};
    fake = (struct fake_store){.lock = PTHREAD_MUTEX_INITIALIZER,
                               .cells = few_cells,
                               .cell_count = sizeof(few_cells) / sizeof(few_cells[0])};
    /* 2024-04-20T08:30+07:00. */
    if (!th_instant_parse(TH_SLICE("2024-04-20T08:30:00+07:00"), &fake.snapshot_us))
        abort();
    load_sample();
    bool fine = th_curve_generate(&bench->server, &error) == TH_OK;
    for (int i = 0; i < 3; i++)
        fine = fine && th_curve_generate(&bench->keys[i], &error) == TH_OK;
    enrol(bench, VIEWER, "commission", "viewer");
    enrol(bench, OFFICE, "193", "district");
    bench->state = th_shared_state_create();
    fine = fine && th_store_open("", "test", 1000, &bench->store, &error) == TH_OK;
    if (!fine)
        abort();
    refresh(bench);

    bench->settings = (struct th_collector_settings){.database = (char *)"fake",
                                                     .province = (char *)"quang-ninh",
                                                     .query_bind = (char *)"tcp://127.0.0.1:*",
                                                     .query_threads = 2,
                                                     .query_limit = 2,
                                                     .query_deadline_ms = LONG_MS,
                                                     .database_timeout_ms = 1000};
    if (th_zap_start(bench->context, bench->state, &bench->zap, &error) != TH_OK ||
        th_query_start(bench->context, &bench->settings, &bench->server, bench->state,
                       &bench->service, bench->endpoint, &error) != TH_OK) {
        fprintf(stderr, "\n    %s\n", error.message);
        abort();
    }
    snprintf(bench->folder, sizeof(bench->folder), "/tmp/tonghop-test-XXXXXX");
    if (!mkdtemp(bench->folder))
        abort();
    snprintf(bench->bundle.province, sizeof(bench->bundle.province), "quang-ninh");
    snprintf(bench->bundle.query[0].address, sizeof(bench->bundle.query[0].address), "%.199s",
             bench->endpoint);
    memcpy(bench->bundle.query[0].server_key, bench->server.public_key, 32);
    bench->bundle.query_count = 1;
}

static void bench_stop(struct bench *bench)
{
    char path[128];
    th_query_stop(&bench->service);
    CU_ASSERT_PTR_NULL(bench->service);
    CU_ASSERT_EQUAL(fake.reading, 0);
    CU_ASSERT_EQUAL(fake.open, 1); /* our own */
    th_zap_stop(&bench->zap);
    zmq_ctx_term(bench->context);
    th_shared_state_destroy(&bench->state);
    th_store_close(&bench->store);
    th_catalogue_release(&fake.catalogue);
    th_message_free(&bench->message);
    th_arena_destroy(&bench->arena);
    snprintf(path, sizeof(path), "%s/catalogue.bin", bench->folder);
    unlink(path);
    rmdir(bench->folder);
}

/* ------------------------------------------------- the commission's own client */

struct answer {
    struct th_arena *arena;
    size_t parts, figures, reports;
    int64_t answered_at_us;
    uint64_t catalogue_version;
    char period[64];
    char counts[1024]; /* "district expected received complete on_time late missing historic\n" */
    char ranks[1024];  /* "group district composite basis rank received/expected\n" */
    char rows[4096];   /* "district criterion reported/expected n/a num/den value\n" */
    struct th_buffer body;
};

static const char *text(struct answer *answer, ProtobufCBinaryData data)
{
    const char *copied = th_bytes_text(data, SIZE_MAX, answer->arena);
    return copied ? copied : "?";
}

static enum th_status take(void *context, const Tonghop__V1__QueryPart *part,
                           struct th_error *error)
{
    (void)error;
    struct answer *answer = context;
    answer->parts++;
    if (part->head) {
        answer->answered_at_us = part->head->answered_at_us;
        answer->catalogue_version = part->head->catalogue_version;
        snprintf(answer->period, sizeof(answer->period), "%s", text(answer, part->head->period));
    }
    for (size_t i = 0; i < part->n_figure; i++) {
        const Tonghop__V1__Figure *figure = part->figure[i];
        size_t used = strlen(answer->rows);
        answer->figures++;
        if (used + 200 < sizeof(answer->rows))
            snprintf(answer->rows + used, sizeof(answer->rows) - used, "%s %s %u/%u %u %s/%s %s\n",
                     text(answer, figure->district), text(answer, figure->criterion),
                     (unsigned)figure->reported, (unsigned)figure->expected,
                     (unsigned)figure->not_applicable, text(answer, figure->num),
                     text(answer, figure->den), text(answer, figure->value));
    }
    for (size_t i = 0; i < part->n_completeness; i++) {
        const Tonghop__V1__Completeness *row = part->completeness[i];
        size_t used = strlen(answer->counts);
        snprintf(answer->counts + used, sizeof(answer->counts) - used, "%s %u %u %u %u %u %u %u\n",
                 text(answer, row->district), (unsigned)row->expected, (unsigned)row->received,
                 (unsigned)row->complete, (unsigned)row->on_time, (unsigned)row->late,
                 (unsigned)row->missing, (unsigned)row->historic);
    }
    for (size_t i = 0; i < part->n_ranking; i++) {
        const Tonghop__V1__Ranking *row = part->ranking[i];
        size_t used = strlen(answer->ranks);
        snprintf(answer->ranks + used, sizeof(answer->ranks) - used, "%s %s %s %s %u %u/%u\n",
                 text(answer, row->group), text(answer, row->district),
                 text(answer, row->composite), text(answer, row->basis), (unsigned)row->rank,
                 (unsigned)row->received, (unsigned)row->expected);
    }
    for (size_t i = 0; i < part->n_report; i++) {
        answer->reports++;
        th_buffer_add(&answer->body, part->report[i]->body.data, part->report[i]->body.len);
    }
    return TH_OK;
}

static struct th_client *open_client(struct bench *bench, int key, enum th_status want,
                                     struct th_error *error)
{
    struct th_client *client = NULL;
    struct th_client_options options = {.bundle = &bench->bundle,
                                        .pair = &bench->keys[key],
                                        .software = "test",
                                        .language = "en",
                                        .state_folder = bench->folder,
                                        .timeout_ms = LONG_MS,
                                        .interrupt_fd = -1};
    enum th_status status = th_client_open(&options, &client, error);
    TH_CHECK("open", status == want);
    if (status != want)
        fprintf(stderr, "    %s\n", error->message);
    return client;
}

static Tonghop__V1__Query query_of(Tonghop__V1__ConsolidatedQuery *question, const char *form,
                                   const char *period)
{
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    tonghop__v1__consolidated_query__init(question);
    question->form = th_bytes(th_slice_of(form));
    question->period = th_bytes(th_slice_of(period));
    query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
    query.consolidated = question;
    return query;
}

static void figures_of_two_districts(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    struct th_client *client = open_client(&bench, VIEWER, TH_OK, &error);
    CU_ASSERT_STRING_EQUAL(th_client_greeting(client)->role, "viewer");
    CU_ASSERT_EQUAL(th_client_greeting(client)->catalogue_version, 3);

    struct answer answer = {.arena = bench.arena};
    Tonghop__V1__ConsolidatedQuery question;
    Tonghop__V1__Query query = query_of(&question, "joint-agency", "202403");
    ProtobufCBinaryData districts[] = {th_bytes(TH_SLICE("193")), th_bytes(TH_SLICE("194")),
                                       th_bytes(TH_SLICE("*"))};
    ProtobufCBinaryData criteria[] = {th_bytes(TH_SLICE("staff-filled")),
                                      th_bytes(TH_SLICE("coordination-sessions"))};
    question.n_district = 3;
    question.district = districts;
    question.n_criterion = 2;
    question.criterion = criteria;
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_OK);
    /* 13 districts are open on 2024-03-31 (204 closed in 2019); (36+20)/(40+20) =
     * 14/15; the n/a of 194 is beside the figure, not in it. */
    TH_CHECK_TEXT("two districts", answer.rows,
                  "193 staff-filled 1/1 0 36/40 0.9\n"
                  "194 staff-filled 1/1 0 20/20 1\n"
                  "* staff-filled 2/13 0 56/60 0.933333\n"
                  "193 coordination-sessions 1/1 0 / 4\n"
                  "194 coordination-sessions 0/1 1 / \n"
                  "* coordination-sessions 1/13 1 / 4\n");
    TH_CHECK_TEXT("canonical period", answer.period, "2024-03");
    CU_ASSERT_EQUAL(answer.answered_at_us, fake.snapshot_us);
    CU_ASSERT_EQUAL(answer.catalogue_version, 3);

    /* Without codes: 13 districts and the province, 15 criteria. */
    struct answer all = {.arena = bench.arena};
    query = query_of(&question, "joint-agency", "2024-03");
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &all, &error), TH_OK);
    CU_ASSERT_EQUAL(all.figures, 14 * 15);

    struct answer province = {.arena = bench.arena};
    query = query_of(&question, "joint-agency", "2024-03");
    question.province_only = true;
    question.n_criterion = 1;
    question.criterion = criteria;
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &province, &error), TH_OK);
    TH_CHECK_TEXT("province", province.rows, "* staff-filled 2/13 0 56/60 0.933333\n");

    /* No report is approved: nothing is reported. */
    struct answer approved = {.arena = bench.arena};
    question.approved_only = true;
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &approved, &error), TH_OK);
    TH_CHECK_TEXT("approved", approved.rows, "* staff-filled 0/13 0 / \n");
    th_client_close(&client);
    bench_stop(&bench);
}

static void every_problem_is_told(void)
{
    static const struct {
        const char *name, *form, *period, *district, *criterion, *as_of;
        bool comparable;
        const char *want;
    } cases[] = {
        {"form", "nothing", "2024-03", NULL, NULL, "", false, "form.unknown"},
        {"period", "joint-agency", "2024-13", NULL, NULL, "", false, "period.malformed"},
        {"district", "joint-agency", "2024-03", "999", NULL, "", false, "district.unknown"},
        {"criterion", "joint-agency", "2024-03", NULL, "x", "", false, "criterion.unknown"},
        /* A day holds no whole month. */
        {"no month", "joint-agency", "2024-03-15", NULL, NULL, "", false, "period.no_base_period"},
        {"as of", "joint-agency", "2024-03", NULL, NULL, "2024-01-01", false, "query.unsupported"},
        {"comparable is answered", "nothing", "2024-03", NULL, NULL, "", true, "form.unknown"},
        {"all at once", "nothing", "x", "999", NULL, "", false,
         "form.unknown,period.malformed,district.unknown"},
        /* Bytes of a peer that are no text. */
        {"not UTF-8", "\xff\xfe", "2024-03", NULL, NULL, "", false, "form.unknown"},
    };
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    struct th_client *client = open_client(&bench, VIEWER, TH_OK, &error);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer = {.arena = bench.arena};
        Tonghop__V1__ConsolidatedQuery question;
        Tonghop__V1__Query query = query_of(&question, cases[i].form, cases[i].period);
        ProtobufCBinaryData district = th_bytes(th_slice_of(cases[i].district));
        ProtobufCBinaryData criterion = th_bytes(th_slice_of(cases[i].criterion));
        question.n_district = cases[i].district != NULL;
        question.district = &district;
        question.n_criterion = cases[i].criterion != NULL;
        question.criterion = &criterion;
        question.as_of = th_bytes(th_slice_of(cases[i].as_of));
        question.comparable = cases[i].comparable;
        TH_CHECK(cases[i].name,
                 th_client_query(client, &query, take, &answer, &error) == TH_REJECTED);
        size_t count;
        char codes[256] = "";
        const struct th_client_problem *problems = th_client_problems(client, &count);
        for (size_t j = 0; j < count; j++)
            snprintf(codes + strlen(codes), sizeof(codes) - strlen(codes), "%s%s", j ? "," : "",
                     problems[j].code);
        TH_CHECK_TEXT(cases[i].name, codes, cases[i].want);
        TH_CHECK(cases[i].name, count > 0 && *problems[0].message);
        CU_ASSERT_EQUAL(answer.parts, 0);
    }
    th_client_close(&client);
    bench_stop(&bench);
}

/* March 2024 was due on 10 April, ten days before the snapshot; 193 came on time, 194
 * late, 195 before it was enrolled. */
static const struct fake_arrival few_arrivals[] = {
    {"193", MARCH, {.complete = true, .complete_at_us = INT64_C(1712000000000000)}},
    {"194", MARCH, {.complete = true, .complete_at_us = INT64_C(1713000000000000)}},
    {"195", MARCH, {.first_enrolled_us = INT64_MAX}},
};

static void completeness_and_ranking_are_answered(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    fake.arrivals = few_arrivals;
    fake.arrival_count = sizeof(few_arrivals) / sizeof(few_arrivals[0]);
    struct th_client *client = open_client(&bench, VIEWER, TH_OK, &error);
    struct answer answer = {.arena = bench.arena};
    Tonghop__V1__CompletenessQuery counts = TONGHOP__V1__COMPLETENESS_QUERY__INIT;
    ProtobufCBinaryData districts[] = {th_bytes(TH_SLICE("193")), th_bytes(TH_SLICE("194")),
                                       th_bytes(TH_SLICE("*"))};
    counts.form = th_bytes(TH_SLICE("joint-agency"));
    counts.period = th_bytes(TH_SLICE("2024-03"));
    counts.n_district = 3;
    counts.district = districts;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_COMPLETENESS;
    query.completeness = &counts;
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_OK);
    TH_CHECK_TEXT("completeness", answer.counts,
                  "193 1 1 1 1 0 0 0\n194 1 1 1 0 1 0 0\n* 13 3 2 1 1 10 1\n");

    /* staff-filled, target 0.95, alone in its group with a weight: 0.9/0.95 and above;
     * the province 56/60 of 0.95. */
    Tonghop__V1__RankingQuery ranking = TONGHOP__V1__RANKING_QUERY__INIT;
    ProtobufCBinaryData group = th_bytes(TH_SLICE("people"));
    ranking.form = counts.form;
    ranking.period = counts.period;
    ranking.n_group = 1;
    ranking.group = &group;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_RANKING;
    query.ranking = &ranking;
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_OK);
    /* The districts that said nothing follow. */
    answer.ranks[strlen("people 194 100 1 1 1/1\npeople 193 94.736842 1 2 1/1\n"
                        "people 195  0 0 1/1\n")] = '\0';
    TH_CHECK_TEXT("ranking", answer.ranks,
                  "people 194 100 1 1 1/1\npeople 193 94.736842 1 2 1/1\n"
                  "people 195  0 0 1/1\n");

    size_t count;
    group = th_bytes(TH_SLICE("nobody"));
    ranking.as_of = th_bytes(TH_SLICE("2024-01-01"));
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_REJECTED);
    const struct th_client_problem *problems = th_client_problems(client, &count);
    CU_ASSERT_EQUAL(count, 2);
    CU_ASSERT_STRING_EQUAL(problems[0].code, "query.unsupported");
    CU_ASSERT_STRING_EQUAL(problems[1].code, "group.unknown");
    th_client_close(&client);
    bench_stop(&bench);
}

static void reports_are_given_whole(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    fake.body = TH_SLICE("the exact bytes");
    th_sha256(fake.body.bytes, fake.body.size, fake.digest);
    struct th_client *client = open_client(&bench, VIEWER, TH_OK, &error);
    struct answer answer = {.arena = bench.arena};
    Tonghop__V1__ReportQuery one = TONGHOP__V1__REPORT_QUERY__INIT;
    one.form = th_bytes(TH_SLICE("joint-agency"));
    one.period = th_bytes(TH_SLICE("2024-03"));
    one.district = th_bytes(TH_SLICE("194"));
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT;
    query.report = &one;
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_OK);
    CU_ASSERT_EQUAL(answer.reports, 1);
    TH_CHECK_TEXT("body", answer.body.bytes, "the exact bytes");

    static const struct {
        const char *name, *district, *period;
        uint32_t revision;
        const char *want;
    } cases[] = {
        {"nothing was sent", "193", "2024-03", 0, "report.unknown"},
        {"no such revision", "194", "2024-03", 9, "report.unknown"},
        /* A report is about one base period. */
        {"a quarter", "194", "2024-Q1", 0, "period.malformed"},
        {"unknown district", "x", "2024-03", 0, "district.unknown"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t count;
        one.district = th_bytes(th_slice_of(cases[i].district));
        one.period = th_bytes(th_slice_of(cases[i].period));
        one.revision = cases[i].revision;
        TH_CHECK(cases[i].name,
                 th_client_query(client, &query, take, &answer, &error) == TH_REJECTED);
        const struct th_client_problem *problems = th_client_problems(client, &count);
        TH_CHECK_TEXT(cases[i].name, count ? problems[0].code : "", cases[i].want);
    }

    Tonghop__V1__ReportListQuery list = TONGHOP__V1__REPORT_LIST_QUERY__INIT;
    list.form = th_bytes(TH_SLICE("joint-agency"));
    list.period = th_bytes(TH_SLICE("2024-Q1"));
    query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT_LIST;
    query.report_list = &list;
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_OK);
    CU_ASSERT_EQUAL(answer.reports, 2); /* and the one before */
    ProtobufCBinaryData other[] = {th_bytes(TH_SLICE("193")), th_bytes(TH_SLICE("195"))};
    list.n_district = 2;
    list.district = other;
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_OK);
    CU_ASSERT_EQUAL(answer.reports, 2);
    th_buffer_free(&answer.body);
    th_client_close(&client);
    bench_stop(&bench);
}

static void the_catalogue_is_fetched_once(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    const struct th_catalogue *catalogue = NULL;
    char path[128];
    snprintf(path, sizeof(path), "%s/catalogue.bin", bench.folder);
    for (int round = 0; round < 3; round++) {
        struct th_client *client = open_client(&bench, VIEWER, TH_OK, &error);
        CU_ASSERT_EQUAL(th_client_catalogue(client, &catalogue, &error), TH_OK);
        CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
        CU_ASSERT_EQUAL(catalogue->version, 3);
        CU_ASSERT_EQUAL(memcmp(catalogue->digest, fake.catalogue->digest, 32), 0);
        CU_ASSERT_PTR_NOT_NULL(th_catalogue_form(catalogue, TH_SLICE("concurrent-post")));
        th_client_close(&client);
        /* Kept bytes that were tampered with are not believed. */
        FILE *kept = round == 0 ? fopen(path, "r+") : NULL;
        if (round == 0) {
            CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
            fputc('x', kept);
            fclose(kept);
        }
    }
    bench_stop(&bench);
}

static void a_lost_database_is_told_and_comes_back(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    struct th_client *client = open_client(&bench, VIEWER, TH_OK, &error);
    struct answer answer = {.arena = bench.arena};
    Tonghop__V1__ConsolidatedQuery question;
    Tonghop__V1__Query query = query_of(&question, "joint-agency", "2024-03");
    question.province_only = true;

    /* A connection that died while idle is replaced within the same question. */
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_OK);
    fake_set(&fake.lost_once, true);
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_OK);

    fake_set(&fake.down, true);
    CU_ASSERT_EQUAL(th_client_query(client, &query, take, &answer, &error), TH_UNREACHABLE);
    CU_ASSERT_EQUAL(th_status_exit_code(error.status), 3);
    fake_set(&fake.down, false);
    enum th_status status = TH_UNREACHABLE;
    int64_t deadline_ms = th_clock_monotonic_ms() + LONG_MS;
    while (status != TH_OK && th_clock_monotonic_ms() < deadline_ms) {
        usleep(20000);
        status = th_client_query(client, &query, take, &answer, &error);
    }
    CU_ASSERT_EQUAL(status, TH_OK);
    th_client_close(&client);
    bench_stop(&bench);
}

static void keys_are_judged(void)
{
    struct bench bench;
    bench_start(&bench);
    size_t count;
    struct th_error error = {0};
    struct th_client *stranger = open_client(&bench, SPARE, TH_REJECTED, &error);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "refused this key"));
    th_client_close(&stranger);

    struct th_client *office = open_client(&bench, OFFICE, TH_REJECTED, &error);
    const struct th_client_problem *problems = th_client_problems(office, &count);
    TH_CHECK_TEXT("a district's key", count ? problems[0].code : "", "role.not_allowed");
    th_client_close(&office);
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

/* ------------------------------------------------------- a client of our own */

static void *dial(struct bench *bench, int key)
{
    struct th_error error = {0};
    struct th_dealer_options options = {.endpoint = bench->endpoint,
                                        .pair = &bench->keys[key],
                                        .send_high_water = 16,
                                        .receive_high_water = 64};
    memcpy(options.server_key, bench->server.public_key, 32);
    void *socket = th_dealer_connect(bench->context, &options, &error);
    if (!socket)
        abort();
    return socket;
}

static void say(void *socket, Tonghop__V1__ClientMessage *message)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_client_message_encode(message, &bytes);
    int64_t deadline_ms = th_clock_monotonic_ms() + LONG_MS;
    while (th_dealer_send(socket, bytes.bytes, bytes.size) == TH_RETRY &&
           th_clock_monotonic_ms() < deadline_ms)
        usleep(1000);
}

static void ask(void *socket, uint64_t request_id, uint32_t credit, uint32_t deadline_ms)
{
    Tonghop__V1__ConsolidatedQuery question;
    Tonghop__V1__Query query = query_of(&question, "joint-agency", "2016..2023");
    question.by_period = true;
    query.request_id = request_id;
    query.credit = credit;
    query.deadline_ms = deadline_ms;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_QUERY;
    message.query = &query;
    say(socket, &message);
}

static void say_credit(void *socket, uint64_t request_id, uint32_t parts)
{
    Tonghop__V1__Credit credit = TONGHOP__V1__CREDIT__INIT;
    credit.request_id = request_id;
    credit.parts = parts;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CREDIT;
    message.credit = &credit;
    say(socket, &message);
}

static void say_cancel(void *socket, uint64_t request_id)
{
    Tonghop__V1__Cancel cancel = TONGHOP__V1__CANCEL__INIT;
    cancel.request_id = request_id;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CANCEL;
    message.cancel = &cancel;
    say(socket, &message);
}

/* The next message, NULL when none comes in time. */
static const Tonghop__V1__ServerMessage *hear(struct bench *bench, void *socket, int wait_ms)
{
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    th_arena_reset(bench->arena);
    if (zmq_poll(&item, 1, wait_ms) <= 0 ||
        th_dealer_receive(socket, &bench->message) != TH_RECEIVE_MESSAGE)
        return NULL;
    return th_server_message_decode(th_buffer_slice(&bench->message.bytes), bench->arena);
}

/* "3:query.deadline" of an Error, "3#0" or "3#7." of parts, "" when nothing comes. */
static const char *hear_text(struct bench *bench, void *socket, int wait_ms, char out[80])
{
    const Tonghop__V1__ServerMessage *message = hear(bench, socket, wait_ms);
    out[0] = '\0';
    if (message && message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR)
        snprintf(out, 80, "%llu:%.*s", (unsigned long long)message->error->request_id,
                 message->error->n_problem ? (int)message->error->problem[0]->code.len : 0,
                 message->error->n_problem ? (const char *)message->error->problem[0]->code.data
                                           : "");
    if (message && message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_QUERY_PART)
        snprintf(out, 80, "%llu#%u%s", (unsigned long long)message->query_part->request_id,
                 message->query_part->sequence, message->query_part->last ? "." : "");
    return out;
}

static void parts_come_under_credit(void)
{
    struct bench bench;
    char heard[80];
    bench_start(&bench);
    fake.everything = true;
    void *socket = dial(&bench, VIEWER);
    ask(socket, 1, 2, 0);
    TH_CHECK_TEXT("first", hear_text(&bench, socket, LONG_MS, heard), "1#0");
    TH_CHECK_TEXT("second", hear_text(&bench, socket, LONG_MS, heard), "1#1");
    TH_CHECK_TEXT("no credit", hear_text(&bench, socket, QUIET_MS, heard), "");
    /* No transaction waits with it. */
    CU_ASSERT_EQUAL(fake_reading(), 0);
    say_credit(socket, 1, 1);
    TH_CHECK_TEXT("third", hear_text(&bench, socket, LONG_MS, heard), "1#2");
    TH_CHECK_TEXT("no credit again", hear_text(&bench, socket, QUIET_MS, heard), "");

    say_credit(socket, 1, UINT32_MAX);
    uint32_t next = 3;
    size_t figures = 0;
    bool last = false;
    while (!last) {
        const Tonghop__V1__ServerMessage *message = hear(&bench, socket, LONG_MS);
        if (!message || message->body_case != TONGHOP__V1__SERVER_MESSAGE__BODY_QUERY_PART)
            break;
        CU_ASSERT_EQUAL(message->query_part->sequence, next++);
        CU_ASSERT_TRUE(bench.message.bytes.size <= TH_WIRE_PART_BYTES);
        figures += message->query_part->n_figure;
        last = message->query_part->last;
    }
    CU_ASSERT_TRUE(last);
    CU_ASSERT_TRUE(figures > 0);
    th_socket_close(&socket);
    bench_stop(&bench);
}

static void what_nobody_reads_ends(void)
{
    struct bench bench;
    char heard[80];
    bench_start(&bench);
    fake.everything = true;
    void *socket = dial(&bench, VIEWER);
    ask(socket, 1, 0, 200);
    TH_CHECK_TEXT("deadline", hear_text(&bench, socket, LONG_MS, heard), "1:query.deadline");
    ask(socket, 2, 0, 0);
    say_cancel(socket, 2);
    TH_CHECK_TEXT("cancel", hear_text(&bench, socket, LONG_MS, heard), "2:query.cancelled");

    /* Two at once are allowed; the same id twice is not. */
    ask(socket, 3, 0, 0);
    ask(socket, 3, 0, 0);
    TH_CHECK_TEXT("same id", hear_text(&bench, socket, LONG_MS, heard), "3:query.duplicate");
    ask(socket, 4, 0, 0);
    ask(socket, 5, 0, 0);
    TH_CHECK_TEXT("too many", hear_text(&bench, socket, LONG_MS, heard), "5:query.too_many");
    say_cancel(socket, 3);
    TH_CHECK_TEXT("room again", hear_text(&bench, socket, LONG_MS, heard), "3:query.cancelled");
    say_credit(socket, 4, 1);
    TH_CHECK_TEXT("the other goes on", hear_text(&bench, socket, LONG_MS, heard), "4#0");
    th_socket_close(&socket);
    bench_stop(&bench);
}

static void one_client_does_not_hold_up_another(void)
{
    struct bench bench;
    char heard[80];
    bench_start(&bench);
    fake.everything = true;
    enrol(&bench, SPARE, "other", "viewer");
    refresh(&bench);
    void *greedy = dial(&bench, VIEWER), *other = dial(&bench, SPARE);
    ask(greedy, 1, 1, 0);
    ask(greedy, 2, 1, 0);
    TH_CHECK_TEXT("greedy", hear_text(&bench, greedy, LONG_MS, heard), "1#0");
    ask(other, 1, 1, 0);
    TH_CHECK_TEXT("other", hear_text(&bench, other, LONG_MS, heard), "1#0");
    th_socket_close(&greedy);
    th_socket_close(&other);
    bench_stop(&bench);
}

static void revocation_works_in_session(void)
{
    struct bench bench;
    char heard[80];
    bench_start(&bench);
    fake.everything = true;
    void *socket = dial(&bench, VIEWER);
    ask(socket, 1, 1, 0);
    TH_CHECK_TEXT("before", hear_text(&bench, socket, LONG_MS, heard), "1#0");
    fake.keys[0].revoked_at_us = 2;
    refresh(&bench);
    TH_CHECK_TEXT("what runs ends", hear_text(&bench, socket, LONG_MS, heard), "1:key.revoked");
    ask(socket, 2, 1, 0);
    TH_CHECK_TEXT("then silence", hear_text(&bench, socket, QUIET_MS, heard), "");
    th_socket_close(&socket);
    bench_stop(&bench);
}

static void other_messages_are_refused(void)
{
    struct bench bench;
    char heard[80];
    bench_start(&bench);
    void *socket = dial(&bench, VIEWER);
    Tonghop__V1__Submit submit = TONGHOP__V1__SUBMIT__INIT;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT;
    message.submit = &submit;
    say(socket, &message);
    TH_CHECK_TEXT("submit", hear_text(&bench, socket, LONG_MS, heard), "0:message.unknown");

    Tonghop__V1__Query empty = TONGHOP__V1__QUERY__INIT;
    empty.request_id = 8;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_QUERY;
    message.query = &empty;
    say(socket, &message);
    TH_CHECK_TEXT("no question", hear_text(&bench, socket, LONG_MS, heard), "8:query.malformed");

    Tonghop__V1__Hello hello = TONGHOP__V1__HELLO__INIT;
    hello.protocol_version = 99;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;
    say(socket, &message);
    TH_CHECK_TEXT("version", hear_text(&bench, socket, LONG_MS, heard), "0:protocol.unsupported");

    /* Bytes that are no message are thrown away, and the connection goes on. */
    CU_ASSERT_EQUAL(th_dealer_send(socket, "\xff\xff\xff", 3), TH_OK);
    TH_CHECK_TEXT("rubbish", hear_text(&bench, socket, QUIET_MS, heard), "");
    ask(socket, 9, 1, 0);
    TH_CHECK_TEXT("after it", hear_text(&bench, socket, LONG_MS, heard), "9#0");
    th_socket_close(&socket);
    bench_stop(&bench);
}

static const struct th_test tests[] = {
    {"figures of two districts and the province", figures_of_two_districts},
    {"every problem of a question is told", every_problem_is_told},
    {"completeness and ranking are answered", completeness_and_ranking_are_answered},
    {"stored reports are given byte for byte", reports_are_given_whole},
    {"the catalogue is fetched once and checked", the_catalogue_is_fetched_once},
    {"a lost database is told, and comes back", a_lost_database_is_told_and_comes_back},
    {"strangers and district offices are refused", keys_are_judged},
    {"the next collector is asked when one is silent", the_next_collector_is_asked},
    {"parts come under credit", parts_come_under_credit},
    {"questions that nobody reads end", what_nobody_reads_ends},
    {"one client does not hold up another", one_client_does_not_hold_up_another},
    {"revocation works in session", revocation_works_in_session},
    {"other messages are refused", other_messages_are_refused},
};

int main(void)
{
    struct th_error error = {0};
    if (th_ledger_init(&error) != TH_OK || th_clock_use_zone("Asia/Ho_Chi_Minh", &error) != TH_OK)
        return 1;
    th_log_set_level(TH_LOG_ERROR);
    return th_test_main("query service", tests, sizeof(tests) / sizeof(tests[0]));
}
