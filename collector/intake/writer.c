#include "collector/intake/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/judging.h"
#include "collector/store/notices.h"
#include "common/base/clock.h"
#include "common/base/log.h"

#define BACKOFF_BASE_MS 100
#define BACKOFF_CAP_MS  5000
#define WATCH_MS        1000 /* look for administrative acts, publish the horizon ... */
#define WATCH_SOON_MS   100  /* ... sooner when an unknown key has knocked */
#define NOTICES_AT_ONCE 8    /* sent before the office has acknowledged them */

static void judge(void *answers, struct th_submission *submission,
                  const struct th_catalogue_ids *ids, int64_t now_us)
{
    th_judge_submission(((const struct th_answer_context *)answers)->province, false, submission,
                        ids, now_us);
}

void th_intake_validate(void *answers, struct th_submission *submission,
                        const struct th_catalogue_ids *ids, int64_t now_us)
{
    judge(answers, submission, ids, now_us);
    if (submission->prior_refused)
        th_problem_add(&submission->problems, "receipt.not_ours", NULL, (struct th_slice){0}, NULL,
                       0, 0);
}

/* Sleeps, but not past the moment at which the thread is told to stop. */
static void wait_ms(struct th_database_thread *self, int64_t ms)
{
    for (int64_t end = th_clock_monotonic_ms() + ms; th_clock_monotonic_ms() < end;) {
        if (atomic_load(&self->stop_now))
            return;
        nanosleep(&(struct timespec){.tv_nsec = 20 * 1000000L}, NULL);
    }
}

/* A connection with the right schema; TH_OK at once when there is one. */
static enum th_status have_store(struct th_database_thread *self, const char *purpose,
                                 struct th_error *error)
{
    if (self->store)
        return TH_OK;
    int timeout_ms = (int)self->settings->database_timeout_ms;
    enum th_status status =
        th_store_open(self->settings->database, purpose, timeout_ms, &self->store, error);
    if (status == TH_OK)
        status = th_store_check_schema(self->store, error);
    if (status != TH_OK)
        th_store_close(&self->store);
    return status;
}

static void give_back(struct th_database_thread *self, struct th_work *works)
{
    while (works) {
        struct th_work *next = works->next;
        works->handed_ns = th_clock_monotonic_ns();
        th_work_queue_push(self->done, works);
        works = next;
    }
}

static void count_outcomes(struct th_intake_counters *counters,
                           struct th_submission *const *submissions, size_t count)
{
    unsigned long long accepted = 0, duplicate = 0;
    for (size_t i = 0; i < count; i++) {
        accepted += submissions[i]->outcome == TH_OUTCOME_ACCEPTED;
        duplicate += submissions[i]->outcome == TH_OUTCOME_DUPLICATE;
    }
    atomic_fetch_add(&counters->accepted, accepted);
    atomic_fetch_add(&counters->duplicate, duplicate);
    atomic_fetch_add(&counters->rejected, count - accepted - duplicate);
    atomic_fetch_add(&counters->batches, 1);
}

static void count_times(struct th_stage_cell *stages, const struct th_write_context *context)
{
    th_stage_add(stages, TH_STAGE_READ, 1, context->times.read_ns);
    th_stage_add(stages, TH_STAGE_PREPARE, 1, context->times.prepare_ns);
    th_stage_add(stages, TH_STAGE_STATEMENT, 1, context->times.statement_ns);
    th_stage_add(stages, TH_STAGE_COMMIT, 1, context->times.commit_ns);
}

/* Writes until the database says that it is committed. The same submissions go again
 * after every failure: their ids make that harmless. False when told to stop. */
static bool write_until_committed(struct th_database_thread *self,
                                  struct th_submission **submissions, size_t count)
{
    int64_t backoff_ms = 0;
    struct th_write_context context = {
        .ids = &self->ids,
        .province = self->answers.province,
        .validate = th_intake_validate,
        .validate_context = &self->answers,
    };
    for (;;) {
        struct th_error error = {0};
        enum th_status status = have_store(self, "tonghop-writer", &error);
        if (status == TH_OK)
            status = th_store_write(self->store, &context, submissions, count, &error);
        if (status == TH_OK) {
            count_times(&self->stages, &context);
            return true;
        }
        atomic_fetch_add(&self->counters->database_failures, 1);
        th_log(TH_LOG_ERROR, "writer.failed writer=%d reports=%zu error=\"%s\"", self->number,
               count, error.message);
        th_store_close(&self->store);
        if (atomic_load(&self->stop_now))
            return false;
        backoff_ms = th_clock_backoff_ms(backoff_ms, BACKOFF_BASE_MS, BACKOFF_CAP_MS);
        wait_ms(self, backoff_ms);
    }
}

/* What came while much was waiting (handle.c). */
static void judge_rest(struct th_database_thread *self, struct th_work *works)
{
    for (struct th_work *work = works; work; work = work->next) {
        if (work->judged)
            continue;
        int64_t begun_ns = th_clock_monotonic_ns(), now_us = th_clock_now_us();
        for (size_t i = 0; i < work->count; i++)
            th_intake_validate(&self->answers, &work->submissions[i], work->ids, now_us);
        work->judged = true;
        /* Its pass was counted when it was taken. */
        th_stage_add(&self->stages, TH_STAGE_VALIDATE, 0, th_clock_monotonic_ns() - begun_ns);
    }
}

static void write_works(struct th_database_thread *self, struct th_work *works)
{
    size_t count = 0;
    int64_t now_ns = th_clock_monotonic_ns();
    for (struct th_work *work = works; work; work = work->next) {
        count += work->count;
        th_stage_add(&self->stages, TH_STAGE_QUEUE, 1, now_ns - work->handed_ns);
    }
    judge_rest(self, works);
    struct th_submission **submissions = calloc(count + 1, sizeof *submissions);
    if (!submissions)
        abort();
    count = 0;
    for (struct th_work *work = works; work; work = work->next)
        for (size_t i = 0; i < work->count; i++)
            submissions[count++] = &work->submissions[i];

    /* The catalogue that the reports were validated by, unless a newer one came: the
     * store compares it with the one in force in its transaction anyway. */
    th_catalogue_ids_release(&self->ids);
    self->ids = th_shared_state_catalogue(self->state);
    if (self->ids && write_until_committed(self, submissions, count)) {
        count_outcomes(self->counters, submissions, count);
        now_ns = th_clock_monotonic_ns();
        for (struct th_work *work = works; work; work = work->next)
            th_answer_receipts(work, &self->answers);
        th_stage_add(&self->stages, TH_STAGE_SIGN, 1, th_clock_monotonic_ns() - now_ns);
    }
    free(submissions);
    give_back(self, works);
}

static void *run_writer(void *context)
{
    struct th_database_thread *self = context;
    size_t batch = (size_t)self->settings->batch_reports;
    for (;;) {
        struct th_work *works = th_work_queue_take_fairly(&self->queue, batch);
        if (!works)
            break;
        write_works(self, works);
    }
    th_store_close(&self->store);
    th_catalogue_ids_release(&self->ids);
    return NULL;
}

/* The office's last receipt has to be in the chain, unless a restoration lost it. */
static enum th_status look_at_held(struct th_database_thread *self, const struct th_work *work,
                                   const struct th_epoch_start *starts, size_t count,
                                   struct th_error *error)
{
    bool found = false;
    enum th_status status = th_store_has_entry(self->store, work->sender.district_id, work->epoch,
                                               work->after_sequence, work->hash, &found, error);
    if (status != TH_OK || found)
        return status;
    const struct th_epoch_start *by =
        th_epoch_lost_by(starts, count, work->epoch, work->after_sequence);
    if (by)
        th_log(TH_LOG_INFO,
               "office.ahead district=%s epoch=%u sequence=%llu restoration=%u note=\"it sends "
               "again what was lost\"",
               work->sender.name, work->epoch, (unsigned long long)work->after_sequence,
               by->number);
    else
        th_log(TH_LOG_ERROR,
               "chain.fork district=%s epoch=%u sequence=%llu note=\"the office holds a receipt "
               "that the chain does not contain: if the database was restored, stop the "
               "collectors and run 'tonghop-collector restored'; else run 'verify'\"",
               work->sender.name, work->epoch, (unsigned long long)work->after_sequence);
    return TH_OK;
}

static enum th_status look_up(struct th_database_thread *self, struct th_work *work,
                              struct th_error *error)
{
    if (work->kind == TH_WORK_HELLO) {
        uint32_t epoch = 0;
        uint64_t sequence = 0;
        uint8_t hash[TH_HASH_BYTES] = {0};
        struct th_epoch_start *starts = NULL;
        size_t start_count = 0;
        int32_t district_id = work->sender.district_id;
        enum th_status status =
            th_store_head(self->store, district_id, &epoch, &sequence, hash, error);
        if (status == TH_OK)
            status = th_store_epochs(self->store, district_id, &starts, &start_count, error);
        if (status == TH_OK && work->after_sequence > 0)
            status = look_at_held(self, work, starts, start_count, error);
        if (status == TH_OK && work->announced_us > 0)
            status = th_store_note_announced(self->store, work->sender.public_key,
                                             work->announced_us, error);
        if (status == TH_OK) {
            struct th_catalogue_ids *ids = th_shared_state_catalogue(self->state);
            th_answer_welcome(work, &self->answers, epoch, sequence, hash, ids, starts,
                              start_count);
            th_catalogue_ids_release(&ids);
        }
        free(starts);
        return status;
    }
    size_t count = 0;
    if (work->kind == TH_WORK_NOTICES) {
        struct th_stored_notice *notices = NULL;
        enum th_status status =
            th_store_notices(self->store, work->sender.district_id, work->after_sequence,
                             NOTICES_AT_ONCE, work->arena, &notices, &count, error);
        if (status == TH_OK)
            th_answer_notices(work, notices, count);
        return status;
    }
    if (work->kind == TH_WORK_BODIES) {
        struct th_stored_body *bodies = NULL;
        enum th_status status = th_store_bodies(self->store, work->sender.district_id, work->epoch,
                                                work->after_sequence, TH_INTAKE_BATCH_BYTES,
                                                work->arena, &bodies, &count, error);
        if (status == TH_OK)
            th_answer_bodies(work, bodies, count);
        return status;
    }
    struct th_stored_entry *entries = NULL;
    uint8_t previous[TH_HASH_BYTES] = {0};
    enum th_status status =
        th_store_entries(self->store, work->sender.district_id, work->epoch, work->after_sequence,
                         work->limit, work->arena, &entries, &count, previous, error);
    if (status == TH_OK)
        th_answer_entries(work, &self->answers, entries, count, previous);
    return status;
}

static void tell_database_state(bool *was_up, bool up, const char *why)
{
    if (*was_up == up)
        return;
    *was_up = up;
    if (up)
        th_log(TH_LOG_INFO, "database.up");
    else
        th_log(TH_LOG_ERROR,
               "database.down error=\"%s\" "
               "note=\"sockets stay open, nothing is acknowledged until it is back\"",
               why);
}

/* Tells the event thread which districts the new acts are about. */
static enum th_status look_for_news(struct th_database_thread *self, struct th_error *error)
{
    static const struct th_enrolment nobody;
    static const struct th_message nowhere;
    uint64_t last = th_shared_state_events(self->state);
    if (last <= self->events)
        return TH_OK;
    struct th_work *work = th_work_create(TH_WORK_NEWS, &nobody, &nowhere, "vi");
    enum th_status status =
        th_store_notice_districts(self->store, self->events, last, work->arena, &work->district_ids,
                                  &work->district_count, error);
    if (status == TH_OK) {
        self->events = last;
        th_work_queue_push(self->done, work);
    } else {
        th_work_destroy(work);
    }
    return status;
}

static void *run_lookup(void *context)
{
    struct th_database_thread *self = context;
    int64_t looked_ms = INT64_MIN / 2, backoff_ms = 0;
    bool up = true; /* it was when the program started */
    while (!th_work_queue_is_closed(&self->queue)) {
        struct th_error error = {0};
        struct th_work *works = th_work_queue_take(&self->queue, 0, WATCH_SOON_MS);
        enum th_status status = have_store(self, "tonghop-lookup", &error);
        int64_t since_ms = th_clock_monotonic_ms() - looked_ms;
        if (status == TH_OK &&
            (since_ms >= WATCH_MS ||
             (since_ms >= WATCH_SOON_MS && th_shared_state_look_wanted(self->state)))) {
            status = th_shared_state_refresh(self->state, self->store, false, &error);
            if (status == TH_OK)
                status = look_for_news(self, &error);
            if (status == TH_OK)
                status = th_store_publish_horizon(self->store, &error);
            looked_ms = th_clock_monotonic_ms();
        }
        for (struct th_work *work = works; status == TH_OK && work; work = work->next)
            status = look_up(self, work, &error);
        /* Unanswered when the database is away: the reporter asks again. */
        give_back(self, works);
        tell_database_state(&up, status == TH_OK, error.message);
        if (status == TH_OK) {
            backoff_ms = 0;
            continue;
        }
        th_store_close(&self->store);
        backoff_ms = th_clock_backoff_ms(backoff_ms, BACKOFF_BASE_MS, BACKOFF_CAP_MS / 5);
        wait_ms(self, backoff_ms);
    }
    th_store_close(&self->store);
    return NULL;
}

/* `name` is for who looks at the process's threads; 15 characters at most. */
static enum th_status start(struct th_database_thread *self, void *(*run)(void *), const char *name,
                            struct th_error *error)
{
    th_work_queue_init(&self->queue, -1);
    if (pthread_create(&self->thread, NULL, run, self) != 0)
        return th_error_set(error, TH_PERMANENT, "cannot start a thread for the database");
    pthread_setname_np(self->thread, name);
    self->started = true;
    return TH_OK;
}

enum th_status th_writer_start(struct th_database_thread *writer, struct th_error *error)
{
    char name[16];
    snprintf(name, sizeof(name), "writer-%d", writer->number);
    return start(writer, run_writer, name, error);
}

enum th_status th_lookup_start(struct th_database_thread *lookup, struct th_error *error)
{
    return start(lookup, run_lookup, "look-up", error);
}

void th_database_thread_stop(struct th_database_thread *thread)
{
    if (!thread->started)
        return;
    th_work_queue_close(&thread->queue);
    pthread_join(thread->thread, NULL);
    th_work_queue_destroy(&thread->queue);
    thread->started = false;
}
