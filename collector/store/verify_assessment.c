/* Final assessments: every row and every file against the act that froze it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/assessment_private.h"
#include "collector/store/verify_private.h"
#include "common/base/text.h"

static void tell(const struct th_verification *verification, uint64_t number, const char *expected,
                 const char *found)
{
    th_verify_tell(verification, TH_DIFFERENCE_ASSESSMENT, "", 0, number, expected, found, false);
}

/* The digests become those of the contents, so that the payload is compared by them. */
static void check_files(struct th_verification *verification, struct th_assessment *assessment)
{
    for (size_t i = 0; i < assessment->file_count; i++) {
        struct th_assessment_file *file = &assessment->files[i];
        uint8_t made[TH_HASH_BYTES];
        char want[2 * TH_HASH_BYTES + 1], got[2 * TH_HASH_BYTES + 1];
        th_sha256(file->content.bytes, file->content.size, made);
        if (memcmp(made, file->digest, sizeof(made)) == 0)
            continue;
        th_text_to_hex(file->digest, sizeof(made), want);
        th_text_to_hex(made, sizeof(made), got);
        tell(verification, assessment->number, want, got);
    }
}

/* The act says what was frozen; the row and its files have to say the same. */
static enum th_status check_act(struct th_verification *verification,
                                const struct th_assessment *assessment, int64_t event_sequence,
                                struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *result = NULL;
    th_param_int8(&params, event_sequence);
    enum th_status status =
        th_pg_query(&verification->store->pg, &th_sql_assessment_payload, &params, &result, error);
    if (status != TH_OK)
        return status;
    json_t *payload = th_assessment_payload(assessment);
    char *text = payload ? json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(payload);
    if (PQntuples(result) != 1) {
        tell(verification, assessment->number, "its act in the province's chain", "none");
    } else {
        struct th_slice act = {PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0)};
        if (!text || !th_slice_equals(act, text) ||
            th_pg_instant(result, 0, 1) != assessment->frozen_at_us)
            tell(verification, assessment->number, "what the province's chain says was frozen",
                 text ? text : "texts that are not UTF-8");
    }
    free(text);
    return TH_OK;
}

static enum th_status check_row(struct th_verification *verification, const PGresult *rows, int row,
                                struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *files = NULL;
    struct th_assessment assessment;
    th_arena_reset(verification->arena);
    bool readable = th_assessment_take_row(rows, row, verification->arena, &assessment);
    if (!readable) {
        tell(verification, assessment.number, "an assessment", "a row that cannot be read");
        return TH_OK;
    }
    th_param_int4(&params, (int32_t)assessment.number);
    th_param_text(&params, "*");
    enum th_status status =
        th_pg_query(&verification->store->pg, &th_sql_assessment_files, &params, &files, error);
    if (status != TH_OK)
        return status;
    th_assessment_take_files(files, verification->arena, &assessment);
    check_files(verification, &assessment);
    return check_act(verification, &assessment, th_pg_int8(rows, row, 1), error);
}

enum th_status th_verify_assessments(struct th_verification *verification, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_int4(&params, 0);
    struct th_pg_call calls[] = {{.sql = &th_sql_assessment_list, .params = &params},
                                 {.sql = &th_sql_assessment_events}};
    enum th_status status = th_pg_run(&verification->store->pg, calls, 2, TH_PG_NO_DEADLINE, error);
    if (status != TH_OK)
        return status;
    int count = PQntuples(calls[0].result);
    int64_t acts = th_pg_int8(calls[1].result, 0, 0);
    for (int i = 0; status == TH_OK && i < count; i++)
        status = check_row(verification, calls[0].result, i, error);
    if (status == TH_OK && acts != count) {
        char want[64], got[64];
        snprintf(want, sizeof(want), "%" PRId64 " as the province's chain records", acts);
        snprintf(got, sizeof(got), "%d", count);
        tell(verification, 0, want, got);
    }
    verification->counts->assessments += (uint64_t)count;
    th_pg_calls_clear(calls, 2);
    return status;
}
