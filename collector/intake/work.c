#include "collector/intake/work.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "common/wire/message.h"

/* Exact bytes and unpacked reports of one batch of at most 1 MiB, whose messages took it. */
#define WORK_ARENA_LIMIT (3 * (size_t)TH_WIRE_ARENA_LIMIT)
/* Of works that are not judged yet, in one batch. */
#define RAW_BYTES_MOST ((size_t)1536 * 1024)

struct th_work *th_work_create(enum th_work_kind kind, const struct th_enrolment *sender,
                               const struct th_message *message, const char *language)
{
    struct th_work *work = calloc(1, sizeof *work);
    if (!work)
        abort();
    work->kind = kind;
    work->sender = *sender;
    memcpy(work->routing, message->routing, message->routing_size);
    work->routing_size = message->routing_size;
    memcpy(work->language, language, sizeof work->language);
    work->arena = th_arena_create(WORK_ARENA_LIMIT);
    return work;
}

void th_work_destroy(struct th_work *work)
{
    if (!work)
        return;
    th_catalogue_ids_release(&work->ids);
    th_arena_destroy(&work->arena);
    th_buffer_free(&work->answer);
    free(work);
}

void th_work_queue_init(struct th_work_queue *queue, int event_fd)
{
    memset(queue, 0, sizeof *queue);
    pthread_mutex_init(&queue->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->filled, &attributes);
    pthread_condattr_destroy(&attributes);
    queue->event_fd = event_fd;
}

void th_work_queue_destroy(struct th_work_queue *queue)
{
    for (struct th_work *work = queue->first; work;) {
        struct th_work *next = work->next;
        th_work_destroy(work);
        work = next;
    }
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->lock);
}

void th_work_queue_push(struct th_work_queue *queue, struct th_work *work)
{
    work->next = NULL;
    pthread_mutex_lock(&queue->lock);
    if (queue->last)
        queue->last->next = work;
    else
        queue->first = work;
    queue->last = work;
    pthread_cond_signal(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
    if (queue->event_fd >= 0)
        eventfd_write(queue->event_fd, 1);
}

static struct timespec deadline_after(int wait_ms)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += wait_ms / 1000;
    deadline.tv_nsec += (wait_ms % 1000) * 1000000L;
    if (deadline.tv_nsec >= 1000000000L) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000L;
    }
    return deadline;
}

struct th_work *th_work_queue_take(struct th_work_queue *queue, size_t max_reports, int wait_ms)
{
    struct timespec deadline = deadline_after(wait_ms);
    pthread_mutex_lock(&queue->lock);
    while (!queue->first && !queue->closed) {
        if (pthread_cond_timedwait(&queue->filled, &queue->lock, &deadline) != 0)
            break;
    }
    struct th_work *taken = queue->first, *end = taken;
    if (taken) {
        size_t reports = taken->count;
        while (end->next && reports + end->next->count <= max_reports) {
            end = end->next;
            reports += end->count;
        }
        queue->first = end->next;
        if (!queue->first)
            queue->last = NULL;
        end->next = NULL;
    }
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

static bool has_district(const struct th_work *works, int32_t district_id)
{
    for (; works; works = works->next)
        if (works->sender.district_id == district_id)
            return true;
    return false;
}

/* A batch as it is gathered from a queue, whose lock is held. */
struct gathering {
    struct th_work *first, **end;
    size_t reports, most;
    size_t raw_bytes; /* of works that are not judged yet */
};

/* Moves the work at *link over; false when it does not fit any more. */
static bool gather(struct gathering *batch, struct th_work **link)
{
    struct th_work *work = *link;
    size_t raw_bytes = work->judged ? 0 : work->bytes;
    if (batch->first && (batch->reports + work->count > batch->most ||
                         batch->raw_bytes + raw_bytes > RAW_BYTES_MOST))
        return false;
    *link = work->next;
    work->next = NULL;
    *batch->end = work;
    batch->end = &work->next;
    batch->reports += work->count;
    batch->raw_bytes += raw_bytes;
    return true;
}

static struct th_work *gather_fairly(struct th_work_queue *queue, size_t max_reports)
{
    struct gathering batch = {.most = max_reports};
    batch.end = &batch.first;
    for (struct th_work **link = &queue->first; queue->alone != 0 && *link; link = &(*link)->next)
        if ((*link)->sender.district_id != queue->alone) {
            (void)gather(&batch, link);
            break;
        }
    /* It ends at the first that does not fit, so that no later one of a district overtakes. */
    bool fits = true;
    for (struct th_work **link = &queue->first; fits && *link && batch.reports < max_reports;)
        if (has_district(batch.first, (*link)->sender.district_id))
            link = &(*link)->next;
        else
            fits = gather(&batch, link);
    while (queue->first && gather(&batch, &queue->first))
        ;
    queue->last = queue->first;
    while (queue->last && queue->last->next)
        queue->last = queue->last->next;
    int32_t leader = batch.first ? batch.first->sender.district_id : 0;
    bool shared = false;
    for (struct th_work *work = batch.first; work && !shared; work = work->next)
        shared = work->sender.district_id != leader;
    queue->alone = shared ? 0 : leader;
    return batch.first;
}

struct th_work *th_work_queue_take_fairly(struct th_work_queue *queue, size_t max_reports)
{
    pthread_mutex_lock(&queue->lock);
    while (!queue->first && !queue->closed)
        if (pthread_cond_wait(&queue->filled, &queue->lock) != 0)
            break;
    struct th_work *taken = gather_fairly(queue, max_reports);
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

void th_work_queue_close(struct th_work_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

bool th_work_queue_is_closed(struct th_work_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    bool closed = queue->closed;
    pthread_mutex_unlock(&queue->lock);
    return closed;
}
