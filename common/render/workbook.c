#include "common/render/workbook.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/text.h"
#include "common/render/xlsx_cell.h"
#include "common/render/xlsx_library.h"

#define FONT          "Times New Roman"
#define BORDER_COLOUR 0xA6A6A6
#define HEADER_COLOUR 0xDCE6F1
#define GROUP_COLOUR  0xF2F2F2
#define NOTE_COLOUR   0x595959
#define PAPER_A4      9
#define ROWS_MOST     1048576 /* of a sheet */
#define LINES_LEFT    16      /* of them kept for lines below the rows */
#define TEXT_MOST     32000   /* characters of a cell; the format's own bound is 32767 */
#define NAME_MOST     31      /* characters of a sheet's name */
#define DECIMALS_MOST 18
#define WIDTH_LEAST   6
#define WIDTH_MOST    42    /* characters; what is longer is wrapped */
#define WIDTH_WRAP    56    /* likewise of columns that are meant to be */
#define LINE_HEIGHT   15.75 /* points, of the font's size */
#define NARROWNESS    1.2   /* letters of it that take the width of a digit, about */
#define HEIGHT_MOST   409   /* points, of a row */
/* 2000-01-01: a file of the same figures has the same bytes, whenever it is made. */
#define CREATED 946684800

enum style { TITLE, LINE, HEADER, GROUP, TEXT, TEXT_WRAP, TEXT_RIGHT, DATE, INSTANT, STYLES };

struct th_workbook {
    char *path; /* of the temporary file */
    lxw_workbook *book;
    lxw_worksheet *sheet; /* NULL: none begun */
    const struct th_column *columns;
    size_t column_count;
    lxw_format *styles[STYLES];
    lxw_format *numbers[2][2][DECIMALS_MOST + 1]; /* by percent, marked, decimals */

    /* Of the sheet being written. */
    const char *name, *title;
    const char *const *lines;
    size_t line_count;
    lxw_row_t header, next; /* row numbers */
    size_t *widths;         /* of the columns, in characters */
    bool *filled;           /* which of them have any cell that is not empty */
    size_t row_lines;       /* of text, of the row being written */
    bool rows_ended;        /* a line stands below them */
    size_t sheet_count;
    bool failed;
};

static lxw_format *new_format(struct th_workbook *workbook, bool bordered)
{
    lxw_format *format = th_xlsx.workbook_add_format(workbook->book);
    th_xlsx.format_set_font_name(format, FONT);
    th_xlsx.format_set_font_size(format, 11);
    if (bordered) {
        th_xlsx.format_set_border(format, LXW_BORDER_THIN);
        th_xlsx.format_set_border_color(format, BORDER_COLOUR);
        th_xlsx.format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    }
    return format;
}

static void make_styles(struct th_workbook *workbook)
{
    lxw_format **styles = workbook->styles;
    for (size_t i = 0; i < STYLES; i++)
        styles[i] = new_format(workbook, i >= HEADER);
    th_xlsx.format_set_bold(styles[TITLE]);
    th_xlsx.format_set_font_size(styles[TITLE], 14);
    th_xlsx.format_set_font_color(styles[LINE], NOTE_COLOUR);
    th_xlsx.format_set_bold(styles[HEADER]);
    th_xlsx.format_set_align(styles[HEADER], LXW_ALIGN_CENTER);
    th_xlsx.format_set_align(styles[HEADER], LXW_ALIGN_VERTICAL_CENTER);
    th_xlsx.format_set_bg_color(styles[HEADER], HEADER_COLOUR);
    th_xlsx.format_set_text_wrap(styles[HEADER]);
    th_xlsx.format_set_bold(styles[GROUP]);
    th_xlsx.format_set_bg_color(styles[GROUP], GROUP_COLOUR);
    th_xlsx.format_set_text_wrap(styles[TEXT_WRAP]);
    th_xlsx.format_set_indent(styles[TEXT], 1);
    th_xlsx.format_set_indent(styles[TEXT_WRAP], 1);
    th_xlsx.format_set_align(styles[TEXT_RIGHT], LXW_ALIGN_RIGHT);
    th_xlsx.format_set_num_format(styles[DATE], "dd/mm/yyyy");
    th_xlsx.format_set_num_format(styles[INSTANT], "dd/mm/yyyy hh:mm:ss");
}

/* As many decimals as the exact text has; the spreadsheet's language sets the marks. */
static lxw_format *number_format(struct th_workbook *workbook, int decimals, bool percent,
                                 bool marked)
{
    int digits = decimals < DECIMALS_MOST ? decimals : DECIMALS_MOST;
    lxw_format **format = &workbook->numbers[percent][marked][digits];
    char pattern[DECIMALS_MOST + 16];
    if (!*format) {
        snprintf(pattern, sizeof(pattern), "%s%s%.*s%s%s", percent ? "0" : "#,##0",
                 digits > 0 ? "." : "", digits, "000000000000000000", percent ? "%" : "",
                 marked ? "\"*\"" : "");
        *format = new_format(workbook, true);
        th_xlsx.format_set_num_format(*format, pattern);
    }
    return *format;
}

static char *temporary_path(void)
{
    const char *folder = getenv("TMPDIR");
    char *path = NULL;
    if (asprintf(&path, "%s/tonghop-xlsx.XXXXXX", folder && *folder ? folder : "/tmp") < 0)
        abort();
    int file = mkstemp(path);
    if (file < 0) {
        free(path);
        return NULL;
    }
    close(file);
    return path;
}

struct th_workbook *th_workbook_create(const struct th_column *columns, size_t column_count,
                                       struct th_error *error)
{
    if (th_xlsx_library_load(error) != TH_OK)
        return NULL;
    char *path = temporary_path();
    if (!path) {
        th_error_set(error, TH_PERMANENT,
                     "cannot make the workbook's temporary file: %m; TMPDIR names its folder");
        return NULL;
    }
    struct th_workbook *workbook = calloc(1, sizeof(*workbook));
    size_t *widths = calloc(column_count + 1, sizeof(*widths));
    bool *filled = calloc(column_count + 1, sizeof(*filled));
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = getenv("TMPDIR")};
    lxw_workbook *book = th_xlsx.workbook_new_opt(path, &options);
    if (!workbook || !widths || !filled || !book)
        abort();
    *workbook = (struct th_workbook){.path = path,
                                     .book = book,
                                     .columns = columns,
                                     .column_count = column_count,
                                     .widths = widths,
                                     .filled = filled};
    make_styles(workbook);
    return workbook;
}

/* ------------------------------------------------------------------- sheets */

static void note(struct th_workbook *workbook, lxw_error error)
{
    if (error != LXW_NO_ERROR)
        workbook->failed = true;
}

static size_t widest_word(const char *text)
{
    size_t widest = 0;
    while (*text) {
        size_t size = strcspn(text, " \n");
        size_t width = th_text_length((struct th_slice){text, size});
        widest = width > widest ? width : widest;
        text += size + (text[size] != '\0');
    }
    return widest;
}

static size_t width_most(const struct th_workbook *workbook, size_t column)
{
    return workbook->columns[column].wrap ? WIDTH_WRAP : WIDTH_MOST;
}

/* What is wider than a column can be is wrapped; how high that is is told, since not every
 * program works it out by itself. */
static size_t lines_of(const char *text, size_t width)
{
    size_t lines = 0;
    width = (size_t)((double)width * NARROWNESS);
    while (*text) {
        size_t size = strcspn(text, "\n");
        size_t length = th_text_length((struct th_slice){text, size});
        lines += length > 0 ? (length + width - 1) / width : 1;
        text += size + (text[size] != '\0');
    }
    return lines;
}

static void set_height(struct th_workbook *workbook, lxw_row_t row, size_t lines)
{
    double height = (double)lines * LINE_HEIGHT + 2;
    if (lines > 1)
        note(workbook,
             th_xlsx.worksheet_set_row(workbook->sheet, row,
                                       height < HEIGHT_MOST ? height : HEIGHT_MOST, NULL));
}

static void widen(struct th_workbook *workbook, size_t column, size_t width)
{
    size_t most = width_most(workbook, column);
    width = width < most ? width : most;
    if (width > workbook->widths[column])
        workbook->widths[column] = width;
}

/* A form's code is a name already but for its length; anything else is mended. */
static void sheet_name(struct th_workbook *workbook, const char *wanted,
                       char out[4 * NAME_MOST + 1])
{
    char shortened[4 * NAME_MOST + 1];
    for (size_t attempt = 0; attempt <= workbook->sheet_count; attempt++) {
        char suffix[24] = "";
        if (attempt > 0)
            snprintf(suffix, sizeof(suffix), " (%zu)", attempt + 1);
        th_text_shorten(th_slice_of(wanted), NAME_MOST - strlen(suffix), shortened,
                        sizeof(shortened) - strlen(suffix));
        snprintf(out, 4 * NAME_MOST + 1, "%s%s", shortened, suffix);
        for (char *at = out; *at; at++)
            if (strchr("[]:*?/\\'", *at) || (unsigned char)*at < 0x20)
                *at = '-';
        if (th_xlsx.workbook_validate_sheet_name(workbook->book, out) == LXW_NO_ERROR)
            return;
    }
}

static void set_up_page(struct th_workbook *workbook)
{
    lxw_worksheet *sheet = workbook->sheet;
    th_xlsx.worksheet_set_landscape(sheet);
    th_xlsx.worksheet_set_paper(sheet, PAPER_A4);
    th_xlsx.worksheet_fit_to_pages(sheet, 1, 0);
    th_xlsx.worksheet_set_margins(sheet, 0.5, 0.5, 0.6, 0.6);
    note(workbook, th_xlsx.worksheet_set_footer(sheet, "&C&P/&N"));
    note(workbook, th_xlsx.worksheet_repeat_rows(sheet, workbook->header, workbook->header));
    th_xlsx.worksheet_freeze_panes(sheet, workbook->header + 1, 0);
}

static void write_line(struct th_workbook *workbook, const char *text, enum style style)
{
    if (*text)
        note(workbook, th_xlsx.worksheet_write_string(workbook->sheet, workbook->next, 0, text,
                                                      workbook->styles[style]));
    workbook->next++;
}

static void write_headings(struct th_workbook *workbook)
{
    size_t lines = 1;
    for (size_t i = 0; i < workbook->column_count; i++) {
        const struct th_column *column = &workbook->columns[i];
        const char *heading = column->heading ? column->heading : column->name;
        size_t width = th_text_length(th_slice_of(heading));
        size_t word = widest_word(heading) + 3; /* the filter's button */
        workbook->widths[i] = WIDTH_LEAST;
        workbook->filled[i] = false;
        widen(workbook, i, word > (width + 1) / 2 ? word : (width + 1) / 2);
        note(workbook, th_xlsx.worksheet_write_string(workbook->sheet, workbook->next, (lxw_col_t)i,
                                                      heading, workbook->styles[HEADER]));
        size_t taken = lines_of(heading, workbook->widths[i]);
        lines = taken > lines ? taken : lines;
    }
    set_height(workbook, workbook->next, lines);
}

/* What is known only when all rows are written. Columns without a single value, such as
 * choices of a form that has none, are hidden: paper is narrow. */
static void end_sheet(struct th_workbook *workbook)
{
    if (!workbook->sheet || workbook->column_count == 0)
        return;
    if (workbook->rows_ended)
        return;
    workbook->rows_ended = true;
    bool any = workbook->next > workbook->header + 1;
    note(workbook,
         th_xlsx.worksheet_autofilter(workbook->sheet, workbook->header, 0, workbook->next - 1,
                                      (lxw_col_t)(workbook->column_count - 1)));
    for (size_t i = 0; i < workbook->column_count; i++) {
        lxw_row_col_options options = {.hidden = any && !workbook->filled[i]};
        note(workbook,
             th_xlsx.worksheet_set_column_opt(workbook->sheet, (lxw_col_t)i, (lxw_col_t)i,
                                              (double)workbook->widths[i] + 1.5, NULL, &options));
    }
}

static void begin_sheet(struct th_workbook *workbook)
{
    char name[4 * NAME_MOST + 1];
    sheet_name(workbook, workbook->name, name);
    workbook->sheet = th_xlsx.workbook_add_worksheet(workbook->book, name);
    if (!workbook->sheet) {
        workbook->failed = true;
        return;
    }
    workbook->sheet_count++;
    workbook->next = 0;
    workbook->rows_ended = false;
    if (workbook->title)
        write_line(workbook, workbook->title, TITLE);
    for (size_t i = 0; i < workbook->line_count; i++)
        write_line(workbook, workbook->lines[i], LINE);
    if (workbook->next > 0)
        workbook->next++; /* a blank row */
    workbook->header = workbook->next;
    write_headings(workbook);
    set_up_page(workbook);
    workbook->next++;
}

void th_workbook_sheet(struct th_workbook *workbook, const char *name, const char *title,
                       const char *const *lines, size_t line_count)
{
    end_sheet(workbook);
    workbook->name = name;
    workbook->title = title;
    workbook->lines = lines;
    workbook->line_count = line_count;
    begin_sheet(workbook);
}

void th_workbook_columns(struct th_workbook *workbook, const struct th_column *columns,
                         size_t column_count)
{
    end_sheet(workbook);
    workbook->sheet = NULL;
    free(workbook->widths);
    free(workbook->filled);
    workbook->columns = columns;
    workbook->column_count = column_count;
    workbook->widths = calloc(column_count + 1, sizeof(*workbook->widths));
    workbook->filled = calloc(column_count + 1, sizeof(*workbook->filled));
    if (!workbook->widths || !workbook->filled)
        abort();
}

/* A sheet that is full goes on in another of the same head. */
static bool has_room(struct th_workbook *workbook)
{
    if (workbook->next >= ROWS_MOST - LINES_LEFT) {
        end_sheet(workbook);
        begin_sheet(workbook);
    }
    return workbook->sheet && !workbook->failed;
}

/* --------------------------------------------------------------------- rows */

/* Longer than a cell may be: cut, and marked. Written as a string whatever it begins
 * with, so that it is never a formula. */
static void write_text(struct th_workbook *workbook, size_t column, const char *text, bool right)
{
    char cut[4 * TEXT_MOST + 8];
    struct th_slice slice = th_slice_of(text);
    if (!th_text_is_utf8(slice)) {
        workbook->failed = true;
        return;
    }
    size_t length = th_text_length(slice);
    workbook->filled[column] = workbook->filled[column] || length > 0;
    if (length > TEXT_MOST) {
        th_text_shorten(slice, TEXT_MOST, cut, sizeof(cut));
        text = cut;
    }
    bool wrap = workbook->columns[column].wrap || length > WIDTH_MOST || strchr(text, '\n');
    size_t lines = lines_of(text, width_most(workbook, column));
    if (lines > workbook->row_lines)
        workbook->row_lines = lines;
    enum style style = wrap ? TEXT_WRAP : right ? TEXT_RIGHT : TEXT;
    widen(workbook, column, length);
    note(workbook,
         th_xlsx.worksheet_write_string(workbook->sheet, workbook->next, (lxw_col_t)column, text,
                                        workbook->styles[style]));
}

static void write_marked_text(struct th_workbook *workbook, size_t column, const char *text,
                              bool right)
{
    TH_CLEANUP_BUFFER struct th_buffer marked = {0};
    th_buffer_add_text(&marked, text);
    if (*text)
        th_buffer_add_char(&marked, '*');
    write_text(workbook, column, (const char *)marked.bytes, right);
}

static void write_cell(struct th_workbook *workbook, size_t column, const char *exact,
                       const char *people, enum th_cell_kind said)
{
    lxw_format *format = NULL;
    bool marked = (said & TH_CELL_MARKED) != 0;
    enum th_cell_kind kind = said & ~(unsigned)TH_CELL_MARKED;
    struct th_xlsx_cell cell = th_xlsx_cell_of(exact, kind ? kind : workbook->columns[column].cell,
                                               workbook->columns[column].right);
    switch (cell.kind) {
    case TH_XLSX_NUMBER:
        format = number_format(workbook, cell.decimals, false, marked);
        break;
    case TH_XLSX_PERCENT:
        format = number_format(workbook, cell.decimals, true, marked);
        break;
    case TH_XLSX_DATE:
        format = workbook->styles[DATE];
        break;
    case TH_XLSX_INSTANT:
        format = workbook->styles[INSTANT];
        break;
    case TH_XLSX_TEXT:
    case TH_XLSX_RIGHT_TEXT:
        /* The exact text stands where a number was too long for a double. */
        (marked ? write_marked_text : write_text)(workbook, column, cell.width > 0 ? exact : people,
                                                  cell.kind == TH_XLSX_RIGHT_TEXT);
        return;
    }
    widen(workbook, column, cell.width + marked);
    workbook->filled[column] = true;
    note(workbook, th_xlsx.worksheet_write_number(workbook->sheet, workbook->next,
                                                  (lxw_col_t)column, cell.number, format));
}

void th_workbook_row(struct th_workbook *workbook, const char *const *cells,
                     const char *const *people, const enum th_cell_kind *kinds)
{
    if (!has_room(workbook))
        return;
    workbook->row_lines = 1;
    for (size_t i = 0; i < workbook->column_count; i++)
        write_cell(workbook, i, cells[i], people[i], kinds[i]);
    set_height(workbook, workbook->next, workbook->row_lines);
    workbook->next++;
}

void th_workbook_group(struct th_workbook *workbook, const char *text)
{
    if (!has_room(workbook))
        return;
    lxw_format *format = workbook->styles[GROUP];
    note(workbook,
         th_xlsx.worksheet_write_string(workbook->sheet, workbook->next, 0, text, format));
    for (size_t i = 1; i < workbook->column_count; i++)
        note(workbook,
             th_xlsx.worksheet_write_blank(workbook->sheet, workbook->next, (lxw_col_t)i, format));
    workbook->next++;
}

void th_workbook_line(struct th_workbook *workbook, const char *text)
{
    if (!workbook->sheet)
        return;
    bool first = !workbook->rows_ended;
    end_sheet(workbook);
    workbook->next += first; /* a blank row */
    write_line(workbook, text, LINE);
}

/* --------------------------------------------------------------------- file */

static bool copy_to(const char *path, FILE *out)
{
    char block[65536];
    size_t size;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    while ((size = fread(block, 1, sizeof(block), file)) > 0)
        if (fwrite(block, 1, size, out) != size)
            break;
    bool whole = feof(file) && !ferror(file);
    fclose(file);
    return whole;
}

bool th_workbook_finish(struct th_workbook **workbook, FILE *out)
{
    struct th_workbook *finished = *workbook;
    lxw_doc_properties properties = {.title = (char *)(finished->title ? finished->title : ""),
                                     .author = (char *)"",
                                     .company = (char *)"",
                                     .created = CREATED};
    end_sheet(finished);
    note(finished, th_xlsx.workbook_set_properties(finished->book, &properties));
    note(finished, th_xlsx.workbook_close(finished->book));
    bool written = !finished->failed && copy_to(finished->path, out);
    unlink(finished->path);
    free(finished->path);
    free(finished->widths);
    free(finished->filled);
    free(finished);
    *workbook = NULL;
    return written;
}
