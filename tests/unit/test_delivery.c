/* Delivery without sockets: whom the office greets, what it sends and when. The
 * province is the test's (reporter_support.h) and signs with a real key. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "reporter_support.h"
#include "th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TIMEOUT_MS   5000 /* as reporter_support.c sets it */
#define BACKOFF_MS   100

typedef Tonghop__V1__ClientMessage ClientMessage;

/* ---- the table ---- */

static void test_table_is_sound(void)
{
    size_t count;
    const struct th_transition *rows = th_transitions(&count);
    bool reached[TH_LINK_STOPPED + 1] = {[TH_LINK_WAITING] = true};
    for (size_t i = 0; i < count; i++) {
        reached[rows[i].to] = true;
        TH_CHECK("every row says what it is", rows[i].comment && rows[i].comment[0]);
        TH_CHECK(rows[i].comment, rows[i].from != TH_LINK_STOPPED);
        for (size_t j = 0; j < i; j++)
            TH_CHECK(rows[i].comment,
                     rows[i].from != rows[j].from || rows[i].event != rows[j].event);
    }
    for (int state = TH_LINK_WAITING; state <= TH_LINK_STOPPED; state++) {
        TH_CHECK(th_link_state_name(state), reached[state]);
        if (state == TH_LINK_STOPPED || state == TH_LINK_WAITING)
            continue;
        /* Whatever is awaited, silence and a broken line must lead out. */
        TH_CHECK(th_link_state_name(state), th_transition_find(state, TH_EVENT_SILENT) != NULL);
        TH_CHECK(th_link_state_name(state), th_transition_find(state, TH_EVENT_LOST) != NULL);
        TH_CHECK(th_link_state_name(state), th_transition_find(state, TH_EVENT_STOP) != NULL);
    }
    CU_ASSERT_PTR_NULL(th_transition_find(TH_LINK_WAITING, TH_EVENT_LEVEL));
}

/* ---- greeting ---- */

static void test_hello_tells_what_is_held(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_pass(&world, 0);
    const ClientMessage *message = world_next(&world);
    CU_ASSERT_TRUE_FATAL(is_hello(message));
    CU_ASSERT_EQUAL(message->hello->protocol_version, 1);
    CU_ASSERT_EQUAL(message->hello->sequence, 0);
    CU_ASSERT_TRUE(th_slice_equals(th_bytes_slice(message->hello->language), "en"));
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_GREETING);
    world_end(&world);
}

struct welcome_case {
    const char *name;
    void (*change)(Tonghop__V1__Welcome *welcome);
    enum th_link_state want_state;
};

static void as_it_is(Tonghop__V1__Welcome *welcome)
{
    (void)welcome;
}
static void other_province(Tonghop__V1__Welcome *welcome)
{
    welcome->province = th_bytes(TH_SLICE("23"));
}
static void other_district(Tonghop__V1__Welcome *welcome)
{
    welcome->district = th_bytes(TH_SLICE("195"));
}
static void other_role(Tonghop__V1__Welcome *welcome)
{
    welcome->role = th_bytes(TH_SLICE("viewer"));
}
static void other_protocol(Tonghop__V1__Welcome *welcome)
{
    welcome->protocol_version = 2;
}
static void short_hash(Tonghop__V1__Welcome *welcome)
{
    welcome->sequence = 1;
    welcome->hash = th_bytes(TH_SLICE("short"));
}
static void far_epoch(Tonghop__V1__Welcome *welcome)
{
    welcome->epoch = 4000000000;
}

static void test_only_the_right_province_is_welcome(void)
{
    static const struct welcome_case cases[] = {
        {"the right one", as_it_is, TH_LINK_DELIVERING},
        {"another province", other_province, TH_LINK_WAITING},
        {"another district", other_district, TH_LINK_WAITING},
        {"another role", other_role, TH_LINK_WAITING},
        {"another protocol", other_protocol, TH_LINK_WAITING},
        {"a hash of 5 bytes", short_hash, TH_LINK_WAITING},
        {"an epoch that nobody has seen", far_epoch, TH_LINK_WAITING},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        world_make(&world, 4, 10);
        world_queue(&world, 1);
        world_pass(&world, 0);
        TH_CHECK(cases[i].name, is_hello(world_next(&world)));
        Tonghop__V1__Welcome *welcome = world_welcome(&world);
        cases[i].change(welcome);
        world_say_welcome(&world, welcome);
        TH_CHECK(cases[i].name, th_delivery_state(world.delivery) == cases[i].want_state);
        bool sent = world_next(&world) != NULL;
        TH_CHECK(cases[i].name, sent == (cases[i].want_state == TH_LINK_DELIVERING));
        world_end(&world);
    }
}

static void test_the_first_enrolment_is_kept(void)
{
    static const struct {
        const char *name;
        int64_t told_us, want_us;
    } steps[] = {
        {"told", 5, 5},
        {"not told, by an older collector", 0, 5},
        {"told otherwise", 7, 7},
        {"no instant", -1, 7},
    };
    struct world world;
    world_make(&world, 4, 10);
    world_greet(&world);
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct th_error error;
        int64_t kept_us = -1;
        Tonghop__V1__Welcome *welcome = world_welcome(&world);
        welcome->first_enrolled_us = steps[i].told_us;
        world_say_welcome(&world, welcome);
        TH_CHECK(steps[i].name,
                 th_outbox_get_first_enrolled(world.files.outbox, &kept_us, &error) == TH_OK);
        TH_CHECK(steps[i].name, kept_us == steps[i].want_us);
    }
    world_end(&world);
}

static void test_silence_tries_the_next_endpoint(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_pass(&world, 0);
    CU_ASSERT_EQUAL(world.endpoint, 0);
    CU_ASSERT_TRUE(is_hello(world_next(&world)));
    world_pass(&world, TIMEOUT_MS - 1);
    CU_ASSERT_EQUAL(world.opened, 1);
    world_pass(&world, 1 + BACKOFF_MS + 1);
    CU_ASSERT_EQUAL(world.opened, 2);
    CU_ASSERT_EQUAL(world.endpoint, 1);
    CU_ASSERT_TRUE(is_hello(world_next(&world)));
    world_end(&world);
}

static void test_peer_events_close_the_socket(void)
{
    static const struct {
        const char *name;
        enum th_peer_event event;
        bool want_closed;
    } cases[] = {
        {"connected", TH_PEER_CONNECTED, false},
        {"disconnected", TH_PEER_DISCONNECTED, true},
        /* libzmq never tries again by itself after a refusal. */
        {"refused", TH_PEER_REFUSED, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        struct th_outbox_link link;
        struct th_error error;
        world_make(&world, 4, 10);
        world_pass(&world, 0);
        th_delivery_peer(world.delivery, cases[i].event, world.now_ms);
        TH_CHECK(cases[i].name, (world.closed > 0) == cases[i].want_closed);
        TH_CHECK(cases[i].name,
                 (th_delivery_state(world.delivery) == TH_LINK_WAITING) == cases[i].want_closed);
        if (cases[i].want_closed) {
            world_pass(&world, BACKOFF_MS + 1);
            TH_CHECK(cases[i].name, world.opened == 2);
            TH_CHECK(cases[i].name, th_outbox_get_link(world.files.outbox, &link, &error) == TH_OK);
            TH_CHECK(cases[i].name, !link.connected && link.reason[0] != '\0');
        }
        world_end(&world);
    }
}

/* ---- the catalogue ---- */

static void say_part(struct world *world, uint64_t request_id, const uint8_t digest[32],
                     struct th_slice whole, size_t offset, size_t size)
{
    Tonghop__V1__CataloguePart part;
    tonghop__v1__catalogue_part__init(&part);
    part.request_id = request_id;
    part.version = 3;
    part.digest = th_bytes_of(digest, 32);
    part.total_bytes = whole.size;
    part.offset = offset;
    part.content = th_bytes((struct th_slice){whole.bytes + offset, size});
    part.last = offset + size == whole.size;
    Tonghop__V1__ServerMessage message;
    tonghop__v1__server_message__init(&message);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_CATALOGUE_PART;
    message.catalogue_part = &part;
    world_say(world, &message);
}

static const struct th_catalogue_file catalogue_files[] = {
    {"districts.csv", {0}}, {"forms.csv", {0}}, {"groups.csv", {0}}, {"criteria.csv", {0}}};

static const char *const catalogue_texts[] = {
    "code,name_vi,name_en,kind,communes,opened,closed,successor,tile_col,tile_row\n"
    "194,Móng Cái,Mong Cai,city,17,2020-01-01,,,,\n",
    "code,name_vi,name_en,filled_by,frequency,due_days,lock_days,opened,closed\n"
    "joint-agency,Biểu,Form,district,month,5,30,2020-01-01,\n",
    "form,group,name_vi,name_en\njoint-agency,g,Nhóm,Group\n",
    "form,code,group,name_vi,name_en,kind,unit_vi,unit_en,display,decimals,time_agg,district_agg,"
    "direction,min,max,target,weight,required,opened,closed,guide_vi,guide_en\n"
    "joint-agency,c,g,Chỉ tiêu,Criterion,count,,,number,0,sum,sum,,,,,0,no,2020-01-01,,,\n",
};

static void make_catalogue(struct th_buffer *bytes, uint8_t digest[32])
{
    struct th_catalogue_file files[COUNT(catalogue_files)];
    struct th_fault_list faults = {0};
    for (size_t i = 0; i < COUNT(files); i++) {
        files[i] = catalogue_files[i];
        files[i].content = th_slice_of(catalogue_texts[i]);
    }
    struct th_catalogue *catalogue = th_catalogue_read(files, COUNT(files), &faults);
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "%s:%zu: %s\n", faults.faults[i].file, faults.faults[i].line,
                faults.faults[i].message);
    th_fault_list_free(&faults);
    CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
    th_catalogue_pack(catalogue, bytes);
    memcpy(digest, catalogue->digest, 32);
    th_catalogue_release(&catalogue);
}

static void test_changed_catalogue_is_fetched_before_delivery(void)
{
    struct world world;
    struct th_buffer bytes = {0};
    struct th_outbox_catalogue held;
    struct th_error error;
    uint8_t digest[32];
    make_catalogue(&bytes, digest);
    world_make(&world, 4, 10);
    world_queue(&world, 1);
    world_pass(&world, 0);
    world_next(&world);
    Tonghop__V1__Welcome *welcome = world_welcome(&world);
    welcome->catalogue_version = 3;
    welcome->catalogue_digest = th_bytes_of(digest, 32);
    world_say_welcome(&world, welcome);
    const ClientMessage *message = world_next(&world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_EQUAL_FATAL(message->body_case, TONGHOP__V1__CLIENT_MESSAGE__BODY_CATALOGUE_REQUEST);
    uint64_t request = message->catalogue_request->request_id;
    CU_ASSERT_TRUE(message->catalogue_request->credit > 0);
    size_t half = bytes.size / 2;
    say_part(&world, request, digest, th_buffer_slice(&bytes), 0, half);
    message = world_next(&world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_EQUAL(message->body_case, TONGHOP__V1__CLIENT_MESSAGE__BODY_CREDIT);
    say_part(&world, request, digest, th_buffer_slice(&bytes), half, bytes.size - half);
    CU_ASSERT_EQUAL(th_outbox_get_catalogue(world.files.outbox, &held, NULL, &error), TH_OK);
    CU_ASSERT_EQUAL(held.version, 3);
    CU_ASSERT_EQUAL(memcmp(held.digest, digest, 32), 0);
    CU_ASSERT_PTR_NOT_NULL(world_submit(&world, "then it delivers", 1));
    th_buffer_free(&bytes);
    world_end(&world);
}

static void test_catalogue_of_another_digest_is_not_kept(void)
{
    struct world world;
    struct th_buffer bytes = {0};
    struct th_outbox_catalogue held;
    struct th_error error;
    uint8_t digest[32];
    make_catalogue(&bytes, digest);
    world_make(&world, 4, 10);
    world_pass(&world, 0);
    world_next(&world);
    Tonghop__V1__Welcome *welcome = world_welcome(&world);
    welcome->catalogue_version = 3;
    welcome->catalogue_digest = th_bytes_of(digest, 32);
    world_say_welcome(&world, welcome);
    const ClientMessage *message = world_next(&world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    bytes.bytes[bytes.size - 3] ^= 1;
    say_part(&world, message->catalogue_request->request_id, digest, th_buffer_slice(&bytes), 0,
             bytes.size);
    CU_ASSERT_EQUAL(th_outbox_get_catalogue(world.files.outbox, &held, NULL, &error), TH_OK);
    CU_ASSERT_EQUAL(held.version, 0);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_WAITING);
    th_buffer_free(&bytes);
    world_end(&world);
}

static void test_catalogue_replaced_while_it_is_fetched(void)
{
    struct world world;
    uint8_t digest[32] = {1};
    world_make(&world, 4, 10);
    world_pass(&world, 0);
    world_next(&world);
    for (uint64_t version = 3; version <= 4; version++) {
        Tonghop__V1__Welcome *welcome = world_welcome(&world);
        welcome->catalogue_version = version;
        welcome->catalogue_digest = th_bytes_of(digest, 32);
        world_say_welcome(&world, welcome);
        /* The parts of version 3 stop coming: it has to be asked for anew. */
        const ClientMessage *message = world_next(&world);
        CU_ASSERT_PTR_NOT_NULL_FATAL(message);
        CU_ASSERT_EQUAL(message->body_case, TONGHOP__V1__CLIENT_MESSAGE__BODY_CATALOGUE_REQUEST);
    }
    world_end(&world);
}

static void test_refresh_greets_again(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_greet(&world);
    CU_ASSERT_PTR_NULL(world_next(&world));
    th_delivery_refresh(world.delivery, world.now_ms);
    CU_ASSERT_TRUE(is_hello(world_next(&world)));
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_DELIVERING);
    /* And finds out that nobody is there. */
    world_pass(&world, TIMEOUT_MS + 1);
    CU_ASSERT_EQUAL(th_delivery_state(world.delivery), TH_LINK_WAITING);
    world_end(&world);
}

static void test_noise_changes_nothing(void)
{
    static const struct {
        const char *name;
        struct th_slice bytes;
    } cases[] = {
        {"no bytes", {"", 0}},
        {"bytes that are no message", {"\xff\xff\xff\xff", 4}},
        {"a message without a body", {"\x08\x01", 2}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        world_make(&world, 4, 10);
        world_queue(&world, 1);
        world_greet(&world);
        CU_ASSERT_PTR_NOT_NULL(world_submit(&world, cases[i].name, 1));
        th_delivery_receive(world.delivery, cases[i].bytes, world.now_ms);
        TH_CHECK(cases[i].name, th_delivery_state(world.delivery) == TH_LINK_DELIVERING);
        TH_CHECK(cases[i].name, th_delivery_unanswered(world.delivery) == 1);
        world_end(&world);
    }
}

/* ---- a full disk ---- */

/* No file of this process may grow past what it is: as on a full disk, writing fails. */
static void let_files_grow(const struct world *world, bool may)
{
    struct rlimit limit;
    struct stat file;
    char log[PATH_MAX + 8];
    snprintf(log, sizeof(log), "%s-wal", world->files.path);
    TH_CHECK("the outbox has a log", stat(log, &file) == 0);
    TH_CHECK("limit", getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = may ? limit.rlim_max : (rlim_t)file.st_size;
    fflush(stdout);
    TH_CHECK("limit", setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* The province's answers to whatever the office has asked. */
static void answer_all(struct world *world)
{
    const ClientMessage *message;
    while ((message = world_next(world)) != NULL) {
        if (message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO) {
            world_say_welcome(world, world_welcome(world));
        } else if (message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST) {
            world_say_entries(world, message->entries_request);
        } else if (message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT) {
            Tonghop__V1__Receipts *receipts = world_receipts(world, message->submit->batch_id);
            world_add_run(world, receipts, world_run(world, 0, 1));
            world_say_receipts(world, receipts);
        }
    }
}

/* Each attempt makes the province send again what cannot be kept: however short the office's
 * own waits are set (0.1 s here), 2 s lie between two of them at least. */
static void test_a_full_disk_is_not_hammered(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_queue(&world, 1);
    world_pass(&world, 0);
    world_accept_queued(&world, 1);
    (void)signal(SIGXFSZ, SIG_IGN);
    let_files_grow(&world, false);
    answer_all(&world);
    bool waiting = th_delivery_state(world.delivery) == TH_LINK_WAITING, seldom = true;
    int64_t tried_ms = world.now_ms;
    size_t attempts = 0;
    for (int64_t passed = 0; passed < 600000 && attempts < 10; passed += 100) {
        size_t opened = world.opened;
        world_pass(&world, 100);
        if (world.opened == opened)
            continue;
        seldom = seldom && world.now_ms - tried_ms >= 2000;
        tried_ms = world.now_ms;
        attempts++;
        answer_all(&world);
    }
    bool kept = state_of(world.files.outbox, 1) != TH_STATE_QUEUED;
    let_files_grow(&world, true);
    TH_CHECK("what cannot be written is given up", waiting);
    TH_CHECK("it goes on trying", attempts == 10);
    TH_CHECK("seldom", seldom);
    TH_CHECK("nothing counts as answered", !kept);
    for (int64_t passed = 0; passed < 120000 && state_of(world.files.outbox, 1) == TH_STATE_QUEUED;
         passed += 100) {
        world_pass(&world, 100);
        answer_all(&world);
    }
    TH_CHECK("once there is room", state_of(world.files.outbox, 1) == TH_STATE_ACCEPTED);
    world_end(&world);
}

static const struct th_test tests[] = {
    {"the table of transitions is sound", test_table_is_sound},
    {"Hello tells what is held", test_hello_tells_what_is_held},
    {"only the right province is welcome", test_only_the_right_province_is_welcome},
    {"the first enrolment is kept", test_the_first_enrolment_is_kept},
    {"silence tries the next endpoint", test_silence_tries_the_next_endpoint},
    {"events of the peer close the socket", test_peer_events_close_the_socket},
    {"a changed catalogue is fetched before delivery",
     test_changed_catalogue_is_fetched_before_delivery},
    {"a catalogue of another digest is not kept", test_catalogue_of_another_digest_is_not_kept},
    {"a catalogue replaced while it is fetched is asked for anew",
     test_catalogue_replaced_while_it_is_fetched},
    {"refresh greets again", test_refresh_greets_again},
    {"noise changes nothing", test_noise_changes_nothing},
    {"a full disk is not hammered", test_a_full_disk_is_not_hammered},
};

TH_TEST_MAIN("delivery", tests)
