#include "reporter/delivery/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/message.h"
#include "common/wire/receipt.h"

struct checking {
    struct th_outbox *outbox;
    const struct th_bundle *bundle;
    struct th_receipt_counts *counts;
    char first[512]; /* the first difference */
    uint32_t epoch;  /* of the entry before, 0: none */
    uint64_t sequence;
    int64_t accepted_at_us;
    uint8_t hash[TH_HASH_BYTES];
    uint32_t restored_epoch; /* the newest that a restoration in the province began, 0: none */
    bool is_signed;          /* a signature covers the entry before */
};

static void TH_PRINTF(2, 3) differ(struct checking *checking, const char *format, ...)
{
    if (checking->counts->differences++ > 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(checking->first, sizeof(checking->first), format, arguments);
    va_end(arguments);
}

/* The hash that a new epoch begins after: of an entry held before, or nothing. */
static enum th_status begin_epoch(struct checking *checking, const struct th_entry *entry,
                                  struct th_error *error)
{
    static const uint8_t zero[TH_HASH_BYTES];
    bool found = false, held = false;
    enum th_status status =
        th_outbox_epoch_link(checking->outbox, entry->epoch, checking->hash, &found, error);
    if (status != TH_OK)
        return status;
    if (!found)
        memset(checking->hash, 0, sizeof(checking->hash));
    bool from_nothing = memcmp(checking->hash, zero, sizeof(zero)) == 0;
    if (!from_nothing)
        status = th_outbox_has_hash(checking->outbox, checking->hash, entry->epoch, &held, error);
    if (status == TH_OK && !from_nothing && !held)
        differ(checking, "epoch %" PRIu32 " begins after an entry that is not held", entry->epoch);
    if (status == TH_OK && from_nothing && entry->sequence != 1) {
        checking->counts->gaps += entry->sequence - 1;
        differ(checking, "entries 1 to %" PRIu64 " of epoch %" PRIu32 " are missing",
               entry->sequence - 1, entry->epoch);
    }
    return status;
}

static void check_signature(struct checking *checking, const struct th_entry *entry,
                            const uint8_t hash[TH_HASH_BYTES], const uint8_t *key_id,
                            const uint8_t *signature)
{
    const struct th_bundle *bundle = checking->bundle;
    checking->is_signed = signature != NULL;
    if (!signature)
        return;
    const uint8_t *key = th_bundle_receipt_key(bundle, key_id);
    checking->counts->signatures++;
    if (!key)
        differ(checking,
               "the signature of entry %" PRIu64 " (epoch %" PRIu32 ") is of a key that the "
               "bundle does not name",
               entry->sequence, entry->epoch);
    else if (!th_receipt_verify(key, bundle->province, entry->epoch, bundle->name, entry->sequence,
                                hash, signature))
        differ(checking, "the signature of entry %" PRIu64 " (epoch %" PRIu32 ") does not hold",
               entry->sequence, entry->epoch);
}

struct own_report {
    bool found;
    enum th_report_state state;
    uint32_t epoch;
    uint64_t sequence;
    uint8_t digest[TH_HASH_BYTES];
};

static bool keep_own(void *context, const struct th_outbox_report *report)
{
    struct own_report *own = context;
    *own = (struct own_report){true, report->state, report->epoch, report->sequence, {0}};
    memcpy(own->digest, report->digest, sizeof(own->digest));
    return false;
}

static enum th_status check_own_report(struct checking *checking, const struct th_entry *entry,
                                       struct th_error *error)
{
    struct own_report own = {0};
    enum th_status status =
        th_outbox_find(checking->outbox, entry->report_id, keep_own, &own, error);
    if (status != TH_OK || !own.found)
        return status;
    if (memcmp(own.digest, entry->digest, sizeof(own.digest)) != 0)
        differ(checking,
               "entry %" PRIu64 " (epoch %" PRIu32 ") is about other bytes than the "
               "office made",
               entry->sequence, entry->epoch);
    else if (own.epoch > entry->epoch)
        checking->counts->twice++; /* lost by the province, and acknowledged again since */
    else if (own.state != TH_STATE_ACCEPTED && entry->epoch < checking->restored_epoch &&
             own.epoch == entry->epoch && own.sequence == entry->sequence)
        checking->counts->again++; /* lost, and queued again or rejected since */
    else if (own.state != TH_STATE_ACCEPTED)
        differ(checking,
               "entry %" PRIu64 " (epoch %" PRIu32 ") names a report that is not marked "
               "accepted",
               entry->sequence, entry->epoch);
    else
        checking->counts->reports++;
    return TH_OK;
}

static void check_unsigned_end(struct checking *checking)
{
    if (checking->epoch != 0 && !checking->is_signed)
        differ(checking, "no signature covers entry %" PRIu64 " (epoch %" PRIu32 ")",
               checking->sequence, checking->epoch);
}

static enum th_status check_entry(void *context, const struct th_entry *stored,
                                  const uint8_t hash[TH_HASH_BYTES], const uint8_t *key_id,
                                  const uint8_t *signature, struct th_error *error)
{
    struct checking *checking = context;
    struct th_entry entry = *stored;
    uint8_t computed[TH_HASH_BYTES];
    enum th_status status = TH_OK;
    entry.district = checking->bundle->name;
    checking->counts->entries++;

    if (entry.epoch != checking->epoch) {
        check_unsigned_end(checking);
        status = begin_epoch(checking, &entry, error);
    } else if (entry.sequence != checking->sequence + 1) {
        checking->counts->gaps += entry.sequence - checking->sequence - 1;
        differ(checking, "entries %" PRIu64 " to %" PRIu64 " of epoch %" PRIu32 " are missing",
               checking->sequence + 1, entry.sequence - 1, entry.epoch);
    }
    if (status != TH_OK)
        return status;
    th_entry_hash(&entry, checking->hash, computed);
    if (memcmp(computed, hash, sizeof(computed)) != 0)
        differ(checking,
               "entry %" PRIu64 " (epoch %" PRIu32 ") does not have the hash that its "
               "fields and the entry before give",
               entry.sequence, entry.epoch);
    if (entry.epoch == checking->epoch && entry.accepted_at_us < checking->accepted_at_us)
        differ(checking,
               "entry %" PRIu64 " (epoch %" PRIu32 ") was accepted before the one it "
               "follows",
               entry.sequence, entry.epoch);
    check_signature(checking, &entry, hash, key_id, signature);
    checking->epoch = entry.epoch;
    checking->sequence = entry.sequence;
    checking->accepted_at_us = entry.accepted_at_us;
    memcpy(checking->hash, hash, sizeof(checking->hash));
    return check_own_report(checking, &entry, error);
}

/* Accepted reports: their bytes, and an entry for each. */
struct bodies {
    struct checking *checking;
    struct th_error *error;
    enum th_status status;
};

static bool check_body(void *context, const struct th_outbox_report *report)
{
    struct bodies *bodies = context;
    struct checking *checking = bodies->checking;
    uint8_t digest[TH_HASH_BYTES], hash[TH_HASH_BYTES];
    char id[37];
    bool found = false;
    th_text_uuid(report->id, id);
    th_sha256(report->body.bytes, report->body.size, digest);
    if (memcmp(digest, report->digest, sizeof(digest)) != 0)
        differ(checking, "the bytes of report %s were changed", id);
    bodies->status = th_outbox_entry_hash(checking->outbox, report->epoch, report->sequence, hash,
                                          &found, bodies->error);
    if (bodies->status == TH_OK && !found)
        differ(checking, "report %s is marked accepted without an entry", id);
    return bodies->status == TH_OK;
}

static enum th_status check_rejection(void *context, const uint8_t id[16], struct th_slice message,
                                      const uint8_t *digest, struct th_error *error)
{
    struct checking *checking = context;
    struct th_error reason = {0};
    char text[37];
    (void)error;
    checking->counts->rejections++;
    th_text_uuid(id, text);
    Tonghop__V1__Rejection *rejection =
        tonghop__v1__rejection__unpack(NULL, message.size, (const uint8_t *)message.bytes);
    if (!rejection || rejection->report_id.len != 16 ||
        memcmp(rejection->report_id.data, id, 16) != 0)
        differ(checking, "the rejection of report %s is not readable", text);
    else if (th_rejection_check(rejection, checking->bundle, checking->bundle->name, &reason) !=
             TH_OK)
        differ(checking, "the rejection of report %s: %.200s", text, reason.message);
    else if (!digest || rejection->digest.len != TH_HASH_BYTES ||
             memcmp(rejection->digest.data, digest, TH_HASH_BYTES) != 0)
        differ(checking, "the rejection of report %s is about other bytes", text);
    if (rejection)
        tonghop__v1__rejection__free_unpacked(rejection, NULL);
    return TH_OK;
}

enum th_status th_receipts_verify(struct th_outbox *outbox, const struct th_bundle *bundle,
                                  struct th_receipt_counts *counts, struct th_error *error)
{
    struct checking checking = {.outbox = outbox, .bundle = bundle, .counts = counts};
    struct bodies bodies = {.checking = &checking, .error = error, .status = TH_OK};
    uint32_t epoch = 0;
    uint64_t sequence = 0;
    bool stray = false;
    *counts = (struct th_receipt_counts){0};

    enum th_status status = th_outbox_get_restored_epoch(outbox, &checking.restored_epoch, error);
    if (status == TH_OK)
        status = th_outbox_entries(outbox, check_entry, &checking, error);
    check_unsigned_end(&checking);
    if (status == TH_OK)
        status = th_outbox_stray_run(outbox, &epoch, &sequence, &stray, error);
    if (status == TH_OK && stray)
        differ(&checking, "entry %" PRIu64 " (epoch %" PRIu32 ") is missing, its signature is held",
               sequence, epoch);
    if (status == TH_OK)
        status = th_outbox_accepted(outbox, check_body, &bodies, error);
    if (status == TH_OK)
        status = bodies.status;
    if (status == TH_OK)
        status = th_outbox_rejections(outbox, check_rejection, &checking, error);
    if (status == TH_OK && counts->differences > 0)
        status =
            th_error_set(error, TH_PERMANENT, "the receipts do not verify: %s", checking.first);
    return status;
}
