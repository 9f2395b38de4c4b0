#include <inttypes.h>
#include <string.h>

#include "commission/client/connection.h"
#include "common/base/clock.h"

/* A question under way. */
struct asking {
    struct th_client *client;
    uint64_t request_id;
    uint32_t parts, owed; /* received; received since the last Credit */
    bool given_up;        /* by `each`, whatever its status */
    th_client_part_fn each;
    void *context;
};

static enum th_status send_query(struct asking *asking, Tonghop__V1__Query *query,
                                 int64_t deadline_ms, struct th_error *error)
{
    query->request_id = asking->request_id;
    query->credit = TH_CLIENT_CREDIT;
    query->language = th_bytes(th_slice_of(asking->client->language));
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_QUERY;
    message.query = query;
    return th_connection_send(asking->client, &message, deadline_ms, error);
}

static enum th_status give_credit(struct asking *asking, int64_t deadline_ms,
                                  struct th_error *error)
{
    if (++asking->owed < TH_CLIENT_CREDIT / 2)
        return TH_OK;
    Tonghop__V1__Credit credit = TONGHOP__V1__CREDIT__INIT;
    credit.request_id = asking->request_id;
    credit.parts = asking->owed;
    asking->owed = 0;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CREDIT;
    message.credit = &credit;
    return th_connection_send(asking->client, &message, deadline_ms, error);
}

static void note_void(struct th_client *client, const Tonghop__V1__AnswerHead *head)
{
    struct th_void_span *span = &client->void_span;
    if (head->void_until_us == 0)
        return;
    if (span->until_us == 0 || head->void_from_us < span->from_us)
        span->from_us = head->void_from_us;
    if (head->void_until_us > span->until_us)
        span->until_us = head->void_until_us;
}

struct th_void_span th_client_void_span(const struct th_client *client)
{
    return client->void_span;
}

/* TH_RETRY: more is to come. */
static enum th_status take_part(struct asking *asking, const Tonghop__V1__QueryPart *part,
                                struct th_error *error)
{
    if (part->sequence != asking->parts || (part->sequence == 0 && !part->head))
        return th_error_set(error, TH_PERMANENT,
                            "part %" PRIu32 " of the answer came where part %" PRIu32
                            " was due; ask again",
                            part->sequence, asking->parts);
    asking->parts++;
    if (part->head)
        note_void(asking->client, part->head);
    enum th_status status = asking->each(asking->context, part, error);
    asking->given_up = status != TH_OK;
    return status == TH_OK && !part->last ? TH_RETRY : status;
}

/* TH_RETRY: not about this question, or more is to come. */
static enum th_status take_message(struct asking *asking, const Tonghop__V1__ServerMessage *message,
                                   struct th_error *error)
{
    switch (message->body_case) {
    case TONGHOP__V1__SERVER_MESSAGE__BODY_QUERY_PART:
        if (message->query_part->request_id != asking->request_id)
            return TH_RETRY;
        return take_part(asking, message->query_part, error);
    case TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR:
        if (message->error->request_id != asking->request_id && message->error->request_id != 0)
            return TH_RETRY;
        return th_connection_refused(asking->client, message->error, error);
    default:
        return TH_RETRY;
    }
}

static bool is_part(const Tonghop__V1__ServerMessage *message)
{
    return message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_QUERY_PART;
}

static enum th_status ask(struct asking *asking, Tonghop__V1__Query *query, struct th_error *error)
{
    struct th_client *client = asking->client;
    asking->request_id = ++client->last_request_id;
    asking->parts = 0;
    asking->owed = 0;
    int64_t deadline_ms = th_clock_monotonic_ms() + client->timeout_ms;
    enum th_status status = send_query(asking, query, deadline_ms, error);
    if (status != TH_OK)
        return status;
    for (;;) {
        const Tonghop__V1__ServerMessage *message;
        status = th_connection_receive(client, deadline_ms, true, &message, error);
        if (status != TH_OK)
            break;
        bool part = is_part(message);
        status = take_message(asking, message, error);
        if (status == TH_OK)
            return TH_OK;
        if (status == TH_REJECTED || status == TH_UNREACHABLE)
            return status; /* the collector is done with it */
        if (status != TH_RETRY || asking->given_up)
            break;
        deadline_ms = th_clock_monotonic_ms() + client->timeout_ms;
        status = part ? give_credit(asking, deadline_ms, error) : TH_OK;
        if (status != TH_OK)
            break;
    }
    th_connection_cancel(client, asking->request_id);
    return status;
}

enum th_status th_client_query(struct th_client *client, Tonghop__V1__Query *query,
                               th_client_part_fn each, void *context, struct th_error *error)
{
    struct asking asking = {.client = client, .each = each, .context = context};
    enum th_status status = TH_UNREACHABLE;
    th_arena_reset(client->problem_arena);
    client->problem_count = 0;
    for (size_t tries = 0; tries < client->bundle.query_count; tries++) {
        struct th_error why = {0};
        status = th_connection_ensure(client, &why);
        if (status == TH_OK)
            status = ask(&asking, query, &why);
        if (status != TH_OK)
            (void)th_error_set(error, status, "%s", why.message);
        if (status != TH_UNREACHABLE)
            break;
        if (client->dealer)
            th_connection_leave(client);
        /* Parts that were given cannot be taken back: only a silent one is replaced. */
        if (asking.parts > 0)
            break;
    }
    return status;
}
