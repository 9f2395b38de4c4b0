/* One row of tonghop.state_change and the event of the province's chain that proves it.
 * Private to the store. */
#ifndef TONGHOP_COLLECTOR_STATE_RECORD_H
#define TONGHOP_COLLECTOR_STATE_RECORD_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"

#define TH_STATE_EVENT "state" /* kind of the event */

struct th_state_record {
    const char *district, *form, *period; /* codes, identifier */
    uint32_t revision;
    const char *from, *to;
    const char *account, *role, *acting_key; /* acting_key NULL: none */
    struct th_slice comment;
    const struct th_slice *criteria, *comments; /* codes, in the row's order; texts */
    size_t comment_count;
};

/* The event's payload: everything of the record, the comments as a digest, so that they
 * can be proved without being told to whoever is shown the chain (docs/protocol.md).
 * NULL when a text is no UTF-8. */
json_t *th_state_payload(const struct th_state_record *record);

#endif
