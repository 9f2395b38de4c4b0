#include "common/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK   ((size_t)4 << 10)
#define LARGEST_BLOCK ((size_t)64 << 10) /* equal ones are used again wherever they were freed */
#define ALIGNMENT     alignof(max_align_t)

struct block {
    struct block *next;
    size_t capacity, used;
    alignas(max_align_t) char bytes[];
};

struct th_arena {
    struct block *first, *current;
    size_t limit, used;
};

static void *allocate_or_die(size_t size)
{
    void *memory = malloc(size);
    if (!memory) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

static void free_blocks(struct block *block)
{
    while (block) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

struct th_arena *th_arena_create(size_t limit)
{
    struct th_arena *arena = allocate_or_die(sizeof(*arena));
    *arena = (struct th_arena){.limit = limit};
    return arena;
}

void th_arena_destroy(struct th_arena **arena)
{
    if (!*arena)
        return;
    free_blocks((*arena)->first);
    free(*arena);
    *arena = NULL;
}

void th_arena_reset(struct th_arena *arena)
{
    if (arena->first) {
        free_blocks(arena->first->next);
        arena->first->next = NULL;
        arena->first->used = 0;
        /* A first block made for one huge request would be held for ever. */
        if (arena->first->capacity > LARGEST_BLOCK) {
            free(arena->first);
            arena->first = NULL;
        }
    }
    arena->current = arena->first;
    arena->used = 0;
}

static void add_block(struct th_arena *arena, size_t at_least)
{
    size_t capacity = arena->current ? arena->current->capacity * 2 : FIRST_BLOCK;
    if (capacity > LARGEST_BLOCK)
        capacity = LARGEST_BLOCK;
    if (capacity < at_least)
        capacity = at_least;

    struct block *block = allocate_or_die(sizeof(*block) + capacity);
    *block = (struct block){.capacity = capacity};
    if (arena->current)
        arena->current->next = block;
    else
        arena->first = block;
    arena->current = block;
}

/* What is handed out is counted with its padding, so that a million one-byte
 * requests cannot take sixteen times the limit. */
static void *take(struct th_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    if (arena->limit && (arena->used > arena->limit || size > arena->limit - arena->used))
        return NULL;

    size_t padded = size ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (!arena->current || padded > arena->current->capacity - arena->current->used)
        add_block(arena, padded);
    void *memory = arena->current->bytes + arena->current->used;
    arena->current->used += padded;
    arena->used += padded;
    return memory;
}

void *th_arena_alloc(struct th_arena *arena, size_t size)
{
    void *memory = take(arena, size);
    if (memory)
        memset(memory, 0, size);
    return memory;
}

void *th_arena_copy(struct th_arena *arena, const void *bytes, size_t size)
{
    void *memory = take(arena, size);
    if (memory && size)
        memcpy(memory, bytes, size);
    return memory;
}

char *th_arena_text(struct th_arena *arena, struct th_slice slice)
{
    if (slice.size == SIZE_MAX)
        return NULL;
    char *text = take(arena, slice.size + 1);
    if (!text)
        return NULL;
    if (slice.size)
        memcpy(text, slice.bytes, slice.size);
    text[slice.size] = '\0';
    return text;
}

char *th_arena_printf(struct th_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return NULL;

    char *text = take(arena, (size_t)length + 1);
    if (!text)
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

size_t th_arena_used(const struct th_arena *arena)
{
    return arena->used;
}

struct th_slice th_slice_of(const char *text)
{
    return (struct th_slice){text, text ? strlen(text) : 0};
}

bool th_slice_equals(struct th_slice slice, const char *text)
{
    return th_slice_same(slice, th_slice_of(text));
}

bool th_slice_same(struct th_slice a, struct th_slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
}

int th_slice_compare(const void *a, const void *b)
{
    const struct th_slice *left = a, *right = b;
    size_t shorter = left->size < right->size ? left->size : right->size;
    int order = shorter ? memcmp(left->bytes, right->bytes, shorter) : 0;
    if (order != 0)
        return order;
    return left->size < right->size ? -1 : left->size > right->size;
}
