/* States of reports, from SEMANTICS 8 by hand. */
#include <stdlib.h>

#include "th_test.h"

#include "catalogue_support.h"
#include "common/domain/review.h"

#define RECEIVED TH_REVIEW_RECEIVED
#define RETURNED TH_REVIEW_RETURNED
#define APPROVED TH_REVIEW_APPROVED

static void only_four_acts_lead_anywhere(void)
{
    for (int from = RECEIVED; from <= APPROVED; from++)
        for (int to = RECEIVED; to <= APPROVED; to++) {
            bool want =
                (from == RECEIVED && to == APPROVED) || (from == RECEIVED && to == RETURNED) ||
                (from == RETURNED && to == APPROVED) || (from == APPROVED && to == RECEIVED);
            TH_CHECK(th_review_name((enum th_review_state)from),
                     th_review_leads((enum th_review_state)from, (enum th_review_state)to) == want);
        }
}

static void names_are_read(void)
{
    enum th_review_state state;
    for (int i = RECEIVED; i <= APPROVED; i++) {
        const char *name = th_review_name((enum th_review_state)i);
        TH_CHECK(name, th_review_parse(th_slice_of(name), &state) && (int)state == i);
    }
    TH_CHECK("none", !th_review_parse(TH_SLICE(""), &state));
    TH_CHECK("draft", !th_review_parse(TH_SLICE("draft"), &state));
}

static void returning_and_reopening_open_for_ten_days(void)
{
    const int64_t at_us = INT64_C(1712286000000000), ten_days_us = INT64_C(864000000000);
    TH_CHECK("returned", th_review_open_until_us(RETURNED, at_us) == at_us + ten_days_us);
    TH_CHECK("reopened", th_review_open_until_us(RECEIVED, at_us) == at_us + ten_days_us);
    TH_CHECK("approved", th_review_open_until_us(APPROVED, at_us) == 0);
}

/* "code criterion value limit; " of each problem. */
static void show(const struct th_problem_list *problems, char text[512])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < problems->count; i++)
        used += (size_t)snprintf(text + used, 512 - used, "%s[%s][%.20s][%s]; ",
                                 problems->problems[i].code, problems->problems[i].criterion,
                                 problems->problems[i].value, problems->problems[i].limit);
}

static const struct {
    const char *name;
    uint32_t current;
    enum th_review_state state;
    bool complete;
    uint32_t meant;
    enum th_review_state to;
    const char *comment, *on_criterion, *want;
} acts[] = {
    {"approve", 1, RECEIVED, true, 1, APPROVED, "", "", ""},
    {"approve with a comment", 2, RECEIVED, true, 2, APPROVED, "Tốt", "", ""},
    {"approve what was returned", 1, RETURNED, true, 1, APPROVED, "", "", ""},
    {"approve an incomplete one", 1, RECEIVED, false, 1, APPROVED, "", "",
     "state.incomplete[][193 f 2024-03][]; "},
    {"return", 1, RECEIVED, true, 1, RETURNED, "Sai", "", ""},
    {"return an incomplete one", 1, RECEIVED, false, 1, RETURNED, "Thiếu", "", ""},
    {"return for a criterion", 1, RECEIVED, true, 1, RETURNED, "", "Sai", ""},
    {"return without a word", 1, RECEIVED, true, 1, RETURNED, "", "",
     "state.comment_required[][193 f 2024-03][]; "},
    {"return with blanks", 1, RECEIVED, true, 1, RETURNED, "  ", " ",
     "state.comment_required[][193 f 2024-03][]; "},
    {"reopen", 3, APPROVED, true, 3, RECEIVED, "", "", ""},
    {"approve twice", 1, APPROVED, true, 1, APPROVED, "", "",
     "state.not_allowed[][approved][approved]; "},
    {"return what is approved", 1, APPROVED, true, 1, RETURNED, "Sai", "",
     "state.not_allowed[][approved][returned]; "},
    {"return twice", 1, RETURNED, true, 1, RETURNED, "Sai", "",
     "state.not_allowed[][returned][returned]; "},
    {"reopen what is received", 1, RECEIVED, true, 1, RECEIVED, "", "",
     "state.not_allowed[][received][received]; "},
    {"reopen what was returned", 1, RETURNED, true, 1, RECEIVED, "", "",
     "state.not_allowed[][returned][received]; "},
    /* Another revision came first: nothing else is told. */
    {"an older revision", 2, RECEIVED, false, 1, APPROVED, "", "",
     "state.changed[][1][2 received]; "},
    {"a later revision", 2, APPROVED, true, 3, APPROVED, "", "",
     "state.changed[][3][2 approved]; "},
    {"no report", 0, RECEIVED, false, 1, APPROVED, "", "", "report.unknown[][193 f 2024-03][]; "},
};

static void acts_are_judged(void)
{
    struct th_arena *arena = th_arena_create(0);
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        char text[512];
        struct th_problem_list problems = {.arena = arena};
        const struct th_review_comment comment = {TH_SLICE("C"), th_slice_of(acts[i].on_criterion)};
        const struct th_review_act act = {.revision = acts[i].meant,
                                          .to = acts[i].to,
                                          .comment = th_slice_of(acts[i].comment),
                                          .comments = &comment,
                                          .comment_count = 1};
        const struct th_review_key key = {acts[i].current, acts[i].state, acts[i].complete};
        th_review_judge(&act, &key, "193 f 2024-03", &problems);
        show(&problems, text);
        TH_CHECK_TEXT(acts[i].name, text, acts[i].want);
    }
    th_arena_destroy(&arena);
}

static struct th_slice repeat(const char *unit, size_t times, struct th_arena *arena)
{
    size_t size = strlen(unit);
    char *text = th_arena_alloc(arena, size * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * size, unit, size);
    return (struct th_slice){text, size * times};
}

static void what_an_act_says_is_checked(void)
{
    struct folder folder = {0};
    struct th_arena *arena = th_arena_create(0);
    TH_CHECK("sample", folder_read_sample(&folder));
    struct th_catalogue *catalogue = folder_load(&folder, NULL);
    const struct th_form *form = th_catalogue_form(catalogue, TH_SLICE("joint-agency"));
    const struct {
        const char *name;
        uint32_t revision;
        struct th_slice comment;
        struct th_review_comment comments[2];
        size_t count;
        const char *want;
    } cases[] = {
        {"nothing", 1, TH_SLICE(""), {{{0}}}, 0, ""},
        {"no revision", 0, TH_SLICE(""), {{{0}}}, 0, "revision.malformed[][0][1..1000000]; "},
        /* Characters, not bytes: each of these has three. */
        {"10,000 characters", 1, repeat("ệ", 10000, arena), {{{0}}}, 0, ""},
        {"10,001 characters",
         1,
         repeat("ệ", 10001, arena),
         {{{0}}},
         0,
         "text.too_long[][10001][10000]; "},
        {"not UTF-8", 1, TH_SLICE("\xC3("), {{{0}}}, 0, "text.not_utf8[][?(][comment]; "},
        {"a control character",
         1,
         TH_SLICE("a\033[31m"),
         {{{0}}},
         0,
         "text.control_character[][U+001B][comment]; "},
        {"on two criteria",
         1,
         TH_SLICE(""),
         {{TH_SLICE("joint-meetings"), TH_SLICE("a")}, {TH_SLICE("staff-filled"), TH_SLICE("b")}},
         2,
         ""},
        {"on one twice",
         1,
         TH_SLICE(""),
         {{TH_SLICE("joint-meetings"), TH_SLICE("a")}, {TH_SLICE("joint-meetings"), TH_SLICE("b")}},
         2,
         "criterion.duplicate[joint-meetings][joint-meetings][]; "},
        {"on an unknown one",
         1,
         TH_SLICE(""),
         {{TH_SLICE("nothing"), TH_SLICE("a")}},
         1,
         "criterion.unknown[][nothing][joint-agency]; "},
        {"too long on one",
         1,
         TH_SLICE(""),
         {{TH_SLICE("joint-meetings"), repeat("a", 10001, arena)}},
         1,
         "text.too_long[joint-meetings][10001][10000]; "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512];
        struct th_problem_list problems = {.arena = arena};
        const struct th_review_act act = {.revision = cases[i].revision,
                                          .to = APPROVED,
                                          .comment = cases[i].comment,
                                          .comments = cases[i].comments,
                                          .comment_count = cases[i].count};
        th_review_check(&act, form, &problems);
        show(&problems, text);
        TH_CHECK_TEXT(cases[i].name, text, cases[i].want);
    }
    th_catalogue_release(&catalogue);
    folder_free(&folder);
    th_arena_destroy(&arena);
}

static const struct th_test tests[] = {
    {"only four acts lead anywhere", only_four_acts_lead_anywhere},
    {"names are read", names_are_read},
    {"returning and reopening open for ten days", returning_and_reopening_open_for_ten_days},
    {"acts are judged", acts_are_judged},
    {"what an act says is checked", what_an_act_says_is_checked},
};

TH_TEST_MAIN("review", tests)
