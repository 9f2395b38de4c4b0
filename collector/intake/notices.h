/* Notices on their way to connected offices, in order and a few at a time: the next ones
 * are looked up when the office has acknowledged all that were sent. Event thread only. */
#ifndef TONGHOP_COLLECTOR_INTAKE_NOTICES_H
#define TONGHOP_COLLECTOR_INTAKE_NOTICES_H

#include "collector/intake/intake_private.h"

/* The office has greeted, and holds the notices up to `notice_id`. */
void th_notices_greeted(struct th_intake *intake, struct th_session *session, uint64_t notice_id);
/* The office has acknowledged the notices up to `notice_id`. */
void th_notices_acknowledged(struct th_intake *intake, struct th_session *session,
                             uint64_t notice_id);
/* A look-up of kind TH_WORK_NOTICES has come back: sends what it found. */
void th_notices_found(struct th_intake *intake, struct th_session *session,
                      const struct th_work *work);
/* A work of kind TH_WORK_NEWS: there are acts about its districts. */
void th_notices_news(struct th_intake *intake, const struct th_work *work);
/* Looks up for sessions that could not be served when they should have been. */
void th_notices_tick(struct th_intake *intake);

#endif
