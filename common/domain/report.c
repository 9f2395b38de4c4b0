#include "common/domain/report.h"

#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "common/base/buffer.h"
#include "common/base/text.h"

/* Namespace of imported reports' ids: fixed for ever, or an import run again
 * would store its reports twice. */
static const uint8_t import_namespace[16] = {0x6d, 0x1f, 0x3c, 0x52, 0x8e, 0x0b, 0x4d, 0x79,
                                             0xa4, 0x17, 0x2b, 0x90, 0x5e, 0xc3, 0xf8, 0x61};

/* A file is resolved when it is read and again when it is validated: what was said
 * then about the same place is not said twice. */
struct told {
    struct th_problem_list *list;
    size_t from, before;
};

static void tell(struct told *told, const char *code, const char *criterion, struct th_slice value,
                 const char *limit, size_t line, size_t column)
{
    for (size_t i = told->from; i < told->before; i++) {
        const struct th_problem *known = &told->list->problems[i];
        if (known->line == line && known->column == column && strcmp(known->code, code) == 0 &&
            (line > 0 || th_slice_equals(value, known->value)))
            return;
    }
    th_problem_add(told->list, code, criterion, value, limit, line, column);
}

static size_t order_of(const struct th_observation *observation)
{
    return observation->criterion ? observation->criterion->index : SIZE_MAX;
}

static int compare_observations(const void *a, const void *b)
{
    const struct th_observation *left = a, *right = b;
    size_t left_order = order_of(left), right_order = order_of(right);
    if (left_order != right_order)
        return left_order < right_order ? -1 : 1;
    return left->line < right->line ? -1 : left->line > right->line;
}

/* Finds the criteria and puts the observations into the catalogue's order.
 * Reports are nearly always written in that order, so the criterion after the
 * last one found is tried before any look-up. */
static void resolve_criteria(struct th_report *report, struct told *told)
{
    const struct th_form *form = report->form;
    size_t expected = 0;
    bool sorted = true;
    for (size_t i = 0; i < report->observation_count; i++) {
        struct th_observation *observation = &report->observations[i];
        struct th_slice code = observation->criterion_code;
        if (expected < form->criterion_count &&
            th_slice_equals(code, form->criteria[expected].code))
            observation->criterion = &form->criteria[expected];
        else
            observation->criterion = th_form_criterion(form, code);
        if (observation->criterion) {
            sorted = sorted && observation->criterion->index >= expected;
            expected = observation->criterion->index + 1;
            continue;
        }
        char text[TH_CRITERION_CODE_MAX + 1] = "";
        if (th_text_is_code(code, TH_CRITERION_CODE_MAX))
            memcpy(text, code.bytes, code.size);
        tell(told, "criterion.unknown", text, code, "", observation->line,
             observation->criterion_column);
        sorted = false;
    }
    if (sorted)
        return;
    qsort(report->observations, report->observation_count, sizeof(*report->observations),
          compare_observations);
    for (size_t i = 1; i < report->observation_count; i++) {
        const struct th_observation *observation = &report->observations[i];
        if (observation->criterion && observation->criterion == observation[-1].criterion)
            tell(told, "criterion.duplicate", observation->criterion->code,
                 observation->criterion_code, "", observation->line, observation->criterion_column);
    }
}

static const char *period_example(enum th_frequency frequency)
{
    switch (frequency) {
    case TH_DAILY:
        return "2024-03-15";
    case TH_MONTHLY:
        return "2024-03";
    case TH_QUARTERLY:
        return "2024-Q1";
    case TH_HALF_YEARLY:
        return "2024-H1";
    case TH_YEARLY:
        return "2024";
    }
    return "";
}

/* Whether the text is a base period of any frequency at all, for when the form
 * that would say which one is unknown. */
static bool is_some_period(struct th_slice text)
{
    for (int frequency = TH_DAILY; frequency <= TH_YEARLY; frequency++) {
        int32_t ordinal;
        if (th_base_period_parse((enum th_frequency)frequency, text, &ordinal))
            return true;
    }
    return false;
}

static bool resolve_period(struct th_report *report, struct told *told)
{
    const struct th_form *form = report->form;
    bool found = form ? th_base_period_parse(form->frequency, report->period_text, &report->period)
                      : is_some_period(report->period_text);
    if (!found)
        tell(told, "period.malformed", "", report->period_text,
             form ? period_example(form->frequency) : "", report->period_line,
             report->period_line ? 2 : 0);
    return found && form;
}

bool th_report_resolve(struct th_report *report, const struct th_catalogue *catalogue,
                       struct th_problem_list *problems)
{
    struct told told = {problems, report->told_from, problems->count};
    if (report->told != problems)
        told.from = problems->count;
    report->form = th_catalogue_form(catalogue, report->form_code);
    report->district = th_catalogue_district(catalogue, report->district_code);
    if (!report->form)
        tell(&told, "form.unknown", "", report->form_code, "", report->form_line,
             report->form_line ? 2 : 0);
    if (!report->district)
        tell(&told, "district.unknown", "", report->district_code, "", report->district_line,
             report->district_line ? 2 : 0);
    report->has_period = resolve_period(report, &told);
    if (report->form) {
        resolve_criteria(report, &told);
    } else {
        /* Criteria of an earlier catalogue must not be read through. */
        for (size_t i = 0; i < report->observation_count; i++)
            report->observations[i].criterion = NULL;
    }
    report->resolved = report->form && report->district && report->has_period;
    return report->resolved;
}

const struct th_observation *th_report_find(const struct th_report *report,
                                            const struct th_criterion *criterion)
{
    size_t low = 0, high = report->observation_count;
    /* Nothing stands behind its criterion's own position in a sorted report
     * without duplicates, and a full one has it right there. */
    if (criterion->index < high && report->observations[criterion->index].criterion == criterion)
        return &report->observations[criterion->index];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct th_observation *observation = &report->observations[middle];
        size_t order = order_of(observation);
        if (order == criterion->index)
            return observation->criterion == criterion ? observation : NULL;
        if (order < criterion->index)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void th_report_new_id(uint8_t id[16])
{
    uuid_generate_random(id);
}

static void add_field(struct th_buffer *out, struct th_slice field)
{
    /* The size before each text keeps two contents from reading alike. */
    th_buffer_printf(out, "%zu:", field.size);
    th_buffer_add(out, field.bytes, field.size);
}

static void add_decimal(struct th_buffer *out, bool given, struct th_decimal value)
{
    char text[TH_DECIMAL_TEXT] = "";
    if (given)
        th_decimal_format(value, text);
    add_field(out, th_slice_of(text));
}

static void add_communes(struct th_buffer *out, const struct th_observation *observation)
{
    TH_CLEANUP_BUFFER struct th_buffer codes = {0};
    if (observation->commune_count == 0)
        return;
    th_buffer_add(&codes, observation->communes,
                  observation->commune_count * sizeof(struct th_slice));
    struct th_observation sorted = {.communes = (struct th_slice *)(void *)codes.bytes,
                                    .commune_count = observation->commune_count};
    th_observation_sort_communes(&sorted);
    th_observation_drop_repeated_communes(&sorted);
    for (size_t i = 0; i < sorted.commune_count; i++)
        add_field(out, sorted.communes[i]);
}

static void add_observation(struct th_buffer *out, const struct th_observation *observation)
{
    static const char *const answers[] = {
        [TH_ANSWER_NUMBER] = "number", [TH_ANSWER_RATIO] = "ratio",
        [TH_ANSWER_CHOICE] = "choice", [TH_ANSWER_COMMUNES] = "communes",
        [TH_ANSWER_TEXT] = "text",     [TH_ANSWER_NOT_APPLICABLE] = "n/a",
    };
    add_field(out, observation->criterion_code);
    th_buffer_add_text(out, answers[observation->answer]);
    th_buffer_add_char(out, ' ');
    switch (observation->answer) {
    case TH_ANSWER_NUMBER:
        add_decimal(out, true, observation->number);
        break;
    case TH_ANSWER_RATIO:
        add_decimal(out, observation->has_num, observation->number);
        add_decimal(out, observation->has_den, observation->den);
        break;
    case TH_ANSWER_COMMUNES:
        add_communes(out, observation);
        break;
    case TH_ANSWER_CHOICE:
    case TH_ANSWER_TEXT:
    case TH_ANSWER_NOT_APPLICABLE:
        add_field(out, observation->text);
        break;
    }
    th_buffer_add_char(out, ' ');
    add_field(out, observation->note);
    th_buffer_add_char(out, '\n');
}

static int compare_criteria(const void *a, const void *b)
{
    const struct th_observation *const *left = a, *const *right = b;
    return th_slice_compare(&(*left)->criterion_code, &(*right)->criterion_code);
}

/* By their criteria's codes: a later catalogue may have them in another order. */
static void add_observations(struct th_buffer *out, const struct th_report *report)
{
    TH_CLEANUP_BUFFER struct th_buffer sorted = {0};
    size_t count = report->observation_count;
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct th_observation *observation = &report->observations[i];
        th_buffer_add(&sorted, &observation, sizeof(observation));
    }
    const struct th_observation **by_code = (const struct th_observation **)(void *)sorted.bytes;
    qsort(by_code, count, sizeof(*by_code), compare_criteria);
    for (size_t i = 0; i < count; i++)
        add_observation(out, by_code[i]);
}

void th_report_import_id(const struct th_report *report, uint8_t id[16])
{
    TH_CLEANUP_BUFFER struct th_buffer content = {0};
    char period[TH_PERIOD_TEXT];
    th_base_period_format(report->form->frequency, report->period, period);
    th_buffer_printf(&content, "%s/%s/%s\n", report->district->code, report->form->code, period);
    add_observations(&content, report);
    uuid_generate_sha1(id, import_namespace, content.bytes, content.size);
}

void th_report_measure(const struct th_report *report, struct th_report_extent *extent)
{
    int32_t first_day, last_day;
    th_base_period_days(report->form->frequency, report->period, &first_day, &last_day);
    *extent = (struct th_report_extent){.complete = true};
    for (size_t i = 0; i < report->form->criterion_count; i++) {
        const struct th_criterion *criterion = &report->form->criteria[i];
        if (!th_interval_has(criterion->interval, last_day))
            continue;
        const struct th_observation *observation = th_report_find(report, criterion);
        if (!observation)
            extent->missing++;
        else if (observation->answer == TH_ANSWER_NOT_APPLICABLE)
            extent->not_applicable++;
        else
            extent->values++;
        if (!observation && criterion->required)
            extent->complete = false;
    }
    extent->empty = extent->values == 0;
}
