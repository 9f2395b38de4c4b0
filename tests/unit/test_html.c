/* Text into HTML: nothing that people write may become markup or steer what others read. */
#include <stdbool.h>

#include "tests/unit/th_test.h"

#include "common/render/html.h"

#define BAD "\xEF\xBF\xBD" /* U+FFFD */

static void text_stays_text(void)
{
    static const struct {
        const char *name, *text, *want;
    } cases[] = {
        {"nothing", "", ""},
        {"plain", "Huyện Ba Chẽ", "Huyện Ba Chẽ"},
        {"markup", "<script>\"a\" & 'b'</script>",
         "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;"},
        {"an entity is escaped too", "&lt;", "&amp;lt;"},
        {"tab and line end", "a\tb\nc", "a\tb\nc"},
        {"the return of a line end says nothing", "a\r\nb", "a\nb"},
        {"a return alone", "a\rb", "a" BAD "b"},
        {"escape, delete and a C1 control", "\x1b\x7f\xc2\x85", BAD BAD BAD},
        {"a directional override", "\u202egnorw\u202c", BAD "gnorw" BAD},
        {"isolates and marks", "\u2066a\u2069\u200e\u061c", BAD "a" BAD BAD BAD},
        {"line separators", "a\u2028b\u2029c", "a" BAD "b" BAD "c"},
        {"a byte-order mark and a tag character", "\ufeff\U000E0041", BAD BAD},
        /* Two characters of one picture are joined by it; it steers nothing else. */
        {"a joiner", "\u200d", "\u200d"},
        {"a dash and a no-break space", "–\u00a0%", "–\u00a0%"},
        {"beyond the basic plane", "\U0001F642", "\U0001F642"},
        {"a byte that is no UTF-8", "a\xff\x62", "a" BAD "b"},
        {"a lone continuation", "\x80", BAD},
        {"cut off", "a\xe1\xbb", "a" BAD BAD},
        {"an overlong slash", "\xc0\xaf", BAD BAD},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_buffer out = {0};
        th_buffer_add_text(&out, "");
        th_html_text(&out, th_slice_of(cases[i].text));
        TH_CHECK_TEXT(cases[i].name, out.bytes, cases[i].want);
        th_buffer_free(&out);
    }
    struct th_buffer out = {0};
    th_html_text(&out, (struct th_slice){"a\0b", 3});
    TH_CHECK_TEXT("a NUL", out.bytes, "a" BAD "b");
    th_buffer_free(&out);
}

static void lines_are_paragraphs(void)
{
    static const struct {
        const char *name, *text, *want;
    } cases[] = {
        {"one", "a < b", "<p>a &lt; b</p>"},
        {"two", "a\nb", "<p>a</p><p>b</p>"},
        {"blank lines are left out", "\n a \r\n\n  \nb\n", "<p>a</p><p>b</p>"},
        {"nothing", " \n ", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_buffer out = {0};
        th_buffer_add_text(&out, "");
        th_html_paragraphs(&out, th_slice_of(cases[i].text), "<p>", "</p>");
        TH_CHECK_TEXT(cases[i].name, out.bytes, cases[i].want);
        th_buffer_free(&out);
    }
}

static const struct th_test tests[] = {
    {"text stays text", text_stays_text},
    {"lines are paragraphs", lines_are_paragraphs},
};
TH_TEST_MAIN("html", tests)
