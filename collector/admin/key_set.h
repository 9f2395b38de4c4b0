/* Keys that were seen, for files of any size: 16 bytes a key, whatever its length. */
#ifndef TONGHOP_COLLECTOR_KEY_SET_H
#define TONGHOP_COLLECTOR_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"

/* Zero-initialise; free with th_key_set_free. */
struct th_key_set {
    uint8_t (*slots)[16]; /* digests; all zero: free */
    size_t count, capacity;
};

/* True when the key was not there yet. */
bool th_key_set_add(struct th_key_set *set, struct th_slice key);
void th_key_set_free(struct th_key_set *set);

#endif
