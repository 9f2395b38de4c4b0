/* Where a series breaks (SEMANTICS 5.4): C is open until 29 February 2024, D from
 * 1 March 2024, A and B always. */
#include "tests/unit/consolidation_fixture.h"

#include "commission/cli/breaks.h"

static void check(const char *name, const struct fixture *fixture, int district, const char *before,
                  const char *day, const char *today, bool credited, const char *want)
{
    struct th_buffer out = {0};
    struct th_break_request request = {
        .catalogue = &fixture->catalogue,
        .district = district ? &fixture->districts[district - 'A'] : NULL,
        .day_before = fixture_day(before),
        .day = fixture_day(day),
        .today = fixture_day(today),
        .credited = credited,
    };
    th_buffer_add_text(&out, "");
    th_breaks_write(&request, &out);
    TH_CHECK_TEXT(name, out.bytes, want);
    th_buffer_free(&out);
}

#define JANUARY  "2024-01-31"
#define FEBRUARY "2024-02-29"
#define MARCH    "2024-03-31"
#define APRIL    "2024-04-30"

static void changes_of_districts_are_told(void)
{
    struct fixture fixture;
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    check("nothing", &fixture, 0, JANUARY, FEBRUARY, APRIL, false, "");
    check("closed and opened", &fixture, 0, FEBRUARY, MARCH, APRIL, false, "-C +D");
    check("after it", &fixture, 0, MARCH, APRIL, APRIL, false, "");
    check("of another", &fixture, 'A', FEBRUARY, MARCH, APRIL, false, "");
    check("the new one's own", &fixture, 'D', FEBRUARY, MARCH, APRIL, false, "+D");
    check("closed without a successor is nobody's to credit", &fixture, 0, FEBRUARY, MARCH, APRIL,
          true, "-C +D");
    fixture.districts[2].successor = &fixture.districts[0];
    check("merged", &fixture, 0, FEBRUARY, MARCH, APRIL, false, "C>A +D");
    check("into the one", &fixture, 'A', FEBRUARY, MARCH, APRIL, false, "C>A");
    check("not into the other", &fixture, 'B', FEBRUARY, MARCH, APRIL, false, "");
    check("credited: only the new one", &fixture, 0, FEBRUARY, MARCH, APRIL, true, "+D");
    check("credited to it", &fixture, 'A', FEBRUARY, MARCH, APRIL, true, "");
    /* The question is older than the merger: nothing is credited yet. */
    check("not past", &fixture, 'A', FEBRUARY, MARCH, FEBRUARY, true, "C>A");
    fixture.districts[2].successor = &fixture.districts[3];
    check("taken over", &fixture, 0, FEBRUARY, MARCH, APRIL, false, "C>D +D");
    check("taken over, credited", &fixture, 0, FEBRUARY, MARCH, APRIL, true, "");
}

/* Adjoining openings of one code are one. */
static void another_number_of_communes_is_no_break(void)
{
    struct fixture fixture;
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    struct th_opening both[] = {fixture.openings[0], fixture.openings[0]};
    both[0].interval.closed = fixture_day(JANUARY);
    both[1].interval.opened = fixture_day("2024-02-01");
    fixture.districts[0].openings = both;
    fixture.districts[0].opening_count = 2;
    check("adjoining", &fixture, 'A', JANUARY, FEBRUARY, APRIL, false, "");
}

static const struct th_test tests[] = {
    {"changes of districts are told", changes_of_districts_are_told},
    {"another number of communes is no break", another_number_of_communes_is_no_break},
};

TH_TEST_MAIN("breaks", tests)
