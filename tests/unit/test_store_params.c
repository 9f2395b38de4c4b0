/* PostgreSQL's binary forms (collector/store/params.h), against bytes written by hand
 * from its protocol: big-endian, arrays as dimensions, flags, type, length, bound. */
#include <stdbool.h>

#include "collector/store/params.h"
#include "th_test.h"

static void check_bytes(const char *row, const struct th_params *params, int index,
                        const char *want, size_t want_size)
{
    TH_CHECK(row, params->at[index].length == (int32_t)want_size);
    TH_CHECK(row, memcmp(params->bytes.bytes + params->at[index].offset, want, want_size) == 0);
}

static void test_scalars_are_big_endian(void)
{
    struct th_params params = {0};
    th_param_int4(&params, -2);
    th_param_int8(&params, 258);
    th_param_bool(&params, true);
    th_param_text(&params, "tỉnh");
    th_param_null(&params);
    th_param_instant(&params, INT64_C(946684800000000) + 1);
    check_bytes("int4", &params, 0, "\xff\xff\xff\xfe", 4);
    check_bytes("int8", &params, 1, "\0\0\0\0\0\0\1\2", 8);
    check_bytes("bool", &params, 2, "\1", 1);
    check_bytes("text", &params, 3, "t\xe1\xbb\x89nh", 6);
    TH_CHECK("null", params.at[4].length == -1);
    /* One microsecond after 2000-01-01. */
    check_bytes("instant", &params, 5, "\0\0\0\0\0\0\0\1", 8);
    th_params_free(&params);
}

static void test_an_array_is_header_then_elements(void)
{
    struct th_params params = {0};
    th_param_array_begin(&params, TH_OID_INT4, 2);
    th_put_int4(&params.bytes, 7);
    th_put_null(&params.bytes);
    th_param_array_end(&params);
    check_bytes("int4[]", &params, 0,
                "\0\0\0\1\0\0\0\1\0\0\0\x17\0\0\0\2\0\0\0\1"
                "\0\0\0\4\0\0\0\7\xff\xff\xff\xff",
                32);
    th_params_free(&params);
}

static void test_an_empty_array_has_no_dimension(void)
{
    struct th_params params = {0};
    struct th_array_reader reader;
    th_param_array_begin(&params, TH_OID_TEXT, 0);
    th_param_array_end(&params);
    TH_CHECK("size", params.at[0].length == 12);
    TH_CHECK("opens", th_array_open(&reader, params.bytes.bytes, 12));
    TH_CHECK("count", reader.count == 0);
    th_params_free(&params);
}

static void test_what_was_put_is_read_back(void)
{
    struct th_params params = {0};
    struct th_array_reader reader;
    const char *bytes;
    size_t size;
    th_param_array_begin(&params, TH_OID_INT8, 3);
    th_put_int8(&params.bytes, INT64_MIN);
    th_put_null(&params.bytes);
    th_put_int8(&params.bytes, 999999999999999999);
    th_param_array_end(&params);
    TH_CHECK("opens", th_array_open(&reader, params.bytes.bytes, params.bytes.size));
    TH_CHECK("count", reader.count == 3);
    TH_CHECK("first",
             th_array_next(&reader, &bytes, &size) && size == 8 && th_get_int8(bytes) == INT64_MIN);
    TH_CHECK("second", th_array_next(&reader, &bytes, &size) && !bytes);
    TH_CHECK("third",
             th_array_next(&reader, &bytes, &size) && th_get_int8(bytes) == 999999999999999999);
    TH_CHECK("end", !th_array_next(&reader, &bytes, &size));
    th_params_free(&params);
}

static const struct {
    const char *name, *bytes;
    size_t size;
    bool want_open, want_element;
} damaged[] = {
    {"shorter than a header", "\0\0\0\1\0\0\0\0", 8, false, false},
    {"two dimensions", "\0\0\0\2\0\0\0\0\0\0\0\x17\0\0\0\1\0\0\0\1", 20, false, false},
    /* More elements than the bytes could hold even if all were NULL. */
    {"count beyond the bytes", "\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\2\0\0\0\1\0\0\0\0", 24, false,
     false},
    {"negative count", "\0\0\0\1\0\0\0\0\0\0\0\x17\xff\xff\xff\xff\0\0\0\1", 20, false, false},
    {"element cut off", "\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\1\0\0\0\1\0\0\0\4\0\0", 26, true, false},
};

static void test_a_damaged_array_is_refused(void)
{
    for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
        struct th_array_reader reader;
        const char *bytes;
        size_t size;
        bool opened = th_array_open(&reader, damaged[i].bytes, damaged[i].size);
        TH_CHECK(damaged[i].name, opened == damaged[i].want_open);
        if (opened)
            TH_CHECK(damaged[i].name,
                     th_array_next(&reader, &bytes, &size) == damaged[i].want_element);
    }
}

static void test_infinite_instants_keep_their_ends(void)
{
    char bytes[8] = {(char)0x80};
    TH_CHECK("-infinity", th_get_instant(bytes) == INT64_MIN);
    memset(bytes, 0xff, sizeof(bytes));
    bytes[0] = 0x7f;
    TH_CHECK("infinity", th_get_instant(bytes) == INT64_MAX);
    memset(bytes, 0, sizeof(bytes));
    TH_CHECK("2000-01-01", th_get_instant(bytes) == INT64_C(946684800000000));
}

static const struct th_test tests[] = {
    {"scalars are big-endian", test_scalars_are_big_endian},
    {"an array is a header, then its elements", test_an_array_is_header_then_elements},
    {"an empty array has no dimension", test_an_empty_array_has_no_dimension},
    {"what was put is read back", test_what_was_put_is_read_back},
    {"a damaged array is refused", test_a_damaged_array_is_refused},
    {"infinite instants keep their ends", test_infinite_instants_keep_their_ends},
};

TH_TEST_MAIN("store_params", tests)
