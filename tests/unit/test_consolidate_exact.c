/* What stands behind the six digits of a figure (SEMANTICS 5.5), by hand. */
#include "tests/unit/consolidation_fixture.h"

/* Of A and B alone. */
struct exact_case {
    const char *name;
    enum th_kind kind;
    enum th_time_agg time_agg;
    enum th_district_agg district_agg;
    const char *cells, *want;
};

static void check_exact(const struct exact_case *of, bool exact_only,
                        enum th_status (*write)(void *, const struct th_figure *))
{
    static struct fixture_cells cells;
    struct fixture fixture;
    struct th_buffer out = {0};
    fixture_init(&fixture, of->kind, of->time_agg, of->district_agg);
    fixture.catalogue.district_count = 2;
    fixture.request.exact_only = exact_only;
    fixture_read_cells(&fixture, of->cells, &cells);
    fixture_consolidate(&fixture, &cells, 0, write, &out);
    TH_CHECK_TEXT(of->name, out.bytes, of->want);
    th_buffer_free(&out);
}

static enum th_status write_exact(void *context, const struct th_figure *figure)
{
    struct th_buffer *out = context;
    th_buffer_printf(out, "%s ", figure->district ? figure->district->code : "*");
    if (!th_figure_exact(figure, out))
        th_buffer_add_text(out, "none");
    th_buffer_add_char(out, '\n');
    return TH_OK;
}

/* The same, and whatever texts there are, which should be none. */
static enum th_status write_exact_alone(void *context, const struct th_figure *figure)
{
    th_buffer_printf(context, "%s%s%s", figure->num, figure->den, figure->value);
    return write_exact(context, figure);
}

static void exact_values_stand_behind_the_rounded(void)
{
    static const struct exact_case cases[] = {
        {"ratio", TH_KIND_RATIO, TH_TIME_SUM, TH_DISTRICT_SUM, "A 2024-01 34/177; B 2024-01 2/0",
         "A 34/177\nB none\n* 12/59\n"}, /* 36/177 */
        {"sum", TH_KIND_AMOUNT, TH_TIME_SUM, TH_DISTRICT_SUM, "A 2024-01 -0.25",
         "A -1/4\nB none\n* -1/4\n"},
        /* 1.5 + 4/3 = 17/6 */
        {"sum of averages", TH_KIND_AMOUNT, TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 1; A 2024-02 2; B 2024-01 1; B 2024-02 1; B 2024-03 2",
         "A 3/2\nB 4/3\n* 17/6\n"},
        {"average of averages", TH_KIND_AMOUNT, TH_TIME_AVERAGE, TH_DISTRICT_AVERAGE,
         "A 2024-01 1; A 2024-02 2; B 2024-01 1; B 2024-02 1; B 2024-03 2",
         "A 3/2\nB 4/3\n* 17/12\n"},
        /* Both show 0.333333. */
        {"least of what rounds alike", TH_KIND_SCORE, TH_TIME_AVERAGE, TH_DISTRICT_MIN,
         "A 2024-01 1; A 2024-02 0; A 2024-03 0; B 2024-01 0.333333",
         "A 1/3\nB 333333/1000000\n* 333333/1000000\n"},
        {"greatest of what rounds alike", TH_KIND_SCORE, TH_TIME_AVERAGE, TH_DISTRICT_MAX,
         "A 2024-01 1; A 2024-02 0; A 2024-03 0; B 2024-01 0.333333",
         "A 1/3\nB 333333/1000000\n* 1/3\n"},
        {"least below zero", TH_KIND_AMOUNT, TH_TIME_AVERAGE, TH_DISTRICT_MIN,
         "A 2024-01 -1; A 2024-02 0; A 2024-03 0; B 2024-01 -0.333333",
         "A -1/3\nB -333333/1000000\n* -1/3\n"},
        {"least on both sides of zero", TH_KIND_AMOUNT, TH_TIME_AVERAGE, TH_DISTRICT_MIN,
         "A 2024-01 -1; A 2024-02 0; A 2024-03 0; B 2024-01 0.2", "A -1/3\nB 1/5\n* -1/3\n"},
        {"zero", TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM, "A 2024-01 0", "A 0\nB none\n* 0\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        check_exact(&cases[i], false, write_exact);
        check_exact(&cases[i], true, write_exact_alone);
    }
}

static enum th_status write_parts(void *context, const struct th_figure *figure)
{
    struct th_buffer *out = context;
    th_buffer_printf(out, "%s %s", figure->district ? figure->district->code : "*", figure->value);
    if (*figure->exact_num || *figure->exact_den)
        th_buffer_printf(out, " %s/%s", figure->exact_num, figure->exact_den);
    th_buffer_add_char(out, '\n');
    return TH_OK;
}

static void what_was_rounded_is_told_exactly(void)
{
    static const struct exact_case cases[] = {
        /* 1/3 + 3/2 = 11/6 */
        {"sum of means", TH_KIND_AMOUNT, TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 1; A 2024-02 0; A 2024-03 0; B 2024-01 1; B 2024-02 2",
         "A 0.333333 1/3\nB 1.5\n* 1.833333 11/6\n"},
        /* (1/2 + 4/3) / 2 = 11/12 */
        {"mean of means", TH_KIND_SCORE, TH_TIME_AVERAGE, TH_DISTRICT_AVERAGE,
         "A 2024-01 1; A 2024-02 0; B 2024-01 1; B 2024-02 1; B 2024-03 2",
         "A 0.5\nB 1.333333 4/3\n* 0.916667 11/12\n"},
        /* 1/6 each: their sums add up as they are, 1 over 3 and 2. */
        {"means of as many", TH_KIND_AMOUNT, TH_TIME_AVERAGE, TH_DISTRICT_AVERAGE,
         "A 2024-01 0.5; A 2024-02 0; A 2024-03 0; B 2024-01 0.5; B 2024-02 0; B 2024-03 0",
         "A 0.166667 0.5/3\nB 0.166667 0.5/3\n* 0.166667 1/6\n"},
        {"thirds that make a whole", TH_KIND_COUNT, TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 1; A 2024-02 0; A 2024-03 0; B 2024-01 1; B 2024-02 1; B 2024-03 0",
         "A 0.333333 1/3\nB 0.666667 2/3\n* 1\n"},
        {"below zero", TH_KIND_AMOUNT, TH_TIME_AVERAGE, TH_DISTRICT_MIN,
         "A 2024-01 -1; A 2024-02 0; A 2024-03 0; B 2024-01 0",
         "A -0.333333 -1/3\nB 0\n* -0.333333 -1/3\n"},
        {"more digits than are shown", TH_KIND_AMOUNT, TH_TIME_SUM, TH_DISTRICT_SUM,
         "A 2024-01 0.000000001; B 2024-01 1.000001",
         "A 0 0.000000001/1\nB 1.000001\n* 1.000001 1.000001001/1\n"},
        {"half a millionth", TH_KIND_AMOUNT, TH_TIME_SUM, TH_DISTRICT_AVERAGE,
         "A 2024-01 0.000001; B 2024-01 0", "A 0.000001\nB 0\n* 0.000001 0.000001/2\n"},
        /* num and den tell it. */
        {"ratio", TH_KIND_RATIO, TH_TIME_SUM, TH_DISTRICT_SUM, "A 2024-01 1/3; B 2024-01 1/0",
         "A 0.333333\nB \n* 0.666667\n"},
        {"whole numbers", TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM, "A 2024-01 7",
         "A 7\nB \n* 7\n"},
        /* More than 128 bits on the way: (10^18 - 1) * 10^9 * 10^6. */
        {"great numbers", TH_KIND_COUNT, TH_TIME_AVERAGE, TH_DISTRICT_SUM,
         "A 2024-01 999999999999999999; A 2024-02 999999999999999999; A 2024-03 999999999999999998",
         "A 999999999999999998.666667 2999999999999999996/3\nB \n"
         "* 999999999999999998.666667 2999999999999999996/3\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_exact(&cases[i], false, write_parts);
}

#define PRIMES_MOST 700
#define LIMBS_MOST  400 /* of nine digits each */

/* The product of the numbers as text: by hand, nine digits at a time. */
static void multiply_all(const int32_t *numbers, size_t count, char *out)
{
    uint32_t limbs[LIMBS_MOST] = {1};
    size_t used = 1;
    for (size_t i = 0; i < count; i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < used || carry; j++) {
            carry += (uint64_t)limbs[j] * (uint64_t)numbers[i];
            limbs[j] = (uint32_t)(carry % 1000000000);
            carry /= 1000000000;
            used = j + 1 > used ? j + 1 : used;
        }
    }
    out += sprintf(out, "%u", limbs[used - 1]);
    while (--used > 0)
        out += sprintf(out, "%09u", limbs[used - 1]);
}

static void find_primes(int32_t primes[PRIMES_MOST])
{
    size_t count = 0;
    for (int32_t number = 2; count < PRIMES_MOST; number++) {
        size_t i = 0;
        while (i < count && number % primes[i] != 0)
            i++;
        if (i == count)
            primes[count++] = number;
    }
}

struct last_parts {
    size_t districts; /* told exactly */
    struct th_buffer value, num, den;
};

static enum th_status keep_parts(void *context, const struct th_figure *figure)
{
    struct last_parts *last = context;
    last->districts += figure->district && *figure->exact_den;
    if (figure->district)
        return TH_OK;
    th_buffer_add_text(&last->value, figure->value);
    th_buffer_add_text(&last->num, figure->exact_num);
    th_buffer_add_text(&last->den, figure->exact_den);
    return TH_OK;
}

/* `count` districts report daily, on as many days as the prime of each: 1 once, then 0.
 * The sum of their means 1/2 + 1/3 + 1/5 ... has the product of the primes below it. */
static void consolidate_primes(const int32_t *primes, size_t count, struct last_parts *last)
{
    static struct th_district districts[PRIMES_MOST];
    struct fixture fixture;
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_AVERAGE, TH_DISTRICT_SUM);
    fixture.openings[0].interval.opened = fixture.form.interval.opened =
        fixture.criterion.interval.opened = fixture_day("2000-01-01");
    fixture.form.frequency = TH_DAILY;
    for (size_t i = 0; i < count; i++) {
        districts[i] = fixture.districts[0];
        districts[i].index = i;
    }
    fixture.catalogue.districts = districts;
    fixture.catalogue.district_count = count;
    TH_CHECK("period", th_period_parse(TH_SLICE("2000..2014"), NULL, 0, &fixture.request.period,
                                       NULL) == TH_OK);
    struct th_consolidation *consolidation = th_consolidation_create(&fixture.request, NULL);
    TH_CHECK("created", consolidation != NULL);
    if (!consolidation)
        return;
    for (size_t i = 0; i < count; i++)
        for (int32_t day = 0; day < primes[i]; day++)
            th_consolidation_add(consolidation, &districts[i], day + fixture_day("2000-01-01"),
                                 &fixture.criterion, &(struct th_cell){.num = {day == 0, 0}});
    TH_CHECK("given", th_consolidation_finish(consolidation, keep_parts, last) == TH_OK);
    th_consolidation_destroy(&consolidation);
}

static void exact_parts_are_bounded(void)
{
    static char product[LIMBS_MOST * 9 + 1];
    int32_t primes[PRIMES_MOST];
    find_primes(primes);
    /* The first 600 primes make 1,880 digits, the first 700 make 2,249. */
    static const struct {
        size_t count, digits;
    } cases[] = {{600, 1880}, {700, 2249}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct last_parts last = {0};
        consolidate_primes(primes, cases[i].count, &last);
        multiply_all(primes, cases[i].count, product);
        TH_CHECK("digits", strlen(product) == cases[i].digits);
        TH_CHECK("there is a value", last.value.size > 0);
        /* But 1/2 and 1/5, whose text is exact. */
        TH_CHECK("districts", last.districts == cases[i].count - 2);
        bool fits = cases[i].digits <= TH_EXACT_DIGITS_MAX;
        TH_CHECK_TEXT("denominator", last.den.bytes, fits ? product : "");
        TH_CHECK("both or neither", (last.num.size > 0) == fits);
        th_buffer_free(&last.value);
        th_buffer_free(&last.num);
        th_buffer_free(&last.den);
    }
}

static const struct th_test tests[] = {
    {"exact values stand behind the rounded", exact_values_stand_behind_the_rounded},
    {"what was rounded is told exactly", what_was_rounded_is_told_exactly},
    {"exact parts are bounded", exact_parts_are_bounded},
};

TH_TEST_MAIN("consolidate_exact", tests)
