#include "reporter/delivery/restored.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STARTS_MAX 1000

static bool is_ordered(const Tonghop__V1__EpochStart *start, uint32_t before)
{
    return start->epoch > before && start->previous_epoch < start->epoch &&
           start->previous_sequence <= INT64_MAX && start->previous_hash.len == TH_HASH_BYTES &&
           (start->previous_epoch == 0) == (start->previous_sequence == 0);
}

enum th_status th_restored_read(const Tonghop__V1__Welcome *welcome,
                                struct th_restored_start **starts, size_t *count,
                                struct th_error *error)
{
    uint32_t before = 1;
    *starts = NULL;
    *count = 0;
    if (welcome->n_epoch_start > STARTS_MAX)
        return th_error_set(error, TH_REJECTED, "the province's greeting names too many epochs");
    struct th_restored_start *read = calloc(welcome->n_epoch_start + 1, sizeof(*read));
    if (!read)
        abort();
    for (size_t i = 0; i < welcome->n_epoch_start; i++) {
        const Tonghop__V1__EpochStart *start = welcome->epoch_start[i];
        if (!is_ordered(start, before)) {
            free(read);
            return th_error_set(error, TH_REJECTED,
                                "the epochs in the province's greeting are malformed");
        }
        before = start->epoch;
        read[i] = (struct th_restored_start){.epoch = start->epoch,
                                             .previous_epoch = start->previous_epoch,
                                             .previous_sequence = start->previous_sequence};
        memcpy(read[i].previous_hash, start->previous_hash.data, TH_HASH_BYTES);
    }
    *starts = read;
    *count = welcome->n_epoch_start;
    return TH_OK;
}

/* The last sequence of an epoch that is still in the province's chain; false when all of
 * them are. */
static bool last_kept(const struct th_restored_start *starts, size_t count, uint32_t epoch,
                      uint64_t *sequence)
{
    bool cut = false;
    *sequence = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        if (epoch < starts[i].previous_epoch || epoch >= starts[i].epoch)
            continue;
        uint64_t kept = epoch == starts[i].previous_epoch ? starts[i].previous_sequence : 0;
        *sequence = kept < *sequence ? kept : *sequence;
        cut = true;
    }
    return cut;
}

bool th_restored_lost(const struct th_restored_start *starts, size_t count, uint32_t epoch,
                      uint64_t sequence)
{
    uint64_t kept;
    return last_kept(starts, count, epoch, &kept) && sequence > kept;
}

enum th_status th_restored_check(struct th_outbox *outbox, const struct th_restored_start *starts,
                                 size_t count, struct th_error *error)
{
    uint8_t hash[TH_HASH_BYTES];
    enum th_status status = TH_OK;
    for (size_t i = 0; status == TH_OK && i < count; i++) {
        bool found = false;
        if (starts[i].previous_sequence == 0)
            continue;
        status = th_outbox_entry_hash(outbox, starts[i].previous_epoch, starts[i].previous_sequence,
                                      hash, &found, error);
        if (status == TH_OK && found && memcmp(hash, starts[i].previous_hash, sizeof(hash)) != 0)
            status = th_error_set(error, TH_REJECTED,
                                  "the province's entry %" PRIu64 " of epoch %" PRIu32
                                  " is another than the receipt that this office holds; keep the "
                                  "outbox and call the province",
                                  starts[i].previous_sequence, starts[i].previous_epoch);
    }
    return status;
}

enum th_status th_restored_requeue(struct th_outbox *outbox, const struct th_restored_start *starts,
                                   size_t count, uint64_t *queued, struct th_error *error)
{
    struct th_outbox_head head;
    uint32_t newest = count > 0 ? starts[count - 1].epoch : 0;
    *queued = 0;
    enum th_status status = th_outbox_begin(outbox, error);
    if (status == TH_OK)
        status = th_outbox_get_head(outbox, &head, error);
    for (uint32_t epoch = 1; status == TH_OK && epoch < newest && epoch <= head.epoch; epoch++) {
        uint64_t kept, again = 0;
        if (last_kept(starts, count, epoch, &kept))
            status = th_outbox_requeue_lost(outbox, epoch, kept, &again, error);
        *queued += again;
    }
    if (status == TH_OK && newest > 0)
        status = th_outbox_put_restored_epoch(outbox, newest, error);
    if (status == TH_OK)
        status = th_outbox_commit(outbox, error);
    th_outbox_rollback(outbox);
    return status;
}
