/* What hinders a final assessment (SEMANTICS 11), worked out by hand: A and B are open
 * always, C until 29 February 2024, D from 1 March 2024; a monthly form. */
#include "tests/unit/consolidation_fixture.h"

#include "common/domain/finality.h"

struct state {
    const char *district, *period, *state;
};

static enum th_status write_gap(void *context, const struct th_gap *gap)
{
    char period[TH_PERIOD_TEXT];
    th_base_period_format(gap->form->frequency, gap->period, period);
    th_buffer_printf(context, "%s %s %s; ", gap->district->code, period, gap->why);
    return TH_OK;
}

static const struct {
    const char *name, *as_of;
    struct state states[8];
    const char *want;
} cases[] = {
    {"every expected pair that nothing came for, and no other",
     "2024-12-31T00:00:00+07:00",
     {{0}},
     "A 2024-01 missing; A 2024-02 missing; A 2024-03 missing; B 2024-01 missing; "
     "B 2024-02 missing; B 2024-03 missing; C 2024-01 missing; C 2024-02 missing; "
     "D 2024-03 missing; "},
    {"what has not begun is not expected",
     "2024-01-31T23:59:59+07:00",
     {{"A", "2024-01", "approved"}, {"B", "2024-01", "received"}, {"C", "2024-01", "returned"}},
     "B 2024-01 received; C 2024-01 returned; "},
    {"the running month is",
     "2024-02-01T00:00:00+07:00",
     {{"A", "2024-01", "approved"},
      {"A", "2024-02", "approved"},
      {"B", "2024-01", "approved"},
      {"C", "2024-01", "approved"},
      {"C", "2024-02", "approved"}},
     "B 2024-02 missing; "},
    /* D was not open in January: its report was rejected, or came by another catalogue. */
    {"what is not expected does not hinder",
     "2024-01-31T00:00:00+07:00",
     {{"D", "2024-01", "received"},
      {"A", "2024-01", "approved"},
      {"B", "2024-01", "approved"},
      {"C", "2024-01", "approved"}},
     ""},
};

static void gaps_are_told(void)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture fixture;
        struct th_buffer out = {0};
        fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
        struct th_finality *finality =
            th_finality_create(&fixture.catalogue, &fixture.form, &fixture.request.period,
                               fixture_instant(cases[i].as_of), NULL);
        th_buffer_add_text(&out, "");
        for (const struct state *at = cases[i].states; at->district; at++) {
            int32_t period = 0;
            TH_CHECK(at->period,
                     th_base_period_parse(TH_MONTHLY, th_slice_of(at->period), &period));
            th_finality_add(finality, &fixture.districts[*at->district - 'A'], period, at->state);
        }
        TH_CHECK(cases[i].name, th_finality_finish(finality, write_gap, &out) == TH_OK);
        TH_CHECK_TEXT(cases[i].name, out.bytes, cases[i].want);
        th_finality_destroy(&finality);
        th_buffer_free(&out);
    }
}

static enum th_status stop(void *context, const struct th_gap *gap)
{
    (void)gap;
    ++*(int *)context;
    return TH_PERMANENT;
}

static void the_caller_may_stop(void)
{
    struct fixture fixture;
    int calls = 0;
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    struct th_finality *finality = th_finality_create(
        &fixture.catalogue, &fixture.form, &fixture.request.period, fixture.request.as_of_us, NULL);
    TH_CHECK("stopped", th_finality_finish(finality, stop, &calls) == TH_PERMANENT);
    TH_CHECK("at once", calls == 1);
    th_finality_destroy(&finality);
}

static void a_period_without_a_base_period_is_refused(void)
{
    struct fixture fixture;
    struct th_period day;
    struct th_error error = {0};
    fixture_init(&fixture, TH_KIND_COUNT, TH_TIME_SUM, TH_DISTRICT_SUM);
    TH_CHECK("a day", th_period_parse(TH_SLICE("2024-01-15"), NULL, 0, &day, NULL) == TH_OK);
    TH_CHECK("none", !th_finality_create(&fixture.catalogue, &fixture.form, &day,
                                         fixture.request.as_of_us, &error));
    TH_CHECK("usage", error.status == TH_USAGE);
}

static const struct th_test tests[] = {
    {"gaps are told", gaps_are_told},
    {"the caller may stop", the_caller_may_stop},
    {"a period without a base period is refused", a_period_without_a_base_period_is_refused},
};
TH_TEST_MAIN("finality", tests)
