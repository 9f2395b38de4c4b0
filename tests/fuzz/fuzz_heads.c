/* A file of exported heads: nothing of it is believed without its signature, and what is
 * written again of what was read is read as the same. */
#include <stdlib.h>
#include <string.h>

#include "collector/admin/heads_file.h"
#include "tests/fuzz/support.h"

#define PROVINCE "quang-ninh"

/* That of the worked example in docs/protocol.md: the bytes 0 to 31 are its seed. */
static const struct th_receipt_key *key(void)
{
    static struct th_receipt_key made;
    static bool ready;
    uint8_t seed[TH_SECRET_SEED_BYTES];
    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)i;
    if (!ready)
        th_receipt_key_from_seed(&made, seed);
    ready = true;
    return &made;
}

static void check_again(const struct th_chain_head *heads, size_t count)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    struct th_chain_head *again = NULL;
    size_t again_count = 0;
    struct th_error error = {0};
    th_heads_write(key(), PROVINCE, "2024-04-05T08:00:00+07:00", heads, count, &text);
    MUST(th_heads_read(th_buffer_slice(&text), PROVINCE, key()->public_key, &again, &again_count,
                       &error) == TH_OK);
    MUST(again_count == count);
    for (size_t i = 0; i < count; i++) {
        MUST(strcmp(again[i].district, heads[i].district) == 0);
        MUST(again[i].epoch == heads[i].epoch && again[i].sequence == heads[i].sequence);
        MUST(memcmp(again[i].hash, heads[i].hash, sizeof(heads[i].hash)) == 0);
    }
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct th_slice text = {(const char *)bytes, size};
    struct th_chain_head *heads = NULL;
    size_t count = 0;
    struct th_error error = {0};
    enum th_status status =
        th_heads_read(text, PROVINCE, key()->public_key, &heads, &count, &error);
    fuzz_check_error(status, status == TH_PERMANENT ? TH_PERMANENT : TH_USAGE, &error);
    if (status == TH_OK)
        check_again(heads, count);
    free(heads);
    return 0;
}
