/* A configuration file: refused with a message, or every setting is within its bounds. */
#include <stddef.h>
#include <string.h>

#include "common/base/config.h"
#include "common/base/text.h"
#include "tests/fuzz/support.h"

struct settings {
    char *state_dir, *endpoints;
    long port;
    bool verbose;
};

static const struct th_config_key table[] = {
    {"state_dir", TH_CONFIG_TEXT, "/var/lib/x", offsetof(struct settings, state_dir), 0, 0, ""},
    {"endpoints", TH_CONFIG_LIST, "tcp://default:1", offsetof(struct settings, endpoints), 0, 0,
     ""},
    {"port", TH_CONFIG_INTEGER, "5555", offsetof(struct settings, port), 1, 65535, ""},
    {"verbose", TH_CONFIG_BOOLEAN, NULL, offsetof(struct settings, verbose), 0, 0, ""},
    {0},
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct settings settings = {0};
    struct th_error error = {0};
    MUST(th_config_defaults(table, &settings, &error) == TH_OK);
    enum th_status status = th_config_read(table, fuzz_file(bytes, size), &settings, &error);
    fuzz_check_error(status, TH_USAGE, &error);
    MUST(settings.port >= 1 && settings.port <= 65535);
    MUST(!settings.state_dir || th_text_is_utf8(th_slice_of(settings.state_dir)));
    MUST(!settings.endpoints || th_text_is_utf8(th_slice_of(settings.endpoints)));
    th_config_free(table, &settings);
    return 0;
}
