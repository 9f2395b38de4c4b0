/* How the commission's command line shows figures to people (SEMANTICS 2, 4, 5.7). */
#include "tests/unit/th_test.h"

#include <stdlib.h>
#include <unistd.h>

#include "commission/cli/assessment_words.h"
#include "commission/cli/figure_table.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/wire/message.h"
#include "tests/unit/catalogue_support.h"

#define NBSP "\xc2\xa0"

static struct th_catalogue *sample(void)
{
    struct folder folder;
    struct th_catalogue *catalogue = NULL;
    if (folder_read_sample(&folder))
        catalogue = folder_load(&folder, NULL);
    folder_free(&folder);
    if (!catalogue)
        abort();
    catalogue->version = 3;
    return catalogue;
}

static void values_by_display(void)
{
    static const struct {
        const char *name, *form, *criterion, *exact, *language, *want;
    } cases[] = {
        {"percent", "concurrent-post", "communes-applying", "0.19209", "vi", "19,21" NBSP "%"},
        {"percent in English", "concurrent-post", "communes-applying", "0.19209", "en",
         "19.21" NBSP "%"},
        {"whole percent", "joint-agency", "staff-filled", "1", "vi", "100" NBSP "%"},
        /* A ratio shown as a number: two digits. */
        {"ratio as number", "joint-agency", "handling-days", "2.905405", "vi", "2,91"},
        {"thousands", "joint-agency", "people-reached", "171532", "vi", "171.532"},
        {"thousands in English", "joint-agency", "people-reached", "171532", "en", "171,532"},
        /* support-funds has three decimals: none is hidden. */
        {"three decimals", "joint-agency", "support-funds", "11500.695", "vi", "11.500,695"},
        {"mean of scores", "concurrent-post", "quality-score", "84.127273", "vi", "84,13"},
        /* No figure is not zero. */
        {"no figure", "joint-agency", "staff-filled", "", "vi", "–"},
        {"zero", "joint-agency", "staff-trained", "0", "vi", "0"},
    };
    struct th_catalogue *catalogue = sample();
    struct th_arena *arena = th_arena_create(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct th_form *form = th_catalogue_form(catalogue, th_slice_of(cases[i].form));
        const struct th_criterion *criterion =
            th_form_criterion(form, th_slice_of(cases[i].criterion));
        TH_CHECK_TEXT(cases[i].name,
                      th_people_value(criterion, cases[i].exact, cases[i].language, arena),
                      cases[i].want);
    }
    th_arena_destroy(&arena);
    th_catalogue_release(&catalogue);
}

static void names_for_codes(void)
{
    struct th_catalogue *catalogue = sample();
    struct th_arena *arena = th_arena_create(0);
    const struct th_form *form = th_catalogue_form(catalogue, TH_SLICE("concurrent-post"));
    const struct th_criterion *decision = th_form_criterion(form, TH_SLICE("decision"));
    const struct th_slice communes[] = {TH_SLICE("07195"), TH_SLICE("nowhere")};
    TH_CHECK_TEXT("province", th_people_district(catalogue, "*", "vi"), "Toàn tỉnh");
    TH_CHECK_TEXT("district", th_people_district(catalogue, "207", "en"), "Co To District");
    TH_CHECK_TEXT("unknown district", th_people_district(catalogue, "999", "vi"), "999");
    TH_CHECK_TEXT("choice", th_people_choice(decision, "end", "vi"), "Dừng thực hiện");
    TH_CHECK_TEXT("unknown choice", th_people_choice(decision, "maybe", "vi"), "maybe");
    TH_CHECK_TEXT(
        "communes",
        th_people_communes(catalogue, communes, 2, th_day_from_civil(2024, 3, 31), "vi", arena),
        "Xã Đồng Tiến, nowhere");
    TH_CHECK_TEXT("period", th_people_period(catalogue, "2024-03", "vi", arena), "Tháng 3/2024");
    TH_CHECK_TEXT("quarter", th_people_period(catalogue, "2024-Q1", "vi", arena), "Quý I/2024");
    TH_CHECK_TEXT("no period", th_people_period(catalogue, "soon", "vi", arena), "soon");
    TH_CHECK_TEXT("ratio", th_people_ratio("2213", "730", "vi", arena), "2.213/730");
    TH_CHECK_TEXT("no ratio", th_people_ratio("", "", "vi", arena), "");
    th_arena_destroy(&arena);
    th_catalogue_release(&catalogue);
}

static void lines_fit(void)
{
    static const struct {
        const char *name, *text;
        size_t width, capacity;
        const char *want; /* lines joined by '|' */
    } cases[] = {
        {"one line", "Con người", 20, 8, "Con người"},
        {"at a blank", "Con người và máy", 9, 8, "Con người|và máy"},
        /* Characters count, not bytes: 9 of them in 12 bytes. */
        {"exactly", "Con người", 9, 8, "Con người"},
        {"a blank too few", "Con người", 8, 8, "Con|người"},
        {"a word too long", "Ngoằn ngoèo", 4, 8, "Ngoằ|n|ngoè|o"},
        {"nothing", "", 10, 8, ""},
        {"blanks only", "   ", 10, 8, ""},
        {"the rest in the last", "a b c d", 1, 2, "a|b c d"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_slice lines[8];
        char joined[200] = "";
        size_t count = th_people_wrap(cases[i].text, cases[i].width, lines, cases[i].capacity);
        for (size_t j = 0; j < count; j++)
            snprintf(joined + strlen(joined), sizeof(joined) - strlen(joined), "%s%.*s",
                     j ? "|" : "", (int)lines[j].size, lines[j].bytes);
        TH_CHECK_TEXT(cases[i].name, joined, cases[i].want);
    }
}

/* ------------------------------------------------------------- the whole table */

static struct th_figure_table *table_of(const struct th_catalogue *catalogue, const char *form,
                                        size_t width)
{
    struct th_figure_table_options options = {
        .catalogue = catalogue,
        .form = th_catalogue_form(catalogue, th_slice_of(form)),
        .language = "vi",
        .width = width,
    };
    if (th_period_parse(TH_SLICE("2024-Q1"), NULL, 0, &options.period, NULL) != TH_OK)
        abort();
    return th_figure_table_create(&options);
}

static bool add(struct th_figure_table *table, const char *district, const char *criterion,
                unsigned reported, unsigned expected, const char *num, const char *den,
                const char *value, const char *choice)
{
    Tonghop__V1__Figure figure = TONGHOP__V1__FIGURE__INIT;
    figure.period = th_bytes(TH_SLICE("2024-Q1"));
    figure.district = th_bytes(th_slice_of(district));
    figure.criterion = th_bytes(th_slice_of(criterion));
    figure.reported = reported;
    figure.expected = expected;
    figure.num = th_bytes(th_slice_of(num));
    figure.den = th_bytes(th_slice_of(den));
    figure.value = th_bytes(th_slice_of(value));
    figure.choice = th_bytes(th_slice_of(choice));
    return th_figure_table_add(table, &figure);
}

static char *print(struct th_figure_table *table)
{
    char *text = NULL;
    size_t size = 0;
    struct th_error error = {0};
    int64_t at_us;
    FILE *file = tmpfile();
    if (!file || !th_instant_parse(TH_SLICE("2024-04-20T08:30:00+07:00"), &at_us))
        abort();
    CU_ASSERT_EQUAL(th_figure_table_print(table, at_us, file, &error), TH_OK);
    rewind(file);
    ssize_t length = getdelim(&text, &size, '\0', file);
    fclose(file);
    return length > 0 ? text : strdup("");
}

static void check_lines(const char *text, const char *const *lines)
{
    for (; *lines; lines++) {
        TH_CHECK(*lines, strstr(text, *lines) != NULL);
        if (!strstr(text, *lines))
            fprintf(stderr, "%s\n", text);
    }
}

static void the_name_stands_beside_the_figures(void)
{
    /* 80 columns less district 18, reported 7, num/den 9, value 7 and four gaps
     * leave 31 for the name. */
    static const char *const lines[] = {
        "Quý I/2024\n",
        "▪ Con người\n",
        "Số biên chế có mặt trên số được  Thành phố Hạ Long       1/1      36/40     90" NBSP "%\n",
        "giao (biên chế)                  Thành phố Móng Cái      1/1      20/20    100" NBSP "%\n",
        "                                 Toàn tỉnh              2/13      56/60  93,33" NBSP "%\n",
        "Số liệu lúc 20/04/2024 08:30; danh mục phiên bản 3\n",
        NULL,
    };
    struct th_catalogue *catalogue = sample();
    struct th_figure_table *table = table_of(catalogue, "joint-agency", 80);
    CU_ASSERT_TRUE(add(table, "193", "staff-filled", 1, 1, "36", "40", "0.9", ""));
    CU_ASSERT_TRUE(add(table, "194", "staff-filled", 1, 1, "20", "20", "1", ""));
    CU_ASSERT_TRUE(add(table, "*", "staff-filled", 2, 13, "56", "60", "0.933333", ""));
    CU_ASSERT_FALSE(add(table, "*", "of-another-form", 2, 13, "", "", "1", ""));
    char *text = print(table);
    check_lines(text, lines);
    /* Nothing was marked n/a and nothing chosen: no column for it. */
    CU_ASSERT_PTR_NULL(strstr(text, "n/a"));
    CU_ASSERT_PTR_NULL(strstr(text, "Lựa chọn"));
    free(text);
    th_figure_table_destroy(&table);
    th_catalogue_release(&catalogue);
}

static void choices_are_named(void)
{
    static const char *const wide[] = {
        "Thành phố Hạ Long      1/1           Tiếp tục duy trì, có điều chỉnh\n",
        "Toàn tỉnh            12/13        1  Tiếp tục duy trì, có điều chỉnh\n",
        NULL,
    };
    /* Too narrow for a column of its own: below, and still whole. */
    static const char *const narrow[] = {"  Tiếp tục duy trì, có\n", "  điều chỉnh\n", NULL};
    struct th_catalogue *catalogue = sample();
    for (int i = 0; i < 2; i++) {
        struct th_figure_table *table = table_of(catalogue, "concurrent-post", i == 0 ? 120 : 60);
        CU_ASSERT_TRUE(add(table, "193", "decision", 1, 1, "", "", "", "adjust"));
        CU_ASSERT_TRUE(add(table, "*", "decision", 12, 13, "", "", "1", "adjust"));
        char *text = print(table);
        check_lines(text, i == 0 ? wide : narrow);
        free(text);
        th_figure_table_destroy(&table);
    }
    th_catalogue_release(&catalogue);
}

static void criteria_stand_in_their_groups(void)
{
    struct th_catalogue *catalogue = sample();
    struct th_figure_table *table = table_of(catalogue, "joint-agency", 100);
    /* As they come by period: the order of the form is restored. */
    CU_ASSERT_TRUE(add(table, "*", "supervision-sessions", 1, 13, "", "", "68", ""));
    CU_ASSERT_TRUE(add(table, "*", "staff-trained", 1, 13, "", "", "227", ""));
    CU_ASSERT_TRUE(add(table, "*", "staff-filled", 1, 13, "1", "1", "1", ""));
    char *text = print(table);
    const char *people = strstr(text, "▪ Con người"), *posts = strstr(text, "Số biên chế");
    const char *trained = strstr(text, "Lượt cán bộ"), *democracy = strstr(text, "▪ Phát huy");
    CU_ASSERT_PTR_NOT_NULL_FATAL(people);
    CU_ASSERT_PTR_NOT_NULL_FATAL(posts);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trained);
    CU_ASSERT_PTR_NOT_NULL_FATAL(democracy);
    CU_ASSERT_TRUE(people < posts && posts < trained && trained < democracy);
    CU_ASSERT_PTR_NULL(strstr(people + 1, "▪ Con người"));
    free(text);
    th_figure_table_destroy(&table);
    th_catalogue_release(&catalogue);
}

/* A word that is not there hides a column, or ends a text, without a word about it. */
static void every_word_has_both_texts(void)
{
    static const char *const languages[] = {"vi", "en"};
    char name[64];
    for (size_t i = 0; i < 2; i++) {
        for (int word = 0; word < TH_WORD_COUNT; word++) {
            const char *text = th_word((enum th_word)word, languages[i]);
            snprintf(name, sizeof(name), "word %d in %s", word, languages[i]);
            TH_CHECK(name, text && *text);
        }
        for (int word = 0; word < TH_SAY_COUNT; word++) {
            const char *text = th_assessment_word((enum th_assessment_word)word, languages[i]);
            snprintf(name, sizeof(name), "assessment word %d in %s", word, languages[i]);
            TH_CHECK(name, text && *text);
        }
    }
}

static const struct th_test tests[] = {
    {"values follow the criterion's display", values_by_display},
    {"codes are shown as names", names_for_codes},
    {"lines fit their column", lines_fit},
    {"a criterion's name stands beside its figures", the_name_stands_beside_the_figures},
    {"choices are named, beside or below", choices_are_named},
    {"criteria stand in their groups", criteria_stand_in_their_groups},
    {"every word has both texts", every_word_has_both_texts},
};

int main(void)
{
    struct th_error error = {0};
    if (th_clock_use_zone("Asia/Ho_Chi_Minh", &error) != TH_OK)
        return 1;
    return th_test_main("figures for people", tests, sizeof(tests) / sizeof(tests[0]));
}
