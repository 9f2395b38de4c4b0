/* Times the commission's questions over one connection, as its client asks them.
 *
 *   bench_ask BUNDLE KEY REPEAT NAME QUESTION...
 *
 * QUESTION: province FORM PERIOD | matrix FORM PERIOD | trend FORM CRITERION PERIOD |
 *           ranking FORM PERIOD | completeness FORM PERIOD | asof FORM PERIOD INSTANT |
 *           anew FORM PERIOD INSTANT | export FORM PERIOD
 * `anew` is asked each time as of another instant, a microsecond before the last one (an
 * instant is given in seconds, with a Z), so that nothing that was kept can answer it.
 * Prints "NAME first_ms p50_ms p95_ms rows"; the first time is not among the others. An
 * export is asked once: "NAME seconds rows rows_per_second". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/samples.h"
#include "commission/client/client.h"
#include "common/ledger/ledger.h"
#include "common/wire/message.h"

/* Whatever the question is, with room for its parts. */
struct question {
    Tonghop__V1__Query query;
    Tonghop__V1__ConsolidatedQuery consolidated;
    Tonghop__V1__CompletenessQuery completeness;
    Tonghop__V1__RankingQuery ranking;
    Tonghop__V1__ReportListQuery list;
    ProtobufCBinaryData criterion;
    char instant[64];
};

static void ask_consolidated(struct question *question, const char *kind, char **words, int count)
{
    Tonghop__V1__ConsolidatedQuery *query = &question->consolidated;
    bool trend = strcmp(kind, "trend") == 0;
    tonghop__v1__consolidated_query__init(query);
    query->form = th_bytes(th_slice_of(words[0]));
    query->period = th_bytes(th_slice_of(words[trend ? 2 : 1]));
    query->province_only = strcmp(kind, "matrix") != 0;
    query->by_period = trend;
    if (trend) {
        question->criterion = th_bytes(th_slice_of(words[1]));
        query->n_criterion = 1;
        query->criterion = &question->criterion;
    } else if (count > 2) {
        query->as_of = th_bytes(th_slice_of(words[2]));
    }
    question->query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
    question->query.consolidated = query;
}

static void ask_other(struct question *question, const char *kind, char **words)
{
    ProtobufCBinaryData form = th_bytes(th_slice_of(words[0]));
    ProtobufCBinaryData period = th_bytes(th_slice_of(words[1]));
    if (strcmp(kind, "ranking") == 0) {
        tonghop__v1__ranking_query__init(&question->ranking);
        question->ranking.form = form;
        question->ranking.period = period;
        question->query.question_case = TONGHOP__V1__QUERY__QUESTION_RANKING;
        question->query.ranking = &question->ranking;
    } else if (strcmp(kind, "completeness") == 0) {
        tonghop__v1__completeness_query__init(&question->completeness);
        question->completeness.form = form;
        question->completeness.period = period;
        question->query.question_case = TONGHOP__V1__QUERY__QUESTION_COMPLETENESS;
        question->query.completeness = &question->completeness;
    } else {
        tonghop__v1__report_list_query__init(&question->list);
        question->list.form = form;
        question->list.period = period;
        question->query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT_LIST;
        question->query.report_list = &question->list;
    }
}

static void make_question(struct question *question, char **words, int count)
{
    static const struct {
        const char *kind;
        int words;
    } kinds[] = {{"province", 3}, {"matrix", 3},  {"trend", 4},        {"asof", 4},
                 {"anew", 4},     {"ranking", 3}, {"completeness", 3}, {"export", 3}};
    bool known = false;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        known = known || (strcmp(words[0], kinds[i].kind) == 0 && count == kinds[i].words);
    if (!known)
        bench_die("'%s' is no question; the first lines of bench/ask.c tell them", words[0]);
    tonghop__v1__query__init(&question->query);
    question->query.deadline_ms = 600000;
    if (strcmp(words[0], "ranking") == 0 || strcmp(words[0], "completeness") == 0 ||
        strcmp(words[0], "export") == 0)
        ask_other(question, words[0], words + 1);
    else
        ask_consolidated(question, words[0], words + 1, count - 1);
}

static enum th_status count_rows(void *context, const Tonghop__V1__QueryPart *part,
                                 struct th_error *error)
{
    (void)error;
    *(size_t *)context += part->n_figure + part->n_report + part->n_completeness + part->n_ranking;
    return TH_OK;
}

/* The instant, `round` + 1 microseconds before. */
static void ask_before(struct question *question, const char *instant, long round)
{
    struct tm moment = {0};
    const char *end = strptime(instant, "%Y-%m-%dT%H:%M:%S", &moment);
    if (!end || strcmp(end, "Z") != 0 || round >= 1000000)
        bench_die("'%s' is no instant in seconds with a Z", instant);
    time_t second = timegm(&moment) - 1;
    gmtime_r(&second, &moment);
    size_t size =
        strftime(question->instant, sizeof(question->instant), "%Y-%m-%dT%H:%M:%S", &moment);
    snprintf(question->instant + size, sizeof(question->instant) - size, ".%06ldZ", 999999 - round);
    question->consolidated.as_of = th_bytes(th_slice_of(question->instant));
}

static int64_t ask(struct th_client *client, char **words, int count, long round, size_t *rows)
{
    struct th_error error = {0};
    struct question question;
    *rows = 0;
    make_question(&question, words, count);
    if (strcmp(words[0], "anew") == 0)
        ask_before(&question, words[3], round);
    int64_t begun = bench_now_us();
    if (th_client_query(client, &question.query, count_rows, rows, &error) != TH_OK) {
        size_t problems;
        const struct th_client_problem *problem = th_client_problems(client, &problems);
        bench_die("%s: %s", words[0], problems > 0 ? problem->message : error.message);
    }
    return bench_now_us() - begun;
}

static void time_question(struct th_client *client, const char *name, long repeat, char **words,
                          int count)
{
    struct samples samples = {0};
    size_t rows;
    int64_t first = ask(client, words, count, 0, &rows);
    if (strcmp(words[0], "export") == 0) {
        double seconds = (double)first / 1e6;
        printf("%s %.3f %zu %.0f\n", name, seconds, rows, (double)rows / seconds);
        return;
    }
    for (long i = 0; i < repeat; i++)
        samples_add(&samples, ask(client, words, count, i + 1, &rows));
    printf("%s %.3f %.3f %.3f %zu\n", name, (double)first / 1000, samples_ms(&samples, 0.5),
           samples_ms(&samples, 0.95), rows);
    samples_free(&samples);
}

int main(int argc, char **argv)
{
    struct th_error error = {0};
    struct th_bundle bundle;
    struct th_curve_pair pair;
    struct th_client *client = NULL;
    if (argc < 7)
        bench_die("wrong arguments; the first lines of bench/ask.c tell them");
    if (th_ledger_init(&error) != TH_OK || th_bundle_read(argv[1], &bundle, &error) != TH_OK ||
        th_curve_load(argv[2], &pair, &error) != TH_OK)
        bench_die("%s", error.message);
    struct th_client_options options = {.bundle = &bundle,
                                        .pair = &pair,
                                        .software = "bench",
                                        .language = "en",
                                        .timeout_ms = 600000,
                                        .interrupt_fd = -1};
    if (th_client_open(&options, &client, &error) != TH_OK)
        bench_die("%s", error.message);
    time_question(client, argv[4], bench_number(argv[3]), argv + 5, argc - 5);
    th_client_close(&client);
    return 0;
}
