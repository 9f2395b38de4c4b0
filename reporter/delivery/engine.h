/* What the files of the engine share. Private to this folder. */
#ifndef TONGHOP_REPORTER_ENGINE_H
#define TONGHOP_REPORTER_ENGINE_H

#include "common/base/log.h"
#include "common/wire/announcement.h"
#include "common/wire/message.h"
#include "common/wire/receipt.h"
#include "reporter/delivery/delivery.h"

#define TH_WINDOW_MAX        64
#define TH_BATCH_REPORTS_MAX 1000

/* A report of a batch that was sent. */
struct th_sent_report {
    int64_t ordinal;
    uint8_t id[16];
    uint8_t digest[TH_HASH_BYTES];
    bool answered; /* while an answer is being read */
};

/* A Submit without answer. */
struct th_batch {
    uint64_t id;
    int64_t sent_ms;
    struct th_sent_report *reports;
    size_t count;
};

/* Where the office's chain must get to. */
struct th_chain_target {
    uint32_t epoch;
    uint64_t sequence;
};

struct th_delivery {
    struct th_delivery_settings settings;
    struct th_bundle bundle;
    struct th_outbox *outbox;
    struct th_transport transport;
    struct th_arena *arena;    /* of the message being read */
    struct th_arena *outgoing; /* of the message being made */

    enum th_link_state state;
    int64_t due_ms;     /* WAITING: next attempt; while an answer is awaited: its deadline */
    int64_t backoff_ms; /* the last wait, 0: none since things went well */
    size_t endpoint;    /* of the bundle */
    bool is_open;
    char reason[TH_REASON_MAX];
    bool draining;
    bool faulted; /* the outbox could not be written, and has not been since */

    /* from Welcome */
    uint32_t window, batch_reports, batch_bytes;
    uint32_t requeued_epoch;   /* what was lost before it has been queued again */
    uint64_t wanted_catalogue; /* 0: the province has none */
    uint8_t wanted_digest[TH_HASH_BYTES];
    struct th_chain_target target;
    bool greeted;        /* a Welcome came on this connection */
    int64_t welcomed_ms; /* when the first one came */
    int64_t greeting_ms; /* last Hello; its Welcome is awaited ... */
    bool greeting_open;  /* ... while this is true */
    bool level_noted;    /* the outbox knows of the last one */

    /* requests under way */
    uint64_t last_request;                 /* counts request and batch ids */
    uint64_t request;                      /* of FETCHING and CATCHING_UP */
    uint32_t ask_epoch;                    /* CATCHING_UP */
    uint32_t halvings;                     /* of the limits: batches without answer (window.c) */
    struct th_catalogue_assembly assembly; /* FETCHING */

    struct th_batch batches[TH_WINDOW_MAX];
    size_t batch_count;
    int64_t answer_ms;     /* last answer that was believed */
    int64_t hold_until_ms; /* busy: nothing is sent before */

    struct th_log_gate refused_gate, trouble_gate, outbox_gate, clock_gate, announcement_gate;
    struct th_error fatal; /* status TH_OK while all is well */
};

/* ---- engine.c ---- */
/* Takes the table's row for an event, if there is one, and does what the new state
 * begins with. `reason` (may be NULL) is for people, kept in the outbox. */
void th_engine_event(struct th_delivery *delivery, enum th_link_event event, const char *reason,
                     int64_t now_ms);
/* Serialises and sends. False: the connection is given up. */
bool th_engine_send(struct th_delivery *delivery, const Tonghop__V1__ClientMessage *message,
                    int64_t now_ms);
/* A failed outbox: waits and tries again, or ends delivery when it is damaged. */
void th_engine_outbox_failed(struct th_delivery *delivery, const struct th_error *error,
                             int64_t now_ms);
/* What came was written down: attempts are quick again. */
void th_engine_outbox_works(struct th_delivery *delivery);
/* An answer that is not believed, logged loudly; it counts as none. */
void th_engine_mistrust(struct th_delivery *delivery, const char *what,
                        const struct th_error *error);
/* Writes how the connection stands into the outbox. */
void th_engine_note_link(struct th_delivery *delivery, bool connected, bool level);

/* ---- greeting.c ---- */
int64_t th_greeting_timeout_ms(const struct th_delivery *delivery);
void th_greeting_send(struct th_delivery *delivery, int64_t now_ms);
void th_greeting_welcome(struct th_delivery *delivery, const Tonghop__V1__Welcome *welcome,
                         int64_t now_ms);
/* What stands before delivery: gives CATALOGUE_CHANGED, BEHIND or LEVEL. */
void th_greeting_next(struct th_delivery *delivery, int64_t now_ms);
bool th_is_behind(const struct th_outbox_head *head, const struct th_chain_target *target);

/* ---- notices.c ---- */
/* Keeps a notice, then acknowledges it. One that cannot be kept is acknowledged too, so
 * that it does not hold back those behind it. */
void th_notices_receive(struct th_delivery *delivery, const Tonghop__V1__Notice *notice,
                        int64_t now_ms);

/* ---- fetching.c ---- */
void th_fetching_begin(struct th_delivery *delivery, int64_t now_ms);
void th_fetching_part(struct th_delivery *delivery, const Tonghop__V1__CataloguePart *part,
                      int64_t now_ms);
void th_catching_up_begin(struct th_delivery *delivery, int64_t now_ms);
/* After the wait that a busy province asked for. */
void th_catching_up_again(struct th_delivery *delivery, int64_t now_ms);
void th_catching_up_entries(struct th_delivery *delivery, const Tonghop__V1__Entries *entries,
                            int64_t now_ms);

/* ---- window.c ---- */
/* Sends batches while the window has room and something is due. */
void th_window_fill(struct th_delivery *delivery, int64_t now_ms);
struct th_batch *th_window_find(struct th_delivery *delivery, uint64_t batch_id);
void th_window_remove(struct th_delivery *delivery, struct th_batch *batch);
void th_window_clear(struct th_delivery *delivery);
/* A connection ended with batches unanswered, or a batch was answered: what follows is
 * smaller, or larger again. */
void th_window_unanswered(struct th_delivery *delivery);
void th_window_answered(struct th_delivery *delivery, const struct th_batch *batch, int64_t now_ms);
/* The instant at which the oldest silence becomes too long; INT64_MAX: nothing waits. */
int64_t th_window_deadline_ms(const struct th_delivery *delivery);

/* ---- prior.c ---- */
/* The receipts that go along with a batch of reports which the province has lost. */
struct th_prior {
    Tonghop__V1__ReceiptRun **runs;
    size_t count, bytes;
};
/* What the receipt of a report adds to a batch: *run NULL when it is there already, or
 * none is held. */
enum th_status th_prior_gather(struct th_delivery *delivery, const struct th_prior *prior,
                               const struct th_outbox_report *report, Tonghop__V1__ReceiptRun **run,
                               size_t *bytes, struct th_error *error) TH_MUST_USE;

/* ---- answers.c ---- */
void th_answers_receipts(struct th_delivery *delivery, const Tonghop__V1__Receipts *receipts,
                         int64_t now_ms);
void th_answers_busy(struct th_delivery *delivery, const Tonghop__V1__Busy *busy, int64_t now_ms);
void th_answers_error(struct th_delivery *delivery, const Tonghop__V1__Error *failure,
                      int64_t now_ms);

/* ---- extend.c ---- */
/* How a verified run stands to the chain that the office holds. */
enum th_extension {
    TH_EXTENDED,    /* it continued the chain (or all of it was known already) */
    TH_GAP,         /* entries between are lacking; nothing was written */
    TH_CONTRADICTS, /* it says other than what the office holds: `error` is filled */
};
/* Within a write transaction: adds what is new of the run and its signature, and marks
 * the office's reports that its entries name. `hashes`: one an entry, verified. */
enum th_status th_extend_chain(struct th_delivery *delivery, const Tonghop__V1__ReceiptRun *run,
                               uint8_t (*hashes)[TH_HASH_BYTES], enum th_extension *extension,
                               struct th_error *error) TH_MUST_USE;

/* ---- words.c ---- */
/* Problems of the wire as the JSON array that the outbox keeps; in the arena. */
const char *th_problems_json(Tonghop__V1__Problem *const *problems, size_t count,
                             struct th_arena *arena);
const char *th_comments_json(Tonghop__V1__CriterionComment *const *comments, size_t count,
                             struct th_arena *arena);
bool th_problems_have(Tonghop__V1__Problem *const *problems, size_t count, const char *code);

#endif
