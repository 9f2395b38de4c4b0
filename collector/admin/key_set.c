#include "collector/admin/key_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ledger/ledger.h"

#define FIRST_CAPACITY ((size_t)1024)

static const uint8_t free_slot[16];

/* The slot that holds the digest, or the free one where it belongs. */
static size_t find(const struct th_key_set *set, const uint8_t digest[16])
{
    uint64_t start;
    memcpy(&start, digest, sizeof(start));
    size_t at = (size_t)start & (set->capacity - 1);
    while (memcmp(set->slots[at], free_slot, 16) != 0 && memcmp(set->slots[at], digest, 16) != 0)
        at = (at + 1) & (set->capacity - 1);
    return at;
}

static void grow(struct th_key_set *set)
{
    struct th_key_set larger = {.capacity = set->capacity ? set->capacity * 2 : FIRST_CAPACITY};
    larger.slots = calloc(larger.capacity, sizeof(*larger.slots));
    if (!larger.slots) {
        fputs("out of memory\n", stderr);
        abort();
    }
    for (size_t i = 0; i < set->capacity; i++)
        if (memcmp(set->slots[i], free_slot, 16) != 0)
            memcpy(larger.slots[find(&larger, set->slots[i])], set->slots[i], 16);
    larger.count = set->count;
    free(set->slots);
    *set = larger;
}

bool th_key_set_add(struct th_key_set *set, struct th_slice key)
{
    uint8_t digest[TH_HASH_BYTES];
    if (set->count >= set->capacity / 2)
        grow(set);
    th_sha256(key.bytes, key.size, digest);
    digest[15] |= 1; /* no key looks like a free slot */
    size_t at = find(set, digest);
    if (memcmp(set->slots[at], digest, 16) == 0)
        return false;
    memcpy(set->slots[at], digest, 16);
    set->count++;
    return true;
}

void th_key_set_free(struct th_key_set *set)
{
    free(set->slots);
    *set = (struct th_key_set){0};
}
