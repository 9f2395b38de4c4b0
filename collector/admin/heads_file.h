/* The file of signed chain heads (docs/protocol.md, "Exported heads"): what `heads`
 * writes and `verify --against` checks. Pure. */
#ifndef TONGHOP_COLLECTOR_HEADS_FILE_H
#define TONGHOP_COLLECTOR_HEADS_FILE_H

#include "collector/store/verify.h"
#include "common/base/buffer.h"

/* Signs each head with the receipt key and appends the whole text. `at` is the instant
 * of the snapshot as text; it informs, nothing signs it. */
void th_heads_write(const struct th_receipt_key *key, const char *province, const char *at,
                    const struct th_chain_head *heads, size_t count, struct th_buffer *out);

/* Reads the text and verifies every signature with `public_key`. TH_USAGE names the line
 * that is malformed, a file of another province or signed by another key; TH_PERMANENT
 * the head whose signature does not hold. The caller frees *heads. */
enum th_status th_heads_read(struct th_slice text, const char *province,
                             const uint8_t public_key[TH_PUBLIC_KEY_BYTES],
                             struct th_chain_head **heads, size_t *count,
                             struct th_error *error) TH_MUST_USE;

#endif
