/* What an office sends, in which batches, and how much of it before it is answered. */
#include "reporter_support.h"
#include "th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TIMEOUT_MS   5000 /* as reporter_support.c sets it */

typedef Tonghop__V1__ClientMessage ClientMessage;

static void test_window_is_not_passed(void)
{
    struct world world;
    world_make(&world, 2, 1);
    world_queue(&world, 3);
    world_greet(&world);
    const Tonghop__V1__Submit *first = world_submit(&world, "first", 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_TRUE(th_slice_equals(th_bytes_slice(first->report[0]), "body 1"));
    const Tonghop__V1__Submit *second = world_submit(&world, "second", 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(second);
    CU_ASSERT_TRUE(th_slice_equals(th_bytes_slice(second->report[0]), "body 2"));
    CU_ASSERT_PTR_NULL(world_next(&world));

    world_accept_queued(&world, 1);
    Tonghop__V1__Receipts *receipts = world_receipts(&world, first->batch_id);
    world_add_run(&world, receipts, world_run(&world, 0, 1));
    world_say_receipts(&world, receipts);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 1), TH_STATE_ACCEPTED);
    const Tonghop__V1__Submit *third = world_submit(&world, "an answer makes room", 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(third);
    CU_ASSERT_TRUE(th_slice_equals(th_bytes_slice(third->report[0]), "body 3"));
    world_end(&world);
}

static void test_the_provinces_limits_count(void)
{
    struct world world;
    world_make(&world, 8, 100);
    world_queue(&world, 5);
    world_pass(&world, 0);
    world_next(&world);
    Tonghop__V1__Welcome *welcome = world_welcome(&world);
    welcome->window = 1;
    welcome->max_batch_reports = 2;
    world_say_welcome(&world, welcome);
    CU_ASSERT_PTR_NOT_NULL(world_submit(&world, "two reports", 2));
    CU_ASSERT_PTR_NULL(world_next(&world));
    world_end(&world);
}

/* Nobody answers: the office connects anew, and the next batch is the return value. */
static const Tonghop__V1__Submit *after_silence(struct world *world, const char *row, size_t count)
{
    const ClientMessage *message = NULL;
    for (int i = 0; i < 10000 && !message; i++) {
        world_pass(world, 10);
        message = world_next(world);
    }
    TH_CHECK(row, is_hello(message));
    world_say_welcome(world, world_welcome(world));
    return world_submit(world, row, count);
}

static void test_unanswered_batches_get_smaller(void)
{
    static const struct {
        const char *name;
        int64_t late_ms; /* of the answer */
        size_t want;     /* reports of the batch behind it */
    } cases[] = {
        {"answered at once: larger again", 0, 2},
        {"just within a quarter of the timeout", TIMEOUT_MS / 4 - 1, 2},
        {"not within it", TIMEOUT_MS / 4, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        world_make(&world, 1, 8);
        world_queue(&world, 9);
        world_greet(&world);
        CU_ASSERT_PTR_NOT_NULL(world_submit(&world, "all that the limit allows", 8));
        CU_ASSERT_PTR_NOT_NULL(after_silence(&world, "half of it", 4));
        CU_ASSERT_PTR_NOT_NULL(after_silence(&world, "a quarter", 2));
        CU_ASSERT_PTR_NOT_NULL(after_silence(&world, "an eighth", 1));
        const Tonghop__V1__Submit *last = after_silence(&world, "never none", 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(last);
        uint64_t batch_id = last->batch_id;
        world_pass(&world, cases[i].late_ms);
        world_accept_queued(&world, 1);
        Tonghop__V1__Receipts *receipts = world_receipts(&world, batch_id);
        world_add_run(&world, receipts, world_run(&world, 0, 1));
        world_say_receipts(&world, receipts);
        /* Four silences: two answers until the first larger one. */
        last = world_submit(&world, cases[i].name, 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(last);
        batch_id = last->batch_id;
        world_accept_queued(&world, 2);
        receipts = world_receipts(&world, batch_id);
        world_add_run(&world, receipts, world_run(&world, 1, 1));
        world_say_receipts(&world, receipts);
        CU_ASSERT_PTR_NOT_NULL(world_submit(&world, cases[i].name, cases[i].want));
        world_end(&world);
    }
}

static void test_batches_keep_to_the_bytes(void)
{
    struct world world;
    char body[700];
    world_make(&world, 8, 100);
    memset(body, 'x', sizeof(body) - 1);
    body[sizeof(body) - 1] = '\0';
    put_report(world.files.outbox, 1, FORM, "2024-01", 1, body);
    put_report(world.files.outbox, 2, FORM, "2024-02", 1, body);
    world_pass(&world, 0);
    world_next(&world);
    Tonghop__V1__Welcome *welcome = world_welcome(&world);
    welcome->max_batch_bytes = 1024; /* one of 699 bytes fits, two do not */
    world_say_welcome(&world, welcome);
    CU_ASSERT_PTR_NOT_NULL(world_submit(&world, "first", 1));
    CU_ASSERT_PTR_NOT_NULL(world_submit(&world, "second", 1));
    world_end(&world);
}

static void test_next_revision_waits_for_the_answer(void)
{
    static const char *const names[] = {"accepted", "rejected"};
    for (int rejected = 0; rejected <= 1; rejected++) {
        struct world world;
        uint8_t id[16];
        world_make(&world, 8, 10);
        put_report(world.files.outbox, 1, FORM, "2024-01", 1, "body 1");
        put_report(world.files.outbox, 2, FORM, "2024-01", 2, "corrected");
        world_greet(&world);
        const Tonghop__V1__Submit *first = world_submit(&world, names[rejected], 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(first);
        CU_ASSERT_PTR_NULL(world_next(&world));
        Tonghop__V1__Receipts *receipts = world_receipts(&world, first->batch_id);
        if (rejected) {
            world_add_rejection(&world, receipts,
                                world_rejection(&world, 1, "body 1", "period.locked"));
        } else {
            id_of(1, id);
            world_accept(&world, id, "body 1", "2024-01", 1);
            world_add_run(&world, receipts, world_run(&world, 0, 1));
        }
        world_say_receipts(&world, receipts);
        const Tonghop__V1__Submit *second = world_submit(&world, names[rejected], 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(second);
        TH_CHECK(names[rejected], th_slice_equals(th_bytes_slice(second->report[0]), "corrected"));
        world_end(&world);
    }
}

static void test_new_reports_leave_at_once(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_greet(&world);
    CU_ASSERT_PTR_NULL(world_next(&world));
    world_queue(&world, 1);
    th_delivery_wake(world.delivery, world.now_ms);
    CU_ASSERT_PTR_NOT_NULL(world_submit(&world, "woken", 1));
    world_end(&world);
}

static void test_draining_sends_nothing_new(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_greet(&world);
    th_delivery_drain(world.delivery);
    world_queue(&world, 1);
    th_delivery_wake(world.delivery, world.now_ms);
    CU_ASSERT_PTR_NULL(world_next(&world));
    th_delivery_stop(world.delivery, world.now_ms);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_STOPPED);
    CU_ASSERT_EQUAL(th_delivery_tick(world.delivery, world.now_ms + 1000000), -1);
    world_end(&world);
}

static const struct th_test tests[] = {
    {"the window is not passed", test_window_is_not_passed},
    {"the province's limits count", test_the_provinces_limits_count},
    {"unanswered batches get smaller", test_unanswered_batches_get_smaller},
    {"batches keep to the bytes", test_batches_keep_to_the_bytes},
    {"the next revision waits for the answer", test_next_revision_waits_for_the_answer},
    {"new reports leave at once", test_new_reports_leave_at_once},
    {"draining sends nothing new", test_draining_sends_nothing_new},
};

TH_TEST_MAIN("delivery_window", tests)
