#include "common/render/problem_table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *say(const char *language, const char *vi, const char *en)
{
    return strcmp(language, "en") == 0 ? en : vi;
}

static void print_problem(struct th_table *table, const char *language, const char *path,
                          const struct th_problem *problem)
{
    char line[24] = "", column[24] = "";
    if (problem->line > 0)
        snprintf(line, sizeof(line), "%zu", problem->line);
    if (problem->column > 0)
        snprintf(column, sizeof(column), "%zu", problem->column);
    bool is_error = problem->severity == TH_SEVERITY_ERROR;
    const char *cells[] = {
        path,
        line,
        column,
        is_error ? "error" : "warning",
        problem->criterion,
        problem->code,
        th_problem_message(problem, language),
        problem->value,
    };
    const char *people[sizeof(cells) / sizeof(cells[0])] = {NULL};
    people[3] = is_error ? say(language, "lỗi", "error") : say(language, "cảnh báo", "warning");
    th_table_row(table, cells, people);
}

/* By place in the file; what has no line comes last. */
static int compare_places(const void *a, const void *b)
{
    const struct th_problem *left = *(const struct th_problem *const *)a;
    const struct th_problem *right = *(const struct th_problem *const *)b;
    size_t l = left->line ? left->line : SIZE_MAX, r = right->line ? right->line : SIZE_MAX;
    if (l != r)
        return l < r ? -1 : 1;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    return (left > right) - (left < right); /* else as they were found */
}

static void print_file(struct th_table *table, const char *language,
                       const struct th_problem_file *file)
{
    size_t count = file->problems->count;
    const struct th_problem **sorted = calloc(count + 1, sizeof(const struct th_problem *));
    if (!sorted)
        abort();
    for (size_t i = 0; i < count; i++)
        sorted[i] = &file->problems->problems[i];
    qsort(sorted, count, sizeof(const struct th_problem *), compare_places);
    for (size_t i = 0; i < count; i++)
        print_problem(table, language, file->path, sorted[i]);
    free(sorted);
}

enum th_status th_problem_table_print(FILE *out, enum th_format format, const char *language,
                                      const struct th_problem_file *files, size_t count,
                                      struct th_error *error)
{
    const struct th_column columns[] = {
        {.name = "file", .heading = count > 1 ? say(language, "Tệp", "File") : NULL},
        {.name = "line", .heading = say(language, "Dòng", "Line"), .right = true},
        {.name = "column", .heading = say(language, "Cột", "Column"), .right = true},
        {.name = "severity", .heading = say(language, "Mức", "Severity")},
        {.name = "criterion", .heading = say(language, "Chỉ tiêu", "Criterion")},
        {.name = "code", .heading = say(language, "Mã lỗi", "Code")},
        {.name = "message", .heading = say(language, "Nội dung", "Message"), .wrap = true},
        {.name = "value", .machine_only = true},
    };
    struct th_table *table =
        th_table_create(out, format, NULL, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < count; i++)
        print_file(table, language, &files[i]);
    return th_table_finish(&table, error);
}
