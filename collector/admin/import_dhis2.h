/* Data values of DHIS2 (docs/dhis2.md), in its JSON or CSV, become rows of an import.
 * DHIS2 tells them in any order and a ratio in two values: so a file is held whole, put
 * in order, and handed on report by report at the end. No database, no files. */
#ifndef TONGHOP_COLLECTOR_IMPORT_DHIS2_H
#define TONGHOP_COLLECTOR_IMPORT_DHIS2_H

#include "collector/admin/import_rows.h"

/* Of one file; some 500,000 data values. */
#define TH_DHIS2_FILE_MAX ((size_t)64 << 20)

struct th_import_dhis2;

/* `rows` gets what is read, by th_import_dhis2_finish; it must outlive this. */
struct th_import_dhis2 *th_import_dhis2_create(struct th_import_rows *rows);
void th_import_dhis2_destroy(struct th_import_dhis2 **dhis2);

/* Whether a CSV file's heading is that of DHIS2. */
bool th_import_dhis2_is_heading(const struct th_csv_row *row);

/* The first row is the heading: columns in any order, of which dataelement, period,
 * orgunit and value must be there. TH_REJECTED naming what is wrong with it. */
enum th_status th_import_dhis2_row(struct th_import_dhis2 *dhis2, const struct th_csv_row *row,
                                   struct th_error *error) TH_MUST_USE;

/* A whole file: one data value set, or several in "dataValueSets". Values that lack
 * period or orgUnit take their set's. Lines of problems are the number of the data value
 * in the file. TH_REJECTED when it is not well formed. */
enum th_status th_import_dhis2_json(struct th_import_dhis2 *dhis2, struct th_slice file,
                                    struct th_error *error) TH_MUST_USE;

/* Hands everything on. */
enum th_status th_import_dhis2_finish(struct th_import_dhis2 *dhis2,
                                      struct th_error *error) TH_MUST_USE;

#endif
