/* Completeness and timeliness (SEMANTICS 7): what was expected of the districts
 * and what came, and when. Pure; feed it arrivals in any order. */
#ifndef TONGHOP_DOMAIN_COMPLETENESS_H
#define TONGHOP_DOMAIN_COMPLETENESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"
#include "common/domain/catalogue.h"

struct th_completeness_request {
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    struct th_period period;
    const bool *districts; /* by district index: rows wanted; NULL: all. The province is always
                              counted over ALL districts */
    bool with_districts, with_province;
    bool by_period;   /* a row a base period instead of one for all */
    int64_t as_of_us; /* what has not begun at it is not expected; due instants are held to it */
};

/* The current revision of one pair of district and base period. */
struct th_arrival {
    bool complete; /* every required criterion has a value or n/a */
    bool empty;    /* no value at all */
    bool returned, approved;
    bool imported;
    int64_t received_at_us;    /* of an import that tells it; 0: not told */
    int64_t complete_at_us;    /* when the first complete revision came; 0: none did yet */
    int64_t first_enrolled_us; /* of the district; INT64_MAX: never */
};

/* Pairs. received = on_time + late + historic + those that are incomplete and not
 * due yet; expected = on_time + late + historic + missing + not_yet_due. */
struct th_completeness_counts {
    uint64_t expected;
    uint64_t received; /* a current revision exists */
    uint64_t complete, empty;
    uint64_t on_time; /* the first complete revision came by the due instant */
    uint64_t late;    /* received, and nothing complete came by the due instant */
    uint64_t not_yet_due;
    uint64_t missing; /* not received, and due */
    uint64_t returned, approved;
    uint64_t historic; /* received, and neither on time nor late: due before the district's
                          first enrolment, or imported without its time of arrival */
};

struct th_completeness_row {
    const char *period;                 /* canonical id */
    const struct th_district *district; /* NULL: the province */
    struct th_completeness_counts counts;
};

struct th_completeness;

/* NULL and TH_USAGE when th_period_base_range says no to period and form.
 * The request's arrays are copied. */
struct th_completeness *th_completeness_create(const struct th_completeness_request *request,
                                               struct th_error *error);
void th_completeness_destroy(struct th_completeness **completeness);

/* Base periods to feed: ordinals, inclusive. */
void th_completeness_range(const struct th_completeness *completeness, int32_t *first,
                           int32_t *last);

/* Adds one arrival; at most one a (district, period). Pairs that are not expected
 * are ignored. */
void th_completeness_add(struct th_completeness *completeness, const struct th_district *district,
                         int32_t period, const struct th_arrival *arrival);

/* Gives every row: by period, then districts with expected > 0 in the catalogue's
 * order, then the province. Stops when `each` returns other than TH_OK. */
enum th_status th_completeness_finish(struct th_completeness *completeness,
                                      enum th_status (*each)(void *context,
                                                             const struct th_completeness_row *row),
                                      void *context) TH_MUST_USE;

/* The counts of one district (NULL: the province) over the whole period; not for
 * by_period. */
struct th_completeness_counts th_completeness_of(const struct th_completeness *completeness,
                                                 const struct th_district *district);

#endif
