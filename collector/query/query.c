#include "collector/query/query.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "collector/query/service.h"
#include "collector/query/shelf.h"

#define CONNECTIONS_A_KEY 64 /* each command of a client makes one */

static struct th_query_service *create(const struct th_query_options *options)
{
    const struct th_collector_settings *settings = options->settings;
    struct th_query_service *service = calloc(1, sizeof(*service));
    if (!service)
        abort();
    service->settings = settings;
    service->province = options->province;
    service->receipt_key = options->receipt_key;
    service->state = options->state;
    service->guard = options->guard;
    service->wake = -1;
    service->shelf = th_shelf_create((size_t)settings->query_cache_mb << 20);
    pthread_mutex_init(&service->lock, NULL);
    pthread_cond_init(&service->room, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&service->work, &attributes);
    pthread_condattr_destroy(&attributes);
    service->workers = calloc((size_t)settings->query_threads, sizeof(*service->workers));
    if (!service->workers)
        abort();
    return service;
}

static enum th_status start_threads(struct th_query_service *service, struct th_error *error)
{
    /* Known before the first worker runs: it is what a client's share is measured by. */
    size_t wanted = (size_t)service->settings->query_threads;
    int failed = 0;
    pthread_mutex_lock(&service->lock);
    while (service->worker_count < wanted && failed == 0) {
        failed =
            pthread_create(&service->workers[service->worker_count], NULL, th_query_work, service);
        if (failed == 0)
            service->worker_count++;
    }
    pthread_mutex_unlock(&service->lock);
    if (failed == 0) {
        failed = pthread_create(&service->acting, NULL, th_query_act, service);
        service->acting_started = failed == 0;
    }
    if (failed == 0) {
        failed = pthread_create(&service->serving, NULL, th_query_serve, service);
        service->serving_started = failed == 0;
    }
    return failed == 0 ? TH_OK
                       : th_error_set(error, TH_PERMANENT, "cannot start a query thread: %s",
                                      strerror(failed));
}

enum th_status th_query_start(const struct th_query_options *options,
                              struct th_query_service **service, char *bound,
                              struct th_error *error)
{
    enum th_status status = TH_OK;
    struct th_query_service *made = create(options);

    made->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (made->wake < 0) {
        status = th_error_set(error, TH_PERMANENT, "cannot make an eventfd: %m");
        goto cleanup;
    }
    struct th_router_options router = {.endpoint = options->settings->query_bind,
                                       .pair = options->pair,
                                       .zap_domain = "tonghop",
                                       .guard = options->guard,
                                       .connections_a_key = CONNECTIONS_A_KEY};
    made->router = th_router_bind(options->zmq_context, &router, bound, error);
    if (!made->router) {
        status = error ? error->status : TH_PERMANENT;
        goto cleanup;
    }
    status = start_threads(made, error);
    if (status == TH_OK) {
        *service = made;
        made = NULL;
    }

cleanup:
    th_query_stop(&made);
    return status;
}

static void end_all(struct th_query_service *service)
{
    pthread_mutex_lock(&service->lock);
    service->stopping = true;
    for (struct th_job *job = service->jobs; job; job = job->next)
        th_job_end(service, job);
    pthread_cond_broadcast(&service->work);
    pthread_mutex_unlock(&service->lock);
    if (service->wake >= 0)
        th_query_wake(service);
}

void th_query_stop(struct th_query_service **service)
{
    if (!service || !*service)
        return;
    struct th_query_service *made = *service;
    end_all(made);
    if (made->serving_started)
        pthread_join(made->serving, NULL);
    /* A question that the serving thread was taking while we ended the others. */
    end_all(made);
    for (size_t i = 0; i < made->worker_count; i++)
        pthread_join(made->workers[i], NULL);
    if (made->acting_started)
        pthread_join(made->acting, NULL);
    th_socket_close(&made->router);
    for (struct th_job *job = made->jobs, *next; job; job = next) {
        next = job->next;
        th_job_free(job);
    }
    for (struct th_query_client *client = made->clients, *next; client; client = next) {
        next = client->next;
        th_upload_free(&client->upload);
        free(client);
    }
    if (made->wake >= 0)
        close(made->wake);
    pthread_cond_destroy(&made->work);
    pthread_cond_destroy(&made->room);
    pthread_mutex_destroy(&made->lock);
    th_shelf_destroy(&made->shelf);
    free(made->workers);
    free(made);
    *service = NULL;
}
