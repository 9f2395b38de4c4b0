#include "commission/client/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "commission/client/connection.h"

#define PROBLEM_ARENA ((size_t)1024 * 1024)

enum th_status th_client_open(const struct th_client_options *options, struct th_client **client,
                              struct th_error *error)
{
    *client = NULL;
    if (options->bundle->query_count == 0)
        return th_error_set(error, TH_USAGE,
                            "the enrolment file names no query endpoint; ask the province for one "
                            "made by 'tonghop-collector enrol client'");
    struct th_client *made = calloc(1, sizeof(*made));
    if (!made)
        abort();
    made->bundle = *options->bundle;
    made->pair = *options->pair;
    snprintf(made->software, sizeof(made->software), "%s", options->software);
    snprintf(made->language, sizeof(made->language), "%s", options->language);
    made->state_folder = options->state_folder;
    made->timeout_ms = options->timeout_ms;
    made->interrupt_fd = options->interrupt_fd;
    made->pin = options->pin;
    made->pin_context = options->pin_context;
    made->arena = th_arena_create((size_t)TH_WIRE_ARENA_LIMIT);
    made->problem_arena = th_arena_create(PROBLEM_ARENA);
    made->context = zmq_ctx_new();

    /* A client that was refused stays: its caller wants to know why. */
    enum th_status status = made->context
                                ? th_connection_ensure(made, error)
                                : th_error_set(error, TH_PERMANENT, "cannot start ZeroMQ: %s",
                                               zmq_strerror(zmq_errno()));
    *client = made;
    return status;
}

void th_client_close(struct th_client **client)
{
    if (!client || !*client)
        return;
    struct th_client *made = *client;
    th_connection_close(made);
    if (made->context)
        zmq_ctx_term(made->context);
    th_catalogue_release(&made->catalogue);
    th_message_free(&made->message);
    th_arena_destroy(&made->arena);
    th_arena_destroy(&made->problem_arena);
    explicit_bzero(&made->pair, sizeof(made->pair));
    free(made);
    *client = NULL;
}

const struct th_client_greeting *th_client_greeting(const struct th_client *client)
{
    return &client->greeting;
}

const struct th_client_problem *th_client_problems(const struct th_client *client, size_t *count)
{
    *count = client->problem_count;
    return client->problems;
}
