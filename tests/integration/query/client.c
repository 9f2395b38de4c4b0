#include "common/ledger/ledger.h"
#include "tests/integration/query/bench.h"

static const char *text(struct answer *answer, ProtobufCBinaryData data)
{
    const char *copied = th_bytes_text(data, SIZE_MAX, answer->arena);
    return copied ? copied : "?";
}

static void take_figure(struct answer *answer, const Tonghop__V1__Figure *figure)
{
    size_t used = strlen(answer->rows);
    answer->figures++;
    if (used + 200 < sizeof(answer->rows))
        snprintf(answer->rows + used, sizeof(answer->rows) - used, "%s %s %u/%u %u %s/%s %s\n",
                 text(answer, figure->district), text(answer, figure->criterion),
                 (unsigned)figure->reported, (unsigned)figure->expected,
                 (unsigned)figure->not_applicable, text(answer, figure->num),
                 text(answer, figure->den), text(answer, figure->value));
}

static void take_report(struct answer *answer, const Tonghop__V1__StoredReport *report)
{
    uint8_t digest[TH_HASH_BYTES];
    answer->reports++;
    th_buffer_add(&answer->bodies, report->body.data, report->body.len);
    th_sha256(report->body.data, report->body.len, digest);
    answer->digests_fit = (answer->reports == 1 || answer->digests_fit) &&
                          report->digest.len == sizeof(digest) &&
                          memcmp(report->digest.data, digest, sizeof(digest)) == 0;
    answer->current = report->current;
    answer->origin_is_wire = th_slice_equals(th_bytes_slice(report->origin), "wire");
}

enum th_status answer_take(void *context, const Tonghop__V1__QueryPart *part,
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
    for (size_t i = 0; i < part->n_figure; i++)
        take_figure(answer, part->figure[i]);
    for (size_t i = 0; i < part->n_report; i++)
        take_report(answer, part->report[i]);
    return TH_OK;
}

void answer_ask(const char *row, struct th_client *client, Tonghop__V1__Query *query,
                enum th_status want, struct answer *answer)
{
    struct th_error error = {0};
    struct th_arena *arena = answer->arena;
    th_buffer_free(&answer->bodies);
    *answer = (struct answer){.arena = arena};
    enum th_status status = th_client_query(client, query, answer_take, answer, &error);
    TH_CHECK(row, status == want);
    if (status != want)
        fprintf(stderr, "    status %d, want %d: %s\n", status, want, error.message);
}

struct th_client *client_open(struct bench *bench, int key, enum th_status want,
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
        fprintf(stderr, "    status %d, want %d: %s\n", status, want, error->message);
    return client;
}

const char *client_problems(struct th_client *client, char codes[256])
{
    size_t count;
    const struct th_client_problem *problems = th_client_problems(client, &count);
    codes[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(codes);
        snprintf(codes + used, 256 - used, "%s%s", i ? "," : "", problems[i].code);
        TH_CHECK(problems[i].code, problems[i].message[0] != '\0');
    }
    return codes;
}

/* ----------------------------------------------------------------- questions */

Tonghop__V1__Query query_figures(Tonghop__V1__ConsolidatedQuery *question, const char *form,
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

Tonghop__V1__Query query_report(Tonghop__V1__ReportQuery *question, const char *district,
                                const char *period, uint32_t revision)
{
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    tonghop__v1__report_query__init(question);
    question->form = th_bytes(TH_SLICE("joint-agency"));
    question->period = th_bytes(th_slice_of(period));
    question->district = th_bytes(th_slice_of(district));
    question->revision = revision;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT;
    query.report = question;
    return query;
}

Tonghop__V1__Query query_list(Tonghop__V1__ReportListQuery *question, const char *period)
{
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    tonghop__v1__report_list_query__init(question);
    question->form = th_bytes(TH_SLICE("joint-agency"));
    question->period = th_bytes(th_slice_of(period));
    query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT_LIST;
    query.report_list = question;
    return query;
}
