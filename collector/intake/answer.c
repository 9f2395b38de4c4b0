#include "collector/intake/answer.h"

#include <string.h>

#include "collector/receipts.h"
#include "common/base/clock.h"
#include "common/wire/message.h"

#define NOTICE_BYTES     ((size_t)TH_WIRE_PART_BYTES - 1024) /* texts of one notice */
#define COMMENT_OVERHEAD 24                                  /* bytes around a comment's texts */

typedef Tonghop__V1__ServerMessage ServerMessage;
typedef Tonghop__V1__ReceiptRun ReceiptRun;
typedef Tonghop__V1__Entry Entry;

/* Answers are bounded by their batch, so their memory needs no cap of its own. */
static void *take(struct th_arena *arena, size_t size)
{
    return th_arena_alloc(arena, size);
}

static void encode(ServerMessage *message, struct th_work *work)
{
    th_buffer_clear(&work->answer);
    th_server_message_encode(message, &work->answer);
}

void th_answer_receipts(struct th_work *work, const struct th_answer_context *context)
{
    const struct th_receipts_request request = {.submissions = work->submissions,
                                                .count = work->count,
                                                .batch_id = work->batch_id,
                                                .district = work->sender.name,
                                                .language = work->language,
                                                .province = context->province,
                                                .receipt_key = context->receipt_key};
    th_buffer_clear(&work->answer);
    th_receipts_encode(&request, &work->answer);
}

void th_answer_welcome(struct th_work *work, const struct th_answer_context *context,
                       uint32_t epoch, uint64_t sequence, const uint8_t hash[TH_HASH_BYTES],
                       const struct th_catalogue_ids *ids, const struct th_epoch_start *starts,
                       size_t start_count)
{
    struct th_arena *arena = th_arena_create(0);
    ServerMessage message;
    tonghop__v1__server_message__init(&message);
    Tonghop__V1__Welcome welcome;
    tonghop__v1__welcome__init(&welcome);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME;
    message.welcome = &welcome;
    welcome.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    welcome.software = th_bytes(TH_SLICE("tonghop-collector " TONGHOP_VERSION));
    welcome.province = th_bytes(th_slice_of(context->province));
    if (work->sender.district_id != 0)
        welcome.district = th_bytes(th_slice_of(work->sender.name));
    welcome.role = th_bytes(th_slice_of(work->sender.role));
    welcome.epoch = epoch;
    welcome.sequence = sequence;
    welcome.hash = th_bytes_of(hash, TH_HASH_BYTES);
    welcome.server_time_us = th_clock_now_us();
    if (ids) {
        const struct th_catalogue *catalogue = ids->catalogue;
        const struct th_district *district =
            th_catalogue_ids_district(ids, work->sender.district_id);
        welcome.catalogue_version = catalogue->version;
        welcome.catalogue_digest = th_bytes_of(catalogue->digest, sizeof catalogue->digest);
        if (district && ids->first_enrolled_us[district->index] != INT64_MAX)
            welcome.first_enrolled_us = ids->first_enrolled_us[district->index];
    }
    welcome.window = context->window;
    welcome.max_report_bytes = TH_REPORT_BYTES_MAX;
    welcome.max_batch_bytes = TH_INTAKE_BATCH_BYTES;
    welcome.max_batch_reports = TH_INTAKE_BATCH_REPORTS;
    welcome.epoch_start = take(arena, (start_count + 1) * sizeof *welcome.epoch_start);
    welcome.notice_start = take(arena, (start_count + 1) * sizeof *welcome.notice_start);
    for (size_t i = 0; i < start_count; i++) {
        welcome.notice_start[welcome.n_notice_start++] =
            th_notice_id(starts[i].epoch, starts[i].event_sequence);
        Tonghop__V1__EpochStart *start = take(arena, sizeof *start);
        tonghop__v1__epoch_start__init(start);
        start->epoch = starts[i].epoch;
        start->previous_epoch = starts[i].previous_epoch;
        start->previous_sequence = starts[i].previous_sequence;
        start->previous_hash = th_bytes_of(starts[i].previous_hash, TH_HASH_BYTES);
        start->at_us = starts[i].at_us;
        welcome.epoch_start[welcome.n_epoch_start++] = start;
    }
    th_announcements_tell(work->announcements, work->announcement_count, &welcome, arena);
    encode(&message, work);
    th_arena_destroy(&arena);
}

void th_answer_entries(struct th_work *work, const struct th_answer_context *context,
                       const struct th_stored_entry *entries, size_t count,
                       const uint8_t previous[TH_HASH_BYTES])
{
    struct th_arena *arena = th_arena_create(0);
    ServerMessage message;
    tonghop__v1__server_message__init(&message);
    Tonghop__V1__Entries answer;
    tonghop__v1__entries__init(&answer);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_ENTRIES;
    message.entries = &answer;
    answer.request_id = work->request_id;
    ReceiptRun run;
    tonghop__v1__receipt_run__init(&run);
    answer.run = &run;
    run.epoch = work->epoch;
    run.previous_hash = th_bytes_of(previous, TH_HASH_BYTES);
    run.entry = take(arena, (count + 1) * sizeof *run.entry);
    for (size_t i = 0; i < count; i++) {
        const struct th_entry *stored = &entries[i].entry;
        Entry *entry = take(arena, sizeof *entry);
        tonghop__v1__entry__init(entry);
        entry->sequence = stored->sequence;
        entry->report_id = th_bytes_of(stored->report_id, sizeof stored->report_id);
        entry->form = th_bytes(th_slice_of(stored->form));
        entry->period = th_bytes(th_slice_of(stored->period));
        entry->revision = stored->revision;
        entry->digest = th_bytes_of(stored->digest, sizeof stored->digest);
        entry->accepted_at_us = stored->accepted_at_us;
        run.entry[run.n_entry++] = entry;
    }
    uint8_t signature[TH_SIGNATURE_BYTES];
    if (count > 0) {
        const struct th_stored_entry *last = &entries[count - 1];
        th_receipt_sign(context->receipt_key, context->province, last->entry.epoch,
                        work->sender.name, last->entry.sequence, last->hash, signature);
        run.key_id = th_bytes_of(context->receipt_key->id, TH_KEY_ID_BYTES);
        run.signature = th_bytes_of(signature, TH_SIGNATURE_BYTES);
    }
    encode(&message, work);
    th_arena_destroy(&arena);
}

void th_answer_bodies(struct th_work *work, const struct th_stored_body *bodies, size_t count)
{
    struct th_arena *arena = th_arena_create(0);
    ServerMessage message;
    tonghop__v1__server_message__init(&message);
    Tonghop__V1__Bodies answer;
    tonghop__v1__bodies__init(&answer);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_BODIES;
    message.bodies = &answer;
    answer.request_id = work->request_id;
    answer.epoch = work->epoch;
    answer.body = take(arena, (count + 1) * sizeof *answer.body);
    for (size_t i = 0; i < count; i++) {
        Tonghop__V1__Body *body = take(arena, sizeof *body);
        tonghop__v1__body__init(body);
        body->sequence = bodies[i].sequence;
        body->report = th_bytes(bodies[i].body);
        answer.body[answer.n_body++] = body;
    }
    encode(&message, work);
    th_arena_destroy(&arena);
}

/* `bytes`: the room for criterion comments. */
static void add_comments(Tonghop__V1__Notice *notice, const struct th_stored_notice *stored,
                         size_t bytes, struct th_arena *arena)
{
    notice->comment = take(arena, (stored->comment_count + 1) * sizeof *notice->comment);
    for (size_t i = 0; i < stored->comment_count; i++) {
        const struct th_notice_comment *kept = &stored->comments[i];
        size_t size = strlen(kept->criterion) + strlen(kept->text) + COMMENT_OVERHEAD;
        if (size > bytes)
            break;
        bytes -= size;
        Tonghop__V1__CriterionComment *comment = take(arena, sizeof *comment);
        tonghop__v1__criterion_comment__init(comment);
        comment->criterion = th_bytes(th_slice_of(kept->criterion));
        comment->text = th_bytes(th_slice_of(kept->text));
        notice->comment[notice->n_comment++] = comment;
    }
}

void th_answer_notices(struct th_work *work, const struct th_stored_notice *notices, size_t count)
{
    struct th_arena *arena = th_arena_create(0);
    th_buffer_clear(&work->answer);
    work->notices = th_arena_alloc(work->arena, (count + 1) * sizeof *work->notices);
    for (size_t i = 0; work->notices && i < count; i++) {
        const struct th_stored_notice *stored = &notices[i];
        struct th_slice text = th_slice_of(stored->text);
        ServerMessage message;
        tonghop__v1__server_message__init(&message);
        Tonghop__V1__Notice notice;
        tonghop__v1__notice__init(&notice);
        message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_NOTICE;
        message.notice = &notice;
        notice.notice_id = stored->id;
        notice.kind = th_bytes(th_slice_of(stored->kind));
        notice.form = th_bytes(th_slice_of(stored->form));
        notice.period = th_bytes(th_slice_of(stored->period));
        notice.revision = stored->revision;
        notice.text = th_bytes(text);
        notice.at_us = stored->at_us;
        notice.until_us = stored->until_us;
        if (text.size < NOTICE_BYTES)
            add_comments(&notice, stored, NOTICE_BYTES - text.size, arena);
        th_server_message_encode(&message, &work->answer);
        work->notices[work->notice_count++] =
            (struct th_notice_part){stored->id, work->answer.size};
    }
    work->found = work->notices != NULL;
    th_arena_destroy(&arena);
}

void th_answer_busy(uint64_t batch_id, uint32_t retry_after_ms, struct th_buffer *out)
{
    ServerMessage message;
    tonghop__v1__server_message__init(&message);
    Tonghop__V1__Busy busy;
    tonghop__v1__busy__init(&busy);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_BUSY;
    message.busy = &busy;
    busy.batch_id = batch_id;
    busy.retry_after_ms = retry_after_ms;
    th_server_message_encode(&message, out);
}
