/* The ledger's arithmetic against vectors that were computed apart from it, by the
 * Python program in docs/protocol.md ("A worked example", hashlib and struct; the
 * signatures with the Ed25519 of python3-cryptography, that is OpenSSL's). */
#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "tests/unit/th_test.h"

#define PUBLIC_KEY "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
#define KEY_ID     "56475aa75463474c"
#define REPORT_1   "00112233445546778899aabbccddeeff"
#define REPORT_2   "0f1e2d3c4b5a49788796a5b4c3d2e1f0"
#define DIGEST_1   "a7b0f7109d850cc10d80691d28f0ae67f0ce54504ce1ba1db1356959997f5aa3"
#define DIGEST_2   "b1c8b87f92cf0f4446206ffeb3c4d4eaba15fd89eaae4e132e66a1dc87beff31"
#define HASH_1     "24a680fde1395cada100d30db043f654ea17e3d907c38bba27ccb89e5017e697"
#define HASH_2     "12c57cd186b7dea952d6769962f2ce2786566392a32c270c2759024f290c16fd"
#define RECEIPT                                                                                    \
    "80f867ac42ec6bd366daef8c717325e03acc7ccb8520e069376262fbd3fccc85"                             \
    "a732def1dcda2718657ee37bda4e48e444d98e03a0d2319aef51a0805ae86104"
#define REJECTION                                                                                  \
    "ee556f4f5a515599db3fb5b6a3c5ee76727818d97ce64dfef5bf0e96df501f43"                             \
    "6dceb24aa7fdb0a6e23c61f5bb51a207ac94157b35578a5d7259da419b63c108"

static const uint8_t genesis[TH_HASH_BYTES];

static void from_hex(const char *hex, uint8_t *bytes, size_t size)
{
    if (!th_text_from_hex(th_slice_of(hex), bytes, size))
        CU_FAIL_FATAL("the test's own hexadecimal is wrong");
}

static void check_hex(const char *row, const uint8_t *got, size_t size, const char *want)
{
    char hex[2 * TH_SIGNATURE_BYTES + 1];
    th_text_to_hex(got, size, hex);
    TH_CHECK_TEXT(row, hex, want);
}

static struct th_receipt_key vector_key(void)
{
    uint8_t seed[TH_SECRET_SEED_BYTES];
    struct th_receipt_key key;
    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)i;
    th_receipt_key_from_seed(&key, seed);
    return key;
}

static void test_sha256_gives_the_published_digests(void)
{
    static const struct {
        const char *name, *text, *want;
    } rows[] = {
        {"no bytes", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"FIPS 180-2, one block", "abc",
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"FIPS 180-2, two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t digest[TH_HASH_BYTES];
        th_sha256(rows[i].text, strlen(rows[i].text), digest);
        check_hex(rows[i].name, digest, sizeof(digest), rows[i].want);
    }
    uint8_t digest[TH_HASH_BYTES];
    th_sha256(NULL, 0, digest);
    check_hex("no pointer", digest, sizeof(digest), rows[0].want);
}

static void test_entries_hash_to_the_vectors(void)
{
    /* The third row fills every field to its last byte, so that no NUL is left to
     * end a code, and has every number at its end. */
    static const struct {
        const char *name;
        struct th_entry entry;
        const char *report_id, *digest, *previous, *want;
    } rows[] = {
        {"first of a chain",
         {.epoch = 1,
          .district = "193",
          .sequence = 1,
          .form = "joint-agency",
          .period = "2024-03",
          .revision = 1,
          .accepted_at_us = 1712300000000000},
         REPORT_1,
         DIGEST_1,
         NULL,
         HASH_1},
        {"second of a chain",
         {.epoch = 1,
          .district = "193",
          .sequence = 2,
          .form = "joint-agency",
          .period = "2024-03",
          .revision = 2,
          .accepted_at_us = 1712300000000001},
         REPORT_2,
         DIGEST_2,
         HASH_1,
         HASH_2},
        {"every field full",
         {.epoch = UINT32_MAX,
          .district = "dddddddddddddddddddddddddddddddd",
          .sequence = UINT64_MAX,
          .form = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
          .period = "pppppppppppppppp",
          .revision = UINT32_MAX,
          .accepted_at_us = -1},
         "ffffffffffffffffffffffffffffffff",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "5555555555555555555555555555555555555555555555555555555555555555",
         "1b2d2ddedef4246703a494d83c3e7b81544210848eba86efc70aaa37977b5306"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct th_entry entry = rows[i].entry;
        uint8_t previous[TH_HASH_BYTES] = {0}, hash[TH_HASH_BYTES];
        from_hex(rows[i].report_id, entry.report_id, sizeof(entry.report_id));
        from_hex(rows[i].digest, entry.digest, sizeof(entry.digest));
        if (rows[i].previous)
            from_hex(rows[i].previous, previous, sizeof(previous));
        th_entry_hash(&entry, previous, hash);
        check_hex(rows[i].name, hash, sizeof(hash), rows[i].want);
    }
}

static struct th_entry changed_entry(size_t field)
{
    struct th_entry entry = {.epoch = 1,
                             .district = "193",
                             .sequence = 1,
                             .form = "joint-agency",
                             .period = "2024-03",
                             .revision = 1,
                             .accepted_at_us = 1712300000000000};
    from_hex(REPORT_1, entry.report_id, sizeof(entry.report_id));
    from_hex(DIGEST_1, entry.digest, sizeof(entry.digest));
    switch (field) {
    case 1:
        entry.epoch++;
        break;
    case 2:
        entry.district = "194";
        break;
    case 3:
        entry.sequence++;
        break;
    case 4:
        entry.report_id[15] ^= 1;
        break;
    case 5:
        entry.form = "joint-agenc";
        break;
    case 6:
        entry.period = "2024-04";
        break;
    case 7:
        entry.revision++;
        break;
    case 8:
        entry.digest[31] ^= 1;
        break;
    case 9:
        entry.accepted_at_us++;
        break;
    default:
        break;
    }
    return entry;
}

static void test_every_field_of_an_entry_changes_its_hash(void)
{
    static const char *const names[] = {"nothing changed", "epoch",      "district", "sequence",
                                        "report id",       "form",       "period",   "revision",
                                        "digest",          "accepted_at"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct th_entry entry = changed_entry(i);
        uint8_t hash[TH_HASH_BYTES], want[TH_HASH_BYTES];
        from_hex(HASH_1, want, sizeof(want));
        th_entry_hash(&entry, genesis, hash);
        TH_CHECK(names[i], (memcmp(hash, want, sizeof(hash)) == 0) == (i == 0));
    }
}

static void test_key_and_id_come_from_the_seed(void)
{
    struct th_receipt_key key = vector_key();
    uint8_t id[TH_KEY_ID_BYTES];
    check_hex("public key", key.public_key, sizeof(key.public_key), PUBLIC_KEY);
    check_hex("key id", key.id, sizeof(key.id), KEY_ID);
    th_receipt_key_id(key.public_key, id);
    check_hex("id of the public key", id, sizeof(id), KEY_ID);
}

static void test_receipt_signature_is_the_vector(void)
{
    struct th_receipt_key key = vector_key();
    uint8_t hash[TH_HASH_BYTES], signature[TH_SIGNATURE_BYTES];
    from_hex(HASH_2, hash, sizeof(hash));
    th_receipt_sign(&key, "quang-ninh", 1, "193", 2, hash, signature);
    check_hex("signature", signature, sizeof(signature), RECEIPT);
}

static void test_receipt_verifies_only_for_what_was_signed(void)
{
    static const struct {
        const char *name, *province;
        uint32_t epoch;
        const char *district;
        uint64_t sequence;
        int spoil_hash, spoil_signature, spoil_key;
        bool want;
    } rows[] = {
        {"as signed", "quang-ninh", 1, "193", 2, 0, 0, 0, true},
        {"other province", "hai-phong", 1, "193", 2, 0, 0, 0, false},
        {"other epoch", "quang-ninh", 2, "193", 2, 0, 0, 0, false},
        {"other district", "quang-ninh", 1, "194", 2, 0, 0, 0, false},
        {"other sequence", "quang-ninh", 1, "193", 3, 0, 0, 0, false},
        {"other hash", "quang-ninh", 1, "193", 2, 1, 0, 0, false},
        {"other signature", "quang-ninh", 1, "193", 2, 0, 1, 0, false},
        {"other key", "quang-ninh", 1, "193", 2, 0, 0, 1, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t key[TH_PUBLIC_KEY_BYTES], hash[TH_HASH_BYTES], signature[TH_SIGNATURE_BYTES];
        from_hex(PUBLIC_KEY, key, sizeof(key));
        from_hex(HASH_2, hash, sizeof(hash));
        from_hex(RECEIPT, signature, sizeof(signature));
        hash[0] ^= (uint8_t)rows[i].spoil_hash;
        signature[0] ^= (uint8_t)rows[i].spoil_signature;
        key[0] ^= (uint8_t)rows[i].spoil_key;
        TH_CHECK(rows[i].name,
                 th_receipt_verify(key, rows[i].province, rows[i].epoch, rows[i].district,
                                   rows[i].sequence, hash, signature) == rows[i].want);
    }
}

static void test_rejection_signature_is_the_vector(void)
{
    struct th_receipt_key key = vector_key();
    uint8_t id[16], digest[TH_HASH_BYTES], signature[TH_SIGNATURE_BYTES];
    from_hex(REPORT_1, id, sizeof(id));
    from_hex(DIGEST_1, digest, sizeof(digest));
    th_rejection_sign(&key, "quang-ninh", "193", id, digest,
                      TH_SLICE("criterion.unknown,value.out_of_range"), signature);
    check_hex("signature", signature, sizeof(signature), REJECTION);
}

static void test_rejection_verifies_only_for_what_was_signed(void)
{
    /* The row of the moved comma has the same letters in another cut. */
    static const struct {
        const char *name, *province, *district, *report_id, *digest, *codes;
        bool want;
    } rows[] = {
        {"as signed", "quang-ninh", "193", REPORT_1, DIGEST_1,
         "criterion.unknown,value.out_of_range", true},
        {"other province", "quang-nin", "193", REPORT_1, DIGEST_1,
         "criterion.unknown,value.out_of_range", false},
        {"other district", "quang-ninh", "19", REPORT_1, DIGEST_1,
         "criterion.unknown,value.out_of_range", false},
        {"other report", "quang-ninh", "193", REPORT_2, DIGEST_1,
         "criterion.unknown,value.out_of_range", false},
        {"other digest", "quang-ninh", "193", REPORT_1, DIGEST_2,
         "criterion.unknown,value.out_of_range", false},
        {"one code less", "quang-ninh", "193", REPORT_1, DIGEST_1, "criterion.unknown", false},
        {"moved comma", "quang-ninh", "193", REPORT_1, DIGEST_1,
         "criterion.unknownv,alue.out_of_range", false},
        {"no codes", "quang-ninh", "193", REPORT_1, DIGEST_1, "", false},
    };
    uint8_t key[TH_PUBLIC_KEY_BYTES], signature[TH_SIGNATURE_BYTES];
    from_hex(PUBLIC_KEY, key, sizeof(key));
    from_hex(REJECTION, signature, sizeof(signature));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t id[16], digest[TH_HASH_BYTES];
        from_hex(rows[i].report_id, id, sizeof(id));
        from_hex(rows[i].digest, digest, sizeof(digest));
        TH_CHECK(rows[i].name,
                 th_rejection_verify(key, rows[i].province, rows[i].district, id, digest,
                                     th_slice_of(rows[i].codes), signature) == rows[i].want);
    }
}

/* The million of 'a' of FIPS 180-4's examples, in pieces of any size. */
static void test_pieces_hash_to_the_vector(void)
{
    static const size_t sizes[] = {1, 63, 64, 65, 1000, 1000000};
    static const uint8_t want[TH_HASH_BYTES] = {0xcd, 0xc7, 0x6e, 0x5c, 0x99, 0x14, 0xfb, 0x92,
                                                0x81, 0xa1, 0xc7, 0xe2, 0x84, 0xd7, 0x3e, 0x67,
                                                0xf1, 0x80, 0x9a, 0x48, 0xa4, 0x97, 0x20, 0x0e,
                                                0x04, 0x6d, 0x39, 0xcc, 0xc7, 0x11, 0x2c, 0xd0};
    static char text[1000000];
    memset(text, 'a', sizeof(text));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct th_sha256_state state;
        uint8_t digest[TH_HASH_BYTES];
        th_sha256_begin(&state);
        th_sha256_add(&state, NULL, 0);
        for (size_t at = 0; at < sizeof(text); at += sizes[i])
            th_sha256_add(&state, text + at,
                          sizeof(text) - at < sizes[i] ? sizeof(text) - at : sizes[i]);
        th_sha256_end(&state, digest);
        TH_CHECK("digest", memcmp(digest, want, sizeof(want)) == 0);
    }
}

static void test_province_events_hash_to_the_vectors(void)
{
    static const struct {
        const char *name;
        uint64_t sequence;
        int64_t at_us;
        const char *kind, *payload, *previous, *want;
    } rows[] = {
        {"with a payload", 7, 1712300000000000, "enrolment", "{\"district\":\"193\"}", HASH_1,
         "2d3008e08f86d09b3871dd4e613c2b9b1d28a1dd095a06aeeacd4177dee1a2e5"},
        {"first, without", 1, 0, "catalogue", "", NULL,
         "70fbb952c7f564127a36051ae1809fa1df7e32aa61122e316fe2f1a5c11701a6"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t previous[TH_HASH_BYTES] = {0}, hash[TH_HASH_BYTES];
        if (rows[i].previous)
            from_hex(rows[i].previous, previous, sizeof(previous));
        th_province_event_hash(rows[i].sequence, rows[i].at_us, rows[i].kind,
                               th_slice_of(rows[i].payload), previous, hash);
        check_hex(rows[i].name, hash, sizeof(hash), rows[i].want);
    }
}

static void test_random_bytes_differ(void)
{
    uint8_t a[32] = {0}, b[32] = {0};
    th_random_bytes(a, sizeof(a));
    th_random_bytes(b, sizeof(b));
    TH_CHECK("two draws", memcmp(a, b, sizeof(a)) != 0);
    TH_CHECK("not left as it was", memcmp(a, genesis, sizeof(a)) != 0);
}

static void test_start(void)
{
    struct th_error error = {0};
    TH_CHECK("first time", th_ledger_init(&error) == TH_OK);
    TH_CHECK("second time", th_ledger_init(&error) == TH_OK);
}

static const struct th_test tests[] = {
    {"libsodium starts, also twice", test_start},
    {"SHA-256 gives the published digests", test_sha256_gives_the_published_digests},
    {"entries hash to the vectors", test_entries_hash_to_the_vectors},
    {"every field of an entry changes its hash", test_every_field_of_an_entry_changes_its_hash},
    {"key and id come from the seed", test_key_and_id_come_from_the_seed},
    {"a receipt's signature is the vector", test_receipt_signature_is_the_vector},
    {"a receipt verifies only for what was signed", test_receipt_verifies_only_for_what_was_signed},
    {"a rejection's signature is the vector", test_rejection_signature_is_the_vector},
    {"a rejection verifies only for what was signed",
     test_rejection_verifies_only_for_what_was_signed},
    {"pieces hash to the vector", test_pieces_hash_to_the_vector},
    {"events of the province hash to the vectors", test_province_events_hash_to_the_vectors},
    {"random bytes differ", test_random_bytes_differ},
};

TH_TEST_MAIN("ledger", tests)
