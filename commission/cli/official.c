#include "commission/cli/official.h"

#include <string.h>

#include "commission/cli/people.h"
#include "common/base/clock.h"
#include "common/wire/message.h"

/* The identifier of the same period a year before: every year in it less one. "" when
 * there is none: of named periods, and of 29 February. */
static const char *a_year_before(const struct th_period *period, struct th_arena *arena)
{
    char *id = th_arena_text(arena, th_slice_of(period->id));
    struct th_period ignored;
    if (period->kind == TH_PERIOD_NAMED)
        return "";
    for (char *at = id; at; at = strstr(at, "..") ? strstr(at, "..") + 2 : NULL) {
        int year = 0;
        for (size_t i = 0; i < 4; i++)
            year = year * 10 + at[i] - '0';
        year--;
        for (size_t i = 4; i-- > 0; year /= 10)
            at[i] = (char)('0' + year % 10);
    }
    return th_period_parse(th_slice_of(id), NULL, 0, &ignored, NULL) == TH_OK ? id : "";
}

/* The cumulative span, and the same period last year unless there is none; either may hold
 * no base period. What the catalogue names is no calendar period, and has no year before. */
static size_t also_spans(const struct th_official *run, Tonghop__V1__PeriodSpan spans[2])
{
    struct th_period period;
    const char *id = run->options->period, *before = "";
    tonghop__v1__period_span__init(&spans[0]);
    spans[0].period = th_bytes(th_slice_of(id));
    spans[0].year_to_date = true;
    spans[0].may_lack = true;
    tonghop__v1__period_span__init(&spans[1]);
    if (th_period_parse(th_slice_of(id), NULL, 0, &period, NULL) == TH_OK)
        before = a_year_before(&period, run->asking->arena);
    spans[1].period = th_bytes(th_slice_of(before));
    spans[1].may_lack = true;
    return *before ? 2 : 1;
}

static enum th_status ask(struct th_official *run, Tonghop__V1__ConsolidatedQuery *question,
                          struct th_error *error)
{
    struct th_asking *asking = run->asking;
    Tonghop__V1__PeriodSpan spans[2], *also[] = {&spans[0], &spans[1]};
    struct th_period period;
    int year, month, day;
    question->n_also = also_spans(run, spans);
    question->also = also;
    enum th_status status = th_figure_sets_ask(asking, run->sets, question, error);
    if (status != TH_OK)
        return status;
    run->form = asking->form;
    for (size_t i = 0; i < TH_OFFICIAL_SPANS; i++) {
        th_figure_set_index(&run->sets[i]);
        if (i == TH_OFFICIAL_NOW || run->sets[i].count > 0)
            run->periods[i] = run->sets[i].period;
    }
    status = th_period_parse(th_slice_of(run->options->period), asking->catalogue->periods,
                             asking->catalogue->period_count, &period, error);
    th_day_to_civil(period.last_day, &year, &month, &day);
    run->year_end = th_day_from_civil(year, 12, 31);
    return status;
}

static enum th_status answer_form(struct th_official *run, Tonghop__V1__ConsolidatedQuery *question,
                                  struct th_error *error)
{
    memset(run->periods, 0, sizeof(run->periods));
    /* Its tables are begun when all is known. */
    run->asking->format = TH_FORMAT_TABLE;
    enum th_status status = ask(run, question, error);
    run->asking->format = run->format;
    if (status == TH_OK)
        status = th_official_give(run, error);
    for (size_t i = 0; i < TH_OFFICIAL_SPANS; i++)
        th_figure_set_free(&run->sets[i]);
    return status;
}

enum th_status th_official_answer(struct th_asking *asking,
                                  const struct th_consolidated_options *options,
                                  struct th_error *error)
{
    struct th_official run = {
        .asking = asking, .options = options, .format = asking->format, .first = true};
    enum th_status status = TH_OK;
    for (size_t i = 0; i < options->form_count && status == TH_OK; i++) {
        Tonghop__V1__ConsolidatedQuery question;
        if (th_consolidated_question(options, asking->session.catalogue, i, asking->arena,
                                     &question))
            status = answer_form(&run, &question, error);
    }
    /* The asking ends what is begun, and says so when it is not whole. */
    asking->machine = run.table;
    return status;
}
