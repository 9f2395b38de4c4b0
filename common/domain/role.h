/* Who may do what at the query port: the roles of keys and accounts, and what each act
 * takes (SEMANTICS 8). Every act is judged here, and nowhere else. */
#ifndef TONGHOP_DOMAIN_ROLE_H
#define TONGHOP_DOMAIN_ROLE_H

#include <stdbool.h>

#include "common/base/text.h"

/* In the order of what they may do. */
enum th_role { TH_ROLE_DISTRICT, TH_ROLE_VIEWER, TH_ROLE_APPROVER, TH_ROLE_ADMIN };

enum th_duty {
    TH_DUTY_ASK,      /* questions about figures and reports */
    TH_DUTY_REVIEW,   /* approve, return, reopen */
    TH_DUTY_APPRAISE, /* fill a form of the province about a district */
    TH_DUTY_FREEZE,   /* keep a final assessment */
    TH_DUTY_COUNT
};

/* "viewer"; false when there is no such role. */
bool th_role_parse(struct th_slice text, enum th_role *role);
const char *th_role_name(enum th_role role);

/* The least role that a duty takes. A district's key has no duty at the query port. */
enum th_role th_role_needed(enum th_duty duty);

/* Who asks for an act: the key, and, from a portal's key, the account that it acts for. */
struct th_actor {
    const char *key_name;
    enum th_role key_role;
    bool portal;         /* the key is enrolled as a portal's */
    bool acts_for;       /* it names an account */
    const char *account; /* acts_for: its name */
    enum th_role role;   /* acts_for: its role */
};

/* Whether the actor may do it. *role receives the effective role: that of the key, of a
 * portal acting for an account the lower of both. False as well when a key that is no
 * portal's names an account. */
bool th_role_may(const struct th_actor *actor, enum th_duty duty, enum th_role *role);

#endif
