/* The streaming reader of csv.h. libcsv knows no lines, so it is fed one line at
 * a time: what it reports while a line is fed belongs to that line. */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "common/csv/csv.h"

#define LONGEST_ROW  ((size_t)1 << 20) /* an open quote would swallow the whole file */
#define LONGEST_HEAD ((size_t)64 << 10)
#define ENTRY_GROWTH ((size_t)4 << 10)

struct field {
    size_t start, size; /* in the row's bytes, which move as they grow */
};

struct th_csv_stream {
    th_csv_row_fn each;
    void *context;
    struct csv_parser parser;
    enum th_status status; /* of the first failure; nothing is read after it */
    struct th_error *error;

    bool begun;            /* byte-order mark passed, separator known */
    struct th_buffer head; /* what came before that */

    size_t line;       /* 1-based line that is being fed */
    size_t row_line;   /* line where the open row begins */
    size_t field_line; /* line where the open field begins */
    bool row_open;
    size_t row_size; /* bytes fed since the row began */
    struct th_buffer bytes;
    struct field *fields;
    struct th_slice *slices;
    size_t count, capacity;
};

/* The line feed alone ends a line; the carriage return before it is a blank. */
static int is_line_end(unsigned char c)
{
    return c == '\n';
}

static int is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

struct th_csv_stream *th_csv_stream_create(th_csv_row_fn each, void *context)
{
    struct th_csv_stream *stream = calloc(1, sizeof(*stream));
    if (!stream || csv_init(&stream->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
        abort();
    csv_set_term_func(&stream->parser, is_line_end);
    csv_set_space_func(&stream->parser, is_blank);
    csv_set_blk_size(&stream->parser, ENTRY_GROWTH);
    stream->each = each;
    stream->context = context;
    stream->line = stream->field_line = stream->row_line = 1;
    return stream;
}

void th_csv_stream_destroy(struct th_csv_stream **stream)
{
    if (!*stream)
        return;
    csv_free(&(*stream)->parser);
    th_buffer_free(&(*stream)->head);
    th_buffer_free(&(*stream)->bytes);
    free((*stream)->fields);
    free((*stream)->slices);
    free(*stream);
    *stream = NULL;
}

char th_csv_stream_separator(const struct th_csv_stream *stream)
{
    return (char)csv_get_delim((struct csv_parser *)&stream->parser);
}

/* Lines within `field` are looked at one by one, to name the right one. */
static enum th_status check_bytes(struct th_csv_stream *stream, struct th_slice field)
{
    for (size_t line = stream->field_line; field.size > 0; line++) {
        const char *end = memchr(field.bytes, '\n', field.size);
        struct th_slice part = {field.bytes, end ? (size_t)(end - field.bytes) : field.size};
        if (!th_text_is_utf8(part))
            return th_error_set(stream->error, TH_REJECTED,
                                "line %zu: not UTF-8 text; save the file as CSV UTF-8", line);
        size_t inner = part.size > 0 && end ? part.size - 1 : part.size;
        if (inner > 0 && memchr(part.bytes, '\r', inner))
            return th_error_set(stream->error, TH_REJECTED,
                                "line %zu: a carriage return without a line feed; save the file "
                                "with LF or CRLF at the ends of lines",
                                line);
        size_t taken = part.size + (end != NULL);
        field.bytes += taken;
        field.size -= taken;
    }
    return TH_OK;
}

static void grow_fields(struct th_csv_stream *stream)
{
    if (stream->count < stream->capacity)
        return;
    size_t capacity = stream->capacity ? stream->capacity * 2 : 32;
    struct field *fields = realloc(stream->fields, capacity * sizeof(*fields));
    struct th_slice *slices = realloc(stream->slices, capacity * sizeof(*slices));
    if (!fields || !slices)
        abort();
    stream->fields = fields;
    stream->slices = slices;
    stream->capacity = capacity;
}

static void take_field(void *bytes, size_t size, void *user)
{
    struct th_csv_stream *stream = user;
    struct th_slice field = {bytes, size};
    if (stream->status != TH_OK)
        return;
    stream->status = check_bytes(stream, field);
    if (stream->status != TH_OK)
        return;

    field = th_text_trim(field);
    grow_fields(stream);
    stream->fields[stream->count++] = (struct field){stream->bytes.size, field.size};
    th_buffer_add(&stream->bytes, field.bytes, field.size);
    stream->field_line = stream->line;
}

static void take_row(int end, void *user)
{
    (void)end;
    struct th_csv_stream *stream = user;
    stream->row_open = false;
    if (stream->status != TH_OK)
        return;

    for (size_t i = 0; i < stream->count; i++)
        stream->slices[i] = (struct th_slice){stream->bytes.bytes + stream->fields[i].start,
                                              stream->fields[i].size};
    struct th_csv_row row = {stream->row_line, stream->count, stream->slices};
    stream->status = stream->each(stream->context, &row, stream->error);
    stream->count = 0;
    th_buffer_clear(&stream->bytes);
}

static enum th_status parse_failure(struct th_csv_stream *stream, bool at_end)
{
    if (csv_error(&stream->parser) != CSV_EPARSE)
        return th_error_set(stream->error, TH_PERMANENT, "line %zu: out of memory", stream->line);
    if (at_end)
        return th_error_set(stream->error, TH_REJECTED,
                            "line %zu: a quote is opened and never closed", stream->field_line);
    return th_error_set(stream->error, TH_REJECTED,
                        "line %zu: a quote stands inside a field; put the whole field in quotes "
                        "and double those within",
                        stream->line);
}

/* Feeds one line or a part of it. */
static enum th_status feed_piece(struct th_csv_stream *stream, struct th_slice piece)
{
    if (!stream->row_open) {
        stream->row_open = true;
        stream->row_line = stream->field_line = stream->line;
        stream->row_size = 0;
    }
    stream->row_size += piece.size;
    if (stream->row_size > LONGEST_ROW)
        return th_error_set(stream->error, TH_REJECTED,
                            "line %zu: a row of more than %zu bytes begins here; is a quote not "
                            "closed?",
                            stream->row_line, LONGEST_ROW);
    size_t taken =
        csv_parse(&stream->parser, piece.bytes, piece.size, take_field, take_row, stream);
    if (stream->status == TH_OK && taken != piece.size)
        return parse_failure(stream, false);
    return stream->status;
}

static enum th_status feed_lines(struct th_csv_stream *stream, struct th_slice text)
{
    while (text.size > 0 && stream->status == TH_OK) {
        const char *end = memchr(text.bytes, '\n', text.size);
        struct th_slice piece = {text.bytes, end ? (size_t)(end - text.bytes) + 1 : text.size};
        stream->status = feed_piece(stream, piece);
        stream->line += end != NULL;
        text.bytes += piece.size;
        text.size -= piece.size;
    }
    return stream->status;
}

/* Size of the first line that holds anything, with what stands before it, by
 * line feeds outside quotes; 0 when its end is not in `text`. */
static size_t head_size(struct th_slice text, size_t counts[3])
{
    bool quoted = false, blank = true;
    memset(counts, 0, 3 * sizeof(counts[0]));
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        if (c == '"')
            quoted = !quoted;
        if (c == '\n' && !quoted && !blank)
            return i + 1;
        blank = blank && is_blank((unsigned char)c) + is_line_end((unsigned char)c) > 0;
        if (!quoted) {
            counts[0] += c == ',';
            counts[1] += c == ';';
            counts[2] += c == '\t';
        }
    }
    return 0;
}

/* Looks at the beginning of the file; `last`: there is no more of it. */
static enum th_status begin(struct th_csv_stream *stream, bool last)
{
    static const char separators[] = {',', ';', '\t'};
    struct th_slice head = th_buffer_slice(&stream->head);
    size_t counts[3], best = 0;

    if (head.size >= 3 && memcmp(head.bytes, "\xef\xbb\xbf", 3) == 0) {
        head.bytes += 3;
        head.size -= 3;
    }
    if (head_size(head, counts) == 0 && !last && head.size < LONGEST_HEAD)
        return TH_OK;
    for (size_t i = 1; i < 3; i++)
        if (counts[i] > counts[best])
            best = i;
    csv_set_delim(&stream->parser, (unsigned char)separators[best]);
    stream->begun = true;
    enum th_status status = feed_lines(stream, head);
    th_buffer_free(&stream->head);
    return status;
}

enum th_status th_csv_stream_feed(struct th_csv_stream *stream, const char *bytes, size_t size,
                                  struct th_error *error)
{
    stream->error = error;
    if (stream->status != TH_OK || size == 0)
        return stream->status;
    if (!stream->begun) {
        /* No more than a head is kept twice. */
        size_t room = LONGEST_HEAD + 3 - stream->head.size, taken = size < room ? size : room;
        th_buffer_add(&stream->head, bytes, taken);
        stream->status = begin(stream, false);
        bytes += taken;
        size -= taken;
    }
    if (!stream->begun || stream->status != TH_OK)
        return stream->status;
    return feed_lines(stream, (struct th_slice){bytes, size});
}

enum th_status th_csv_stream_finish(struct th_csv_stream *stream, struct th_error *error)
{
    stream->error = error;
    if (stream->status == TH_OK && !stream->begun)
        stream->status = begin(stream, true);
    if (stream->status != TH_OK)
        return stream->status;
    if (csv_fini(&stream->parser, take_field, take_row, stream) != 0 && stream->status == TH_OK)
        stream->status = parse_failure(stream, true);
    return stream->status;
}
