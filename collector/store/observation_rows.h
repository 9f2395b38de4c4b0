/* The observations of a report as the parallel arrays of tonghop.report, in PostgreSQL's
 * binary form: what the writer stores, and what `verify` and `rebuild` derive anew from
 * the report's bytes. Pure. Private to the store. */
#ifndef TONGHOP_COLLECTOR_OBSERVATION_ROWS_H
#define TONGHOP_COLLECTOR_OBSERVATION_ROWS_H

#include <stdint.h>

#include "common/base/buffer.h"
#include "common/domain/report.h"

/* In the table's order. */
enum th_observation_column {
    TH_OBSERVATION_CRITERION,
    TH_OBSERVATION_NUM,
    TH_OBSERVATION_DEN,
    TH_OBSERVATION_SCALE,
    TH_OBSERVATION_ANSWER,
    TH_OBSERVATION_COLUMNS
};

/* The type (OID) of the column's array. */
uint32_t th_observation_column_type(enum th_observation_column column);

/* Appends the array's value (without the length before it) of a resolved report whose
 * criteria are all known; `criterion_ids` are those of its form, by index. */
void th_observation_column_put(struct th_buffer *out, enum th_observation_column column,
                               const struct th_report *report, const int32_t *criterion_ids);

#endif
