#include "tests/unit/report_fixture.h"

#define DOCS TONGHOP_EXAMPLES "/../docs/problems.md"

/* What one problem becomes, in both languages. */
struct message_case {
    const char *name, *code, *criterion, *value, *limit;
    const char *want_value, *want_limit, *want_vi, *want_en;
};

static const struct message_case messages[] = {
    {"placeholders", "value.out_of_range", "score", "120", "0..100", "120", "0..100",
     "Giá trị 120 của chỉ tiêu score nằm ngoài khoảng cho phép (0..100).",
     "The value 120 of score is outside what is allowed (0..100)."},
    /* A part in brackets vanishes with what it would show. */
    {"part left out", "period.malformed", "", "tháng 3", "", "tháng 3", "",
     "Kỳ báo cáo “tháng 3” không hợp lệ.", "The period \"tháng 3\" is not valid."},
    {"part shown", "period.malformed", "", "x", "2024-03", "x", "2024-03",
     "Kỳ báo cáo “x” không hợp lệ; biểu này cần kỳ dạng 2024-03.",
     "The period \"x\" is not valid; this form takes periods such as 2024-03."},
    /* Vietnamese readers see 15/05/2024; the limit itself keeps the plain form. */
    {"day", "period.locked", "", "2024-03", "2024-05-15", "2024-03", "2024-05-15",
     "Kỳ báo cáo 2024-03 đã khóa sau ngày 15/05/2024. Hãy đề nghị cấp tỉnh mở khóa rồi gửi lại.",
     "The period 2024-03 was locked after 2024-05-15. Ask the province to unlock it, then send "
     "it again."},
    /* A value may not pose as a placeholder. */
    {"no second filling", "form.unknown", "", "{limit}[{criterion}]", "secret",
     "{limit}[{criterion}]", "secret",
     "Danh mục không có biểu “{limit}[{criterion}]”. Hãy kiểm tra lại mã biểu hoặc cập nhật danh "
     "mục.",
     "The catalogue has no form \"{limit}[{criterion}]\". Check its code, or update the "
     "catalogue."},
    /* Escape sequences, broken UTF-8 and marks of direction must not reach a screen. */
    {"unsafe bytes", "form.unknown", "",
     "a\x1b[2J\xff\xe2\x80\xae"
     "b\nc",
     "", "a?[2J??b c", "",
     "Danh mục không có biểu “a?[2J??b c”. Hãy kiểm tra lại mã biểu hoặc cập nhật danh mục.",
     "The catalogue has no form \"a?[2J??b c\". Check its code, or update the catalogue."},
};

static void messages_are_filled(void)
{
    for (size_t i = 0; i < COUNT(messages); i++) {
        const struct message_case *c = &messages[i];
        struct th_problem_list list = {.arena = th_arena_create(0)};
        th_problem_add(&list, c->code, c->criterion, th_slice_of(c->value), c->limit, 7, 3);
        TH_CHECK(c->name, list.count == 1);
        const struct th_problem *problem = &list.problems[0];
        TH_CHECK_TEXT(c->name, problem->code, c->code);
        TH_CHECK_TEXT(c->name, problem->criterion, c->criterion);
        TH_CHECK_TEXT(c->name, problem->value, c->want_value);
        TH_CHECK_TEXT(c->name, problem->limit, c->want_limit);
        TH_CHECK_TEXT(c->name, th_problem_message(problem, "vi"), c->want_vi);
        TH_CHECK_TEXT(c->name, th_problem_message(problem, "en"), c->want_en);
        TH_CHECK_TEXT(c->name, th_problem_message(problem, NULL), c->want_vi);
        TH_CHECK(c->name, problem->line == 7 && problem->column == 3);
        th_arena_destroy(&list.arena);
    }
}

static void values_are_shortened_to_200_characters(void)
{
    struct th_problem_list list = {.arena = th_arena_create(0)};
    TH_CLEANUP_BUFFER struct th_buffer value = {0};
    TH_CLEANUP_BUFFER struct th_buffer want = {0};
    for (int i = 0; i < 200; i++)
        th_buffer_add_text(&value, "ộ");
    th_problem_add(&list, "form.unknown", "", th_buffer_slice(&value), NULL, 0, 0);
    TH_CHECK_TEXT("200 characters stay", list.problems[0].value, value.bytes);
    for (int i = 0; i < 199; i++)
        th_buffer_add_text(&want, "ộ");
    th_buffer_add_text(&want, "…");
    th_buffer_add_text(&value, "ộ");
    th_problem_add(&list, "form.unknown", NULL, th_buffer_slice(&value), NULL, 0, 0);
    TH_CHECK_TEXT("201 are shortened", list.problems[1].value, want.bytes);
    th_arena_destroy(&list.arena);
}

static void errors_and_warnings_are_counted(void)
{
    struct th_problem_list list = {.arena = th_arena_create(0)};
    TH_CHECK_TEXT("none", th_problem_error_codes(&list), "");
    th_problem_add(&list, "value.negative", "b", TH_SLICE("-1"), ">= 0", 0, 0);
    th_problem_add(&list, "criterion.required", "c", (struct th_slice){0}, "", 0, 0);
    th_problem_add(&list, "choice.unknown", "a", TH_SLICE("x"), "yes, no", 0, 0);
    th_problem_add(&list, "value.negative", "d", TH_SLICE("-2"), ">= 0", 0, 0);
    th_problem_add_rule(&list, "agrees", TH_SEVERITY_ERROR, "a", TH_SLICE("35"), "<= 33", "Vượt",
                        "Over");
    th_problem_add_rule(&list, "soft", TH_SEVERITY_WARNING, "", TH_SLICE("1"), "= 2", "Lệch",
                        "Off");
    TH_CHECK("count", list.count == 6 && list.errors == 4);
    /* Sorted, each once, no warnings. */
    TH_CHECK_TEXT("codes", th_problem_error_codes(&list),
                  "choice.unknown,rule.agrees,value.negative");
    TH_CHECK_TEXT("rule", list.problems[4].message_vi, "Vượt (35; phải <= 33)");
    TH_CHECK_TEXT("rule", list.problems[4].message_en, "Over (35; must be <= 33)");
    TH_CHECK_TEXT("rule", list.problems[4].value, "35");
    TH_CHECK_TEXT("rule", list.problems[4].limit, "<= 33");
    th_arena_destroy(&list.arena);
}

/* What is left out must still decide whether the report is taken. */
static void a_list_is_closed_after_500(void)
{
    struct th_problem_list list = {.arena = th_arena_create(0)};
    for (int i = 0; i < 500; i++)
        th_problem_add(&list, "criterion.required", "c", (struct th_slice){0}, "", 0, 0);
    TH_CHECK("500 are kept", list.count == 500 && list.errors == 0);
    th_problem_add(&list, "criterion.required", "c", (struct th_slice){0}, "", 0, 0);
    TH_CHECK("warnings left out do not reject", list.count == 501 && list.errors == 0);
    TH_CHECK_TEXT("last", list.problems[500].code, "report.too_many_problems");
    th_problem_add(&list, "form.unknown", "", TH_SLICE("x"), "", 0, 0);
    th_problem_add_rule(&list, "r", TH_SEVERITY_ERROR, "", TH_SLICE("1"), "= 2", "a", "b");
    TH_CHECK("errors left out reject", list.count == 501 && list.errors == 1);
    TH_CHECK_TEXT("codes", th_problem_error_codes(&list), "report.too_many_problems");
    th_arena_destroy(&list.arena);
}

static void a_full_arena_still_rejects(void)
{
    struct th_problem_list list = {.arena = th_arena_create(64)};
    TH_CHECK("nothing fits", !th_arena_alloc(list.arena, 65));
    th_problem_add(&list, "form.unknown", "", TH_SLICE("x"), "", 0, 0);
    TH_CHECK("counted", list.errors == 1);
    TH_CHECK_TEXT("codes", th_problem_error_codes(&list), "report.too_many_problems");
    th_arena_destroy(&list.arena);

    /* Room for the entry, none for its texts. */
    list = (struct th_problem_list){.arena = th_arena_create(8 * sizeof(struct th_problem))};
    th_problem_add(&list, "form.unknown", "", TH_SLICE("x"), "", 0, 0);
    TH_CHECK("kept", list.count == 1 && list.errors == 1);
    TH_CHECK_TEXT("code", list.problems[0].code, "form.unknown");
    TH_CHECK("message", list.problems[0].message_vi[0] != '\0');
    th_arena_destroy(&list.arena);
}

/* Every placeholder is a known one, every bracket closes, both languages say it. */
static void every_row_can_be_shown(void)
{
    for (const struct th_problem_code *row = th_problem_codes; row->code; row++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        th_problem_add(&list, row->code, "crit", TH_SLICE("val"), "lim", 0, 0);
        const char *texts[] = {list.problems[0].message_vi, list.problems[0].message_en};
        for (size_t i = 0; i < COUNT(texts); i++) {
            TH_CHECK(row->code, strlen(texts[i]) > 10);
            TH_CHECK(row->code, strpbrk(texts[i], "{}[]") == NULL);
            TH_CHECK(row->code, texts[i][strlen(texts[i]) - 1] == '.');
        }
        TH_CHECK(row->code, strcmp(texts[0], texts[1]) != 0);
        for (const struct th_problem_code *other = th_problem_codes; other != row; other++)
            TH_CHECK(row->code, strcmp(other->code, row->code) != 0);
        th_arena_destroy(&list.arena);
    }
}

/* What the collector answers to messages often has nothing to add: no empty quotes
 * and brackets are left behind then. */
static void answers_read_well_without_details(void)
{
    static const char *const rooms[] = {
        "report.",           "state.", "revision.stale", "message.",  "query.", "protocol.",
        "catalogue.unknown", "role.",  "key.",           "database.", "busy"};
    static const char *const scars[] = {"()", "“”", "\"\"", "  ", " .", " ;", ":.", " )", "( "};
    for (const struct th_problem_code *row = th_problem_codes; row->code; row++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        bool is_answer = false;
        for (size_t i = 0; i < COUNT(rooms); i++)
            is_answer = is_answer || strncmp(row->code, rooms[i], strlen(rooms[i])) == 0;
        th_problem_add(&list, row->code, NULL, (struct th_slice){0}, NULL, 0, 0);
        for (size_t i = 0; is_answer && i < COUNT(scars); i++) {
            TH_CHECK(row->code, !strstr(list.problems[0].message_vi, scars[i]));
            TH_CHECK(row->code, !strstr(list.problems[0].message_en, scars[i]));
        }
        th_arena_destroy(&list.arena);
    }
}

/* docs/problems.md has one line a row, in the same order: "| `code` | severity |
 * meaning | what to do |". */
static void the_docs_list_exactly_these_codes(void)
{
    struct th_buffer docs = fixture_read_file(DOCS);
    const struct th_problem_code *row = th_problem_codes;
    size_t lines = 0;
    th_buffer_add_text(&docs, "");
    for (char *line = docs.bytes; line && *line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        if (strncmp(line, "| `", 3) == 0) {
            char want[512] = "(no more codes)";
            if (row->code) {
                snprintf(want, sizeof(want), "| `%s` | %s | %s | ", row->code,
                         row->severity == TH_SEVERITY_ERROR ? "error" : "warning", row->meaning);
                TH_CHECK(row->code, strlen(line) > strlen(want) + 10);
                row++;
            }
            char got[512];
            snprintf(got, sizeof(got), "%.*s", (int)strlen(want), line);
            TH_CHECK_TEXT("docs/problems.md", got, want);
            lines++;
        }
        line = end ? end + 1 : NULL;
    }
    TH_CHECK("every code is in the docs", row->code == NULL && lines > 0);
    th_buffer_free(&docs);
}

static const struct th_test tests[] = {
    {"messages are filled", messages_are_filled},
    {"values are shortened to 200 characters", values_are_shortened_to_200_characters},
    {"errors and warnings are counted", errors_and_warnings_are_counted},
    {"a list is closed after 500", a_list_is_closed_after_500},
    {"a full arena still rejects", a_full_arena_still_rejects},
    {"every row can be shown", every_row_can_be_shown},
    {"answers read well without details", answers_read_well_without_details},
    {"the docs list exactly these codes", the_docs_list_exactly_these_codes},
};

TH_TEST_MAIN("problem", tests)
