/* Report files that people keep (ARCHITECTURE, "Command lines"): CSV (a
 * spreadsheet's) and JSON with the same content, and the template to fill in. */
#ifndef TONGHOP_DOMAIN_REPORT_FILE_H
#define TONGHOP_DOMAIN_REPORT_FILE_H

#include "common/base/buffer.h"
#include "common/domain/catalogue.h"
#include "common/domain/report.h"

/* Reads a file (JSON when its first non-blank character is '{', else CSV) by the
 * catalogue's kinds into a report with everything from `arena`. Adds every
 * problem with line and column: every file.* code, note.without_value,
 * value.malformed value.too_long value.too_precise value.unexpected_of
 * document.malformed report.too_large and those of th_report_resolve. JSON has no
 * lines but for faults of its syntax: a member of the wrong type is named by its
 * path, "observations[3].of". Blank value and of cells mean: missing. Decimals use
 * '.', or ',' when the file is separated by ';'. A report without a `district` line
 * takes `own_district`. Revision and id are left 0 for the caller. True when no
 * problem is an error; false also when the file could not be read at all. */
bool th_report_file_read(struct th_slice file, const struct th_catalogue *catalogue,
                         const char *own_district, struct th_arena *arena, struct th_report *report,
                         struct th_problem_list *problems);

/* One cell pair of a criterion, as files and bulk imports write them: `value`
 * ("n/a", a number, a numerator, a choice, commune codes separated by blanks, or
 * text), `of` the denominator. "không áp dụng" is n/a as well, and the note beside
 * it is its reason; "none" or "không" is the empty list of communes, for a blank
 * cell means missing. All of these in capital or small letters. Texts are copied
 * into the arena. Fills `observation`; false and a problem when malformed. An empty
 * value and of: returns true with *missing set. */
bool th_report_cell_read(const struct th_criterion *criterion, struct th_slice value,
                         struct th_slice of, struct th_slice note, char point, size_t line,
                         size_t value_column, size_t of_column, struct th_arena *arena,
                         struct th_observation *observation, bool *missing,
                         struct th_problem_list *problems);

/* Writes the CSV template of a form and base period: header lines, then a row a
 * criterion open then: columns criterion,value,of,note and beside them name,unit,
 * guide, required and the last known values (`previous`, may be NULL), which the
 * reader above ignores. `prefill` (may be NULL) puts a report's values into value
 * and of. `separator` ',' or ';' (';' uses decimal commas). Begins with a
 * byte-order mark, so that spreadsheets read Vietnamese. */
void th_report_file_template(const struct th_catalogue *catalogue, const struct th_form *form,
                             const struct th_district *district, int32_t period,
                             const struct th_report *previous, const struct th_report *prefill,
                             const char *language, char separator, struct th_buffer *out);

/* The texts of one observation as files carry them, for display and templates;
 * `value` and `of` are appended NUL-terminated texts ("" when none). */
void th_report_cell_write(const struct th_observation *observation, char point,
                          struct th_buffer *value, struct th_buffer *of);

#endif
