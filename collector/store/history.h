/* What districts reported before, in memory, so that `value.departs_tenfold` costs a writer no
 * question for each report: windows of the numbers in consecutive current reports of one
 * district and form. What is known of a district holds as long as its chain ends where it did
 * (struct th_mark), whoever wrote to it. Pure: batch_history.c asks the database. One writer's
 * own; not thread-safe. Private to the store. */
#ifndef TONGHOP_COLLECTOR_HISTORY_H
#define TONGHOP_COLLECTOR_HISTORY_H

#include "collector/store/read.h"
#include "common/domain/report.h"

struct th_history;
struct th_window;

/* Keeps about `limit` bytes of windows: more only while a batch uses them. Never NULL. */
struct th_history *th_history_create(size_t limit);
void th_history_destroy(struct th_history **history); /* NULL: nothing */

/* A batch begins, judged by this catalogue: another version makes everything forgotten, and
 * of what was longest not used the older reports go, then the rest, until the limit holds. Windows
 * live until the next begin. */
void th_history_begin(struct th_history *history, const struct th_catalogue *catalogue);

/* The district's chain ends at `mark` now, under its lock: what was known at another end is
 * forgotten. */
void th_history_meet(struct th_history *history, int32_t district_id, const struct th_mark *mark);
/* What th_history_put told is committed, and the chain ends at `mark`. */
void th_history_keep(struct th_history *history, int32_t district_id, const struct th_mark *mark);
void th_history_forget(struct th_history *history, int32_t district_id);

/* Whether reports of the form carry numbers at all: else there is nothing to compare. */
bool th_history_wants(const struct th_history *history, const struct th_form *form);

/* The window that holds the TH_HISTORY_REPORTS current reports before `period`, or all when
 * there are fewer; NULL: not known. */
struct th_window *th_history_find(struct th_history *history, int32_t district_id,
                                  const struct th_form *form, int32_t period);

/* A new, empty window. While it is filled, th_window_add begins a report (in any order; one
 * that is there is begun anew) and th_window_set gives its observations. Then th_window_close:
 * `complete` when no report comes before those given; every report before base period `until`
 * and not before the first one given is known (INT32_MAX: there is none later). */
struct th_window *th_history_add(struct th_history *history, int32_t district_id,
                                 const struct th_form *form);
void th_window_add(struct th_window *window, int32_t period);
void th_window_set(struct th_window *window, const struct th_criterion *criterion,
                   const struct th_cell *cell);
void th_window_close(struct th_window *window, bool complete, int32_t until);

/* An accepted report, current from now on, enters the windows it belongs to. Until
 * th_history_keep or th_history_forget the district is between two states. */
void th_history_put(struct th_history *history, int32_t district_id,
                    const struct th_report *report);

/* A th_history_fn; the context is the window. */
size_t th_window_values(void *window, const struct th_criterion *criterion, int part,
                        int32_t period, struct th_decimal *values, size_t capacity);

/* Bytes of all windows. */
size_t th_history_used(const struct th_history *history);

#endif
