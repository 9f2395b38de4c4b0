/* The engine's way to a collector over a CURVE DEALER. Private to this folder. */
#ifndef TONGHOP_REPORTER_CONNECTION_H
#define TONGHOP_REPORTER_CONNECTION_H

#include "reporter/delivery/delivery.h"

struct th_connection {
    void *zmq_context;
    const struct th_curve_pair *pair;
    void *dealer, *monitor; /* NULL: not open */
};

/* Functions of struct th_transport over `connection`. */
struct th_transport th_connection_transport(struct th_connection *connection);

#endif
