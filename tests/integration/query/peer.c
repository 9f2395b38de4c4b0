#include <unistd.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "tests/integration/query/bench.h"

void *peer_dial(struct bench *bench, int key)
{
    struct th_error error = {0};
    struct th_dealer_options options = {.endpoint = bench->endpoint,
                                        .pair = &bench->keys[key],
                                        .send_high_water = 16,
                                        .receive_high_water = 64};
    memcpy(options.server_key, bench->server.public_key, 32);
    void *socket = th_dealer_connect(bench->context, &options, &error);
    if (!socket)
        province_die("dialling", error.message);
    return socket;
}

void peer_say(void *socket, Tonghop__V1__ClientMessage *message)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_client_message_encode(message, &bytes);
    int64_t deadline_ms = th_clock_monotonic_ms() + LONG_MS;
    while (th_dealer_send(socket, bytes.bytes, bytes.size) == TH_RETRY &&
           th_clock_monotonic_ms() < deadline_ms)
        usleep(1000);
}

void peer_ask(void *socket, enum question question, uint64_t request_id, uint32_t credit,
              uint32_t deadline_ms)
{
    Tonghop__V1__ConsolidatedQuery figures;
    Tonghop__V1__ReportListQuery reports;
    Tonghop__V1__Query query = question == ASK_FIGURES
                                   ? query_figures(&figures, "joint-agency", "2016..2023")
                                   : query_list(&reports, "2016..2023");
    if (question == ASK_FIGURES)
        figures.by_period = true;
    query.request_id = request_id;
    query.credit = credit;
    query.deadline_ms = deadline_ms;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_QUERY;
    message.query = &query;
    peer_say(socket, &message);
}

void peer_credit(void *socket, uint64_t request_id, uint32_t parts)
{
    Tonghop__V1__Credit credit = TONGHOP__V1__CREDIT__INIT;
    credit.request_id = request_id;
    credit.parts = parts;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CREDIT;
    message.credit = &credit;
    peer_say(socket, &message);
}

void peer_cancel(void *socket, uint64_t request_id)
{
    Tonghop__V1__Cancel cancel = TONGHOP__V1__CANCEL__INIT;
    cancel.request_id = request_id;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CANCEL;
    message.cancel = &cancel;
    peer_say(socket, &message);
}

const Tonghop__V1__ServerMessage *peer_hear(struct bench *bench, void *socket, int wait_ms)
{
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    th_arena_reset(bench->arena);
    if (zmq_poll(&item, 1, wait_ms) <= 0 ||
        th_dealer_receive(socket, &bench->message) != TH_RECEIVE_MESSAGE)
        return NULL;
    return th_server_message_decode(th_buffer_slice(&bench->message.bytes), bench->arena);
}

const char *peer_hear_text(struct bench *bench, void *socket, int wait_ms, char out[80])
{
    const Tonghop__V1__ServerMessage *message = peer_hear(bench, socket, wait_ms);
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
