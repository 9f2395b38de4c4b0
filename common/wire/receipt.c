#include "common/wire/receipt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/text.h"
#include "common/domain/catalogue.h"

#define PERIOD_CODE_MAX  16
#define PROBLEM_CODE_MAX 128
#define PROBLEMS_MAX     1000

/* Copies a code into a fixed field, NUL-terminated. Only characters of codes are
 * taken: a NUL inside would make two texts one in the hash. */
static bool copy_code(ProtobufCBinaryData data, char *out, size_t max)
{
    struct th_slice code = {(const char *)data.data, data.len};
    if (!th_text_is_code(code, max))
        return false;
    memcpy(out, code.bytes, code.size);
    out[code.size] = '\0';
    return true;
}

/* The key that signed; NULL and `error` when the bundle does not hold it. */
static const uint8_t *signing_key(ProtobufCBinaryData key_id, ProtobufCBinaryData signature,
                                  const struct th_bundle *bundle, struct th_error *error)
{
    if (key_id.len != TH_KEY_ID_BYTES || signature.len != TH_SIGNATURE_BYTES) {
        (void)th_error_set(error, TH_PERMANENT,
                           "the province's answer has no signature of the right size");
        return NULL;
    }
    const uint8_t *key = th_bundle_receipt_key(bundle, key_id.data);
    if (!key) {
        char hex[2 * TH_KEY_ID_BYTES + 1];
        th_text_to_hex(key_id.data, TH_KEY_ID_BYTES, hex);
        (void)th_error_set(error, TH_PERMANENT,
                           "the province's answer is signed by key %s, which this office does not "
                           "trust; ask the province for its current bundle and join again",
                           hex);
    }
    return key;
}

static enum th_status hash_entry(const Tonghop__V1__Entry *wire, uint32_t epoch,
                                 const char *district, const uint8_t previous[TH_HASH_BYTES],
                                 uint8_t hash[TH_HASH_BYTES], struct th_error *error)
{
    char form[TH_FORM_CODE_MAX + 1], period[PERIOD_CODE_MAX + 1];
    struct th_entry entry = {
        .epoch = epoch,
        .district = district,
        .sequence = wire->sequence,
        .form = form,
        .period = period,
        .revision = wire->revision,
        .accepted_at_us = wire->accepted_at_us,
    };
    if (wire->report_id.len != sizeof(entry.report_id) || wire->digest.len != TH_HASH_BYTES ||
        !copy_code(wire->form, form, TH_FORM_CODE_MAX) ||
        !copy_code(wire->period, period, PERIOD_CODE_MAX))
        return th_error_set(error, TH_PERMANENT,
                            "entry %" PRIu64
                            " of the receipt has a field of the wrong size or form",
                            wire->sequence);
    memcpy(entry.report_id, wire->report_id.data, sizeof(entry.report_id));
    memcpy(entry.digest, wire->digest.data, TH_HASH_BYTES);
    th_entry_hash(&entry, previous, hash);
    return TH_OK;
}

static enum th_status hash_entries(const Tonghop__V1__ReceiptRun *run, const char *district,
                                   uint8_t (*hashes)[TH_HASH_BYTES], struct th_error *error)
{
    const uint8_t *previous = run->previous_hash.data;
    for (size_t i = 0; i < run->n_entry; i++) {
        const Tonghop__V1__Entry *entry = run->entry[i], *before = i ? run->entry[i - 1] : NULL;
        if (entry->sequence == 0 || (before && entry->sequence != before->sequence + 1))
            return th_error_set(error, TH_PERMANENT,
                                "the receipt's entries are not in sequence at %" PRIu64,
                                entry->sequence);
        if (before && entry->accepted_at_us < before->accepted_at_us)
            return th_error_set(error, TH_PERMANENT,
                                "the receipt's entry %" PRIu64 " is older than the one before it",
                                entry->sequence);
        enum th_status status = hash_entry(entry, run->epoch, district, previous, hashes[i], error);
        if (status != TH_OK)
            return status;
        previous = hashes[i];
    }
    return TH_OK;
}

enum th_status th_receipt_run_verify(const Tonghop__V1__ReceiptRun *run,
                                     const struct th_bundle *bundle, const char *district,
                                     uint8_t (*hashes)[TH_HASH_BYTES], struct th_error *error)
{
    if (run->n_entry == 0 || run->previous_hash.len != TH_HASH_BYTES)
        return th_error_set(error, TH_PERMANENT,
                            "the receipt has no entry, or no hash of the entry before it");
    if (strlen(district) > TH_DISTRICT_CODE_MAX)
        return th_error_set(error, TH_USAGE, "district code '%.40s...' is too long", district);
    const uint8_t *key = signing_key(run->key_id, run->signature, bundle, error);
    if (!key)
        return TH_PERMANENT;
    enum th_status status = hash_entries(run, district, hashes, error);
    if (status != TH_OK)
        return status;

    uint64_t last = run->entry[run->n_entry - 1]->sequence;
    if (!th_receipt_verify(key, bundle->province, run->epoch, district, last,
                           hashes[run->n_entry - 1], run->signature.data))
        return th_error_set(error, TH_PERMANENT,
                            "the signature of the receipt up to entry %" PRIu64
                            " is not the province's; the report stays in the outbox",
                            last);
    return TH_OK;
}

static int compare_codes(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Sorted, unique, joined by ',', as th_problem_error_codes writes them. False when
 * a code is none. `codes` has room for every problem. */
static bool join_codes(const Tonghop__V1__Rejection *rejection, char (*codes)[PROBLEM_CODE_MAX + 1],
                       struct th_buffer *joined)
{
    size_t count = 0;
    for (size_t i = 0; i < rejection->n_problem; i++) {
        const Tonghop__V1__Problem *problem = rejection->problem[i];
        if (problem->severity != TONGHOP__V1__SEVERITY__SEVERITY_ERROR)
            continue;
        if (!copy_code(problem->code, codes[count++], PROBLEM_CODE_MAX))
            return false;
    }
    qsort(codes, count, sizeof(codes[0]), compare_codes);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && strcmp(codes[i], codes[i - 1]) == 0)
            continue;
        if (joined->size > 0)
            th_buffer_add_char(joined, ',');
        th_buffer_add_text(joined, codes[i]);
    }
    return true;
}

enum th_status th_rejection_check(const Tonghop__V1__Rejection *rejection,
                                  const struct th_bundle *bundle, const char *district,
                                  struct th_error *error)
{
    if (rejection->report_id.len != 16 || rejection->digest.len != TH_HASH_BYTES ||
        rejection->n_problem > PROBLEMS_MAX)
        return th_error_set(error, TH_PERMANENT,
                            "the rejection has a field of the wrong size, or too many problems");
    if (strlen(district) > TH_DISTRICT_CODE_MAX)
        return th_error_set(error, TH_USAGE, "district code '%.40s...' is too long", district);
    const uint8_t *key = signing_key(rejection->key_id, rejection->signature, bundle, error);
    if (!key)
        return TH_PERMANENT;

    enum th_status status = TH_OK;
    TH_CLEANUP_BUFFER struct th_buffer joined = {0}, room = {0};
    th_buffer_reserve(&room, (rejection->n_problem + 1) * (PROBLEM_CODE_MAX + 1));
    if (!join_codes(rejection, (char(*)[PROBLEM_CODE_MAX + 1]) room.bytes, &joined))
        status = th_error_set(error, TH_PERMANENT, "the rejection names a problem without a code");
    else if (!th_rejection_verify(key, bundle->province, district, rejection->report_id.data,
                                  rejection->digest.data, th_buffer_slice(&joined),
                                  rejection->signature.data))
        status = th_error_set(error, TH_PERMANENT,
                              "the signature of the rejection is not the province's; the report "
                              "stays in the outbox");
    return status;
}
