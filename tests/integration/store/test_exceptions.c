/* Locks of periods and exceptions from them (SEMANTICS 8). In the catalogue of these tests
 * `monthly` locks 20 days after its month, so that 2024-03 locked long ago. */
#include <stdlib.h>

#include "collector/store/exceptions.h"
#include "collector/store/verify.h"
#include "common/base/clock.h"
#include "common/domain/validate.h"
#include "common/wire/message.h"
#include "fixture.h"

#define MARCH    (2024 * 12 + 2)
#define HOUR_US  INT64_C(3600000000)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void open_locking(struct fixture *fixture, const char *name)
{
    struct th_error error = {0};
    struct th_stranded *stranded;
    size_t count;
    uint64_t version;
    bool changed;
    fixture_open(fixture, name, FIXTURE_WITH_CATALOGUE);
    struct th_catalogue *locking =
        fixture_catalogue_changed("forms.csv", "district,month,10,,", "district,month,10,20,");
    CHECK_OK("import",
             th_store_import_catalogue(fixture->store, locking, "tests", &version, &changed,
                                       &stranded, &count, &error),
             error);
    th_catalogue_ids_release(&fixture->ids);
    CHECK_OK("ids", th_store_load_ids(fixture->store, locking, &fixture->ids, &error), error);
    th_catalogue_release(&locking);
}

/* As the intake does for a district that was enrolled before the period was due. */
static void validate_with_lock(void *context, struct th_submission *submission,
                               const struct th_catalogue_ids *ids, int64_t now_us)
{
    (void)context;
    struct th_validation validation = {
        .catalogue = ids->catalogue, .own_district = submission->district, .now_us = now_us};
    submission->problems = (struct th_problem_list){.arena = submission->arena};
    submission->validated_at_us = now_us;
    memset(&submission->report, 0, sizeof(submission->report));
    if (th_report_unpack(submission->body, submission->arena, &submission->report,
                         &submission->problems))
        th_report_validate(&submission->report, &validation, &submission->problems);
}

static struct th_submission *make(struct fixture *fixture, uint32_t seed, const char *period,
                                  uint32_t revision, int64_t cases)
{
    struct th_submission *submission =
        report_make(fixture, &(struct report_plan){.seed = seed,
                                                   .district = "D1",
                                                   .period = period,
                                                   .revision = revision,
                                                   .cases = cases});
    validate_with_lock(NULL, submission, fixture->ids, th_clock_now_us());
    return submission;
}

static int write_one(struct fixture *fixture, struct th_submission *submission)
{
    struct th_error error = {0};
    struct th_write_context context = {
        .ids = &fixture->ids, .province = "QN", .validate = validate_with_lock};
    CHECK_OK("write", th_store_write(fixture->store, &context, &submission, 1, &error), error);
    return (int)submission->outcome;
}

static enum th_status except(struct fixture *fixture, const char *district, int32_t period,
                             int64_t until_us, const char *reason,
                             enum th_exception_outcome *outcome, struct th_error *error)
{
    const struct th_catalogue *catalogue = fixture->ids->catalogue;
    const struct th_exception_order order = {
        .ids = fixture->ids,
        .form = th_catalogue_form(catalogue, TH_SLICE("monthly")),
        .district = th_catalogue_district(catalogue, th_slice_of(district)),
        .periods = &period,
        .count = 1,
        .until_us = until_us,
        .reason = reason,
        .actor = "tests",
    };
    return th_store_except(fixture->store, &order, outcome, error);
}

static void unlock(struct fixture *fixture, const char *district, int32_t period, bool open)
{
    struct th_error error = {0};
    enum th_exception_outcome outcome;
    CHECK_OK("unlock",
             except(fixture, district, period, open ? th_clock_now_us() + HOUR_US : 0, "tests",
                    &outcome, &error),
             error);
}

static void without_anything(struct fixture *fixture)
{
    (void)fixture;
}

static void of_this_key(struct fixture *fixture)
{
    unlock(fixture, "D1", MARCH, true);
}

static void of_other_keys(struct fixture *fixture)
{
    unlock(fixture, "D2", MARCH, true);
    unlock(fixture, "D1", MARCH - 1, true);
}

static void ended(struct fixture *fixture)
{
    unlock(fixture, "D1", MARCH, true);
    unlock(fixture, "D1", MARCH, false);
}

static void past(struct fixture *fixture)
{
    unlock(fixture, "D1", MARCH, true);
    operator_ask(fixture, "UPDATE tonghop.lock_exception SET until = clock_timestamp()");
}

static void past_then_opened_again(struct fixture *fixture)
{
    past(fixture);
    unlock(fixture, "D1", MARCH, true);
}

/* A shorter one takes the place of the longer: the last word counts, not the longest. */
static void replaced_by_one_that_is_past(struct fixture *fixture)
{
    unlock(fixture, "D1", MARCH, true);
    unlock(fixture, "D1", MARCH, true);
    operator_ask(fixture, "UPDATE tonghop.lock_exception SET until = clock_timestamp()"
                          " WHERE event_sequence = (SELECT max(event_sequence)"
                          " FROM tonghop.lock_exception)");
}

static void give_current(struct fixture *fixture, const char *state, const char *open_until)
{
    struct th_submission *first = make(fixture, 900, "2024-03", 1, 1);
    unlock(fixture, "D1", MARCH, true);
    TH_CHECK("revision 1", write_one(fixture, first) == TH_OUTCOME_ACCEPTED);
    operator_ask(fixture,
                 "DELETE FROM tonghop.lock_exception; UPDATE tonghop.current_report SET state = "
                 "'%s', open_until = clock_timestamp() + interval '%s'",
                 state, open_until);
    report_free(first);
}

static void returned_for_an_hour(struct fixture *fixture)
{
    give_current(fixture, "returned", "1 hour");
}

static void returned_long_ago(struct fixture *fixture)
{
    give_current(fixture, "returned", "-1 second");
}

static void approved_with_an_exception(struct fixture *fixture)
{
    give_current(fixture, "approved", "-1 second");
    unlock(fixture, "D1", MARCH, true);
}

/* What is done before revision 2 of D1's report of 2024-03 comes. */
static const struct lock_case {
    const char *name;
    void (*prepare)(struct fixture *fixture);
    enum th_outcome want;
    const char *want_codes; /* of errors */
} locks[] = {
    {"locked", without_anything, TH_OUTCOME_REJECTED, "period.locked"},
    {"an exception in force", of_this_key, TH_OUTCOME_ACCEPTED, ""},
    {"exceptions of other keys", of_other_keys, TH_OUTCOME_REJECTED, "period.locked"},
    {"an exception that was ended", ended, TH_OUTCOME_REJECTED, "period.locked"},
    {"an exception that is past", past, TH_OUTCOME_REJECTED, "period.locked"},
    {"past, then another", past_then_opened_again, TH_OUTCOME_ACCEPTED, ""},
    {"replaced by one that is past", replaced_by_one_that_is_past, TH_OUTCOME_REJECTED,
     "period.locked"},
    {"returned, and still open", returned_for_an_hour, TH_OUTCOME_ACCEPTED, ""},
    {"returned, no more open", returned_long_ago, TH_OUTCOME_REJECTED, "period.locked"},
    /* An exception opens the period, not what was approved. */
    {"approved, with an exception", approved_with_an_exception, TH_OUTCOME_REJECTED,
     "state.approved"},
};

static void test_a_locked_report_is_taken_when_its_key_is_open(void)
{
    for (size_t i = 0; i < COUNT(locks); i++) {
        struct fixture fixture;
        char name[32];
        snprintf(name, sizeof(name), "locks_%zu", i);
        open_locking(&fixture, name);
        locks[i].prepare(&fixture);
        struct th_submission *report = make(&fixture, 1, "2024-03", 2, 7);
        TH_CHECK(locks[i].name, report_has_problem(report, "period.locked"));
        TH_CHECK(locks[i].name, write_one(&fixture, report) == (int)locks[i].want);
        TH_CHECK_TEXT(locks[i].name, th_problem_error_codes(&report->problems),
                      locks[i].want_codes);
        CHECK_CHAIN(locks[i].name, &fixture);
        report_free(report);
        fixture_close(&fixture);
    }
}

static void test_an_exception_forgives_the_lock_only(void)
{
    struct fixture fixture;
    open_locking(&fixture, "locks_only");
    unlock(&fixture, "D1", MARCH, true);
    unlock(&fixture, "D6", MARCH + 6, true); /* closed on 2024-06-30: no report can come */
    struct th_submission *report = report_make(
        &fixture, &(struct report_plan){
                      .seed = 1, .district = "D6", .period = "2024-09", .revision = 1, .cases = 1});
    validate_with_lock(NULL, report, fixture.ids, th_clock_now_us());
    TH_CHECK_TEXT("both", th_problem_error_codes(&report->problems),
                  "district.closed,period.locked");
    TH_CHECK("rejected", write_one(&fixture, report) == TH_OUTCOME_REJECTED);
    TH_CHECK_TEXT("the other", th_problem_error_codes(&report->problems), "district.closed");
    report_free(report);

    /* In one batch: the open key, another key, and the open key once more. */
    struct th_error error = {0};
    struct th_submission *batch[] = {make(&fixture, 2, "2024-03", 1, 1),
                                     make(&fixture, 3, "2024-02", 1, 1),
                                     make(&fixture, 4, "2024-03", 2, 2)};
    struct th_write_context context = {
        .ids = &fixture.ids, .province = "QN", .validate = validate_with_lock};
    CHECK_OK("batch", th_store_write(fixture.store, &context, batch, 3, &error), error);
    TH_CHECK("open", batch[0]->outcome == TH_OUTCOME_ACCEPTED);
    TH_CHECK("other key", batch[1]->outcome == TH_OUTCOME_REJECTED);
    TH_CHECK("open again", batch[2]->outcome == TH_OUTCOME_ACCEPTED);
    CHECK_CHAIN("batch", &fixture);
    report_free_all(batch, 3);
    fixture_close(&fixture);
}

static enum th_status keep_rows(void *context, const struct th_exception_row *row)
{
    struct th_buffer *rows = context;
    th_buffer_printf(rows, "%s %s %s %s %s;", row->district, row->form, row->period, row->state,
                     row->reason);
    return TH_OK;
}

static void test_each_act_is_recorded_once(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    TH_CLEANUP_BUFFER struct th_buffer rows = {0};
    int64_t until_us = th_clock_now_us() + HOUR_US;
    open_locking(&fixture, "locks_acts");
    const struct {
        const char *name;
        int64_t until_us;
        const char *reason;
        enum th_status want_status;
        enum th_exception_outcome want;
    } acts[] = {
        {"nothing to end", 0, "a", TH_OK, TH_EXCEPTION_NONE},
        {"opened", until_us, "a", TH_OK, TH_EXCEPTION_OPENED},
        {"the same", until_us, "a", TH_OK, TH_EXCEPTION_KEPT},
        {"another reason", until_us, "b", TH_OK, TH_EXCEPTION_OPENED},
        {"longer", until_us + HOUR_US, "b", TH_OK, TH_EXCEPTION_OPENED},
        {"an end that is past", th_clock_now_us() - HOUR_US, "b", TH_REJECTED, TH_EXCEPTION_OPENED},
        {"ended", 0, "c", TH_OK, TH_EXCEPTION_ENDED},
        {"ended already", 0, "c", TH_OK, TH_EXCEPTION_NONE},
        {"opened again", until_us, "a", TH_OK, TH_EXCEPTION_OPENED},
    };
    for (size_t i = 0; i < COUNT(acts); i++) {
        enum th_exception_outcome outcome = TH_EXCEPTION_OPENED;
        enum th_status status =
            except(&fixture, "D1", MARCH, acts[i].until_us, acts[i].reason, &outcome, &error);
        TH_CHECK(acts[i].name, status == acts[i].want_status && outcome == acts[i].want);
    }
    CHECK_OK("list",
             th_store_list_exceptions(fixture.store, "monthly", NULL, 0, keep_rows, &rows, &error),
             error);
    TH_CHECK_TEXT("list", rows.bytes,
                  "D1 monthly 2024-03 replaced a;D1 monthly 2024-03 replaced b;"
                  "D1 monthly 2024-03 replaced b;D1 monthly 2024-03 end c;"
                  "D1 monthly 2024-03 in_force a;");
    TH_CHECK_TEXT("acts of the chain",
                  operator_ask(&fixture, "SELECT count(*) FROM tonghop.province_event e JOIN"
                                         " tonghop.lock_exception x ON x.event_sequence ="
                                         " e.sequence AND x.at = e.at"
                                         " WHERE e.kind = 'exception'"),
                  "5");
    char fault[256] = "";
    TH_CHECK("chain", event_chain_is_whole(&fixture, fault));
    fixture_close(&fixture);
}

static void test_only_the_owner_makes_exceptions(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    enum th_exception_outcome outcome;
    open_locking(&fixture, "locks_owner");
    struct th_store *owner = fixture.store;
    fixture.store = fixture_connect(fixture.writer, "tests-writer");
    TH_CHECK("refused", except(&fixture, "D1", MARCH, th_clock_now_us() + HOUR_US, "x", &outcome,
                               &error) != TH_OK);
    TH_CHECK_TEXT("nothing", operator_ask(&fixture, "SELECT count(*) FROM tonghop.lock_exception"),
                  "0");
    th_store_close(&fixture.store);
    fixture.store = owner;
    fixture_close(&fixture);
}

const struct th_test exception_tests[] = {
    {"a locked report is taken when its key is open",
     test_a_locked_report_is_taken_when_its_key_is_open},
    {"an exception forgives the lock only", test_an_exception_forgives_the_lock_only},
    {"each act is recorded once", test_each_act_is_recorded_once},
    {"only the owner makes exceptions", test_only_the_owner_makes_exceptions},
    {NULL, NULL},
};
