/* Where the rows of an import come from: a file (or standard input) in our long CSV, read
 * as it comes, or in DHIS2's JSON or CSV, which is held whole up to a limit. */
#ifndef TONGHOP_COLLECTOR_IMPORT_SOURCE_H
#define TONGHOP_COLLECTOR_IMPORT_SOURCE_H

#include "collector/admin/import_dhis2.h"
#include "common/base/progress.h"
#include "common/ledger/ledger.h"

enum th_import_format {
    TH_IMPORT_ANY, /* found by the content */
    TH_IMPORT_CSV,
    TH_IMPORT_DHIS2_JSON,
    TH_IMPORT_DHIS2_CSV,
};

/* "csv", "dhis2-json" or "dhis2-csv". */
bool th_import_format_parse(const char *name, enum th_import_format *format);

struct th_import_source {
    /* Set by the owner. */
    const char *path; /* "-": standard input */
    enum th_import_format format;

    /* Private. */
    int file;
    uint64_t read;               /* bytes */
    struct th_sha256_state hash; /* of them */
    struct th_progress progress;
    struct th_import_rows *rows;
    struct th_csv_stream *stream;
    struct th_import_dhis2 *dhis2;
    struct th_buffer json;
};

/* TH_USAGE when the file cannot be read. Close it whatever the status. */
enum th_status th_import_source_open(struct th_import_source *source,
                                     struct th_error *error) TH_MUST_USE;
/* Gives every row to `rows`, and finishes them. */
enum th_status th_import_source_read(struct th_import_source *source, struct th_import_rows *rows,
                                     struct th_error *error) TH_MUST_USE;
/* For the record of the import: how many bytes were read, and their SHA-256; once. */
uint64_t th_import_source_digest(struct th_import_source *source, uint8_t digest[TH_HASH_BYTES]);
const char *th_import_source_format(const struct th_import_source *source);
void th_import_source_close(struct th_import_source *source);

#endif
