#include "common/csv/csv.h"

#include <string.h>

struct whole_file {
    struct th_arena *arena;
    struct th_csv *csv;
};

static enum th_status too_large(size_t line, struct th_error *error)
{
    return th_error_set(error, TH_REJECTED, "line %zu: the file is too large", line);
}

static enum th_status keep_row(void *context, const struct th_csv_row *row, struct th_error *error)
{
    struct whole_file *whole = context;
    struct th_csv_row *kept = &whole->csv->rows[whole->csv->count];
    *kept = (struct th_csv_row){.line = row->line, .count = row->count};
    if (row->count > 0) {
        /* The fields of a row lie one behind the other. */
        const struct th_slice *last = &row->fields[row->count - 1];
        const char *start = row->fields[0].bytes;
        char *bytes =
            th_arena_copy(whole->arena, start, (size_t)(last->bytes + last->size - start));
        kept->fields = th_arena_alloc(whole->arena, row->count * sizeof(*kept->fields));
        if (!bytes || !kept->fields)
            return too_large(row->line, error);
        for (size_t i = 0; i < row->count; i++)
            kept->fields[i] =
                (struct th_slice){bytes + (row->fields[i].bytes - start), row->fields[i].size};
    }
    whole->csv->count++;
    return TH_OK;
}

enum th_status th_csv_parse(struct th_slice file, struct th_arena *arena, struct th_csv *csv,
                            struct th_error *error)
{
    struct whole_file whole = {arena, csv};
    *csv = (struct th_csv){.separator = ','};

    /* A row takes a line at least. */
    size_t lines = 1;
    for (size_t i = 0; i < file.size; i++)
        lines += file.bytes[i] == '\n';
    csv->rows = th_arena_alloc(arena, lines * sizeof(*csv->rows));
    if (!csv->rows)
        return too_large(1, error);

    struct th_csv_stream *stream = th_csv_stream_create(keep_row, &whole);
    enum th_status status = th_csv_stream_feed(stream, file.bytes, file.size, error);
    if (status == TH_OK)
        status = th_csv_stream_finish(stream, error);
    csv->separator = th_csv_stream_separator(stream);
    th_csv_stream_destroy(&stream);
    return status;
}

void th_csv_add(struct th_buffer *out, bool first, struct th_slice field)
{
    bool quote = false;
    if (field.size > 0) {
        const char *last = field.bytes + field.size - 1;
        quote = *field.bytes == ' ' || *field.bytes == '\t' || *last == ' ' || *last == '\t';
    }
    for (size_t i = 0; i < field.size && !quote; i++)
        quote = strchr(",\"\n\r", field.bytes[i]) != NULL;

    if (!first)
        th_buffer_add_char(out, ',');
    if (!quote) {
        th_buffer_add(out, field.bytes, field.size);
        return;
    }
    th_buffer_add_char(out, '"');
    for (size_t i = 0; i < field.size; i++) {
        if (field.bytes[i] == '"')
            th_buffer_add_char(out, '"');
        th_buffer_add_char(out, field.bytes[i]);
    }
    th_buffer_add_char(out, '"');
}

void th_csv_end_row(struct th_buffer *out)
{
    th_buffer_add_char(out, '\n');
}
