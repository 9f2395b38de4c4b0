/* What an import does with the bytes of a file of DHIS2: JSON when it begins with a
 * brace, else CSV. Every report that comes out is judged. */
#include <string.h>

#include "collector/admin/import_dhis2.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"

static const struct {
    const char *name, *content;
} files[] = {
    {"districts.csv", "code,name_vi,kind,opened\nD1,Một,district,2015-01-01\n"},
    {"forms.csv",
     "code,name_vi,filled_by,frequency,due_days,opened\nf,Biểu,district,month,10,2016-01-01\n"},
    {"groups.csv", "form,group,name_vi\nf,g,Nhóm\n"},
    {"criteria.csv",
     "form,code,group,name_vi,kind,decimals,time_agg,district_agg,opened\n"
     "f,count,g,Số,count,0,sum,sum,2016-01-01\nf,share,g,Tỷ lệ,ratio,1,sum,sum,2016-01-01\n"
     "f,story,g,Lời,text,0,,,2016-01-01\n"},
};
#define FILE_COUNT (sizeof(files) / sizeof(files[0]))

static const struct th_catalogue *catalogue_of(void)
{
    static const struct th_catalogue *catalogue;
    struct th_catalogue_file sources[FILE_COUNT] = {0};
    struct th_fault_list faults = {0};
    if (catalogue)
        return catalogue;
    MUST(th_clock_use_zone("Asia/Ho_Chi_Minh", NULL) == TH_OK);
    for (size_t i = 0; i < FILE_COUNT; i++) {
        snprintf(sources[i].name, sizeof(sources[i].name), "%s", files[i].name);
        sources[i].content = th_slice_of(files[i].content);
    }
    catalogue = th_catalogue_read(sources, FILE_COUNT, &faults);
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "%s: %s\n", faults.faults[i].file, faults.faults[i].message);
    MUST(catalogue != NULL);
    return catalogue;
}

static enum th_status judge(void *context, struct th_import_report *source, struct th_error *error)
{
    struct th_report report;
    struct th_problem_list problems;
    (void)error;
    size_t *reports = context;
    enum th_import_verdict verdict =
        th_import_judge(source, catalogue_of(), "P", INT64_C(1717200000000000), &report, &problems);
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
    struct th_import_rows *rows = th_import_rows_create(catalogue_of(), judge, &reports);
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
