#include <stdio.h>
#include <string.h>

#include "common/domain/validate_checks.h"

#define SCALE          TH_DECIMAL_MAX_SCALE
#define SUM_TEXT       48 /* bytes that any 128-bit sum fits in */
#define HISTORY_VALUES 12
#define HISTORY_ENOUGH 3
#define HISTORY_NEWEST 2 /* looked at first */

/* Integer of at most 128 bits that counts units of 10^-9, as a decimal. */
static void format_sum(__int128 sum, char out[SUM_TEXT])
{
    char digits[SUM_TEXT];
    size_t count = 0, used = 0, fraction = SCALE;
    unsigned __int128 rest = sum < 0 ? -(unsigned __int128)sum : (unsigned __int128)sum;
    while (rest > 0 || count <= SCALE) {
        digits[count++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    size_t last = 0;
    while (fraction > 0 && digits[last] == '0') {
        last++;
        fraction--;
    }
    if (sum < 0)
        out[used++] = '-';
    while (count > last) {
        if (count == SCALE)
            out[used++] = '.';
        out[used++] = digits[--count];
    }
    out[used] = '\0';
}

static bool decimal_of(struct th_decimal value, __int128 *sum)
{
    if (!th_check_is_decimal(value))
        return false;
    *sum = th_decimal_at_scale(value, SCALE);
    return true;
}

static bool value_of_term(const struct th_check *check, const struct th_term *term, __int128 *value)
{
    const struct th_report *report = check->report;
    if (term->kind == TH_TERM_NUMBER)
        return decimal_of(term->number, value);
    if (term->kind == TH_TERM_DISTRICT_COMMUNES) {
        int32_t communes = report->district
                               ? th_district_communes(check->validation->catalogue,
                                                      report->district, check->last_day)
                               : -1;
        *value = th_decimal_at_scale((struct th_decimal){communes, 0}, SCALE);
        return communes >= 0;
    }
    const struct th_observation *observation = th_report_find(report, term->criterion);
    if (!observation)
        return false;
    if (term->kind == TH_TERM_NUM)
        return observation->answer == TH_ANSWER_RATIO && observation->has_num &&
               decimal_of(observation->number, value);
    if (term->kind == TH_TERM_DEN)
        return observation->answer == TH_ANSWER_RATIO && observation->has_den &&
               decimal_of(observation->den, value);
    if (observation->answer == TH_ANSWER_COMMUNES) {
        struct th_decimal size = {(int64_t)observation->commune_count, 0};
        return decimal_of(size, value);
    }
    return observation->answer == TH_ANSWER_NUMBER && decimal_of(observation->number, value);
}

/* Sum of one side; false when a term is missing or n/a. With |term| < 10^27 no
 * rule that a file can hold comes near 2^127. */
static bool sum_of_side(const struct th_check *check, const struct th_term *terms, size_t count,
                        __int128 *sum)
{
    *sum = 0;
    for (size_t i = 0; i < count; i++) {
        __int128 value;
        if (!value_of_term(check, &terms[i], &value))
            return false;
        *sum += terms[i].sign < 0 ? -value : value;
    }
    return true;
}

static bool holds(__int128 left, enum th_comparison comparison, __int128 right)
{
    switch (comparison) {
    case TH_LESS:
        return left < right;
    case TH_LESS_EQUAL:
        return left <= right;
    case TH_EQUAL:
        return left == right;
    case TH_GREATER_EQUAL:
        return left >= right;
    case TH_GREATER:
        return left > right;
    }
    return true;
}

static const char *sign_of(enum th_comparison comparison)
{
    static const char *const signs[] = {[TH_LESS] = "<",
                                        [TH_LESS_EQUAL] = "<=",
                                        [TH_EQUAL] = "=",
                                        [TH_GREATER_EQUAL] = ">=",
                                        [TH_GREATER] = ">"};
    return signs[comparison];
}

static const struct th_criterion *first_criterion(const struct th_rule *rule)
{
    for (size_t i = 0; i < rule->left_count; i++)
        if (rule->left[i].criterion)
            return rule->left[i].criterion;
    for (size_t i = 0; i < rule->right_count; i++)
        if (rule->right[i].criterion)
            return rule->right[i].criterion;
    return NULL;
}

void th_check_rules(const struct th_check *check)
{
    const struct th_form *form = check->report->form;
    for (size_t i = 0; i < form->rule_count; i++) {
        const struct th_rule *rule = &form->rules[i];
        __int128 left, right;
        if (!sum_of_side(check, rule->left, rule->left_count, &left) ||
            !sum_of_side(check, rule->right, rule->right_count, &right) ||
            holds(left, rule->comparison, right))
            continue;
        const struct th_criterion *criterion = first_criterion(rule);
        char value[SUM_TEXT], other[SUM_TEXT], limit[SUM_TEXT + 4];
        format_sum(left, value);
        format_sum(right, other);
        snprintf(limit, sizeof(limit), "%s %s", sign_of(rule->comparison), other);
        th_problem_add_rule(check->problems, rule->code,
                            rule->error ? TH_SEVERITY_ERROR : TH_SEVERITY_WARNING,
                            criterion ? criterion->code : "", th_slice_of(value), limit,
                            rule->message.vi, rule->message.en);
    }
}

/* Nearly every number: one earlier value within ten times of it is both at most the largest
 * and at least the smallest, so that the other ones need not be looked at. */
static bool is_usual(__int128 now, const struct th_decimal *earlier, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!th_check_is_decimal(earlier[i]) || earlier[i].unscaled <= 0)
            continue;
        __int128 then = th_decimal_at_scale(earlier[i], SCALE);
        if (now <= 10 * then && 10 * now >= then)
            return true;
    }
    return false;
}

/* Compares one number with the positive ones among the last twelve: zeros say
 * nothing about the size that is usual here. */
static void check_part(const struct th_check *check, const struct th_observation *observation,
                       int part)
{
    const struct th_validation *validation = check->validation;
    struct th_decimal number = part == 0 ? observation->number : observation->den;
    struct th_decimal earlier[HISTORY_VALUES], smallest = {0}, largest = {0};
    size_t positive = 0;
    if (!th_check_is_decimal(number) || number.unscaled <= 0)
        return;
    __int128 now = th_decimal_at_scale(number, SCALE);
    size_t count = validation->history(validation->history_context, observation->criterion, part,
                                       check->report->period, earlier, HISTORY_NEWEST);
    if (count == 0 || is_usual(now, earlier, count < HISTORY_NEWEST ? count : HISTORY_NEWEST))
        return;
    count = validation->history(validation->history_context, observation->criterion, part,
                                check->report->period, earlier, HISTORY_VALUES);
    for (size_t i = 0; i < count && i < HISTORY_VALUES; i++) {
        if (!th_check_is_decimal(earlier[i]) || earlier[i].unscaled <= 0)
            continue;
        if (positive == 0 || th_decimal_compare(earlier[i], smallest) < 0)
            smallest = earlier[i];
        if (positive == 0 || th_decimal_compare(earlier[i], largest) > 0)
            largest = earlier[i];
        positive++;
    }
    if (positive < HISTORY_ENOUGH)
        return;
    if (now <= 10 * th_decimal_at_scale(largest, SCALE) &&
        10 * now >= th_decimal_at_scale(smallest, SCALE))
        return;
    char value[TH_DECIMAL_TEXT], least[TH_DECIMAL_TEXT], most[TH_DECIMAL_TEXT];
    char limit[2 * TH_DECIMAL_TEXT + 2];
    th_decimal_format(number, value);
    th_decimal_format(smallest, least);
    th_decimal_format(largest, most);
    snprintf(limit, sizeof(limit), "%s..%s", least, most);
    th_problem_add(check->problems, "value.departs_tenfold", observation->criterion->code,
                   th_slice_of(value), limit, observation->line,
                   part == 0 ? observation->column : observation->of_column);
}

void th_check_history(const struct th_check *check)
{
    const struct th_report *report = check->report;
    if (!check->validation->history)
        return;
    for (size_t i = 0; i < report->observation_count; i++) {
        const struct th_observation *observation = &report->observations[i];
        if (!observation->criterion)
            continue;
        if (observation->answer == TH_ANSWER_NUMBER)
            check_part(check, observation, 0);
        if (observation->answer == TH_ANSWER_RATIO && observation->has_num)
            check_part(check, observation, 0);
        if (observation->answer == TH_ANSWER_RATIO && observation->has_den)
            check_part(check, observation, 1);
    }
}
