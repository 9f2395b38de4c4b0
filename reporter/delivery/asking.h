/* A conversation of questions and answers with the province, for a command that wants to
 * know: one question at a time, waited for. Delivery has its own (engine.h). Private to
 * this folder. */
#ifndef TONGHOP_REPORTER_ASKING_H
#define TONGHOP_REPORTER_ASKING_H

#include "common/wire/message.h"
#include "reporter/delivery/connection.h"
#include "reporter/delivery/restored.h"

struct th_asking {
    struct th_connection connection;
    const struct th_bundle *bundle;
    struct th_bundle renewed; /* the bundle is this once an announcement was taken; not kept */
    const char *language;
    int64_t timeout_ms;     /* of one answer */
    struct th_arena *arena; /* of the last answer */
    struct th_message message;
    uint64_t last_request;
    struct th_restored_start *starts; /* of the Welcome: where restorations began epochs */
    size_t start_count;
};

/* Connects to the first endpoint of the bundle that greets, and tells the head of the
 * district's chain there. TH_UNREACHABLE when none does; TH_REJECTED when what answers
 * is not this office's province. Close in any case. */
enum th_status th_asking_open(struct th_asking *asking, uint32_t *epoch, uint64_t *sequence,
                              struct th_error *error) TH_MUST_USE;
void th_asking_close(struct th_asking *asking);

/* Entries after a sequence, verified: hashes and signature hold, at most 500. `hashes` in
 * the asking's arena. *run has no entry: there are none. All until the next question. */
enum th_status th_ask_entries(struct th_asking *asking, uint32_t epoch, uint64_t after,
                              const Tonghop__V1__ReceiptRun **run,
                              uint8_t (**hashes)[TH_HASH_BYTES],
                              struct th_error *error) TH_MUST_USE;

/* Reports of entries after a sequence, as they came: nothing vouches for them but the
 * digests of entries. */
enum th_status th_ask_bodies(struct th_asking *asking, uint32_t epoch, uint64_t after,
                             const Tonghop__V1__Bodies **bodies,
                             struct th_error *error) TH_MUST_USE;

#endif
