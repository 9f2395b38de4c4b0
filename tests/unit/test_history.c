/* What a writer remembers of earlier reports (collector/store/history.h): windows of
 * consecutive reports. Expectations by hand: a report of base period p gives `count` the
 * value p and the ratio `exact` p of 1000 + p. */
#include <limits.h>

#include "collector/store/history.h"
#include "common/domain/validate.h"
#include "tests/unit/validate_fixture.h"
#include "th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PLENTY       ((size_t)1 << 20)

struct world {
    struct th_catalogue *catalogue;
    const struct th_form *form;
    struct th_history *history;
};

static struct world open_world(size_t limit)
{
    struct world world = {fixture_catalogue(), NULL, th_history_create(limit)};
    world.form = th_catalogue_form(world.catalogue, TH_SLICE("f"));
    th_history_begin(world.history, world.catalogue);
    return world;
}

static void close_world(struct world *world)
{
    th_history_destroy(&world->history);
    th_catalogue_release(&world->catalogue);
}

static const struct th_criterion *criterion(const struct world *world, const char *code)
{
    return th_form_criterion(world->form, th_slice_of(code));
}

static void put(struct world *world, int32_t district, int32_t period, int64_t value)
{
    struct th_observation observations[] = {NUMBER("count", 0, 0), RATIO("exact", 0, 0, 0, 0),
                                            NA("money", "")};
    observations[0].number.unscaled = value;
    observations[1].number.unscaled = value;
    observations[1].den.unscaled = 1000 + value;
    for (size_t i = 0; i < COUNT(observations); i++)
        observations[i].criterion = th_form_criterion(world->form, observations[i].criterion_code);
    struct th_report report = {.form = world->form,
                               .period = period,
                               .has_period = true,
                               .observations = observations,
                               .observation_count = COUNT(observations)};
    th_history_put(world->history, district, &report);
}

/* A window of the periods first..last, each with its own number as value. */
static struct th_window *window(struct world *world, int32_t district, int32_t first, int32_t last,
                                bool complete, int32_t until)
{
    struct th_window *made = th_history_add(world->history, district, world->form);
    for (int32_t period = last; period >= first; period--) {
        const struct th_cell number = {.num = {period, 0}};
        const struct th_cell ratio = {.num = {period, 0}, .den = {1000 + period, 0}};
        const struct th_cell none = {.not_applicable = true};
        th_window_add(made, period);
        th_window_set(made, criterion(world, "count"), &number);
        th_window_set(made, criterion(world, "exact"), &ratio);
        th_window_set(made, criterion(world, "money"), &none);
    }
    th_window_close(made, complete, until);
    return made;
}

static void meet(struct world *world, int32_t district, uint64_t sequence)
{
    const struct th_mark mark = {.epoch = 1, .sequence = sequence};
    th_history_meet(world->history, district, &mark);
}

static void keep(struct world *world, int32_t district, uint64_t sequence)
{
    const struct th_mark mark = {.epoch = 1, .sequence = sequence};
    th_history_keep(world->history, district, &mark);
}

static bool knows(struct world *world, int32_t district, int32_t period)
{
    return th_history_find(world->history, district, world->form, period) != NULL;
}

/* "12 11 10": what a report of `period` is compared with. */
static const char *values(struct world *world, int32_t district, int32_t period, const char *code,
                          int part)
{
    static char text[256];
    struct th_decimal got[12];
    struct th_window *found = th_history_find(world->history, district, world->form, period);
    if (!found)
        return "unknown";
    size_t count = th_window_values(found, criterion(world, code), part, period, got, 12), used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%lld", i ? " " : "",
                                 (long long)got[i].unscaled);
    return text;
}

static void windows_cover_what_they_hold(void)
{
    /* 24 reports before a period are enough, or all of them. */
    static const struct {
        const char *name;
        int32_t first, last;
        bool complete;
        int32_t until, period;
        bool want;
    } cases[] = {
        {"the next one", 1, 24, false, INT32_MAX, 25, true},
        {"one before it: 23 are known", 1, 24, false, INT32_MAX, 24, false},
        {"nothing comes before", 1, 24, true, INT32_MAX, 2, true},
        {"the first", 1, 24, true, INT32_MAX, 1, true},
        {"far later", 1, 24, false, INT32_MAX, 900, true},
        {"at the end of what is known", 1, 30, false, 31, 31, true},
        {"past it", 1, 30, false, 31, 32, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world = open_world(PLENTY);
        meet(&world, 3, 7);
        window(&world, 3, cases[i].first, cases[i].last, cases[i].complete, cases[i].until);
        TH_CHECK(cases[i].name, knows(&world, 3, cases[i].period) == cases[i].want);
        TH_CHECK(cases[i].name, !knows(&world, 4, cases[i].period));
        close_world(&world);
    }
}

static void the_last_twelve_are_given(void)
{
    struct world world = open_world(PLENTY);
    meet(&world, 1, 9);
    window(&world, 1, 1, 30, true, INT32_MAX);
    TH_CHECK_TEXT("newest first", values(&world, 1, 31, "count", 0),
                  "30 29 28 27 26 25 24 23 22 21 20 19");
    TH_CHECK_TEXT("before the period alone", values(&world, 1, 4, "count", 0), "3 2 1");
    TH_CHECK_TEXT("numerators", values(&world, 1, 3, "exact", 0), "2 1");
    TH_CHECK_TEXT("denominators", values(&world, 1, 3, "exact", 1), "1002 1001");
    TH_CHECK_TEXT("n/a is no value", values(&world, 1, 31, "money", 0), "");
    TH_CHECK_TEXT("a count has one part", values(&world, 1, 31, "count", 1), "");
    TH_CHECK_TEXT("a text has none", values(&world, 1, 31, "story", 0), "");
    close_world(&world);
}

static void only_the_last_reports_are_looked_at(void)
{
    struct world world = open_world(PLENTY);
    meet(&world, 1, 0);
    window(&world, 1, 1, 0, true, INT32_MAX);
    put(&world, 1, 1, 5);
    for (int32_t period = 2; period <= 25; period++) { /* 24 reports without `count` */
        struct th_report empty = {.form = world.form, .period = period};
        th_history_put(world.history, 1, &empty);
    }
    TH_CHECK_TEXT("the 24th before", values(&world, 1, 25, "count", 0), "5");
    TH_CHECK_TEXT("the 25th before", values(&world, 1, 26, "count", 0), "");
    close_world(&world);
}

static void accepted_reports_enter(void)
{
    struct world world = open_world(PLENTY);
    meet(&world, 1, 3);
    window(&world, 1, 1, 0, true, INT32_MAX);
    put(&world, 1, 10, 100);
    put(&world, 1, 12, 120);
    put(&world, 1, 11, 110);
    TH_CHECK_TEXT("in order of periods", values(&world, 1, 13, "count", 0), "120 110 100");
    put(&world, 1, 11, 111);
    TH_CHECK_TEXT("a revision replaces", values(&world, 1, 13, "count", 0), "120 111 100");
    TH_CHECK_TEXT("its denominator too", values(&world, 1, 13, "exact", 1), "1120 1111 1100");
    keep(&world, 1, 7);
    meet(&world, 1, 7);
    TH_CHECK("kept", knows(&world, 1, 13));
    close_world(&world);

    /* What lies outside of what a window knows would leave a gap in it. */
    world = open_world(PLENTY);
    meet(&world, 1, 90);
    window(&world, 1, 51, 80, false, 81);
    put(&world, 1, 40, 40);
    put(&world, 1, 85, 85);
    TH_CHECK_TEXT("neither below nor above", values(&world, 1, 81, "count", 0),
                  "80 79 78 77 76 75 74 73 72 71 70 69");
    TH_CHECK("still not below", !knows(&world, 1, 51));
    TH_CHECK("still not above", !knows(&world, 1, 86));
    close_world(&world);
}

static void another_end_of_the_chain_forgets(void)
{
    static const struct {
        const char *name;
        struct th_mark mark;
        bool want;
    } cases[] = {
        {"the same", {1, 0, 7}, true},
        {"another writer's entry", {1, 0, 8}, false},
        {"a restoration", {2, 0, 7}, false},
        {"a repair", {1, 1, 7}, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world = open_world(PLENTY);
        meet(&world, 1, 7);
        meet(&world, 2, 7);
        window(&world, 1, 1, 30, false, INT32_MAX);
        window(&world, 2, 1, 30, false, INT32_MAX);
        th_history_meet(world.history, 1, &cases[i].mark);
        TH_CHECK(cases[i].name, knows(&world, 1, 31) == cases[i].want);
        TH_CHECK("another district", knows(&world, 2, 31));
        th_history_forget(world.history, 2);
        TH_CHECK("a batch that failed", !knows(&world, 2, 31));
        close_world(&world);
    }
}

static void memory_is_bounded(void)
{
    struct world world = open_world(PLENTY);
    meet(&world, 1, 0);
    window(&world, 1, 1, 0, true, INT32_MAX);
    size_t most = 0;
    for (int32_t period = 1; period <= 5000; period++) {
        put(&world, 1, period, period);
        keep(&world, 1, (uint64_t)period);
        if (most < th_history_used(world.history))
            most = th_history_used(world.history);
    }
    TH_CHECK_TEXT("the last ones", values(&world, 1, 5001, "count", 0),
                  "5000 4999 4998 4997 4996 4995 4994 4993 4992 4991 4990 4989");
    TH_CHECK("not all of them", !knows(&world, 1, 2));
    TH_CHECK("some kilobytes", most < 131072);
    size_t one = th_history_used(world.history);
    close_world(&world);

    /* Room for about ten such: the district that was longest not used goes. */
    world = open_world(10 * one);
    for (int32_t district = 1; district <= 100; district++) {
        meet(&world, district, 7);
        window(&world, district, 1, 30, false, INT32_MAX);
        knows(&world, 1, 31);
        th_history_begin(world.history, world.catalogue);
        TH_CHECK("the limit", th_history_used(world.history) <= 10 * one);
    }
    TH_CHECK("always used", knows(&world, 1, 31));
    TH_CHECK("the last", knows(&world, 100, 31));
    TH_CHECK("an old one", !knows(&world, 2, 31));
    world.catalogue->version++;
    th_history_begin(world.history, world.catalogue);
    TH_CHECK("another catalogue", !knows(&world, 1, 31) && th_history_used(world.history) == 0);
    close_world(&world);
}

static void two_places_of_a_form_are_kept(void)
{
    struct world world = open_world(PLENTY);
    meet(&world, 1, 7);
    window(&world, 1, 101, 130, false, INT32_MAX);
    window(&world, 1, 1, 30, true, 31);
    window(&world, 1, 41, 70, false, 71);
    TH_CHECK("three while a batch runs",
             knows(&world, 1, 71) && knows(&world, 1, 31) && knows(&world, 1, 131));
    keep(&world, 1, 8);
    TH_CHECK("the last two used",
             !knows(&world, 1, 71) && knows(&world, 1, 31) && knows(&world, 1, 131));
    close_world(&world);
}

static const struct th_test tests[] = {
    {"windows cover what they hold", windows_cover_what_they_hold},
    {"the last twelve are given", the_last_twelve_are_given},
    {"only the last reports are looked at", only_the_last_reports_are_looked_at},
    {"accepted reports enter", accepted_reports_enter},
    {"another end of the chain forgets", another_end_of_the_chain_forgets},
    {"memory is bounded", memory_is_bounded},
    {"two places of a form are kept", two_places_of_a_form_are_kept},
};

TH_TEST_MAIN("history", tests)
