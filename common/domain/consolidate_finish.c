#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/domain/consolidation.h"
#include "common/domain/figure.h"

#define ROWS_AHEAD 16

/* The province's side of one criterion and one set of figures. */
struct province {
    uint64_t expected, reported, not_applicable;
    uint64_t districts;         /* that have a figure and enter */
    struct th_quotient_sum sum; /* of their figures */
    struct th_quotient extreme; /* least or greatest of them */
    __int128 num, den;          /* of a ratio */
    uint64_t *by_choice;        /* districts with each choice */
    struct th_buffer codes;     /* const char *, of all lists */
};

struct finish {
    const struct th_consolidation *consolidation;
    const struct th_consolidation_view *view;
    enum th_status (*each)(void *context, const struct th_figure *figure);
    void *context;
    char period[TH_PERIOD_TEXT];
    struct province province;
    struct th_buffer codes; /* const char *, of one district's list */
    struct th_figure figure;
    struct th_exact exact;
    char value[TH_FIGURE_TEXT], num[TH_FIGURE_TEXT], den[TH_FIGURE_TEXT];
    struct th_buffer exact_num, exact_den; /* texts */
};

static const struct th_accumulator nothing;

static void begin_figure(struct finish *finish, const struct th_column *column,
                         const struct th_district *district)
{
    finish->figure = (struct th_figure){
        .period = finish->period,
        .district = district,
        .criterion = column->criterion,
        .num = "",
        .den = "",
        .value = "",
        .exact_num = "",
        .exact_den = "",
        .choice = "",
    };
}

/* False when the figure's text is not the whole value. */
static bool set_value(struct finish *finish, struct th_exact exact)
{
    finish->exact = exact;
    finish->figure.exact = &finish->exact;
    if (finish->view->exact_only)
        return true;
    finish->figure.value = finish->value;
    return th_exact_format(&finish->exact, finish->value);
}

/* A value whose parts the figure does not tell by itself. */
static void set_number(struct finish *finish, struct th_exact exact)
{
    if (set_value(finish, exact))
        return;
    th_exact_parts(&finish->exact, &finish->exact_num, &finish->exact_den);
    if (finish->exact_num.size > 0) {
        finish->figure.exact_num = finish->exact_num.bytes;
        finish->figure.exact_den = finish->exact_den.bytes;
    }
}

static void set_count(struct finish *finish, uint64_t count)
{
    (void)set_value(finish, (struct th_exact){.small = {(__int128)count, 1}});
}

static void set_ratio(struct finish *finish, __int128 num, __int128 den)
{
    if (!finish->view->exact_only) {
        th_scaled_format(num, finish->num);
        th_scaled_format(den, finish->den);
        finish->figure.num = finish->num;
        finish->figure.den = finish->den;
    }
    /* A negative denominator is no ratio that a report could carry. */
    if (den > 0)
        (void)set_value(finish, (struct th_exact){.small = {num, den}});
}

static int compare_codes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void collect_codes(struct th_buffer *codes, const struct th_list *list)
{
    if (list->codes.size == 0)
        return;
    const char *end = list->codes.bytes + list->codes.size;
    for (const char *at = list->codes.bytes; at < end; at += strlen(at) + 1)
        th_buffer_add(codes, &at, sizeof(at));
}

static void set_members(struct finish *finish, struct th_buffer *codes)
{
    const char **members = (const char **)(void *)codes->bytes;
    size_t count = codes->size / sizeof(*members);
    size_t unique = 0;
    if (count > 0)
        qsort(members, count, sizeof(*members), compare_codes);
    for (size_t i = 0; i < count; i++)
        if (unique == 0 || strcmp(members[unique - 1], members[i]) != 0)
            members[unique++] = members[i];
    set_count(finish, unique);
    if (finish->view->members) {
        finish->figure.members = members;
        finish->figure.member_count = unique;
    }
}

/* D of a number that is not a ratio; there is one. */
static struct th_quotient district_quotient(const struct th_criterion *criterion,
                                            const struct th_accumulator *from)
{
    __int128 den = TH_FIGURE_UNIT;
    if (criterion->time_agg == TH_TIME_AVERAGE)
        den *= from->values;
    return (struct th_quotient){from->num, den};
}

static enum th_status give_district(struct finish *finish, const struct th_column *column,
                                    const struct th_district *district, uint64_t expected,
                                    const struct th_accumulator *from)
{
    const struct th_criterion *criterion = column->criterion;
    begin_figure(finish, column, district);
    finish->figure.expected = expected;
    finish->figure.reported = from->reported;
    finish->figure.not_applicable = from->not_applicable;
    if (from->has_value) {
        switch (criterion->kind) {
        case TH_KIND_RATIO:
            set_ratio(finish, from->num, from->den);
            break;
        case TH_KIND_CHOICE:
            finish->figure.choice = criterion->choices[from->choice].value;
            break;
        case TH_KIND_COMMUNES:
            th_buffer_clear(&finish->codes);
            collect_codes(&finish->codes, from->list);
            set_members(finish, &finish->codes);
            break;
        default:
            set_number(finish, (struct th_exact){.small = district_quotient(criterion, from)});
            break;
        }
    }
    return finish->each(finish->context, &finish->figure);
}

static void reset_province(struct province *province, const struct th_criterion *criterion)
{
    province->expected = province->reported = province->not_applicable = 0;
    province->districts = 0;
    province->num = province->den = 0;
    th_quotient_sum_reset(&province->sum);
    th_buffer_clear(&province->codes);
    memset(province->by_choice, 0, criterion->choice_count * sizeof(*province->by_choice));
}

static void combine_number(struct province *province, enum th_district_agg agg,
                           struct th_quotient value)
{
    bool first = province->districts == 0;
    switch (agg) {
    case TH_DISTRICT_MIN:
        if (first || th_quotient_compare(value, province->extreme) < 0)
            province->extreme = value;
        break;
    case TH_DISTRICT_MAX:
        if (first || th_quotient_compare(value, province->extreme) > 0)
            province->extreme = value;
        break;
    default:
        th_quotient_sum_add(&province->sum, value);
        break;
    }
}

static void combine(struct province *province, const struct th_criterion *criterion,
                    const struct th_accumulator *from)
{
    switch (criterion->kind) {
    case TH_KIND_RATIO:
        province->num += from->num;
        province->den += from->den;
        break;
    case TH_KIND_CHOICE:
        province->by_choice[from->choice]++;
        break;
    case TH_KIND_COMMUNES:
        collect_codes(&province->codes, from->list);
        break;
    default:
        combine_number(province, criterion->district_agg, district_quotient(criterion, from));
        break;
    }
    province->districts++;
}

static enum th_status give_distribution(struct finish *finish, const struct th_column *column)
{
    const struct th_criterion *criterion = column->criterion;
    const struct province *province = &finish->province;
    struct th_figure common = finish->figure;
    enum th_status status = TH_OK;
    for (size_t i = 0; i < criterion->choice_count && status == TH_OK; i++) {
        finish->figure = common;
        finish->figure.choice = criterion->choices[i].value;
        if (province->districts > 0)
            set_count(finish, province->by_choice[i]);
        status = finish->each(finish->context, &finish->figure);
    }
    return status;
}

static void set_province_number(struct finish *finish, enum th_district_agg agg)
{
    struct province *province = &finish->province;
    if (agg == TH_DISTRICT_MIN || agg == TH_DISTRICT_MAX)
        set_number(finish, (struct th_exact){.small = province->extreme});
    else
        set_number(finish,
                   th_quotient_sum_finish(&province->sum,
                                          agg == TH_DISTRICT_AVERAGE ? province->districts : 1));
}

static enum th_status give_province(struct finish *finish, const struct th_column *column)
{
    struct province *province = &finish->province;
    begin_figure(finish, column, NULL);
    finish->figure.expected = province->expected;
    finish->figure.reported = province->reported;
    finish->figure.not_applicable = province->not_applicable;
    if (column->criterion->kind == TH_KIND_CHOICE)
        return give_distribution(finish, column);
    if (province->districts > 0) {
        switch (column->criterion->kind) {
        case TH_KIND_RATIO:
            set_ratio(finish, province->num, province->den);
            break;
        case TH_KIND_COMMUNES:
            set_members(finish, &province->codes);
            break;
        default:
            set_province_number(finish, column->criterion->district_agg);
            break;
        }
    }
    return finish->each(finish->context, &finish->figure);
}

/* Rows lie where the arena had room: of many districts, most of the time would be spent on
 * waiting for the memory of the next. */
static void fetch_ahead(const struct th_row *rows, const struct th_column *column, size_t at,
                        size_t count)
{
    if (rows && at + ROWS_AHEAD < count && rows[at + ROWS_AHEAD].cells)
        __builtin_prefetch(rows[at + ROWS_AHEAD].cells + column->position);
}

/* All figures of one criterion over `span`, from the rows of one slot. */
static enum th_status give_column(struct finish *finish, const struct th_column *column,
                                  const struct th_row *rows, struct th_span span)
{
    const struct th_consolidation *consolidation = finish->consolidation;
    const struct th_consolidation_view *view = finish->view;
    const struct th_criterion *criterion = column->criterion;
    struct province *province = &finish->province;
    reset_province(province, criterion);
    size_t count = consolidation->catalogue->district_count;
    for (size_t i = 0; i < count; i++) {
        fetch_ahead(rows, column, i, count);
        const struct th_row_plan *row = &consolidation->districts[i];
        uint64_t expected = th_merge_expected(row, column, span);
        if (expected == 0)
            continue;
        const struct th_accumulator *from =
            rows && rows[i].cells ? rows[i].cells + column->position : &nothing;
        if (view->with_districts && (!view->districts || view->districts[i])) {
            enum th_status status = give_district(
                finish, column, &consolidation->catalogue->districts[i], expected, from);
            if (status != TH_OK)
                return status;
        }
        province->expected += expected;
        province->reported += from->reported;
        province->not_applicable += from->not_applicable;
        if (view->with_province && from->has_value &&
            (!column->single_answer || th_merge_in_stock(row, column)))
            combine(province, criterion, from);
    }
    if (!view->with_province || province->expected == 0)
        return TH_OK;
    return give_province(finish, column);
}

static enum th_status give_slot(struct finish *finish, size_t slot)
{
    const struct th_consolidation *consolidation = finish->consolidation;
    struct th_span within = consolidation->active;
    if (consolidation->by_period) {
        within.first += (int32_t)slot;
        within.last = within.first;
        th_base_period_format(consolidation->form->frequency, within.first, finish->period);
    }
    for (size_t i = 0; i < consolidation->form->criterion_count; i++) {
        const struct th_column *column = &consolidation->columns[i];
        struct th_span span = th_span_common(column->span, within);
        if (th_span_count(span) == 0 || (finish->view->criteria && !finish->view->criteria[i]))
            continue;
        enum th_status status = give_column(finish, column, consolidation->slots[slot].rows, span);
        if (status != TH_OK)
            return status;
    }
    return TH_OK;
}

enum th_status th_consolidation_give(
    const struct th_consolidation *consolidation, const struct th_consolidation_view *view,
    enum th_status (*each)(void *context, const struct th_figure *figure), void *context)
{
    enum th_status status = TH_OK;
    struct finish finish = {
        .consolidation = consolidation, .view = view, .each = each, .context = context};
    if (th_span_count(consolidation->active) == 0)
        return TH_OK;
    snprintf(finish.period, sizeof(finish.period), "%s", consolidation->period.id);
    th_quotient_sum_init(&finish.province.sum);
    finish.province.by_choice = calloc(consolidation->most_choices + 1, sizeof(uint64_t));
    if (!finish.province.by_choice)
        abort();
    for (size_t slot = 0; slot < consolidation->slot_count && status == TH_OK; slot++)
        status = give_slot(&finish, slot);
    free(finish.province.by_choice);
    th_buffer_free(&finish.exact_num);
    th_buffer_free(&finish.exact_den);
    th_buffer_free(&finish.codes);
    th_buffer_free(&finish.province.codes);
    th_quotient_sum_free(&finish.province.sum);
    return status;
}

enum th_status th_consolidation_finish(struct th_consolidation *consolidation,
                                       enum th_status (*each)(void *context,
                                                              const struct th_figure *figure),
                                       void *context)
{
    th_merge_settle(consolidation);
    return th_consolidation_give(consolidation, &consolidation->view, each, context);
}
