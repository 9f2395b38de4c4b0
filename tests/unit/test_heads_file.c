/* The file of signed chain heads. The signature is the vector of docs/protocol.md ("A
 * worked example"), computed apart from this program. */
#include <stdlib.h>

#include "collector/admin/heads_file.h"
#include "common/base/text.h"
#include "tests/unit/th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define KEY    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
#define HASH_2 "12c57cd186b7dea952d6769962f2ce2786566392a32c270c2759024f290c16fd"
#define RECEIPT                                                                                    \
    "80f867ac42ec6bd366daef8c717325e03acc7ccb8520e069376262fbd3fccc85"                             \
    "a732def1dcda2718657ee37bda4e48e444d98e03a0d2319aef51a0805ae86104"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

#define HEADING                                                                                    \
    "format = tonghop-heads-v1\nprovince = quang-ninh\nat = 2024-04-05T08:00:00+07:00\n"           \
    "receipt_key = " KEY "\n"
#define DISTRICT "district_head = 193 1 2 " HASH_2 " " RECEIPT "\n"

static struct th_receipt_key vector_key(void)
{
    uint8_t seed[TH_SECRET_SEED_BYTES];
    struct th_receipt_key key;
    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)i;
    th_receipt_key_from_seed(&key, seed);
    return key;
}

static enum th_status read(const char *text, struct th_chain_head **heads, size_t *count,
                           struct th_error *error)
{
    struct th_receipt_key key = vector_key();
    *error = (struct th_error){0};
    return th_heads_read(th_slice_of(text), "quang-ninh", key.public_key, heads, count, error);
}

static void a_head_is_written_with_the_receipt_signature(void)
{
    struct th_receipt_key key = vector_key();
    struct th_buffer out = {0};
    struct th_chain_head head = {.district = "193", .epoch = 1, .sequence = 2};
    CU_ASSERT_TRUE_FATAL(th_text_from_hex(th_slice_of(HASH_2), head.hash, sizeof(head.hash)));
    th_heads_write(&key, "quang-ninh", "2024-04-05T08:00:00+07:00", &head, 1, &out);
    const char *body = strstr(out.bytes, "format = ");
    TH_CHECK_TEXT("text", body, HEADING DISTRICT);
    TH_CHECK("comment", out.bytes[0] == '#');
    th_buffer_free(&out);
}

static void what_was_written_is_read_back(void)
{
    struct th_receipt_key key = vector_key();
    struct th_buffer out = {0};
    struct th_error error;
    struct th_chain_head *heads;
    size_t count;
    const struct th_chain_head written[] = {
        {.district = "193", .epoch = 2, .sequence = 7, .hash = {1, 2, 3}},
        {.district = "206.b", .epoch = 1, .sequence = INT64_MAX, .hash = {0xff}},
        {.district = "", .epoch = 0, .sequence = 12, .hash = {9}},
    };
    th_heads_write(&key, "quang-ninh", "", written, COUNT(written), &out);
    CU_ASSERT_EQUAL_FATAL(read(out.bytes, &heads, &count, &error), TH_OK);
    CU_ASSERT_EQUAL_FATAL(count, COUNT(written));
    for (size_t i = 0; i < count; i++) {
        TH_CHECK_TEXT("district", heads[i].district, written[i].district);
        TH_CHECK("epoch", heads[i].epoch == written[i].epoch);
        TH_CHECK("sequence", heads[i].sequence == written[i].sequence);
        TH_CHECK("hash", memcmp(heads[i].hash, written[i].hash, TH_HASH_BYTES) == 0);
    }
    free(heads);
    th_buffer_free(&out);
}

/* Signed in place of 0, so that nobody can date an export before a restoration. */
static void the_province_head_bears_the_epoch_of_the_last_restoration(void)
{
    struct th_receipt_key key = vector_key();
    struct th_error error;
    struct th_chain_head *heads;
    size_t count;
    struct th_buffer out = {0};
    const struct th_chain_head written = {.epoch = 2, .sequence = 12, .hash = {9}};
    th_heads_write(&key, "quang-ninh", "", &written, 1, &out);
    char *line = strstr(out.bytes, "province_head = 2 12 ");
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    CU_ASSERT_EQUAL_FATAL(read(out.bytes, &heads, &count, &error), TH_OK);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_EQUAL(heads[0].epoch, 2);
    CU_ASSERT_EQUAL(heads[0].sequence, 12);
    free(heads);
    line[strlen("province_head = ")] = '3';
    CU_ASSERT_EQUAL(read(out.bytes, &heads, &count, &error), TH_PERMANENT);
    memmove(line + strlen("province_head = "), line + strlen("province_head = 3 "),
            strlen(line + strlen("province_head = 3 ")) + 1);
    CU_ASSERT_EQUAL(read(out.bytes, &heads, &count, &error), TH_PERMANENT);
    th_buffer_free(&out);
}

static void a_file_that_is_not_to_be_believed_is_refused(void)
{
    static const struct {
        const char *name, *text;
        enum th_status want_status;
        const char *want_message;
    } rows[] = {
        {"as it is", HEADING DISTRICT, TH_OK, ""},
        {"blank lines, CRLF and a comment", "# c\r\n\r\n" HEADING "\r\n" DISTRICT, TH_OK, ""},
        {"another sequence", HEADING "district_head = 193 1 3 " HASH_2 " " RECEIPT, TH_PERMANENT,
         "line 5: the signature of the head of 193 does not hold"},
        {"another epoch", HEADING "district_head = 193 2 2 " HASH_2 " " RECEIPT, TH_PERMANENT,
         "head of 193 does not hold"},
        {"another district", HEADING "district_head = 194 1 2 " HASH_2 " " RECEIPT, TH_PERMANENT,
         "head of 194 does not hold"},
        {"another hash", HEADING "district_head = 193 1 2 " ZEROS " " RECEIPT, TH_PERMANENT,
         "head of 193 does not hold"},
        /* A district's signature does not serve for the province. */
        {"the province's", HEADING "province_head = 2 " HASH_2 " " RECEIPT, TH_PERMANENT,
         "head of the province does not hold"},
        {"another key", "format = tonghop-heads-v1\nprovince = quang-ninh\nreceipt_key = " ZEROS,
         TH_USAGE, "another receipt key"},
        {"another province", "format = tonghop-heads-v1\nprovince = hai-phong\n", TH_USAGE,
         "another province's"},
        {"another format", "format = tonghop-heads-v2\n", TH_USAGE, "line 1: the format"},
        {"heads first", DISTRICT HEADING, TH_USAGE, "come first"},
        {"no key", "format = tonghop-heads-v1\nprovince = quang-ninh\n" DISTRICT, TH_USAGE,
         "come first"},
        {"no head", HEADING, TH_USAGE, "there is no head"},
        {"nothing", "", TH_USAGE, "there is no head"},
        {"an unknown key", HEADING "extra = 1\n", TH_USAGE, "line 5: the key is unknown"},
        {"no sign", HEADING "district_head\n", TH_USAGE, "no '='"},
        {"a word too many", HEADING "district_head = 193 1 2 " HASH_2 " " RECEIPT " x", TH_USAGE,
         "malformed"},
        {"two blanks", HEADING "district_head = 193  1 2 " HASH_2 " " RECEIPT, TH_USAGE,
         "malformed"},
        {"sequence 0", HEADING "district_head = 193 1 0 " HASH_2 " " RECEIPT, TH_USAGE,
         "malformed"},
        {"a leading zero", HEADING "district_head = 193 01 2 " HASH_2 " " RECEIPT, TH_USAGE,
         "malformed"},
        {"a sequence beyond any",
         HEADING "district_head = 193 1 9223372036854775808 " HASH_2 " " RECEIPT, TH_USAGE,
         "malformed"},
        {"a short hash", HEADING "district_head = 193 1 2 12 " RECEIPT, TH_USAGE, "malformed"},
        {"a code too long",
         HEADING "district_head = 123456789012345678901234567890123 1 2 " HASH_2 " " RECEIPT,
         TH_USAGE, "malformed"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct th_error error;
        struct th_chain_head *heads;
        size_t count;
        enum th_status status = read(rows[i].text, &heads, &count, &error);
        TH_CHECK(rows[i].name, status == rows[i].want_status);
        TH_CHECK(rows[i].name, strstr(error.message, rows[i].want_message) != NULL);
        TH_CHECK(rows[i].name, (heads != NULL) == (status == TH_OK));
        TH_CHECK(rows[i].name, count == (status == TH_OK ? 1u : 0u));
        free(heads);
    }
}

static const struct th_test tests[] = {
    {"a head is written with the receipt signature", a_head_is_written_with_the_receipt_signature},
    {"what was written is read back", what_was_written_is_read_back},
    {"the province's head bears the epoch of the last restoration",
     the_province_head_bears_the_epoch_of_the_last_restoration},
    {"a file that is not to be believed is refused", a_file_that_is_not_to_be_believed_is_refused},
};

TH_TEST_MAIN("heads file", tests)
