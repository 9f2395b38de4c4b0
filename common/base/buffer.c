#include "common/base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256

void th_buffer_free(struct th_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct th_buffer){0};
}

void th_buffer_clear(struct th_buffer *buffer)
{
    buffer->size = 0;
    if (buffer->bytes)
        buffer->bytes[0] = '\0';
}

void th_buffer_reserve(struct th_buffer *buffer, size_t more)
{
    /* One byte is always kept for the NUL. */
    if (buffer->bytes && more < buffer->capacity - buffer->size)
        return;

    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
    bool fits = more < SIZE_MAX / 2 - buffer->size;
    while (fits && capacity <= buffer->size + more)
        capacity *= 2;
    char *bytes = fits ? realloc(buffer->bytes, capacity) : NULL;
    if (!bytes) {
        fputs("out of memory\n", stderr);
        abort();
    }
    bytes[buffer->size] = '\0';
    buffer->bytes = bytes;
    buffer->capacity = capacity;
}

void th_buffer_add(struct th_buffer *buffer, const void *bytes, size_t size)
{
    th_buffer_reserve(buffer, size);
    if (size)
        memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    buffer->bytes[buffer->size] = '\0';
}

void th_buffer_add_text(struct th_buffer *buffer, const char *text)
{
    th_buffer_add(buffer, text, strlen(text));
}

void th_buffer_add_char(struct th_buffer *buffer, char byte)
{
    th_buffer_add(buffer, &byte, 1);
}

void th_buffer_printf(struct th_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;

    th_buffer_reserve(buffer, (size_t)length);
    va_start(arguments, format);
    vsnprintf(buffer->bytes + buffer->size, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->size += (size_t)length;
}

struct th_slice th_buffer_slice(const struct th_buffer *buffer)
{
    return (struct th_slice){buffer->bytes, buffer->size};
}
