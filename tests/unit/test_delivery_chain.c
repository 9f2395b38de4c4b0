/* How the office's chain of receipts grows, and what may not join it. The province is
 * the test's (reporter_support.h) and signs with a real key. */
#include "reporter_support.h"
#include "th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BACKOFF_MS   100

typedef Tonghop__V1__ClientMessage ClientMessage;

/* The office is told `known` entries by catching up, of which it made none. */
static void catch_up(struct world *world, size_t known)
{
    uint8_t id[16];
    for (size_t i = 0; i < known; i++) {
        id_of((uint8_t)(100 + i), id);
        world_accept(world, id, "of an import", "2023-01", (uint32_t)i + 1);
    }
    world_greet(world);
    const ClientMessage *message = world_next(world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_EQUAL_FATAL(message->body_case, TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST);
    CU_ASSERT_EQUAL(message->entries_request->after_sequence, 0);
    world_say_entries(world, message->entries_request);
}

static void test_entries_of_imports_are_fetched_first(void)
{
    struct world world;
    struct th_outbox_head head;
    struct th_error error;
    world_make(&world, 4, 10);
    world_queue(&world, 1);
    catch_up(&world, 3);
    CU_ASSERT_EQUAL(th_outbox_get_head(world.files.outbox, &head, &error), TH_OK);
    CU_ASSERT_EQUAL(head.sequence, 3);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_DELIVERING);
    CU_ASSERT_PTR_NOT_NULL(world_submit(&world, "then it delivers", 1));
    world_end(&world);
}

static void test_lost_receipts_come_back_as_entries(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_queue(&world, 2);
    world_greet(&world);
    CU_ASSERT_PTR_NOT_NULL(world_submit(&world, "sent", 2));
    /* Committed in the province; the answer never came. */
    world_accept_queued(&world, 1);
    world_accept_queued(&world, 2);
    th_delivery_peer(world.delivery, TH_PEER_DISCONNECTED, world.now_ms);
    world_pass(&world, BACKOFF_MS + 1);
    CU_ASSERT_TRUE(is_hello(world_next(&world)));
    world_say_welcome(&world, world_welcome(&world));
    const ClientMessage *message = world_next(&world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_EQUAL_FATAL(message->body_case, TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST);
    world_say_entries(&world, message->entries_request);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 1), TH_STATE_ACCEPTED);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 2), TH_STATE_ACCEPTED);
    CU_ASSERT_PTR_NULL(world_next(&world)); /* nothing is sent twice */
    world_end(&world);
}

static void test_duplicates_answered_alone_are_taken(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_queue(&world, 2);
    world_greet(&world);
    const Tonghop__V1__Submit *submit = world_submit(&world, "sent", 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
    world_accept_queued(&world, 1);
    world_accept_queued(&world, 2);
    /* Each duplicate has a run and signature of its own, here in the wrong order. */
    Tonghop__V1__Receipts *receipts = world_receipts(&world, submit->batch_id);
    world_add_run(&world, receipts, world_run(&world, 1, 1));
    world_add_run(&world, receipts, world_run(&world, 0, 1));
    world_say_receipts(&world, receipts);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 1), TH_STATE_ACCEPTED);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 2), TH_STATE_ACCEPTED);
    world_end(&world);
}

static void test_a_gap_is_fetched_before_receipts_are_taken(void)
{
    for (size_t held = 0; held <= 2; held += 2) {
        const char *row = held > 0 ? "two entries are held" : "the chain is empty";
        struct world world;
        struct th_outbox_head head;
        struct th_error error;
        uint8_t id[16];
        world_make(&world, 4, 10);
        world_queue(&world, 1);
        if (held > 0)
            catch_up(&world, held);
        else
            world_greet(&world);
        const Tonghop__V1__Submit *submit = world_submit(&world, row, 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
        /* An import wrote an entry in the meantime; ours became the one after. */
        id_of(110, id);
        world_accept(&world, id, "of an import", "2023-07", 1);
        world_accept_queued(&world, 1);
        Tonghop__V1__Receipts *receipts = world_receipts(&world, submit->batch_id);
        world_add_run(&world, receipts, world_run(&world, held + 1, 1));
        world_say_receipts(&world, receipts);
        TH_CHECK(row, state_of(world.files.outbox, 1) == TH_STATE_QUEUED);
        const ClientMessage *message = world_next(&world);
        CU_ASSERT_PTR_NOT_NULL_FATAL(message);
        CU_ASSERT_EQUAL_FATAL(message->body_case,
                              TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST);
        TH_CHECK(row, message->entries_request->after_sequence == held);
        world_say_entries(&world, message->entries_request);
        TH_CHECK(row, state_of(world.files.outbox, 1) == TH_STATE_ACCEPTED);
        TH_CHECK(row, th_outbox_get_head(world.files.outbox, &head, &error) == TH_OK);
        TH_CHECK(row, head.sequence == held + 2);
        TH_CHECK(row, th_delivery_state(world.delivery) == TH_LINK_DELIVERING);
        TH_CHECK(row, world_next(&world) == NULL);
        world_end(&world);
    }
}

static void test_a_province_that_lost_entries_gets_nothing(void)
{
    struct world world;
    world_make(&world, 4, 10);
    catch_up(&world, 3);
    world_queue(&world, 1);
    th_delivery_peer(world.delivery, TH_PEER_DISCONNECTED, world.now_ms);
    world_pass(&world, BACKOFF_MS + 1);
    CU_ASSERT_TRUE(is_hello(world_next(&world)));
    world.chain_count = 2; /* restored to an older moment, within the same epoch */
    world_say_welcome(&world, world_welcome(&world));
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_WAITING);
    CU_ASSERT_PTR_NOT_NULL(strstr(th_delivery_reason(world.delivery), "restored"));
    CU_ASSERT_PTR_NULL(world_next(&world));
    world_end(&world);
}

static void test_another_head_at_the_same_sequence_is_not_believed(void)
{
    struct world world;
    world_make(&world, 4, 10);
    catch_up(&world, 2);
    th_delivery_peer(world.delivery, TH_PEER_DISCONNECTED, world.now_ms);
    world_pass(&world, BACKOFF_MS + 1);
    world_next(&world);
    world.chain[1].hash[0] ^= 1;
    world_say_welcome(&world, world_welcome(&world));
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_WAITING);
    world_end(&world);
}

static void test_overtaken_greeting_is_no_lost_entry(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_queue(&world, 1);
    world_greet(&world);
    const Tonghop__V1__Submit *submit = world_submit(&world, "sent", 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
    Tonghop__V1__Welcome *old = world_welcome(&world); /* before the receipt */
    world_accept_queued(&world, 1);
    Tonghop__V1__Receipts *receipts = world_receipts(&world, submit->batch_id);
    world_add_run(&world, receipts, world_run(&world, 0, 1));
    world_say_receipts(&world, receipts);
    world_say_welcome(&world, old);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_DELIVERING);
    world_end(&world);
}

static void test_new_epoch_goes_on_from_an_older_entry(void)
{
    struct world world;
    struct th_outbox_head head;
    struct th_error error;
    uint8_t id[16];
    world_make(&world, 4, 10);
    catch_up(&world, 3);
    th_delivery_peer(world.delivery, TH_PEER_DISCONNECTED, world.now_ms);
    world_pass(&world, BACKOFF_MS + 1);
    CU_ASSERT_TRUE(is_hello(world_next(&world)));
    /* Restored to entry 2; entry 3 of epoch 1 is lost, epoch 2 follows entry 2. */
    world.chain_count = 2;
    world.epoch = 2;
    id_of(120, id);
    world_accept(&world, id, "of an import", "2023-05", 1);
    world_say_welcome(&world, world_welcome(&world));
    /* First what may be left of epoch 1, then epoch 2. */
    for (uint32_t epoch = 1; epoch <= 2; epoch++) {
        const ClientMessage *message = world_next(&world);
        CU_ASSERT_PTR_NOT_NULL_FATAL(message);
        CU_ASSERT_EQUAL_FATAL(message->body_case,
                              TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST);
        CU_ASSERT_EQUAL(message->entries_request->epoch, epoch);
        world_say_entries(&world, message->entries_request);
    }
    CU_ASSERT_EQUAL(th_outbox_get_head(world.files.outbox, &head, &error), TH_OK);
    CU_ASSERT_EQUAL(head.epoch, 2);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_DELIVERING);
    world_end(&world);
}

static void test_entries_that_are_held_already_end_the_attempt(void)
{
    struct world world;
    world_make(&world, 4, 10);
    catch_up(&world, 2);
    world_accept_queued(&world, 1);
    world_say_welcome(&world, world_welcome(&world));
    const ClientMessage *message = world_next(&world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    /* The page before, over and over, would keep the office asking for ever. */
    Tonghop__V1__EntriesRequest wrong = *message->entries_request;
    wrong.after_sequence = 0;
    world.chain_count = 2;
    world_say_entries(&world, &wrong);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_WAITING);
    world_end(&world);
}

static void test_promised_entries_that_do_not_come_end_the_attempt(void)
{
    struct world world;
    uint8_t id[16];
    world_make(&world, 4, 10);
    id_of(100, id);
    world_accept(&world, id, "of an import", "2023-01", 1);
    world_greet(&world);
    const ClientMessage *message = world_next(&world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    world.chain_count = 0;
    world_say_entries(&world, message->entries_request);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_WAITING);
    world_end(&world);
}

/* What the province's chain may not do to a chain that is held. The office holds two
 * entries of an import and sends one report. */
struct chain_case {
    const char *name;
    void (*happen)(struct world *world, Tonghop__V1__Receipts *receipts);
};

static void follows(struct world *world, Tonghop__V1__Receipts *receipts)
{
    world_accept_queued(world, 1);
    world_add_run(world, receipts, world_run(world, 2, 1));
}
static void follows_another_entry(struct world *world, Tonghop__V1__Receipts *receipts)
{
    world->chain[1].hash[0] ^= 1;
    follows(world, receipts);
}
static void takes_the_place_of_another(struct world *world, Tonghop__V1__Receipts *receipts)
{
    world->chain_count = 1;
    world_accept_queued(world, 1);
    world_add_run(world, receipts, world_run(world, 1, 1));
}
static void is_older(struct world *world, Tonghop__V1__Receipts *receipts)
{
    world->clock_step_us = -1000000;
    follows(world, receipts);
}

static void test_receipts_must_continue_what_is_held(void)
{
    static const struct chain_case cases[] = {
        {"the entry follows", follows},
        {"it follows another entry than the last held", follows_another_entry},
        {"it has the sequence of one that is held", takes_the_place_of_another},
        {"it was accepted before the one it follows", is_older},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        bool good = cases[i].happen == follows;
        world_make(&world, 4, 10);
        world_queue(&world, 1);
        catch_up(&world, 2);
        const Tonghop__V1__Submit *submit = world_submit(&world, cases[i].name, 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
        Tonghop__V1__Receipts *receipts = world_receipts(&world, submit->batch_id);
        cases[i].happen(&world, receipts);
        world_say_receipts(&world, receipts);
        TH_CHECK(cases[i].name,
                 state_of(world.files.outbox, 1) == (good ? TH_STATE_ACCEPTED : TH_STATE_QUEUED));
        TH_CHECK(cases[i].name, th_delivery_unanswered(world.delivery) == (good ? 0 : 1));
        world_end(&world);
    }
}

static void test_entries_about_other_bytes_end_the_attempt(void)
{
    struct world world;
    uint8_t id[16];
    world_make(&world, 4, 10);
    world_queue(&world, 1);
    id_of(1, id);
    world_accept(&world, id, "not what the office made", "2024-01", 1);
    world_greet(&world);
    const ClientMessage *message = world_next(&world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    world_say_entries(&world, message->entries_request);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 1), TH_STATE_QUEUED);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_WAITING);
    world_end(&world);
}

static void test_receipts_may_overtake_the_entries_asked_for(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_queue(&world, 1);
    world_greet(&world);
    const Tonghop__V1__Submit *submit = world_submit(&world, "sent", 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
    /* A greeting told of the new head before the receipt for it arrived. */
    world_accept_queued(&world, 1);
    world_say_welcome(&world, world_welcome(&world));
    const ClientMessage *message = world_next(&world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_EQUAL_FATAL(message->body_case, TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST);
    Tonghop__V1__Receipts *receipts = world_receipts(&world, submit->batch_id);
    world_add_run(&world, receipts, world_run(&world, 0, 1));
    world_say_receipts(&world, receipts);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 1), TH_STATE_ACCEPTED);
    world_say_entries(&world, message->entries_request);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_DELIVERING);
    world_end(&world);
}

static const struct th_test tests[] = {
    {"receipts must continue what is held", test_receipts_must_continue_what_is_held},
    {"entries about other bytes end the attempt", test_entries_about_other_bytes_end_the_attempt},
    {"receipts may overtake the entries asked for",
     test_receipts_may_overtake_the_entries_asked_for},
    {"entries of imports are fetched first", test_entries_of_imports_are_fetched_first},
    {"lost receipts come back as entries", test_lost_receipts_come_back_as_entries},
    {"duplicates answered alone are taken", test_duplicates_answered_alone_are_taken},
    {"a gap is fetched before receipts are taken", test_a_gap_is_fetched_before_receipts_are_taken},
    {"a province that lost entries gets nothing", test_a_province_that_lost_entries_gets_nothing},
    {"another head at the same sequence is not believed",
     test_another_head_at_the_same_sequence_is_not_believed},
    {"an overtaken greeting is no lost entry", test_overtaken_greeting_is_no_lost_entry},
    {"a new epoch goes on from an older entry", test_new_epoch_goes_on_from_an_older_entry},
    {"entries that are held already end the attempt",
     test_entries_that_are_held_already_end_the_attempt},
    {"promised entries that do not come end the attempt",
     test_promised_entries_that_do_not_come_end_the_attempt},
};

TH_TEST_MAIN("delivery chain", tests)
