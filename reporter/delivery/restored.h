/* After the province was restored to an older moment (SEMANTICS 10): which of the receipts
 * that the office holds the province has lost, and what is sent again. Private to this
 * folder. */
#ifndef TONGHOP_REPORTER_RESTORED_H
#define TONGHOP_REPORTER_RESTORED_H

#include <stdbool.h>

#include "common/wire/message.h"
#include "reporter/outbox/outbox.h"

/* An epoch that a restoration began, and the entry that it continues (zeros: none). */
struct th_restored_start {
    uint32_t epoch, previous_epoch;
    uint64_t previous_sequence;
    uint8_t previous_hash[TH_HASH_BYTES];
};

/* Those of a Welcome, oldest first; the caller frees. TH_REJECTED when they are malformed
 * or out of order. */
enum th_status th_restored_read(const Tonghop__V1__Welcome *welcome,
                                struct th_restored_start **starts, size_t *count,
                                struct th_error *error) TH_MUST_USE;

/* Whether a restoration left the entry behind: the province's chain goes on without it. */
bool th_restored_lost(const struct th_restored_start *starts, size_t count, uint32_t epoch,
                      uint64_t sequence);

/* TH_REJECTED when the office holds another entry where an epoch is said to begin: then it
 * is not a loss but another history, and nothing may be sent. */
enum th_status th_restored_check(struct th_outbox *outbox, const struct th_restored_start *starts,
                                 size_t count, struct th_error *error) TH_MUST_USE;

/* Puts the reports whose entries are lost back into the queue; their receipts stay, and go
 * along with them. In one transaction. */
enum th_status th_restored_requeue(struct th_outbox *outbox, const struct th_restored_start *starts,
                                   size_t count, uint64_t *queued,
                                   struct th_error *error) TH_MUST_USE;

#endif
