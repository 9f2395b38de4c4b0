/* Where a series breaks: districts that opened, closed or were merged between a base
 * period and the one before (SEMANTICS 5.4). Pure. */
#ifndef TONGHOP_COMMISSION_BREAKS_H
#define TONGHOP_COMMISSION_BREAKS_H

#include "common/base/buffer.h"
#include "common/domain/catalogue.h"

struct th_break_request {
    const struct th_catalogue *catalogue;
    const struct th_district *district; /* whose series; NULL: the province's */
    int32_t day_before, day;            /* last days of the base period before, and of this one */
    int32_t today;                      /* the answer's day */
    bool credited; /* values of those closed until today are credited to their successors: a
                      merger that is past is no break */
};

/* Appends "+CODE" (opened), "-CODE" (closed), "CODE>SUCCESSOR" (merged), joined by
 * blanks, in the catalogue's order; nothing when the series does not break. */
void th_breaks_write(const struct th_break_request *request, struct th_buffer *out);

#endif
