/* A bump allocator with a cap: everything that one message, file or query
 * needs is taken from one arena and given back at once. Not thread-safe. */
#ifndef TONGHOP_BASE_ARENA_H
#define TONGHOP_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/status.h"

struct th_arena;

/* A slice of bytes that somebody else owns; not NUL-terminated. */
struct th_slice {
    const char *bytes; /* may be NULL when size is 0 */
    size_t size;       /* bytes */
};

#define TH_SLICE(literal)                                                                          \
    (struct th_slice)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* An arena that hands out at most `limit` bytes until reset (0: no limit); each
 * request counts with its padding to the alignment of any type.
 * Never NULL: the process aborts when the machine has no memory for it. */
struct th_arena *th_arena_create(size_t limit);
void th_arena_destroy(struct th_arena **arena);

/* Gives everything back; the first block is kept for reuse. */
void th_arena_reset(struct th_arena *arena);

/* `size` zeroed bytes aligned for any type, or NULL when the limit is reached. */
void *th_arena_alloc(struct th_arena *arena, size_t size);

/* Copies; NULL when the limit is reached. th_arena_text ends with NUL. */
void *th_arena_copy(struct th_arena *arena, const void *bytes, size_t size);
char *th_arena_text(struct th_arena *arena, struct th_slice slice);
char *th_arena_printf(struct th_arena *arena, const char *format, ...) TH_PRINTF(2, 3);

size_t th_arena_used(const struct th_arena *arena);

struct th_slice th_slice_of(const char *text); /* of a NUL-terminated text; NULL gives empty */
bool th_slice_equals(struct th_slice slice, const char *text);
bool th_slice_same(struct th_slice a, struct th_slice b);
/* Order of two slices by their bytes, for qsort and bsearch. */
int th_slice_compare(const void *a, const void *b);

#endif
