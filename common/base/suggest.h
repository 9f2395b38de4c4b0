/* "did you mean ...?": the nearest of the names that would have been right.
 * Private to this room. */
#ifndef TONGHOP_BASE_SUGGEST_H
#define TONGHOP_BASE_SUGGEST_H

#include <stddef.h>

struct th_nearest {
    const char *given; /* what somebody typed; set by the caller, the rest zero */
    const char *name;  /* the nearest name offered, NULL while none is near */
    size_t distance;
};

/* '-' and '_' count as the same letter. */
void th_nearest_offer(struct th_nearest *nearest, const char *name);

/* " (did you mean 'PREFIXname'?)", or "" when no name is near; returns `out`. */
const char *th_nearest_text(const struct th_nearest *nearest, const char *prefix, char out[128]);

#endif
