/* Answers that come in parts, spoken word by word: credit, deadlines, cancelling, limits,
 * and what a peer may not say. */
#include "common/ledger/ledger.h"
#include "tests/integration/query/bench.h"

/* Every pair was reported: 1, or 1/2, of each open district. */
static bool is_whole_figure(const Tonghop__V1__Figure *figure)
{
    return figure->expected > 0 && figure->reported == figure->expected && figure->value.len > 0;
}

static bool is_whole_report(const Tonghop__V1__StoredReport *report)
{
    uint8_t digest[TH_HASH_BYTES];
    th_sha256(report->body.data, report->body.len, digest);
    return report->digest.len == sizeof(digest) &&
           memcmp(report->digest.data, digest, sizeof(digest)) == 0;
}

static size_t count_whole(const Tonghop__V1__QueryPart *part)
{
    size_t count = 0;
    for (size_t i = 0; i < part->n_figure; i++)
        count += is_whole_figure(part->figure[i]);
    for (size_t i = 0; i < part->n_report; i++)
        count += is_whole_report(part->report[i]);
    return count;
}

/* Hears one part that must be `sequence`; adds what is in it. False after the last, or
 * when none comes. */
static bool hear_part(const char *row, struct bench *bench, void *socket, uint32_t sequence,
                      size_t *whole)
{
    const Tonghop__V1__ServerMessage *message = peer_hear(bench, socket, LONG_MS);
    bool came = message && message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_QUERY_PART;
    TH_CHECK(row, came);
    if (!came)
        return false;
    TH_CHECK(row, message->query_part->sequence == sequence);
    TH_CHECK(row, bench->message.bytes.size <= TH_WIRE_PART_BYTES);
    *whole += count_whole(message->query_part);
    return !message->query_part->last;
}

static const struct {
    const char *name;
    enum question question;
    size_t want; /* figures or reports */
    bool read_first;
} long_answers[] = {
    /* 15 criteria of 48 months with 14 districts and 48 with 13, and the province. */
    {"figures", ASK_FIGURES, (size_t)15 * (48 * 15 + 48 * 14), true},
    /* Given as they are read: the snapshot lasts as long as the answer. */
    {"reports", ASK_REPORTS, (size_t)48 * 14 + (size_t)48 * 13, false},
};

static void parts_come_under_credit(void)
{
    for (size_t i = 0; i < sizeof(long_answers) / sizeof(long_answers[0]); i++) {
        struct bench bench;
        char heard[80];
        size_t whole = 0;
        const char *name = long_answers[i].name;
        bench_start(&bench);
        void *socket = peer_dial(&bench, VIEWER);
        peer_ask(socket, long_answers[i].question, 1, 2, 0);
        TH_CHECK(name, hear_part(name, &bench, socket, 0, &whole));
        TH_CHECK(name, hear_part(name, &bench, socket, 1, &whole));
        TH_CHECK_TEXT(name, peer_hear_text(&bench, socket, QUIET_MS, heard), "");
        /* No transaction waits with it. */
        if (long_answers[i].read_first)
            TH_CHECK_TEXT(name,
                          operator_ask(&province.fixture,
                                       "SELECT count(*)" SERVICE_SESSIONS " AND state <> 'idle'"),
                          "0");
        peer_credit(socket, 1, 1);
        TH_CHECK(name, hear_part(name, &bench, socket, 2, &whole));
        TH_CHECK_TEXT(name, peer_hear_text(&bench, socket, QUIET_MS, heard), "");

        peer_credit(socket, 1, UINT32_MAX);
        uint32_t next = 3;
        while (hear_part(name, &bench, socket, next, &whole))
            next++;
        TH_CHECK(name, whole == long_answers[i].want);
        TH_CHECK("nothing is left open",
                 operator_await(&province.fixture, "0",
                                "SELECT count(*)" SERVICE_SESSIONS " AND state <> 'idle'"));
        th_socket_close(&socket);
        bench_stop(&bench);
    }
}

static void what_nobody_reads_ends(void)
{
    struct bench bench;
    char heard[80];
    bench_start(&bench);
    void *socket = peer_dial(&bench, VIEWER);
    peer_ask(socket, ASK_FIGURES, 1, 0, 200);
    TH_CHECK_TEXT("deadline", peer_hear_text(&bench, socket, LONG_MS, heard), "1:query.deadline");
    peer_ask(socket, ASK_FIGURES, 2, 0, 0);
    peer_cancel(socket, 2);
    TH_CHECK_TEXT("cancel", peer_hear_text(&bench, socket, LONG_MS, heard), "2:query.cancelled");

    /* Two at once are allowed; the same id twice is not. */
    peer_ask(socket, ASK_REPORTS, 3, 0, 0);
    peer_ask(socket, ASK_REPORTS, 3, 0, 0);
    TH_CHECK_TEXT("same id", peer_hear_text(&bench, socket, LONG_MS, heard), "3:query.duplicate");
    peer_ask(socket, ASK_FIGURES, 4, 0, 0);
    peer_ask(socket, ASK_FIGURES, 5, 0, 0);
    TH_CHECK_TEXT("too many", peer_hear_text(&bench, socket, LONG_MS, heard), "5:query.too_many");
    peer_cancel(socket, 3);
    TH_CHECK_TEXT("room again", peer_hear_text(&bench, socket, LONG_MS, heard),
                  "3:query.cancelled");
    peer_credit(socket, 4, 1);
    TH_CHECK_TEXT("the other goes on", peer_hear_text(&bench, socket, LONG_MS, heard), "4#0");

    /* Reading ends with its question, in the database too. */
    peer_cancel(socket, 4);
    TH_CHECK_TEXT("the last", peer_hear_text(&bench, socket, LONG_MS, heard), "4:query.cancelled");
    TH_CHECK("nothing is left open",
             operator_await(&province.fixture, "0",
                            "SELECT count(*)" SERVICE_SESSIONS " AND state <> 'idle'"));
    th_socket_close(&socket);
    bench_stop(&bench);
}

static void one_client_does_not_hold_up_another(void)
{
    struct bench bench;
    char heard[80];
    bench_start(&bench);
    bench_enrol(&bench, SPARE, "other", "viewer");
    void *greedy = peer_dial(&bench, VIEWER), *other = peer_dial(&bench, SPARE);
    peer_ask(greedy, ASK_FIGURES, 1, 1, 0);
    peer_ask(greedy, ASK_FIGURES, 2, 1, 0);
    TH_CHECK_TEXT("greedy", peer_hear_text(&bench, greedy, LONG_MS, heard), "1#0");
    peer_ask(other, ASK_FIGURES, 1, 1, 0);
    TH_CHECK_TEXT("other", peer_hear_text(&bench, other, LONG_MS, heard), "1#0");
    th_socket_close(&greedy);
    th_socket_close(&other);
    bench_stop(&bench);
}

static void revocation_works_in_session(void)
{
    struct bench bench;
    char heard[80];
    bench_start(&bench);
    void *socket = peer_dial(&bench, VIEWER);
    peer_ask(socket, ASK_FIGURES, 1, 1, 0);
    TH_CHECK_TEXT("before", peer_hear_text(&bench, socket, LONG_MS, heard), "1#0");
    bench_revoke(&bench, VIEWER);
    TH_CHECK_TEXT("what runs ends", peer_hear_text(&bench, socket, LONG_MS, heard),
                  "1:key.revoked");
    peer_ask(socket, ASK_FIGURES, 2, 1, 0);
    TH_CHECK_TEXT("then silence", peer_hear_text(&bench, socket, QUIET_MS, heard), "");
    th_socket_close(&socket);
    bench_stop(&bench);
}

static void other_messages_are_refused(void)
{
    struct bench bench;
    char heard[80];
    bench_start(&bench);
    void *socket = peer_dial(&bench, VIEWER);
    Tonghop__V1__Submit submit = TONGHOP__V1__SUBMIT__INIT;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT;
    message.submit = &submit;
    peer_say(socket, &message);
    /* Appraisals take another role. */
    TH_CHECK_TEXT("submit", peer_hear_text(&bench, socket, LONG_MS, heard), "0:role.not_allowed");
    Tonghop__V1__EntriesRequest entries = TONGHOP__V1__ENTRIES_REQUEST__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST;
    message.entries_request = &entries;
    peer_say(socket, &message);
    TH_CHECK_TEXT("entries", peer_hear_text(&bench, socket, LONG_MS, heard), "0:message.unknown");

    Tonghop__V1__Query empty = TONGHOP__V1__QUERY__INIT;
    empty.request_id = 8;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_QUERY;
    message.query = &empty;
    peer_say(socket, &message);
    TH_CHECK_TEXT("no question", peer_hear_text(&bench, socket, LONG_MS, heard),
                  "8:query.malformed");

    Tonghop__V1__Hello hello = TONGHOP__V1__HELLO__INIT;
    hello.protocol_version = 99;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;
    peer_say(socket, &message);
    TH_CHECK_TEXT("version", peer_hear_text(&bench, socket, LONG_MS, heard),
                  "0:protocol.unsupported");

    /* Bytes that are no message are thrown away, and the connection goes on. */
    CU_ASSERT_EQUAL(th_dealer_send(socket, "\xff\xff\xff", 3), TH_OK);
    TH_CHECK_TEXT("rubbish", peer_hear_text(&bench, socket, QUIET_MS, heard), "");
    peer_ask(socket, ASK_FIGURES, 9, 1, 0);
    TH_CHECK_TEXT("after it", peer_hear_text(&bench, socket, LONG_MS, heard), "9#0");
    th_socket_close(&socket);
    bench_stop(&bench);
}

const struct th_test part_tests[] = {
    {"parts come under credit", parts_come_under_credit},
    {"questions that nobody reads end", what_nobody_reads_ends},
    {"one client does not hold up another", one_client_does_not_hold_up_another},
    {"revocation works in session", revocation_works_in_session},
    {"other messages are refused", other_messages_are_refused},
    {NULL, NULL},
};
