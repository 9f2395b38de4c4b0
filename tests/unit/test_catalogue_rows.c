/* One mistake at a time in a row of a small catalogue: what is told, where, and
 * nothing else. */
#include <stdbool.h>

#include "tests/unit/catalogue_support.h"
#include "tests/unit/th_test.h"

struct mistake {
    const char *name, *file, *from, *to; /* `to` takes the place of `from` in `file` */
    size_t want_line;
    const char *want_column, *want_code;
};

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

static void check_mistakes(const struct mistake *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mistake *row = &rows[i];
        struct folder folder;
        struct th_fault_list faults = {0};
        folder_make_small(&folder);
        folder_replace(&folder, row->file, row->from, row->to);
        struct th_catalogue *catalogue = folder_load(&folder, &faults);
        TH_CHECK(row->name, catalogue == NULL);
        TH_CHECK(row->name, faults.count == 1);
        if (faults.count != 1)
            print_faults(&faults);
        if (faults.count > 0) {
            const struct th_fault *fault = &faults.faults[0];
            TH_CHECK_TEXT(row->name, fault->file, row->file);
            TH_CHECK(row->name, fault->line == row->want_line);
            TH_CHECK_TEXT(row->name, fault->column, row->want_column);
            TH_CHECK_TEXT(row->name, fault->code, row->want_code);
            TH_CHECK(row->name, strlen(fault->message) > 10);
        }
        th_fault_list_free(&faults);
        th_catalogue_release(&catalogue);
        folder_free(&folder);
    }
}

#define CHECK(rows) check_mistakes(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_headers(void)
{
    static const struct mistake rows[] = {
        {"unknown column", D, "tile_row\n", "tile_row,colour\n", 1, "colour",
         "catalogue.unknown_column"},
        {"column twice", G, "name_vi,name_en", "name_vi,name_vi", 1, "name_vi",
         "catalogue.duplicate_column"},
        {"needed column missing", W, "date,", ",", 1, "date", "catalogue.missing_column"},
        {"needed column missing tells no row", P, ",to\n", "\n", 1, "to",
         "catalogue.missing_column"},
        {"cell beyond the header", G, "f,g,G,\n", "f,g,G,,more\n", 2, "", "catalogue.extra_cell"},
        {"quote not closed", H, "f,ch,stop,Stop,", "f,ch,stop,\"Stop,", 3, "",
         "catalogue.unreadable"},
        {"not UTF-8", G, "f,g,G,\n", "f,g,\xff,\n", 2, "", "catalogue.unreadable"},
    };
    CHECK(rows);
}

static void test_districts(void)
{
    static const char a[] = "a,A,Aa,city,1,2020-01-01,,,1,1\n";
    static const char b[] = "b,B,,city,,2020-01-01,2022-12-31,a,2,1\n";
    static const struct mistake rows[] = {
        {"code with a blank", D, b,
         "b b,B,,city,,2020-01-01,2022-12-31,a,2,1\nb,B,,,,2020-01-01,,,,\n", 3, "code",
         "catalogue.malformed_code"},
        {"code of 33 bytes", D, b,
         "b,B,,city,,2020-01-01,2022-12-31,a,2,1\n"
         "x23456789012345678901234567890123,B,,,,2020-01-01,,,,\n",
         4, "code", "catalogue.malformed_code"},
        {"code empty", D, b, "b,B,,,,2020-01-01,,,,\n,B,,,,2023-01-01,,,,\n", 4, "code",
         "catalogue.empty"},
        {"name empty", D, a, "a,,Aa,city,1,2020-01-01,,,1,1\n", 2, "name_vi", "catalogue.empty"},
        {"line break in a name", D, a, "a,\"A\nB\",Aa,city,1,2020-01-01,,,1,1\n", 2, "name_vi",
         "catalogue.malformed_text"},
        /* C2 85 is U+0085, next line: a control character of two bytes */
        {"C1 control in a name", D, a, "a,A,A\xc2\x85z,city,1,2020-01-01,,,1,1\n", 2, "name_en",
         "catalogue.malformed_text"},
        {"opened empty", D, a, "a,A,Aa,city,1,,,,1,1\n", 2, "opened", "catalogue.empty"},
        {"opened as people write it", D, a, "a,A,Aa,city,1,01/01/2020,,,1,1\n", 2, "opened",
         "catalogue.malformed_date"},
        {"30 February", D, a, "a,A,Aa,city,1,2020-01-01,2021-02-30,,1,1\n", 2, "closed",
         "catalogue.malformed_date"},
        {"closed before opened", D, a, "a,A,Aa,city,1,2020-01-01,2019-12-31,,1,1\n", 2, "closed",
         "catalogue.backwards"},
        {"communes not a number", D, a, "a,A,Aa,city,many,2020-01-01,,,1,1\n", 2, "communes",
         "catalogue.malformed_number"},
        {"communes below 0", D, a, "a,A,Aa,city,-1,2020-01-01,,,1,1\n", 2, "communes",
         "catalogue.out_of_range"},
        {"communes past any integer", D, a, "a,A,Aa,city,99999999999999999999,2020-01-01,,,1,1\n",
         2, "communes", "catalogue.malformed_number"},
        {"successor unknown", D, b, "b,B,,city,,2020-01-01,2022-12-31,z,2,1\n", 3, "successor",
         "catalogue.unknown_reference"},
        {"successor itself", D, b, "b,B,,city,,2020-01-01,2022-12-31,b,2,1\n", 3, "successor",
         "catalogue.cycle"},
        {"successors in a circle", D, a, "a,A,Aa,city,1,2020-01-01,,b,1,1\n", 2, "successor",
         "catalogue.cycle"},
        {"half a tile", D, a, "a,A,Aa,city,1,2020-01-01,,,1,\n", 2, "tile_row", "catalogue.empty"},
        {"tile below 0", D, a, "a,A,Aa,city,1,2020-01-01,,,-1,1\n", 2, "tile_col",
         "catalogue.out_of_range"},
        {"intervals overlap by a day", D, a,
         "a,A,,,1,2020-01-01,2021-01-01,,,\na,A,,,2,2021-01-01,,,,\n", 3, "opened",
         "catalogue.overlap"},
        {"an interval inside another", D, a,
         "a,A,,,1,2020-01-01,,,,\na,A,,,2,2021-01-01,2021-12-31,,,\n", 3, "opened",
         "catalogue.overlap"},
        {"the same row twice", D, a, "a,A,,,1,2020-01-01,,,,\na,A,,,1,2020-01-01,,,,\n", 3,
         "opened", "catalogue.overlap"},
    };
    CHECK(rows);
}

static void test_communes(void)
{
    static const char c1[] = "c1,C1,,a,2020-01-01,\n";
    static const struct mistake rows[] = {
        {"district unknown", C, c1, "c1,C1,,z,2020-01-01,\n", 2, "district_code",
         "catalogue.unknown_reference"},
        {"district empty", C, c1, "c1,C1,,,2020-01-01,\n", 2, "district_code", "catalogue.empty"},
        {"overlap across districts", C, c1, "c1,C1,,a,2020-01-01,\nc1,C1,,b,2021-01-01,\n", 3,
         "opened", "catalogue.overlap"},
        /* sorted by opened, the row on line 2 is the later one */
        {"overlap, later rows first", C, c1, "c1,C1,,b,2021-01-01,\nc1,C1,,a,2020-01-01,\n", 2,
         "opened", "catalogue.overlap"},
        {"name empty", C, c1, "c1,,C1,a,2020-01-01,\n", 2, "name_vi", "catalogue.empty"},
        {"code malformed", C, c1, "-c1,C1,,a,2020-01-01,\n", 2, "code", "catalogue.malformed_code"},
    };
    CHECK(rows);
}

static void test_forms(void)
{
    static const char f[] = "f,F,,district,month,10,45,2020-01-01,\n";
    static const struct mistake rows[] = {
        {"form twice", F, f,
         "f,F,,district,month,10,45,2020-01-01,\nf,F,,district,year,1,,2020-01-01,\n", 3, "code",
         "catalogue.duplicate"},
        {"filled by nobody", F, f, "f,F,,commune,month,10,45,2020-01-01,\n", 2, "filled_by",
         "catalogue.unknown_word"},
        {"filled_by empty", F, f, "f,F,,,month,10,45,2020-01-01,\n", 2, "filled_by",
         "catalogue.empty"},
        {"weekly", F, f, "f,F,,district,week,10,45,2020-01-01,\n", 2, "frequency",
         "catalogue.unknown_word"},
        {"due too early", F, f, "f,F,,district,month,-367,45,2020-01-01,\n", 2, "due_days",
         "catalogue.out_of_range"},
        {"due too late", F, f, "f,F,,district,month,3661,,2020-01-01,\n", 2, "due_days",
         "catalogue.out_of_range"},
        {"due empty", F, f, "f,F,,district,month,,45,2020-01-01,\n", 2, "due_days",
         "catalogue.empty"},
        {"locks before due", F, f, "f,F,,district,month,10,9,2020-01-01,\n", 2, "lock_days",
         "catalogue.out_of_range"},
        {"lock too late", F, f, "f,F,,district,month,10,36601,2020-01-01,\n", 2, "lock_days",
         "catalogue.out_of_range"},
        {"lock below 0", F, f, "f,F,,district,month,-9,-1,2020-01-01,\n", 2, "lock_days",
         "catalogue.out_of_range"},
    };
    CHECK(rows);
}

static void test_groups_and_choices(void)
{
    static const struct mistake rows[] = {
        {"group twice", G, "f,g,G,\n", "f,g,G,\nf,g,G2,\n", 3, "group", "catalogue.duplicate"},
        {"group of an unknown form", G, "f,g,G,\n", "f,g,G,\nx,g,G2,\n", 3, "form",
         "catalogue.unknown_reference"},
        {"choice of an unknown criterion", H, "f,ch,go", "f,zz,go", 2, "criterion",
         "catalogue.unknown_reference"},
        {"choice of a count", H, "f,ch,go", "f,n,go", 2, "criterion", "catalogue.not_allowed"},
        {"choice twice", H, "f,ch,stop", "f,ch,go", 3, "value", "catalogue.duplicate"},
        {"choice with a blank", H, "f,ch,stop", "f,ch,stop it", 3, "value",
         "catalogue.malformed_code"},
        {"no choice at all", H, "f,ch,go,Go,\nf,ch,stop,Stop,\n", "", 6, "kind",
         "catalogue.no_choices"},
    };
    /* The last row is told about the criterion, in another file than the mistake. */
    check_mistakes(rows, sizeof rows / sizeof *rows - 1);
    struct folder folder;
    struct th_fault_list faults = {0};
    const struct mistake *last = &rows[sizeof rows / sizeof *rows - 1];
    folder_make_small(&folder);
    folder_replace(&folder, last->file, last->from, last->to);
    TH_CHECK(last->name, folder_load(&folder, &faults) == NULL && faults.count == 1);
    if (faults.count > 0) {
        TH_CHECK_TEXT(last->name, faults.faults[0].file, K);
        TH_CHECK(last->name, faults.faults[0].line == last->want_line);
        TH_CHECK_TEXT(last->name, faults.faults[0].column, last->want_column);
        TH_CHECK_TEXT(last->name, faults.faults[0].code, last->want_code);
    }
    th_fault_list_free(&faults);
    folder_free(&folder);
}

/* A row that replaces that of the criterion m, on line 3. */
#define M "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2020-01-01,\n"

static void test_criteria(void)
{
    static const struct mistake rows[] = {
        {"criterion twice", K, M, "f,n,g,M,amount,,,sum,sum,,,,,,,2020-01-01,\n", 3, "code",
         "catalogue.duplicate"},
        {"form unknown", K, M, "x,m,g,M,amount,,,sum,sum,,,,,,,2020-01-01,\n", 3, "form",
         "catalogue.unknown_reference"},
        {"group unknown", K, M, "f,m,h,M,amount,,,sum,sum,,,,,,,2020-01-01,\n", 3, "group",
         "catalogue.unknown_reference"},
        {"group empty", K, M, "f,m,,M,amount,,,sum,sum,,,,,,,2020-01-01,\n", 3, "group",
         "catalogue.empty"},
        {"kind unknown", K, M, "f,m,g,M,number,,,sum,sum,,,,,,,2020-01-01,\n", 3, "kind",
         "catalogue.unknown_word"},
        {"kind empty", K, M, "f,m,g,M,,,,sum,sum,,,,,,,2020-01-01,\n", 3, "kind",
         "catalogue.empty"},
        {"display unknown", K, M, "f,m,g,M,amount,money,,sum,sum,,,,,,,2020-01-01,\n", 3, "display",
         "catalogue.unknown_word"},
        {"percent of an amount", K, M, "f,m,g,M,amount,percent,,sum,sum,,,,,,,2020-01-01,\n", 3,
         "display", "catalogue.not_allowed"},
        {"ten decimals", K, M, "f,m,g,M,amount,,10,sum,sum,,,,,,,2020-01-01,\n", 3, "decimals",
         "catalogue.out_of_range"},
        {"a count with decimals", K, M, "f,m,g,M,count,,1,sum,sum,,,,,,,2020-01-01,\n", 3,
         "decimals", "catalogue.not_allowed"},
        {"direction unknown", K, M, "f,m,g,M,amount,,,sum,sum,north,,,,,,2020-01-01,\n", 3,
         "direction", "catalogue.unknown_word"},
        {"min above max", K, M, "f,m,g,M,amount,,,sum,sum,,1.01,1,,,,2020-01-01,\n", 3, "max",
         "catalogue.out_of_range"},
        {"min not a number", K, M, "f,m,g,M,amount,,,sum,sum,,1e3,,,,,2020-01-01,\n", 3, "min",
         "catalogue.malformed_number"},
        {"max of 19 digits", K, M,
         "f,m,g,M,amount,,,sum,sum,,,1234567890123456789,,,,2020-01-01,\n", 3, "max",
         "catalogue.out_of_range"},
        {"target below 0", K, M, "f,m,g,M,amount,,,sum,sum,up,,,-0.5,1,,2020-01-01,\n", 3, "target",
         "catalogue.out_of_range"},
        {"weight too large", K, M, "f,m,g,M,amount,,,sum,sum,up,,,1,1001,,2020-01-01,\n", 3,
         "weight", "catalogue.out_of_range"},
        {"required perhaps", K, M, "f,m,g,M,amount,,,sum,sum,up,,,1,1,perhaps,2020-01-01,\n", 3,
         "required", "catalogue.unknown_word"},
        {"opened empty", K, M, "f,m,g,M,amount,,,sum,sum,up,,,1,1,no,,\n", 3, "opened",
         "catalogue.empty"},
        {"score without min", K, M, "f,m,g,M,score,,1,last,min,up,,10,,,,2020-01-01,\n", 3, "min",
         "catalogue.empty"},
        {"score without max", K, M, "f,m,g,M,score,,1,last,min,up,0,,,,,2020-01-01,\n", 3, "max",
         "catalogue.empty"},
        {"a text with a target", K, M, "f,m,g,M,text,,,,,,,,1,,,2020-01-01,\n", 3, "target",
         "catalogue.not_allowed"},
        {"communes with a max", K, M, "f,m,g,M,communes,,,last,union,,,9,,,,2020-01-01,\n", 3,
         "max", "catalogue.not_allowed"},
        {"a choice with a min", K, "f,ch,g,CH,choice,,,last,distribution,,,",
         "f,ch,g,CH,choice,,,last,distribution,,0,", 6, "min", "catalogue.not_allowed"},
    };
    CHECK(rows);
}

/* Every kind with every pair of aggregations, against the table of SEMANTICS 4. */
static void test_aggregations(void)
{
    static const char *const times[] = {"sum", "last", "average", "min", "max", ""};
    static const char *const districts[] = {"sum",          "average", "min", "max",
                                            "distribution", "union",   ""};
    static const struct {
        const char *name, *want_times, *want_districts; /* " sum last " ...; "-" is empty */
    } kinds[] = {
        {"count", " sum last average min max ", " sum average min max "},
        {"amount", " sum last average min max ", " sum average min max "},
        {"ratio", " sum last ", " sum "},
        {"score", " average last min max ", " average min max "},
        {"choice", " last ", " distribution "},
        {"communes", " last ", " union "},
        {"text", " - ", " - "},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t t = 0; t < sizeof times / sizeof *times; t++)
            for (size_t d = 0; d < sizeof districts / sizeof *districts; d++) {
                char line[256], name[64], word[32];
                const char *kind = kinds[k].name;
                bool score = strcmp(kind, "score") == 0;
                snprintf(name, sizeof name, "%s %s %s", kind, times[t], districts[d]);
                snprintf(line, sizeof line, "f,m,g,M,%s,,,%s,%s,,%s,%s,,,,2020-01-01,\n", kind,
                         times[t], districts[d], score ? "0" : "", score ? "9" : "");
                snprintf(word, sizeof word, " %s ", times[t][0] ? times[t] : "-");
                bool want_time = strstr(kinds[k].want_times, word);
                snprintf(word, sizeof word, " %s ", districts[d][0] ? districts[d] : "-");
                bool want_district = strstr(kinds[k].want_districts, word);

                struct folder folder;
                struct th_fault_list faults = {0};
                folder_make_small(&folder);
                folder_replace(&folder, K, M, line);
                /* so that a choice has its choices; anything else may not */
                if (strcmp(kind, "choice") == 0)
                    folder_replace(&folder, H, "f,ch,stop,Stop,\n", "f,ch,stop,S,\nf,m,x,X,\n");
                struct th_catalogue *catalogue = folder_load(&folder, &faults);
                TH_CHECK(name, (catalogue != NULL) == (want_time && want_district));
                TH_CHECK(name, faults.count == (size_t)!want_time + (size_t)!want_district);
                for (size_t i = 0; i < faults.count; i++) {
                    const char *column = i == 0 && !want_time ? "time_agg" : "district_agg";
                    TH_CHECK_TEXT(name, faults.faults[i].column, column);
                    TH_CHECK_TEXT(name, faults.faults[i].code, "catalogue.not_allowed");
                }
                th_fault_list_free(&faults);
                th_catalogue_release(&catalogue);
                folder_free(&folder);
            }
}

#define RULE "f,within,r.num,<=,r.den,error,Too many,\n"

static void test_rules(void)
{
    static const struct mistake rows[] = {
        {"rule twice", R, RULE, RULE "f,within,n,<,m,error,X,\n", 3, "code", "catalogue.duplicate"},
        {"form unknown", R, RULE, "x,within,n,<,m,error,X,\n", 2, "form",
         "catalogue.unknown_reference"},
        {"left empty", R, RULE, "f,within,,<,m,error,X,\n", 2, "left", "catalogue.empty"},
        {"right unknown", R, RULE, "f,within,n,<,zz,error,X,\n", 2, "right",
         "catalogue.unknown_reference"},
        {"operator without blanks", R, RULE, "f,within,n+m,<,1,error,X,\n", 2, "left",
         "catalogue.unknown_reference"},
        /* `n-m` is a good code of a criterion that is not there */
        {"minus without blanks", R, RULE, "f,within,1,<,n-m,error,X,\n", 2, "right",
         "catalogue.unknown_reference"},
        {"two terms without operator", R, RULE, "f,within,n m,<,1,error,X,\n", 2, "left",
         "catalogue.malformed_rule"},
        {"two operators", R, RULE, "f,within,n + - m,<,1,error,X,\n", 2, "left",
         "catalogue.malformed_rule"},
        {"ends with an operator", R, RULE, "f,within,n +,<,1,error,X,\n", 2, "left",
         "catalogue.malformed_rule"},
        {"an operator alone", R, RULE, "f,within,-,<,1,error,X,\n", 2, "left",
         "catalogue.malformed_rule"},
        {"part of a count", R, RULE, "f,within,n.num,<,1,error,X,\n", 2, "left",
         "catalogue.not_allowed"},
        {"bare ratio", R, RULE, "f,within,r,<,1,error,X,\n", 2, "left", "catalogue.not_allowed"},
        {"bare choice", R, RULE, "f,within,ch,<,1,error,X,\n", 2, "left", "catalogue.not_allowed"},
        {"bare text", R, RULE, "f,within,t,<,1,error,X,\n", 2, "left", "catalogue.not_allowed"},
        {"number of 10 decimals", R, RULE, "f,within,n,<,0.0123456789,error,X,\n", 2, "right",
         "catalogue.malformed_rule"},
        {"two criteria, one unknown", R, RULE, "f,within,n + l - q,<,1,error,X,\n", 2, "left",
         "catalogue.unknown_reference"},
        {"comparison unknown", R, RULE, "f,within,n,==,1,error,X,\n", 2, "op",
         "catalogue.unknown_word"},
        {"severity unknown", R, RULE, "f,within,n,=,1,fatal,X,\n", 2, "severity",
         "catalogue.unknown_word"},
        {"severity empty", R, RULE, "f,within,n,=,1,,X,\n", 2, "severity", "catalogue.empty"},
        {"message empty", R, RULE, "f,within,n,=,1,error,,X\n", 2, "message_vi", "catalogue.empty"},
        /* a criterion with the code 7: "7" in a rule could be it or the number */
        {"number or criterion", K, M, M "f,7,g,S,count,,,sum,sum,,,,,,,2020-01-01,\n", 0, "", ""},
    };
    check_mistakes(rows, sizeof rows / sizeof *rows - 1);

    const struct mistake *last = &rows[sizeof rows / sizeof *rows - 1];
    struct folder folder;
    struct th_fault_list faults = {0};
    folder_make_small(&folder);
    folder_replace(&folder, last->file, last->from, last->to);
    struct th_catalogue *catalogue = folder_load(&folder, &faults);
    TH_CHECK("no rule names it", catalogue != NULL && faults.count == 0);
    th_catalogue_release(&catalogue);
    folder_replace(&folder, R, RULE, "f,within,n,<,7,error,X,\n");
    TH_CHECK(last->name, folder_load(&folder, &faults) == NULL && faults.count == 1);
    if (faults.count > 0)
        TH_CHECK_TEXT(last->name, faults.faults[0].code, "catalogue.malformed_rule");
    th_fault_list_free(&faults);
    folder_free(&folder);
}

static void test_targets_periods_holidays(void)
{
    static const char target[] = "f,n,a,2020-01-01,,5\n";
    static const char period[] = "term,Term,,2020-01-01,2024-12-31\n";
    static const char holiday[] = "2020-01-01,New Year,,no\n";
    static const struct mistake rows[] = {
        {"target of a text", T, target, "f,t,a,2020-01-01,,5\n", 2, "criterion",
         "catalogue.not_allowed"},
        {"target of a communes list", T, target, "f,l,,2020-01-01,,5\n", 2, "criterion",
         "catalogue.not_allowed"},
        {"target for an unknown district", T, target, "f,n,z,2020-01-01,,5\n", 2, "district",
         "catalogue.unknown_reference"},
        {"target below 0", T, target, "f,n,a,2020-01-01,,-5\n", 2, "target",
         "catalogue.out_of_range"},
        {"target empty", T, target, "f,n,a,2020-01-01,,\n", 2, "target", "catalogue.empty"},
        {"from empty", T, target, "f,n,a,,,5\n", 2, "from", "catalogue.empty"},
        {"to before from", T, target, "f,n,a,2020-01-01,2019-01-01,5\n", 2, "to",
         "catalogue.backwards"},
        {"same days twice", T, target, "f,n,a,2020-01-01,,5\nf,n,a,2020-01-01,,6\n", 3, "",
         "catalogue.duplicate"},
        {"period like a month", P, period, "2024-03,X,,2020-01-01,2024-12-31\n", 2, "code",
         "catalogue.malformed_code"},
        {"period like a year", P, period, "2024,X,,2020-01-01,2024-12-31\n", 2, "code",
         "catalogue.malformed_code"},
        /* no month, yet nobody could tell it from a mistyped one */
        {"period like a 13th month", P, period, "2024-13,X,,2020-01-01,2024-12-31\n", 2, "code",
         "catalogue.malformed_code"},
        {"period like a quarter of DHIS2", P, period, "2024Q1,X,,2020-01-01,2024-12-31\n", 2,
         "code", "catalogue.malformed_code"},
        {"period like nine months", P, period, "2024-9M,X,,2020-01-01,2024-12-31\n", 2, "code",
         "catalogue.malformed_code"},
        {"period like a range", P, period, "a..b,X,,2020-01-01,2024-12-31\n", 2, "code",
         "catalogue.malformed_code"},
        {"period like a year to date", P, period, "term.ytd,X,,2020-01-01,2024-12-31\n", 2, "code",
         "catalogue.malformed_code"},
        {"period twice", P, period,
         "term,T,,2020-01-01,2024-12-31\nterm,T,,2020-01-01,2024-12-31\n", 3, "code",
         "catalogue.duplicate"},
        {"period without end", P, period, "term,T,,2020-01-01,\n", 2, "to", "catalogue.empty"},
        {"period backwards", P, period, "term,T,,2020-01-02,2020-01-01\n", 2, "to",
         "catalogue.backwards"},
        {"holiday twice", W, holiday, "2020-01-01,X,,no\n2020-01-01,Y,,yes\n", 3, "date",
         "catalogue.duplicate"},
        {"holiday half worked", W, holiday, "2020-01-01,X,,half\n", 2, "working",
         "catalogue.unknown_word"},
    };
    CHECK(rows);
}

static const struct th_test tests[] = {
    {"headers and columns", test_headers},
    {"districts.csv", test_districts},
    {"communes.csv", test_communes},
    {"forms.csv", test_forms},
    {"groups.csv and choices.csv", test_groups_and_choices},
    {"criteria.csv", test_criteria},
    {"kinds take the aggregations of SEMANTICS 4 and no others", test_aggregations},
    {"rules.csv", test_rules},
    {"targets.csv, periods.csv, holidays.csv", test_targets_periods_holidays},
};
TH_TEST_MAIN("catalogue rows", tests)
