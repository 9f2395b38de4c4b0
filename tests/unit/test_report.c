#include "tests/unit/report_fixture.h"

#include "common/base/text.h"
#include "common/domain/report.h"

#define CODE(text) .criterion_code = {text, sizeof(text) - 1}

/* One of each kind, in the catalogue's order. */
static struct th_slice communes[] = {{"c1", 2}, {"c3", 2}};
static const struct th_observation ordered[] = {
    {CODE("count"), .answer = TH_ANSWER_NUMBER, .number = {2, 0}},
    {CODE("money"), .answer = TH_ANSWER_NUMBER, .number = {-15, 1}, .note = {"ghi chú", 8}},
    {CODE("share"), .answer = TH_ANSWER_RATIO, .number = {2, 0}, .den = {3, 0}, .has_num = true,
     .has_den = true},
    {CODE("choice"), .answer = TH_ANSWER_CHOICE, .text = {"yes", 3}},
    {CODE("list"), .answer = TH_ANSWER_COMMUNES, .communes = communes, .commune_count = 2},
    {CODE("story"), .answer = TH_ANSWER_TEXT, .text = {"Kết quả", 11}},
    {CODE("need"), .answer = TH_ANSWER_NOT_APPLICABLE, .text = {"chưa có", 9}},
};

struct fixture {
    struct th_catalogue *catalogue;
    struct th_problem_list list;
    struct th_observation observations[16];
    struct th_report report;
};

static void set_up(struct fixture *fixture, const struct th_observation *observations, size_t count)
{
    *fixture =
        (struct fixture){.catalogue = fixture_catalogue(), .list = {.arena = th_arena_create(0)}};
    memcpy(fixture->observations, observations, count * sizeof(*observations));
    fixture->report = (struct th_report){.form_code = TH_SLICE("f"),
                                         .district_code = TH_SLICE("D1"),
                                         .period_text = TH_SLICE("2024-03"),
                                         .observations = fixture->observations,
                                         .observation_count = count};
}

static void tear_down(struct fixture *fixture)
{
    th_arena_destroy(&fixture->list.arena);
    th_catalogue_release(&fixture->catalogue);
}

static void observations_come_into_the_catalogues_order(void)
{
    static const size_t orders[][COUNT(ordered)] = {
        {0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}, {3, 0, 6, 1, 5, 2, 4}};
    for (size_t i = 0; i < COUNT(orders); i++) {
        struct fixture fixture;
        struct th_observation mixed[COUNT(ordered)];
        for (size_t o = 0; o < COUNT(ordered); o++)
            mixed[o] = ordered[orders[i][o]];
        set_up(&fixture, mixed, COUNT(mixed));
        TH_CHECK("resolved", th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list));
        TH_CHECK("no problem", fixture.list.count == 0);
        TH_CHECK("key", strcmp(fixture.report.form->code, "f") == 0 &&
                            strcmp(fixture.report.district->code, "D1") == 0 &&
                            fixture.report.period == 2024 * 12 + 2);
        for (size_t o = 0; o < COUNT(ordered); o++) {
            const struct th_observation *got = &fixture.report.observations[o];
            TH_CHECK("order", th_slice_same(got->criterion_code, ordered[o].criterion_code));
            TH_CHECK("criterion",
                     got->criterion && th_slice_equals(got->criterion_code, got->criterion->code));
            TH_CHECK("found", th_report_find(&fixture.report, got->criterion) == got);
        }
        tear_down(&fixture);
    }
}

static void what_is_missing_is_not_found(void)
{
    static const char *const missing[] = {"exact", "score", "gone"};
    struct fixture fixture;
    set_up(&fixture, ordered, COUNT(ordered));
    TH_CHECK("resolved", th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list));
    for (size_t i = 0; i < COUNT(missing); i++)
        TH_CHECK(missing[i],
                 !th_report_find(&fixture.report,
                                 th_form_criterion(fixture.report.form, th_slice_of(missing[i]))));
    /* A criterion of the same position in another form. */
    const struct th_form *other = th_catalogue_form(fixture.catalogue, TH_SLICE("old"));
    TH_CHECK("of another form", !th_report_find(&fixture.report, &other->criteria[0]));
    fixture.report.observation_count = 0;
    TH_CHECK("of an empty report",
             !th_report_find(&fixture.report, &fixture.report.form->criteria[0]));
    tear_down(&fixture);
}

/* Resolving once more, as validation does after a file was read, says nothing
 * twice; a fresh list hears everything, and so does one that heard another file. */
static void problems_are_told_once(void)
{
    static const struct th_observation observations[] = {
        {CODE("money"), .line = 9, .criterion_column = 1},
        {CODE("nope"), .line = 10, .criterion_column = 1},
        {CODE("money"), .line = 11, .criterion_column = 1},
        {CODE("nope"), .line = 12, .criterion_column = 1},
    };
    static const char want[] = "criterion.duplicate:money@11:1 criterion.unknown:nope@10:1 "
                               "criterion.unknown:nope@12:1 district.unknown period.malformed@2:2";
    struct fixture fixture;
    set_up(&fixture, observations, COUNT(observations));
    fixture.report.district_code = TH_SLICE("D9");
    fixture.report.period_text = TH_SLICE("2024");
    fixture.report.period_line = 2;
    fixture.report.told = &fixture.list;
    TH_CHECK("not resolved", !th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list));
    TH_CHECK_TEXT("first", fixture_problems(&fixture.list, true), want);
    th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list);
    TH_CHECK_TEXT("second", fixture_problems(&fixture.list, true), want);
    struct th_problem_list fresh = {.arena = fixture.list.arena};
    th_report_resolve(&fixture.report, fixture.catalogue, &fresh);
    TH_CHECK_TEXT("fresh", fixture_problems(&fresh, true), want);
    fixture.report.told_from = fixture.list.count;
    th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list);
    TH_CHECK("another file with the same faults", fixture.list.count == 10);
    /* One line further on it is another fault. */
    fixture.report.told_from = 5;
    fixture.report.observations[3].line++;
    fixture.report.period_line++;
    th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list);
    TH_CHECK("other lines", fixture.list.count == 12);
    fixture.report.observations[3].criterion_column++;
    th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list);
    TH_CHECK("another column", fixture.list.count == 13);
    tear_down(&fixture);
}

static void without_a_form_nothing_is_kept_of_an_earlier_one(void)
{
    struct fixture fixture;
    set_up(&fixture, ordered, COUNT(ordered));
    TH_CHECK("resolved", th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list));
    fixture.report.form_code = TH_SLICE("none");
    TH_CHECK("not resolved", !th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list));
    for (size_t i = 0; i < fixture.report.observation_count; i++)
        TH_CHECK("criterion", fixture.report.observations[i].criterion == NULL);
    TH_CHECK("form", fixture.report.form == NULL && !fixture.report.has_period);
    /* A period of any frequency passes when the form cannot say which. */
    TH_CHECK_TEXT("problems", fixture_problems(&fixture.list, false), "form.unknown");
    tear_down(&fixture);
}

/* Form f in March 2024 asks for nine criteria (`gone` is closed), of which count
 * and need are required. */
static void completeness_is_measured(void)
{
    static const struct {
        const char *name;
        size_t used; /* of `ordered`, from its end */
        const char *period;
        struct th_report_extent want;
    } cases[] = {
        {"all but two", 7, "2024-03", {true, false, 6, 1, 2}},
        {"a required one left out", 6, "2024-03", {false, false, 5, 1, 3}},
        {"nothing but n/a", 1, "2024-03", {false, true, 0, 1, 8}},
        {"nothing", 0, "2024-03", {false, true, 0, 0, 9}},
        /* In 2020 `gone` was open and required. */
        {"earlier period", 7, "2020-12", {false, false, 6, 1, 3}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        struct th_report_extent extent;
        const struct th_report_extent *want = &cases[i].want;
        set_up(&fixture, ordered + COUNT(ordered) - cases[i].used, cases[i].used);
        fixture.report.period_text = th_slice_of(cases[i].period);
        TH_CHECK(cases[i].name,
                 th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list));
        th_report_measure(&fixture.report, &extent);
        TH_CHECK(cases[i].name, extent.complete == want->complete);
        TH_CHECK(cases[i].name, extent.empty == want->empty);
        TH_CHECK(cases[i].name, extent.values == want->values);
        TH_CHECK(cases[i].name, extent.not_applicable == want->not_applicable);
        TH_CHECK(cases[i].name, extent.missing == want->missing);
        tear_down(&fixture);
    }
}

static void import_id_of(const struct th_observation *observations, size_t count,
                         const char *period, char text[37])
{
    struct fixture fixture;
    uint8_t id[16];
    set_up(&fixture, observations, count);
    fixture.report.period_text = th_slice_of(period);
    TH_CHECK("resolved", th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list));
    th_report_import_id(&fixture.report, id);
    th_text_uuid(id, text);
    tear_down(&fixture);
}

/* The id was worked out by another implementation of UUID version 5, over
 *
 *   D1/f/2024-03
 *   6:choicechoice 3:yes 0:
 *   5:countnumber 1:2 0:
 *   4:listcommunes 2:c12:c3 0:
 *   5:moneynumber 4:-1.5 8:ghi chú
 *   4:needn/a 9:chưa có 0:
 *   5:shareratio 1:21:3 0:
 *   5:storytext 11:Kết quả 0:
 *
 * It must never change: an import run again is recognised by it. */
static void import_ids_are_fixed_for_ever(void)
{
    char got[37];
    import_id_of(ordered, COUNT(ordered), "2024-03", got);
    TH_CHECK_TEXT("all kinds", got, "6b4e058d-c037-5d8e-817d-908d44d4c7c7");
}

static void import_ids_follow_the_content_alone(void)
{
    struct th_slice turned[] = {{"c3", 2}, {"c1", 2}, {"c3", 2}};
    struct th_observation changed[COUNT(ordered)];
    char same[37], got[37];
    import_id_of(ordered, COUNT(ordered), "2024-03", same);

    /* Turned round, with a list in another order and lines of a file. */
    for (size_t i = 0; i < COUNT(ordered); i++) {
        changed[i] = ordered[COUNT(ordered) - 1 - i];
        changed[i].line = 10 + i;
        if (changed[i].answer == TH_ANSWER_COMMUNES) {
            changed[i].communes = turned;
            changed[i].commune_count = 3;
        }
    }
    import_id_of(changed, COUNT(changed), "202403", got);
    TH_CHECK_TEXT("written otherwise", got, same);
    TH_CHECK("the report's own list is left as it is", th_slice_equals(turned[0], "c3"));

    import_id_of(ordered, COUNT(ordered), "2024-04", got);
    TH_CHECK("another period", strcmp(got, same) != 0);
    import_id_of(ordered, COUNT(ordered) - 1, "2024-03", got);
    TH_CHECK("one less", strcmp(got, same) != 0);
    memcpy(changed, ordered, sizeof(ordered));
    changed[1].number.unscaled++;
    import_id_of(changed, COUNT(changed), "2024-03", got);
    TH_CHECK("another value", strcmp(got, same) != 0);
    changed[1] = ordered[1];
    changed[1].note = (struct th_slice){0};
    import_id_of(changed, COUNT(changed), "2024-03", got);
    TH_CHECK("another note", strcmp(got, same) != 0);
    /* 2/3 and 23/ must not read alike. */
    changed[1] = ordered[1];
    changed[2].number.unscaled = 23;
    changed[2].has_den = false;
    import_id_of(changed, COUNT(changed), "2024-03", got);
    TH_CHECK("other parts", strcmp(got, same) != 0);
}

/* A later catalogue may put its criteria into another order; what is stored is
 * found all the same. */
static void import_ids_do_not_follow_the_catalogues_order(void)
{
    struct fixture fixture;
    char same[37], got[37];
    uint8_t id[16];
    import_id_of(ordered, COUNT(ordered), "2024-03", same);
    set_up(&fixture, ordered, COUNT(ordered));
    TH_CHECK("resolved", th_report_resolve(&fixture.report, fixture.catalogue, &fixture.list));
    for (size_t i = 0; i < COUNT(ordered); i++)
        fixture.observations[i] = ordered[COUNT(ordered) - 1 - i];
    th_report_import_id(&fixture.report, id);
    th_text_uuid(id, got);
    TH_CHECK_TEXT("turned round", got, same);
    TH_CHECK("the report's own order is left as it is",
             th_slice_equals(fixture.report.observations[0].criterion_code, "need"));
    tear_down(&fixture);
}

static void new_ids_are_random(void)
{
    uint8_t first[16], second[16];
    th_report_new_id(first);
    th_report_new_id(second);
    TH_CHECK("differ", memcmp(first, second, sizeof(first)) != 0);
    TH_CHECK("version 4", first[6] >> 4 == 4 && second[6] >> 4 == 4);
    TH_CHECK("variant", first[8] >> 6 == 2 && second[8] >> 6 == 2);
}

static const struct th_test tests[] = {
    {"observations come into the catalogue's order", observations_come_into_the_catalogues_order},
    {"what is missing is not found", what_is_missing_is_not_found},
    {"problems are told once", problems_are_told_once},
    {"without a form nothing is kept of an earlier one",
     without_a_form_nothing_is_kept_of_an_earlier_one},
    {"completeness is measured", completeness_is_measured},
    {"import ids are fixed for ever", import_ids_are_fixed_for_ever},
    {"import ids follow the content alone", import_ids_follow_the_content_alone},
    {"import ids do not follow the catalogue's order",
     import_ids_do_not_follow_the_catalogues_order},
    {"new ids are random", new_ids_are_random},
};

TH_TEST_MAIN("report", tests)
