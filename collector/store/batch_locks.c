/* Reports that came after the lock of their period (SEMANTICS 8): taken all the same when
 * the key was returned or reopened, or an exception is in force. Only here. */
#include <string.h>

#include "collector/store/batch_private.h"

#define LOCKED "period.locked"

static const struct th_problem *locked_problem(const struct th_problem_list *problems)
{
    for (size_t i = 0; problems->errors > 0 && i < problems->count; i++)
        if (problems->problems[i].severity == TH_SEVERITY_ERROR &&
            strcmp(problems->problems[i].code, LOCKED) == 0)
            return &problems->problems[i];
    return NULL;
}

static bool is_locked(const struct th_batch_item *item)
{
    return item->key && locked_problem(&item->submission->problems);
}

/* Judged as validation.ignore_lock would: without this problem, which others do not rest
 * on. It is back at another attempt, when the exception may have ended. */
static void drop_problem(struct th_batch_item *item)
{
    struct th_submission *submission = item->submission;
    struct th_problem_list *problems = &submission->problems;
    size_t at = (size_t)(locked_problem(problems) - problems->problems);
    memmove(&problems->problems[at], &problems->problems[at + 1],
            (problems->count - at - 1) * sizeof(*problems->problems));
    problems->count--;
    problems->errors--;
    item->problems = problems->count;
    item->errors = problems->errors;
    submission->validated_at_us = 0;
}

static void put_keys(const struct th_batch *batch, size_t count, struct th_params *params)
{
    for (int column = 0; column < 3; column++) {
        th_param_array_begin(params, TH_OID_INT4, count);
        for (size_t i = 0; i < batch->count; i++) {
            const struct th_batch_key *key = batch->items[i].key;
            if (is_locked(&batch->items[i]))
                th_put_int4(&params->bytes, column == 0   ? key->district_id
                                            : column == 1 ? key->form_id
                                                          : key->period);
        }
        th_param_array_end(params);
    }
}

static bool is_key(const struct th_batch_key *key, const PGresult *rows, int row)
{
    return key->district_id == th_pg_int4(rows, row, 0) &&
           key->form_id == th_pg_int4(rows, row, 1) && key->period == th_pg_int4(rows, row, 2);
}

static bool is_open(const struct th_batch *batch, const struct th_batch_key *key,
                    const PGresult *exceptions)
{
    if (key->open_until_us > batch->now_us)
        return true;
    for (int row = 0; row < PQntuples(exceptions); row++)
        if (is_key(key, exceptions, row))
            return th_pg_instant(exceptions, row, 3) > batch->now_us;
    return false;
}

enum th_status th_batch_open_locks(struct th_batch *batch, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params keys = {0};
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        count += is_locked(&batch->items[i]);
    if (count == 0)
        return TH_OK;
    put_keys(batch, count, &keys);
    struct th_pg *pg = &batch->store->pg;
    struct th_pg_call call = {.sql = &th_sql_exception_latest, .params = &keys};
    enum th_status status = th_pg_run(pg, &call, 1, pg->timeout_ms, error);
    if (status != TH_OK)
        return status;
    for (size_t i = 0; i < batch->count; i++)
        if (is_locked(&batch->items[i]) && is_open(batch, batch->items[i].key, call.result))
            drop_problem(&batch->items[i]);
    th_pg_calls_clear(&call, 1);
    return TH_OK;
}
