/* Stored reports as the province answers them: opened, checked, shown. */
#ifndef TONGHOP_COMMISSION_REPORT_H
#define TONGHOP_COMMISSION_REPORT_H

#include <stdio.h>

#include "commission/cli/session.h"
#include "common/domain/report.h"
#include "common/render/table.h"
#include "tonghop/v1/tonghop.pb-c.h"

/* A stored report with its body unpacked; texts in the arena given to open. */
struct th_stored_report {
    struct th_report report;
    struct th_slice body;
    const char *district, *form, *period; /* as the report says */
    const char *origin, *state;           /* "wire" or "import"; "" when not current */
    uint32_t epoch;
    uint64_t sequence, catalogue_version;
    int64_t accepted_at_us, received_at_us; /* received 0: not told */
    int64_t as_of_us;                       /* that it was asked for as of; 0: the latest */
    struct th_void_span taken_back;         /* of the answer */
    bool complete, current;
    char digest[65];
};

/* TH_PERMANENT when the bytes are no report, or not those of their digest. */
enum th_status th_stored_report_open(const Tonghop__V1__StoredReport *wire,
                                     const struct th_catalogue *catalogue, struct th_arena *arena,
                                     struct th_stored_report *stored,
                                     struct th_error *error) TH_MUST_USE;

/* "received", "returned", "approved" or "" (superseded), for people. */
const char *th_stored_report_state(const struct th_stored_report *stored, const char *language);
const char *th_stored_report_origin(const struct th_stored_report *stored, const char *language);

/* One report with its heading and observations. */
enum th_status th_report_show(const struct th_stored_report *stored,
                              const struct th_catalogue *catalogue, const char *language,
                              enum th_format format, FILE *out, struct th_error *error) TH_MUST_USE;

/* The list of reports: one row each, added as they come. */
struct th_report_list;
struct th_report_list *th_report_list_create(const struct th_catalogue *catalogue,
                                             const char *language, enum th_format format,
                                             const char *title, FILE *out);
/* Before the first row: that the list is as of an instant, and what was taken back. */
void th_report_list_as_of(struct th_report_list *list, int64_t as_of_us,
                          struct th_void_span taken_back);
void th_report_list_add(struct th_report_list *list, const struct th_stored_report *stored);
enum th_status th_report_list_finish(struct th_report_list **list,
                                     struct th_error *error) TH_MUST_USE;

#endif
