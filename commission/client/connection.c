#include "commission/client/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/wire/announcement.h"

#define LEAST_TRY_MS    500 /* for one endpoint, however little time is left */
#define SEND_WAIT_MS    10
#define CANCEL_WAIT_MS  1000
#define HIGH_WATER      16
#define PROBLEM_TEXT    4096
#define TOLD_AS_ADDRESS (client->bundle.query[client->endpoint].address)

void th_connection_close(struct th_client *client)
{
    th_socket_close(&client->dealer);
    th_socket_close(&client->monitor);
}

void th_connection_leave(struct th_client *client)
{
    th_connection_close(client);
    client->endpoint = (client->endpoint + 1) % client->bundle.query_count;
}

void th_connection_problem(struct th_client *client, const char *code, const char *message)
{
    struct th_client_problem problem = {
        .code = th_arena_text(client->problem_arena, th_slice_of(code)),
        .criterion = "",
        .message = th_arena_text(client->problem_arena, th_slice_of(message)),
        .value = "",
    };
    if (problem.code && problem.message && client->problem_count < TH_CLIENT_PROBLEMS)
        client->problems[client->problem_count++] = problem;
}

static const char *text_or_empty(ProtobufCBinaryData data, struct th_arena *arena)
{
    const char *text = th_bytes_text(data, PROBLEM_TEXT, arena);
    return text ? text : "";
}

enum th_status th_connection_refused(struct th_client *client, const Tonghop__V1__Error *refusal,
                                     struct th_error *error)
{
    bool unavailable = false;
    th_arena_reset(client->problem_arena);
    client->problem_count = 0;
    for (size_t i = 0; i < refusal->n_problem && i < TH_CLIENT_PROBLEMS; i++) {
        const Tonghop__V1__Problem *wire = refusal->problem[i];
        struct th_client_problem *problem = &client->problems[client->problem_count++];
        problem->code = text_or_empty(wire->code, client->problem_arena);
        problem->criterion = text_or_empty(wire->criterion, client->problem_arena);
        problem->message = text_or_empty(wire->message, client->problem_arena);
        problem->value = text_or_empty(wire->value, client->problem_arena);
        unavailable = unavailable || strcmp(problem->code, "database.unavailable") == 0;
    }
    const char *first = client->problem_count ? client->problems[0].message : "no reason given";
    if (unavailable)
        return th_error_set(error, TH_UNREACHABLE, "%s: %s", TOLD_AS_ADDRESS, first);
    return th_error_set(error, TH_REJECTED,
                        "the province did not take the question (%zu problem%s)",
                        client->problem_count, client->problem_count == 1 ? "" : "s");
}

enum th_status th_connection_send(struct th_client *client,
                                  const Tonghop__V1__ClientMessage *message, int64_t deadline_ms,
                                  struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_client_message_encode(message, &bytes);
    for (;;) {
        enum th_status status = th_dealer_send(client->dealer, bytes.bytes, bytes.size);
        if (status == TH_OK)
            return TH_OK;
        if (status == TH_PERMANENT)
            return th_error_set(error, TH_USAGE,
                                "the question is too long to be sent; ask for less at once");
        if (th_clock_monotonic_ms() >= deadline_ms)
            return th_error_set(error, TH_UNREACHABLE, "cannot send to %s: nothing answers there",
                                TOLD_AS_ADDRESS);
        (void)zmq_poll(NULL, 0, SEND_WAIT_MS);
    }
}

static enum th_status note_peer_event(struct th_client *client, struct th_error *error)
{
    switch (th_monitor_receive(client->monitor)) {
    case TH_PEER_REFUSED:
        return th_error_set(
            error, TH_REJECTED,
            "%s refused this key: it is not enrolled, was revoked, or the enrolment file is of "
            "another server; compare 'tonghop keygen --show' with the province and join again",
            TOLD_AS_ADDRESS);
    case TH_PEER_DISCONNECTED:
        client->lost = true;
        return th_error_set(error, TH_UNREACHABLE, "the connection to %s was lost",
                            TOLD_AS_ADDRESS);
    default:
        return TH_OK;
    }
}

static enum th_status take(struct th_client *client, const Tonghop__V1__ServerMessage **message)
{
    *message = NULL;
    if (th_dealer_receive(client->dealer, &client->message) != TH_RECEIVE_MESSAGE)
        return TH_RETRY;
    th_arena_reset(client->arena);
    *message = th_server_message_decode(th_buffer_slice(&client->message.bytes), client->arena);
    return *message ? TH_OK : TH_RETRY;
}

enum th_status th_connection_receive(struct th_client *client, int64_t deadline_ms,
                                     bool interruptible, const Tonghop__V1__ServerMessage **message,
                                     struct th_error *error)
{
    for (;;) {
        /* What has arrived counts, also when the connection is gone by now. */
        if (take(client, message) == TH_OK)
            return TH_OK;
        int64_t left_ms = deadline_ms - th_clock_monotonic_ms();
        if (left_ms <= 0)
            return th_error_set(error, TH_UNREACHABLE,
                                "%s did not answer in time; check the network, or raise timeout_ms",
                                TOLD_AS_ADDRESS);
        zmq_pollitem_t items[] = {
            {.socket = client->dealer, .events = ZMQ_POLLIN},
            {.socket = client->monitor, .events = ZMQ_POLLIN},
            {.fd = client->interrupt_fd, .events = ZMQ_POLLIN},
        };
        int count = interruptible && client->interrupt_fd >= 0 ? 3 : 2;
        if (zmq_poll(items, count, (long)left_ms) <= 0 || items[0].revents)
            continue;
        if (count == 3 && items[2].revents) {
            client->interrupted = true;
            return th_error_set(error, TH_PERMANENT, "interrupted");
        }
        enum th_status status = note_peer_event(client, error);
        if (status != TH_OK)
            return status;
    }
}

static enum th_status send_hello(struct th_client *client, int64_t deadline_ms,
                                 struct th_error *error)
{
    Tonghop__V1__Hello hello = TONGHOP__V1__HELLO__INIT;
    hello.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    hello.software = th_bytes(th_slice_of(client->software));
    hello.announced_us = client->bundle.announced_us;
    hello.language = th_bytes(th_slice_of(client->language));
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;
    return th_connection_send(client, &message, deadline_ms, error);
}

/* New keys and endpoints. What is not believed leaves everything as it was; what cannot be
 * kept is used nevertheless, and taken again next time. */
static void take_announcements(struct th_client *client, const Tonghop__V1__Welcome *welcome)
{
    struct th_error error;
    struct th_bundle renewed = client->bundle;
    struct th_endpoint in_use = client->bundle.query[client->endpoint];
    bool taken;
    if (th_announcements_take(welcome->announcement, welcome->n_announcement, &renewed, &taken,
                              &error) != TH_OK)
        th_log(TH_LOG_WARNING, "%s: %s; ask the province for a new enrolment file", TOLD_AS_ADDRESS,
               error.message);
    if (!taken)
        return;
    if (client->pin && client->pin(client->pin_context, &renewed, &error) != TH_OK)
        th_log(TH_LOG_WARNING, "the province announced new keys, which cannot be kept: %s",
               error.message);
    client->bundle = renewed;
    client->endpoint = th_endpoint_find(renewed.query, renewed.query_count, &in_use);
}

static enum th_status take_welcome(struct th_client *client, const Tonghop__V1__Welcome *welcome,
                                   struct th_error *error)
{
    struct th_client_greeting *greeting = &client->greeting;
    const char *province = th_bytes_text(welcome->province, 32, client->arena);
    const char *role = th_bytes_text(welcome->role, 15, client->arena);
    if (welcome->protocol_version != TH_WIRE_PROTOCOL_VERSION || !province || !role)
        return th_error_set(error, TH_PERMANENT,
                            "%s speaks another version of the protocol (%" PRIu32
                            "); update this program",
                            TOLD_AS_ADDRESS, welcome->protocol_version);
    if (strcmp(province, client->bundle.province) != 0)
        return th_error_set(error, TH_PERMANENT,
                            "%s serves province '%s', not '%s' as the enrolment file says",
                            TOLD_AS_ADDRESS, province, client->bundle.province);
    *greeting = (struct th_client_greeting){0};
    snprintf(greeting->province, sizeof(greeting->province), "%s", province);
    snprintf(greeting->role, sizeof(greeting->role), "%s", role);
    greeting->server_time_us = welcome->server_time_us;
    take_announcements(client, welcome);
    if (welcome->catalogue_digest.len == sizeof(greeting->catalogue_digest)) {
        greeting->catalogue_version = welcome->catalogue_version;
        memcpy(greeting->catalogue_digest, welcome->catalogue_digest.data,
               sizeof(greeting->catalogue_digest));
    }
    return TH_OK;
}

static enum th_status greet(struct th_client *client, int64_t deadline_ms, struct th_error *error)
{
    const Tonghop__V1__ServerMessage *message;
    enum th_status status = send_hello(client, deadline_ms, error);
    while (status == TH_OK) {
        status = th_connection_receive(client, deadline_ms, true, &message, error);
        if (status != TH_OK)
            break;
        if (message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME)
            return take_welcome(client, message->welcome, error);
        if (message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR)
            return th_connection_refused(client, message->error, error);
    }
    return status;
}

static enum th_status try_endpoint(struct th_client *client, int64_t deadline_ms,
                                   struct th_error *error)
{
    const struct th_endpoint *endpoint = &client->bundle.query[client->endpoint];
    struct th_dealer_options options = {.endpoint = endpoint->address,
                                        .pair = &client->pair,
                                        .send_high_water = HIGH_WATER,
                                        .receive_high_water = HIGH_WATER};
    memcpy(options.server_key, endpoint->server_key, sizeof(options.server_key));
    client->lost = false;
    client->interrupted = false;
    client->dealer = th_dealer_connect(client->context, &options, error);
    if (client->dealer)
        client->monitor = th_dealer_monitor(client->context, client->dealer, error);
    if (!client->monitor)
        return error->status;
    return greet(client, deadline_ms, error);
}

enum th_status th_connection_ensure(struct th_client *client, struct th_error *error)
{
    if (client->dealer)
        return TH_OK;
    int64_t deadline_ms = th_clock_monotonic_ms() + client->timeout_ms;
    struct th_error refused = {0}, last = {0};
    th_arena_reset(client->problem_arena);
    client->problem_count = 0;
    for (size_t left = client->bundle.query_count; left > 0; left--) {
        int64_t now_ms = th_clock_monotonic_ms();
        int64_t share_ms = (deadline_ms - now_ms) / (int64_t)left;
        last = (struct th_error){0};
        enum th_status status = try_endpoint(
            client, now_ms + (share_ms > LEAST_TRY_MS ? share_ms : LEAST_TRY_MS), &last);
        if (status == TH_OK)
            return TH_OK;
        th_connection_leave(client);
        if (client->interrupted)
            break;
        if (status != TH_UNREACHABLE)
            refused = last;
    }
    /* A refusal says more than the silence of the others. */
    const struct th_error *told =
        refused.status != TH_OK && !client->interrupted ? &refused : &last;
    if (told->status == TH_REJECTED && client->problem_count == 0) {
        th_connection_problem(client, "key.refused", told->message);
        return th_error_set(error, TH_REJECTED, "the province refused this key");
    }
    return th_error_set(error, told->status, "%s", told->message);
}

void th_connection_cancel(struct th_client *client, uint64_t request_id)
{
    Tonghop__V1__Cancel cancel = TONGHOP__V1__CANCEL__INIT;
    cancel.request_id = request_id;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CANCEL;
    message.cancel = &cancel;
    if (!client->dealer || client->lost)
        return;
    int64_t deadline_ms = th_clock_monotonic_ms() + CANCEL_WAIT_MS;
    enum th_status status = th_connection_send(client, &message, deadline_ms, NULL);
    /* Closing at once would throw the message away. */
    const Tonghop__V1__ServerMessage *answer = NULL;
    while (status == TH_OK) {
        status = th_connection_receive(client, deadline_ms, false, &answer, NULL);
        if (status == TH_OK && answer &&
            answer->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR &&
            answer->error->request_id == request_id)
            break;
    }
}
