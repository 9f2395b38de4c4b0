/* Bounds what peers can make a ROUTER's process hold. libzmq checks the size of a frame,
 * but neither what a peer sends before it has shown a key, nor how many parts it sends
 * without a last one (they count against no high-water mark), nor how many connections
 * one key has. The guard looks at the counters that the kernel keeps of each connection
 * (TCP_INFO), many times a second, and shuts down those that go beyond. An honest peer is
 * never near these limits; one that is cut connects anew, and sends again what was not
 * answered. */
#ifndef TONGHOP_WIRE_GUARD_H
#define TONGHOP_WIRE_GUARD_H

#include <stdint.h>

#include "common/base/status.h"

/* What a connection may have sent before the handshake is over: an honest one is below 1 KiB. */
#define TH_GUARD_HANDSHAKE_BYTES ((uint64_t)4096)
/* What a connection may have sent since a whole message was last taken from it: more than
 * the messages that may wait, one that arrives, and their envelopes. */
#define TH_GUARD_HELD_BYTES ((uint64_t)6 * 1024 * 1024)
/* The same of all connections together; those that hold most are cut first. */
#define TH_GUARD_TOTAL_BYTES ((uint64_t)64 * 1024 * 1024)

struct th_guard;

/* Starts the thread that looks. */
enum th_status th_guard_start(void *zmq_context, struct th_guard **guard,
                              struct th_error *error) TH_MUST_USE;
/* After the ROUTERs that it watches are closed. NULL is allowed. */
void th_guard_stop(struct th_guard **guard);

/* Watches a ROUTER that is not bound yet. `connections_a_key`: more of one key are cut,
 * the oldest first. At most 4 ROUTERs. th_router_bind calls it. */
enum th_status th_guard_watch(struct th_guard *guard, void *router, unsigned connections_a_key,
                              struct th_error *error) TH_MUST_USE;

/* A whole message was taken from the connection, or dropped. `descriptor`: of
 * struct th_message; below 0: not known. `key`: of the peer; NULL: not known. Any thread. */
void th_guard_took(struct th_guard *guard, int descriptor, const uint8_t key[32]);

/* The connection is to be cut: its key has no more business here. Any thread. */
void th_guard_unwanted(struct th_guard *guard, int descriptor);

/* Connections that were cut so far. */
uint64_t th_guard_cuts(struct th_guard *guard);

#endif
