/* Problems of a report (SEMANTICS 12): one table of codes with their texts in
 * both languages, and a list that collects all of a report's problems. */
#ifndef TONGHOP_DOMAIN_PROBLEM_H
#define TONGHOP_DOMAIN_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"

enum th_severity { TH_SEVERITY_ERROR = 1, TH_SEVERITY_WARNING = 2 };

/* Everything about one problem; texts live in the list's arena. */
struct th_problem {
    const char *code; /* "value.out_of_range", "rule.list-agrees" */
    enum th_severity severity;
    const char *criterion;  /* code, "" when not about one */
    const char *value;      /* the offending value, at most 200 characters, "" when none */
    const char *limit;      /* what it is measured against ("0..100", "2024-03"), "" when none */
    const char *message_vi; /* ready for people */
    const char *message_en;
    size_t line, column; /* in a file, 1-based; 0: not from a file */
};

struct th_problem_list {
    struct th_arena *arena; /* set by the owner before use */
    struct th_problem *problems;
    size_t count, capacity;
    size_t errors; /* of them with severity error */
};

/* Row of the table of codes; `docs/problems.md` is written from it. */
struct th_problem_code {
    const char *code;
    enum th_severity severity;
    const char *template_vi; /* {value} {limit} {criterion} are filled in; a part in [] is left
                                out when a placeholder in it has nothing to show */
    const char *template_en;
    const char *meaning; /* when it arises, for the docs */
};
extern const struct th_problem_code th_problem_codes[]; /* ends with a NULL code */

/* Adds a problem of the table; texts are copied, NULL counts as "". An unknown
 * code aborts (a mistake of ours). At most 500 are kept, then one
 * `report.too_many_problems`, an error when an error was left out. What does not
 * fit the arena is counted in `errors` all the same. Bytes of value, limit and
 * criterion that are not safe to show become '?'. */
void th_problem_add(struct th_problem_list *list, const char *code, const char *criterion,
                    struct th_slice value, const char *limit, size_t line, size_t column);

/* Adds a problem of a rule: code "rule.CODE", the catalogue's messages with both
 * sides' values behind: `value` "35", `limit` "<= 33". */
void th_problem_add_rule(struct th_problem_list *list, const char *rule, enum th_severity severity,
                         const char *criterion, struct th_slice value, const char *limit,
                         const char *message_vi, const char *message_en);

const char *th_problem_message(const struct th_problem *problem, const char *language);

/* Codes of the errors (not warnings), sorted, unique, joined by ',': what the
 * signature of a rejection covers. In the list's arena. */
const char *th_problem_error_codes(const struct th_problem_list *list);

#endif
