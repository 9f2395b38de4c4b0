/* What the event thread does with each message of a reporter. */
#include <string.h>

#include "collector/intake/answer.h"
#include "collector/intake/intake_private.h"
#include "collector/intake/notices.h"
#include "collector/intake/prior.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/wire/message.h"

#define BUSY_RETRY_MS         500
#define NO_CATALOGUE_RETRY_MS 10000
#define ENTRIES_A_REQUEST     500
#define CATALOGUE_CREDIT_MAX  16
#define CATALOGUE_PART_BYTES  ((size_t)TH_WIRE_PART_BYTES - 1024) /* with its envelope */
/* Batches that may wait for the database, in bytes: with the limits on reports this bounds the
 * collector's memory whatever reports look like. */
#define QUEUE_BYTES_MAX (32 * (size_t)1024 * 1024)
/* Beyond this they wait as they came, a fraction of the size, and the writers unpack and judge. */
#define JUDGED_BYTES_MAX (8 * (size_t)1024 * 1024)
/* The same of one key, or one would leave no room for the others. */
#define DISTRICT_BYTES_MAX (16 * (size_t)1024 * 1024)

typedef Tonghop__V1__ClientMessage ClientMessage;

static void reply(struct th_intake *intake, const struct th_session *session)
{
    if (th_router_send(intake->router, session->routing, session->routing_size, intake->reply.bytes,
                       intake->reply.size) != TH_OK)
        intake->answers_lost++;
}

static void reply_error(struct th_intake *intake, const struct th_session *session,
                        uint64_t request_id, const char *code, const char *value)
{
    th_buffer_clear(&intake->reply);
    th_error_encode_one(code, value, request_id, session->language, &intake->reply);
    reply(intake, session);
}

static void reply_busy(struct th_intake *intake, const struct th_session *session,
                       uint64_t batch_id, uint32_t retry_after_ms)
{
    intake->busy++;
    th_buffer_clear(&intake->reply);
    th_answer_busy(batch_id, retry_after_ms, &intake->reply);
    reply(intake, session);
}

/* Writers are chosen by district, so that one district's reports stay in order and
 * two writers of this process never wait for the same head. */
static struct th_database_thread *writer_of(struct th_intake *intake, int32_t district_id)
{
    return &intake->writers[(uint32_t)district_id % intake->writer_count];
}

/* An empty queue takes any batch, else one that is larger than the limit never could. */
static bool is_full(size_t waiting, size_t more, long limit)
{
    return waiting > 0 && waiting + more > (size_t)limit;
}

static void submit(struct th_intake *intake, struct th_session *session,
                   const struct th_enrolment *sender, const Tonghop__V1__Submit *message)
{
    const struct th_collector_settings *settings = intake->options.settings;
    size_t count = message->n_report;
    if (count == 0 || count > TH_INTAKE_BATCH_REPORTS || message->n_prior > count ||
        intake->message.bytes.size > TH_WIRE_MESSAGE_MAX) {
        reply_error(intake, session, message->batch_id, "message.malformed", "Submit");
        return;
    }
    if (is_full(session->waiting_reports, count, settings->district_queue) ||
        is_full(intake->waiting_reports, count, settings->queue_reports) ||
        session->waiting_bytes > DISTRICT_BYTES_MAX || intake->waiting_bytes > QUEUE_BYTES_MAX) {
        reply_busy(intake, session, message->batch_id, BUSY_RETRY_MS);
        return;
    }
    struct th_catalogue_ids *ids = th_shared_state_catalogue(intake->options.state);
    if (!ids) {
        th_log(TH_LOG_WARNING, "intake.no_catalogue note=\"reports wait: run "
                               "'tonghop-collector catalogue import DIR'\"");
        reply_busy(intake, session, message->batch_id, NO_CATALOGUE_RETRY_MS);
        return;
    }
    int64_t begun_ns = th_clock_monotonic_ns();
    struct th_work *work =
        th_work_create(TH_WORK_SUBMIT, sender, &intake->message, session->language);
    work->batch_id = message->batch_id;
    work->ids = ids;
    work->judged = intake->waiting_bytes < JUDGED_BYTES_MAX;
    work->submissions = th_arena_alloc(work->arena, count * sizeof *work->submissions);
    int64_t now_us = th_clock_now_us();
    const bool *prior_holds =
        th_prior_verify(message, &intake->lookup.answers, sender->name, work->arena);
    for (size_t i = 0; i < count && prior_holds; i++) {
        struct th_submission *submission = &work->submissions[work->count];
        const void *body =
            th_arena_copy(work->arena, message->report[i].data, message->report[i].len);
        if (!body && message->report[i].len > 0)
            break;
        submission->district = work->sender.name;
        submission->district_id = sender->district_id;
        submission->body = (struct th_slice){body, message->report[i].len};
        submission->arena = work->arena;
        th_sha256(submission->body.bytes, submission->body.size, submission->digest);
        th_prior_find(message, prior_holds, submission);
        if (work->judged)
            th_intake_validate(&intake->lookup.answers, submission, ids, now_us);
        work->count++;
    }
    if (work->count < count) {
        /* Bytes that expand beyond every honest batch: none of it is taken. */
        th_work_destroy(work);
        reply_error(intake, session, message->batch_id, "message.malformed", "Submit");
        return;
    }
    work->bytes = th_arena_used(work->arena);
    work->handed_ns = th_clock_monotonic_ns();
    th_stage_add(&intake->stages, TH_STAGE_VALIDATE, 1, work->handed_ns - begun_ns);
    th_stage_add_reports(&intake->stages, count, intake->message.bytes.size);
    session->waiting_reports += count;
    intake->waiting_reports += count;
    session->waiting_bytes += work->bytes;
    intake->waiting_bytes += work->bytes;
    if (intake->waiting_bytes > intake->waiting_bytes_peak)
        intake->waiting_bytes_peak = intake->waiting_bytes;
    th_work_queue_push(&writer_of(intake, sender->district_id)->queue, work);
}

bool th_intake_look_up_head(struct th_intake *intake, struct th_session *session)
{
    struct th_enrolment sender;
    if (th_shared_state_admit(intake->options.state, session->peer_key, &sender) != TH_ADMITTED)
        return true;
    if (!th_session_may_look_up(session))
        return false;
    struct th_message to = {.routing_size = session->routing_size};
    memcpy(to.routing, session->routing, session->routing_size);
    session->catalogue_version = intake->catalogue_version;
    struct th_work *work = th_work_create(TH_WORK_HELLO, &sender, &to, session->language);
    work->announcements = th_shared_state_announcements(
        intake->options.state, session->held_announced_us, work->arena, &work->announcement_count);
    session->told_announced_us = intake->announced_us;
    /* Recorded once; what the office makes up is not. */
    if (session->held_announced_us != sender.announced_us &&
        session->held_announced_us <= intake->announced_us)
        work->announced_us = session->held_announced_us;
    work->epoch = session->held_epoch;
    work->after_sequence = session->held_sequence;
    memcpy(work->hash, session->held_hash, sizeof work->hash);
    session->held_sequence = 0; /* one Hello is judged once */
    th_work_queue_push(&intake->lookup.queue, work);
    return true;
}

static void hello(struct th_intake *intake, struct th_session *session,
                  const Tonghop__V1__Hello *message)
{
    if (message->protocol_version != TH_WIRE_PROTOCOL_VERSION) {
        reply_error(intake, session, 0, "protocol.unsupported", "Hello");
        return;
    }
    struct th_slice language = th_bytes_slice(message->language);
    memcpy(session->language, th_slice_equals(language, "en") ? "en" : "vi", 3);
    session->held_sequence = message->hash.len == TH_HASH_BYTES ? message->sequence : 0;
    session->held_epoch = message->epoch;
    session->held_announced_us = message->announced_us;
    if (session->held_sequence > 0)
        memcpy(session->held_hash, message->hash.data, sizeof session->held_hash);
    (void)th_intake_look_up_head(intake, session);
    th_notices_greeted(intake, session, message->notice_id);
}

static void entries(struct th_intake *intake, struct th_session *session,
                    const struct th_enrolment *sender, const Tonghop__V1__EntriesRequest *message)
{
    if (!th_session_may_look_up(session)) {
        reply_busy(intake, session, message->request_id, BUSY_RETRY_MS);
        return;
    }
    struct th_work *work =
        th_work_create(TH_WORK_ENTRIES, sender, &intake->message, session->language);
    work->request_id = message->request_id;
    work->epoch = message->epoch;
    work->after_sequence = message->after_sequence;
    work->limit = message->limit > 0 && message->limit < ENTRIES_A_REQUEST ? message->limit
                                                                           : ENTRIES_A_REQUEST;
    th_work_queue_push(&intake->lookup.queue, work);
}

static void bodies(struct th_intake *intake, struct th_session *session,
                   const struct th_enrolment *sender, const Tonghop__V1__BodiesRequest *message)
{
    if (!th_session_may_look_up(session)) {
        reply_busy(intake, session, message->request_id, BUSY_RETRY_MS);
        return;
    }
    struct th_work *work =
        th_work_create(TH_WORK_BODIES, sender, &intake->message, session->language);
    work->request_id = message->request_id;
    work->epoch = message->epoch;
    work->after_sequence = message->after_sequence;
    th_work_queue_push(&intake->lookup.queue, work);
}

/* Sends parts while there is credit. A part that cannot be sent, or another catalogue
 * come into force, ends the stream: the reporter asks again. */
static void stream_catalogue(struct th_intake *intake, struct th_session *session)
{
    struct th_catalogue_stream *stream = &session->stream;
    const struct th_buffer *bytes = &intake->catalogue_bytes;
    if (stream->version != intake->catalogue_bytes_version)
        stream->version = 0;
    while (stream->version != 0 && stream->credit > 0) {
        Tonghop__V1__ServerMessage message;
        tonghop__v1__server_message__init(&message);
        Tonghop__V1__CataloguePart part;
        tonghop__v1__catalogue_part__init(&part);
        message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_CATALOGUE_PART;
        message.catalogue_part = &part;
        size_t left = bytes->size - stream->offset;
        size_t size = left < CATALOGUE_PART_BYTES ? left : CATALOGUE_PART_BYTES;
        part.request_id = stream->request_id;
        part.version = stream->version;
        part.digest = th_bytes_of(intake->catalogue_digest, sizeof intake->catalogue_digest);
        part.total_bytes = bytes->size;
        part.offset = stream->offset;
        part.content = th_bytes_of(bytes->bytes + stream->offset, size);
        part.last = size == left;
        th_buffer_clear(&intake->reply);
        th_server_message_encode(&message, &intake->reply);
        enum th_status status =
            th_router_send(intake->router, session->routing, session->routing_size,
                           intake->reply.bytes, intake->reply.size);
        stream->offset += size;
        stream->credit--;
        if (status != TH_OK || part.last)
            stream->version = 0;
    }
}

static void catalogue(struct th_intake *intake, struct th_session *session,
                      const Tonghop__V1__CatalogueRequest *message)
{
    struct th_catalogue_ids *ids = th_shared_state_catalogue(intake->options.state);
    if (!ids || (message->version != 0 && message->version != ids->catalogue->version)) {
        reply_error(intake, session, message->request_id, "catalogue.unknown_version", "");
        th_catalogue_ids_release(&ids);
        return;
    }
    const struct th_catalogue *in_force = ids->catalogue;
    if (intake->catalogue_bytes_version != in_force->version) {
        th_buffer_clear(&intake->catalogue_bytes);
        th_catalogue_bytes(in_force, &intake->catalogue_bytes);
        memcpy(intake->catalogue_digest, in_force->digest, sizeof intake->catalogue_digest);
        intake->catalogue_bytes_version = in_force->version;
    }
    th_catalogue_ids_release(&ids);
    session->stream = (struct th_catalogue_stream){
        .version = intake->catalogue_bytes_version,
        .request_id = message->request_id,
        .credit = message->credit < CATALOGUE_CREDIT_MAX ? message->credit : CATALOGUE_CREDIT_MAX,
    };
    stream_catalogue(intake, session);
}

static void credit(struct th_intake *intake, struct th_session *session,
                   const Tonghop__V1__Credit *message)
{
    struct th_catalogue_stream *stream = &session->stream;
    if (stream->version == 0 || stream->request_id != message->request_id)
        return;
    stream->credit += message->parts < CATALOGUE_CREDIT_MAX ? message->parts : CATALOGUE_CREDIT_MAX;
    if (stream->credit > CATALOGUE_CREDIT_MAX)
        stream->credit = CATALOGUE_CREDIT_MAX;
    stream_catalogue(intake, session);
}

static void dispatch(struct th_intake *intake, struct th_session *session,
                     const struct th_enrolment *sender, const ClientMessage *message)
{
    switch (message->body_case) {
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO:
        hello(intake, session, message->hello);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_CATALOGUE_REQUEST:
        catalogue(intake, session, message->catalogue_request);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT:
        submit(intake, session, sender, message->submit);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_ENTRIES_REQUEST:
        entries(intake, session, sender, message->entries_request);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_BODIES_REQUEST:
        bodies(intake, session, sender, message->bodies_request);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_NOTICE_ACK:
        th_notices_acknowledged(intake, session, message->notice_ack->notice_id);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_CREDIT:
        credit(intake, session, message->credit);
        break;
    case TONGHOP__V1__CLIENT_MESSAGE__BODY_CANCEL:
        session->stream.version = 0;
        break;
    default:
        reply_error(intake, session, 0, "message.unknown", "");
        break;
    }
}

void th_intake_handle(struct th_intake *intake)
{
    const struct th_message *received = &intake->message;
    struct th_enrolment sender;
    enum th_admission admission =
        th_shared_state_admit(intake->options.state, received->peer_key, &sender);
    /* ZAP speaks at the handshake only: every message is judged anew. */
    if (admission == TH_UNKNOWN_KEY || admission == TH_KEYS_UNAVAILABLE) {
        intake->messages_dropped++;
        return;
    }
    struct th_session *session = th_sessions_get(intake->sessions, received->peer_key);
    memcpy(session->routing, received->routing, received->routing_size);
    session->routing_size = received->routing_size;
    session->district_id = sender.district_id;
    if (admission == TH_REVOKED_KEY || sender.district_id == 0) {
        uint64_t held_back = 0;
        intake->messages_dropped++;
        if (th_log_gate_open(&session->refused, &held_back)) {
            char hex[65];
            th_text_to_hex(received->peer_key, sizeof received->peer_key, hex);
            th_log(TH_LOG_WARNING,
                   "message.refused key=%s name=%s address=%s why=%s held_back=%llu", hex,
                   sender.name, received->peer_address,
                   admission == TH_REVOKED_KEY ? "revoked" : "not-a-district",
                   (unsigned long long)held_back);
            reply_error(intake, session, 0,
                        admission == TH_REVOKED_KEY ? "key.revoked" : "role.not_allowed", "");
        } else {
            /* It was told. */
            th_guard_unwanted(intake->options.guard, received->descriptor);
        }
        return;
    }
    int64_t begun_ns = th_clock_monotonic_ns();
    th_arena_reset(intake->decode_arena);
    const ClientMessage *message =
        th_client_message_decode(th_buffer_slice(&received->bytes), intake->decode_arena);
    if (message && message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT)
        th_stage_add(&intake->stages, TH_STAGE_DECODE, 1, th_clock_monotonic_ns() - begun_ns);
    if (!message) {
        intake->malformed++;
        reply_error(intake, session, 0, "message.malformed", "");
        return;
    }
    dispatch(intake, session, &sender, message);
}
