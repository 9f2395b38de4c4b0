/* The list of an import's problems: a table on standard error, or a CSV file. */
#ifndef TONGHOP_COLLECTOR_IMPORT_PROBLEMS_H
#define TONGHOP_COLLECTOR_IMPORT_PROBLEMS_H

#include "collector/admin/import_rows.h"

struct th_import_problems;

/* `path` NULL: standard error, where a person will not read more than 10,000 rows;
 * what is beyond is counted. `language` "vi" or "en". */
enum th_status th_import_problems_open(const char *path, const char *language,
                                       struct th_import_problems **problems,
                                       struct th_error *error) TH_MUST_USE;
void th_import_problems_add(struct th_import_problems *problems,
                            const struct th_import_report *report,
                            const struct th_problem_list *list);
/* Prints or closes, and frees; NULL is allowed. */
enum th_status th_import_problems_finish(struct th_import_problems **problems,
                                         struct th_error *error) TH_MUST_USE;

#endif
