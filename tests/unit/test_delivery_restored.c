/* What an office does when the province was restored to an older moment, and what the
 * province makes of the receipts that come along. */
#include "collector/intake/prior.h"
#include "common/wire/receipt.h"
#include "reporter/delivery/restored.h"
#include "reporter/delivery/verify.h"
#include "reporter_support.h"
#include "th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BACKOFF_MS   100

/* Restored to the first entry (epoch 2), to the same with nothing between (3), and to
 * before epoch 3 had entries, in a district that had 4 of epoch 2 then (5). */
static const struct th_restored_start starts[] = {
    {.epoch = 2, .previous_epoch = 1, .previous_sequence = 7},
    {.epoch = 3, .previous_epoch = 1, .previous_sequence = 7},
    {.epoch = 5, .previous_epoch = 3, .previous_sequence = 4},
};
static const struct {
    const char *name;
    uint32_t epoch;
    uint64_t sequence;
    bool want;
} entries[] = {
    {"the first", 1, 1, false},
    {"the restored head", 1, 7, false},
    {"behind the restored head", 1, 8, true},
    {"of an epoch that came to nothing", 2, 1, true},
    {"of an epoch that went on", 3, 4, false},
    {"behind its head", 3, 5, true},
    {"of an epoch that the province never heard of", 4, 1, true},
    {"of the newest", 5, 1, false},
    {"of the newest, however far", 5, 1000, false},
};

static void test_what_lies_beyond_a_restored_head_is_lost(void)
{
    for (size_t i = 0; i < COUNT(entries); i++)
        TH_CHECK(entries[i].name, th_restored_lost(starts, COUNT(starts), entries[i].epoch,
                                                   entries[i].sequence) == entries[i].want);
    TH_CHECK("no restoration", !th_restored_lost(NULL, 0, 1, 9));
}

/* The province says that epoch 2 continues entry `sequence`; `change` spoils it. */
static Tonghop__V1__EpochStart *add_start(struct world *world, Tonghop__V1__Welcome *welcome,
                                          uint32_t epoch, uint64_t sequence)
{
    Tonghop__V1__EpochStart *start = th_arena_alloc(world->arena, sizeof(*start));
    tonghop__v1__epoch_start__init(start);
    start->epoch = epoch;
    start->previous_epoch = 1;
    start->previous_sequence = sequence;
    start->previous_hash = th_bytes_of(world->chain[sequence - 1].hash, TH_HASH_BYTES);
    welcome->epoch_start = th_arena_alloc(world->arena, sizeof(Tonghop__V1__EpochStart *));
    welcome->epoch_start[welcome->n_epoch_start++] = start;
    return start;
}

/* An office with three receipts of one run, and a connection that is about to greet. */
static void deliver_three(struct world *world)
{
    world_make(world, 4, 10);
    world_queue(world, 3);
    world_greet(world);
    const Tonghop__V1__Submit *submit = world_submit(world, "sent", 3);
    CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
    CU_ASSERT_EQUAL(submit->n_prior, 0);
    for (uint8_t tag = 1; tag <= 3; tag++)
        world_accept_queued(world, tag);
    Tonghop__V1__Receipts *receipts = world_receipts(world, submit->batch_id);
    world_add_run(world, receipts, world_run(world, 0, 3));
    world_say_receipts(world, receipts);
    CU_ASSERT_EQUAL(state_of(world->files.outbox, 3), TH_STATE_ACCEPTED);
    th_delivery_peer(world->delivery, TH_PEER_DISCONNECTED, world->now_ms);
    world_pass(world, BACKOFF_MS + 1);
    CU_ASSERT_TRUE(is_hello(world_next(world)));
}

static Tonghop__V1__Welcome *restored_welcome(struct world *world)
{
    Tonghop__V1__Welcome *welcome = world_welcome(world);
    welcome->epoch = 2;
    welcome->sequence = 0;
    welcome->hash = th_bytes_of(world->chain[0].hash, TH_HASH_BYTES);
    return welcome;
}

static const Tonghop__V1__Submit *restore_to_the_first(struct world *world)
{
    Tonghop__V1__Welcome *welcome = restored_welcome(world);
    add_start(world, welcome, 2, 1);
    world_say_welcome(world, welcome);
    return world_submit(world, "sent again", 2);
}

static void test_what_is_lost_is_sent_again_with_its_receipt(void)
{
    struct world world;
    struct th_receipt_counts counts;
    struct th_error error = {0};
    uint8_t hashes[2][TH_HASH_BYTES];
    deliver_three(&world);
    const Tonghop__V1__Submit *submit = restore_to_the_first(&world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(submit);
    /* One run for both: from the first lost entry to the signed one. */
    CU_ASSERT_EQUAL_FATAL(submit->n_prior, 1);
    const Tonghop__V1__ReceiptRun *run = submit->prior[0];
    CU_ASSERT_EQUAL_FATAL(run->n_entry, 2);
    CU_ASSERT_EQUAL(run->epoch, 1);
    CU_ASSERT_EQUAL(run->entry[0]->sequence, 2);
    CU_ASSERT_EQUAL(run->entry[0]->accepted_at_us, world.chain[1].accepted_at_us);
    CU_ASSERT_EQUAL(th_receipt_run_verify(run, &world.bundle, DISTRICT, hashes, &error), TH_OK);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 1), TH_STATE_ACCEPTED);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 2), TH_STATE_QUEUED);
    CU_ASSERT_EQUAL(th_receipts_verify(world.files.outbox, &world.bundle, &counts, &error), TH_OK);
    CU_ASSERT_EQUAL(counts.again, 2);

    /* One is accepted again in epoch 2, the other overtaken by what came meanwhile. */
    world.chain_count = 1;
    world.epoch = 2;
    world_accept_queued(&world, 2);
    Tonghop__V1__Receipts *receipts = world_receipts(&world, submit->batch_id);
    world_add_run(&world, receipts, world_run(&world, 1, 1));
    world_add_rejection(&world, receipts, world_rejection(&world, 3, "body 3", "revision.stale"));
    world_say_receipts(&world, receipts);
    struct known_report second = report_of(world.files.outbox, 2);
    CU_ASSERT_EQUAL(second.state, TH_STATE_ACCEPTED);
    CU_ASSERT_EQUAL(second.epoch, 2);
    CU_ASSERT_EQUAL(state_of(world.files.outbox, 3), TH_STATE_REJECTED);
    struct th_outbox_counts outbox;
    CU_ASSERT_EQUAL(th_outbox_count(world.files.outbox, true, &outbox, &error), TH_OK);
    CU_ASSERT_EQUAL(outbox.lost, 1);
    CU_ASSERT_EQUAL(outbox.again, 0);
    CU_ASSERT_EQUAL(th_receipts_verify(world.files.outbox, &world.bundle, &counts, &error), TH_OK);
    CU_ASSERT_EQUAL(counts.twice, 1);
    CU_ASSERT_EQUAL(counts.again, 1);
    /* Its own receipt is no newer revision: it may be sent again. */
    uint32_t accepted = 9;
    CU_ASSERT_EQUAL(
        th_outbox_accepted_revision(world.files.outbox, FORM, "2024-3", &accepted, &error), TH_OK);
    CU_ASSERT_EQUAL(accepted, 0);
    world_end(&world);
}

static void test_an_epoch_begins_where_the_office_agrees(void)
{
    static const struct {
        const char *name;
        uint32_t epoch, previous_epoch;
        uint64_t previous_sequence;
        bool other_hash, short_hash;
    } spoiled[] = {
        {"another entry than is held", 2, 1, 1, true, false},
        {"a hash of another size", 2, 1, 1, false, true},
        {"an epoch before its own", 2, 2, 1, false, false},
        {"the first epoch", 1, 0, 0, false, false},
        {"no entry of an epoch", 2, 1, 0, false, false},
    };
    for (size_t i = 0; i < COUNT(spoiled); i++) {
        struct world world;
        static uint8_t other[TH_HASH_BYTES] = {1};
        deliver_three(&world);
        Tonghop__V1__Welcome *welcome = restored_welcome(&world);
        Tonghop__V1__EpochStart *start = add_start(&world, welcome, 2, 1);
        start->epoch = spoiled[i].epoch;
        start->previous_epoch = spoiled[i].previous_epoch;
        start->previous_sequence = spoiled[i].previous_sequence;
        if (spoiled[i].other_hash)
            start->previous_hash = th_bytes_of(other, sizeof(other));
        if (spoiled[i].short_hash)
            start->previous_hash.len = 31;
        world_say_welcome(&world, welcome);
        TH_CHECK(spoiled[i].name, world_next(&world) == NULL);
        TH_CHECK(spoiled[i].name, th_delivery_state(world.delivery) == TH_LINK_WAITING);
        TH_CHECK(spoiled[i].name, th_delivery_reason(world.delivery)[0] != '\0');
        TH_CHECK(spoiled[i].name, state_of(world.files.outbox, 2) == TH_STATE_ACCEPTED);
        world_end(&world);
    }
}

static void test_the_province_believes_its_own_signature_only(void)
{
    struct world world;
    deliver_three(&world);
    struct th_answer_context answers = {
        .province = PROVINCE, .receipt_key = &world.key, .trusted = &world.bundle};
    static const struct {
        const char *name, *district;
        int spoil; /* 0 nothing, 1 the signature, 2 the instant, 3 another district's */
        bool want;
    } rows[] = {
        {"its own", DISTRICT, 0, true},
        {"a forged signature", DISTRICT, 1, false},
        {"an instant that was put back", DISTRICT, 2, false},
        {"another district's", "193", 0, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        Tonghop__V1__ReceiptRun *run = world_run(&world, 1, 2);
        Tonghop__V1__Submit submit;
        tonghop__v1__submit__init(&submit);
        submit.n_prior = 1;
        submit.prior = &run;
        if (rows[i].spoil == 1)
            run->signature.data[5] ^= 1;
        if (rows[i].spoil == 2)
            run->entry[1]->accepted_at_us -= 1;
        const bool *holds = th_prior_verify(&submit, &answers, rows[i].district, world.arena);
        CU_ASSERT_PTR_NOT_NULL_FATAL(holds);
        struct th_submission third = {0}, unknown = {0};
        memcpy(third.digest, world.chain[2].digest, TH_HASH_BYTES);
        th_prior_find(&submit, holds, &third);
        th_prior_find(&submit, holds, &unknown);
        TH_CHECK(rows[i].name,
                 third.received_at_us == (rows[i].want ? world.chain[2].accepted_at_us : 0));
        TH_CHECK(rows[i].name, third.prior_epoch == (rows[i].want ? 1U : 0U));
        TH_CHECK(rows[i].name, third.prior_refused == !rows[i].want);
        TH_CHECK(rows[i].name, unknown.received_at_us == 0 && !unknown.prior_refused);
    }
    world_end(&world);
}

static const struct th_test tests[] = {
    {"what lies beyond a restored head is lost", test_what_lies_beyond_a_restored_head_is_lost},
    {"what is lost is sent again with its receipt",
     test_what_is_lost_is_sent_again_with_its_receipt},
    {"an epoch begins where the office agrees", test_an_epoch_begins_where_the_office_agrees},
    {"the province believes its own signature only",
     test_the_province_believes_its_own_signature_only},
};
TH_TEST_MAIN("delivery after a restoration", tests)
