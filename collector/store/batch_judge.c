/* What becomes of each report, from what round trip (a) brought. */
#include <string.h>

#include "collector/store/batch_private.h"
#include "common/base/text.h"
#include "common/wire/message.h"

static void add(struct th_submission *submission, const char *code, const char *value,
                const char *limit)
{
    th_problem_add(&submission->problems, code, "", th_slice_of(value), limit, 0, 0);
}

/* Sent again: answered by its first entry. */
static void answer_duplicate(struct th_submission *submission, const struct th_batch_id *id)
{
    submission->outcome = TH_OUTCOME_DUPLICATE;
    submission->epoch = id->epoch;
    submission->sequence = id->sequence;
    submission->revision = id->revision;
    submission->accepted_at_us = id->accepted_at_us;
    memcpy(submission->report_id, id->report_id, sizeof(submission->report_id));
    memcpy(submission->hash, id->hash, sizeof(submission->hash));
    memcpy(submission->previous_hash, id->previous_hash, sizeof(submission->previous_hash));
    if (submission->imported)
        memcpy(submission->digest, id->digest, sizeof(submission->digest));
}

/* Rules that only the store can judge; all that apply are told. */
static void judge_against_store(const struct th_batch_item *item)
{
    struct th_submission *submission = item->submission;
    const struct th_report *report = &submission->report;
    char value[40], limit[40];

    if (item->refused)
        add(submission, "report.not_stored", item->refused_by, "");
    if (item->id && item->id->found) {
        th_text_uuid(report->id, value);
        add(submission, "report.id_conflict", value, "");
    }
    const struct th_batch_key *key = item->key;
    if (!key || submission->imported)
        return;
    snprintf(value, sizeof(value), "%u", report->revision);
    if (report->revision == 0) {
        add(submission, "revision.malformed", value, "1..1000000");
    } else if (report->revision <= key->revision) {
        snprintf(limit, sizeof(limit), "%u", key->revision);
        submission->current_revision = key->revision;
        add(submission, "revision.stale", value, limit);
    }
}

static void judge_state(const struct th_batch_item *item)
{
    if (!item->key || !item->key->approved)
        return;
    const struct th_report *report = &item->submission->report;
    char period[TH_PERIOD_TEXT], name[TH_FORM_CODE_MAX + TH_PERIOD_TEXT + 2];
    th_base_period_format(report->form->frequency, report->period, period);
    snprintf(name, sizeof(name), "%s %s", report->form->code, period);
    add(item->submission, "state.approved", name, "");
}

/* Imports are written down here, where their revision is known. */
static enum th_status make_body(const struct th_batch *batch, struct th_submission *submission,
                                struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer body = {0};
    struct th_report *report = &submission->report;
    if (report->province.size == 0)
        report->province = th_slice_of(batch->context->province);
    th_report_pack(report, &body);
    submission->body.size = body.size;
    submission->body.bytes = th_arena_copy(submission->arena, body.bytes, body.size);
    if (!submission->body.bytes)
        return th_error_set(error, TH_PERMANENT,
                            "a report of %zu bytes does not fit the memory set aside for it",
                            body.size);
    th_sha256(body.bytes, body.size, submission->digest);
    return TH_OK;
}

static enum th_status reject(const struct th_batch *batch, struct th_submission *submission,
                             struct th_error *error)
{
    submission->outcome = TH_OUTCOME_REJECTED;
    submission->revision = submission->report.revision;
    submission->accepted_at_us = batch->now_us;
    memcpy(submission->report_id, submission->report.id, sizeof(submission->report_id));
    /* The record of an import needs a digest of something. */
    return submission->imported ? make_body(batch, submission, error) : TH_OK;
}

/* The next entry of the district's chain. */
static void append_entry(const struct th_batch *batch, const struct th_batch_item *item)
{
    struct th_submission *submission = item->submission;
    const struct th_report *report = &submission->report;
    struct th_batch_head *head = item->head;
    char period[TH_PERIOD_TEXT];

    head->advanced = true;
    head->sequence++;
    if (head->accepted_at_us < batch->now_us)
        head->accepted_at_us = batch->now_us;
    submission->outcome = TH_OUTCOME_ACCEPTED;
    submission->epoch = head->epoch;
    submission->sequence = head->sequence;
    submission->revision = report->revision;
    submission->accepted_at_us = head->accepted_at_us;
    memcpy(submission->report_id, report->id, sizeof(submission->report_id));
    memcpy(submission->previous_hash, head->hash, sizeof(submission->previous_hash));

    th_base_period_format(report->form->frequency, report->period, period);
    struct th_entry entry = {.epoch = head->epoch,
                             .district = report->district->code,
                             .sequence = head->sequence,
                             .form = report->form->code,
                             .period = period,
                             .revision = report->revision,
                             .accepted_at_us = head->accepted_at_us};
    memcpy(entry.report_id, report->id, sizeof(entry.report_id));
    memcpy(entry.digest, submission->digest, sizeof(entry.digest));
    th_entry_hash(&entry, submission->previous_hash, submission->hash);
    memcpy(head->hash, submission->hash, sizeof(head->hash));
}

/* What later reports of the batch are measured by. */
static void advance(const struct th_batch_item *item)
{
    const struct th_submission *submission = item->submission;
    struct th_batch_id *id = item->id;
    struct th_batch_key *key = item->key;
    struct th_report_extent extent;

    id->found = true;
    id->epoch = submission->epoch;
    id->sequence = submission->sequence;
    id->revision = submission->revision;
    id->accepted_at_us = submission->accepted_at_us;
    memcpy(id->digest, submission->digest, sizeof(id->digest));
    memcpy(id->hash, submission->hash, sizeof(id->hash));
    memcpy(id->previous_hash, submission->previous_hash, sizeof(id->previous_hash));

    key->advanced = true;
    key->revision = submission->revision;
    memcpy(key->report_id, submission->report_id, sizeof(key->report_id));
    th_report_measure(&submission->report, &extent);
    if (extent.complete && !key->has_complete_at) {
        key->has_complete_at = true;
        key->complete_at_us =
            submission->received_at_us ? submission->received_at_us : submission->accepted_at_us;
    }
}

static enum th_status accept(const struct th_batch *batch, const struct th_batch_item *item,
                             struct th_error *error)
{
    struct th_submission *submission = item->submission;
    /* Without problems a report has all three; a caller that did not validate would
     * corrupt the chain here. */
    if (!item->head || !item->id || !item->key)
        return th_error_set(error, TH_USAGE,
                            *batch->context->ids
                                ? "a report without problems was given to the store without "
                                  "district, form, period or id"
                                : "no catalogue is in force; run `tonghop-collector catalogue "
                                  "import DIR` first");
    if (submission->imported) {
        submission->report.revision = item->key->revision + 1;
        enum th_status status = make_body(batch, submission, error);
        if (status != TH_OK)
            return status;
    }
    /* An earlier receipt counts for what a restoration has lost, and for nothing else. */
    if (!submission->imported && submission->prior_epoch >= item->head->epoch)
        submission->received_at_us = 0;
    append_entry(batch, item);
    advance(item);
    th_batch_remember(batch, item);
    return TH_OK;
}

enum th_status th_batch_judge(struct th_batch *batch, struct th_error *error)
{
    enum th_status status = TH_OK;
    for (size_t i = 0; status == TH_OK && i < batch->count; i++) {
        const struct th_batch_item *item = &batch->items[i];
        struct th_submission *submission = item->submission;
        const struct th_batch_id *id = item->id;
        /* First of all: what was taken once is answered as taken, whatever would be
         * said of it today (a lock that has passed since, for one). */
        if (id && id->found &&
            (submission->imported ||
             memcmp(id->digest, submission->digest, sizeof(id->digest)) == 0)) {
            answer_duplicate(submission, id);
            continue;
        }
        th_batch_compare(item);
        size_t before = submission->problems.errors;
        size_t count = submission->problems.count;
        judge_against_store(item);
        judge_state(item);
        bool refused =
            before > 0 || submission->problems.count != count || submission->problems.errors > 0;
        status = refused ? reject(batch, submission, error) : accept(batch, item, error);
    }
    return status;
}
