/* Rows of a bulk import (ARCHITECTURE, "Command lines") become whole reports, one
 * after the other, however large the file is. No database, no files: the reports go
 * to a sink. */
#ifndef TONGHOP_COLLECTOR_IMPORT_ROWS_H
#define TONGHOP_COLLECTOR_IMPORT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/csv/csv.h"
#include "common/domain/catalogue.h"
#include "common/domain/problem.h"
#include "common/domain/report.h"

struct th_import_cell {
    struct th_slice criterion, value, of, note;
    size_t line;
};

/* One report as the file has it. Kept in raw cells, so that it can be judged again
 * when another catalogue comes into force. */
struct th_import_report {
    struct th_arena *arena;                 /* of everything here */
    struct th_arena *scratch;               /* of what the last judgement made; reset by the next */
    size_t line;                            /* of its first row */
    struct th_slice district, form, period; /* as given */
    struct th_import_cell *cells;
    size_t count, capacity, bytes;
    char point;
    struct th_slice received_at;   /* as given; empty: not told */
    int64_t received_at_us;        /* 0: not told */
    bool oversized;                /* rows beyond what a report may hold were left out */
    bool differs;                  /* received_at is not the same in all rows; told once */
    struct th_problem_list faults; /* of the rows themselves, whatever the catalogue says */
};
void th_import_report_free(struct th_import_report **report);

/* Gets each whole report in the file's order and owns it from then on. */
typedef enum th_status (*th_import_sink_fn)(void *context, struct th_import_report *report,
                                            struct th_error *error);

struct th_import_rows;

/* The catalogue only tells that two spellings are one period; it must outlive the
 * rows. */
struct th_import_rows *th_import_rows_create(const struct th_catalogue *catalogue,
                                             th_import_sink_fn sink, void *context);
void th_import_rows_destroy(struct th_import_rows **rows);

/* The first row that is not blank is the heading: columns in any order, of which
 * district, form, period, criterion and value must be there. TH_REJECTED naming what
 * is wrong with it. `point`: the decimal separator of numbers. A status of the sink
 * other than TH_OK is returned. */
enum th_status th_import_rows_take(struct th_import_rows *rows, const struct th_csv_row *row,
                                   char point, struct th_error *error) TH_MUST_USE;
/* In place of th_import_rows_take, behind the heading: a row that is not taken, and why.
 * It rejects the report that it belongs to. */
enum th_status th_import_rows_fault(struct th_import_rows *rows, const struct th_csv_row *row,
                                    const char *code, struct th_slice value,
                                    struct th_error *error) TH_MUST_USE;
/* After the last row. */
enum th_status th_import_rows_finish(struct th_import_rows *rows,
                                     struct th_error *error) TH_MUST_USE;

enum th_import_verdict {
    TH_IMPORT_SOUND,      /* no error */
    TH_IMPORT_INVALID,    /* its whole content was read, but is not valid: the store may find
                             that it was taken before, or records the rejection */
    TH_IMPORT_UNREADABLE, /* what `report` holds is not all that the file says */
};

/* Reads the cells by the catalogue and validates the report like one from the wire,
 * but for locks: it is historic. Fills `report` and `problems` afresh. `province` must
 * live as long as the report. */
enum th_import_verdict th_import_judge(const struct th_import_report *source,
                                       const struct th_catalogue *catalogue, const char *province,
                                       int64_t now_us, struct th_report *report,
                                       struct th_problem_list *problems);

#endif
