/* What the tests of validation share: a report as the row of a table. */
#ifndef TONGHOP_TESTS_VALIDATE_FIXTURE_H
#define TONGHOP_TESTS_VALIDATE_FIXTURE_H

#include "tests/unit/report_fixture.h"

#include "common/domain/report.h"
#include "common/domain/validate.h"

#define LARGEST 999999999999999999LL /* 18 digits */

#define CODE(text) .criterion_code = {text, sizeof(text) - 1}
#define NUMBER(c, u, s)                                                                            \
    {                                                                                              \
        CODE(c), .answer = TH_ANSWER_NUMBER, .number = { u, s }                                    \
    }
#define RATIO(c, nu, ns, du, ds)                                                                   \
    {                                                                                              \
        CODE(c), .answer = TH_ANSWER_RATIO, .number = {nu, ns}, .den = {du, ds}, .has_num = true,  \
                 .has_den = true                                                                   \
    }
#define CHOICE(c, t)                                                                               \
    {                                                                                              \
        CODE(c), .answer = TH_ANSWER_CHOICE, .text = { t, sizeof(t) - 1 }                          \
    }
#define TEXT(c, t)                                                                                 \
    {                                                                                              \
        CODE(c), .answer = TH_ANSWER_TEXT, .text = { t, sizeof(t) - 1 }                            \
    }
#define NA(c, t)                                                                                   \
    {                                                                                              \
        CODE(c), .answer = TH_ANSWER_NOT_APPLICABLE, .text = { t, sizeof(t) - 1 }                  \
    }
#define NOTE(c, u, t)                                                                              \
    {                                                                                              \
        CODE(c), .answer = TH_ANSWER_NUMBER, .number = {u, 0}, .note = { t, sizeof(t) - 1 }        \
    }
/* Observations of a case end with an empty one. */
#define MOST_OBSERVATIONS 12

/* One answer to the list of communes, "c1 c2"; taken apart by the test. */
#define LIST(c, t)                                                                                 \
    {                                                                                              \
        CODE(c), .answer = TH_ANSWER_COMMUNES, .text = { t, sizeof(t) - 1 }                        \
    }

#define REQUIRED_MISSING "criterion.required:count criterion.required:need"
#define OWN_D1           "D1"

/* A whole report about form f, district D1 and March 2024, sent by D1 on 5 April
 * 2024, but for what a case says. */
struct report_case {
    const char *name;
    const char *form, *district, *period; /* NULL: f, D1, 2024-03 */
    const char *own;                      /* NULL: D1; "" any */
    bool by_province, ignore_lock;
    const char *now; /* NULL: 2024-04-05T08:00:00+07:00 */
    uint32_t revision;
    uint64_t version;                   /* the catalogue in force is version 7 */
    const char *number, *date, *office; /* document */
    const char *want;
};

/* Fills a report and its surroundings from a case. */
static inline void prepare(const struct report_case *c, const struct th_catalogue *catalogue,
                           struct th_report *report, struct th_validation *validation)
{
    *report = (struct th_report){
        .form_code = th_slice_of(c->form ? c->form : "f"),
        .district_code = th_slice_of(c->district ? c->district : "D1"),
        .period_text = th_slice_of(c->period ? c->period : "2024-03"),
        .revision = c->revision,
        .catalogue_version = c->version,
        .document_number = th_slice_of(c->number),
        .document_date = th_slice_of(c->date),
        .signing_office = th_slice_of(c->office),
        .has_document = c->number || c->date || c->office,
    };
    *validation = (struct th_validation){
        .catalogue = catalogue,
        .own_district = !c->own     ? OWN_D1
                        : c->own[0] ? c->own
                                    : NULL,
        .by_province = c->by_province,
        .ignore_lock = c->ignore_lock,
        .now_us = fixture_instant(c->now ? c->now : "2024-04-05T08:00:00+07:00"),
    };
}

static inline void check_verdict(const char *name, bool taken, const struct th_problem_list *list,
                                 const char *want)
{
    TH_CHECK_TEXT(name, fixture_problems(list, false), want);
    size_t errors = 0;
    for (size_t i = 0; i < list->count; i++)
        errors += list->problems[i].severity == TH_SEVERITY_ERROR;
    TH_CHECK(name, taken == (errors == 0));
    TH_CHECK(name, list->errors == errors);
}

/* Copies the observations of a case and takes its lists of communes apart. */
static inline void give(struct th_report *report, const struct th_observation *observations,
                        struct th_arena *arena)
{
    report->observations = th_arena_alloc(arena, MOST_OBSERVATIONS * sizeof(*observations));
    while (report->observation_count < MOST_OBSERVATIONS &&
           observations[report->observation_count].criterion_code.size > 0) {
        struct th_observation *observation = &report->observations[report->observation_count];
        *observation = observations[report->observation_count++];
        if (observation->answer != TH_ANSWER_COMMUNES)
            continue;
        observation->communes = th_arena_alloc(arena, 8 * sizeof(struct th_slice));
        for (size_t at = 0; at < observation->text.size; at += 3)
            observation->communes[observation->commune_count++] =
                (struct th_slice){observation->text.bytes + at, 2};
    }
}

/* Most cases leave the required criteria out, and are not about that. */
static inline const char *problems_but_required(const struct th_problem_list *list)
{
    struct th_problem_list shown = {.arena = list->arena};
    shown.problems = th_arena_alloc(list->arena, (list->count + 1) * sizeof(*shown.problems));
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->problems[i].code, "criterion.required") != 0)
            shown.problems[shown.count++] = list->problems[i];
    return fixture_problems(&shown, false);
}

#endif
