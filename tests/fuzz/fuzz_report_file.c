/* A report's file as an office gives it, JSON when it begins with a brace, else CSV: read,
 * judged, packed for the wire and unpacked as the same report. */
#include <string.h>

#include "common/base/text.h"
#include "common/domain/report_file.h"
#include "common/domain/validate.h"
#include "common/wire/message.h"
#include "tests/fuzz/support.h"

#define NOW_US      INT64_C(1717200000000000) /* 2024-06-01 */
#define ARENA_LIMIT ((size_t)64 << 20)

/* What was found sound must reach the province as it is. */
static void check_wire(const struct th_report *report, struct th_arena *arena)
{
    TH_CLEANUP_BUFFER struct th_buffer first = {0}, second = {0};
    struct th_problem_list problems = {.arena = arena};
    struct th_report again;
    th_report_pack(report, &first);
    if (first.size > TH_REPORT_BYTES_MAX)
        return;
    MUST(th_report_unpack(th_buffer_slice(&first), arena, &again, &problems));
    MUST(again.observation_count == report->observation_count);
    th_report_pack(&again, &second);
    MUST(th_slice_same(th_buffer_slice(&first), th_buffer_slice(&second)));
    /* The province judges as the office did. */
    struct th_validation validation = {
        .catalogue = fuzz_catalogue(), .own_district = "D1", .now_us = NOW_US};
    MUST(th_report_validate(&again, &validation, &problems));
}

static void check_extent(const struct th_report *report)
{
    struct th_report_extent extent;
    th_report_measure(report, &extent);
    MUST(extent.empty == (extent.values == 0));
    MUST(extent.values + extent.not_applicable + extent.missing <= report->form->criterion_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct th_arena *arena = th_arena_create(ARENA_LIMIT);
    struct th_problem_list problems = {.arena = arena};
    struct th_report report;
    struct th_validation validation = {
        .catalogue = fuzz_catalogue(), .own_district = "D1", .now_us = NOW_US};
    bool readable = th_report_file_read((struct th_slice){(const char *)bytes, size},
                                        fuzz_catalogue(), "D1", arena, &report, &problems);
    MUST(readable || problems.errors > 0);
    MUST(!readable || problems.errors == 0);
    if (readable || report.form_code.size > 0) {
        size_t before = problems.errors;
        report.revision = 1;
        th_report_new_id(report.id);
        bool sound = th_report_validate(&report, &validation, &problems);
        MUST(problems.errors >= before);
        if (readable && sound && problems.errors == 0) {
            MUST(report.resolved);
            check_extent(&report);
            check_wire(&report, arena);
        }
    }
    fuzz_check_problems(&problems);
    th_arena_destroy(&arena);
    return 0;
}
