/* Writing a batch: attempts, and what to do when the database refuses one. */
#include "collector/store/batch.h"

#include <string.h>
#include <time.h>

#include "collector/store/batch_private.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"

#define ATTEMPTS_MAX    6
#define BACKOFF_BASE_MS 5
#define BACKOFF_CAP_MS  250

/* Outcomes, and problems that an earlier attempt added, are taken back. */
static void reset(struct th_batch *batch)
{
    th_arena_reset(batch->arena);
    batch->heads = NULL;
    batch->ids = NULL;
    batch->keys = NULL;
    batch->head_count = batch->id_count = batch->key_count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct th_batch_item *item = &batch->items[i];
        struct th_submission *submission = item->submission;
        submission->problems.count = item->problems;
        submission->problems.errors = item->errors;
        submission->outcome = TH_OUTCOME_PENDING;
        submission->current_revision = 0;
        item->head = NULL;
        item->id = NULL;
        item->key = NULL;
        item->window = NULL;
    }
}

static enum th_status transact(struct th_batch *batch, struct th_error *error)
{
    reset(batch);
    batch->store->pg.policy = TH_SQLSTATE_PERMANENT;
    int64_t begun_ns = th_clock_monotonic_ns();
    enum th_status status = th_batch_read(batch, error);
    batch->read_ns = th_clock_monotonic_ns();
    batch->context->times.read_ns += batch->read_ns - begun_ns;
    if (status == TH_OK)
        status = th_batch_judge(batch, error);
    if (status == TH_OK)
        status = th_batch_write(batch, error);
    th_batch_conclude_history(batch, status == TH_OK);
    if (status != TH_OK) {
        th_pg_rollback(&batch->store->pg);
        reset(batch);
    }
    return status;
}

/* Deadlocks and the like end by themselves: the same transaction again, a few times. */
static enum th_status transact_again(struct th_batch *batch, struct th_error *error)
{
    int64_t wait_ms = 0;
    for (int attempt = 1;; attempt++) {
        enum th_status status = transact(batch, error);
        if (status == TH_OK || batch->store->pg.policy != TH_SQLSTATE_RERUN ||
            attempt == ATTEMPTS_MAX)
            return status;
        wait_ms = th_clock_backoff_ms(wait_ms, BACKOFF_BASE_MS, BACKOFF_CAP_MS);
        struct timespec pause = {.tv_nsec = wait_ms * 1000000};
        nanosleep(&pause, NULL);
    }
}

static void log_refusal(const struct th_batch_item *item, const char *event,
                        const struct th_error *error)
{
    char id[37];
    th_text_uuid(item->submission->report.id, id);
    th_log(TH_LOG_ERROR, "%s district=%s report_id=%s reason=\"%s\"", event,
           item->submission->district ? item->submission->district : "", id,
           error ? error->message : "");
}

static enum th_status write_run(struct th_batch *batch, struct th_batch_item *items, size_t count,
                                struct th_error *error);

/* One report that is refused when it is written alone: rejected, and recorded. */
static enum th_status refuse(struct th_batch *batch, struct th_batch_item *item,
                             const struct th_error *reason, struct th_error *error)
{
    if (item->refused) {
        /* Not even the rejection can be recorded (an unknown district, say): the log
         * is the record. */
        log_refusal(item, "store.rejection_not_recorded", reason);
        item->submission->outcome = TH_OUTCOME_REJECTED;
        item->submission->accepted_at_us = batch->now_us;
        memcpy(item->submission->report_id, item->submission->report.id,
               sizeof(item->submission->report_id));
        th_problem_add(&item->submission->problems, "report.not_stored", "",
                       th_slice_of(item->refused_by), "", 0, 0);
        return TH_OK;
    }
    log_refusal(item, "store.report_refused", reason);
    item->refused = true;
    memcpy(item->refused_by, batch->store->pg.sqlstate, sizeof(item->refused_by));
    return write_run(batch, item, 1, error);
}

/* Writes items in one transaction; when the database refuses the data, halves them
 * until the one at fault stands alone. The first half goes first: entries of a
 * district stay in their order. */
static enum th_status write_run(struct th_batch *batch, struct th_batch_item *items, size_t count,
                                struct th_error *error)
{
    struct th_error reason = {0};
    batch->items = items;
    batch->count = count;
    enum th_status status = transact_again(batch, &reason);
    if (status == TH_OK)
        return TH_OK;
    if (batch->store->pg.policy != TH_SQLSTATE_REPORT)
        return th_error_set(error, status, "%s", reason.message);
    /* 23505, 22012: a row was there already (see batch_write_reports*.sql). Under the
     * lock of the head that is damage, and no report's fault. */
    if (strcmp(batch->store->pg.sqlstate, "23505") == 0 ||
        strcmp(batch->store->pg.sqlstate, "22012") == 0)
        return th_error_set(error, TH_PERMANENT,
                            "the stored chain of a district does not fit its head; stop the "
                            "collectors and run `tonghop-collector verify` (%s)",
                            reason.message);
    if (count == 1)
        return refuse(batch, items, &reason, error);
    status = write_run(batch, items, count / 2, error);
    if (status == TH_OK)
        status = write_run(batch, items + count / 2, count - count / 2, error);
    return status;
}

enum th_status th_store_write(struct th_store *store, struct th_write_context *context,
                              struct th_submission **submissions, size_t count,
                              struct th_error *error)
{
    if (count == 0)
        return TH_OK;
    memset(&context->times, 0, sizeof(context->times));
    struct th_arena *items_arena = th_arena_create(0);
    struct th_batch batch = {.store = store, .context = context, .arena = th_arena_create(0)};
    struct th_batch_item *items = th_arena_alloc(items_arena, count * sizeof(*items));
    for (size_t i = 0; i < count; i++)
        items[i] = (struct th_batch_item){
            .submission = submissions[i],
            .problems = submissions[i]->problems.count,
            .errors = submissions[i]->problems.errors,
        };
    enum th_status status = write_run(&batch, items, count, error);
    th_arena_destroy(&batch.arena);
    th_arena_destroy(&items_arena);
    return status;
}
