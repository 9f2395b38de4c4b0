/* After the database was put back to an older moment (SEMANTICS 10): a restoration is
 * recorded, and every chain goes on in the next epoch, on the hash of its restored head.
 * What offices hold beyond that head they send again. */
#ifndef TONGHOP_COLLECTOR_RESTORATION_H
#define TONGHOP_COLLECTOR_RESTORATION_H

#include "collector/store/store.h"
#include "common/ledger/ledger.h"

struct th_chain_head;

struct th_restoration_request {
    const char *reason, *actor;
    uint32_t epoch;         /* to begin; 0: the one after the highest known */
    int64_t restored_to_us; /* the older moment; 0: the horizon that the data were restored with */
    const struct th_chain_head *lost; /* heads exported before the loss */
    size_t lost_count;
};

/* A district whose exported head the restored chain does not contain. */
struct th_lost_district {
    char code[33];
    uint32_t epoch;
    uint64_t sequence, restored_sequence; /* restored 0 with another epoch: not countable */
    bool countable;
};

struct th_restoration {
    uint32_t number, epoch;
    int64_t at_us, restored_to_us;
    uint64_t districts;            /* whose chains go on in the new epoch */
    struct th_lost_district *lost; /* the caller frees */
    size_t lost_count;
};

/* True when a collector is connected: nothing may be written while epochs change. */
enum th_status th_store_collectors_run(struct th_store *store, bool *running,
                                       struct th_error *error) TH_MUST_USE;

/* What th_store_restored would do, without doing it. */
enum th_status th_store_restoration_plan(struct th_store *store,
                                         const struct th_restoration_request *request,
                                         struct th_restoration *plan,
                                         struct th_error *error) TH_MUST_USE;

/* Records the restoration and begins its epoch, in one transaction. TH_USAGE when epoch or
 * moment cannot be, or a collector runs; TH_PERMANENT when a head is not the last entry
 * of its chain. Needs the owner's rights. */
enum th_status th_store_restored(struct th_store *store,
                                 const struct th_restoration_request *request,
                                 struct th_restoration *restoration,
                                 struct th_error *error) TH_MUST_USE;

/* The epochs of one district's chain that restorations began, oldest first. */
struct th_epoch_start {
    uint32_t epoch;
    uint32_t previous_epoch; /* of the entry that it continues; 0: none */
    uint64_t previous_sequence;
    uint8_t previous_hash[TH_HASH_BYTES];
    int64_t at_us;
    uint32_t number;
    uint64_t event_sequence; /* of its act in the province's chain */
    uint32_t lost_epoch;     /* 0: not known */
    uint64_t lost_sequence;
};
enum th_status th_store_epochs(struct th_store *store, int32_t district_id,
                               struct th_epoch_start **starts, size_t *count,
                               struct th_error *error) TH_MUST_USE;

/* The restoration at which an entry was lost: the chain goes on without it. NULL: none,
 * so that the entry has to be in the chain. */
const struct th_epoch_start *th_epoch_lost_by(const struct th_epoch_start *starts, size_t count,
                                              uint32_t epoch, uint64_t sequence);

/* Whether the chain has this very entry. *found false: another, or none. */
enum th_status th_store_has_entry(struct th_store *store, int32_t district_id, uint32_t epoch,
                                  uint64_t sequence, const uint8_t hash[TH_HASH_BYTES], bool *found,
                                  struct th_error *error) TH_MUST_USE;

#endif
