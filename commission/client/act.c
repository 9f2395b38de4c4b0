/* Acts: one message, one answer, asked again where that is harmless. */
#include <string.h>

#include "commission/client/connection.h"
#include "common/base/clock.h"

#define ROUNDS 2 /* over all collectors of the bundle */

static bool is_in_doubt(const struct th_client *client)
{
    for (size_t i = 0; i < client->problem_count; i++)
        if (strcmp(client->problems[i].code, "state.outcome_unknown") == 0)
            return true;
    return false;
}

/* One act: its message, and what becomes of an answer to it. */
struct act {
    struct th_client *client;
    Tonghop__V1__ClientMessage message;
    uint64_t request_id; /* of this attempt */
    /* TH_RETRY: the message is no answer to it. */
    enum th_status (*take)(struct act *act, const Tonghop__V1__ServerMessage *answer,
                           struct th_error *error);
    int64_t *at_us;
    th_client_receipts_fn receipts;
    void *context;
};

static enum th_status take_state(struct act *act, const Tonghop__V1__ServerMessage *answer,
                                 struct th_error *error)
{
    (void)error;
    if (answer->body_case != TONGHOP__V1__SERVER_MESSAGE__BODY_STATE_CHANGED ||
        answer->state_changed->request_id != act->request_id)
        return TH_RETRY;
    *act->at_us = answer->state_changed->at_us;
    return TH_OK;
}

static enum th_status take_receipts(struct act *act, const Tonghop__V1__ServerMessage *answer,
                                    struct th_error *error)
{
    if (answer->body_case != TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS ||
        answer->receipts->batch_id != act->request_id)
        return TH_RETRY;
    return act->receipts(act->context, answer->receipts, error);
}

static enum th_status ask(struct act *act, struct th_error *error)
{
    struct th_client *client = act->client;
    int64_t deadline_ms = th_clock_monotonic_ms() + client->timeout_ms;
    act->request_id = ++client->last_request_id;
    if (act->message.body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT)
        act->message.submit->batch_id = act->request_id;
    else
        act->message.state_change->request_id = act->request_id;
    enum th_status status = th_connection_send(client, &act->message, deadline_ms, error);
    if (status == TH_OK)
        status = TH_RETRY;
    while (status == TH_RETRY) {
        const Tonghop__V1__ServerMessage *answer;
        status = th_connection_receive(client, deadline_ms, true, &answer, error);
        if (status != TH_OK)
            break;
        if (answer->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR &&
            (answer->error->request_id == act->request_id || answer->error->request_id == 0))
            status = th_connection_refused(client, answer->error, error);
        else
            status = act->take(act, answer, error);
    }
    if (status == TH_REJECTED && is_in_doubt(client))
        status = th_error_set(error, TH_UNREACHABLE, "%s", client->problems[0].message);
    return status;
}

static enum th_status perform(struct act *act, struct th_error *error)
{
    struct th_client *client = act->client;
    enum th_status status = TH_UNREACHABLE;
    th_arena_reset(client->problem_arena);
    client->problem_count = 0;
    for (size_t tries = 0; tries < ROUNDS * client->bundle.query_count; tries++) {
        struct th_error why = {0};
        status = th_connection_ensure(client, &why);
        if (status == TH_OK)
            status = ask(act, &why);
        if (status != TH_OK)
            (void)th_error_set(error, status, "%s", why.message);
        if (status != TH_UNREACHABLE)
            break;
        if (client->dealer)
            th_connection_leave(client);
    }
    return status;
}

enum th_status th_client_change_state(struct th_client *client, Tonghop__V1__StateChange *change,
                                      int64_t *at_us, struct th_error *error)
{
    struct act act = {.client = client,
                      .message = TONGHOP__V1__CLIENT_MESSAGE__INIT,
                      .take = take_state,
                      .at_us = at_us};
    act.message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_STATE_CHANGE;
    act.message.state_change = change;
    return perform(&act, error);
}

enum th_status th_client_submit(struct th_client *client, struct th_slice body,
                                th_client_receipts_fn take, void *context, struct th_error *error)
{
    Tonghop__V1__Submit submit = TONGHOP__V1__SUBMIT__INIT;
    ProtobufCBinaryData report = th_bytes(body);
    struct act act = {.client = client,
                      .message = TONGHOP__V1__CLIENT_MESSAGE__INIT,
                      .take = take_receipts,
                      .receipts = take,
                      .context = context};
    submit.n_report = 1;
    submit.report = &report;
    act.message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT;
    act.message.submit = &submit;
    return perform(&act, error);
}
