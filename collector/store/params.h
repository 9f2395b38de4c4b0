/* Binary parameters of a statement, laid one after another in a single buffer, and
 * the readers of binary results: PostgreSQL's wire forms, big-endian. Private to
 * the store. */
#ifndef TONGHOP_COLLECTOR_PARAMS_H
#define TONGHOP_COLLECTOR_PARAMS_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/base/buffer.h"

#define TH_PARAMS_MAX 16

/* OIDs of built-in types: fixed for ever by PostgreSQL. */
enum th_oid {
    TH_OID_BOOL = 16,
    TH_OID_BYTEA = 17,
    TH_OID_INT8 = 20,
    TH_OID_INT2 = 21,
    TH_OID_INT4 = 23,
    TH_OID_TEXT = 25,
    TH_OID_TIMESTAMPTZ = 1184,
    TH_OID_UUID = 2950,
    TH_OID_INT2_ARRAY = 1005,
    TH_OID_INT4_ARRAY = 1007,
    TH_OID_TEXT_ARRAY = 1009,
    TH_OID_INT8_ARRAY = 1016,
};

/* Microseconds from 1970 to 2000, where PostgreSQL's timestamps begin. */
#define TH_PG_EPOCH_US INT64_C(946684800000000)

/* Zero-initialise; free with th_params_free. */
struct th_params {
    struct th_buffer bytes;
    int count;
    struct {
        size_t offset;
        int32_t length; /* -1: NULL */
    } at[TH_PARAMS_MAX];
};

void th_params_free(struct th_params *params);
void th_params_clear(struct th_params *params); /* keeps the memory */

#define TH_CLEANUP_PARAMS __attribute__((cleanup(th_params_free)))

/* Whole parameters, in the order of $1, $2 ... */
void th_param_null(struct th_params *params);
void th_param_bool(struct th_params *params, bool value);
void th_param_int4(struct th_params *params, int32_t value);
void th_param_int8(struct th_params *params, int64_t value);
void th_param_instant(struct th_params *params, int64_t unix_us);
void th_param_bytes(struct th_params *params, const void *bytes, size_t size); /* bytea, uuid */
void th_param_text(struct th_params *params, const char *text);

/* An array: begin, then exactly `count` elements by the th_put_* below, then end. */
void th_param_array_begin(struct th_params *params, uint32_t element_oid, size_t count);
void th_param_array_end(struct th_params *params);

/* ---- into a buffer ---- */
static inline void th_put_room(struct th_buffer *out, size_t size)
{
    if (out->capacity - out->size <= size)
        th_buffer_reserve(out, size + 1);
}

static inline void th_put_raw2(struct th_buffer *out, uint16_t value)
{
    th_put_room(out, sizeof(value));
    value = htobe16(value);
    memcpy(out->bytes + out->size, &value, sizeof(value));
    out->size += sizeof(value);
}

static inline void th_put_raw4(struct th_buffer *out, uint32_t value)
{
    th_put_room(out, sizeof(value));
    value = htobe32(value);
    memcpy(out->bytes + out->size, &value, sizeof(value));
    out->size += sizeof(value);
}

static inline void th_put_raw8(struct th_buffer *out, uint64_t value)
{
    th_put_room(out, sizeof(value));
    value = htobe64(value);
    memcpy(out->bytes + out->size, &value, sizeof(value));
    out->size += sizeof(value);
}

/* Elements of arrays and fields of records: length, then value. */
static inline void th_put_null(struct th_buffer *out)
{
    th_put_raw4(out, UINT32_MAX);
}

static inline void th_put_bool(struct th_buffer *out, bool value)
{
    th_put_raw4(out, 1);
    th_buffer_add_char(out, value ? 1 : 0);
}

static inline void th_put_int2(struct th_buffer *out, int16_t value)
{
    th_put_raw4(out, 2);
    th_put_raw2(out, (uint16_t)value);
}

static inline void th_put_int4(struct th_buffer *out, int32_t value)
{
    th_put_raw4(out, 4);
    th_put_raw4(out, (uint32_t)value);
}

static inline void th_put_int8(struct th_buffer *out, int64_t value)
{
    th_put_raw4(out, 8);
    th_put_raw8(out, (uint64_t)value);
}

static inline void th_put_instant(struct th_buffer *out, int64_t unix_us)
{
    th_put_int8(out, unix_us - TH_PG_EPOCH_US);
}

static inline void th_put_bytes(struct th_buffer *out, const void *bytes, size_t size)
{
    th_put_raw4(out, (uint32_t)size);
    th_buffer_add(out, bytes, size);
}

static inline void th_put_text(struct th_buffer *out, const char *text)
{
    th_put_bytes(out, text, strlen(text));
}

/* Header of a one-dimensional array of `count` elements. */
void th_put_array_header(struct th_buffer *out, uint32_t element_oid, size_t count, bool has_null);

/* A length that is known only afterwards: its place, then the patch. */
size_t th_put_length_begin(struct th_buffer *out);
void th_put_length_end(struct th_buffer *out, size_t place);

/* ---- out of a result's value ---- */
static inline int16_t th_get_int2(const char *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof(value));
    return (int16_t)be16toh(value);
}

static inline int32_t th_get_int4(const char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return (int32_t)be32toh(value);
}

static inline int64_t th_get_int8(const char *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return (int64_t)be64toh(value);
}

/* PostgreSQL's -infinity and infinity become INT64_MIN and INT64_MAX. */
static inline int64_t th_get_instant(const char *bytes)
{
    int64_t value = th_get_int8(bytes);
    if (value == INT64_MIN || value > INT64_MAX - TH_PG_EPOCH_US)
        return value;
    return value + TH_PG_EPOCH_US;
}

/* A walk over the elements of a one-dimensional array. */
struct th_array_reader {
    const char *next, *end;
    size_t count, left;
};

/* False when the value is no such array (a damaged or foreign answer). */
bool th_array_open(struct th_array_reader *reader, const char *bytes, size_t size);

/* The next element, *bytes NULL for an SQL NULL; false at the end or when cut off. */
static inline bool th_array_next(struct th_array_reader *reader, const char **bytes, size_t *size)
{
    if (reader->left == 0 || reader->end - reader->next < 4)
        return false;
    int32_t length = th_get_int4(reader->next);
    reader->next += 4;
    reader->left--;
    *bytes = NULL;
    *size = 0;
    if (length < 0)
        return true;
    if (reader->end - reader->next < length)
        return false;
    *bytes = reader->next;
    *size = (size_t)length;
    reader->next += length;
    return true;
}

#endif
