/* The CUnit runner that every unit test executable shares: one suite, named
 * cases, an exit status that cannot lie (CUnit's own returns 0 despite failures,
 * and for no test at all). */
#ifndef TONGHOP_TESTS_TH_TEST_H
#define TONGHOP_TESTS_TH_TEST_H

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

struct th_test {
    const char *name;
    void (*run)(void);
};

/* Checks `condition`; on failure prints the table row's name and carries on. */
#define TH_CHECK(row, condition)                                                                   \
    do {                                                                                           \
        bool th_check_ok = (condition);                                                            \
        if (!th_check_ok)                                                                          \
            fprintf(stderr, "\n    %s:%d: case '%s': %s\n", __FILE__, __LINE__, (row),             \
                    #condition);                                                                   \
        CU_ASSERT_TRUE(th_check_ok);                                                               \
    } while (0)

#define TH_CHECK_TEXT(row, got, want)                                                              \
    do {                                                                                           \
        const char *th_got = (got), *th_want = (want);                                             \
        bool th_check_ok = th_got != NULL && strcmp(th_got, th_want) == 0;                         \
        if (!th_check_ok)                                                                          \
            fprintf(stderr, "\n    %s:%d: case '%s': got \"%s\", want \"%s\"\n", __FILE__,         \
                    __LINE__, (row), th_got ? th_got : "(null)", th_want);                         \
        CU_ASSERT_TRUE(th_check_ok);                                                               \
    } while (0)

static inline int th_test_main(const char *suite_name, const struct th_test *tests, size_t count)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    for (size_t i = 0; suite && i < count; i++)
        if (!CU_add_test(suite, tests[i].name, tests[i].run))
            return 1;
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    int failed = CU_get_number_of_failure_records() != 0 || CU_get_number_of_tests_run() == 0;
    CU_cleanup_registry();
    return failed;
}

#define TH_TEST_MAIN(suite, tests)                                                                 \
    int main(void)                                                                                 \
    {                                                                                              \
        return th_test_main(suite, tests, sizeof(tests) / sizeof((tests)[0]));                     \
    }

#endif
