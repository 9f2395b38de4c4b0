/* The horizon (SEMANTICS 9): what it promises, and reports judged on another day. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/domain/validate.h"
#include "common/wire/message.h"
#include "fixture.h"

static void publish(struct th_store *store)
{
    struct th_error error = {0};
    CHECK_OK("publish", th_store_publish_horizon(store, &error), error);
}

static struct th_submission *make(struct fixture *fixture, uint32_t seed, const char *district)
{
    return report_make(
        fixture, &(struct report_plan){
                     .seed = seed, .district = district, .period = "2024-03", .revision = seed});
}

static void write_next(struct fixture *fixture, uint32_t seed)
{
    struct th_submission *submission = make(fixture, seed, "D1");
    TH_CHECK("written", report_write_one(fixture, submission) == TH_OUTCOME_ACCEPTED);
    report_free(submission);
}

static void test_whatever_is_accepted_is_above_what_was_published(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "horizon_above", FIXTURE_WITH_CATALOGUE);
    struct th_store *writer = fixture_connect(fixture.writer, "tests-writer");
    TH_CHECK_TEXT("nothing published",
                  operator_ask(&fixture, "SELECT extract(epoch FROM published) FROM"
                                         " tonghop.horizon"),
                  "0.000000");
    write_next(&fixture, 1);
    publish(writer); /* with the rights of a daemon */
    TH_CHECK_TEXT("when idle it is above all that was accepted",
                  operator_ask(&fixture, "SELECT published > (SELECT max(accepted_at) FROM"
                                         " tonghop.report) AND published = ceiling"
                                         " FROM tonghop.horizon"),
                  "t");
    write_next(&fixture, 2);
    TH_CHECK_TEXT("later ones are above it",
                  operator_ask(&fixture, "SELECT min(r.accepted_at) > h.published FROM"
                                         " tonghop.report r, tonghop.horizon h WHERE revision = 2"
                                         " GROUP BY h.published"),
                  "t");
    /* As if the clock had been a day ahead, and was put right. */
    operator_ask(&fixture, "UPDATE tonghop.horizon SET ceiling = now() + interval '1 day',"
                           " published = now() + interval '1 day'");
    write_next(&fixture, 3);
    struct th_catalogue *changed_catalogue =
        fixture_catalogue_changed("districts.csv", "Huyện Hai", "Huyện Thứ Hai");
    struct th_stranded *stranded;
    size_t count;
    uint64_t version;
    bool changed;
    struct th_error error = {0};
    CHECK_OK("import",
             th_store_import_catalogue(fixture.store, changed_catalogue, "tests", &version,
                                       &changed, &stranded, &count, &error),
             error);
    th_catalogue_release(&changed_catalogue);
    TH_CHECK_TEXT("though the clock stepped back",
                  operator_ask(&fixture, "SELECT r.accepted_at > h.published"
                                         " AND v.imported_at > h.published"
                                         " FROM tonghop.report r, tonghop.horizon h,"
                                         " tonghop.catalogue_version v"
                                         " WHERE r.revision = 3 AND v.version = 2"),
                  "t");
    operator_ask(&fixture, "CREATE TABLE public.was AS SELECT * FROM tonghop.horizon");
    publish(writer);
    TH_CHECK_TEXT("it never decreases",
                  operator_ask(&fixture, "SELECT h.published >= w.published AND h.ceiling >="
                                         " w.ceiling FROM tonghop.horizon h, public.was w"),
                  "t");
    CHECK_CHAIN("chain", &fixture);
    th_store_close(&writer);
    fixture_close(&fixture);
}

static void test_an_open_writer_holds_it_back(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "horizon_held", FIXTURE_WITH_CATALOGUE);
    struct th_store *writer = fixture_connect(fixture.writer, "tests-writer");
    publish(writer);
    /* What writer_register does, by a role that the publisher's may not look at. */
    operator_ask(&fixture, "BEGIN");
    operator_ask(&fixture, "CREATE TABLE public.began AS SELECT clock_timestamp() AS at");
    operator_ask(&fixture, "SELECT pg_try_advisory_xact_lock_shared((116::bigint << 56) |"
                           " (extract(epoch FROM at) * 1000000)::bigint) FROM public.began");
    struct th_store *other = fixture_connect(fixture.owner, "tests-other");
    for (int i = 0; i < 3; i++)
        publish(i == 1 ? other : writer);
    TH_CHECK_TEXT("a microsecond below its start",
                  operator_ask(&fixture, "SELECT b.at - h.published FROM tonghop.horizon h,"
                                         " public.began b"),
                  "00:00:00.000001");
    write_next(&fixture, 1); /* others go on */
    operator_ask(&fixture, "COMMIT");
    publish(writer);
    TH_CHECK_TEXT("until it ends",
                  operator_ask(&fixture, "SELECT published = ceiling AND published > (SELECT"
                                         " max(accepted_at) FROM tonghop.report)"
                                         " FROM tonghop.horizon"),
                  "t");
    th_store_close(&other);
    th_store_close(&writer);
    fixture_close(&fixture);
}

/* ---- many writers, publishers and readers at once ---- */

#define WRITERS 3
#define BATCHES 60

struct race {
    struct fixture *fixture;
    const char *district;
    atomic_int *writing;
    bool failed;
};

static void *write_many(void *context)
{
    struct race *race = context;
    struct th_catalogue_ids *ids = th_catalogue_ids_retain(race->fixture->ids);
    struct th_write_context write = {.ids = &ids, .province = "QN", .validate = report_validate};
    struct th_store *store = fixture_connect(race->fixture->writer, "tests-writer");
    struct th_error error = {0};
    for (uint32_t i = 1; i <= BATCHES; i++) {
        struct th_submission *submission = make(race->fixture, i, race->district);
        if (th_store_write(store, &write, &submission, 1, &error) != TH_OK ||
            submission->outcome != TH_OUTCOME_ACCEPTED)
            race->failed = true;
        report_free(submission);
    }
    th_store_close(&store);
    th_catalogue_ids_release(&ids);
    atomic_fetch_sub(race->writing, 1);
    return NULL;
}

static void *publish_many(void *context)
{
    struct race *race = context;
    struct th_store *store = fixture_connect(race->fixture->writer, "tests-publisher");
    struct th_error error = {0};
    while (atomic_load(race->writing) > 0)
        if (th_store_publish_horizon(store, &error) != TH_OK)
            race->failed = true;
    th_store_close(&store);
    return NULL;
}

/* Each look is one snapshot: the horizon, and how much was accepted up to it. In the end
 * the same must be counted for each. */
static void test_what_lies_below_it_never_grows(void)
{
    static const char *const districts[WRITERS] = {"D1", "D2", "D3"};
    struct fixture fixture;
    struct race races[WRITERS + 2];
    pthread_t threads[WRITERS + 2];
    atomic_int writing = WRITERS;
    fixture_open(&fixture, "horizon_race", FIXTURE_WITH_CATALOGUE);
    operator_ask(&fixture, "CREATE TABLE public.look (at timestamptz, reports bigint)");
    for (size_t i = 0; i < WRITERS + 2; i++) {
        races[i] = (struct race){&fixture, i < WRITERS ? districts[i] : NULL, &writing, false};
        if (pthread_create(&threads[i], NULL, i < WRITERS ? write_many : publish_many, &races[i]))
            abort();
    }
    while (atomic_load(&writing) > 0)
        operator_ask(&fixture, "INSERT INTO public.look SELECT h.published, (SELECT count(*) FROM"
                               " tonghop.report r WHERE r.accepted_at <= h.published)"
                               " FROM tonghop.horizon h");
    for (size_t i = 0; i < WRITERS + 2; i++) {
        pthread_join(threads[i], NULL);
        TH_CHECK("a thread", !races[i].failed);
    }
    TH_CHECK_TEXT("the looks saw reports arrive",
                  operator_ask(&fixture, "SELECT count(DISTINCT reports) > 5 FROM public.look"),
                  "t");
    TH_CHECK_TEXT("no look was wrong",
                  operator_ask(&fixture, "SELECT count(*) FROM public.look l WHERE l.reports <>"
                                         " (SELECT count(*) FROM tonghop.report r"
                                         "  WHERE r.accepted_at <= l.at)"),
                  "0");
    CHECK_CHAIN("race", &fixture);
    fixture_close(&fixture);
}

/* ---- judged on another day ---- */

static void judge_with_locks(void *context, struct th_submission *submission,
                             const struct th_catalogue_ids *ids, int64_t now_us)
{
    ++*(int *)context;
    submission->problems = (struct th_problem_list){.arena = submission->arena};
    submission->validated_at_us = now_us;
    memset(&submission->report, 0, sizeof(submission->report));
    if (!th_report_unpack(submission->body, submission->arena, &submission->report,
                          &submission->problems))
        return;
    struct th_validation validation = {.catalogue = ids->catalogue, .now_us = now_us};
    th_report_validate(&submission->report, &validation, &submission->problems);
}

/* Form `monthly` locks 5 days after the month. The instants lie years from the clock of
 * whatever machine runs this: before 2026, and in 2998. */
static const struct {
    const char *name, *period, *judged_as_of;
    size_t want_errors_before;
    enum th_outcome want;
    const char *want_problem;
} days[] = {
    {"locked while it waited", "2024-03", "2024-04-02T00:00:00+07:00", 0, TH_OUTCOME_REJECTED,
     "period.locked"},
    {"locked, told once", "2024-03", "2024-05-02T00:00:00+07:00", 1, TH_OUTCOME_REJECTED,
     "period.locked"},
    /* The collector's clock is ahead of the database's. */
    {"not begun by the database's clock", "2998-03", "2998-03-05T00:00:00+07:00", 0,
     TH_OUTCOME_REJECTED, "period.future"},
};
#define DAYS (sizeof(days) / sizeof(days[0]))

static void test_a_report_that_waited_is_judged_by_its_day_of_acceptance(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    int judged = 0;
    fixture_open(&fixture, "horizon_days", FIXTURE_MIGRATED);
    struct th_catalogue *locking =
        fixture_catalogue_changed("forms.csv", "district,month,10,,", "district,month,3,5,");
    struct th_stranded *stranded;
    size_t count;
    uint64_t version;
    bool changed;
    CHECK_OK("import",
             th_store_import_catalogue(fixture.store, locking, "tests", &version, &changed,
                                       &stranded, &count, &error),
             error);
    CHECK_OK("ids", th_store_load_ids(fixture.store, locking, &fixture.ids, &error), error);
    th_catalogue_release(&locking);
    struct th_write_context context = {.ids = &fixture.ids,
                                       .province = "QN",
                                       .validate = judge_with_locks,
                                       .validate_context = &judged};
    for (uint32_t i = 0; i < DAYS; i++) {
        int64_t as_of_us;
        struct th_submission *submission = report_make(
            &fixture,
            &(struct report_plan){
                .seed = i + 1, .district = "D1", .period = days[i].period, .revision = 1});
        TH_CHECK(days[i].name, th_instant_parse(th_slice_of(days[i].judged_as_of), &as_of_us));
        judge_with_locks(&judged, submission, fixture.ids, as_of_us);
        TH_CHECK(days[i].name, submission->problems.errors == days[i].want_errors_before);
        CHECK_OK(days[i].name, th_store_write(fixture.store, &context, &submission, 1, &error),
                 error);
        TH_CHECK(days[i].name, submission->outcome == days[i].want);
        TH_CHECK(days[i].name, submission->problems.errors == 1);
        TH_CHECK(days[i].name, report_has_problem(submission, days[i].want_problem));
        report_free(submission);
    }
    TH_CHECK("twice each", judged == 2 * (int)DAYS);
    TH_CHECK_TEXT("nothing was accepted",
                  operator_ask(&fixture, "SELECT count(*) FROM"
                                         " tonghop.report"),
                  "0");
    /* Judged when its period had not begun, accepted when it has. */
    struct th_submission *early = make(&fixture, 9, "D2");
    report_validate(NULL, early, fixture.ids, INT64_C(1577836800000000)); /* 2020-01-01 */
    TH_CHECK("too early", report_has_problem(early, "period.future"));
    TH_CHECK("in time", report_write_one(&fixture, early) == TH_OUTCOME_ACCEPTED);
    report_free(early);
    fixture_close(&fixture);
}

const struct th_test horizon_tests[] = {
    {"whatever is accepted is above what was published",
     test_whatever_is_accepted_is_above_what_was_published},
    {"an open writer holds the horizon back", test_an_open_writer_holds_it_back},
    {"what lies below the horizon never grows", test_what_lies_below_it_never_grows},
    {"a report that waited is judged by its day of acceptance",
     test_a_report_that_waited_is_judged_by_its_day_of_acceptance},
    {NULL, NULL},
};
