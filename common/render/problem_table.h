/* Problems of report files as a table, for whoever checks such files. */
#ifndef TONGHOP_RENDER_PROBLEM_TABLE_H
#define TONGHOP_RENDER_PROBLEM_TABLE_H

#include "common/domain/problem.h"
#include "common/render/table.h"

struct th_problem_file {
    const char *path; /* as it was given */
    const struct th_problem_list *problems;
};

/* One table of all files, of each by place in it; people see the file's name only when
 * there are several. */
enum th_status th_problem_table_print(FILE *out, enum th_format format, const char *language,
                                      const struct th_problem_file *files, size_t count,
                                      struct th_error *error) TH_MUST_USE;

#endif
