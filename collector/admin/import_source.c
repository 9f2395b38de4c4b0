#include "collector/admin/import_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)64 << 10)

static const char *const format_names[] = {
    [TH_IMPORT_CSV] = "csv",
    [TH_IMPORT_DHIS2_JSON] = "dhis2-json",
    [TH_IMPORT_DHIS2_CSV] = "dhis2-csv",
};

bool th_import_format_parse(const char *name, enum th_import_format *format)
{
    for (size_t i = TH_IMPORT_CSV; i < sizeof(format_names) / sizeof(format_names[0]); i++) {
        if (strcmp(name, format_names[i]) != 0)
            continue;
        *format = (enum th_import_format)i;
        return true;
    }
    return false;
}

enum th_status th_import_source_open(struct th_import_source *source, struct th_error *error)
{
    struct stat found;
    bool is_input = strcmp(source->path, "-") == 0;
    source->file = is_input ? STDIN_FILENO : open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (source->file < 0 || fstat(source->file, &found) != 0)
        return th_error_set(error, TH_USAGE, "cannot read %s: %m", source->path);
    if (S_ISDIR(found.st_mode))
        return th_error_set(error, TH_USAGE, "%s is a folder; name a CSV or JSON file",
                            source->path);
    th_sha256_begin(&source->hash);
    th_progress_begin(&source->progress, "Importing",
                      S_ISREG(found.st_mode) ? (uint64_t)found.st_size : 0);
    return TH_OK;
}

uint64_t th_import_source_digest(struct th_import_source *source, uint8_t digest[TH_HASH_BYTES])
{
    th_sha256_end(&source->hash, digest);
    return source->read;
}

const char *th_import_source_format(const struct th_import_source *source)
{
    return source->format == TH_IMPORT_ANY ? "csv" : format_names[source->format];
}

void th_import_source_close(struct th_import_source *source)
{
    th_csv_stream_destroy(&source->stream);
    th_import_dhis2_destroy(&source->dhis2);
    th_buffer_free(&source->json);
    if (source->file > STDIN_FILENO)
        close(source->file);
    source->file = -1;
}

/* The heading tells whose CSV it is. */
static enum th_status take_row(void *context, const struct th_csv_row *row, struct th_error *error)
{
    struct th_import_source *source = context;
    if (source->format == TH_IMPORT_ANY && row->count > 0)
        source->format = th_import_dhis2_is_heading(row) ? TH_IMPORT_DHIS2_CSV : TH_IMPORT_CSV;
    if (source->format == TH_IMPORT_DHIS2_CSV)
        return th_import_dhis2_row(source->dhis2, row, error);
    /* Where cells are parted by ';', numbers have a decimal comma. */
    char point = th_csv_stream_separator(source->stream) == ';' ? ',' : '.';
    return th_import_rows_take(source->rows, row, point, error);
}

/* CSV does not begin with a brace, but for white space and a byte-order mark. */
static void find_json(struct th_import_source *source, const char *bytes, size_t size)
{
    size_t at = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < size && strchr(" \t\r\n", bytes[at]) && bytes[at])
        at++;
    if (at < size && bytes[at] == '{')
        source->format = TH_IMPORT_DHIS2_JSON;
}

static enum th_status check_size(const struct th_import_source *source, struct th_error *error)
{
    if (source->format != TH_IMPORT_DHIS2_JSON && source->format != TH_IMPORT_DHIS2_CSV)
        return TH_OK;
    if (source->read <= TH_DHIS2_FILE_MAX)
        return TH_OK;
    return th_error_set(error, TH_REJECTED,
                        "data values of DHIS2 are read up to %zu MiB a file, of which nothing was "
                        "stored; export fewer periods or organisation units at once",
                        TH_DHIS2_FILE_MAX >> 20);
}

static enum th_status take_chunk(struct th_import_source *source, const char *bytes, size_t size,
                                 struct th_error *error)
{
    if (source->read == 0 && source->format == TH_IMPORT_ANY)
        find_json(source, bytes, size);
    source->read += size;
    th_sha256_add(&source->hash, bytes, size);
    enum th_status status = check_size(source, error);
    if (status != TH_OK)
        return status;
    th_progress_step(&source->progress, source->read);
    if (source->format != TH_IMPORT_DHIS2_JSON)
        return th_csv_stream_feed(source->stream, bytes, size, error);
    th_buffer_add(&source->json, bytes, size);
    return TH_OK;
}

static enum th_status finish(struct th_import_source *source, struct th_error *error)
{
    enum th_status status =
        source->format == TH_IMPORT_DHIS2_JSON
            ? th_import_dhis2_json(source->dhis2, th_buffer_slice(&source->json), error)
            : th_csv_stream_finish(source->stream, error);
    th_buffer_free(&source->json);
    if (status == TH_OK &&
        (source->format == TH_IMPORT_DHIS2_JSON || source->format == TH_IMPORT_DHIS2_CSV))
        status = th_import_dhis2_finish(source->dhis2, error);
    return status == TH_OK ? th_import_rows_finish(source->rows, error) : status;
}

enum th_status th_import_source_read(struct th_import_source *source, struct th_import_rows *rows,
                                     struct th_error *error)
{
    char chunk[CHUNK];
    enum th_status status = TH_OK;
    source->rows = rows;
    source->dhis2 = th_import_dhis2_create(rows);
    source->stream = th_csv_stream_create(take_row, source);
    while (status == TH_OK) {
        ssize_t got = read(source->file, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return th_error_set(error, TH_USAGE, "cannot read %s: %m", source->path);
        if (got == 0)
            break;
        status = take_chunk(source, chunk, (size_t)got, error);
    }
    return status == TH_OK ? finish(source, error) : status;
}
