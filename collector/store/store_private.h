/* What the store's files share: the connection behind a th_store, and the
 * province's chain. */
#ifndef TONGHOP_COLLECTOR_STORE_PRIVATE_H
#define TONGHOP_COLLECTOR_STORE_PRIVATE_H

#include <jansson.h>

#include "collector/store/pg.h"
#include "collector/store/store.h"

struct th_store {
    struct th_pg pg;
    bool reading;                 /* between th_store_begin_read and th_store_end_read */
    int64_t horizon_us, as_of_us; /* of the snapshot; as_of 0: the latest commit */
    struct th_history *history;   /* made when reports are written */
};

/* BEGIN, then the advisory lock `lock` (held to the transaction's end). */
enum th_status th_store_begin(struct th_store *store, int64_t lock,
                              struct th_error *error) TH_MUST_USE;
/* COMMIT; a commit that the server qualifies by a warning is not one (TH_RETRY). */
enum th_status th_store_commit(struct th_store *store, struct th_error *error) TH_MUST_USE;
/* TH_RETRY when a warning came beside a COMMIT, or the answer is not COMMIT. */
enum th_status th_store_check_commit(struct th_store *store, const PGresult *result,
                                     struct th_error *error) TH_MUST_USE;

/* What every transaction that accepts reports or catalogues does with the results of
 * writer_register, and then of a statement that read the clock and the ceiling: nothing
 * is accepted before `from_us`. */
enum th_status th_writer_registered_us(const PGresult *result, int64_t *from_us,
                                       struct th_error *error) TH_MUST_USE;
enum th_status th_accepting_us(const PGresult *result, int column, int64_t from_us, int64_t *at_us,
                               struct th_error *error) TH_MUST_USE;

/* Appends one act to the province's chain within the transaction that is open, and
 * tells its instant. The payload is written with sorted keys; the reference to it is
 * taken over. */
enum th_status th_event_append(struct th_store *store, const char *kind, json_t *payload,
                               const char *actor, int64_t *at_us,
                               struct th_error *error) TH_MUST_USE;

#endif
