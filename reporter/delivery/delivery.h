/* Delivery: from the outbox to the province and back. The engine knows what to say
 * and what to believe; it is driven by a loop that owns sockets and time (loop.h),
 * or by a test. Nothing leaves the queue before a receipt or rejection for it has
 * arrived whose signature holds (ARCHITECTURE, "Delivery"). One thread. */
#ifndef TONGHOP_REPORTER_DELIVERY_H
#define TONGHOP_REPORTER_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/wire/bundle.h"
#include "common/wire/socket.h"
#include "reporter/delivery/transitions.h"
#include "reporter/outbox/outbox.h"

/* The way to one collector at a time. Everything is handed over without waiting. */
struct th_transport {
    void *context;
    enum th_status (*open)(void *context, const struct th_endpoint *endpoint,
                           struct th_error *error);
    void (*close)(void *context); /* also when nothing is open */
    enum th_status (*send)(void *context, struct th_slice message);
};

struct th_delivery_settings {
    const struct th_bundle *bundle; /* copied; announcements renew the copy */
    /* Keeps a bundle that an announcement renewed; may put a newer one in its place that it
     * finds kept. NULL: not kept. */
    enum th_status (*pin)(void *context, struct th_bundle *renewed, struct th_error *error);
    void *pin_context;
    const char *language;
    uint32_t window;        /* unanswered batches at most; the province may allow fewer */
    uint32_t batch_reports; /* reports a batch at most, likewise */
    int64_t answer_timeout_ms;
    int64_t backoff_base_ms, backoff_cap_ms;
    bool only_greet; /* never sends reports: fetches catalogue and entries */
};

struct th_delivery;

/* Keeps the pointers; never NULL. */
struct th_delivery *th_delivery_create(const struct th_delivery_settings *settings,
                                       struct th_outbox *outbox,
                                       const struct th_transport *transport);
void th_delivery_destroy(struct th_delivery **delivery);

/* Does what is due at `now_ms` (monotonic) and returns the milliseconds until
 * something is due again; -1: nothing by itself. */
int64_t th_delivery_tick(struct th_delivery *delivery, int64_t now_ms);

/* One message that arrived; one event of the connection. */
void th_delivery_receive(struct th_delivery *delivery, struct th_slice message, int64_t now_ms);
void th_delivery_peer(struct th_delivery *delivery, enum th_peer_event event, int64_t now_ms);

/* The outbox has something new. */
void th_delivery_wake(struct th_delivery *delivery, int64_t now_ms);
/* Greets again, to hear of another catalogue; connects at once when it was waiting. */
void th_delivery_refresh(struct th_delivery *delivery, int64_t now_ms);

/* Sends no new reports; those under way may still be answered. */
void th_delivery_drain(struct th_delivery *delivery);
void th_delivery_stop(struct th_delivery *delivery, int64_t now_ms);

enum th_link_state th_delivery_state(const struct th_delivery *delivery);
/* Reports that were sent and not answered. */
size_t th_delivery_unanswered(const struct th_delivery *delivery);
/* The endpoint in use, or tried last. */
const char *th_delivery_endpoint(const struct th_delivery *delivery);
/* Why it is not connected, "" while it is. */
const char *th_delivery_reason(const struct th_delivery *delivery);
/* TH_OK while it can go on; TH_PERMANENT once the outbox is damaged. */
enum th_status th_delivery_check(const struct th_delivery *delivery,
                                 struct th_error *error) TH_MUST_USE;

#endif
