/* What the files of reading share. */
#ifndef TONGHOP_COLLECTOR_READ_PRIVATE_H
#define TONGHOP_COLLECTOR_READ_PRIVATE_H

#include "collector/store/read.h"
#include "collector/store/store_private.h"

/* How long a query's rows may be silent: sorting a province's reports takes longer
 * than the daemons' deadline of an answer. */
int th_read_timeout_ms(const struct th_store *store);

/* 9999-12-31: later than anything that is stored. */
#define TH_READ_END_OF_TIME_US INT64_C(253402214400000000)

/* Decodes rows whose first columns are district id, period, and the arrays of criteria,
 * numbers, denominators, scales and answers of a report of `form`. */
struct th_cell_reader {
    const struct th_catalogue_ids *ids;
    const struct th_form *form;
    th_cell_fn each;
    void *context;
    struct th_slice *communes; /* grows; kept from row to row */
    size_t commune_capacity;
    bool damaged; /* a row was not what the schema says */
};
/* Calls `each` for the observations of the first row that the catalogue knows. */
enum th_status th_read_row_cells(struct th_cell_reader *reader, const PGresult *row) TH_MUST_USE;
/* Frees what reading took; tells of a damaged row, else gives `status` back. */
enum th_status th_read_cells_end(struct th_store *store, struct th_cell_reader *reader,
                                 enum th_status status, struct th_error *error) TH_MUST_USE;

/* Within a snapshot of th_store_begin_read? */
enum th_status th_read_check(const struct th_store *store, struct th_error *error) TH_MUST_USE;

/* Three parameters: the form's id, and the first and last of its base periods. */
void th_read_param_span(struct th_params *params, const struct th_catalogue_ids *ids,
                        const struct th_form *form, int32_t first, int32_t last);

/* A parameter: those of the ids whose flags are set; all when there are no flags. */
void th_read_param_ids(struct th_params *params, const int32_t *ids, size_t count,
                       const bool *wanted);

#endif
