#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/admin/admin_private.h"
#include "collector/admin/import_loader.h"
#include "collector/admin/import_source.h"
#include "common/base/text.h"

#define BATCH_DEFAULT 256
#define BATCH_MAX     4096

const struct th_option th_admin_import_options[] = {
    {"dry-run", 'n', NULL, "judge everything, store nothing"},
    TH_ADMIN_FORMAT_OPTION,
    {"problems", 0, "FILE", "write the problems to FILE as CSV instead of to standard error"},
    {"language", 0, "vi|en", "language of the problems' messages [default en]"},
    {"batch", 0, "N", "reports in one transaction, 1 to 4096 [default 256]"},
    {"input-format", 0, "F", "csv, dhis2-json or dhis2-csv [default: found by the content]"},
    {NULL},
};

struct import {
    struct th_import_source source;
    enum th_format format;
    const char *language;
    struct th_import_rows *rows;
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
    const char *input = th_command_option(line, "input-format");
    if (input && !th_import_format_parse(input, &import->source.format))
        return th_error_set(error, TH_USAGE,
                            "--input-format takes csv, dhis2-json or dhis2-csv, not '%.40s'",
                            input);
    import->loader.batch = (size_t)count;
    import->loader.dry_run = th_command_option(line, "dry-run") != NULL;
    return th_admin_format(line, &import->format, error);
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

/* A file that ends in a fault: what is whole before it is stored all the same, for
 * importing the corrected file finds it again. */
static enum th_status load_rows(struct import *import, struct th_error *error)
{
    struct th_error flushing = {0};
    enum th_status status = th_import_source_read(&import->source, import->rows, error);
    if (status == TH_OK)
        return th_import_loader_flush(&import->loader, error);
    if (status != TH_REJECTED)
        return status;
    enum th_status flushed = th_import_loader_flush(&import->loader, &flushing);
    if (flushed == TH_OK)
        return th_error_prefix(error, "%s", import->source.path);
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

/* What was judged is an act, however the import ended. A file's name that is no UTF-8 is
 * left out, not the act. */
static enum th_status record(struct import *import, struct th_error *error)
{
    const struct th_import_totals *totals = &import->loader.totals;
    const char *slash = strrchr(import->source.path, '/');
    struct th_import_act act = {
        .file = slash ? slash + 1 : import->source.path,
        .format = th_import_source_format(&import->source),
        .accepted = totals->accepted,
        .duplicate = totals->duplicate,
        .rejected = totals->rejected,
    };
    struct th_actor actor;
    if (import->loader.dry_run || act.accepted + act.duplicate + act.rejected == 0)
        return TH_OK;
    if (!th_text_is_utf8(th_slice_of(act.file)))
        act.file = "?";
    act.bytes = th_import_source_digest(&import->source, act.digest);
    enum th_status status =
        th_store_record_import(import->loader.store, &act, th_admin_actor(&actor), error);
    if (status != TH_OK)
        return th_error_prefix(error, "the reports were stored, but the import could not be "
                                      "recorded as an act; import the file again");
    return TH_OK;
}

/* `status` is how loading ended; the first failure is kept. */
static enum th_status conclude(struct import *import, enum th_status status, struct th_error *error)
{
    const struct th_import_totals *totals = &import->loader.totals;
    uint64_t reports = totals->accepted + totals->duplicate + totals->rejected;
    struct th_error later = {0};
    th_progress_end(&import->source.progress);
    enum th_status printed = th_import_problems_finish(&import->loader.problems, &later);
    if (printed == TH_OK)
        printed = record(import, &later);
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
    struct import import = {.source = {.path = line->arguments[0], .file = -1}};
    struct th_province province = {0};
    struct th_catalogue *catalogue = NULL;
    struct th_catalogue_ids *ids = NULL;
    enum th_status status = parse_options(&import, line, error);
    if (status == TH_OK)
        status = th_import_source_open(&import.source, error);
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
    import.loader.progress = &import.source.progress;
    import.loader.database_timeout_ms = (int)settings->database_timeout_ms;
    import.rows = th_import_rows_create(catalogue, th_import_loader_take, &import.loader);
    status = conclude(&import, load_rows(&import, error), error);

cleanup:
    th_import_source_close(&import.source);
    th_import_rows_destroy(&import.rows);
    th_import_loader_free(&import.loader);
    th_store_close(&import.loader.store);
    th_catalogue_ids_release(&ids);
    th_catalogue_release(&catalogue);
    return status;
}
