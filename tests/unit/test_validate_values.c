#include "tests/unit/validate_fixture.h"

struct value_case {
    const char *name;
    struct th_observation observations[MOST_OBSERVATIONS];
    const char *period; /* NULL: 2024-03 */
    const char *want;   /* without criterion.required unless the case names it */
};

static const struct value_case values[] = {
    {"all kinds",
     {NUMBER("count", 2, 0), NUMBER("money", 2500, 3), RATIO("share", 2, 0, 3, 0),
      NUMBER("score", 995, 1), CHOICE("choice", "yes"), LIST("list", "c1 c3"),
      TEXT("story", "Kết quả\n\ttốt\r\n"), NUMBER("need", 0, 0)},
     NULL,
     ""},
    {"any order",
     {NUMBER("need", 0, 0), TEXT("story", "x"), NUMBER("count", 2, 0), NUMBER("money", 3, 0)},
     NULL,
     ""},
    {"n/a counts as given", {NA("count", "không có"), NA("need", "")}, NULL, ""},
    {"zero is a value", {NUMBER("count", 0, 0), NUMBER("need", 0, 0)}, NULL, ""},
    {"one missing", {NUMBER("count", 0, 0)}, NULL, "criterion.required:need"},
    {"unknown criteria, each named",
     {NUMBER("nope", 1, 0), NUMBER("co\x01", 1, 0)},
     NULL,
     "criterion.unknown criterion.unknown:nope"},
    {"twice", {NUMBER("money", 1, 0), NUMBER("money", 1, 0)}, NULL, "criterion.duplicate:money"},
    {"three times, others between",
     {NUMBER("money", 1, 0), NUMBER("score", 1, 0), NUMBER("money", 1, 0), NUMBER("money", 1, 0)},
     NULL,
     "criterion.duplicate:money criterion.duplicate:money"},
    /* `gone` ended with 2020; whatever it holds is not judged as well. */
    {"closed criterion", {NUMBER("gone", -5, 0)}, NULL, "criterion.closed:gone"},
    {"still open then", {NUMBER("gone", 5, 0)}, "2020-12", ""},
    {"required then",
     {NUMBER("count", 1, 0), NUMBER("need", 1, 0)},
     "2020-12",
     "criterion.required:gone"},
    {"wrong kinds",
     {TEXT("count", "2"), NUMBER("share", 1, 0), CHOICE("story", "yes"), NUMBER("choice", 1, 0),
      RATIO("list", 1, 0, 2, 0)},
     NULL,
     "criterion.required:need criterion.wrong_kind:choice criterion.wrong_kind:count "
     "criterion.wrong_kind:list criterion.wrong_kind:share criterion.wrong_kind:story"},
    {"negative count",
     {NUMBER("count", -1, 0)},
     NULL,
     "criterion.required:need value.negative:count"},
    {"count with a fraction",
     {NUMBER("count", 15, 1)},
     NULL,
     "criterion.required:need value.not_integer:count"},
    /* 2.0 is 2: a peer need not send the shortest form. */
    {"count with a zero behind the point",
     {NUMBER("count", 20, 1)},
     NULL,
     "criterion.required:need"},
    {"both faults of a count",
     {NUMBER("count", -15, 1)},
     NULL,
     "criterion.required:need value.negative:count value.not_integer:count"},
    {"amount at its min", {NUMBER("money", -100, 0)}, NULL, ""},
    {"amount below its min", {NUMBER("money", -100001, 3)}, NULL, "value.out_of_range:money"},
    {"amount too precise", {NUMBER("money", 12345, 4)}, NULL, "value.too_precise:money"},
    {"amount with a zero more", {NUMBER("money", 12340, 4)}, NULL, ""},
    {"score at its max", {NUMBER("score", 1000, 1)}, NULL, ""},
    {"score above its max", {NUMBER("score", 1001, 1)}, NULL, "value.out_of_range:score"},
    {"score below its min", {NUMBER("score", -1, 1)}, NULL, "value.out_of_range:score"},
    {"both faults of a score",
     {NUMBER("score", 10001, 2)},
     NULL,
     "value.out_of_range:score value.too_precise:score"},
    /* What struct th_decimal does not promise must not be computed with. */
    {"19 digits", {NUMBER("money", LARGEST + 1, 0)}, NULL, "value.too_long:money"},
    {"least of all", {NUMBER("money", INT64_MIN, 0)}, NULL, "value.too_long:money"},
    {"scale beyond 9", {NUMBER("money", 1, 200)}, NULL, "value.too_precise:money"},
    {"18 digits", {NUMBER("money", LARGEST, 0)}, NULL, ""},
    {"ratio at its max", {RATIO("share", 3, 0, 3, 0)}, NULL, ""},
    {"ratio above its max", {RATIO("share", 31, 1, 3, 0)}, NULL, "value.out_of_range:share"},
    {"ratio of negative parts",
     {RATIO("share", -1, 0, -3, 0)},
     NULL,
     "value.negative:share value.negative:share"},
    {"ratio too precise in both",
     {RATIO("share", 125, 2, 301, 2)},
     NULL,
     "rule.of-communes:share value.too_precise:share value.too_precise:share"},
    /* 0/0 and 5/0 have no quotient, so no bound applies. */
    {"nothing of nothing", {RATIO("share", 0, 0, 0, 0)}, NULL, ""},
    {"something of nothing", {RATIO("share", 5, 0, 0, 0)}, NULL, ""},
    /* The quotient bounds of `exact` are 0.5 and 1; binary floating point could not
     * tell these from the bounds. */
    {"just at 1", {RATIO("exact", LARGEST, 0, LARGEST, 0)}, NULL, ""},
    {"just above 1",
     {RATIO("exact", LARGEST, 0, LARGEST - 1, 0)},
     NULL,
     "value.out_of_range:exact"},
    {"just below a half",
     {RATIO("exact", 499999999999999999LL, 0, LARGEST, 0)},
     NULL,
     "value.out_of_range:exact"},
    {"just above a half", {RATIO("exact", 500000000000000000LL, 0, LARGEST, 0)}, NULL, ""},
    {"largest over smallest", {RATIO("exact", LARGEST, 0, 1, 9)}, NULL, "value.out_of_range:exact"},
    {"smallest over largest", {RATIO("exact", 1, 9, LARGEST, 0)}, NULL, "value.out_of_range:exact"},
    {"1e-9 of 1e-9", {RATIO("exact", 1, 9, 1, 9)}, NULL, ""},
    {"no numerator",
     {{CODE("share"), .answer = TH_ANSWER_RATIO, .den = {3, 0}, .has_den = true}},
     NULL,
     "ratio.numerator_missing:share"},
    {"no denominator",
     {{CODE("share"), .answer = TH_ANSWER_RATIO, .number = {3, 0}, .has_num = true}},
     NULL,
     "ratio.denominator_missing:share"},
    {"neither",
     {{CODE("share"), .answer = TH_ANSWER_RATIO}},
     NULL,
     "ratio.denominator_missing:share ratio.numerator_missing:share"},
    {"unknown choice", {CHOICE("choice", "maybe")}, NULL, "choice.unknown:choice"},
    {"no choice", {CHOICE("choice", "")}, NULL, "choice.unknown:choice"},
    {"no commune", {LIST("list", "")}, NULL, ""},
    {"communes of others and of none",
     {LIST("list", "c1 e1 zz")},
     NULL,
     "commune.unknown:list commune.unknown:list"},
    {"commune that left", {LIST("list", "c4")}, NULL, "commune.unknown:list"},
    {"commune before it left", {LIST("list", "c4 c1")}, "2023-12", ""},
    {"commune twice",
     {LIST("list", "c2 c1 c2 c2")},
     NULL,
     "commune.duplicate:list commune.duplicate:list"},
    {"text not UTF-8", {TEXT("story", "a\xc3")}, NULL, "text.not_utf8:story"},
    {"surrogate", {TEXT("story", "a\xed\xa0\x80")}, NULL, "text.not_utf8:story"},
    {"NUL", {TEXT("story", "a\0b")}, NULL, "text.control_character:story"},
    {"escape", {TEXT("story", "a\x1b[2Jb")}, NULL, "text.control_character:story"},
    {"C1 control",
     {TEXT("story", "a\xc2\x9b"
                    "b")},
     NULL,
     "text.control_character:story"},
    {"no-break space is no control",
     {TEXT("story", "a\xc2\xa0"
                    "b")},
     NULL,
     ""},
    {"nothing but blanks", {TEXT("story", " \n\t")}, NULL, "text.empty:story"},
    {"reason not UTF-8", {NA("money", "\xff")}, NULL, "text.not_utf8:money"},
    {"note with a control", {NOTE("money", 1, "a\x07")}, NULL, "text.control_character:money"},
};

static void values_are_judged(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    for (size_t i = 0; i < COUNT(values); i++) {
        const struct value_case *c = &values[i];
        struct th_problem_list list = {.arena = th_arena_create(0)};
        struct report_case about = {.period = c->period, .ignore_lock = true};
        struct th_report report;
        struct th_validation validation;
        prepare(&about, catalogue, &report, &validation);
        give(&report, c->observations, list.arena);
        bool taken = th_report_validate(&report, &validation, &list);
        if (strstr(c->want, "criterion.required"))
            TH_CHECK_TEXT(c->name, fixture_problems(&list, false), c->want);
        else
            TH_CHECK_TEXT(c->name, problems_but_required(&list), c->want);
        TH_CHECK(c->name, taken == (list.errors == 0));
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

/* Bounds of 18 digits, as an import may set them: num / den against bound needs
 * num * 10^18 or bound * den * 10^9, which may pass 128 bits when done carelessly. */
static void quotients_are_exact_at_the_widest(void)
{
    static const struct {
        const char *name;
        struct th_decimal bound;
        struct th_observation observation;
        bool want_below, want_above; /* the bound as min, as max */
    } cases[] = {
        {"least over most", {LARGEST, 0}, RATIO("exact", 1, 9, LARGEST, 0), true, false},
        {"least over most, lower bound",
         {400000000000000007LL, 0},
         RATIO("exact", 1, 9, 700000000000000001LL, 0),
         true,
         false},
        {"negative bound", {-LARGEST, 0}, RATIO("exact", 1, 9, LARGEST, 0), false, true},
        {"negative bound, smaller",
         {-400000000000000007LL, 0},
         RATIO("exact", 1, 9, 700000000000000001LL, 0),
         false,
         true},
        {"most over least", {LARGEST, 0}, RATIO("exact", LARGEST, 0, 1, 9), false, true},
        {"fine bound", {1, 9}, RATIO("exact", 1, 9, 1, 0), false, false},
        {"fine bound, a hair below", {2, 9}, RATIO("exact", 1, 9, 1, 0), true, false},
    };
    struct th_catalogue *catalogue = fixture_catalogue();
    struct th_criterion *exact = &catalogue->forms[0].criteria[3];
    TH_CHECK_TEXT("criterion", exact->code, "exact");
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        struct th_observation observations[MOST_OBSERVATIONS] = {cases[i / 2].observation};
        struct report_case about = {0};
        struct th_report report;
        struct th_validation validation;
        exact->has_min = i % 2 == 0;
        exact->has_max = i % 2 == 1;
        exact->min = exact->max = cases[i / 2].bound;
        bool want = i % 2 == 0 ? cases[i / 2].want_below : cases[i / 2].want_above;
        prepare(&about, catalogue, &report, &validation);
        give(&report, observations, list.arena);
        th_report_validate(&report, &validation, &list);
        TH_CHECK_TEXT(cases[i / 2].name, problems_but_required(&list),
                      want ? "value.out_of_range:exact" : "");
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

/* The rules of form f: list-agrees (list = share.num), of-communes (share.den <=
 * DISTRICT.communes, a warning), balance (count + need - 1 < money + 0.5). */
struct rule_case {
    const char *name;
    struct th_observation observations[MOST_OBSERVATIONS];
    const char *district, *period;
    const char *want, *want_value, *want_limit; /* of the first problem of a rule */
};

static const struct rule_case rules[] = {
    {"hold", {LIST("list", "c1 c2"), RATIO("share", 2, 0, 3, 0)}, NULL, NULL, "", NULL, NULL},
    {"list differs",
     {LIST("list", "c1"), RATIO("share", 2, 0, 3, 0)},
     NULL,
     NULL,
     "rule.list-agrees:list",
     "1",
     "= 2"},
    {"empty list is a value",
     {LIST("list", ""), RATIO("share", 2, 0, 3, 0)},
     NULL,
     NULL,
     "rule.list-agrees:list",
     "0",
     "= 2"},
    {"list twice the same",
     {LIST("list", "c1 c1"), RATIO("share", 1, 0, 3, 0)},
     NULL,
     NULL,
     "commune.duplicate:list",
     NULL,
     NULL},
    {"missing term", {RATIO("share", 2, 0, 3, 0)}, NULL, NULL, "", NULL, NULL},
    {"n/a term", {NA("list", ""), RATIO("share", 2, 0, 3, 0)}, NULL, NULL, "", NULL, NULL},
    {"more than the communes",
     {RATIO("share", 2, 0, 31, 1)},
     NULL,
     NULL,
     "rule.of-communes:share",
     "3.1",
     "<= 3"},
    /* D2 has two communes, and none once it has closed: the rule is not applied. */
    {"communes of the district",
     {RATIO("share", 2, 0, 3, 0)},
     "D2",
     "2023-12",
     "rule.of-communes:share",
     "3",
     "<= 2"},
    {"communes of a closed district",
     {RATIO("share", 2, 0, 3, 0)},
     "D2",
     "2024-03",
     "district.closed",
     NULL,
     NULL},
    /* 2 + 1 - 1 = 2 < 1.5 + 0.5 = 2 does not hold; with 1.501 it does. */
    {"sums",
     {NUMBER("count", 2, 0), NUMBER("money", 15, 1), NUMBER("need", 1, 0)},
     NULL,
     NULL,
     "rule.balance:count",
     "2",
     "< 2"},
    {"sums apart by a thousandth",
     {NUMBER("count", 2, 0), NUMBER("money", 1501, 3), NUMBER("need", 1, 0)},
     NULL,
     NULL,
     "",
     NULL,
     NULL},
    /* 0 + 0 - 1 = -1 < -99.875 + 0.5 = -99.375 does not hold. */
    {"negative sides",
     {NUMBER("count", 0, 0), NUMBER("money", -99875, 3), NUMBER("need", 0, 0)},
     NULL,
     NULL,
     "rule.balance:count",
     "-1",
     "< -99.375"},
    /* 18 digits on both sides: 10^18 - 1 + 0 - 1 = ...98 against money + 0.5. */
    {"largest numbers",
     {NUMBER("count", LARGEST, 0), NUMBER("money", LARGEST - 2, 0), NUMBER("need", 0, 0)},
     NULL,
     NULL,
     "rule.balance:count",
     "999999999999999998",
     "< 999999999999999997.5"},
    {"unusable number",
     {NUMBER("count", LARGEST + 1, 0), NUMBER("money", 0, 0), NUMBER("need", 0, 0)},
     NULL,
     NULL,
     "value.too_long:count",
     NULL,
     NULL},
};

static void rules_are_applied(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    for (size_t i = 0; i < COUNT(rules); i++) {
        const struct rule_case *c = &rules[i];
        struct th_problem_list list = {.arena = th_arena_create(0)};
        struct report_case about = {
            .district = c->district, .period = c->period, .own = "", .ignore_lock = true};
        const struct th_problem *of_rule = NULL;
        struct th_report report;
        struct th_validation validation;
        prepare(&about, catalogue, &report, &validation);
        give(&report, c->observations, list.arena);
        th_report_validate(&report, &validation, &list);
        for (size_t p = 0; p < list.count; p++)
            if (!of_rule && strncmp(list.problems[p].code, "rule.", 5) == 0)
                of_rule = &list.problems[p];
        TH_CHECK_TEXT(c->name, problems_but_required(&list), c->want);
        TH_CHECK(c->name, (of_rule != NULL) == (c->want_value != NULL));
        if (of_rule && c->want_value) {
            TH_CHECK_TEXT(c->name, of_rule->value, c->want_value);
            TH_CHECK_TEXT(c->name, of_rule->limit, c->want_limit);
            TH_CHECK(c->name, strstr(of_rule->message_en, c->want_value) != NULL);
            bool is_warning = strcmp(of_rule->code, "rule.of-communes") == 0;
            TH_CHECK(c->name, (of_rule->severity == TH_SEVERITY_WARNING) == is_warning);
        }
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

/* Values shown to people, in the same spelling as files have them. */
static void problems_show_value_and_limit(void)
{
    static const struct {
        const char *name;
        struct th_observation observation;
        const char *want_value, *want_limit;
    } cases[] = {
        {"range", NUMBER("score", 1205, 1), "120.5", "0..100"},
        {"min only", NUMBER("money", -101, 0), "-101", ">= -100"},
        {"quotient", RATIO("share", 45, 1, 2, 0), "4.5/2", "0..1"},
        {"choice", CHOICE("choice", "Yes"), "Yes", "yes, no"},
        {"precision", NUMBER("money", 12345, 4), "1.2345", "3"},
        {"kind", TEXT("share", "x"), "text", "ratio"},
        {"control", TEXT("story", "\x1b"), "U+001B", ""},
        {"closed", NUMBER("gone", 1, 0), "", "2016-01-01..2020-12-31"},
        {"commune", LIST("list", "e1"), "e1", "D1"},
    };
    struct th_catalogue *catalogue = fixture_catalogue();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        struct th_observation observations[MOST_OBSERVATIONS] = {cases[i].observation};
        struct report_case about = {0};
        struct th_report report;
        struct th_validation validation;
        prepare(&about, catalogue, &report, &validation);
        give(&report, observations, list.arena);
        th_report_validate(&report, &validation, &list);
        TH_CHECK(cases[i].name, list.count > 0);
        if (list.count > 0) {
            TH_CHECK_TEXT(cases[i].name, list.problems[0].value, cases[i].want_value);
            TH_CHECK_TEXT(cases[i].name, list.problems[0].limit, cases[i].want_limit);
        }
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

struct history {
    const struct th_decimal *values[2]; /* of num and den */
    size_t counts[2];
};

static size_t earlier(void *context, const struct th_criterion *criterion, int part, int32_t period,
                      struct th_decimal *values_out, size_t capacity)
{
    const struct history *history = context;
    TH_CHECK("history", criterion != NULL && period == 2024 * 12 + 2 && capacity <= 12);
    size_t count = history->counts[part] < capacity ? history->counts[part] : capacity;
    memcpy(values_out, history->values[part], count * sizeof(*values_out));
    return count;
}

static void tenfold_departures_are_doubted(void)
{
    static const struct th_decimal usual[] = {{20, 0}, {10, 0}, {30, 0}};
    static const struct th_decimal with_zeros[] = {{0, 0}, {20, 0}, {0, 0}, {10, 0}, {30, 0}};
    static const struct th_decimal two[] = {{20, 0}, {0, 0}, {10, 0}};
    static const struct th_decimal small[] = {{5, 1}, {5, 1}, {5, 1}};
    static const struct {
        const char *name;
        struct th_observation observation;
        struct history history;
        const char *want, *want_limit;
    } cases[] = {
        /* Over 10 * 30 or under 10 / 10. */
        {"ten times the largest", NUMBER("money", 300, 0), {{usual}, {3}}, "", NULL},
        {"above it",
         NUMBER("money", 300001, 3),
         {{usual}, {3}},
         "value.departs_tenfold:money",
         "10..30"},
        {"a tenth of the smallest", NUMBER("money", 1, 0), {{usual}, {3}}, "", NULL},
        {"below it",
         NUMBER("money", 999, 3),
         {{usual}, {3}},
         "value.departs_tenfold:money",
         "10..30"},
        {"zero is no departure", NUMBER("money", 0, 0), {{usual}, {3}}, "", NULL},
        {"negative is none either", NUMBER("money", -99, 0), {{usual}, {3}}, "", NULL},
        {"zeros are left out",
         NUMBER("money", 301, 0),
         {{with_zeros}, {5}},
         "value.departs_tenfold:money",
         "10..30"},
        {"two values are not enough", NUMBER("money", 5000, 0), {{two}, {3}}, "", NULL},
        {"no history", NUMBER("money", 5000, 0), {{usual}, {0}}, "", NULL},
        /* 0.5 * 10 = 5. */
        {"fractions",
         NUMBER("money", 51, 1),
         {{small}, {3}},
         "value.departs_tenfold:money",
         "0.5..0.5"},
        {"numerator",
         RATIO("exact", 301, 0, 400, 0),
         {{usual, usual}, {3, 0}},
         "value.departs_tenfold:exact",
         "10..30"},
        {"denominator",
         RATIO("exact", 290, 0, 301, 0),
         {{usual, usual}, {3, 3}},
         "value.departs_tenfold:exact",
         "10..30"},
        {"both parts",
         RATIO("exact", 301, 0, 302, 0),
         {{usual, usual}, {3, 3}},
         "value.departs_tenfold:exact value.departs_tenfold:exact",
         "10..30"},
        {"unusable value",
         NUMBER("money", LARGEST + 1, 0),
         {{usual}, {3}},
         "value.too_long:money",
         NULL},
    };
    struct th_catalogue *catalogue = fixture_catalogue();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        struct history history = cases[i].history;
        struct th_observation observations[MOST_OBSERVATIONS] = {cases[i].observation,
                                                                 NA("count", ""), NA("need", "")};
        struct report_case about = {0};
        struct th_report report;
        struct th_validation validation;
        prepare(&about, catalogue, &report, &validation);
        validation.history = earlier;
        validation.history_context = &history;
        give(&report, observations, list.arena);
        bool taken = th_report_validate(&report, &validation, &list);
        check_verdict(cases[i].name, taken, &list, cases[i].want);
        if (cases[i].want_limit && list.count > 0)
            TH_CHECK_TEXT(cases[i].name, list.problems[0].limit, cases[i].want_limit);
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

static const struct th_test tests[] = {
    {"values are judged", values_are_judged},
    {"quotients are exact at the widest", quotients_are_exact_at_the_widest},
    {"rules are applied", rules_are_applied},
    {"problems show value and limit", problems_show_value_and_limit},
    {"tenfold departures are doubted", tenfold_departures_are_doubted},
};

TH_TEST_MAIN("validate_values", tests)
