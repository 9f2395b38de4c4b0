#include "collector/intake/prior.h"

#include <string.h>

#include "common/base/log.h"
#include "common/wire/receipt.h"

const bool *th_prior_verify(const Tonghop__V1__Submit *message,
                            const struct th_answer_context *answers, const char *district,
                            struct th_arena *arena)
{
    bool *holds = th_arena_alloc(arena, (message->n_prior + 1) * sizeof *holds);
    if (!holds)
        return NULL;
    for (size_t i = 0; i < message->n_prior; i++) {
        struct th_error error = {0};
        const Tonghop__V1__ReceiptRun *run = message->prior[i];
        uint8_t(*hashes)[TH_HASH_BYTES] =
            th_arena_alloc(arena, (run->n_entry + 1) * sizeof *hashes);
        if (!hashes)
            return NULL;
        holds[i] = th_receipt_run_verify(run, answers->trusted, district, hashes, &error) == TH_OK;
        if (!holds[i])
            th_log(TH_LOG_WARNING, "prior.refused district=%s epoch=%u why=\"%s\"", district,
                   run->epoch, error.message);
    }
    return holds;
}

static const Tonghop__V1__Entry *entry_in(const Tonghop__V1__ReceiptRun *run,
                                          const uint8_t digest[TH_HASH_BYTES])
{
    for (size_t i = 0; i < run->n_entry; i++)
        if (run->entry[i]->digest.len == TH_HASH_BYTES &&
            memcmp(run->entry[i]->digest.data, digest, TH_HASH_BYTES) == 0)
            return run->entry[i];
    return NULL;
}

void th_prior_find(const Tonghop__V1__Submit *message, const bool *holds,
                   struct th_submission *submission)
{
    /* The digest is over the exact bytes, the report's id among them. */
    for (size_t i = 0; i < message->n_prior; i++) {
        const Tonghop__V1__Entry *entry = entry_in(message->prior[i], submission->digest);
        if (!entry)
            continue;
        submission->prior_refused |= !holds[i];
        if (!holds[i] || entry->accepted_at_us <= 0 ||
            (submission->received_at_us != 0 &&
             submission->received_at_us <= entry->accepted_at_us))
            continue;
        submission->received_at_us = entry->accepted_at_us;
        submission->prior_epoch = message->prior[i]->epoch;
    }
}
