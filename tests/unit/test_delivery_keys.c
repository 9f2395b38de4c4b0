/* Keys announced to a running office: taken before anything that they sign, kept before
 * they are used, and told back to the province. */
#include "common/wire/announcement.h"
#include "reporter/delivery/engine.h"
#include "tests/unit/reporter_support.h"
#include "tests/unit/th_test.h"

/* What keeps bundles: how often it was asked, and what it answers. */
struct keeper {
    int asked;
    enum th_status answer;
    struct th_bundle kept, found; /* found.announced_us 0: nothing newer */
};

static enum th_status pin(void *context, struct th_bundle *renewed, struct th_error *error)
{
    struct keeper *keeper = context;
    keeper->asked++;
    if (keeper->answer != TH_OK)
        return th_error_set(error, keeper->answer, "no space left on the device");
    if (keeper->found.announced_us > 0)
        *renewed = keeper->found;
    keeper->kept = *renewed;
    return TH_OK;
}

static struct th_receipt_key next_key(void)
{
    uint8_t seed[TH_SECRET_SEED_BYTES];
    struct th_receipt_key key;
    memset(seed, 8, sizeof(seed));
    th_receipt_key_from_seed(&key, seed);
    return key;
}

/* The next key beside the old one, and the second endpoint before a third. */
static struct th_bundle renewed_bundle(const struct world *world)
{
    struct th_receipt_key next = next_key();
    struct th_bundle bundle = world->bundle;
    bundle.announced_us = 5;
    memcpy(bundle.receipt_keys[1], next.public_key, TH_PUBLIC_KEY_BYTES);
    bundle.receipt_key_count = 2;
    bundle.submit[0] = world->bundle.submit[1];
    strcpy(bundle.submit[1].address, "tcp://three:7402");
    return bundle;
}

static void say_announcement(struct world *world, const struct th_receipt_key *signer,
                             const struct th_bundle *announced)
{
    TH_CLEANUP_BUFFER struct th_buffer content = {0};
    struct th_announcement announcement = {0};
    th_announcement_pack(announced, &content);
    announcement.content = th_buffer_slice(&content);
    th_announcement_sign(signer, PROVINCE, announcement.content, announcement.signature);
    memcpy(announcement.key_id, signer->id, sizeof(announcement.key_id));
    Tonghop__V1__Welcome *welcome = world_welcome(world);
    th_announcements_tell(&announcement, 1, welcome, world->arena);
    world_say_welcome(world, welcome);
}

/* Greeted without news, nothing to send. */
static void begin(struct world *world, struct keeper *keeper)
{
    world_make(world, 4, 10);
    world->delivery->settings.pin = pin;
    world->delivery->settings.pin_context = keeper;
    world_greet(world);
}

/* `announced_us` of the Hello that was sent next; -1: there is none. */
static int64_t hello_next(struct world *world)
{
    const Tonghop__V1__ClientMessage *message = world_next(world);
    return message && is_hello(message) ? message->hello->announced_us : -1;
}

static void test_keys_are_kept_used_and_told(void)
{
    struct world world;
    struct keeper keeper = {0};
    begin(&world, &keeper);
    struct th_bundle renewed = renewed_bundle(&world);
    struct th_receipt_key next = next_key();
    say_announcement(&world, &world.key, &renewed);
    TH_CHECK("kept once", keeper.asked == 1 && keeper.kept.announced_us == 5);
    TH_CHECK("told back", hello_next(&world) == 5);
    TH_CHECK_TEXT("the endpoint in use", th_delivery_endpoint(world.delivery), "tcp://two:7401");
    world_say_welcome(&world, world_welcome(&world));
    TH_CHECK("connected all the while",
             th_delivery_state(world.delivery) == TH_LINK_DELIVERING && world.closed == 0);

    world_queue(&world, 1);
    th_delivery_wake(world.delivery, world.now_ms);
    const Tonghop__V1__Submit *submit = world_submit(&world, "a report", 1);
    world.key = next;
    world_accept_queued(&world, 1);
    Tonghop__V1__Receipts *receipts = world_receipts(&world, submit ? submit->batch_id : 0);
    world_add_run(&world, receipts, world_run(&world, 0, 1));
    world_say_receipts(&world, receipts);
    TH_CHECK("a receipt by the next key", state_of(world.files.outbox, 1) == TH_STATE_ACCEPTED);

    th_delivery_peer(world.delivery, TH_PEER_DISCONNECTED, world.now_ms);
    world_pass(&world, 150);
    TH_CHECK_TEXT("the next endpoint", th_delivery_endpoint(world.delivery), "tcp://three:7402");
    world_end(&world);
}

static void test_what_cannot_be_kept_is_not_used(void)
{
    struct world world;
    struct keeper keeper = {.answer = TH_RETRY};
    begin(&world, &keeper);
    struct th_bundle renewed = renewed_bundle(&world);
    say_announcement(&world, &world.key, &renewed);
    TH_CHECK("asked", keeper.asked == 1);
    TH_CHECK("nothing told back", world_next(&world) == NULL);
    TH_CHECK_TEXT("the endpoint", th_delivery_endpoint(world.delivery), "tcp://one:7400");
    keeper.answer = TH_OK;
    say_announcement(&world, &world.key, &renewed);
    TH_CHECK("taken the next time", keeper.asked == 2 && hello_next(&world) == 5);
    world_end(&world);
}

static void test_a_newer_bundle_that_is_kept_wins(void)
{
    struct world world;
    struct keeper keeper = {0};
    begin(&world, &keeper);
    struct th_bundle renewed = renewed_bundle(&world);
    keeper.found = renewed;
    keeper.found.announced_us = 9;
    say_announcement(&world, &world.key, &renewed);
    TH_CHECK("that of the file", hello_next(&world) == 9);
    world_end(&world);
}

static void test_what_is_not_believed_changes_nothing(void)
{
    struct world world;
    struct keeper keeper = {0};
    begin(&world, &keeper);
    struct th_bundle renewed = renewed_bundle(&world);
    struct th_receipt_key stranger = next_key();
    say_announcement(&world, &stranger, &renewed);
    TH_CHECK("not kept", keeper.asked == 0);
    TH_CHECK("nothing told back", world_next(&world) == NULL);
    TH_CHECK("the connection goes on", th_delivery_state(world.delivery) == TH_LINK_DELIVERING);
    world_end(&world);
}

static const struct th_test tests[] = {
    {"keys are kept, used and told", test_keys_are_kept_used_and_told},
    {"what cannot be kept is not used", test_what_cannot_be_kept_is_not_used},
    {"a newer bundle that is kept wins", test_a_newer_bundle_that_is_kept_wins},
    {"what is not believed changes nothing", test_what_is_not_believed_changes_nothing},
};

TH_TEST_MAIN("delivery/keys", tests)
