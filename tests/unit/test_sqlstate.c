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

/* One condition of every class of the appendix (PostgreSQL 15), in its order. What would be
 * refused again is the report's fault only where the class speaks of data. */
static const struct {
    const char *name, *sqlstate;
    enum th_sqlstate_policy want_policy;
} classes[] = {
    {"00 successful completion", "00000", TH_SQLSTATE_PERMANENT},
    {"01 warning", "01000", TH_SQLSTATE_PERMANENT},
    {"02 no data", "02000", TH_SQLSTATE_PERMANENT},
    {"03 statement not yet complete", "03000", TH_SQLSTATE_PERMANENT},
    {"08 connection exception", "08003", TH_SQLSTATE_UNREACHABLE},
    {"09 triggered action exception", "09000", TH_SQLSTATE_PERMANENT},
    {"0A feature not supported", "0A000", TH_SQLSTATE_UNREACHABLE},
    {"0B invalid transaction initiation", "0B000", TH_SQLSTATE_PERMANENT},
    {"0F locator exception", "0F001", TH_SQLSTATE_PERMANENT},
    {"0L invalid grantor", "0LP01", TH_SQLSTATE_PERMANENT},
    {"0P invalid role specification", "0P000", TH_SQLSTATE_PERMANENT},
    {"0Z diagnostics exception", "0Z002", TH_SQLSTATE_PERMANENT},
    {"20 case not found", "20000", TH_SQLSTATE_PERMANENT},
    {"21 cardinality violation", "21000", TH_SQLSTATE_PERMANENT},
    {"22 data exception", "22P05", TH_SQLSTATE_REPORT},
    {"23 integrity constraint violation", "23502", TH_SQLSTATE_REPORT},
    {"24 invalid cursor state", "24000", TH_SQLSTATE_PERMANENT},
    {"25 invalid transaction state", "25001", TH_SQLSTATE_PERMANENT},
    {"26 invalid statement name", "26000", TH_SQLSTATE_UNREACHABLE},
    {"27 triggered data change violation", "27000", TH_SQLSTATE_PERMANENT},
    {"28 invalid authorization", "28000", TH_SQLSTATE_USAGE},
    {"2B dependent privilege descriptors", "2BP01", TH_SQLSTATE_PERMANENT},
    {"2D invalid transaction termination", "2D000", TH_SQLSTATE_PERMANENT},
    {"2F SQL routine exception", "2F005", TH_SQLSTATE_PERMANENT},
    {"34 invalid cursor name", "34000", TH_SQLSTATE_PERMANENT},
    {"38 external routine exception", "38000", TH_SQLSTATE_PERMANENT},
    {"39 external routine invocation", "39P01", TH_SQLSTATE_PERMANENT},
    {"3B savepoint exception", "3B001", TH_SQLSTATE_PERMANENT},
    {"3D invalid catalog name", "3D000", TH_SQLSTATE_USAGE},
    {"3F invalid schema name", "3F000", TH_SQLSTATE_USAGE},
    {"40 transaction rollback", "40002", TH_SQLSTATE_RERUN},
    {"42 syntax error or access rule", "42703", TH_SQLSTATE_PERMANENT},
    {"44 check option violation", "44000", TH_SQLSTATE_REPORT},
    {"53 insufficient resources", "53200", TH_SQLSTATE_RETRY},
    /* An index row that is too large, for one; a batch that is too large is halved. */
    {"54 program limit exceeded", "54000", TH_SQLSTATE_REPORT},
    {"55 object not in prerequisite state", "55006", TH_SQLSTATE_RETRY},
    {"57 operator intervention", "57P02", TH_SQLSTATE_UNREACHABLE},
    {"58 system error", "58030", TH_SQLSTATE_RETRY},
    {"72 snapshot failure", "72000", TH_SQLSTATE_PERMANENT},
    {"F0 configuration file error", "F0000", TH_SQLSTATE_PERMANENT},
    {"HV foreign data wrapper error", "HV000", TH_SQLSTATE_PERMANENT},
    {"P0 raised by a rule of operators", "P0001", TH_SQLSTATE_REPORT},
    {"P0 other errors of PL/pgSQL", "P0004", TH_SQLSTATE_PERMANENT},
    {"XX internal error", "XX001", TH_SQLSTATE_PERMANENT},
};

static void test_every_class_has_its_policy(void)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        TH_CHECK(classes[i].name,
                 th_sqlstate_policy(classes[i].sqlstate) == classes[i].want_policy);
}

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
    {"every class of PostgreSQL's appendix has its policy", test_every_class_has_its_policy},
};

TH_TEST_MAIN("sqlstate", tests)
