#include "collector/receipt_keys.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/keys.h"

static bool is_known(const struct th_bundle *bundle, const uint8_t key[32])
{
    for (size_t i = 0; i < bundle->receipt_key_count; i++)
        if (memcmp(bundle->receipt_keys[i], key, 32) == 0)
            return true;
    return false;
}

static enum th_status add(struct th_slice line, struct th_bundle *bundle, struct th_error *error)
{
    char text[PATH_MAX];
    uint8_t key[32];
    if (line.size >= sizeof(text))
        return th_error_set(error, TH_USAGE, "a line of receipt_keys is too long: %.100s...",
                            line.bytes);
    snprintf(text, sizeof(text), "%.*s", (int)line.size, line.bytes);
    enum th_status status = th_curve_parse_public(text, key, error);
    if (status != TH_OK)
        return th_error_prefix(error, "receipt_keys");
    if (is_known(bundle, key))
        return TH_OK;
    if (bundle->receipt_key_count == TH_BUNDLE_KEYS)
        return th_error_set(error, TH_USAGE,
                            "receipt_keys lists more than a bundle holds, %d with the key that "
                            "signs",
                            TH_BUNDLE_KEYS);
    memcpy(bundle->receipt_keys[bundle->receipt_key_count++], key, sizeof(key));
    return TH_OK;
}

enum th_status th_receipt_keys_fill(const char *lines, const uint8_t signing[32],
                                    struct th_bundle *bundle, struct th_error *error)
{
    memcpy(bundle->receipt_keys[0], signing, 32);
    bundle->receipt_key_count = 1;
    enum th_status status = TH_OK;
    struct th_slice rest = th_slice_of(lines ? lines : ""), line;
    while (status == TH_OK && th_text_take_line(&rest, &line))
        if (line.size > 0)
            status = add(line, bundle, error);
    return status;
}
