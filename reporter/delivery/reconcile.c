#include "reporter/delivery/reconcile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reporter/delivery/asking.h"

#define PERIOD_MAX     16
#define FORM_MAX       64
#define IMPORT_UUID    5 /* version of the ids that imports have */
#define RECOVERED_NAME "reconcile"

struct comparing {
    struct th_reconcile *reconcile;
    struct th_outbox *outbox;
    struct th_asking asking;
    uint64_t *last; /* by epoch: the province's last sequence */
    uint32_t epochs;
};

static bool is_import(const uint8_t id[16])
{
    return id[6] >> 4 == IMPORT_UUID;
}

static void begin(struct th_asking *asking, const struct th_reconcile *reconcile)
{
    *asking = (struct th_asking){.connection = {.pair = reconcile->pair},
                                 .bundle = reconcile->bundle,
                                 .language = reconcile->language,
                                 .timeout_ms = reconcile->timeout_ms};
}

static void tell(struct comparing *comparing, enum th_reconcile_kind kind,
                 const struct th_entry *entry)
{
    struct th_reconcile_difference difference = {
        .kind = kind,
        .epoch = entry->epoch,
        .revision = entry->revision,
        .sequence = entry->sequence,
        .form = entry->form,
        .period = entry->period,
    };
    memcpy(difference.report_id, entry->report_id, sizeof(difference.report_id));
    comparing->reconcile->contradicts |=
        kind == TH_RECONCILE_ENTRY_OTHER || kind == TH_RECONCILE_ENTRY_GONE;
    comparing->reconcile->difference(comparing->reconcile->context, &difference);
}

struct held {
    bool found, accepted;
    uint8_t digest[TH_HASH_BYTES];
};

static bool keep(void *context, const struct th_outbox_report *report)
{
    struct held *held = context;
    held->found = true;
    held->accepted = report->state == TH_STATE_ACCEPTED;
    memcpy(held->digest, report->digest, sizeof(held->digest));
    return false;
}

static enum th_status compare_report(struct comparing *comparing, const struct th_entry *entry,
                                     struct th_error *error)
{
    struct held held = {0};
    enum th_status status = th_outbox_find(comparing->outbox, entry->report_id, keep, &held, error);
    if (status != TH_OK || (!held.found && is_import(entry->report_id)))
        return status;
    comparing->reconcile->reports++;
    if (!held.found)
        tell(comparing, TH_RECONCILE_REPORT_LACKING, entry);
    else if (memcmp(held.digest, entry->digest, sizeof(held.digest)) != 0)
        tell(comparing, TH_RECONCILE_REPORT_OTHER, entry);
    else if (!held.accepted)
        tell(comparing, TH_RECONCILE_REPORT_STATE, entry);
    return TH_OK;
}

/* One verified entry of the province. */
static enum th_status compare_entry(struct comparing *comparing, uint32_t epoch,
                                    const Tonghop__V1__Entry *wire,
                                    const uint8_t hash[TH_HASH_BYTES], struct th_error *error)
{
    uint8_t kept[TH_HASH_BYTES];
    bool found = false;
    struct th_entry entry = {
        .epoch = epoch,
        .sequence = wire->sequence,
        .form = th_bytes_text(wire->form, FORM_MAX, comparing->asking.arena),
        .period = th_bytes_text(wire->period, PERIOD_MAX, comparing->asking.arena),
        .revision = wire->revision,
        .accepted_at_us = wire->accepted_at_us,
    };
    if (!entry.form || !entry.period)
        return th_error_set(error, TH_REJECTED, "an entry's form or period is malformed");
    memcpy(entry.report_id, wire->report_id.data, sizeof(entry.report_id));
    memcpy(entry.digest, wire->digest.data, sizeof(entry.digest));
    enum th_status status =
        th_outbox_entry_hash(comparing->outbox, epoch, entry.sequence, kept, &found, error);
    if (status != TH_OK)
        return status;
    comparing->reconcile->entries++;
    if (!found)
        tell(comparing, TH_RECONCILE_ENTRY_LACKING, &entry);
    else if (memcmp(kept, hash, sizeof(kept)) != 0)
        tell(comparing, TH_RECONCILE_ENTRY_OTHER, &entry);
    return compare_report(comparing, &entry, error);
}

/* Every entry of one epoch; `previous` is the last hash before, then within. */
static enum th_status compare_epoch(struct comparing *comparing, uint32_t epoch,
                                    uint8_t previous[TH_HASH_BYTES], struct th_error *error)
{
    uint64_t *last = &comparing->last[epoch];
    for (;;) {
        const Tonghop__V1__ReceiptRun *run = NULL;
        uint8_t(*hashes)[TH_HASH_BYTES] = NULL;
        enum th_status status =
            th_ask_entries(&comparing->asking, epoch, *last, &run, &hashes, error);
        if (status != TH_OK || run->n_entry == 0)
            return status;
        if (memcmp(run->previous_hash.data, previous, TH_HASH_BYTES) != 0)
            return th_error_set(error, TH_PERMANENT,
                                "the province's entry %" PRIu64 " of epoch %" PRIu32
                                " does not follow the one before it; keep the outbox and call "
                                "the province",
                                *last + 1, epoch);
        for (size_t i = 0; status == TH_OK && i < run->n_entry; i++)
            status = compare_entry(comparing, epoch, run->entry[i], hashes[i], error);
        if (status != TH_OK)
            return status;
        *last = run->entry[run->n_entry - 1]->sequence;
        memcpy(previous, hashes[run->n_entry - 1], TH_HASH_BYTES);
    }
}

static enum th_status look_for_gone(void *context, const struct th_entry *entry,
                                    const uint8_t hash[TH_HASH_BYTES], const uint8_t *key_id,
                                    const uint8_t *signature, struct th_error *error)
{
    struct comparing *comparing = context;
    (void)hash;
    (void)key_id;
    (void)signature;
    (void)error;
    if (th_restored_lost(comparing->asking.starts, comparing->asking.start_count, entry->epoch,
                         entry->sequence))
        comparing->reconcile->lost++;
    else if (entry->epoch > comparing->epochs || entry->sequence > comparing->last[entry->epoch])
        tell(comparing, TH_RECONCILE_ENTRY_GONE, entry);
    return TH_OK;
}

enum th_status th_reconcile_compare(struct th_reconcile *reconcile, struct th_outbox *outbox,
                                    struct th_error *error)
{
    struct comparing comparing = {.reconcile = reconcile, .outbox = outbox};
    uint8_t previous[TH_HASH_BYTES] = {0};
    uint64_t sequence;
    reconcile->entries = reconcile->reports = reconcile->lost = 0;
    reconcile->contradicts = false;
    begin(&comparing.asking, reconcile);
    enum th_status status = th_asking_open(&comparing.asking, &comparing.epochs, &sequence, error);
    if (status != TH_OK)
        goto cleanup;
    comparing.last = calloc((size_t)comparing.epochs + 1, sizeof(*comparing.last));
    if (!comparing.last)
        abort();
    for (uint32_t epoch = 1; status == TH_OK && epoch <= comparing.epochs; epoch++)
        status = compare_epoch(&comparing, epoch, previous, error);
    if (status == TH_OK && comparing.last[comparing.epochs] < sequence)
        status =
            th_error_set(error, TH_PERMANENT,
                         "the province announced entry %" PRIu64 " and does not give it", sequence);
    if (status == TH_OK)
        status = th_outbox_entries(outbox, look_for_gone, &comparing, error);
cleanup:
    th_asking_close(&comparing.asking);
    free(comparing.last);
    return status;
}

/* ----------------------------------------------------------------------- pull */

/* One page, in one transaction. */
static enum th_status put_back(struct th_outbox *outbox, const Tonghop__V1__Bodies *bodies,
                               uint32_t epoch, th_reconcile_content_fn content, uint64_t *added,
                               struct th_error *error)
{
    uint64_t count = 0;
    enum th_status status = th_outbox_begin(outbox, error);
    for (size_t i = 0; status == TH_OK && i < bodies->n_body; i++) {
        struct th_outbox_report report = {
            .epoch = epoch,
            .sequence = bodies->body[i]->sequence,
            .file = RECOVERED_NAME,
            .body = th_bytes_slice(bodies->body[i]->report),
        };
        bool is_added = false;
        if (!content(report.body, report.content, &report.created_us))
            continue; /* an import, or nothing that this program can read */
        th_sha256(report.body.bytes, report.body.size, report.digest);
        status = th_outbox_recover(outbox, &report, &is_added, error);
        count += is_added;
    }
    if (status == TH_OK)
        status = th_outbox_commit(outbox, error);
    th_outbox_rollback(outbox);
    *added += status == TH_OK ? count : 0;
    return status;
}

enum th_status th_reconcile_pull(const struct th_reconcile *reconcile, struct th_outbox *outbox,
                                 th_reconcile_content_fn content, uint64_t *added,
                                 struct th_error *error)
{
    struct th_asking asking;
    uint32_t epochs = 0;
    uint64_t sequence;
    *added = 0;
    begin(&asking, reconcile);
    enum th_status status = th_asking_open(&asking, &epochs, &sequence, error);
    for (uint32_t epoch = 1; status == TH_OK && epoch <= epochs; epoch++) {
        uint64_t last = 0;
        const Tonghop__V1__Bodies *bodies = NULL;
        for (bool more = true; status == TH_OK && more;) {
            status = th_ask_bodies(&asking, epoch, last, &bodies, error);
            more = status == TH_OK && bodies->n_body > 0;
            if (!more)
                break;
            last = bodies->body[bodies->n_body - 1]->sequence;
            status = put_back(outbox, bodies, epoch, content, added, error);
        }
    }
    th_asking_close(&asking);
    return status;
}
