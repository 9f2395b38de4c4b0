#include "collector/query/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/domain/role.h"

/* One received message with its sender. */
struct request {
    struct th_query_service *service;
    const struct th_message *from;
    const Tonghop__V1__ClientMessage *message;
    struct th_enrolment enrolment;
    struct th_query_client *client;
};

void th_query_refuse(struct th_query_service *service, const uint8_t *routing, size_t routing_size,
                     uint64_t request_id, const char *language, const char *code, const char *value)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_error_encode_one(code, value, request_id, language, &bytes);
    enum th_status status =
        th_router_send(service->router, routing, routing_size, bytes.bytes, bytes.size);
    if (status != TH_OK)
        th_log(TH_LOG_DEBUG, "query.refusal_not_sent code=%s", code);
}

static void refuse(const struct request *request, uint64_t request_id, const char *code,
                   const char *value)
{
    th_query_refuse(request->service, request->from->routing, request->from->routing_size,
                    request_id, request->client ? request->client->language : "vi", code, value);
}

static bool is_language(struct th_slice text)
{
    return th_slice_equals(text, "vi") || th_slice_equals(text, "en");
}

static struct th_query_client *client_of(struct th_query_service *service, const uint8_t key[32])
{
    struct th_query_client *client = service->clients;
    while (client && memcmp(client->key, key, sizeof(client->key)) != 0)
        client = client->next;
    if (client)
        return client;
    client = calloc(1, sizeof(*client));
    if (!client)
        abort();
    memcpy(client->key, key, sizeof(client->key));
    memcpy(client->language, "vi", sizeof(client->language));
    client->next = service->clients;
    service->clients = client;
    return client;
}

/* The request that a message belongs to, 0 when it is about the connection. */
static uint64_t request_id_of(const Tonghop__V1__ClientMessage *message)
{
    switch (message->body_case) {
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_QUERY:
        return message->query->request_id;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_CATALOGUE_REQUEST:
        return message->catalogue_request->request_id;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_STATE_CHANGE:
        return message->state_change->request_id;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT:
        return message->submit->batch_id;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_ASSESSMENT_PART:
        return message->assessment_part->request_id;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_ASSESSMENT_FREEZE:
        return message->assessment_freeze->request_id;
    default:
        return 0;
    }
}

/* ZAP judged the key when it connected; what has changed since counts too. */
static bool admit(struct request *request)
{
    struct th_query_service *service = request->service;
    uint64_t id = request_id_of(request->message);
    switch (th_shared_state_admit(service->state, request->from->peer_key, &request->enrolment)) {
    case TH_KEYS_UNAVAILABLE:
        refuse(request, id, "database.unavailable", "");
        return false;
    case TH_UNKNOWN_KEY:
        service->dropped++;
        return false;
    case TH_REVOKED_KEY:
        request->client = client_of(service, request->from->peer_key);
        if (!request->client->revoked_told)
            refuse(request, id, "key.revoked", "");
        request->client->revoked_told = true;
        return false;
    case TH_ADMITTED:
        break;
    }
    if (strcmp(request->enrolment.role, "district") == 0) {
        refuse(request, id, "role.not_allowed", request->enrolment.role);
        return false;
    }
    request->client = client_of(service, request->from->peer_key);
    request->client->revoked_told = false;
    return true;
}

static void welcome(struct request *request, const Tonghop__V1__Hello *hello)
{
    char version[16];
    if (hello->protocol_version != TH_WIRE_PROTOCOL_VERSION) {
        snprintf(version, sizeof(version), "%u", hello->protocol_version);
        refuse(request, 0, "protocol.unsupported", version);
        return;
    }
    if (is_language(th_bytes_slice(hello->language)))
        memcpy(request->client->language, hello->language.data, 2);

    Tonghop__V1__Welcome body = TONGHOP__V1__WELCOME__INIT;
    struct th_arena *arena = th_arena_create(0);
    size_t count;
    const struct th_announcement *announcements =
        th_shared_state_announcements(request->service->state, hello->announced_us, arena, &count);
    th_announcements_tell(announcements, count, &body, arena);
    struct th_catalogue_ids *ids = th_shared_state_catalogue(request->service->state);
    body.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    body.software = th_bytes(TH_SLICE("tonghop-collector " TONGHOP_VERSION));
    body.province = th_bytes(th_slice_of(request->service->province));
    body.role = th_bytes(th_slice_of(request->enrolment.role));
    body.server_time_us = th_clock_now_us();
    if (ids) {
        body.catalogue_version = ids->catalogue->version;
        body.catalogue_digest = th_bytes_of(ids->catalogue->digest, sizeof(ids->catalogue->digest));
    }
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME;
    message.welcome = &body;

    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_server_message_encode(&message, &bytes);
    if (th_router_send(request->service->router, request->from->routing,
                       request->from->routing_size, bytes.bytes, bytes.size) != TH_OK)
        th_log(TH_LOG_DEBUG, "query.welcome_not_sent client=%s", request->enrolment.name);
    th_catalogue_ids_release(&ids);
    th_arena_destroy(&arena);
}

/* Under the lock. A request id is the connection's own: one key may have several
 * connections. */
static struct th_job *find_job(const struct request *request, uint64_t request_id)
{
    const struct th_message *from = request->from;
    for (struct th_job *job = request->service->jobs; job; job = job->next)
        if (th_job_wanted(job) && job->request_id == request_id && job->client == request->client &&
            job->routing_size == from->routing_size &&
            memcmp(job->routing, from->routing, from->routing_size) == 0)
            return job;
    return NULL;
}

static struct th_job *make_job(const struct request *request, uint64_t request_id, uint32_t credit,
                               uint32_t deadline_ms, const char language[3])
{
    long longest_ms = request->service->settings->query_deadline_ms;
    if (deadline_ms == 0 || (long)deadline_ms > longest_ms)
        deadline_ms = (uint32_t)longest_ms;
    struct th_job *job = calloc(1, sizeof(*job));
    if (!job)
        abort();
    job->client = request->client;
    memcpy(job->routing, request->from->routing, request->from->routing_size);
    job->routing_size = request->from->routing_size;
    job->request_id = request_id;
    job->credit = credit < TH_CREDIT_MAX ? credit : TH_CREDIT_MAX;
    job->deadline_ms = th_clock_monotonic_ms() + deadline_ms;
    memcpy(job->language, language, sizeof(job->language));
    th_buffer_add(&job->message, request->from->bytes.bytes, request->from->bytes.size);
    return job;
}

/* Puts the job behind the others, unless a limit is reached: gives the code then. */
static const char *enqueue(const struct request *request, struct th_job *job)
{
    struct th_query_service *service = request->service;
    const char *refusal = NULL;
    pthread_mutex_lock(&service->lock);
    if (find_job(request, job->request_id)) {
        refusal = "query.duplicate";
    } else if (request->client->jobs >= (size_t)service->settings->query_limit ||
               service->job_count >= TH_JOBS_MAX) {
        refusal = "query.too_many";
    } else {
        struct th_job **end = &service->jobs;
        while (*end)
            end = &(*end)->next;
        *end = job;
        service->job_count++;
        request->client->jobs++;
        /* Not to one: workers and the thread of acts wait for different jobs. */
        pthread_cond_broadcast(&service->work);
    }
    pthread_mutex_unlock(&service->lock);
    return refusal;
}

/* Hands the job over to whoever does such, or refuses and frees it. */
static void hand_over(const struct request *request, struct th_job *job)
{
    char value[24];
    uint64_t request_id = job->request_id;
    const char *refusal = enqueue(request, job);
    if (!refusal)
        return;
    if (strcmp(refusal, "query.too_many") == 0)
        snprintf(value, sizeof(value), "%ld", request->service->settings->query_limit);
    else
        snprintf(value, sizeof(value), "%llu", (unsigned long long)request_id);
    refuse(request, request_id, refusal, value);
    th_job_free(job);
}

static void take_question(struct request *request, uint64_t request_id, uint32_t credit,
                          uint32_t deadline_ms, const char language[3])
{
    if (request->from->bytes.size > TH_QUERY_BYTES_MAX) {
        refuse(request, request_id, "query.too_large", "");
        return;
    }
    hand_over(request, make_job(request, request_id, credit, deadline_ms, language));
}

static void take_act(struct request *request, uint64_t request_id, size_t bytes_max)
{
    if (request->from->bytes.size > bytes_max) {
        refuse(request, request_id, "query.too_large", "");
        return;
    }
    struct th_job *job = make_job(request, request_id, 0, 0, request->client->language);
    job->kind = TH_JOB_ACT;
    job->sender = request->enrolment;
    /* What was uploaded for it goes with it, whatever comes of it. */
    if (request->client->upload && request->client->upload->request_id == request_id) {
        job->upload = request->client->upload;
        request->client->upload = NULL;
    }
    hand_over(request, job);
}

/* Whoever may not freeze is not given the memory either. */
static void take_file_part(struct request *request, const Tonghop__V1__AssessmentPart *part)
{
    enum th_role role;
    char value[24];
    bool allowed = th_role_parse(th_slice_of(request->enrolment.role), &role) &&
                   role >= th_role_needed(TH_DUTY_FREEZE);
    const char *refusal =
        th_upload_take(&request->client->upload, part, allowed, th_clock_monotonic_ms());
    if (!refusal)
        return;
    snprintf(value, sizeof(value), "%zu", TH_UPLOAD_FILE_BYTES / 1024 / 1024);
    bool too_large = strcmp(refusal, "assessment.too_large") == 0;
    refuse(request, part->request_id, refusal,
           too_large ? value
           : allowed ? ""
                     : request->enrolment.role);
}

void th_query_forget_uploads(struct th_query_service *service)
{
    int64_t now_ms = th_clock_monotonic_ms();
    for (struct th_query_client *client = service->clients; client; client = client->next)
        if (client->upload && now_ms - client->upload->last_ms > TH_UPLOAD_IDLE_MS)
            th_upload_free(&client->upload);
}

static void take_query(struct request *request, const Tonghop__V1__Query *query)
{
    char language[3];
    memcpy(language, request->client->language, sizeof(language));
    if (is_language(th_bytes_slice(query->language)))
        memcpy(language, query->language.data, 2);
    take_question(request, query->request_id, query->credit, query->deadline_ms, language);
}

static void add_credit(const struct request *request, const Tonghop__V1__Credit *credit)
{
    struct th_query_service *service = request->service;
    pthread_mutex_lock(&service->lock);
    struct th_job *job = find_job(request, credit->request_id);
    if (job) {
        uint64_t sum = (uint64_t)job->credit + credit->parts;
        job->credit = sum < TH_CREDIT_MAX ? (uint32_t)sum : TH_CREDIT_MAX;
        pthread_cond_broadcast(&service->room);
    }
    pthread_mutex_unlock(&service->lock);
}

static void cancel(const struct request *request, uint64_t request_id)
{
    struct th_query_service *service = request->service;
    pthread_mutex_lock(&service->lock);
    struct th_job *job = find_job(request, request_id);
    bool ends = job && th_job_may_end(job);
    if (ends)
        th_job_end(service, job);
    pthread_mutex_unlock(&service->lock);
    if (ends)
        refuse(request, request_id, "query.cancelled", "");
}

void th_query_dispatch(struct th_query_service *service, const struct th_message *message,
                       struct th_arena *arena)
{
    struct request request = {.service = service, .from = message};
    request.message = th_client_message_decode(th_buffer_slice(&message->bytes), arena);
    if (!request.message) {
        service->dropped++;
        return;
    }
    if (!admit(&request))
        return;
    const Tonghop__V1__ClientMessage *body = request.message;
    switch (body->body_case) {
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO:
        welcome(&request, body->hello);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_QUERY:
        take_query(&request, body->query);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_CATALOGUE_REQUEST:
        take_question(&request, body->catalogue_request->request_id,
                      body->catalogue_request->credit, 0, request.client->language);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_CREDIT:
        add_credit(&request, body->credit);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_CANCEL:
        cancel(&request, body->cancel->request_id);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_STATE_CHANGE:
        take_act(&request, body->state_change->request_id, TH_ACT_BYTES_MAX);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT:
        take_act(&request, body->submit->batch_id, TH_SUBMIT_BYTES_MAX);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_ASSESSMENT_PART:
        take_file_part(&request, body->assessment_part);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_ASSESSMENT_FREEZE:
        take_act(&request, body->assessment_freeze->request_id, TH_ACT_BYTES_MAX);
        break;
    default:
        refuse(&request, 0, "message.unknown", "");
        break;
    }
}

static bool is_revoked(struct th_query_service *service, const struct th_query_client *client)
{
    enum th_admission admission = th_shared_state_admit(service->state, client->key, NULL);
    return admission == TH_REVOKED_KEY || admission == TH_UNKNOWN_KEY;
}

void th_query_judge_clients(struct th_query_service *service)
{
    service->seen_version = th_shared_state_version(service->state);
    pthread_mutex_lock(&service->lock);
    for (struct th_job *job = service->jobs; job; job = job->next) {
        if (!th_job_may_end(job) || !is_revoked(service, job->client))
            continue;
        th_job_end(service, job);
        job->client->revoked_told = true;
        th_query_refuse(service, job->routing, job->routing_size, job->request_id, job->language,
                        "key.revoked", "");
    }
    pthread_mutex_unlock(&service->lock);
}
