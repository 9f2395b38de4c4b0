/* Enrolment bundles, and the key files that go with them: what is written is read,
 * and nothing else is. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "common/wire/bundle.h"
#include "common/wire/keys.h"
#include "tests/unit/th_test.h"

/* 64 digits of one kind, to see which key went where. */
#define KEY(digit) digit digit digit digit digit digit digit digit
#define A64        KEY("aaaaaaaa")
#define B64        KEY("bbbbbbbb")
#define C64        KEY("cccccccc")
#define D64        KEY("dddddddd")

/* The sections that every bundle needs, each to be replaced by a case. */
#define PROVINCE                                                                                   \
    "[province]\ncode = quang-ninh\nname = Tỉnh Quảng Ninh\ntime_zone = Asia/Ho_Chi_Minh\n"
#define ENROLMENT "[enrolment]\nrole = district\nname = 193\npublic_key = " A64 "\n"
#define SUBMIT    "[submit]\nendpoint = tcp://10.0.0.5:7401 " B64 "\n"
#define RECEIPTS  "[receipts]\nkey = " C64 "\nkey = " D64 "\n"

/* A folder of the test's own. */
static void make_folder(char folder[64])
{
    strcpy(folder, "/tmp/tonghop-bundle-XXXXXX");
    if (!mkdtemp(folder))
        CU_FAIL_FATAL("no folder can be made in /tmp");
}

static void remove_file(const char *folder, const char *name)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    unlink(path);
}

static enum th_status read_text(struct th_slice text, struct th_bundle *bundle,
                                struct th_error *error)
{
    char folder[64], path[128];
    make_folder(folder);
    snprintf(path, sizeof(path), "%s/bundle", folder);
    CU_ASSERT_FATAL(th_file_write(path, text.bytes, text.size, 0644, NULL) == TH_OK);
    enum th_status status = th_bundle_read(path, bundle, error);
    remove_file(folder, "bundle");
    rmdir(folder);
    return status;
}

static void fill(uint8_t *bytes, uint8_t value)
{
    memset(bytes, value, 32);
}

/* Everything at its longest. */
static struct th_bundle full_bundle(void)
{
    struct th_bundle bundle = {.role = "district", .time_zone = "Asia/Ho_Chi_Minh"};
    memset(bundle.province, 'p', 32);
    /* 33 times 6 bytes: signs that other readers of INI files stumble over. */
    for (size_t i = 0; i < 198; i += 6)
        memcpy(bundle.province_name + i, "ằ;#=", 6);
    bundle.province_name[198] = 'x';
    memset(bundle.province_name_en, 'e', 199);
    memset(bundle.name, 'd', 32);
    fill(bundle.public_key, 0x11);
    bundle.submit_count = bundle.query_count = TH_BUNDLE_ENDPOINTS;
    bundle.receipt_key_count = TH_BUNDLE_KEYS;
    for (uint8_t i = 0; i < TH_BUNDLE_ENDPOINTS; i++) {
        struct th_endpoint *endpoints[] = {&bundle.submit[i], &bundle.query[i]};
        for (uint8_t n = 0; n < 2; n++) {
            memset(endpoints[n]->address, 'h', 199);
            memcpy(endpoints[n]->address, "tcp://", 6);
            memcpy(endpoints[n]->address + 194, ":7401", 5);
            fill(endpoints[n]->server_key, (uint8_t)(0x20 + 16 * n + i));
        }
        fill(bundle.receipt_keys[i], (uint8_t)(0x40 + i));
    }
    return bundle;
}

static void test_what_is_written_is_read(void)
{
    static const char *const names[] = {"", "Tỉnh Quảng Ninh", "A ; B # C = D [E]"};
    struct th_bundle bundles[4] = {full_bundle()};
    for (size_t i = 0; i < 3; i++) {
        bundles[i + 1] = (struct th_bundle){.province = "quang-ninh",
                                            .role = "approver",
                                            .time_zone = "Asia/Ho_Chi_Minh",
                                            .name = "an.tran",
                                            .query_count = 1,
                                            .receipt_key_count = 1};
        strcpy(bundles[i + 1].province_name, names[i]);
        strcpy(bundles[i + 1].province_name_en, i == 1 ? "Quang Ninh Province" : "");
        strcpy(bundles[i + 1].query[0].address, "tcp://[fd00::1]:7402");
    }
    for (size_t i = 0; i < 4; i++) {
        TH_CLEANUP_BUFFER struct th_buffer text = {0};
        struct th_bundle got;
        struct th_error error = {0};
        char wrote[40], read[40];
        th_bundle_write(&bundles[i], &text);
        TH_CHECK(bundles[i].province_name,
                 read_text(th_buffer_slice(&text), &got, &error) == TH_OK);
        TH_CHECK_TEXT(bundles[i].province_name, error.message, "");
        TH_CHECK(bundles[i].province_name, memcmp(&got, &bundles[i], sizeof(got)) == 0);
        th_bundle_fingerprint(&bundles[i], wrote);
        th_bundle_fingerprint(&got, read);
        TH_CHECK_TEXT(bundles[i].province_name, read, wrote);
    }
}

static void test_people_may_have_touched_the_layout(void)
{
    /* A byte-order mark, CRLF, blank lines, comments, other blanks, sections in
     * another order and twice: the same bundle with the same fingerprint. */
    struct th_bundle plain, touched;
    char plain_print[40], touched_print[40];
    struct th_error error = {0};
    TH_CHECK("plain",
             read_text(TH_SLICE(PROVINCE ENROLMENT SUBMIT RECEIPTS), &plain, &error) == TH_OK);
    TH_CHECK(
        "touched",
        read_text(TH_SLICE("\xef\xbb\xbf; ours\r\n\r\n[receipts]\r\n  key=" C64 "\r\n[submit]\r\n"
                           "endpoint =   tcp://10.0.0.5:7401    " B64 "  \r\n# x\r\n" ENROLMENT
                           "\t[province]\r\ncode=quang-ninh\r\ntime_zone=Asia/Ho_Chi_Minh\r\n"
                           "name = Tỉnh Quảng Ninh\r\n[receipts]\r\nkey = " D64),
                  &touched, &error) == TH_OK);
    TH_CHECK_TEXT("message", error.message, "");
    TH_CHECK("same", memcmp(&plain, &touched, sizeof(plain)) == 0);
    th_bundle_fingerprint(&plain, plain_print);
    th_bundle_fingerprint(&touched, touched_print);
    TH_CHECK_TEXT("fingerprint", touched_print, plain_print);
    TH_CHECK("newest first", plain.receipt_keys[0][0] == 0xcc && plain.receipt_keys[1][0] == 0xdd);
    TH_CHECK("endpoint", plain.submit[0].server_key[31] == 0xbb && plain.query_count == 0);
    TH_CHECK_TEXT("endpoint", plain.submit[0].address, "tcp://10.0.0.5:7401");
}

static void test_fingerprint_is_of_the_content(void)
{
    /* sha256sum of the canonical text: the sections below, each after a blank line
     * but the first. */
    struct th_bundle bundle;
    char print[40];
    uint8_t digest[TH_HASH_BYTES];
    char hex[65];
    static const char canonical[] = PROVINCE "\n" ENROLMENT "\n" SUBMIT "\n" RECEIPTS;
    TH_CHECK("read",
             read_text(TH_SLICE(PROVINCE ENROLMENT SUBMIT RECEIPTS), &bundle, NULL) == TH_OK);
    th_bundle_fingerprint(&bundle, print);
    th_sha256(canonical, sizeof(canonical) - 1, digest);
    th_text_to_hex(digest, sizeof(digest), hex);
    TH_CHECK_TEXT("computed apart", print, "9175 7360 be5c 1f76 604f 3f8b a580 f27e");
    for (size_t group = 0; group < 8; group++)
        TH_CHECK(print, strncmp(print + 5 * group, hex + 4 * group, 4) == 0);

    bundle.submit[0].server_key[31] ^= 1;
    char other[40];
    th_bundle_fingerprint(&bundle, other);
    TH_CHECK("another server key", strcmp(print, other) != 0);
}

static void test_faults_are_named(void)
{
    static const struct {
        const char *name, *text, *want; /* in the message, after the path */
    } rows[] = {
        {"empty", "", "has no 'code' in [province]"},
        {"no enrolment", PROVINCE SUBMIT RECEIPTS, "has no 'role' in [enrolment]"},
        {"district without intake", PROVINCE ENROLMENT RECEIPTS, "has no 'endpoint' in [submit]"},
        {"client without a query endpoint",
         PROVINCE "[enrolment]\nrole = viewer\nname = an\npublic_key = " A64 "\n" SUBMIT RECEIPTS,
         "has no 'endpoint' in [query]"},
        {"no receipt key", PROVINCE ENROLMENT SUBMIT, "has no 'key' in [receipts]"},
        {"unknown key", PROVINCE "nickname = x\n", "line 5: 'nickname' is no key of [province]"},
        {"key of another section", PROVINCE "role = viewer\n", "line 5: 'role' is no key"},
        {"key before any section", "code = x\n", "line 1: 'code' is no key of []"},
        {"unknown section", "[provinces]\n", "line 1: [provinces] is no section"},
        {"section not ended", "[province\n", "line 1: a section ends with ]"},
        {"no equals sign", "[province]\ncode\n", "line 2: a line has the form"},
        {"given twice", PROVINCE "code = quang-ninh\n", "line 5: 'code' is given twice"},
        {"not UTF-8", "[province]\nname = \xff\n", "is not a text in UTF-8"},
        {"code with a blank", "[province]\ncode = quang ninh\n",
         "line 2: 'code' in [province] must"},
        {"code of 33 characters", "[province]\ncode = ppppppppppppppppppppppppppppppppp\n",
         "line 2: 'code' in [province] must"},
        {"control in the English name", "[province]\nname_en = a\x01z\n",
         "line 2: 'name_en' in [province] must"},
        {"no time zone", "[province]\ntime_zone =\n", "line 2: 'time_zone'"},
        {"unknown role", "[enrolment]\nrole = owner\n", "district, viewer, approver or admin"},
        {"role in capitals", "[enrolment]\nrole = Viewer\n", "district, viewer, approver or admin"},
        {"name that is no code", "[enrolment]\nname = a/b\n", "'name' in [enrolment] must"},
        {"key of 63 digits", "[enrolment]\npublic_key = aa\n", "64 hexadecimal digits"},
        {"endpoint without its key", "[submit]\nendpoint = tcp://a:1\n", "'endpoint' in [submit]"},
        {"endpoint of another kind", "[submit]\nendpoint = ipc://a " A64 "\n", "'endpoint'"},
        {"endpoint without a host", "[submit]\nendpoint = tcp:// " A64 "\n", "'endpoint'"},
        {"two keys", "[submit]\nendpoint = tcp://a:1 " A64 " " A64 "\n", "'endpoint'"},
        {"nine receipt keys",
         "[receipts]\nkey=" A64 "\nkey=" A64 "\nkey=" A64 "\nkey=" A64 "\nkey=" A64 "\nkey=" A64
         "\nkey=" A64 "\nkey=" A64 "\nkey=" A64 "\n",
         "line 10: 'key' in [receipts] must be"},
        /* 33 characters are fine for a client's account, not for a district. */
        {"district code of 33 characters",
         PROVINCE "[enrolment]\nrole = district\nname = ddddddddddddddddddddddddddddddddd\n"
                  "public_key = " A64 "\n" SUBMIT RECEIPTS,
         "more than 32"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct th_bundle bundle;
        struct th_error error = {0};
        TH_CHECK(rows[i].name, read_text(th_slice_of(rows[i].text), &bundle, &error) == TH_USAGE);
        TH_CHECK(rows[i].name, strstr(error.message, rows[i].want) != NULL);
        if (!strstr(error.message, rows[i].want))
            fprintf(stderr, "    said: %s\n", error.message);
    }
    struct th_bundle bundle;
    TH_CHECK("NUL", read_text(TH_SLICE("[province]\n\0"), &bundle, NULL) == TH_USAGE);
    TH_CHECK("no file", th_bundle_read("/nonexistent/bundle", &bundle, NULL) == TH_USAGE);
}

static void test_a_name_cannot_add_lines(void)
{
    struct th_bundle bundle, got;
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    struct th_error error = {0};
    CU_ASSERT_FATAL(read_text(TH_SLICE(PROVINCE ENROLMENT SUBMIT RECEIPTS), &bundle, NULL) ==
                    TH_OK);
    strcpy(bundle.province_name, "X\n[receipts]\nkey = " A64 "\n");
    th_bundle_write(&bundle, &text);
    TH_CHECK("read", read_text(th_buffer_slice(&text), &got, &error) == TH_OK);
    TH_CHECK("no key more", got.receipt_key_count == 2);
    TH_CHECK_TEXT("one line", got.province_name, "X [receipts] key = " A64);
}

static void test_receipt_keys_are_found_by_id(void)
{
    struct th_bundle bundle = {.receipt_key_count = 2};
    uint8_t id[8];
    fill(bundle.receipt_keys[0], 1);
    fill(bundle.receipt_keys[1], 2);
    fill(bundle.receipt_keys[2], 3);
    for (size_t i = 0; i < 3; i++) {
        th_receipt_key_id(bundle.receipt_keys[i], id);
        const uint8_t *want = i < 2 ? bundle.receipt_keys[i] : NULL;
        TH_CHECK("by id", th_bundle_receipt_key(&bundle, id) == want);
    }
}

static void test_key_files(void)
{
    char folder[64], path[128], beside[160];
    struct th_curve_pair pair, loaded, other;
    struct th_error error = {0};
    struct stat found;
    uint8_t public_key[32];
    char hex[65];
    make_folder(folder);
    snprintf(path, sizeof(path), "%s/office", folder);
    snprintf(beside, sizeof(beside), "%s.pub", path);

    CU_ASSERT_FATAL(th_curve_generate(&pair, &error) == TH_OK);
    TH_CHECK("saved", th_curve_save(path, &pair, &error) == TH_OK);
    TH_CHECK("secret is ours alone", stat(path, &found) == 0 && (found.st_mode & 0777) == 0600);
    TH_CHECK("public is readable", stat(beside, &found) == 0 && (found.st_mode & 0777) == 0644);
    TH_CHECK("loaded", th_curve_load(path, &loaded, &error) == TH_OK);
    TH_CHECK("the same pair", memcmp(&loaded, &pair, sizeof(pair)) == 0);

    TH_CHECK("public file", th_curve_parse_public(beside, public_key, &error) == TH_OK &&
                                memcmp(public_key, pair.public_key, 32) == 0);
    th_text_to_hex(pair.public_key, 32, hex);
    memset(public_key, 0, sizeof(public_key));
    TH_CHECK("digits", th_curve_parse_public(hex, public_key, &error) == TH_OK &&
                           memcmp(public_key, pair.public_key, 32) == 0);
    TH_CHECK("never the secret file", th_curve_parse_public(path, public_key, &error) == TH_USAGE);
    TH_CHECK("63 digits", th_curve_parse_public(hex + 1, public_key, &error) == TH_USAGE);

    /* Neither file is overwritten, and a refusal leaves nothing behind. */
    CU_ASSERT_FATAL(th_curve_generate(&other, &error) == TH_OK);
    TH_CHECK("both there", th_curve_save(path, &other, &error) == TH_USAGE);
    unlink(path);
    TH_CHECK("public there", th_curve_save(path, &other, &error) == TH_USAGE);
    TH_CHECK("no half pair", stat(path, &found) != 0);
    TH_CHECK("public kept", th_curve_parse_public(beside, public_key, &error) == TH_OK &&
                                memcmp(public_key, pair.public_key, 32) == 0);
    unlink(beside);
    TH_CHECK("saved", th_curve_save(path, &other, &error) == TH_OK);
    chmod(path, 0640);
    TH_CHECK("open to a group", th_curve_load(path, &loaded, &error) == TH_USAGE);

    remove_file(folder, "office");
    remove_file(folder, "office.pub");
    rmdir(folder);
}

static const struct th_test tests[] = {
    {"what is written is read", test_what_is_written_is_read},
    {"people may have touched the layout", test_people_may_have_touched_the_layout},
    {"the fingerprint is of the content", test_fingerprint_is_of_the_content},
    {"faults are named with their line", test_faults_are_named},
    {"a name cannot add lines", test_a_name_cannot_add_lines},
    {"receipt keys are found by their id", test_receipt_keys_are_found_by_id},
    {"key files are made once and read back", test_key_files},
};

TH_TEST_MAIN("bundles", tests)
