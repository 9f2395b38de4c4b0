/* Catalogues as messages: whole, in parts, and from a province that sends nonsense. */
#include "common/base/file.h"
#include "common/ledger/ledger.h"
#include "common/wire/message.h"
#include "tests/unit/th_test.h"

static struct th_catalogue *read_example(void)
{
    struct th_catalogue_file files[16] = {0};
    struct th_buffer contents[16] = {0};
    struct th_fault_list faults = {0};
    size_t count = 0;
    for (; th_catalogue_file_names[count]; count++) {
        char path[512];
        const char *name = th_catalogue_file_names[count];
        snprintf(path, sizeof(path), TONGHOP_EXAMPLES "/quang-ninh/catalogue/%s", name);
        if (th_file_read(path, 1024 * 1024, &contents[count], NULL) != TH_OK)
            CU_FAIL_FATAL("the example catalogue cannot be read");
        snprintf(files[count].name, sizeof(files[count].name), "%s", name);
        files[count].content = th_buffer_slice(&contents[count]);
    }
    struct th_catalogue *catalogue = th_catalogue_read(files, count, &faults);
    for (size_t i = 0; i < count; i++)
        th_buffer_free(&contents[i]);
    th_fault_list_free(&faults);
    return catalogue;
}

static void test_catalogues_come_back_the_same(void)
{
    struct th_catalogue *catalogue = read_example(), *copy = NULL;
    TH_CLEANUP_BUFFER struct th_buffer first = {0}, second = {0};
    uint8_t digest[TH_HASH_BYTES];
    struct th_error error = {0};
    CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
    th_buffer_add_text(&first, "kept");
    th_catalogue_pack(catalogue, &first);
    struct th_slice bytes = {first.bytes + 4, first.size - 4};
    th_sha256(bytes.bytes, bytes.size, digest);
    TH_CHECK("digest when packed", memcmp(catalogue->digest, digest, sizeof(digest)) == 0);

    copy = th_catalogue_unpack(bytes, 12, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    TH_CHECK("version", copy->version == 12);
    TH_CHECK("digest when unpacked", memcmp(copy->digest, digest, sizeof(digest)) == 0);
    TH_CHECK("content", copy->form_count == catalogue->form_count &&
                            copy->district_count == catalogue->district_count &&
                            copy->commune_count == catalogue->commune_count);
    th_catalogue_pack(copy, &second);
    TH_CHECK("same bytes again", th_slice_same(bytes, th_buffer_slice(&second)));
    th_catalogue_release(&catalogue);
    th_catalogue_release(&copy);
}

static void test_bytes_that_are_no_catalogue_are_refused(void)
{
    static const struct {
        const char *name;
        struct th_slice bytes;
        const char *want; /* in the message */
    } rows[] = {
        {"garbage", TH_SLICE("\xff\xff"), "no catalogue"},
        {"unknown file", TH_SLICE("\x0a\x07\x0a\x05x.csv"), "unknown or given twice"},
        {"a file twice", TH_SLICE("\x0a\x0b\x0a\x09rules.csv\x0a\x0b\x0a\x09rules.csv"),
         "unknown or given twice"},
        {"files missing", TH_SLICE("\x0a\x0b\x0a\x09rules.csv"), "does not fit"},
        {"no file", {NULL, 0}, "does not fit"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct th_error error = {0};
        struct th_catalogue *catalogue = th_catalogue_unpack(rows[i].bytes, 1, &error);
        TH_CHECK(rows[i].name, catalogue == NULL && error.status == TH_PERMANENT);
        TH_CHECK(rows[i].name, strstr(error.message, rows[i].want) != NULL);
        th_catalogue_release(&catalogue);
    }
    /* 33 files are more than any version of the format has. */
    TH_CLEANUP_BUFFER struct th_buffer many = {0};
    struct th_error error = {0};
    for (int i = 0; i < 33; i++)
        th_buffer_add(&many, "\x0a\x00", 2);
    TH_CHECK("33 files", th_catalogue_unpack(th_buffer_slice(&many), 1, &error) == NULL);
}

static void test_parts_are_put_together(void)
{
    /* "abcdef" in two parts; each row spoils one thing of the second. */
    enum {
        NOTHING,
        REQUEST,
        VERSION,
        TOTAL,
        GAP,
        OVERLAP,
        TOO_LONG,
        EMPTY,
        NOT_LAST,
        LAST_EARLY,
        NO_DIGEST,
        DIGEST
    };
    static const struct {
        const char *name;
        int spoil;
        enum th_status want;
    } rows[] = {
        {"as sent", NOTHING, TH_OK},
        {"another request", REQUEST, TH_PERMANENT},
        {"another version", VERSION, TH_PERMANENT},
        {"another total", TOTAL, TH_PERMANENT},
        {"a gap", GAP, TH_PERMANENT},
        {"an overlap", OVERLAP, TH_PERMANENT},
        {"longer than the total", TOO_LONG, TH_PERMANENT},
        {"an empty part, which could come for ever", EMPTY, TH_PERMANENT},
        {"whole, and not the last", NOT_LAST, TH_PERMANENT},
        {"last, and bytes are missing", LAST_EARLY, TH_PERMANENT},
        {"no digest", NO_DIGEST, TH_PERMANENT},
        {"another digest", DIGEST, TH_PERMANENT},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct th_catalogue_assembly assembly = {.request_id = 5};
        struct th_error error = {0};
        uint8_t digest[TH_HASH_BYTES];
        Tonghop__V1__CataloguePart part = TONGHOP__V1__CATALOGUE_PART__INIT;
        int spoil = rows[i].spoil;
        th_sha256("abcdef", 6, digest);
        digest[0] ^= spoil == DIGEST;
        part.request_id = 5;
        part.version = 3;
        part.total_bytes = 6;
        part.content = th_bytes(TH_SLICE("abcd"));
        part.digest = th_bytes_of(digest, sizeof(digest));
        TH_CHECK(rows[i].name, th_catalogue_assemble(&assembly, &part, &error) == TH_RETRY);

        part.request_id += spoil == REQUEST;
        part.version += spoil == VERSION;
        part.total_bytes += spoil == TOTAL;
        part.offset = spoil == GAP ? 5 : spoil == OVERLAP ? 3 : 4;
        part.content = th_bytes(spoil == TOO_LONG     ? TH_SLICE("efg")
                                : spoil == EMPTY      ? TH_SLICE("")
                                : spoil == LAST_EARLY ? TH_SLICE("e")
                                                      : TH_SLICE("ef"));
        part.last = spoil != NOT_LAST && spoil != EMPTY;
        if (spoil == NO_DIGEST)
            part.digest.len = 0;
        TH_CHECK(rows[i].name, th_catalogue_assemble(&assembly, &part, &error) == rows[i].want);
        if (rows[i].want == TH_OK)
            TH_CHECK(rows[i].name, th_slice_equals(th_buffer_slice(&assembly.bytes), "abcdef") &&
                                       assembly.version == 3);
        th_catalogue_assembly_free(&assembly);
    }
}

static void test_totals_of_a_catalogue_are_bounded(void)
{
    static const struct {
        const char *name;
        uint64_t total;
        enum th_status want;
    } rows[] = {
        {"64 MiB", (uint64_t)64 << 20, TH_RETRY},
        {"one byte more", ((uint64_t)64 << 20) + 1, TH_PERMANENT},
        {"nothing", 0, TH_PERMANENT},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct th_catalogue_assembly assembly = {.request_id = 5};
        Tonghop__V1__CataloguePart part = TONGHOP__V1__CATALOGUE_PART__INIT;
        part.request_id = 5;
        part.total_bytes = rows[i].total;
        part.content = th_bytes(TH_SLICE("a"));
        TH_CHECK(rows[i].name, th_catalogue_assemble(&assembly, &part, NULL) == rows[i].want);
        th_catalogue_assembly_free(&assembly);
    }
}

static const struct th_test tests[] = {
    {"catalogues come back the same", test_catalogues_come_back_the_same},
    {"bytes that are no catalogue are refused", test_bytes_that_are_no_catalogue_are_refused},
    {"parts of a catalogue are put together", test_parts_are_put_together},
    {"totals of a catalogue are bounded", test_totals_of_a_catalogue_are_bounded},
};

TH_TEST_MAIN("wire catalogues", tests)
