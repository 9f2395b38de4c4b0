/* What an import does with the bytes of a file in the long CSV: refused, or every report that
 * comes out is judged. How the file is cut into pieces changes nothing. */
#include <string.h>

#include "collector/admin/import_rows.h"
#include "common/base/text.h"
#include "tests/fuzz/support.h"

#define NOW_US INT64_C(1717200000000000) /* 2024-06-01 */

struct outcome {
    size_t reports, sound, cells, problems;
    struct th_import_rows *rows;
    struct th_csv_stream *stream;
};

static enum th_status judge(void *context, struct th_import_report *source, struct th_error *error)
{
    struct outcome *outcome = context;
    struct th_report report;
    struct th_problem_list problems;
    (void)error;
    enum th_import_verdict verdict =
        th_import_judge(source, fuzz_catalogue(), "P", NOW_US, &report, &problems);
    MUST((verdict == TH_IMPORT_SOUND) == (problems.errors == 0));
    MUST(verdict != TH_IMPORT_SOUND || report.resolved);
    fuzz_check_problems(&problems);
    outcome->reports++;
    outcome->sound += verdict == TH_IMPORT_SOUND;
    outcome->cells += source->count;
    outcome->problems += problems.count;
    th_import_report_free(&source);
    return TH_OK;
}

static enum th_status take(void *context, const struct th_csv_row *row, struct th_error *error)
{
    struct outcome *outcome = context;
    char point = th_csv_stream_separator(outcome->stream) == ';' ? ',' : '.';
    return th_import_rows_take(outcome->rows, row, point, error);
}

static enum th_status import(const char *bytes, size_t size, size_t piece, struct outcome *outcome)
{
    struct th_error error = {0};
    enum th_status status = TH_OK;
    *outcome = (struct outcome){0};
    outcome->rows = th_import_rows_create(fuzz_catalogue(), judge, outcome);
    outcome->stream = th_csv_stream_create(take, outcome);
    for (size_t at = 0; at < size && status == TH_OK; at += piece)
        status = th_csv_stream_feed(outcome->stream, bytes + at,
                                    size - at < piece ? size - at : piece, &error);
    if (status == TH_OK)
        status = th_csv_stream_finish(outcome->stream, &error);
    if (status == TH_OK)
        status = th_import_rows_finish(outcome->rows, &error);
    fuzz_check_error(status, TH_REJECTED, &error);
    th_csv_stream_destroy(&outcome->stream);
    th_import_rows_destroy(&outcome->rows);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct outcome whole, pieces;
    size_t piece = size > 0 ? 1 + bytes[size - 1] % 7 : 1;
    enum th_status status = import((const char *)bytes, size, size ? size : 1, &whole);
    MUST(import((const char *)bytes, size, piece, &pieces) == status);
    MUST(whole.reports == pieces.reports && whole.sound == pieces.sound);
    MUST(whole.cells == pieces.cells && whole.problems == pieces.problems);
    return 0;
}
