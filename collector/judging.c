#include "collector/judging.h"

#include <string.h>

#include "common/domain/calendar.h"
#include "common/domain/validate.h"
#include "common/wire/message.h"

void th_judge_submission(const char *province, bool by_province, struct th_submission *submission,
                         const struct th_catalogue_ids *ids, int64_t now_us)
{
    struct th_report *report = &submission->report;
    struct th_problem_list *problems = &submission->problems;
    problems->count = 0;
    problems->errors = 0;
    problems->arena = submission->arena;
    submission->validated_at_us = now_us;
    memset(report, 0, sizeof *report);
    if (!th_report_unpack(submission->body, submission->arena, report, problems))
        return;
    if (!th_slice_equals(report->province, province)) {
        th_problem_add(problems, "province.not_ours", NULL, report->province, province, 0, 0);
        return;
    }
    struct th_validation validation = {
        .catalogue = ids->catalogue,
        .own_district = by_province ? NULL : submission->district,
        .by_province = by_province,
        .now_us = now_us,
        /* Accepted once, in its time: a restoration must not lock it out. */
        .ignore_lock = submission->received_at_us != 0,
    };
    if (th_report_validate(report, &validation, problems) || !report->resolved)
        return;
    /* Historic (SEMANTICS 8): due before the district's first enrolment, never locked.
     * Looked at only when something is wrong, since nearly every report is fine. */
    int64_t due_us = th_calendar_due_us(ids->catalogue, report->form, report->period);
    validation.ignore_lock =
        th_calendar_is_historic(due_us, ids->first_enrolled_us[report->district->index]);
    if (!validation.ignore_lock)
        return;
    problems->count = 0;
    problems->errors = 0;
    th_report_validate(report, &validation, problems);
}
