/* What may go wrong between the store and its database, made to happen. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "fixture.h"

/* A batch written in a thread of its own, while the test does harm. */
struct victim {
    struct fixture *fixture;
    struct th_store *store;
    struct th_submission **batch;
    size_t count;
    pthread_t thread;
    enum th_status status;
    struct th_error error;
};

static void *write_batch(void *context)
{
    struct victim *victim = context;
    victim->status =
        report_write(victim->fixture, victim->store, victim->batch, victim->count, &victim->error);
    return NULL;
}

static void make_batch(struct fixture *fixture, struct th_submission **batch, size_t count)
{
    char period[16];
    for (uint32_t i = 0; i < count; i++) {
        snprintf(period, sizeof(period), "2024-%02u", i / 2 + 1);
        batch[i] = report_make(fixture, &(struct report_plan){.seed = i + 1,
                                                              .district = i % 2 ? "D2" : "D1",
                                                              .period = period,
                                                              .revision = 1,
                                                              .cases = i});
    }
}

#define VICTIM_WAITS                                                                               \
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tests-victim'"                \
    " AND wait_event_type = 'Lock'"
#define KILL_VICTIM                                                                                \
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"                                       \
    " WHERE application_name = 'tests-victim'"

/* Where the backend stands when it is killed: a table that the vandal has locked. */
static const struct {
    const char *name, *database, *locked;
} moments[] = {
    {"before it has read", "fault_killed_reading", "LOCK TABLE tonghop.district_head"},
    {"after it has written the reports", "fault_killed_writing",
     "LOCK TABLE tonghop.current_report IN SHARE MODE"},
    /* The last statement before COMMIT: a rejection's row is held by the vandal. */
    {"after all but a rejection", "fault_killed_late",
     "UPDATE tonghop.rejection SET times = times + 1"},
};

static void kill_at(size_t moment)
{
    struct fixture fixture;
    struct th_submission *batch[8];
    const char *name = moments[moment].name;
    fixture_open(&fixture, moments[moment].database, FIXTURE_WITH_CATALOGUE);
    make_batch(&fixture, batch, 8);
    if (moment == 2) {
        /* A rejection of before, so that there is a row to hold. */
        struct report_plan bad = {.seed = 50, .district = "D1", .period = "2024-13", .revision = 1};
        report_free(batch[7]);
        batch[7] = report_make(&fixture, &bad);
        struct th_submission *before = report_make(&fixture, &bad);
        TH_CHECK(name, report_write_one(&fixture, before) == TH_OUTCOME_REJECTED);
        report_free(before);
    }
    size_t want_accepted = moment == 2 ? 7 : 8;
    struct victim victim = {.fixture = &fixture,
                            .batch = batch,
                            .count = 8,
                            .store = fixture_connect(fixture.writer, "tests-victim")};
    PGconn *vandal = PQconnectdb(fixture.owner);
    PQclear(PQexec(vandal, "BEGIN"));
    PQclear(PQexec(vandal, moments[moment].locked));
    pthread_create(&victim.thread, NULL, write_batch, &victim);
    TH_CHECK(name, operator_await(&fixture, "1", VICTIM_WAITS));
    operator_ask(&fixture, KILL_VICTIM);
    pthread_join(victim.thread, NULL);
    TH_CHECK(name, victim.status == TH_UNREACHABLE);
    for (size_t i = 0; i < 8; i++)
        TH_CHECK(name, batch[i]->outcome == TH_OUTCOME_PENDING);
    PQclear(PQexec(vandal, "ROLLBACK"));
    TH_CHECK_TEXT(name, operator_ask(&fixture, "SELECT count(*) FROM tonghop.report"), "0");

    CHECK_OK(name, th_store_reopen(victim.store, 20000, &victim.error), victim.error);
    write_batch(&victim);
    CHECK_OK(name, victim.status, victim.error);
    size_t accepted = 0;
    for (size_t i = 0; i < 8; i++)
        accepted += batch[i]->outcome == TH_OUTCOME_ACCEPTED;
    TH_CHECK(name, accepted == want_accepted);
    CHECK_CHAIN(name, &fixture);
    PQfinish(vandal);
    th_store_close(&victim.store);
    report_free_all(batch, 8);
    fixture_close(&fixture);
}

static void test_a_killed_backend_leaves_nothing_behind(void)
{
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
        kill_at(i);
}

/* ------------------------------------------------------------ many deaths */

#define DEATHS_MIN  10
#define BATCHES_MIN 40

struct killer {
    struct fixture *fixture;
    atomic_bool stop;
    pthread_t thread;
};

static void *kill_again_and_again(void *context)
{
    struct killer *killer = context;
    PGconn *connection = PQconnectdb(killer->fixture->owner);
    for (unsigned i = 0; !atomic_load(&killer->stop); i++) {
        /* No wait for a state on purpose: the blow falls anywhere, in COMMIT too. */
        poll(NULL, 0, (int)(i * 7 % 23));
        PQclear(PQexec(connection, KILL_VICTIM));
    }
    PQfinish(connection);
    return NULL;
}

/* Writes one batch as the intake does: the same submissions until it is TH_OK. */
static size_t write_until_ok(struct fixture *fixture, struct th_store *store,
                             struct th_submission **batch, size_t count)
{
    size_t failures = 0;
    struct th_error error = {0};
    while (report_write(fixture, store, batch, count, &error) != TH_OK) {
        failures++;
        while (th_store_reopen(store, 20000, &error) != TH_OK)
            poll(NULL, 0, 1);
    }
    return failures;
}

static void test_whenever_a_backend_dies_each_report_is_stored_once(void)
{
    struct fixture fixture;
    struct killer killer = {.fixture = &fixture};
    struct th_submission *batch[10];
    char period[16];
    size_t deaths = 0, reports = 0;
    fixture_open(&fixture, "fault_deaths", FIXTURE_WITH_CATALOGUE);
    struct th_store *store = fixture_connect(fixture.writer, "tests-victim");
    pthread_create(&killer.thread, NULL, kill_again_and_again, &killer);
    for (uint32_t round = 0; round < BATCHES_MIN || (deaths < DEATHS_MIN && round < 2000);
         round++) {
        for (uint32_t i = 0; i < 10; i++) {
            snprintf(period, sizeof(period), "2024-%02u", i + 1);
            batch[i] = report_make(&fixture, &(struct report_plan){.seed = round * 10 + i,
                                                                   .district = "D1",
                                                                   .period = period,
                                                                   .revision = round + 1});
        }
        deaths += write_until_ok(&fixture, store, batch, 10);
        for (size_t i = 0; i < 10; i++) {
            TH_CHECK("taken", batch[i]->outcome == TH_OUTCOME_ACCEPTED ||
                                  batch[i]->outcome == TH_OUTCOME_DUPLICATE);
            TH_CHECK("in its place", batch[i]->sequence == reports + i + 1);
        }
        reports += 10;
        report_free_all(batch, 10);
    }
    atomic_store(&killer.stop, true);
    pthread_join(killer.thread, NULL);
    TH_CHECK("died often enough", deaths >= DEATHS_MIN);
    char want[24];
    snprintf(want, sizeof(want), "%zu", reports);
    TH_CHECK_TEXT("rows", operator_ask(&fixture, "SELECT count(*) FROM tonghop.report"), want);
    CHECK_CHAIN("deaths", &fixture);
    th_store_close(&store);
    fixture_close(&fixture);
}

/* ------------------------------------------------- the database says no */

/* Makes the database one with Citus, as far as a name in its list of extensions does: what
 * the store writes reports by depends on that name alone. */
static void pretend_citus(struct fixture *fixture)
{
    operator_ask(fixture, "SET allow_system_table_mods = on");
    operator_ask(fixture, "INSERT INTO pg_catalog.pg_extension (oid, extname, extowner,"
                          " extnamespace, extrelocatable, extversion)"
                          " VALUES (99999, 'citus', 10, 'public'::regnamespace, false, '0')");
    operator_ask(fixture, "RESET allow_system_table_mods");
}

static void find_the_poisonous(const char *name, bool citus)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *batch[9];
    fixture_open(&fixture, name, FIXTURE_WITH_CATALOGUE);
    if (citus)
        pretend_citus(&fixture);
    make_batch(&fixture, batch, 9);
    /* Reports 3 and 8 (both of D2) carry 3 and 7 cases, which this database hates. */
    operator_ask(&fixture, "ALTER TABLE tonghop.report ADD CONSTRAINT vandal"
                           " CHECK (num[1] NOT IN (3, 7))");
    CHECK_OK("write", report_write(&fixture, fixture.store, batch, 9, &error), error);
    for (size_t i = 0; i < 9; i++) {
        bool poison = i == 3 || i == 7;
        TH_CHECK("outcome",
                 batch[i]->outcome == (poison ? TH_OUTCOME_REJECTED : TH_OUTCOME_ACCEPTED));
        TH_CHECK("problem", report_has_problem(batch[i], "report.not_stored") == poison);
        TH_CHECK("only one problem", batch[i]->problems.errors == (poison ? 1 : 0));
    }
    /* D1 has 0 2 4 6 8, D2 has 1 and 5: without gaps, in the order given. */
    TH_CHECK("D1", batch[8]->sequence == 5);
    TH_CHECK("D2", batch[1]->sequence == 1 && batch[5]->sequence == 2);
    TH_CHECK_TEXT("recorded",
                  operator_ask(&fixture, "SELECT string_agg(codes, ' ')"
                                         " FROM tonghop.rejection"),
                  "report.not_stored report.not_stored");
    CHECK_CHAIN("poison", &fixture);

    CHECK_OK("again", report_write(&fixture, fixture.store, batch, 9, &error), error);
    TH_CHECK("again",
             batch[0]->outcome == TH_OUTCOME_DUPLICATE && batch[3]->outcome == TH_OUTCOME_REJECTED);
    TH_CHECK_TEXT("counted", operator_ask(&fixture, "SELECT sum(times) FROM tonghop.rejection"),
                  "4");
    report_free_all(batch, 9);
    fixture_close(&fixture);
}

static void test_a_poisonous_report_is_found_and_the_others_are_stored(void)
{
    find_the_poisonous("fault_poison", false);
    find_the_poisonous("fault_poison_citus", true);
}

static void test_a_rejection_that_cannot_be_recorded_stops_no_other(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *batch[3];
    fixture_open(&fixture, "fault_unrecorded", FIXTURE_WITH_CATALOGUE);
    make_batch(&fixture, batch, 3);
    /* No such district: not even a head can be made for it. */
    batch[1]->district_id = 4711;
    CHECK_OK("write", report_write(&fixture, fixture.store, batch, 3, &error), error);
    TH_CHECK("others",
             batch[0]->outcome == TH_OUTCOME_ACCEPTED && batch[2]->outcome == TH_OUTCOME_ACCEPTED);
    TH_CHECK("it", batch[1]->outcome == TH_OUTCOME_REJECTED);
    TH_CHECK("it", report_has_problem(batch[1], "report.not_stored"));
    CHECK_CHAIN("unrecorded", &fixture);
    report_free_all(batch, 3);
    fixture_close(&fixture);
}

static void test_a_serialisation_failure_is_run_again(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *batch[3];
    fixture_open(&fixture, "fault_serialisation", FIXTURE_WITH_CATALOGUE);
    make_batch(&fixture, batch, 2);
    /* Rejected by the store, each time anew: its problem is told once. */
    batch[2] = report_make(
        &fixture, &(struct report_plan){
                      .seed = 9, .district = "D1", .period = "2024-01", .revision = 1, .cases = 1});
    /* Fails twice: a sequence is not rolled back. */
    operator_ask(&fixture, "CREATE SEQUENCE public.falls");
    operator_ask(&fixture, "CREATE FUNCTION public.fall() RETURNS trigger LANGUAGE plpgsql AS $$"
                           " BEGIN IF nextval('public.falls') <= 2 THEN"
                           " RAISE EXCEPTION 'as if serialised' USING ERRCODE = '40001';"
                           " END IF; RETURN NEW; END $$");
    operator_ask(&fixture, "CREATE TRIGGER vandal BEFORE INSERT ON tonghop.report"
                           " FOR EACH STATEMENT EXECUTE FUNCTION public.fall()");
    CHECK_OK("write", report_write(&fixture, fixture.store, batch, 3, &error), error);
    TH_CHECK("accepted", batch[0]->outcome == TH_OUTCOME_ACCEPTED && batch[0]->sequence == 1);
    TH_CHECK("stale", batch[2]->outcome == TH_OUTCOME_REJECTED);
    TH_CHECK("stale", batch[2]->problems.count == 1 && batch[2]->problems.errors == 1);
    TH_CHECK_TEXT("ran thrice", operator_ask(&fixture, "SELECT last_value FROM public.falls"), "3");
    CHECK_CHAIN("serialisation", &fixture);
    report_free_all(batch, 3);
    fixture_close(&fixture);
}

/* `by`: the SQLSTATE that finds it: of a unique key, or of the division that counts rows. */
static void stop_at_damage(const char *name, bool citus, const char *by)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *batch[6];
    fixture_open(&fixture, name, FIXTURE_WITH_CATALOGUE);
    if (citus)
        pretend_citus(&fixture);
    make_batch(&fixture, batch, 6);
    CHECK_OK("first", report_write(&fixture, fixture.store, batch, 4, &error), error);
    operator_ask(&fixture, "UPDATE tonghop.district_head SET sequence = 0");
    /* Honest reports must not be rejected for it, nor stored beside the chain. */
    TH_CHECK("permanent",
             report_write(&fixture, fixture.store, &batch[4], 2, &error) == TH_PERMANENT);
    TH_CHECK("says what to do", strstr(error.message, "tonghop-collector verify") != NULL);
    TH_CHECK(by, strstr(error.message, by) != NULL);
    TH_CHECK("undecided", batch[4]->outcome == TH_OUTCOME_PENDING);
    TH_CHECK_TEXT("rows", operator_ask(&fixture, "SELECT count(*) FROM tonghop.report"), "4");
    TH_CHECK_TEXT("rejections", operator_ask(&fixture, "SELECT count(*) FROM tonghop.rejection"),
                  "0");
    report_free_all(batch, 6);
    fixture_close(&fixture);
}

static void test_a_head_that_does_not_fit_its_chain_stops_the_writer(void)
{
    stop_at_damage("fault_damage", false, "23505");
    stop_at_damage("fault_damage_citus", true, "22012");
}

static void test_a_commit_that_no_standby_confirmed_is_not_acknowledged(void)
{
    struct fixture fixture;
    struct th_submission *batch[2];
    fixture_open(&fixture, "fault_standby", FIXTURE_WITH_CATALOGUE);
    make_batch(&fixture, batch, 2);
    /* A cluster for tests may be made not to wait for anything. */
    operator_ask(&fixture, "ALTER DATABASE fault_standby SET synchronous_commit = 'on'");
    struct victim victim = {.fixture = &fixture,
                            .batch = batch,
                            .count = 2,
                            .store = fixture_connect(fixture.writer, "tests-victim")};
    operator_ask(&fixture, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    operator_ask(&fixture, "SELECT pg_reload_conf()");
    TH_CHECK("reloaded", operator_await(&fixture, "nobody", "SHOW synchronous_standby_names"));
    pthread_create(&victim.thread, NULL, write_batch, &victim);
    TH_CHECK("waits for a standby", operator_await(&fixture, "1",
                                                   "SELECT count(*) FROM pg_stat_activity"
                                                   " WHERE application_name = 'tests-victim'"
                                                   " AND wait_event = 'SyncRep'"));
    operator_ask(&fixture, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                           " WHERE application_name = 'tests-victim'");
    pthread_join(victim.thread, NULL);
    TH_CHECK("not acknowledged", victim.status == TH_RETRY);
    TH_CHECK("undecided", batch[0]->outcome == TH_OUTCOME_PENDING);
    operator_ask(&fixture, "ALTER SYSTEM RESET synchronous_standby_names");
    operator_ask(&fixture, "SELECT pg_reload_conf()");
    TH_CHECK("reset", operator_await(&fixture, "", "SHOW synchronous_standby_names"));
    write_batch(&victim);
    CHECK_OK("again", victim.status, victim.error);
    TH_CHECK("it was committed",
             batch[0]->outcome == TH_OUTCOME_DUPLICATE && batch[0]->sequence == 1);
    CHECK_CHAIN("standby", &fixture);
    th_store_close(&victim.store);
    report_free_all(batch, 2);
    fixture_close(&fixture);
}

/* ------------------------------------------------------------------ rights */

static void test_the_reader_writes_nothing(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *batch[1];
    struct th_enrolment enrolment = {.public_key = {1}, .name = "D1", .role = "district"};
    fixture_open(&fixture, "fault_reader", FIXTURE_WITH_CATALOGUE);
    make_batch(&fixture, batch, 1);
    struct th_store *reader = fixture_connect(fixture.reader, "tests-reader");
    CHECK_OK("may check", th_store_check_schema(reader, &error), error);
    TH_CHECK("batch", report_write(&fixture, reader, batch, 1, &error) == TH_USAGE);
    TH_CHECK("says so", strstr(error.message, "42501") != NULL);
    TH_CHECK("enrol", th_store_enrol(reader, &enrolment, "tests", &error) == TH_USAGE);
    TH_CHECK_TEXT("rights",
                  operator_ask(&fixture,
                               "SELECT coalesce(string_agg(relname, ' '), 'none') FROM pg_class"
                               " WHERE relnamespace = 'tonghop'::regnamespace"
                               "   AND relkind IN ('r', 'v', 'S')"
                               "   AND has_table_privilege('test_reader', oid,"
                               "       'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"),
                  "none");
    th_store_close(&reader);
    report_free_all(batch, 1);
    fixture_close(&fixture);
}

static void test_the_writer_writes_reports_and_states_and_nothing_else(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_submission *batch[1];
    struct th_enrolment enrolment = {.public_key = {1}, .name = "D1", .role = "district"};
    fixture_open(&fixture, "fault_writer", FIXTURE_WITH_CATALOGUE);
    make_batch(&fixture, batch, 1);
    struct th_store *writer = fixture_connect(fixture.writer, "tests-writer");
    CHECK_OK("batch", report_write(&fixture, writer, batch, 1, &error), error);
    TH_CHECK("enrol", th_store_enrol(writer, &enrolment, "tests", &error) == TH_USAGE);
    TH_CHECK_TEXT("rights",
                  operator_ask(&fixture,
                               "SELECT string_agg(relname || ':' || concat("
                               "  CASE WHEN has_table_privilege('test_writer', oid, 'INSERT')"
                               "       THEN 'i' END,"
                               "  CASE WHEN has_table_privilege('test_writer', oid, 'UPDATE')"
                               "       THEN 'u' END,"
                               "  CASE WHEN has_table_privilege('test_writer', oid,"
                               "            'DELETE, TRUNCATE') THEN 'd' END), ' '"
                               "  ORDER BY relname)"
                               " FROM pg_class WHERE relnamespace = 'tonghop'::regnamespace"
                               "   AND relkind = 'r' AND has_table_privilege('test_writer', oid,"
                               "       'INSERT, UPDATE, DELETE, TRUNCATE')"),
                  "assessment:i assessment_file:i current_report:iu district_head:iu notice_ack:iu "
                  "province_event:i "
                  "rejection:iu report:i state_change:i");
    th_store_close(&writer);
    report_free_all(batch, 1);
    fixture_close(&fixture);
}

const struct th_test fault_tests[] = {
    {"a killed backend leaves nothing behind", test_a_killed_backend_leaves_nothing_behind},
    {"whenever a backend dies, each report is stored once",
     test_whenever_a_backend_dies_each_report_is_stored_once},
    {"a poisonous report is found, the others are stored",
     test_a_poisonous_report_is_found_and_the_others_are_stored},
    {"a rejection that cannot be recorded stops no other",
     test_a_rejection_that_cannot_be_recorded_stops_no_other},
    {"a serialisation failure is run again", test_a_serialisation_failure_is_run_again},
    {"a head that does not fit its chain stops the writer",
     test_a_head_that_does_not_fit_its_chain_stops_the_writer},
    {"a commit that no standby confirmed is not acknowledged",
     test_a_commit_that_no_standby_confirmed_is_not_acknowledged},
    {"the reader writes nothing", test_the_reader_writes_nothing},
    {"the writer writes reports and states and nothing else",
     test_the_writer_writes_reports_and_states_and_nothing_else},
    {NULL, NULL},
};
