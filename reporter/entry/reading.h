/* A report file as `check` and `submit` read it: parsed and validated by the catalogue
 * that the office holds, with every problem. */
#ifndef TONGHOP_REPORTER_READING_H
#define TONGHOP_REPORTER_READING_H

#include "common/domain/report.h"
#include "reporter/entry/office.h"

struct th_reading {
    const char *path; /* as it was given; "-": standard input */
    struct th_buffer file;
    struct th_arena *arena;
    struct th_report report;
    struct th_problem_list problems;
    bool good; /* no problem is an error */
};

/* Reads and judges one file. TH_USAGE when it cannot be opened; problems of what it says
 * are in the reading, not in the status. Free in any case.
 *
 * A locked period is a warning here, not an error, and none while the province's notices
 * tell of an exception, or of a return or reopening that is still open, or when it is
 * historic, due before the district's first enrolment as the province told it. A notice may
 * be on its way: the province judges when the report arrives. For the same reason an approved
 * report is a warning. */
enum th_status th_reading_open(struct th_office *office, const char *path,
                               struct th_reading *reading, struct th_error *error) TH_MUST_USE;
/* The same of bytes that are held; `path` is their name. */
enum th_status th_reading_open_bytes(struct th_office *office, const char *path,
                                     struct th_slice bytes, struct th_reading *reading,
                                     struct th_error *error) TH_MUST_USE;
void th_reading_free(struct th_reading *reading);

/* Fills in of a good reading's report what the file does not say, but for id and revision;
 * `period` must live as long as the reading. */
void th_reading_name(const struct th_office *office, struct th_reading *reading,
                     char period[TH_PERIOD_TEXT], int64_t now_us);
/* Packs the report. TH_REJECTED: it is too large, its problem is added. */
enum th_status th_reading_pack(struct th_reading *reading, struct th_buffer *body,
                               struct th_error *error) TH_MUST_USE;

/* Prints the problems of all readings as one table. */
enum th_status th_reading_print(const struct th_office *office, FILE *out, enum th_format format,
                                const struct th_reading *readings, size_t count,
                                struct th_error *error) TH_MUST_USE;

/* The office's last reports of a form before a period, unpacked by the catalogue. */
struct th_earlier {
    struct th_report *reports; /* newest first */
    size_t count;
};
enum th_status th_earlier_load(struct th_office *office, const struct th_form *form, int32_t period,
                               size_t limit, struct th_arena *arena, struct th_earlier *earlier,
                               struct th_error *error) TH_MUST_USE;

/* Unpacks stored bytes for showing; false when they are no report of this catalogue. */
bool th_reading_unpack(const struct th_office *office, struct th_slice body, struct th_arena *arena,
                       struct th_report *report);

#endif
