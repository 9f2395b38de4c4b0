#include <dirent.h>

#include "tests/unit/report_fixture.h"

#include "common/base/text.h"
#include "common/csv/csv.h"
#include "common/domain/report.h"
#include "common/domain/report_file.h"
#include "common/domain/validate.h"

#define HEAD "form,f\nperiod,2024-03\ndistrict,D1\n\ncriterion,value,of,note\n"

struct file_case {
    const char *name, *file;
    const char *own;  /* NULL: none */
    const char *want; /* problems with their places */
};

static const struct file_case files[] = {
    {"plain", HEAD "count,2,,\nshare,1,3,\n", NULL, ""},
    {"district is one's own", "form,f\nperiod,2024-03\n\ncriterion,value,of,note\ncount,2,,\n",
     "D1", ""},
    {"own district unknown to the caller", "form,f\nperiod,2024-03\n\ncriterion,value\n", NULL,
     "district.unknown file.missing_header"},
    {"marks of a spreadsheet",
     "\xEF\xBB\xBF"
     "FORM;f;;\r\nPeriod;2024-03;;\r\ndistrict;D1;;\r\n;;;\r\n"
     "Criterion;Value;Of;Note\r\nmoney;1,5;;\r\n;;;\r\n",
     NULL, ""},
    {"columns in any order, some for the eyes",
     "form,f\nperiod,2024-03\ndistrict,D1\n\nname,note,criterion,required,of,unit,value,guide,"
     "previous,previous_of\nSố,,count,yes,,,2,Đếm,9,9\n",
     NULL, ""},
    {"blank lines anywhere",
     "\n\nform,f\n\nperiod,2024-03\ndistrict,D1\n\n\ncriterion,value\n\n"
     "count,2\n\n",
     NULL, ""},
    {"no blank line", "form,f\nperiod,2024-03\ndistrict,D1\ncriterion,value\ncount,2\n", NULL, ""},
    {"quoted",
     "form,f\nperiod,2024-03\ndistrict,D1\nsigning_office,\"Ủy ban, Mặt trận\"\n\n"
     "criterion,value\nstory,\"một, \"\"hai\"\"\nba\"\n",
     NULL, ""},
    {"nothing", "", NULL,
     "district.unknown file.missing_column file.missing_column file.missing_header "
     "file.missing_header file.missing_header form.unknown period.malformed"},
    {"not UTF-8", "form,f\xff\n", NULL, "file.malformed@1:0"},
    {"open quote", HEAD "story,\"abc\n", NULL, "file.malformed@6:0"},
    {"head", "form,f,x\nperiode,2024-03\nperiod,2024-03\nform,f\ndistrict,D1\n\ncriterion,value\n",
     NULL, "file.duplicate_header@4:1 file.extra_cell@1:3 file.unknown_header@2:1"},
    {"heading", "form,f\nperiod,2024-03\ndistrict,D1\n\ncriterion,value,remark,value\n", NULL,
     "file.duplicate_column@5:4 file.unknown_column@5:3"},
    {"heading without criterion",
     "form,f\nperiod,2024-03\ndistrict,D1\n\nkriterion,value\ncount,2\n", NULL,
     "file.missing_column@5:0 file.unknown_column@5:1"},
    {"the same below blank lines",
     "\n\nform,f\nperiod,2024-03\ndistrict,D1\n\nkriterion,value\ncount,2\n", NULL,
     "file.missing_column@7:0 file.unknown_column@7:1"},
    {"text that was not quoted", HEAD "story,một, hai,,ba\n", NULL,
     "file.extra_cell@6:5 value.unexpected_of:story@6:3"},
    {"unknown form", "form,g\nperiod,2024-03\ndistrict,D1\n\ncriterion,value\ncount,x\n", NULL,
     "form.unknown@1:2"},
    {"period of another kind", "form,f\nperiod,2024-Q1\ndistrict,D1\n\ncriterion,value\n", NULL,
     "period.malformed@2:2"},
    {"unknown district", "form,f\nperiod,2024-03\ndistrict,D9\n\ncriterion,value\n", NULL,
     "district.unknown@3:2"},
    {"criteria",
     "form,f\nperiod,2024-03\ndistrict,D1\n\nvalue,criterion\n1,count\n2,nope\n3,count\n"
     "4,\n",
     NULL, "criterion.duplicate:count@8:2 criterion.unknown:nope@7:2 criterion.unknown@9:2"},
    {"numbers",
     HEAD "count,1.000,,\nneed,x,,\nmoney,\"1,5\",,\nshare,1/3,2 0,\n"
          "score,1234567890123456789,,\n",
     NULL,
     "value.malformed:money@8:2 value.malformed:need@7:2 value.malformed:share@9:2 "
     "value.malformed:share@9:3 value.too_long:score@10:2"},
    {"ten digits behind the point", HEAD "money,0.1234567891,,\n", NULL,
     "value.too_precise:money@6:2"},
    {"point in a file that uses the comma",
     "form;f\nperiod;2024-03\ndistrict;D1\n\ncriterion;value\nmoney;1.5\n", NULL,
     "value.malformed:money@6:2"},
    {"denominator where there is none", HEAD "count,1,2,\nneed,,2,\nmoney,n/a,5,\n", NULL,
     "value.unexpected_of:count@6:3 value.unexpected_of:money@8:3 value.unexpected_of:need@7:3"},
    {"note without a value", HEAD "count,,,sẽ bổ sung\n", NULL, "note.without_value:count@6:0"},
    {"separators instead of communes", HEAD "list,\";, ;\",,\n", NULL, "value.malformed:list@6:2"},
    {"digest", "form,f\nperiod,2024-03\ndistrict,D1\ndocument_digest,12ab\n\ncriterion,value\n",
     NULL, "document.malformed@4:2"},
};

static void csv_problems_name_line_and_column(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    for (size_t i = 0; i < COUNT(files); i++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        struct th_report report;
        bool taken = th_report_file_read(th_slice_of(files[i].file), catalogue, files[i].own,
                                         list.arena, &report, &list);
        TH_CHECK_TEXT(files[i].name, fixture_problems(&list, true), files[i].want);
        TH_CHECK(files[i].name, taken == (list.errors == 0));
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

/* What each cell pair becomes, shown as files write it. */
struct cell_case {
    const char *name, *criterion, *value, *of, *note;
    char point;
    bool want_missing;
    enum th_answer want_answer;
    const char *want_value, *want_of, *want_text, *want_note;
};

static const struct cell_case cells[] = {
    {"count", "count", "12", "", "", '.', false, TH_ANSWER_NUMBER, "12", "", "", ""},
    {"zero", "count", "0", "", "", '.', false, TH_ANSWER_NUMBER, "0", "", "", ""},
    {"blank", "count", "", "", "", '.', true, 0, "", "", "", ""},
    {"blanks", "count", " ", "\xc2\xa0", "", '.', true, 0, "", "", "", ""},
    {"comma", "money", "-12,50", "", "x", ',', false, TH_ANSWER_NUMBER, "-12,5", "", "", "x"},
    {"ratio", "share", "2.5", "3", "", '.', false, TH_ANSWER_RATIO, "2.5", "3", "", ""},
    {"numerator only", "share", "2", "", "", '.', false, TH_ANSWER_RATIO, "2", "", "", ""},
    {"denominator only", "share", "", "3", "", '.', false, TH_ANSWER_RATIO, "", "3", "", ""},
    {"choice", "choice", "yes", "", "", '.', false, TH_ANSWER_CHOICE, "yes", "", "yes", ""},
    {"communes", "list", "c3  c1\tc2", "", "", '.', false, TH_ANSWER_COMMUNES, "c3 c1 c2", "", "",
     ""},
    {"communes with commas", "list", "c3, c1; c2", "", "", '.', false, TH_ANSWER_COMMUNES,
     "c3 c1 c2", "", "", ""},
    /* An empty list is a value, and a blank cell is not one. */
    {"no communes", "list", "none", "", "", '.', false, TH_ANSWER_COMMUNES, "none", "", "", ""},
    {"no communes, in capitals", "list", "NONE", "", "", '.', false, TH_ANSWER_COMMUNES, "none", "",
     "", ""},
    {"no communes in Vietnamese", "list", "Không", "", "", '.', false, TH_ANSWER_COMMUNES, "none",
     "", "", ""},
    {"blank communes", "list", "", "", "", '.', true, 0, "", "", "", ""},
    {"text", "story", " Tốt ", "", "", '.', false, TH_ANSWER_TEXT, "Tốt", "", "Tốt", ""},
    {"none is a text elsewhere", "story", "none", "", "", '.', false, TH_ANSWER_TEXT, "none", "",
     "none", ""},
    {"n/a", "count", "n/a", "", "", '.', false, TH_ANSWER_NOT_APPLICABLE, "n/a", "", "", ""},
    {"N/A with a reason", "share", "N/A", "", "chưa có", '.', false, TH_ANSWER_NOT_APPLICABLE,
     "n/a", "", "chưa có", ""},
    {"both cells n/a", "share", "n/a", "N/a", "", '.', false, TH_ANSWER_NOT_APPLICABLE, "n/a", "",
     "", ""},
    {"n/a in Vietnamese", "list", "không áp dụng", "", "", '.', false, TH_ANSWER_NOT_APPLICABLE,
     "n/a", "", "", ""},
    {"n/a in capitals", "story", "KHÔNG ÁP DỤNG", "", "", '.', false, TH_ANSWER_NOT_APPLICABLE,
     "n/a", "", "", ""},
};

static void cells_are_read_and_written(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    const struct th_form *form = th_catalogue_form(catalogue, TH_SLICE("f"));
    for (size_t i = 0; i < COUNT(cells); i++) {
        const struct cell_case *c = &cells[i];
        struct th_problem_list list = {.arena = th_arena_create(0)};
        TH_CLEANUP_BUFFER struct th_buffer value = {0};
        TH_CLEANUP_BUFFER struct th_buffer of = {0};
        struct th_observation got;
        bool missing = !c->want_missing;
        const struct th_criterion *criterion = th_form_criterion(form, th_slice_of(c->criterion));
        TH_CHECK(c->name, th_report_cell_read(criterion, th_slice_of(c->value), th_slice_of(c->of),
                                              th_slice_of(c->note), c->point, 5, 2, 3, list.arena,
                                              &got, &missing, &list));
        TH_CHECK(c->name, list.count == 0);
        TH_CHECK(c->name, missing == c->want_missing);
        if (!missing) {
            TH_CHECK(c->name, got.answer == c->want_answer && got.criterion == criterion);
            TH_CHECK(c->name, got.line == 5 && got.column == 2 && got.of_column == 3);
            TH_CHECK(c->name, th_slice_equals(got.text, c->want_text));
            TH_CHECK(c->name, th_slice_equals(got.note, c->want_note));
            th_report_cell_write(&got, c->point, &value, &of);
            TH_CHECK_TEXT(c->name, value.bytes, c->want_value);
            TH_CHECK_TEXT(c->name, of.bytes, c->want_of);
        }
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

#define JSON(observations)                                                                         \
    "{\"form\":\"f\",\"period\":\"2024-03\",\"district\":\"D1\",\"observations\":[" observations   \
    "]}"

struct json_case {
    const char *name, *file;
    const char *want;
    const char *want_value; /* of the first problem, NULL: not looked at */
};

static const struct json_case jsons[] = {
    {"plain", JSON("{\"criterion\":\"count\",\"value\":\"2\"}"), "", NULL},
    {"integer", JSON("{\"criterion\":\"share\",\"value\":1,\"of\":3,\"note\":\"x\"}"), "", NULL},
    {"mark and blanks", "\xEF\xBB\xBF \r\n\t" JSON(""), "", NULL},
    {"missing", JSON("{\"criterion\":\"count\",\"value\":null},{\"criterion\":\"need\"}"), "",
     NULL},
    {"communes", JSON("{\"criterion\":\"list\",\"value\":[\"c1\",\"c2\"]}"), "", NULL},
    {"communes as text", JSON("{\"criterion\":\"list\",\"value\":\"c1 c2\"}"), "", NULL},
    {"no communes", JSON("{\"criterion\":\"list\",\"value\":[]}"), "", NULL},
    {"document",
     "{\"form\":\"f\",\"period\":\"2024-03\",\"district\":\"D1\",\"document\":{\"number\":\"1\","
     "\"date\":\"2024-04-05\",\"signing_office\":\"Ủy ban\",\"digest\":null},\"observations\":[]}",
     "", NULL},
    {"real", JSON("{\"criterion\":\"money\",\"value\":1.5}"), "file.number_not_exact",
     "observations[0].value"},
    {"exponent", JSON("{\"criterion\":\"share\",\"value\":1,\"of\":1e2}"), "file.number_not_exact",
     "observations[0].of"},
    {"wrong types",
     JSON("{\"criterion\":\"count\",\"value\":true},{\"criterion\":\"need\",\"value\":{}},5,"
          "{\"criterion\":7,\"value\":\"1\"},{\"criterion\":\"list\",\"value\":[1]}"),
     "criterion.unknown value.malformed value.malformed value.malformed value.malformed "
     "value.malformed",
     "observations[0].value"},
    {"number as its digits", JSON("{\"criterion\":\"count\",\"value\":\"1e2\"}"),
     "value.malformed:count", "1e2"},
    {"unknown members",
     "{\"form\":\"f\",\"period\":\"2024-03\",\"district\":\"D1\",\"by\":\"me\",\"document\":{"
     "\"nr\":1},"
     "\"observations\":[{\"criterion\":\"count\",\"value\":\"1\",\"unit\":\"x\"}]}",
     "file.unknown_column file.unknown_column file.unknown_column", "by"},
    {"list for a number", JSON("{\"criterion\":\"count\",\"value\":[\"c1\"]}"), "", NULL},
    {"list with a denominator", JSON("{\"criterion\":\"list\",\"value\":[],\"of\":\"2\"}"),
     "value.unexpected_of:list", "2"},
    {"unknown criterion", JSON("{\"criterion\":\"nope\",\"value\":\"1\"}"),
     "criterion.unknown:nope", "nope"},
    {"no observations", "{\"form\":\"f\",\"period\":\"2024-03\",\"district\":\"D1\"}",
     "value.malformed", "observations"},
    {"no head", "{\"observations\":[]}",
     "district.unknown file.missing_header file.missing_header file.missing_header form.unknown "
     "period.malformed",
     NULL},
    {"member twice", "{\"form\":\"f\",\n\"form\":\"f\"}", "file.malformed", NULL},
    {"cut off", "{\"form\":\"f\",\n\"period\":", "file.malformed", NULL},
    {"NUL in a text", "{\"form\":\"f\\u0000\"}", "file.malformed", NULL},
};

static void json_is_read_alike(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    for (size_t i = 0; i < COUNT(jsons); i++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        struct th_report report;
        bool taken = th_report_file_read(th_slice_of(jsons[i].file), catalogue, NULL, list.arena,
                                         &report, &list);
        TH_CHECK_TEXT(jsons[i].name, fixture_problems(&list, false), jsons[i].want);
        TH_CHECK(jsons[i].name, taken == (list.errors == 0));
        if (jsons[i].want_value && list.count > 0)
            TH_CHECK_TEXT(jsons[i].name, list.problems[0].value, jsons[i].want_value);
        if (strcmp(jsons[i].name, "cut off") == 0)
            TH_CHECK(jsons[i].name, list.count == 1 && list.problems[0].line == 2);
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

/* The same report in both formats is the same report. */
static void csv_and_json_give_the_same_report(void)
{
    static const char csv[] =
        "form,f\nperiod,2024-03\ndistrict,D1\ndocument_number,15/BC\ndocument_date,05/04/2024\n"
        "signing_office,Ủy ban\ndocument_digest,"
        "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n\n"
        "criterion,value,of,note\ncount,2,,\nmoney,2.50,,ước\nshare,2,3,\nlist,c2 c1,,\n"
        "story,\"a\nb\",,\nneed,n/a,,chưa có\n";
    static const char json[] =
        "{\"observations\":[{\"criterion\":\"need\",\"value\":\"n/a\",\"note\":\"chưa có\"},"
        "{\"criterion\":\"story\",\"value\":\"a\\nb\"},{\"criterion\":\"list\",\"value\":[\"c1\","
        "\"c2\"]},"
        "{\"criterion\":\"share\",\"of\":3,\"value\":\"2.0\"},{\"criterion\":\"count\",\"value\":2}"
        ","
        "{\"criterion\":\"money\",\"value\":\"2.5\",\"note\":\"ước\"}],\"document\":{\"digest\":"
        "\"000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f\",\"number\":\"15/BC\","
        "\"date\":\"2024-04-05\",\"signing_office\":\"Ủy ban\"},\"district\":\"D1\","
        "\"period\":\"2024-03\",\"form\":\"f\"}";
    struct th_catalogue *catalogue = fixture_catalogue();
    struct th_problem_list list = {.arena = th_arena_create(0)};
    struct th_report reports[2];
    uint8_t ids[2][16];
    for (int i = 0; i < 2; i++) {
        TH_CHECK("read", th_report_file_read(th_slice_of(i == 0 ? csv : json), catalogue, NULL,
                                             list.arena, &reports[i], &list));
        TH_CHECK_TEXT("no problem", fixture_problems(&list, true), "");
        TH_CHECK("six values", reports[i].observation_count == 6 && reports[i].resolved);
        TH_CHECK("document", reports[i].has_document && reports[i].has_document_digest);
        TH_CHECK("number", th_slice_equals(reports[i].document_number, "15/BC"));
        TH_CHECK("date", th_slice_equals(reports[i].document_date, "2024-04-05"));
        TH_CHECK("office", th_slice_equals(reports[i].signing_office, "Ủy ban"));
        for (int b = 0; b < 32; b++)
            TH_CHECK("digest", reports[i].document_digest[b] == b);
        th_report_import_id(&reports[i], ids[i]);
    }
    TH_CHECK("same content", memcmp(ids[0], ids[1], sizeof(ids[0])) == 0);
    th_arena_destroy(&list.arena);
    th_catalogue_release(&catalogue);
}

/* Nothing that a file holds may go beyond the arena: it is refused, not lost. */
static void a_full_arena_refuses_the_file(void)
{
    static const char csv[] = HEAD "count,2,,\nstory,một đoạn văn dài hơn một chút,,\n"
                                   "list,c1 c2 c3,,\nmoney,1,,một ghi chú\n";
    static const char json[] = JSON("{\"criterion\":\"list\",\"value\":[\"c1\",\"c2\"]},"
                                    "{\"criterion\":\"story\",\"value\":\"một đoạn văn\"}");
    static const char *const texts[] = {csv, json};
    struct th_catalogue *catalogue = fixture_catalogue();
    for (size_t i = 0; i < COUNT(texts); i++) {
        size_t accepted = 0, refused = 0;
        for (size_t limit = 1; limit < 6000; limit += 7) {
            struct th_arena *arena = th_arena_create(limit);
            struct th_problem_list list = {.arena = th_arena_create(0)};
            struct th_report report;
            bool taken =
                th_report_file_read(th_slice_of(texts[i]), catalogue, NULL, arena, &report, &list);
            TH_CHECK("verdict", taken == (list.errors == 0));
            if (taken)
                TH_CHECK("whole", report.observation_count == (i == 0 ? 4 : 2));
            accepted += taken;
            refused += !taken;
            th_arena_destroy(&arena);
            th_arena_destroy(&list.arena);
        }
        TH_CHECK("both happen", accepted > 0 && refused > 0);
    }
    th_catalogue_release(&catalogue);
}

/* Validates as the office would, just after the period, for any district. */
static bool validate(struct th_report *report, const struct th_catalogue *catalogue,
                     struct th_problem_list *list)
{
    struct th_validation validation = {.catalogue = catalogue,
                                       .ignore_lock = true,
                                       .now_us = fixture_instant("2025-01-01T00:00:00Z")};
    return th_report_validate(report, &validation, list);
}

/* Every report of the sample passes without a problem, and its template with the
 * report's values filled in reads back as the same report, in both separators. */
static void check_sample(const char *path, const struct th_catalogue *catalogue)
{
    struct th_buffer file = fixture_read_file(path);
    struct th_problem_list list = {.arena = th_arena_create(0)};
    struct th_report report, again;
    uint8_t id[16], again_id[16];
    TH_CHECK(path, th_report_file_read(th_buffer_slice(&file), catalogue, NULL, list.arena, &report,
                                       &list));
    TH_CHECK(path, validate(&report, catalogue, &list));
    TH_CHECK_TEXT(path, fixture_problems(&list, true), "");
    th_report_import_id(&report, id);
    for (int i = 0; i < 4; i++) {
        TH_CLEANUP_BUFFER struct th_buffer written = {0};
        th_report_file_template(catalogue, report.form, report.district, report.period, &report,
                                &report, i % 2 == 0 ? "vi" : "en", i < 2 ? ',' : ';', &written);
        TH_CHECK(path, th_report_file_read(th_buffer_slice(&written), catalogue, NULL, list.arena,
                                           &again, &list));
        TH_CHECK_TEXT(path, fixture_problems(&list, true), "");
        TH_CHECK(path, th_slice_same(again.document_number, report.document_number) &&
                           th_slice_same(again.document_date, report.document_date) &&
                           th_slice_same(again.signing_office, report.signing_office));
        th_report_import_id(&again, again_id);
        TH_CHECK(path, memcmp(id, again_id, sizeof(id)) == 0);
    }
    th_arena_destroy(&list.arena);
    th_buffer_free(&file);
}

static void the_sample_passes_and_survives_its_template(void)
{
    static const char root[] = TONGHOP_EXAMPLES "/quang-ninh/reports/2024";
    struct th_catalogue *catalogue = fixture_sample();
    size_t count = 0;
    DIR *districts = opendir(root);
    TH_CHECK(root, districts != NULL);
    for (struct dirent *district; districts && (district = readdir(districts));) {
        char folder[512];
        if (district->d_name[0] == '.')
            continue;
        snprintf(folder, sizeof(folder), "%s/%s", root, district->d_name);
        DIR *reports = opendir(folder);
        for (struct dirent *entry; reports && (entry = readdir(reports));) {
            char path[1024];
            if (!strstr(entry->d_name, ".csv"))
                continue;
            snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
            check_sample(path, catalogue);
            count++;
        }
        if (reports)
            closedir(reports);
    }
    if (districts)
        closedir(districts);
    TH_CHECK("reports of the sample", count > 0);
    th_catalogue_release(&catalogue);
}

static size_t column_of(const struct th_csv_row *heading, const char *name)
{
    for (size_t i = 0; i < heading->count; i++)
        if (th_slice_equals(heading->fields[i], name))
            return i;
    TH_CHECK(name, false);
    return 0;
}

/* What somebody types into the template's two columns, by criterion. */
static const struct {
    const char *criterion, *value, *of;
} typed[] = {
    {"count", "2", ""},     {"money", "2.5", ""},  {"share", "2", "3"},
    {"exact", "0.75", "1"}, {"score", "99.5", ""}, {"choice", "yes", ""},
    {"list", "c1 c2", ""},  {"story", "Tốt", ""},  {"need", "n/a", ""},
};

/* The whole way of an office: template, typing, submitting. As a spreadsheet would
 * save it, with every column kept. */
static void a_filled_template_is_accepted(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    const struct th_form *form = th_catalogue_form(catalogue, TH_SLICE("f"));
    const struct th_district *district = th_catalogue_district(catalogue, TH_SLICE("D1"));
    struct th_problem_list list = {.arena = th_arena_create(0)};
    TH_CLEANUP_BUFFER struct th_buffer written = {0};
    TH_CLEANUP_BUFFER struct th_buffer filled = {0};
    struct th_csv csv;
    struct th_error error = {0};
    struct th_report report;
    th_report_file_template(catalogue, form, district, 2024 * 12 + 2, NULL, NULL, "vi", ',',
                            &written);
    TH_CHECK("mark", strncmp(written.bytes,
                             "\xEF\xBB\xBF"
                             "form,f\n",
                             10) == 0);
    TH_CHECK("parsed", th_csv_parse(th_buffer_slice(&written), list.arena, &csv, &error) == TH_OK);
    /* Three lines, a blank one, the heading; `gone` has closed. */
    TH_CHECK("rows", csv.count >= 5 + COUNT(typed));
    for (size_t i = 0; i < csv.count; i++) {
        struct th_csv_row *row = &csv.rows[i];
        if (i > 4 && i - 5 < COUNT(typed) && row->count > 0) {
            size_t at = i - 5;
            TH_CHECK(typed[at].criterion,
                     th_slice_equals(row->fields[column_of(&csv.rows[4], "criterion")],
                                     typed[at].criterion));
            row->fields[column_of(&csv.rows[4], "value")] = th_slice_of(typed[at].value);
            row->fields[column_of(&csv.rows[4], "of")] = th_slice_of(typed[at].of);
        }
        for (size_t c = 0; c < csv.rows[4].count; c++)
            th_csv_add(&filled, c == 0, c < row->count ? row->fields[c] : (struct th_slice){0});
        th_csv_end_row(&filled);
    }
    TH_CHECK("read", th_report_file_read(th_buffer_slice(&filled), catalogue, NULL, list.arena,
                                         &report, &list));
    TH_CHECK("accepted", validate(&report, catalogue, &list));
    TH_CHECK_TEXT("no problem", fixture_problems(&list, true), "");
    TH_CHECK("every value", report.observation_count == COUNT(typed));
    th_arena_destroy(&list.arena);
    th_catalogue_release(&catalogue);
}

/* An untouched template is a report without values, not a faulty one. */
static void an_untouched_template_is_empty(void)
{
    struct th_catalogue *catalogue = fixture_catalogue();
    const struct th_form *form = th_catalogue_form(catalogue, TH_SLICE("f"));
    const struct th_district *district = th_catalogue_district(catalogue, TH_SLICE("D1"));
    for (int i = 0; i < 2; i++) {
        struct th_problem_list list = {.arena = th_arena_create(0)};
        TH_CLEANUP_BUFFER struct th_buffer written = {0};
        struct th_report report;
        th_report_file_template(catalogue, form, district, 2024 * 12 + 2, NULL, NULL, "en",
                                i == 0 ? ',' : ';', &written);
        TH_CHECK("read", th_report_file_read(th_buffer_slice(&written), catalogue, NULL, list.arena,
                                             &report, &list));
        TH_CHECK_TEXT("no problem", fixture_problems(&list, true), "");
        TH_CHECK("empty", report.observation_count == 0);
        th_arena_destroy(&list.arena);
    }
    th_catalogue_release(&catalogue);
}

/* What stands beside the cells, for people. */
static void the_template_explains_itself(void)
{
    static const char want[] =
        "\xEF\xBB\xBF"
        "form;f\nperiod;2024-03\ndistrict;D1\n\n"
        "criterion;value;of;note;name;unit;required;previous;previous_of;guide\n"
        "count;;;;Số;;có;7;;\n"
        "money;;;;Tiền;;không;1,5;;\n"
        "share;;;;Tỷ lệ;;không;1;3;\"value: tử số; of: mẫu số\"\n"
        "exact;;;;Chính xác;;không;;;\"value: tử số; of: mẫu số\"\n"
        "score;;;;Điểm;;không;n/a;;\n"
        "choice;;;;Chọn;;không;;;\"Ghi một trong: yes = Có, nhiều; no = Không\"\n"
        "list;;;;Danh sách;;không;;;\"Ghi các mã, cách nhau bằng dấu cách; none = không có đơn vị "
        "nào: c1 Xã Một; c2 Xã Hai; c3 Xã Ba\"\n"
        "story;;;;Thuyết minh;;không;;;\n"
        "need;;;;Cần;;có;;;\n";
    static const char previous_file[] =
        "form,f\nperiod,2024-02\ndistrict,D1\n\ncriterion,value,of\n"
        "count,7,\nmoney,1.5,\nshare,1,3\nscore,n/a,\n";
    struct th_catalogue *catalogue = fixture_catalogue();
    struct th_problem_list list = {.arena = th_arena_create(0)};
    TH_CLEANUP_BUFFER struct th_buffer written = {0};
    struct th_report previous;
    TH_CHECK("read", th_report_file_read(th_slice_of(previous_file), catalogue, NULL, list.arena,
                                         &previous, &list));
    th_report_file_template(catalogue, previous.form, previous.district, 2024 * 12 + 2, &previous,
                            NULL, "vi", ';', &written);
    TH_CHECK_TEXT("template", written.bytes, want);
    th_arena_destroy(&list.arena);
    th_catalogue_release(&catalogue);
}

/* Reading and validating with one list, as `check FILE` does: each fault once, and
 * a cell that could not be read is not missing as well. */
static void a_file_is_judged_once(void)
{
    static const char file[] = "form,f\nperiod,2024-03\ndistrict,D1\n\ncriterion,value,of,note\n"
                               "count,x,,\nscore,101,,\nnope,1,,\nshare,4,3,\nscore,5,,\n";
    struct th_catalogue *catalogue = fixture_catalogue();
    struct th_problem_list list = {.arena = th_arena_create(0)};
    struct th_report report;
    th_report_file_read(th_slice_of(file), catalogue, "D1", list.arena, &report, &list);
    TH_CHECK("refused", !validate(&report, catalogue, &list));
    TH_CHECK_TEXT("all at once", fixture_problems(&list, true),
                  "criterion.duplicate:score@10:1 criterion.required:need "
                  "criterion.unknown:nope@8:1 value.malformed:count@6:2 "
                  "value.out_of_range:score@7:2 value.out_of_range:share@9:2");
    th_arena_destroy(&list.arena);
    th_catalogue_release(&catalogue);
}

/* `check FILE FILE` may use one list: a fault of the first is not one of the second,
 * and the same fault in both is told twice. */
static void files_do_not_hide_each_others_faults(void)
{
    static const char good[] = HEAD "count,1,,\n";
    static const char bad[] = HEAD "nope,1,,\n";
    struct th_catalogue *catalogue = fixture_catalogue();
    struct th_problem_list list = {.arena = th_arena_create(0)};
    struct th_report report;
    const struct th_slice files_in_turn[] = {th_slice_of(bad), th_slice_of(good), th_slice_of(bad)};
    for (size_t i = 0; i < COUNT(files_in_turn); i++) {
        bool taken =
            th_report_file_read(files_in_turn[i], catalogue, NULL, list.arena, &report, &list);
        TH_CHECK("verdict", taken == (i == 1));
    }
    TH_CHECK_TEXT("both", fixture_problems(&list, true),
                  "criterion.unknown:nope@6:1 criterion.unknown:nope@6:1");
    th_arena_destroy(&list.arena);
    th_catalogue_release(&catalogue);
}

static const struct th_test tests[] = {
    {"CSV problems name line and column", csv_problems_name_line_and_column},
    {"cells are read and written", cells_are_read_and_written},
    {"JSON is read alike", json_is_read_alike},
    {"CSV and JSON give the same report", csv_and_json_give_the_same_report},
    {"a full arena refuses the file", a_full_arena_refuses_the_file},
    {"the sample passes and survives its template", the_sample_passes_and_survives_its_template},
    {"a filled template is accepted", a_filled_template_is_accepted},
    {"an untouched template is empty", an_untouched_template_is_empty},
    {"the template explains itself", the_template_explains_itself},
    {"a file is judged once", a_file_is_judged_once},
    {"files do not hide each other's faults", files_do_not_hide_each_others_faults},
};

TH_TEST_MAIN("report_file", tests)
