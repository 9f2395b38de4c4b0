/* States of reports (SEMANTICS 8): which act leads from which state to which, and
 * whether an act on a key may be done. Pure; the same rules whoever asks. */
#ifndef TONGHOP_DOMAIN_REVIEW_H
#define TONGHOP_DOMAIN_REVIEW_H

#include <stddef.h>
#include <stdint.h>

#include "common/domain/catalogue.h"
#include "common/domain/problem.h"

#define TH_REVIEW_COMMENT_MAX 10000 /* characters of each comment */
#define TH_REVIEW_OPEN_DAYS   10    /* that returning and reopening open a key for */

enum th_review_state { TH_REVIEW_RECEIVED, TH_REVIEW_RETURNED, TH_REVIEW_APPROVED };

/* "received"; false when there is no such state. */
bool th_review_parse(struct th_slice text, enum th_review_state *state);
const char *th_review_name(enum th_review_state state);

/* Whether an act leads from one state to the other. */
bool th_review_leads(enum th_review_state from, enum th_review_state to);

/* Until when new revisions are taken after an act at `at_us`, even past the lock; 0: the
 * act opens nothing. */
int64_t th_review_open_until_us(enum th_review_state to, int64_t at_us);

struct th_review_comment {
    struct th_slice criterion; /* code */
    struct th_slice text;
};

/* What is asked for. */
struct th_review_act {
    uint32_t revision; /* the one that is meant */
    enum th_review_state to;
    struct th_slice comment; /* about the whole report */
    const struct th_review_comment *comments;
    size_t comment_count;
};

/* How the key stands. */
struct th_review_key {
    uint32_t revision; /* the current one; 0: no report */
    enum th_review_state state;
    bool complete;
};

/* Adds every problem of what the act says, whatever the key: comments that are no text or
 * too long, criteria that the form does not have, a revision that is not named. */
void th_review_check(const struct th_review_act *act, const struct th_form *form,
                     struct th_problem_list *problems);

/* Adds why the act cannot be done on this key, `name` of which is shown. */
void th_review_judge(const struct th_review_act *act, const struct th_review_key *key,
                     const char *name, struct th_problem_list *problems);

#endif
