/* Real CURVE sockets on loopback with a ZAP handler of the test's own, and what
 * must hold when a peer, its key or its frames are not what they should be. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/wire/socket.h"
#include "tests/unit/th_test.h"

#define DOMAIN      "test"
#define DEADLINE_MS 20000

/* How the handler answers for every key. It waits at the gate, so that no handshake
 * ends before its monitor runs. */
struct zap {
    void *socket;
    pthread_t thread;
    _Atomic(const char *) status;
    atomic_int asked;
    pthread_mutex_t gate;
    const char *user; /* NULL: the key in hexadecimal, as the collector's does */
};

/* A collector of one ROUTER. */
struct province {
    void *context;
    struct zap zap;
    struct th_curve_pair pair;
    void *router;
    char endpoint[256];
};

static void reply(struct zap *zap, const char *request, const uint8_t key[32])
{
    char hex[65];
    th_text_to_hex(key, 32, hex);
    pthread_mutex_lock(&zap->gate);
    pthread_mutex_unlock(&zap->gate);
    atomic_fetch_add(&zap->asked, 1);
    const char *frames[] = {
        "1.0", request, atomic_load(&zap->status), "", zap->user ? zap->user : hex, ""};
    for (size_t i = 0; i < 6; i++)
        zmq_send(zap->socket, frames[i], strlen(frames[i]), i < 5 ? ZMQ_SNDMORE : 0);
}

/* version, request, domain, address, identity, mechanism, key: RFC 27. */
static void *serve(void *argument)
{
    struct zap *zap = argument;
    for (;;) {
        char frames[7][256];
        uint8_t key[32];
        for (int i = 0; i < 7; i++) {
            int size = zmq_recv(zap->socket, frames[i], sizeof(frames[i]) - 1, 0);
            if (size < 0) {
                zmq_close(zap->socket);
                return NULL;
            }
            frames[i][size < 255 ? size : 255] = '\0';
            if (i == 6)
                memcpy(key, frames[6], sizeof(key));
        }
        reply(zap, frames[1], key);
    }
}

static void start_zap(struct province *province, const char *status, const char *user)
{
    struct zap *zap = &province->zap;
    atomic_store(&zap->status, status);
    zap->user = user;
    pthread_mutex_init(&zap->gate, NULL);
    zap->socket = zmq_socket(province->context, ZMQ_REP);
    if (zmq_bind(zap->socket, "inproc://zeromq.zap.01") != 0 ||
        pthread_create(&zap->thread, NULL, serve, zap) != 0)
        CU_FAIL_FATAL("the ZAP handler does not start");
}

/* `status` NULL: without a handler. */
static void open_province(struct province *province, const char *status, const char *user)
{
    struct th_error error = {0};
    *province = (struct province){.context = zmq_ctx_new()};
    CU_ASSERT_FATAL(th_curve_generate(&province->pair, &error) == TH_OK);
    if (status)
        start_zap(province, status, user);
    struct th_router_options options = {
        .endpoint = "tcp://127.0.0.1:*", .pair = &province->pair, .zap_domain = DOMAIN};
    province->router = th_router_bind(province->context, &options, province->endpoint, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(province->router);
}

static void close_province(struct province *province)
{
    th_socket_close(&province->router);
    zmq_ctx_shutdown(province->context);
    if (province->zap.socket) {
        pthread_join(province->zap.thread, NULL);
        pthread_mutex_destroy(&province->zap.gate);
    }
    zmq_ctx_term(province->context);
}

/* A district's end of a connection. */
struct office {
    struct th_curve_pair pair;
    void *dealer, *monitor;
    struct th_message received;
};

static void open_office(struct office *office, struct province *province,
                        const uint8_t server_key[32], int high_water)
{
    struct th_error error = {0};
    *office = (struct office){0};
    CU_ASSERT_FATAL(th_curve_generate(&office->pair, &error) == TH_OK);
    struct th_dealer_options options = {.endpoint = province->endpoint,
                                        .pair = &office->pair,
                                        .send_high_water = high_water,
                                        .receive_high_water = high_water};
    memcpy(options.server_key, server_key, sizeof(options.server_key));
    bool gate = province->zap.socket != NULL;
    if (gate)
        pthread_mutex_lock(&province->zap.gate);
    office->dealer = th_dealer_connect(province->context, &options, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(office->dealer);
    office->monitor = th_dealer_monitor(province->context, office->dealer, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(office->monitor);
    if (gate)
        pthread_mutex_unlock(&province->zap.gate);
}

static void close_office(struct office *office)
{
    th_socket_close(&office->dealer);
    th_socket_close(&office->monitor);
    th_message_free(&office->received);
}

static bool wait_readable(void *socket)
{
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    return zmq_poll(&item, 1, DEADLINE_MS) == 1;
}

static enum th_receive next_at_router(const struct province *province, struct th_message *message)
{
    return wait_readable(province->router) ? th_router_receive(province->router, message)
                                           : TH_RECEIVE_NOTHING;
}

static enum th_receive next_at_dealer(struct office *office)
{
    return wait_readable(office->dealer) ? th_dealer_receive(office->dealer, &office->received)
                                         : TH_RECEIVE_NOTHING;
}

static enum th_peer_event next_event(const struct office *office)
{
    return wait_readable(office->monitor) ? th_monitor_receive(office->monitor) : TH_PEER_NONE;
}

static bool holds(const struct th_message *message, const char *want)
{
    return th_slice_equals(th_buffer_slice(&message->bytes), want);
}

static void test_a_message_and_its_answer(void)
{
    struct province province;
    struct office office;
    struct th_message message = {0};
    open_province(&province, "200", NULL);
    open_office(&office, &province, province.pair.public_key, 16);
    TH_CHECK("event", next_event(&office) == TH_PEER_CONNECTED);
    TH_CHECK("nothing yet", th_router_receive(province.router, &message) == TH_RECEIVE_NOTHING);
    TH_CHECK("nothing yet",
             th_dealer_receive(office.dealer, &office.received) == TH_RECEIVE_NOTHING);

    TH_CHECK("sent", th_dealer_send(office.dealer, "hello\0there", 11) == TH_OK);
    TH_CHECK("received", next_at_router(&province, &message) == TH_RECEIVE_MESSAGE);
    TH_CHECK("bytes",
             message.bytes.size == 11 && memcmp(message.bytes.bytes, "hello\0there", 11) == 0);
    TH_CHECK("peer key", memcmp(message.peer_key, office.pair.public_key, 32) == 0);
    TH_CHECK_TEXT("peer address", message.peer_address, "127.0.0.1");
    TH_CHECK("routing", message.routing_size > 0);

    TH_CHECK("answered", th_router_send(province.router, message.routing, message.routing_size,
                                        "welcome", 7) == TH_OK);
    TH_CHECK("answer", next_at_dealer(&office) == TH_RECEIVE_MESSAGE);
    TH_CHECK("answer's bytes", holds(&office.received, "welcome"));
    TH_CHECK("no routing", office.received.routing_size == 0);

    /* A shorter message in the same buffer. */
    TH_CHECK("sent", th_dealer_send(office.dealer, "", 0) == TH_OK);
    TH_CHECK("empty", next_at_router(&province, &message) == TH_RECEIVE_MESSAGE);
    TH_CHECK("empty", message.bytes.size == 0);
    close_office(&office);
    th_message_free(&message);
    close_province(&province);
}

static void test_each_peer_is_known_by_its_key(void)
{
    struct province province;
    struct office offices[3];
    struct th_message message = {0};
    char text[2] = "0";
    open_province(&province, "200", NULL);
    for (size_t i = 0; i < 3; i++) {
        open_office(&offices[i], &province, province.pair.public_key, 16);
        text[0] = (char)('0' + i);
        TH_CHECK(text, th_dealer_send(offices[i].dealer, text, 1) == TH_OK);
    }
    for (size_t i = 0; i < 3; i++) {
        TH_CHECK("received", next_at_router(&province, &message) == TH_RECEIVE_MESSAGE);
        size_t which = message.bytes.size == 1 ? (size_t)(message.bytes.bytes[0] - '0') : 3;
        TH_CHECK("one of ours", which < 3);
        if (which < 3)
            TH_CHECK(message.bytes.bytes,
                     memcmp(message.peer_key, offices[which].pair.public_key, 32) == 0);
    }
    for (size_t i = 0; i < 3; i++)
        close_office(&offices[i]);
    th_message_free(&message);
    close_province(&province);
}

static void test_other_than_one_frame_is_dropped(void)
{
    struct province province;
    struct office office;
    struct th_message message = {0};
    open_province(&province, "200", NULL);
    open_office(&office, &province, province.pair.public_key, 16);
    /* Two frames, then fifty, then one that is good. */
    zmq_send(office.dealer, "a", 1, ZMQ_SNDMORE);
    zmq_send(office.dealer, "b", 1, 0);
    for (int i = 0; i < 50; i++)
        zmq_send(office.dealer, "c", 1, i < 49 ? ZMQ_SNDMORE : 0);
    TH_CHECK("good", th_dealer_send(office.dealer, "good", 4) == TH_OK);
    TH_CHECK("2 frames", next_at_router(&province, &message) == TH_RECEIVE_DROPPED);
    TH_CHECK("50 frames", next_at_router(&province, &message) == TH_RECEIVE_DROPPED);
    TH_CHECK("1 frame", next_at_router(&province, &message) == TH_RECEIVE_MESSAGE);
    TH_CHECK("1 frame", holds(&message, "good"));

    zmq_send(province.router, message.routing, message.routing_size, ZMQ_SNDMORE);
    zmq_send(province.router, "", 0, ZMQ_SNDMORE);
    zmq_send(province.router, "x", 1, 0);
    TH_CHECK("good", th_router_send(province.router, message.routing, message.routing_size, "ok",
                                    2) == TH_OK);
    TH_CHECK("dealer, 2 frames", next_at_dealer(&office) == TH_RECEIVE_DROPPED);
    TH_CHECK("dealer, 1 frame", next_at_dealer(&office) == TH_RECEIVE_MESSAGE);
    TH_CHECK("dealer, 1 frame", holds(&office.received, "ok"));
    close_office(&office);
    th_message_free(&message);
    close_province(&province);
}

static void test_without_a_well_formed_user_id_it_is_dropped(void)
{
    static const struct {
        const char *name, *user;
        enum th_receive want;
    } rows[] = {
        {"64 digits", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
         TH_RECEIVE_MESSAGE},
        {"empty", "", TH_RECEIVE_DROPPED},
        {"63 digits", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef",
         TH_RECEIVE_DROPPED},
        {"65 digits", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0",
         TH_RECEIVE_DROPPED},
        {"upper case", "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF",
         TH_RECEIVE_DROPPED},
        {"no digits", "zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
         TH_RECEIVE_DROPPED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct province province;
        struct office office;
        struct th_message message = {0};
        open_province(&province, "200", rows[i].user);
        open_office(&office, &province, province.pair.public_key, 16);
        TH_CHECK(rows[i].name, th_dealer_send(office.dealer, "x", 1) == TH_OK);
        TH_CHECK(rows[i].name, next_at_router(&province, &message) == rows[i].want);
        if (rows[i].want == TH_RECEIVE_MESSAGE)
            TH_CHECK(rows[i].name, message.peer_key[0] == 0x00 && message.peer_key[31] == 0xFF);
        close_office(&office);
        th_message_free(&message);
        close_province(&province);
    }
}

static void test_who_is_not_admitted_gets_nothing_through(void)
{
    static const struct {
        const char *name, *status; /* NULL: no handler runs at all */
        bool wrong_server;
        enum th_peer_event want;
    } rows[] = {
        {"key not enrolled", "400", false, TH_PEER_REFUSED},
        {"handler failed", "500", false, TH_PEER_REFUSED},
        {"no ZAP handler", NULL, false, TH_PEER_DISCONNECTED},
        {"not the server of the bundle", "200", true, TH_PEER_DISCONNECTED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct province province;
        struct office office;
        struct th_message message = {0};
        uint8_t server_key[32];
        open_province(&province, rows[i].status, NULL);
        memcpy(server_key, province.pair.public_key, sizeof(server_key));
        server_key[0] ^= rows[i].wrong_server;
        open_office(&office, &province, server_key, 16);
        TH_CHECK(rows[i].name, th_dealer_send(office.dealer, "x", 1) == TH_OK);
        TH_CHECK(rows[i].name, next_event(&office) == rows[i].want);
        TH_CHECK(rows[i].name, th_router_receive(province.router, &message) == TH_RECEIVE_NOTHING);
        close_office(&office);
        th_message_free(&message);
        close_province(&province);
    }
}

/* Takes as long as a handshake may: libzmq leaves one that was answered 300 to its
 * time limit (HANDSHAKE_IVL, 10 s) and begins another. */
static void test_a_handler_that_recovers_lets_the_office_in(void)
{
    struct province province;
    struct office office;
    struct th_message message = {0};
    open_province(&province, "300", NULL);
    open_office(&office, &province, province.pair.public_key, 16);
    TH_CHECK("sent", th_dealer_send(office.dealer, "waited", 6) == TH_OK);
    TH_CHECK("turned away", next_event(&office) == TH_PEER_DISCONNECTED);
    TH_CHECK("asked", atomic_load(&province.zap.asked) > 0);
    TH_CHECK("nothing", th_router_receive(province.router, &message) == TH_RECEIVE_NOTHING);
    atomic_store(&province.zap.status, "200");
    TH_CHECK("what waited", next_at_router(&province, &message) == TH_RECEIVE_MESSAGE);
    TH_CHECK("what waited", holds(&message, "waited"));
    TH_CHECK("let in", next_event(&office) == TH_PEER_CONNECTED);
    close_office(&office);
    th_message_free(&message);
    close_province(&province);
}

static void test_sizes_are_bounded(void)
{
    struct province province;
    struct office office;
    struct th_message message = {0};
    TH_CLEANUP_BUFFER struct th_buffer large = {0};
    th_buffer_reserve(&large, TH_WIRE_MESSAGE_MAX + 1);
    memset(large.bytes, 'x', TH_WIRE_MESSAGE_MAX + 1);
    open_province(&province, "200", NULL);
    open_office(&office, &province, province.pair.public_key, 16);
    TH_CHECK("one byte more",
             th_dealer_send(office.dealer, large.bytes, TH_WIRE_MESSAGE_MAX + 1) == TH_PERMANENT);
    TH_CHECK("largest", th_dealer_send(office.dealer, large.bytes, TH_WIRE_MESSAGE_MAX) == TH_OK);
    TH_CHECK("largest", next_at_router(&province, &message) == TH_RECEIVE_MESSAGE);
    TH_CHECK("largest", message.bytes.size == TH_WIRE_MESSAGE_MAX);
    TH_CHECK("answer, one byte more",
             th_router_send(province.router, message.routing, message.routing_size, large.bytes,
                            TH_WIRE_MESSAGE_MAX + 1) == TH_PERMANENT);

    /* A peer that does not keep to it is cut off, and its message never arrives. */
    TH_CHECK("event", next_event(&office) == TH_PEER_CONNECTED);
    zmq_send(office.dealer, large.bytes, TH_WIRE_MESSAGE_MAX + 1, 0);
    TH_CHECK("cut off", next_event(&office) == TH_PEER_DISCONNECTED);
    TH_CHECK("nothing", th_router_receive(province.router, &message) == TH_RECEIVE_NOTHING);
    close_office(&office);
    th_message_free(&message);
    close_province(&province);
}

static void test_a_peer_that_is_gone_is_unreachable(void)
{
    struct province province;
    struct office office;
    struct th_message message = {0};
    open_province(&province, "200", NULL);
    TH_CHECK("never seen", th_router_send(province.router, (const uint8_t *)"abcde", 5, "x", 1) ==
                               TH_UNREACHABLE);
    TH_CHECK("no routing", th_router_send(province.router, NULL, 0, "x", 1) == TH_PERMANENT);
    open_office(&office, &province, province.pair.public_key, 16);
    TH_CHECK("sent", th_dealer_send(office.dealer, "x", 1) == TH_OK);
    TH_CHECK("received", next_at_router(&province, &message) == TH_RECEIVE_MESSAGE);
    close_office(&office);

    /* Until the ROUTER hears of the end, messages are still taken for the peer; it
     * hears of it by reading, as every event loop does. */
    int64_t deadline = th_clock_monotonic_ms() + DEADLINE_MS;
    enum th_status status = TH_OK;
    while (status != TH_UNREACHABLE && th_clock_monotonic_ms() < deadline) {
        TH_CHECK("no message", th_router_receive(province.router, &message) == TH_RECEIVE_NOTHING);
        status = th_router_send(province.router, message.routing, message.routing_size, "x", 1);
    }
    TH_CHECK("gone", status == TH_UNREACHABLE);
    th_message_free(&message);
    close_province(&province);
}

static void test_full_queues_say_so(void)
{
    struct province province;
    struct office office;
    struct th_message message = {0};
    TH_CLEANUP_BUFFER struct th_buffer part = {0};
    th_buffer_reserve(&part, 256 * 1024);
    memset(part.bytes, 'x', 256 * 1024);
    open_province(&province, "200", NULL);
    open_office(&office, &province, province.pair.public_key, 2);
    TH_CHECK("sent", th_dealer_send(office.dealer, "x", 1) == TH_OK);
    TH_CHECK("received", next_at_router(&province, &message) == TH_RECEIVE_MESSAGE);
    /* The office reads nothing: 16 parts wait here, 2 there, the rest in the
     * kernel, whose buffers hold some MiB. A hundred thousand would mean no bound. */
    enum th_status status = TH_OK;
    int sent = 0;
    for (; status == TH_OK && sent < 1000; sent++)
        status = th_router_send(province.router, message.routing, message.routing_size, part.bytes,
                                256 * 1024);
    TH_CHECK("router", status == TH_RETRY);
    close_office(&office);
    close_province(&province);

    /* Nobody listens there any more: what is sent waits, up to the limit. */
    province.zap.socket = NULL;
    province.context = zmq_ctx_new();
    open_office(&office, &province, province.pair.public_key, 2);
    TH_CHECK("first", th_dealer_send(office.dealer, "1", 1) == TH_OK);
    TH_CHECK("second", th_dealer_send(office.dealer, "2", 1) == TH_OK);
    TH_CHECK("third", th_dealer_send(office.dealer, "3", 1) == TH_RETRY);
    close_office(&office);
    th_message_free(&message);
    zmq_ctx_term(province.context);
}

static int number_option(void *socket, int option)
{
    int value = -2;
    size_t size = sizeof(value);
    zmq_getsockopt(socket, option, &value, &size);
    return value;
}

static void test_sockets_have_the_settings(void)
{
    /* GROUND: what was measured to hold; 93 is ZMQ_ZAP_ENFORCE_DOMAIN. */
    static const struct {
        const char *name;
        int option, want_router, want_dealer;
    } rows[] = {
        {"LINGER", ZMQ_LINGER, 0, 0},
        {"RCVHWM", ZMQ_RCVHWM, 4, 8},
        {"HANDSHAKE_IVL", ZMQ_HANDSHAKE_IVL, 10000, 10000},
        /* A timer a peer on the ROUTER's side made 10,000 handshakes take for ever. */
        {"HEARTBEAT_IVL", ZMQ_HEARTBEAT_IVL, 0, 5000},
        {"HEARTBEAT_TIMEOUT", ZMQ_HEARTBEAT_TIMEOUT, -1, 15000},
        {"HEARTBEAT_TTL", ZMQ_HEARTBEAT_TTL, 0, 0},
        {"TCP_KEEPALIVE", ZMQ_TCP_KEEPALIVE, 1, -1},
        {"TCP_KEEPALIVE_IDLE", ZMQ_TCP_KEEPALIVE_IDLE, 30, -1},
        {"MECHANISM", ZMQ_MECHANISM, ZMQ_CURVE, ZMQ_CURVE},
        {"CURVE_SERVER", ZMQ_CURVE_SERVER, 1, 0},
        {"ZAP_ENFORCE_DOMAIN", 93, 1, 0},
    };
    struct province province;
    struct office office;
    open_province(&province, "200", NULL);
    open_office(&office, &province, province.pair.public_key, 8);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TH_CHECK(rows[i].name,
                 number_option(province.router, rows[i].option) == rows[i].want_router);
        TH_CHECK(rows[i].name, number_option(office.dealer, rows[i].option) == rows[i].want_dealer);
    }
    TH_CHECK("BACKLOG", number_option(province.router, ZMQ_BACKLOG) == 4096);
    void *both[] = {province.router, office.dealer};
    for (size_t i = 0; i < 2; i++) {
        int64_t largest = 0;
        size_t size = sizeof(largest);
        zmq_getsockopt(both[i], ZMQ_MAXMSGSIZE, &largest, &size);
        TH_CHECK("MAXMSGSIZE", largest == TH_WIRE_MESSAGE_MAX + 33);
    }
    close_office(&office);
    close_province(&province);
}

static void test_endpoints_that_cannot_be_used(void)
{
    static const struct {
        const char *name, *endpoint, *domain;
        bool want;
    } rows[] = {
        {"any port", "tcp://127.0.0.1:*", DOMAIN, true},
        {"port 0", "tcp://127.0.0.1:0", DOMAIN, true},
        {"no scheme", "127.0.0.1:7401", DOMAIN, false},
        {"inproc, where keys are not checked", "inproc://x", DOMAIN, false},
        {"no port", "tcp://127.0.0.1", DOMAIN, false},
        {"not of this machine", "tcp://192.0.2.1:7401", DOMAIN, false},
        {"empty domain, which lets everybody in", "tcp://127.0.0.1:*", "", false},
        {"no domain", "tcp://127.0.0.1:*", NULL, false},
    };
    struct th_curve_pair pair;
    void *context = zmq_ctx_new();
    CU_ASSERT_FATAL(th_curve_generate(&pair, NULL) == TH_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct th_error error = {0};
        char bound[256] = "";
        struct th_router_options options = {
            .endpoint = rows[i].endpoint, .pair = &pair, .zap_domain = rows[i].domain};
        void *router = th_router_bind(context, &options, bound, &error);
        TH_CHECK(rows[i].name, (router != NULL) == rows[i].want);
        if (rows[i].want)
            TH_CHECK(rows[i].name,
                     strncmp(bound, "tcp://127.0.0.1:", 16) == 0 && atoi(bound + 16) > 0);
        else
            TH_CHECK(rows[i].name, error.status == TH_USAGE && error.message[0] != '\0');
        th_socket_close(&router);
        th_socket_close(&router);
    }
    const char *bad[] = {"tcp://",
                         "tcp://host",
                         "host:1",
                         "tcp://127.0.0.1:65536",
                         "inproc://x",
                         "tcp://127.0.0.1:",
                         "tcp://127.0.0.1:0",
                         "tcp://127.0.0.1:*",
                         "tcp://:1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct th_error error = {0};
        struct th_dealer_options options = {.endpoint = bad[i], .pair = &pair};
        void *dealer = th_dealer_connect(context, &options, &error);
        TH_CHECK(bad[i], dealer == NULL);
        th_socket_close(&dealer);
        TH_CHECK(bad[i], error.status == TH_USAGE && error.message[0] != '\0');
    }
    zmq_ctx_term(context);
}

static const struct th_test tests[] = {
    {"a message arrives with its peer's key, and so does its answer",
     test_a_message_and_its_answer},
    {"each peer is known by its key", test_each_peer_is_known_by_its_key},
    {"other than one frame is dropped, the next is taken", test_other_than_one_frame_is_dropped},
    {"without a well-formed User-Id it is dropped",
     test_without_a_well_formed_user_id_it_is_dropped},
    {"who is not admitted gets nothing through", test_who_is_not_admitted_gets_nothing_through},
    {"a handler that recovers lets the office in", test_a_handler_that_recovers_lets_the_office_in},
    {"sizes are bounded on both sides", test_sizes_are_bounded},
    {"a peer that is gone is unreachable", test_a_peer_that_is_gone_is_unreachable},
    {"full queues say so", test_full_queues_say_so},
    {"sockets have the settings that were measured", test_sockets_have_the_settings},
    {"endpoints that cannot be used are refused", test_endpoints_that_cannot_be_used},
};

TH_TEST_MAIN("wire sockets", tests)
