#include <jansson.h>
#include <locale.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/render/table.h"
#include "common/render/xlsx_cell.h"
#include "th_test.h"

#define NBSP "\xc2\xa0"

static const struct th_column columns[] = {
    {.name = "district", .heading = NULL},
    {.name = "district_name", .heading = "Huyện", .people_only = true},
    {.name = "value", .heading = "Giá trị", .right = true},
    {.name = "den", .heading = "Mẫu số", .machine_only = true},
    {.name = "text", .heading = "Nhận xét", .wrap = true},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* Two rows, a rule between, a note. */
static enum th_status fill(FILE *out, enum th_format format, bool rows)
{
    static const char *const ha_long[] = {"ha-long", "Hạ Long", "1234.5", "7", "Tốt, \"đạt\""};
    static const char *const people[] = {NULL, NULL, "1.234,5", NULL, NULL};
    static const char *const co_to[] = {"co-to", "Cô Tô", "", NULL, NULL};
    struct th_error error = {0};
    struct th_table *table = th_table_create(out, format, "Tổng hợp", columns, COLUMNS);
    th_table_note(table, "note", "Số liệu sơ bộ");
    if (rows) {
        th_table_row(table, ha_long, people);
        th_table_rule(table);
        th_table_row(table, co_to, NULL);
        th_table_rule(table); /* nothing follows: no blank line */
    }
    enum th_status status = th_table_finish(&table, &error);
    TH_CHECK("destroyed", table == NULL);
    return status;
}

static void forms_are_exact(void)
{
    static const struct {
        const char *name;
        enum th_format format;
        bool rows;
        const char *want;
    } cases[] = {
        {"csv", TH_FORMAT_CSV, true,
         "district,value,den,text\nha-long,1234.5,7,\"Tốt, \"\"đạt\"\"\"\nco-to,,,\n"},
        {"csv without rows", TH_FORMAT_CSV, false, "district,value,den,text\n"},
        {"json", TH_FORMAT_JSON, true,
         "{\"note\":\"Số liệu sơ bộ\",\n\"rows\":[\n"
         "{\"district\":\"ha-long\",\"value\":\"1234.5\",\"den\":\"7\",\"text\":\"Tốt, "
         "\\\"đạt\\\"\"},\n"
         "{\"district\":\"co-to\",\"value\":null,\"den\":null,\"text\":null}\n]}\n"},
        {"json without rows", TH_FORMAT_JSON, false,
         "{\"note\":\"Số liệu sơ bộ\",\n\"rows\":[]}\n"},
        /* aligned by what the eye sees, not by bytes */
        {"table", TH_FORMAT_TABLE, true,
         "Tổng hợp\n\n"
         "Huyện    Giá trị  Nhận xét\n"
         "Hạ Long  1.234,5  Tốt, \"đạt\"\n"
         "\n"
         "Cô Tô\n"
         "\n"
         "Số liệu sơ bộ\n"},
        {"table without rows", TH_FORMAT_TABLE, false,
         "Tổng hợp\n\nHuyện  Giá trị  Nhận xét\n\nSố liệu sơ bộ\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        TH_CHECK(cases[i].name, fill(out, cases[i].format, cases[i].rows) == TH_OK);
        fclose(out);
        TH_CHECK_TEXT(cases[i].name, text, cases[i].want);
        if (cases[i].format == TH_FORMAT_JSON) {
            json_t *parsed = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
            TH_CHECK(cases[i].name,
                     json_array_size(json_object_get(parsed, "rows")) == (cases[i].rows ? 2 : 0));
            json_decref(parsed);
        }
        free(text);
    }
}

static void hostile_cells_cannot_break_the_form(void)
{
    static const struct th_column one[] = {{.name = "a", .heading = "A"},
                                           {.name = "b", .heading = "B", .wrap = true}};
    static const char *const cells[] = {"x\033[31m\ny\u202egnorw",
                                        "first\r\nsecond\ttab\033]0;t\a"};
    static const enum th_format formats[] = {TH_FORMAT_TABLE, TH_FORMAT_JSON};
    for (size_t i = 0; i < 2; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        struct th_table *table = th_table_create(out, formats[i], "t\033[2J", one, 2);
        th_table_row(table, cells, NULL);
        TH_CHECK("finish", th_table_finish(&table, NULL) == TH_OK);
        fclose(out);
        TH_CHECK("no escape", strchr(text, '\033') == NULL && strchr(text, '\a') == NULL);
        if (formats[i] == TH_FORMAT_TABLE) {
            TH_CHECK("line kept", strstr(text, "first\n") && strstr(text, "second tab"));
            TH_CHECK("no override", !strstr(text, "\u202e") && strstr(text, "\uFFFDgnorw"));
        }
        free(text);
    }
}

static void lost_output_is_an_error(void)
{
    static const enum th_format formats[] = {TH_FORMAT_TABLE, TH_FORMAT_CSV, TH_FORMAT_JSON,
                                             TH_FORMAT_XLSX};
    for (size_t i = 0; i < 4; i++) {
        FILE *full = fopen("/dev/full", "w");
        TH_CHECK("full disk", full && fill(full, formats[i], true) == TH_PERMANENT);
        fclose(full);
    }
}

/* A workbook needs a temporary file; without room for it the rows are refused, not lost. */
static void a_workbook_needs_a_folder(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    setenv("TMPDIR", "/nonexistent/folder", 1);
    TH_CHECK("told", fill(out, TH_FORMAT_XLSX, true) == TH_PERMANENT);
    unsetenv("TMPDIR");
    fclose(out);
    TH_CHECK("nothing written", size == 0);
    free(text);
}

/* A long narrative on a terminal of 40 columns. */
static void words_wrap_on_a_terminal(void)
{
    static const char narrative[] =
        "Tiếp tục duy trì, có điều chỉnh quy chế phối hợp giữa các cơ quan tham mưu, giúp việc";
    const char *cells[COLUMNS] = {"ha-long", "Hạ Long", "1234.5", "", narrative};
    struct winsize window = {.ws_row = 24, .ws_col = 40};
    int terminal, program;
    if (openpty(&terminal, &program, NULL, NULL, &window) != 0) {
        fprintf(stderr, "\n    no pseudo-terminal here: wrapping is not tested\n");
        return;
    }
    setenv("NO_COLOR", "1", 1);
    FILE *out = fdopen(program, "w");
    struct th_table *table = th_table_create(out, TH_FORMAT_TABLE, NULL, columns, COLUMNS);
    th_table_row(table, cells, NULL);
    TH_CHECK("finish", th_table_finish(&table, NULL) == TH_OK);
    fclose(out);
    /* What was written may come in parts; behind the last, read() fails. */
    char text[4096];
    size_t taken = 0;
    ssize_t got;
    while ((got = read(terminal, text + taken, sizeof(text) - 1 - taken)) > 0)
        taken += (size_t)got;
    text[taken] = '\0';
    close(terminal);

    /* The table was made under "C", as in a service; measuring it wants UTF-8. */
    setlocale(LC_CTYPE, "C.UTF-8");
    /* Lines are at most 40 columns, and the words of the last column, put together
     * again, are those of the narrative. */
    TH_CLEANUP_BUFFER struct th_buffer together = {0};
    int lines = 0;
    for (char *save = NULL, *line = strtok_r(text, "\r\n", &save); line;
         line = strtok_r(NULL, "\r\n", &save), lines++) {
        wchar_t wide[256];
        size_t length = mbstowcs(wide, line, 256);
        TH_CHECK(line, length != (size_t)-1 && wcswidth(wide, length) <= 40);
        /* 7 + 2 + 7 + 2 columns stand before the narrative */
        if (lines == 0 || length < 18)
            continue;
        char part[512];
        part[wcstombs(part, wide + 18, sizeof(part) - 1)] = '\0';
        th_buffer_printf(&together, "%s%s", together.size ? " " : "", part);
    }
    setlocale(LC_CTYPE, "C");
    TH_CHECK("several lines", lines > 3);
    TH_CHECK_TEXT("words are whole", together.bytes, narrative);
}

static void numbers_are_for_readers(void)
{
    static const struct {
        const char *exact;
        bool percent;
        int digits;
        const char *language, *want;
    } cases[] = {
        {"1234.5", false, 6, "vi", "1.234,5"},
        {"1234.5", false, 6, "en", "1,234.5"},
        {"0.1921", true, 2, "vi", "19,21" NBSP "%"},
        {"0.1921", true, 2, "en", "19.21" NBSP "%"},
        {"0", false, 2, "vi", "0"},
        {"999", false, 0, "vi", "999"},
        {"1000", false, 0, "vi", "1.000"},
        {"1234567890.25", false, 1, "vi", "1.234.567.890,3"},
        /* half away from zero */
        {"0.5", false, 0, "vi", "1"},
        {"-0.5", false, 0, "vi", "-1"},
        {"2.5", false, 0, "vi", "3"},
        {"0.125", false, 2, "en", "0.13"},
        {"-0.125", false, 2, "en", "-0.13"},
        {"0.1249999999999999999", false, 2, "en", "0.12"},
        /* a float would say 1.00 */
        {"1.005", false, 2, "en", "1.01"},
        {"999.995", false, 2, "vi", "1.000"},
        {"9.99", false, 1, "vi", "10"},
        {"-0.004", false, 2, "vi", "0"},
        {"1.500", false, 6, "vi", "1,5"},
        {"007.10", false, 6, "vi", "7,1"},
        {"12345678901234567890123456789.1", false, 1, "en",
         "12,345,678,901,234,567,890,123,456,789.1"},
        {"1", true, 2, "vi", "100" NBSP "%"},
        {"0.005", true, 0, "vi", "1" NBSP "%"},
        {"-12.3456", true, 1, "vi", "-1.234,6" NBSP "%"},
        {".5", false, 1, "vi", "0,5"},
        /* what is no number is shown as it is */
        {"n/a", false, 2, "vi", "n/a"},
        {"1e5", false, 2, "vi", "1e5"},
        {"1.2.3", false, 2, "vi", "1.2.3"},
        {"-", false, 2, "vi", "-"},
        {"", true, 2, "vi", ""},
        {NULL, false, 2, "vi", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[64] = "unset";
        th_render_number(cases[i].exact, cases[i].percent, cases[i].digits, cases[i].language, out,
                         sizeof(out));
        TH_CHECK_TEXT(cases[i].exact ? cases[i].exact : "NULL", out, cases[i].want);
    }
    char huge[700], out[1024];
    memset(huge, '9', sizeof(huge) - 1);
    huge[sizeof(huge) - 1] = '\0';
    th_render_number(huge, true, 2, "vi", out, sizeof(out));
    TH_CHECK("beyond any figure", strcmp(out, huge) == 0);
}

static void formats_by_name(void)
{
    enum th_format format = TH_FORMAT_TABLE;
    TH_CHECK("csv", th_format_parse("csv", &format) && format == TH_FORMAT_CSV);
    TH_CHECK("json", th_format_parse("json", &format) && format == TH_FORMAT_JSON);
    TH_CHECK("table", th_format_parse("table", &format) && format == TH_FORMAT_TABLE);
    TH_CHECK("xlsx", th_format_parse("xlsx", &format) && format == TH_FORMAT_XLSX);
    TH_CHECK("xml", !th_format_parse("xml", &format));
    TH_CHECK("NULL", !th_format_parse(NULL, &format));
}

static void cells_are_what_they_are(void)
{
    static const struct {
        const char *text;
        enum th_cell_kind kind;
        bool right;
        enum th_xlsx_kind want;
        double number;
        int decimals;
    } cases[] = {
        {"1234.50", TH_CELL_BY_COLUMN, true, TH_XLSX_NUMBER, 1234.5, 2},
        {"-0.5", TH_CELL_NUMBER, false, TH_XLSX_NUMBER, -0.5, 1},
        {"0", TH_CELL_NUMBER, true, TH_XLSX_NUMBER, 0, 0},
        {"0.19209", TH_CELL_PERCENT, true, TH_XLSX_PERCENT, 0.19209, 2},
        /* 15 digits are a double's whatever they are; of 16 not all. */
        {"999999999999.999", TH_CELL_NUMBER, true, TH_XLSX_NUMBER, 999999999999.999, 3},
        {"0.00000123456789012345", TH_CELL_NUMBER, true, TH_XLSX_NUMBER, 0.00000123456789012345,
         20},
        {"9999999999999.999", TH_CELL_NUMBER, true, TH_XLSX_RIGHT_TEXT, 0, 0},
        {"123456789012345678", TH_CELL_NUMBER, true, TH_XLSX_RIGHT_TEXT, 0, 0},
        /* Codes and words. */
        {"193", TH_CELL_BY_COLUMN, false, TH_XLSX_TEXT, 0, 0},
        {"193", TH_CELL_TEXT, false, TH_XLSX_TEXT, 0, 0},
        {"06649", TH_CELL_BY_COLUMN, true, TH_XLSX_RIGHT_TEXT, 0, 0},
        {"n/a", TH_CELL_NUMBER, true, TH_XLSX_RIGHT_TEXT, 0, 0},
        {"", TH_CELL_NUMBER, true, TH_XLSX_RIGHT_TEXT, 0, 0},
        {"1.", TH_CELL_NUMBER, true, TH_XLSX_RIGHT_TEXT, 0, 0},
        {"1.2.3", TH_CELL_NUMBER, true, TH_XLSX_RIGHT_TEXT, 0, 0},
        {"1e5", TH_CELL_NUMBER, true, TH_XLSX_RIGHT_TEXT, 0, 0},
        {"=1+1", TH_CELL_NUMBER, true, TH_XLSX_RIGHT_TEXT, 0, 0},
        /* 1 January 2024 is day 45292 of a spreadsheet; 06:00 is a quarter of it. */
        {"2024-01-01", TH_CELL_DATE, false, TH_XLSX_DATE, 45292, 0},
        {"2023-12-31T23:00:00.9Z", TH_CELL_INSTANT, false, TH_XLSX_INSTANT, 45292.25, 0},
        {"never", TH_CELL_INSTANT, false, TH_XLSX_TEXT, 0, 0},
    };
    TH_CHECK("zone", th_clock_use_zone("Asia/Ho_Chi_Minh", NULL) == TH_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_xlsx_cell cell = th_xlsx_cell_of(cases[i].text, cases[i].kind, cases[i].right);
        TH_CHECK(cases[i].text, cell.kind == cases[i].want);
        if (cell.kind == cases[i].want && cell.kind >= TH_XLSX_NUMBER) {
            TH_CHECK(cases[i].text, cell.number == cases[i].number);
            TH_CHECK(cases[i].text, cell.decimals == cases[i].decimals);
        }
    }
}

static const struct th_test tests[] = {
    {"forms are exact", forms_are_exact},
    {"hostile cells cannot break the form", hostile_cells_cannot_break_the_form},
    {"lost output is an error", lost_output_is_an_error},
    {"a workbook needs a folder", a_workbook_needs_a_folder},
    {"words wrap on a terminal", words_wrap_on_a_terminal},
    {"numbers are for readers", numbers_are_for_readers},
    {"formats by name", formats_by_name},
    {"cells are what they are", cells_are_what_they_are},
};

TH_TEST_MAIN("render", tests)
