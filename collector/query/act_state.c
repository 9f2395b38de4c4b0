/* Approve, return, reopen. */
#include <stdlib.h>
#include <string.h>

#include "collector/query/acts.h"
#include "collector/store/states.h"
#include "common/base/text.h"

static void refuse(struct th_acting *acting, const char *code, struct th_slice value,
                   const char *limit)
{
    if (!th_text_is_utf8(value))
        value = (struct th_slice){0};
    th_problem_add(&acting->problems, code, "", value, limit, 0, 0);
}

/* In the form's order, so that the same comments are always the same bytes; criteria that
 * are not of the form come last, for th_review_check to name. */
static int place_of(const struct th_form *form, struct th_slice code)
{
    const struct th_criterion *criterion = th_form_criterion(form, code);
    return criterion ? (int)criterion->index : INT32_MAX;
}

static void take_comments(struct th_acting *acting, const struct th_form *form,
                          const Tonghop__V1__StateChange *change, struct th_review_act *asked)
{
    struct th_review_comment *comments =
        th_arena_alloc(acting->arena, (change->n_criterion_comment + 1) * sizeof(*comments));
    size_t count = 0;
    for (size_t i = 0; comments && i < change->n_criterion_comment; i++) {
        const Tonghop__V1__CriterionComment *given = change->criterion_comment[i];
        struct th_slice code = th_bytes_slice(given->criterion);
        if (given->text.len == 0)
            continue;
        size_t at = count++;
        for (; at > 0 && place_of(form, comments[at - 1].criterion) > place_of(form, code); at--)
            comments[at] = comments[at - 1];
        comments[at] = (struct th_review_comment){code, th_bytes_slice(given->text)};
    }
    asked->comments = comments;
    asked->comment_count = count;
}

/* Everything that the message says, judged without the database; false with problems. */
static bool understand(struct th_acting *acting, const Tonghop__V1__StateChange *change,
                       struct th_state_act *act)
{
    static const char *const examples[] = {"2024-03-15", "2024-03", "2024-Q1", "2024-H1", "2024"};
    const struct th_catalogue *catalogue = acting->ids->catalogue;
    if (!th_review_parse(th_bytes_slice(change->to_state), &act->asked.to)) {
        refuse(acting, "message.malformed", TH_SLICE("to_state"), "");
        return false;
    }
    act->form = th_catalogue_form(catalogue, th_bytes_slice(change->form));
    act->district = th_catalogue_district(catalogue, th_bytes_slice(change->district));
    if (!act->form)
        refuse(acting, "form.unknown", th_bytes_slice(change->form), "");
    if (!act->district)
        refuse(acting, "district.unknown", th_bytes_slice(change->district), "");
    if (!act->form)
        return false;
    if (!th_base_period_parse(act->form->frequency, th_bytes_slice(change->period), &act->period))
        refuse(acting, "period.malformed", th_bytes_slice(change->period),
               examples[act->form->frequency]);
    act->asked.revision = change->revision <= INT32_MAX ? change->revision : 0;
    act->asked.comment = th_bytes_slice(change->comment);
    take_comments(acting, act->form, change, &act->asked);
    th_review_check(&act->asked, act->form, &acting->problems);
    return acting->problems.errors == 0;
}

static void answer(struct th_acting *acting, const struct th_job *job,
                   const struct th_state_act *act)
{
    Tonghop__V1__StateChanged changed = TONGHOP__V1__STATE_CHANGED__INIT;
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    changed.request_id = job->request_id;
    changed.state = th_bytes(th_slice_of(th_review_name(act->asked.to)));
    changed.at_us = act->at_us;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_STATE_CHANGED;
    message.state_changed = &changed;
    th_server_message_encode(&message, &acting->answer);
}

/* Does it, over again when the connection is lost: the same act is not done twice. What
 * cannot be found out is told as such. */
static enum th_status perform(struct th_acting *acting, struct th_state_act *act)
{
    enum th_status status = TH_UNREACHABLE;
    bool in_doubt = false;
    for (int attempt = 0; attempt < TH_ACT_ATTEMPTS; attempt++) {
        struct th_error error = {0};
        status = th_acting_connect(acting, &error);
        if (status == TH_OK) {
            status = th_store_change_state(acting->store, act, &error);
            in_doubt = status != TH_OK && status != TH_REJECTED && (in_doubt || act->committing);
        }
        if (status == TH_OK || status == TH_REJECTED)
            return status;
        th_acting_lose(acting, &error);
        if (status != TH_RETRY && status != TH_UNREACHABLE) {
            th_log(TH_LOG_ERROR, "acts.failed reason=\"%s\"", error.message);
            break;
        }
    }
    bool lost = status == TH_RETRY || status == TH_UNREACHABLE;
    refuse(acting,
           in_doubt ? "state.outcome_unknown"
           : lost   ? "database.unavailable"
                    : "query.failed",
           TH_SLICE(""), "");
    return status;
}

void th_act_state(struct th_acting *acting, const struct th_job *job,
                  const Tonghop__V1__StateChange *change)
{
    struct th_actor actor;
    enum th_role role;
    if (!th_acting_may(acting, job, change->acting_for, TH_DUTY_REVIEW, &actor, &role))
        return;
    struct th_state_act act = {.ids = acting->ids,
                               .account = actor.acts_for ? actor.account : actor.key_name,
                               .role = th_role_name(role),
                               .acting_key = actor.acts_for ? actor.key_name : NULL,
                               .arena = acting->arena,
                               .problems = &acting->problems};
    if (!understand(acting, change, &act) || perform(acting, &act) != TH_OK)
        return;
    th_log(TH_LOG_INFO, "acts.state district=%s form=%s revision=%u state=%s account=%s again=%s",
           act.district->code, act.form->code, act.asked.revision, th_review_name(act.asked.to),
           act.account, act.was_done ? "yes" : "no");
    answer(acting, job, &act);
}
