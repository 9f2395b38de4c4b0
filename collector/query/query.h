/* The query service: its own ROUTER, thread and database connections, so that no
 * question of the commission holds up the intake (ARCHITECTURE, "Query path"). */
#ifndef TONGHOP_COLLECTOR_QUERY_H
#define TONGHOP_COLLECTOR_QUERY_H

#include "collector/settings.h"
#include "collector/shared_state.h"
#include "common/base/status.h"
#include "common/wire/keys.h"

struct th_query_service;

/* Binds settings->query_bind (the ZAP handler must run already, domain "tonghop")
 * and starts the threads. `bound` (256 bytes, may be NULL) receives the endpoint. */
enum th_status th_query_start(void *zmq_context, const struct th_collector_settings *settings,
                              const struct th_curve_pair *pair, struct th_shared_state *state,
                              struct th_query_service **service, char *bound,
                              struct th_error *error) TH_MUST_USE;

/* Stops taking questions, cancels what runs, joins the threads. */
void th_query_stop(struct th_query_service **service);

#endif
