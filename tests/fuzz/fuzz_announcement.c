/* An announcement of keys, signed by a key that is pinned, with any content: refused with a
 * message and nothing changed, or the bundle that it makes can be kept and is read as the
 * same; packed anew it says the same. */
#include <string.h>

#include "common/base/text.h"
#include "common/wire/announcement.h"
#include "common/wire/message.h"
#include "tests/fuzz/seed_province.h"
#include "tests/fuzz/support.h"

static struct th_bundle pinned(void)
{
    struct th_bundle bundle = seed_bundle();
    strcpy(bundle.role, "district");
    strcpy(bundle.name, SEED_DISTRICT);
    strcpy(bundle.time_zone, "Asia/Ho_Chi_Minh");
    bundle.announced_us = 1;
    bundle.submit_count = 1;
    strcpy(bundle.submit[0].address, "tcp://10.0.0.5:7401");
    return bundle;
}

static enum th_status take(struct th_slice content, struct th_bundle *bundle, bool *taken,
                           struct th_error *error)
{
    struct th_receipt_key key = seed_key();
    uint8_t signature[TH_SIGNATURE_BYTES];
    th_announcement_sign(&key, SEED_PROVINCE, content, signature);
    Tonghop__V1__SignedAnnouncement wire = TONGHOP__V1__SIGNED_ANNOUNCEMENT__INIT;
    Tonghop__V1__SignedAnnouncement *list[] = {&wire};
    wire.content = th_bytes(content);
    wire.key_id = th_bytes_of(key.id, sizeof(key.id));
    wire.signature = th_bytes_of(signature, sizeof(signature));
    return th_announcements_take(list, 1, bundle, taken, error);
}

static void must_say_the_same(const struct th_bundle *one, const struct th_bundle *other)
{
    TH_CLEANUP_BUFFER struct th_buffer left = {0};
    TH_CLEANUP_BUFFER struct th_buffer right = {0};
    th_bundle_write(one, &left);
    th_bundle_write(other, &right);
    MUST(th_slice_same(th_buffer_slice(&left), th_buffer_slice(&right)));
}

static void must_be_kept(const struct th_bundle *bundle)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    struct th_bundle again;
    struct th_error error = {0};
    char before[40], after[40];
    th_bundle_write(bundle, &text);
    enum th_status status =
        th_bundle_read(fuzz_file((const uint8_t *)text.bytes, text.size), &again, &error);
    if (status != TH_OK)
        fprintf(stderr, "%s\n", error.message);
    MUST(status == TH_OK);
    MUST(again.announced_us == bundle->announced_us);
    th_bundle_fingerprint(bundle, before);
    th_bundle_fingerprint(&again, after);
    MUST(strcmp(before, after) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct th_slice content = {(const char *)bytes, size};
    struct th_bundle bundle = pinned(), before = bundle, announced = {0}, again = {0};
    struct th_error error = {0};
    bool taken;
    enum th_status status = take(content, &bundle, &taken, &error);
    fuzz_check_error(status, TH_PERMANENT, &error);
    MUST(status == TH_OK || !taken);
    if (taken)
        must_be_kept(&bundle);
    else
        must_say_the_same(&bundle, &before);

    if (th_announcement_unpack(content, &announced, &error) != TH_OK)
        return 0;
    TH_CLEANUP_BUFFER struct th_buffer packed = {0};
    th_announcement_pack(&announced, &packed);
    MUST(packed.size <= TH_ANNOUNCEMENT_MAX);
    MUST(th_announcement_unpack(th_buffer_slice(&packed), &again, &error) == TH_OK);
    must_say_the_same(&announced, &again);
    return 0;
}
