/* Instants, days and the province's time zone. An instant is microseconds since
 * 1970-01-01T00:00:00Z; a day is the count of days since 1970-01-01. */
#ifndef TONGHOP_BASE_CLOCK_H
#define TONGHOP_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/status.h"

#define TH_DAY_FOREVER INT32_MAX /* an interval without an end */

/* Uses zone `name` ("Asia/Ho_Chi_Minh") for every conversion of this process.
 * Call once in main before threads start. TH_USAGE when the machine has no such
 * zone (glibc alone would silently take UTC). */
enum th_status th_clock_use_zone(const char *name, struct th_error *error) TH_MUST_USE;

int64_t th_clock_now_us(void);       /* wall clock */
int64_t th_clock_monotonic_ms(void); /* for durations and deadlines */
int64_t th_clock_monotonic_ns(void); /* for counting where time goes */

/* First instant of a day, and the day of an instant, in the province's zone. */
int64_t th_clock_day_start_us(int32_t day);
int32_t th_clock_day_of_us(int64_t instant_us);

/* Proleptic Gregorian calendar; month 1..12. th_day_from_civil does not check. */
int32_t th_day_from_civil(int year, int month, int day);
void th_day_to_civil(int32_t day, int *year, int *month, int *day_of_month);
int th_day_weekday(int32_t day); /* 0 Monday .. 6 Sunday */

/* "2024-03-15"; false when it is not an existing date of years 1900..2999. */
bool th_day_parse(struct th_slice text, int32_t *day);
void th_day_format(int32_t day, char out[11]);

/* RFC 3339 with zone ("2024-03-15T08:30:00+07:00", "...Z"); up to 6 digits of a
 * second. False when malformed. Formatting uses the province's offset, with a
 * fraction only when it is not 0. */
bool th_instant_parse(struct th_slice text, int64_t *instant_us);
void th_instant_format(int64_t instant_us, char out[40]);
/* For people: "15/03/2024 08:30" in the province's zone. */
void th_instant_format_local(int64_t instant_us, char out[40]);

/* Next wait of a decorrelated-jitter backoff: random in base..3*previous, at most
 * cap; pass previous_ms 0 at first. */
int64_t th_clock_backoff_ms(int64_t previous_ms, int64_t base_ms, int64_t cap_ms);

#endif
