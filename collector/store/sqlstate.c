#include "collector/store/sqlstate.h"

#include <stddef.h>
#include <string.h>

/* Prefixes of SQLSTATEs: two characters are a class, five one condition. */
static const struct {
    const char *prefix;
    enum th_sqlstate_policy policy;
} policies[] = {
    {"08", TH_SQLSTATE_UNREACHABLE},    /* connection exception */
    {"0A000", TH_SQLSTATE_UNREACHABLE}, /* a plan cached before a migration: prepare afresh */
    {"22", TH_SQLSTATE_REPORT},         /* data exception */
    {"23", TH_SQLSTATE_REPORT},         /* integrity constraint violation */
    {"25006", TH_SQLSTATE_UNREACHABLE}, /* read-only: connected to a standby */
    {"25P03", TH_SQLSTATE_UNREACHABLE}, /* idle in transaction too long: we were stopped */
    {"26", TH_SQLSTATE_UNREACHABLE},    /* prepared statement lost (a pooler in between) */
    {"28", TH_SQLSTATE_USAGE},          /* role refused */
    {"3D", TH_SQLSTATE_USAGE},          /* no such database */
    {"3F", TH_SQLSTATE_USAGE},          /* no such schema */
    {"40", TH_SQLSTATE_RERUN},          /* deadlock, serialisation failure */
    {"40003", TH_SQLSTATE_UNREACHABLE}, /* statement completion unknown */
    {"42501", TH_SQLSTATE_USAGE},       /* role may not do this */
    {"42P01", TH_SQLSTATE_USAGE},       /* no such table: not migrated */
    {"42704", TH_SQLSTATE_USAGE},       /* no such type or role: not migrated */
    {"44", TH_SQLSTATE_REPORT},         /* a view's check option */
    {"53", TH_SQLSTATE_RETRY},          /* disk full, out of memory */
    {"53300", TH_SQLSTATE_UNREACHABLE}, /* too many connections */
    {"54", TH_SQLSTATE_REPORT},         /* a value, or the batch, beyond the server's limits */
    {"55", TH_SQLSTATE_RETRY},          /* lock not available, object in use */
    {"55P03", TH_SQLSTATE_RERUN},       /* lock timeout */
    {"57014", TH_SQLSTATE_RETRY},       /* cancelled: statement timeout or an operator */
    {"57P", TH_SQLSTATE_UNREACHABLE},   /* shutdown, crash, start-up, terminated backend */
    {"58", TH_SQLSTATE_RETRY},          /* input or output failed on the server */
    {"P0001", TH_SQLSTATE_REPORT},      /* raised by a rule that operators added in PL/pgSQL */
};

enum th_sqlstate_policy th_sqlstate_policy(const char *sqlstate)
{
    if (!sqlstate || sqlstate[0] == '\0')
        return TH_SQLSTATE_UNREACHABLE;

    enum th_sqlstate_policy policy = TH_SQLSTATE_PERMANENT;
    size_t longest = 0;
    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        size_t length = strlen(policies[i].prefix);
        if (length > longest && strncmp(sqlstate, policies[i].prefix, length) == 0) {
            longest = length;
            policy = policies[i].policy;
        }
    }
    return policy;
}

enum th_status th_sqlstate_status(enum th_sqlstate_policy policy)
{
    switch (policy) {
    case TH_SQLSTATE_RERUN:
    case TH_SQLSTATE_RETRY:
        return TH_RETRY;
    case TH_SQLSTATE_UNREACHABLE:
        return TH_UNREACHABLE;
    case TH_SQLSTATE_USAGE:
        return TH_USAGE;
    case TH_SQLSTATE_REPORT:
    case TH_SQLSTATE_PERMANENT:
        break;
    }
    return TH_PERMANENT;
}
