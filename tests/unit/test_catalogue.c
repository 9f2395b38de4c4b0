/* The catalogue as it is read and asked: the sample of Quảng Ninh, whose figures are
 * counted by hand from its files, and small ones. */
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "common/base/clock.h"
#include "tests/unit/catalogue_support.h"
#include "tests/unit/th_test.h"

#define ALL(rows) (sizeof(rows) / sizeof((rows)[0]))

/* The sample; NULL after a failed check. */
static struct th_catalogue *load_sample(void)
{
    struct folder folder;
    struct th_catalogue *catalogue = NULL;
    if (folder_read_sample(&folder))
        catalogue = folder_load(&folder, NULL);
    folder_free(&folder);
    TH_CHECK("the sample is read", catalogue != NULL);
    return catalogue;
}

static const struct th_district *district_of(const struct th_catalogue *catalogue, const char *code)
{
    return th_catalogue_district(catalogue, th_slice_of(code));
}

static void test_sample_counts(void)
{
    struct th_catalogue *catalogue = load_sample();
    if (!catalogue)
        return;
    TH_CHECK("districts", catalogue->district_count == 14);
    TH_CHECK("communes", catalogue->commune_count == 177);
    TH_CHECK("forms", catalogue->form_count == 4);
    TH_CHECK("targets", catalogue->target_count == 2);
    TH_CHECK("periods", catalogue->period_count == 2);
    TH_CHECK("holidays", catalogue->holiday_count == 22);
    TH_CHECK("version and digest are not set yet", catalogue->version == 0);
    static const struct {
        const char *form;
        size_t want_groups, want_criteria, want_rules, want_choices;
    } forms[] = {
        {"joint-agency", 8, 15, 4, 0},
        {"joint-agency-review", 4, 13, 0, 15}, /* five criteria of three choices */
        {"joint-agency-appraisal", 4, 8, 0, 0},
        {"concurrent-post", 4, 11, 8, 3},
    };
    for (size_t i = 0; i < ALL(forms); i++) {
        const struct th_form *form = th_catalogue_form(catalogue, th_slice_of(forms[i].form));
        TH_CHECK(forms[i].form, form == &catalogue->forms[i] && form->index == i);
        if (!form)
            continue;
        size_t choices = 0;
        for (size_t j = 0; j < form->criterion_count; j++) {
            choices += form->criteria[j].choice_count;
            TH_CHECK(forms[i].form, form->criteria[j].form == form);
            TH_CHECK(forms[i].form, form->criteria[j].index == j);
        }
        TH_CHECK(forms[i].form, form->group_count == forms[i].want_groups);
        TH_CHECK(forms[i].form, form->criterion_count == forms[i].want_criteria);
        TH_CHECK(forms[i].form, form->rule_count == forms[i].want_rules);
        TH_CHECK(forms[i].form, choices == forms[i].want_choices);
    }
    th_catalogue_release(&catalogue);
}

static void test_openings(void)
{
    static const struct {
        const char *day;
        int want_open;
        int32_t want_communes; /* of the open districts together */
        int32_t want_ha_long, want_hoanh_bo, want_co_to;
    } rows[] = {
        {"2014-12-31", 0, 0, -1, -1, -1},   {"2015-01-01", 14, 186, 20, 13, 3},
        {"2019-12-31", 14, 186, 20, 13, 3}, {"2020-01-01", 13, 177, 33, -1, 3},
        {"2024-03-31", 13, 177, 33, -1, 3}, {"2999-12-31", 13, 177, 33, -1, 3},
    };
    struct th_catalogue *catalogue = load_sample();
    if (!catalogue)
        return;
    for (size_t i = 0; i < ALL(rows); i++) {
        int open = 0;
        int32_t communes = 0, on = day(rows[i].day);
        for (size_t j = 0; j < catalogue->district_count; j++) {
            const struct th_district *district = &catalogue->districts[j];
            int32_t own = th_district_communes(catalogue, district, on);
            open += th_district_is_open(district, on);
            TH_CHECK(rows[i].day, (own >= 0) == th_district_is_open(district, on));
            communes += own > 0 ? own : 0;
        }
        TH_CHECK(rows[i].day, open == rows[i].want_open);
        TH_CHECK(rows[i].day, communes == rows[i].want_communes);
        const struct {
            const char *code;
            int32_t want;
        } named[] = {{"193", rows[i].want_ha_long},
                     {"204", rows[i].want_hoanh_bo},
                     {"207", rows[i].want_co_to}};
        for (size_t j = 0; j < ALL(named); j++)
            TH_CHECK(rows[i].day,
                     th_district_communes(catalogue, district_of(catalogue, named[j].code), on) ==
                         named[j].want);
    }
    th_catalogue_release(&catalogue);
}

static void test_sample_district(void)
{
    struct th_catalogue *catalogue = load_sample();
    if (!catalogue)
        return;
    const struct th_district *ha_long = district_of(catalogue, "193");
    const struct th_district *hoanh_bo = district_of(catalogue, "204");
    TH_CHECK("found", ha_long && hoanh_bo);
    if (ha_long && hoanh_bo) {
        TH_CHECK_TEXT("name", ha_long->name.vi, "Thành phố Hạ Long");
        TH_CHECK_TEXT("vi", th_name_in(ha_long->name, "vi"), "Thành phố Hạ Long");
        TH_CHECK_TEXT("en", th_name_in(ha_long->name, "en"), "Ha Long City");
        TH_CHECK_TEXT("kind", ha_long->kind, "city");
        /* adjoining, and yet each with its number of communes */
        TH_CHECK("openings", ha_long->opening_count == 2);
        TH_CHECK("first", ha_long->index == 0 && hoanh_bo->index == 13);
        TH_CHECK("successor", hoanh_bo->successor == ha_long && !ha_long->successor);
        TH_CHECK("tile", hoanh_bo->tile_column == 2 && hoanh_bo->tile_row == 0);
    }
    TH_CHECK("unknown", !district_of(catalogue, "999"));
    TH_CHECK("empty", !district_of(catalogue, ""));
    TH_CHECK("a prefix", !district_of(catalogue, "19"));
    TH_CHECK("NUL inside", !th_catalogue_district(catalogue, (struct th_slice){"193\0", 4}));
    th_catalogue_release(&catalogue);
}

static void test_sample_criteria(void)
{
    struct th_catalogue *catalogue = load_sample();
    if (!catalogue)
        return;
    static const struct {
        const char *form, *code, *want_kind, *want_time, *want_district, *want_group, *want_unit;
        bool want_percent, want_required;
        uint8_t want_decimals, want_weight;
        enum th_direction want_direction;
        const char *want_min, *want_max, *want_target; /* "" none */
    } rows[] = {
        {"joint-agency", "staff-filled", "ratio", "last", "sum", "people", "biên chế", true, true,
         0, 3, TH_DIRECTION_UP, "0", "", "0.95"},
        {"joint-agency", "handling-days", "ratio", "sum", "sum", "processes", "ngày/văn bản", false,
         false, 0, 2, TH_DIRECTION_DOWN, "0", "", "3"},
        {"joint-agency", "support-funds", "amount", "sum", "sum", "mobilisation", "triệu đồng",
         false, false, 3, 0, TH_DIRECTION_UP, "0", "", ""},
        {"joint-agency-review", "legal-basis", "choice", "last", "distribution", "shortcomings", "",
         false, true, 0, 0, TH_DIRECTION_NONE, "", "", ""},
        {"joint-agency-review", "causes", "text", "", "", "narrative", "", false, false, 0, 0,
         TH_DIRECTION_NONE, "", "", ""},
        {"joint-agency-appraisal", "impact-score", "score", "average", "average", "result", "điểm",
         false, true, 1, 3, TH_DIRECTION_UP, "0", "100", "85"},
        {"concurrent-post", "applying-list", "communes", "last", "union", "coverage", "", false,
         false, 0, 0, TH_DIRECTION_NONE, "", "", ""},
    };
    for (size_t i = 0; i < ALL(rows); i++) {
        const char *name = rows[i].code;
        const struct th_form *form = th_catalogue_form(catalogue, th_slice_of(rows[i].form));
        const struct th_criterion *criterion =
            form ? th_form_criterion(form, th_slice_of(name)) : NULL;
        TH_CHECK(name, criterion != NULL);
        if (!criterion)
            continue;
        char min[TH_DECIMAL_TEXT] = "", max[TH_DECIMAL_TEXT] = "", target[TH_DECIMAL_TEXT] = "";
        if (criterion->has_min)
            th_decimal_format(criterion->min, min);
        if (criterion->has_max)
            th_decimal_format(criterion->max, max);
        if (criterion->has_target)
            th_decimal_format(criterion->target, target);
        TH_CHECK_TEXT(name, th_kind_name(criterion->kind), rows[i].want_kind);
        TH_CHECK_TEXT(name, th_time_agg_name(criterion->time_agg), rows[i].want_time);
        TH_CHECK_TEXT(name, th_district_agg_name(criterion->district_agg), rows[i].want_district);
        TH_CHECK_TEXT(name, criterion->group->code, rows[i].want_group);
        TH_CHECK_TEXT(name, criterion->unit.vi, rows[i].want_unit);
        TH_CHECK(name, criterion->percent == rows[i].want_percent);
        TH_CHECK(name, criterion->required == rows[i].want_required);
        TH_CHECK(name, criterion->decimals == rows[i].want_decimals);
        TH_CHECK(name, criterion->weight == rows[i].want_weight);
        TH_CHECK(name, criterion->direction == rows[i].want_direction);
        TH_CHECK_TEXT(name, min, rows[i].want_min);
        TH_CHECK_TEXT(name, max, rows[i].want_max);
        TH_CHECK_TEXT(name, target, rows[i].want_target);
        TH_CHECK(name, criterion->interval.closed == TH_DAY_FOREVER);
        TH_CHECK(name, !th_form_criterion(form, TH_SLICE("none")));
    }
    th_catalogue_release(&catalogue);
}

static void test_sample_forms_and_rows(void)
{
    struct th_catalogue *catalogue = load_sample();
    if (!catalogue)
        return;
    const struct th_form *monthly = &catalogue->forms[0], *appraisal = &catalogue->forms[2];
    TH_CHECK("monthly", !monthly->by_province && monthly->frequency == TH_MONTHLY);
    TH_CHECK("monthly", monthly->due_days == 10 && monthly->has_lock && monthly->lock_days == 45);
    TH_CHECK("appraisal", appraisal->by_province && appraisal->frequency == TH_HALF_YEARLY);
    const struct th_criterion *recommendation =
        th_form_criterion(&catalogue->forms[1], TH_SLICE("recommendation"));
    TH_CHECK("choices", recommendation && recommendation->choice_count == 3);
    if (recommendation) {
        const struct th_choice *choice = th_criterion_choice(recommendation, TH_SLICE("adjust"));
        TH_CHECK("second choice", choice == &recommendation->choices[1]);
        TH_CHECK_TEXT("comma in a name", choice ? choice->name.vi : NULL,
                      "Tiếp tục duy trì, có điều chỉnh");
        TH_CHECK("none", !th_criterion_choice(recommendation, TH_SLICE("none")));
        TH_CHECK("not a choice", !th_criterion_choice(&monthly->criteria[0], TH_SLICE("adjust")));
    }
    const struct th_target *first = &catalogue->targets[0], *second = &catalogue->targets[1];
    TH_CHECK_TEXT("target", first->criterion->code, "tasks-on-time");
    TH_CHECK("target for all",
             !first->district && first->target.unscaled == 97 && first->target.scale == 2);
    TH_CHECK("target of Cô Tô", second->district == district_of(catalogue, "207"));
    TH_CHECK("from 2023", second->interval.opened == day("2023-01-01") &&
                              second->interval.closed == TH_DAY_FOREVER);
    TH_CHECK_TEXT("period", catalogue->periods[0].code, "term-2020-2025");
    TH_CHECK("period", catalogue->periods[0].interval.closed == day("2025-06-30"));
    for (size_t i = 1; i < catalogue->holiday_count; i++)
        TH_CHECK("by day", catalogue->holidays[i - 1].day < catalogue->holidays[i].day);
    const struct th_holiday *worked = &catalogue->holidays[19];
    TH_CHECK("worked Saturday", worked->day == day("2024-05-04") && worked->working);
    TH_CHECK("a day off", !catalogue->holidays[18].working);
    th_catalogue_release(&catalogue);
}

static void test_communes(void)
{
    struct folder folder;
    folder_make_small(&folder);
    /* x moves from b to a; y is closed and opened again; b gives no number of its own */
    folder_replace(&folder, "communes.csv", "c1,C1,,a,2020-01-01,\n",
                   "x,X old,,b,2020-01-01,2020-12-31\nx,X,,a,2021-01-01,\n"
                   "y,Y,,b,2022-01-01,\ny,Y,,b,2020-01-01,2020-06-30\n");
    folder_replace(&folder, "districts.csv", "a,A,Aa,city,1,2020-01-01,,,1,1\n",
                   "a,A,Aa,city,0,2020-01-01,2020-12-31,,1,1\n"
                   "a,A,Aa,city,7,2021-01-01,,,1,1\n");
    struct th_catalogue *catalogue = folder_load(&folder, NULL);
    TH_CHECK("read", catalogue != NULL);
    if (!catalogue)
        return;
    static const struct {
        const char *code, *day, *want_district; /* NULL: not open */
    } rows[] = {
        {"x", "2019-12-31", NULL}, {"x", "2020-12-31", "b"},   {"x", "2021-01-01", "a"},
        {"y", "2020-06-30", "b"},  {"y", "2020-07-01", NULL},  {"y", "2022-01-01", "b"},
        {"c2", "2022-12-31", "b"}, {"c2", "2023-01-01", NULL}, {"c", "2020-06-01", NULL},
        {"", "2020-06-01", NULL},  {"zz", "2020-06-01", NULL}, {"a", "2020-06-01", NULL},
    };
    for (size_t i = 0; i < ALL(rows); i++) {
        char name[32];
        snprintf(name, sizeof name, "%s on %s", rows[i].code, rows[i].day);
        const struct th_commune *commune =
            th_catalogue_commune(catalogue, th_slice_of(rows[i].code), day(rows[i].day));
        TH_CHECK(name, (commune != NULL) == (rows[i].want_district != NULL));
        if (commune && rows[i].want_district) {
            TH_CHECK_TEXT(name, commune->code, rows[i].code);
            TH_CHECK_TEXT(name, commune->district->code, rows[i].want_district);
        }
    }
    static const struct {
        const char *code, *day;
        int32_t want;
    } numbers[] = {
        {"b", "2020-06-30", 3},                          /* listed: x, y, c2 */
        {"b", "2020-07-01", 2},                          /* x, c2 */
        {"b", "2021-06-30", 1},                          /* c2 */
        {"b", "2023-01-01", -1},                         /* closed, though y is listed still */
        {"b", "2019-12-31", -1}, {"a", "2020-12-31", 0}, /* given, and 0 is a number */
        {"a", "2021-01-01", 7},                          /* given, though x alone is listed */
        {"a", "2019-12-31", -1},
    };
    for (size_t i = 0; i < ALL(numbers); i++)
        TH_CHECK(numbers[i].day,
                 th_district_communes(catalogue, district_of(catalogue, numbers[i].code),
                                      day(numbers[i].day)) == numbers[i].want);
    th_catalogue_release(&catalogue);
    folder_free(&folder);
}

/* Rows of one code: openings by day, the rest from the latest row, wherever it stands. */
static void test_latest_row(void)
{
    struct folder folder;
    folder_make_small(&folder);
    folder_replace(&folder, "districts.csv", "a,A,Aa,city,1,2020-01-01,,,1,1\n",
                   "a,A new,,town,9,2022-01-01,2022-12-31,c,3,4\n"
                   "a,A old,,city,,2020-01-01,2020-12-31,b,1,1\n"
                   "c,C,,,,2020-01-01,,,,\n");
    struct th_catalogue *catalogue = folder_load(&folder, NULL);
    TH_CHECK("read", catalogue != NULL);
    if (!catalogue)
        return;
    const struct th_district *a = district_of(catalogue, "a"), *c = district_of(catalogue, "c");
    TH_CHECK("order of first rows", a->index == 0 && c->index == 1);
    TH_CHECK_TEXT("name", a->name.vi, "A new");
    TH_CHECK_TEXT("en falls back", a->name.en, "A new");
    TH_CHECK_TEXT("kind", a->kind, "town");
    TH_CHECK("successor", a->successor == c);
    TH_CHECK("tile", a->tile_column == 3 && a->tile_row == 4);
    TH_CHECK("no tile", c->tile_column == -1 && c->tile_row == -1);
    TH_CHECK("openings", a->opening_count == 2 &&
                             a->openings[0].interval.opened == day("2020-01-01") &&
                             a->openings[0].communes == -1 && a->openings[1].communes == 9);
    TH_CHECK("gap", th_district_is_open(a, day("2020-12-31")) &&
                        !th_district_is_open(a, day("2021-01-01")) &&
                        !th_district_is_open(a, day("2021-12-31")) &&
                        th_district_is_open(a, day("2022-01-01")) &&
                        !th_district_is_open(a, day("2023-01-01")));
    th_catalogue_release(&catalogue);
    folder_free(&folder);
}

static void test_rule_terms(void)
{
    struct folder folder;
    folder_make_small(&folder);
    folder_replace(&folder, "rules.csv", "f,within,r.num,<=,r.den,error,Too many,\n",
                   "f,one,  n  +  l -  r.den - 2.50 ,>=,- s + DISTRICT.communes,warning,One,\n"
                   "f,two,m,=,-7,error,Two,Both\n");
    struct th_catalogue *catalogue = folder_load(&folder, NULL);
    TH_CHECK("read", catalogue != NULL);
    if (!catalogue)
        return;
    const struct th_rule *one = &catalogue->forms[0].rules[0], *two = one + 1;
    static const struct {
        enum th_term_kind want_kind;
        int want_sign;
        const char *want_criterion; /* NULL: none */
    } terms[] = {
        {TH_TERM_VALUE, 1, "n"},
        {TH_TERM_VALUE, 1, "l"},
        {TH_TERM_DEN, -1, "r"},
        {TH_TERM_NUMBER, -1, NULL},
        {TH_TERM_VALUE, -1, "s"}, /* right */
        {TH_TERM_DISTRICT_COMMUNES, 1, NULL},
    };
    TH_CHECK("counts", one->left_count == 4 && one->right_count == 2);
    for (size_t i = 0; i < ALL(terms) && one->left_count == 4 && one->right_count == 2; i++) {
        const struct th_term *term = i < 4 ? &one->left[i] : &one->right[i - 4];
        TH_CHECK("term", term->kind == terms[i].want_kind && term->sign == terms[i].want_sign);
        TH_CHECK("term", (term->criterion != NULL) == (terms[i].want_criterion != NULL));
        if (term->criterion && terms[i].want_criterion)
            TH_CHECK_TEXT("term", term->criterion->code, terms[i].want_criterion);
    }
    TH_CHECK("2.50", one->left[3].number.unscaled == 25 && one->left[3].number.scale == 1);
    TH_CHECK_TEXT("tidy", one->left_text, "n + l - r.den - 2.50");
    TH_CHECK_TEXT("tidy", one->right_text, "- s + DISTRICT.communes");
    TH_CHECK("one", one->comparison == TH_GREATER_EQUAL && !one->error);
    TH_CHECK("two", two->comparison == TH_EQUAL && two->error);
    TH_CHECK("a signed number", two->right_count == 1 && two->right[0].sign == 1 &&
                                    two->right[0].number.unscaled == -7);
    TH_CHECK_TEXT("two", two->message.en, "Both");
    th_catalogue_release(&catalogue);
    folder_free(&folder);
}

static void *hold_and_let_go(void *context)
{
    const struct th_catalogue *shared = context;
    for (int i = 0; i < 10000; i++) {
        struct th_catalogue *own = th_catalogue_retain(shared);
        if (!th_catalogue_district(own, TH_SLICE("193")))
            return context;
        th_catalogue_release(&own);
    }
    return NULL;
}

static void test_sharing(void)
{
    struct th_catalogue *catalogue = load_sample();
    if (!catalogue)
        return;
    struct th_catalogue *second = th_catalogue_retain(catalogue);
    TH_CHECK("the same", second == catalogue);
    th_catalogue_release(&catalogue);
    TH_CHECK("let go", catalogue == NULL);
    th_catalogue_release(&catalogue); /* of nothing: nothing */
    TH_CHECK("still there", district_of(second, "193") != NULL);
    pthread_t threads[4];
    for (size_t i = 0; i < ALL(threads); i++)
        TH_CHECK("started", pthread_create(&threads[i], NULL, hold_and_let_go, second) == 0);
    for (size_t i = 0; i < ALL(threads); i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        TH_CHECK("found every time", failed == NULL);
    }
    th_catalogue_release(&second);
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A whole country: within a second of processor time, sanitizers included. */
static void test_large(void)
{
    struct folder folder;
    folder_make_small(&folder);
    struct th_buffer *districts = &folder.contents[file_index("districts.csv")];
    struct th_buffer *communes = &folder.contents[file_index("communes.csv")];
    for (int i = 0; i < 10000; i++) {
        th_buffer_printf(districts, "%05d,Huyện %d,,district,,2015-01-01,2019-12-31,,,\n", i, i);
        th_buffer_printf(districts, "%05d,Huyện %d,,district,,2020-01-01,,,,\n", i, i);
        /* in no order of codes */
        th_buffer_printf(communes, "x%05d,Xã %d,,%05d,2020-01-01,\n", i * 7919 % 10000, i, i);
    }
    folder_point(&folder);
    double before = cpu_seconds();
    struct th_catalogue *catalogue = folder_load(&folder, NULL);
    double took = cpu_seconds() - before;
    fprintf(stderr, "(%.3f s) ", took);
    TH_CHECK("read", catalogue != NULL);
    TH_CHECK("within a second", took < 1.0);
    for (int i = 0; catalogue && i < 10000; i++) {
        char code[8];
        snprintf(code, sizeof code, "%05d", i);
        const struct th_district *district = district_of(catalogue, code);
        /* two of the small catalogue stand before them */
        if (!district || district->index != (size_t)i + 2 ||
            th_district_communes(catalogue, district, day("2024-01-01")) != 1) {
            TH_CHECK(code, false);
            break;
        }
    }
    th_catalogue_release(&catalogue);
    folder_free(&folder);
}

static const struct th_test tests[] = {
    {"the sample has what its files list", test_sample_counts},
    {"openings and communes by day", test_openings},
    {"a district of the sample", test_sample_district},
    {"criteria of the sample", test_sample_criteria},
    {"forms, choices, targets, periods, holidays of the sample", test_sample_forms_and_rows},
    {"communes as they stand on a day", test_communes},
    {"names come from the latest row", test_latest_row},
    {"rules become terms", test_rule_terms},
    {"references are counted across threads", test_sharing},
    {"10,000 districts are read within a second", test_large},
};
TH_TEST_MAIN("catalogue", tests)
