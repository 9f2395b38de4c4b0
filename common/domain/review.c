#include "common/domain/review.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/domain/validate_checks.h"

#define DAY_US INT64_C(86400000000)

/* Every act that there is. */
static const struct {
    enum th_review_state from, to;
    bool needs_comment, needs_complete, opens;
} transitions[] = {
    {TH_REVIEW_RECEIVED, TH_REVIEW_APPROVED, false, true, false}, /* approve */
    {TH_REVIEW_RECEIVED, TH_REVIEW_RETURNED, true, false, true},  /* return */
    {TH_REVIEW_RETURNED, TH_REVIEW_APPROVED, false, true, false}, /* approve after all */
    {TH_REVIEW_APPROVED, TH_REVIEW_RECEIVED, false, false, true}, /* reopen */
};
#define TRANSITIONS (sizeof(transitions) / sizeof(transitions[0]))

static const char *const names[] = {
    [TH_REVIEW_RECEIVED] = "received",
    [TH_REVIEW_RETURNED] = "returned",
    [TH_REVIEW_APPROVED] = "approved",
};

bool th_review_parse(struct th_slice text, enum th_review_state *state)
{
    for (int i = TH_REVIEW_RECEIVED; i <= TH_REVIEW_APPROVED; i++)
        if (th_slice_equals(text, names[i])) {
            *state = (enum th_review_state)i;
            return true;
        }
    return false;
}

const char *th_review_name(enum th_review_state state)
{
    return names[state];
}

bool th_review_leads(enum th_review_state from, enum th_review_state to)
{
    for (size_t i = 0; i < TRANSITIONS; i++)
        if (transitions[i].from == from && transitions[i].to == to)
            return true;
    return false;
}

int64_t th_review_open_until_us(enum th_review_state to, int64_t at_us)
{
    for (size_t i = 0; i < TRANSITIONS; i++)
        if (transitions[i].to == to && transitions[i].opens)
            return at_us + TH_REVIEW_OPEN_DAYS * DAY_US;
    return 0;
}

static bool is_repeated(const struct th_review_act *act, size_t index)
{
    struct th_slice code = act->comments[index].criterion;
    for (size_t i = 0; i < index; i++)
        if (act->comments[i].criterion.size == code.size &&
            memcmp(act->comments[i].criterion.bytes, code.bytes, code.size) == 0)
            return true;
    return false;
}

void th_review_check(const struct th_review_act *act, const struct th_form *form,
                     struct th_problem_list *problems)
{
    const struct th_check check = {.problems = problems};
    if (act->revision == 0)
        th_problem_add(problems, "revision.malformed", "", TH_SLICE("0"), "1..1000000", 0, 0);
    th_check_text(&check, "", act->comment, TH_REVIEW_COMMENT_MAX, "comment", 0, 0);
    for (size_t i = 0; i < act->comment_count; i++) {
        const struct th_review_comment *comment = &act->comments[i];
        const struct th_criterion *criterion = th_form_criterion(form, comment->criterion);
        if (!criterion) {
            struct th_slice shown =
                th_text_is_utf8(comment->criterion) ? comment->criterion : (struct th_slice){0};
            th_problem_add(problems, "criterion.unknown", "", shown, form->code, 0, 0);
            continue;
        }
        if (is_repeated(act, i))
            th_problem_add(problems, "criterion.duplicate", criterion->code, comment->criterion, "",
                           0, 0);
        th_check_text(&check, criterion->code, comment->text, TH_REVIEW_COMMENT_MAX, "comment", 0,
                      0);
    }
}

static bool says_something(const struct th_review_act *act)
{
    if (th_text_trim(act->comment).size > 0)
        return true;
    for (size_t i = 0; i < act->comment_count; i++)
        if (th_text_trim(act->comments[i].text).size > 0)
            return true;
    return false;
}

void th_review_judge(const struct th_review_act *act, const struct th_review_key *key,
                     const char *name, struct th_problem_list *problems)
{
    char named[24], now[48];
    if (key->revision == 0) {
        th_problem_add(problems, "report.unknown", "", th_slice_of(name), "", 0, 0);
        return;
    }
    if (act->revision != key->revision) {
        snprintf(named, sizeof(named), "%u", act->revision);
        snprintf(now, sizeof(now), "%u %s", key->revision, names[key->state]);
        th_problem_add(problems, "state.changed", "", th_slice_of(named), now, 0, 0);
        return;
    }
    const size_t none = TRANSITIONS;
    size_t found = none;
    for (size_t i = 0; i < TRANSITIONS && found == none; i++)
        if (transitions[i].from == key->state && transitions[i].to == act->to)
            found = i;
    if (found == none) {
        th_problem_add(problems, "state.not_allowed", "", th_slice_of(names[key->state]),
                       names[act->to], 0, 0);
        return;
    }
    if (transitions[found].needs_comment && !says_something(act))
        th_problem_add(problems, "state.comment_required", "", th_slice_of(name), "", 0, 0);
    if (transitions[found].needs_complete && !key->complete)
        th_problem_add(problems, "state.incomplete", "", th_slice_of(name), "", 0, 0);
}
