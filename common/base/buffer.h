/* A growable run of bytes. Zero-initialise; free with th_buffer_free. Memory
 * exhaustion aborts the process (every use is bounded by a protocol limit). */
#ifndef TONGHOP_BASE_BUFFER_H
#define TONGHOP_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/status.h"

struct th_buffer {
    char *bytes; /* always followed by a NUL once anything was added */
    size_t size;
    size_t capacity;
};

void th_buffer_free(struct th_buffer *buffer);
void th_buffer_clear(struct th_buffer *buffer); /* keeps the memory */
void th_buffer_reserve(struct th_buffer *buffer, size_t more);
void th_buffer_add(struct th_buffer *buffer, const void *bytes, size_t size);
void th_buffer_add_text(struct th_buffer *buffer, const char *text);
void th_buffer_add_char(struct th_buffer *buffer, char byte);
void th_buffer_printf(struct th_buffer *buffer, const char *format, ...) TH_PRINTF(2, 3);
struct th_slice th_buffer_slice(const struct th_buffer *buffer);

#define TH_CLEANUP_BUFFER __attribute__((cleanup(th_buffer_free)))

#endif
