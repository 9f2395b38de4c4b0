/* What an office believes of the province's answers. Entries, hashes and signatures
 * are the worked example of docs/protocol.md, computed apart from this program (see
 * test_ledger.c). */
#include <stdlib.h>

#include "common/base/text.h"
#include "common/wire/message.h"
#include "common/wire/receipt.h"
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

/* An answer whose bytes a case may spoil. */
struct answer {
    struct th_bundle bundle;
    uint8_t key_id[8], previous[32], signature[64];
    uint8_t report_ids[2][16], digests[2][32];
    char forms[2][80], periods[2][80];
    Tonghop__V1__Entry entries[2], *listed[2];
    Tonghop__V1__ReceiptRun run;
};

static void from_hex(const char *hex, uint8_t *bytes, size_t size)
{
    if (!th_text_from_hex(th_slice_of(hex), bytes, size))
        CU_FAIL_FATAL("the test's own hexadecimal is wrong");
}

static struct th_bundle bundle_of_the_example(void)
{
    struct th_bundle bundle = {.province = "quang-ninh", .receipt_key_count = 2};
    /* The key that signs is not the first of the ring. */
    bundle.receipt_keys[0][0] = 1;
    from_hex(PUBLIC_KEY, bundle.receipt_keys[1], 32);
    return bundle;
}

static struct answer *example(void)
{
    struct answer *answer = calloc(1, sizeof(*answer));
    if (!answer)
        abort();
    answer->bundle = bundle_of_the_example();
    from_hex(KEY_ID, answer->key_id, 8);
    from_hex(RECEIPT, answer->signature, 64);
    from_hex(REPORT_1, answer->report_ids[0], 16);
    from_hex(REPORT_2, answer->report_ids[1], 16);
    from_hex(DIGEST_1, answer->digests[0], 32);
    from_hex(DIGEST_2, answer->digests[1], 32);
    for (size_t i = 0; i < 2; i++) {
        Tonghop__V1__Entry *entry = &answer->entries[i];
        tonghop__v1__entry__init(entry);
        strcpy(answer->forms[i], "joint-agency");
        strcpy(answer->periods[i], "2024-03");
        entry->sequence = i + 1;
        entry->report_id = th_bytes_of(answer->report_ids[i], 16);
        entry->form = th_bytes_of(answer->forms[i], strlen(answer->forms[i]));
        entry->period = th_bytes_of(answer->periods[i], strlen(answer->periods[i]));
        entry->revision = (uint32_t)i + 1;
        entry->digest = th_bytes_of(answer->digests[i], 32);
        entry->accepted_at_us = 1712300000000000 + (int64_t)i;
        answer->listed[i] = entry;
    }
    tonghop__v1__receipt_run__init(&answer->run);
    answer->run.epoch = 1;
    answer->run.previous_hash = th_bytes_of(answer->previous, 32);
    answer->run.entry = answer->listed;
    answer->run.n_entry = 2;
    answer->run.key_id = th_bytes_of(answer->key_id, 8);
    answer->run.signature = th_bytes_of(answer->signature, 64);
    return answer;
}

static void as_sent(struct answer *a)
{
    (void)a;
}
static void marked_duplicate(struct answer *a)
{
    a->entries[0].duplicate = true;
}
static void other_epoch(struct answer *a)
{
    a->run.epoch = 2;
}
static void other_previous(struct answer *a)
{
    a->previous[31] = 1;
}
static void short_previous(struct answer *a)
{
    a->run.previous_hash.len = 31;
}
static void no_entry(struct answer *a)
{
    a->run.n_entry = 0;
}
static void last_missing(struct answer *a)
{
    a->run.n_entry = 1;
}
static void gap(struct answer *a)
{
    a->entries[1].sequence = 3;
}
static void backwards(struct answer *a)
{
    a->entries[1].sequence = 1;
}
static void sequence_zero(struct answer *a)
{
    a->entries[0].sequence = 0;
    a->entries[1].sequence = 1;
}
static void moved(struct answer *a)
{
    a->entries[0].sequence++;
    a->entries[1].sequence++;
}
static void earlier(struct answer *a)
{
    a->entries[1].accepted_at_us -= 2;
}
static void other_time(struct answer *a)
{
    a->entries[0].accepted_at_us -= 1;
}
static void other_id(struct answer *a)
{
    a->report_ids[0][0] ^= 1;
}
static void short_id(struct answer *a)
{
    a->entries[0].report_id.len = 15;
}
static void other_digest(struct answer *a)
{
    a->digests[1][0] ^= 1;
}
static void short_digest(struct answer *a)
{
    a->entries[1].digest.len = 0;
}
static void other_form(struct answer *a)
{
    a->forms[0][0] = 'J';
}
static void long_form(struct answer *a)
{
    memset(a->forms[0], 'f', 65);
    a->entries[0].form.len = 65;
}
static void nul_in_form(struct answer *a)
{
    /* Would hash like "joint-agency", being padded with NUL. */
    a->entries[0].form.len++;
}
static void long_period(struct answer *a)
{
    memset(a->periods[0], '2', 17);
    a->entries[0].period.len = 17;
}
static void no_period(struct answer *a)
{
    a->entries[0].period.len = 0;
}
static void other_revision(struct answer *a)
{
    a->entries[1].revision = 1;
}
static void other_signature(struct answer *a)
{
    a->signature[0] ^= 1;
}
static void short_signature(struct answer *a)
{
    a->run.signature.len = 63;
}
static void unknown_key(struct answer *a)
{
    a->key_id[0] ^= 1;
}
static void short_key_id(struct answer *a)
{
    a->run.key_id.len = 7;
}
static void key_not_in_bundle(struct answer *a)
{
    a->bundle.receipt_key_count = 1;
}
static void other_province(struct answer *a)
{
    strcpy(a->bundle.province, "hai-phong");
}

static void test_runs_are_believed_only_whole_and_signed(void)
{
    static const struct {
        const char *name;
        void (*spoil)(struct answer *answer);
        const char *want; /* in the message; NULL: verifies */
    } rows[] = {
        {"as sent", as_sent, NULL},
        /* Not part of the hash: it says how the answer came, not what is in the chain. */
        {"marked duplicate", marked_duplicate, NULL},
        {"other epoch", other_epoch, "signature"},
        {"other previous hash", other_previous, "signature"},
        {"previous hash of 31 bytes", short_previous, "no hash of the entry before"},
        {"no entry", no_entry, "no entry"},
        {"last entry missing", last_missing, "signature"},
        {"a gap", gap, "not in sequence"},
        {"backwards", backwards, "not in sequence"},
        {"sequence 0", sequence_zero, "not in sequence"},
        {"all moved by one", moved, "signature"},
        {"an entry older than the one before", earlier, "older"},
        {"other time", other_time, "signature"},
        {"other report", other_id, "signature"},
        {"id of 15 bytes", short_id, "wrong size"},
        {"other digest", other_digest, "signature"},
        {"no digest", short_digest, "wrong size"},
        {"other form", other_form, "signature"},
        {"form of 65 bytes", long_form, "wrong size"},
        {"form with NUL behind it", nul_in_form, "wrong size or form"},
        {"period of 17 bytes", long_period, "wrong size"},
        {"no period", no_period, "wrong size or form"},
        {"other revision", other_revision, "signature"},
        {"other signature", other_signature, "signature"},
        {"signature of 63 bytes", short_signature, "right size"},
        {"unknown key", unknown_key, "does not trust"},
        {"key id of 7 bytes", short_key_id, "right size"},
        {"key that the bundle does not hold", key_not_in_bundle, "does not trust"},
        {"other province", other_province, "signature"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct answer *answer = example();
        struct th_error error = {0};
        uint8_t hashes[2][TH_HASH_BYTES], want[2][TH_HASH_BYTES];
        from_hex(HASH_1, want[0], 32);
        from_hex(HASH_2, want[1], 32);
        rows[i].spoil(answer);
        enum th_status status =
            th_receipt_run_verify(&answer->run, &answer->bundle, "193", hashes, &error);
        if (rows[i].want) {
            TH_CHECK(rows[i].name, status == TH_PERMANENT && error.status == TH_PERMANENT);
            TH_CHECK(rows[i].name, strstr(error.message, rows[i].want) != NULL);
        } else {
            TH_CHECK(rows[i].name, status == TH_OK);
            TH_CHECK(rows[i].name, memcmp(hashes, want, sizeof(want)) == 0);
        }
        free(answer);
    }
}

static void test_a_run_of_another_district_is_not_ours(void)
{
    struct answer *answer = example();
    struct th_error error = {0};
    uint8_t hashes[2][TH_HASH_BYTES];
    TH_CHECK("194", th_receipt_run_verify(&answer->run, &answer->bundle, "194", hashes, &error) ==
                        TH_PERMANENT);
    /* 32 characters are a code; the 33rd would be cut off in the hash. */
    TH_CHECK("33 characters", th_receipt_run_verify(&answer->run, &answer->bundle,
                                                    "ddddddddddddddddddddddddddddddddd", hashes,
                                                    &error) == TH_USAGE);
    free(answer);
}

static void test_rejections_are_believed_only_as_signed(void)
{
    enum { CODES = 5 };
    static const struct {
        const char *name, *district;
        const char *errors[CODES], *warning;
        size_t id_size, digest_size;
        int spoil_signature;
        const char *want; /* NULL: verifies */
    } rows[] = {
        {"as signed", "193", {"criterion.unknown", "value.out_of_range"}, NULL, 16, 32, 0, NULL},
        {"in another order, with one twice",
         "193",
         {"value.out_of_range", "criterion.unknown", "value.out_of_range"},
         NULL,
         16,
         32,
         0,
         NULL},
        {"with a warning, which is not covered",
         "193",
         {"criterion.unknown", "value.out_of_range"},
         "catalogue.outdated",
         16,
         32,
         0,
         NULL},
        {"one error less", "193", {"criterion.unknown"}, NULL, 16, 32, 0, "signature"},
        {"one error more",
         "193",
         {"criterion.unknown", "value.out_of_range", "form.unknown"},
         NULL,
         16,
         32,
         0,
         "signature"},
        {"two codes in one",
         "193",
         {"criterion.unknown,value.out_of_range"},
         NULL,
         16,
         32,
         0,
         "without a code"},
        {"an empty code",
         "193",
         {"criterion.unknown", "value.out_of_range", ""},
         NULL,
         16,
         32,
         0,
         "without a code"},
        {"other district",
         "194",
         {"criterion.unknown", "value.out_of_range"},
         NULL,
         16,
         32,
         0,
         "signature"},
        {"id of 15 bytes",
         "193",
         {"criterion.unknown", "value.out_of_range"},
         NULL,
         15,
         32,
         0,
         "wrong size"},
        {"digest of 31 bytes",
         "193",
         {"criterion.unknown", "value.out_of_range"},
         NULL,
         16,
         31,
         0,
         "wrong size"},
        {"other signature",
         "193",
         {"criterion.unknown", "value.out_of_range"},
         NULL,
         16,
         32,
         1,
         "signature"},
    };
    struct th_bundle bundle = bundle_of_the_example();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Tonghop__V1__Rejection rejection = TONGHOP__V1__REJECTION__INIT;
        Tonghop__V1__Problem problems[CODES + 1], *listed[CODES + 1];
        uint8_t key_id[8], id[16], digest[32], signature[64];
        struct th_error error = {0};
        from_hex(KEY_ID, key_id, 8);
        from_hex(REPORT_1, id, 16);
        from_hex(DIGEST_1, digest, 32);
        from_hex(REJECTION, signature, 64);
        signature[0] ^= (uint8_t)rows[i].spoil_signature;
        for (size_t n = 0; n <= CODES; n++) {
            const char *code = n < CODES ? rows[i].errors[n] : rows[i].warning;
            if (!code)
                continue;
            Tonghop__V1__Problem *problem = &problems[rejection.n_problem];
            tonghop__v1__problem__init(problem);
            problem->code = th_bytes(th_slice_of(code));
            problem->severity = n < CODES ? TONGHOP__V1__SEVERITY__SEVERITY_ERROR
                                          : TONGHOP__V1__SEVERITY__SEVERITY_WARNING;
            listed[rejection.n_problem++] = problem;
        }
        rejection.problem = listed;
        rejection.report_id = th_bytes_of(id, rows[i].id_size);
        rejection.digest = th_bytes_of(digest, rows[i].digest_size);
        rejection.key_id = th_bytes_of(key_id, 8);
        rejection.signature = th_bytes_of(signature, 64);
        enum th_status status = th_rejection_check(&rejection, &bundle, rows[i].district, &error);
        TH_CHECK(rows[i].name, status == (rows[i].want ? TH_PERMANENT : TH_OK));
        if (rows[i].want)
            TH_CHECK(rows[i].name, strstr(error.message, rows[i].want) != NULL);
    }
}

static void test_what_the_province_signs_is_what_the_office_checks(void)
{
    /* The province joins codes by th_problem_error_codes, the office by its own
     * reading of the message: both must come to the same text. */
    struct th_arena *arena = th_arena_create(1024 * 1024);
    struct th_problem_list list = {.arena = arena};
    struct th_bundle bundle = bundle_of_the_example();
    struct th_receipt_key key;
    uint8_t seed[32], id[16] = {1}, digest[32] = {2}, signature[64];
    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)i;
    th_receipt_key_from_seed(&key, seed);
    th_problem_add(&list, "value.out_of_range", "b", TH_SLICE("7"), "0..5", 0, 0);
    th_problem_add(&list, "criterion.required", "c", TH_SLICE(""), "", 0, 0);
    th_problem_add(&list, "criterion.unknown", "z", TH_SLICE("z"), "", 0, 0);
    th_problem_add(&list, "value.out_of_range", "a", TH_SLICE("9"), "0..5", 0, 0);
    th_rejection_sign(&key, bundle.province, "193", id, digest,
                      th_slice_of(th_problem_error_codes(&list)), signature);

    Tonghop__V1__Rejection rejection = TONGHOP__V1__REJECTION__INIT;
    rejection.problem = th_problems_to_wire(&list, "vi", arena);
    rejection.n_problem = list.count;
    rejection.report_id = th_bytes_of(id, sizeof(id));
    rejection.digest = th_bytes_of(digest, sizeof(digest));
    rejection.key_id = th_bytes_of(key.id, sizeof(key.id));
    rejection.signature = th_bytes_of(signature, sizeof(signature));
    TH_CHECK("checked", th_rejection_check(&rejection, &bundle, "193", NULL) == TH_OK);
    th_arena_destroy(&arena);
}

static const struct th_test tests[] = {
    {"runs are believed only whole and signed", test_runs_are_believed_only_whole_and_signed},
    {"a run of another district is not ours", test_a_run_of_another_district_is_not_ours},
    {"rejections are believed only as signed", test_rejections_are_believed_only_as_signed},
    {"what the province signs is what the office checks",
     test_what_the_province_signs_is_what_the_office_checks},
};

TH_TEST_MAIN("receipts", tests)
