/* What is answered. Figures are those of SEMANTICS 5, worked out by hand from the reports
 * that province.h tells. */
#include <sys/stat.h>

#include "tests/integration/query/bench.h"

static void figures_of_two_districts(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    struct th_client *client = client_open(&bench, VIEWER, TH_OK, &error);
    CU_ASSERT_STRING_EQUAL(th_client_greeting(client)->role, "viewer");
    CU_ASSERT_EQUAL(th_client_greeting(client)->catalogue_version, 3);

    struct answer answer = {.arena = bench.arena};
    Tonghop__V1__ConsolidatedQuery question;
    Tonghop__V1__Query query = query_figures(&question, "joint-agency", "202403");
    ProtobufCBinaryData districts[] = {th_bytes(TH_SLICE("193")), th_bytes(TH_SLICE("194")),
                                       th_bytes(TH_SLICE("*"))};
    ProtobufCBinaryData criteria[] = {th_bytes(TH_SLICE("staff-filled")),
                                      th_bytes(TH_SLICE("coordination-sessions"))};
    question.n_district = 3;
    question.district = districts;
    question.n_criterion = 2;
    question.criterion = criteria;
    int64_t before_us = province_now_us();
    answer_ask("two districts", client, &query, TH_OK, &answer);
    int64_t after_us = province_now_us();
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
    TH_CHECK("the snapshot's instant",
             answer.answered_at_us >= before_us && answer.answered_at_us <= after_us);
    CU_ASSERT_EQUAL(answer.catalogue_version, 3);

    /* Without codes: 13 districts and the province, 15 criteria. */
    query = query_figures(&question, "joint-agency", "2024-03");
    answer_ask("all", client, &query, TH_OK, &answer);
    CU_ASSERT_EQUAL(answer.figures, 14 * 15);

    query = query_figures(&question, "joint-agency", "2024-03");
    question.province_only = true;
    question.n_criterion = 1;
    question.criterion = criteria;
    answer_ask("province", client, &query, TH_OK, &answer);
    TH_CHECK_TEXT("province", answer.rows, "* staff-filled 2/13 0 56/60 0.933333\n");

    /* No report is approved: nothing is reported. */
    question.approved_only = true;
    answer_ask("approved", client, &query, TH_OK, &answer);
    TH_CHECK_TEXT("approved", answer.rows, "* staff-filled 0/13 0 / \n");
    th_client_close(&client);
    bench_stop(&bench);
}

static const struct {
    const char *name, *form, *period, *district, *criterion, *as_of;
    bool comparable;
    const char *want;
} bad_questions[] = {
    {"form", "nothing", "2024-03", NULL, NULL, "", false, "form.unknown"},
    {"period", "joint-agency", "2024-13", NULL, NULL, "", false, "period.malformed"},
    {"district", "joint-agency", "2024-03", "999", NULL, "", false, "district.unknown"},
    {"criterion", "joint-agency", "2024-03", NULL, "x", "", false, "criterion.unknown"},
    /* A day holds no whole month. */
    {"no month", "joint-agency", "2024-03-15", NULL, NULL, "", false, "period.no_base_period"},
    /* Nine months are one half and a rest. */
    {"no halves", "joint-agency-review", "2024-9M", NULL, NULL, "", false, "period.not_whole"},
    {"as of when", "joint-agency", "2024-03", NULL, NULL, "2024-13-01", false, "asof.malformed"},
    {"as of the future", "joint-agency", "2024-03", NULL, NULL, "2998-01-01", false,
     "asof.beyond_horizon"},
    {"comparable is answered", "nothing", "2024-03", NULL, NULL, "", true, "form.unknown"},
    {"all at once", "nothing", "x", "999", NULL, "", false,
     "form.unknown,period.malformed,district.unknown"},
    /* Bytes of a peer that are no text. */
    {"not UTF-8", "\xff\xfe", "2024-03", NULL, NULL, "", false, "form.unknown"},
};

static void every_problem_is_told(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    struct th_client *client = client_open(&bench, VIEWER, TH_OK, &error);
    for (size_t i = 0; i < sizeof(bad_questions) / sizeof(bad_questions[0]); i++) {
        const char *name = bad_questions[i].name;
        struct answer answer = {.arena = bench.arena};
        char codes[256];
        Tonghop__V1__ConsolidatedQuery question;
        Tonghop__V1__Query query =
            query_figures(&question, bad_questions[i].form, bad_questions[i].period);
        ProtobufCBinaryData district = th_bytes(th_slice_of(bad_questions[i].district));
        ProtobufCBinaryData criterion = th_bytes(th_slice_of(bad_questions[i].criterion));
        question.n_district = bad_questions[i].district != NULL;
        question.district = &district;
        question.n_criterion = bad_questions[i].criterion != NULL;
        question.criterion = &criterion;
        question.as_of = th_bytes(th_slice_of(bad_questions[i].as_of));
        question.comparable = bad_questions[i].comparable;
        answer_ask(name, client, &query, TH_REJECTED, &answer);
        TH_CHECK_TEXT(name, client_problems(client, codes), bad_questions[i].want);
        CU_ASSERT_EQUAL(answer.parts, 0);
    }
    th_client_close(&client);
    bench_stop(&bench);
}

/* -------------------------------------------------------------- stored reports */

static bool are_bytes(const struct answer *answer, const struct th_buffer *want)
{
    return answer->bodies.size == want->size &&
           memcmp(answer->bodies.bytes, want->bytes, want->size) == 0;
}

/* What was sent has a field of a later protocol at its end: packing it anew would lose it. */
static void check_bodies(struct th_client *client, struct answer *answer)
{
    const struct {
        const char *name, *district;
        uint32_t revision;
        const struct th_buffer *want;
        bool want_current;
    } cases[] = {
        {"the current revision", "194", 0, &province.body_194, true},
        {"the same by its number", "194", 2, &province.body_194, true},
        {"the one before", "194", 1, &province.body_194_first, false},
        {"another district", "193", 0, &province.body_193, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Tonghop__V1__ReportQuery one;
        Tonghop__V1__Query query =
            query_report(&one, cases[i].district, "2024-03", cases[i].revision);
        answer_ask(cases[i].name, client, &query, TH_OK, answer);
        TH_CHECK(cases[i].name, answer->reports == 1 && are_bytes(answer, cases[i].want));
        TH_CHECK(cases[i].name, answer->digests_fit && answer->origin_is_wire);
        TH_CHECK(cases[i].name, answer->current == cases[i].want_current);
    }
}

static void check_refusals(struct th_client *client, struct answer *answer)
{
    static const struct {
        const char *name, *district, *period;
        uint32_t revision;
        const char *want;
    } cases[] = {
        {"nothing was sent", "195", "2024-03", 0, "report.unknown"},
        {"no such revision", "194", "2024-03", 9, "report.unknown"},
        /* A report is about one base period. */
        {"a quarter", "194", "2024-Q1", 0, "period.malformed"},
        {"unknown district", "x", "2024-03", 0, "district.unknown"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char codes[256];
        Tonghop__V1__ReportQuery one;
        Tonghop__V1__Query query =
            query_report(&one, cases[i].district, cases[i].period, cases[i].revision);
        answer_ask(cases[i].name, client, &query, TH_REJECTED, answer);
        TH_CHECK_TEXT(cases[i].name, client_problems(client, codes), cases[i].want);
    }
}

/* Current revisions only, in the catalogue's order of districts. */
static void check_lists(struct th_client *client, struct answer *answer)
{
    TH_CLEANUP_BUFFER struct th_buffer both = {0};
    Tonghop__V1__ReportListQuery list;
    Tonghop__V1__Query query = query_list(&list, "2024-Q1");
    th_buffer_add(&both, province.body_193.bytes, province.body_193.size);
    th_buffer_add(&both, province.body_194.bytes, province.body_194.size);
    answer_ask("every district", client, &query, TH_OK, answer);
    TH_CHECK("every district", answer->reports == 2 && are_bytes(answer, &both));
    TH_CHECK("every district", answer->digests_fit);

    /* 195 sent nothing. */
    ProtobufCBinaryData districts[] = {th_bytes(TH_SLICE("195")), th_bytes(TH_SLICE("194"))};
    list.n_district = 2;
    list.district = districts;
    answer_ask("two districts", client, &query, TH_OK, answer);
    TH_CHECK("two districts", answer->reports == 1 && are_bytes(answer, &province.body_194));
    list.n_district = 1;
    answer_ask("none", client, &query, TH_OK, answer);
    TH_CHECK("none", answer->reports == 0);
}

static void reports_are_given_whole(void)
{
    struct bench bench;
    bench_start(&bench);
    struct th_error error = {0};
    struct answer answer = {.arena = bench.arena};
    struct th_client *client = client_open(&bench, VIEWER, TH_OK, &error);
    check_bodies(client, &answer);
    check_refusals(client, &answer);
    check_lists(client, &answer);
    th_buffer_free(&answer.bodies);
    th_client_close(&client);
    bench_stop(&bench);
}

/* ------------------------------------------------------------------ catalogue */

static void spoil(const char *path)
{
    FILE *kept = fopen(path, "r+");
    CU_ASSERT_PTR_NOT_NULL(kept);
    if (!kept)
        return;
    fputc('x', kept);
    fclose(kept);
}

static void check_catalogue(struct bench *bench)
{
    struct th_error error = {0};
    const struct th_catalogue *catalogue = NULL, *in_force = province.fixture.ids->catalogue;
    struct th_client *client = client_open(bench, VIEWER, TH_OK, &error);
    CU_ASSERT_EQUAL(th_client_catalogue(client, &catalogue, &error), TH_OK);
    CU_ASSERT_PTR_NOT_NULL(catalogue);
    if (catalogue) {
        CU_ASSERT_EQUAL(catalogue->version, 3);
        CU_ASSERT_EQUAL(memcmp(catalogue->digest, in_force->digest, 32), 0);
        CU_ASSERT_PTR_NOT_NULL(th_catalogue_form(catalogue, TH_SLICE("concurrent-post")));
    }
    th_client_close(&client);
}

static void the_catalogue_is_fetched_once(void)
{
    struct bench bench;
    bench_start(&bench);
    struct stat kept[3] = {0};
    char path[128];
    snprintf(path, sizeof(path), "%s/catalogue.bin", bench.folder);
    for (int round = 0; round < 3; round++) {
        check_catalogue(&bench);
        CU_ASSERT_EQUAL(stat(path, &kept[round]), 0);
        /* Kept bytes that were tampered with are not believed. */
        if (round == 0)
            spoil(path);
    }
    /* What is fetched takes the place of the file that was kept. */
    TH_CHECK("fetched anew", kept[0].st_ino != kept[1].st_ino);
    TH_CHECK("not fetched again", kept[1].st_ino == kept[2].st_ino &&
                                      kept[1].st_mtim.tv_sec == kept[2].st_mtim.tv_sec &&
                                      kept[1].st_mtim.tv_nsec == kept[2].st_mtim.tv_nsec);
    bench_stop(&bench);
}

const struct th_test answer_tests[] = {
    {"figures of two districts and the province", figures_of_two_districts},
    {"every problem of a question is told", every_problem_is_told},
    {"stored reports are given byte for byte", reports_are_given_whole},
    {"the catalogue is fetched once and checked", the_catalogue_is_fetched_once},
    {NULL, NULL},
};
