#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reporter/delivery/engine.h"

#define REPORT_OVERHEAD 8  /* tag and length of a report within its batch */
#define BATCH_OVERHEAD  64 /* the envelope around a batch */
#define FULL_PIPE_MS    1000
#define OVERDUE_FACTOR  4 /* of a batch that others overtake */
#define HALVINGS_MAX    10
#define QUICK_DIVISOR   4 /* of the timeout: a batch of twice the size is answered in time too */

void th_window_clear(struct th_delivery *delivery)
{
    for (size_t i = 0; i < delivery->batch_count; i++)
        free(delivery->batches[i].reports);
    delivery->batch_count = 0;
}

struct th_batch *th_window_find(struct th_delivery *delivery, uint64_t batch_id)
{
    for (size_t i = 0; i < delivery->batch_count; i++)
        if (delivery->batches[i].id == batch_id)
            return &delivery->batches[i];
    return NULL;
}

void th_window_remove(struct th_delivery *delivery, struct th_batch *batch)
{
    size_t at = (size_t)(batch - delivery->batches);
    free(batch->reports);
    memmove(batch, batch + 1, (delivery->batch_count - at - 1) * sizeof(*batch));
    delivery->batch_count--;
}

/* The province answers in order, so any answer shows that it is at work; a batch that
 * later ones overtake has been lost and may only wait longer. */
int64_t th_window_deadline_ms(const struct th_delivery *delivery)
{
    int64_t timeout = delivery->settings.answer_timeout_ms;
    if (delivery->batch_count == 0)
        return INT64_MAX;
    int64_t oldest = delivery->batches[0].sent_ms;
    int64_t last = delivery->answer_ms > oldest ? delivery->answer_ms : oldest;
    int64_t overdue = oldest + OVERDUE_FACTOR * timeout;
    return last + timeout < overdue ? last + timeout : overdue;
}

/* A line may be too poor for the batches that the province allows: what takes longer than
 * an answer is waited for would be sent again for ever, and nothing would ever arrive. */
void th_window_unanswered(struct th_delivery *delivery)
{
    if (delivery->batch_count > 0 && delivery->halvings < HALVINGS_MAX)
        delivery->halvings++;
}

void th_window_answered(struct th_delivery *delivery, const struct th_batch *batch, int64_t now_ms)
{
    int64_t quick = delivery->settings.answer_timeout_ms / QUICK_DIVISOR;
    if (delivery->halvings > 0 && now_ms - batch->sent_ms < quick)
        delivery->halvings--;
}

static uint32_t halved(const struct th_delivery *delivery, uint32_t limit)
{
    uint32_t less = limit >> delivery->halvings;
    return less > 0 ? less : 1;
}

static int compare_ordinal(const void *key, const void *report)
{
    int64_t wanted = *(const int64_t *)key,
            found = ((const struct th_sent_report *)report)->ordinal;
    return (wanted > found) - (wanted < found);
}

static bool is_under_way(const struct th_delivery *delivery, int64_t ordinal)
{
    /* Batches are made in the queue's order, so each is sorted. */
    for (size_t i = 0; i < delivery->batch_count; i++)
        if (bsearch(&ordinal, delivery->batches[i].reports, delivery->batches[i].count,
                    sizeof(*delivery->batches[i].reports), compare_ordinal))
            return true;
    return false;
}

/* A batch while it is gathered from the queue. */
struct gathering {
    struct th_delivery *delivery;
    struct th_batch batch;
    ProtobufCBinaryData *bodies;
    struct th_prior prior;
    size_t bytes;
    struct th_error error; /* status TH_OK while all is well */
};

/* Adds the receipt from before a restoration. False: it does not fit any more. */
static bool gather_prior(struct gathering *gathering, const struct th_outbox_report *report,
                         size_t bytes)
{
    struct th_prior *prior = &gathering->prior;
    Tonghop__V1__ReceiptRun *run = NULL;
    size_t more = 0;
    if (report->sequence == 0)
        return true;
    if (th_prior_gather(gathering->delivery, prior, report, &run, &more, &gathering->error) !=
        TH_OK)
        return false;
    if (!run)
        return true;
    if (gathering->batch.count > 0 &&
        bytes + prior->bytes + more + BATCH_OVERHEAD >
            halved(gathering->delivery, gathering->delivery->batch_bytes))
        return false;
    prior->runs[prior->count++] = run;
    prior->bytes += more;
    return true;
}

static bool gather(void *context, const struct th_outbox_report *report)
{
    struct gathering *gathering = context;
    struct th_delivery *delivery = gathering->delivery;
    if (is_under_way(delivery, report->ordinal))
        return true;
    size_t bytes = gathering->bytes + report->body.size + REPORT_OVERHEAD;
    /* The first always goes, so that one large report cannot stop the queue. */
    if (gathering->batch.count > 0 &&
        bytes + gathering->prior.bytes + BATCH_OVERHEAD > halved(delivery, delivery->batch_bytes))
        return false;
    if (!gather_prior(gathering, report, bytes))
        return false;
    size_t at = gathering->batch.count++;
    struct th_sent_report *sent = &gathering->batch.reports[at];
    *sent = (struct th_sent_report){.ordinal = report->ordinal};
    memcpy(sent->id, report->id, sizeof(sent->id));
    memcpy(sent->digest, report->digest, sizeof(sent->digest));
    void *body = th_arena_copy(delivery->outgoing, report->body.bytes, report->body.size);
    gathering->bodies[at] = th_bytes_of(body, report->body.size);
    gathering->bytes = bytes;
    return gathering->batch.count < halved(delivery, delivery->batch_reports);
}

static enum th_status send_batch(struct th_delivery *delivery, const struct gathering *gathering)
{
    Tonghop__V1__Submit submit;
    tonghop__v1__submit__init(&submit);
    submit.batch_id = gathering->batch.id;
    submit.n_report = gathering->batch.count;
    submit.report = gathering->bodies;
    submit.n_prior = gathering->prior.count;
    submit.prior = gathering->prior.runs;
    Tonghop__V1__ClientMessage message;
    tonghop__v1__client_message__init(&message);
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT;
    message.submit = &submit;
    struct th_buffer bytes = {0};
    th_client_message_encode(&message, &bytes);
    enum th_status status =
        delivery->transport.send(delivery->transport.context, th_buffer_slice(&bytes));
    th_buffer_free(&bytes);
    return status;
}

/* One more batch. False: nothing is due, or nothing can be sent now. */
static bool send_next(struct th_delivery *delivery, int64_t now_ms)
{
    struct th_error error;
    struct gathering gathering = {.delivery = delivery};
    enum th_status status = TH_RETRY;
    th_arena_reset(delivery->outgoing);
    gathering.batch.reports = calloc(delivery->batch_reports, sizeof(*gathering.batch.reports));
    gathering.bodies =
        th_arena_alloc(delivery->outgoing, delivery->batch_reports * sizeof(*gathering.bodies));
    gathering.prior.runs =
        th_arena_alloc(delivery->outgoing, delivery->batch_reports * sizeof(*gathering.prior.runs));
    if (!gathering.batch.reports || !gathering.bodies || !gathering.prior.runs)
        abort();
    enum th_status gathered = th_outbox_due(delivery->outbox, gather, &gathering, &error);
    if (gathered == TH_OK && gathering.error.status != TH_OK) {
        error = gathering.error;
        gathered = error.status;
    }
    if (gathered != TH_OK) {
        th_engine_outbox_failed(delivery, &error, now_ms);
        goto cleanup;
    }
    if (gathering.batch.count == 0)
        goto cleanup;
    gathering.batch.id = ++delivery->last_request;
    gathering.batch.sent_ms = now_ms;
    status = send_batch(delivery, &gathering);
    if (status == TH_RETRY) {
        delivery->hold_until_ms = now_ms + FULL_PIPE_MS;
    } else if (status != TH_OK) {
        th_engine_event(delivery, TH_EVENT_LOST, "a batch could not be sent", now_ms);
    } else {
        delivery->batches[delivery->batch_count++] = gathering.batch;
        gathering.batch.reports = NULL;
        th_log(TH_LOG_DEBUG, "delivery sent batch=%" PRIu64 " reports=%zu bytes=%zu",
               gathering.batch.id, gathering.batch.count, gathering.bytes);
    }

cleanup:
    free(gathering.batch.reports);
    return status == TH_OK;
}

void th_window_fill(struct th_delivery *delivery, int64_t now_ms)
{
    if (delivery->settings.only_greet || delivery->draining)
        return;
    while (delivery->state == TH_LINK_DELIVERING &&
           delivery->batch_count < halved(delivery, delivery->window) &&
           now_ms >= delivery->hold_until_ms)
        if (!send_next(delivery, now_ms))
            return;
}
