/* Periods (SEMANTICS 2): a form's base periods, and the spans that figures are
 * asked for. Pure calendar arithmetic; instants are in calendar.h. */
#ifndef TONGHOP_DOMAIN_PERIOD_H
#define TONGHOP_DOMAIN_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/status.h"

#define TH_PERIOD_TEXT 64 /* bytes that any identifier fits in, NUL included */

enum th_frequency { TH_DAILY, TH_MONTHLY, TH_QUARTERLY, TH_HALF_YEARLY, TH_YEARLY };

bool th_frequency_parse(struct th_slice text, enum th_frequency *frequency); /* "day" ... "year" */
const char *th_frequency_name(enum th_frequency frequency);

/* A base period is a frequency and an ordinal that counts by one: days since
 * 1970-01-01; year*12+month-1; year*4+quarter-1; year*2+half-1; year. Ordinals are
 * what the database stores. */
void th_base_period_days(enum th_frequency frequency, int32_t ordinal, int32_t *first_day,
                         int32_t *last_day);
int32_t th_base_period_of_day(enum th_frequency frequency, int32_t day);
/* "2024-03", "2024-Q1", "2024-H1" ...; `out` takes TH_PERIOD_TEXT bytes. */
void th_base_period_format(enum th_frequency frequency, int32_t ordinal, char *out);
/* Reads one base period of this frequency, also in DHIS2's spelling. */
bool th_base_period_parse(enum th_frequency frequency, struct th_slice text, int32_t *ordinal);

enum th_period_kind {
    TH_PERIOD_DAY,
    TH_PERIOD_MONTH,
    TH_PERIOD_QUARTER,
    TH_PERIOD_HALF,
    TH_PERIOD_NINE_MONTHS,
    TH_PERIOD_YEAR,
    TH_PERIOD_RANGE,
    TH_PERIOD_NAMED,
    TH_PERIOD_TO_DATE,
};

/* A span of days with its canonical identifier. */
struct th_period {
    enum th_period_kind kind;
    int32_t first_day, last_day; /* inclusive */
    char id[TH_PERIOD_TEXT];
};

struct th_named_period; /* catalogue.h */

/* Reads any identifier; `named` (count may be 0) are the catalogue's. TH_USAGE
 * with a message that shows the accepted forms when it is none of them, when a
 * range mixes kinds or runs backwards. Years 1900..2999. */
enum th_status th_period_parse(struct th_slice text, const struct th_named_period *named,
                               size_t named_count, struct th_period *period,
                               struct th_error *error) TH_MUST_USE;

/* 1 January of the period's last year to its end; id "2024-01..2024-03" style is
 * not used: the id becomes "2024-03.ytd". */
void th_period_to_date(struct th_period *period);

/* The base periods that a question about the period is about: first and last ordinal of
 * those wholly inside. False when none is; and when the period is one of the calendar that
 * they do not fill, as nine months and half-years (SEMANTICS 2). Of ranges, named periods
 * and `.ytd` a rest at either end is left out. */
bool th_period_base_range(const struct th_period *period, enum th_frequency frequency,
                          int32_t *first_ordinal, int32_t *last_ordinal) TH_MUST_USE;

#define TH_PERIOD_INSTEAD TH_PERIOD_TEXT

/* Why th_period_base_range said no: the code of the problem (problem.h), and what can be
 * asked for instead, as identifiers, in `instead`, which takes TH_PERIOD_INSTEAD bytes. */
const char *th_period_misfit(const struct th_period *period, enum th_frequency frequency,
                             char *instead);
/* The same as an error: TH_USAGE. `form`: the code of the form asked about. */
enum th_status th_period_misfit_error(const struct th_period *period, enum th_frequency frequency,
                                      const char *form, struct th_error *error);

/* For people: "Tháng 3/2024", "Quý I/2024", "6 tháng đầu năm 2024",
 * "6 tháng cuối năm 2024", "9 tháng năm 2024", "Năm 2024", "15/03/2024"; English
 * "March 2024", "Quarter 1, 2024" ... Named periods give their name, ranges
 * "first - last". `language` "vi" or "en". */
void th_period_title(const struct th_period *period, const struct th_named_period *named,
                     size_t named_count, const char *language, char *out, size_t out_size);

#endif
