#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/file.h"
#include "config_sample.h"
#include "th_test.h"

static char path[] = "/tmp/test_base_config.XXXXXX";

static enum th_status read_text(const char *text, struct settings *settings, struct th_error *error)
{
    *error = (struct th_error){0};
    if (th_file_write(path, text, strlen(text), 0600, error) != TH_OK ||
        th_config_defaults(table, settings, error) != TH_OK)
        return TH_PERMANENT;
    return th_config_read(table, path, settings, error);
}

static void good_files_are_read(void)
{
    static const struct {
        const char *name, *text, *want_state_dir, *want_endpoints;
        long want_port;
        bool want_verbose;
    } cases[] = {
        {"empty: the fallbacks", "", "/var/lib/x", "tcp://default:1", 5555, false},
        {"everything",
         "# comment\n[reporter]\nstate_dir = /srv/x\nport=1\nverbose = Yes\nendpoints = "
         "tcp://a:1\n",
         "/srv/x", "tcp://a:1", 1, true},
        {"list: values join, the fallback goes",
         "endpoints = tcp://a:1\nport = 2\nendpoints = tcp://b:2\n", "/var/lib/x",
         "tcp://a:1\ntcp://b:2", 2, false},
        {"byte-order mark, CRLF, no last line end", "\xef\xbb\xbfport = 7\r\nverbose = 1",
         "/var/lib/x", "tcp://default:1", 7, true},
        {"comment behind a value", "state_dir = /a ; not b\n", "/a", "tcp://default:1", 5555,
         false},
        {"semicolon within a value", "state_dir = /a;b\n", "/a;b", "tcp://default:1", 5555, false},
        {"dashes for underscores", "state-dir = /a\n", "/a", "tcp://default:1", 5555, false},
        {"blanks before the key", "state_dir = /a\n   port = 9\n", "/a", "tcp://default:1", 9,
         false},
        {"empty value: not set", "state_dir =\n", NULL, "tcp://default:1", 5555, false},
        {"equals sign and blanks in a value", "state_dir = host=/run  port=1\n",
         "host=/run  port=1", "tcp://default:1", 5555, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings got = {0};
        struct th_error error;
        TH_CHECK(cases[i].name, read_text(cases[i].text, &got, &error) == TH_OK);
        if (cases[i].want_state_dir)
            TH_CHECK_TEXT(cases[i].name, got.state_dir, cases[i].want_state_dir);
        else
            TH_CHECK(cases[i].name, got.state_dir == NULL);
        TH_CHECK_TEXT(cases[i].name, got.endpoints, cases[i].want_endpoints);
        TH_CHECK(cases[i].name, got.port == cases[i].want_port);
        TH_CHECK(cases[i].name, got.verbose == cases[i].want_verbose);
        th_config_free(table, &got);
    }
}

static void bad_files_name_the_line(void)
{
    static const struct {
        const char *name, *text, *want; /* behind "FILE:" */
    } cases[] = {
        {"unknown key", "port = 1\nprot = 2\n", "2: unknown key 'prot' (did you mean 'port'?)"},
        {"unlike any key", "\n\nweather = 1\n", "3: unknown key 'weather'"},
        {"not a number", "port = many\n",
         "1: port must be a whole number from 1 to 65535, not 'many'"},
        {"below", "port = 0\n", "1: port must be a whole number from 1 to 65535, not '0'"},
        {"above", "port = 65536\n", "1: port must be a whole number from 1 to 65535, not '65536'"},
        {"beyond a long", "port = 99999999999999999999\n",
         "1: port must be a whole number from 1 to 65535, not '99999999999999999999'"},
        {"trailing letters", "port = 10x\n",
         "1: port must be a whole number from 1 to 65535, not '10x'"},
        {"no value", "port =\n", "1: port must be a whole number from 1 to 65535, not ''"},
        {"not a truth", "[a]\nverbose = maybe\n", "2: verbose must be yes or no, not 'maybe'"},
        {"no equals sign", "port = 1\n\nverbose\n",
         "3: this line is not of the form 'key = value'"},
        {"open section", "[collector\n", "1: this line is not of the form 'key = value'"},
        {"same key twice", "port = 1\nport = 2\n", "2: key 'port' is set for the second time"},
        {"the first of two errors", "prot = 1\nverbose = maybe\n",
         "1: unknown key 'prot' (did you mean 'port'?)"},
        /* 79 bytes, then a character of three: a message shows 80 bytes of a key. */
        {"key cut within a character",
         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxạ = 1\n",
         "1: unknown key "
         "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx?'"},
        {"control character", "state_dir = /a\033[31m\n",
         "1: state_dir must be one line of UTF-8 text"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings got = {0};
        struct th_error error;
        char want[256];
        TH_CHECK(cases[i].name, read_text(cases[i].text, &got, &error) == TH_USAGE);
        snprintf(want, sizeof(want), "%s:%s", path, cases[i].want);
        TH_CHECK_TEXT(cases[i].name, error.message, want);
        th_config_free(table, &got);
    }
    struct settings got = {0};
    struct th_error error;
    TH_CHECK("not UTF-8", read_text("state_dir = /\xff\n", &got, &error) == TH_USAGE);
    th_config_free(table, &got);
}

/* inih reads 200 bytes at a time; a connection string may be longer. */
static void long_values_come_through_whole(void)
{
    char value[1400], text[3000];
    for (size_t pad = 0; pad < 12; pad++) {
        /* the pieces end elsewhere each time: at blanks, and before comment signs */
        size_t used = (size_t)snprintf(value, sizeof(value), "%.*s", (int)pad, "pppppppppppp");
        while (used < 1300)
            used += (size_t)snprintf(value + used, sizeof(value) - used, "w%zu #;  x", used);
        struct settings got = {0};
        struct th_error error;
        snprintf(text, sizeof(text), "state_dir = %s\n#%s\nport = 3\n", value, value);
        TH_CHECK("long value", read_text(text, &got, &error) == TH_OK);
        TH_CHECK_TEXT("long value", got.state_dir, value);
        TH_CHECK("long comment", got.port == 3);
        th_config_free(table, &got);
    }
}

static void command_line_values_are_set(void)
{
    struct settings got = {0};
    struct th_error error = {0};
    TH_CHECK("defaults", th_config_defaults(table, &got, &error) == TH_OK);
    TH_CHECK("dash", th_config_set(table, "state-dir", "/b", &got, &error) == TH_OK);
    TH_CHECK_TEXT("dash", got.state_dir, "/b");
    TH_CHECK("clear", th_config_set(table, "endpoints", "", &got, &error) == TH_OK);
    TH_CHECK("clear", got.endpoints == NULL);
    TH_CHECK("first", th_config_set(table, "endpoints", "a", &got, &error) == TH_OK);
    TH_CHECK("second", th_config_set(table, "endpoints", "b", &got, &error) == TH_OK);
    TH_CHECK_TEXT("list", got.endpoints, "a\nb");
    TH_CHECK("two values in one",
             th_config_set(table, "endpoints", "c\nd", &got, &error) == TH_USAGE);
    TH_CHECK("unknown", th_config_set(table, "endpoint", "a", &got, &error) == TH_USAGE);
    TH_CHECK_TEXT("unknown", error.message, "unknown key 'endpoint' (did you mean 'endpoints'?)");
    TH_CHECK("bad", th_config_set(table, "port", "-1", &got, &error) == TH_USAGE);
    TH_CHECK("unchanged", got.port == 5555);
    th_config_free(table, &got);
    th_config_free(table, &got);
}

static void missing_file_is_usage(void)
{
    struct settings got = {0};
    struct th_error error = {0};
    TH_CHECK("defaults", th_config_defaults(table, &got, &error) == TH_OK);
    TH_CHECK("missing", th_config_read(table, "/nonexistent/x.conf", &got, &error) == TH_USAGE);
    TH_CHECK("named", strstr(error.message, "/nonexistent/x.conf") != NULL);
    th_config_free(table, &got);
}

static const struct th_test tests[] = {
    {"good files are read", good_files_are_read},
    {"bad files name the line", bad_files_name_the_line},
    {"long values come through whole", long_values_come_through_whole},
    {"command line values are set", command_line_values_are_set},
    {"a missing file is wrong usage", missing_file_is_usage},
};

int main(void)
{
    int file = mkstemp(path);
    if (file < 0)
        return 1;
    close(file);
    int failed = th_test_main("base/config", tests, sizeof(tests) / sizeof(tests[0]));
    unlink(path);
    return failed;
}
