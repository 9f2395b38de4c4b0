/* Validation of a report by the catalogue: the same rules from the same code in
 * the office, before a file is accepted, and in the province, before it is
 * stored (SEMANTICS 4, 8, 12). Pure: the caller says what time it is. */
#ifndef TONGHOP_DOMAIN_VALIDATE_H
#define TONGHOP_DOMAIN_VALIDATE_H

#include "common/domain/catalogue.h"
#include "common/domain/problem.h"
#include "common/domain/report.h"

/* How many reports of earlier base periods the last 12 values are looked for in: enough
 * where some reports have none. Office and province look at the same. */
#define TH_HISTORY_REPORTS 24

/* The last values of a criterion for `value.departs_tenfold`: fills at most
 * `capacity` earlier values of the district before `period`, newest first (a
 * ratio's quotient is compared by its numerator and denominator apart: `part` 0
 * num, 1 den). Returns their number. */
typedef size_t (*th_history_fn)(void *context, const struct th_criterion *criterion, int part,
                                int32_t period, struct th_decimal *values, size_t capacity);

struct th_validation {
    const struct th_catalogue *catalogue;
    const char *own_district; /* code that the sender may report for; NULL: any */
    bool by_province;         /* the sender is an approver: province forms, any district.
                                 Neither this nor own_district: an import, any form */
    int64_t now_us;           /* accepted_at; the office: its own clock */
    bool ignore_lock;         /* historic, import, or an exception in force */
    th_history_fn history;    /* NULL: no tenfold check */
    void *history_context;
};

/* Resolves and checks everything about one report and adds ALL its problems.
 * Sorts observations into catalogue order and commune lists by code. True when no
 * problem is an error. Codes checked here: form.unknown district.unknown
 * district.not_yours district.closed form.closed form.not_yours period.malformed
 * period.future period.locked criterion.unknown criterion.duplicate
 * criterion.closed criterion.required criterion.wrong_kind value.negative
 * value.out_of_range value.too_precise value.too_long value.not_integer value.departs_tenfold
 * ratio.denominator_missing ratio.numerator_missing choice.unknown
 * commune.unknown commune.duplicate text.not_utf8 text.control_character
 * text.too_long text.empty catalogue.outdated document.malformed revision.malformed
 * report.too_large (too many values) rule.CODE. Revision and id conflicts are
 * judged by the store, size by the reader of bytes. */
bool th_report_validate(struct th_report *report, const struct th_validation *validation,
                        struct th_problem_list *problems);

/* The part of the above that needs earlier reports, alone: adds `value.departs_tenfold` to
 * the problems of a report that was validated without them and has form and period. The
 * province knows them only under the lock of the district's chain. */
void th_report_check_history(struct th_report *report, th_history_fn history, void *context,
                             struct th_problem_list *problems);

#endif
