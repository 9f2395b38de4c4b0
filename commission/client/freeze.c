/* Sending and freezing a final assessment. */
#include <string.h>

#include "commission/client/connection.h"
#include "common/base/clock.h"

#define SLICE_BYTES ((size_t)192 * 1024)

static enum th_status send_file(struct th_client *client, uint64_t request_id,
                                const struct th_client_file *file, struct th_error *error)
{
    enum th_status status = TH_OK;
    for (size_t at = 0; at < file->content.size && status == TH_OK; at += SLICE_BYTES) {
        size_t left = file->content.size - at;
        Tonghop__V1__AssessmentPart part = TONGHOP__V1__ASSESSMENT_PART__INIT;
        part.request_id = request_id;
        part.format = th_bytes(th_slice_of(file->format));
        part.offset = at;
        part.content =
            th_bytes_of(file->content.bytes + at, left < SLICE_BYTES ? left : SLICE_BYTES);
        Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
        message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_ASSESSMENT_PART;
        message.assessment_part = &part;
        status = th_connection_send(client, &message, th_clock_monotonic_ms() + client->timeout_ms,
                                    error);
    }
    return status;
}

/* TH_RETRY: not about this request. */
static enum th_status take(struct th_client *client, uint64_t request_id,
                           const Tonghop__V1__ServerMessage *message, int64_t *at_us,
                           struct th_error *error)
{
    switch (message->body_case) {
    case TONGHOP__V1__SERVER_MESSAGE__BODY_ASSESSMENT_FROZEN:
        *at_us = message->assessment_frozen->at_us;
        return message->assessment_frozen->request_id == request_id ? TH_OK : TH_RETRY;
    case TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR:
        if (message->error->request_id != request_id && message->error->request_id != 0)
            return TH_RETRY;
        return th_connection_refused(client, message->error, error);
    default:
        return TH_RETRY;
    }
}

static enum th_status await_answer(struct th_client *client, uint64_t request_id, int64_t *at_us,
                                   struct th_error *error)
{
    const Tonghop__V1__ServerMessage *message;
    int64_t deadline_ms = th_clock_monotonic_ms() + client->timeout_ms;
    enum th_status status = TH_RETRY;
    while (status == TH_RETRY) {
        status = th_connection_receive(client, deadline_ms, false, &message, error);
        if (status == TH_OK)
            status = take(client, request_id, message, at_us, error);
    }
    if (status == TH_UNREACHABLE)
        return th_error_set(error, status,
                            "the province did not answer whether the assessment is frozen; see "
                            "'tonghop assessment --list'");
    return status;
}

enum th_status th_client_freeze(struct th_client *client, Tonghop__V1__AssessmentFreeze *freeze,
                                const struct th_client_file *files, size_t count, int64_t *at_us,
                                struct th_error *error)
{
    th_arena_reset(client->problem_arena);
    client->problem_count = 0;
    enum th_status status = th_connection_ensure(client, error);
    freeze->request_id = ++client->last_request_id;
    for (size_t i = 0; i < count && status == TH_OK; i++)
        status = send_file(client, freeze->request_id, &files[i], error);
    if (status != TH_OK)
        return status;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_ASSESSMENT_FREEZE;
    message.assessment_freeze = freeze;
    status =
        th_connection_send(client, &message, th_clock_monotonic_ms() + client->timeout_ms, error);
    return status == TH_OK ? await_answer(client, freeze->request_id, at_us, error) : status;
}
