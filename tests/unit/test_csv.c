#include <stdlib.h>

#include "common/csv/csv.h"
#include "th_test.h"

/* Rows as "LINE:[field][field]", one behind the other. */
static void print_row(struct th_buffer *out, const struct th_csv_row *row)
{
    th_buffer_printf(out, "%zu:", row->line);
    for (size_t i = 0; i < row->count; i++)
        th_buffer_printf(out, "[%.*s]", (int)row->fields[i].size, row->fields[i].bytes);
    th_buffer_add_char(out, ' ');
}

static enum th_status print_streamed(void *context, const struct th_csv_row *row,
                                     struct th_error *error)
{
    (void)error;
    print_row(context, row);
    return TH_OK;
}

/* Through the streaming reader, `step` bytes at a time. */
static enum th_status stream(struct th_slice file, size_t step, struct th_buffer *out,
                             struct th_error *error)
{
    struct th_csv_stream *reader = th_csv_stream_create(print_streamed, out);
    enum th_status status = TH_OK;
    for (size_t at = 0; at < file.size && status == TH_OK; at += step) {
        size_t size = file.size - at < step ? file.size - at : step;
        /* a copy of its own, so that reading past it is noticed */
        char *piece = malloc(size);
        memcpy(piece, file.bytes + at, size);
        status = th_csv_stream_feed(reader, piece, size, error);
        free(piece);
    }
    if (status == TH_OK)
        status = th_csv_stream_finish(reader, error);
    th_csv_stream_destroy(&reader);
    return status;
}

static void files_of_offices_are_read(void)
{
    static const struct {
        const char *name;
        struct th_slice file;
        char want_separator;
        const char *want;
    } cases[] = {
        {"plain", TH_SLICE("a,b\nc,d\n"), ',', "1:[a][b] 2:[c][d] "},
        {"nothing", {NULL, 0}, ',', ""},
        {"byte-order mark alone", TH_SLICE("\xef\xbb\xbf"), ',', ""},
        {"byte-order mark",
         TH_SLICE("\xef\xbb\xbf"
                  "form,F\n"),
         ',', "1:[form][F] "},
        {"CRLF", TH_SLICE("a,b\r\nc,d\r\n"), ',', "1:[a][b] 2:[c][d] "},
        {"no last line end", TH_SLICE("a,b\nc,"), ',', "1:[a][b] 2:[c][] "},
        {"quoted at the end", TH_SLICE("a,\"b\""), ',', "1:[a][b] "},
        {"semicolons", TH_SLICE("a;b;1,5\nc;d;2,5\n"), ';', "1:[a][b][1,5] 2:[c][d][2,5] "},
        {"tabs", TH_SLICE("a\tb\tc\n\t\tx\n"), '\t', "1:[a][b][c] 2:[][][x] "},
        {"a tie is a comma", TH_SLICE("a;b,c\n"), ',', "1:[a;b][c] "},
        {"separators in quotes do not count", TH_SLICE("\"a;b;c\",d\n"), ',', "1:[a;b;c][d] "},
        /* what matters is the first line that holds anything */
        {"empty first lines", TH_SLICE("\r\n\na;b\n"), ';', "1: 2: 3:[a][b] "},
        {"one column", TH_SLICE("code\nx\n"), ',', "1:[code] 2:[x] "},
        {"empty lines keep their number", TH_SLICE("form,F\r\n\r\ncriterion,value\r\n"), ',',
         "1:[form][F] 2: 3:[criterion][value] "},
        {"a line of blanks is empty", TH_SLICE("a,b\n \t \nc,d\n"), ',', "1:[a][b] 2: 3:[c][d] "},
        {"a line of separators is not", TH_SLICE("a,b\n,\n"), ',', "1:[a][b] 2:[][] "},
        {"line feed in quotes", TH_SLICE("a,\"x\ny\r\nz\"\nb,c\n"), ',',
         "1:[a][x\ny\r\nz] 4:[b][c] "},
        {"first line of two", TH_SLICE("\"x\ny\";b;c\nd;e;f\n"), ';',
         "1:[x\ny][b][c] 3:[d][e][f] "},
        {"doubled quotes", TH_SLICE("\"say \"\"no\"\"\",\"\"\n"), ',', "1:[say \"no\"][] "},
        {"outer blanks",
         TH_SLICE(" a ,\t\" b \" ,\xc2\xa0"
                  "c\xc2\xa0\n"),
         ',', "1:[a][b][c] "},
        {"Vietnamese", TH_SLICE("tên\nHạ Long\n"), ',', "1:[tên] 2:[Hạ Long] "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TH_CLEANUP_BUFFER struct th_buffer got = {0};
        struct th_arena *arena = th_arena_create(0);
        struct th_csv csv;
        struct th_error error = {0};
        TH_CHECK(cases[i].name, th_csv_parse(cases[i].file, arena, &csv, &error) == TH_OK);
        TH_CHECK_TEXT(cases[i].name, error.message, "");
        th_buffer_add_text(&got, "");
        for (size_t row = 0; row < csv.count; row++)
            print_row(&got, &csv.rows[row]);
        TH_CHECK_TEXT(cases[i].name, got.bytes, cases[i].want);
        TH_CHECK(cases[i].name, csv.separator == cases[i].want_separator);
        for (size_t step = 1; step < 8; step++) {
            th_buffer_clear(&got);
            TH_CHECK(cases[i].name, stream(cases[i].file, step, &got, &error) == TH_OK);
            TH_CHECK_TEXT(cases[i].name, got.bytes, cases[i].want);
        }
        th_arena_destroy(&arena);
    }
}

static void bad_files_name_the_line(void)
{
    static const struct {
        const char *name;
        struct th_slice file;
        const char *want;
    } cases[] = {
        {"open quote", TH_SLICE("a,b\nc,\"d\ne,f\n"), "line 2: a quote is opened and never closed"},
        {"open quote in the last field", TH_SLICE("a,b\n\"x\ny\",\"d\n"),
         "line 3: a quote is opened and never closed"},
        {"open quote and nothing else", TH_SLICE("\""),
         "line 1: a quote is opened and never closed"},
        {"quote within a field", TH_SLICE("a,b\nc,5\" pipe\n"), "line 2: a quote stands inside"},
        {"text behind a quote", TH_SLICE("a,b\nc,\"d\" e\n"), "line 2: a quote stands inside"},
        {"Windows-1258", TH_SLICE("a,b\nH\xe1,d\n"), "line 2: not UTF-8 text"},
        {"bad bytes on a row's second line", TH_SLICE("a,b\nc,\"x\ny\xff\"\n"),
         "line 3: not UTF-8 text"},
        {"NUL", TH_SLICE("a,b\nc,\0d\n"), "line 2: not UTF-8 text"},
        {"UTF-16",
         TH_SLICE("\xff\xfe"
                  "a\0,\0b\0\n\0"),
         "line 1: not UTF-8 text"},
        {"line ends of old computers", TH_SLICE("a,b\rc,d\r"), "line 1: a carriage return without"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TH_CLEANUP_BUFFER struct th_buffer got = {0};
        struct th_arena *arena = th_arena_create(0);
        struct th_csv csv;
        struct th_error error = {0};
        TH_CHECK(cases[i].name, th_csv_parse(cases[i].file, arena, &csv, &error) == TH_REJECTED);
        TH_CHECK(cases[i].name, error.status == TH_REJECTED);
        error.message[strlen(cases[i].want)] = '\0';
        TH_CHECK_TEXT(cases[i].name, error.message, cases[i].want);
        error = (struct th_error){0};
        TH_CHECK(cases[i].name, stream(cases[i].file, 1, &got, &error) == TH_REJECTED);
        error.message[strlen(cases[i].want)] = '\0';
        TH_CHECK_TEXT(cases[i].name, error.message, cases[i].want);
        th_arena_destroy(&arena);
    }
}

static void memory_is_bounded(void)
{
    TH_CLEANUP_BUFFER struct th_buffer file = {0};
    struct th_csv csv;
    struct th_error error = {0};
    for (int i = 0; i < 1000; i++)
        th_buffer_add_text(&file, "a,b,c\n");
    struct th_arena *arena = th_arena_create(64 << 10);
    TH_CHECK("arena", th_csv_parse(th_buffer_slice(&file), arena, &csv, &error) == TH_REJECTED);
    th_arena_destroy(&arena);

    /* an open quote must not swallow a file without end */
    TH_CLEANUP_BUFFER struct th_buffer text = {0}, got = {0};
    th_buffer_add_text(&text, "a,b\nc,\"");
    while (text.size < (2u << 20))
        th_buffer_add_text(&text, "never closed\n");
    TH_CHECK("endless row", stream(th_buffer_slice(&text), 4096, &got, &error) == TH_REJECTED);
    TH_CHECK("endless row", strncmp(error.message, "line 2: a row of more than", 26) == 0);

    /* no line end at all: the first line is decided on, then refused */
    th_buffer_clear(&text);
    while (text.size < (2u << 20))
        th_buffer_add_text(&text, "word ");
    TH_CHECK("endless line", stream(th_buffer_slice(&text), 4096, &got, &error) == TH_REJECTED);
}

static enum th_status stop_at_second(void *context, const struct th_csv_row *row,
                                     struct th_error *error)
{
    ++*(int *)context;
    return row->line == 2 ? th_error_set(error, TH_UNREACHABLE, "stop") : TH_OK;
}

static void the_callback_can_stop(void)
{
    int calls = 0;
    struct th_error error = {0};
    struct th_csv_stream *reader = th_csv_stream_create(stop_at_second, &calls);
    TH_CHECK("feed", th_csv_stream_feed(reader, "a\nb\nc\n", 6, &error) == TH_UNREACHABLE);
    TH_CHECK_TEXT("message", error.message, "stop");
    TH_CHECK("feed again", th_csv_stream_feed(reader, "d\n", 2, &error) == TH_UNREACHABLE);
    TH_CHECK("finish", th_csv_stream_finish(reader, &error) == TH_UNREACHABLE);
    TH_CHECK("calls", calls == 2);
    th_csv_stream_destroy(&reader);
    TH_CHECK("destroyed", reader == NULL);
    th_csv_stream_destroy(&reader);
}

static void what_is_written_reads_back(void)
{
    static const char *const fields[] = {"plain",      "",    "a,b", "say \"no\"",
                                         "two\nlines", "x;y", "Hạ"};
    TH_CLEANUP_BUFFER struct th_buffer out = {0};
    size_t count = sizeof(fields) / sizeof(fields[0]);
    for (size_t i = 0; i < count; i++)
        th_csv_add(&out, i == 0, th_slice_of(fields[i]));
    th_csv_end_row(&out);
    TH_CHECK_TEXT("written", out.bytes,
                  "plain,,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",x;y,Hạ\n");

    struct th_arena *arena = th_arena_create(0);
    struct th_csv csv;
    struct th_error error = {0};
    TH_CHECK("read", th_csv_parse(th_buffer_slice(&out), arena, &csv, &error) == TH_OK);
    TH_CHECK("one row", csv.count == 1 && csv.rows[0].count == count);
    for (size_t i = 0; i < count && csv.count == 1; i++)
        TH_CHECK(fields[i], th_slice_equals(csv.rows[0].fields[i], fields[i]));
    th_arena_destroy(&arena);
}

static const struct th_test tests[] = {
    {"files of offices are read", files_of_offices_are_read},
    {"bad files name the line", bad_files_name_the_line},
    {"memory is bounded", memory_is_bounded},
    {"the callback can stop", the_callback_can_stop},
    {"what is written reads back", what_is_written_reads_back},
};
TH_TEST_MAIN("csv", tests)
