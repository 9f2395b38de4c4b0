/* Reading as of an instant (SEMANTICS 9): revisions, cells and catalogues of then. */
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "fixture.h"

#define MARCH (2024 * 12 + 2) /* ordinals of months: year * 12 + month - 1 */

/* D1 2024-03 revision 1 on day 1, revision 2 on day 3; D2 2024-03 on day 2; D1 2024-04
 * on day 4, all of January 2024 at noon UTC; catalogues on 1 December and day 3. */
static void make_reports(struct fixture *fixture)
{
    static const struct report_plan plans[] = {
        {.seed = 1, .district = "D1", .period = "2024-03", .revision = 1, .cases = 1},
        {.seed = 2, .district = "D2", .period = "2024-03", .revision = 1, .cases = 2},
        {.seed = 3, .district = "D1", .period = "2024-03", .revision = 2, .cases = 3},
        {.seed = 4, .district = "D1", .period = "2024-04", .revision = 1, .cases = 4},
    };
    struct th_stranded *stranded;
    size_t count;
    uint64_t version;
    bool changed;
    struct th_error error = {0};
    for (size_t i = 0; i < 4; i++) {
        struct th_submission *submission = report_make(fixture, &plans[i]);
        TH_CHECK("write", report_write_one(fixture, submission) == TH_OUTCOME_ACCEPTED);
        report_free(submission);
        operator_ask(fixture,
                     "UPDATE tonghop.report SET accepted_at = timestamptz '2024-01-01 12:00Z' +"
                     " %zu * interval '1 day' WHERE accepted_at > '2024-12-31'",
                     i);
    }
    struct th_catalogue *second =
        fixture_catalogue_changed("districts.csv", "Huyện Hai", "Huyện Thứ Hai");
    CHECK_OK("import",
             th_store_import_catalogue(fixture->store, second, "tests", &version, &changed,
                                       &stranded, &count, &error),
             error);
    th_catalogue_release(&second);
    operator_ask(fixture, "UPDATE tonghop.catalogue_version SET imported_at = CASE version"
                          " WHEN 1 THEN timestamptz '2023-12-01 12:00Z'"
                          " ELSE timestamptz '2024-01-03 12:00Z' END");
}

struct listed {
    char text[256]; /* "district period revision[*]; ", * current */
};

static enum th_status note_row(void *context, const struct th_report_row *row)
{
    struct listed *listed = context;
    char period[TH_PERIOD_TEXT];
    size_t used = strlen(listed->text);
    th_base_period_format(TH_MONTHLY, row->period, period);
    snprintf(listed->text + used, sizeof(listed->text) - used, "%s %s %u%s; ", row->district_code,
             period, row->revision, row->current ? "*" : "");
    return TH_OK;
}

static enum th_status note_cell(void *context, const struct th_district *district, int32_t period,
                                const struct th_criterion *criterion, const struct th_cell *cell)
{
    struct listed *listed = context;
    size_t used = strlen(listed->text);
    (void)criterion;
    snprintf(listed->text + used, sizeof(listed->text) - used, "%s %+d=%d; ", district->code,
             (int)(period - MARCH), (int)cell->num.unscaled);
    return TH_OK;
}

static const struct {
    const char *as_of; /* NULL: the latest */
    uint64_t want_version;
    const char *want_reports, *want_history, *want_revision_1;
} moments[] = {
    {"2023-11-30T12:00:00Z", 0, "", "", ""},
    /* The instant itself counts, a microsecond before it does not. */
    {"2024-01-01T11:59:59.999999Z", 1, "", "", ""},
    {"2024-01-01T12:00:00Z", 1, "D1 2024-03 1*; ", "D1 2024-03 1*; ", "D1 2024-03 1*; "},
    {"2024-01-03T11:59:59.999999Z", 1, "D1 2024-03 1*; D2 2024-03 1*; ",
     "D1 2024-03 1*; D2 2024-03 1*; ", "D1 2024-03 1*; D2 2024-03 1*; "},
    {"2024-01-03T12:00:00Z", 2, "D1 2024-03 2*; D2 2024-03 1*; ",
     "D1 2024-03 1; D1 2024-03 2*; D2 2024-03 1*; ", "D1 2024-03 1; D2 2024-03 1*; "},
    {NULL, 2, "D1 2024-03 2*; D1 2024-04 1*; D2 2024-03 1*; ",
     "D1 2024-03 1; D1 2024-03 2*; D1 2024-04 1*; D2 2024-03 1*; ",
     "D1 2024-03 1; D1 2024-04 1*; D2 2024-03 1*; "},
};

static void test_what_stood_then_is_read(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    fixture_open(&fixture, "as_of_reports", FIXTURE_WITH_CATALOGUE);
    make_reports(&fixture);
    const struct th_form *form = &fixture.ids->catalogue->forms[0];
    struct th_store *reader = fixture_connect(fixture.reader, "tests-reader");
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        const char *name = moments[i].as_of ? moments[i].as_of : "latest";
        int64_t snapshot_us, as_of_us = 0;
        uint64_t version = 99;
        struct listed reports = {""}, history = {""}, first = {""};
        if (moments[i].as_of)
            TH_CHECK(name, th_instant_parse(th_slice_of(moments[i].as_of), &as_of_us));
        CHECK_OK(name, th_store_begin_read(reader, &snapshot_us, &error), error);
        th_store_read_as_of(reader, as_of_us);
        CHECK_OK(name, th_store_read_version(reader, &version, &error), error);
        TH_CHECK(name, version == moments[i].want_version);
        CHECK_OK(name,
                 th_store_read_reports(reader, fixture.ids, form, NULL, MARCH, MARCH + 1, 0, true,
                                       note_row, &reports, &error),
                 error);
        TH_CHECK_TEXT(name, reports.text, moments[i].want_reports);
        CHECK_OK(name,
                 th_store_read_reports(reader, fixture.ids, form, NULL, MARCH, MARCH + 1, 1, false,
                                       note_row, &first, &error),
                 error);
        TH_CHECK_TEXT(name, first.text, moments[i].want_revision_1);
        CHECK_OK(name,
                 th_store_read_revisions(reader, fixture.ids, form, NULL, MARCH, MARCH + 1, 0,
                                         note_row, &history, &error),
                 error);
        TH_CHECK_TEXT(name, history.text, moments[i].want_history);
        th_store_end_read(reader);
    }
    th_store_close(&reader);
    fixture_close(&fixture);
}

static void test_cells_are_those_of_then(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct listed cells = {""};
    int64_t snapshot_us, as_of_us;
    fixture_open(&fixture, "as_of_cells", FIXTURE_WITH_CATALOGUE);
    make_reports(&fixture);
    TH_CHECK("instant", th_instant_parse(TH_SLICE("2024-01-02T12:00:00Z"), &as_of_us));
    CHECK_OK("begin", th_store_begin_read(fixture.store, &snapshot_us, &error), error);
    th_store_read_as_of(fixture.store, as_of_us);
    CHECK_OK("cells",
             th_store_read_cells(fixture.store, fixture.ids, &fixture.ids->catalogue->forms[0],
                                 MARCH, MARCH + 1, false, note_cell, &cells, &error),
             error);
    th_store_end_read(fixture.store);
    /* In any order. */
    TH_CHECK(cells.text, strstr(cells.text, "D1 +0=1; ") && strstr(cells.text, "D2 +0=2; ") &&
                             strlen(cells.text) == 2 * strlen("D1 +0=1; "));
    CHECK_OK("begin", th_store_begin_read(fixture.store, &snapshot_us, &error), error);
    cells.text[0] = '\0';
    CHECK_OK("cells of now",
             th_store_read_cells(fixture.store, fixture.ids, &fixture.ids->catalogue->forms[0],
                                 MARCH, MARCH + 1, false, note_cell, &cells, &error),
             error);
    th_store_end_read(fixture.store);
    TH_CHECK(cells.text, strstr(cells.text, "D1 +0=3; ") && strstr(cells.text, "D1 +1=4; "));
    fixture_close(&fixture);
}

static enum th_status note_arrival(void *context, const struct th_district *district,
                                   int32_t period, const struct th_arrival *arrival)
{
    struct listed *listed = context;
    size_t used = strlen(listed->text);
    char first[40] = "-", enrolled[40] = "-";
    if (arrival->complete_at_us)
        th_instant_format(arrival->complete_at_us, first);
    if (arrival->first_enrolled_us != INT64_MAX)
        th_instant_format(arrival->first_enrolled_us, enrolled);
    snprintf(listed->text + used, sizeof(listed->text) - used, "%s %+d %s%s %.10s %.10s; ",
             district->code, (int)(period - MARCH),
             arrival->returned   ? "returned"
             : arrival->approved ? "approved"
                                 : "received",
             arrival->complete ? "" : " incomplete", first, enrolled);
    return TH_OK;
}

/* D1's first revision was returned on day 2 at noon, its second approved on day 4 and
 * reopened on day 5; its first was incomplete. D1 was enrolled on day 2, D2 never. */
static const struct {
    const char *as_of, *want_first, *want_second; /* of D1's March, of D2's; "": none */
} arrivals[] = {
    {"2024-01-01T12:00:00Z", "D1 +0 received incomplete - -; ", ""},
    {"2024-01-02T11:59:59.999999Z", "D1 +0 received incomplete - -; ", ""},
    {"2024-01-02T12:00:00Z", "D1 +0 returned incomplete - 2024-01-02; ",
     "D2 +0 received 2024-01-02 -; "},
    {"2024-01-03T12:00:00Z", "D1 +0 received 2024-01-03 2024-01-02; ",
     "D2 +0 received 2024-01-02 -; "},
    {"2024-01-04T12:00:00Z", "D1 +0 approved 2024-01-03 2024-01-02; ",
     "D2 +0 received 2024-01-02 -; "},
    {"2024-01-05T12:00:00Z", "D1 +0 received 2024-01-03 2024-01-02; ",
     "D2 +0 received 2024-01-02 -; "},
};

static void test_arrivals_and_states_are_those_of_then(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    fixture_open(&fixture, "as_of_arrivals", FIXTURE_WITH_CATALOGUE);
    make_reports(&fixture);
    operator_ask(&fixture, "UPDATE tonghop.district SET first_enrolled_at ="
                           " CASE code WHEN 'D1' THEN timestamptz '2024-01-02 12:00Z' END");
    operator_ask(&fixture, "UPDATE tonghop.report SET complete = accepted_at > '2024-01-02'");
    operator_ask(&fixture,
                 "INSERT INTO tonghop.state_change SELECT r.district_id, a.n, r.form_id, r.period,"
                 " r.revision, a.was, a.state, a.at, NULL, 'An', 'approver', NULL, '', '{}', '{}'"
                 " FROM tonghop.report AS r JOIN tonghop.district AS d USING (district_id)"
                 " JOIN (VALUES (11, 1, 'received', 'returned', timestamptz '2024-01-02 12:00Z'),"
                 " (12, 2, 'received', 'approved', '2024-01-04 12:00Z'),"
                 " (13, 2, 'approved', 'received', '2024-01-05 12:00Z'))"
                 " AS a (n, revision, was, state, at) ON a.revision = r.revision"
                 " WHERE d.code = 'D1' AND r.period = %d",
                 MARCH);
    for (size_t i = 0; i < sizeof(arrivals) / sizeof(arrivals[0]); i++) {
        const char *name = arrivals[i].as_of;
        struct listed listed = {""};
        int64_t snapshot_us, as_of_us;
        TH_CHECK(name, th_instant_parse(th_slice_of(name), &as_of_us));
        CHECK_OK(name, th_store_begin_read(fixture.store, &snapshot_us, &error), error);
        th_store_read_as_of(fixture.store, as_of_us);
        CHECK_OK(name,
                 th_store_read_arrivals(fixture.store, fixture.ids,
                                        &fixture.ids->catalogue->forms[0], MARCH, MARCH,
                                        note_arrival, &listed, &error),
                 error);
        th_store_end_read(fixture.store);
        /* In any order. */
        TH_CHECK(listed.text, strstr(listed.text, arrivals[i].want_first) &&
                                  strstr(listed.text, arrivals[i].want_second) &&
                                  strlen(listed.text) == strlen(arrivals[i].want_first) +
                                                             strlen(arrivals[i].want_second));
    }
    fixture_close(&fixture);
}

/* From each instant to the latest: keys that have a later revision, with what was
 * current at the instant. */
static const struct {
    const char *since, *want;
} spans[] = {
    {"2023-12-31T12:00:00Z", "D1 2024-03 1; D1 2024-03 2*; D1 2024-04 1*; D2 2024-03 1*; "},
    {"2024-01-01T12:00:00Z", "D1 2024-03 1; D1 2024-03 2*; D1 2024-04 1*; D2 2024-03 1*; "},
    {"2024-01-02T12:00:00Z", "D1 2024-03 1; D1 2024-03 2*; D1 2024-04 1*; "},
    {"2024-01-03T12:00:00Z", "D1 2024-04 1*; "},
    {"2024-01-04T12:00:00Z", ""},
};

static void test_changes_come_with_what_they_replaced(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    int64_t snapshot_us, since_us;
    fixture_open(&fixture, "as_of_spans", FIXTURE_WITH_CATALOGUE);
    make_reports(&fixture);
    CHECK_OK("begin", th_store_begin_read(fixture.store, &snapshot_us, &error), error);
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        struct listed listed = {""};
        TH_CHECK(spans[i].since, th_instant_parse(th_slice_of(spans[i].since), &since_us));
        CHECK_OK(spans[i].since,
                 th_store_read_revisions(fixture.store, fixture.ids,
                                         &fixture.ids->catalogue->forms[0], NULL, MARCH, MARCH + 1,
                                         since_us, note_row, &listed, &error),
                 error);
        TH_CHECK_TEXT(spans[i].since, listed.text, spans[i].want);
    }
    th_store_end_read(fixture.store);
    fixture_close(&fixture);
}

const struct th_test as_of_tests[] = {
    {"what stood at an instant is read as of it", test_what_stood_then_is_read},
    {"cells are those of the instant", test_cells_are_those_of_then},
    {"arrivals and states are those of the instant", test_arrivals_and_states_are_those_of_then},
    {"changes come with what they replaced", test_changes_come_with_what_they_replaced},
    {NULL, NULL},
};
