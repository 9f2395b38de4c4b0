/* CSV as offices keep it, over libcsv: UTF-8 with or without byte-order mark, LF
 * or CRLF, separated by ',' or ';' or tab (found from the first line). */
#ifndef TONGHOP_CSV_CSV_H
#define TONGHOP_CSV_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/status.h"

struct th_csv_row {
    size_t line;             /* 1-based line in the file where the row begins */
    size_t count;            /* fields; a line without any character has 0 */
    struct th_slice *fields; /* unquoted, trimmed of outer blanks */
};

struct th_csv {
    char separator; /* ',' ';' or '\t' */
    size_t count;
    struct th_csv_row *rows; /* every line, empty ones included */
};

/* Parses a whole file; everything is taken from `arena`. TH_REJECTED with line
 * and reason in `error` when it is not UTF-8, a quote is not closed or stands
 * inside an unquoted field, a row exceeds 1 MiB, or the arena's limit is reached. */
enum th_status th_csv_parse(struct th_slice file, struct th_arena *arena, struct th_csv *csv,
                            struct th_error *error) TH_MUST_USE;

/* Streaming reader for files larger than memory: the callback gets each row
 * (valid during the call); a status other than TH_OK stops and is returned. */
typedef enum th_status (*th_csv_row_fn)(void *context, const struct th_csv_row *row,
                                        struct th_error *error);
struct th_csv_stream;
struct th_csv_stream *th_csv_stream_create(th_csv_row_fn each, void *context);
enum th_status th_csv_stream_feed(struct th_csv_stream *stream, const char *bytes, size_t size,
                                  struct th_error *error) TH_MUST_USE;
enum th_status th_csv_stream_finish(struct th_csv_stream *stream,
                                    struct th_error *error) TH_MUST_USE;
void th_csv_stream_destroy(struct th_csv_stream **stream);
/* ',' ';' or tab; known from the first row that is handed out. */
char th_csv_stream_separator(const struct th_csv_stream *stream);

/* Appends one field, quoted when it must be, with ',' before all but the first
 * of a row; th_csv_end_row appends LF. RFC 4180 but for LF. */
void th_csv_add(struct th_buffer *out, bool first, struct th_slice field);
void th_csv_end_row(struct th_buffer *out);

#endif
