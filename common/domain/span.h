/* Runs of base periods: in which of them something can be expected (SEMANTICS 5.3).
 * For the figures' own files: nothing outside th_domain includes this. */
#ifndef TONGHOP_DOMAIN_SPAN_H
#define TONGHOP_DOMAIN_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/domain/catalogue.h"

/* Base periods by ordinal, both inclusive; empty when first > last. */
struct th_span {
    int32_t first, last;
};

static inline bool th_span_has(struct th_span span, int32_t ordinal)
{
    return ordinal >= span.first && ordinal <= span.last;
}

static inline struct th_span th_span_common(struct th_span a, struct th_span b)
{
    return (struct th_span){a.first > b.first ? a.first : b.first,
                            a.last < b.last ? a.last : b.last};
}

/* The least span around both. */
static inline struct th_span th_span_cover(struct th_span a, struct th_span b)
{
    if (a.first > a.last)
        return b;
    if (b.first > b.last)
        return a;
    return (struct th_span){a.first < b.first ? a.first : b.first,
                            a.last > b.last ? a.last : b.last};
}

static inline uint64_t th_span_count(struct th_span span)
{
    return span.first > span.last ? 0 : (uint64_t)((int64_t)span.last - span.first + 1);
}

/* The base periods of `within` whose last day lies in the interval. */
struct th_span th_span_of_interval(enum th_frequency frequency, struct th_interval interval,
                                   struct th_span within);

/* The base periods of `within` that have begun at the instant. */
struct th_span th_span_begun(const struct th_form *form, struct th_span within, int64_t as_of_us);

/* Several spans, in order, apart. */
struct th_spans {
    struct th_span *spans;
    size_t count;
};

/* The base periods of `within` on whose last day the district is open. Without
 * overlap, whatever the openings are: a pair is expected once. */
struct th_spans th_spans_of_district(enum th_frequency frequency,
                                     const struct th_district *district, struct th_span within,
                                     struct th_arena *arena);
bool th_spans_have(struct th_spans spans, int32_t ordinal);
uint64_t th_spans_count(struct th_spans spans, struct th_span within);

#endif
