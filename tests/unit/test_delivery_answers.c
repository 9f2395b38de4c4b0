/* What the office believes of the province's answers. The province is the test's
 * (reporter_support.h) and signs with a real key. */
#include "reporter_support.h"
#include "th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TIMEOUT_MS   5000 /* as reporter_support.c sets it */
#define BACKOFF_MS   100

static void test_silence_sends_the_same_again(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_queue(&world, 2);
    world_greet(&world);
    const Tonghop__V1__Submit *first = world_submit(&world, "first", 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    world_pass(&world, TIMEOUT_MS + BACKOFF_MS + 1);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 1), TH_STATE_QUEUED);
    CU_ASSERT_TRUE(is_hello(world_next(&world)));
    world_say_welcome(&world, world_welcome(&world));
    const Tonghop__V1__Submit *again = world_submit(&world, "again", 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(again);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_TRUE(
            th_slice_same(th_bytes_slice(first->report[i]), th_bytes_slice(again->report[i])));
    /* An answer to the first attempt may still come; its batch is gone. */
    CU_ASSERT_NOT_EQUAL(first->batch_id, again->batch_id);
    world_end(&world);
}

/* What spoils an answer to two reports that would be good otherwise. */
struct answer_case {
    const char *name;
    void (*spoil)(struct world *world, Tonghop__V1__Receipts *receipts);
};

static void nothing(struct world *world, Tonghop__V1__Receipts *receipts)
{
    (void)world;
    (void)receipts;
}
static void forged_signature(struct world *world, Tonghop__V1__Receipts *receipts)
{
    (void)world;
    receipts->run[0]->signature.data[10] ^= 1;
}
static void forged_instant(struct world *world, Tonghop__V1__Receipts *receipts)
{
    (void)world;
    receipts->run[0]->entry[0]->accepted_at_us--;
}
static void unknown_key(struct world *world, Tonghop__V1__Receipts *receipts)
{
    struct th_receipt_key other;
    uint8_t seed[TH_SECRET_SEED_BYTES] = {9};
    struct th_receipt_key own = world->key;
    th_receipt_key_from_seed(&other, seed);
    world->key = other;
    receipts->run[0] = world_run(world, 0, 2);
    uint8_t *id = th_arena_copy(world->arena, other.id, TH_KEY_ID_BYTES);
    receipts->run[0]->key_id = th_bytes_of(id, TH_KEY_ID_BYTES);
    world->key = own;
}
static void one_left_out(struct world *world, Tonghop__V1__Receipts *receipts)
{
    receipts->run[0] = world_run(world, 0, 1);
}
static void answered_twice(struct world *world, Tonghop__V1__Receipts *receipts)
{
    world_add_rejection(world, receipts, world_rejection(world, 2, "body 2", "period.locked"));
}
static void report_of_others(struct world *world, Tonghop__V1__Receipts *receipts)
{
    world_add_rejection(world, receipts, world_rejection(world, 9, "body 9", "period.locked"));
}
static void other_bytes(struct world *world, Tonghop__V1__Receipts *receipts)
{
    uint8_t id[16];
    world->chain_count = 1;
    id_of(2, id);
    world_accept(world, id, "body that was altered", "2024-02", 1);
    receipts->run[0] = world_run(world, 0, 2);
}
static void another_past(struct world *world, Tonghop__V1__Receipts *receipts)
{
    uint8_t id[16];
    world->chain_count = 1;
    memset(world->chain[0].hash, 0x55, TH_HASH_BYTES);
    /* Signed by the province, but not after what this office holds: nothing. */
    id_of(1, id);
    world_accept(world, id, "body 1", "2024-01", 1)->sequence = 1;
    memmove(&world->chain[0], &world->chain[1], sizeof(world->chain[0]));
    world->chain_count = 1;
    memset(world->chain[0].previous, 0x55, TH_HASH_BYTES);
    struct th_entry entry = {.epoch = 1,
                             .district = DISTRICT,
                             .sequence = 1,
                             .form = FORM,
                             .period = "2024-01",
                             .revision = 1,
                             .accepted_at_us = world->chain[0].accepted_at_us};
    memcpy(entry.report_id, id, sizeof(id));
    memcpy(entry.digest, world->chain[0].digest, TH_HASH_BYTES);
    th_entry_hash(&entry, world->chain[0].previous, world->chain[0].hash);
    id_of(2, id);
    world_accept(world, id, "body 2", "2024-02", 1);
    receipts->run[0] = world_run(world, 0, 2);
}
static void empty_run(struct world *world, Tonghop__V1__Receipts *receipts)
{
    Tonghop__V1__ReceiptRun *run = world_run(world, 0, 1);
    run->n_entry = 0;
    world_add_run(world, receipts, run);
}

static void test_only_verified_answers_are_believed(void)
{
    static const struct answer_case cases[] = {
        {"a good answer", nothing},
        {"a signature with one bit changed", forged_signature},
        {"an instant changed under the signature", forged_instant},
        {"a key that the bundle does not name", unknown_key},
        {"a report of the batch left out", one_left_out},
        {"a report both accepted and rejected", answered_twice},
        {"a report that was not in the batch", report_of_others},
        {"an entry about other bytes", other_bytes},
        {"a chain that begins elsewhere", another_past},
        {"a run without entries", empty_run},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        struct th_outbox_head head;
        struct th_error error;
        bool good = cases[i].spoil == nothing;
        world_make(&world, 4, 10);
        world_queue(&world, 2);
        world_greet(&world);
        const Tonghop__V1__Submit *submit = world_submit(&world, cases[i].name, 2);
        CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
        world_accept_queued(&world, 1);
        world_accept_queued(&world, 2);
        Tonghop__V1__Receipts *receipts = world_receipts(&world, submit->batch_id);
        world_add_run(&world, receipts, world_run(&world, 0, 2));
        cases[i].spoil(&world, receipts);
        world_say_receipts(&world, receipts);

        enum th_report_state want = good ? TH_STATE_ACCEPTED : TH_STATE_QUEUED;
        TH_CHECK(cases[i].name, state_of(world.files.outbox, 1) == want);
        TH_CHECK(cases[i].name, state_of(world.files.outbox, 2) == want);
        TH_CHECK(cases[i].name, th_outbox_get_head(world.files.outbox, &head, &error) == TH_OK);
        TH_CHECK(cases[i].name, head.sequence == (good ? 2 : 0));
        TH_CHECK(cases[i].name, th_delivery_unanswered(world.delivery) == (good ? 0 : 2));
        /* Such an answer is none: silence follows, and another attempt. */
        if (!good) {
            world_pass(&world, TIMEOUT_MS + 1);
            TH_CHECK(cases[i].name, th_delivery_state(world.delivery) == TH_LINK_WAITING);
        }
        world_end(&world);
    }
}

static void test_rejection_is_kept_with_its_problems(void)
{
    static const struct {
        const char *name;
        const char *signed_codes, *code;
        enum th_report_state want_state;
    } cases[] = {
        {"signed over its code", "period.locked", "period.locked", TH_STATE_REJECTED},
        /* Another reason than the province signed is no reason. */
        {"another code than was signed", "period.locked", "period.future", TH_STATE_QUEUED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        world_make(&world, 4, 10);
        world_queue(&world, 1);
        world_greet(&world);
        const Tonghop__V1__Submit *submit = world_submit(&world, cases[i].name, 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
        Tonghop__V1__Receipts *receipts = world_receipts(&world, submit->batch_id);
        Tonghop__V1__Rejection *rejection =
            world_rejection(&world, 1, "body 1", cases[i].signed_codes);
        rejection->problem[0]->code = th_bytes(th_slice_of(cases[i].code));
        world_add_rejection(&world, receipts, rejection);
        world_say_receipts(&world, receipts);
        struct known_report known = report_of(world.files.outbox, 1);
        TH_CHECK(cases[i].name, known.state == cases[i].want_state);
        bool kept =
            strstr(known.problems, cases[i].code) && strstr(known.problems, "what is wrong");
        TH_CHECK(cases[i].name, kept == (cases[i].want_state == TH_STATE_REJECTED));
        world_end(&world);
    }
}

static void test_one_rejection_does_not_stop_the_others(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_queue(&world, 3);
    world_greet(&world);
    const Tonghop__V1__Submit *submit = world_submit(&world, "three", 3);
    CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
    world_accept_queued(&world, 1);
    world_accept_queued(&world, 3);
    Tonghop__V1__Receipts *receipts = world_receipts(&world, submit->batch_id);
    world_add_run(&world, receipts, world_run(&world, 0, 2));
    world_add_rejection(&world, receipts, world_rejection(&world, 2, "body 2", "rule.total"));
    world_say_receipts(&world, receipts);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 1), TH_STATE_ACCEPTED);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 2), TH_STATE_REJECTED);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 3), TH_STATE_ACCEPTED);
    CU_ASSERT_EQUAL(report_of(world.files.outbox, 3).sequence, 2);
    world_end(&world);
}

static void test_busy_waits_as_long_as_it_was_told(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_queue(&world, 4);
    world_greet(&world);
    const Tonghop__V1__Submit *submit = world_submit(&world, "first", 4);
    CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
    Tonghop__V1__Busy busy;
    tonghop__v1__busy__init(&busy);
    busy.batch_id = submit->batch_id;
    busy.retry_after_ms = 1000;
    Tonghop__V1__ServerMessage message;
    tonghop__v1__server_message__init(&message);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_BUSY;
    message.busy = &busy;
    world_say(&world, &message);
    CU_ASSERT_EQUAL(th_delivery_unanswered(world.delivery), 0);
    world_pass(&world, 999);
    th_delivery_wake(world.delivery, world.now_ms);
    CU_ASSERT_PTR_NULL(world_next(&world));
    /* Up to twice the wait, so that offices do not come back together; and smaller
     * batches, as nothing else of this office can have filled the queue. */
    world_pass(&world, 1001);
    CU_ASSERT_PTR_NOT_NULL(world_submit(&world, "half of it", 2));
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_DELIVERING);
    world_end(&world);
}

static void test_an_error_begins_anew(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_greet(&world);
    Tonghop__V1__Error failure;
    tonghop__v1__error__init(&failure);
    Tonghop__V1__ServerMessage message;
    tonghop__v1__server_message__init(&message);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR;
    message.error = &failure;
    world_say(&world, &message);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_WAITING);
    world_pass(&world, BACKOFF_MS + 1);
    CU_ASSERT_TRUE(is_hello(world_next(&world)));
    world_end(&world);
}

static const struct th_test tests[] = {
    {"silence sends the same again", test_silence_sends_the_same_again},
    {"only verified answers are believed", test_only_verified_answers_are_believed},
    {"a rejection is kept with its problems", test_rejection_is_kept_with_its_problems},
    {"one rejection does not stop the others", test_one_rejection_does_not_stop_the_others},
    {"busy waits as long as it was told", test_busy_waits_as_long_as_it_was_told},
    {"an error begins anew", test_an_error_begins_anew},
};

TH_TEST_MAIN("delivery answers", tests)
