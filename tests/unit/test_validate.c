#include "tests/unit/validate_fixture.h"

/* No observation: the two required criteria are missing, which does not reject. */
static const struct report_case reports[] = {
    {.name = "plain", .want = REQUIRED_MISSING},
    {.name = "unknown form", .form = "nothing", .want = "form.unknown"},
    {.name = "no form", .form = "", .want = "form.unknown"},
    {.name = "unknown district",
     .district = "D9",
     .own = "",
     .want = REQUIRED_MISSING " district.unknown"},
    {.name = "everything wrong at once",
     .form = "x",
     .district = "D9",
     .period = "March",
     .revision = 1000001,
     .version = 3,
     .want = "catalogue.outdated district.not_yours district.unknown form.unknown "
             "period.malformed revision.malformed"},
    {.name = "of another district",
     .district = "D2",
     .period = "2023-12",
     .ignore_lock = true,
     .want = REQUIRED_MISSING " district.not_yours"},
    {.name = "an import reports for any",
     .district = "D2",
     .period = "2023-12",
     .own = "",
     .ignore_lock = true,
     .want = REQUIRED_MISSING},
    {.name = "district closed on the last day",
     .district = "D2",
     .own = "D2",
     .want = REQUIRED_MISSING " district.closed"},
    {.name = "form closed", .form = "old", .period = "2024-03", .want = "form.closed"},
    /* `old` has no lock, so 2020 can still be reported. */
    {.name = "form open on its last day", .form = "old", .period = "2020-12", .want = ""},
    {.name = "form not open any more", .form = "old", .period = "2021-01", .want = "form.closed"},
    {.name = "district sends a province form",
     .form = "a",
     .period = "2024-H1",
     .now = "2024-07-05T00:00:00Z",
     .want = "form.not_yours"},
    {.name = "province sends its form",
     .form = "a",
     .period = "2024-H1",
     .own = "",
     .by_province = true,
     .now = "2024-07-05T00:00:00Z",
     .want = ""},
    {.name = "province sends a district form",
     .own = "",
     .by_province = true,
     .want = REQUIRED_MISSING " form.not_yours"},
    {.name = "import of a province form",
     .form = "a",
     .period = "2024-H1",
     .own = "",
     .now = "2024-07-05T00:00:00Z",
     .want = ""},
    {.name = "quarter for a monthly form", .period = "2024-Q1", .want = "period.malformed"},
    {.name = "DHIS2 spelling", .period = "202403", .want = REQUIRED_MISSING},
    /* April begins at 2024-03-31T17:00:00Z in Hanoi. */
    {.name = "running period",
     .period = "2024-04",
     .now = "2024-03-31T17:00:00Z",
     .want = REQUIRED_MISSING},
    {.name = "a second before it begins",
     .period = "2024-04",
     .now = "2024-03-31T16:59:59Z",
     .want = REQUIRED_MISSING " period.future"},
    /* Last day 31 March + 45 days = 15 May, until 24:00. */
    {.name = "last second before the lock",
     .now = "2024-05-15T23:59:59+07:00",
     .want = REQUIRED_MISSING},
    {.name = "locked",
     .now = "2024-05-16T00:00:00+07:00",
     .want = REQUIRED_MISSING " period.locked"},
    {.name = "lock lifted",
     .now = "2024-05-16T00:00:00+07:00",
     .ignore_lock = true,
     .want = REQUIRED_MISSING},
    {.name = "highest revision", .revision = 1000000, .want = REQUIRED_MISSING},
    {.name = "revision too high",
     .revision = 1000001,
     .want = REQUIRED_MISSING " revision.malformed"},
    {.name = "older catalogue", .version = 6, .want = "catalogue.outdated " REQUIRED_MISSING},
    {.name = "same catalogue", .version = 7, .want = REQUIRED_MISSING},
    {.name = "newer catalogue", .version = 8, .want = REQUIRED_MISSING},
    {.name = "document",
     .number = "15/BC-ƯBND",
     .date = "2024-02-29",
     .office = "Ủy ban",
     .want = REQUIRED_MISSING},
    {.name = "no such date",
     .number = "1",
     .date = "2023-02-29",
     .want = REQUIRED_MISSING " document.malformed"},
    {.name = "date in another spelling",
     .date = "05/04/2024",
     .want = REQUIRED_MISSING " document.malformed"},
    {.name = "document not UTF-8", .number = "15\xff", .want = REQUIRED_MISSING " text.not_utf8"},
    {.name = "document with an escape",
     .office = "a\x1b[31m",
     .want = REQUIRED_MISSING " text.control_character"},
};

static void reports_are_judged_as_a_whole(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    catalogue->version = 7;
    for (size_t i = 0; i < COUNT(reports); i++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        struct th_report report;
        struct th_validation validation;
        prepare(&reports[i], catalogue, &report, &validation);
        bool taken = th_report_validate(&report, &validation, &list);
        check_verdict(reports[i].name, taken, &list, reports[i].want);
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

/* A narrative may have 10,000 characters, a note or reason 1,000; characters, not
 * bytes (ộ has three). */
static void texts_have_limits_in_characters(void)
{
    static const struct {
        const char *name;
        bool is_note;
        size_t characters;
        const char *want;
    } cases[] = {
        {"narrative at the limit", false, 10000, ""},
        {"narrative above it", false, 10001, "text.too_long:story"},
        {"note at the limit", true, 1000, ""},
        {"note above it", true, 1001, "text.too_long:story"},
    };
    struct th_catalogue *catalogue = fixture_catalogue();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        TH_CLEANUP_BUFFER struct th_buffer text = {0};
        for (size_t n = 0; n < cases[i].characters; n++)
            th_buffer_add_text(&text, "ộ");
        struct th_observation observations[] = {
            NA("count", ""),
            {CODE("story"), .answer = TH_ANSWER_TEXT, .text = TH_SLICE("x")},
            NA("need", "")};
        *(cases[i].is_note ? &observations[1].note : &observations[1].text) =
            th_buffer_slice(&text);
        struct report_case about = {0};
        struct th_report report;
        struct th_validation validation;
        prepare(&about, catalogue, &report, &validation);
        report.observations = observations;
        report.observation_count = COUNT(observations);
        bool taken = th_report_validate(&report, &validation, &list);
        check_verdict(cases[i].name, taken, &list, cases[i].want);
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

/* Number of a document: 100 characters; its office: 200. */
static void documents_have_limits_in_characters(void)
{
    static const struct {
        const char *name;
        size_t number, office;
        const char *want, *want_limit;
    } cases[] = {
        {"at the limits", 100, 200, REQUIRED_MISSING, NULL},
        {"long number", 101, 1, REQUIRED_MISSING " document.malformed", "document_number: <= 100"},
        {"long office", 1, 201, REQUIRED_MISSING " document.malformed", "signing_office: <= 200"},
    };
    struct th_catalogue *catalogue = fixture_catalogue();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        TH_CLEANUP_BUFFER struct th_buffer number = {0};
        TH_CLEANUP_BUFFER struct th_buffer office = {0};
        for (size_t n = 0; n < cases[i].number; n++)
            th_buffer_add_text(&number, "Ư");
        for (size_t n = 0; n < cases[i].office; n++)
            th_buffer_add_text(&office, "ộ");
        struct report_case about = {.number = number.bytes, .office = office.bytes};
        struct th_report report;
        struct th_validation validation;
        prepare(&about, catalogue, &report, &validation);
        bool taken = th_report_validate(&report, &validation, &list);
        check_verdict(cases[i].name, taken, &list, cases[i].want);
        if (cases[i].want_limit && list.count > 0)
            TH_CHECK_TEXT(cases[i].name, list.problems[0].limit, cases[i].want_limit);
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

/* More observations than any report may have are refused before they cost anything. */
static void too_many_observations_are_refused(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    struct th_problem_list list = {.arena = th_arena_create(0)};
    struct report_case about = {0};
    struct th_report report;
    struct th_validation validation;
    prepare(&about, catalogue, &report, &validation);
    report.observation_count = TH_REPORT_OBSERVATIONS_MAX + 1;
    report.observations =
        th_arena_alloc(list.arena, report.observation_count * sizeof(*report.observations));
    bool taken = th_report_validate(&report, &validation, &list);
    check_verdict("2001", taken, &list, "report.too_large");
    th_arena_destroy(&list.arena);
    th_catalogue_release(&catalogue);
}

/* Validated again after the catalogue changed: nothing of the first judgement may
 * be left in the second. */
static void a_report_can_be_judged_again(void)
{
    struct th_catalogue *first = fixture_catalogue(), *second = fixture_catalogue();
    struct th_problem_list list = {.arena = th_arena_create(0)};
    struct th_observation observations[MOST_OBSERVATIONS] = {
        NUMBER("money", 5, 0), NUMBER("nope", 1, 0), NA("count", ""), NA("need", "")};
    struct report_case about = {0};
    struct th_report report;
    struct th_validation validation;
    prepare(&about, first, &report, &validation);
    give(&report, observations, list.arena);
    for (int round = 0; round < 3; round++) {
        struct th_problem_list again = {.arena = list.arena};
        validation.catalogue = round == 1 ? second : first;
        bool taken = th_report_validate(&report, &validation, &again);
        check_verdict("again", taken, &again, "criterion.unknown:nope");
        TH_CHECK("of this catalogue",
                 report.form == th_catalogue_form(validation.catalogue, TH_SLICE("f")));
    }
    th_arena_destroy(&list.arena);
    th_catalogue_release(&first);
    th_catalogue_release(&second);
}

static const struct th_test tests[] = {
    {"reports are judged as a whole", reports_are_judged_as_a_whole},
    {"texts have limits in characters", texts_have_limits_in_characters},
    {"documents have limits in characters", documents_have_limits_in_characters},
    {"too many observations are refused", too_many_observations_are_refused},
    {"a report can be judged again", a_report_can_be_judged_again},
};

TH_TEST_MAIN("validate", tests)
