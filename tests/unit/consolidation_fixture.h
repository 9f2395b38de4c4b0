/* A province small enough to work out by hand, and a notation for cells and
 * figures, so that a case of consolidation is one row of a table.
 *
 * Cells: "A 2024-01 5; A 2024-02 n/a; B 2024-01 3/4; C 2024-01 @yes; D 2024-03 #x,y".
 * Figures: one a line, "DISTRICT reported/expected/not_applicable =VALUE"; a ratio
 * "num/den=VALUE", a choice "@yes=VALUE", members behind it "#x,y". */
#ifndef TONGHOP_TESTS_CONSOLIDATION_FIXTURE_H
#define TONGHOP_TESTS_CONSOLIDATION_FIXTURE_H

#include <stdlib.h>

#include "tests/unit/th_test.h"

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/domain/consolidate.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CELLS_MAX    200

/* A and B are open always, C until 29 February 2024, D from 1 March 2024. */
struct fixture {
    struct th_opening openings[4];
    struct th_district districts[4];
    struct th_choice choices[3];
    struct th_criterion criterion;
    struct th_form form;
    struct th_catalogue catalogue;
    struct th_consolidation_request request;
};

static inline int32_t fixture_day(const char *text)
{
    int32_t day = 0;
    TH_CHECK(text, th_day_parse(th_slice_of(text), &day));
    return day;
}

static inline int64_t fixture_instant(const char *text)
{
    int64_t instant = 0;
    TH_CHECK(text, th_instant_parse(th_slice_of(text), &instant));
    return instant;
}

/* A monthly form with one criterion, asked for over 2024-Q1 with everything, at
 * the end of 2024. */
static inline void fixture_init(struct fixture *fixture, enum th_kind kind,
                                enum th_time_agg time_agg, enum th_district_agg district_agg)
{
    static const char *const codes[] = {"A", "B", "C", "D"};
    struct th_interval always = {fixture_day("2015-01-01"), TH_DAY_FOREVER};
    TH_CHECK("zone", th_clock_use_zone("Asia/Ho_Chi_Minh", NULL) == TH_OK);
    *fixture = (struct fixture){0};
    for (size_t i = 0; i < COUNT(codes); i++) {
        fixture->openings[i] = (struct th_opening){always, -1};
        fixture->districts[i] = (struct th_district){
            .code = codes[i], .openings = &fixture->openings[i], .opening_count = 1, .index = i};
    }
    fixture->openings[2].interval.closed = fixture_day("2024-02-29");
    fixture->openings[3].interval.opened = fixture_day("2024-03-01");
    fixture->choices[0].value = "yes";
    fixture->choices[1].value = "no";
    fixture->choices[2].value = "later";
    fixture->criterion = (struct th_criterion){.form = &fixture->form,
                                               .code = "criterion",
                                               .kind = kind,
                                               .decimals = 9,
                                               .time_agg = time_agg,
                                               .district_agg = district_agg,
                                               .interval = always,
                                               .choices = fixture->choices,
                                               .choice_count = COUNT(fixture->choices)};
    fixture->form = (struct th_form){.code = "form",
                                     .frequency = TH_MONTHLY,
                                     .interval = always,
                                     .criteria = &fixture->criterion,
                                     .criterion_count = 1};
    fixture->catalogue = (struct th_catalogue){.districts = fixture->districts,
                                               .district_count = COUNT(codes),
                                               .forms = &fixture->form,
                                               .form_count = 1};
    fixture->request = (struct th_consolidation_request){
        .catalogue = &fixture->catalogue,
        .form = &fixture->form,
        .with_districts = true,
        .with_province = true,
        .members = true,
        .as_of_us = fixture_instant("2024-12-31T00:00:00+07:00"),
    };
    TH_CHECK("period", th_period_parse(TH_SLICE("2024-Q1"), NULL, 0, &fixture->request.period,
                                       NULL) == TH_OK);
}

struct fixture_cell {
    const struct th_district *district;
    int32_t period;
    struct th_cell cell;
    struct th_slice communes[8];
};

/* Cells that point into `text`, which is cut up. */
struct fixture_cells {
    struct fixture_cell cells[CELLS_MAX];
    size_t count;
    char text[8192];
};

static inline struct th_decimal fixture_number(struct th_slice text)
{
    struct th_decimal value;
    TH_CHECK(text.bytes, th_decimal_parse(text, '.', &value) == TH_DECIMAL_FINE);
    return value;
}

static inline void fixture_read_value(struct fixture_cell *into, char *value)
{
    char *slash = strchr(value, '/');
    if (strcmp(value, "n/a") == 0) {
        into->cell.not_applicable = true;
    } else if (value[0] == '@') {
        into->cell.choice = th_slice_of(value + 1);
    } else if (value[0] == '#') {
        char *rest = NULL;
        for (char *code = strtok_r(value + 1, ",", &rest); code; code = strtok_r(NULL, ",", &rest))
            into->communes[into->cell.commune_count++] = th_slice_of(code);
    } else if (slash) {
        into->cell.num = fixture_number((struct th_slice){value, (size_t)(slash - value)});
        into->cell.den = fixture_number(th_slice_of(slash + 1));
    } else {
        into->cell.num = fixture_number(th_slice_of(value));
    }
}

static inline void fixture_read_cells(const struct fixture *fixture, const char *text,
                                      struct fixture_cells *cells)
{
    char *rest = NULL, *inner = NULL;
    cells->count = 0;
    snprintf(cells->text, sizeof(cells->text), "%s", text);
    for (char *row = strtok_r(cells->text, ";", &rest); row; row = strtok_r(NULL, ";", &rest)) {
        struct fixture_cell *into = &cells->cells[cells->count++];
        *into = (struct fixture_cell){0};
        const char *district = strtok_r(row, " \n", &inner);
        const char *period = strtok_r(NULL, " \n", &inner);
        char *value = strtok_r(NULL, " \n", &inner);
        for (size_t i = 0; i < fixture->catalogue.district_count; i++)
            if (strcmp(fixture->catalogue.districts[i].code, district) == 0)
                into->district = &fixture->catalogue.districts[i];
        TH_CHECK(text, into->district != NULL);
        TH_CHECK(text,
                 th_base_period_parse(fixture->form.frequency, th_slice_of(period), &into->period));
        fixture_read_value(into, value);
    }
}

static inline enum th_status fixture_write_figure(void *context, const struct th_figure *figure)
{
    struct th_buffer *out = context;
    th_buffer_printf(out, "%s %llu/%llu/%llu ", figure->district ? figure->district->code : "*",
                     (unsigned long long)figure->reported, (unsigned long long)figure->expected,
                     (unsigned long long)figure->not_applicable);
    if (*figure->num || *figure->den)
        th_buffer_printf(out, "%s/%s", figure->num, figure->den);
    if (*figure->choice)
        th_buffer_printf(out, "@%s", figure->choice);
    th_buffer_printf(out, "=%s", figure->value);
    for (size_t i = 0; i < figure->member_count; i++)
        th_buffer_printf(out, "%s%s", i == 0 ? "#" : ",", figure->members[i]);
    th_buffer_add_char(out, '\n');
    return TH_OK;
}

/* Feeds those of one district, or all (NULL), in an order. */
static inline void fixture_feed(const struct fixture *fixture, const struct fixture_cells *cells,
                                const size_t *order, const struct th_district *only,
                                struct th_consolidation *consolidation)
{
    for (size_t i = 0; i < cells->count; i++) {
        const struct fixture_cell *from = &cells->cells[order[i]];
        if (only && from->district != only)
            continue;
        /* A copy that goes away: what is kept of a cell must be copied. */
        struct th_slice communes[8];
        struct th_cell cell = from->cell;
        memcpy(communes, from->communes, sizeof(communes));
        cell.communes = communes;
        th_consolidation_add(consolidation, from->district, from->period, &fixture->criterion,
                             &cell);
        memset(communes, 0, sizeof(communes));
    }
}

/* Feeds the cells in the order given by `seed` (0: as written) and writes what
 * `each` makes of the figures. Every third order feeds each district's cells once more,
 * taking back what it had: that must make no difference either. */
static inline void fixture_consolidate(const struct fixture *fixture,
                                       const struct fixture_cells *cells, uint32_t seed,
                                       enum th_status (*each)(void *, const struct th_figure *),
                                       struct th_buffer *out)
{
    size_t order[CELLS_MAX] = {0};
    bool again = seed % 3 == 2 && !fixture->request.comparable;
    for (size_t i = 0; i < cells->count; i++)
        order[i] = i;
    for (size_t i = cells->count; seed && i > 1; i--) {
        seed = seed * 1664525 + 1013904223;
        size_t other = (seed >> 8) % i, kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
    struct th_consolidation *consolidation = th_consolidation_create(&fixture->request, NULL);
    TH_CHECK("created", consolidation != NULL);
    if (!consolidation)
        return;
    fixture_feed(fixture, cells, order, NULL, consolidation);
    for (size_t i = 0; again && i < fixture->catalogue.district_count; i++) {
        th_consolidation_forget(consolidation, &fixture->catalogue.districts[i]);
        fixture_feed(fixture, cells, order, &fixture->catalogue.districts[i], consolidation);
    }
    TH_CHECK("finished", th_consolidation_finish(consolidation, each, out) == TH_OK);
    th_consolidation_destroy(&consolidation);
    TH_CHECK("destroyed", consolidation == NULL);
}

/* Every case is also fed in other orders: the order must never matter. */
static inline void fixture_check(const char *name, const struct fixture *fixture,
                                 const char *cells_text, const char *want)
{
    static struct fixture_cells cells;
    fixture_read_cells(fixture, cells_text, &cells);
    for (uint32_t seed = 0; seed < 12; seed++) {
        struct th_buffer out = {0};
        th_buffer_add_text(&out, "");
        fixture_consolidate(fixture, &cells, seed, fixture_write_figure, &out);
        TH_CHECK_TEXT(name, out.bytes, want);
        th_buffer_free(&out);
    }
}

#endif
