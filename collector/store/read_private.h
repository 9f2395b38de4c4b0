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

/* Within a snapshot of th_store_begin_read? */
enum th_status th_read_check(const struct th_store *store, struct th_error *error) TH_MUST_USE;

/* A parameter: the ids of the districts whose flag (by index) is set. */
void th_read_param_districts(struct th_params *params, const struct th_catalogue_ids *ids,
                             const bool *districts);

#endif
