/* The store against a real PostgreSQL. TONGHOP_TEST_DATABASE: a superuser's connection
 * string to a cluster that may be changed at will; with_cluster.py makes one. An argument
 * runs only the tests whose name contains it. */
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/ledger/ledger.h"
#include "fixture.h"

#define TESTS_MAX 128

static size_t gather(const struct th_test *from, const char *wanted, struct th_test *tests,
                     size_t count)
{
    for (; from->name && count < TESTS_MAX; from++)
        if (!wanted || strstr(from->name, wanted))
            tests[count++] = *from;
    return count;
}

int main(int argc, char **argv)
{
    const struct th_test *const files[] = {
        schema_tests, catalogue_tests, batch_tests,      rule_tests,   import_tests,
        fault_tests,  read_tests,      horizon_tests,    as_of_tests,  exception_tests,
        notice_tests, restored_tests,  assessment_tests, history_tests};
    static struct th_test tests[TESTS_MAX];
    struct th_error error = {0};
    size_t count = 0;
    if (!getenv("TONGHOP_TEST_DATABASE")) {
        fputs("test_store: set TONGHOP_TEST_DATABASE, or run it by with_cluster.py\n", stderr);
        return 2;
    }
    if (th_ledger_init(&error) != TH_OK || th_clock_use_zone("Asia/Ho_Chi_Minh", &error) != TH_OK)
        return th_error_exit("test_store", &error);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        count = gather(files[i], argc > 1 ? argv[1] : NULL, tests, count);
    return th_test_main("store", tests, count);
}
