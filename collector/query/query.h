/* The query service: its own ROUTER, threads and database connections, so that no
 * question of the commission holds up the intake (ARCHITECTURE, "Query path"). Acts of
 * the commission have a thread and a connection to the primary of their own. */
#ifndef TONGHOP_COLLECTOR_QUERY_H
#define TONGHOP_COLLECTOR_QUERY_H

#include "collector/settings.h"
#include "collector/shared_state.h"
#include "common/base/status.h"
#include "common/ledger/ledger.h"
#include "common/wire/keys.h"

struct th_query_service;

/* Everything lives as long as the service. */
struct th_query_options {
    void *zmq_context;
    const struct th_collector_settings *settings;
    const char *province; /* code */
    const struct th_curve_pair *pair;
    const struct th_receipt_key *receipt_key; /* signs receipts of appraisals */
    struct th_shared_state *state;
    struct th_guard *guard; /* watches the connections */
};

/* Binds settings->query_bind (the ZAP handler must run already, domain "tonghop")
 * and starts the threads. `bound` (256 bytes, may be NULL) receives the endpoint. */
enum th_status th_query_start(const struct th_query_options *options,
                              struct th_query_service **service, char *bound,
                              struct th_error *error) TH_MUST_USE;

/* Stops taking questions, cancels what runs, joins the threads. */
void th_query_stop(struct th_query_service **service);

#endif
