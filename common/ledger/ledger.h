/* The ledger's arithmetic (SEMANTICS 10), shared by the province that writes it
 * and the offices that verify it: entry layout, chain hash, signatures. Over
 * libsodium. docs/protocol.md holds the byte layouts. No I/O. */
#ifndef TONGHOP_LEDGER_LEDGER_H
#define TONGHOP_LEDGER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/status.h"

#define TH_HASH_BYTES        32
#define TH_SIGNATURE_BYTES   64
#define TH_KEY_ID_BYTES      8
#define TH_PUBLIC_KEY_BYTES  32 /* CURVE and Ed25519 alike */
#define TH_SECRET_SEED_BYTES 32 /* Ed25519 seed, CURVE secret key */
#define TH_PROVINCE_CODE_MAX 32

/* Initialises libsodium; call once in main. */
enum th_status th_ledger_init(struct th_error *error) TH_MUST_USE;

void th_sha256(const void *bytes, size_t size, uint8_t digest[TH_HASH_BYTES]);
/* SHA-256 of what comes in pieces: begin, any number of add, end. */
struct th_sha256_state {
    _Alignas(16) uint8_t room[128]; /* the library's state */
};
void th_sha256_begin(struct th_sha256_state *state);
void th_sha256_add(struct th_sha256_state *state, const void *bytes, size_t size);
void th_sha256_end(struct th_sha256_state *state, uint8_t digest[TH_HASH_BYTES]);
void th_random_bytes(void *bytes, size_t size);

/* One accepted report. Codes are NUL-terminated. */
struct th_entry {
    uint32_t epoch;
    const char *district; /* <= 32 bytes */
    uint64_t sequence;    /* 1, 2, 3 ... */
    uint8_t report_id[16];
    const char *form;   /* <= 64 bytes */
    const char *period; /* <= 16 bytes, canonical base period */
    uint32_t revision;
    uint8_t digest[TH_HASH_BYTES]; /* SHA-256 of the exact report bytes */
    int64_t accepted_at_us;
};

/* Hash of `entry` after `previous` (32 zero bytes before the first entry of the
 * first epoch): SHA-256 over the fixed big-endian layout. */
void th_entry_hash(const struct th_entry *entry, const uint8_t previous[TH_HASH_BYTES],
                   uint8_t hash[TH_HASH_BYTES]);

/* An Ed25519 key of the province that signs receipts. */
struct th_receipt_key {
    uint8_t seed[TH_SECRET_SEED_BYTES];
    uint8_t public_key[TH_PUBLIC_KEY_BYTES];
    uint8_t id[TH_KEY_ID_BYTES]; /* first 8 bytes of SHA-256 of the public key */
    uint8_t expanded[64];        /* libsodium's secret key */
};

void th_receipt_key_from_seed(struct th_receipt_key *key, const uint8_t seed[TH_SECRET_SEED_BYTES]);
void th_receipt_key_id(const uint8_t public_key[TH_PUBLIC_KEY_BYTES], uint8_t id[TH_KEY_ID_BYTES]);

/* Signature of a run of entries that ends at (epoch, district, sequence, hash). */
void th_receipt_sign(const struct th_receipt_key *key, const char *province, uint32_t epoch,
                     const char *district, uint64_t last_sequence,
                     const uint8_t last_hash[TH_HASH_BYTES], uint8_t signature[TH_SIGNATURE_BYTES]);
bool th_receipt_verify(const uint8_t public_key[TH_PUBLIC_KEY_BYTES], const char *province,
                       uint32_t epoch, const char *district, uint64_t last_sequence,
                       const uint8_t last_hash[TH_HASH_BYTES],
                       const uint8_t signature[TH_SIGNATURE_BYTES]);

/* Signature of a rejection over report_id, digest and error codes (sorted, joined
 * by ','; th_problem_error_codes). */
void th_rejection_sign(const struct th_receipt_key *key, const char *province, const char *district,
                       const uint8_t report_id[16], const uint8_t digest[TH_HASH_BYTES],
                       struct th_slice codes, uint8_t signature[TH_SIGNATURE_BYTES]);
bool th_rejection_verify(const uint8_t public_key[TH_PUBLIC_KEY_BYTES], const char *province,
                         const char *district, const uint8_t report_id[16],
                         const uint8_t digest[TH_HASH_BYTES], struct th_slice codes,
                         const uint8_t signature[TH_SIGNATURE_BYTES]);

/* Signature of an announcement of keys (docs/protocol.md) over its exact bytes. */
void th_announcement_sign(const struct th_receipt_key *key, const char *province,
                          struct th_slice content, uint8_t signature[TH_SIGNATURE_BYTES]);
bool th_announcement_verify(const uint8_t public_key[TH_PUBLIC_KEY_BYTES], const char *province,
                            struct th_slice content, const uint8_t signature[TH_SIGNATURE_BYTES]);

/* One event of the province's own chain (enrolment, revocation, catalogue, state):
 * hash over sequence, instant, kind and payload after `previous`. */
void th_province_event_hash(uint64_t sequence, int64_t at_us, const char *kind,
                            struct th_slice payload, const uint8_t previous[TH_HASH_BYTES],
                            uint8_t hash[TH_HASH_BYTES]);

#endif
