#include "common/domain/problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/text.h"

#define PROBLEMS_MAX     500
#define SHOWN_CHARACTERS 200
#define SHOWN_BYTES      (SHOWN_CHARACTERS * 4 + 4)
#define TOO_MANY         "report.too_many_problems"
#define TOO_MANY_LIMIT   "500"

static const struct th_problem_code *find_code(const char *code)
{
    for (const struct th_problem_code *row = th_problem_codes; row->code; row++)
        if (strcmp(row->code, code) == 0)
            return row;
    return NULL;
}

/* A value from outside must not steer the terminal or the page that shows it.
 * Writes at most SHOWN_CHARACTERS characters that are safe to show; `out` takes
 * SHOWN_BYTES. */
static void clean(struct th_slice text, char *out)
{
    size_t used = 0, last_start = 0, at = 0, characters = 0;
    while (at < text.size && characters < SHOWN_CHARACTERS) {
        struct th_slice rest = {text.bytes + at, text.size - at};
        bool safe;
        size_t size = th_text_next(rest, &safe);
        char byte = rest.bytes[0];
        last_start = used;
        if (byte == '\t' || byte == '\n' || byte == '\r') {
            out[used++] = ' ';
        } else if (!safe) {
            out[used++] = '?';
        } else {
            memcpy(out + used, rest.bytes, size);
            used += size;
        }
        at += size;
        characters++;
    }
    if (at < text.size) {
        memcpy(out + last_start, "…", sizeof("…") - 1);
        used = last_start + sizeof("…") - 1;
    }
    out[used] = '\0';
}

/* Texts of a problem while its messages are written. */
struct texts {
    char value[SHOWN_BYTES], limit[SHOWN_BYTES], criterion[SHOWN_BYTES];
};

/* The text for the placeholder that begins at `at` ("{value}"), its length in
 * *length; NULL when none begins there. */
static const char *placeholder(const struct texts *texts, const char *at, size_t *length)
{
    const struct {
        const char *name, *text;
    } known[] = {
        {"{value}", texts->value}, {"{limit}", texts->limit}, {"{criterion}", texts->criterion}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        *length = strlen(known[i].name);
        if (strncmp(at, known[i].name, *length) == 0)
            return known[i].text;
    }
    return NULL;
}

/* True when every placeholder up to the closing bracket has something to show. */
static bool part_is_shown(const struct texts *texts, const char *at)
{
    for (; *at && *at != ']'; at++) {
        size_t length;
        const char *text = *at == '{' ? placeholder(texts, at, &length) : NULL;
        if (text && text[0] == '\0')
            return false;
    }
    return true;
}

static void fill(const char *pattern, const struct texts *texts, struct th_buffer *out)
{
    for (const char *at = pattern; *at; at++) {
        size_t length;
        const char *text = *at == '{' ? placeholder(texts, at, &length) : NULL;
        if (text) {
            th_buffer_add_text(out, text);
            at += length - 1;
        } else if (*at == '[' && !part_is_shown(texts, at + 1)) {
            const char *end = strchr(at, ']');
            if (end)
                at = end;
        } else if (*at != '[' && *at != ']') {
            th_buffer_add_char(out, *at);
        }
    }
}

/* Vietnamese readers write days as 15/03/2024. */
static void localise_day(char *text)
{
    int32_t day;
    int year, month, day_of_month;
    if (!th_day_parse(th_slice_of(text), &day))
        return;
    th_day_to_civil(day, &year, &month, &day_of_month);
    snprintf(text, SHOWN_BYTES, "%02d/%02d/%04d", day_of_month, month, year);
}

static const char *keep(struct th_problem_list *list, const char *text, const char *fallback)
{
    if (!text || text[0] == '\0')
        return "";
    const char *copy = th_arena_text(list->arena, th_slice_of(text));
    return copy ? copy : fallback;
}

/* Room for one more, NULL when the arena is used up. */
static struct th_problem *append(struct th_problem_list *list, enum th_severity severity)
{
    if (severity == TH_SEVERITY_ERROR)
        list->errors++;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        struct th_problem *problems =
            th_arena_alloc(list->arena, capacity * sizeof(*list->problems));
        if (!problems)
            return NULL;
        if (list->count)
            memcpy(problems, list->problems, list->count * sizeof(*problems));
        list->problems = problems;
        list->capacity = capacity;
    }
    struct th_problem *problem = &list->problems[list->count++];
    *problem = (struct th_problem){.severity = severity,
                                   .code = "",
                                   .criterion = "",
                                   .value = "",
                                   .limit = "",
                                   .message_vi = "",
                                   .message_en = ""};
    return problem;
}

static void describe(struct th_problem_list *list, struct th_problem *problem,
                     const struct th_problem_code *row, struct texts *texts)
{
    TH_CLEANUP_BUFFER struct th_buffer message = {0};
    problem->code = row->code;
    problem->criterion = keep(list, texts->criterion, "");
    problem->value = keep(list, texts->value, "");
    problem->limit = keep(list, texts->limit, "");
    fill(row->template_en, texts, &message);
    problem->message_en = keep(list, message.bytes, row->template_en);
    th_buffer_clear(&message);
    localise_day(texts->limit);
    fill(row->template_vi, texts, &message);
    problem->message_vi = keep(list, message.bytes, row->template_vi);
}

/* The list is full: one last entry says so, and is an error as soon as an error
 * was left out, so that a report is never taken because of its many problems. */
static void note_too_many(struct th_problem_list *list, enum th_severity severity)
{
    if (list->count == PROBLEMS_MAX) {
        struct texts texts = {.limit = TOO_MANY_LIMIT};
        struct th_problem *problem = append(list, severity);
        if (problem)
            describe(list, problem, find_code(TOO_MANY), &texts);
        return;
    }
    struct th_problem *last = &list->problems[list->count - 1];
    if (severity == TH_SEVERITY_ERROR && last->severity == TH_SEVERITY_WARNING) {
        last->severity = TH_SEVERITY_ERROR;
        list->errors++;
    }
}

void th_problem_add(struct th_problem_list *list, const char *code, const char *criterion,
                    struct th_slice value, const char *limit, size_t line, size_t column)
{
    const struct th_problem_code *row = find_code(code);
    if (!row)
        abort();
    if (list->count >= PROBLEMS_MAX) {
        note_too_many(list, row->severity);
        return;
    }
    struct th_problem *problem = append(list, row->severity);
    if (!problem)
        return;
    struct texts texts;
    clean(th_slice_of(criterion), texts.criterion);
    clean(value, texts.value);
    clean(th_slice_of(limit), texts.limit);
    problem->line = line;
    problem->column = column;
    describe(list, problem, row, &texts);
}

void th_problem_add_rule(struct th_problem_list *list, const char *rule, enum th_severity severity,
                         const char *criterion, struct th_slice value, const char *limit,
                         const char *message_vi, const char *message_en)
{
    if (list->count >= PROBLEMS_MAX) {
        note_too_many(list, severity);
        return;
    }
    struct th_problem *problem = append(list, severity);
    if (!problem)
        return;
    struct texts texts;
    clean(th_slice_of(criterion), texts.criterion);
    clean(value, texts.value);
    clean(th_slice_of(limit), texts.limit);
    problem->criterion = keep(list, texts.criterion, "");
    problem->value = keep(list, texts.value, "");
    problem->limit = keep(list, texts.limit, "");
    const char *code = th_arena_printf(list->arena, "rule.%s", rule);
    problem->code = code ? code : "rule";
    const char *vi =
        th_arena_printf(list->arena, "%s (%s; phải %s)", message_vi, texts.value, texts.limit);
    const char *en =
        th_arena_printf(list->arena, "%s (%s; must be %s)", message_en, texts.value, texts.limit);
    problem->message_vi = vi ? vi : problem->code;
    problem->message_en = en ? en : problem->code;
}

const char *th_problem_message(const struct th_problem *problem, const char *language)
{
    return language && strcmp(language, "en") == 0 ? problem->message_en : problem->message_vi;
}

static int compare_codes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *th_problem_error_codes(const struct th_problem_list *list)
{
    TH_CLEANUP_BUFFER struct th_buffer joined = {0};
    const char *codes[PROBLEMS_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < list->count && count < PROBLEMS_MAX + 1; i++)
        if (list->problems[i].severity == TH_SEVERITY_ERROR)
            codes[count++] = list->problems[i].code;
    if (count == 0)
        return list->errors ? TOO_MANY : "";
    qsort(codes, count, sizeof(codes[0]), compare_codes);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && strcmp(codes[i], codes[i - 1]) == 0)
            continue;
        if (joined.size > 0)
            th_buffer_add_char(&joined, ',');
        th_buffer_add_text(&joined, codes[i]);
    }
    const char *text = th_arena_text(list->arena, th_buffer_slice(&joined));
    return text ? text : TOO_MANY;
}
