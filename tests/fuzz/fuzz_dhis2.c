/* What an import does with the bytes of a file of DHIS2: JSON when it begins with a
 * brace, else CSV. Every report that comes out is judged. */
#include <string.h>

#include "collector/admin/import_dhis2.h"
#include "common/base/text.h"
#include "tests/fuzz/support.h"

static enum th_status judge(void *context, struct th_import_report *source, struct th_error *error)
{
    struct th_report report;
    struct th_problem_list problems;
    (void)error;
    size_t *reports = context;
    enum th_import_verdict verdict = th_import_judge(source, fuzz_catalogue(), "P",
                                                     INT64_C(1717200000000000), &report, &problems);
    MUST((verdict == TH_IMPORT_SOUND) == (problems.errors == 0));
    for (size_t i = 0; i < problems.count; i++)
        MUST(th_text_is_utf8(th_slice_of(problems.problems[i].message_vi)));
    (*reports)++;
    th_import_report_free(&source);
    return TH_OK;
}

static enum th_status take(void *context, const struct th_csv_row *row, struct th_error *error)
{
    return th_import_dhis2_row(context, row, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t reports = 0;
    struct th_error error = {0};
    struct th_import_rows *rows = th_import_rows_create(fuzz_catalogue(), judge, &reports);
    struct th_import_dhis2 *dhis2 = th_import_dhis2_create(rows);
    struct th_csv_stream *stream = th_csv_stream_create(take, dhis2);
    enum th_status status;
    if (size > 0 && bytes[0] == '{') {
        status = th_import_dhis2_json(dhis2, (struct th_slice){(const char *)bytes, size}, &error);
    } else {
        status = th_csv_stream_feed(stream, (const char *)bytes, size, &error);
        if (status == TH_OK)
            status = th_csv_stream_finish(stream, &error);
    }
    if (status == TH_OK)
        status = th_import_dhis2_finish(dhis2, &error);
    if (status == TH_OK)
        status = th_import_rows_finish(rows, &error);
    MUST(status == TH_OK || (status == TH_REJECTED && error.message[0] != '\0'));
    MUST(status == TH_OK || reports == 0);
    th_csv_stream_destroy(&stream);
    th_import_dhis2_destroy(&dhis2);
    th_import_rows_destroy(&rows);
    return 0;
}
