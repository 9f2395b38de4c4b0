/* value.departs_tenfold as the store gives it: against what the district reported before,
 * whoever wrote that. Only `cases` is sent; doubtful is what is over 10 times the largest or
 * under a tenth of the smallest of at least 3 earlier ones (SEMANTICS 12). */
#include "fixture.h"

#define CODE "value.departs_tenfold"

struct step {
    const char *name, *period;
    int64_t cases;
    bool imported, second; /* through another connection, as another collector's */
    bool want;
};

static uint32_t seeds = 1;

static struct th_submission *make(struct fixture *fixture, const struct step *step,
                                  uint32_t revision)
{
    const struct report_plan plan = {.seed = seeds++,
                                     .district = "D1",
                                     .period = step->period,
                                     .revision = revision,
                                     .cases = step->cases,
                                     .imported = step->imported};
    return report_make(fixture, &plan);
}

static void write_step(struct fixture *fixture, struct th_store *second, const struct step *step,
                       uint32_t revision)
{
    struct th_error error = {0};
    struct th_submission *one = make(fixture, step, revision);
    CHECK_OK(step->name,
             report_write(fixture, step->second ? second : fixture->store, &one, 1, &error), error);
    TH_CHECK(step->name, one->outcome == TH_OUTCOME_ACCEPTED);
    TH_CHECK(step->name, report_has_problem(one, CODE) == step->want);
    report_free(one);
}

static void test_what_was_reported_before_is_compared(void)
{
    static const struct step steps[] = {
        {"nothing before", "2024-01", 10, .want = false},
        {"one before", "2024-02", 900, .want = false},
        {"two before", "2024-03", 20, .want = false},
        {"within 10 * 900", "2024-04", 9000, .want = false},
        {"above 10 * 9000", "2024-05", 90001, .want = true},
        {"a late one, under 10 / 10", "2024-04", 0, .want = false}, /* zero is no departure */
    };
    struct fixture fixture;
    fixture_open(&fixture, "history_before", FIXTURE_WITH_CATALOGUE);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        write_step(&fixture, NULL, &steps[i], i == 5 ? 2 : 1);
    CHECK_CHAIN("after all", &fixture);
    fixture_close(&fixture);
}

static void test_reports_of_others_and_imports_count(void)
{
    static const struct step steps[] = {
        {"first", "2024-01", 10, .want = false},
        {"by another collector", "2024-02", 20, .second = true, .want = false},
        {"imported", "2024-03", 30, .imported = true, .want = false},
        {"against all three", "2024-04", 301, .want = true},
        {"by another collector too", "2024-05", 3011, .second = true, .want = true},
        /* 2024-06: 10, 20, 30, 301, 3011 before it. */
        {"within", "2024-06", 30110, .want = false},
        {"a period that the office has never sent before", "2023-12", 999999, .want = false},
        /* 2024-07: 999999 is the largest. */
        {"an import is doubted as well", "2024-07", 9999991, .imported = true, .want = true},
    };
    struct fixture fixture;
    fixture_open(&fixture, "history_others", FIXTURE_WITH_CATALOGUE);
    struct th_store *second = fixture_connect(fixture.writer, "second");
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        write_step(&fixture, second, &steps[i], 1);
    th_store_close(&second);
    fixture_close(&fixture);
}

static void test_a_correction_replaces_what_it_corrects(void)
{
    static const struct step steps[] = {
        {"10", "2024-01", 10, .want = false},
        {"20", "2024-02", 20, .want = false},
        {"30, by a slip of the pen", "2024-03", 30000, .want = false},
        {"within 10 * 30000", "2024-04", 299999, .want = false},
        {"corrected", "2024-03", 30, .want = false},
        {"the later one again", "2024-04", 299999, .want = true},
    };
    static const uint32_t revisions[] = {1, 1, 1, 1, 2, 2};
    struct fixture fixture;
    fixture_open(&fixture, "history_corrected", FIXTURE_WITH_CATALOGUE);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        write_step(&fixture, NULL, &steps[i], revisions[i]);
    fixture_close(&fixture);
}

/* What was stored of an earlier report cannot be read: new ones are compared with the others,
 * and are taken. */
static void test_a_damaged_report_keeps_nobody_waiting(void)
{
    static const struct step steps[] = {
        {"10", "2024-01", 10, .want = false},
        {"20", "2024-02", 20, .want = false},
        {"30", "2024-03", 30, .want = false},
        {"10 again", "2024-04", 10, .want = false},
        {"against the three others", "2024-05", 301, .second = true, .want = true},
    };
    struct fixture fixture;
    fixture_open(&fixture, "history_damaged", FIXTURE_WITH_CATALOGUE);
    struct th_store *second = fixture_connect(fixture.writer, "second");
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (i == 4)
            operator_ask(&fixture, "UPDATE tonghop.report SET num = num || 1::bigint "
                                   "WHERE sequence = 2");
        write_step(&fixture, second, &steps[i], 1);
    }
    th_store_close(&second);
    fixture_close(&fixture);
}

/* Reports of one batch are compared with those before them in it; a rejected one is
 * compared too, and counts for nobody. */
static void test_a_batch_is_compared_with_itself(void)
{
    static const struct step steps[] = {
        {"10", "2024-01", 10, .want = false},     {"20", "2024-02", 20, .want = false},
        {"30", "2024-03", 30, .want = false},     {"301", "2024-04", 301, .want = true},
        {"stale", "2024-04", 4011, .want = true}, {"3011", "2024-05", 3011, .want = true},
        {"31", "2023-12", 31, .want = false},
    };
    enum { COUNT = sizeof(steps) / sizeof(steps[0]) };
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *batch[COUNT];
    fixture_open(&fixture, "history_batch", FIXTURE_WITH_CATALOGUE);
    for (size_t i = 0; i < COUNT; i++)
        batch[i] = make(&fixture, &steps[i], 1);
    CHECK_OK("write", report_write(&fixture, fixture.store, batch, COUNT, &error), error);
    for (size_t i = 0; i < COUNT; i++) {
        TH_CHECK(steps[i].name, report_has_problem(batch[i], CODE) == steps[i].want);
        TH_CHECK(steps[i].name,
                 batch[i]->outcome == (i == 4 ? TH_OUTCOME_REJECTED : TH_OUTCOME_ACCEPTED));
    }
    /* Once more: duplicates of what stands, without a word of it. */
    CHECK_OK("again", report_write(&fixture, fixture.store, batch, 3, &error), error);
    TH_CHECK("duplicate", batch[0]->outcome == TH_OUTCOME_DUPLICATE);
    report_free_all(batch, COUNT);
    fixture_close(&fixture);
}

/* A transaction that was undone leaves nothing behind in what the writer remembers. */
static void test_what_was_not_committed_does_not_count(void)
{
    static const struct step before[] = {{"10", "2024-01", 10, .want = false},
                                         {"20", "2024-02", 20, .want = false},
                                         {"30", "2024-03", 30, .want = false}};
    static const struct step lost = {"lost", "2024-04", 250, .want = false};
    static const struct step after = {"after", "2024-05", 301, .want = true};
    struct fixture fixture;
    struct th_error error = {0};
    fixture_open(&fixture, "history_undone", FIXTURE_WITH_CATALOGUE);
    for (size_t i = 0; i < 3; i++)
        write_step(&fixture, NULL, &before[i], 1);
    operator_ask(&fixture, "ALTER TABLE tonghop.report ADD CONSTRAINT refusing CHECK"
                           " (sequence <> 4)");
    struct th_submission *one = make(&fixture, &lost, 1);
    CHECK_OK("refused", report_write(&fixture, fixture.store, &one, 1, &error), error);
    TH_CHECK("refused", one->outcome == TH_OUTCOME_REJECTED);
    report_free(one);
    operator_ask(&fixture, "ALTER TABLE tonghop.report DROP CONSTRAINT refusing");
    write_step(&fixture, NULL, &after, 1);
    fixture_close(&fixture);
}

/* More periods than a window holds, in an order that no office sends in: the same as if
 * each had been compared with all of them. */
static void test_windows_far_apart_tell_the_same(void)
{
    struct fixture fixture;
    char periods[132][8];
    fixture_open(&fixture, "history_far", FIXTURE_WITH_CATALOGUE);
    struct th_submission *batch[132];
    struct th_error error = {0};
    /* 2015-01 .. 2023-12 say 100; every second month of 2020 is left out. */
    size_t count = 0;
    for (int year = 2015; year <= 2023; year++)
        for (int month = 1; month <= 12; month++) {
            if (year == 2020 && month % 2 == 0)
                continue;
            snprintf(periods[count], sizeof(periods[count]), "%d-%02d", year, month);
            const struct step step = {.period = periods[count], .cases = 100};
            batch[count++] = make(&fixture, &step, 1);
        }
    CHECK_OK("fill", report_write(&fixture, fixture.store, batch, count, &error), error);
    report_free_all(batch, count);
    struct th_store *cold = fixture_connect(fixture.writer, "cold");
    static const struct step steps[] = {
        {"in the middle", "2020-02", 1001, .second = true, .want = true},
        {"at the beginning", "2015-01", 1001, .second = true, .want = false},
        {"two before it, 1001 and 100", "2015-03", 10011, .second = true, .want = false},
        {"three before it", "2015-04", 10012, .second = true, .want = false},
        {"at the end", "2024-01", 1001, .second = true, .want = true},
        {"after what was told last", "2024-02", 10010, .second = true, .want = false},
        {"and above it", "2024-03", 100101, .second = true, .want = true},
        {"in the middle again", "2020-04", 10010, .second = true, .want = false},
        {"above that", "2020-06", 100101, .second = true, .want = true},
    };
    static const uint32_t revisions[] = {1, 2, 2, 2, 1, 1, 1, 1, 1};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        write_step(&fixture, cold, &steps[i], revisions[i]);
    th_store_close(&cold);
    CHECK_CHAIN("far apart", &fixture);
    fixture_close(&fixture);
}

const struct th_test history_tests[] = {
    {"what was reported before is compared", test_what_was_reported_before_is_compared},
    {"another writer's reports and imports count", test_reports_of_others_and_imports_count},
    {"a correction replaces what it corrects", test_a_correction_replaces_what_it_corrects},
    {"a damaged report keeps nobody waiting", test_a_damaged_report_keeps_nobody_waiting},
    {"a batch is compared with itself", test_a_batch_is_compared_with_itself},
    {"what was not committed does not count", test_what_was_not_committed_does_not_count},
    {"windows far apart tell the same", test_windows_far_apart_tell_the_same},
    {NULL, NULL},
};
