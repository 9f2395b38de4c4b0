#include "reporter/delivery/connection.h"

#include <string.h>

#include "reporter/delivery/engine.h"

/* More than the window, so that a full pipe means a dead peer. */
#define SEND_HIGH_WATER    (TH_WINDOW_MAX + 16)
#define RECEIVE_HIGH_WATER (TH_WINDOW_MAX + 16)

static void close_sockets(void *context)
{
    struct th_connection *connection = context;
    th_socket_close(&connection->dealer);
    th_socket_close(&connection->monitor);
}

static enum th_status open_sockets(void *context, const struct th_endpoint *endpoint,
                                   struct th_error *error)
{
    struct th_connection *connection = context;
    struct th_dealer_options options = {
        .endpoint = endpoint->address,
        .pair = connection->pair,
        .send_high_water = SEND_HIGH_WATER,
        .receive_high_water = RECEIVE_HIGH_WATER,
    };
    memcpy(options.server_key, endpoint->server_key, sizeof(options.server_key));
    close_sockets(connection);
    connection->dealer = th_dealer_connect(connection->zmq_context, &options, error);
    if (!connection->dealer)
        return error->status;
    connection->monitor = th_dealer_monitor(connection->zmq_context, connection->dealer, error);
    if (connection->monitor)
        return TH_OK;
    close_sockets(connection);
    return error->status;
}

static enum th_status send_message(void *context, struct th_slice message)
{
    struct th_connection *connection = context;
    return th_dealer_send(connection->dealer, message.bytes, message.size);
}

struct th_transport th_connection_transport(struct th_connection *connection)
{
    return (struct th_transport){
        .context = connection,
        .open = open_sockets,
        .close = close_sockets,
        .send = send_message,
    };
}
