/* The catalogue in force as rows of the reference tables that views stand on
 * (migrations/0004_views.sql): derived from the stored version, replaced as a whole. */
#ifndef TONGHOP_COLLECTOR_CATALOGUE_ROWS_H
#define TONGHOP_COLLECTOR_CATALOGUE_ROWS_H

#include "collector/store/store_private.h"

/* Replaces the rows, within the transaction that is open and after the rows of districts,
 * forms and criteria were put. */
enum th_status th_catalogue_rows_put(struct th_store *store, const struct th_catalogue *catalogue,
                                     struct th_error *error) TH_MUST_USE;

/* Reads the rows of every table and calls `differs` for each that is not the catalogue's:
 * its name, the first row that differs as it should be and as it is ("" where there is
 * none). The texts live until it returns. */
typedef void (*th_catalogue_rows_fn)(void *context, const char *table, const char *expected,
                                     const char *found);
enum th_status th_catalogue_rows_compare(struct th_store *store,
                                         const struct th_catalogue *catalogue,
                                         th_catalogue_rows_fn differs, void *context,
                                         struct th_error *error) TH_MUST_USE;

/* A transaction of its own that writes the rows anew where they are not those of the
 * catalogue in force: after a migration, and by `rebuild`. `repaired` may be NULL. */
enum th_status th_catalogue_rows_repair(struct th_store *store, th_catalogue_rows_fn repaired,
                                        void *context, struct th_error *error) TH_MUST_USE;

#endif
