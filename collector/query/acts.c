/* The thread of acts: one connection to the primary, one act at a time. */
#include "collector/query/acts.h"

#include <string.h>

#include "common/base/clock.h"

#define ACT_ARENA ((size_t)4 * TH_WIRE_ARENA_LIMIT)

bool th_acting_may(struct th_acting *acting, const struct th_job *job,
                   const Tonghop__V1__ActingFor *acting_for, enum th_duty duty,
                   struct th_actor *actor, enum th_role *role)
{
    *actor = (struct th_actor){
        .key_name = job->sender.name, .portal = job->sender.portal, .acts_for = acting_for != NULL};
    *role = TH_ROLE_DISTRICT;
    bool known = th_role_parse(th_slice_of(job->sender.role), &actor->key_role);
    if (acting_for) {
        actor->account = th_bytes_text(acting_for->account, 64, acting->arena);
        known = known && actor->account && *actor->account &&
                th_role_parse(th_bytes_slice(acting_for->role), &actor->role);
    }
    if (known && th_role_may(actor, duty, role))
        return true;
    th_problem_add(&acting->problems, "role.not_allowed", "",
                   th_slice_of(known ? th_role_name(*role) : ""),
                   th_role_name(th_role_needed(duty)), 0, 0);
    return false;
}

enum th_status th_acting_connect(struct th_acting *acting, struct th_error *error)
{
    const struct th_collector_settings *settings = acting->service->settings;
    int timeout_ms = (int)settings->database_timeout_ms;
    if (acting->connected)
        return TH_OK;
    enum th_status status = acting->store
                                ? th_store_reopen(acting->store, timeout_ms, error)
                                : th_store_open(settings->database, "tonghop-collector acts",
                                                timeout_ms, &acting->store, error);
    if (status == TH_OK)
        status = th_store_check_schema(acting->store, error);
    acting->connected = status == TH_OK;
    return status;
}

void th_acting_lose(struct th_acting *acting, const struct th_error *error)
{
    acting->connected = false;
    if (th_log_gate_open(&acting->gate, NULL))
        th_log(TH_LOG_WARNING, "acts.database_lost reason=\"%s\"", error->message);
}

static void act(struct th_acting *acting, const struct th_job *job)
{
    const Tonghop__V1__ClientMessage *message =
        th_client_message_decode(th_buffer_slice(&job->message), acting->arena);
    acting->ids = th_shared_state_catalogue(acting->service->state);
    if (message && message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_ASSESSMENT_FREEZE)
        th_act_freeze(acting, job, message->assessment_freeze);
    else if (!message)
        th_problem_add(&acting->problems, "message.malformed", "", TH_SLICE(""), "", 0, 0);
    else if (!acting->ids)
        th_problem_add(&acting->problems, "catalogue.missing", "", TH_SLICE(""), "", 0, 0);
    else if (message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT)
        th_act_submit(acting, job, message->submit);
    else
        th_act_state(acting, job, message->state_change);
    th_catalogue_ids_release(&acting->ids);
}

static void run(struct th_acting *acting, struct th_job *job)
{
    th_arena_reset(acting->arena);
    th_buffer_clear(&acting->answer);
    acting->problems = (struct th_problem_list){.arena = acting->arena};
    act(acting, job);
    if (acting->answer.size == 0)
        th_error_encode(&acting->problems, job->request_id, job->language, &acting->answer);
    th_job_finish(acting->service, job, &acting->answer);
}

void *th_query_act(void *context)
{
    struct th_acting acting = {.service = context, .arena = th_arena_create(ACT_ARENA)};
    bool stopping = false;
    while (!stopping) {
        struct th_job *job = th_job_take(acting.service, TH_JOB_ACT, INT64_MAX, &stopping);
        if (job)
            run(&acting, job);
    }
    th_buffer_free(&acting.answer);
    th_arena_destroy(&acting.arena);
    th_store_close(&acting.store);
    return NULL;
}
