#include "collector/admin/import_problems.h"

#include <stdlib.h>

#include "common/base/text.h"
#include "common/render/table.h"

#define SHOWN_ROWS 10000
#define SHOWN_CODE 40 /* characters of a code that may be none */
#define CODE_ROOM  (SHOWN_CODE * 4 + 4)

struct th_import_problems {
    FILE *file; /* NULL: standard error */
    const char *path, *language;
    struct th_table *table;
    uint64_t rows, left_out;
};

static const struct th_column columns[] = {
    {.name = "line", .heading = "Line", .right = true},
    {.name = "district", .heading = "District"},
    {.name = "form", .heading = "Form"},
    {.name = "period", .heading = "Period"},
    {.name = "criterion", .heading = "Criterion"},
    {.name = "severity", .heading = "Severity"},
    {.name = "code", .heading = "Code"},
    {.name = "message", .heading = "Message", .wrap = true},
};

enum th_status th_import_problems_open(const char *path, const char *language,
                                       struct th_import_problems **problems, struct th_error *error)
{
    FILE *file = NULL;
    *problems = NULL;
    if (path) {
        file = fopen(path, "we");
        if (!file)
            return th_error_set(error, TH_USAGE, "cannot write %s: %m", path);
    }
    struct th_import_problems *made = calloc(1, sizeof(*made));
    if (!made)
        abort();
    made->file = file;
    made->path = path;
    made->language = language;
    if (file)
        made->table = th_table_create(file, TH_FORMAT_CSV, NULL, columns,
                                      sizeof(columns) / sizeof(columns[0]));
    *problems = made;
    return TH_OK;
}

/* What stands where a code should stand may be anything. */
static const char *show(struct th_slice text, char out[CODE_ROOM])
{
    th_text_shorten(text, SHOWN_CODE, out, CODE_ROOM);
    for (char *at = out; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            *at = '?';
    return out;
}

void th_import_problems_add(struct th_import_problems *problems,
                            const struct th_import_report *report,
                            const struct th_problem_list *list)
{
    char district[CODE_ROOM], form[CODE_ROOM], period[CODE_ROOM], line[24];
    if (list->count > 0 && !problems->table) /* made late: no problems, no table */
        problems->table = th_table_create(stderr, TH_FORMAT_TABLE, NULL, columns,
                                          sizeof(columns) / sizeof(columns[0]));
    show(report->district, district);
    show(report->form, form);
    show(report->period, period);
    for (size_t i = 0; i < list->count; i++) {
        const struct th_problem *problem = &list->problems[i];
        if (!problems->file && problems->rows == SHOWN_ROWS) {
            problems->left_out++;
            continue;
        }
        problems->rows++;
        snprintf(line, sizeof(line), "%zu", problem->line ? problem->line : report->line);
        th_table_row(problems->table,
                     (const char *[]){line, district, form, period, problem->criterion,
                                      problem->severity == TH_SEVERITY_ERROR ? "error" : "warning",
                                      problem->code,
                                      th_problem_message(problem, problems->language)},
                     NULL);
    }
}

enum th_status th_import_problems_finish(struct th_import_problems **problems,
                                         struct th_error *error)
{
    struct th_import_problems *finished = *problems;
    if (!finished)
        return TH_OK;
    enum th_status status = th_table_finish(&finished->table, error);
    if (finished->left_out > 0)
        fprintf(stderr, "%llu more problems are not shown; --problems FILE lists all of them\n",
                (unsigned long long)finished->left_out);
    if (finished->file && fclose(finished->file) != 0 && status == TH_OK)
        status = th_error_set(error, TH_PERMANENT, "cannot write %s: %m", finished->path);
    free(finished);
    *problems = NULL;
    return status;
}
