#include "collector/store/params.h"

#include <stdlib.h>

void th_params_free(struct th_params *params)
{
    th_buffer_free(&params->bytes);
    params->count = 0;
}

void th_params_clear(struct th_params *params)
{
    th_buffer_clear(&params->bytes);
    params->count = 0;
}

static void begin(struct th_params *params)
{
    if (params->count == TH_PARAMS_MAX)
        abort(); /* a mistake of ours: no statement has that many */
    params->at[params->count].offset = params->bytes.size;
}

static void end(struct th_params *params)
{
    params->at[params->count].length =
        (int32_t)(params->bytes.size - params->at[params->count].offset);
    params->count++;
}

void th_param_null(struct th_params *params)
{
    begin(params);
    params->at[params->count++].length = -1;
}

void th_param_bool(struct th_params *params, bool value)
{
    begin(params);
    th_buffer_add_char(&params->bytes, value ? 1 : 0);
    end(params);
}

void th_param_int4(struct th_params *params, int32_t value)
{
    begin(params);
    th_put_raw4(&params->bytes, (uint32_t)value);
    end(params);
}

void th_param_int8(struct th_params *params, int64_t value)
{
    begin(params);
    th_put_raw8(&params->bytes, (uint64_t)value);
    end(params);
}

void th_param_instant(struct th_params *params, int64_t unix_us)
{
    th_param_int8(params, unix_us - TH_PG_EPOCH_US);
}

void th_param_bytes(struct th_params *params, const void *bytes, size_t size)
{
    begin(params);
    th_buffer_add(&params->bytes, bytes, size);
    end(params);
}

void th_param_text(struct th_params *params, const char *text)
{
    th_param_bytes(params, text, strlen(text));
}

void th_param_array_begin(struct th_params *params, uint32_t element_oid, size_t count)
{
    begin(params);
    /* The flag says that there may be NULLs; PostgreSQL looks for itself. */
    th_put_array_header(&params->bytes, element_oid, count, true);
}

void th_param_array_end(struct th_params *params)
{
    end(params);
}

void th_put_array_header(struct th_buffer *out, uint32_t element_oid, size_t count, bool has_null)
{
    /* An empty array has no dimension. */
    th_put_raw4(out, count > 0 ? 1 : 0);
    th_put_raw4(out, has_null ? 1 : 0);
    th_put_raw4(out, element_oid);
    if (count == 0)
        return;
    th_put_raw4(out, (uint32_t)count);
    th_put_raw4(out, 1);
}

size_t th_put_length_begin(struct th_buffer *out)
{
    size_t place = out->size;
    th_put_raw4(out, 0);
    return place;
}

void th_put_length_end(struct th_buffer *out, size_t place)
{
    uint32_t length = htobe32((uint32_t)(out->size - place - 4));
    memcpy(out->bytes + place, &length, sizeof(length));
}

bool th_array_open(struct th_array_reader *reader, const char *bytes, size_t size)
{
    *reader = (struct th_array_reader){0};
    if (size < 12)
        return false;
    int32_t dimensions = th_get_int4(bytes);
    if (dimensions == 0)
        return true;
    if (dimensions != 1 || size < 20)
        return false;
    int32_t count = th_get_int4(bytes + 12);
    if (count < 0 || (size_t)count > (size - 20) / 4)
        return false;
    reader->next = bytes + 20;
    reader->end = bytes + size;
    reader->count = reader->left = (size_t)count;
    return true;
}
