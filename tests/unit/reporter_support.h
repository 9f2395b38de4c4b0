/* For the reporter's tests: an outbox in a folder of its own, and a province in
 * memory that keeps a chain and signs, so that the engine is driven without sockets. */
#ifndef TONGHOP_TESTS_REPORTER_SUPPORT_H
#define TONGHOP_TESTS_REPORTER_SUPPORT_H

#include <limits.h>

#include "common/ledger/ledger.h"
#include "common/wire/message.h"
#include "reporter/delivery/delivery.h"
#include "reporter/outbox/outbox.h"

#define DISTRICT "194"
#define PROVINCE "22"
#define FORM     "joint-agency"

/* ---- an outbox ---- */
struct office_files {
    char folder[PATH_MAX], path[PATH_MAX];
    struct th_outbox *outbox;
};
void office_files_make(struct office_files *files); /* aborts the test run when it cannot */
void office_files_remove(struct office_files *files);

/* Adds a report whose body is `body`; its id is `tag` sixteen times. */
enum th_status put_report(struct th_outbox *outbox, uint8_t tag, const char *form,
                          const char *period, uint32_t revision, const char *body);
enum th_report_state state_of(struct th_outbox *outbox, uint8_t tag);
/* What the office knows of one report; texts are copies. */
struct known_report {
    bool found;
    enum th_report_state state;
    uint32_t epoch;
    uint64_t sequence;
    int64_t answered_us;
    char problems[1000];
};
struct known_report report_of(struct th_outbox *outbox, uint8_t tag);

/* ---- a province ---- */
#define CHAIN_MAX 64
struct chain_entry {
    uint8_t id[16], digest[TH_HASH_BYTES], previous[TH_HASH_BYTES], hash[TH_HASH_BYTES];
    char form[65], period[25];
    uint32_t epoch, revision;
    uint64_t sequence;
    int64_t accepted_at_us;
};

#define SENT_MAX 64
struct office_message {
    struct th_buffer bytes;
    size_t endpoint; /* by its port's last digit */
};

struct world {
    struct office_files files;
    struct th_bundle bundle; /* two endpoints */
    struct th_receipt_key key;
    struct chain_entry chain[CHAIN_MAX];
    size_t chain_count;
    uint32_t epoch;
    int64_t clock_step_us; /* added to the instants of further entries */
    /* what the office did */
    struct office_message sent[SENT_MAX];
    size_t sent_count, read_count;
    size_t opened, closed, endpoint;
    bool refuse_open;
    enum th_status send_status;
    /* the engine */
    struct th_delivery *delivery;
    int64_t now_ms;
    struct th_arena *arena;
};

void world_make(struct world *world, uint32_t window, uint32_t batch_reports);
void world_end(struct world *world);

/* Lets `ms` pass, ticking whenever the engine wants it. */
void world_pass(struct world *world, int64_t ms);
/* The next message that the office sent; NULL: none. Lives until the world ends. */
const Tonghop__V1__ClientMessage *world_next(struct world *world);
/* The next one, which must be a Submit with `count` reports; NULL and a failed check
 * otherwise. */
const Tonghop__V1__Submit *world_submit(struct world *world, const char *row, size_t count);

/* Messages of the province. `welcome` gives the true one, to be changed by a test. */
Tonghop__V1__Welcome *world_welcome(struct world *world);
void world_say_welcome(struct world *world, Tonghop__V1__Welcome *welcome);
void world_say(struct world *world, Tonghop__V1__ServerMessage *message);
/* Connects and greets: Hello read, Welcome said. */
void world_greet(struct world *world);

/* Adds an entry to the province's chain without telling the office. */
struct chain_entry *world_accept(struct world *world, const uint8_t id[16], const char *body,
                                 const char *period, uint32_t revision);
/* A signed run of entries [first, first + count) of the chain. */
Tonghop__V1__ReceiptRun *world_run(struct world *world, size_t first, size_t count);
Tonghop__V1__Receipts *world_receipts(struct world *world, uint64_t batch_id);
void world_add_run(struct world *world, Tonghop__V1__Receipts *receipts,
                   Tonghop__V1__ReceiptRun *run);
/* A signed rejection with one error code and perhaps a warning. */
Tonghop__V1__Rejection *world_rejection(struct world *world, uint8_t tag, const char *body,
                                        const char *code);
void world_add_rejection(struct world *world, Tonghop__V1__Receipts *receipts,
                         Tonghop__V1__Rejection *rejection);
void world_say_receipts(struct world *world, Tonghop__V1__Receipts *receipts);
/* Answers an EntriesRequest from the chain. */
void world_say_entries(struct world *world, const Tonghop__V1__EntriesRequest *request);

/* Queues `count` reports: report N has tag N, period 2024-N, revision 1, "body N". */
void world_queue(struct world *world, size_t count);
/* The province accepts report `tag` of those. */
void world_accept_queued(struct world *world, uint8_t tag);
void id_of(uint8_t tag, uint8_t id[16]);
bool is_hello(const Tonghop__V1__ClientMessage *message);

#endif
