#include "collector/intake/answer.h"

#include <string.h>

#include "common/base/clock.h"
#include "common/wire/message.h"

typedef Tonghop__V1__ServerMessage ServerMessage;
typedef Tonghop__V1__ReceiptRun ReceiptRun;
typedef Tonghop__V1__Rejection Rejection;
typedef Tonghop__V1__Entry Entry;

/* Answers are bounded by their batch, so their memory needs no cap of its own. */
static void *take(struct th_arena *arena, size_t size)
{
    return th_arena_alloc(arena, size);
}

static Tonghop__V1__Problem **warnings_of(const struct th_submission *submission,
                                          const char *language, struct th_arena *arena,
                                          size_t *count)
{
    struct th_problem_list warnings = {.arena = arena};
    warnings.problems = take(arena, (submission->problems.count + 1) * sizeof *warnings.problems);
    for (size_t i = 0; i < submission->problems.count; i++)
        if (submission->problems.problems[i].severity == TH_SEVERITY_WARNING)
            warnings.problems[warnings.count++] = submission->problems.problems[i];
    *count = warnings.count;
    return warnings.count > 0 ? th_problems_to_wire(&warnings, language, arena) : NULL;
}

static Entry *entry_of(const struct th_submission *submission, const char *language,
                       struct th_arena *arena)
{
    Entry *entry = take(arena, sizeof *entry);
    tonghop__v1__entry__init(entry);
    /* A duplicate may name a form that has since gone: then it is told as it came. */
    const struct th_report *report = &submission->report;
    struct th_slice period = report->period_text;
    if (report->resolved) {
        char *text = take(arena, TH_PERIOD_TEXT);
        th_base_period_format(report->form->frequency, report->period, text);
        period = th_slice_of(text);
    }
    entry->sequence = submission->sequence;
    entry->report_id = th_bytes_of(submission->report_id, sizeof submission->report_id);
    entry->form = th_bytes(report->form ? th_slice_of(report->form->code) : report->form_code);
    entry->period = th_bytes(period);
    entry->revision = submission->revision;
    entry->digest = th_bytes_of(submission->digest, sizeof submission->digest);
    entry->accepted_at_us = submission->accepted_at_us;
    entry->duplicate = submission->outcome == TH_OUTCOME_DUPLICATE;
    entry->warning = warnings_of(submission, language, arena, &entry->n_warning);
    return entry;
}

/* Closes a run: its signature covers the last entry's hash, hence all of it. */
static void sign_run(ReceiptRun *run, const struct th_answer_context *context, const char *district,
                     const struct th_submission *last, struct th_arena *arena)
{
    uint8_t *signature = take(arena, TH_SIGNATURE_BYTES);
    th_receipt_sign(context->receipt_key, context->province, last->epoch, district, last->sequence,
                    last->hash, signature);
    run->key_id = th_bytes_of(context->receipt_key->id, TH_KEY_ID_BYTES);
    run->signature = th_bytes_of(signature, TH_SIGNATURE_BYTES);
}

static bool continues(const struct th_submission *before, const struct th_submission *next)
{
    return before->outcome == TH_OUTCOME_ACCEPTED && next->outcome == TH_OUTCOME_ACCEPTED &&
           before->epoch == next->epoch && before->sequence + 1 == next->sequence;
}

static Rejection *rejection_of(const struct th_submission *submission,
                               const struct th_answer_context *context, const char *district,
                               const char *language, struct th_arena *arena)
{
    Rejection *rejection = take(arena, sizeof *rejection);
    tonghop__v1__rejection__init(rejection);
    uint8_t *signature = take(arena, TH_SIGNATURE_BYTES);
    /* The codes live in the submission's list, which the store has completed. */
    struct th_slice codes = th_slice_of(th_problem_error_codes(&submission->problems));
    th_rejection_sign(context->receipt_key, context->province, district, submission->report_id,
                      submission->digest, codes, signature);
    rejection->report_id = th_bytes_of(submission->report_id, sizeof submission->report_id);
    rejection->digest = th_bytes_of(submission->digest, sizeof submission->digest);
    rejection->n_problem = submission->problems.count;
    rejection->problem = th_problems_to_wire(&submission->problems, language, arena);
    rejection->rejected_at_us = submission->accepted_at_us;
    rejection->current_revision = submission->current_revision;
    rejection->key_id = th_bytes_of(context->receipt_key->id, TH_KEY_ID_BYTES);
    rejection->signature = th_bytes_of(signature, TH_SIGNATURE_BYTES);
    return rejection;
}

static void encode(ServerMessage *message, struct th_work *work)
{
    th_buffer_clear(&work->answer);
    th_server_message_encode(message, &work->answer);
}

void th_answer_receipts(struct th_work *work, const struct th_answer_context *context)
{
    struct th_arena *arena = th_arena_create(0);
    ServerMessage message;
    tonghop__v1__server_message__init(&message);
    Tonghop__V1__Receipts receipts;
    tonghop__v1__receipts__init(&receipts);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS;
    message.receipts = &receipts;
    receipts.batch_id = work->batch_id;
    receipts.run = take(arena, (work->count + 1) * sizeof *receipts.run);
    receipts.rejection = take(arena, (work->count + 1) * sizeof *receipts.rejection);

    const struct th_submission *before = NULL; /* last entry of the run that is open */
    ReceiptRun *run = NULL;
    for (size_t i = 0; i < work->count; i++) {
        const struct th_submission *submission = &work->submissions[i];
        if (submission->outcome == TH_OUTCOME_REJECTED) {
            receipts.rejection[receipts.n_rejection++] =
                rejection_of(submission, context, work->sender.name, work->language, arena);
            continue;
        }
        if (!run || !continues(before, submission)) {
            if (run)
                sign_run(run, context, work->sender.name, before, arena);
            run = take(arena, sizeof *run);
            tonghop__v1__receipt_run__init(run);
            run->epoch = submission->epoch;
            run->previous_hash = th_bytes_of(submission->previous_hash, TH_HASH_BYTES);
            run->entry = take(arena, (work->count - i) * sizeof *run->entry);
            receipts.run[receipts.n_run++] = run;
        }
        run->entry[run->n_entry++] = entry_of(submission, work->language, arena);
        before = submission;
    }
    if (run)
        sign_run(run, context, work->sender.name, before, arena);
    encode(&message, work);
    th_arena_destroy(&arena);
}

void th_answer_welcome(struct th_work *work, const struct th_answer_context *context,
                       uint32_t epoch, uint64_t sequence, const uint8_t hash[TH_HASH_BYTES],
                       const struct th_catalogue *catalogue, const struct th_epoch_start *starts,
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
    if (catalogue) {
        welcome.catalogue_version = catalogue->version;
        welcome.catalogue_digest = th_bytes_of(catalogue->digest, sizeof catalogue->digest);
    }
    welcome.window = context->window;
    welcome.max_report_bytes = TH_REPORT_BYTES_MAX;
    welcome.max_batch_bytes = TH_INTAKE_BATCH_BYTES;
    welcome.max_batch_reports = TH_INTAKE_BATCH_REPORTS;
    welcome.epoch_start = take(arena, (start_count + 1) * sizeof *welcome.epoch_start);
    for (size_t i = 0; i < start_count; i++) {
        Tonghop__V1__EpochStart *start = take(arena, sizeof *start);
        tonghop__v1__epoch_start__init(start);
        start->epoch = starts[i].epoch;
        start->previous_epoch = starts[i].previous_epoch;
        start->previous_sequence = starts[i].previous_sequence;
        start->previous_hash = th_bytes_of(starts[i].previous_hash, TH_HASH_BYTES);
        start->at_us = starts[i].at_us;
        welcome.epoch_start[welcome.n_epoch_start++] = start;
    }
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
