/* A configuration file: refused with a message, or every setting is within its bounds. */
#include <string.h>

#include "common/base/text.h"
#include "tests/fuzz/support.h"
#include "tests/unit/config_sample.h"

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
