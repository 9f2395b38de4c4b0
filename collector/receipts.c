#include "collector/receipts.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/wire/message.h"
#include "common/wire/socket.h"

typedef Tonghop__V1__ServerMessage ServerMessage;
typedef Tonghop__V1__ReceiptRun ReceiptRun;
typedef Tonghop__V1__Rejection Rejection;
typedef Tonghop__V1__Entry Entry;

/* How many problems of a report are told at most, tried in this order until the answer
 * fits into one message: a report may have thousands, a batch hundreds of thousands. What
 * is signed, each code of an error, is always told. */
static const size_t problems_told[] = {SIZE_MAX, 100, 10, 0};
#define TRIES (sizeof problems_told / sizeof problems_told[0])

/* Answers are bounded by their batch, so their memory needs no cap of its own. */
static void *take(struct th_arena *arena, size_t size)
{
    return th_arena_alloc(arena, size);
}

static Tonghop__V1__Problem **warnings_of(const struct th_submission *submission,
                                          const char *language, size_t most, struct th_arena *arena,
                                          size_t *count)
{
    struct th_problem_list warnings = {.arena = arena};
    warnings.problems = take(arena, (submission->problems.count + 1) * sizeof *warnings.problems);
    for (size_t i = 0; i < submission->problems.count && warnings.count < most; i++)
        if (submission->problems.problems[i].severity == TH_SEVERITY_WARNING)
            warnings.problems[warnings.count++] = submission->problems.problems[i];
    *count = warnings.count;
    return warnings.count > 0 ? th_problems_to_wire(&warnings, language, arena) : NULL;
}

static bool has_error(const struct th_problem_list *list, const char *code)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->problems[i].severity == TH_SEVERITY_ERROR &&
            strcmp(list->problems[i].code, code) == 0)
            return true;
    return false;
}

/* The first `most` problems, and one of each code of an error that is not among them. With
 * `most` 0 the codes stand alone, without words and values. */
static struct th_problem_list shorten(const struct th_problem_list *all, size_t most,
                                      struct th_arena *arena)
{
    struct th_problem_list told = {.arena = arena};
    if (all->count <= most)
        return *all;
    told.problems = take(arena, (all->count + 1) * sizeof *told.problems);
    for (size_t i = 0; i < all->count; i++) {
        const struct th_problem *problem = &all->problems[i];
        if (i >= most &&
            (problem->severity != TH_SEVERITY_ERROR || has_error(&told, problem->code)))
            continue;
        struct th_problem *kept = &told.problems[told.count++];
        *kept = *problem;
        if (most == 0) {
            kept->criterion = kept->value = "";
            kept->message_vi = kept->message_en = "";
        }
    }
    return told;
}

static Entry *entry_of(const struct th_submission *submission, const char *language, size_t most,
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
    entry->warning = warnings_of(submission, language, most, arena, &entry->n_warning);
    return entry;
}

/* Closes a run: its signature covers the last entry's hash, hence all of it. */
static void sign_run(ReceiptRun *run, const struct th_receipts_request *request,
                     const struct th_submission *last, struct th_arena *arena)
{
    uint8_t *signature = take(arena, TH_SIGNATURE_BYTES);
    th_receipt_sign(request->receipt_key, request->province, last->epoch, request->district,
                    last->sequence, last->hash, signature);
    run->key_id = th_bytes_of(request->receipt_key->id, TH_KEY_ID_BYTES);
    run->signature = th_bytes_of(signature, TH_SIGNATURE_BYTES);
}

static bool continues(const struct th_submission *before, const struct th_submission *next)
{
    return before->outcome == TH_OUTCOME_ACCEPTED && next->outcome == TH_OUTCOME_ACCEPTED &&
           before->epoch == next->epoch && before->sequence + 1 == next->sequence;
}

static Rejection *rejection_of(const struct th_submission *submission,
                               const struct th_receipts_request *request, size_t most,
                               struct th_arena *arena)
{
    Rejection *rejection = take(arena, sizeof *rejection);
    tonghop__v1__rejection__init(rejection);
    uint8_t *signature = take(arena, TH_SIGNATURE_BYTES);
    /* The codes live in the submission's list, which the store has completed. */
    struct th_slice codes = th_slice_of(th_problem_error_codes(&submission->problems));
    th_rejection_sign(request->receipt_key, request->province, request->district,
                      submission->report_id, submission->digest, codes, signature);
    rejection->report_id = th_bytes_of(submission->report_id, sizeof submission->report_id);
    rejection->digest = th_bytes_of(submission->digest, sizeof submission->digest);
    struct th_problem_list told = shorten(&submission->problems, most, arena);
    rejection->n_problem = told.count;
    rejection->problem = th_problems_to_wire(&told, request->language, arena);
    rejection->rejected_at_us = submission->accepted_at_us;
    rejection->current_revision = submission->current_revision;
    rejection->key_id = th_bytes_of(request->receipt_key->id, TH_KEY_ID_BYTES);
    rejection->signature = th_bytes_of(signature, TH_SIGNATURE_BYTES);
    return rejection;
}

static void encode(const struct th_receipts_request *request, size_t most, struct th_buffer *out)
{
    struct th_arena *arena = th_arena_create(0);
    ServerMessage message;
    tonghop__v1__server_message__init(&message);
    Tonghop__V1__Receipts receipts;
    tonghop__v1__receipts__init(&receipts);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS;
    message.receipts = &receipts;
    receipts.batch_id = request->batch_id;
    receipts.run = take(arena, (request->count + 1) * sizeof *receipts.run);
    receipts.rejection = take(arena, (request->count + 1) * sizeof *receipts.rejection);

    const struct th_submission *before = NULL; /* last entry of the run that is open */
    ReceiptRun *run = NULL;
    for (size_t i = 0; i < request->count; i++) {
        const struct th_submission *submission = &request->submissions[i];
        if (submission->outcome == TH_OUTCOME_REJECTED) {
            receipts.rejection[receipts.n_rejection++] =
                rejection_of(submission, request, most, arena);
            continue;
        }
        if (!run || !continues(before, submission)) {
            if (run)
                sign_run(run, request, before, arena);
            run = take(arena, sizeof *run);
            tonghop__v1__receipt_run__init(run);
            run->epoch = submission->epoch;
            run->previous_hash = th_bytes_of(submission->previous_hash, TH_HASH_BYTES);
            run->entry = take(arena, (request->count - i) * sizeof *run->entry);
            receipts.run[receipts.n_run++] = run;
        }
        run->entry[run->n_entry++] = entry_of(submission, request->language, most, arena);
        before = submission;
    }
    if (run)
        sign_run(run, request, before, arena);
    th_server_message_encode(&message, out);
    th_arena_destroy(&arena);
}

void th_receipts_encode(const struct th_receipts_request *request, struct th_buffer *out)
{
    size_t before = out->size;
    for (size_t i = 0; i < TRIES; i++) {
        out->size = before;
        encode(request, problems_told[i], out);
        if (out->size - before <= TH_WIRE_MESSAGE_MAX)
            return;
    }
}
