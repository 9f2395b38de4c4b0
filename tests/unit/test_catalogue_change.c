/* The catalogue as it is written and compared: canonical files, what spreadsheets
 * make of them, and what a new catalogue would strand. */
#include <stdbool.h>

#include "common/base/clock.h"
#include "common/csv/csv.h"
#include "tests/unit/catalogue_support.h"
#include "tests/unit/th_test.h"

#define ALL(rows) (sizeof(rows) / sizeof((rows)[0]))

/* The sample; NULL after a failed check. */
static struct th_catalogue *load_sample(void)
{
    struct folder folder;
    struct th_catalogue *catalogue = NULL;
    if (folder_read_sample(&folder))
        catalogue = folder_load(&folder, NULL);
    folder_free(&folder);
    TH_CHECK("the sample is read", catalogue != NULL);
    return catalogue;
}

static void check_same(const char *name, const struct folder *a, const struct folder *b)
{
    for (size_t i = 0; i < FILES; i++) {
        char row[96];
        snprintf(row, sizeof row, "%s: %s", name, th_catalogue_file_names[i]);
        TH_CHECK(row, th_slice_same(a->files[i].content, b->files[i].content));
    }
}

/* The sample is canonical but for choices.csv, whose criteria are not in the order of
 * criteria.csv: its own bytes are what must be written. */
static void test_sample_round_trip(void)
{
    struct folder sample, written, again;
    struct th_catalogue *catalogue = NULL, *second = NULL;
    if (folder_read_sample(&sample))
        catalogue = folder_load(&sample, NULL);
    TH_CHECK("read", catalogue != NULL);
    if (!catalogue)
        return;
    folder_write(&written, catalogue);
    for (size_t i = 0; i < FILES; i++)
        if (i != file_index("choices.csv"))
            TH_CHECK(th_catalogue_file_names[i],
                     th_slice_same(sample.files[i].content, written.files[i].content));
    TH_CHECK("choices.csv has the same rows",
             sample.files[file_index("choices.csv")].content.size ==
                 written.files[file_index("choices.csv")].content.size);
    second = folder_load(&written, NULL);
    TH_CHECK("read again", second != NULL);
    if (second) {
        folder_write(&again, second);
        check_same("written again", &written, &again);
        folder_free(&again);
    }
    th_catalogue_release(&second);
    th_catalogue_release(&catalogue);
    folder_free(&written);
    folder_free(&sample);
}

static void test_canonical_form(void)
{
    static const struct {
        const char *file, *want;
    } rows[] = {
        /* the successor on the last row of a code; an English name like the other is empty */
        {"districts.csv",
         "code,name_vi,name_en,kind,communes,opened,closed,successor,tile_col,tile_row\n"
         "b,\"B, \"\"x\"\"\",,town,3,2020-01-01,2021-12-31,,2,1\n"
         "b,\"B, \"\"x\"\"\",,town,,2022-01-01,2022-12-31,a,2,1\n"
         "a,A,,,,2020-01-01,,,,\n"},
        {"communes.csv", "code,name_vi,name_en,district_code,opened,closed\n"
                         "c1,C1,,a,2020-01-01,2020-12-31\n"
                         "c1,C1 too,,b,2021-01-01,\n"
                         "c2,C2,Two,b,2020-01-01,\n"},
        {"criteria.csv",
         "form,code,group,name_vi,name_en,kind,unit_vi,unit_en,display,decimals,time_agg,"
         "district_agg,direction,min,max,target,weight,required,opened,closed,guide_vi,guide_en\n"
         "f,n,g,N,,amount,,,number,0,sum,sum,,-0.5,,1.25,0,no,2020-01-01,,,\n"},
        {"targets.csv", "form,criterion,district,from,to,target\n"},
    };
    static const char *const files[][2] = {
        {"districts.csv", "tile_row,tile_col,name_vi,code,closed,opened,kind,communes,successor\n"
                          "1,2,\"B, \"\"x\"\"\",b,2022-12-31,2022-01-01,town,,a\n"
                          "8,9,Old,b,2021-12-31,2020-01-01,city,3,\n"
                          "\n"
                          ",,A,a,,2020-01-01,,,\n"},
        {"communes.csv", "code,name_vi,name_en,district_code,opened,closed\n"
                         "c2,C2,Two,b,2020-01-01,\n"
                         ",,,,,\n"
                         "c1,C1 too,C1 too,b,2021-01-01,\n"
                         "c1,C1,,a,2020-01-01,2020-12-31\n"},
        {"forms.csv",
         "code,name_vi,filled_by,frequency,due_days,opened\nf,F,district,day,-1,2020-01-01\n"},
        {"groups.csv", "form,group,name_vi\nf,g,G\n"},
        {"criteria.csv", "form,code,group,name_vi,kind,time_agg,district_agg,min,target,opened\n"
                         "f,n,g,N,amount,sum,sum,-00.50,01.250,2020-01-01\n"},
    };
    struct th_catalogue_file given[ALL(files)];
    for (size_t i = 0; i < ALL(files); i++) {
        snprintf(given[i].name, sizeof given[i].name, "%s", files[i][0]);
        given[i].content = th_slice_of(files[i][1]);
    }
    struct th_fault_list faults = {0};
    struct th_catalogue *catalogue = th_catalogue_read(given, ALL(files), &faults);
    if (faults.count > 0)
        print_faults(&faults);
    TH_CHECK("read", catalogue != NULL);
    for (size_t i = 0; catalogue && i < ALL(rows); i++) {
        TH_CLEANUP_BUFFER struct th_buffer out = {0};
        th_catalogue_write(catalogue, rows[i].file, &out);
        TH_CHECK_TEXT(rows[i].file, out.bytes, rows[i].want);
    }
    TH_CLEANUP_BUFFER struct th_buffer nothing = {0};
    if (catalogue)
        th_catalogue_write(catalogue, "notes.txt", &nothing);
    TH_CHECK("no such file", nothing.size == 0);
    th_fault_list_free(&faults);
    th_catalogue_release(&catalogue);
}

/* The sample as spreadsheets save it. */
static void respell(struct folder *folder, char separator, const char *end, const char *mark,
                    bool commas)
{
    for (size_t i = 0; i < FILES; i++) {
        struct th_arena *arena = th_arena_create(0);
        struct th_csv csv;
        struct th_error error = {0};
        struct th_buffer out = {0};
        TH_CHECK("parsed", th_csv_parse(folder->files[i].content, arena, &csv, &error) == TH_OK);
        th_buffer_add_text(&out, mark);
        for (size_t row = 0; row < csv.count; row++) {
            for (size_t j = 0; j < csv.rows[row].count; j++) {
                struct th_slice field = csv.rows[row].fields[j];
                struct th_decimal number;
                bool is_number =
                    row > 0 && th_decimal_parse(field, '.', &number) == TH_DECIMAL_FINE;
                if (j > 0)
                    th_buffer_add_char(&out, separator);
                th_buffer_add_char(&out, '"');
                for (size_t at = 0; at < field.size; at++)
                    if (commas && is_number && field.bytes[at] == '.')
                        th_buffer_add_char(&out, ',');
                    else
                        th_buffer_add_char(&out, field.bytes[at]);
                th_buffer_add_char(&out, '"');
            }
            th_buffer_add_text(&out, end);
        }
        th_buffer_free(&folder->contents[i]);
        folder->contents[i] = out;
        th_arena_destroy(&arena);
    }
    folder_point(folder);
}

static void test_spellings(void)
{
    static const struct {
        const char *name, *end, *mark;
        char separator;
        bool commas;
    } rows[] = {
        {"LF", "\n", "", ',', false},
        {"CRLF", "\r\n", "", ',', false},
        {"mark", "\n", "\xef\xbb\xbf", ',', false},
        {"semicolons", "\n", "", ';', false},
        {"semicolons, decimal commas", "\n", "", ';', true},
        {"tabs", "\n", "", '\t', false},
        {"everything", "\r\n", "\xef\xbb\xbf", ';', true},
    };
    struct th_catalogue *plain = load_sample();
    if (!plain)
        return;
    struct folder want;
    folder_write(&want, plain);
    for (size_t i = 0; i < ALL(rows); i++) {
        struct folder folder, got;
        if (!folder_read_sample(&folder))
            break;
        respell(&folder, rows[i].separator, rows[i].end, rows[i].mark, rows[i].commas);
        struct th_catalogue *catalogue = folder_load(&folder, NULL);
        TH_CHECK(rows[i].name, catalogue != NULL);
        if (catalogue) {
            folder_write(&got, catalogue);
            check_same(rows[i].name, &want, &got);
            folder_free(&got);
        }
        th_catalogue_release(&catalogue);
        folder_free(&folder);
    }
    folder_free(&want);
    th_catalogue_release(&plain);
}

struct told {
    char text[2048];
};

/* "KIND district form criterion choice from..to;" for each change. */
static void note_change(void *context, const struct th_change *change)
{
    static const char *const kinds[] = {
        [TH_CHANGE_CRITERION_REMOVED] = "criterion-removed",
        [TH_CHANGE_CHOICE_REMOVED] = "choice-removed",
        [TH_CHANGE_KIND] = "kind",
        [TH_CHANGE_FREQUENCY] = "frequency",
        [TH_CHANGE_AGGREGATION] = "aggregation",
        [TH_CHANGE_DECIMALS] = "decimals",
        [TH_CHANGE_FORM_REMOVED] = "form-removed",
        [TH_CHANGE_DISTRICT_REMOVED] = "district-removed",
        [TH_CHANGE_FORM_INTERVAL] = "form-interval",
        [TH_CHANGE_CRITERION_INTERVAL] = "criterion-interval",
        [TH_CHANGE_DISTRICT_INTERVAL] = "district-interval",
    };
    struct told *told = context;
    const char *parts[] = {kinds[change->kind], change->district, change->form, change->criterion,
                           change->choice};
    size_t used = strlen(told->text);
    for (size_t i = 0; i < ALL(parts); i++)
        if (parts[i])
            used += (size_t)snprintf(told->text + used, sizeof told->text - used, "%s%s",
                                     i > 0 ? " " : "", parts[i]);
    if (change->kind >= TH_CHANGE_FORM_INTERVAL) {
        char from[11], to[11] = "";
        th_day_format(change->lost.opened, from);
        if (change->lost.closed != TH_DAY_FOREVER)
            th_day_format(change->lost.closed, to);
        used += (size_t)snprintf(told->text + used, sizeof told->text - used, " %s..%s", from, to);
    }
    snprintf(told->text + used, sizeof told->text - used, ";");
}

static void test_compare(void)
{
    static const struct {
        const char *name, *file, *from, *to, *want;
    } rows[] = {
        {"nothing", NULL, NULL, NULL, ""},
        {"names, weights, targets and limits strand nothing", "criteria.csv",
         "f,r,g,R,ratio,percent,0,last,sum,up,0,1,0.5,2,yes",
         "f,r,g,Ratio,ratio,number,0,last,sum,down,,,0.7,1,no", ""},
        {"more decimals", "criteria.csv", "f,s,g,S,score,number,1", "f,s,g,S,score,number,2", ""},
        {"fewer decimals", "criteria.csv", "f,m,g,M,amount,number,2", "f,m,g,M,amount,number,1",
         "decimals f m;"},
        {"kind", "criteria.csv", "f,n,g,N,count,", "f,n,g,N,amount,", "kind f n;"},
        {"time aggregation", "criteria.csv", "f,r,g,R,ratio,percent,0,last",
         "f,r,g,R,ratio,percent,0,sum", "aggregation f r;"},
        {"district aggregation", "criteria.csv", "f,n,g,N,count,number,0,sum,sum",
         "f,n,g,N,count,number,0,sum,max", "aggregation f n;"},
        {"criterion removed", "criteria.csv",
         "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2020-01-01,\n", "", "criterion-removed f m;"},
        {"criterion closed", "criteria.csv",
         "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2020-01-01,\n",
         "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2020-01-01,2024-12-31\n",
         "criterion-interval f m 2025-01-01..;"},
        {"criterion opened later", "criteria.csv",
         "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2020-01-01,\n",
         "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2020-02-01,\n",
         "criterion-interval f m 2020-01-01..2020-01-31;"},
        {"criterion opened earlier", "criteria.csv",
         "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2020-01-01,\n",
         "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2019-01-01,\n", ""},
        {"choice removed", "choices.csv", "f,ch,stop,Stop,\n", "f,ch,pause,Pause,\n",
         "choice-removed f ch stop;"},
        {"choices in another order", "choices.csv", "f,ch,go,Go,\nf,ch,stop,Stop,\n",
         "f,ch,stop,Stop,\nf,ch,go,Go,\n", ""},
        {"frequency", "forms.csv", "month", "quarter", "frequency f;"},
        {"form cut at both ends", "forms.csv", "45,2020-01-01,", "45,2021-01-01,2022-12-31",
         "form-interval f 2020-01-01..2020-12-31;form-interval f 2023-01-01..;"},
        {"district split by a gap", "districts.csv", "b,B,,city,,2020-01-01,2022-12-31,a,2,1\n",
         "b,B,,city,,2020-01-01,2020-12-31,a,2,1\nb,B,,city,,2022-01-01,,,2,1\n",
         "district-interval b 2021-01-01..2021-12-31;"},
        {"district split without a gap", "districts.csv",
         "b,B,,city,,2020-01-01,2022-12-31,a,2,1\n",
         "b,B,,city,,2020-01-01,2020-12-31,a,2,1\nb,B,,city,4,2021-01-01,,,2,1\n", ""},
        {"district moved to other days", "districts.csv",
         "b,B,,city,,2020-01-01,2022-12-31,a,2,1\n",
         "b,B,,city,,2018-01-01,2019-12-31,,,\nb,B,,city,,2023-01-01,,,,\n",
         "district-interval b 2020-01-01..2022-12-31;"},
    };
    for (size_t i = 0; i < ALL(rows); i++) {
        struct folder before, after;
        struct told told = {""};
        folder_make_small(&before);
        folder_make_small(&after);
        if (rows[i].file)
            folder_replace(&after, rows[i].file, rows[i].from, rows[i].to);
        struct th_catalogue *was = folder_load(&before, NULL), *is = folder_load(&after, NULL);
        TH_CHECK(rows[i].name, was && is);
        if (was && is) {
            th_catalogue_compare(was, is, note_change, &told);
            TH_CHECK_TEXT(rows[i].name, told.text, rows[i].want);
        }
        th_catalogue_release(&was);
        th_catalogue_release(&is);
        folder_free(&before);
        folder_free(&after);
    }
}

/* Adjoining intervals are one opening, in the old catalogue as well; what is removed
 * is told once, without its parts. */
static void test_compare_sample(void)
{
    struct folder folder;
    struct told told = {""};
    struct th_catalogue *was = load_sample();
    if (!was || !folder_read_sample(&folder))
        return;
    folder_replace(&folder, "districts.csv",
                   "193,Thành phố Hạ Long,Ha Long City,city,20,2015-01-01,2019-12-31,,2,2\n"
                   "193,Thành phố Hạ Long,Ha Long City,city,33,2020-01-01,,,2,2\n",
                   "193,Thành phố Hạ Long,Ha Long City,city,30,2018-07-01,2020-12-31,,2,2\n"
                   "193,Thành phố Hạ Long,Ha Long City,city,33,2021-01-01,2030-12-31,,2,2\n");
    folder_replace(
        &folder, "districts.csv",
        "204,Huyện Hoành Bồ,Hoanh Bo District,district,13,2015-01-01,2019-12-31,193,2,0\n", "");
    folder_replace(&folder, "districts.csv",
                   "196,Thành phố Uông Bí,Uong Bi City,city,11,2015-01-01,2019-12-31,,1,2\n"
                   "196,Thành phố Uông Bí,Uong Bi City,city,10,2020-01-01,,,1,2\n",
                   "196,Thành phố Uông Bí,Uong Bi City,city,10,2024-01-01,,,1,2\n");
    struct th_catalogue *is = folder_load(&folder, NULL);
    TH_CHECK("read", is != NULL);
    if (is) {
        th_catalogue_compare(was, is, note_change, &told);
        TH_CHECK_TEXT("districts", told.text,
                      "district-interval 193 2015-01-01..2018-06-30;"
                      "district-interval 193 2031-01-01..;"
                      "district-interval 196 2015-01-01..2023-12-31;"
                      "district-removed 204;");
    }
    th_catalogue_release(&is);
    folder_free(&folder);

    /* a small catalogue has none of the sample's forms */
    folder_make_small(&folder);
    is = folder_load(&folder, NULL);
    if (is) {
        size_t forms = 0;
        told.text[0] = '\0';
        th_catalogue_compare(was, is, note_change, &told);
        for (const char *at = told.text; (at = strstr(at, "form-removed")); at++)
            forms++;
        TH_CHECK("all forms", forms == 4);
        TH_CHECK("no criterion apart", !strstr(told.text, "criterion"));
    }
    th_catalogue_release(&is);
    th_catalogue_release(&was);
    folder_free(&folder);
}

static const struct th_test tests[] = {
    {"the sample is written as it is", test_sample_round_trip},
    {"the canonical form", test_canonical_form},
    {"spreadsheets' spellings give the same catalogue", test_spellings},
    {"what a change strands", test_compare},
    {"what a change of the sample strands", test_compare_sample},
};
TH_TEST_MAIN("catalogue change", tests)
