#include "tests/unit/th_test.h"

#include "collector/admin/endpoints.h"
#include "common/base/buffer.h"
#include "common/base/text.h"

#define KEY          "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define BIND         "tcp://10.0.0.5:7401"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct endpoint_case {
    const char *name, *lines, *bind;
    const char *want; /* "ADDRESS own|KEY ..." */
};

static const struct endpoint_case fine[] = {
    {"the bind address", NULL, BIND, "tcp://10.0.0.5:7401 own"},
    {"an emptied list", "", BIND, "tcp://10.0.0.5:7401 own"},
    {"loopback, as in tests", NULL, "tcp://127.0.0.1:20001", "tcp://127.0.0.1:20001 own"},
    {"a public address", "tcp://collector.example.vn:7401", "tcp://0.0.0.0:7401",
     "tcp://collector.example.vn:7401 own"},
    {"with its key", "tcp://b.example.vn:7401 " KEY, BIND, "tcp://b.example.vn:7401 " KEY},
    {"two collectors", "tcp://a.example.vn:7401\ntcp://b.example.vn:7401 \t " KEY "\n", BIND,
     "tcp://a.example.vn:7401 own tcp://b.example.vn:7401 " KEY},
    {"blanks and blank lines", "\n  tcp://a:1  \n\n\ttcp://b:65535\n", BIND,
     "tcp://a:1 own tcp://b:65535 own"},
    {"IPv6", "tcp://[2001:db8::5]:7401", BIND, "tcp://[2001:db8::5]:7401 own"},
};

static void addresses_are_read(void)
{
    for (size_t i = 0; i < COUNT(fine); i++) {
        TH_CLEANUP_BUFFER struct th_buffer got = {0};
        struct th_endpoints endpoints;
        struct th_error error = {0};
        TH_CHECK(fine[i].name, th_endpoints_parse(fine[i].lines, fine[i].bind, "submit_public",
                                                  &endpoints, &error) == TH_OK);
        th_buffer_add_text(&got, "");
        for (size_t e = 0; e < endpoints.count; e++) {
            char key[65];
            th_text_to_hex(endpoints.list[e].server_key, 32, key);
            th_buffer_printf(&got, "%s%s %s", e > 0 ? " " : "", endpoints.list[e].address,
                             endpoints.own[e] ? "own" : key);
        }
        TH_CHECK_TEXT(fine[i].name, got.bytes, fine[i].want);
    }
}

static const struct endpoint_case faulty[] = {
    /* Offices cannot connect to "every address of this machine". */
    {"every address", NULL, "tcp://0.0.0.0:7401", "set submit_public"},
    {"every interface", NULL, "tcp://*:7401", "set submit_public"},
    {"every IPv6 address", NULL, "tcp://[::]:7401", "set submit_public"},
    {"a wildcard among good ones", "tcp://a:1\ntcp://0.0.0.0:7401", BIND, "set submit_public"},
    {"any port", NULL, "tcp://10.0.0.5:*", "no port"},
    {"port 0", "tcp://a:0", BIND, "no port"},
    {"port 65536", "tcp://a:65536", BIND, "no port"},
    {"a port with letters", "tcp://a:74o1", BIND, "no port"},
    {"no port", "tcp://a", BIND, "write tcp://HOST:PORT"},
    {"an empty port", "tcp://a:", BIND, "no port"},
    {"no host", "tcp://:7401", BIND, "write tcp://HOST:PORT"},
    {"another scheme", "http://a:7401", BIND, "write tcp://HOST:PORT"},
    {"no scheme", "a:7401", BIND, "write tcp://HOST:PORT"},
    {"a path", "tcp://a/b:7401", BIND, "write tcp://HOST:PORT"},
    {"a control character", "tcp://a\x1b[2J:7401", BIND, "write tcp://HOST:PORT"},
    {"a short key", "tcp://a:1 0011", BIND, "64 hexadecimal digits"},
    {"a key and more", "tcp://a:1 " KEY " x", BIND, "64 hexadecimal digits"},
    {"blank lines alone", "\n \n", BIND, "names no address"},
    {"nine",
     "tcp://a:1\ntcp://a:2\ntcp://a:3\ntcp://a:4\ntcp://a:5\ntcp://a:6\ntcp://a:7\n"
     "tcp://a:8\ntcp://a:9",
     BIND, "more than 8"},
};

static void what_offices_cannot_use_is_refused(void)
{
    for (size_t i = 0; i < COUNT(faulty); i++) {
        struct th_endpoints endpoints;
        struct th_error error = {0};
        TH_CHECK(faulty[i].name,
                 th_endpoints_parse(faulty[i].lines, faulty[i].bind, "submit_public", &endpoints,
                                    &error) == TH_USAGE);
        TH_CHECK(faulty[i].name, strstr(error.message, faulty[i].want) != NULL);
    }
}

static void an_address_of_any_length_is_safe(void)
{
    for (size_t size = 150; size < 260; size++) {
        TH_CLEANUP_BUFFER struct th_buffer line = {0};
        struct th_endpoints endpoints;
        struct th_error error = {0};
        th_buffer_add_text(&line, "tcp://");
        while (line.size < size - 5)
            th_buffer_add_char(&line, 'a');
        th_buffer_add_text(&line, ":7401");
        /* A bundle has room for 199 bytes. */
        TH_CHECK("length", (th_endpoints_parse(line.bytes, BIND, "submit_public", &endpoints,
                                               &error) == TH_OK) == (size <= 199));
        TH_CHECK("whole", size > 199 || strcmp(endpoints.list[0].address, line.bytes) == 0);
    }
}

static const struct th_test tests[] = {
    {"addresses are read", addresses_are_read},
    {"what offices cannot use is refused", what_offices_cannot_use_is_refused},
    {"an address of any length is safe", an_address_of_any_length_is_safe},
};

TH_TEST_MAIN("endpoints", tests)
