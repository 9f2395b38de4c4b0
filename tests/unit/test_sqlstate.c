/* The policy of SQLSTATEs (collector/store/sqlstate.h). Codes and their meanings:
 * PostgreSQL's appendix "Error Codes". */
#include <stdbool.h>

#include "collector/store/sqlstate.h"
#include "th_test.h"

static const struct {
    const char *name, *sqlstate;
    enum th_sqlstate_policy want_policy;
    enum th_status want_status;
} cases[] = {
    /* libpq fails without a SQLSTATE when the connection dies: outcome unknown. */
    {"no sqlstate", NULL, TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    {"empty sqlstate", "", TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    {"connection failure", "08006", TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    {"terminated by an administrator", "57P01", TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    {"server starts up", "57P03", TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    /* Same class as the two above, but the connection lives on. */
    {"statement cancelled", "57014", TH_SQLSTATE_RETRY, TH_RETRY},
    {"too many connections", "53300", TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    {"disk full", "53100", TH_SQLSTATE_RETRY, TH_RETRY},
    {"deadlock", "40P01", TH_SQLSTATE_RERUN, TH_RETRY},
    {"serialization failure", "40001", TH_SQLSTATE_RERUN, TH_RETRY},
    /* In class 40, yet whether it happened is not known. */
    {"completion unknown", "40003", TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    {"lock timeout", "55P03", TH_SQLSTATE_RERUN, TH_RETRY},
    /* A standby took over the address: the primary is elsewhere. */
    {"read-only", "25006", TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    /* Class 25 otherwise is a mistake of ours. */
    {"failed transaction", "25P02", TH_SQLSTATE_PERMANENT, TH_PERMANENT},
    {"plan of before a migration", "0A000", TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    {"prepared statement lost", "26000", TH_SQLSTATE_UNREACHABLE, TH_UNREACHABLE},
    {"invalid text", "22021", TH_SQLSTATE_REPORT, TH_PERMANENT},
    {"number out of range", "22003", TH_SQLSTATE_REPORT, TH_PERMANENT},
    {"check violated", "23514", TH_SQLSTATE_REPORT, TH_PERMANENT},
    {"unique violated", "23505", TH_SQLSTATE_REPORT, TH_PERMANENT},
    {"wrong password", "28P01", TH_SQLSTATE_USAGE, TH_USAGE},
    {"no such database", "3D000", TH_SQLSTATE_USAGE, TH_USAGE},
    {"no right", "42501", TH_SQLSTATE_USAGE, TH_USAGE},
    {"no such table", "42P01", TH_SQLSTATE_USAGE, TH_USAGE},
    {"syntax error", "42601", TH_SQLSTATE_PERMANENT, TH_PERMANENT},
    {"internal error", "XX000", TH_SQLSTATE_PERMANENT, TH_PERMANENT},
    {"unknown class", "ZZ999", TH_SQLSTATE_PERMANENT, TH_PERMANENT},
};

static void test_each_code_has_its_policy(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum th_sqlstate_policy policy = th_sqlstate_policy(cases[i].sqlstate);
        TH_CHECK(cases[i].name, policy == cases[i].want_policy);
        TH_CHECK(cases[i].name, th_sqlstate_status(policy) == cases[i].want_status);
    }
}

static const struct th_test tests[] = {
    {"each SQLSTATE has its policy, the longest prefix first", test_each_code_has_its_policy},
};

TH_TEST_MAIN("sqlstate", tests)
