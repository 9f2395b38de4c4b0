#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "reporter/delivery/engine.h"
#include "reporter/delivery/restored.h"

#define GREETING_TIMEOUT_MS 10000 /* a handshake on a loaded province may take as long */
#define CLOCK_TOLERANCE_US  INT64_C(300000000) /* five minutes */
#define EPOCHS_MAX          1000               /* restores that an office may have missed */
#define SMALLEST_BATCH      1024               /* bytes; a province that allows less is not meant */

typedef Tonghop__V1__ClientMessage ClientMessage;

int64_t th_greeting_timeout_ms(const struct th_delivery *delivery)
{
    int64_t timeout = delivery->settings.answer_timeout_ms;
    return timeout < GREETING_TIMEOUT_MS ? timeout : GREETING_TIMEOUT_MS;
}

void th_greeting_send(struct th_delivery *delivery, int64_t now_ms)
{
    struct th_error error;
    struct th_outbox_head head;
    struct th_outbox_catalogue catalogue;
    uint64_t notice_id;
    enum th_status status = th_outbox_get_head(delivery->outbox, &head, &error);
    if (status == TH_OK)
        status = th_outbox_get_catalogue(delivery->outbox, &catalogue, NULL, &error);
    if (status == TH_OK)
        status = th_outbox_last_notice(delivery->outbox, &notice_id, &error);
    if (status != TH_OK) {
        th_engine_outbox_failed(delivery, &error, now_ms);
        return;
    }

    Tonghop__V1__Hello hello;
    tonghop__v1__hello__init(&hello);
    hello.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    hello.software = th_bytes(TH_SLICE("tonghop-reporter " TONGHOP_VERSION));
    hello.epoch = head.epoch;
    hello.sequence = head.sequence;
    if (head.sequence > 0)
        hello.hash = th_bytes_of(head.hash, sizeof(head.hash));
    hello.catalogue_version = catalogue.version;
    hello.notice_id = notice_id;
    hello.announced_us = delivery->bundle.announced_us;
    hello.language = th_bytes(th_slice_of(delivery->settings.language));
    ClientMessage message;
    tonghop__v1__client_message__init(&message);
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;

    delivery->greeting_ms = now_ms;
    delivery->greeting_open = true;
    if (delivery->state == TH_LINK_GREETING)
        delivery->due_ms = now_ms + th_greeting_timeout_ms(delivery);
    (void)th_engine_send(delivery, &message, now_ms);
}

/* Who answers, and by which rules. */
static enum th_status check_identity(struct th_delivery *delivery,
                                     const Tonghop__V1__Welcome *welcome, struct th_error *error)
{
    const struct th_bundle *bundle = &delivery->bundle;
    if (welcome->protocol_version != TH_WIRE_PROTOCOL_VERSION)
        return th_error_set(error, TH_REJECTED,
                            "the province speaks protocol version %" PRIu32
                            ", this program version %d; install the matching version",
                            welcome->protocol_version, TH_WIRE_PROTOCOL_VERSION);
    if (!th_slice_equals(th_bytes_slice(welcome->province), bundle->province) ||
        !th_slice_equals(th_bytes_slice(welcome->district), bundle->name))
        return th_error_set(error, TH_REJECTED,
                            "the collector answers for another province or district than %s/%s of "
                            "the bundle; join with the bundle that the province gave for this key",
                            bundle->province, bundle->name);
    if (!th_slice_equals(th_bytes_slice(welcome->role), "district"))
        return th_error_set(error, TH_REJECTED,
                            "the province enrolled this key for another role than district");
    if ((welcome->sequence > 0 || welcome->hash.len > 0) && welcome->hash.len != TH_HASH_BYTES)
        return th_error_set(error, TH_REJECTED, "the province's greeting is malformed");
    return TH_OK;
}

/* Puts the renewed bundle into the place of the old one. A connection to an endpoint that it
 * no longer names goes on as long as it holds. */
static void renew(struct th_delivery *delivery, const struct th_bundle *renewed)
{
    struct th_endpoint in_use = delivery->bundle.submit[delivery->endpoint];
    delivery->bundle = *renewed;
    delivery->endpoint = th_endpoint_find(renewed->submit, renewed->submit_count, &in_use);
    th_log(TH_LOG_INFO,
           "keys renewed by an announcement announced_us=%" PRId64 " endpoints=%zu "
           "receipt_keys=%zu",
           renewed->announced_us, renewed->submit_count, renewed->receipt_key_count);
}

/* New keys and endpoints, before anything that they may have signed. True when there were
 * any. What is not believed, or cannot be kept, leaves everything as it was. */
static bool take_announcements(struct th_delivery *delivery, const Tonghop__V1__Welcome *welcome)
{
    struct th_error error;
    struct th_bundle renewed = delivery->bundle;
    bool taken;
    uint64_t held_back = 0;
    enum th_status status = th_announcements_take(welcome->announcement, welcome->n_announcement,
                                                  &renewed, &taken, &error);
    if (status != TH_OK && th_log_gate_open(&delivery->announcement_gate, &held_back))
        th_log(TH_LOG_ERROR,
               "announcement from endpoint=%s is not believed: %s; ask the province for a new "
               "bundle repeated=%" PRIu64,
               th_delivery_endpoint(delivery), error.message, held_back);
    if (!taken)
        return false;
    status = delivery->settings.pin
                 ? delivery->settings.pin(delivery->settings.pin_context, &renewed, &error)
                 : TH_OK;
    if (status != TH_OK) {
        if (th_log_gate_open(&delivery->announcement_gate, &held_back))
            th_log(TH_LOG_ERROR, "announcement not kept problem=\"%s\" repeated=%" PRIu64,
                   error.message, held_back);
        return false;
    }
    renew(delivery, &renewed);
    return true;
}

/* What a restoration in the province has lost is sent again; once an epoch. */
static enum th_status send_again(struct th_delivery *delivery,
                                 const struct th_restored_start *starts, size_t count,
                                 struct th_error *error)
{
    uint64_t queued = 0;
    if (count == 0 || starts[count - 1].epoch <= delivery->requeued_epoch)
        return TH_OK;
    enum th_status status = th_restored_requeue(delivery->outbox, starts, count, &queued, error);
    if (status != TH_OK)
        return status;
    delivery->requeued_epoch = starts[count - 1].epoch;
    if (queued > 0)
        th_log(TH_LOG_WARNING,
               "the province was restored to an older moment and lacks reports that it had "
               "accepted: sending them again with their receipts epoch=%" PRIu32
               " reports=%" PRIu64,
               delivery->requeued_epoch, queued);
    return TH_OK;
}

/* An older collector tells none. */
static enum th_status note_first_enrolled(struct th_delivery *delivery,
                                          const Tonghop__V1__Welcome *welcome,
                                          struct th_error *error)
{
    if (welcome->first_enrolled_us <= 0)
        return TH_OK;
    return th_outbox_put_first_enrolled(delivery->outbox, welcome->first_enrolled_us, error);
}

/* An older collector tells none. */
static enum th_status note_notice_starts(struct th_delivery *delivery,
                                         const Tonghop__V1__Welcome *welcome, size_t most,
                                         struct th_error *error)
{
    enum th_status status = TH_OK;
    for (size_t i = 0; status == TH_OK && i < welcome->n_notice_start && i < most; i++) {
        uint64_t id = welcome->notice_start[i];
        if (id > 0 && id <= INT64_MAX)
            status = th_outbox_put_notice_start(delivery->outbox, th_notice_epoch(id), id, error);
    }
    return status;
}

/* What is left of the chain that an epoch without an entry continues has to be here too. */
static void catch_up_to_start(struct th_delivery *delivery, const struct th_outbox_head *head,
                              const struct th_restored_start *starts, size_t count)
{
    const struct th_restored_start *last = count > 0 ? &starts[count - 1] : NULL;
    struct th_chain_target target = {0};
    if (last && last->previous_sequence > 0)
        target = (struct th_chain_target){last->previous_epoch, last->previous_sequence};
    if (th_is_behind(head, &target))
        delivery->target = target;
}

static enum th_status judge_same_epoch(struct th_delivery *delivery,
                                       const Tonghop__V1__Welcome *welcome,
                                       const struct th_outbox_head *head, struct th_error *error)
{
    uint8_t hash[TH_HASH_BYTES];
    bool found = true;
    if (welcome->sequence > head->sequence) {
        delivery->target = (struct th_chain_target){welcome->epoch, welcome->sequence};
        return TH_OK;
    }
    /* A greeting repeated within a connection may have been answered before receipts
     * that have overtaken it; the first cannot. */
    if (welcome->sequence < head->sequence && !delivery->greeted)
        return th_error_set(error, TH_REJECTED,
                            "the province holds %" PRIu64 " receipts fewer than this office (its "
                            "database was restored?); nothing is sent until the province has run "
                            "`tonghop-collector restored`",
                            head->sequence - welcome->sequence);
    if (welcome->sequence == 0)
        return TH_OK;
    enum th_status status = th_outbox_entry_hash(delivery->outbox, welcome->epoch,
                                                 welcome->sequence, hash, &found, error);
    if (status != TH_OK)
        return status;
    if (!found || memcmp(hash, welcome->hash.data, TH_HASH_BYTES) != 0)
        return th_error_set(error, TH_REJECTED,
                            "the province's entry %" PRIu64 " is another than the receipt that "
                            "this office holds; keep the outbox and call the province",
                            welcome->sequence);
    return TH_OK;
}

/* Compares the province's head with the office's and sets the target to catch up to.
 * TH_REJECTED: they contradict each other. */
static enum th_status judge_head(struct th_delivery *delivery, const Tonghop__V1__Welcome *welcome,
                                 const struct th_restored_start *starts, size_t count,
                                 struct th_error *error)
{
    struct th_outbox_head head;
    bool known;
    enum th_status status = th_outbox_get_head(delivery->outbox, &head, error);
    if (status != TH_OK)
        return status;
    if (welcome->epoch == head.epoch)
        return judge_same_epoch(delivery, welcome, &head, error);
    if (welcome->epoch < head.epoch || welcome->epoch - head.epoch > EPOCHS_MAX) {
        if (delivery->greeted)
            return TH_OK;
        return th_error_set(error, TH_REJECTED,
                            "the province's chain is of epoch %" PRIu32
                            ", the receipts of this office of epoch %" PRIu32
                            "; if its database was restored, the province has to run "
                            "`tonghop-collector restored --epoch %" PRIu32 "`",
                            welcome->epoch, head.epoch,
                            (welcome->epoch > head.epoch ? welcome->epoch : head.epoch) + 1);
    }
    if (welcome->sequence == 0) {
        catch_up_to_start(delivery, &head, starts, count);
        return TH_OK;
    }
    /* A new epoch that has no entry yet points back at one that is held. */
    status =
        th_outbox_has_hash(delivery->outbox, welcome->hash.data, welcome->epoch, &known, error);
    if (status == TH_OK && !known)
        delivery->target = (struct th_chain_target){welcome->epoch, welcome->sequence};
    return status;
}

static uint32_t limit(uint32_t ours, uint32_t theirs, uint32_t most)
{
    uint32_t value = theirs > 0 && theirs < ours ? theirs : ours;
    value = value < most ? value : most;
    return value > 0 ? value : 1;
}

static void take_terms(struct th_delivery *delivery, const Tonghop__V1__Welcome *welcome)
{
    const struct th_delivery_settings *settings = &delivery->settings;
    delivery->window = limit(settings->window, welcome->window, TH_WINDOW_MAX);
    delivery->batch_reports =
        limit(settings->batch_reports, welcome->max_batch_reports, TH_BATCH_REPORTS_MAX);
    delivery->batch_bytes = limit(1024 * 1024, welcome->max_batch_bytes, 1024 * 1024);
    if (delivery->batch_bytes < SMALLEST_BATCH)
        delivery->batch_bytes = SMALLEST_BATCH;
    delivery->wanted_catalogue = welcome->catalogue_version;
    memset(delivery->wanted_digest, 0, sizeof(delivery->wanted_digest));
    if (welcome->catalogue_digest.len == sizeof(delivery->wanted_digest))
        memcpy(delivery->wanted_digest, welcome->catalogue_digest.data,
               sizeof(delivery->wanted_digest));

    int64_t ahead_us;
    if (!__builtin_sub_overflow(th_clock_now_us(), welcome->server_time_us, &ahead_us) &&
        (ahead_us > CLOCK_TOLERANCE_US || ahead_us < -CLOCK_TOLERANCE_US) &&
        th_log_gate_open(&delivery->clock_gate, NULL))
        th_log(TH_LOG_WARNING,
               "clock differs from the province's by seconds=%" PRId64
               "; locks and due dates go by the province's clock: set this machine's",
               ahead_us / 1000000);
}

void th_greeting_welcome(struct th_delivery *delivery, const Tonghop__V1__Welcome *welcome,
                         int64_t now_ms)
{
    struct th_error error;
    struct th_restored_start *starts = NULL;
    size_t start_count = 0;
    enum th_status status = check_identity(delivery, welcome, &error);
    bool renewed = status == TH_OK && take_announcements(delivery, welcome);
    if (status == TH_OK)
        status = th_restored_read(welcome, &starts, &start_count, &error);
    if (status == TH_OK)
        status = th_restored_check(delivery->outbox, starts, start_count, &error);
    if (status == TH_OK)
        status = judge_head(delivery, welcome, starts, start_count, &error);
    if (status == TH_OK)
        status = send_again(delivery, starts, start_count, &error);
    if (status == TH_OK)
        status = note_notice_starts(delivery, welcome, start_count, &error);
    if (status == TH_OK)
        status = note_first_enrolled(delivery, welcome, &error);
    free(starts);
    if (status == TH_REJECTED) {
        th_engine_mistrust(delivery, "the greeting", &error);
        th_engine_event(delivery, TH_EVENT_MISTRUSTED, error.message, now_ms);
        return;
    }
    if (status != TH_OK) {
        th_engine_outbox_failed(delivery, &error, now_ms);
        return;
    }
    bool first = !delivery->greeted;
    uint64_t wanted_before = delivery->wanted_catalogue;
    delivery->greeted = true;
    delivery->level_noted = false;
    delivery->greeting_open = false;
    delivery->answer_ms = now_ms;
    take_terms(delivery, welcome);
    delivery->reason[0] = '\0';
    if (first) {
        delivery->welcomed_ms = now_ms;
        th_engine_note_link(delivery, true, false);
        th_log(delivery->faulted ? TH_LOG_DEBUG : TH_LOG_INFO,
               "delivery welcomed endpoint=%s software=\"%.*s\" epoch=%" PRIu32 " sequence=%" PRIu64
               " catalogue=%" PRIu64 " window=%" PRIu32,
               th_delivery_endpoint(delivery),
               (int)(welcome->software.len < 60 ? welcome->software.len : 60),
               (const char *)welcome->software.data, welcome->epoch, welcome->sequence,
               welcome->catalogue_version, delivery->window);
    }
    /* What is under way in FETCHING and CATCHING_UP comes to the same question, but for
     * a catalogue that was replaced while it was fetched: the rest would never come. */
    if (delivery->state == TH_LINK_GREETING || delivery->state == TH_LINK_DELIVERING ||
        (delivery->state == TH_LINK_FETCHING && wanted_before != delivery->wanted_catalogue))
        th_greeting_next(delivery, now_ms);
    if (renewed) /* the province records who holds what */
        th_delivery_refresh(delivery, now_ms);
}

bool th_is_behind(const struct th_outbox_head *head, const struct th_chain_target *target)
{
    return head->epoch < target->epoch ||
           (head->epoch == target->epoch && head->sequence < target->sequence);
}

void th_greeting_next(struct th_delivery *delivery, int64_t now_ms)
{
    struct th_error error;
    struct th_outbox_head head;
    struct th_outbox_catalogue held;
    enum th_status status = th_outbox_get_head(delivery->outbox, &head, &error);
    if (status == TH_OK)
        status = th_outbox_get_catalogue(delivery->outbox, &held, NULL, &error);
    if (status != TH_OK) {
        th_engine_outbox_failed(delivery, &error, now_ms);
        return;
    }
    if (delivery->wanted_catalogue != 0 &&
        (held.version != delivery->wanted_catalogue ||
         memcmp(held.digest, delivery->wanted_digest, sizeof(held.digest)) != 0))
        th_engine_event(delivery, TH_EVENT_CATALOGUE_CHANGED, NULL, now_ms);
    else if (th_is_behind(&head, &delivery->target))
        th_engine_event(delivery, TH_EVENT_BEHIND, NULL, now_ms);
    else
        th_engine_event(delivery, TH_EVENT_LEVEL, NULL, now_ms);
}
