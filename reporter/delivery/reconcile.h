/* The office's log against what the province holds (SEMANTICS 10): every entry, and every
 * report behind one. */
#ifndef TONGHOP_REPORTER_RECONCILE_H
#define TONGHOP_REPORTER_RECONCILE_H

#include "common/wire/keys.h"
#include "reporter/delivery/delivery.h"

enum th_reconcile_kind {
    TH_RECONCILE_ENTRY_LACKING,  /* the office lacks an entry of the province */
    TH_RECONCILE_ENTRY_OTHER,    /* the office holds a receipt for another entry */
    TH_RECONCILE_ENTRY_GONE,     /* the province lacks an entry that the office holds */
    TH_RECONCILE_REPORT_LACKING, /* the office lacks the report of an entry */
    TH_RECONCILE_REPORT_OTHER,   /* the office holds other bytes under its id */
    TH_RECONCILE_REPORT_STATE,   /* the office does not know that it was accepted */
};

struct th_reconcile_difference {
    enum th_reconcile_kind kind;
    uint32_t epoch, revision;
    uint64_t sequence;
    const char *form, *period;
    uint8_t report_id[16];
};

struct th_reconcile {
    const struct th_bundle *bundle;
    const struct th_curve_pair *pair;
    const char *language;
    int64_t timeout_ms; /* of one answer */
    void (*difference)(void *context, const struct th_reconcile_difference *difference);
    void *context;

    /* out */
    uint64_t lost;             /* receipts of entries that a restoration in the province lost */
    uint64_t entries, reports; /* of the province; those of them that the office made */
    bool contradicts;          /* an entry other or gone: two histories */
};

/* Compares; TH_OK when everything was, whatever differs. Writes nothing. TH_PERMANENT
 * when the province's own chain or signatures do not hold. */
enum th_status th_reconcile_compare(struct th_reconcile *reconcile, struct th_outbox *outbox,
                                    struct th_error *error) TH_MUST_USE;

/* Puts the reports that the outbox lacks back, by their bytes from the province, which
 * the signed entries in the outbox confirm. Reports that the province imported were
 * never in it. `content` tells what the bytes say, false when they cannot be read. */
typedef bool (*th_reconcile_content_fn)(struct th_slice body, uint8_t content[TH_HASH_BYTES],
                                        int64_t *prepared_at_us);
enum th_status th_reconcile_pull(const struct th_reconcile *reconcile, struct th_outbox *outbox,
                                 th_reconcile_content_fn content, uint64_t *added,
                                 struct th_error *error) TH_MUST_USE;

#endif
