/* Text into HTML: whatever people wrote comes out as text, and nothing else. */
#ifndef TONGHOP_RENDER_HTML_H
#define TONGHOP_RENDER_HTML_H

#include "common/base/arena.h"
#include "common/base/buffer.h"

/* Appends text for an element or a quoted attribute: markup is escaped, and characters
 * that would steer how other text is shown (controls but for tab and line end,
 * directional marks and overrides, line separators) become U+FFFD. What is not UTF-8
 * becomes U+FFFD too. */
void th_html_text(struct th_buffer *out, struct th_slice text);

/* The same as paragraphs, `open` and `close` around each: one a line; blank lines are
 * left out. */
void th_html_paragraphs(struct th_buffer *out, struct th_slice text, const char *open,
                        const char *close);

#endif
