/* Reports and problems as messages. The bytes of the sample report were
 * made by protoc, not by this program:
 *   protoc -Iproto --encode=tonghop.v1.Report tonghop/v1/tonghop.proto < sample.txt
 * where sample.txt is the report of sample_report() in protobuf's text form.
 * Malformed reports are written byte by byte from the encoding's specification. */
#include "common/base/text.h"
#include "common/wire/message.h"
#include "tests/unit/th_test.h"

#define SAMPLE                                                                                     \
    "0a1000112233445546778899aabbccddeeff120a7175616e672d6e696e681a03"                             \
    "313933220c6a6f696e742d6167656e63792a07323032342d3033300238074080"                             \
    "f0fec9beaa85034a1e0a0e6a6f696e742d6d656574696e677312020806420867"                             \
    "6869206368c3ba4a1b0a0c73746166662d66696c6c65641a0b0a020830120508"                             \
    "ea0310014a0e0a06726174696e672204676f6f644a1a0a08636f6d6d756e6573"                             \
    "2a0e0a0530363634390a0530363635324a150a0573746f7279320c54e1bb956e"                             \
    "672068e1bba3704a0d0a046c6f7373120508f90110024a0c0a046e6f6e653a04"                             \
    "0a026e6f4a090a05656d7074792a004a080a047a65726f1200523b0a0531352f"                             \
    "4243120a323032342d30342d30351a0455424e44222030313233343536373839"                             \
    "61626364656630313233343536373839616263646566"

/* What every test needs: an arena, a report, a list of problems. */
struct desk {
    struct th_arena *arena;
    struct th_report report;
    struct th_problem_list problems;
};

static struct desk open_desk(size_t limit)
{
    struct desk desk = {.arena = th_arena_create(limit)};
    desk.problems.arena = desk.arena;
    return desk;
}

static void add_hex(struct th_buffer *out, const char *hex)
{
    struct th_slice text = th_slice_of(hex);
    th_buffer_reserve(out, text.size / 2);
    if (!th_text_from_hex(text, (uint8_t *)out->bytes + out->size, text.size / 2))
        CU_FAIL_FATAL("the test's own hexadecimal is wrong");
    out->size += text.size / 2;
}

static struct th_report sample_report(void)
{
    static struct th_slice communes[] = {{"06649", 5}, {"06652", 5}};
    static struct th_observation observations[9];
    const struct th_observation content[9] = {
        {.criterion_code = TH_SLICE("joint-meetings"),
         .answer = TH_ANSWER_NUMBER,
         .has_num = true,
         .number = {3, 0},
         .note = TH_SLICE("ghi chú")},
        /* 24.00 and 24.50 are sent as 24 and 24.5. */
        {.criterion_code = TH_SLICE("staff-filled"),
         .answer = TH_ANSWER_RATIO,
         .has_num = true,
         .has_den = true,
         .number = {2400, 2},
         .den = {2450, 2}},
        {.criterion_code = TH_SLICE("rating"),
         .answer = TH_ANSWER_CHOICE,
         .text = TH_SLICE("good")},
        {.criterion_code = TH_SLICE("communes"),
         .answer = TH_ANSWER_COMMUNES,
         .communes = communes,
         .commune_count = 2},
        {.criterion_code = TH_SLICE("story"),
         .answer = TH_ANSWER_TEXT,
         .text = TH_SLICE("Tổng hợp")},
        {.criterion_code = TH_SLICE("loss"),
         .answer = TH_ANSWER_NUMBER,
         .has_num = true,
         .number = {-125, 2}},
        {.criterion_code = TH_SLICE("none"),
         .answer = TH_ANSWER_NOT_APPLICABLE,
         .text = TH_SLICE("no")},
        {.criterion_code = TH_SLICE("empty"), .answer = TH_ANSWER_COMMUNES},
        {.criterion_code = TH_SLICE("zero"), .answer = TH_ANSWER_NUMBER, .has_num = true},
    };
    struct th_report report = {
        .province = TH_SLICE("quang-ninh"),
        .district_code = TH_SLICE("193"),
        .form_code = TH_SLICE("joint-agency"),
        .period_text = TH_SLICE("2024-03"),
        .revision = 2,
        .catalogue_version = 7,
        .prepared_at_us = 1712300000000000,
        .document_number = TH_SLICE("15/BC"),
        .document_date = TH_SLICE("2024-04-05"),
        .signing_office = TH_SLICE("UBND"),
        .has_document = true,
        .has_document_digest = true,
        .observations = observations,
        .observation_count = 9,
    };
    memcpy(observations, content, sizeof(content));
    memcpy(report.id, "\x00\x11\x22\x33\x44\x55\x46\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);
    memcpy(report.document_digest, "0123456789abcdef0123456789abcdef", 32);
    return report;
}

static void test_packing_gives_protoc_bytes(void)
{
    TH_CLEANUP_BUFFER struct th_buffer got = {0}, want = {0};
    struct th_report report = sample_report();
    add_hex(&want, SAMPLE);
    th_buffer_add_text(&got, "kept");
    th_report_pack(&report, &got);
    TH_CHECK("what was there stays", got.size > 4 && memcmp(got.bytes, "kept", 4) == 0);
    struct th_slice added = {got.bytes + 4, got.size - 4};
    TH_CHECK("sample", th_slice_same(added, th_buffer_slice(&want)));
    /* The report itself is not normalised in place. */
    TH_CHECK("report untouched", report.observations[1].number.unscaled == 2400);
}

static void check_observation(const char *row, const struct th_observation *got,
                              const struct th_observation *want)
{
    TH_CHECK(row, th_slice_same(got->criterion_code, want->criterion_code));
    TH_CHECK(row, got->answer == want->answer);
    TH_CHECK(row, got->has_num == want->has_num && got->has_den == want->has_den);
    TH_CHECK(row, th_decimal_compare(got->number, want->number) == 0);
    TH_CHECK(row, th_decimal_compare(got->den, want->den) == 0);
    TH_CHECK(row, th_slice_same(got->text, want->text));
    TH_CHECK(row, th_slice_same(got->note, want->note));
    TH_CHECK(row, got->commune_count == want->commune_count);
    for (size_t i = 0; i < want->commune_count && i < got->commune_count; i++)
        TH_CHECK(row, th_slice_same(got->communes[i], want->communes[i]));
}

static void test_unpacking_gives_every_field_back(void)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    struct desk desk = open_desk(TH_WIRE_ARENA_LIMIT);
    struct th_report want = sample_report();
    const struct th_report *got = &desk.report;
    add_hex(&bytes, SAMPLE);
    TH_CHECK("taken",
             th_report_unpack(th_buffer_slice(&bytes), desk.arena, &desk.report, &desk.problems));
    TH_CHECK("no problem", desk.problems.count == 0);
    TH_CHECK("id", memcmp(got->id, want.id, 16) == 0);
    TH_CHECK("province", th_slice_same(got->province, want.province));
    TH_CHECK("district", th_slice_same(got->district_code, want.district_code));
    TH_CHECK("form", th_slice_same(got->form_code, want.form_code));
    TH_CHECK("period", th_slice_same(got->period_text, want.period_text));
    TH_CHECK("revision", got->revision == 2);
    TH_CHECK("catalogue version", got->catalogue_version == 7);
    TH_CHECK("prepared at", got->prepared_at_us == 1712300000000000);
    TH_CHECK("document", got->has_document && got->has_document_digest);
    TH_CHECK("number", th_slice_same(got->document_number, want.document_number));
    TH_CHECK("date", th_slice_same(got->document_date, want.document_date));
    TH_CHECK("office", th_slice_same(got->signing_office, want.signing_office));
    TH_CHECK("digest", memcmp(got->document_digest, want.document_digest, 32) == 0);
    TH_CHECK("observations", got->observation_count == 9);
    for (size_t i = 0; i < 9 && i < got->observation_count; i++)
        check_observation(want.observations[i].criterion_code.bytes, &got->observations[i],
                          &want.observations[i]);
    TH_CHECK("normalised", got->observations[1].den.unscaled == 245);
    TH_CHECK("normalised", got->observations[1].den.scale == 1);
    th_arena_destroy(&desk.arena);
}

/* Field 1 with the id of the sample; most malformed rows begin with it. */
#define ID "0a1000112233445546778899aabbccddeeff"

static void test_what_cannot_be_judged_is_named(void)
{
    static const struct {
        const char *name, *hex;
        bool want_id;
        const char *want_code, *want_criterion, *want_value, *want_limit;
    } rows[] = {
        {"no report message: a field that ends behind the bytes", ID "1205717561", true,
         "report.malformed", "", "", ""},
        {"garbage", "ffffffffffffffffffffff", false, "report.malformed", "", "", ""},
        {"a group, which proto3 has not", ID "0b", true, "report.malformed", "", "", ""},
        {"no id", "1a03313933", false, "report.malformed", "", "report_id", ""},
        {"id of 15 bytes", "0a0f00112233445546778899aabbccddee", false, "report.malformed", "",
         "report_id", ""},
        {"id of 17 bytes", "0a1100112233445546778899aabbccddeeff00", false, "report.malformed", "",
         "report_id", ""},
        {"province is not UTF-8", ID "1201ff", true, "report.malformed", "", "province", ""},
        {"district holds NUL", ID "1a03310033", true, "report.malformed", "", "district", ""},
        {"form is an overlong form", ID "2202c080", true, "report.malformed", "", "form", ""},
        {"period is a surrogate", ID "2a03eda080", true, "report.malformed", "", "period", ""},
        {"catalogue version over 2^63", ID "3880808080808080808001", true, "report.malformed", "",
         "catalogue_version", ""},
        {"criterion is not UTF-8", ID "4a050a01fe1200", true, "report.malformed", "",
         "observation.criterion", ""},
        {"no answer", ID "4a030a0163", true, "report.malformed", "c", "observation.answer", ""},
        /* Field 15 of an observation is unknown today, and may be an answer one day. */
        {"an answer of a later version", ID "4a050a01637a00", true, "report.malformed", "c",
         "observation.answer", ""},
        {"no observation field at all", ID "4a00", true, "report.malformed", "",
         "observation.answer", ""},
        /* zigzag(10^18) = 2 * 10^18, as a varint 8080a0f6f4acdbe01b. */
        {"19 digits", ID "4a0f0a0163120a088080a0f6f4acdbe01b", true, "value.malformed", "c",
         "1000000000000000000e-0", "1234.5"},
        /* zigzag of the least number is 2^64 - 1. */
        {"least 64-bit number", ID "4a100a0163120b08ffffffffffffffffff01", true, "value.malformed",
         "c", "-9223372036854775808e-0", "1234.5"},
        {"10 decimals", ID "4a090a016312040802100a", true, "value.malformed", "c", "1e-10",
         "1234.5"},
        {"scale that would wrap to 0 in 8 bits", ID "4a0a0a016312050802108002", true,
         "value.malformed", "c", "1e-256", "1234.5"},
        {"denominator out of range", ID "4a0b0a01631a0612040802100a", true, "value.malformed", "c",
         "1e-10", "1234.5"},
        {"narrative is not UTF-8", ID "4a060a01633201ff", true, "text.not_utf8", "c", "", "text"},
        {"choice is not UTF-8", ID "4a060a01632201ff", true, "text.not_utf8", "c", "", "choice"},
        {"commune is not UTF-8", ID "4a080a01632a030a01ff", true, "text.not_utf8", "c", "",
         "communes"},
        {"reason is not UTF-8", ID "4a080a01633a030a01ff", true, "text.not_utf8", "c", "",
         "reason"},
        {"note is not UTF-8", ID "4a080a016312004201ff", true, "text.not_utf8", "c", "", "note"},
        {"document number is not UTF-8", ID "52030a01ff", true, "text.not_utf8", "", "",
         "document.number"},
        {"document date is not UTF-8", ID "52031201ff", true, "text.not_utf8", "", "",
         "document.date"},
        {"signing office is not UTF-8", ID "52031a01ff", true, "text.not_utf8", "", "",
         "document.signing_office"},
        {"digest of 1 byte", ID "5203220100", true, "report.malformed", "", "document.digest", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
        struct desk desk = open_desk(TH_WIRE_ARENA_LIMIT);
        add_hex(&bytes, rows[i].hex);
        TH_CHECK(rows[i].name, !th_report_unpack(th_buffer_slice(&bytes), desk.arena, &desk.report,
                                                 &desk.problems));
        TH_CHECK(rows[i].name,
                 (memcmp(desk.report.id, bytes.bytes + 2, 16) == 0) == rows[i].want_id);
        TH_CHECK(rows[i].name, desk.problems.count == 1 && desk.problems.errors == 1);
        if (desk.problems.count == 1) {
            TH_CHECK_TEXT(rows[i].name, desk.problems.problems[0].code, rows[i].want_code);
            TH_CHECK_TEXT(rows[i].name, desk.problems.problems[0].criterion,
                          rows[i].want_criterion);
            TH_CHECK_TEXT(rows[i].name, desk.problems.problems[0].value, rows[i].want_value);
            TH_CHECK_TEXT(rows[i].name, desk.problems.problems[0].limit, rows[i].want_limit);
        }
        th_arena_destroy(&desk.arena);
    }
}

static void test_what_only_looks_odd_is_taken(void)
{
    static const struct {
        const char *name, *hex;
        size_t want_observations;
    } rows[] = {
        {"no observation", ID, 0},
        {"unknown fields, of every wire type",
         ID "f80101f9010102030405060708fa0102aabbfd0101020304", 0},
        {"largest and smallest decimal",
         /* zigzag of +-(10^18 - 1): 1999999999999999998 and ...997. */
         ID "4a0f0a0163120a08feff9ff6f4acdbe01b"
            "4a0f0a0163120a08fdff9ff6f4acdbe01b",
         2},
        /* Both parts missing is for validation to judge. */
        {"a ratio without parts", ID "4a050a01631a00", 1},
        {"an empty choice", ID "4a050a01632200", 1},
        {"two answers: the last counts", ID "4a0a0a016312020806320178", 1},
        {"a document without anything", ID "5200", 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
        struct desk desk = open_desk(TH_WIRE_ARENA_LIMIT);
        add_hex(&bytes, rows[i].hex);
        TH_CHECK(rows[i].name, th_report_unpack(th_buffer_slice(&bytes), desk.arena, &desk.report,
                                                &desk.problems));
        TH_CHECK(rows[i].name, desk.problems.count == 0);
        TH_CHECK(rows[i].name, desk.report.observation_count == rows[i].want_observations);
        th_arena_destroy(&desk.arena);
    }
}

static void test_limits_are_exact(void)
{
    static const struct {
        const char *name;
        size_t observations, padding_to; /* bytes that an unknown field fills up to */
        bool want;
        const char *want_value, *want_limit;
    } rows[] = {
        {"most observations", 2000, 0, true, "", ""},
        {"one observation more", 2001, 0, false, "2001 observations", "2000"},
        {"most bytes", 1, TH_REPORT_BYTES_MAX, true, "", ""},
        {"one byte more", 1, TH_REPORT_BYTES_MAX + 1, false, "131073 bytes", "131072 bytes"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
        struct desk desk = open_desk(TH_WIRE_ARENA_LIMIT);
        for (size_t n = 0; n < rows[i].observations; n++)
            add_hex(&bytes, "4a050a01631200");
        /* Field 31 of bytes, its size in three bytes, and the id behind it. */
        if (rows[i].padding_to) {
            size_t size = rows[i].padding_to - bytes.size - 5 - 18;
            add_hex(&bytes, "fa01");
            th_buffer_add_char(&bytes, (char)(0x80 | (size & 0x7F)));
            th_buffer_add_char(&bytes, (char)(0x80 | (size >> 7 & 0x7F)));
            th_buffer_add_char(&bytes, (char)(size >> 14));
            for (; size > 0; size--)
                th_buffer_add_char(&bytes, 'x');
        }
        add_hex(&bytes, ID);
        if (rows[i].padding_to)
            TH_CHECK(rows[i].name, bytes.size == rows[i].padding_to);
        TH_CHECK(rows[i].name, th_report_unpack(th_buffer_slice(&bytes), desk.arena, &desk.report,
                                                &desk.problems) == rows[i].want);
        TH_CHECK(rows[i].name, desk.report.id[15] == 0xFF);
        if (!rows[i].want && desk.problems.count == 1) {
            TH_CHECK_TEXT(rows[i].name, desk.problems.problems[0].code, "report.too_large");
            TH_CHECK_TEXT(rows[i].name, desk.problems.problems[0].value, rows[i].want_value);
            TH_CHECK_TEXT(rows[i].name, desk.problems.problems[0].limit, rows[i].want_limit);
        }
        TH_CHECK(rows[i].name, desk.problems.count == (rows[i].want ? 0 : 1));
        th_arena_destroy(&desk.arena);
    }
}

static void test_all_problems_are_told_at_once(void)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    struct desk desk = open_desk(TH_WIRE_ARENA_LIMIT);
    add_hex(&bytes, "1201ff"
                    "4a030a0163"
                    "4a090a016312040802100a"
                    "52031201ff");
    TH_CHECK("refused",
             !th_report_unpack(th_buffer_slice(&bytes), desk.arena, &desk.report, &desk.problems));
    /* report_id, province, the answer, the decimal, the document's date */
    TH_CHECK("five", desk.problems.errors == 5);
    TH_CHECK_TEXT("codes", th_problem_error_codes(&desk.problems),
                  "report.malformed,text.not_utf8,value.malformed");
    th_arena_destroy(&desk.arena);
}

static void test_earlier_problems_do_not_count(void)
{
    struct desk desk = open_desk(TH_WIRE_ARENA_LIMIT);
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    add_hex(&bytes, SAMPLE);
    th_problem_add(&desk.problems, "report.malformed", "", TH_SLICE("another"), "", 0, 0);
    TH_CHECK("taken",
             th_report_unpack(th_buffer_slice(&bytes), desk.arena, &desk.report, &desk.problems));
    th_arena_destroy(&desk.arena);
}

static void test_decoding_stops_at_the_arena_limit(void)
{
    /* 2 bytes of message make some 100 of memory: an empty submitted report each. */
    enum { REPORTS = 40000 };
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    add_hex(&bytes, "1a80f104"); /* field submit, 2 * 40,000 bytes */
    for (size_t i = 0; i < REPORTS; i++)
        add_hex(&bytes, "1200");
    struct desk small = open_desk(64 * 1024), large = open_desk(TH_WIRE_ARENA_LIMIT);
    TH_CHECK("64 KiB", th_client_message_decode(th_buffer_slice(&bytes), small.arena) == NULL);
    TH_CHECK("stays within", th_arena_used(small.arena) <= 64 * 1024 + 16);
    const Tonghop__V1__ClientMessage *message =
        th_client_message_decode(th_buffer_slice(&bytes), large.arena);
    TH_CHECK("8 MiB", message && message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT &&
                          message->submit->n_report == REPORTS);
    th_arena_destroy(&small.arena);
    th_arena_destroy(&large.arena);
}

static void test_messages_come_back(void)
{
    TH_CLEANUP_BUFFER struct th_buffer client_bytes = {0}, server_bytes = {0};
    struct desk desk = open_desk(TH_WIRE_ARENA_LIMIT);
    Tonghop__V1__ClientMessage client = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    Tonghop__V1__Hello hello = TONGHOP__V1__HELLO__INIT;
    hello.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    hello.software = th_bytes(TH_SLICE("test 1"));
    hello.sequence = 300;
    client.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO;
    client.hello = &hello;
    th_client_message_encode(&client, &client_bytes);
    /* Hello is field 1: version 1, "test 1", sequence 300 = ac02. */
    TH_CHECK("bytes of Hello",
             th_slice_same(th_buffer_slice(&client_bytes),
                           TH_SLICE("\x0a\x0d\x08\x01\x12\x06test 1\x20\xac\x02")));
    const Tonghop__V1__ClientMessage *got =
        th_client_message_decode(th_buffer_slice(&client_bytes), desk.arena);
    TH_CHECK("Hello", got && got->body_case == client.body_case && got->hello->sequence == 300 &&
                          th_slice_equals(th_bytes_slice(got->hello->software), "test 1"));

    Tonghop__V1__ServerMessage server = TONGHOP__V1__SERVER_MESSAGE__INIT;
    Tonghop__V1__Busy busy = TONGHOP__V1__BUSY__INIT;
    busy.batch_id = 9;
    busy.retry_after_ms = 250;
    server.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_BUSY;
    server.busy = &busy;
    th_server_message_encode(&server, &server_bytes);
    const Tonghop__V1__ServerMessage *answer =
        th_server_message_decode(th_buffer_slice(&server_bytes), desk.arena);
    TH_CHECK("Busy", answer && answer->body_case == server.body_case &&
                         answer->busy->batch_id == 9 && answer->busy->retry_after_ms == 250);
    TH_CHECK("garbage", !th_server_message_decode(TH_SLICE("\xff\xff"), desk.arena));
    TH_CHECK("garbage", !th_client_message_decode(TH_SLICE("\x0a\x05x"), desk.arena));
    got = th_client_message_decode((struct th_slice){0}, desk.arena);
    TH_CHECK("nothing at all", got && got->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY__NOT_SET);
    th_arena_destroy(&desk.arena);
}

static void test_text_of_a_field(void)
{
    static const struct {
        const char *name;
        struct th_slice bytes;
        size_t max;
        const char *want; /* NULL: refused */
    } rows[] = {
        {"plain", TH_SLICE("193"), 32, "193"},
        {"empty", {NULL, 0}, 32, ""},
        {"as long as may be", TH_SLICE("Đông"), 6, "Đông"},
        {"one byte longer", TH_SLICE("Đông"), 5, NULL},
        {"NUL inside", TH_SLICE("1\0003"), 32, NULL},
        {"not UTF-8", TH_SLICE("\xff"), 32, NULL},
    };
    struct desk desk = open_desk(4096);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = th_bytes_text(th_bytes(rows[i].bytes), rows[i].max, desk.arena);
        if (rows[i].want)
            TH_CHECK_TEXT(rows[i].name, got, rows[i].want);
        else
            TH_CHECK(rows[i].name, got == NULL);
    }
    th_arena_destroy(&desk.arena);
}

static void test_problems_travel_in_the_language_asked_for(void)
{
    struct desk desk = open_desk(TH_WIRE_ARENA_LIMIT);
    th_problem_add(&desk.problems, "criterion.unknown", "staff", TH_SLICE("staff"), "", 0, 0);
    th_problem_add(&desk.problems, "criterion.required", "story", TH_SLICE(""), "", 0, 0);
    const char *languages[] = {"vi", "en"};
    for (size_t l = 0; l < 2; l++) {
        Tonghop__V1__Problem **wire = th_problems_to_wire(&desk.problems, languages[l], desk.arena);
        for (size_t i = 0; wire && i < 2; i++) {
            const struct th_problem *problem = &desk.problems.problems[i];
            TH_CHECK(problem->code, th_slice_equals(th_bytes_slice(wire[i]->code), problem->code));
            TH_CHECK(problem->code,
                     th_slice_equals(th_bytes_slice(wire[i]->criterion), problem->criterion));
            TH_CHECK(problem->code,
                     th_slice_equals(th_bytes_slice(wire[i]->value), problem->value));
            TH_CHECK(problem->code, th_slice_equals(th_bytes_slice(wire[i]->message),
                                                    l ? problem->message_en : problem->message_vi));
        }
        TH_CHECK("error", wire && wire[0]->severity == TONGHOP__V1__SEVERITY__SEVERITY_ERROR);
        TH_CHECK("warning", wire && wire[1]->severity == TONGHOP__V1__SEVERITY__SEVERITY_WARNING);
    }
    struct th_problem_list none = {.arena = desk.arena};
    TH_CHECK("none", th_problems_to_wire(&none, "en", desk.arena) != NULL);
    th_arena_destroy(&desk.arena);
}

static const struct th_test tests[] = {
    {"packing a report gives protoc's bytes", test_packing_gives_protoc_bytes},
    {"unpacking gives every field back", test_unpacking_gives_every_field_back},
    {"what cannot be judged is named", test_what_cannot_be_judged_is_named},
    {"what only looks odd is taken", test_what_only_looks_odd_is_taken},
    {"limits are exact", test_limits_are_exact},
    {"all problems are told at once", test_all_problems_are_told_at_once},
    {"earlier problems of the list do not count", test_earlier_problems_do_not_count},
    {"decoding stops at the arena's limit", test_decoding_stops_at_the_arena_limit},
    {"messages come back", test_messages_come_back},
    {"a field's text is UTF-8 of bounded size", test_text_of_a_field},
    {"problems travel in the language asked for", test_problems_travel_in_the_language_asked_for},
};

TH_TEST_MAIN("wire messages", tests)
