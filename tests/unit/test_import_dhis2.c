#include "tests/unit/report_fixture.h"

#include "collector/admin/import_dhis2.h"
#include "common/domain/report_file.h"

#define NOW "2024-06-01T12:00:00+07:00"
#define HEADING                                                                                    \
    "dataelement,period,orgunit,categoryoptioncombo,attributeoptioncombo,value,comment\n"

/* A sink that writes down what came: for each report "LINE D/F/P criterion=value/of(note)
 * ... ok|not problem:criterion@line". */
struct listener {
    const struct th_catalogue *catalogue;
    struct th_import_dhis2 *dhis2;
    struct th_buffer heard;
};

static void hear_observation(struct th_buffer *heard, const struct th_observation *observation)
{
    TH_CLEANUP_BUFFER struct th_buffer value = {0};
    TH_CLEANUP_BUFFER struct th_buffer of = {0};
    struct th_slice note =
        observation->answer == TH_ANSWER_NOT_APPLICABLE ? observation->text : observation->note;
    th_report_cell_write(observation, '.', &value, &of);
    th_buffer_printf(heard, " %.*s=%s", (int)observation->criterion_code.size,
                     observation->criterion_code.bytes, value.bytes);
    if (of.size > 0)
        th_buffer_printf(heard, "/%s", of.bytes);
    if (note.size > 0)
        th_buffer_printf(heard, "(%.*s)", (int)note.size, note.bytes);
}

static enum th_status hear(void *context, struct th_import_report *source, struct th_error *error)
{
    (void)error;
    struct listener *listener = context;
    struct th_buffer *heard = &listener->heard;
    struct th_report report;
    struct th_problem_list problems;
    bool sound = th_import_judge(source, listener->catalogue, "P", fixture_instant(NOW), &report,
                                 &problems) == TH_IMPORT_SOUND;
    th_buffer_printf(heard, "%s%zu %.*s/%.*s/%.*s", heard->size ? "\n" : "", source->line,
                     (int)source->district.size, source->district.bytes, (int)source->form.size,
                     source->form.bytes, (int)source->period.size, source->period.bytes);
    for (size_t i = 0; sound && i < report.observation_count; i++)
        hear_observation(heard, &report.observations[i]);
    th_buffer_add_text(heard, sound ? " ok" : " not");
    for (size_t i = 0; i < problems.count; i++) {
        const struct th_problem *problem = &problems.problems[i];
        th_buffer_printf(heard, " %s%s%s", problem->code, problem->criterion[0] ? ":" : "",
                         problem->criterion);
        if (problem->line > 0)
            th_buffer_printf(heard, "@%zu", problem->line);
    }
    th_import_report_free(&source);
    return TH_OK;
}

static enum th_status take(void *context, const struct th_csv_row *row, struct th_error *error)
{
    struct listener *listener = context;
    return th_import_dhis2_row(listener->dhis2, row, error);
}

static enum th_status feed_csv(struct listener *listener, const char *file, struct th_error *error)
{
    struct th_csv_stream *stream = th_csv_stream_create(take, listener);
    enum th_status status = th_csv_stream_feed(stream, file, strlen(file), error);
    if (status == TH_OK)
        status = th_csv_stream_finish(stream, error);
    th_csv_stream_destroy(&stream);
    return status;
}

static enum th_status listen(struct listener *listener, const char *file, struct th_error *error)
{
    struct th_import_rows *rows = th_import_rows_create(listener->catalogue, hear, listener);
    listener->dhis2 = th_import_dhis2_create(rows);
    th_buffer_clear(&listener->heard);
    th_buffer_add_text(&listener->heard, "");
    enum th_status status = file[0] == 'd' || file[0] == 'D'
                                ? feed_csv(listener, file, error)
                                : th_import_dhis2_json(listener->dhis2, th_slice_of(file), error);
    if (status == TH_OK)
        status = th_import_dhis2_finish(listener->dhis2, error);
    if (status == TH_OK)
        status = th_import_rows_finish(rows, error);
    th_import_dhis2_destroy(&listener->dhis2);
    th_import_rows_destroy(&rows);
    return status;
}

struct dhis2_case {
    const char *name, *file, *want;
};

static const struct dhis2_case files[] = {
    {"a set with its period and unit",
     "{\"dataSet\":\"f\",\"period\":\"202403\",\"orgUnit\":\"D1\",\"dataValues\":["
     "{\"dataElement\":\"f/count\",\"value\":\"5\"},{\"dataElement\":\"f/need\",\"value\":2}]}",
     "1 D1/f/202403 count=5 need=2 ok"},
    /* JSON tells members in any order. */
    {"values before their set's period",
     "\xEF\xBB\xBF {\"dataValues\":[{\"dataElement\":\"f/count\",\"value\":\"5\"},"
     "{\"dataElement\":\"f/need\",\"value\":\"2\"}] , \"orgUnit\":\"D1\",\"period\":\"202403\"}\n",
     "1 D1/f/202403 count=5 need=2 ok"},
    {"reports in each other's midst, parts of a ratio apart",
     HEADING "f/share/den,202403,D1,,,3,\n"
             "f/need,202404,D1,,,3,\n"
             "f/count,202403,D1,default,HllvX50cXC0,5,\n"
             "f/share/num,202403,D1,,,1.5,half\n"
             "f/count,202404,D1,,,6,\n"
             "f/need,202403,D1,,,2,\n",
     "4 D1/f/202403 count=5 share=1.5/3(half) need=2 ok\n6 D1/f/202404 count=6 need=3 ok"},
    {"n/a, zero and missing are three things",
     HEADING "f/count/na,202403,D1,,,true,broken\nf/need,202403,D1,,,0,\n"
             "f/share/na,202403,D1,,,false,\n",
     "2 D1/f/202403 count=n/a(broken) need=0 ok"},
    {"choices, lists and texts",
     HEADING "f/choice,202403,D1,,,yes,\nf/list,202403,D1,,,c2 c1,\nf/story,202403,D1,,,\"a, b\",\n"
             "f/count,202403,D1,,,5,\nf/need,202403,D1,,,2,\n",
     "2 D1/f/202403 count=5 choice=yes list=c1 c2 story=a, b need=2 ok"},
    {"deleted values are none",
     "dataelement,period,orgunit,value,deleted\n"
     "f/count,202403,D1,5,false\nf/need,202403,D1,2,\nf/money,202403,D1,1,true\n"
     "abc,202403,D1,1,true\n",
     "2 D1/f/202403 count=5 need=2 ok"},
    {"several sets",
     "{\"dataValueSets\":[{\"period\":\"202403\",\"orgUnit\":\"D1\",\"dataValues\":["
     "{\"dataElement\":\"f/count\",\"value\":\"5\"},{\"dataElement\":\"f/need\",\"value\":\"2\"}]},"
     "{\"period\":\"2023S1\",\"orgUnit\":\"D2\",\"completeDate\":\"2023-07-01\",\"dataValues\":["
     "{\"dataElement\":\"a/mark\",\"value\":\"80.5\",\"storedBy\":\"x\",\"followUp\":false}]}]}",
     "1 D1/f/202403 count=5 need=2 ok\n3 D2/a/2023S1 mark=80.5 ok"},
    {"every fault, and the neighbours stay",
     HEADING "f/count,202403,D1,,,x,\nf/nonsense,202403,D1,,,1,\nf/need,202403,D1,male,,1,\n"
             "f/list/size,202403,D1,,,3,\nf/money/na,202403,D1,,,maybe,\n"
             "f/count,202404,D1,,,6,\nf/need,202404,D1,,,3,\n",
     "2 D1/f/202403 not dhis2.element_unknown@5 dhis2.flag_malformed@6 "
     "dhis2.category_unsupported@4 value.malformed:count@2 criterion.unknown:nonsense@3 "
     "criterion.required:need\n"
     "7 D1/f/202404 count=6 need=3 ok"},
    {"other data elements, units and periods",
     HEADING "fbfJHSPpUQD,202403,D1,,,1,\nf/count,202403,D9,,,1,\nf/count,2024Q1,D1,,,1,\n",
     "4 D1/f/2024Q1 not period.malformed@4\n"
     "2 D1/fbfJHSPpUQD/202403 not dhis2.element_unknown@2 form.unknown@2\n"
     "3 D9/f/202403 not district.unknown@3 criterion.required:need"},
    {"one part of a ratio, told twice, and n/a beside a value",
     HEADING "f/share/num,202403,D1,,,1,\nf/exact/den,202403,D1,,,1,\nf/count,202403,D1,,,1,\n"
             "f/count,202403,D1,,,2,\nf/need,202403,D1,,,2,\nf/need/na,202403,D1,,,true,\n",
     "4 D1/f/202403 not criterion.duplicate:count@5 criterion.duplicate:need@7 "
     "ratio.denominator_missing:share@2 ratio.numerator_missing:exact@3"},
    {"fractions and lists where texts belong",
     "{\"period\":\"202403\",\"orgUnit\":\"D1\",\"dataValues\":["
     "{\"dataElement\":\"f/money\",\"value\":1.5},{\"dataElement\":\"f/list\",\"value\":[\"c1\"]},"
     "{\"dataElement\":\"f/count\",\"value\":\"5\"},{\"dataElement\":\"f/need\",\"value\":\"2\"}]}",
     "3 D1/f/202403 not dhis2.member_malformed@2 file.number_not_exact@1"},
};

static void reads_data_values(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    struct listener listener = {.catalogue = catalogue};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct th_error error = {0};
        enum th_status status = listen(&listener, files[i].file, &error);
        TH_CHECK_TEXT(files[i].name, error.message, "");
        TH_CHECK(files[i].name, status == TH_OK);
        TH_CHECK_TEXT(files[i].name, listener.heard.bytes, files[i].want);
    }
    th_buffer_free(&listener.heard);
    th_catalogue_release(&catalogue);
}

static void refuses_files_that_are_none(void)
{
    static const struct dhis2_case cases[] = {
        {"nothing", "", "after data value 0: '{' is expected"},
        {"an array", "[]", "after data value 0: '{' is expected"},
        {"no data values", "{}", "the file has no data values"},
        {"cut off", "{\"dataValues\":[{\"dataElement\":\"f/count\",\"value\":\"5\"}",
         "after data value 1: ']' is expected"},
        {"a value that is none", "{\"dataValues\":[5]}",
         "after data value 1: a data value is not an object"},
        {"more behind the end", "{\"dataValues\":[{\"value\":\"5\"}]} {",
         "after data value 1: more stands behind the end"},
        {"sets within sets of sets",
         "{\"dataValueSets\":[{\"dataValueSets\":[{\"dataValues\":[]}]}]}",
         "the file has no data values"},
        {"a comma too many", "{\"dataValues\":[],}",
         "after data value 0: the name of a member is expected"},
        {"a column is missing", "dataelement,orgunit,value\n",
         "line 1: the column 'period' is missing; the first line of data values of DHIS2 is "
         "dataelement,period,orgunit,categoryoptioncombo,attributeoptioncombo,value,storedby,"
         "lastupdated,comment,followup,deleted"},
    };
    struct th_catalogue *catalogue = fixture_catalogue();
    struct listener listener = {.catalogue = catalogue};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct th_error error = {0};
        TH_CHECK(cases[i].name, listen(&listener, cases[i].file, &error) == TH_REJECTED);
        TH_CHECK_TEXT(cases[i].name, error.message, cases[i].want);
        TH_CHECK_TEXT(cases[i].name, listener.heard.bytes, "");
    }
    th_buffer_free(&listener.heard);
    th_catalogue_release(&catalogue);
}

static const struct th_test tests[] = {
    {"reads data values", reads_data_values},
    {"refuses files that are none", refuses_files_that_are_none},
};

TH_TEST_MAIN("import_dhis2", tests)
