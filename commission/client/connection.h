/* One conversation with one collector, and the choice among several. Private to
 * the client. */
#ifndef TONGHOP_COMMISSION_CONNECTION_H
#define TONGHOP_COMMISSION_CONNECTION_H

#include <stdbool.h>

#include "commission/client/client.h"
#include "common/wire/message.h"
#include "common/wire/socket.h"

#define TH_CLIENT_PROBLEMS 100
#define TH_CLIENT_CREDIT   8 /* parts under way: 2 MiB at most */

struct th_client {
    struct th_bundle bundle;
    struct th_curve_pair pair;
    char software[64], language[3];
    const char *state_folder;
    int timeout_ms, interrupt_fd;
    enum th_status (*pin)(void *context, struct th_bundle *renewed, struct th_error *error);
    void *pin_context;

    void *context, *dealer, *monitor; /* of ZeroMQ; the sockets NULL: not connected */
    size_t endpoint;                  /* of the bundle: talked to, or to be tried next */
    struct th_client_greeting greeting;
    struct th_message message; /* last received */
    struct th_arena *arena;    /* of it, decoded */
    uint64_t last_request_id;
    bool lost, interrupted; /* the connection; by interrupt_fd */

    struct th_void_span void_span;

    struct th_catalogue *catalogue;
    struct th_arena *problem_arena;
    struct th_client_problem problems[TH_CLIENT_PROBLEMS];
    size_t problem_count;
};

/* Makes sure that a collector has greeted us, trying each endpoint once. */
enum th_status th_connection_ensure(struct th_client *client, struct th_error *error) TH_MUST_USE;
/* Leaves this collector; the next one is tried first from now on. */
void th_connection_leave(struct th_client *client);
void th_connection_close(struct th_client *client);

/* Sends, waiting until there is room or `deadline_ms` (monotonic). */
enum th_status th_connection_send(struct th_client *client,
                                  const Tonghop__V1__ClientMessage *message, int64_t deadline_ms,
                                  struct th_error *error) TH_MUST_USE;

/* The next message, decoded into the client's arena (valid until the next call).
 * TH_UNREACHABLE: silence until the deadline, or the connection is lost; TH_REJECTED:
 * the handshake was refused; TH_PERMANENT: interrupted (only when `interruptible`). */
enum th_status th_connection_receive(struct th_client *client, int64_t deadline_ms,
                                     bool interruptible, const Tonghop__V1__ServerMessage **message,
                                     struct th_error *error) TH_MUST_USE;

/* Keeps an Error's problems for th_client_problems: TH_UNREACHABLE when the
 * collector has no database, else TH_REJECTED. */
enum th_status th_connection_refused(struct th_client *client, const Tonghop__V1__Error *refusal,
                                     struct th_error *error);
/* One problem found on this side. */
void th_connection_problem(struct th_client *client, const char *code, const char *message);

/* Tells the collector that nobody waits for this request any more, and gives it a
 * moment to hear so. */
void th_connection_cancel(struct th_client *client, uint64_t request_id);

#endif
