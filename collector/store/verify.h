/* Proof of what the database holds (SEMANTICS 10): walks every chain, recomputes it
 * from the stored fields, and derives the figures anew from the reports' bytes. One
 * snapshot, a page of rows in memory at a time. `rebuild` repairs what is derived. */
#ifndef TONGHOP_COLLECTOR_VERIFY_H
#define TONGHOP_COLLECTOR_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/store/store.h"
#include "common/ledger/ledger.h"

/* What can differ; docs/architecture.md ("Proof") says what each means. */
enum th_difference_kind {
    TH_DIFFERENCE_ENTRY_MISSING, /* a sequence is lacking */
    TH_DIFFERENCE_ENTRY_HASH,    /* not the hash of the stored fields and the entry before */
    TH_DIFFERENCE_ENTRY_TIME,    /* accepted before the entry before it */
    TH_DIFFERENCE_HEAD,          /* district_head is not the last entry */
    TH_DIFFERENCE_ANCHOR,        /* a head exported before is not in the chain */
    TH_DIFFERENCE_BODY_DIGEST,   /* not the SHA-256 of the bytes */
    TH_DIFFERENCE_BODY,          /* the bytes are no report, or not by the catalogue */
    TH_DIFFERENCE_BODY_KEY,      /* id, province, district, form, period or revision */
    TH_DIFFERENCE_ORIGIN,        /* marked as an import and is none, or the reverse */
    TH_DIFFERENCE_OBSERVATIONS,  /* an observation is not what the bytes say */
    TH_DIFFERENCE_VALUE_COUNT,   /* counts and completeness, likewise */
    TH_DIFFERENCE_NA_COUNT,
    TH_DIFFERENCE_COMPLETE,
    TH_DIFFERENCE_CURRENT,     /* current_report is not the newest revision */
    TH_DIFFERENCE_COMPLETE_AT, /* not the arrival of the first complete revision */
    TH_DIFFERENCE_STATE,       /* not what the acts on the report made of it */
    TH_DIFFERENCE_OPEN_UNTIL,
    TH_DIFFERENCE_ACT,           /* a row of state_change is not what the province's chain proves */
    TH_DIFFERENCE_ACT_MISSING,   /* the chain proves an act that has no row */
    TH_DIFFERENCE_STRAY,         /* rows of no known district */
    TH_DIFFERENCE_EVENT_MISSING, /* the province's chain */
    TH_DIFFERENCE_EVENT_HASH,
    TH_DIFFERENCE_EVENT_TIME,
    TH_DIFFERENCE_EXCEPTION,      /* an exception from a lock is not what its act says */
    TH_DIFFERENCE_RESTORATION,    /* an epoch that none began, or not as the act records it */
    TH_DIFFERENCE_CATALOGUE,      /* a version's content, digest or record */
    TH_DIFFERENCE_ASSESSMENT,     /* a frozen assessment's row, files or record */
    TH_DIFFERENCE_CATALOGUE_ROWS, /* tables for SQL users are not the catalogue in force */
    TH_DIFFERENCE_KINDS
};

/* "entry.missing", "observations" ... */
const char *th_difference_name(enum th_difference_kind kind);

struct th_difference {
    enum th_difference_kind kind;
    const char *district;         /* code; "" for the province */
    uint32_t epoch;               /* 0: not about an entry */
    uint64_t sequence;            /* of the entry or event; the version of a catalogue */
    const char *expected, *found; /* for people; live until the callback returns */
    bool repaired;                /* by th_store_rebuild */
};

/* The head of a chain as it was exported: district "" is the province's own, whose epoch
 * is that of the last restoration (0: there was none). */
struct th_chain_head {
    char district[33];
    uint32_t epoch;
    uint64_t sequence;
    uint8_t hash[TH_HASH_BYTES];
};

struct th_verify_counts {
    uint64_t districts, entries, observations, current_reports, acts, events, catalogue_versions,
        anchors, lost_anchors, assessments;
};

/* `gone`: entries (acts) of its chain up to it that are no more; 0: not countable, the
 * chain had begun another epoch. */
struct th_lost_anchor {
    const struct th_chain_head *head;
    uint32_t restoration;
    int64_t at_us;
    uint64_t gone;
};

struct th_verify_request {
    const char *province;
    const char *const *districts; /* codes; count 0: all, with the province's chain */
    size_t district_count;
    const struct th_chain_head *anchors; /* that the chains must contain */
    size_t anchor_count;
    void (*difference)(void *context, const struct th_difference *difference);
    /* An anchor that a recorded restoration left behind: no difference. May be NULL. */
    void (*lost)(void *context, const struct th_lost_anchor *lost);
    /* Entries done and to do; often. May be NULL. */
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
};

/* TH_OK when everything was looked at, whatever was found; TH_USAGE when a district is
 * unknown. The connection's open work, if any, is given up. */
enum th_status th_store_verify(struct th_store *store, const struct th_verify_request *request,
                               struct th_verify_counts *counts, struct th_error *error) TH_MUST_USE;

/* Writes the observations, counts, completeness and origin of reports and current_report anew,
 * from bytes that their digest confirms, wherever they differ; each is told as a
 * difference, `repaired`. A transaction a district, under the lock of its head, so that
 * collectors may run meanwhile. States follow from the acts, unless an act of the district
 * is not proved by the province's chain: then they stay. A current report that points to a report
 * which is gone is left: it is the trace of it; so is current_report of a district whose chain or
 * keys do not hold. The catalogue's rows are repaired when no district is named. Needs the
 * owner's rights. */
enum th_status th_store_rebuild(struct th_store *store, const struct th_verify_request *request,
                                struct th_verify_counts *counts,
                                struct th_error *error) TH_MUST_USE;

/* The last entry of every district's chain that has one, in order of code, then the
 * province's, in one snapshot. TH_PERMANENT when a district's head is not its last
 * entry: such a head is not to be signed. The caller frees *heads. */
enum th_status th_store_heads(struct th_store *store, struct th_chain_head **heads, size_t *count,
                              int64_t *snapshot_us, struct th_error *error) TH_MUST_USE;

#endif
