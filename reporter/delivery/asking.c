#include "reporter/delivery/asking.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/wire/announcement.h"
#include "common/wire/receipt.h"

#define ENTRIES_LIMIT 500
#define EPOCHS_MAX    1000
#define BUSY_MIN_MS   50
#define BUSY_MAX_MS   5000

typedef Tonghop__V1__ClientMessage ClientMessage;
typedef Tonghop__V1__ServerMessage ServerMessage;

static enum th_status silent(const char *why, struct th_error *error)
{
    return th_error_set(error, TH_UNREACHABLE, "no answer from the province: %s", why);
}

/* The next message that can be read. */
static enum th_status receive(struct th_asking *asking, int64_t deadline_ms,
                              const ServerMessage **answer, struct th_error *error)
{
    for (;;) {
        zmq_pollitem_t items[] = {
            {.socket = asking->connection.dealer, .events = ZMQ_POLLIN},
            {.socket = asking->connection.monitor, .events = ZMQ_POLLIN},
        };
        int64_t left_ms = deadline_ms - th_clock_monotonic_ms();
        if (left_ms <= 0)
            return silent("it took too long", error);
        if (zmq_poll(items, 2, (long)left_ms) < 0 && zmq_errno() != EINTR)
            return th_error_set(error, TH_PERMANENT, "cannot wait for messages: %s",
                                zmq_strerror(zmq_errno()));
        if (th_monitor_receive(asking->connection.monitor) == TH_PEER_REFUSED)
            return silent("it does not admit this office's key", error);
        if (th_dealer_receive(asking->connection.dealer, &asking->message) != TH_RECEIVE_MESSAGE)
            continue;
        th_arena_reset(asking->arena);
        *answer = th_server_message_decode(th_buffer_slice(&asking->message.bytes), asking->arena);
        if (*answer)
            return TH_OK;
    }
}

static enum th_status send(struct th_asking *asking, const ClientMessage *question,
                           struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_client_message_encode(question, &bytes);
    enum th_status status = th_dealer_send(asking->connection.dealer, bytes.bytes, bytes.size);
    return status == TH_OK ? TH_OK : silent("the line is gone", error);
}

static enum th_status refused(const Tonghop__V1__Error *failure, struct th_error *error)
{
    char code[64] = "", message[400] = "";
    if (failure->n_problem > 0) {
        th_text_shorten(th_bytes_slice(failure->problem[0]->code), 60, code, sizeof(code));
        th_text_shorten(th_bytes_slice(failure->problem[0]->message), 190, message,
                        sizeof(message));
    }
    if (strcmp(code, "message.unknown") == 0)
        return th_error_set(error, TH_PERMANENT,
                            "the province's collector is too old for this question; ask the "
                            "province to update it");
    return th_error_set(error, TH_REJECTED, "the province refused: %s%s%s", code,
                        message[0] ? ": " : "", message);
}

/* Sends until it is answered by anything about `request`; a busy province is asked again. */
static enum th_status ask(struct th_asking *asking, const ClientMessage *question, uint64_t request,
                          Tonghop__V1__ServerMessage__BodyCase wanted, const ServerMessage **answer,
                          struct th_error *error)
{
    int64_t deadline_ms = th_clock_monotonic_ms() + asking->timeout_ms;
    enum th_status status = send(asking, question, error);
    while (status == TH_OK) {
        status = receive(asking, deadline_ms, answer, error);
        if (status != TH_OK)
            break;
        if (!*answer)
            return th_error_set(error, TH_PERMANENT, "the province's answer cannot be read");
        if ((*answer)->body_case == wanted)
            return TH_OK;
        if ((*answer)->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR &&
            ((*answer)->error->request_id == request || (*answer)->error->request_id == 0))
            return refused((*answer)->error, error);
        if ((*answer)->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_BUSY &&
            (*answer)->busy->batch_id == request) {
            uint32_t wait_ms = (*answer)->busy->retry_after_ms;
            wait_ms = wait_ms < BUSY_MIN_MS ? BUSY_MIN_MS : wait_ms;
            (void)poll(NULL, 0, wait_ms > BUSY_MAX_MS ? BUSY_MAX_MS : (int)wait_ms);
            status = send(asking, question, error);
        }
    }
    return status;
}

/* ------------------------------------------------------------------- greeting */

static enum th_status check_welcome(struct th_asking *asking, const Tonghop__V1__Welcome *welcome,
                                    uint32_t *epoch, uint64_t *sequence, struct th_error *error)
{
    if (welcome->protocol_version != TH_WIRE_PROTOCOL_VERSION ||
        !th_slice_equals(th_bytes_slice(welcome->province), asking->bundle->province) ||
        !th_slice_equals(th_bytes_slice(welcome->district), asking->bundle->name) ||
        welcome->epoch > EPOCHS_MAX || welcome->sequence > INT64_MAX)
        return th_error_set(error, TH_REJECTED,
                            "the collector does not answer for %s/%s of the bundle; join with the "
                            "bundle that the province gave for this key",
                            asking->bundle->province, asking->bundle->name);
    bool taken;
    asking->renewed = *asking->bundle;
    if (th_announcements_take(welcome->announcement, welcome->n_announcement, &asking->renewed,
                              &taken, error) != TH_OK)
        th_log(TH_LOG_WARNING, "%s", error->message);
    if (taken)
        asking->bundle = &asking->renewed;
    *epoch = welcome->epoch;
    *sequence = welcome->sequence;
    free(asking->starts);
    return th_restored_read(welcome, &asking->starts, &asking->start_count, error);
}

static enum th_status greet(struct th_asking *asking, uint32_t *epoch, uint64_t *sequence,
                            struct th_error *error)
{
    const ServerMessage *answer = NULL;
    ClientMessage message;
    Tonghop__V1__Hello hello;
    tonghop__v1__hello__init(&hello);
    hello.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    hello.software = th_bytes(TH_SLICE("tonghop-reporter " TONGHOP_VERSION));
    hello.announced_us = asking->bundle->announced_us;
    hello.language = th_bytes(th_slice_of(asking->language));
    tonghop__v1__client_message__init(&message);
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;
    enum th_status status =
        ask(asking, &message, 0, TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME, &answer, error);
    return status == TH_OK ? check_welcome(asking, answer->welcome, epoch, sequence, error)
                           : status;
}

enum th_status th_asking_open(struct th_asking *asking, uint32_t *epoch, uint64_t *sequence,
                              struct th_error *error)
{
    enum th_status status =
        th_error_set(error, TH_USAGE, "the bundle names no endpoint; join with a new one");
    asking->arena = th_arena_create(TH_WIRE_ARENA_LIMIT);
    asking->connection.zmq_context = zmq_ctx_new();
    if (!asking->connection.zmq_context)
        return th_error_set(error, TH_PERMANENT, "cannot start ZeroMQ: %s",
                            zmq_strerror(zmq_errno()));
    struct th_transport transport = th_connection_transport(&asking->connection);
    for (size_t i = 0; i < asking->bundle->submit_count; i++) {
        status = transport.open(transport.context, &asking->bundle->submit[i], error);
        if (status == TH_OK)
            status = greet(asking, epoch, sequence, error);
        if (status != TH_UNREACHABLE)
            break;
    }
    return status;
}

void th_asking_close(struct th_asking *asking)
{
    struct th_transport transport = th_connection_transport(&asking->connection);
    transport.close(transport.context);
    if (asking->connection.zmq_context)
        zmq_ctx_term(asking->connection.zmq_context);
    asking->connection.zmq_context = NULL;
    th_message_free(&asking->message);
    th_arena_destroy(&asking->arena);
    free(asking->starts);
    asking->starts = NULL;
    asking->start_count = 0;
}

/* ------------------------------------------------------------------ questions */

enum th_status th_ask_entries(struct th_asking *asking, uint32_t epoch, uint64_t after,
                              const Tonghop__V1__ReceiptRun **run,
                              uint8_t (**hashes)[TH_HASH_BYTES], struct th_error *error)
{
    static const Tonghop__V1__ReceiptRun nothing = TONGHOP__V1__RECEIPT_RUN__INIT;
    const ServerMessage *answer = NULL;
    ClientMessage message;
    Tonghop__V1__EntriesRequest request;
    tonghop__v1__entries_request__init(&request);
    request.request_id = ++asking->last_request;
    request.epoch = epoch;
    request.after_sequence = after;
    request.limit = ENTRIES_LIMIT;
    tonghop__v1__client_message__init(&message);
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST;
    message.entries_request = &request;
    enum th_status status = ask(asking, &message, request.request_id,
                                TONGHOP__V1__SERVER_MESSAGE__BODY_ENTRIES, &answer, error);
    if (status != TH_OK)
        return status;
    *run = answer->entries->run ? answer->entries->run : &nothing;
    if ((*run)->n_entry == 0)
        return TH_OK;
    *hashes = th_arena_alloc(asking->arena, (*run)->n_entry * sizeof(**hashes));
    if (!*hashes || (*run)->n_entry > ENTRIES_LIMIT || (*run)->epoch != epoch ||
        (*run)->entry[0]->sequence != after + 1)
        return th_error_set(error, TH_REJECTED,
                            "the province gave other entries than those after %" PRIu64
                            " of epoch %" PRIu32 "; its chain has a gap, call it",
                            after, epoch);
    return th_receipt_run_verify(*run, asking->bundle, asking->bundle->name, *hashes, error);
}

enum th_status th_ask_bodies(struct th_asking *asking, uint32_t epoch, uint64_t after,
                             const Tonghop__V1__Bodies **bodies, struct th_error *error)
{
    const ServerMessage *answer = NULL;
    ClientMessage message;
    Tonghop__V1__BodiesRequest request;
    tonghop__v1__bodies_request__init(&request);
    request.request_id = ++asking->last_request;
    request.epoch = epoch;
    request.after_sequence = after;
    tonghop__v1__client_message__init(&message);
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_BODIES_REQUEST;
    message.bodies_request = &request;
    enum th_status status = ask(asking, &message, request.request_id,
                                TONGHOP__V1__SERVER_MESSAGE__BODY_BODIES, &answer, error);
    if (status != TH_OK || !answer)
        return status;
    *bodies = answer->bodies;
    /* Later ones only, or the questions would never end. */
    uint64_t last = after;
    for (size_t i = 0; i < (*bodies)->n_body; i++) {
        if ((*bodies)->body[i]->sequence <= last)
            return th_error_set(error, TH_REJECTED,
                                "the province gave reports that were not asked for");
        last = (*bodies)->body[i]->sequence;
    }
    return TH_OK;
}
