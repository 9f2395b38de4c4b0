/* Round trip (b) of a batch: everything that it changes, and COMMIT. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/batch_private.h"
#include "common/base/clock.h"

/* ------------------------------------------------------- heads and current */

static size_t put_heads(const struct th_batch *batch, struct th_params *params)
{
    const struct th_batch_head **heads =
        th_arena_alloc(batch->arena, (batch->head_count + 1) * sizeof(struct th_batch_head *));
    size_t count = 0;
    for (size_t i = 0; i < batch->head_count; i++)
        if (batch->heads[i].advanced)
            heads[count++] = &batch->heads[i];

    th_param_array_begin(params, TH_OID_INT4, count);
    for (size_t i = 0; i < count; i++)
        th_put_int4(&params->bytes, heads[i]->district_id);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_INT4, count);
    for (size_t i = 0; i < count; i++)
        th_put_int4(&params->bytes, (int32_t)heads[i]->epoch);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_INT8, count);
    for (size_t i = 0; i < count; i++)
        th_put_int8(&params->bytes, (int64_t)heads[i]->sequence);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_BYTEA, count);
    for (size_t i = 0; i < count; i++)
        th_put_bytes(&params->bytes, heads[i]->hash, sizeof(heads[i]->hash));
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_TIMESTAMPTZ, count);
    for (size_t i = 0; i < count; i++)
        th_put_instant(&params->bytes, heads[i]->accepted_at_us);
    th_param_array_end(params);
    return count;
}

static void put_current(const struct th_batch *batch, struct th_params *params)
{
    const struct th_batch_key **keys =
        th_arena_alloc(batch->arena, (batch->key_count + 1) * sizeof(struct th_batch_key *));
    size_t count = 0;
    for (size_t i = 0; i < batch->key_count; i++)
        if (batch->keys[i].advanced)
            keys[count++] = &batch->keys[i];

    th_param_array_begin(params, TH_OID_INT4, count);
    for (size_t i = 0; i < count; i++)
        th_put_int4(&params->bytes, keys[i]->district_id);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_INT4, count);
    for (size_t i = 0; i < count; i++)
        th_put_int4(&params->bytes, keys[i]->form_id);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_INT4, count);
    for (size_t i = 0; i < count; i++)
        th_put_int4(&params->bytes, keys[i]->period);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_UUID, count);
    for (size_t i = 0; i < count; i++)
        th_put_bytes(&params->bytes, keys[i]->report_id, sizeof(keys[i]->report_id));
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_INT4, count);
    for (size_t i = 0; i < count; i++)
        th_put_int4(&params->bytes, (int32_t)keys[i]->revision);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_TIMESTAMPTZ, count);
    for (size_t i = 0; i < count; i++)
        if (keys[i]->has_complete_at)
            th_put_instant(&params->bytes, keys[i]->complete_at_us);
        else
            th_put_null(&params->bytes);
    th_param_array_end(params);
}

/* -------------------------------------------------------------- rejections */

struct rejection {
    const struct th_submission *submission; /* the last of the equal ones */
    int32_t district_id;
    uint8_t report_id[16], digest[TH_HASH_BYTES];
    size_t position;
    int64_t times;
};

static int compare_content(const struct rejection *left, const struct rejection *right)
{
    if (left->district_id != right->district_id)
        return left->district_id < right->district_id ? -1 : 1;
    int order = memcmp(left->report_id, right->report_id, sizeof(left->report_id));
    return order ? order : memcmp(left->digest, right->digest, sizeof(left->digest));
}

static int compare_rejections(const void *a, const void *b)
{
    const struct rejection *left = a, *right = b;
    int order = compare_content(left, right);
    return order ? order : (left->position > right->position) - (left->position < right->position);
}

/* One row a report and content, since no command may touch a row twice. Reports of
 * no known district have no table to stand in. */
static struct rejection *gather_rejections(const struct th_batch *batch, size_t *count)
{
    struct rejection *rows = th_arena_alloc(batch->arena, batch->count * sizeof(*rows));
    size_t found = 0;
    *count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct th_submission *submission = batch->items[i].submission;
        if (submission->outcome != TH_OUTCOME_REJECTED || submission->district_id <= 0)
            continue;
        struct rejection *row = &rows[found++];
        *row = (struct rejection){.submission = submission,
                                  .district_id = submission->district_id,
                                  .position = i,
                                  .times = 1};
        memcpy(row->report_id, submission->report_id, sizeof(row->report_id));
        memcpy(row->digest, submission->digest, sizeof(row->digest));
    }
    if (found > 0)
        qsort(rows, found, sizeof(*rows), compare_rejections);
    for (size_t i = 0; i < found; i++) {
        if (*count > 0 && compare_content(&rows[*count - 1], &rows[i]) == 0) {
            rows[*count - 1].times++;
            rows[*count - 1].submission = rows[i].submission;
        } else {
            rows[(*count)++] = rows[i];
        }
    }
    return rows;
}

/* Text of a peer that is no UTF-8 does not hide the problem that it has. */
static json_t *text_or_empty(const char *text)
{
    json_t *value = json_string(text ? text : "");
    return value ? value : json_string("");
}

/* Whether validation found the report good and the database refused it: whoever looks for
 * the cause has nothing but its bytes, which are kept. */
static bool is_refused_by_database(const struct th_submission *submission)
{
    const struct th_problem_list *list = &submission->problems;
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->problems[i].code, "report.not_stored") == 0)
            return true;
    return false;
}

static char *problems_as_json(const struct th_problem_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct th_problem *problem = &list->problems[i];
        json_array_append_new(
            array,
            json_pack("{s:o, s:s, s:o, s:o, s:o}", "code", text_or_empty(problem->code), "severity",
                      problem->severity == TH_SEVERITY_ERROR ? "error" : "warning", "criterion",
                      text_or_empty(problem->criterion), "value", text_or_empty(problem->value),
                      "message", text_or_empty(problem->message_vi)));
    }
    char *text = json_dumps(array, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(array);
    if (!text)
        abort();
    return text;
}

static size_t put_rejections(const struct th_batch *batch, struct th_params *params)
{
    size_t count;
    const struct rejection *rows = gather_rejections(batch, &count);
    if (count == 0)
        return 0;
    th_param_array_begin(params, TH_OID_INT4, count);
    for (size_t i = 0; i < count; i++)
        th_put_int4(&params->bytes, rows[i].district_id);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_UUID, count);
    for (size_t i = 0; i < count; i++)
        th_put_bytes(&params->bytes, rows[i].report_id, sizeof(rows[i].report_id));
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_BYTEA, count);
    for (size_t i = 0; i < count; i++)
        th_put_bytes(&params->bytes, rows[i].digest, sizeof(rows[i].digest));
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_TEXT, count);
    for (size_t i = 0; i < count; i++) {
        const char *codes = th_problem_error_codes(&rows[i].submission->problems);
        th_put_text(&params->bytes, codes ? codes : "");
    }
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_TEXT, count);
    for (size_t i = 0; i < count; i++) {
        char *problems = problems_as_json(&rows[i].submission->problems);
        th_put_text(&params->bytes, problems);
        free(problems);
    }
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_INT8, count);
    for (size_t i = 0; i < count; i++)
        th_put_int8(&params->bytes, rows[i].times);
    th_param_array_end(params);
    th_param_instant(params, batch->now_us);
    th_param_array_begin(params, TH_OID_BYTEA, count);
    for (size_t i = 0; i < count; i++) {
        struct th_slice body = rows[i].submission->body;
        if (is_refused_by_database(rows[i].submission))
            th_put_bytes(&params->bytes, body.bytes, body.size);
        else
            th_put_null(&params->bytes);
    }
    th_param_array_end(params);
    return count;
}

/* -------------------------------------------------------------- round trip */

/* The number of type tonghop.report, and how to write it, once a connection. */
static enum th_status know_report_type(struct th_pg *pg, struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *result = NULL;
    if (pg->report_oid)
        return TH_OK;
    enum th_status status = th_pg_query(pg, &th_sql_report_type, NULL, &result, error);
    if (status == TH_OK) {
        pg->report_oid = (uint32_t)th_pg_int8(result, 0, 0);
        pg->citus = th_pg_bool(result, 0, 1);
    }
    return status;
}

/* How long round trip (b) took, from `begun_ns` on: the calls, and the commit, the last. */
static void count_times(struct th_batch *batch, int64_t begun_ns, const struct th_pg_call *calls,
                        size_t count)
{
    int64_t written_ns = count > 1 ? calls[count - 2].answered_ns : begun_ns;
    batch->context->times.prepare_ns += begun_ns - batch->read_ns;
    batch->context->times.statement_ns += written_ns - begun_ns;
    batch->context->times.commit_ns += calls[count - 1].answered_ns - written_ns;
}

enum th_status th_batch_write(struct th_batch *batch, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params reports = {0}, current = {0}, heads = {0}, rejected = {0};
    struct th_pg *pg = &batch->store->pg;
    struct th_pg_call calls[5] = {0};
    size_t count = 0;
    enum th_status status = know_report_type(pg, error);
    if (status != TH_OK)
        return status;

    if (put_heads(batch, &heads) > 0) {
        th_batch_put_reports(batch, &reports);
        put_current(batch, &current);
        calls[count++] = (struct th_pg_call){pg->citus ? &th_sql_batch_write_reports_citus
                                                       : &th_sql_batch_write_reports,
                                             .params = &reports};
        calls[count++] = (struct th_pg_call){&th_sql_batch_write_current, .params = &current};
        calls[count++] = (struct th_pg_call){&th_sql_batch_write_heads, .params = &heads};
    }
    if (put_rejections(batch, &rejected) > 0)
        calls[count++] = (struct th_pg_call){&th_sql_batch_write_rejections, .params = &rejected};
    if (count > 0)
        calls[count - 1].at_once = true;
    calls[count++] = (struct th_pg_call){&th_sql_commit};

    pg->warned = false;
    int64_t begun_ns = th_clock_monotonic_ns();
    status = th_pg_run(pg, calls, count, pg->timeout_ms, error);
    if (status == TH_OK)
        count_times(batch, begun_ns, calls, count);
    if (status == TH_OK)
        status = th_store_check_commit(batch->store, calls[count - 1].result, error);
    th_pg_calls_clear(calls, count);
    return status;
}
