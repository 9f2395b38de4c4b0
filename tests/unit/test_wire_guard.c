/* The guard over a ROUTER's connections (common/wire/guard.h), by bytes on TCP. What it does
 * with peers that have a key is tested by tests/hostile. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "common/wire/socket.h"
#include "th_test.h"

#define DEADLINE_MS 20000

struct ground {
    void *context, *router;
    struct th_guard *guard;
    struct th_curve_pair pair;
    uint16_t port;
};

static void open_ground(struct ground *ground)
{
    struct th_error error = {0};
    char bound[256] = "";
    *ground = (struct ground){.context = zmq_ctx_new()};
    CU_ASSERT_FATAL(th_curve_generate(&ground->pair, &error) == TH_OK);
    CU_ASSERT_FATAL(th_guard_start(ground->context, &ground->guard, &error) == TH_OK);
    struct th_router_options options = {.endpoint = "tcp://127.0.0.1:*",
                                        .pair = &ground->pair,
                                        .zap_domain = "tests",
                                        .guard = ground->guard,
                                        .connections_a_key = 4};
    ground->router = th_router_bind(ground->context, &options, bound, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ground->router);
    ground->port = (uint16_t)strtol(strrchr(bound, ':') + 1, NULL, 10);
}

static void close_ground(struct ground *ground)
{
    th_socket_close(&ground->router);
    th_guard_stop(&ground->guard);
    zmq_ctx_term(ground->context);
}

/* A connection that has said the greeting, then a command of a mebibyte of which `size`
 * bytes have come. */
static int begin(const struct ground *ground, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(ground->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    uint8_t bytes[64 + 9] = {[0] = 0xff, [9] = 0x7f, [10] = 3, [12] = 'C', 'U', 'R', 'V', 'E'};
    static const uint8_t content[65536];
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(connect(connection, (struct sockaddr *)&address, sizeof(address)) == 0);
    bytes[64] = 6;      /* a long command ... */
    bytes[64 + 6] = 16; /* ... of 2^20 bytes */
    CU_ASSERT_FATAL(send(connection, bytes, sizeof(bytes), MSG_NOSIGNAL) == sizeof(bytes));
    CU_ASSERT_FATAL(send(connection, content, size, MSG_NOSIGNAL) == (ssize_t)size);
    return connection;
}

/* Reads what comes until the other end closes; false when it did not within wait_ms. */
static bool is_closed(int connection, int wait_ms)
{
    char bytes[256];
    struct pollfd item = {.fd = connection, .events = POLLIN};
    while (poll(&item, 1, wait_ms) == 1)
        if (recv(connection, bytes, sizeof(bytes), 0) <= 0)
            return true;
    return false;
}

static void test_who_says_too_much_before_the_handshake_is_cut(void)
{
    struct ground ground;
    open_ground(&ground);
    int modest = begin(&ground, TH_GUARD_HANDSHAKE_BYTES - 73);
    int greedy = begin(&ground, TH_GUARD_HANDSHAKE_BYTES - 72);
    TH_CHECK("greedy", is_closed(greedy, DEADLINE_MS));
    TH_CHECK("modest", !is_closed(modest, 0));
    TH_CHECK("counted", th_guard_cuts(ground.guard) == 1);
    close(modest);
    close(greedy);
    close_ground(&ground);
}

static void test_what_is_told_of_no_connection_is_harmless(void)
{
    struct ground ground;
    static const uint8_t key[32] = {1};
    open_ground(&ground);
    th_guard_took(NULL, 3, key);
    th_guard_took(ground.guard, -1, key);
    th_guard_took(ground.guard, 1 << 30, key);
    th_guard_took(ground.guard, 4000, NULL);
    th_guard_unwanted(ground.guard, -1);
    th_guard_unwanted(ground.guard, 4000);
    int greedy = begin(&ground, TH_GUARD_HANDSHAKE_BYTES);
    TH_CHECK("it goes on", is_closed(greedy, DEADLINE_MS));
    TH_CHECK("none but this", th_guard_cuts(ground.guard) == 1);
    close(greedy);
    close_ground(&ground);
}

static const struct th_test tests[] = {
    {"who says too much before the handshake is cut, and nobody else",
     test_who_says_too_much_before_the_handshake_is_cut},
    {"what is told of no connection is harmless", test_what_is_told_of_no_connection_is_harmless},
};

TH_TEST_MAIN("guard", tests)
