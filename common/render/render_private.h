/* What the files of this room share. */
#ifndef TONGHOP_RENDER_RENDER_PRIVATE_H
#define TONGHOP_RENDER_RENDER_PRIVATE_H

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/render/table.h"

/* Columns that a text takes on a terminal: of the widest of its lines. Needs a
 * UTF-8 locale in the calling thread. */
size_t th_wrap_width(const char *text);

/* Appends `text` with line breaks, at blanks where there are any, so that no line
 * is wider than `width`. */
void th_wrap_add(struct th_buffer *out, const char *text, size_t width);

/* A table for people, collected until it is printed. */
struct th_grid {
    const struct th_column *columns; /* those that are shown */
    size_t column_count;
    const char **cells; /* row by row, column_count each; never NULL */
    size_t row_count;
    const size_t *rules; /* numbers of the rows before which a blank line stands, rising */
    size_t rule_count;
};

bool th_terminal_is(FILE *out);       /* a terminal, not a file or pipe */
bool th_terminal_is_plain(FILE *out); /* no bold: no terminal, a dumb one, or NO_COLOR */

/* Headings and rows, wrapped to the terminal's width if `out` is one. False when
 * there is no memory; `arena` takes what is needed meanwhile. */
bool th_terminal_print(FILE *out, const struct th_grid *grid, struct th_arena *arena);

#endif
