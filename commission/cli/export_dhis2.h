/* Writes DHIS2's dataValueSets (docs/dhis2.md), data value by data value. */
#ifndef TONGHOP_COMMISSION_EXPORT_DHIS2_H
#define TONGHOP_COMMISSION_EXPORT_DHIS2_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/arena.h"
#include "common/domain/catalogue.h"
#include "common/domain/report.h"

/* Where a value belongs, in DHIS2's spelling. */
struct th_dhis2_place {
    const char *period, *unit;
};

struct th_export_dhis2 {
    /* Set by the owner. */
    FILE *out;
    bool omit_not_applicable;

    uint64_t written, omitted; /* data values; answers n/a that were left out */
};

void th_export_dhis2_begin(struct th_export_dhis2 *dhis2, const char *form);
/* A reported answer; none when its criterion is not in the catalogue. */
void th_export_dhis2_observation(struct th_export_dhis2 *dhis2, struct th_dhis2_place place,
                                 const struct th_observation *observation);
/* A consolidated figure: texts of Figure, "" where there is none; `members` commune codes
 * separated by blanks. */
struct th_dhis2_figure {
    const struct th_criterion *criterion;
    const char *num, *den, *value, *choice, *members;
};
void th_export_dhis2_figure(struct th_export_dhis2 *dhis2, struct th_dhis2_place place,
                            const struct th_dhis2_figure *figure);
void th_export_dhis2_end(struct th_export_dhis2 *dhis2);

#endif
