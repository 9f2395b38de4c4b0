#include "collector/query/service.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"

void th_query_wake(struct th_query_service *service)
{
    const uint64_t one = 1;
    /* Fails only when it is readable already, which is what is wanted. */
    ssize_t written = write(service->wake, &one, sizeof(one));
    (void)written;
}

static void drop_parts(struct th_job *job)
{
    for (size_t i = 0; i < job->part_count; i++)
        th_buffer_free(&job->parts[i]);
    job->part_count = 0;
}

bool th_job_may_end(struct th_job *job)
{
    return th_job_wanted(job) && !(job->kind == TH_JOB_ACT && job->state != TH_JOB_WAITING);
}

void th_job_end(struct th_query_service *service, struct th_job *job)
{
    /* A worker may still be at it, but the client can ask anew. */
    if (!atomic_exchange(&job->ended, true))
        job->client->jobs--;
    drop_parts(job);
    if (job->state == TH_JOB_WAITING)
        job->state = TH_JOB_DONE;
    pthread_cond_broadcast(&service->room);
}

void th_job_free(struct th_job *job)
{
    drop_parts(job);
    th_buffer_free(&job->message);
    th_upload_free(&job->upload);
    free(job);
}

/* One client's questions leave a worker to the others: an answer may have to wait
 * long for its reader's credit. */
static struct th_job *find_question(struct th_query_service *service)
{
    size_t most = service->worker_count > 1 ? service->worker_count - 1 : 1;
    struct th_job *found = NULL;
    for (struct th_job *job = service->jobs; job; job = job->next)
        if (job->kind == TH_JOB_QUESTION && job->state == TH_JOB_WAITING &&
            job->client->running < most &&
            (!found || job->client->running < found->client->running))
            found = job;
    return found;
}

/* Acts are done one after the other, in the order in which they came. */
static struct th_job *find_act(struct th_query_service *service)
{
    struct th_job *job = service->jobs;
    while (job && !(job->kind == TH_JOB_ACT && job->state == TH_JOB_WAITING))
        job = job->next;
    return job;
}

static struct timespec monotonic_time(int64_t at_ms)
{
    return (struct timespec){.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000};
}

struct th_job *th_job_take(struct th_query_service *service, enum th_job_kind kind,
                           int64_t until_ms, bool *stopping)
{
    struct th_job *(*find)(struct th_query_service *) =
        kind == TH_JOB_ACT ? find_act : find_question;
    struct th_job *job = NULL;
    int wait = 0;
    pthread_mutex_lock(&service->lock);
    while (!service->stopping && !(job = find(service)) && wait != ETIMEDOUT) {
        if (until_ms == INT64_MAX) {
            wait = pthread_cond_wait(&service->work, &service->lock);
        } else {
            struct timespec until = monotonic_time(until_ms);
            wait = pthread_cond_timedwait(&service->work, &service->lock, &until);
        }
    }
    if (job) {
        job->state = TH_JOB_RUNNING;
        job->client->running += kind == TH_JOB_QUESTION;
    }
    *stopping = service->stopping;
    pthread_mutex_unlock(&service->lock);
    return job;
}

bool th_job_push(struct th_query_service *service, struct th_job *job, struct th_buffer *part)
{
    pthread_mutex_lock(&service->lock);
    /* The serving thread ends the job at its deadline, so this wait does end. */
    while (th_job_wanted(job) && (job->credit == 0 || job->part_count >= TH_JOB_PARTS))
        pthread_cond_wait(&service->room, &service->lock);
    bool wanted = th_job_wanted(job);
    if (wanted) {
        job->credit--;
        job->parts[job->part_count++] = *part;
        *part = (struct th_buffer){0};
    }
    pthread_mutex_unlock(&service->lock);
    if (wanted)
        th_query_wake(service);
    return wanted;
}

void th_job_finish(struct th_query_service *service, struct th_job *job, struct th_buffer *last)
{
    pthread_mutex_lock(&service->lock);
    if (last && th_job_wanted(job)) {
        job->parts[job->part_count++] = *last;
        *last = (struct th_buffer){0};
    }
    job->state = TH_JOB_DONE;
    job->client->running -= job->kind == TH_JOB_QUESTION;
    /* A job of the same client may have been held back. */
    pthread_cond_broadcast(&service->work);
    pthread_mutex_unlock(&service->lock);
    th_query_wake(service);
}
