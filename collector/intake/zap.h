/* The ZAP handler: admits enrolled keys at the CURVE handshake, from the cache of
 * shared state, in a thread of its own. Must run before any ROUTER binds, else
 * libzmq lets everybody in. */
#ifndef TONGHOP_COLLECTOR_ZAP_H
#define TONGHOP_COLLECTOR_ZAP_H

#include "collector/shared_state.h"
#include "common/base/status.h"

#define TH_ZAP_DOMAIN "tonghop"

struct th_zap;

enum th_status th_zap_start(void *zmq_context, struct th_shared_state *state, struct th_zap **zap,
                            struct th_error *error) TH_MUST_USE;
void th_zap_stop(struct th_zap **zap);

#endif
