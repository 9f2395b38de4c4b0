/* What the collector's threads share: the enrolled keys, the catalogue in force and the
 * announcements of keys, all replaced as a whole when the province's chain has grown (polled every
 * second by the watcher thread). All functions are thread-safe. */
#ifndef TONGHOP_COLLECTOR_SHARED_STATE_H
#define TONGHOP_COLLECTOR_SHARED_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/store/store.h"

struct th_shared_state;

struct th_shared_state *th_shared_state_create(void);
void th_shared_state_destroy(struct th_shared_state **state);

/* Reads them from the database when its event sequence is another than known (or
 * `force`). */
enum th_status th_shared_state_refresh(struct th_shared_state *state, struct th_store *store,
                                       bool force, struct th_error *error) TH_MUST_USE;

/* How a key stands. UNAVAILABLE: nothing was read from the database yet. */
enum th_admission { TH_ADMITTED, TH_UNKNOWN_KEY, TH_REVOKED_KEY, TH_KEYS_UNAVAILABLE };
enum th_admission th_shared_state_admit(struct th_shared_state *state, const uint8_t public_key[32],
                                        struct th_enrolment *enrolment);

/* The catalogue in force with its ids, with a reference for the caller (release with
 * th_catalogue_ids_release); NULL when none was imported. */
struct th_catalogue_ids *th_shared_state_catalogue(struct th_shared_state *state);

/* Instant of the newest announcement of keys, 0: none. */
int64_t th_shared_state_announced_us(struct th_shared_state *state);
/* Announcements later than `after_us`, oldest first, as copies in the arena; NULL and 0 when
 * there is none. */
struct th_announcement *th_shared_state_announcements(struct th_shared_state *state,
                                                      int64_t after_us, struct th_arena *arena,
                                                      size_t *count);

/* Up to which act of the province's chain was read. */
uint64_t th_shared_state_events(struct th_shared_state *state);

/* How often the database has been looked at with success, changed or not. A key that is
 * unknown now is truly unknown once this has grown by 2: a look that began after it
 * knocked has ended. */
uint64_t th_shared_state_looks(struct th_shared_state *state);

/* Asks whoever refreshes to look soon, and whether somebody asked since the last look. */
void th_shared_state_want_look(struct th_shared_state *state);
bool th_shared_state_look_wanted(struct th_shared_state *state);

/* Grows with every refresh that changed something: sessions compare it to notice. */
uint64_t th_shared_state_version(struct th_shared_state *state);

#endif
