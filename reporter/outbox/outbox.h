/* The office's outbox: one SQLite file (WAL, synchronous=FULL) that holds every
 * report the office made, the receipts, rejections and notices of the province and
 * the catalogue. Commands and the daemon use it at the same time, each through its
 * own th_outbox. No other folder of this program speaks SQL.
 *
 * Statuses: TH_RETRY when the file is busy, the disk is full or fails for now;
 * TH_PERMANENT when the file is damaged (it is never deleted); TH_USAGE when it is
 * no outbox, or of a newer program. Texts and bytes given to callbacks live until
 * the callback returns. */
#ifndef TONGHOP_REPORTER_OUTBOX_H
#define TONGHOP_REPORTER_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/ledger/ledger.h"

struct th_outbox;

/* Opens `path`, making it (mode 0600) when it is not there. */
enum th_status th_outbox_open(const char *path, struct th_outbox **outbox,
                              struct th_error *error) TH_MUST_USE;
void th_outbox_close(struct th_outbox **outbox);

/* An outbox belongs to one district of one province: the first call writes whose it
 * is, later ones compare. TH_USAGE when it is another's. */
enum th_status th_outbox_claim(struct th_outbox *outbox, const char *province, const char *district,
                               struct th_error *error) TH_MUST_USE;

/* Write transactions; everything between is done or not as a whole. Rollback after a
 * failed commit or without a transaction does nothing. */
enum th_status th_outbox_begin(struct th_outbox *outbox, struct th_error *error) TH_MUST_USE;
enum th_status th_outbox_commit(struct th_outbox *outbox, struct th_error *error) TH_MUST_USE;
void th_outbox_rollback(struct th_outbox *outbox);

/* Changes whenever another process has written. */
enum th_status th_outbox_data_version(struct th_outbox *outbox, int64_t *version,
                                      struct th_error *error) TH_MUST_USE;

/* ---- reports ---- */
enum th_report_state {
    TH_STATE_QUEUED,
    TH_STATE_ACCEPTED,
    TH_STATE_REJECTED,
    TH_STATE_DRAFT, /* this and the next: of drafts only */
    TH_STATE_PREPARED,
};
const char *th_report_state_name(enum th_report_state state);

struct th_outbox_report {
    int64_t ordinal; /* order of creation */
    uint8_t id[16];
    const char *form, *period;
    uint32_t revision;
    uint8_t digest[TH_HASH_BYTES];  /* SHA-256 of body */
    uint8_t content[TH_HASH_BYTES]; /* of what it says, without id, revision and instants */
    const char *file;               /* name it was submitted under */
    enum th_report_state state;
    int64_t created_us;
    int64_t answered_us;  /* 0: not answered yet */
    uint32_t epoch;       /* of its entry; accepted reports, and those that the province lost */
    uint64_t sequence;    /* 0: it was never accepted */
    const char *problems; /* of the last answer: a JSON array */
    struct th_slice body; /* exact bytes; empty where the call does not say so */
};

/* Takes one report; false: no more are wanted. */
typedef bool (*th_outbox_report_fn)(void *context, const struct th_outbox_report *report);

/* One above every revision of the key that is known. */
enum th_status th_outbox_next_revision(struct th_outbox *outbox, const char *form,
                                       const char *period, uint32_t *revision,
                                       struct th_error *error) TH_MUST_USE;

/* Adds to the queue; uses id, form, period, revision, body, digest, content, file and
 * created_us. */
enum th_status th_outbox_add(struct th_outbox *outbox, const struct th_outbox_report *report,
                             struct th_error *error) TH_MUST_USE;

/* The newest revision of a key, queued or accepted, with body. Nothing is given when
 * there is none, or when the chain holds a newer one that the office did not make. */
enum th_status th_outbox_newest(struct th_outbox *outbox, const char *form, const char *period,
                                th_outbox_report_fn each, void *context,
                                struct th_error *error) TH_MUST_USE;

/* The newest revisions of earlier periods of a form, newest period first, with body. */
enum th_status th_outbox_earlier(struct th_outbox *outbox, const char *form, const char *period,
                                 size_t limit, th_outbox_report_fn each, void *context,
                                 struct th_error *error) TH_MUST_USE;

/* What may be delivered now, in order, with body: queued, and no earlier revision of
 * its key still queued. */
enum th_status th_outbox_due(struct th_outbox *outbox, th_outbox_report_fn each, void *context,
                             struct th_error *error) TH_MUST_USE;

/* The report with this id; nothing is given when there is none. */
enum th_status th_outbox_find(struct th_outbox *outbox, const uint8_t id[16],
                              th_outbox_report_fn each, void *context,
                              struct th_error *error) TH_MUST_USE;
/* Reports whose id begins with these lower-case hexadecimal digits: at most two. */
enum th_status th_outbox_find_prefix(struct th_outbox *outbox, const char *digits,
                                     th_outbox_report_fn each, void *context,
                                     struct th_error *error) TH_MUST_USE;
/* Unanswered and rejected ones before accepted ones, newest first. */
enum th_status th_outbox_recent(struct th_outbox *outbox, size_t limit, th_outbox_report_fn each,
                                void *context, struct th_error *error) TH_MUST_USE;
enum th_status th_outbox_rejected(struct th_outbox *outbox, const char *form, const char *period,
                                  th_outbox_report_fn each, void *context,
                                  struct th_error *error) TH_MUST_USE;
/* All accepted ones, with body. */
enum th_status th_outbox_accepted(struct th_outbox *outbox, th_outbox_report_fn each, void *context,
                                  struct th_error *error) TH_MUST_USE;

/* Puts a rejected report back into the queue; *queued false when it was not rejected. */
enum th_status th_outbox_requeue(struct th_outbox *outbox, const uint8_t id[16], bool *queued,
                                 struct th_error *error) TH_MUST_USE;
/* Puts the reports accepted after a sequence of an epoch back into the queue: the province
 * was restored and has lost them. They keep epoch and sequence of their receipt, by which
 * one tells them from reports that were never accepted. */
enum th_status th_outbox_requeue_lost(struct th_outbox *outbox, uint32_t epoch, uint64_t after,
                                      uint64_t *queued, struct th_error *error) TH_MUST_USE;
/* The newest epoch that a restoration in the province began and for which the above was
 * done; 0: none. */
enum th_status th_outbox_put_restored_epoch(struct th_outbox *outbox, uint32_t epoch,
                                            struct th_error *error) TH_MUST_USE;
enum th_status th_outbox_get_restored_epoch(struct th_outbox *outbox, uint32_t *epoch,
                                            struct th_error *error) TH_MUST_USE;
/* When the province first enrolled this district, as it told last; 0: it has not. Writes only
 * what is new. */
enum th_status th_outbox_put_first_enrolled(struct th_outbox *outbox, int64_t first_enrolled_us,
                                            struct th_error *error) TH_MUST_USE;
enum th_status th_outbox_get_first_enrolled(struct th_outbox *outbox, int64_t *first_enrolled_us,
                                            struct th_error *error) TH_MUST_USE;
/* Where an epoch of the province begins among the ids of notices: what earlier epochs told
 * from its sequence on was taken back, and nothing is concluded from it any more. Writes only
 * what is new. */
enum th_status th_outbox_put_notice_start(struct th_outbox *outbox, uint32_t epoch, uint64_t id,
                                          struct th_error *error) TH_MUST_USE;
/* The highest accepted revision of a key, 0: none. */
enum th_status th_outbox_accepted_revision(struct th_outbox *outbox, const char *form,
                                           const char *period, uint32_t *revision,
                                           struct th_error *error) TH_MUST_USE;

/* An entry names the report: it is accepted. `problems` (JSON, warnings) may be NULL:
 * those that are known stay. Does nothing when the office made no such report. */
enum th_status th_outbox_accept(struct th_outbox *outbox, const uint8_t id[16],
                                int64_t accepted_at_us, uint32_t epoch, uint64_t sequence,
                                const char *problems, struct th_error *error) TH_MUST_USE;
/* Puts back a report that the outbox lost, as accepted: uses epoch, sequence, digest,
 * content, body, file and created_us; the rest is as the entry there says. *added false:
 * no entry with this digest is there, or the report or its revision is. */
enum th_status th_outbox_recover(struct th_outbox *outbox, const struct th_outbox_report *report,
                                 bool *added, struct th_error *error) TH_MUST_USE;
/* Marks a queued report rejected and keeps the signed message. */
struct th_outbox_rejection {
    uint8_t id[16];
    int64_t rejected_at_us;
    uint32_t current_revision;
    const char *problems;    /* JSON */
    struct th_slice message; /* serialised tonghop.v1.Rejection */
};
enum th_status th_outbox_reject(struct th_outbox *outbox,
                                const struct th_outbox_rejection *rejection, int64_t now_us,
                                struct th_error *error) TH_MUST_USE;

struct th_outbox_counts {
    uint64_t queued, queued_bytes;
    int64_t oldest_us;           /* creation of the oldest queued one, 0: none */
    uint64_t accepted, rejected; /* only when asked for: they read every report */
    uint64_t again, lost;        /* accepted, lost by the province, and now queued or rejected */
};
enum th_status th_outbox_count(struct th_outbox *outbox, bool with_answered,
                               struct th_outbox_counts *counts, struct th_error *error) TH_MUST_USE;

/* ---- chain ---- */
struct th_outbox_head {
    uint32_t epoch; /* 0 with sequence 0: the chain is empty */
    uint64_t sequence;
    uint8_t hash[TH_HASH_BYTES]; /* zeros when empty */
    int64_t accepted_at_us;
};
enum th_status th_outbox_get_head(struct th_outbox *outbox, struct th_outbox_head *head,
                                  struct th_error *error) TH_MUST_USE;
/* Last sequence of one epoch, 0: none. */
enum th_status th_outbox_last_sequence(struct th_outbox *outbox, uint32_t epoch, uint64_t *sequence,
                                       struct th_error *error) TH_MUST_USE;
/* Hash of an entry; *found false when it is not there. */
enum th_status th_outbox_entry_hash(struct th_outbox *outbox, uint32_t epoch, uint64_t sequence,
                                    uint8_t hash[TH_HASH_BYTES], bool *found,
                                    struct th_error *error) TH_MUST_USE;
/* True when an entry of an epoch before `epoch` has this hash. */
enum th_status th_outbox_has_hash(struct th_outbox *outbox, const uint8_t hash[TH_HASH_BYTES],
                                  uint32_t epoch, bool *found, struct th_error *error) TH_MUST_USE;
enum th_status th_outbox_add_entry(struct th_outbox *outbox, const struct th_entry *entry,
                                   const uint8_t hash[TH_HASH_BYTES],
                                   struct th_error *error) TH_MUST_USE;

struct th_outbox_run {
    uint32_t epoch;
    uint64_t first_sequence, last_sequence;
    uint8_t previous_hash[TH_HASH_BYTES];
    uint8_t key_id[TH_KEY_ID_BYTES];
    uint8_t signature[TH_SIGNATURE_BYTES];
};
enum th_status th_outbox_add_run(struct th_outbox *outbox, const struct th_outbox_run *run,
                                 int64_t now_us, struct th_error *error) TH_MUST_USE;

/* Every entry in order, with the signature that ends at it (NULL: none does).
 * entry->district is NULL: the outbox knows one only. */
typedef enum th_status (*th_outbox_entry_fn)(void *context, const struct th_entry *entry,
                                             const uint8_t hash[TH_HASH_BYTES],
                                             const uint8_t *key_id, const uint8_t *signature,
                                             struct th_error *error);
enum th_status th_outbox_entries(struct th_outbox *outbox, th_outbox_entry_fn each, void *context,
                                 struct th_error *error) TH_MUST_USE;
/* The entry that first acknowledged a report (its form, period, revision and id); 0 in
 * *sequence: none. */
enum th_status th_outbox_first_entry(struct th_outbox *outbox,
                                     const struct th_outbox_report *report, uint32_t *epoch,
                                     uint64_t *sequence, struct th_error *error) TH_MUST_USE;
/* The signature that covers an entry; *found false: none. */
enum th_status th_outbox_covering_run(struct th_outbox *outbox, uint32_t epoch, uint64_t sequence,
                                      struct th_outbox_run *run, bool *found,
                                      struct th_error *error) TH_MUST_USE;
/* Entries first..last of an epoch in order, without signatures. */
enum th_status th_outbox_some_entries(struct th_outbox *outbox, uint32_t epoch, uint64_t first,
                                      uint64_t last, th_outbox_entry_fn each, void *context,
                                      struct th_error *error) TH_MUST_USE;
/* The hash that the first entry of an epoch follows; *found false: nothing is held. */
enum th_status th_outbox_epoch_link(struct th_outbox *outbox, uint32_t epoch,
                                    uint8_t previous[TH_HASH_BYTES], bool *found,
                                    struct th_error *error) TH_MUST_USE;
/* A signature whose entry is not there; *found false: none. */
enum th_status th_outbox_stray_run(struct th_outbox *outbox, uint32_t *epoch, uint64_t *sequence,
                                   bool *found, struct th_error *error) TH_MUST_USE;

/* Every rejection; `digest` of the report it is about, NULL when it is not there. */
typedef enum th_status (*th_outbox_rejection_fn)(void *context, const uint8_t id[16],
                                                 struct th_slice message, const uint8_t *digest,
                                                 struct th_error *error);
enum th_status th_outbox_rejections(struct th_outbox *outbox, th_outbox_rejection_fn each,
                                    void *context, struct th_error *error) TH_MUST_USE;

/* ---- catalogue ---- */
struct th_outbox_catalogue {
    uint64_t version; /* 0: none is held */
    uint8_t digest[TH_HASH_BYTES];
    int64_t fetched_us;
};
/* `bundle` may be NULL: only what is in the struct is read. */
enum th_status th_outbox_get_catalogue(struct th_outbox *outbox,
                                       struct th_outbox_catalogue *catalogue,
                                       struct th_buffer *bundle,
                                       struct th_error *error) TH_MUST_USE;
enum th_status th_outbox_put_catalogue(struct th_outbox *outbox,
                                       const struct th_outbox_catalogue *catalogue,
                                       struct th_slice bundle, struct th_error *error) TH_MUST_USE;

/* ---- notices ---- */
struct th_outbox_notice {
    uint64_t id;
    const char *kind, *form, *period;
    uint32_t revision;
    const char *text;
    const char *comments;    /* JSON: [{"criterion": ..., "text": ...}] */
    int64_t at_us, until_us; /* until 0: not told */
    bool read;               /* by people; of notices that are given */
};
enum th_status th_outbox_add_notice(struct th_outbox *outbox, const struct th_outbox_notice *notice,
                                    int64_t now_us, struct th_error *error) TH_MUST_USE;
enum th_status th_outbox_last_notice(struct th_outbox *outbox, uint64_t *id,
                                     struct th_error *error) TH_MUST_USE;
/* Unread ones first, newest first. */
typedef bool (*th_outbox_notice_fn)(void *context, const struct th_outbox_notice *notice);
enum th_status th_outbox_notices(struct th_outbox *outbox, size_t limit, th_outbox_notice_fn each,
                                 void *context, struct th_error *error) TH_MUST_USE;

enum th_status th_outbox_count_notices(struct th_outbox *outbox, uint64_t *total, uint64_t *unread,
                                       struct th_error *error) TH_MUST_USE;
/* Those up to `last` count as read. */
enum th_status th_outbox_read_notices(struct th_outbox *outbox, uint64_t last, int64_t now_us,
                                      struct th_error *error) TH_MUST_USE;

/* What the province decided last about a key, as far as its notices tell. */
enum th_decision {
    TH_DECISION_NONE,
    TH_DECISION_APPROVED,
    TH_DECISION_RETURNED,
    TH_DECISION_REOPENED
};
struct th_outbox_verdict {
    enum th_decision decision;
    uint64_t notice_id;
    uint32_t revision;
    int64_t until_us; /* returned or reopened: corrections are taken until then */
};
/* About one revision, or with 0 about the key. */
enum th_status th_outbox_verdict(struct th_outbox *outbox, const char *form, const char *period,
                                 uint32_t revision, struct th_outbox_verdict *verdict,
                                 struct th_error *error) TH_MUST_USE;
/* Until when reports of a key are taken even past their lock, by an exception or after a
 * return or reopening; 0 or a past instant: no. */
enum th_status th_outbox_open_until(struct th_outbox *outbox, const char *form, const char *period,
                                    int64_t *until_us, struct th_error *error) TH_MUST_USE;

/* ---- how delivery stands ---- */
#define TH_REASON_MAX 1400 /* an error's message and some words */
struct th_outbox_link {
    bool connected;
    char endpoint[200];         /* the last one tried, "" before the first */
    char reason[TH_REASON_MAX]; /* why it is not connected, or "" */
    int64_t since_us;           /* of `connected`; 0: delivery never ran */
    int64_t greeted_us; /* last greeted and level with the province, by the office's clock; 0:
                           never */
};
enum th_status th_outbox_get_link(struct th_outbox *outbox, struct th_outbox_link *link,
                                  struct th_error *error) TH_MUST_USE;
/* since_us counts only when `connected` (or the endpoint connected to) changes. */
enum th_status th_outbox_put_link(struct th_outbox *outbox, const struct th_outbox_link *link,
                                  struct th_error *error) TH_MUST_USE;

/* ---- drafts: reports that wait for sign-off ---- */
struct th_outbox_draft {
    uint8_t id[16]; /* becomes the report's */
    const char *form, *period;
    const char *file; /* name it was submitted under */
    enum th_report_state state;
    int64_t created_us, prepared_us;
    uint8_t content[TH_HASH_BYTES]; /* of a prepared one */
    struct th_slice body; /* draft: the file's bytes; prepared: the report, without revision */
};
typedef bool (*th_outbox_draft_fn)(void *context, const struct th_outbox_draft *draft);

/* Keeps a draft in place of the earlier one of its key; uses id, form, period, file,
 * created_us and body. *kept false: the key's draft is prepared and stays. */
enum th_status th_outbox_put_draft(struct th_outbox *outbox, const struct th_outbox_draft *draft,
                                   bool *kept, struct th_error *error) TH_MUST_USE;
/* Fixes a draft's report; uses id, prepared_us, content and body. *done false: it is no
 * longer a draft. */
enum th_status th_outbox_prepare_draft(struct th_outbox *outbox,
                                       const struct th_outbox_draft *draft, bool *done,
                                       struct th_error *error) TH_MUST_USE;
/* Takes it away, whatever its state. */
enum th_status th_outbox_withdraw_draft(struct th_outbox *outbox, const uint8_t id[16], bool *done,
                                        struct th_error *error) TH_MUST_USE;
/* Takes a prepared one away, to be added to the queue in the same transaction. *done false:
 * it is not prepared. */
enum th_status th_outbox_release_draft(struct th_outbox *outbox, const uint8_t id[16], bool *done,
                                       struct th_error *error) TH_MUST_USE;
/* By the first digits of its id (lower-case hexadecimal), or by its key: what is not wanted
 * is "". At most two, with body. */
enum th_status th_outbox_find_draft(struct th_outbox *outbox, const char *digits, const char *form,
                                    const char *period, th_outbox_draft_fn each, void *context,
                                    struct th_error *error) TH_MUST_USE;
/* All, newest first, without body. */
enum th_status th_outbox_drafts(struct th_outbox *outbox, th_outbox_draft_fn each, void *context,
                                struct th_error *error) TH_MUST_USE;

#endif
