/* Answers to reporters, serialised: receipts with their signatures, rejections,
 * Welcome, Entries, Notice, Busy, Error. Called in the thread that did the work. */
#ifndef TONGHOP_COLLECTOR_ANSWER_H
#define TONGHOP_COLLECTOR_ANSWER_H

#include "collector/intake/work.h"
#include "collector/store/notices.h"
#include "collector/store/restoration.h"
#include "common/ledger/ledger.h"
#include "common/wire/bundle.h"

/* Limits told in Welcome and enforced on Submit. */
#define TH_INTAKE_BATCH_BYTES   ((size_t)1024 * 1024)
#define TH_INTAKE_BATCH_REPORTS 256

/* What every answer needs; read-only, shared by the threads. */
struct th_answer_context {
    const char *province;
    const struct th_receipt_key *receipt_key;
    const struct th_bundle
        *trusted; /* the province and its receipt keys, as an office knows them */
    uint32_t window;
};

/* Receipts for a written SUBMIT, into work->answer. */
void th_answer_receipts(struct th_work *work, const struct th_answer_context *context);

/* Welcome with the district's head; `ids` may be NULL: there is no catalogue yet. */
void th_answer_welcome(struct th_work *work, const struct th_answer_context *context,
                       uint32_t epoch, uint64_t sequence, const uint8_t hash[TH_HASH_BYTES],
                       const struct th_catalogue_ids *ids, const struct th_epoch_start *starts,
                       size_t start_count);

/* One run of stored entries, signed at its last; none: an empty answer. */
void th_answer_entries(struct th_work *work, const struct th_answer_context *context,
                       const struct th_stored_entry *entries, size_t count,
                       const uint8_t previous[TH_HASH_BYTES]);

/* Stored reports; none: an empty answer. */
void th_answer_bodies(struct th_work *work, const struct th_stored_body *bodies, size_t count);

/* Notices, a message each; criterion comments that a part has no room for are left out. */
void th_answer_notices(struct th_work *work, const struct th_stored_notice *notices, size_t count);

/* Small answers of the event thread, appended to `out`. */
void th_answer_busy(uint64_t batch_id, uint32_t retry_after_ms, struct th_buffer *out);

#endif
