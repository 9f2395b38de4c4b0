/* What one revision changed of another, by hand. */
#include "commission/cli/changes.h"
#include "tests/unit/th_test.h"

#define NUMBER(code, unscaled, digits)                                                             \
    {                                                                                              \
        .criterion_code = TH_SLICE(code), .answer = TH_ANSWER_NUMBER, .number = {                  \
            unscaled,                                                                              \
            digits                                                                                 \
        }                                                                                          \
    }
#define RATIO(code, n, d)                                                                          \
    {                                                                                              \
        .criterion_code = TH_SLICE(code), .answer = TH_ANSWER_RATIO, .number = {n, 0},             \
        .den = {d, 0}, .has_num = true, .has_den = true                                            \
    }
#define NOT_APPLICABLE(code, reason)                                                               \
    {                                                                                              \
        .criterion_code = TH_SLICE(code), .answer = TH_ANSWER_NOT_APPLICABLE,                      \
        .text = TH_SLICE(reason)                                                                   \
    }
#define CHOICE(code, value)                                                                        \
    {                                                                                              \
        .criterion_code = TH_SLICE(code), .answer = TH_ANSWER_CHOICE, .text = TH_SLICE(value)      \
    }

static struct th_observation first[] = {NUMBER("a", 125, 1), RATIO("b", 3, 4), CHOICE("c", "yes")};
static struct th_observation same_with_note[] = {NUMBER("a", 125, 1), RATIO("b", 3, 4),
                                                 CHOICE("c", "yes")};
static struct th_observation other_values[] = {NUMBER("a", 0, 0), RATIO("b", 3, 5),
                                               CHOICE("c", "no")};
static struct th_observation other_kinds[] = {NOT_APPLICABLE("a", "none"), RATIO("b", 3, 4)};
static struct th_observation other_reason[] = {NOT_APPLICABLE("a", "closed"), RATIO("b", 3, 4)};
static struct th_observation reordered[] = {CHOICE("c", "yes"), NUMBER("a", 125, 1),
                                            RATIO("b", 3, 4)};

#define LIST(observations) observations, sizeof(observations) / sizeof((observations)[0])

static const struct {
    const char *name;
    struct th_observation *before;
    size_t before_count;
    struct th_observation *after;
    size_t after_count;
    const char *want; /* "criterion:before>after;" */
} cases[] = {
    {"the first revision", NULL, 0, LIST(first), "a:>12.5;b:>3/4;c:>yes;"},
    {"the same", LIST(first), LIST(same_with_note), ""},
    {"another order", LIST(first), LIST(reordered), ""},
    /* Zero is a value. */
    {"other values", LIST(first), LIST(other_values), "a:12.5>0;b:3/4>3/5;c:yes>no;"},
    /* What was left out comes last. */
    {"n/a, and left out", LIST(first), LIST(other_kinds), "a:12.5>n/a;c:yes>;"},
    {"a reason is no value", LIST(other_kinds), LIST(other_reason), ""},
    {"from n/a", LIST(other_kinds), LIST(first), "a:n/a>12.5;c:>yes;"},
};

static void changes_are_found(void)
{
    same_with_note[0].note = TH_SLICE("checked");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char got[256] = "";
        struct th_arena *arena = th_arena_create(0);
        struct th_report before = {.observations = cases[i].before,
                                   .observation_count = cases[i].before_count};
        struct th_report after = {.observations = cases[i].after,
                                  .observation_count = cases[i].after_count};
        struct th_value_change *changes;
        size_t count = th_changes_find(cases[i].before ? &before : NULL, &after, arena, &changes);
        for (size_t j = 0; j < count; j++)
            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%.*s:%s>%s;",
                     (int)changes[j].criterion.size, changes[j].criterion.bytes,
                     th_changes_text(changes[j].before, arena),
                     th_changes_text(changes[j].after, arena));
        TH_CHECK_TEXT(cases[i].name, got, cases[i].want);
        th_arena_destroy(&arena);
    }
}

static void people_read_them_in_their_language(void)
{
    struct th_arena *arena = th_arena_create(0);
    TH_CHECK_TEXT("vi", th_changes_people(&first[0], "vi", arena), "12,5");
    TH_CHECK_TEXT("en", th_changes_people(&first[0], "en", arena), "12.5");
    TH_CHECK_TEXT("ratio", th_changes_people(&first[1], "vi", arena), "3/4");
    TH_CHECK_TEXT("n/a", th_changes_people(&other_kinds[0], "vi", arena), "không áp dụng");
    TH_CHECK_TEXT("missing", th_changes_people(NULL, "vi", arena), "–");
    th_arena_destroy(&arena);
}

static const struct th_test tests[] = {
    {"changes are found", changes_are_found},
    {"people read them in their language", people_read_them_in_their_language},
};

TH_TEST_MAIN("changes", tests)
