#include <inttypes.h>
#include <string.h>

#include "common/base/clock.h"
#include "reporter/delivery/engine.h"

/* Everything about a run while it is compared with the chain. */
struct extending {
    struct th_delivery *delivery;
    const Tonghop__V1__ReceiptRun *run;
    uint8_t (*hashes)[TH_HASH_BYTES];
    struct th_outbox_head head;
    enum th_extension extension;
};

static enum th_status contradict(struct extending *extending, struct th_error *error,
                                 const char *what, uint64_t sequence)
{
    extending->extension = TH_CONTRADICTS;
    /* The status of the call stays TH_OK: only the message is kept. */
    (void)th_error_set(error, TH_REJECTED, "%s (epoch %" PRIu32 ", sequence %" PRIu64 ")", what,
                       extending->run->epoch, sequence);
    return TH_OK;
}

static bool is_zero(const uint8_t hash[TH_HASH_BYTES])
{
    static const uint8_t zero[TH_HASH_BYTES];
    return memcmp(hash, zero, sizeof(zero)) == 0;
}

/* True for entries up to the head: those must be held already. */
static bool is_past(const struct extending *extending, uint64_t sequence)
{
    return extending->run->epoch < extending->head.epoch ||
           (extending->run->epoch == extending->head.epoch && sequence <= extending->head.sequence);
}

/* Where the first new entry is tied to the chain: at the head, or, in a new epoch, at
 * any entry held (the province was restored to that one). */
static enum th_status check_link(struct extending *extending, struct th_error *error)
{
    const Tonghop__V1__ReceiptRun *run = extending->run;
    const struct th_outbox_head *head = &extending->head;
    const uint8_t *previous = run->previous_hash.data;
    uint64_t first = run->entry[0]->sequence;
    bool held = false;

    if (is_past(extending, first))
        return TH_OK;
    if (run->epoch == head->epoch) {
        if (first > head->sequence + 1)
            extending->extension = TH_GAP;
        else if (memcmp(previous, head->hash, TH_HASH_BYTES) != 0)
            return contradict(extending, error, "an entry does not follow the last receipt held",
                              first);
        return TH_OK;
    }
    if (first == 1 && is_zero(previous) && head->sequence == 0)
        return TH_OK;
    if (first == 1 && run->epoch == 1)
        return contradict(extending, error, "the first entry follows one that cannot be", first);
    enum th_status status =
        th_outbox_has_hash(extending->delivery->outbox, previous, run->epoch, &held, error);
    if (status != TH_OK)
        return status;
    if (!held)
        extending->extension = TH_GAP;
    else if (memcmp(previous, head->hash, TH_HASH_BYTES) != 0)
        th_log(TH_LOG_WARNING,
               "the province began epoch=%" PRIu32 " before the last receipt of this office: it "
               "was restored to an older moment; the receipts of what it lost are kept",
               run->epoch);
    return TH_OK;
}

struct finding {
    bool found;
    uint8_t digest[TH_HASH_BYTES];
};

static bool keep_digest(void *context, const struct th_outbox_report *report)
{
    struct finding *finding = context;
    finding->found = true;
    memcpy(finding->digest, report->digest, sizeof(finding->digest));
    return false;
}

/* Marks the office's report that the entry names, if it is the office's. */
static enum th_status mark_accepted(struct extending *extending, const Tonghop__V1__Entry *entry,
                                    struct th_error *error)
{
    struct th_delivery *delivery = extending->delivery;
    struct finding finding = {0};
    enum th_status status =
        th_outbox_find(delivery->outbox, entry->report_id.data, keep_digest, &finding, error);
    if (status != TH_OK || !finding.found)
        return status;
    if (memcmp(finding.digest, entry->digest.data, sizeof(finding.digest)) != 0)
        return contradict(extending, error,
                          "an entry names a report of this office with other bytes than it made",
                          entry->sequence);
    const char *warnings = entry->n_warning > 0 && entry->n_warning <= 1000
                               ? th_problems_json(entry->warning, entry->n_warning, delivery->arena)
                               : NULL;
    return th_outbox_accept(delivery->outbox, entry->report_id.data, entry->accepted_at_us,
                            extending->run->epoch, entry->sequence, warnings, error);
}

static enum th_status add_entry(struct extending *extending, const Tonghop__V1__Entry *entry,
                                const uint8_t hash[TH_HASH_BYTES], struct th_error *error)
{
    struct th_arena *arena = extending->delivery->arena;
    struct th_entry stored = {
        .epoch = extending->run->epoch,
        .sequence = entry->sequence,
        .form = th_bytes_text(entry->form, 64, arena),
        .period = th_bytes_text(entry->period, 64, arena),
        .revision = entry->revision,
        .accepted_at_us = entry->accepted_at_us,
    };
    if (!stored.form || !stored.period)
        return contradict(extending, error, "an entry's form or period is malformed",
                          entry->sequence);
    memcpy(stored.report_id, entry->report_id.data, sizeof(stored.report_id));
    memcpy(stored.digest, entry->digest.data, sizeof(stored.digest));
    return th_outbox_add_entry(extending->delivery->outbox, &stored, hash, error);
}

static enum th_status compare_entry(struct extending *extending, uint64_t sequence,
                                    const uint8_t hash[TH_HASH_BYTES], struct th_error *error)
{
    uint8_t held[TH_HASH_BYTES];
    bool found = false;
    enum th_status status = th_outbox_entry_hash(extending->delivery->outbox, extending->run->epoch,
                                                 sequence, held, &found, error);
    if (status != TH_OK)
        return status;
    if (!found || memcmp(held, hash, sizeof(held)) != 0)
        return contradict(extending, error, "an entry is another than the receipt held", sequence);
    return TH_OK;
}

static enum th_status add_run(struct extending *extending, uint64_t first_new,
                              struct th_error *error)
{
    const Tonghop__V1__ReceiptRun *run = extending->run;
    size_t first_at = (size_t)(first_new - run->entry[0]->sequence);
    struct th_outbox_run stored = {
        .epoch = run->epoch,
        .first_sequence = first_new,
        .last_sequence = run->entry[run->n_entry - 1]->sequence,
    };
    memcpy(stored.previous_hash,
           first_at > 0 ? extending->hashes[first_at - 1] : run->previous_hash.data,
           sizeof(stored.previous_hash));
    memcpy(stored.key_id, run->key_id.data, sizeof(stored.key_id));
    memcpy(stored.signature, run->signature.data, sizeof(stored.signature));
    return th_outbox_add_run(extending->delivery->outbox, &stored, th_clock_now_us(), error);
}

/* Verification has checked these; a program that stores what it copies looks again. */
static bool is_well_formed(const Tonghop__V1__ReceiptRun *run)
{
    if (run->n_entry == 0 || run->epoch == 0 || run->previous_hash.len != TH_HASH_BYTES ||
        run->key_id.len != TH_KEY_ID_BYTES || run->signature.len != TH_SIGNATURE_BYTES)
        return false;
    for (size_t i = 0; i < run->n_entry; i++)
        if (run->entry[i]->report_id.len != 16 || run->entry[i]->digest.len != TH_HASH_BYTES ||
            run->entry[i]->sequence != run->entry[0]->sequence + i ||
            run->entry[i]->sequence == 0 || run->entry[i]->sequence > INT64_MAX)
            return false;
    return true;
}

enum th_status th_extend_chain(struct th_delivery *delivery, const Tonghop__V1__ReceiptRun *run,
                               uint8_t (*hashes)[TH_HASH_BYTES], enum th_extension *extension,
                               struct th_error *error)
{
    struct extending extending = {
        .delivery = delivery, .run = run, .hashes = hashes, .extension = TH_EXTENDED};
    uint64_t first_new = 0;
    *extension = TH_CONTRADICTS;
    if (!is_well_formed(run)) {
        (void)th_error_set(error, TH_REJECTED, "a run of entries is malformed");
        return TH_OK;
    }
    enum th_status status = th_outbox_get_head(delivery->outbox, &extending.head, error);
    if (status == TH_OK)
        status = check_link(&extending, error);
    for (size_t i = 0; i < run->n_entry && status == TH_OK && extending.extension == TH_EXTENDED;
         i++) {
        const Tonghop__V1__Entry *entry = run->entry[i];
        if (is_past(&extending, entry->sequence)) {
            status = compare_entry(&extending, entry->sequence, hashes[i], error);
        } else if (run->epoch == extending.head.epoch &&
                   entry->accepted_at_us < extending.head.accepted_at_us) {
            status = contradict(&extending, error, "an entry is older than the receipt before it",
                                entry->sequence);
        } else {
            first_new = first_new ? first_new : entry->sequence;
            status = add_entry(&extending, entry, hashes[i], error);
        }
        if (status == TH_OK && extending.extension == TH_EXTENDED)
            status = mark_accepted(&extending, entry, error);
    }
    if (status == TH_OK && extending.extension == TH_EXTENDED && first_new > 0)
        status = add_run(&extending, first_new, error);
    *extension = extending.extension;
    return status;
}
