#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/admin/admin_private.h"
#include "collector/admin/import_loader.h"

#define CHUNK         ((size_t)64 << 10)
#define BATCH_DEFAULT 256
#define BATCH_MAX     4096

const struct th_option th_admin_import_options[] = {
    {"dry-run", 'n', NULL, "judge everything, store nothing"},
    TH_ADMIN_FORMAT_OPTION,
    {"problems", 0, "FILE", "write the problems to FILE as CSV instead of to standard error"},
    {"language", 0, "vi|en", "language of the problems' messages [default en]"},
    {"batch", 0, "N", "reports in one transaction, 1 to 4096 [default 256]"},
    {NULL},
};

struct import {
    const char *path;
    enum th_format format;
    const char *language;
    int file;
    uint64_t read; /* bytes */
    struct th_progress progress;
    struct th_import_rows *rows;
    struct th_csv_stream *stream;
    struct th_import_loader loader;
};

static enum th_status parse_options(struct import *import, const struct th_command_line *line,
                                    struct th_error *error)
{
    const char *language = th_command_option(line, "language");
    const char *batch = th_command_option(line, "batch");
    char *end = NULL;
    long count = batch ? strtol(batch, &end, 10) : BATCH_DEFAULT;
    import->language = language ? language : "en";
    if (strcmp(import->language, "vi") != 0 && strcmp(import->language, "en") != 0)
        return th_error_set(error, TH_USAGE, "--language takes vi or en, not '%.40s'", language);
    if (batch && (end == batch || *end || count < 1 || count > BATCH_MAX))
        return th_error_set(error, TH_USAGE, "--batch takes a number from 1 to %d, not '%.40s'",
                            BATCH_MAX, batch);
    import->loader.batch = (size_t)count;
    import->loader.dry_run = th_command_option(line, "dry-run") != NULL;
    return th_admin_format(line, &import->format, error);
}

static enum th_status open_file(struct import *import, struct th_error *error)
{
    struct stat found;
    bool is_input = strcmp(import->path, "-") == 0;
    import->file = is_input ? STDIN_FILENO : open(import->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (import->file < 0 || fstat(import->file, &found) != 0)
        return th_error_set(error, TH_USAGE, "cannot read %s: %m", import->path);
    if (S_ISDIR(found.st_mode))
        return th_error_set(error, TH_USAGE, "%s is a folder; name a CSV file", import->path);
    th_progress_begin(&import->progress, "Importing",
                      S_ISREG(found.st_mode) ? (uint64_t)found.st_size : 0);
    return TH_OK;
}

static enum th_status load_catalogue(struct th_store *store, struct th_catalogue **catalogue,
                                     struct th_catalogue_ids **ids, struct th_error *error)
{
    enum th_status status = th_store_load_catalogue(store, 0, catalogue, error);
    if (status == TH_OK && !*catalogue)
        status = th_error_set(error, TH_USAGE,
                              "no catalogue was imported yet; run 'tonghop-collector catalogue "
                              "import DIR' first");
    if (status == TH_OK)
        status = th_store_load_ids(store, *catalogue, ids, error);
    return status;
}

static enum th_status take_row(void *context, const struct th_csv_row *row, struct th_error *error)
{
    struct import *import = context;
    /* Where cells are parted by ';', numbers have a decimal comma. */
    char point = th_csv_stream_separator(import->stream) == ';' ? ',' : '.';
    return th_import_rows_take(import->rows, row, point, error);
}

static enum th_status read_rows(struct import *import, struct th_error *error)
{
    char chunk[CHUNK];
    enum th_status status = TH_OK;
    while (status == TH_OK) {
        ssize_t got = read(import->file, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return th_error_set(error, TH_USAGE, "cannot read %s: %m", import->path);
        if (got == 0)
            break;
        status = th_csv_stream_feed(import->stream, chunk, (size_t)got, error);
        import->read += (uint64_t)got;
        th_progress_step(&import->progress, import->read);
    }
    if (status == TH_OK)
        status = th_csv_stream_finish(import->stream, error);
    if (status == TH_OK)
        status = th_import_rows_finish(import->rows, error);
    return status;
}

/* A file that ends in a fault: what is whole before it is stored all the same, for
 * importing the corrected file finds it again. */
static enum th_status load_rows(struct import *import, struct th_error *error)
{
    struct th_error flushing = {0};
    enum th_status status = read_rows(import, error);
    if (status == TH_OK)
        return th_import_loader_flush(&import->loader, error);
    if (status != TH_REJECTED)
        return status;
    enum th_status flushed = th_import_loader_flush(&import->loader, &flushing);
    if (flushed == TH_OK)
        return th_error_prefix(error, "%s", import->path);
    *error = flushing;
    return flushed;
}

static enum th_status print_totals(const struct import *import, struct th_error *error)
{
    static const struct th_column columns[] = {
        {.name = "accepted", .heading = "Accepted", .right = true},
        {.name = "duplicate", .heading = "Duplicate", .right = true},
        {.name = "rejected", .heading = "Rejected", .right = true},
        {.name = "observations", .heading = "Observations", .right = true},
    };
    const struct th_import_totals *totals = &import->loader.totals;
    const uint64_t numbers[] = {totals->accepted, totals->duplicate, totals->rejected,
                                totals->observations};
    char texts[4][24];
    for (size_t i = 0; i < 4; i++)
        snprintf(texts[i], sizeof(texts[i]), "%" PRIu64, numbers[i]);
    struct th_table *table = th_table_create(stdout, import->format, NULL, columns, 4);
    th_table_row(table, (const char *[]){texts[0], texts[1], texts[2], texts[3]}, NULL);
    return th_table_finish(&table, error);
}

/* `status` is how loading ended; the first failure is kept. */
static enum th_status conclude(struct import *import, enum th_status status, struct th_error *error)
{
    const struct th_import_totals *totals = &import->loader.totals;
    uint64_t reports = totals->accepted + totals->duplicate + totals->rejected;
    struct th_error later = {0};
    th_progress_end(&import->progress);
    enum th_status printed = th_import_problems_finish(&import->loader.problems, &later);
    if (printed == TH_OK && (status == TH_OK || reports > 0))
        printed = print_totals(import, &later);
    if (import->loader.dry_run && status == TH_OK)
        fprintf(stderr, "dry run: nothing was stored, and duplicates were not looked for\n");
    if (status == TH_OK && printed != TH_OK) {
        *error = later;
        return printed;
    }
    if (status == TH_OK && totals->rejected > 0)
        status = th_error_set(error, TH_REJECTED,
                              "%" PRIu64 " of %" PRIu64 " reports %s; correct them and import the "
                              "file again: what is stored already counts as duplicate",
                              totals->rejected, reports,
                              import->loader.dry_run ? "would be rejected" : "were rejected");
    return status;
}

enum th_status th_admin_import(void *context, const struct th_command_line *line,
                               struct th_error *error)
{
    const struct th_collector_settings *settings = context;
    struct import import = {.path = line->arguments[0], .file = -1};
    struct th_province province = {0};
    struct th_catalogue *catalogue = NULL;
    struct th_catalogue_ids *ids = NULL;
    enum th_status status = parse_options(&import, line, error);
    if (status == TH_OK)
        status = open_file(&import, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &import.loader.store, &province, error);
    if (status == TH_OK)
        status = load_catalogue(import.loader.store, &catalogue, &ids, error);
    if (status == TH_OK)
        status = th_import_problems_open(th_command_option(line, "problems"), import.language,
                                         &import.loader.problems, error);
    if (status != TH_OK)
        goto cleanup;

    import.loader.ids = &ids;
    import.loader.province = province.code;
    import.loader.progress = &import.progress;
    import.loader.database_timeout_ms = (int)settings->database_timeout_ms;
    import.rows = th_import_rows_create(catalogue, th_import_loader_take, &import.loader);
    import.stream = th_csv_stream_create(take_row, &import);
    status = conclude(&import, load_rows(&import, error), error);

cleanup:
    th_csv_stream_destroy(&import.stream);
    th_import_rows_destroy(&import.rows);
    th_import_loader_free(&import.loader);
    th_store_close(&import.loader.store);
    th_catalogue_ids_release(&ids);
    th_catalogue_release(&catalogue);
    if (import.file > STDIN_FILENO)
        close(import.file);
    return status;
}
