/* Which announcements of keys are believed, and what becomes of a bundle then. The first
 * one's bytes and signature are the worked example of docs/protocol.md, computed apart
 * from this program. */
#include <stdlib.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/text.h"
#include "common/wire/announcement.h"
#include "common/wire/message.h"
#include "tests/unit/th_test.h"

#define B64       "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C64       "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define PUBLIC    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
#define KEY_ID    "56475aa75463474c"
#define INSTANT   INT64_C(1712300000000002)
#define INSTANT_3 "1082f0fec9beaa8503" /* field 2 with it */
#define CONTENT                                                                                    \
    "0a0a7175616e672d6e696e68" INSTANT_3 "1a370a137463703a2f2f31302e302e302e363a373430311220" B64  \
    "22370a137463703a2f2f31302e302e302e363a373430321220" B64 "2a20" PUBLIC "2a20" C64
#define SIGNATURE                                                                                  \
    "606bce8cf070d0e69c7c29439f06bde3d4e04ddd75e4f0c84eea9929558b4a7b"                             \
    "d556c4f388a36b8aa227146e479af9eee6c76026f8384a4c831979b38f17f708"

static void from_hex(const char *hex, uint8_t *bytes, size_t size)
{
    if (!th_text_from_hex(th_slice_of(hex), bytes, size))
        CU_FAIL_FATAL("the test's own hexadecimal is wrong");
}

/* The key of seed 00 01 02 ..., from `first` on. */
static struct th_receipt_key key_of(uint8_t first)
{
    uint8_t seed[TH_SECRET_SEED_BYTES];
    struct th_receipt_key key;
    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)(first + i);
    th_receipt_key_from_seed(&key, seed);
    return key;
}

/* What was pinned before: one endpoint, one receipt key beside another. */
static struct th_bundle pinned(const char *role)
{
    struct th_bundle bundle = {.province = "quang-ninh",
                               .province_name = "Tỉnh Quảng Ninh",
                               .time_zone = "Asia/Ho_Chi_Minh",
                               .name = "193",
                               .submit_count = 1,
                               .query_count = 1,
                               .receipt_key_count = 2};
    snprintf(bundle.role, sizeof(bundle.role), "%s", role);
    memset(bundle.public_key, 0x11, 32);
    strcpy(bundle.submit[0].address, "tcp://10.0.0.5:7401");
    strcpy(bundle.query[0].address, "tcp://10.0.0.5:7402");
    memset(bundle.submit[0].server_key, 0xaa, 32);
    memset(bundle.query[0].server_key, 0xaa, 32);
    memset(bundle.receipt_keys[0], 0x01, 32);
    from_hex(PUBLIC, bundle.receipt_keys[1], 32);
    return bundle;
}

static bool is_same(const struct th_bundle *one, const struct th_bundle *other)
{
    TH_CLEANUP_BUFFER struct th_buffer left = {0};
    TH_CLEANUP_BUFFER struct th_buffer right = {0};
    th_bundle_write(one, &left);
    th_bundle_write(other, &right);
    return th_slice_same(th_buffer_slice(&left), th_buffer_slice(&right));
}

/* An announcement on the wire, whose parts a case may spoil. */
struct signed_one {
    struct th_buffer content;
    uint8_t key_id[8], signature[64];
    Tonghop__V1__SignedAnnouncement wire;
};

static void refer(struct signed_one *one)
{
    tonghop__v1__signed_announcement__init(&one->wire);
    one->wire.content = th_bytes(th_buffer_slice(&one->content));
    one->wire.key_id = th_bytes_of(one->key_id, sizeof(one->key_id));
    one->wire.signature = th_bytes_of(one->signature, sizeof(one->signature));
}

static struct signed_one *example(void)
{
    struct signed_one *one = calloc(1, sizeof(*one));
    uint8_t content[(sizeof(CONTENT) - 1) / 2];
    if (!one)
        abort();
    from_hex(CONTENT, content, sizeof(content));
    th_buffer_add(&one->content, content, sizeof(content));
    from_hex(KEY_ID, one->key_id, sizeof(one->key_id));
    from_hex(SIGNATURE, one->signature, sizeof(one->signature));
    refer(one);
    return one;
}

static void sign(struct signed_one *one, const struct th_receipt_key *key, const char *province)
{
    th_announcement_sign(key, province, th_buffer_slice(&one->content), one->signature);
    memcpy(one->key_id, key->id, sizeof(one->key_id));
    refer(one);
}

static struct signed_one *signed_by(const struct th_receipt_key *key,
                                    const struct th_bundle *announced)
{
    struct signed_one *one = calloc(1, sizeof(*one));
    if (!one)
        abort();
    th_announcement_pack(announced, &one->content);
    sign(one, key, announced->province);
    return one;
}

static void drop(struct signed_one *one)
{
    th_buffer_free(&one->content);
    free(one);
}

static enum th_status take(const struct signed_one *one, struct th_bundle *bundle, bool *taken,
                           struct th_error *error)
{
    Tonghop__V1__SignedAnnouncement wire = one->wire, *list[] = {&wire};
    return th_announcements_take(list, 1, bundle, taken, error);
}

/* ------------------------------------------------------------------------- the example */

static void test_bytes_and_signature_of_the_example(void)
{
    struct th_receipt_key key = key_of(0);
    struct th_bundle announced = {.province = "quang-ninh",
                                  .announced_us = INSTANT,
                                  .submit_count = 1,
                                  .query_count = 1,
                                  .receipt_key_count = 2};
    strcpy(announced.submit[0].address, "tcp://10.0.0.6:7401");
    strcpy(announced.query[0].address, "tcp://10.0.0.6:7402");
    memset(announced.submit[0].server_key, 0xbb, 32);
    memset(announced.query[0].server_key, 0xbb, 32);
    from_hex(PUBLIC, announced.receipt_keys[0], 32);
    memset(announced.receipt_keys[1], 0xcc, 32);

    struct signed_one *want = example(), *got = signed_by(&key, &announced);
    TH_CHECK("content",
             got->content.size == want->content.size &&
                 memcmp(got->content.bytes, want->content.bytes, want->content.size) == 0);
    TH_CHECK("key id", memcmp(got->key_id, want->key_id, 8) == 0);
    TH_CHECK("signature", memcmp(got->signature, want->signature, 64) == 0);
    drop(want);
    drop(got);
}

static void test_a_bundle_is_renewed(void)
{
    static const char *const roles[] = {"district", "viewer", "approver", "admin"};
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        bool district = i == 0, taken;
        struct signed_one *one = example();
        struct th_bundle bundle = pinned(roles[i]), before = bundle;
        TH_CHECK(roles[i], take(one, &bundle, &taken, NULL) == TH_OK && taken);
        TH_CHECK(roles[i], bundle.announced_us == INSTANT);
        TH_CHECK(roles[i], bundle.submit_count == (district ? 1 : 0) &&
                               bundle.query_count == (district ? 0 : 1));
        const struct th_endpoint *endpoint = district ? &bundle.submit[0] : &bundle.query[0];
        TH_CHECK_TEXT(roles[i], endpoint->address,
                      district ? "tcp://10.0.0.6:7401" : "tcp://10.0.0.6:7402");
        TH_CHECK(roles[i], endpoint->server_key[0] == 0xbb && endpoint->server_key[31] == 0xbb);
        TH_CHECK(roles[i], bundle.receipt_key_count == 2 && bundle.receipt_keys[0][0] == 0x03 &&
                               bundle.receipt_keys[1][0] == 0xcc);
        TH_CHECK(roles[i], strcmp(bundle.name, before.name) == 0 &&
                               memcmp(bundle.public_key, before.public_key, 32) == 0);

        before = bundle;
        TH_CHECK(roles[i], take(one, &bundle, &taken, NULL) == TH_OK && !taken);
        TH_CHECK(roles[i], is_same(&bundle, &before));
        drop(one);
    }
}

/* -------------------------------------------------------------------- what is refused */

enum spoil {
    NOTHING,
    SIGNATURE_BIT,
    SIGNATURE_SHORT,
    KEY_ID_SHORT,
    CONTENT_BIT,
    OTHER_KEY,
    SIGNED_FOR_ANOTHER_PROVINCE,
};

static void spoil(struct signed_one *one, enum spoil how)
{
    struct th_receipt_key own = key_of(0), other = key_of(1);
    switch (how) {
    case NOTHING:
        break;
    case SIGNATURE_BIT:
        one->signature[63] ^= 1;
        break;
    case SIGNATURE_SHORT:
        one->wire.signature.len = 63;
        break;
    case KEY_ID_SHORT:
        one->wire.key_id.len = 7;
        break;
    case CONTENT_BIT:
        one->content.bytes[one->content.size - 1] ^= 1;
        break;
    case OTHER_KEY:
        sign(one, &other, "quang-ninh");
        break;
    case SIGNED_FOR_ANOTHER_PROVINCE:
        sign(one, &own, "hai-phong");
        break;
    }
}

static void test_forged_ones_are_not_believed(void)
{
    static const struct {
        const char *name;
        enum spoil how;
        const char *why;
    } rows[] = {
        {"a bit of the signature", SIGNATURE_BIT,
         "the signature of an announcement of keys does not hold"},
        {"a short signature", SIGNATURE_SHORT,
         "an announcement of keys has no signature of the right size"},
        {"a short key id", KEY_ID_SHORT,
         "an announcement of keys has no signature of the right size"},
        {"a bit of the content", CONTENT_BIT,
         "the signature of an announcement of keys does not hold"},
        {"a key that is not pinned", OTHER_KEY,
         "an announcement of keys is signed by key 65b60673d6ed884b, which the bundle does not "
         "hold"},
        {"signed for another province", SIGNED_FOR_ANOTHER_PROVINCE,
         "the signature of an announcement of keys does not hold"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct signed_one *one = example();
        struct th_bundle bundle = pinned("district"), before = bundle;
        struct th_error error = {0};
        bool taken = true;
        spoil(one, rows[i].how);
        TH_CHECK(rows[i].name, take(one, &bundle, &taken, &error) == TH_PERMANENT && !taken);
        TH_CHECK_TEXT(rows[i].name, error.message, rows[i].why);
        TH_CHECK(rows[i].name, is_same(&bundle, &before));
        drop(one);
    }
}

/* Signed by the pinned key all the same. */
static void test_what_is_signed_is_checked_too(void)
{
    static const char bad[] = "an announcement of keys has a bad ";
#define PROVINCE_1 "0a0a7175616e672d6e696e68"
#define SUBMIT_3   "1a370a137463703a2f2f31302e302e302e363a373430311220" B64
#define KEYS_5     "2a20" PUBLIC
    static const struct {
        const char *name, *content, *why;
    } rows[] = {
        {"nothing", "", "province"},
        {"no protobuf", "ff", "form"},
        {"cut", "0a0a7175", "form"},
        {"no instant", PROVINCE_1 SUBMIT_3 KEYS_5, "instant"},
        {"an instant below 0", PROVINCE_1 "10ffffffffffffffffff01" SUBMIT_3 KEYS_5, "instant"},
        {"a NUL in the province", "0a0a7175616e6700006e696e" INSTANT_3 SUBMIT_3 KEYS_5, "province"},
        {"a server key of 31 bytes",
         PROVINCE_1 INSTANT_3
         "1a360a137463703a2f2f31302e302e302e363a37343031121f"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" KEYS_5,
         "endpoint"},
        {"a blank in the address",
         PROVINCE_1 INSTANT_3 "1a370a137463703a2f2f31302e302e302e3620373430311220" B64 KEYS_5,
         "endpoint"},
        {"a line end in the address",
         PROVINCE_1 INSTANT_3 "1a370a137463703a2f2f31302e302e302e360a373430311220" B64 KEYS_5,
         "endpoint"},
        {"a NUL in the address",
         PROVINCE_1 INSTANT_3 "1a370a137463703a2f2f31302e302e302e3600373430311220" B64 KEYS_5,
         "endpoint"},
        {"another scheme",
         PROVINCE_1 INSTANT_3 "1a370a136970633a2f2f31302e302e302e363a373430311220" B64 KEYS_5,
         "endpoint"},
        {"no receipt key", PROVINCE_1 INSTANT_3 SUBMIT_3, "receipt key"},
        {"a receipt key of 1 byte", PROVINCE_1 INSTANT_3 SUBMIT_3 KEYS_5 "2a01cc", "receipt key"},
        {"another province", "0a096861692d70686f6e67" INSTANT_3 SUBMIT_3 KEYS_5,
         "an announcement of keys is of another province"},
        {"without the key that signed", PROVINCE_1 INSTANT_3 SUBMIT_3 "2a20" C64,
         "an announcement of keys leaves out the key that signed it"},
        {"no endpoint of offices", PROVINCE_1 INSTANT_3 KEYS_5,
         "an announcement of keys names no endpoint"},
    };
    struct th_receipt_key key = key_of(0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct signed_one *one = example();
        struct th_bundle bundle = pinned("district"), before = bundle;
        struct th_error error = {0};
        bool taken = true;
        size_t size = strlen(rows[i].content) / 2;
        th_buffer_clear(&one->content);
        th_buffer_reserve(&one->content, size + 1);
        from_hex(rows[i].content, (uint8_t *)one->content.bytes, size);
        one->content.size = size;
        sign(one, &key, "quang-ninh");
        TH_CHECK(rows[i].name, take(one, &bundle, &taken, &error) == TH_PERMANENT && !taken);
        const char *told = error.message;
        if (strncmp(told, bad, sizeof(bad) - 1) == 0)
            told += sizeof(bad) - 1;
        TH_CHECK_TEXT(rows[i].name, told, rows[i].why);
        TH_CHECK(rows[i].name, is_same(&bundle, &before));
        drop(one);
    }
}

static void test_more_than_a_bundle_holds_is_refused(void)
{
    struct th_receipt_key key = key_of(0);
    for (int which = 0; which < 3; which++) {
        static const char *const names[] = {"endpoints", "receipt keys", "bytes"};
        struct signed_one *one = example();
        struct th_bundle bundle = pinned("district");
        bool taken;
        uint8_t endpoint[57], receipt_key[34];
        const char *fields = one->content.bytes + 21; /* behind province and instant */
        memcpy(endpoint, fields, sizeof(endpoint));
        memcpy(receipt_key, fields + 2 * sizeof(endpoint), sizeof(receipt_key));
        for (int i = 0; i < 7 && which < 2; i++)
            th_buffer_add(&one->content, which == 0 ? endpoint : receipt_key,
                          which == 0 ? sizeof(endpoint) : sizeof(receipt_key));
        if (which == 0) { /* eight are taken, nine are not */
            sign(one, &key, "quang-ninh");
            TH_CHECK(names[which], take(one, &bundle, &taken, NULL) == TH_OK && taken);
            TH_CHECK(names[which], bundle.submit_count == 8);
            bundle = pinned("district");
            th_buffer_add(&one->content, endpoint, sizeof(endpoint));
        }
        for (int i = 0; i < 300 && which == 2; i++) /* an unknown field */
            th_buffer_add(&one->content, "\xfa\x01\x1dxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 32);
        sign(one, &key, "quang-ninh");
        TH_CHECK(names[which], take(one, &bundle, &taken, NULL) == TH_PERMANENT && !taken);
        drop(one);
    }
}

/* --------------------------------------------------------------------- one after the other */

static struct th_bundle announced_at(int64_t instant, const struct th_receipt_key *const *keys,
                                     size_t count)
{
    struct th_bundle bundle = {.province = "quang-ninh",
                               .announced_us = instant,
                               .submit_count = 1,
                               .receipt_key_count = count};
    snprintf(bundle.submit[0].address, sizeof(bundle.submit[0].address), "tcp://10.0.0.%d:7401",
             (int)instant);
    for (size_t i = 0; i < count; i++)
        memcpy(bundle.receipt_keys[i], keys[i]->public_key, 32);
    return bundle;
}

/* Keys 0 -> 1 -> 2, each announced by the one before; 9 is nobody's. */
static void test_an_office_that_was_away_follows(void)
{
    struct th_receipt_key keys[] = {key_of(0), key_of(1), key_of(2), key_of(9)};
    const struct th_receipt_key *first[] = {&keys[0], &keys[1]}, *second[] = {&keys[1], &keys[0]},
                                *third[] = {&keys[1], &keys[2]}, *fourth[] = {&keys[2]},
                                *strange[] = {&keys[3]};
    struct th_bundle contents[] = {announced_at(1, first, 2), announced_at(2, second, 2),
                                   announced_at(3, third, 2), announced_at(4, fourth, 1),
                                   announced_at(5, strange, 1)};
    const struct th_receipt_key *signers[] = {&keys[0], &keys[1], &keys[1], &keys[2], &keys[3]};
    struct signed_one *ones[5];
    Tonghop__V1__SignedAnnouncement *list[5];
    for (size_t i = 0; i < 5; i++) {
        ones[i] = signed_by(signers[i], &contents[i]);
        list[i] = &ones[i]->wire;
    }
    static const struct {
        const char *name;
        size_t held; /* the key that the bundle holds */
        size_t from, count;
        int64_t at_us; /* of what was taken last, 0: nothing */
        enum th_status want;
    } rows[] = {
        {"all, in order", 0, 0, 4, 4, TH_OK},
        {"the first alone", 0, 0, 1, 1, TH_OK},
        {"without the link", 0, 1, 3, 0, TH_PERMANENT},
        {"a bundle from after the first", 1, 0, 4, 4, TH_OK},
        {"a bundle of the last key", 2, 0, 4, 4, TH_OK},
        {"what is nobody's, at the end", 0, 0, 5, 4, TH_PERMANENT},
        {"none", 0, 0, 0, 0, TH_OK},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct th_bundle bundle = pinned("district");
        bool taken;
        bundle.receipt_key_count = 1;
        memcpy(bundle.receipt_keys[0], keys[rows[i].held].public_key, 32);
        TH_CHECK(rows[i].name, th_announcements_take(list + rows[i].from, rows[i].count, &bundle,
                                                     &taken, NULL) == rows[i].want);
        TH_CHECK(rows[i].name, bundle.announced_us == rows[i].at_us);
        TH_CHECK(rows[i].name, taken == (rows[i].at_us != 0));
    }

    /* A key that was left out announces nothing any more. */
    const struct th_receipt_key *back[] = {&keys[0]};
    struct th_bundle late = announced_at(6, back, 1), bundle = pinned("district");
    struct signed_one *one = signed_by(&keys[0], &late);
    bool taken;
    memcpy(bundle.receipt_keys[0], keys[0].public_key, 32);
    TH_CHECK("all", th_announcements_take(list, 4, &bundle, &taken, NULL) == TH_OK);
    TH_CHECK("left out", take(one, &bundle, &taken, NULL) == TH_PERMANENT && !taken);
    drop(one);
    for (size_t i = 0; i < 5; i++)
        drop(ones[i]);
}

/* ------------------------------------------------------------------------------- files */

static void test_what_is_kept_is_renewed(void)
{
    static const struct {
        const char *name;
        int64_t kept_us, then_us; /* in the file; then in the file and in *renewed */
        enum th_status want;
        bool same_key;
    } rows[] = {
        {"older", 0, 5, TH_OK, true},           {"older announcement", 4, 5, TH_OK, true},
        {"the same", 5, 5, TH_OK, true},        {"somebody joined anew", 6, 6, TH_OK, true},
        {"another key", 0, 0, TH_USAGE, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TH_CLEANUP_BUFFER struct th_buffer text = {0};
        char folder[64] = "/tmp/tonghop-renew-XXXXXX", path[128];
        struct th_bundle kept = pinned("district"), renewed = kept, read;
        CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
        snprintf(path, sizeof(path), "%s/bundle.ini", folder);
        kept.announced_us = rows[i].kept_us;
        kept.query_count = renewed.query_count = 0;
        renewed.announced_us = 5;
        if (!rows[i].same_key)
            memset(kept.public_key, 0x22, 32);
        th_bundle_write(&kept, &text);
        CU_ASSERT_FATAL(th_file_write(path, text.bytes, text.size, 0644, NULL) == TH_OK);
        TH_CHECK(rows[i].name, th_bundle_renew(path, &renewed, 0644, NULL) == rows[i].want);
        TH_CHECK(rows[i].name, th_bundle_read(path, &read, NULL) == TH_OK);
        TH_CHECK(rows[i].name, read.announced_us == rows[i].then_us);
        if (rows[i].want == TH_OK)
            TH_CHECK(rows[i].name, renewed.announced_us == rows[i].then_us);
        unlink(path);
        rmdir(folder);
    }
}

static const struct th_test tests[] = {
    {"bytes and signature of the example", test_bytes_and_signature_of_the_example},
    {"a bundle is renewed", test_a_bundle_is_renewed},
    {"forged ones are not believed", test_forged_ones_are_not_believed},
    {"what is signed is checked too", test_what_is_signed_is_checked_too},
    {"more than a bundle holds is refused", test_more_than_a_bundle_holds_is_refused},
    {"an office that was away follows", test_an_office_that_was_away_follows},
    {"what is kept is renewed", test_what_is_kept_is_renewed},
};

TH_TEST_MAIN("wire/announcement", tests)
