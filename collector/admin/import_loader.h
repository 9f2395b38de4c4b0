/* Whole reports of an import on their way into the store: judged, gathered into
 * batches, written until committed, counted. A sink of import_rows.h. */
#ifndef TONGHOP_COLLECTOR_IMPORT_LOADER_H
#define TONGHOP_COLLECTOR_IMPORT_LOADER_H

#include "collector/admin/import_problems.h"
#include "collector/store/batch.h"
#include "common/base/progress.h"

struct th_import_totals {
    uint64_t accepted, duplicate, rejected; /* reports */
    uint64_t observations;                  /* of the accepted */
};

struct th_import_loader {
    /* Set by the owner. */
    struct th_store *store;
    struct th_catalogue_ids **ids; /* of the catalogue in force; may be replaced */
    const char *province;
    struct th_import_problems *problems;
    struct th_progress *progress; /* cleared before a message is printed */
    size_t batch;                 /* reports in a transaction */
    int database_timeout_ms;
    bool dry_run; /* nothing is written: what is sound counts as accepted */

    struct th_import_totals totals;
    struct th_submission *pending; /* private: room for a batch */
    size_t pending_count, pending_bytes;
};

/* Takes ownership of the report (th_import_sink_fn). */
enum th_status th_import_loader_take(void *loader, struct th_import_report *report,
                                     struct th_error *error) TH_MUST_USE;

/* Writes what waits. A database that is away is tried again for ten minutes; then
 * TH_UNREACHABLE, and importing the same file again makes nothing double. */
enum th_status th_import_loader_flush(struct th_import_loader *loader,
                                      struct th_error *error) TH_MUST_USE;

/* Frees what is private, and what waits without writing it. */
void th_import_loader_free(struct th_import_loader *loader);

#endif
