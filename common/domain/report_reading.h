/* What the readers of report files share; nobody else includes this. */
#ifndef TONGHOP_DOMAIN_REPORT_READING_H
#define TONGHOP_DOMAIN_REPORT_READING_H

#include "common/domain/report_file.h"

/* One file while it is read. */
struct th_reading {
    struct th_slice file;
    const struct th_catalogue *catalogue;
    struct th_arena *arena;
    struct th_report *report;
    struct th_problem_list *problems;
};

/* The entries above the table, and the members of the same meaning in JSON. */
enum th_head {
    TH_HEAD_FORM,
    TH_HEAD_PERIOD,
    TH_HEAD_DISTRICT,
    TH_HEAD_NUMBER,
    TH_HEAD_DATE,
    TH_HEAD_OFFICE,
    TH_HEAD_DIGEST,
};
#define TH_HEAD_COUNT 7

/* Keeps one entry's value, which must live as long as the report. */
void th_reading_set_head(const struct th_reading *reading, enum th_head head, struct th_slice value,
                         size_t line);

/* Room for `count` observations in the report; false and a problem when the arena
 * is used up. */
bool th_reading_reserve(const struct th_reading *reading, size_t count);

/* Where a line's cells are: line, and the 1-based columns; 0: not from a table. */
struct th_place {
    size_t line, criterion, value, of;
};

/* Adds the observation of one line. Without a form in the catalogue nothing can be
 * judged, and an unknown criterion is kept for th_report_resolve to name. */
void th_reading_add_cells(const struct th_reading *reading, struct th_slice code,
                          struct th_slice value, struct th_slice of, struct th_slice note,
                          char point, struct th_place place);

/* Adds `report.too_large`: the arena is used up. */
void th_reading_too_large(struct th_problem_list *problems, size_t line);

/* "none" and its like: the value of a communes criterion that means the empty list. */
extern const char th_no_communes[];

/* Reads JSON into the report; false when it is not well formed. */
bool th_report_json_read(const struct th_reading *reading);

#endif
