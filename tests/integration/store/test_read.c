/* Reading: chains for offices, observations and reports for queries. */
#include <stdlib.h>

#include "fixture.h"

/* -------------------------------------------------------------- chains */

static void write_months(struct fixture *fixture, const char *district, uint32_t seed, int months)
{
    char period[16];
    for (int i = 0; i < months; i++) {
        snprintf(period, sizeof(period), "2024-%02d", i + 1);
        struct th_submission *submission =
            report_make(fixture, &(struct report_plan){.seed = seed + (uint32_t)i,
                                                       .district = district,
                                                       .period = period,
                                                       .revision = seed,
                                                       .cases = i});
        TH_CHECK(period, report_write_one(fixture, submission) == TH_OUTCOME_ACCEPTED);
        report_free(submission);
    }
}

/* Over five entries of D1. */
static const struct {
    const char *name;
    uint32_t epoch;
    uint64_t after;
    size_t limit, want_count;
    uint64_t want_first;
} ranges[] = {
    {"all", 1, 0, 500, 5, 1},
    {"the last two", 1, 3, 500, 2, 4},
    {"limited", 1, 1, 2, 2, 2},
    {"after the head", 1, 5, 500, 0, 0},
    {"an epoch that is not", 2, 0, 500, 0, 0},
    /* Whatever a peer may ask for. */
    {"beyond the type", 1, UINT64_MAX, 500, 0, 0},
    {"an epoch beyond the type", UINT32_MAX, 0, 500, 0, 0},
};

static void test_entries_are_given_from_anywhere_in_the_chain(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    fixture_open(&fixture, "read_entries", FIXTURE_WITH_CATALOGUE);
    write_months(&fixture, "D1", 1, 5);
    int32_t district_id = fixture.ids->district_ids[0];
    struct th_arena *arena = th_arena_create(0);
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        struct th_stored_entry *entries;
        size_t count;
        uint8_t previous[TH_HASH_BYTES], hash[TH_HASH_BYTES];
        CHECK_OK(ranges[i].name,
                 th_store_entries(fixture.store, district_id, ranges[i].epoch, ranges[i].after,
                                  ranges[i].limit, arena, &entries, &count, previous, &error),
                 error);
        TH_CHECK(ranges[i].name, count == ranges[i].want_count);
        for (size_t j = 0; j < count; j++) {
            TH_CHECK(ranges[i].name, entries[j].entry.sequence == ranges[i].want_first + j);
            /* Each hash follows from the fields given and the one before. */
            th_entry_hash(&entries[j].entry, previous, hash);
            TH_CHECK(ranges[i].name, memcmp(hash, entries[j].hash, sizeof(hash)) == 0);
            memcpy(previous, hash, sizeof(hash));
        }
        if (count == 5) {
            TH_CHECK_TEXT("district", entries[2].entry.district, "D1");
            TH_CHECK_TEXT("form", entries[2].entry.form, "monthly");
            TH_CHECK_TEXT("period", entries[2].entry.period, "2024-03");
        }
    }
    th_arena_destroy(&arena);
    fixture_close(&fixture);
}

static void test_the_head_is_the_last_entry(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    uint32_t epoch;
    uint64_t sequence;
    uint8_t hash[TH_HASH_BYTES];
    static const uint8_t zeros[TH_HASH_BYTES];
    fixture_open(&fixture, "read_head", FIXTURE_WITH_CATALOGUE);
    write_months(&fixture, "D1", 1, 2);
    CHECK_OK(
        "D1",
        th_store_head(fixture.store, fixture.ids->district_ids[0], &epoch, &sequence, hash, &error),
        error);
    TH_CHECK("D1", epoch == 1 && sequence == 2 && memcmp(hash, zeros, sizeof(zeros)) != 0);
    CHECK_OK(
        "none",
        th_store_head(fixture.store, fixture.ids->district_ids[1], &epoch, &sequence, hash, &error),
        error);
    TH_CHECK("none", sequence == 0 && memcmp(hash, zeros, sizeof(zeros)) == 0);
    fixture_close(&fixture);
}

static void test_a_later_epoch_continues_the_hashes(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    fixture_open(&fixture, "read_epoch", FIXTURE_WITH_CATALOGUE);
    write_months(&fixture, "D1", 1, 2);
    operator_ask(&fixture, "UPDATE tonghop.district_head SET epoch = 2");
    write_months(&fixture, "D1", 3, 1);
    struct th_submission *again = report_make(
        &fixture, &(struct report_plan){
                      .seed = 3, .district = "D1", .period = "2024-01", .revision = 3, .cases = 0});
    TH_CHECK("duplicate", report_write_one(&fixture, again) == TH_OUTCOME_DUPLICATE);
    TH_CHECK("epoch", again->epoch == 2 && again->sequence == 3);
    struct th_arena *arena = th_arena_create(0);
    struct th_stored_entry *entries, *before;
    size_t count;
    uint8_t previous[TH_HASH_BYTES];
    int32_t district_id = fixture.ids->district_ids[0];
    CHECK_OK("first epoch",
             th_store_entries(fixture.store, district_id, 1, 0, 9, arena, &before, &count, previous,
                              &error),
             error);
    TH_CHECK("first epoch", count == 2);
    CHECK_OK("second epoch",
             th_store_entries(fixture.store, district_id, 2, 0, 9, arena, &entries, &count,
                              previous, &error),
             error);
    TH_CHECK("second epoch", count == 1);
    TH_CHECK("continues", memcmp(previous, before[1].hash, TH_HASH_BYTES) == 0);
    TH_CHECK("duplicate", memcmp(again->previous_hash, before[1].hash, TH_HASH_BYTES) == 0);
    CHECK_CHAIN("epochs", &fixture);
    th_arena_destroy(&arena);
    report_free(again);
    fixture_close(&fixture);
}

/* --------------------------------------------------------------- cells */

struct cells {
    char text[2048];
    size_t count, stop_after;
};

static enum th_status note_cell(void *context, const struct th_district *district, int32_t period,
                                const struct th_criterion *criterion, const struct th_cell *cell)
{
    struct cells *cells = context;
    char num[TH_DECIMAL_TEXT], den[TH_DECIMAL_TEXT], base[TH_PERIOD_TEXT];
    size_t used = strlen(cells->text), room = sizeof(cells->text) - used;
    th_decimal_format(cell->num, num);
    th_decimal_format(cell->den, den);
    th_base_period_format(criterion->form->frequency, period, base);
    snprintf(cells->text + used, room, "%s %s %s%s %s/%s %.*s %zu%s\n", district->code, base,
             criterion->code, cell->not_applicable ? " n/a" : "", num, den, (int)cell->choice.size,
             cell->choice.bytes ? cell->choice.bytes : "", cell->commune_count,
             cell->commune_count == 2 && th_slice_equals(cell->communes[1], "C3") ? " C3" : "");
    cells->count++;
    return cells->count == cells->stop_after ? TH_REJECTED : TH_OK;
}

static enum th_status read_cells(struct fixture *fixture, struct th_store *store, int32_t first,
                                 int32_t last, bool approved_only, struct cells *cells)
{
    struct th_error error = {0};
    int64_t snapshot_us;
    *cells = (struct cells){.stop_after = cells->stop_after};
    CHECK_OK("begin", th_store_begin_read(store, &snapshot_us, &error), error);
    enum th_status status =
        th_store_read_cells(store, fixture->ids, &fixture->ids->catalogue->forms[0], first, last,
                            approved_only, note_cell, cells, &error);
    th_store_end_read(store);
    return status;
}

#define MARCH (2024 * 12 + 2) /* ordinals of months: year * 12 + month - 1 */

static void test_cells_are_the_observations_of_current_revisions(void)
{
    struct fixture fixture;
    struct cells cells = {0};
    fixture_open(&fixture, "read_cells", FIXTURE_WITH_CATALOGUE);
    struct report_plan plans[] = {
        {.seed = 1, .district = "D1", .period = "2024-03", .revision = 1, .cases = 8},
        /* Replaces the whole of the first: `cases` is gone. */
        {.seed = 2,
         .district = "D1",
         .period = "2024-03",
         .revision = 2,
         .cases = -1,
         .full = true},
        {.seed = 3, .district = "D2", .period = "2024-04", .revision = 1, .cases = 0},
    };
    for (size_t i = 0; i < 3; i++) {
        struct th_submission *submission = report_make(&fixture, &plans[i]);
        TH_CHECK("write", report_write_one(&fixture, submission) == TH_OUTCOME_ACCEPTED);
        report_free(submission);
    }
    struct th_store *reader = fixture_connect(fixture.reader, "tests-reader");
    TH_CHECK("march", read_cells(&fixture, reader, MARCH, MARCH, false, &cells) == TH_OK);
    TH_CHECK_TEXT("march", cells.text,
                  "D1 2024-03 spent 12.345/0  0\n"
                  "D1 2024-03 staff 34/177.5  0\n"
                  "D1 2024-03 level n/a 0/0  0\n"
                  "D1 2024-03 decision 0/0 keep 0\n"
                  "D1 2024-03 members 0/0  2 C3\n"
                  "D1 2024-03 story 0/0 Đã họp \"giao ban\" 0\n");
    TH_CHECK("april", read_cells(&fixture, reader, MARCH + 1, MARCH + 5, false, &cells) == TH_OK);
    TH_CHECK_TEXT("april", cells.text, "D2 2024-04 cases 0/0  0\n");
    TH_CHECK("both", read_cells(&fixture, reader, MARCH, MARCH + 1, false, &cells) == TH_OK);
    TH_CHECK("both", cells.count == 7);
    TH_CHECK("none approved", read_cells(&fixture, reader, 0, INT32_MAX, true, &cells) == TH_OK);
    TH_CHECK("none approved", cells.count == 0);
    operator_ask(&fixture, "UPDATE tonghop.current_report SET state = 'approved'"
                           " WHERE district_id = 2");
    TH_CHECK("one approved", read_cells(&fixture, reader, 0, INT32_MAX, true, &cells) == TH_OK);
    TH_CHECK_TEXT("one approved", cells.text, "D2 2024-04 cases 0/0  0\n");

    /* A consumer that has enough: its status comes back, the connection stays good. */
    cells.stop_after = 2;
    TH_CHECK("stopped", read_cells(&fixture, reader, 0, INT32_MAX, false, &cells) == TH_REJECTED);
    TH_CHECK("stopped", cells.count == 2);
    cells.stop_after = 0;
    TH_CHECK("after", read_cells(&fixture, reader, 0, INT32_MAX, false, &cells) == TH_OK);
    TH_CHECK("after", cells.count == 7);
    th_store_close(&reader);
    fixture_close(&fixture);
}

/* What an operator's hand may do to a stored report. */
static const struct {
    const char *name, *change;
} damages[] = {
    {"arrays of different lengths", "num = num || 1::bigint"},
    {"two dimensions", "scale = ARRAY[[0::smallint], [0::smallint]]"},
    /* 10 digits after the point; a decimal has at most 9. */
    {"a scale beyond a decimal's", "scale = array_fill(10::smallint, ARRAY[cardinality(scale)])"},
    {"a scale below n/a's", "scale = array_fill(-2::smallint, ARRAY[cardinality(scale)])"},
    {"more than 18 digits", "num = array_fill(1000000000000000000, ARRAY[cardinality(num)])"},
};

static void test_a_damaged_report_is_told_not_added_up(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "read_damaged", FIXTURE_WITH_CATALOGUE);
    write_months(&fixture, "D1", 1, 1);
    operator_ask(&fixture, "CREATE TABLE public.kept AS SELECT * FROM tonghop.report");
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        struct cells cells = {0};
        struct th_error error = {0};
        int64_t snapshot_us;
        operator_ask(&fixture, "UPDATE tonghop.report SET %s", damages[i].change);
        CHECK_OK(damages[i].name, th_store_begin_read(fixture.store, &snapshot_us, &error), error);
        TH_CHECK(damages[i].name,
                 th_store_read_cells(fixture.store, fixture.ids, &fixture.ids->catalogue->forms[0],
                                     0, INT32_MAX, false, note_cell, &cells,
                                     &error) == TH_PERMANENT);
        TH_CHECK(damages[i].name, strstr(error.message, "tonghop-collector verify") != NULL);
        TH_CHECK(damages[i].name, cells.count == 0);
        th_store_end_read(fixture.store);
        operator_ask(&fixture, "DELETE FROM tonghop.report");
        operator_ask(&fixture, "INSERT INTO tonghop.report SELECT * FROM public.kept");
    }
    fixture_close(&fixture);
}

static void test_status_counts_what_there_is(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_store_status status;
    struct th_enrolment district = {.public_key = {1}, .name = "D1", .role = "district"};
    struct th_enrolment second = {.public_key = {2}, .name = "D1", .role = "district"};
    struct th_enrolment client = {.public_key = {3}, .name = "office", .role = "viewer"};
    fixture_open(&fixture, "read_status", FIXTURE_WITH_CATALOGUE);
    CHECK_OK("empty", th_store_get_status(fixture.store, &status, &error), error);
    TH_CHECK("empty", status.reports == 0 && status.last_accepted_at_us == 0);
    write_months(&fixture, "D1", 1, 2);
    write_months(&fixture, "D1", 11, 1); /* another revision of the first month */
    CHECK_OK("keys", th_store_enrol(fixture.store, &district, "tests", &error), error);
    CHECK_OK("keys", th_store_enrol(fixture.store, &second, "tests", &error), error);
    CHECK_OK("keys", th_store_enrol(fixture.store, &client, "tests", &error), error);
    CHECK_OK("status", th_store_get_status(fixture.store, &status, &error), error);
    TH_CHECK("reports", status.reports == 3 && status.current_reports == 2);
    TH_CHECK("rejections", status.rejections == 0);
    TH_CHECK("two keys of one district", status.districts_enrolled == 1);
    TH_CHECK("clients", status.clients_enrolled == 1);
    /* The catalogue and three enrolments. */
    TH_CHECK("versions", status.catalogue_version == 1 && status.event_sequence == 4);
    TH_CHECK("schema", status.schema_version == th_store_schema_version());
    TH_CHECK("clock", status.last_accepted_at_us > 0 &&
                          status.last_accepted_at_us <= status.database_now_us);
    fixture_close(&fixture);
}

static void test_one_snapshot_sees_nothing_that_comes_after(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct cells cells = {0};
    int64_t snapshot_us;
    uint64_t version;
    const struct th_form *form;
    fixture_open(&fixture, "read_snapshot", FIXTURE_WITH_CATALOGUE);
    form = &fixture.ids->catalogue->forms[0];
    write_months(&fixture, "D1", 1, 1);
    struct th_store *reader = fixture_connect(fixture.reader, "tests-reader");
    TH_CHECK("no snapshot", th_store_read_version(reader, &version, &error) == TH_UNREACHABLE);
    CHECK_OK("begin", th_store_begin_read(reader, &snapshot_us, &error), error);
    write_months(&fixture, "D2", 1, 3);
    CHECK_OK("version", th_store_read_version(reader, &version, &error), error);
    TH_CHECK("version", version == 1);
    CHECK_OK("cells",
             th_store_read_cells(reader, fixture.ids, form, 0, INT32_MAX, false, note_cell, &cells,
                                 &error),
             error);
    TH_CHECK("before", cells.count == 1);
    th_store_end_read(reader);
    TH_CHECK("after", read_cells(&fixture, reader, 0, INT32_MAX, false, &cells) == TH_OK);
    TH_CHECK("after", cells.count == 4);
    th_store_close(&reader);
    fixture_close(&fixture);
}

/* ------------------------------------------------------------- reports */

struct rows {
    char text[1024];
    size_t body_size;
    uint8_t digest[32];
};

static enum th_status note_report(void *context, const struct th_report_row *row)
{
    struct rows *rows = context;
    char period[TH_PERIOD_TEXT];
    size_t used = strlen(rows->text);
    th_base_period_format(TH_MONTHLY, row->period, period);
    snprintf(rows->text + used, sizeof(rows->text) - used, "%s %s r%u #%llu %s%s%s%s\n",
             row->district_code, period, row->revision, (unsigned long long)row->sequence,
             row->current ? "current " : "", row->state, row->complete ? " complete" : "",
             row->imported ? " import" : "");
    rows->body_size = row->body.size;
    th_sha256(row->body.bytes, row->body.size, rows->digest);
    TH_CHECK("a body is the one that its digest is of",
             row->body.size == 0 || memcmp(rows->digest, row->digest, 32) == 0);
    TH_CHECK("district", row->district && strcmp(row->district->code, row->district_code) == 0);
    return TH_OK;
}

static void read_reports(struct fixture *fixture, const char *district, int32_t first, int32_t last,
                         uint32_t revision, bool with_body, struct rows *rows)
{
    struct th_error error = {0};
    int64_t snapshot_us;
    *rows = (struct rows){0};
    CHECK_OK("begin", th_store_begin_read(fixture->store, &snapshot_us, &error), error);
    CHECK_OK(
        "reports",
        th_store_read_reports(
            fixture->store, fixture->ids, &fixture->ids->catalogue->forms[0],
            district ? th_catalogue_district(fixture->ids->catalogue, th_slice_of(district)) : NULL,
            first, last, revision, with_body, note_report, rows, &error),
        error);
    th_store_end_read(fixture->store);
}

static void test_reports_are_listed_in_the_catalogues_order(void)
{
    struct fixture fixture;
    struct rows rows;
    fixture_open(&fixture, "read_reports", FIXTURE_WITH_CATALOGUE);
    const struct report_plan plans[] = {
        {.seed = 1, .district = "D3", .period = "2024-03", .revision = 1, .cases = 1},
        {.seed = 2, .district = "D1", .period = "2024-04", .revision = 1, .cases = 1},
        {.seed = 3, .district = "D1", .period = "2024-03", .revision = 1, .cases = -1},
        {.seed = 4, .district = "D1", .period = "2024-03", .revision = 2, .cases = 1},
    };
    for (size_t i = 0; i < 4; i++) {
        struct th_submission *submission = report_make(&fixture, &plans[i]);
        TH_CHECK("write", report_write_one(&fixture, submission) == TH_OUTCOME_ACCEPTED);
        report_free(submission);
    }
    read_reports(&fixture, NULL, MARCH, MARCH + 1, 0, false, &rows);
    TH_CHECK_TEXT("all", rows.text,
                  "D1 2024-03 r2 #3 current received complete\n"
                  "D1 2024-04 r1 #1 current received complete\n"
                  "D3 2024-03 r1 #1 current received complete\n");
    TH_CHECK("without body", rows.body_size == 0);
    read_reports(&fixture, "D1", MARCH, MARCH, 0, true, &rows);
    TH_CHECK_TEXT("one", rows.text, "D1 2024-03 r2 #3 current received complete\n");
    TH_CHECK("with body", rows.body_size > 0);
    read_reports(&fixture, "D1", MARCH, MARCH, 1, true, &rows);
    TH_CHECK_TEXT("an old revision", rows.text, "D1 2024-03 r1 #2 \n");
    read_reports(&fixture, "D1", MARCH, MARCH, 2, true, &rows);
    TH_CHECK_TEXT("the current one by its number", rows.text,
                  "D1 2024-03 r2 #3 current received complete\n");
    read_reports(&fixture, "D1", MARCH, MARCH, UINT32_MAX, true, &rows);
    TH_CHECK_TEXT("none such", rows.text, "");
    fixture_close(&fixture);
}

static enum th_status count_cell(void *context, const struct th_district *district, int32_t period,
                                 const struct th_criterion *criterion, const struct th_cell *cell)
{
    (void)district, (void)period, (void)criterion, (void)cell;
    ++*(size_t *)context;
    return TH_OK;
}

/* In one snapshot, as a question of several spans reads: all at once, row by row, and again. */
static void test_what_follows_rows_one_by_one_is_whole(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    int64_t snapshot_us;
    fixture_open(&fixture, "read_twice", FIXTURE_WITH_CATALOGUE);
    write_months(&fixture, "D1", 1, 2);
    const struct th_form *form = th_catalogue_form(fixture.ids->catalogue, TH_SLICE("monthly"));
    struct th_mark *marks = calloc(fixture.ids->catalogue->district_count, sizeof(*marks));
    CHECK_OK("begin", th_store_begin_read(fixture.store, &snapshot_us, &error), error);
    size_t cells[3] = {0};
    uint64_t act;
    for (size_t i = 0; i < 3; i++) {
        CHECK_OK("marks", th_store_read_marks(fixture.store, fixture.ids, marks, &act, &error),
                 error);
        TH_CHECK("marks", marks[0].epoch == 1 && marks[0].sequence == 2);
        CHECK_OK("cells",
                 th_store_read_cells(fixture.store, fixture.ids, form, INT32_MIN, INT32_MAX, false,
                                     count_cell, &cells[i], &error),
                 error);
        TH_CHECK("cells", cells[i] > 0 && cells[i] == cells[0]);
    }
    th_store_end_read(fixture.store);
    free(marks);
    fixture_close(&fixture);
}

const struct th_test read_tests[] = {
    {"entries are given from anywhere in the chain",
     test_entries_are_given_from_anywhere_in_the_chain},
    {"the head is the last entry", test_the_head_is_the_last_entry},
    {"a later epoch continues the hashes", test_a_later_epoch_continues_the_hashes},
    {"cells are the observations of current revisions",
     test_cells_are_the_observations_of_current_revisions},
    {"a damaged report is told, not added up", test_a_damaged_report_is_told_not_added_up},
    {"status counts what there is", test_status_counts_what_there_is},
    {"one snapshot sees nothing that comes after", test_one_snapshot_sees_nothing_that_comes_after},
    {"reports are listed in the catalogue's order",
     test_reports_are_listed_in_the_catalogues_order},
    {"what follows rows one by one is whole", test_what_follows_rows_one_by_one_is_whole},
    {NULL, NULL},
};
