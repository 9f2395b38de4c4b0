/* The province that the query service is asked about: one database with the sample's
 * catalogue and accepted reports, made once for all cases, which only read them; and what
 * can befall its server. */
#ifndef TONGHOP_TESTS_QUERY_PROVINCE_H
#define TONGHOP_TESTS_QUERY_PROVINCE_H

#include "common/base/buffer.h"
#include "tests/integration/store/fixture.h"

#define PROVINCE_CODE "quang-ninh"

/* The catalogue in force is the third that was imported. Reports of joint-agency:
 *   2024-03: 193 has filled 36 of 40 posts and held 4 sessions; 194's second revision says
 *            20 of 20 posts and no sessions n/a, its first said 19 of 20
 *   2016-01..2023-12: from every open district every criterion, 1 or 1/2 */
struct province {
    struct fixture fixture;                              /* its ids: of the catalogue in force */
    struct th_buffer body_193, body_194_first, body_194; /* as they were sent */
};

/* The one instance: a case of CUnit has no place for a context. */
extern struct province province;

/* Makes it for the first case that asks. Aborts when the machine cannot do it: nothing
 * could be tested. */
void province_make(void);
void province_free(void);
void province_die(const char *what, const char *why);

/* The database's clock. */
int64_t province_now_us(void);

/* ---- what can befall it ---- */
#define SERVICE_SESSIONS                                                                           \
    " FROM pg_stat_activity WHERE datname = current_database()"                                    \
    " AND application_name = 'tonghop-collector query'"

/* Ends every session of the collector's roles and waits until they are gone. */
void province_end_sessions(void);
/* The same, and takes no new ones, until they are admitted again. */
void province_refuse_sessions(void);
void province_admit_sessions(void);
/* The whole server, as at a power failure. */
void province_stop_server(void);
void province_start_server(void);

/* ---- history.c ---- */
/* Writes all of the above through the store, as the collector's writers do. */
void province_write_reports(struct th_store *store);

#endif
