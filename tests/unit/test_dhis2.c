#include "tests/unit/th_test.h"

#include <string.h>

#include "common/domain/dhis2.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void spells_periods_both_ways(void)
{
    static const struct {
        const char *ours;
        enum th_frequency frequency;
        const char *want; /* NULL: DHIS2 has none */
    } cases[] = {
        {"2024-03-15", TH_DAILY, "20240315"},
        {"2024-03", TH_MONTHLY, "202403"},
        {"2023-12", TH_MONTHLY, "202312"},
        {"2024-Q1", TH_QUARTERLY, "2024Q1"},
        {"2024-H1", TH_HALF_YEARLY, "2024S1"},
        {"2024-H2", TH_HALF_YEARLY, "2024S2"},
        {"2024", TH_YEARLY, "2024"},
        {"2024-9M", TH_MONTHLY, NULL},
        {"2024-01..2024-03", TH_MONTHLY, NULL},
        {"2024-03.ytd", TH_MONTHLY, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_period period;
        char out[TH_PERIOD_TEXT] = "";
        int32_t ordinal;
        TH_CHECK(cases[i].ours,
                 th_period_parse(th_slice_of(cases[i].ours), NULL, 0, &period, NULL) == TH_OK);
        TH_CHECK(cases[i].ours, th_dhis2_period_write(&period, out) == (cases[i].want != NULL));
        if (!cases[i].want)
            continue;
        TH_CHECK_TEXT(cases[i].ours, out, cases[i].want);
        TH_CHECK(cases[i].ours,
                 th_base_period_parse(cases[i].frequency, th_slice_of(out), &ordinal));
        th_base_period_format(cases[i].frequency, ordinal, out);
        TH_CHECK_TEXT(cases[i].ours, out, cases[i].ours);
    }
}

static void names_data_elements(void)
{
    static const struct th_form form = {.code = "joint-agency"};
    static const struct th_criterion criterion = {.form = &form, .code = "staff.num"};
    static const struct {
        enum th_dhis2_part part;
        const char *want;
    } cases[] = {
        {TH_DHIS2_WHOLE, "joint-agency/staff.num"},
        {TH_DHIS2_NUM, "joint-agency/staff.num/num"},
        {TH_DHIS2_DEN, "joint-agency/staff.num/den"},
        {TH_DHIS2_NOT_APPLICABLE, "joint-agency/staff.num/na"},
        {TH_DHIS2_SIZE, "joint-agency/staff.num/size"},
        {TH_DHIS2_DISTRICTS, "joint-agency/staff.num/districts"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[TH_DHIS2_ELEMENT];
        struct th_slice form_code, code;
        enum th_dhis2_part part;
        th_dhis2_element_write(&criterion, cases[i].part, out);
        TH_CHECK_TEXT(cases[i].want, out, cases[i].want);
        TH_CHECK(cases[i].want, th_dhis2_element_read(th_slice_of(out), &form_code, &code, &part));
        TH_CHECK(cases[i].want, th_slice_equals(form_code, "joint-agency"));
        TH_CHECK(cases[i].want, th_slice_equals(code, "staff.num"));
        TH_CHECK(cases[i].want, part == cases[i].part);
    }
}

static void refuses_other_data_elements(void)
{
    static const char *const cases[] = {
        "",     "fbfJHSPpUQD", "/",       "f/",        "/c",          "f//num",
        "f/c/", "f/c/NUM",     "f/c/sum", "f/c/num/x", "f/c/num/den",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_slice form, criterion;
        enum th_dhis2_part part;
        TH_CHECK(cases[i], !th_dhis2_element_read(th_slice_of(cases[i]), &form, &criterion, &part));
    }
}

static const struct th_test tests[] = {
    {"spells periods both ways", spells_periods_both_ways},
    {"names data elements", names_data_elements},
    {"refuses other data elements", refuses_other_data_elements},
};

TH_TEST_MAIN("dhis2", tests)
