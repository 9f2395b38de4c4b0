/* The province whose signatures the seeds carry: that of the worked example in
 * docs/protocol.md. Its key is public, in both senses. */
#ifndef TONGHOP_TESTS_FUZZ_SEED_PROVINCE_H
#define TONGHOP_TESTS_FUZZ_SEED_PROVINCE_H

#include <string.h>

#include "common/ledger/ledger.h"
#include "common/wire/bundle.h"

#define SEED_PROVINCE "quang-ninh"
#define SEED_DISTRICT "193"

static inline struct th_receipt_key seed_key(void)
{
    uint8_t seed[TH_SECRET_SEED_BYTES];
    struct th_receipt_key key;
    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)i;
    th_receipt_key_from_seed(&key, seed);
    return key;
}

static inline struct th_bundle seed_bundle(void)
{
    struct th_bundle bundle = {.province = SEED_PROVINCE, .receipt_key_count = 1};
    struct th_receipt_key key = seed_key();
    memcpy(bundle.receipt_keys[0], key.public_key, sizeof(key.public_key));
    return bundle;
}

#endif
