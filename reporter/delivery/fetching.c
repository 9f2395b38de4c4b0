#include <inttypes.h>
#include <string.h>

#include "common/base/clock.h"
#include "reporter/delivery/engine.h"

#define CREDIT        4 /* parts of the catalogue under way */
#define ENTRIES_LIMIT 500

typedef Tonghop__V1__ClientMessage ClientMessage;

/* ---- the catalogue ---- */

void th_fetching_begin(struct th_delivery *delivery, int64_t now_ms)
{
    th_catalogue_assembly_free(&delivery->assembly);
    memset(&delivery->assembly, 0, sizeof(delivery->assembly));
    delivery->request = ++delivery->last_request;
    delivery->assembly.request_id = delivery->request;

    Tonghop__V1__CatalogueRequest request;
    tonghop__v1__catalogue_request__init(&request);
    request.request_id = delivery->request;
    request.version = 0; /* whichever is in force when the question arrives */
    request.credit = CREDIT;
    ClientMessage message;
    tonghop__v1__client_message__init(&message);
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CATALOGUE_REQUEST;
    message.catalogue_request = &request;
    delivery->due_ms = now_ms + delivery->settings.answer_timeout_ms;
    (void)th_engine_send(delivery, &message, now_ms);
}

static void give_credit(struct th_delivery *delivery, int64_t now_ms)
{
    Tonghop__V1__Credit credit;
    tonghop__v1__credit__init(&credit);
    credit.request_id = delivery->request;
    credit.parts = 1;
    ClientMessage message;
    tonghop__v1__client_message__init(&message);
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CREDIT;
    message.credit = &credit;
    (void)th_engine_send(delivery, &message, now_ms);
}

/* A catalogue that this program cannot read must not keep reports from leaving: the
 * one that is held stays, and the fault is said. */
static void take_catalogue(struct th_delivery *delivery, int64_t now_ms)
{
    struct th_error error;
    struct th_slice bytes = th_buffer_slice(&delivery->assembly.bytes);
    struct th_outbox_catalogue fetched = {
        .version = delivery->assembly.version,
        .fetched_us = th_clock_now_us(),
    };
    th_sha256(bytes.bytes, bytes.size, fetched.digest);
    struct th_catalogue *catalogue = th_catalogue_unpack(bytes, fetched.version, &error);
    if (!catalogue) {
        th_log(TH_LOG_ERROR,
               "catalogue version=%" PRIu64 " cannot be read and the one held stays in use: %s; "
               "install the newest tonghop-reporter",
               fetched.version, error.message);
        delivery->wanted_catalogue = 0;
    } else if (th_outbox_put_catalogue(delivery->outbox, &fetched, bytes, &error) != TH_OK) {
        th_catalogue_release(&catalogue);
        th_engine_outbox_failed(delivery, &error, now_ms);
        return;
    } else {
        th_log(TH_LOG_INFO, "catalogue fetched version=%" PRIu64 " bytes=%zu", fetched.version,
               bytes.size);
        delivery->wanted_catalogue = fetched.version;
        memcpy(delivery->wanted_digest, fetched.digest, sizeof(fetched.digest));
    }
    th_catalogue_release(&catalogue);
    th_catalogue_assembly_free(&delivery->assembly);
    th_greeting_next(delivery, now_ms);
}

void th_fetching_part(struct th_delivery *delivery, const Tonghop__V1__CataloguePart *part,
                      int64_t now_ms)
{
    struct th_error error = {0};
    if (delivery->state != TH_LINK_FETCHING || part->request_id != delivery->request)
        return;
    delivery->due_ms = now_ms + delivery->settings.answer_timeout_ms;
    switch (th_catalogue_assemble(&delivery->assembly, part, &error)) {
    case TH_OK:
        take_catalogue(delivery, now_ms);
        break;
    case TH_RETRY:
        give_credit(delivery, now_ms);
        break;
    default:
        th_engine_mistrust(delivery, "the catalogue", &error);
        th_engine_event(delivery, TH_EVENT_MISTRUSTED, error.message, now_ms);
        break;
    }
}

/* ---- entries that the office lacks ---- */

static void ask_entries(struct th_delivery *delivery, int64_t now_ms)
{
    struct th_error error;
    Tonghop__V1__EntriesRequest request;
    tonghop__v1__entries_request__init(&request);
    enum th_status status = th_outbox_last_sequence(delivery->outbox, delivery->ask_epoch,
                                                    &request.after_sequence, &error);
    if (status != TH_OK) {
        th_engine_outbox_failed(delivery, &error, now_ms);
        return;
    }
    delivery->request = ++delivery->last_request;
    request.request_id = delivery->request;
    request.epoch = delivery->ask_epoch;
    request.limit = ENTRIES_LIMIT;
    ClientMessage message;
    tonghop__v1__client_message__init(&message);
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST;
    message.entries_request = &request;
    delivery->due_ms = now_ms + delivery->settings.answer_timeout_ms;
    (void)th_engine_send(delivery, &message, now_ms);
}

void th_catching_up_begin(struct th_delivery *delivery, int64_t now_ms)
{
    struct th_error error;
    struct th_outbox_head head;
    if (th_outbox_get_head(delivery->outbox, &head, &error) != TH_OK) {
        th_engine_outbox_failed(delivery, &error, now_ms);
        return;
    }
    delivery->ask_epoch = head.epoch > 0 ? head.epoch : 1;
    ask_entries(delivery, now_ms);
}

void th_catching_up_again(struct th_delivery *delivery, int64_t now_ms)
{
    delivery->hold_until_ms = 0;
    ask_entries(delivery, now_ms);
}

static void give_up(struct th_delivery *delivery, const struct th_error *error, int64_t now_ms)
{
    th_engine_mistrust(delivery, "a run of entries", error);
    th_engine_event(delivery, TH_EVENT_MISTRUSTED, error->message, now_ms);
}

/* Writes one verified page. TH_PERMANENT: it is not to be believed. */
static enum th_status store_page(struct th_delivery *delivery, const Tonghop__V1__ReceiptRun *run,
                                 uint8_t (*hashes)[TH_HASH_BYTES], struct th_error *error)
{
    enum th_extension extension = TH_GAP;
    enum th_status status = th_outbox_begin(delivery->outbox, error);
    if (status == TH_OK)
        status = th_extend_chain(delivery, run, hashes, &extension, error);
    if (status == TH_OK && extension == TH_GAP)
        status = th_error_set(error, TH_REJECTED,
                              "the entries sent do not continue the chain that this office holds");
    else if (status == TH_OK && extension == TH_CONTRADICTS)
        status = TH_REJECTED;
    if (status == TH_OK)
        status = th_outbox_commit(delivery->outbox, error);
    th_outbox_rollback(delivery->outbox);
    return status;
}

static void take_page(struct th_delivery *delivery, const Tonghop__V1__ReceiptRun *run,
                      int64_t now_ms)
{
    struct th_error error = {0};
    struct th_outbox_head before = {0}, after = {0};
    uint8_t(*hashes)[TH_HASH_BYTES] =
        th_arena_alloc(delivery->arena, run->n_entry * sizeof(*hashes));
    if (run->n_entry > ENTRIES_LIMIT || !hashes) {
        (void)th_error_set(&error, TH_REJECTED, "more entries came than were asked for");
        give_up(delivery, &error, now_ms);
        return;
    }
    if (th_receipt_run_verify(run, &delivery->bundle, delivery->bundle.name, hashes, &error) !=
        TH_OK) {
        give_up(delivery, &error, now_ms);
        return;
    }
    enum th_status status = th_outbox_get_head(delivery->outbox, &before, &error);
    if (status == TH_OK)
        status = store_page(delivery, run, hashes, &error);
    if (status == TH_OK)
        status = th_outbox_get_head(delivery->outbox, &after, &error);
    /* Without this, entries that are known already could be sent for ever. Receipts may
     * have brought them meanwhile. */
    if (status == TH_OK && before.epoch == after.epoch && before.sequence == after.sequence &&
        th_is_behind(&after, &delivery->target))
        status = th_error_set(&error, TH_REJECTED, "entries came that were not asked for");
    if (status == TH_REJECTED)
        give_up(delivery, &error, now_ms);
    else if (status != TH_OK)
        th_engine_outbox_failed(delivery, &error, now_ms);
    else
        th_greeting_next(delivery, now_ms);
}

void th_catching_up_entries(struct th_delivery *delivery, const Tonghop__V1__Entries *entries,
                            int64_t now_ms)
{
    struct th_error error;
    struct th_outbox_head head;
    if (delivery->state != TH_LINK_CATCHING_UP || entries->request_id != delivery->request)
        return;
    delivery->answer_ms = now_ms;
    if (entries->run && entries->run->n_entry > 0) {
        take_page(delivery, entries->run, now_ms);
    } else if (th_outbox_get_head(delivery->outbox, &head, &error) != TH_OK) {
        th_engine_outbox_failed(delivery, &error, now_ms);
    } else if (!th_is_behind(&head, &delivery->target)) {
        th_greeting_next(delivery, now_ms);
    } else if (delivery->ask_epoch < delivery->target.epoch) {
        delivery->ask_epoch++;
        ask_entries(delivery, now_ms);
    } else {
        (void)th_error_set(&error, TH_REJECTED,
                           "the province announced entry %" PRIu64 " and does not give it",
                           delivery->target.sequence);
        give_up(delivery, &error, now_ms);
    }
}
