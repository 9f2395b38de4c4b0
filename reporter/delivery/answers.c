#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "reporter/delivery/engine.h"

#define BUSY_LEAST_MS     100
#define BUSY_MOST_MS      60000
#define REJECTIONS_LOGGED 10 /* of one answer; `status` shows them all */

/* A run of the answer. */
struct answer_run {
    const Tonghop__V1__ReceiptRun *run;
    uint8_t (*hashes)[TH_HASH_BYTES]; /* one an entry, once verified */
};

/* One answer while it is judged: nothing of it is written before all of it has been
 * verified. */
struct answer {
    struct th_batch *batch;
    const Tonghop__V1__Receipts *receipts;
    struct answer_run *runs;    /* in the chain's order */
    struct th_chain_target gap; /* sequence 0: none */
};

static struct th_sent_report *find_sent(const struct th_batch *batch, ProtobufCBinaryData id)
{
    for (size_t i = 0; id.len == 16 && i < batch->count; i++)
        if (memcmp(batch->reports[i].id, id.data, 16) == 0)
            return &batch->reports[i];
    return NULL;
}

/* Ticks off the report that an entry or rejection is about. */
static enum th_status tick_off(const struct answer *answer, ProtobufCBinaryData id,
                               ProtobufCBinaryData digest, struct th_error *error)
{
    struct th_sent_report *sent = find_sent(answer->batch, id);
    if (!sent)
        return th_error_set(error, TH_REJECTED, "it names a report that was not in the batch");
    if (sent->answered)
        return th_error_set(error, TH_REJECTED, "it answers the same report twice");
    if (digest.len != sizeof(sent->digest) ||
        memcmp(sent->digest, digest.data, sizeof(sent->digest)) != 0)
        return th_error_set(error, TH_REJECTED, "it is about other bytes than were sent");
    sent->answered = true;
    return TH_OK;
}

static int compare_runs(const void *a, const void *b)
{
    const Tonghop__V1__ReceiptRun *left = ((const struct answer_run *)a)->run;
    const Tonghop__V1__ReceiptRun *right = ((const struct answer_run *)b)->run;
    if (left->epoch != right->epoch)
        return left->epoch < right->epoch ? -1 : 1;
    uint64_t l = left->entry[0]->sequence, r = right->entry[0]->sequence;
    return (l > r) - (l < r);
}

/* Reports of one batch may come back as many runs in any order (duplicates stand
 * alone); the chain is extended in its own. */
static enum th_status sort_runs(struct th_delivery *delivery, struct answer *answer,
                                struct th_error *error)
{
    size_t count = answer->receipts->n_run;
    answer->runs = th_arena_alloc(delivery->arena, (count + 1) * sizeof(*answer->runs));
    if (!answer->runs)
        return th_error_set(error, TH_REJECTED, "it is too large");
    for (size_t i = 0; i < count; i++) {
        answer->runs[i].run = answer->receipts->run[i];
        if (answer->runs[i].run->n_entry == 0)
            return th_error_set(error, TH_REJECTED, "it holds a run without entries");
    }
    qsort(answer->runs, count, sizeof(*answer->runs), compare_runs);
    return TH_OK;
}

static enum th_status verify_run(struct th_delivery *delivery, struct answer *answer, size_t at,
                                 struct th_error *error)
{
    const Tonghop__V1__ReceiptRun *run = answer->runs[at].run;
    const struct th_bundle *bundle = &delivery->bundle;
    uint8_t(*hashes)[TH_HASH_BYTES] =
        th_arena_alloc(delivery->arena, run->n_entry * sizeof(*hashes));
    answer->runs[at].hashes = hashes;
    if (!hashes)
        return th_error_set(error, TH_REJECTED, "it is too large");
    enum th_status status = th_receipt_run_verify(run, bundle, bundle->name, hashes, error);
    for (size_t i = 0; i < run->n_entry && status == TH_OK; i++)
        status = tick_off(answer, run->entry[i]->report_id, run->entry[i]->digest, error);
    return status;
}

static enum th_status verify(struct th_delivery *delivery, struct answer *answer,
                             struct th_error *error)
{
    const Tonghop__V1__Receipts *receipts = answer->receipts;
    const struct th_bundle *bundle = &delivery->bundle;
    for (size_t i = 0; i < answer->batch->count; i++)
        answer->batch->reports[i].answered = false;

    enum th_status status = sort_runs(delivery, answer, error);
    for (size_t i = 0; i < receipts->n_run && status == TH_OK; i++)
        status = verify_run(delivery, answer, i, error);
    for (size_t i = 0; i < receipts->n_rejection && status == TH_OK; i++) {
        const Tonghop__V1__Rejection *rejection = receipts->rejection[i];
        status = th_rejection_check(rejection, bundle, bundle->name, error);
        if (status == TH_OK)
            status = tick_off(answer, rejection->report_id, rejection->digest, error);
    }
    for (size_t i = 0; i < answer->batch->count && status == TH_OK; i++)
        if (!answer->batch->reports[i].answered)
            status = th_error_set(error, TH_REJECTED, "it leaves a report of the batch out");
    return status;
}

static enum th_status store_rejection(struct th_delivery *delivery,
                                      const Tonghop__V1__Rejection *rejection,
                                      struct th_error *error)
{
    size_t size = tonghop__v1__rejection__get_packed_size(rejection);
    uint8_t *message = th_arena_alloc(delivery->arena, size + 1);
    struct th_outbox_rejection stored = {
        .rejected_at_us = rejection->rejected_at_us,
        .current_revision = rejection->current_revision,
        .problems = th_problems_json(rejection->problem, rejection->n_problem, delivery->arena),
    };
    if (!message || !stored.problems)
        return th_error_set(error, TH_REJECTED, "it is too large");
    tonghop__v1__rejection__pack(rejection, message);
    stored.message = (struct th_slice){(const char *)message, size};
    memcpy(stored.id, rejection->report_id.data, sizeof(stored.id));
    return th_outbox_reject(delivery->outbox, &stored, th_clock_now_us(), error);
}

/* One transaction: either the whole answer is in the outbox, or the batch is sent
 * again. Runs behind a gap are left to catching up, which marks their reports. */
static enum th_status store(struct th_delivery *delivery, struct answer *answer,
                            struct th_error *error)
{
    enum th_status status = th_outbox_begin(delivery->outbox, error);
    for (size_t i = 0; i < answer->receipts->n_run && status == TH_OK; i++) {
        const Tonghop__V1__ReceiptRun *run = answer->runs[i].run;
        enum th_extension extension;
        status = th_extend_chain(delivery, run, answer->runs[i].hashes, &extension, error);
        if (status == TH_OK && extension == TH_CONTRADICTS)
            status = TH_REJECTED;
        else if (status == TH_OK && extension == TH_GAP)
            answer->gap =
                (struct th_chain_target){run->epoch, run->entry[run->n_entry - 1]->sequence};
    }
    for (size_t i = 0; i < answer->receipts->n_rejection && status == TH_OK; i++)
        status = store_rejection(delivery, answer->receipts->rejection[i], error);
    if (status == TH_OK)
        status = th_outbox_commit(delivery->outbox, error);
    th_outbox_rollback(delivery->outbox);
    return status;
}

static void log_rejection(const Tonghop__V1__Rejection *rejection, struct th_arena *arena)
{
    char id[37], codes[300] = "";
    size_t used = 0;
    th_text_uuid(rejection->report_id.data, id);
    for (size_t i = 0; i < rejection->n_problem && used + 1 < sizeof(codes); i++) {
        const char *code = th_bytes_text(rejection->problem[i]->code, 128, arena);
        used += (size_t)snprintf(codes + used, sizeof(codes) - used, "%s%s", used > 0 ? "," : "",
                                 code ? code : "?");
    }
    th_log(TH_LOG_WARNING, "report rejected id=%s problems=%s", id, codes);
}

static void log_answer(const struct answer *answer, struct th_arena *arena)
{
    const Tonghop__V1__Receipts *receipts = answer->receipts;
    th_log(TH_LOG_INFO, "delivery answered batch=%" PRIu64 " accepted=%zu rejected=%zu",
           receipts->batch_id, answer->batch->count - receipts->n_rejection, receipts->n_rejection);
    for (size_t i = 0; i < receipts->n_rejection && i < REJECTIONS_LOGGED; i++)
        log_rejection(receipts->rejection[i], arena);
}

static bool catalogue_is_outdated(const Tonghop__V1__Receipts *receipts)
{
    static const char code[] = "catalogue.outdated";
    for (size_t i = 0; i < receipts->n_run; i++)
        for (size_t j = 0; j < receipts->run[i]->n_entry; j++)
            if (th_problems_have(receipts->run[i]->entry[j]->warning,
                                 receipts->run[i]->entry[j]->n_warning, code))
                return true;
    for (size_t i = 0; i < receipts->n_rejection; i++)
        if (th_problems_have(receipts->rejection[i]->problem, receipts->rejection[i]->n_problem,
                             code))
            return true;
    return false;
}

void th_answers_receipts(struct th_delivery *delivery, const Tonghop__V1__Receipts *receipts,
                         int64_t now_ms)
{
    struct th_error error = {0};
    struct answer answer = {.receipts = receipts,
                            .batch = th_window_find(delivery, receipts->batch_id)};
    if (!answer.batch)
        return;
    if (verify(delivery, &answer, &error) != TH_OK) {
        th_engine_mistrust(delivery, "an answer", &error);
        return;
    }
    enum th_status status = store(delivery, &answer, &error);
    if (status == TH_REJECTED) {
        th_engine_mistrust(delivery, "an answer", &error);
        return;
    }
    if (status != TH_OK) {
        th_engine_outbox_failed(delivery, &error, now_ms);
        return;
    }
    log_answer(&answer, delivery->arena);
    delivery->answer_ms = now_ms;
    th_engine_outbox_works(delivery);
    delivery->reason[0] = '\0';
    th_window_answered(delivery, answer.batch, now_ms);
    th_window_remove(delivery, answer.batch);
    if (answer.gap.sequence > 0)
        delivery->target = answer.gap;
    /* In the other states the question what comes next is asked at their end. */
    if (delivery->state == TH_LINK_DELIVERING)
        th_greeting_next(delivery, now_ms);
    if (catalogue_is_outdated(receipts))
        th_delivery_refresh(delivery, now_ms);
}

/* Offices that were told the same moment must not come back at the same moment. */
static int64_t busy_wait_ms(uint32_t retry_after_ms)
{
    uint32_t wait = retry_after_ms, random;
    wait = wait < BUSY_LEAST_MS ? BUSY_LEAST_MS : wait > BUSY_MOST_MS ? BUSY_MOST_MS : wait;
    th_random_bytes(&random, sizeof(random));
    return (int64_t)wait + random % wait;
}

void th_answers_busy(struct th_delivery *delivery, const Tonghop__V1__Busy *busy, int64_t now_ms)
{
    struct th_batch *batch = th_window_find(delivery, busy->batch_id);
    bool entries = delivery->state == TH_LINK_CATCHING_UP && busy->batch_id == delivery->request;
    if (!batch && !entries)
        return;
    int64_t wait = busy_wait_ms(busy->retry_after_ms);
    if (delivery->hold_until_ms < now_ms + wait)
        delivery->hold_until_ms = now_ms + wait;
    if (entries)
        delivery->due_ms = delivery->hold_until_ms + delivery->settings.answer_timeout_ms;
    delivery->answer_ms = now_ms;
    th_log(TH_LOG_INFO, "delivery busy request=%" PRIu64 " again_in_ms=%" PRId64, busy->batch_id,
           wait);
    if (!batch)
        return;
    /* With nothing else under way the batch itself may be more than the queue takes. */
    if (delivery->batch_count == 1 && batch->count > 1)
        delivery->batch_reports = (uint32_t)(batch->count + 1) / 2;
    th_window_remove(delivery, batch);
}

void th_answers_error(struct th_delivery *delivery, const Tonghop__V1__Error *failure,
                      int64_t now_ms)
{
    char reason[200] = "the province answered with an error";
    const char *code = NULL;
    if (failure->n_problem > 0) {
        code = th_bytes_text(failure->problem[0]->code, 100, delivery->arena);
        const char *message = th_bytes_text(failure->problem[0]->message, 2000, delivery->arena);
        snprintf(reason, sizeof(reason), "the province answered %.60s: %.100s", code ? code : "",
                 message ? message : "");
    }
    th_log(TH_LOG_ERROR, "delivery error request=%" PRIu64 ": %s", failure->request_id, reason);
    /* An older collector that does not know a question which has no answer. */
    if (failure->request_id == 0 && code && strcmp(code, "message.unknown") == 0)
        return;
    /* Whatever it is about is not answered otherwise: begin anew, ever more slowly. */
    th_engine_event(delivery, TH_EVENT_LOST, reason, now_ms);
}
