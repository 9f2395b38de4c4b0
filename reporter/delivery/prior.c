/* Receipts from before a restoration, as runs that the province can verify: the entries
 * from the report's to the one that was signed. */
#include <string.h>

#include "reporter/delivery/engine.h"

#define ENTRY_BYTES 256 /* of one on the wire, at most */
#define RUN_BYTES   256 /* of what is around them */

/* Entries of one run while they are copied. */
struct copying {
    struct th_arena *arena;
    Tonghop__V1__ReceiptRun *run;
    size_t room;
};

static enum th_status copy_entry(void *context, const struct th_entry *stored,
                                 const uint8_t hash[TH_HASH_BYTES], const uint8_t *key_id,
                                 const uint8_t *signature, struct th_error *error)
{
    struct copying *copying = context;
    (void)hash;
    (void)key_id;
    (void)signature;
    (void)error;
    if (copying->run->n_entry == copying->room)
        return TH_OK;
    Tonghop__V1__Entry *entry = th_arena_alloc(copying->arena, sizeof(*entry));
    tonghop__v1__entry__init(entry);
    entry->sequence = stored->sequence;
    entry->report_id =
        th_bytes_of(th_arena_copy(copying->arena, stored->report_id, sizeof(stored->report_id)),
                    sizeof(stored->report_id));
    entry->form = th_bytes(th_slice_of(th_arena_text(copying->arena, th_slice_of(stored->form))));
    entry->period =
        th_bytes(th_slice_of(th_arena_text(copying->arena, th_slice_of(stored->period))));
    entry->revision = stored->revision;
    entry->digest =
        th_bytes_of(th_arena_copy(copying->arena, stored->digest, sizeof(stored->digest)),
                    sizeof(stored->digest));
    entry->accepted_at_us = stored->accepted_at_us;
    copying->run->entry[copying->run->n_entry++] = entry;
    return TH_OK;
}

static bool is_covered(const struct th_prior *prior, uint32_t epoch, uint64_t sequence)
{
    for (size_t i = 0; i < prior->count; i++) {
        const Tonghop__V1__ReceiptRun *run = prior->runs[i];
        if (run->epoch == epoch && run->entry[0]->sequence <= sequence &&
            sequence <= run->entry[run->n_entry - 1]->sequence)
            return true;
    }
    return false;
}

/* The hash before the entry: of the entry before it, or what the run began after. */
static enum th_status hash_before(struct th_outbox *outbox, const struct th_outbox_run *run,
                                  uint64_t sequence, uint8_t hash[TH_HASH_BYTES], bool *found,
                                  struct th_error *error)
{
    *found = run->first_sequence == sequence;
    memcpy(hash, run->previous_hash, TH_HASH_BYTES);
    return *found ? TH_OK
                  : th_outbox_entry_hash(outbox, run->epoch, sequence - 1, hash, found, error);
}

enum th_status th_prior_gather(struct th_delivery *delivery, const struct th_prior *prior,
                               const struct th_outbox_report *report, Tonghop__V1__ReceiptRun **run,
                               size_t *bytes, struct th_error *error)
{
    struct th_arena *arena = delivery->outgoing;
    struct th_outbox_run held;
    uint8_t previous[TH_HASH_BYTES];
    bool found = false;
    uint32_t epoch;
    uint64_t sequence;
    *run = NULL;
    *bytes = 0;
    /* After several restorations there are several receipts: the first tells when it came. */
    enum th_status status =
        th_outbox_first_entry(delivery->outbox, report, &epoch, &sequence, error);
    if (status != TH_OK || sequence == 0 || is_covered(prior, epoch, sequence))
        return status;
    status = th_outbox_covering_run(delivery->outbox, epoch, sequence, &held, &found, error);
    if (status == TH_OK && found)
        status = hash_before(delivery->outbox, &held, sequence, previous, &found, error);
    if (status != TH_OK || !found)
        return status;

    size_t count = (size_t)(held.last_sequence - sequence + 1);
    Tonghop__V1__ReceiptRun *made = th_arena_alloc(arena, sizeof(*made));
    tonghop__v1__receipt_run__init(made);
    made->epoch = held.epoch;
    made->previous_hash =
        th_bytes_of(th_arena_copy(arena, previous, sizeof(previous)), sizeof(previous));
    made->key_id =
        th_bytes_of(th_arena_copy(arena, held.key_id, sizeof(held.key_id)), sizeof(held.key_id));
    made->signature = th_bytes_of(th_arena_copy(arena, held.signature, sizeof(held.signature)),
                                  sizeof(held.signature));
    made->entry = th_arena_alloc(arena, count * sizeof(*made->entry));
    struct copying copying = {.arena = arena, .run = made, .room = count};
    status = th_outbox_some_entries(delivery->outbox, held.epoch, sequence, held.last_sequence,
                                    copy_entry, &copying, error);
    if (status != TH_OK || made->n_entry != count)
        return status;
    *run = made;
    *bytes = RUN_BYTES + count * ENTRY_BYTES;
    return TH_OK;
}
