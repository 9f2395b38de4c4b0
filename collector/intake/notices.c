#include "collector/intake/notices.h"

#include <stdlib.h>
#include <string.h>

static void look_up(struct th_intake *intake, struct th_session *session)
{
    struct th_notice_flow *flow = &session->notices;
    struct th_enrolment sender;
    if (!flow->greeted || !flow->wanted || flow->under_way || flow->sent > flow->acknowledged ||
        th_shared_state_admit(intake->options.state, session->peer_key, &sender) != TH_ADMITTED ||
        !th_session_may_look_up(session))
        return;
    struct th_message to = {.routing_size = session->routing_size};
    memcpy(to.routing, session->routing, session->routing_size);
    struct th_work *work = th_work_create(TH_WORK_NOTICES, &sender, &to, session->language);
    work->after_sequence = flow->sent;
    flow->wanted = false;
    flow->under_way = true;
    th_work_queue_push(&intake->lookup.queue, work);
}

void th_notices_greeted(struct th_intake *intake, struct th_session *session, uint64_t notice_id)
{
    struct th_notice_flow *flow = &session->notices;
    flow->greeted = true;
    flow->wanted = true;
    flow->sent = flow->acknowledged = notice_id;
    look_up(intake, session);
}

void th_notices_acknowledged(struct th_intake *intake, struct th_session *session,
                             uint64_t notice_id)
{
    struct th_notice_flow *flow = &session->notices;
    if (notice_id > flow->sent)
        notice_id = flow->sent; /* of what it was not told it knows nothing */
    if (notice_id <= flow->acknowledged)
        return;
    flow->acknowledged = notice_id;
    /* The look-up records it, and finds what else there is. */
    flow->wanted = true;
    look_up(intake, session);
}

void th_notices_found(struct th_intake *intake, struct th_session *session,
                      const struct th_work *work)
{
    struct th_notice_flow *flow = &session->notices;
    flow->under_way = false;
    /* It greeted anew meanwhile, or the database was away: once more, from where it is. */
    bool current = work->found && flow->greeted && work->after_sequence == flow->sent;
    flow->wanted = flow->wanted || !current;
    bool stopped = false;
    size_t begin = 0;
    for (size_t i = 0; current && i < work->notice_count; i++) {
        const struct th_notice_part *part = &work->notices[i];
        enum th_status status =
            th_router_send(intake->router, session->routing, session->routing_size,
                           work->answer.bytes + begin, part->end - begin);
        begin = part->end;
        if (status == TH_OK) {
            flow->sent = part->id;
            continue;
        }
        /* None may be left out: what comes after waits too, for the next tick. An office
         * that is gone greets when it is back. */
        intake->answers_lost++;
        flow->greeted = status == TH_RETRY;
        flow->wanted = stopped = true;
        break;
    }
    if (work->found && !stopped)
        look_up(intake, session);
}

static int compare_ids(const void *a, const void *b)
{
    const int32_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

struct news {
    struct th_intake *intake;
    const struct th_work *work;
};

static void take_news(void *context, struct th_session *session)
{
    const struct news *news = context;
    if (!session->notices.greeted ||
        !bsearch(&session->district_id, news->work->district_ids, news->work->district_count,
                 sizeof(int32_t), compare_ids))
        return;
    session->notices.wanted = true;
    look_up(news->intake, session);
}

void th_notices_news(struct th_intake *intake, const struct th_work *work)
{
    struct news news = {intake, work};
    if (work->district_count > 0)
        th_sessions_each(intake->sessions, take_news, &news);
}

static void look_up_wanted(void *context, struct th_session *session)
{
    if (session->notices.wanted)
        look_up(context, session);
}

void th_notices_tick(struct th_intake *intake)
{
    th_sessions_each(intake->sessions, look_up_wanted, intake);
}
