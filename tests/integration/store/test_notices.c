/* What a district is told of the acts about it, and what it has acknowledged. */
#include <stdlib.h>

#include "collector/store/notices.h"
#include "common/base/buffer.h"
#include "fixture.h"

static void insert_state(struct fixture *fixture, int act, const char *to, const char *until,
                         const char *comment, const char *criteria, const char *comments)
{
    operator_ask(fixture,
                 "INSERT INTO tonghop.state_change SELECT d.district_id, %d, f.form_id, 24290, 2, "
                 "'received', '%s', '2024-06-01 00:00:00+00', %s, 'lan', 'approver', NULL, '%s', "
                 "ARRAY(SELECT criterion_id FROM tonghop.criterion WHERE code IN (%s) "
                 "ORDER BY code DESC), ARRAY[%s]::text[] FROM tonghop.district d, tonghop.form f "
                 "WHERE d.code = 'D1' AND f.code = 'monthly'",
                 act, to, until, comment, criteria, comments);
}

static void insert_exception(struct fixture *fixture, int act, const char *until,
                             const char *district)
{
    operator_ask(fixture,
                 "INSERT INTO tonghop.lock_exception SELECT d.district_id, %d, f.form_id, 24290, "
                 "'2024-06-02 00:00:00+00', '%s', 'vì lụt', 'os:x' FROM tonghop.district d, "
                 "tonghop.form f WHERE d.code = '%s' AND f.code = 'monthly'",
                 act, until, district);
}

/* Acts 101..106, as rows: what writes them is tested elsewhere. 104 is about D2. */
static void insert_acts(struct fixture *fixture)
{
    insert_state(fixture, 101, "returned", "'2024-06-11 00:00:00+00'", "xem lại",
                 "'cases', 'spent'", "'quá ít', 'thiếu'");
    insert_state(fixture, 103, "approved", "NULL", "", "''", "");
    insert_state(fixture, 105, "received", "'2024-06-12 00:00:00+00'", "sai", "''", "");
    insert_exception(fixture, 102, "2024-07-01 00:00:00+00", "D1");
    insert_exception(fixture, 106, "2024-06-02 00:00:00+00", "D1");
    insert_exception(fixture, 104, "2024-07-01 00:00:00+00", "D2");
}

static int32_t id_of(struct fixture *fixture, const char *code)
{
    return (int32_t)atoi(
        operator_ask(fixture, "SELECT district_id FROM tonghop.district WHERE code = '%s'", code));
}

static const char *read_notices(struct fixture *fixture, struct th_store *store, const char *code,
                                uint64_t after, size_t limit, struct th_buffer *shown)
{
    struct th_arena *arena = th_arena_create(0);
    struct th_stored_notice *notices = NULL;
    struct th_error error = {0};
    size_t count = 0;
    CHECK_OK(code,
             th_store_notices(store, id_of(fixture, code), after, limit, arena, &notices, &count,
                              &error),
             error);
    th_buffer_clear(shown);
    th_buffer_add_text(shown, "");
    for (size_t i = 0; i < count; i++) {
        const struct th_stored_notice *notice = &notices[i];
        th_buffer_printf(shown, "%d %s %s %s %d '%s' %lld %lld", (int)notice->id, notice->kind,
                         notice->form, notice->period, (int)notice->revision, notice->text,
                         (long long)(notice->at_us / 1000000),
                         (long long)(notice->until_us / 1000000));
        for (size_t c = 0; c < notice->comment_count; c++)
            th_buffer_printf(shown, " %s=%s", notice->comments[c].criterion,
                             notice->comments[c].text);
        th_buffer_add_text(shown, ";");
    }
    th_arena_destroy(&arena);
    return shown->bytes;
}

static const char *acknowledged(struct fixture *fixture)
{
    return operator_ask(fixture,
                        "SELECT coalesce(string_agg(d.code || ' ' || a.event_sequence, ';' "
                        "ORDER BY d.code), '') FROM tonghop.notice_ack a "
                        "JOIN tonghop.district d USING (district_id)");
}

/* Seconds of 2024-06-01, 06-02, 06-11, 06-12 and 07-01 at 00:00 UTC, by `date -u -d`. */
#define JUNE_1  "1717200000"
#define JUNE_2  "1717286400"
#define JUNE_11 "1718064000"
#define JUNE_12 "1718150400"
#define JULY_1  "1719792000"
#define OF_101                                                                                     \
    "101 report.returned monthly 2024-03 2 'xem lại' " JUNE_1 " " JUNE_11                          \
    " spent=quá ít cases=thiếu;"
#define OF_102 "102 exception.opened monthly 2024-03 0 'vì lụt' " JUNE_2 " " JULY_1 ";"
#define OF_103 "103 report.approved monthly 2024-03 2 '' " JUNE_1 " 0;"
#define OF_104 "104 exception.opened monthly 2024-03 0 'vì lụt' " JUNE_2 " " JULY_1 ";"
#define OF_105 "105 report.reopened monthly 2024-03 2 'sai' " JUNE_1 " " JUNE_12 ";"
#define OF_106 "106 exception.ended monthly 2024-03 0 'vì lụt' " JUNE_2 " 0;"

static void test_a_district_is_told_its_acts_in_order(void)
{
    struct fixture fixture;
    TH_CLEANUP_BUFFER struct th_buffer shown = {0};
    fixture_open(&fixture, "notices_order", FIXTURE_WITH_CATALOGUE);
    insert_acts(&fixture);
    struct th_store *writer = fixture_connect(fixture.writer, "tests-writer");
    const struct {
        const char *name, *district;
        uint64_t after;
        size_t limit;
        const char *want;
    } cases[] = {
        {"all", "D1", 0, 10, OF_101 OF_102 OF_103 OF_105 OF_106},
        {"the first two", "D1", 0, 2, OF_101 OF_102},
        {"the next two", "D1", 102, 2, OF_103 OF_105},
        {"after one of another district", "D1", 104, 10, OF_105 OF_106},
        {"none left", "D1", 106, 10, ""},
        {"after what no sequence reaches", "D1", UINT64_MAX, 10, ""},
        {"another district", "D2", 0, 10, OF_104},
        {"a district without acts", "D3", 0, 10, ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        TH_CHECK_TEXT(cases[i].name,
                      read_notices(&fixture, writer, cases[i].district, cases[i].after,
                                   cases[i].limit, &shown),
                      cases[i].want);
    th_store_close(&writer);
    fixture_close(&fixture);
}

static void test_an_acknowledgement_never_goes_back_or_beyond(void)
{
    struct fixture fixture;
    TH_CLEANUP_BUFFER struct th_buffer shown = {0};
    fixture_open(&fixture, "notices_ack", FIXTURE_WITH_CATALOGUE);
    insert_acts(&fixture);
    struct th_store *writer = fixture_connect(fixture.writer, "tests-writer");
    const struct {
        const char *name, *district;
        uint64_t after;
        const char *want;
    } steps[] = {
        {"nothing yet", "D1", 0, ""},
        {"before the first", "D1", 100, ""},
        {"one", "D1", 102, "D1 102"},
        {"back", "D1", 101, "D1 102"},
        /* 104 is about D2: D1 has reached 103. */
        {"another district's", "D1", 104, "D1 103"},
        {"that district", "D2", 104, "D1 103;D2 104"},
        {"a district without acts", "D3", 500, "D1 103;D2 104"},
        {"beyond every act", "D1", UINT64_MAX, "D1 106;D2 104"},
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        read_notices(&fixture, writer, steps[i].district, steps[i].after, 1, &shown);
        TH_CHECK_TEXT(steps[i].name, acknowledged(&fixture), steps[i].want);
    }
    th_store_close(&writer);
    fixture_close(&fixture);
}

/* As after a restoration at act 103, which gave act 103 and all later ones of before back, and
 * began epoch 3: D1 has 101 and 102 of epoch 1, then 105 and 106 of epoch 3. */
static void test_ids_are_not_given_twice_after_a_restoration(void)
{
    struct fixture fixture;
    const uint64_t epoch_3 = UINT64_C(2) << 40;
    fixture_open(&fixture, "notices_restored", FIXTURE_WITH_CATALOGUE);
    insert_acts(&fixture);
    operator_ask(&fixture, "DELETE FROM tonghop.state_change WHERE event_sequence = 103");
    operator_ask(&fixture, "INSERT INTO tonghop.restoration VALUES (1, 3, 103, now(), now(), 'x')");
    struct th_store *writer = fixture_connect(fixture.writer, "tests-writer");
    const struct {
        const char *name;
        uint64_t after;
        size_t want_count;
        uint64_t want[4];
        const char *want_acknowledged;
    } cases[] = {
        {"from the beginning", 0, 4, {101, 102, epoch_3 | 105, epoch_3 | 106}, ""},
        {"one that is left", 101, 3, {102, epoch_3 | 105, epoch_3 | 106}, "D1 101"},
        {"one that was lost", 106, 2, {epoch_3 | 105, epoch_3 | 106}, "D1 102"},
        {"far beyond what was lost", 999, 2, {epoch_3 | 105, epoch_3 | 106}, "D1 102"},
        {"of an epoch that came to nothing",
         (UINT64_C(1) << 40) | 150,
         2,
         {epoch_3 | 105, epoch_3 | 106},
         "D1 102"},
        {"one of the new epoch", epoch_3 | 105, 1, {epoch_3 | 106}, "D1 105"},
        {"the last", epoch_3 | 106, 0, {0}, "D1 106"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_error error = {0};
        struct th_arena *arena = th_arena_create(0);
        struct th_stored_notice *notices = NULL;
        size_t count = 0;
        CHECK_OK(cases[i].name,
                 th_store_notices(writer, id_of(&fixture, "D1"), cases[i].after, 10, arena,
                                  &notices, &count, &error),
                 error);
        TH_CHECK(cases[i].name, count == cases[i].want_count);
        for (size_t n = 0; n < count && n < cases[i].want_count; n++)
            TH_CHECK(cases[i].name, notices[n].id == cases[i].want[n]);
        TH_CHECK_TEXT(cases[i].name, acknowledged(&fixture), cases[i].want_acknowledged);
        th_arena_destroy(&arena);
    }
    th_store_close(&writer);
    fixture_close(&fixture);
}

static void test_news_name_the_districts(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_arena *arena = th_arena_create(0);
    int32_t *ids = NULL;
    size_t count = 0;
    fixture_open(&fixture, "notices_news", FIXTURE_WITH_CATALOGUE);
    /* The catalogue's import is act 1. A reason may say anything: it is escaped. */
    operator_ask(&fixture, "INSERT INTO tonghop.province_event VALUES "
                           "(2, now(), 'exception', '{\"district\":\"D3\",\"form\":\"x\"}', 'x', "
                           "sha256('')), "
                           "(3, now(), 'state', '{\"a\":\"\\\"district\\\":\\\"D2\\\"\","
                           "\"district\":\"D1\"}', 'x', sha256('')), "
                           "(4, now(), 'exception', '{\"district\":\"D3\"}', 'x', sha256('')), "
                           "(5, now(), 'torn', '{\"district', 'x', sha256(''))");
    CHECK_OK("all", th_store_notice_districts(fixture.store, 0, 9, arena, &ids, &count, &error),
             error);
    TH_CHECK("all",
             count == 2 && ids[0] == id_of(&fixture, "D1") && ids[1] == id_of(&fixture, "D3"));
    CHECK_OK("some", th_store_notice_districts(fixture.store, 2, 3, arena, &ids, &count, &error),
             error);
    TH_CHECK("some", count == 1 && ids[0] == id_of(&fixture, "D1"));
    CHECK_OK("none", th_store_notice_districts(fixture.store, 4, 9, arena, &ids, &count, &error),
             error);
    TH_CHECK("none", count == 0);
    th_arena_destroy(&arena);
    fixture_close(&fixture);
}

const struct th_test notice_tests[] = {
    {"a district is told its acts in order", test_a_district_is_told_its_acts_in_order},
    {"an acknowledgement never goes back or beyond",
     test_an_acknowledgement_never_goes_back_or_beyond},
    {"ids are not given twice after a restoration",
     test_ids_are_not_given_twice_after_a_restoration},
    {"news name the districts", test_news_name_the_districts},
    {NULL, NULL},
};
