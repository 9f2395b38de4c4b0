/* What the files pg*.c share among themselves. */
#ifndef TONGHOP_COLLECTOR_PG_PRIVATE_H
#define TONGHOP_COLLECTOR_PG_PRIVATE_H

#include "collector/store/pg.h"

/* Parameters as libpq wants them; points into `params`. */
struct th_bound {
    int count;
    const char *values[TH_PARAMS_MAX];
    int lengths[TH_PARAMS_MAX], formats[TH_PARAMS_MAX];
};
void th_pg_bind(const struct th_params *params, struct th_bound *bound);

/* Waits for the socket; a deadline of TH_PG_NO_DEADLINE never passes. False when it
 * passed or the socket is gone. */
bool th_pg_wait(struct th_pg *pg, short events, int64_t deadline_ms);

/* A deadline on the monotonic clock, or TH_PG_NO_DEADLINE. */
int64_t th_pg_deadline(int timeout_ms);

/* libpq's notice receiver. */
void th_pg_note_warning(void *context, const PGresult *result);

/* Turn what libpq or the server said into status and message. */
enum th_status th_pg_connect_failure(struct th_pg *pg, struct th_error *error);
enum th_status th_pg_result_failure(struct th_pg *pg, const PGresult *result, const char *statement,
                                    struct th_error *error);
/* The connection is lost (or fell silent): drops it, TH_UNREACHABLE. */
enum th_status th_pg_lost(struct th_pg *pg, const char *why, struct th_error *error);

/* The next result of the statement that runs, NULL when it has no more. */
enum th_status th_pg_next_result(struct th_pg *pg, int timeout_ms, PGresult **result,
                                 struct th_error *error) TH_MUST_USE;

/* Everything queued reaches the server; results that come meanwhile are taken in. */
enum th_status th_pg_flush(struct th_pg *pg, int timeout_ms, struct th_error *error) TH_MUST_USE;

#endif
