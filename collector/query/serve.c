#include "collector/query/service.h"

#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/clock.h"

#define LONGEST_WAIT_MS  500 /* a revoked key's questions end within this and a poll */
#define BLOCKED_WAIT_MS  10  /* a ROUTER does not tell when one peer has room again */
#define MESSAGES_A_ROUND 64

/* Sends what the job has; false when the client's pipe is full. */
static bool send_parts(struct th_query_service *service, struct th_job *job)
{
    size_t sent = 0;
    enum th_status status = TH_OK;
    while (sent < job->part_count && status == TH_OK) {
        struct th_buffer *part = &job->parts[sent];
        status = th_router_send(service->router, job->routing, job->routing_size, part->bytes,
                                part->size);
        if (status == TH_OK) {
            th_buffer_free(part);
            sent++;
        }
    }
    job->part_count -= sent;
    for (size_t i = 0; i < job->part_count; i++)
        job->parts[i] = job->parts[i + sent];
    if (sent > 0)
        pthread_cond_broadcast(&service->room);
    if (status != TH_OK && status != TH_RETRY)
        th_job_end(service, job); /* the client is gone */
    return status != TH_RETRY;
}

static void end_when_over_time(struct th_query_service *service, struct th_job *job, int64_t now_ms)
{
    if (!th_job_may_end(job) || now_ms < job->deadline_ms)
        return;
    th_job_end(service, job);
    th_query_refuse(service, job->routing, job->routing_size, job->request_id, job->language,
                    "query.deadline", "");
}

/* Moves every job on as far as it goes; returns how long nothing need be done. */
static int64_t deliver(struct th_query_service *service)
{
    int64_t now_ms = th_clock_monotonic_ms(), wait_ms = LONGEST_WAIT_MS;
    pthread_mutex_lock(&service->lock);
    for (struct th_job **at = &service->jobs; *at;) {
        struct th_job *job = *at;
        end_when_over_time(service, job, now_ms);
        if (!send_parts(service, job) && wait_ms > BLOCKED_WAIT_MS)
            wait_ms = BLOCKED_WAIT_MS;
        if (job->state == TH_JOB_DONE && job->part_count == 0) {
            *at = job->next;
            if (th_job_wanted(job))
                job->client->jobs--;
            service->job_count--;
            th_job_free(job);
            continue;
        }
        if (th_job_may_end(job) && job->deadline_ms - now_ms < wait_ms)
            wait_ms = job->deadline_ms - now_ms;
        at = &job->next;
    }
    pthread_mutex_unlock(&service->lock);
    return wait_ms < 0 ? 0 : wait_ms;
}

static void receive(struct th_query_service *service, struct th_message *message,
                    struct th_arena *arena)
{
    for (int i = 0; i < MESSAGES_A_ROUND; i++) {
        switch (th_router_receive(service->router, message)) {
        case TH_RECEIVE_NOTHING:
            return;
        case TH_RECEIVE_DROPPED:
            service->dropped++;
            th_guard_took(service->guard, message->descriptor, NULL);
            break;
        case TH_RECEIVE_MESSAGE:
            th_guard_took(service->guard, message->descriptor, message->peer_key);
            th_arena_reset(arena);
            th_query_dispatch(service, message, arena);
            break;
        }
    }
}

static void drain_wake(struct th_query_service *service)
{
    uint64_t count;
    ssize_t size = read(service->wake, &count, sizeof(count));
    (void)size; /* not readable is as good */
}

static bool is_stopping(struct th_query_service *service)
{
    pthread_mutex_lock(&service->lock);
    bool stopping = service->stopping;
    pthread_mutex_unlock(&service->lock);
    return stopping;
}

static void tell_dropped(struct th_query_service *service)
{
    if (service->dropped == 0 || !th_log_gate_open(&service->dropped_gate, NULL))
        return;
    th_log(TH_LOG_WARNING, "query.dropped messages=%llu", (unsigned long long)service->dropped);
    service->dropped = 0;
}

void *th_query_serve(void *context)
{
    struct th_query_service *service = context;
    struct th_message message = {0};
    struct th_arena *arena = th_arena_create((size_t)TH_WIRE_ARENA_LIMIT);

    while (!is_stopping(service)) {
        zmq_pollitem_t items[] = {
            {.socket = service->router, .events = ZMQ_POLLIN},
            {.fd = service->wake, .events = ZMQ_POLLIN},
        };
        int64_t wait_ms = deliver(service);
        if (zmq_poll(items, 2, (long)wait_ms) < 0 && zmq_errno() == ETERM)
            break;
        drain_wake(service);
        receive(service, &message, arena);
        if (th_shared_state_version(service->state) != service->seen_version)
            th_query_judge_clients(service);
        th_query_forget_uploads(service);
        tell_dropped(service);
    }

    th_arena_destroy(&arena);
    th_message_free(&message);
    return NULL;
}
