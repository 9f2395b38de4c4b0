/* What reading a catalogue tells of all its files at once: every fault in order,
 * what is allowed, limits, files that are missing or strange. */
#include <stdbool.h>

#include "common/base/text.h"
#include "tests/unit/catalogue_support.h"
#include "tests/unit/th_test.h"

#define D "districts.csv"
#define C "communes.csv"
#define F "forms.csv"
#define G "groups.csv"
#define K "criteria.csv"
#define H "choices.csv"
#define R "rules.csv"
#define T "targets.csv"
#define P "periods.csv"
#define W "holidays.csv"

/* The row of the criterion m, on line 3, and the only rule. */
#define M    "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2020-01-01,\n"
#define RULE "f,within,r.num,<=,r.den,error,Too many,\n"

static void test_small_is_sound(void)
{
    struct folder folder;
    folder_make_small(&folder);
    struct th_catalogue *catalogue = folder_load(&folder, NULL);
    TH_CHECK("small", catalogue != NULL);
    th_catalogue_release(&catalogue);
    folder_free(&folder);
}

static void test_terms_limit(void)
{
    static const struct {
        const char *name;
        size_t terms;
        bool want_good;
    } rows[] = {{"64 terms", 64, true}, {"65 terms", 65, false}, {"5000 terms", 5000, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct th_fault_list faults = {0};
        TH_CLEANUP_BUFFER struct th_buffer line = {0};
        th_buffer_add_text(&line, "f,within,n");
        for (size_t term = 1; term < rows[i].terms; term++)
            th_buffer_add_text(&line, " + n");
        th_buffer_add_text(&line, ",<,1,error,X,\n");
        folder_make_small(&folder);
        folder_replace(&folder, R, RULE, line.bytes);
        struct th_catalogue *catalogue = folder_load(&folder, &faults);
        TH_CHECK(rows[i].name, (catalogue != NULL) == rows[i].want_good);
        TH_CHECK(rows[i].name, faults.count == (rows[i].want_good ? 0 : 1));
        if (catalogue)
            TH_CHECK(rows[i].name, catalogue->forms[0].rules[0].left_count == rows[i].terms);
        th_fault_list_free(&faults);
        th_catalogue_release(&catalogue);
        folder_free(&folder);
    }
}

/* What is right though it looks odd. */
static void test_allowed(void)
{
    static const struct {
        const char *name, *file, *from, *to;
    } rows[] = {
        {"empty cells beyond the header", G, "f,g,G,\n", "f,g,G,,,,\n"},
        {"rows of separators", G, "f,g,G,\n", ",,,\nf,g,G,\n\n,,,,,\n"},
        {"a short row", G, "f,g,G,\n", "f,g,G\n"},
        {"a header with an empty last cell", G, "name_en\n", "name_en,\n"},
        {"an optional file that is empty", W,
         "date,name_vi,name_en,working\n2020-01-01,New Year,,no\n", ""},
        {"another number of communes than listed", D, "city,1,2020", "city,33,2020"},
        {"a day between two intervals", D, "a,A,Aa,city,1,2020-01-01,,,1,1\n",
         "a,A,,,1,2020-01-01,2020-12-31,,,\na,A,,,1,2021-01-02,,,,\n"},
        {"locked when due", F, "10,45", "10,10"},
        {"due before the period ends", F, "10,45", "-366,0"},
        {"min is max", K, M, "f,m,g,M,amount,,,sum,sum,,1.0,1,0,,,2020-01-01,\n"},
        {"one day only", K, M, "f,m,g,M,amount,,,sum,sum,,,,,,,2020-01-01,2020-01-01\n"},
        {"a code like a part", K, M, "f,q.num,g,M,amount,,,sum,sum,,,,,,,2020-01-01,\n"},
        {"a later target", T, "f,n,a,2020-01-01,,5\n",
         "f,n,a,2020-01-01,,5\nf,n,a,2021-01-01,,6\n"},
        {"a target of one year", T, "f,n,a,2020-01-01,,5\n",
         "f,n,a,2020-01-01,,5\nf,n,a,2020-01-01,2020-12-31,6\n"},
        {"a target for all beside it", T, "f,n,a,2020-01-01,,5\n",
         "f,n,a,2020-01-01,,5\nf,n,,2020-01-01,,6\n"},
        {"a period that begins with a year", P, "term,", "2020-campaign,"},
        {"blanks around cells", P, "term,Term,", " term , Term ,"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        folder_make_small(&folder);
        folder_replace(&folder, rows[i].file, rows[i].from, rows[i].to);
        struct th_catalogue *catalogue = folder_load(&folder, NULL);
        TH_CHECK(rows[i].name, catalogue != NULL);
        th_catalogue_release(&catalogue);
        folder_free(&folder);
    }
}

/* Limits of length, at the last good and the first bad one; "ế" is one character of
 * three bytes. */
static void test_lengths(void)
{
    static const struct {
        const char *name, *file, *before, *unit, *behind, *replaced;
        size_t count;
        bool want_good;
    } rows[] = {
        {"name of 500", G, "f,g,", "ế", ",\n", "f,g,G,\n", 500, true},
        {"name of 501", G, "f,g,", "ế", ",\n", "f,g,G,\n", 501, false},
        {"form code of 64", F, "", "x",
         ",F,,district,day,0,,2020-01-01,\nf,F,,district,day,0,,2020-01-01,\n",
         "f,F,,district,month,10,45,2020-01-01,\n", 64, true},
        {"form code of 65", F, "", "x",
         ",F,,district,day,0,,2020-01-01,\nf,F,,district,day,0,,2020-01-01,\n",
         "f,F,,district,month,10,45,2020-01-01,\n", 65, false},
        {"period code of 63", P, "", "x", ",P,,2020-01-01,2020-01-01\n",
         "term,Term,,2020-01-01,2024-12-31\n", 63, true},
        {"period code of 64", P, "", "x", ",P,,2020-01-01,2020-01-01\n",
         "term,Term,,2020-01-01,2024-12-31\n", 64, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct th_fault_list faults = {0};
        TH_CLEANUP_BUFFER struct th_buffer line = {0};
        th_buffer_add_text(&line, rows[i].before);
        for (size_t j = 0; j < rows[i].count; j++)
            th_buffer_add_text(&line, rows[i].unit);
        th_buffer_add_text(&line, rows[i].behind);
        folder_make_small(&folder);
        folder_replace(&folder, rows[i].file, rows[i].replaced, line.bytes);
        struct th_catalogue *catalogue = folder_load(&folder, &faults);
        TH_CHECK(rows[i].name, (catalogue != NULL) == rows[i].want_good);
        TH_CHECK(rows[i].name, faults.count == (rows[i].want_good ? 0 : 1));
        th_fault_list_free(&faults);
        th_catalogue_release(&catalogue);
        folder_free(&folder);
    }
}

/* All faults of all files at once, in the order of files and lines. */
static void test_all_at_once(void)
{
    static const struct {
        const char *file, *from, *to;
    } spoils[] = {
        {D, "a,A,Aa,city,1,", "a,,Aa,city,x,"},
        {D, ",a,2,1\n", ",q,2,1\n"},
        {C, "c1,C1,,a,", "c1,C1,,q,"},
        {F, "month,10,45", "week,10,5"},
        {G, "f,g,G,", "f,g,,"},
        {K, "f,n,g,N,count,number,0,sum,sum", "f,n,g,N,count,percent,3,sum,union"},
        {H, "f,ch,go", "f,n,go"},
        {R, "r.num,<=,r.den", "r,=<,r.dem"},
        {T, ",,5\n", ",,-5\n"},
        {P, "term,", "2020,"},
        {W, ",no\n", ",No\n"},
    };
    static const struct {
        const char *file, *column, *code;
        size_t line;
    } wants[] = {
        {D, "communes", "catalogue.malformed_number", 2},
        {D, "name_vi", "catalogue.empty", 2},
        {D, "successor", "catalogue.unknown_reference", 3},
        {C, "district_code", "catalogue.unknown_reference", 2},
        {F, "frequency", "catalogue.unknown_word", 2},
        {F, "lock_days", "catalogue.out_of_range", 2},
        {G, "name_vi", "catalogue.empty", 2},
        {K, "display", "catalogue.not_allowed", 2},
        {K, "district_agg", "catalogue.not_allowed", 2},
        {K, "decimals", "catalogue.not_allowed", 2},
        {H, "criterion", "catalogue.not_allowed", 2},
        {R, "left", "catalogue.not_allowed", 2},
        {R, "op", "catalogue.unknown_word", 2},
        {R, "right", "catalogue.unknown_reference", 2},
        {T, "target", "catalogue.out_of_range", 2},
        {P, "code", "catalogue.malformed_code", 2},
        {W, "working", "catalogue.unknown_word", 2},
    };
    struct folder folder;
    struct th_fault_list faults = {0};
    folder_make_small(&folder);
    for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++)
        folder_replace(&folder, spoils[i].file, spoils[i].from, spoils[i].to);
    struct th_catalogue *catalogue = folder_load(&folder, &faults);
    TH_CHECK("all at once", catalogue == NULL);
    TH_CHECK("all at once", faults.count == sizeof wants / sizeof *wants);
    if (faults.count != sizeof wants / sizeof *wants)
        print_faults(&faults);
    for (size_t i = 0; i < faults.count && i < sizeof wants / sizeof *wants; i++) {
        TH_CHECK_TEXT(wants[i].column, faults.faults[i].file, wants[i].file);
        TH_CHECK_TEXT(wants[i].column, faults.faults[i].column, wants[i].column);
        TH_CHECK_TEXT(wants[i].column, faults.faults[i].code, wants[i].code);
        TH_CHECK(wants[i].column, faults.faults[i].line == wants[i].line);
    }
    th_fault_list_free(&faults);
    folder_free(&folder);
}

static void test_files(void)
{
    static const struct {
        const char *name, *left_out;
        const char *want_code; /* NULL: no fault */
    } rows[] = {
        {"without districts", D, "catalogue.missing_file"},
        {"without forms", F, "catalogue.missing_file"},
        {"without groups", G, "catalogue.missing_file"},
        {"without criteria", K, "catalogue.missing_file"},
        {"without communes", C, NULL},
        {"without rules", R, NULL},
        {"without targets", T, NULL},
        {"without periods", P, NULL},
        {"without holidays", W, NULL},
        /* the choice criterion has none then */
        {"without choices", H, "catalogue.no_choices"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct th_fault_list faults = {0};
        struct th_catalogue_file files[FILES];
        size_t count = 0;
        folder_make_small(&folder);
        for (size_t j = 0; j < FILES; j++)
            if (j != file_index(rows[i].left_out))
                files[count++] = folder.files[j];
        struct th_catalogue *catalogue = th_catalogue_read(files, count, &faults);
        TH_CHECK(rows[i].name, (catalogue != NULL) == (rows[i].want_code == NULL));
        /* what refers to a file that is missing is not told again row by row */
        TH_CHECK(rows[i].name, faults.count == (rows[i].want_code ? 1 : 0));
        if (faults.count != 0 && rows[i].want_code)
            TH_CHECK_TEXT(rows[i].name, faults.faults[0].code, rows[i].want_code);
        th_fault_list_free(&faults);
        th_catalogue_release(&catalogue);
        folder_free(&folder);
    }

    struct folder folder;
    struct th_fault_list faults = {0};
    folder_make_small(&folder);
    struct th_catalogue_file files[FILES + 2];
    memcpy(files, folder.files, sizeof folder.files);
    files[FILES] = folder.files[0];
    files[FILES + 1] = (struct th_catalogue_file){.name = "not\xC9"
                                                          "s.txt"};
    TH_CHECK("two files too many", th_catalogue_read(files, FILES + 2, &faults) == NULL);
    TH_CHECK("two files too many", faults.count == 2);
    if (faults.count == 2) {
        TH_CHECK_TEXT("a strange file", faults.faults[0].code, "catalogue.unknown_file");
        TH_CHECK_TEXT("a strange file", faults.faults[0].message,
                      "'not?s.txt' is not a file of a catalogue; remove it or correct its name");
        TH_CHECK_TEXT("a file twice", faults.faults[1].code, "catalogue.duplicate_file");
    }
    th_fault_list_free(&faults);
    folder_free(&folder);
}

/* Faults are told to people: whole characters, no control characters. */
static void test_messages_are_text(void)
{
    struct folder folder;
    struct th_fault_list faults = {0};
    TH_CLEANUP_BUFFER struct th_buffer header = {0};
    for (size_t i = 0; i < 60; i++)
        th_buffer_add_text(&header, "ế");
    th_buffer_add_text(&header, ",\"a\033[31mb\xc2\x9b\",code,");
    folder_make_small(&folder);
    folder_replace(&folder, P, "code,", header.bytes);
    folder_replace(&folder, P, "term,", ",,\033[2Jterm,");
    TH_CHECK("terminal", folder_load(&folder, &faults) == NULL && faults.count == 3);
    for (size_t i = 0; i < faults.count; i++) {
        const char *texts[] = {faults.faults[i].message, faults.faults[i].column};
        for (size_t j = 0; j < 2; j++) {
            TH_CHECK("whole characters", th_text_is_utf8(th_slice_of(texts[j])));
            TH_CHECK("no escape", strchr(texts[j], '\033') == NULL);
            TH_CHECK("no C1 control", strstr(texts[j], "\xc2\x9b") == NULL);
        }
    }
    th_fault_list_free(&faults);
    folder_free(&folder);
}

static void test_limits(void)
{
    struct folder folder;
    struct th_fault_list faults = {0};
    folder_make_small(&folder);
    struct th_buffer *criteria = &folder.contents[file_index(K)];
    for (int i = 0; i < 493; i++) /* beside the seven */
        th_buffer_printf(criteria, "f,x%d,g,X,count,,,sum,sum,,,,,,,2020-01-01,\n", i);
    folder_point(&folder);
    struct th_catalogue *catalogue = folder_load(&folder, &faults);
    TH_CHECK("500 criteria", catalogue != NULL && catalogue->forms[0].criterion_count == 500);
    th_catalogue_release(&catalogue);
    th_buffer_add_text(criteria, "f,y,g,X,count,,,sum,sum,,,,,,,2020-01-01,\n");
    th_buffer_add_text(criteria, "f,z,g,X,count,,,sum,sum,,,,,,,2020-01-01,\n");
    folder_point(&folder);
    TH_CHECK("502 criteria", folder_load(&folder, &faults) == NULL && faults.count == 1);
    if (faults.count > 0) {
        TH_CHECK_TEXT("502 criteria", faults.faults[0].code, "catalogue.too_many");
        TH_CHECK("502 criteria", faults.faults[0].line == 502);
    }
    th_fault_list_free(&faults);

    folder_free(&folder);
    folder_make_small(&folder);
    struct th_buffer *forms = &folder.contents[file_index(F)];
    for (int i = 0; i < 200; i++) /* beside the one */
        th_buffer_printf(forms, "x%d,X,,district,year,0,,2020-01-01,\n", i);
    folder_point(&folder);
    TH_CHECK("201 forms", folder_load(&folder, &faults) == NULL && faults.count == 1);
    if (faults.count > 0) {
        TH_CHECK_TEXT("201 forms", faults.faults[0].code, "catalogue.too_many_rows");
        TH_CHECK("201 forms", faults.faults[0].line == 202);
    }
    th_fault_list_free(&faults);
    folder_free(&folder);
}

/* More faults than a list takes: it ends, and says so, and the answer is still no. */
static void test_endless_faults(void)
{
    struct folder folder;
    struct th_fault_list faults = {0};
    folder_make_small(&folder);
    struct th_buffer *communes = &folder.contents[file_index(C)];
    for (int i = 0; i < 60000; i++)
        th_buffer_printf(communes, "x%d,,,nowhere,2020-01-01,\n", i);
    folder_point(&folder);
    TH_CHECK("120000 faults", folder_load(&folder, &faults) == NULL);
    TH_CHECK("120000 faults", faults.count == 100001);
    if (faults.count > 0)
        TH_CHECK_TEXT("120000 faults", faults.faults[faults.count - 1].code,
                      "catalogue.too_many_faults");
    size_t before = faults.count;
    TH_CHECK("read again into a full list", folder_load(&folder, &faults) == NULL);
    TH_CHECK("read again into a full list", faults.count > before);
    th_fault_list_free(&faults);
    TH_CHECK("freed", faults.count == 0 && faults.faults == NULL);
    folder_free(&folder);
}

static const struct th_test tests[] = {
    {"the small catalogue is sound", test_small_is_sound},
    {"a side has at most 64 terms", test_terms_limit},
    {"what is right though odd", test_allowed},
    {"limits of length", test_lengths},
    {"every fault of every file is listed", test_all_at_once},
    {"needed, optional and strange files", test_files},
    {"messages are clean text", test_messages_are_text},
    {"limits of number", test_limits},
    {"a list of faults ends", test_endless_faults},
};
TH_TEST_MAIN("catalogue faults", tests)
