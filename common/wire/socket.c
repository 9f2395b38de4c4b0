#include "common/wire/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/base/text.h"

/* Options of both ends. MAXMSGSIZE counts ciphertext: 33 bytes above the payload. */
#define CURVE_OVERHEAD       33
#define HANDSHAKE_MS         10000 /* thousands of handshakes on 2 cores pass 3 s */
#define HEARTBEAT_MS         5000
#define HEARTBEAT_TIMEOUT_MS 15000

/* A ROUTER finds out about dead peers by TCP, not by heartbeats: libzmq looks through all
 * timers of an I/O thread to cancel one, and would do so a message. With a timer a peer,
 * handshakes beyond some 5,000 peers took longer than HANDSHAKE_MS, and never ended. */
#define KEEPALIVE_IDLE_S     30
#define KEEPALIVE_INTERVAL_S 10
#define KEEPALIVE_COUNT      3
/* Keepalive is silent while something waits to be acknowledged; without this limit TCP
 * would send it to a peer that is gone for some 15 minutes. */
#define UNACKNOWLEDGED_MS 60000

/* Of a ROUTER, messages a peer: the defaults (1000) would be no bound at all. */
#define ROUTER_RECEIVE_HIGH_WATER 4
#define ROUTER_SEND_HIGH_WATER    16
#define ROUTER_BACKLOG            4096

/* libzmq's own reconnecting: doubles from the first to the second. */
#define RECONNECT_MS     500
#define RECONNECT_MAX_MS 30000

/* ZMQ_ZAP_ENFORCE_DOMAIN: zmq.h hides the name from builds without the draft API,
 * the library takes the number. Without it a missing ZAP handler lets everybody in. */
#define OPTION_ZAP_ENFORCE_DOMAIN 93

static bool set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

static bool set_key(void *socket, int option, const uint8_t key[32])
{
    return zmq_setsockopt(socket, option, key, 32) == 0;
}

static bool set_common(void *socket, const char *endpoint)
{
    int64_t largest = TH_WIRE_MESSAGE_MAX + CURVE_OVERHEAD;
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &largest, sizeof(largest)) == 0 &&
           set_number(socket, ZMQ_LINGER, 0) &&
           set_number(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
           /* Only for literal addresses: with names it would try no IPv4 address
            * where a dead IPv6 one is known too. */
           set_number(socket, ZMQ_IPV6, strchr(endpoint, '[') != NULL);
}

static bool set_dealer(void *socket, const struct th_dealer_options *options)
{
    return set_common(socket, options->endpoint) &&
           set_number(socket, ZMQ_SNDHWM, options->send_high_water) &&
           set_number(socket, ZMQ_RCVHWM, options->receive_high_water) &&
           /* Without a TTL, which would make the ROUTER keep a timer for us. */
           set_number(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS) &&
           set_number(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS) &&
           set_number(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) &&
           set_number(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) &&
           set_key(socket, ZMQ_CURVE_SERVERKEY, options->server_key) &&
           set_key(socket, ZMQ_CURVE_PUBLICKEY, options->pair->public_key) &&
           set_key(socket, ZMQ_CURVE_SECRETKEY, options->pair->secret_key);
}

static bool set_router(void *socket, const struct th_router_options *options)
{
    return set_common(socket, options->endpoint) &&
           set_number(socket, ZMQ_SNDHWM, ROUTER_SEND_HIGH_WATER) &&
           set_number(socket, ZMQ_RCVHWM, ROUTER_RECEIVE_HIGH_WATER) &&
           set_number(socket, ZMQ_BACKLOG, ROUTER_BACKLOG) &&
           set_number(socket, ZMQ_TCP_KEEPALIVE, 1) &&
           set_number(socket, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S) &&
           set_number(socket, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_INTERVAL_S) &&
           set_number(socket, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_COUNT) &&
           set_number(socket, ZMQ_TCP_MAXRT, UNACKNOWLEDGED_MS) &&
           set_number(socket, ZMQ_ROUTER_MANDATORY, 1) &&
           zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, options->zap_domain,
                          strlen(options->zap_domain)) == 0 &&
           set_number(socket, OPTION_ZAP_ENFORCE_DOMAIN, 1) &&
           set_number(socket, ZMQ_CURVE_SERVER, 1) &&
           set_key(socket, ZMQ_CURVE_SECRETKEY, options->pair->secret_key);
}

/* tcp://host:port; libzmq would take some malformed ones and try them for ever. */
static bool is_tcp(const char *endpoint, const char *any_port, long lowest_port)
{
    static const char scheme[] = "tcp://";
    const char *host = endpoint + strlen(scheme);
    if (strncmp(endpoint, scheme, strlen(scheme)) != 0)
        return false;
    const char *colon = strrchr(host, ':');
    if (!colon || colon == host)
        return false;
    if (any_port && strcmp(colon + 1, any_port) == 0)
        return true;
    size_t digits = strspn(colon + 1, "0123456789");
    if (digits == 0 || digits > 5 || colon[1 + digits] != '\0')
        return false;
    long port = strtol(colon + 1, NULL, 10);
    return port >= lowest_port && port <= UINT16_MAX;
}

void *th_dealer_connect(void *zmq_context, const struct th_dealer_options *options,
                        struct th_error *error)
{
    if (!is_tcp(options->endpoint, NULL, 1)) {
        (void)th_error_set(error, TH_USAGE, "endpoint '%s' is not of the form tcp://host:port",
                           options->endpoint);
        return NULL;
    }
    void *socket = zmq_socket(zmq_context, ZMQ_DEALER);
    if (!socket || !set_dealer(socket, options)) {
        (void)th_error_set(error, TH_PERMANENT, "cannot make a socket to %s: %s", options->endpoint,
                           zmq_strerror(zmq_errno()));
    } else if (zmq_connect(socket, options->endpoint) != 0) {
        (void)th_error_set(error, TH_USAGE,
                           "cannot connect to '%s': %s; it must be of the form tcp://host:port",
                           options->endpoint, zmq_strerror(zmq_errno()));
    } else {
        return socket;
    }
    th_socket_close(&socket);
    return NULL;
}

void *th_router_bind(void *zmq_context, const struct th_router_options *options, char bound[256],
                     struct th_error *error)
{
    /* libzmq takes an empty domain as "let everybody in". */
    if (!options->zap_domain || !*options->zap_domain) {
        (void)th_error_set(error, TH_USAGE, "a ROUTER needs the domain of its ZAP handler");
        return NULL;
    }
    if (!is_tcp(options->endpoint, "*", 0)) {
        (void)th_error_set(error, TH_USAGE, "endpoint '%s' is not of the form tcp://address:port",
                           options->endpoint);
        return NULL;
    }
    size_t size = 256;
    void *socket = zmq_socket(zmq_context, ZMQ_ROUTER);
    if (!socket || !set_router(socket, options)) {
        (void)th_error_set(error, TH_PERMANENT, "cannot make a socket for %s: %s",
                           options->endpoint, zmq_strerror(zmq_errno()));
    } else if (options->guard &&
               th_guard_watch(options->guard, socket, options->connections_a_key, error) != TH_OK) {
        /* `error` says it. */
    } else if (zmq_bind(socket, options->endpoint) != 0) {
        (void)th_error_set(error, TH_USAGE,
                           "cannot listen on '%s': %s; choose an address and port of this "
                           "machine that is free",
                           options->endpoint, zmq_strerror(zmq_errno()));
    } else if (bound && zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &size) != 0) {
        (void)th_error_set(error, TH_PERMANENT, "cannot read the address of %s: %s",
                           options->endpoint, zmq_strerror(zmq_errno()));
    } else {
        return socket;
    }
    th_socket_close(&socket);
    return NULL;
}

void th_socket_close(void **socket)
{
    if (!*socket)
        return;
    /* From here on no event is written to a monitor that may be closed next: libzmq
     * would wait for its reader for ever, inside its I/O thread. */
    (void)zmq_socket_monitor(*socket, NULL, 0);
    zmq_close(*socket);
    *socket = NULL;
}

void th_message_free(struct th_message *message)
{
    th_buffer_free(&message->bytes);
}

static int receive_frame(void *socket, zmq_msg_t *frame)
{
    int size;
    do
        size = zmq_msg_recv(frame, socket, ZMQ_DONTWAIT);
    while (size < 0 && zmq_errno() == EINTR);
    return size;
}

/* Throws away what is left of a message; its parts arrive together, so none has to
 * be waited for. */
static void drain(void *socket, bool more)
{
    zmq_msg_t frame;
    while (more) {
        zmq_msg_init(&frame);
        more = receive_frame(socket, &frame) >= 0 && zmq_msg_more(&frame);
        zmq_msg_close(&frame);
    }
}

static bool take_payload(zmq_msg_t *frame, struct th_message *message)
{
    size_t size = zmq_msg_size(frame);
    if (zmq_msg_more(frame) || size > TH_WIRE_MESSAGE_MAX)
        return false;
    th_buffer_clear(&message->bytes);
    th_buffer_add(&message->bytes, zmq_msg_data(frame), size);
    return true;
}

/* User-Id is what our ZAP handler answered: the key in lower-case hexadecimal. */
static bool take_peer(zmq_msg_t *frame, struct th_message *message)
{
    const char *user = zmq_msg_gets(frame, "User-Id");
    if (!user || strspn(user, "0123456789abcdef") != 2 * sizeof(message->peer_key) ||
        !th_text_from_hex(th_slice_of(user), message->peer_key, sizeof(message->peer_key)))
        return false;
    const char *address = zmq_msg_gets(frame, "Peer-Address");
    snprintf(message->peer_address, sizeof(message->peer_address), "%s", address ? address : "");
    return true;
}

/* Which connection it came by: what libzmq calls the source descriptor, and has for every
 * message that a connection brought. */
static void take_descriptor(zmq_msg_t *frame, struct th_message *message)
{
    const char *text = zmq_msg_gets(frame, "__fd");
    message->descriptor = text ? (int)strtol(text, NULL, 10) : -1;
}

static bool take_routing(zmq_msg_t *frame, struct th_message *message)
{
    size_t size = zmq_msg_size(frame);
    if (!zmq_msg_more(frame) || size == 0 || size > sizeof(message->routing))
        return false;
    memcpy(message->routing, zmq_msg_data(frame), size);
    message->routing_size = size;
    return true;
}

enum th_receive th_router_receive(void *socket, struct th_message *message)
{
    zmq_msg_t routing, payload;
    enum th_receive result = TH_RECEIVE_NOTHING;
    bool more = false;

    zmq_msg_init(&routing);
    zmq_msg_init(&payload);
    if (receive_frame(socket, &routing) < 0)
        goto cleanup;
    result = TH_RECEIVE_DROPPED;
    message->descriptor = -1;
    more = zmq_msg_more(&routing);
    if (!take_routing(&routing, message))
        goto cleanup;
    more = receive_frame(socket, &payload) >= 0 && zmq_msg_more(&payload);
    take_descriptor(&payload, message);
    if (take_peer(&payload, message) && take_payload(&payload, message))
        result = TH_RECEIVE_MESSAGE;

cleanup:
    drain(socket, more);
    zmq_msg_close(&payload);
    zmq_msg_close(&routing);
    return result;
}

enum th_receive th_dealer_receive(void *socket, struct th_message *message)
{
    zmq_msg_t payload;
    enum th_receive result = TH_RECEIVE_NOTHING;

    zmq_msg_init(&payload);
    if (receive_frame(socket, &payload) >= 0) {
        message->routing_size = 0;
        result = take_payload(&payload, message) ? TH_RECEIVE_MESSAGE : TH_RECEIVE_DROPPED;
        drain(socket, zmq_msg_more(&payload));
    }
    zmq_msg_close(&payload);
    return result;
}

static enum th_status send_frame(void *socket, const void *bytes, size_t size, int flags)
{
    int sent;
    do
        sent = zmq_send(socket, bytes, size, ZMQ_DONTWAIT | flags);
    while (sent < 0 && zmq_errno() == EINTR);
    if (sent >= 0)
        return TH_OK;
    switch (zmq_errno()) {
    case EAGAIN:
        return TH_RETRY;
    case EHOSTUNREACH:
        return TH_UNREACHABLE;
    default:
        return TH_PERMANENT;
    }
}

enum th_status th_router_send(void *socket, const uint8_t *routing, size_t routing_size,
                              const void *bytes, size_t size)
{
    if (size > TH_WIRE_MESSAGE_MAX || routing_size == 0)
        return TH_PERMANENT;
    enum th_status status = send_frame(socket, routing, routing_size, ZMQ_SNDMORE);
    return status == TH_OK ? send_frame(socket, bytes, size, 0) : status;
}

enum th_status th_dealer_send(void *socket, const void *bytes, size_t size)
{
    /* The other end would cut the connection, and so at every new attempt. */
    if (size > TH_WIRE_MESSAGE_MAX)
        return TH_PERMANENT;
    return send_frame(socket, bytes, size, 0);
}
