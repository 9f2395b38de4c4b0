/* Acts of the commission, in the one thread that does them: approvals and the like
 * (act_state.c), appraisals (act_submit.c). */
#ifndef TONGHOP_COLLECTOR_ACTS_H
#define TONGHOP_COLLECTOR_ACTS_H

#include "collector/query/service.h"
#include "common/domain/role.h"

struct th_acting {
    struct th_query_service *service;
    struct th_store *store; /* on the primary, as the writer; NULL: never opened yet */
    bool connected;
    struct th_log_gate gate;
    struct th_arena *arena;       /* of one act */
    struct th_catalogue_ids *ids; /* that the act is judged by; of one act */
    struct th_problem_list problems;
    struct th_buffer answer; /* to the client */
};

/* Whether the job's sender may do it; the problem is added if not. Fills the actor (texts
 * in the arena) and the effective role. */
bool th_acting_may(struct th_acting *acting, const struct th_job *job,
                   const Tonghop__V1__ActingFor *acting_for, enum th_duty duty,
                   struct th_actor *actor, enum th_role *role);

/* Connected to the primary, or TH_UNREACHABLE. */
enum th_status th_acting_connect(struct th_acting *acting, struct th_error *error) TH_MUST_USE;
/* The connection is no longer to be trusted. */
void th_acting_lose(struct th_acting *acting, const struct th_error *error);

/* Each fills `answer`, or adds problems. */
void th_act_state(struct th_acting *acting, const struct th_job *job,
                  const Tonghop__V1__StateChange *change);
void th_act_submit(struct th_acting *acting, const struct th_job *job,
                   const Tonghop__V1__Submit *submit);

/* act_assessment.c */
void th_act_freeze(struct th_acting *acting, const struct th_job *job,
                   const Tonghop__V1__AssessmentFreeze *freeze);

/* Attempts at one act when the connection is lost on the way. */
#define TH_ACT_ATTEMPTS 3

#endif
