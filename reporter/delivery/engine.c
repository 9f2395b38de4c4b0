#include "reporter/delivery/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"

#define GREET_AGAIN_MS     300000 /* idle: hears of a new catalogue, finds a dead peer */
#define GOOD_CONNECTION_MS 60000
#define FAULT_LEAST_MS     2000 /* a disk that is full stays so for a while */
#define FAULT_MOST_MS      60000
#define BATCH_BYTES        (1024 * 1024)

struct th_delivery *th_delivery_create(const struct th_delivery_settings *settings,
                                       struct th_outbox *outbox,
                                       const struct th_transport *transport)
{
    struct th_delivery *delivery = calloc(1, sizeof(*delivery));
    if (!delivery)
        abort();
    delivery->settings = *settings;
    delivery->bundle = *settings->bundle;
    delivery->outbox = outbox;
    delivery->transport = *transport;
    delivery->arena = th_arena_create(TH_WIRE_ARENA_LIMIT);
    delivery->outgoing = th_arena_create(0);
    delivery->state = TH_LINK_WAITING;
    delivery->batch_bytes = BATCH_BYTES;
    return delivery;
}

void th_delivery_destroy(struct th_delivery **delivery)
{
    if (!*delivery)
        return;
    (*delivery)->transport.close((*delivery)->transport.context);
    th_window_clear(*delivery);
    th_catalogue_assembly_free(&(*delivery)->assembly);
    th_arena_destroy(&(*delivery)->arena);
    th_arena_destroy(&(*delivery)->outgoing);
    free(*delivery);
    *delivery = NULL;
}

void th_engine_note_link(struct th_delivery *delivery, bool connected, bool level)
{
    struct th_error error;
    int64_t now_us = th_clock_now_us();
    struct th_outbox_link link = {
        .connected = connected,
        .since_us = now_us,
        .greeted_us = level ? now_us : 0,
    };
    snprintf(link.endpoint, sizeof(link.endpoint), "%s", th_delivery_endpoint(delivery));
    snprintf(link.reason, sizeof(link.reason), "%s", delivery->reason);
    /* Only `status` reads it: a failure here must not stop delivery. */
    if (th_outbox_put_link(delivery->outbox, &link, &error) != TH_OK &&
        th_log_gate_open(&delivery->outbox_gate, NULL))
        th_log(TH_LOG_WARNING, "outbox problem=\"%s\"", error.message);
}

/* Words of a peer must not steer a terminal, nor end a line of systemd's protocol. */
static void clean(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at; at++)
        if (*at < 0x20 || *at == 0x7F)
            *at = ' ';
        else if (*at == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F)
            at[0] = at[1] = ' ';
}

/* ---- states ---- */

static void disconnect(struct th_delivery *delivery)
{
    if (delivery->is_open)
        delivery->transport.close(delivery->transport.context);
    delivery->is_open = false;
    delivery->greeted = false;
    delivery->greeting_open = false;
    delivery->hold_until_ms = 0;
    delivery->target = (struct th_chain_target){0};
    th_window_clear(delivery);
    th_catalogue_assembly_free(&delivery->assembly);
}

static void enter_waiting(struct th_delivery *delivery, int64_t now_ms)
{
    th_engine_note_link(delivery, false, false);
    /* A connection that held for a while was a good one, even if nothing was to send. */
    if (delivery->greeted && now_ms - delivery->welcomed_ms > GOOD_CONNECTION_MS)
        delivery->backoff_ms = 0;
    th_window_unanswered(delivery);
    disconnect(delivery);
    /* Every attempt makes the province send again what this office cannot keep. */
    delivery->backoff_ms =
        delivery->faulted
            ? th_clock_backoff_ms(delivery->backoff_ms, FAULT_LEAST_MS, FAULT_MOST_MS)
            : th_clock_backoff_ms(delivery->backoff_ms, delivery->settings.backoff_base_ms,
                                  delivery->settings.backoff_cap_ms);
    delivery->due_ms = now_ms + delivery->backoff_ms;
    delivery->endpoint = (delivery->endpoint + 1) % delivery->bundle.submit_count;
}

static void enter_greeting(struct th_delivery *delivery, int64_t now_ms)
{
    struct th_error error;
    const struct th_endpoint *endpoint = &delivery->bundle.submit[delivery->endpoint];
    if (delivery->transport.open(delivery->transport.context, endpoint, &error) != TH_OK) {
        th_engine_event(delivery, TH_EVENT_LOST, error.message, now_ms);
        return;
    }
    delivery->is_open = true;
    delivery->answer_ms = now_ms;
    th_greeting_send(delivery, now_ms);
}

static void enter(struct th_delivery *delivery, int64_t now_ms)
{
    switch (delivery->state) {
    case TH_LINK_WAITING:
        enter_waiting(delivery, now_ms);
        break;
    case TH_LINK_GREETING:
        enter_greeting(delivery, now_ms);
        break;
    case TH_LINK_FETCHING:
        th_fetching_begin(delivery, now_ms);
        break;
    case TH_LINK_CATCHING_UP:
        th_catching_up_begin(delivery, now_ms);
        break;
    case TH_LINK_DELIVERING:
        if (!delivery->level_noted)
            th_engine_note_link(delivery, true, true);
        delivery->level_noted = true;
        th_window_fill(delivery, now_ms);
        break;
    case TH_LINK_STOPPED:
        th_engine_note_link(delivery, false, false);
        disconnect(delivery);
        break;
    }
}

static void log_refusal(struct th_delivery *delivery)
{
    uint64_t held_back;
    if (th_log_gate_open(&delivery->refused_gate, &held_back))
        th_log(TH_LOG_ERROR,
               "delivery refused endpoint=%s: the province does not admit this office's key, or "
               "the server is another than the bundle names; ask the province whether the key "
               "(in state_dir/key.pub) is enrolled and not revoked, and run "
               "`tonghop-reporter join FILE` with a new bundle if it was; repeated=%llu",
               th_delivery_endpoint(delivery), (unsigned long long)held_back);
}

/* Attempts that fail in a row would fill the log: after the first, one a minute. */
static void log_transition(struct th_delivery *delivery, const struct th_transition *row,
                           const char *reason)
{
    bool failed = row->to == TH_LINK_WAITING;
    bool retrying = delivery->backoff_ms > 0;
    if (row->from == row->to || (row->to == TH_LINK_GREETING && retrying) || delivery->faulted) {
        th_log(TH_LOG_DEBUG, "delivery %s -> %s: %s", th_link_state_name(row->from),
               th_link_state_name(row->to), row->comment);
        return;
    }
    if (row->event == TH_EVENT_REFUSED) {
        log_refusal(delivery);
        return;
    }
    if (failed && retrying && !th_log_gate_open(&delivery->trouble_gate, NULL))
        return;
    th_log(failed ? TH_LOG_WARNING : TH_LOG_INFO, "delivery %s -> %s: %s%s%s%s endpoint=%s",
           th_link_state_name(row->from), th_link_state_name(row->to), row->comment,
           reason ? " (" : "", reason ? reason : "", reason ? ")" : "",
           th_delivery_endpoint(delivery));
}

/* Why there is no connection: the row's words for people, and what is known besides. */
static void set_reason(struct th_delivery *delivery, const struct th_transition *row,
                       const char *reason)
{
    bool english = strcmp(delivery->settings.language, "en") == 0;
    snprintf(delivery->reason, sizeof(delivery->reason), "%s%s%s",
             english ? row->people_en : row->people_vi, reason ? ": " : "", reason ? reason : "");
    clean(delivery->reason);
}

void th_engine_event(struct th_delivery *delivery, enum th_link_event event, const char *reason,
                     int64_t now_ms)
{
    const struct th_transition *row = th_transition_find(delivery->state, event);
    if (!row)
        return;
    if (row->to == TH_LINK_WAITING || row->to == TH_LINK_STOPPED)
        set_reason(delivery, row, reason);
    log_transition(delivery, row, reason);
    delivery->state = row->to;
    enter(delivery, now_ms);
}

bool th_engine_send(struct th_delivery *delivery, const Tonghop__V1__ClientMessage *message,
                    int64_t now_ms)
{
    struct th_buffer bytes = {0};
    th_client_message_encode(message, &bytes);
    enum th_status status =
        delivery->transport.send(delivery->transport.context, th_buffer_slice(&bytes));
    th_buffer_free(&bytes);
    if (status == TH_OK)
        return true;
    th_engine_event(delivery, TH_EVENT_LOST, "a message could not be sent", now_ms);
    return false;
}

void th_engine_outbox_failed(struct th_delivery *delivery, const struct th_error *error,
                             int64_t now_ms)
{
    if (error->status != TH_RETRY) {
        th_log(TH_LOG_ERROR, "outbox problem=\"%s\"", error->message);
        delivery->fatal = *error;
        th_engine_event(delivery, TH_EVENT_STOP, error->message, now_ms);
        return;
    }
    uint64_t held_back = 0;
    delivery->faulted = true;
    if (th_log_gate_open(&delivery->outbox_gate, &held_back))
        th_log(TH_LOG_ERROR,
               "outbox problem=\"%s\" note=\"answers of the province are not taken, nothing is "
               "lost: they come again once the outbox can be written\" repeated=%" PRIu64,
               error->message, held_back);
    th_engine_event(delivery, TH_EVENT_FAULTED, error->message, now_ms);
}

void th_engine_outbox_works(struct th_delivery *delivery)
{
    if (delivery->faulted)
        th_log(TH_LOG_INFO, "outbox can be written again");
    delivery->faulted = false;
    delivery->backoff_ms = 0;
}

void th_engine_mistrust(struct th_delivery *delivery, const char *what,
                        const struct th_error *error)
{
    th_log(TH_LOG_ERROR, "delivery %s from endpoint=%s is not believed: %s; tell the province",
           what, th_delivery_endpoint(delivery), error->message);
    snprintf(delivery->reason, sizeof(delivery->reason), "%s", error->message);
    clean(delivery->reason);
    if (delivery->greeted)
        th_engine_note_link(delivery, true, false);
}

/* ---- time ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When something is due in DELIVERING without anybody calling. */
static int64_t delivering_due_ms(const struct th_delivery *delivery, int64_t now_ms)
{
    int64_t due = th_window_deadline_ms(delivery);
    if (delivery->greeting_open)
        due = earlier(due, delivery->greeting_ms + th_greeting_timeout_ms(delivery));
    else if (delivery->batch_count == 0)
        due = earlier(due, delivery->greeting_ms + GREET_AGAIN_MS);
    if (delivery->hold_until_ms > now_ms)
        due = earlier(due, delivery->hold_until_ms);
    return due;
}

static void tick_delivering(struct th_delivery *delivery, int64_t now_ms)
{
    bool no_welcome = delivery->greeting_open &&
                      now_ms >= delivery->greeting_ms + th_greeting_timeout_ms(delivery);
    if (no_welcome || now_ms >= th_window_deadline_ms(delivery)) {
        /* What a mistrusted answer left as the reason says more than "no answer". */
        char reason[sizeof(delivery->reason)];
        memcpy(reason, delivery->reason, sizeof(reason));
        th_engine_event(delivery, TH_EVENT_SILENT, reason[0] ? reason : NULL, now_ms);
        return;
    }
    /* With nothing to write down, a connection that holds has to do. */
    if (delivery->faulted && delivery->batch_count == 0 &&
        now_ms - delivery->welcomed_ms > GOOD_CONNECTION_MS)
        th_engine_outbox_works(delivery);
    if (delivery->hold_until_ms != 0 && now_ms >= delivery->hold_until_ms) {
        delivery->hold_until_ms = 0;
        th_window_fill(delivery, now_ms);
    }
    if (delivery->state == TH_LINK_DELIVERING && delivery->batch_count == 0 &&
        !delivery->greeting_open && now_ms >= delivery->greeting_ms + GREET_AGAIN_MS)
        th_greeting_send(delivery, now_ms);
}

int64_t th_delivery_tick(struct th_delivery *delivery, int64_t now_ms)
{
    int64_t due;
    switch (delivery->state) {
    case TH_LINK_WAITING:
        if (now_ms >= delivery->due_ms && !delivery->draining)
            th_engine_event(delivery, TH_EVENT_DUE, NULL, now_ms);
        break;
    case TH_LINK_GREETING:
    case TH_LINK_FETCHING:
    case TH_LINK_CATCHING_UP:
        if (now_ms >= delivery->due_ms)
            th_engine_event(delivery, TH_EVENT_SILENT, NULL, now_ms);
        else if (delivery->state == TH_LINK_CATCHING_UP && delivery->hold_until_ms != 0 &&
                 now_ms >= delivery->hold_until_ms)
            th_catching_up_again(delivery, now_ms);
        break;
    case TH_LINK_DELIVERING:
        tick_delivering(delivery, now_ms);
        break;
    case TH_LINK_STOPPED:
        break;
    }

    if (delivery->state == TH_LINK_STOPPED)
        return -1;
    due = delivery->state == TH_LINK_DELIVERING ? delivering_due_ms(delivery, now_ms)
                                                : delivery->due_ms;
    if (delivery->state == TH_LINK_CATCHING_UP && delivery->hold_until_ms != 0)
        due = earlier(due, delivery->hold_until_ms);
    if (due == INT64_MAX)
        return -1;
    return due > now_ms ? due - now_ms : 0;
}

/* ---- what comes from outside ---- */

static void dispatch(struct th_delivery *delivery, const Tonghop__V1__ServerMessage *message,
                     int64_t now_ms)
{
    /* Before the Welcome nobody knows who is speaking. */
    if (!delivery->greeted && message->body_case != TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME &&
        message->body_case != TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR)
        return;
    switch (message->body_case) {
    case TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME:
        th_greeting_welcome(delivery, message->welcome, now_ms);
        break;
    case TONGHOP__V1__SERVER_MESSAGE__BODY_CATALOGUE_PART:
        th_fetching_part(delivery, message->catalogue_part, now_ms);
        break;
    case TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS:
        th_answers_receipts(delivery, message->receipts, now_ms);
        break;
    case TONGHOP__V1__SERVER_MESSAGE__BODY_BUSY:
        th_answers_busy(delivery, message->busy, now_ms);
        break;
    case TONGHOP__V1__SERVER_MESSAGE__BODY_ENTRIES:
        th_catching_up_entries(delivery, message->entries, now_ms);
        break;
    case TONGHOP__V1__SERVER_MESSAGE__BODY_NOTICE:
        th_notices_receive(delivery, message->notice, now_ms);
        break;
    case TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR:
        th_answers_error(delivery, message->error, now_ms);
        break;
    default:
        th_log(TH_LOG_DEBUG, "delivery ignored message=%d", (int)message->body_case);
        break;
    }
}

void th_delivery_receive(struct th_delivery *delivery, struct th_slice bytes, int64_t now_ms)
{
    if (!delivery->is_open)
        return;
    th_arena_reset(delivery->arena);
    const Tonghop__V1__ServerMessage *message = th_server_message_decode(bytes, delivery->arena);
    if (message)
        dispatch(delivery, message, now_ms);
    else
        th_log(TH_LOG_WARNING, "delivery dropped a message that is none bytes=%zu", bytes.size);
}

void th_delivery_peer(struct th_delivery *delivery, enum th_peer_event event, int64_t now_ms)
{
    if (!delivery->is_open)
        return;
    if (event == TH_PEER_REFUSED)
        th_engine_event(delivery, TH_EVENT_REFUSED, NULL, now_ms);
    else if (event == TH_PEER_DISCONNECTED)
        th_engine_event(delivery, TH_EVENT_LOST, NULL, now_ms);
}

void th_delivery_wake(struct th_delivery *delivery, int64_t now_ms)
{
    if (delivery->state == TH_LINK_DELIVERING)
        th_window_fill(delivery, now_ms);
}

void th_delivery_refresh(struct th_delivery *delivery, int64_t now_ms)
{
    if (delivery->state == TH_LINK_WAITING)
        delivery->due_ms = now_ms;
    else if (delivery->state == TH_LINK_DELIVERING && !delivery->greeting_open)
        th_greeting_send(delivery, now_ms);
}

void th_delivery_drain(struct th_delivery *delivery)
{
    delivery->draining = true;
}

void th_delivery_stop(struct th_delivery *delivery, int64_t now_ms)
{
    th_engine_event(delivery, TH_EVENT_STOP, NULL, now_ms);
}

enum th_link_state th_delivery_state(const struct th_delivery *delivery)
{
    return delivery->state;
}

size_t th_delivery_unanswered(const struct th_delivery *delivery)
{
    size_t count = 0;
    for (size_t i = 0; i < delivery->batch_count; i++)
        count += delivery->batches[i].count;
    return count;
}

const char *th_delivery_endpoint(const struct th_delivery *delivery)
{
    return delivery->bundle.submit[delivery->endpoint].address;
}

const char *th_delivery_reason(const struct th_delivery *delivery)
{
    return delivery->reason;
}

enum th_status th_delivery_check(const struct th_delivery *delivery, struct th_error *error)
{
    if (delivery->fatal.status == TH_OK)
        return TH_OK;
    return th_error_set(error, delivery->fatal.status, "%s", delivery->fatal.message);
}
