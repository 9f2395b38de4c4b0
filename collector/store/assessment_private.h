/* What the files of assessments share. */
#ifndef TONGHOP_COLLECTOR_ASSESSMENT_PRIVATE_H
#define TONGHOP_COLLECTOR_ASSESSMENT_PRIVATE_H

#include "collector/store/assessment_store.h"
#include "collector/store/store_private.h"

/* The gaps as of an instant, whatever the transaction. */
enum th_status th_assessment_gaps_at(struct th_store *store, const struct th_catalogue_ids *ids,
                                     const struct th_form *form, const struct th_period *period,
                                     int64_t as_of_us, int64_t at_us, th_gap_fn each, void *context,
                                     struct th_error *error) TH_MUST_USE;

/* The payload of the act that freezes it: all that its row and the digests of its files
 * say. NULL when a text is not UTF-8. */
json_t *th_assessment_payload(const struct th_assessment *assessment);
/* The exceptions alone, as the row keeps them. */
json_t *th_assessment_exceptions(const struct th_assessment *assessment);

/* The row of assessment_list.sql; texts go to the arena. False when it is no such row. */
bool th_assessment_take_row(const PGresult *result, int row, struct th_arena *arena,
                            struct th_assessment *assessment);
/* The rows of assessment_files.sql; contents point into the result. */
void th_assessment_take_files(const PGresult *result, struct th_arena *arena,
                              struct th_assessment *assessment);

#endif
