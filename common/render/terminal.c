/* Tables for people over libsmartcols. It measures by the locale of the thread,
 * so printing goes on under a UTF-8 one, whatever the process has. */
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/render/render_private.h"

#define GAP       "  "
#define GAP_WIDTH 2
#define NARROWEST 16 /* a wrapped column is no narrower than this, or its heading */
#define BOLD      "\033[1m"

bool th_terminal_is(FILE *out)
{
    int file = fileno(out);
    return file >= 0 && isatty(file);
}

bool th_terminal_is_plain(FILE *out)
{
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
    return !th_terminal_is(out) || !terminal || strcmp(terminal, "dumb") == 0 ||
           (no_color && *no_color);
}

static size_t terminal_width(FILE *out)
{
    struct winsize size;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* The width of each column: of its widest text, but wrapping columns give way,
 * the widest first, until a line fits the terminal. */
static size_t *measure(FILE *out, const struct th_grid *grid, struct th_arena *arena)
{
    size_t count = grid->column_count, total = 0;
    size_t *widths = th_arena_alloc(arena, count * sizeof(*widths));
    size_t *least = th_arena_alloc(arena, count * sizeof(*least));
    for (size_t i = 0; i < count; i++) {
        size_t heading = th_wrap_width(grid->columns[i].heading);
        widths[i] = heading;
        least[i] = heading > NARROWEST ? heading : NARROWEST;
        for (size_t row = 0; row < grid->row_count; row++) {
            size_t width = th_wrap_width(grid->cells[row * count + i]);
            widths[i] = width > widths[i] ? width : widths[i];
        }
        total += widths[i] + (i > 0 ? GAP_WIDTH : 0);
    }

    size_t room = th_terminal_is(out) ? terminal_width(out) : SIZE_MAX;
    while (total > room) {
        size_t widest = count;
        for (size_t i = 0; i < count; i++)
            if (grid->columns[i].wrap && widths[i] > least[i] &&
                (widest == count || widths[i] > widths[widest]))
                widest = i;
        if (widest == count)
            break;
        widths[widest]--;
        total--;
    }
    return widths;
}

static bool add_columns(struct libscols_table *table, const struct th_grid *grid, bool plain)
{
    for (size_t i = 0; i < grid->column_count; i++) {
        const struct th_column *column = &grid->columns[i];
        int flags = (column->right ? SCOLS_FL_RIGHT : 0) | (column->wrap ? SCOLS_FL_WRAP : 0);
        struct libscols_column *added = scols_table_new_column(table, column->heading, 0, flags);
        if (!added)
            return false;
        if (column->wrap && (scols_column_set_safechars(added, "\n") != 0 ||
                             scols_column_set_wrapfunc(added, scols_wrapnl_chunksize,
                                                       scols_wrapnl_nextchunk, NULL) != 0))
            return false;
        if (!plain && scols_cell_set_color(scols_column_get_header(added), BOLD) != 0)
            return false;
    }
    return true;
}

static bool add_rows(struct libscols_table *table, const struct th_grid *grid, const size_t *widths)
{
    TH_CLEANUP_BUFFER struct th_buffer wrapped = {0};
    for (size_t row = 0; row < grid->row_count; row++) {
        struct libscols_line *line = scols_table_new_line(table, NULL);
        if (!line)
            return false;
        for (size_t i = 0; i < grid->column_count; i++) {
            const char *text = grid->cells[row * grid->column_count + i];
            if (grid->columns[i].wrap && *text) {
                th_buffer_clear(&wrapped);
                th_wrap_add(&wrapped, text, widths[i]);
                text = wrapped.bytes;
            }
            if (*text && scols_line_set_data(line, i, text) != 0)
                return false;
        }
    }
    /* Headings are not printed without a line; print_range cuts this one off. */
    return grid->row_count > 0 || scols_table_new_line(table, NULL) != NULL;
}

/* Blanks at the ends of lines would only wrap in a narrow window. */
static void write_trimmed(FILE *out, const char *text, bool first_line_only)
{
    while (*text) {
        size_t length = strcspn(text, "\n"), shown = length;
        while (shown > 0 && text[shown - 1] == ' ')
            shown--;
        fwrite(text, 1, shown, out);
        fputc('\n', out);
        text += length + (text[length] == '\n');
        if (first_line_only)
            return;
    }
}

static bool print_range(FILE *out, struct libscols_table *table, const struct th_grid *grid,
                        size_t first, size_t last)
{
    char *text = NULL;
    if (scols_table_print_range_to_string(table, scols_table_get_line(table, first),
                                          scols_table_get_line(table, last), &text) != 0)
        return false;
    if (text)
        write_trimmed(out, text, grid->row_count == 0);
    free(text);
    return true;
}

static bool print_rows(FILE *out, struct libscols_table *table, const struct th_grid *grid)
{
    size_t first = 0, rule = 0;
    for (;;) {
        while (rule < grid->rule_count && grid->rules[rule] <= first)
            rule++;
        size_t end = rule < grid->rule_count ? grid->rules[rule] : grid->row_count;
        if (!print_range(out, table, grid, first, end > 0 ? end - 1 : 0))
            return false;
        if (end >= grid->row_count)
            return true;
        fputc('\n', out);
        first = end;
    }
}

bool th_terminal_print(FILE *out, const struct th_grid *grid, struct th_arena *arena)
{
    bool printed = false, plain = th_terminal_is_plain(out);
    locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = unicode ? uselocale(unicode) : (locale_t)0;
    struct libscols_table *table = scols_new_table();
    if (!table)
        goto cleanup;

    /* Widths are settled here: a figure must never be cut to fit. */
    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    scols_table_enable_colors(table, !plain);
    if (scols_table_set_column_separator(table, GAP) == 0 && add_columns(table, grid, plain) &&
        add_rows(table, grid, measure(out, grid, arena)))
        printed = print_rows(out, table, grid);

cleanup:
    scols_unref_table(table);
    if (unicode) {
        uselocale(before);
        freelocale(unicode);
    }
    return printed;
}
