/* What a case needs of the collector, made anew for each: the ZAP handler, the look-up
 * thread that keeps keys and catalogue fresh, and the query service, over the province's
 * database; and the two kinds of peer that ask it. */
#ifndef TONGHOP_TESTS_QUERY_BENCH_H
#define TONGHOP_TESTS_QUERY_BENCH_H

#include "collector/intake/writer.h"
#include "collector/intake/zap.h"
#include "collector/query/query.h"
#include "commission/client/client.h"
#include "common/wire/message.h"
#include "common/wire/socket.h"
#include "tests/integration/query/province.h"

#define LONG_MS  20000 /* for what must come */
#define QUIET_MS 300   /* how long nothing must come */

/* Keys of a bench: the first two are enrolled. */
enum { VIEWER, OFFICE, SPARE, KEY_COUNT };

struct bench {
    void *context;
    struct th_curve_pair server, keys[KEY_COUNT];
    struct th_collector_settings settings;
    struct th_shared_state *state;
    struct th_database_thread lookup;
    struct th_work_queue done; /* what it has found out; nobody asks here */
    struct th_zap *zap;
    struct th_query_service *service;
    struct th_bundle bundle;
    char endpoint[256], folder[64];
    struct th_arena *arena;
    struct th_message message;
};

void bench_start(struct bench *bench);
void bench_stop(struct bench *bench);

/* Acts of the administration, in the database; the collector notices by itself. */
void bench_enrol(struct bench *bench, int key, const char *name, const char *role);
void bench_revoke(struct bench *bench, int key);

/* ---- client.c: the commission's own client ---- */
struct answer {
    struct th_arena *arena;
    size_t parts, figures, reports;
    int64_t answered_at_us;
    uint64_t catalogue_version;
    char period[64];
    char rows[4096]; /* "district criterion reported/expected n/a num/den value\n" */
    struct th_buffer bodies;
    bool digests_fit;             /* of every report */
    bool current, origin_is_wire; /* of the last report */
};

/* For th_client_query. */
enum th_status answer_take(void *context, const Tonghop__V1__QueryPart *part,
                           struct th_error *error);
/* Asks with a fresh answer, and checks the status. */
void answer_ask(const char *row, struct th_client *client, Tonghop__V1__Query *query,
                enum th_status want, struct answer *answer);

struct th_client *client_open(struct bench *bench, int key, enum th_status want,
                              struct th_error *error);
/* "form.unknown,period.malformed" of the client's last refusal. */
const char *client_problems(struct th_client *client, char codes[256]);

Tonghop__V1__Query query_figures(Tonghop__V1__ConsolidatedQuery *question, const char *form,
                                 const char *period);
Tonghop__V1__Query query_report(Tonghop__V1__ReportQuery *question, const char *district,
                                const char *period, uint32_t revision);
Tonghop__V1__Query query_list(Tonghop__V1__ReportListQuery *question, const char *period);

/* ---- peer.c: a client that speaks the protocol word by word ---- */
void *peer_dial(struct bench *bench, int key);
void peer_say(void *socket, Tonghop__V1__ClientMessage *message);
/* Asks for all figures, or all reports, of 2016..2023. */
enum question { ASK_FIGURES, ASK_REPORTS };
void peer_ask(void *socket, enum question question, uint64_t request_id, uint32_t credit,
              uint32_t deadline_ms);
void peer_credit(void *socket, uint64_t request_id, uint32_t parts);
void peer_cancel(void *socket, uint64_t request_id);
/* The next message, NULL when none comes in time; valid until the next call. */
const Tonghop__V1__ServerMessage *peer_hear(struct bench *bench, void *socket, int wait_ms);
/* "3:query.deadline" of an Error, "3#0" or "3#7." of parts, "" when nothing comes. */
const char *peer_hear_text(struct bench *bench, void *socket, int wait_ms, char out[80]);

/* The cases, by file. */
extern const struct th_test answer_tests[], access_tests[], part_tests[];

#endif
