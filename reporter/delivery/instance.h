/* One process at a time delivers from a state folder (a lock on run.lock), and a
 * command tells it without waiting that there is something new (a touched file that
 * the deliverer watches with inotify). */
#ifndef TONGHOP_REPORTER_INSTANCE_H
#define TONGHOP_REPORTER_INSTANCE_H

#include <stdbool.h>

#include "common/base/status.h"

/* Takes the lock for the life of *lock (a file descriptor, -1 on failure). TH_RETRY
 * when another process has it. */
enum th_status th_instance_lock(const char *state_dir, int *lock,
                                struct th_error *error) TH_MUST_USE;
void th_instance_unlock(int *lock);

/* True while another process delivers from this folder. */
bool th_instance_is_running(const char *state_dir);

/* What a command wants of the process that delivers; nothing happens without one. */
enum th_nudge { TH_NUDGE_WAKE, TH_NUDGE_REFRESH };
void th_instance_nudge(const char *state_dir, enum th_nudge nudge);

/* A descriptor that becomes readable at a nudge, -1 when the machine gives none (then
 * the caller looks every few seconds). */
int th_instance_watch(const char *state_dir);
/* Reads what came; both are only ever set to true. */
void th_instance_read(int watch, bool *wake, bool *refresh);

#endif
