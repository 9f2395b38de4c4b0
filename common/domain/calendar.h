/* Due and lock instants of base periods (SEMANTICS 3 and 7), in the province's
 * time zone. */
#ifndef TONGHOP_DOMAIN_CALENDAR_H
#define TONGHOP_DOMAIN_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/domain/catalogue.h"

/* Monday to Friday but for holidays; a `working` day counts also on a weekend. */
bool th_calendar_is_working_day(const struct th_catalogue *catalogue, int32_t day);

/* The instant at which the day after the due day begins: last day + due_days,
 * moved to the next working day, until 24:00. On time: accepted_at < this. */
int64_t th_calendar_due_us(const struct th_catalogue *catalogue, const struct th_form *form,
                           int32_t base_ordinal);

/* Last instant (exclusive) at which a report is taken: last day + lock_days until
 * 24:00, unmoved; INT64_MAX when the form never locks. */
int64_t th_calendar_lock_us(const struct th_form *form, int32_t base_ordinal);

/* True when what was due at `due_us` is history for a district that was first enrolled then:
 * never locked, neither on time nor late (SEMANTICS 8). */
static inline bool th_calendar_is_historic(int64_t due_us, int64_t first_enrolled_us)
{
    return due_us < first_enrolled_us;
}

/* True when the base period has begun at `now_us`. */
bool th_calendar_has_begun(const struct th_form *form, int32_t base_ordinal, int64_t now_us);

/* True when form and district are open on the base period's last day: a report
 * about the pair can be expected (SEMANTICS 5.3). */
bool th_calendar_is_expected(const struct th_form *form, const struct th_district *district,
                             int32_t base_ordinal);

#endif
