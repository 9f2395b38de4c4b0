/* Receipts of reports that were written, whoever sent them: entries in signed runs, and
 * signed rejections. */
#ifndef TONGHOP_COLLECTOR_RECEIPTS_H
#define TONGHOP_COLLECTOR_RECEIPTS_H

#include "collector/store/batch.h"
#include "common/base/buffer.h"
#include "common/ledger/ledger.h"

struct th_receipts_request {
    const struct th_submission *submissions; /* of one district, as th_store_write left them */
    size_t count;
    uint64_t batch_id;
    const char *district, *language, *province;
    const struct th_receipt_key *receipt_key;
};

/* Appends a serialised Receipts message: every submission in one run or one rejection. It
 * fits TH_WIRE_MESSAGE_MAX: of a report with too many problems for that, the first ones are
 * told, and each code of an error once, so that the signature holds. */
void th_receipts_encode(const struct th_receipts_request *request, struct th_buffer *out);

#endif
