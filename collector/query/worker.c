/* A worker: one database connection, one question at a time. */
#include <stdlib.h>
#include <string.h>

#include "collector/query/answer.h"
#include "common/base/clock.h"

#define BACKOFF_BASE_MS 100
#define BACKOFF_CAP_MS  1000 /* a question that comes meanwhile is refused */
/* Of one question's codes and flags; a national catalogue takes some kilobytes. */
#define QUESTION_ARENA (TH_WIRE_ARENA_LIMIT + 8 * (size_t)1024 * 1024)

struct worker {
    struct th_query_service *service;
    struct th_store *store; /* NULL: never opened yet */
    bool connected;
    int64_t next_attempt_ms; /* monotonic */
    int64_t backoff_ms;
    struct th_log_gate gate;
    struct th_catalogue_ids *ids; /* that the last snapshot needed */
    struct th_packed_catalogue packed;
    struct th_arena *arena, *part_arena;
};

static bool is_lost(enum th_status status)
{
    return status == TH_RETRY || status == TH_UNREACHABLE;
}

static const char *conninfo_of(const struct worker *worker)
{
    const struct th_collector_settings *settings = worker->service->settings;
    return settings->query_database && *settings->query_database ? settings->query_database
                                                                 : settings->database;
}

static enum th_status open_store(struct worker *worker, struct th_error *error)
{
    int timeout_ms = (int)worker->service->settings->database_timeout_ms;
    enum th_status status = worker->store
                                ? th_store_reopen(worker->store, timeout_ms, error)
                                : th_store_open(conninfo_of(worker), "tonghop-collector query",
                                                timeout_ms, &worker->store, error);
    return status == TH_OK ? th_store_check_schema(worker->store, error) : status;
}

/* Opens the connection, or says when the next attempt is due. */
static bool connect_database(struct worker *worker)
{
    struct th_error error = {0};
    worker->connected = open_store(worker, &error) == TH_OK;
    if (worker->connected) {
        worker->backoff_ms = 0;
        return true;
    }
    worker->backoff_ms = th_clock_backoff_ms(worker->backoff_ms, BACKOFF_BASE_MS, BACKOFF_CAP_MS);
    worker->next_attempt_ms = th_clock_monotonic_ms() + worker->backoff_ms;
    if (th_log_gate_open(&worker->gate, NULL))
        th_log(TH_LOG_WARNING, "query.database_lost reason=\"%s\"", error.message);
    return false;
}

static void lose_database(struct worker *worker)
{
    worker->connected = false;
    worker->next_attempt_ms = th_clock_monotonic_ms();
}

/* The catalogue of the snapshot: shared by all when it is the one they know. */
static enum th_status find_catalogue(struct worker *worker, uint64_t version,
                                     struct th_error *error)
{
    if (worker->ids && worker->ids->catalogue->version == version)
        return TH_OK;
    th_catalogue_ids_release(&worker->ids);
    worker->ids = th_shared_state_catalogue(worker->service->state);
    if (worker->ids && worker->ids->catalogue->version == version)
        return TH_OK;
    th_catalogue_ids_release(&worker->ids);

    struct th_catalogue *catalogue = NULL;
    enum th_status status = th_store_load_catalogue(worker->store, version, &catalogue, error);
    if (status == TH_OK && catalogue)
        status = th_store_load_ids(worker->store, catalogue, &worker->ids, error);
    th_catalogue_release(&catalogue);
    if (status == TH_OK && !worker->ids)
        return th_error_set(error, TH_PERMANENT, "catalogue version %llu is not in the database",
                            (unsigned long long)version);
    return status;
}

static ProtobufCBinaryData as_of_of(const Tonghop__V1__Query *query)
{
    switch (query->question_case) {
    case TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED:
        return query->consolidated->as_of;
    case TONGHOP__V1__QUERY__QUESTION_REPORT:
        return query->report->as_of;
    case TONGHOP__V1__QUERY__QUESTION_REPORT_LIST:
        return query->report_list->as_of;
    case TONGHOP__V1__QUERY__QUESTION_ASSESSMENT_BASIS:
        return query->assessment_basis->as_of;
    case TONGHOP__V1__QUERY__QUESTION_ASSESSMENT_GAPS:
        return query->assessment_gaps->as_of;
    case TONGHOP__V1__QUERY__QUESTION_COMPLETENESS:
        return query->completeness->as_of;
    case TONGHOP__V1__QUERY__QUESTION_RANKING:
        return query->ranking->as_of;
    case TONGHOP__V1__QUERY__QUESTION_NARRATIVES:
        return query->narratives->as_of;
    default:
        return (ProtobufCBinaryData){0};
    }
}

static void refuse_without_catalogue(struct th_question *question)
{
    char instant[40] = "";
    if (question->as_of_us)
        th_instant_format(question->as_of_us, instant);
    th_question_refuse(question, question->as_of_us ? "asof.before_catalogue" : "catalogue.missing",
                       "", th_slice_of(instant));
}

static enum th_status begin_reading(struct worker *worker, struct th_question *question,
                                    const Tonghop__V1__Query *query, struct th_error *error)
{
    uint64_t version = 0;
    ProtobufCBinaryData as_of = as_of_of(query);
    enum th_status status = th_store_begin_read(worker->store, &question->snapshot_us, error);
    if (status != TH_OK)
        return status;
    question->reading = true;
    question->horizon_us = th_store_horizon_us(worker->store);
    question->as_of_us = 0;
    question->marks = NULL;
    if (as_of.len > 0 && !th_question_instant(question, as_of, &question->as_of_us))
        return TH_REJECTED;
    th_store_read_as_of(worker->store, question->as_of_us);
    status =
        th_store_read_void(worker->store, &question->void_from_us, &question->void_until_us, error);
    if (status != TH_OK)
        return status;
    status = th_store_read_version(worker->store, &version, error);
    if (status == TH_OK && version == 0) {
        refuse_without_catalogue(question);
        return TH_REJECTED;
    }
    if (status == TH_OK)
        status = find_catalogue(worker, version, error);
    question->ids = worker->ids;
    return status;
}

static enum th_status answer_query(struct worker *worker, struct th_question *question,
                                   const Tonghop__V1__Query *query, struct th_error *error)
{
    if (query->question_case == TONGHOP__V1__QUERY__QUESTION__NOT_SET) {
        th_question_refuse(question, "query.malformed", "", TH_SLICE("question"));
        return TH_REJECTED;
    }
    enum th_status status = begin_reading(worker, question, query, error);
    if (status != TH_OK)
        return status;
    switch (query->question_case) {
    case TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED:
        return th_answer_consolidated(question, query->consolidated, error);
    case TONGHOP__V1__QUERY__QUESTION_REPORT:
        return th_answer_one_report(question, query->report, error);
    case TONGHOP__V1__QUERY__QUESTION_REPORT_LIST:
        return th_answer_report_list(question, query->report_list, error);
    case TONGHOP__V1__QUERY__QUESTION_COMPLETENESS:
        return th_answer_completeness(question, query->completeness, error);
    case TONGHOP__V1__QUERY__QUESTION_RANKING:
        return th_answer_ranking(question, query->ranking, error);
    case TONGHOP__V1__QUERY__QUESTION_ASSESSMENT_BASIS:
        return th_answer_assessment_basis(question, error);
    case TONGHOP__V1__QUERY__QUESTION_ASSESSMENT_GAPS:
        return th_answer_assessment_gaps(question, query->assessment_gaps, error);
    case TONGHOP__V1__QUERY__QUESTION_ASSESSMENT:
        return th_answer_assessments(question, query->assessment, error);
    case TONGHOP__V1__QUERY__QUESTION_NARRATIVES:
        return th_answer_narratives(question, query->narratives, error);
    default:
        th_question_refuse(question, "query.malformed", "", TH_SLICE("question"));
        return TH_REJECTED;
    }
}

/* One attempt at the whole answer. */
static enum th_status answer(struct worker *worker, struct th_question *question,
                             const Tonghop__V1__ClientMessage *message, struct th_error *error)
{
    enum th_status status;
    question->store = worker->store;
    if (message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_CATALOGUE_REQUEST)
        status = th_answer_catalogue(question, &worker->packed, message->catalogue_request, error);
    else
        status = answer_query(worker, question, message->query, error);
    th_question_end_read(question);
    return status;
}

static bool needs_database(const struct worker *worker, const Tonghop__V1__ClientMessage *message)
{
    return message->body_case != TONGHOP__V1__CLIENT_MESSAGE__BODY_CATALOGUE_REQUEST ||
           !th_packed_catalogue_serves(&worker->packed, worker->service->state,
                                       message->catalogue_request);
}

/* A connection may have died while nothing was asked: that is found out by the first
 * question, which is then asked once more over a new one. */
static enum th_status answer_twice(struct worker *worker, struct th_question *question,
                                   const Tonghop__V1__ClientMessage *message,
                                   struct th_error *error)
{
    bool needed = needs_database(worker, message);
    if (needed && !worker->connected &&
        (th_clock_monotonic_ms() < worker->next_attempt_ms || !connect_database(worker)))
        return th_error_set(error, TH_UNREACHABLE, "no connection to the database");
    enum th_status status = answer(worker, question, message, error);
    if (!is_lost(status))
        return status;
    lose_database(worker);
    if (question->sequence > 0 || !th_job_wanted(question->job) || !connect_database(worker))
        return status;
    th_answer_restart(question);
    status = answer(worker, question, message, error);
    if (is_lost(status))
        lose_database(worker);
    return status;
}

static void explain(struct th_question *question, enum th_status status,
                    const struct th_error *error)
{
    if (question->refusals.count > 0)
        return;
    if (question->too_large) {
        th_question_refuse(question, "query.too_large", "", TH_SLICE(""));
    } else if (is_lost(status)) {
        th_question_refuse(question, "database.unavailable", "", TH_SLICE(""));
    } else {
        th_log(TH_LOG_ERROR, "query.failed reason=\"%s\"", error->message);
        th_question_refuse(question, "query.failed", "", TH_SLICE(""));
    }
}

static void run(struct worker *worker, struct th_job *job)
{
    TH_CLEANUP_BUFFER struct th_buffer refusal = {0};
    struct th_error error = {0};
    th_arena_reset(worker->arena);
    th_arena_reset(worker->part_arena);
    struct th_question question = {.service = worker->service,
                                   .job = job,
                                   .arena = worker->arena,
                                   .part_arena = worker->part_arena,
                                   .refusals.arena = worker->arena};

    const Tonghop__V1__ClientMessage *message =
        th_client_message_decode(th_buffer_slice(&job->message), worker->arena);
    enum th_status status = TH_PERMANENT;
    if (message)
        status = answer_twice(worker, &question, message, &error);
    if (status != TH_OK && th_job_wanted(job)) {
        explain(&question, status, &error);
        th_error_encode(&question.refusals, job->request_id, job->language, &refusal);
    }
    th_question_free(&question);
    th_job_finish(worker->service, job, refusal.size > 0 ? &refusal : NULL);
}

void *th_query_work(void *context)
{
    struct worker worker = {.service = context,
                            .arena = th_arena_create(QUESTION_ARENA),
                            .part_arena = th_arena_create(0)};
    bool stopping = false;
    while (!stopping) {
        if (!worker.connected && th_clock_monotonic_ms() >= worker.next_attempt_ms)
            (void)connect_database(&worker);
        int64_t until_ms = worker.connected ? INT64_MAX : worker.next_attempt_ms;
        struct th_job *job = th_job_take(worker.service, TH_JOB_QUESTION, until_ms, &stopping);
        if (job)
            run(&worker, job);
    }
    th_catalogue_ids_release(&worker.ids);
    th_buffer_free(&worker.packed.bytes);
    th_arena_destroy(&worker.arena);
    th_arena_destroy(&worker.part_arena);
    th_store_close(&worker.store);
    return NULL;
}
