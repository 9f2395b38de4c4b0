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

static enum th_status ask(struct th_client *client, Tonghop__V1__StateChange *change,
                          int64_t *at_us, struct th_error *error)
{
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    int64_t deadline_ms = th_clock_monotonic_ms() + client->timeout_ms;
    change->request_id = ++client->last_request_id;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_STATE_CHANGE;
    message.state_change = change;
    enum th_status status = th_connection_send(client, &message, deadline_ms, error);
    while (status == TH_OK) {
        const Tonghop__V1__ServerMessage *answer;
        status = th_connection_receive(client, deadline_ms, true, &answer, error);
        if (status != TH_OK)
            break;
        if (answer->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_STATE_CHANGED &&
            answer->state_changed->request_id == change->request_id) {
            *at_us = answer->state_changed->at_us;
            return TH_OK;
        }
        if (answer->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR &&
            (answer->error->request_id == change->request_id || answer->error->request_id == 0))
            status = th_connection_refused(client, answer->error, error);
    }
    if (status == TH_REJECTED && is_in_doubt(client))
        status = th_error_set(error, TH_UNREACHABLE, "%s", client->problems[0].message);
    return status;
}

enum th_status th_client_change_state(struct th_client *client, Tonghop__V1__StateChange *change,
                                      int64_t *at_us, struct th_error *error)
{
    enum th_status status = TH_UNREACHABLE;
    th_arena_reset(client->problem_arena);
    client->problem_count = 0;
    for (size_t tries = 0; tries < ROUNDS * client->bundle.query_count; tries++) {
        struct th_error why = {0};
        status = th_connection_ensure(client, &why);
        if (status == TH_OK)
            status = ask(client, change, at_us, &why);
        if (status != TH_OK)
            (void)th_error_set(error, status, "%s", why.message);
        if (status != TH_UNREACHABLE)
            break;
        if (client->dealer)
            th_connection_leave(client);
    }
    return status;
}
