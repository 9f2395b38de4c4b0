/* What the files of validation share; nobody else includes this. */
#ifndef TONGHOP_DOMAIN_VALIDATE_CHECKS_H
#define TONGHOP_DOMAIN_VALIDATE_CHECKS_H

#include "common/domain/validate.h"

/* One report under validation. */
struct th_check {
    struct th_report *report;
    const struct th_validation *validation;
    struct th_problem_list *problems;
    int32_t last_day; /* of the base period, when report->has_period */
};

/* Judges one observation whose criterion is known (validate_values.c). */
void th_check_observation(const struct th_check *check, struct th_observation *observation);

/* UTF-8, control characters and length of a text; `where` names the part of the
 * report when it is not about a criterion. */
void th_check_text(const struct th_check *check, const char *criterion, struct th_slice text,
                   size_t max_characters, const char *where, size_t line, size_t column);

/* True when the fields are within what struct th_decimal promises. What is not has
 * its own problem, and no later check may compute with it. */
bool th_check_is_decimal(struct th_decimal value);

/* Rules across criteria, and the comparison with earlier periods
 * (validate_rules.c). Both need a report with form and period. */
void th_check_rules(const struct th_check *check);
void th_check_history(const struct th_check *check);

#endif
