/* The report model: what a wire message, a file or an import line becomes before
 * it is judged. Texts point into the owner's arena or input. */
#ifndef TONGHOP_DOMAIN_REPORT_H
#define TONGHOP_DOMAIN_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/domain/catalogue.h"
#include "common/domain/decimal.h"
#include "common/domain/problem.h"

#define TH_REPORT_BYTES_MAX        (128 * 1024)
#define TH_REPORT_TEXT_MAX         10000 /* characters of a narrative */
#define TH_REPORT_NOTE_MAX         1000  /* characters of a note or reason */
#define TH_REPORT_OBSERVATIONS_MAX 2000

enum th_answer {
    TH_ANSWER_NUMBER,
    TH_ANSWER_RATIO,
    TH_ANSWER_CHOICE,
    TH_ANSWER_COMMUNES,
    TH_ANSWER_TEXT,
    TH_ANSWER_NOT_APPLICABLE,
};

struct th_observation {
    struct th_slice criterion_code; /* as given */
    enum th_answer answer;
    struct th_decimal number; /* NUMBER, or the numerator of RATIO */
    struct th_decimal den;    /* RATIO, when has_num / has_den */
    bool has_num, has_den;
    struct th_slice text;      /* CHOICE value, TEXT, or reason of NOT_APPLICABLE */
    struct th_slice *communes; /* COMMUNES: codes, sorted and unique once validated */
    size_t commune_count;
    struct th_slice note;
    size_t line, criterion_column, column, of_column; /* of a file, 0: none */
    const struct th_criterion *criterion;             /* set by validation; NULL: unknown */
};

struct th_report {
    uint8_t id[16];
    struct th_slice province, district_code, form_code, period_text; /* as given */
    uint32_t revision;
    uint64_t catalogue_version;
    int64_t prepared_at_us;
    struct th_slice document_number, document_date, signing_office;
    uint8_t document_digest[32];
    bool has_document, has_document_digest;
    struct th_observation *observations; /* in the catalogue's order once validated */
    size_t observation_count;
    size_t form_line, period_line, district_line; /* of a file, 0: none */

    /* Set by th_report_file_read: what it has told, and need not be told again. */
    const struct th_problem_list *told;
    size_t told_from;

    /* Set by th_report_resolve. */
    const struct th_form *form;
    const struct th_district *district;
    int32_t period;  /* ordinal of the base period */
    bool has_period; /* `form` and `period` are known, whatever the district is */
    bool resolved;   /* all three are known */
};

/* Finds form, district, base period and criteria in the catalogue, and puts the
 * observations into its order. Adds `form.unknown`, `district.unknown`,
 * `period.malformed`, `criterion.unknown`, `criterion.duplicate`, but none that
 * th_report_file_read has put into the same list. True when form, district and
 * period are known. */
bool th_report_resolve(struct th_report *report, const struct th_catalogue *catalogue,
                       struct th_problem_list *problems);

/* The observation of a criterion by its index, NULL: missing. Resolved reports. */
const struct th_observation *th_report_find(const struct th_report *report,
                                            const struct th_criterion *criterion);

/* Puts the codes of a commune list into their order; of a sorted one, keeps each once. */
void th_observation_sort_communes(struct th_observation *observation);
void th_observation_drop_repeated_communes(struct th_observation *observation);
/* Both, for every commune list: what validation leaves, without judging anything. */
void th_report_arrange_communes(struct th_report *report);

/* A new random report id (UUID version 4). */
void th_report_new_id(uint8_t id[16]);
/* The id of an imported report: UUID version 5 of key and content (SEMANTICS 8).
 * Content: observations by their criteria's codes, independent of the catalogue's
 * order and of how they were written. */
void th_report_import_id(const struct th_report *report, uint8_t id[16]);

/* Completeness (SEMANTICS 7). `complete`: every required criterion open on the
 * base period's last day has a value or n/a; `empty`: no value at all. */
struct th_report_extent {
    bool complete, empty;
    uint32_t values, not_applicable, missing; /* of the criteria open on the last day */
};
void th_report_measure(const struct th_report *report, struct th_report_extent *extent);

#endif
