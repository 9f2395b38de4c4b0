/* Why a question is not answered: one table of codes with their sentences in both
 * languages, and a list that collects all problems of one question. */
#ifndef TONGHOP_COLLECTOR_QUERY_REFUSAL_H
#define TONGHOP_COLLECTOR_QUERY_REFUSAL_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/buffer.h"

#define TH_REFUSALS_MAX 50 /* problems told of one question */

struct th_refusal {
    const char *code;      /* of th_refusal_codes */
    const char *criterion; /* "" when not about one */
    const char *value;     /* the offending value or the detail, "" when none */
};

struct th_refusal_list {
    struct th_arena *arena; /* set by the owner before use */
    struct th_refusal refusals[TH_REFUSALS_MAX];
    size_t count;
};

/* {value} is filled in. */
struct th_refusal_code {
    const char *code;
    const char *vi, *en;
};
extern const struct th_refusal_code th_refusal_codes[]; /* ends with a NULL code */

/* Adds a problem; the texts are copied. `value` may be any bytes of a peer: what is
 * not UTF-8 is left out, what is long is shortened. */
void th_refusal_add(struct th_refusal_list *list, const char *code, const char *criterion,
                    struct th_slice value);

/* Appends a serialised Error with every problem of the list. */
void th_refusal_encode(const struct th_refusal_list *list, uint64_t request_id,
                       const char *language, struct th_buffer *out);

/* The same with a single problem. */
void th_refusal_encode_one(const char *code, const char *value, uint64_t request_id,
                           const char *language, struct th_buffer *out);

#endif
