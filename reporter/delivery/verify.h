/* The office's own check of what it holds, offline: the whole chain, every signature
 * and every report against the keys of the pinned bundle (SEMANTICS 10). */
#ifndef TONGHOP_REPORTER_VERIFY_H
#define TONGHOP_REPORTER_VERIFY_H

#include "common/wire/bundle.h"
#include "reporter/outbox/outbox.h"

struct th_receipt_counts {
    uint64_t entries, signatures; /* of the chain */
    uint64_t reports;             /* of this office, found in the chain with their bytes */
    uint64_t rejections;
    uint64_t twice, again; /* own reports acknowledged again after a restoration in the province,
                              and those that it lost and has not acknowledged again */
    uint64_t gaps;         /* sequences that are not there */
    uint64_t differences;  /* of all kinds, gaps included */
};

/* Goes through everything and counts. TH_PERMANENT when something differs: `error`
 * names the first difference. */
enum th_status th_receipts_verify(struct th_outbox *outbox, const struct th_bundle *bundle,
                                  struct th_receipt_counts *counts,
                                  struct th_error *error) TH_MUST_USE;

#endif
