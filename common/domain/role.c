#include "common/domain/role.h"

static const char *const names[] = {
    [TH_ROLE_DISTRICT] = "district",
    [TH_ROLE_VIEWER] = "viewer",
    [TH_ROLE_APPROVER] = "approver",
    [TH_ROLE_ADMIN] = "admin",
};

static const enum th_role needed[TH_DUTY_COUNT] = {
    [TH_DUTY_ASK] = TH_ROLE_VIEWER,
    [TH_DUTY_REVIEW] = TH_ROLE_APPROVER,
    [TH_DUTY_APPRAISE] = TH_ROLE_APPROVER,
    [TH_DUTY_FREEZE] = TH_ROLE_APPROVER,
};

bool th_role_parse(struct th_slice text, enum th_role *role)
{
    for (int i = TH_ROLE_DISTRICT; i <= TH_ROLE_ADMIN; i++)
        if (th_slice_equals(text, names[i])) {
            *role = (enum th_role)i;
            return true;
        }
    return false;
}

const char *th_role_name(enum th_role role)
{
    return names[role];
}

enum th_role th_role_needed(enum th_duty duty)
{
    return needed[duty];
}

bool th_role_may(const struct th_actor *actor, enum th_duty duty, enum th_role *role)
{
    *role = actor->key_role;
    if (actor->acts_for && !actor->portal)
        return false;
    if (actor->acts_for && actor->role < *role)
        *role = actor->role;
    /* The web-facing process never acts as an administrator, whatever was enrolled. */
    if (actor->portal && *role > TH_ROLE_APPROVER)
        *role = TH_ROLE_APPROVER;
    return *role >= needed[duty];
}
