#include "collector/intake/zap.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"

/* routing id, empty, version, request id, domain, address, identity, mechanism, key */
#define REQUEST_FRAMES 9
/* Refusals are logged once a key and minute; so many keys are told apart, so that an
 * attacker with fresh keys costs neither memory nor a line an attempt. */
#define REFUSAL_SLOTS 256
#define REFUSAL_MS    60000
/* Unknown keys that wait until the database was looked at again. */
#define PENDING_MAX     1024
#define PENDING_WAIT_MS 3000
#define PENDING_POLL_MS 20

struct refusal {
    uint8_t key[32];
    struct th_log_gate gate;
    int64_t until_ms; /* the slot is this key's until then; 0: nobody's */
};

struct request {
    uint8_t routing[256];
    size_t routing_size;
    char id[64];
    char domain[32];
    char address[64];
    char mechanism[16];
    uint8_t key[32];
    bool well_formed;
};

/* A key may have been enrolled a moment ago, and "400" would end its session for good:
 * it is judged by a state that was read after it knocked. */
struct pending {
    struct request request;
    uint64_t looks;
    int64_t since_ms;
};

struct th_zap {
    void *requests; /* ROUTER inproc://zeromq.zap.01: answers may wait */
    void *stop_in, *stop_out;
    pthread_t thread;
    struct th_shared_state *state;
    struct refusal refusals[REFUSAL_SLOTS];
    struct pending pending[PENDING_MAX];
    size_t pending_count;
};

static void copy_frame(zmq_msg_t *frame, char *text, size_t size)
{
    size_t length = zmq_msg_size(frame);
    if (length >= size)
        length = size - 1;
    memcpy(text, zmq_msg_data(frame), length);
    text[length] = '\0';
}

static void take_frame(struct request *request, int frame, zmq_msg_t *part, bool *whole)
{
    size_t size = zmq_msg_size(part);
    switch (frame) {
    case 0:
        request->routing_size = size < sizeof request->routing ? size : 0;
        memcpy(request->routing, zmq_msg_data(part), request->routing_size);
        break;
    case 3:
        copy_frame(part, request->id, sizeof request->id);
        break;
    case 4:
        copy_frame(part, request->domain, sizeof request->domain);
        break;
    case 5:
        copy_frame(part, request->address, sizeof request->address);
        break;
    case 7:
        copy_frame(part, request->mechanism, sizeof request->mechanism);
        break;
    case 8:
        *whole = size == sizeof request->key;
        if (*whole)
            memcpy(request->key, zmq_msg_data(part), size);
        break;
    default:
        break;
    }
}

/* Reads every frame of one request; false when there is none. */
static bool receive_request(void *socket, struct request *request)
{
    int more = 1;
    memset(request, 0, sizeof *request);
    bool whole = true;
    int frame = 0;
    for (; more; frame++) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&part);
            return false;
        }
        take_frame(request, frame, &part, &whole);
        more = zmq_msg_more(&part);
        zmq_msg_close(&part);
    }
    request->well_formed = whole && frame == REQUEST_FRAMES &&
                           strcmp(request->domain, TH_ZAP_DOMAIN) == 0 &&
                           strcmp(request->mechanism, "CURVE") == 0;
    return true;
}

/* The slot of a key, else one whose minute is over. NULL: all are taken by other keys,
 * whose lines say that somebody is trying. */
static struct refusal *refusal_of(struct th_zap *zap, const uint8_t key[32])
{
    struct refusal *free_slot = NULL;
    int64_t now_ms = th_clock_monotonic_ms();
    for (size_t i = 0; i < REFUSAL_SLOTS; i++) {
        struct refusal *refusal = &zap->refusals[i];
        if (memcmp(refusal->key, key, sizeof refusal->key) == 0)
            return refusal;
        if (!free_slot && now_ms >= refusal->until_ms)
            free_slot = refusal;
    }
    if (free_slot) {
        memset(free_slot, 0, sizeof *free_slot);
        memcpy(free_slot->key, key, sizeof free_slot->key);
        free_slot->until_ms = now_ms + REFUSAL_MS;
    }
    return free_slot;
}

static void log_refusal(struct th_zap *zap, const struct request *request, const char *why)
{
    uint64_t held_back = 0;
    struct refusal *refusal = refusal_of(zap, request->key);
    if (!refusal || !th_log_gate_open(&refusal->gate, &held_back))
        return;
    refusal->until_ms = th_clock_monotonic_ms() + REFUSAL_MS;
    char hex[65];
    th_text_to_hex(request->key, sizeof request->key, hex);
    th_log(TH_LOG_WARNING, "key.refused key=%s address=%s why=%s held_back=%llu", hex,
           request->address, why, (unsigned long long)held_back);
}

static void answer(struct th_zap *zap, const struct request *request, const char *code,
                   const char *text, const char *user_id)
{
    const char *frames[] = {"", "1.0", request->id, code, text, user_id, ""};
    size_t count = sizeof frames / sizeof frames[0];
    bool sent = zmq_send(zap->requests, request->routing, request->routing_size, ZMQ_SNDMORE) >= 0;
    for (size_t i = 0; sent && i < count; i++)
        sent = zmq_send(zap->requests, frames[i], strlen(frames[i]),
                        i + 1 < count ? ZMQ_SNDMORE : 0) >= 0;
    if (!sent)
        th_log(TH_LOG_ERROR, "zap.answer_failed error=%s", zmq_strerror(errno));
}

/* Answers by the state as it stands; false when the key is unknown to it. */
static bool judge(struct th_zap *zap, const struct request *request)
{
    char user_id[65];
    switch (th_shared_state_admit(zap->state, request->key, NULL)) {
    case TH_ADMITTED:
        th_text_to_hex(request->key, sizeof request->key, user_id);
        answer(zap, request, "200", "OK", user_id);
        return true;
    case TH_KEYS_UNAVAILABLE:
        /* 300 makes the peer try again; 400 ends its session for good. */
        answer(zap, request, "300", "try again", "");
        return true;
    case TH_REVOKED_KEY:
        log_refusal(zap, request, "revoked");
        answer(zap, request, "400", "revoked", "");
        return true;
    case TH_UNKNOWN_KEY:
        break;
    }
    return false;
}

static void handle(struct th_zap *zap)
{
    struct request request;
    while (receive_request(zap->requests, &request)) {
        if (!request.well_formed) {
            answer(zap, &request, "400", "malformed", "");
        } else if (!judge(zap, &request)) {
            if (zap->pending_count == PENDING_MAX) {
                answer(zap, &request, "300", "try again", "");
                continue;
            }
            zap->pending[zap->pending_count++] = (struct pending){
                request, th_shared_state_looks(zap->state), th_clock_monotonic_ms()};
            th_shared_state_want_look(zap->state);
        }
    }
}

static void judge_pending(struct th_zap *zap)
{
    uint64_t looks = th_shared_state_looks(zap->state);
    int64_t now_ms = th_clock_monotonic_ms();
    size_t kept = 0;
    for (size_t i = 0; i < zap->pending_count; i++) {
        struct pending *pending = &zap->pending[i];
        if (judge(zap, &pending->request))
            continue;
        if (looks >= pending->looks + 2) {
            log_refusal(zap, &pending->request, "not-enrolled");
            answer(zap, &pending->request, "400", "not enrolled", "");
        } else if (now_ms - pending->since_ms > PENDING_WAIT_MS) {
            answer(zap, &pending->request, "300", "try again", "");
        } else {
            zap->pending[kept++] = *pending;
        }
    }
    zap->pending_count = kept;
    if (kept > 0)
        th_shared_state_want_look(zap->state);
}

static void *run(void *context)
{
    struct th_zap *zap = context;
    zmq_pollitem_t items[] = {{zap->requests, 0, ZMQ_POLLIN, 0}, {zap->stop_out, 0, ZMQ_POLLIN, 0}};
    for (;;) {
        long wait_ms = zap->pending_count > 0 ? PENDING_POLL_MS : -1;
        if (zmq_poll(items, 2, wait_ms) < 0 && errno != EINTR)
            break;
        if (items[1].revents)
            break;
        if (items[0].revents)
            handle(zap);
        judge_pending(zap);
    }
    return NULL;
}

static void close_sockets(struct th_zap *zap)
{
    if (zap->requests)
        zmq_close(zap->requests);
    if (zap->stop_in)
        zmq_close(zap->stop_in);
    if (zap->stop_out)
        zmq_close(zap->stop_out);
}

enum th_status th_zap_start(void *zmq_context, struct th_shared_state *state, struct th_zap **zap,
                            struct th_error *error)
{
    struct th_zap *made = calloc(1, sizeof *made);
    if (!made)
        abort();
    made->state = state;
    made->requests = zmq_socket(zmq_context, ZMQ_ROUTER);
    made->stop_in = zmq_socket(zmq_context, ZMQ_PAIR);
    made->stop_out = zmq_socket(zmq_context, ZMQ_PAIR);
    if (!made->requests || !made->stop_in || !made->stop_out ||
        zmq_bind(made->requests, "inproc://zeromq.zap.01") != 0 ||
        zmq_bind(made->stop_out, "inproc://tonghop.zap.stop") != 0 ||
        zmq_connect(made->stop_in, "inproc://tonghop.zap.stop") != 0 ||
        pthread_create(&made->thread, NULL, run, made) != 0) {
        enum th_status status = th_error_set(
            error, TH_PERMANENT, "cannot start the handler of key checks: %s", zmq_strerror(errno));
        close_sockets(made);
        free(made);
        return status;
    }
    *zap = made;
    return TH_OK;
}

void th_zap_stop(struct th_zap **zap)
{
    if (!zap || !*zap)
        return;
    zmq_send((*zap)->stop_in, "", 0, 0);
    pthread_join((*zap)->thread, NULL);
    close_sockets(*zap);
    free(*zap);
    *zap = NULL;
}
