/* What the reading of DHIS2's two formats shares. */
#ifndef TONGHOP_COLLECTOR_IMPORT_DHIS2_PRIVATE_H
#define TONGHOP_COLLECTOR_IMPORT_DHIS2_PRIVATE_H

#include "collector/admin/import_dhis2.h"
#include "common/domain/dhis2.h"

enum th_dhis2_field {
    TH_DHIS2_DATA_ELEMENT,
    TH_DHIS2_PERIOD,
    TH_DHIS2_ORG_UNIT,
    TH_DHIS2_CATEGORY,
    TH_DHIS2_ATTRIBUTE,
    TH_DHIS2_VALUE,
    TH_DHIS2_COMMENT,
    TH_DHIS2_DELETED,
    TH_DHIS2_FIELD_COUNT
};

/* In the file's order; texts in the arena. */
struct th_dhis2_value {
    struct th_slice fields[TH_DHIS2_FIELD_COUNT];
    struct th_slice data_set; /* of its set, empty: not told */
    size_t line;
    const char *fault; /* code of what is wrong with the value itself, NULL: nothing */

    /* Found when all is read. */
    struct th_slice form, criterion;
    enum th_dhis2_part part;
};

struct th_import_dhis2 {
    struct th_import_rows *rows;
    struct th_arena *arena;
    struct th_dhis2_value *values;
    size_t count, capacity;
    bool has_heading;
    size_t places[TH_DHIS2_FIELD_COUNT];
};

/* Room for one more, zeroed. */
struct th_dhis2_value *th_import_dhis2_add(struct th_import_dhis2 *dhis2);
struct th_slice th_import_dhis2_copy(struct th_import_dhis2 *dhis2, struct th_slice text);

#endif
