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

/* Whole base periods of the form lie in it; what has none is not asked for, and empty. */
static bool has_base_period(const struct th_official *run, const char *id, bool to_date,
                            const struct th_form *form)
{
    const struct th_catalogue *catalogue = run->asking->catalogue;
    struct th_period period;
    int32_t first, last;
    if (th_period_parse(th_slice_of(id), catalogue->periods, catalogue->period_count, &period,
                        NULL) != TH_OK)
        return false;
    if (to_date)
        th_period_to_date(&period);
    return th_period_base_range(&period, form->frequency, &first, &last);
}

static enum th_status ask(struct th_official *run, size_t position, enum th_official_span span,
                          const char *period, struct th_error *error)
{
    const struct th_consolidated_options *options = run->options;
    struct th_asking *asking = run->asking;
    struct th_figure_set *set = &run->sets[span];
    struct th_slice *criteria =
        th_arena_alloc(asking->arena, (options->criterion_count + 1) * sizeof(*criteria));
    size_t criterion_count;
    (void)th_consolidated_criteria(options, asking->catalogue, position, criteria,
                                   &criterion_count);
    Tonghop__V1__ConsolidatedQuery question = TONGHOP__V1__CONSOLIDATED_QUERY__INIT;
    question.form = th_bytes(options->forms[position]);
    question.period = th_bytes(th_slice_of(period));
    question.n_district = options->district_count;
    question.district = th_asking_codes(options->districts, options->district_count, asking->arena);
    question.province_only = options->province_only;
    question.n_criterion = criterion_count;
    question.criterion = th_asking_codes(criteria, criterion_count, asking->arena);
    question.year_to_date = span == TH_OFFICIAL_TO_DATE;
    question.approved_only = options->approved_only;
    question.comparable = options->comparable;
    set->asking = asking;
    enum th_status status = th_figure_set_ask(set, &question, error);
    run->periods[span] = asking->period;
    th_figure_set_index(set);
    return status;
}

/* The first answer says what the period is; the others follow from it. */
static enum th_status ask_all(struct th_official *run, size_t position, struct th_error *error)
{
    struct th_asking *asking = run->asking;
    struct th_period period;
    enum th_status status = ask(run, position, TH_OFFICIAL_NOW, run->options->period, error);
    if (status != TH_OK)
        return status;
    run->form = asking->form;
    if (th_period_parse(th_slice_of(run->options->period), asking->catalogue->periods,
                        asking->catalogue->period_count, &period, NULL) != TH_OK)
        return th_error_set(error, TH_RETRY,
                            "the province's catalogue has just changed; ask again");
    int year, month, day;
    th_day_to_civil(period.last_day, &year, &month, &day);
    run->year_end = th_day_from_civil(year, 12, 31);
    if (has_base_period(run, run->options->period, true, run->form))
        status = ask(run, position, TH_OFFICIAL_TO_DATE, run->options->period, error);
    const char *before = a_year_before(&period, asking->arena);
    if (status == TH_OK && *before && has_base_period(run, before, false, run->form))
        status = ask(run, position, TH_OFFICIAL_YEAR_BEFORE, before, error);
    return status;
}

static enum th_status answer_form(struct th_official *run, size_t position, struct th_error *error)
{
    memset(run->periods, 0, sizeof(run->periods));
    /* Its tables are begun when all is known. */
    run->asking->format = TH_FORMAT_TABLE;
    enum th_status status = ask_all(run, position, error);
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
    struct th_slice *ignored =
        th_arena_alloc(asking->arena, (options->criterion_count + 1) * sizeof(*ignored));
    enum th_status status = TH_OK;
    for (size_t i = 0; i < options->form_count && status == TH_OK; i++) {
        size_t count;
        if (th_consolidated_criteria(options, asking->session.catalogue, i, ignored, &count))
            status = answer_form(&run, i, error);
    }
    /* The asking ends what is begun, and says so when it is not whole. */
    asking->machine = run.table;
    return status;
}
