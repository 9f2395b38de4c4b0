/* What recording a restoration and verifying it share. */
#ifndef TONGHOP_COLLECTOR_RESTORATION_PRIVATE_H
#define TONGHOP_COLLECTOR_RESTORATION_PRIVATE_H

#include "collector/store/store_private.h"
#include "common/base/buffer.h"
#include "common/ledger/ledger.h"

/* Where a district's chain stood, zeros when it was empty; lost_epoch 0: nothing told. */
struct th_restored_head {
    int32_t district_id;
    char code[33];
    uint32_t epoch, lost_epoch;
    uint64_t sequence, lost_sequence;
    uint8_t hash[TH_HASH_BYTES], lost_hash[TH_HASH_BYTES];
};

/* Appends the line by which the act covers the head (docs/protocol.md). */
void th_restored_head_line(const struct th_restored_head *head, struct th_buffer *text);

/* The act's payload; NULL when a text is not UTF-8. `digest`: SHA-256 of the lines. */
json_t *th_restoration_payload(uint32_t number, uint32_t epoch, const char *restored_to,
                               const char *reason, size_t districts, const char *digest);

#endif
