/* Attainment, composite and ranking (SEMANTICS 6), worked out by hand. */
#include "tests/unit/consolidation_fixture.h"

#include "common/domain/attainment.h"

enum { CRITERIA = 3 };

/* Ratios first (group one), second (two) and third (two) of the fixture's districts in
 * March 2024, which C, closed before, is not asked about. */
struct bench {
    struct fixture fixture;
    struct th_group groups[2];
    struct th_criterion criteria[CRITERIA];
    struct th_target targets[4];
};

static struct th_decimal number(const char *text)
{
    return fixture_number(th_slice_of(text));
}

static void set(struct bench *bench, size_t index, enum th_direction direction, const char *target,
                int weight)
{
    struct th_criterion *criterion = &bench->criteria[index];
    criterion->direction = direction;
    criterion->weight = weight;
    criterion->has_target = *target != '\0';
    if (criterion->has_target)
        criterion->target = number(target);
}

static void bench_init(struct bench *bench, enum th_kind kind)
{
    static const char *const codes[] = {"first", "second", "third"};
    *bench = (struct bench){.groups = {{.code = "one"}, {.code = "two"}}};
    fixture_init(&bench->fixture, kind, TH_TIME_SUM, TH_DISTRICT_SUM);
    for (size_t i = 0; i < CRITERIA; i++) {
        bench->criteria[i] = bench->fixture.criterion;
        bench->criteria[i].code = codes[i];
        bench->criteria[i].index = i;
        bench->criteria[i].group = &bench->groups[i > 0];
    }
    bench->fixture.form.criteria = bench->criteria;
    bench->fixture.form.criterion_count = CRITERIA;
    bench->fixture.form.groups = bench->groups;
    bench->fixture.form.group_count = 2;
    TH_CHECK("March", th_period_parse(TH_SLICE("2024-03"), NULL, 0, &bench->fixture.request.period,
                                      NULL) == TH_OK);
}

static enum th_status write_row(void *context, const struct th_rank_row *row)
{
    th_buffer_printf(context, "%s%s%s %s %s %llu\n", row->group ? row->group->code : "",
                     row->group ? ":" : "", row->district ? row->district->code : "*",
                     *row->composite ? row->composite : "-", *row->basis ? row->basis : "-",
                     (unsigned long long)row->rank);
    return TH_OK;
}

static enum th_status take(void *context, const struct th_figure *figure)
{
    th_attainment_add(context, figure);
    return TH_OK;
}

/* Cells: "A first 3/4; B second n/a; ...". */
static void feed(struct bench *bench, const char *text, struct th_consolidation *consolidation)
{
    char copy[2048], *rest = NULL, *inner = NULL;
    snprintf(copy, sizeof(copy), "%s", text);
    for (char *row = strtok_r(copy, ";", &rest); row; row = strtok_r(NULL, ";", &rest)) {
        struct fixture_cell cell = {0};
        const char *district = strtok_r(row, " \n", &inner);
        const char *criterion = strtok_r(NULL, " \n", &inner);
        fixture_read_value(&cell, strtok_r(NULL, " \n", &inner));
        for (size_t i = 0; i < CRITERIA; i++)
            if (strcmp(bench->criteria[i].code, criterion) == 0)
                th_consolidation_add(consolidation,
                                     &bench->fixture.districts[(size_t)(district[0] - 'A')],
                                     2024 * 12 + 2, &bench->criteria[i], &cell.cell);
    }
}

static void check(const char *name, struct bench *bench, const bool *groups, bool weighted_only,
                  const char *cells, const char *want)
{
    struct th_buffer out = {0};
    struct th_attainment_request request = {.catalogue = &bench->fixture.catalogue,
                                            .form = &bench->fixture.form,
                                            .last_day = bench->fixture.request.period.last_day,
                                            .whole_form = !groups || weighted_only,
                                            .groups = groups,
                                            .weighted_only = weighted_only};
    struct th_consolidation *consolidation = th_consolidation_create(&bench->fixture.request, NULL);
    struct th_attainment *attainment = th_attainment_create(&request);
    feed(bench, cells, consolidation);
    TH_CHECK(name, th_consolidation_finish(consolidation, take, attainment) == TH_OK);
    th_buffer_add_text(&out, "");
    TH_CHECK(name, th_attainment_finish(attainment, write_row, &out) == TH_OK);
    TH_CHECK_TEXT(name, out.bytes, want);
    th_buffer_free(&out);
    th_attainment_destroy(&attainment);
    th_consolidation_destroy(&consolidation);
    TH_CHECK(name, attainment == NULL);
}

/* One criterion, the value of A alone. */
static void attainment_follows_the_direction(void)
{
    static const struct {
        const char *name;
        enum th_direction direction;
        const char *target, *value, *want;
    } cases[] = {
        {"up, below", TH_DIRECTION_UP, "4", "3", "75"},
        {"up, reached", TH_DIRECTION_UP, "4", "4", "100"},
        {"up, above is 100 all the same", TH_DIRECTION_UP, "4", "9", "100"},
        {"up, nothing", TH_DIRECTION_UP, "4", "0", "0"},
        {"up, below 0 is 0", TH_DIRECTION_UP, "4", "-2", "0"},
        {"up, thirds", TH_DIRECTION_UP, "3", "2", "66.666667"},
        {"up, target 0", TH_DIRECTION_UP, "0", "0", "100"},
        {"up, target 0, above", TH_DIRECTION_UP, "0", "5", "100"},
        {"up, target 0, below 0", TH_DIRECTION_UP, "0", "-0.1", "0"},
        {"down, below", TH_DIRECTION_DOWN, "3", "2", "100"},
        {"down, reached", TH_DIRECTION_DOWN, "3", "3", "100"},
        {"down, above", TH_DIRECTION_DOWN, "3", "4", "75"},
        {"down, far above", TH_DIRECTION_DOWN, "3", "900", "0.333333"},
        {"down, target 0", TH_DIRECTION_DOWN, "0", "0", "100"},
        {"down, target 0, above", TH_DIRECTION_DOWN, "0", "0.001", "0"},
        {"down, below 0", TH_DIRECTION_DOWN, "0", "-1", "100"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench;
        char cells[64], want[256];
        bench_init(&bench, TH_KIND_AMOUNT);
        set(&bench, 0, cases[i].direction, cases[i].target, 2);
        snprintf(cells, sizeof(cells), "A first %s", cases[i].value);
        snprintf(want, sizeof(want), "A %s 1 1\nB - 0 0\nD - 0 0\n* %s 1 0\n", cases[i].want,
                 cases[i].want);
        check(cases[i].name, &bench, NULL, false, cells, want);
    }
}

static void composites_go_by_weight_and_ranks_are_shared(void)
{
    struct bench bench;
    static const bool both[] = {true, true}, second[] = {false, true};
    bench_init(&bench, TH_KIND_RATIO);
    set(&bench, 0, TH_DIRECTION_UP, "1", 9);
    set(&bench, 1, TH_DIRECTION_UP, "0.5", 1);
    set(&bench, 2, TH_DIRECTION_UP, "", 5); /* no target: weighs nothing */
    /* A: (9*50 + 1*100)/10 = 55. B: (9*75 + 0)/10 = 67.5. D: the first alone, 9 of 10:
     * 50 on a basis of 0.9, which is enough. Province: 9*(7/12)*100 = 525 and 1*100
     * * (1/4)/(1/2) = 50: 57.5; parts 1/2 + 3/4 + 3/6 = 7/12, 1/2 + 0/2 = 1/4. */
    static const char three[] = "A first 1/2; A second 1/2; B first 3/4; B second 0/2; D first 3/6";
    check("whole form", &bench, NULL, false, three,
          "B 67.5 1 1\nA 55 1 2\nD 50 0.9 3\n* 57.5 1 0\n");
    check("a group", &bench, second, false, three,
          "two:A 100 1 1\ntwo:B 0 1 2\ntwo:D - 0 0\ntwo:* 50 1 0\n");
    check("all", &bench, both, true, three,
          "B 67.5 1 1\nA 55 1 2\nD 50 0.9 3\n* 57.5 1 0\n"
          "one:B 75 1 1\none:A 50 1 2\none:D 50 1 2\none:* 58.333333 1 0\n"
          "two:A 100 1 1\ntwo:B 0 1 2\ntwo:D - 0 0\ntwo:* 50 1 0\n");
    /* Equal by exact value, 1/3 = 2/6: ranks 1, 1, 3. The province has
     * 4/13 of both: (9*400/13 + 800/13)/10. 0 of 0 is no figure. */
    check("shared", &bench, NULL, false,
          "A first 1/3; A second 1/3; B first 2/6; B second 2/6; D first 1/4; D second 1/4",
          "A 36.666667 1 1\nB 36.666667 1 1\nD 27.5 1 3\n* 33.846154 1 0\n");
    check("no denominator", &bench, NULL, false, "A first 0/0; A second 1/2; B first n/a",
          "A 100 0.1 0\nB - 0 0\nD - 0 0\n* 100 0.1 0\n");
    /* Equal when rounded, not equal: 333333333/999999998 is above a third. */
    check("exact", &bench, NULL, false,
          "A first 1/3; A second 1/2; B first 333333333/999999998; B second 1/2",
          "B 40 1 1\nA 40 1 2\nD - 0 0\n* 40 1 0\n");
}

static void a_basis_below_nine_tenths_is_no_rank(void)
{
    struct bench bench;
    bench_init(&bench, TH_KIND_RATIO);
    set(&bench, 0, TH_DIRECTION_UP, "1", 89);
    set(&bench, 1, TH_DIRECTION_UP, "1", 11);
    /* 0.89 is below 0.9, however good. Province: 2/3 and 1/2, (89*200/3 + 11*50)/100. */
    check("0.89", &bench, NULL, false, "A first 1/1; B first 1/2; B second 1/2",
          "B 50 1 1\nA 100 0.89 0\nD - 0 0\n* 64.833333 1 0\n");
    set(&bench, 0, TH_DIRECTION_UP, "1", 0);
    set(&bench, 1, TH_DIRECTION_NONE, "1", 3);
    static const bool both[] = {true, true};
    check("no weight at all", &bench, both, true, "A first 1/1; A second 1/1",
          "A - - 0\nB - - 0\nD - - 0\n* - - 0\n");
}

static void the_most_specific_target_holds(void)
{
    struct bench bench;
    const struct th_interval year = {fixture_day("2024-01-01"), fixture_day("2024-12-31")};
    const struct th_interval on = {fixture_day("2023-01-01"), TH_DAY_FOREVER};
    const struct th_interval past = {fixture_day("2023-01-01"), fixture_day("2023-12-31")};
    bench_init(&bench, TH_KIND_RATIO);
    set(&bench, 0, TH_DIRECTION_UP, "1", 1);
    const struct th_district *b = &bench.fixture.districts[1];
    bench.targets[0] = (struct th_target){&bench.criteria[0], b, on, number("0.8")};
    bench.targets[1] = (struct th_target){&bench.criteria[0], NULL, on, number("0.6")};
    bench.targets[2] = (struct th_target){&bench.criteria[0], NULL, year, number("0.5")};
    bench.targets[3] = (struct th_target){&bench.criteria[0], b, past, number("0.1")};
    bench.fixture.catalogue.targets = bench.targets;
    bench.fixture.catalogue.target_count = 4;
    /* All have 2/5 = 0.4. A, D and the province against 2024's 0.5: 80; B against its
     * own 0.8: 50. */
    check("rows", &bench, NULL, false, "A first 2/5; B first 2/5; D first 2/5",
          "A 80 1 1\nD 80 1 1\nB 50 1 3\n* 80 1 0\n");
    /* Only B has a target: nobody else is asked for one. */
    bench.criteria[0].has_target = false;
    bench.fixture.catalogue.target_count = 1;
    check("of one", &bench, NULL, false, "A first 2/5; B first 2/5; D first 2/5",
          "B 50 1 1\nA - - 0\nD - - 0\n* - - 0\n");
    struct th_decimal target;
    TH_CHECK("before", !th_criterion_target(&bench.fixture.catalogue, &bench.criteria[0], b,
                                            fixture_day("2022-12-31"), &target));
}

/* The same for one figure by its texts (SEMANTICS 6), exact where the parts are given. */
static void one_figure_is_attained_by_its_texts(void)
{
    static const struct {
        const char *num, *den, *value;
        enum th_direction direction;
        const char *target, *want;
    } cases[] = {
        {"34", "177", "0.19209", TH_DIRECTION_UP, "0.5", "38.418079"}, /* 3400/88.5 */
        {"", "", "0.19209", TH_DIRECTION_UP, "0.5", "38.418"},
        {"1", "3", "0.333333", TH_DIRECTION_UP, "0.6", "55.555556"}, /* 100/1.8, of a mean */
        {"9", "10", "0.9", TH_DIRECTION_UP, "0.9", "100"},
        {"", "", "120", TH_DIRECTION_UP, "85", "100"},
        {"", "", "-1", TH_DIRECTION_UP, "85", "0"},
        {"", "", "0", TH_DIRECTION_UP, "0", "100"},
        {"27109", "8410", "3.223424", TH_DIRECTION_DOWN, "3", "93.068723"}, /* 2523000/27109 */
        {"", "", "3", TH_DIRECTION_DOWN, "3", "100"},
        {"", "", "1", TH_DIRECTION_DOWN, "0", "0"},
        {"0", "0", "", TH_DIRECTION_UP, "1", ""},
        {"", "", "", TH_DIRECTION_UP, "1", ""},
        {"", "", "5", TH_DIRECTION_NONE, "1", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[TH_ATTAINMENT_TEXT];
        struct th_change_side side = {cases[i].num, cases[i].den, cases[i].value};
        bool given = th_attainment_of(side, cases[i].direction, number(cases[i].target), out);
        TH_CHECK_TEXT(cases[i].value, out, cases[i].want);
        TH_CHECK(cases[i].value, given == (*cases[i].want != '\0'));
    }
}

static const struct th_test tests[] = {
    {"one figure is attained by its texts", one_figure_is_attained_by_its_texts},
    {"attainment follows the direction", attainment_follows_the_direction},
    {"composites go by weight and ranks are shared", composites_go_by_weight_and_ranks_are_shared},
    {"a basis below nine tenths is no rank", a_basis_below_nine_tenths_is_no_rank},
    {"the most specific target holds", the_most_specific_target_holds},
};

TH_TEST_MAIN("attainment", tests)
