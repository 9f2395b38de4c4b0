/* `receipts verify`: a sound outbox passes, and whatever is changed in it is named. */
#include <sqlite3.h>

#include "reporter/delivery/verify.h"
#include "reporter_support.h"
#include "th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Entries 1 and 2 of an import, 3 and 4 of the office, in three signed runs (the last
 * two of one answer), and a rejection. */
static void make_history(struct world *world)
{
    uint8_t id[16];
    world_make(world, 4, 10);
    memset(id, 100, sizeof(id));
    world_accept(world, id, "of an import", "2023-01", 1);
    memset(id, 101, sizeof(id));
    world_accept(world, id, "of an import", "2023-02", 1);
    put_report(world->files.outbox, 1, FORM, "2024-01", 1, "body 1");
    put_report(world->files.outbox, 2, FORM, "2024-02", 1, "body 2");
    put_report(world->files.outbox, 3, FORM, "2024-03", 1, "body 3");
    world_greet(world);
    const Tonghop__V1__ClientMessage *message = world_next(world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    world_say_entries(world, message->entries_request);
    const Tonghop__V1__Submit *submit = world_submit(world, "history", 3);
    CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
    memset(id, 1, sizeof(id));
    world_accept(world, id, "body 1", "2024-01", 1);
    memset(id, 2, sizeof(id));
    world_accept(world, id, "body 2", "2024-02", 1);
    Tonghop__V1__Receipts *receipts = world_receipts(world, submit->batch_id);
    world_add_run(world, receipts, world_run(world, 2, 1));
    world_add_run(world, receipts, world_run(world, 3, 1));
    world_add_rejection(world, receipts, world_rejection(world, 3, "body 3", "period.locked"));
    world_say_receipts(world, receipts);
    CU_ASSERT_EQUAL_FATAL(state_of(world->files.outbox, 2), TH_STATE_ACCEPTED);
    CU_ASSERT_EQUAL_FATAL(state_of(world->files.outbox, 3), TH_STATE_REJECTED);
}

static void tamper(struct world *world, const char *sql)
{
    sqlite3 *database;
    char *message = NULL;
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(world->files.path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK)
        fprintf(stderr, "\n    %s: %s\n", sql, message);
    CU_ASSERT_PTR_NULL(message);
    sqlite3_free(message);
    sqlite3_close(database);
}

static void test_sound_outbox_passes(void)
{
    struct world world;
    struct th_receipt_counts counts;
    struct th_error error = {0};
    make_history(&world);
    enum th_status status = th_receipts_verify(world.files.outbox, &world.bundle, &counts, &error);
    TH_CHECK(error.message, status == TH_OK);
    CU_ASSERT_EQUAL(counts.entries, 4);
    CU_ASSERT_EQUAL(counts.signatures, 3);
    CU_ASSERT_EQUAL(counts.reports, 2);
    CU_ASSERT_EQUAL(counts.rejections, 1);
    CU_ASSERT_EQUAL(counts.gaps, 0);
    CU_ASSERT_EQUAL(counts.differences, 0);
    world_end(&world);
}

static void test_empty_outbox_passes(void)
{
    struct world world;
    struct th_receipt_counts counts;
    struct th_error error = {0};
    world_make(&world, 4, 10);
    CU_ASSERT_EQUAL(th_receipts_verify(world.files.outbox, &world.bundle, &counts, &error), TH_OK);
    CU_ASSERT_EQUAL(counts.entries, 0);
    world_end(&world);
}

static void test_every_change_is_found(void)
{
    static const struct {
        const char *name, *sql;
        const char *want_words; /* of the first difference */
        uint64_t want_gaps;
    } cases[] = {
        {"an instant of an entry",
         "UPDATE entry SET accepted_at_us = accepted_at_us - 1 "
         "WHERE sequence = 3",
         "entry 3", 0},
        {"a revision of an entry", "UPDATE entry SET revision = 9 WHERE sequence = 1", "entry 1",
         0},
        {"an entry in the middle taken out", "DELETE FROM entry WHERE sequence = 2",
         "entries 2 to 2", 1},
        {"the beginning taken out", "DELETE FROM entry WHERE sequence = 1", "entries 1 to 1", 1},
        /* A chain cut off at its end is still a chain: only the signature tells. */
        {"the end taken out", "DELETE FROM entry WHERE sequence = 4", "entry 4", 0},
        {"the last signature taken out", "DELETE FROM receipt_run WHERE last_sequence = 4",
         "no signature covers entry 4", 0},
        {"a signature of another entry",
         "UPDATE receipt_run SET signature = (SELECT signature FROM receipt_run "
         "WHERE last_sequence = 3) WHERE last_sequence = 4",
         "signature of entry 4", 0},
        {"a signature of an unknown key",
         "UPDATE receipt_run SET key_id = zeroblob(8) "
         "WHERE last_sequence = 2",
         "does not name", 0},
        {"the bytes of a report",
         "UPDATE report SET body = CAST('body 9' AS BLOB) "
         "WHERE period = '2024-01'",
         "were changed", 0},
        {"the digest of a report",
         "UPDATE report SET digest = zeroblob(32) "
         "WHERE period = '2024-01'",
         "other bytes", 0},
        {"an accepted report put back",
         "UPDATE report SET state = 'queued' "
         "WHERE period = '2024-01'",
         "not marked accepted", 0},
        {"a report accepted by nobody",
         "UPDATE report SET state = 'accepted', epoch = 1, "
         "sequence = 77 WHERE period = '2024-03'",
         "without an entry", 0},
        {"a rejection's bytes", "UPDATE rejection SET message = zeroblob(10)", "not readable", 0},
        {"a rejection of another report",
         "UPDATE rejection SET report_id = (SELECT report_id FROM report "
         "WHERE period = '2024-01')",
         "rejection", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        struct th_receipt_counts counts;
        struct th_error error = {0};
        make_history(&world);
        tamper(&world, cases[i].sql);
        TH_CHECK(cases[i].name, th_receipts_verify(world.files.outbox, &world.bundle, &counts,
                                                   &error) == TH_PERMANENT);
        TH_CHECK(cases[i].name, counts.differences > 0);
        TH_CHECK(cases[i].name, counts.gaps == cases[i].want_gaps);
        bool named = strstr(error.message, cases[i].want_words) != NULL;
        if (!named)
            fprintf(stderr, "\n    case '%s': %s\n", cases[i].name, error.message);
        TH_CHECK(cases[i].name, named);
        world_end(&world);
    }
}

static void test_another_bundle_does_not_verify(void)
{
    struct world world;
    struct th_receipt_counts counts;
    struct th_error error = {0};
    make_history(&world);
    world.bundle.receipt_keys[0][5] ^= 1;
    CU_ASSERT_EQUAL(th_receipts_verify(world.files.outbox, &world.bundle, &counts, &error),
                    TH_PERMANENT);
    world_end(&world);
}

/* A chain that is right but for its instants: delivery would not have taken it. */
static void test_instants_that_run_back_are_found(void)
{
    struct world world;
    struct th_receipt_counts counts;
    struct th_error error = {0};
    uint8_t id[16] = {1};
    world_make(&world, 4, 10);
    world_accept(&world, id, "first", "2024-01", 1);
    world.clock_step_us = -1000000;
    id[0] = 2;
    world_accept(&world, id, "second", "2024-02", 1);
    for (size_t i = 0; i < 2; i++) {
        const struct chain_entry *made = &world.chain[i];
        struct th_entry entry = {.epoch = 1,
                                 .sequence = made->sequence,
                                 .form = made->form,
                                 .period = made->period,
                                 .revision = 1,
                                 .accepted_at_us = made->accepted_at_us};
        memcpy(entry.report_id, made->id, sizeof(made->id));
        memcpy(entry.digest, made->digest, sizeof(made->digest));
        CU_ASSERT_EQUAL(th_outbox_add_entry(world.files.outbox, &entry, made->hash, &error), TH_OK);
    }
    CU_ASSERT_EQUAL(th_receipts_verify(world.files.outbox, &world.bundle, &counts, &error),
                    TH_PERMANENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "accepted before"));
    world_end(&world);
}

static const struct th_test tests[] = {
    {"instants that run back are found", test_instants_that_run_back_are_found},
    {"a sound outbox passes", test_sound_outbox_passes},
    {"an empty outbox passes", test_empty_outbox_passes},
    {"every change is found and named", test_every_change_is_found},
    {"receipts do not verify by another key", test_another_bundle_does_not_verify},
};

TH_TEST_MAIN("receipts verify", tests)
