#include "tests/fuzz/make_seeds.h"

/* Wraps the bytes of one report in a Submit. */
static void submit_bytes(const char *folder, const char *name, struct th_slice report)
{
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    Tonghop__V1__Submit submit = TONGHOP__V1__SUBMIT__INIT;
    ProtobufCBinaryData reports[] = {th_bytes(report)};
    submit.batch_id = 1;
    submit.report = reports;
    submit.n_report = 1;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT;
    message.submit = &submit;
    seed_client(folder, name, &message);
}

static void submit_report(const char *folder, const char *name, const struct th_report *report)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_report_pack(report, &bytes);
    submit_bytes(folder, name, th_buffer_slice(&bytes));
}

static struct th_report report_head(void)
{
    struct th_report report = {
        .province = TH_SLICE("quang-ninh"),
        .district_code = TH_SLICE("193"),
        .form_code = TH_SLICE("joint-agency"),
        .period_text = TH_SLICE("2024-03"),
        .revision = 1,
        .catalogue_version = 1,
        .prepared_at_us = 1712300000000000,
    };
    for (size_t i = 0; i < sizeof(report.id); i++)
        report.id[i] = (uint8_t)(0x10 * i + i);
    return report;
}

static void report_seeds(const char *folder)
{
    struct th_slice communes[] = {TH_SLICE("06649"), TH_SLICE("06652")};
    struct th_observation observations[] = {
        {.criterion_code = TH_SLICE("joint-meetings"),
         .answer = TH_ANSWER_NUMBER,
         .number = {3, 0},
         .note = TH_SLICE("ghi chú")},
        {.criterion_code = TH_SLICE("staff-filled"),
         .answer = TH_ANSWER_RATIO,
         .number = {24, 0},
         .den = {245, 1},
         .has_num = true,
         .has_den = true},
        {.criterion_code = TH_SLICE("rating"),
         .answer = TH_ANSWER_CHOICE,
         .text = TH_SLICE("good")},
        {.criterion_code = TH_SLICE("communes-merged"),
         .answer = TH_ANSWER_COMMUNES,
         .communes = communes,
         .commune_count = 2},
        {.criterion_code = TH_SLICE("story"),
         .answer = TH_ANSWER_TEXT,
         .text = TH_SLICE("Mô hình tiếp tục phát huy hiệu quả.")},
        {.criterion_code = TH_SLICE("not-here"),
         .answer = TH_ANSWER_NOT_APPLICABLE,
         .text = TH_SLICE("không có")},
        {.criterion_code = TH_SLICE("largest"),
         .answer = TH_ANSWER_NUMBER,
         .number = {999999999999999999, 9}},
        {.criterion_code = TH_SLICE("smallest"),
         .answer = TH_ANSWER_NUMBER,
         .number = {-999999999999999999, 9}},
        {.criterion_code = TH_SLICE("numerator-only"),
         .answer = TH_ANSWER_RATIO,
         .number = {1, 0},
         .has_num = true},
        {.criterion_code = TH_SLICE("no-commune"), .answer = TH_ANSWER_COMMUNES},
    };
    struct th_report report = report_head();
    submit_report(folder, "submit-report-without-observations", &report);
    report.observations = observations;
    report.observation_count = sizeof(observations) / sizeof(observations[0]);
    submit_report(folder, "submit-report-with-every-kind-of-answer", &report);
    report.has_document = report.has_document_digest = true;
    report.document_number = TH_SLICE("15/BC-CQTMGV");
    report.document_date = TH_SLICE("2024-04-05");
    report.signing_office = TH_SLICE("UBND huyện");
    submit_report(folder, "submit-report-with-document", &report);

    observations[0].number = (struct th_decimal){1000000000000000000, 0};
    submit_report(folder, "submit-decimal-of-19-digits", &report);
    observations[0].number = (struct th_decimal){1, 200};
    submit_report(folder, "submit-decimal-of-scale-200", &report);
    observations[0].number = (struct th_decimal){3, 0};
    observations[4].text = TH_SLICE("\xed\xa0\x80 surrogate");
    submit_report(folder, "submit-narrative-not-utf8", &report);
    observations[4].text = TH_SLICE("before\0behind");
    submit_report(folder, "submit-narrative-with-nul", &report);
    observations[4].text = TH_SLICE("\x1b[2J\xe2\x80\xae");
    submit_report(folder, "submit-narrative-that-steers-a-terminal", &report);
}

/* Bytes that no program of ours writes; field numbers as in the .proto. */
static void malformed_reports(const char *folder)
{
    static const struct {
        const char *name;
        struct th_slice bytes;
    } rows[] = {
        {"submit-empty-report", {"", 0}},
        {"submit-report-id-of-15-bytes", TH_SLICE("\x0a\x0f"
                                                  "0123456789abcde")},
        {"submit-report-id-twice", TH_SLICE("\x0a\x10"
                                            "0123456789abcdef"
                                            "\x0a\x10"
                                            "fedcba9876543210")},
        {"submit-report-cut-off", TH_SLICE("\x0a\x10"
                                           "0123456789abcdef"
                                           "\x12\x7f"
                                           "quang")},
        {"submit-length-over-64-bits", TH_SLICE("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"
                                                "0123456789abcdef")},
        {"submit-length-of-2-to-the-32", TH_SLICE("\x0a\x80\x80\x80\x80\x10"
                                                  "0123456789abcdef")},
        {"submit-varint-without-end", TH_SLICE("\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")},
        {"submit-group-wire-type", TH_SLICE("\x0b\x0b\x0b\x0b\x0c\x0c\x0c\x0c")},
        {"submit-field-number-0", TH_SLICE("\x02\x01x")},
        {"submit-observation-without-answer", TH_SLICE("\x4a\x03\x0a\x01"
                                                       "c")},
        {"submit-observation-with-two-answers", TH_SLICE("\x4a\x0a\x0a\x01"
                                                         "c\x12\x02\x08\x06\x32\x01x")},
        {"submit-answer-of-a-later-version", TH_SLICE("\x4a\x05\x0a\x01"
                                                      "c\x7a\x00")},
        {"submit-answer-of-another-wire-type", TH_SLICE("\x4a\x05\x0a\x01"
                                                        "c\x10\x05")},
        {"submit-catalogue-version-over-63-bits",
         TH_SLICE("\x38\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01")},
        {"submit-unknown-fields", TH_SLICE("\xf8\x01\x01\xf9\x01"
                                           "12345678"
                                           "\xfa\x01\x02xx\xfd\x01"
                                           "1234")},
        {"submit-document-digest-of-1-byte", TH_SLICE("\x52\x03\x22\x01x")},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        submit_bytes(folder, rows[i].name, rows[i].bytes);
}

/* Few bytes that decode to much memory. */
static void amplifying_seeds(const char *folder)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    for (int i = 0; i < 2001; i++)
        th_buffer_add(&bytes, "\x4a\x00", 2);
    submit_bytes(folder, "submit-2001-empty-observations", th_buffer_slice(&bytes));

    /* A set of communes within one observation: 2a, its size, then empty codes. */
    th_buffer_clear(&bytes);
    th_buffer_add(&bytes,
                  "\x4a\xaa\x1f\x0a\x01"
                  "c\x2a\xa4\x1f",
                  9);
    for (int i = 0; i < 2002; i++)
        th_buffer_add(&bytes, "\x0a\x00", 2);
    submit_bytes(folder, "submit-2002-empty-communes", th_buffer_slice(&bytes));

    /* Submit of 4,000 reports without a byte. */
    th_buffer_clear(&bytes);
    th_buffer_add(&bytes, "\x1a\xc0\x3e", 3);
    for (int i = 0; i < 4000; i++)
        th_buffer_add(&bytes, "\x12\x00", 2);
    seed_bytes(folder, "submit-4000-empty-reports", th_buffer_slice(&bytes));
}

static void hello_seed(const char *folder)
{
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    Tonghop__V1__Hello hello = TONGHOP__V1__HELLO__INIT;
    hello.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    hello.software = th_bytes(TH_SLICE("tonghop-reporter 0.1.0"));
    hello.epoch = 1;
    hello.sequence = 17;
    hello.hash = th_bytes(TH_SLICE("0123456789abcdef0123456789abcdef"));
    hello.language = th_bytes(TH_SLICE("vi"));
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;
    seed_client(folder, "hello", &message);
    hello.language = th_bytes(TH_SLICE("\xff\xfe"));
    seed_client(folder, "hello-language-not-utf8", &message);
}

static void query_seeds(const char *folder)
{
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    Tonghop__V1__ConsolidatedQuery question = TONGHOP__V1__CONSOLIDATED_QUERY__INIT;
    ProtobufCBinaryData districts[] = {th_bytes(TH_SLICE("193")), th_bytes(TH_SLICE("194"))};
    question.form = th_bytes(TH_SLICE("joint-agency"));
    question.period = th_bytes(TH_SLICE("2024-Q1"));
    question.district = districts;
    question.n_district = 2;
    query.request_id = 1;
    query.credit = 4;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
    query.consolidated = &question;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_QUERY;
    message.query = &query;
    seed_client(folder, "query-consolidated", &message);

    Tonghop__V1__CompletenessQuery completeness = TONGHOP__V1__COMPLETENESS_QUERY__INIT;
    completeness.form = question.form;
    completeness.period = question.period;
    completeness.by_period = true;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_COMPLETENESS;
    query.completeness = &completeness;
    seed_client(folder, "query-completeness", &message);
    Tonghop__V1__RankingQuery ranking = TONGHOP__V1__RANKING_QUERY__INIT;
    ProtobufCBinaryData group = th_bytes(TH_SLICE("people"));
    ranking.form = question.form;
    ranking.period = question.period;
    ranking.n_group = 1;
    ranking.group = &group;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_RANKING;
    query.ranking = &ranking;
    seed_client(folder, "query-ranking", &message);
    query.question_case = TONGHOP__V1__QUERY__QUESTION__NOT_SET;
    seed_client(folder, "query-without-question", &message);

    Tonghop__V1__StateChange change = TONGHOP__V1__STATE_CHANGE__INIT;
    Tonghop__V1__ActingFor acting_for = TONGHOP__V1__ACTING_FOR__INIT;
    change.district = districts[0];
    change.form = question.form;
    change.period = th_bytes(TH_SLICE("2024-03"));
    change.revision = 1;
    change.to_state = th_bytes(TH_SLICE("approved"));
    acting_for.account = th_bytes(TH_SLICE("an"));
    change.acting_for = &acting_for;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_STATE_CHANGE;
    message.state_change = &change;
    seed_client(folder, "state-change-acting-for", &message);
}

void make_client_seeds(const char *folder)
{
    seed_bytes(folder, "no-bytes", (struct th_slice){"", 0});
    seed_bytes(folder, "unknown-body-of-a-later-version", TH_SLICE("\xa2\x06\x00"));
    seed_bytes(folder, "server-message", TH_SLICE("\x22\x04\x08\x01\x10\x0a"));
    hello_seed(folder);
    query_seeds(folder);
    report_seeds(folder);
    malformed_reports(folder);
    amplifying_seeds(folder);
    make_act_seeds(folder);
    make_prior_seeds(folder);
}
