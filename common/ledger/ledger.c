#include "common/ledger/ledger.h"

#include <sodium.h>
#include <string.h>

#include "common/base/buffer.h"

#define DISTRICT_BYTES 32
#define FORM_BYTES     64
#define PERIOD_BYTES   16
#define KIND_BYTES     32
#define ENTRY_BYTES    220 /* docs/protocol.md, "The ledger entry" */

static const char receipt_label[] = "tonghop-receipt-v1";
static const char rejection_label[] = "tonghop-rejection-v1";
static const char announcement_label[] = "tonghop-announcement-v1";

/* Longest receipt: label, province, key id, epoch, district, sequence, hash. */
#define RECEIPT_BYTES                                                                              \
    (sizeof(receipt_label) - 1 + TH_PROVINCE_CODE_MAX + TH_KEY_ID_BYTES + 4 + DISTRICT_BYTES + 8 + \
     TH_HASH_BYTES)

#define ANNOUNCEMENT_BYTES                                                                         \
    (sizeof(announcement_label) - 1 + TH_PROVINCE_CODE_MAX + TH_KEY_ID_BYTES + TH_HASH_BYTES)

enum th_status th_ledger_init(struct th_error *error)
{
    if (sodium_init() < 0)
        return th_error_set(error, TH_PERMANENT,
                            "libsodium cannot start; check that /dev/urandom can be read");
    return TH_OK;
}

void th_sha256(const void *bytes, size_t size, uint8_t digest[TH_HASH_BYTES])
{
    /* libsodium wants a pointer even for no bytes. */
    static const uint8_t nothing[1];
    crypto_hash_sha256(digest, size ? bytes : nothing, size);
}

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(((struct th_sha256_state *)0)->room),
               "libsodium's state has room");

void th_sha256_begin(struct th_sha256_state *state)
{
    crypto_hash_sha256_init((void *)state->room);
}

void th_sha256_add(struct th_sha256_state *state, const void *bytes, size_t size)
{
    if (size > 0)
        crypto_hash_sha256_update((void *)state->room, bytes, size);
}

void th_sha256_end(struct th_sha256_state *state, uint8_t digest[TH_HASH_BYTES])
{
    crypto_hash_sha256_final((void *)state->room, digest);
}

void th_random_bytes(void *bytes, size_t size)
{
    randombytes_buf(bytes, size);
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static uint8_t *put_u32(uint8_t *at, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(value >> shift);
    return at;
}

static uint8_t *put_u64(uint8_t *at, uint64_t value)
{
    return put_u32(put_u32(at, (uint32_t)(value >> 32)), (uint32_t)value);
}

/* A code in its fixed field, NUL-padded. Callers take codes only after their
 * length was checked; a longer one is cut rather than written past the field. */
static uint8_t *put_code(uint8_t *at, const char *code, size_t width)
{
    size_t size = strnlen(code, width);
    memcpy(at, code, size);
    memset(at + size, 0, width - size);
    return at + width;
}

void th_entry_hash(const struct th_entry *entry, const uint8_t previous[TH_HASH_BYTES],
                   uint8_t hash[TH_HASH_BYTES])
{
    uint8_t layout[ENTRY_BYTES];
    uint8_t *at = put_bytes(layout, "THE1", 4);
    at = put_u32(at, entry->epoch);
    at = put_code(at, entry->district, DISTRICT_BYTES);
    at = put_u64(at, entry->sequence);
    at = put_bytes(at, entry->report_id, sizeof(entry->report_id));
    at = put_code(at, entry->form, FORM_BYTES);
    at = put_code(at, entry->period, PERIOD_BYTES);
    at = put_u32(at, entry->revision);
    at = put_bytes(at, entry->digest, TH_HASH_BYTES);
    at = put_u64(at, (uint64_t)entry->accepted_at_us);
    put_bytes(at, previous, TH_HASH_BYTES);
    crypto_hash_sha256(hash, layout, sizeof(layout));
}

void th_receipt_key_id(const uint8_t public_key[TH_PUBLIC_KEY_BYTES], uint8_t id[TH_KEY_ID_BYTES])
{
    uint8_t digest[TH_HASH_BYTES];
    th_sha256(public_key, TH_PUBLIC_KEY_BYTES, digest);
    memcpy(id, digest, TH_KEY_ID_BYTES);
}

void th_receipt_key_from_seed(struct th_receipt_key *key, const uint8_t seed[TH_SECRET_SEED_BYTES])
{
    memcpy(key->seed, seed, TH_SECRET_SEED_BYTES);
    crypto_sign_seed_keypair(key->public_key, key->expanded, seed);
    th_receipt_key_id(key->public_key, key->id);
}

static void receipt_layout(const uint8_t key_id[TH_KEY_ID_BYTES], const char *province,
                           uint32_t epoch, const char *district, uint64_t last_sequence,
                           const uint8_t last_hash[TH_HASH_BYTES], uint8_t layout[RECEIPT_BYTES])
{
    uint8_t *at = put_bytes(layout, receipt_label, sizeof(receipt_label) - 1);
    at = put_code(at, province, TH_PROVINCE_CODE_MAX);
    at = put_bytes(at, key_id, TH_KEY_ID_BYTES);
    at = put_u32(at, epoch);
    at = put_code(at, district, DISTRICT_BYTES);
    at = put_u64(at, last_sequence);
    put_bytes(at, last_hash, TH_HASH_BYTES);
}

void th_receipt_sign(const struct th_receipt_key *key, const char *province, uint32_t epoch,
                     const char *district, uint64_t last_sequence,
                     const uint8_t last_hash[TH_HASH_BYTES], uint8_t signature[TH_SIGNATURE_BYTES])
{
    uint8_t layout[RECEIPT_BYTES];
    receipt_layout(key->id, province, epoch, district, last_sequence, last_hash, layout);
    crypto_sign_detached(signature, NULL, layout, sizeof(layout), key->expanded);
}

bool th_receipt_verify(const uint8_t public_key[TH_PUBLIC_KEY_BYTES], const char *province,
                       uint32_t epoch, const char *district, uint64_t last_sequence,
                       const uint8_t last_hash[TH_HASH_BYTES],
                       const uint8_t signature[TH_SIGNATURE_BYTES])
{
    uint8_t layout[RECEIPT_BYTES], key_id[TH_KEY_ID_BYTES];
    th_receipt_key_id(public_key, key_id);
    receipt_layout(key_id, province, epoch, district, last_sequence, last_hash, layout);
    return crypto_sign_verify_detached(signature, layout, sizeof(layout), public_key) == 0;
}

static void rejection_layout(const uint8_t key_id[TH_KEY_ID_BYTES], const char *province,
                             const char *district, const uint8_t report_id[16],
                             const uint8_t digest[TH_HASH_BYTES], struct th_slice codes,
                             struct th_buffer *layout)
{
    uint8_t fixed[sizeof(rejection_label) - 1 + TH_PROVINCE_CODE_MAX + TH_KEY_ID_BYTES +
                  DISTRICT_BYTES + 16 + TH_HASH_BYTES + 4];
    uint8_t *at = put_bytes(fixed, rejection_label, sizeof(rejection_label) - 1);
    at = put_code(at, province, TH_PROVINCE_CODE_MAX);
    at = put_bytes(at, key_id, TH_KEY_ID_BYTES);
    at = put_code(at, district, DISTRICT_BYTES);
    at = put_bytes(at, report_id, 16);
    at = put_bytes(at, digest, TH_HASH_BYTES);
    put_u32(at, (uint32_t)codes.size);
    th_buffer_add(layout, fixed, sizeof(fixed));
    th_buffer_add(layout, codes.bytes, codes.size);
}

void th_rejection_sign(const struct th_receipt_key *key, const char *province, const char *district,
                       const uint8_t report_id[16], const uint8_t digest[TH_HASH_BYTES],
                       struct th_slice codes, uint8_t signature[TH_SIGNATURE_BYTES])
{
    TH_CLEANUP_BUFFER struct th_buffer layout = {0};
    rejection_layout(key->id, province, district, report_id, digest, codes, &layout);
    crypto_sign_detached(signature, NULL, (const uint8_t *)layout.bytes, layout.size,
                         key->expanded);
}

bool th_rejection_verify(const uint8_t public_key[TH_PUBLIC_KEY_BYTES], const char *province,
                         const char *district, const uint8_t report_id[16],
                         const uint8_t digest[TH_HASH_BYTES], struct th_slice codes,
                         const uint8_t signature[TH_SIGNATURE_BYTES])
{
    TH_CLEANUP_BUFFER struct th_buffer layout = {0};
    uint8_t key_id[TH_KEY_ID_BYTES];
    th_receipt_key_id(public_key, key_id);
    rejection_layout(key_id, province, district, report_id, digest, codes, &layout);
    return crypto_sign_verify_detached(signature, (const uint8_t *)layout.bytes, layout.size,
                                       public_key) == 0;
}

static void announcement_layout(const uint8_t key_id[TH_KEY_ID_BYTES], const char *province,
                                struct th_slice content, uint8_t layout[ANNOUNCEMENT_BYTES])
{
    uint8_t digest[TH_HASH_BYTES];
    th_sha256(content.bytes, content.size, digest);
    uint8_t *at = put_bytes(layout, announcement_label, sizeof(announcement_label) - 1);
    at = put_code(at, province, TH_PROVINCE_CODE_MAX);
    at = put_bytes(at, key_id, TH_KEY_ID_BYTES);
    put_bytes(at, digest, TH_HASH_BYTES);
}

void th_announcement_sign(const struct th_receipt_key *key, const char *province,
                          struct th_slice content, uint8_t signature[TH_SIGNATURE_BYTES])
{
    uint8_t layout[ANNOUNCEMENT_BYTES];
    announcement_layout(key->id, province, content, layout);
    crypto_sign_detached(signature, NULL, layout, sizeof(layout), key->expanded);
}

bool th_announcement_verify(const uint8_t public_key[TH_PUBLIC_KEY_BYTES], const char *province,
                            struct th_slice content, const uint8_t signature[TH_SIGNATURE_BYTES])
{
    uint8_t layout[ANNOUNCEMENT_BYTES], key_id[TH_KEY_ID_BYTES];
    th_receipt_key_id(public_key, key_id);
    announcement_layout(key_id, province, content, layout);
    return crypto_sign_verify_detached(signature, layout, sizeof(layout), public_key) == 0;
}

void th_province_event_hash(uint64_t sequence, int64_t at_us, const char *kind,
                            struct th_slice payload, const uint8_t previous[TH_HASH_BYTES],
                            uint8_t hash[TH_HASH_BYTES])
{
    uint8_t head[4 + 8 + 8 + KIND_BYTES + 4];
    uint8_t *at = put_bytes(head, "THP1", 4);
    at = put_u64(at, sequence);
    at = put_u64(at, (uint64_t)at_us);
    at = put_code(at, kind, KIND_BYTES);
    put_u32(at, (uint32_t)payload.size);

    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, head, sizeof(head));
    if (payload.size)
        crypto_hash_sha256_update(&state, (const uint8_t *)payload.bytes, payload.size);
    crypto_hash_sha256_update(&state, previous, TH_HASH_BYTES);
    crypto_hash_sha256_final(&state, hash);
}
