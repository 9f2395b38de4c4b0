/* Exceptions from the lock of a base period (SEMANTICS 8): `unlock` writes them, each an
 * act of the province's chain; batches are judged by the one in force (batch_locks.c). */
#ifndef TONGHOP_COLLECTOR_EXCEPTIONS_H
#define TONGHOP_COLLECTOR_EXCEPTIONS_H

#include "collector/store/store.h"

/* Acts in one transaction: it holds the head of the district, which its reports wait for. */
#define TH_EXCEPTIONS_AT_ONCE 32

/* Exceptions of one district for some base periods of one form. */
struct th_exception_order {
    const struct th_catalogue_ids *ids; /* the catalogue in force, as the caller knows it */
    const struct th_form *form;
    const struct th_district *district;
    const int32_t *periods; /* at most TH_EXCEPTIONS_AT_ONCE */
    size_t count;
    int64_t until_us; /* 0: ends what is in force */
    const char *reason, *actor;
};

enum th_exception_outcome {
    TH_EXCEPTION_OPENED,
    TH_EXCEPTION_KEPT, /* the same one, with the same reason, is in force: nothing was written */
    TH_EXCEPTION_ENDED,
    TH_EXCEPTION_NONE, /* none is in force that could be ended: nothing was written */
};

/* Writes one act a base period, all of them in one transaction or none, and tells the
 * outcome of each. TH_REJECTED when `until_us` is not after the act by the database's
 * clock; TH_RETRY when another catalogue came into force meanwhile. Needs the owner's
 * rights. */
enum th_status th_store_except(struct th_store *store, const struct th_exception_order *order,
                               enum th_exception_outcome *outcomes,
                               struct th_error *error) TH_MUST_USE;

/* One exception of the list; texts live until the callback returns. */
struct th_exception_row {
    uint64_t sequence;
    const char *district, *form, *period;
    int64_t at_us, until_us; /* until_us not after at_us: it ended an earlier one */
    const char *reason, *account;
    bool acknowledged; /* by the office, as a notice */
    const char *state; /* "in_force", "past", "replaced" by a later one, "end" */
};

/* All exceptions, oldest first; `form` NULL: of every form, `district_count` 0: of every
 * district. */
typedef enum th_status (*th_exception_fn)(void *context, const struct th_exception_row *row);
enum th_status th_store_list_exceptions(struct th_store *store, const char *form,
                                        const char *const *districts, size_t district_count,
                                        th_exception_fn each, void *context,
                                        struct th_error *error) TH_MUST_USE;

#endif
