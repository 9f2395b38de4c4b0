#include "common/base/text.h"
#include "th_test.h"

static void utf8_is_checked(void)
{
    static const struct {
        const char *name;
        struct th_slice text;
        bool want;
    } cases[] = {
        {"empty", {NULL, 0}, true},
        {"ascii", TH_SLICE("report"), true},
        {"Vietnamese", TH_SLICE("Hạ Long – sơ kết"), true},
        {"last of two bytes", TH_SLICE("\xdf\xbf"), true},
        {"first of three bytes", TH_SLICE("\xe0\xa0\x80"), true},
        {"before the surrogates", TH_SLICE("\xed\x9f\xbf"), true},
        {"U+10FFFF", TH_SLICE("\xf4\x8f\xbf\xbf"), true},
        {"NUL", TH_SLICE("a\0b"), false},
        {"lone continuation", TH_SLICE("\x80"), false},
        {"overlong slash", TH_SLICE("\xc0\xaf"), false},
        {"overlong U+007F", TH_SLICE("\xc1\xbf"), false},
        {"overlong of three", TH_SLICE("\xe0\x9f\xbf"), false},
        {"overlong of four", TH_SLICE("\xf0\x8f\xbf\xbf"), false},
        {"surrogate", TH_SLICE("\xed\xa0\x80"), false},
        {"beyond U+10FFFF", TH_SLICE("\xf4\x90\x80\x80"), false},
        {"first byte F5", TH_SLICE("\xf5\x80\x80\x80"), false},
        {"cut short", TH_SLICE("Long\xe1\xba"), false},
        {"Windows-1258", TH_SLICE("H\xe1 Long"), false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        TH_CHECK(cases[i].name, th_text_is_utf8(cases[i].text) == cases[i].want);
}

static void length_counts_characters(void)
{
    TH_CHECK("empty", th_text_length((struct th_slice){NULL, 0}) == 0);
    TH_CHECK("Hạ Long", th_text_length(TH_SLICE("Hạ Long")) == 7);
    TH_CHECK("four bytes", th_text_length(TH_SLICE("\xf0\x9f\x98\x80!")) == 2);
}

static void codes_are_plain(void)
{
    static const struct {
        const char *name, *text;
        size_t max;
        bool want;
    } cases[] = {
        {"usual", "ha-long", 64, true},
        {"digits first", "2024_a.b", 64, true},
        {"empty", "", 64, false},
        {"as long as allowed", "abcd", 4, true},
        {"too long", "abcde", 4, false},
        /* a leading dash would read as an option */
        {"dash first", "-ha", 64, false},
        {"dot first", "..", 64, false},
        {"blank", "ha long", 64, false},
        {"slash", "a/b", 64, false},
        {"letter with a mark", "hạ", 64, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        TH_CHECK(cases[i].name,
                 th_text_is_code(th_slice_of(cases[i].text), cases[i].max) == cases[i].want);
}

static void trim_takes_blanks_of_spreadsheets(void)
{
    static const struct {
        const char *name, *text, *want;
    } cases[] = {
        {"nothing to do", "a b", "a b"},
        {"blanks and tabs", " \t a \t", "a"},
        {"no-break spaces", "\xc2\xa0 19,21\xc2\xa0%\xc2\xa0", "19,21\xc2\xa0%"},
        {"only blanks", " \xc2\xa0\t", ""},
        /* U+0420 ends in A0 too: its last byte is no blank */
        {"Cyrillic Er", "\xd0\xa0", "\xd0\xa0"},
        {"line feed stays", "a\n", "a\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        TH_CHECK(cases[i].name,
                 th_slice_equals(th_text_trim(th_slice_of(cases[i].text)), cases[i].want));
    TH_CHECK("NULL", th_text_trim((struct th_slice){NULL, 0}).size == 0);
}

static void lines_are_taken_one_by_one(void)
{
    static const char *const want[] = {"a b", "", "c", "d\re", "f"};
    struct th_slice rest = th_slice_of(" a b\t\n\nc\r\nd\re\n f"), line;
    size_t count = 0;
    while (count < 6 && th_text_take_line(&rest, &line)) {
        TH_CHECK("text", count < 5 && th_slice_equals(line, want[count]));
        count++;
    }
    TH_CHECK("lines", count == 5);
    rest = th_slice_of("a\n");
    TH_CHECK("a line with its end", th_text_take_line(&rest, &line) && th_slice_equals(line, "a"));
    TH_CHECK("nothing behind it", !th_text_take_line(&rest, &line));
}

static void shorten_keeps_whole_characters(void)
{
    static const struct {
        const char *name, *text;
        size_t max, size;
        const char *want;
    } cases[] = {
        {"fits", "Hạ Long", 7, 64, "Hạ Long"},
        {"one too many", "Hạ Long", 6, 64, "Hạ Lo…"},
        {"one character", "Hạ Long", 1, 64, "…"},
        {"none", "Hạ Long", 0, 64, ""},
        /* 8 bytes: 4 for text, 3 for the ellipsis, 1 for NUL; "Hạ" takes 4 */
        {"small room", "Hạ Long", 7, 8, "Hạ…"},
        {"room within a character", "Hạ Long", 7, 7, "H…"},
        {"no room for the ellipsis", "Hạ Long", 7, 3, ""},
        {"empty", "", 5, 64, ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[64] = "unset";
        th_text_shorten(th_slice_of(cases[i].text), cases[i].max, out, cases[i].size);
        TH_CHECK_TEXT(cases[i].name, out, cases[i].want);
    }
}

static void what_is_shown_is_text(void)
{
    static const struct {
        const char *name, *text, *want;
    } cases[] = {
        {"text stays", "Hạ Long\t1\n", "Hạ Long\t1\n"},
        {"cut within a character", "'T\xEF\xBB' is unknown",
         "'T?"
         "?' is unknown"},
        {"cut at the end", "H\xE1\xBA", "H??"},
        {"never UTF-8", "a\xFF\xC0\xAF", "a???"},
        {"a surrogate", "\xED\xA0\x80", "???"},
        {"what terminals obey", "\x1b[2J\x7f\r", "?[2J??"},
        {"control characters of two bytes",
         "a\xC2\x9B"
         "b\xC2\xA0",
         "a??b\xC2\xA0"},
        {"empty", "", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[64];
        snprintf(text, sizeof(text), "%s", cases[i].text);
        th_text_make_showable(text);
        TH_CHECK_TEXT(cases[i].name, text, cases[i].want);
    }
}

static void hexadecimal_both_ways(void)
{
    static const uint8_t bytes[] = {0x00, 0x1f, 0xa0, 0xff};
    char out[9];
    uint8_t back[4];
    th_text_to_hex(bytes, 4, out);
    TH_CHECK_TEXT("to", out, "001fa0ff");
    TH_CHECK("from",
             th_text_from_hex(TH_SLICE("001Fa0fF"), back, 4) && memcmp(back, bytes, 4) == 0);
    TH_CHECK("too short", !th_text_from_hex(TH_SLICE("001fa0f"), back, 4));
    TH_CHECK("too long", !th_text_from_hex(TH_SLICE("001fa0ff00"), back, 4));
    TH_CHECK("not a digit", !th_text_from_hex(TH_SLICE("001fa0fg"), back, 4));
}

static void uuid_both_ways(void)
{
    static const uint8_t id[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                   0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};
    char out[37];
    uint8_t back[16];
    th_text_uuid(id, out);
    TH_CHECK_TEXT("format", out, "01234567-89ab-cdef-fedc-ba9876543210");
    TH_CHECK("parse", th_text_parse_uuid(th_slice_of(out), back) && memcmp(back, id, 16) == 0);

    static const char *const malformed[] = {"",
                                            "01234567-89ab-cdef-fedc-ba987654321",
                                            "01234567-89ab-cdef-fedc-ba98765432100",
                                            "0123456789ab-cdef-fedc-ba9876543210----",
                                            "01234567_89ab-cdef-fedc-ba9876543210",
                                            "01234567-89ab-cdef-fedc-ba987654321g",
                                            "{1234567-89ab-cdef-fedc-ba987654321}"};
    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
        TH_CHECK(malformed[i], !th_text_parse_uuid(th_slice_of(malformed[i]), back));
}

static void what_steers_is_not_shown(void)
{
    static const struct {
        const char *name, *text, *want;
    } cases[] = {
        {"plain", "Huyện Ba Chẽ\t–\n", NULL},
        {"nothing", "", NULL},
        {"escape", "a\x1b[2Jb", "a\uFFFD[2Jb"},
        {"an override", "\u202egnorw\u202c", "\uFFFDgnorw\uFFFD"},
        {"the return of a line end", "a\r\nb", "a\nb"},
        {"a return alone", "a\r", "a\uFFFD"},
        {"no UTF-8", "a\xff\x62", "a\uFFFDb"},
    };
    struct th_arena *arena = th_arena_create(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *safe = th_text_safe(cases[i].text, arena);
        TH_CHECK_TEXT(cases[i].name, safe, cases[i].want ? cases[i].want : cases[i].text);
        TH_CHECK(cases[i].name, (safe == cases[i].text) == (cases[i].want == NULL));
    }
    th_arena_destroy(&arena);
}

static const struct th_test tests[] = {
    {"UTF-8 is checked", utf8_is_checked},
    {"length counts characters", length_counts_characters},
    {"codes are plain", codes_are_plain},
    {"trim takes the blanks of spreadsheets", trim_takes_blanks_of_spreadsheets},
    {"lines are taken one by one", lines_are_taken_one_by_one},
    {"shorten keeps whole characters", shorten_keeps_whole_characters},
    {"what is shown is text", what_is_shown_is_text},
    {"hexadecimal both ways", hexadecimal_both_ways},
    {"UUID both ways", uuid_both_ways},
    {"what steers is not shown", what_steers_is_not_shown},
};
TH_TEST_MAIN("base/text", tests)
