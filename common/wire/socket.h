/* CURVE sockets over raw libzmq with the settings of GROUND.md, and messages of
 * one frame. A socket belongs to one thread. */
#ifndef TONGHOP_WIRE_SOCKET_H
#define TONGHOP_WIRE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/wire/guard.h"
#include "common/wire/keys.h"

#define TH_WIRE_MESSAGE_MAX (1024 * 1024 + 64 * 1024) /* bytes of one message */
#define TH_WIRE_ROUTING_MAX 255

/* Socket to one collector endpoint. */
struct th_dealer_options {
    const char *endpoint; /* "tcp://host:port" */
    uint8_t server_key[32];
    const struct th_curve_pair *pair;
    int send_high_water, receive_high_water; /* messages */
};
/* Connects (in the background: libzmq retries by itself; what is sent meanwhile
 * waits, up to the high-water mark). NULL and `error` when the endpoint is
 * malformed. Close with th_socket_close. */
void *th_dealer_connect(void *zmq_context, const struct th_dealer_options *options,
                        struct th_error *error);

/* A bound socket that only takes keys which the ZAP handler of `zap_domain` (not
 * empty) admits. The handler must be running before: without one, nobody gets in.
 * The handler answers with the peer's key in 64 lower-case hexadecimal digits as
 * User-Id. `bound` (may be NULL) receives the
 * endpoint with the real port when the endpoint ended in ":*" or ":0". */
struct th_router_options {
    const char *endpoint;
    const struct th_curve_pair *pair;
    const char *zap_domain;
    struct th_guard *guard;     /* watches its connections; NULL: nobody does */
    unsigned connections_a_key; /* with a guard: more of one key are cut */
};
void *th_router_bind(void *zmq_context, const struct th_router_options *options, char bound[256],
                     struct th_error *error);

/* NULL is allowed. A dealer is closed before its monitor. */
void th_socket_close(void **socket);

/* A received message: one frame of payload. From a ROUTER also the routing id and
 * the peer's authenticated public key. */
struct th_message {
    uint8_t routing[TH_WIRE_ROUTING_MAX];
    size_t routing_size;    /* 0 from a DEALER */
    uint8_t peer_key[32];   /* ROUTER only: from User-Id */
    char peer_address[64];  /* ROUTER only: for the log, "" when unknown */
    int descriptor;         /* ROUTER only: of the connection, for th_guard_took; -1: not known */
    struct th_buffer bytes; /* the frame; reused between calls */
};
void th_message_free(struct th_message *message);

/* What th_socket_receive found. */
enum th_receive { TH_RECEIVE_NOTHING, TH_RECEIVE_MESSAGE, TH_RECEIVE_DROPPED };

/* Takes one message without waiting. DROPPED: it had other than the frames it
 * must have, or no User-Id; it was drained and thrown away. */
enum th_receive th_router_receive(void *socket, struct th_message *message);
enum th_receive th_dealer_receive(void *socket, struct th_message *message);

/* Sends without waiting. TH_RETRY: the queue is full (EAGAIN); TH_UNREACHABLE: the
 * peer is gone (EHOSTUNREACH; a ROUTER learns it by receiving); TH_PERMANENT: over
 * TH_WIRE_MESSAGE_MAX, or the context has ended. */
enum th_status th_router_send(void *socket, const uint8_t *routing, size_t routing_size,
                              const void *bytes, size_t size) TH_MUST_USE;
enum th_status th_dealer_send(void *socket, const void *bytes, size_t size) TH_MUST_USE;

/* Handshake events of a DEALER (monitor): starts one on an inproc endpoint of its
 * own and returns the PAIR socket to poll. Call it right after th_dealer_connect; a
 * handshake may end even before, unheard, so that a caller relies on answers and
 * deadlines and takes events as news. NULL and `error` on failure. Keep reading it:
 * what is not read is kept. */
enum th_peer_event { TH_PEER_NONE, TH_PEER_CONNECTED, TH_PEER_REFUSED, TH_PEER_DISCONNECTED };
void *th_dealer_monitor(void *zmq_context, void *dealer, struct th_error *error);

/* Starts a monitor of libzmq's `events` on any socket and returns the PAIR to read; NULL
 * on failure (zmq_errno). */
void *th_socket_monitor(void *zmq_context, void *socket, int events);
/* Next event without waiting. REFUSED: the handshake failed for good (key not
 * enrolled or revoked) and libzmq will not try again: close the dealer and make
 * another one later. DISCONNECTED without CONNECTED before: the handshake was cut
 * off (the province cannot judge keys at the moment, or its key is not the one in
 * the bundle: libzmq cannot tell which); libzmq tries again by itself. */
enum th_peer_event th_monitor_receive(void *monitor);

#endif
