#include "common/wire/socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "common/base/text.h"
#include "common/ledger/ledger.h"

#define WATCHED                                                                                    \
    (ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |                             \
     ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_DISCONNECTED)
#define EVENT_FRAME_BYTES 6 /* u16 event, u32 value, in the machine's order */

/* Of the process alone: inproc names are shared by all sockets of a context. */
static void monitor_name(char name[64])
{
    uint8_t random[12];
    char hex[2 * sizeof(random) + 1];
    th_random_bytes(random, sizeof(random));
    th_text_to_hex(random, sizeof(random), hex);
    snprintf(name, 64, "inproc://tonghop-monitor-%s", hex);
}

/* The reader must be there before the first event: libzmq's I/O thread waits for
 * it otherwise. No high-water mark, for the same reason; events are few. */
static void *open_reader(void *zmq_context, const char *name)
{
    int none = 0;
    void *reader = zmq_socket(zmq_context, ZMQ_PAIR);
    if (reader && zmq_setsockopt(reader, ZMQ_LINGER, &none, sizeof(none)) == 0 &&
        zmq_setsockopt(reader, ZMQ_RCVHWM, &none, sizeof(none)) == 0 &&
        zmq_connect(reader, name) == 0)
        return reader;
    th_socket_close(&reader);
    return NULL;
}

void *th_socket_monitor(void *zmq_context, void *socket, int events)
{
    char name[64];
    monitor_name(name);
    void *reader = open_reader(zmq_context, name);
    if (reader && zmq_socket_monitor(socket, name, events) == 0)
        return reader;
    th_socket_close(&reader);
    return NULL;
}

void *th_dealer_monitor(void *zmq_context, void *dealer, struct th_error *error)
{
    void *reader = th_socket_monitor(zmq_context, dealer, WATCHED);
    if (!reader)
        (void)th_error_set(error, TH_PERMANENT, "cannot watch a connection: %s",
                           zmq_strerror(zmq_errno()));
    return reader;
}

static enum th_peer_event meaning(const uint8_t *frame)
{
    uint16_t event;
    memcpy(&event, frame, sizeof(event));
    switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        return TH_PEER_CONNECTED;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        return TH_PEER_REFUSED;
    case ZMQ_EVENT_DISCONNECTED:
        return TH_PEER_DISCONNECTED;
    default:
        return TH_PEER_NONE;
    }
}

enum th_peer_event th_monitor_receive(void *monitor)
{
    uint8_t frame[EVENT_FRAME_BYTES];
    char address[256];
    int size;
    do
        size = zmq_recv(monitor, frame, sizeof(frame), ZMQ_DONTWAIT);
    while (size < 0 && zmq_errno() == EINTR);
    if (size < 0)
        return TH_PEER_NONE;
    /* The address frame; it came together with the event. */
    (void)zmq_recv(monitor, address, sizeof(address), ZMQ_DONTWAIT);
    return size == EVENT_FRAME_BYTES ? meaning(frame) : TH_PEER_NONE;
}
