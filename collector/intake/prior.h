/* Receipts from before a restoration that an office sends along with reports which were
 * lost (SEMANTICS 10): the province believes its own signature, and then the old
 * accepted_at decides whether the report was in time. */
#ifndef TONGHOP_COLLECTOR_PRIOR_H
#define TONGHOP_COLLECTOR_PRIOR_H

#include "collector/intake/answer.h"
#include "common/wire/message.h"

/* Whether each run of `message` is the province's, one a run; in the arena. NULL when the
 * arena is full. A signature is checked a run, of which there are no more than reports. */
const bool *th_prior_verify(const Tonghop__V1__Submit *message,
                            const struct th_answer_context *answers, const char *district,
                            struct th_arena *arena);

/* Sets received_at_us, prior_epoch and prior_refused of a submission whose digest is known. */
void th_prior_find(const Tonghop__V1__Submit *message, const bool *holds,
                   struct th_submission *submission);

#endif
