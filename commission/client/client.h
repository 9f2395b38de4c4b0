/* A client of the province's query port: connects by an enrolment bundle, over to
 * another collector when one fails, keeps the catalogue, asks questions whose
 * answers come in parts. One thread. */
#ifndef TONGHOP_COMMISSION_CLIENT_H
#define TONGHOP_COMMISSION_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/domain/catalogue.h"
#include "common/wire/bundle.h"
#include "common/wire/keys.h"
#include "tonghop/v1/tonghop.pb-c.h"

struct th_client;

/* Copied by th_client_open but for the folder. */
struct th_client_options {
    const struct th_bundle *bundle;
    const struct th_curve_pair *pair;
    const char *software;     /* "tonghop 1.0.0" */
    const char *language;     /* "vi" or "en": of problems' messages */
    const char *state_folder; /* where the catalogue is kept; NULL: nowhere */
    int timeout_ms;           /* longest silence of the province, and for connecting */
    int interrupt_fd;         /* readable: give up, cancelling what runs; -1: none */
    /* Keeps a bundle that an announcement of the province renewed; may put a newer one in its
     * place that it finds kept. NULL: not kept. */
    enum th_status (*pin)(void *context, struct th_bundle *renewed, struct th_error *error);
    void *pin_context;
};

/* Greets the first collector of the bundle that answers. TH_UNREACHABLE when none
 * does in time, TH_REJECTED when this key is refused, TH_USAGE when the bundle has
 * no query endpoint. *client is there to be asked for problems, and to be closed,
 * whatever the status; NULL after TH_USAGE. */
enum th_status th_client_open(const struct th_client_options *options, struct th_client **client,
                              struct th_error *error) TH_MUST_USE;
void th_client_close(struct th_client **client);

/* What the province said in its Welcome. */
struct th_client_greeting {
    char province[33], role[16];
    uint64_t catalogue_version; /* 0: none imported */
    uint8_t catalogue_digest[32];
    int64_t server_time_us;
};
const struct th_client_greeting *th_client_greeting(const struct th_client *client);

/* The catalogue in force: from the state folder when it is the one of the greeting,
 * else fetched and kept there. Owned by the client, valid until it is closed or this
 * is called again. */
enum th_status th_client_catalogue(struct th_client *client, const struct th_catalogue **catalogue,
                                   struct th_error *error) TH_MUST_USE;

/* The catalogue of one version, which an answer as of an instant rests on; the caller
 * releases it. Fetched unless it is the one in force. */
enum th_status th_client_catalogue_of(struct th_client *client, uint64_t version,
                                      struct th_catalogue **catalogue,
                                      struct th_error *error) TH_MUST_USE;

/* Asks, and gives each part of the answer in order; request id, credit, language and
 * deadline of `query` are filled in here. A status of `each` other than TH_OK ends
 * the question (it is cancelled) and is returned. When a collector is lost or has no
 * database before its first part, the next one is asked. TH_REJECTED:
 * th_client_problems says why. */
typedef enum th_status (*th_client_part_fn)(void *context, const Tonghop__V1__QueryPart *part,
                                            struct th_error *error);
enum th_status th_client_query(struct th_client *client, Tonghop__V1__Query *query,
                               th_client_part_fn each, void *context,
                               struct th_error *error) TH_MUST_USE;

/* Sends the files of a final assessment and has it frozen; the request id is filled in
 * here. TH_REJECTED: th_client_problems says why. TH_UNREACHABLE after everything was
 * sent: it is not known whether it was frozen. */
struct th_client_file {
    const char *format; /* "html", "xlsx" */
    struct th_slice content;
};
enum th_status th_client_freeze(struct th_client *client, Tonghop__V1__AssessmentFreeze *freeze,
                                const struct th_client_file *files, size_t count, int64_t *at_us,
                                struct th_error *error) TH_MUST_USE;

/* Approves, returns or reopens a report; the request id is filled in here, and *at_us
 * receives the instant of the act. Without an answer the next collector is asked, or the
 * same again: the same act is not done twice. TH_UNREACHABLE after all of that: whether it
 * was done is not known. TH_REJECTED: th_client_problems says why. */
enum th_status th_client_change_state(struct th_client *client, Tonghop__V1__StateChange *change,
                                      int64_t *at_us, struct th_error *error) TH_MUST_USE;

/* Sends the exact bytes of one report of the province about a district, and gives the
 * answer, which has one run or one rejection, to be checked. Without an answer it is sent
 * again: its id keeps it from being entered twice. As th_client_change_state. */
typedef enum th_status (*th_client_receipts_fn)(void *context,
                                                const Tonghop__V1__Receipts *receipts,
                                                struct th_error *error);
enum th_status th_client_submit(struct th_client *client, struct th_slice body,
                                th_client_receipts_fn take, void *context,
                                struct th_error *error) TH_MUST_USE;
/* What a restoration in the province took back (SEMANTICS 10): answers as of instants after
 * from_us, up to until_us, that were given before until_us are void. */
struct th_void_span {
    int64_t from_us, until_us;
};
/* Of the answers since the client was opened; zeros: none of them is concerned. */
struct th_void_span th_client_void_span(const struct th_client *client);

/* All problems of the last TH_REJECTED (or of an unavailable database), valid until
 * the next call. */
struct th_client_problem {
    const char *code, *criterion, *message, *value; /* "" when there is none */
};
const struct th_client_problem *th_client_problems(const struct th_client *client, size_t *count);

#endif
