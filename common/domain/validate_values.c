#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/text.h"
#include "common/domain/validate_checks.h"

#define UNSCALED_LIMIT 1000000000000000000LL /* 10^18 */

static void add(const struct th_check *check, const char *code,
                const struct th_observation *observation, const char *value, const char *limit,
                size_t column)
{
    th_problem_add(check->problems, code, observation->criterion->code, th_slice_of(value), limit,
                   observation->line, column);
}

bool th_check_is_decimal(struct th_decimal value)
{
    return value.scale <= TH_DECIMAL_MAX_SCALE && value.unscaled > -UNSCALED_LIMIT &&
           value.unscaled < UNSCALED_LIMIT;
}

/* First control character that no text may hold, its code point in *point. */
static bool find_control(struct th_slice text, unsigned *point)
{
    const unsigned char *bytes = (const unsigned char *)text.bytes;
    for (size_t i = 0; i < text.size; i++) {
        unsigned byte = bytes[i];
        bool is_c1 =
            byte == 0xC2 && i + 1 < text.size && bytes[i + 1] >= 0x80 && bytes[i + 1] < 0xA0;
        if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F ||
            is_c1) {
            *point = is_c1 ? bytes[i + 1] : byte;
            return true;
        }
    }
    return false;
}

void th_check_text(const struct th_check *check, const char *criterion, struct th_slice text,
                   size_t max_characters, const char *where, size_t line, size_t column)
{
    char value[24], limit[24];
    unsigned point;
    if (text.size == 0)
        return;
    bool has_control = find_control(text, &point);
    if (has_control) {
        snprintf(value, sizeof(value), "U+%04X", point);
        th_problem_add(check->problems, "text.control_character", criterion, th_slice_of(value),
                       where, line, column);
    }
    if (!th_text_is_utf8(text)) {
        /* A NUL is a control character to people, and not UTF-8 to our check. */
        if (!has_control)
            th_problem_add(check->problems, "text.not_utf8", criterion, text, where, line, column);
        return;
    }
    /* No text has more characters than bytes. */
    if (text.size <= max_characters)
        return;
    size_t length = th_text_length(text);
    if (length > max_characters) {
        snprintf(value, sizeof(value), "%zu", length);
        snprintf(limit, sizeof(limit), "%zu", max_characters);
        th_problem_add(check->problems, "text.too_long", criterion, th_slice_of(value), limit, line,
                       column);
    }
}

/* Brings one number into its normal form and judges it alone. False when nothing
 * can be computed with it. */
static bool check_number(const struct th_check *check, const struct th_observation *observation,
                         struct th_decimal *number, bool is_part, size_t column)
{
    const struct th_criterion *criterion = observation->criterion;
    char value[64], limit[16];
    if (!th_check_is_decimal(*number)) {
        bool too_precise = number->scale > TH_DECIMAL_MAX_SCALE;
        snprintf(value, sizeof(value), "%lld/10^%u", (long long)number->unscaled, number->scale);
        snprintf(limit, sizeof(limit), "%d", too_precise ? criterion->decimals : TH_DECIMAL_DIGITS);
        add(check, too_precise ? "value.too_precise" : "value.too_long", observation, value, limit,
            column);
        return false;
    }
    th_decimal_normalise(number);
    bool is_count = criterion->kind == TH_KIND_COUNT;
    bool is_negative = number->unscaled < 0 && (is_count || is_part);
    bool is_broken = number->scale > 0 && is_count;
    bool is_precise = number->scale > criterion->decimals && !is_count;
    if (!is_negative && !is_broken && !is_precise)
        return true;
    th_decimal_format(*number, value);
    if (is_negative)
        add(check, "value.negative", observation, value, ">= 0", column);
    if (is_broken)
        add(check, "value.not_integer", observation, value, "", column);
    if (is_precise) {
        snprintf(limit, sizeof(limit), "%u", criterion->decimals);
        add(check, "value.too_precise", observation, value, limit, column);
    }
    return !is_negative;
}

static void format_range(const struct th_criterion *criterion, char *out, size_t size)
{
    char min[TH_DECIMAL_TEXT], max[TH_DECIMAL_TEXT];
    th_decimal_format(criterion->min, min);
    th_decimal_format(criterion->max, max);
    if (criterion->has_min && criterion->has_max)
        snprintf(out, size, "%s..%s", min, max);
    else if (criterion->has_min)
        snprintf(out, size, ">= %s", min);
    else
        snprintf(out, size, "<= %s", max);
}

static void check_simple(const struct th_check *check, struct th_observation *observation)
{
    const struct th_criterion *criterion = observation->criterion;
    if (!check_number(check, observation, &observation->number, false, observation->column))
        return;
    bool below = criterion->has_min && th_decimal_compare(observation->number, criterion->min) < 0;
    bool above = criterion->has_max && th_decimal_compare(observation->number, criterion->max) > 0;
    if (below || above) {
        char value[TH_DECIMAL_TEXT], limit[3 * TH_DECIMAL_TEXT];
        th_decimal_format(observation->number, value);
        format_range(criterion, limit, sizeof(limit));
        add(check, "value.out_of_range", observation, value, limit, observation->column);
    }
}

/* num / den against bound, as num against bound * den: -1, 0, 1. Exact: with
 * |unscaled| < 10^18 each, no intermediate passes 10^36. */
static int compare_quotient(struct th_decimal num, struct th_decimal den, struct th_decimal bound)
{
    __int128 left = num.unscaled, right = (__int128)bound.unscaled * den.unscaled;
    int shift = bound.scale + den.scale - num.scale;
    for (; shift > 0; shift--)
        left *= 10;
    for (; shift < 0; shift++) {
        /* Beyond 10^18 nothing that num can hold changes the answer any more. */
        if (right >= UNSCALED_LIMIT || right <= -UNSCALED_LIMIT)
            break;
        right *= 10;
    }
    return left < right ? -1 : left > right;
}

static void check_ratio(const struct th_check *check, struct th_observation *observation)
{
    const struct th_criterion *criterion = observation->criterion;
    struct th_decimal *num = &observation->number, *den = &observation->den;
    bool fine = observation->has_num && observation->has_den;
    if (!observation->has_num)
        add(check, "ratio.numerator_missing", observation, "", "", observation->column);
    else if (!check_number(check, observation, num, true, observation->column))
        fine = false;
    if (!observation->has_den)
        add(check, "ratio.denominator_missing", observation, "", "", observation->of_column);
    else if (!check_number(check, observation, den, true, observation->of_column))
        fine = false;
    if (!fine || den->unscaled == 0)
        return;
    bool below = criterion->has_min && compare_quotient(*num, *den, criterion->min) < 0;
    bool above = criterion->has_max && compare_quotient(*num, *den, criterion->max) > 0;
    if (below || above) {
        char parts[2][TH_DECIMAL_TEXT], value[2 * TH_DECIMAL_TEXT], limit[3 * TH_DECIMAL_TEXT];
        th_decimal_format(*num, parts[0]);
        th_decimal_format(*den, parts[1]);
        snprintf(value, sizeof(value), "%s/%s", parts[0], parts[1]);
        format_range(criterion, limit, sizeof(limit));
        add(check, "value.out_of_range", observation, value, limit, observation->column);
    }
}

static void check_choice(const struct th_check *check, const struct th_observation *observation)
{
    const struct th_criterion *criterion = observation->criterion;
    if (th_criterion_choice(criterion, observation->text))
        return;
    TH_CLEANUP_BUFFER struct th_buffer known = {0};
    for (size_t i = 0; i < criterion->choice_count; i++)
        th_buffer_printf(&known, "%s%s", i > 0 ? ", " : "", criterion->choices[i].value);
    th_problem_add(check->problems, "choice.unknown", criterion->code, observation->text,
                   known.bytes, observation->line, observation->column);
}

static void check_communes(const struct th_check *check, struct th_observation *observation)
{
    const struct th_report *report = check->report;
    th_observation_sort_communes(observation);
    for (size_t i = 1; i < observation->commune_count; i++)
        if (th_slice_same(observation->communes[i - 1], observation->communes[i]))
            th_problem_add(check->problems, "commune.duplicate", observation->criterion->code,
                           observation->communes[i], "", observation->line, observation->column);
    th_observation_drop_repeated_communes(observation);
    if (!report->resolved)
        return; /* whose communes, and on which day, is not known */
    for (size_t i = 0; i < observation->commune_count; i++) {
        struct th_slice code = observation->communes[i];
        const struct th_commune *commune =
            th_catalogue_commune(check->validation->catalogue, code, check->last_day);
        if (!commune || commune->district != report->district)
            th_problem_add(check->problems, "commune.unknown", observation->criterion->code, code,
                           report->district->code, observation->line, observation->column);
    }
}

static bool is_blank(struct th_slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!strchr(" \t\r\n", text.bytes[i]) || text.bytes[i] == '\0')
            return false;
    return true;
}

static void check_narrative(const struct th_check *check, const struct th_observation *observation)
{
    th_check_text(check, observation->criterion->code, observation->text, TH_REPORT_TEXT_MAX, "",
                  observation->line, observation->column);
    if (is_blank(observation->text))
        add(check, "text.empty", observation, "", "", observation->column);
}

static const char *answer_name(enum th_answer answer)
{
    switch (answer) {
    case TH_ANSWER_NUMBER:
        return "number";
    case TH_ANSWER_RATIO:
        return "ratio";
    case TH_ANSWER_CHOICE:
        return "choice";
    case TH_ANSWER_COMMUNES:
        return "communes";
    case TH_ANSWER_TEXT:
        return "text";
    case TH_ANSWER_NOT_APPLICABLE:
        return "n/a";
    }
    return "";
}

static enum th_answer answer_of_kind(enum th_kind kind)
{
    switch (kind) {
    case TH_KIND_COUNT:
    case TH_KIND_AMOUNT:
    case TH_KIND_SCORE:
        return TH_ANSWER_NUMBER;
    case TH_KIND_RATIO:
        return TH_ANSWER_RATIO;
    case TH_KIND_CHOICE:
        return TH_ANSWER_CHOICE;
    case TH_KIND_COMMUNES:
        return TH_ANSWER_COMMUNES;
    case TH_KIND_TEXT:
        return TH_ANSWER_TEXT;
    }
    return TH_ANSWER_NOT_APPLICABLE;
}

void th_check_observation(const struct th_check *check, struct th_observation *observation)
{
    const struct th_criterion *criterion = observation->criterion;
    th_check_text(check, criterion->code, observation->note, TH_REPORT_NOTE_MAX, "",
                  observation->line, 0);
    if (observation->answer == TH_ANSWER_NOT_APPLICABLE) {
        th_check_text(check, criterion->code, observation->text, TH_REPORT_NOTE_MAX, "",
                      observation->line, 0);
        return;
    }
    if (observation->answer != answer_of_kind(criterion->kind)) {
        add(check, "criterion.wrong_kind", observation, answer_name(observation->answer),
            th_kind_name(criterion->kind), observation->column);
        return;
    }
    switch (observation->answer) {
    case TH_ANSWER_NUMBER:
        check_simple(check, observation);
        break;
    case TH_ANSWER_RATIO:
        check_ratio(check, observation);
        break;
    case TH_ANSWER_CHOICE:
        check_choice(check, observation);
        break;
    case TH_ANSWER_COMMUNES:
        check_communes(check, observation);
        break;
    case TH_ANSWER_TEXT:
        check_narrative(check, observation);
        break;
    case TH_ANSWER_NOT_APPLICABLE:
        break;
    }
}
