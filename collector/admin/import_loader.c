#include "collector/admin/import_loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"

#define BATCH_BYTES     ((size_t)8 << 20) /* of cells; reports of narratives are large */
#define BACKOFF_BASE_MS 100
#define BACKOFF_CAP_MS  5000
#define GIVE_UP_MS      INT64_C(600000)

/* Fills what the store wants to know of a report. */
static enum th_import_verdict judge(const struct th_import_loader *loader,
                                    struct th_submission *submission,
                                    const struct th_catalogue_ids *ids, int64_t now_us)
{
    enum th_import_verdict verdict =
        th_import_judge(submission->owner, ids->catalogue, loader->province, now_us,
                        &submission->report, &submission->problems);
    if (submission->report.resolved)
        submission->district_id = ids->district_ids[submission->report.district->index];
    return verdict;
}

/* The store calls it when another catalogue came into force meanwhile. */
static void judge_again(void *context, struct th_submission *submission,
                        const struct th_catalogue_ids *ids, int64_t now_us)
{
    /* The id of a part of the content could be another report's: better none. */
    if (judge(context, submission, ids, now_us) == TH_IMPORT_UNREADABLE)
        submission->report.resolved = false;
}

/* Counts a report whose outcome is known. */
static void settle(struct th_import_loader *loader, struct th_submission *submission)
{
    struct th_import_report *report = submission->owner;
    if (submission->outcome == TH_OUTCOME_REJECTED) {
        loader->totals.rejected++;
    } else if (submission->outcome == TH_OUTCOME_DUPLICATE) {
        loader->totals.duplicate++;
    } else {
        loader->totals.accepted++;
        loader->totals.observations += submission->report.observation_count;
    }
    th_import_problems_add(loader->problems, report, &submission->problems);
    th_import_report_free(&report);
}

/* What waits was judged by *ids: that changes only while a batch is written, and then
 * nothing waits any more. */
enum th_status th_import_loader_take(void *context, struct th_import_report *report,
                                     struct th_error *error)
{
    struct th_import_loader *loader = context;
    if (!loader->pending)
        loader->pending = calloc(loader->batch, sizeof(*loader->pending));
    if (!loader->pending)
        abort();
    struct th_submission *submission = &loader->pending[loader->pending_count];
    const char *district = th_arena_text(report->arena, report->district);
    *submission = (struct th_submission){
        .arena = report->scratch,
        .imported = true,
        .received_at_us = report->received_at_us,
        .owner = report,
        .district = district,
    };
    enum th_import_verdict verdict = judge(loader, submission, *loader->ids, th_clock_now_us());
    if (verdict == TH_IMPORT_UNREADABLE || loader->dry_run) {
        submission->outcome =
            verdict == TH_IMPORT_SOUND ? TH_OUTCOME_ACCEPTED : TH_OUTCOME_REJECTED;
        settle(loader, submission);
        return TH_OK;
    }
    loader->pending_count++;
    loader->pending_bytes += report->bytes;
    if (loader->pending_count < loader->batch && loader->pending_bytes < BATCH_BYTES)
        return TH_OK;
    return th_import_loader_flush(loader, error);
}

static void wait_ms(int64_t ms)
{
    usleep((useconds_t)(ms * 1000));
}

/* Writes until the database says that it is committed. The same submissions go again
 * after every failure: their ids make that harmless. */
static enum th_status write_until_committed(struct th_import_loader *loader,
                                            struct th_submission **submissions, size_t count,
                                            struct th_error *error)
{
    struct th_write_context context = {
        .ids = loader->ids,
        .province = loader->province,
        .validate = judge_again,
        .validate_context = loader,
    };
    int64_t backoff_ms = 0, give_up_ms = th_clock_monotonic_ms() + GIVE_UP_MS;
    enum th_status status = th_store_write(loader->store, &context, submissions, count, error);
    while (status == TH_RETRY || status == TH_UNREACHABLE) {
        if (th_clock_monotonic_ms() >= give_up_ms)
            return th_error_prefix(error, "gave up after ten minutes; import the same file again "
                                          "later, nothing becomes double");
        if (backoff_ms == 0) {
            th_progress_end(loader->progress);
            fprintf(stderr, "the database is away, trying again: %s\n", error->message);
        }
        backoff_ms = th_clock_backoff_ms(backoff_ms, BACKOFF_BASE_MS, BACKOFF_CAP_MS);
        wait_ms(backoff_ms);
        status = th_store_reopen(loader->store, loader->database_timeout_ms, error);
        if (status == TH_OK)
            status = th_store_write(loader->store, &context, submissions, count, error);
    }
    if (status == TH_OK && backoff_ms != 0)
        fprintf(stderr, "the database is back, nothing was lost or doubled\n");
    return status;
}

enum th_status th_import_loader_flush(struct th_import_loader *loader, struct th_error *error)
{
    size_t count = loader->pending_count;
    if (count == 0)
        return TH_OK;
    struct th_submission **submissions = calloc(count, sizeof(struct th_submission *));
    if (!submissions)
        abort();
    for (size_t i = 0; i < count; i++)
        submissions[i] = &loader->pending[i];
    enum th_status status = write_until_committed(loader, submissions, count, error);
    if (status == TH_OK) {
        for (size_t i = 0; i < count; i++)
            settle(loader, &loader->pending[i]);
        loader->pending_count = loader->pending_bytes = 0;
    }
    free(submissions);
    return status;
}

void th_import_loader_free(struct th_import_loader *loader)
{
    for (size_t i = 0; i < loader->pending_count; i++) {
        struct th_import_report *report = loader->pending[i].owner;
        th_import_report_free(&report);
    }
    free(loader->pending);
    loader->pending = NULL;
    loader->pending_count = loader->pending_bytes = 0;
}
