#include "tests/unit/report_fixture.h"

#include "collector/admin/import_rows.h"
#include "collector/admin/key_set.h"
#include "common/csv/csv.h"
#include "common/domain/report_file.h"

#define HEADING "district,form,period,criterion,value,of,note,received_at\n"
#define NOW     "2024-06-01T12:00:00+07:00"

/* A sink that writes down what came: for each report "LINE D/F/P [criterion=value/of...]
 * ok|invalid|unreadable problems". */
struct listener {
    const struct th_catalogue *catalogue;
    struct th_import_rows *rows;
    struct th_csv_stream *stream;
    struct th_buffer heard;
    size_t fail_at, count; /* fail_at: number of the report that is not taken, 0: none */
};

static void hear_observation(struct th_buffer *heard, const struct th_observation *observation)
{
    TH_CLEANUP_BUFFER struct th_buffer value = {0};
    TH_CLEANUP_BUFFER struct th_buffer of = {0};
    th_report_cell_write(observation, '.', &value, &of);
    th_buffer_printf(heard, " %.*s=%s", (int)observation->criterion_code.size,
                     observation->criterion_code.bytes, value.bytes);
    if (of.size > 0)
        th_buffer_printf(heard, "/%s", of.bytes);
}

static enum th_status hear(void *context, struct th_import_report *source, struct th_error *error)
{
    struct listener *listener = context;
    struct th_report report;
    struct th_problem_list problems;
    enum th_import_verdict verdict =
        th_import_judge(source, listener->catalogue, "P", fixture_instant(NOW), &report, &problems);
    bool sound = verdict == TH_IMPORT_SOUND;
    TH_CHECK("errors and the verdict agree", sound == (problems.errors == 0));
    th_buffer_printf(&listener->heard, "%s%zu %.*s/%.*s/%.*s", listener->heard.size ? "\n" : "",
                     source->line, (int)source->district.size, source->district.bytes,
                     (int)source->form.size, source->form.bytes, (int)source->period.size,
                     source->period.bytes);
    for (size_t i = 0; sound && i < report.observation_count; i++)
        hear_observation(&listener->heard, &report.observations[i]);
    th_buffer_add_text(&listener->heard, sound                          ? " ok"
                                         : verdict == TH_IMPORT_INVALID ? " invalid"
                                                                        : " unreadable");
    for (size_t i = 0; i < problems.count; i++) {
        const struct th_problem *problem = &problems.problems[i];
        th_buffer_printf(&listener->heard, " %s%s%s", problem->code,
                         problem->criterion[0] ? ":" : "", problem->criterion);
        if (problem->line > 0)
            th_buffer_printf(&listener->heard, "@%zu", problem->line);
    }
    th_import_report_free(&source);
    if (++listener->count == listener->fail_at)
        return th_error_set(error, TH_UNREACHABLE, "the sink is full");
    return TH_OK;
}

static enum th_status take(void *context, const struct th_csv_row *row, struct th_error *error)
{
    struct listener *listener = context;
    char point = th_csv_stream_separator(listener->stream) == ';' ? ',' : '.';
    return th_import_rows_take(listener->rows, row, point, error);
}

/* Feeds a file `step` bytes at a time; what was heard stays in the listener. */
static enum th_status listen(struct listener *listener, const char *file, size_t step,
                             struct th_error *error)
{
    size_t size = strlen(file);
    enum th_status status = TH_OK;
    listener->rows = th_import_rows_create(listener->catalogue, hear, listener);
    listener->stream = th_csv_stream_create(take, listener);
    th_buffer_clear(&listener->heard);
    th_buffer_add_text(&listener->heard, "");
    listener->count = 0;
    for (size_t at = 0; at < size && status == TH_OK; at += step)
        status = th_csv_stream_feed(listener->stream, file + at,
                                    size - at < step ? size - at : step, error);
    if (status == TH_OK)
        status = th_csv_stream_finish(listener->stream, error);
    if (status == TH_OK)
        status = th_import_rows_finish(listener->rows, error);
    th_csv_stream_destroy(&listener->stream);
    th_import_rows_destroy(&listener->rows);
    return status;
}

struct rows_case {
    const char *name, *file, *want;
};

static const struct rows_case files[] = {
    {"one report",
     HEADING "D1,f,2024-03,count,5,,,\n"
             "D1,f,2024-03,need,2,,,\n",
     "2 D1/f/2024-03 count=5 need=2 ok"},
    {"two reports",
     HEADING "D1,f,2024-03,count,5,,,\n"
             "D1,f,2024-03,need,2,,,\n"
             "D1,f,2024-04,count,6,,,\n"
             "D1,f,2024-04,need,3,,,\n",
     "2 D1/f/2024-03 count=5 need=2 ok\n4 D1/f/2024-04 count=6 need=3 ok"},
    /* `of`, `note` and `received_at` may be absent. */
    {"columns in another order",
     "Value,criterion,PERIOD,form,district\n"
     "5,count,2024-03,f,D1\n"
     "2,need,2024-03,f,D1\n",
     "2 D1/f/2024-03 count=5 need=2 ok"},
    {"blank lines do not count",
     "\n,,\n" HEADING "\nD1,f,2024-03,count,5,,,\n,,,,,,,\nD1,f,2024-03,need,2,,,\n\n",
     "5 D1/f/2024-03 count=5 need=2 ok"},
    {"semicolons and decimal commas",
     "district;form;period;criterion;value;of;note\n"
     "D1;f;2024-03;count;5;;\n"
     "D1;f;2024-03;share;1,5;3;\n"
     "D1;f;2024-03;need;2;;\n",
     "2 D1/f/2024-03 count=5 share=1.5/3 need=2 ok"},
    {"a number of the other style",
     HEADING "D1,f,2024-03,count,5,,,\nD1,f,2024-03,money,\"1,5\",,,\nD1,f,2024-03,need,2,,,\n",
     "2 D1/f/2024-03 unreadable value.malformed:money@3"},
    /* Locked since 15 May 2022 (due 10, lock 45 days): an import is historic. */
    {"a locked period", HEADING "D1,f,2022-03,count,5,,,\nD1,f,2022-03,need,2,,,\n",
     "2 D1/f/2022-03 count=5 need=2 ok"},
    {"an appraisal, which the province fills in", HEADING "D1,a,2023-H1,mark,80.5,,,\n",
     "2 D1/a/2023-H1 mark=80.5 ok"},
    {"n/a, zero and missing are three things",
     HEADING "D1,f,2024-03,count,n/a,,broken,\nD1,f,2024-03,need,0,,,\nD1,f,2024-03,score,,,,\n",
     "2 D1/f/2024-03 count=n/a need=0 ok"},
    /* A warning does not reject. */
    {"a required value is missing", HEADING "D1,f,2024-03,count,5,,,\nD1,f,2024-03,need,,,,\n",
     "2 D1/f/2024-03 count=5 ok criterion.required:need"},
    {"a report without any value", HEADING "D1,f,2024-03,count,,,,\n",
     "2 D1/f/2024-03 ok criterion.required:count criterion.required:need"},
    {"all problems at once, and the neighbours stay",
     HEADING "D1,f,2024-02,count,5,,,\n"
             "D1,f,2024-02,need,2,,,\n"
             "D1,f,2024-03,count,five,,,\n"
             "D1,f,2024-03,nothing,1,,,\n"
             "D1,f,2024-03,need,-2,,,\n"
             "D1,f,2024-04,count,5,,,\n"
             "D1,f,2024-04,need,2,,,\n",
     "2 D1/f/2024-02 count=5 need=2 ok\n"
     "4 D1/f/2024-03 unreadable value.malformed:count@4 criterion.unknown:nothing@5 "
     "value.negative:need@6\n"
     "7 D1/f/2024-04 count=5 need=2 ok"},
    {"one criterion twice",
     HEADING "D1,f,2024-03,count,5,,,\nD1,f,2024-03,need,2,,,\nD1,f,2024-03,count,6,,,\n",
     "2 D1/f/2024-03 invalid criterion.duplicate:count@4"},
    {"a closed district", HEADING "D2,f,2024-03,count,5,,,\nD2,f,2024-03,need,2,,,\n",
     "2 D2/f/2024-03 invalid district.closed@2"},
    {"a period that has not begun", HEADING "D1,f,2024-07,count,5,,,\nD1,f,2024-07,need,2,,,\n",
     "2 D1/f/2024-07 invalid period.future@2"},
    {"unknown codes", HEADING "D9,g,March,count,5,,,\n",
     "2 D9/g/March unreadable form.unknown@2 district.unknown@2 period.malformed@2"},

    /* Rows of one report stand together. */
    {"a key comes again",
     HEADING "D1,f,2024-03,count,5,,,\n"
             "D1,f,2024-04,count,5,,,\n"
             "D1,f,2024-04,need,2,,,\n"
             "D1,f,2024-03,need,2,,,\n",
     "2 D1/f/2024-03 count=5 ok criterion.required:need\n"
     "3 D1/f/2024-04 count=5 need=2 ok\n"
     "5 D1/f/2024-03 unreadable import.not_contiguous@5 criterion.required:count"},
    /* DHIS2's spelling names the same period. */
    {"two spellings of one period", HEADING "D1,f,2024-03,count,5,,,\nD1,f,202403,need,2,,,\n",
     "2 D1/f/2024-03 count=5 need=2 ok"},
    {"a key comes again in another spelling",
     HEADING "D1,f,2024-03,count,5,,,\n"
             "D1,f,2024-03,need,2,,,\n"
             "D1,a,2023-H1,mark,80,,,\n"
             "D1,f,202403,count,5,,,\n"
             "D1,f,202403,need,2,,,\n",
     "2 D1/f/2024-03 count=5 need=2 ok\n4 D1/a/2023-H1 mark=80 ok\n"
     "5 D1/f/202403 unreadable import.not_contiguous@5"},

    /* received_at */
    {"received",
     HEADING "D1,f,2024-03,count,5,,,2024-04-05T08:00:00+07:00\n"
             "D1,f,2024-03,need,2,,,2024-04-05T08:00:00+07:00\n",
     "2 D1/f/2024-03 count=5 need=2 ok"},
    {"received at different times",
     HEADING "D1,f,2024-03,count,5,,,2024-04-05T08:00:00+07:00\n"
             "D1,f,2024-03,need,2,,,2024-04-06T08:00:00+07:00\n"
             "D1,f,2024-03,score,2,,,2024-04-07T08:00:00+07:00\n",
     "2 D1/f/2024-03 unreadable import.received_at_differs@3"},
    {"received in one row only",
     HEADING "D1,f,2024-03,count,5,,,2024-04-05T08:00:00+07:00\nD1,f,2024-03,need,2,,,\n",
     "2 D1/f/2024-03 unreadable import.received_at_differs@3"},
    {"received in the second row only",
     HEADING "D1,f,2024-03,count,5,,,\nD1,f,2024-03,need,2,,,2024-04-05T08:00:00+07:00\n",
     "2 D1/f/2024-03 unreadable import.received_at_differs@3"},
    /* A day alone does not tell on which side of the due instant it was. */
    {"received on a day",
     HEADING "D1,f,2024-03,count,5,,,2024-04-05\nD1,f,2024-03,need,2,,,2024-04-05\n",
     "2 D1/f/2024-03 unreadable import.received_at_malformed@2"},
    /* March begins at 17:00 of 29 February in UTC. */
    {"received in the period's first instant",
     HEADING "D1,f,2024-03,count,5,,,2024-02-29T17:00:00Z\n"
             "D1,f,2024-03,need,2,,,2024-02-29T17:00:00Z\n",
     "2 D1/f/2024-03 count=5 need=2 ok"},
    {"received before the period",
     HEADING "D1,f,2024-03,count,5,,,2024-02-29T16:59:59Z\n"
             "D1,f,2024-03,need,2,,,2024-02-29T16:59:59Z\n",
     "2 D1/f/2024-03 unreadable import.received_at_out_of_range@2"},
    {"received now", HEADING "D1,f,2024-03,count,5,,," NOW "\nD1,f,2024-03,need,2,,," NOW "\n",
     "2 D1/f/2024-03 count=5 need=2 ok"},
    {"received in the future",
     HEADING "D1,f,2024-03,count,5,,,2024-06-01T12:00:01+07:00\n"
             "D1,f,2024-03,need,2,,,2024-06-01T12:00:01+07:00\n",
     "2 D1/f/2024-03 unreadable import.received_at_out_of_range@2"},

    /* Cells that are not there, or too many. */
    {"no district and no period", HEADING ",f,,count,5,,,\n",
     "2 /f/ unreadable import.cell_missing@2 import.cell_missing@2"},
    {"no criterion",
     HEADING "D1,f,2024-03,count,5,,,\nD1,f,2024-03,need,2,,,\nD1,f,2024-03,,7,,,\n",
     "2 D1/f/2024-03 unreadable import.cell_missing@4"},
    {"more cells than columns", HEADING "D1,f,2024-03,count,5,,,,\nD1,f,2024-03,need,2,,,,stray\n",
     "2 D1/f/2024-03 unreadable file.extra_cell@3"},
    /* A column without a name may be there, but not hold anything. */
    {"a column without a name",
     "district,form,period,,criterion,value\nD1,f,2024-03,,count,5\nD1,f,2024-03,x,need,2\n",
     "2 D1/f/2024-03 unreadable file.extra_cell@3"},
};

static void rows_become_reports(void)
{
    static const size_t steps[] = {1, 7, 100000};
    struct listener listener = {.catalogue = fixture_catalogue()};
    for (size_t i = 0; i < COUNT(files); i++) {
        for (size_t s = 0; s < COUNT(steps); s++) {
            struct th_error error = {0};
            TH_CHECK(files[i].name, listen(&listener, files[i].file, steps[s], &error) == TH_OK);
            TH_CHECK_TEXT(files[i].name, listener.heard.bytes, files[i].want);
        }
    }
    th_buffer_free(&listener.heard);
    struct th_catalogue *catalogue = (struct th_catalogue *)listener.catalogue;
    th_catalogue_release(&catalogue);
}

static void headings_are_checked(void)
{
    static const struct {
        const char *name, *file, *want; /* what the message must hold */
    } cases[] = {
        {"empty", "", "the file is empty"},
        {"blank lines alone", "\n,,\n\n", "the file is empty"},
        {"unknown column", "district,form,period,criterion,value,valeu\n",
         "line 1: the column 'valeu' is unknown"},
        {"column twice", "\ndistrict,form,period,criterion,value,Form\n",
         "line 2: the column 'Form' stands twice"},
        {"no value", "district,form,period,criterion,of\n", "the column 'value' is missing"},
        {"no heading", "D1,f,2024-03,count,5\n", "line 1: the column 'D1' is unknown"},
    };
    struct th_catalogue *catalogue = fixture_catalogue();
    struct listener listener = {.catalogue = catalogue};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_error error = {0};
        TH_CHECK(cases[i].name, listen(&listener, cases[i].file, 5, &error) == TH_REJECTED);
        TH_CHECK(cases[i].name, strstr(error.message, cases[i].want) != NULL);
        TH_CHECK_TEXT(cases[i].name, listener.heard.bytes, "");
    }
    th_buffer_free(&listener.heard);
    th_catalogue_release(&catalogue);
}

static void a_failing_sink_ends_the_import(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    struct listener listener = {.catalogue = catalogue, .fail_at = 2};
    struct th_error error = {0};
    TH_CHECK("status", listen(&listener,
                              HEADING "D1,f,2024-01,count,5,,,\nD1,f,2024-02,count,5,,,\n"
                                      "D1,f,2024-03,count,5,,,\nD1,f,2024-04,count,5,,,\n",
                              9, &error) == TH_UNREACHABLE);
    TH_CHECK_TEXT("message", error.message, "the sink is full");
    TH_CHECK("nothing is handed over after it", listener.count == 2);
    th_buffer_free(&listener.heard);
    th_catalogue_release(&catalogue);
}

/* Rows beyond what a report may hold must not fill the memory either. */
static void a_report_has_at_most_2000_rows(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    struct listener listener = {.catalogue = catalogue};
    struct th_error error = {0};
    TH_CLEANUP_BUFFER struct th_buffer file = {0};
    th_buffer_add_text(&file, HEADING);
    for (int i = 0; i < 2000; i++)
        th_buffer_add_text(&file, "D1,f,2024-03,score,,,,\n");
    TH_CHECK("2000 rows", listen(&listener, file.bytes, 100000, &error) == TH_OK);
    TH_CHECK_TEXT("2000 rows", listener.heard.bytes,
                  "2 D1/f/2024-03 ok criterion.required:count criterion.required:need");
    for (int i = 0; i < 5000; i++)
        th_buffer_add_text(&file, "D1,f,2024-03,score,,,,\n");
    th_buffer_add_text(&file, "D1,f,2024-04,count,5,,,\nD1,f,2024-04,need,5,,,\n");
    TH_CHECK("more rows", listen(&listener, file.bytes, 100000, &error) == TH_OK);
    TH_CHECK_TEXT("more rows", listener.heard.bytes,
                  "2 D1/f/2024-03 unreadable report.too_large@2002\n"
                  "7002 D1/f/2024-04 count=5 need=5 ok");
    th_buffer_free(&listener.heard);
    th_catalogue_release(&catalogue);
}

/* A form of 20 narratives. */
static struct th_catalogue *catalogue_of_narratives(void)
{
    struct th_catalogue_file read[4] = {0};
    struct th_fault_list faults = {0};
    TH_CLEANUP_BUFFER struct th_buffer criteria = {0};
    th_buffer_add_text(&criteria, "form,code,group,name_vi,kind,time_agg,district_agg,opened\n");
    for (int i = 10; i < 30; i++)
        th_buffer_printf(&criteria, "t,t%d,g,T,text,,,2016-01-01\n", i);
    const struct {
        const char *name, *content;
    } contents[] = {
        {"districts.csv", "code,name_vi,opened\nD1,D,2015-01-01\n"},
        {"forms.csv", "code,name_vi,filled_by,frequency,due_days,opened\n"
                      "t,T,district,month,10,2016-01-01\n"},
        {"groups.csv", "form,group,name_vi\nt,g,G\n"},
        {"criteria.csv", criteria.bytes},
    };
    for (size_t i = 0; i < COUNT(read); i++) {
        snprintf(read[i].name, sizeof(read[i].name), "%s", contents[i].name);
        read[i].content = th_slice_of(contents[i].content);
    }
    struct th_catalogue *catalogue = th_catalogue_read(read, COUNT(read), &faults);
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "\n    %s:%zu: %s\n", faults.faults[i].file, faults.faults[i].line,
                faults.faults[i].message);
    th_fault_list_free(&faults);
    if (!catalogue)
        abort();
    return catalogue;
}

/* 128 KiB are 131,072 bytes: 13 narratives of 10,000 characters fit, 14 do not, and
 * what is not even kept (over 256 KiB) is told by the row where it ends. */
static void a_report_has_at_most_128_kib(void)
{
    static const struct {
        const char *name;
        int count;
        const char *character, *want;
    } cases[] = {
        {"13", 13, "a", "ok"},
        {"14", 14, "a", "unreadable report.too_large@2"},
        {"3 bytes a character", 20, "ộ", "unreadable report.too_large@10"},
    };
    TH_CHECK("zone", th_clock_use_zone("Asia/Ho_Chi_Minh", NULL) == TH_OK);
    struct th_catalogue *catalogue = catalogue_of_narratives();
    struct listener listener = {.catalogue = catalogue};
    for (size_t i = 0; i < COUNT(cases); i++) {
        TH_CLEANUP_BUFFER struct th_buffer file = {0};
        struct th_error error = {0};
        th_buffer_add_text(&file, HEADING);
        for (int c = 10; c < 10 + cases[i].count; c++) {
            th_buffer_printf(&file, "D1,t,2024-03,t%d,", c);
            for (int n = 0; n < 10000; n++)
                th_buffer_add_text(&file, cases[i].character);
            th_buffer_add_text(&file, ",,,\n");
        }
        TH_CHECK(cases[i].name, listen(&listener, file.bytes, 65536, &error) == TH_OK);
        const char *end = listener.heard.size > strlen(cases[i].want)
                              ? listener.heard.bytes + listener.heard.size - strlen(cases[i].want)
                              : "";
        TH_CHECK_TEXT(cases[i].name, end, cases[i].want);
    }
    th_buffer_free(&listener.heard);
    th_catalogue_release(&catalogue);
}

/* Keeps reports instead of judging them. */
struct shelf {
    struct th_import_report *reports[4];
    size_t count;
};

static enum th_status keep(void *context, struct th_import_report *report, struct th_error *error)
{
    struct shelf *shelf = context;
    (void)error;
    if (shelf->count == COUNT(shelf->reports))
        abort();
    shelf->reports[shelf->count++] = report;
    return TH_OK;
}

static enum th_status take_to_shelf(void *context, const struct th_csv_row *row,
                                    struct th_error *error)
{
    return th_import_rows_take(context, row, '.', error);
}

static void fill_shelf(struct shelf *shelf, const struct th_catalogue *catalogue, const char *file)
{
    struct th_error error = {0};
    struct th_import_rows *rows = th_import_rows_create(catalogue, keep, shelf);
    struct th_csv_stream *stream = th_csv_stream_create(take_to_shelf, rows);
    TH_CHECK("feed", th_csv_stream_feed(stream, file, strlen(file), &error) == TH_OK);
    TH_CHECK("finish", th_csv_stream_finish(stream, &error) == TH_OK);
    TH_CHECK("rows", th_import_rows_finish(rows, &error) == TH_OK);
    th_csv_stream_destroy(&stream);
    th_import_rows_destroy(&rows);
}

/* A new catalogue may come into force while a report waits: nothing of the first
 * judgement may be left. */
static void a_report_can_be_judged_again(void)
{
    struct th_catalogue *first = fixture_catalogue(), *second = catalogue_of_narratives();
    struct shelf shelf = {0};
    struct th_report report;
    struct th_problem_list problems;
    int64_t now_us = fixture_instant(NOW);
    fill_shelf(&shelf, first,
               "district,form,period,criterion,value,\n"
               "D1,f,2024-03,count,5,stray\nD1,f,2024-03,need,-2,\n");
    size_t used = 0;
    for (int i = 0; i < 3; i++) {
        TH_CHECK("first", th_import_judge(shelf.reports[0], first, "P", now_us, &report,
                                          &problems) == TH_IMPORT_UNREADABLE);
        TH_CHECK_TEXT("first", fixture_problems(&problems, false),
                      "file.extra_cell value.negative:need");
        TH_CHECK("no memory of the last one",
                 i == 0 || th_arena_used(shelf.reports[0]->scratch) == used);
        used = th_arena_used(shelf.reports[0]->scratch);
    }
    TH_CHECK("second", th_import_judge(shelf.reports[0], second, "P", now_us, &report, &problems) ==
                           TH_IMPORT_UNREADABLE);
    TH_CHECK_TEXT("second", fixture_problems(&problems, false), "file.extra_cell form.unknown");
    th_import_report_free(&shelf.reports[0]);
    th_catalogue_release(&first);
    th_catalogue_release(&second);
}

/* SEMANTICS 8: equal content is a duplicate, however it was written. */
static void equal_content_has_one_id(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    struct shelf shelf = {0};
    uint8_t ids[3][16];
    int64_t now_us = fixture_instant(NOW);
    fill_shelf(&shelf, catalogue, HEADING "D1,f,2024-03,count,5,,,\nD1,f,2024-03,share,1.5,3,,\n");
    fill_shelf(&shelf, catalogue,
               HEADING "D1,f,202403,share,1.50,3.0,,2024-04-05T08:00:00+07:00\n"
                       "D1,f,202403,count,5,,,2024-04-05T08:00:00+07:00\n"
                       "D1,f,202403,need,,,,2024-04-05T08:00:00+07:00\n");
    fill_shelf(&shelf, catalogue, HEADING "D1,f,2024-03,count,6,,,\nD1,f,2024-03,share,1.5,3,,\n");
    for (size_t i = 0; i < 3; i++) {
        struct th_report report;
        struct th_problem_list problems;
        TH_CHECK("sound", th_import_judge(shelf.reports[i], catalogue, "P", now_us, &report,
                                          &problems) == TH_IMPORT_SOUND);
        TH_CHECK("canonical period", th_slice_equals(report.period_text, "2024-03"));
        TH_CHECK("province", th_slice_equals(report.province, "P"));
        th_report_import_id(&report, ids[i]);
        th_import_report_free(&shelf.reports[i]);
    }
    TH_CHECK("written otherwise", memcmp(ids[0], ids[1], 16) == 0);
    TH_CHECK("another value", memcmp(ids[0], ids[2], 16) != 0);
    th_catalogue_release(&catalogue);
}

static void a_key_set_knows_what_it_saw(void)
{
    struct th_key_set set = {0};
    char key[32];
    size_t news = 0, again = 0;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 20000; i++) {
            snprintf(key, sizeof(key), "%d", i);
            if (th_key_set_add(&set, th_slice_of(key)))
                news++;
            else
                again++;
        }
    TH_CHECK("each is new once", news == 20000 && again == 20000 && set.count == 20000);
    th_key_set_free(&set);
}

static const struct th_test tests[] = {
    {"rows become reports", rows_become_reports},
    {"headings are checked", headings_are_checked},
    {"a failing sink ends the import", a_failing_sink_ends_the_import},
    {"a report has at most 2000 rows", a_report_has_at_most_2000_rows},
    {"a report has at most 128 KiB", a_report_has_at_most_128_kib},
    {"a report can be judged again", a_report_can_be_judged_again},
    {"equal content has one id", equal_content_has_one_id},
    {"a key set knows what it saw", a_key_set_knows_what_it_saw},
};

TH_TEST_MAIN("import rows", tests)
