#include "collector/store/states.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/store/state_record.h"
#include "collector/store/store_private.h"
#include "common/base/clock.h"

#define ATTEMPTS_MAX    6
#define BACKOFF_BASE_MS 5
#define BACKOFF_CAP_MS  250

enum {
    KEY_REVISION,
    KEY_STATE,
    KEY_COMPLETE,
    KEY_DONE_AT, /* of the same act, when it is the last; NULL else */
    KEY_SAME
};

static void put_key(const struct th_state_act *act, struct th_params *params)
{
    th_param_int4(params, act->ids->district_ids[act->district->index]);
    th_param_int4(params, act->ids->form_ids[act->form->index]);
    th_param_int4(params, act->period);
}

static void put_slice(struct th_params *params, struct th_slice text)
{
    th_param_bytes(params, text.size > 0 ? text.bytes : "", text.size);
}

/* The two parallel arrays of comments on criteria. */
static void put_comments(const struct th_state_act *act, struct th_params *params)
{
    const struct th_review_act *asked = &act->asked;
    const int32_t *ids = act->ids->criterion_ids[act->form->index];
    th_param_array_begin(params, TH_OID_INT4, asked->comment_count);
    for (size_t i = 0; i < asked->comment_count; i++)
        th_put_int4(&params->bytes,
                    ids[th_form_criterion(act->form, asked->comments[i].criterion)->index]);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_TEXT, asked->comment_count);
    for (size_t i = 0; i < asked->comment_count; i++)
        th_put_bytes(&params->bytes, asked->comments[i].text.bytes, asked->comments[i].text.size);
    th_param_array_end(params);
}

/* BEGIN, the locks, and how the key stands once they are held. */
static enum th_status read_key(struct th_store *store, struct th_state_act *act,
                               struct th_review_key *key, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params lock = {0}, heads = {0}, wanted = {0};
    char state[16];
    th_param_int8(&lock, TH_LOCK_CATALOGUE);
    th_param_array_begin(&heads, TH_OID_INT4, 1);
    th_put_int4(&heads.bytes, act->ids->district_ids[act->district->index]);
    th_param_array_end(&heads);
    put_key(act, &wanted);
    th_param_int4(&wanted, (int32_t)act->asked.revision);
    th_param_text(&wanted, th_review_name(act->asked.to));
    th_param_text(&wanted, act->account);
    put_slice(&wanted, act->asked.comment);
    put_comments(act, &wanted);
    struct th_pg_call calls[] = {{.sql = &th_sql_begin},
                                 {.sql = &th_sql_batch_settings, .params = &lock},
                                 {.sql = &th_sql_batch_lock_heads, .params = &heads},
                                 {.sql = &th_sql_state_key, .params = &wanted}};
    *key = (struct th_review_key){0};
    enum th_status status = th_pg_run(&store->pg, calls, 4, store->pg.timeout_ms, error);
    if (status == TH_OK && PQntuples(calls[3].result) == 1) {
        const PGresult *row = calls[3].result;
        key->revision = (uint32_t)th_pg_int4(row, 0, KEY_REVISION);
        key->complete = th_pg_bool(row, 0, KEY_COMPLETE);
        th_pg_text(row, 0, KEY_STATE, state, sizeof(state));
        if (!th_review_parse(th_slice_of(state), &key->state))
            status = th_error_set(error, TH_PERMANENT, "a report has the state '%s'", state);
        act->was_done = th_pg_bool(row, 0, KEY_SAME) && key->revision == act->asked.revision &&
                        key->state == act->asked.to;
        act->at_us = th_pg_instant(row, 0, KEY_DONE_AT);
    }
    th_pg_calls_clear(calls, 4);
    return status;
}

static json_t *describe(const struct th_state_act *act, const struct th_review_key *key)
{
    const struct th_review_act *asked = &act->asked;
    char period[TH_PERIOD_TEXT];
    struct th_slice *codes =
        th_arena_alloc(act->arena, (asked->comment_count + 1) * sizeof(*codes));
    struct th_slice *texts =
        th_arena_alloc(act->arena, (asked->comment_count + 1) * sizeof(*texts));
    if (!codes || !texts)
        return NULL;
    for (size_t i = 0; i < asked->comment_count; i++) {
        codes[i] = asked->comments[i].criterion;
        texts[i] = asked->comments[i].text;
    }
    th_base_period_format(act->form->frequency, act->period, period);
    const struct th_state_record record = {.district = act->district->code,
                                           .form = act->form->code,
                                           .period = period,
                                           .revision = key->revision,
                                           .from = th_review_name(key->state),
                                           .to = th_review_name(asked->to),
                                           .account = act->account,
                                           .role = act->role,
                                           .acting_key = act->acting_key,
                                           .comment = asked->comment,
                                           .criteria = codes,
                                           .comments = texts,
                                           .comment_count = asked->comment_count};
    return th_state_payload(&record);
}

static void put_instant_or_null(struct th_params *params, int64_t at_us)
{
    if (at_us > 0)
        th_param_instant(params, at_us);
    else
        th_param_null(params);
}

/* The row of the act, and what the key becomes by it. */
static enum th_status write_rows(struct th_store *store, const struct th_state_act *act,
                                 const struct th_review_key *key, uint64_t sequence,
                                 struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params row = {0}, current = {0};
    int64_t open_until_us = th_review_open_until_us(act->asked.to, act->at_us);
    put_key(act, &row);
    th_param_int8(&row, (int64_t)sequence);
    th_param_int4(&row, (int32_t)key->revision);
    th_param_text(&row, th_review_name(key->state));
    th_param_text(&row, th_review_name(act->asked.to));
    th_param_instant(&row, act->at_us);
    put_instant_or_null(&row, open_until_us);
    th_param_text(&row, act->account);
    th_param_text(&row, act->role);
    if (act->acting_key)
        th_param_text(&row, act->acting_key);
    else
        th_param_null(&row);
    put_slice(&row, act->asked.comment);
    put_comments(act, &row);

    put_key(act, &current);
    th_param_int4(&current, (int32_t)key->revision);
    th_param_text(&current, th_review_name(act->asked.to));
    put_instant_or_null(&current, open_until_us);
    struct th_pg_call calls[] = {{.sql = &th_sql_state_insert, .params = &row},
                                 {.sql = &th_sql_state_current, .params = &current}};
    enum th_status status = th_pg_run(&store->pg, calls, 2, store->pg.timeout_ms, error);
    if (status == TH_OK && PQntuples(calls[1].result) != 1)
        status = th_error_set(error, TH_PERMANENT, "%s: the report left the act's lock",
                              store->pg.context);
    th_pg_calls_clear(calls, 2);
    return status;
}

static enum th_status write_act(struct th_store *store, struct th_state_act *act,
                                const struct th_review_key *key, struct th_error *error)
{
    uint64_t sequence = 0;
    enum th_status status = th_event_append(store, TH_STATE_EVENT, describe(act, key), act->account,
                                            &act->at_us, error);
    /* The chain is locked: the highest number is the act's own. */
    if (status == TH_OK)
        status = th_store_event_sequence(store, &sequence, error);
    return status == TH_OK ? write_rows(store, act, key, sequence, error) : status;
}

static void judge(struct th_state_act *act, const struct th_review_key *key)
{
    char period[TH_PERIOD_TEXT], name[TH_DISTRICT_CODE_MAX + TH_FORM_CODE_MAX + TH_PERIOD_TEXT + 3];
    th_base_period_format(act->form->frequency, act->period, period);
    snprintf(name, sizeof(name), "%s %s %s", act->district->code, act->form->code, period);
    th_review_judge(&act->asked, key, name, act->problems);
}

static enum th_status transact(struct th_store *store, struct th_state_act *act,
                               struct th_error *error)
{
    struct th_review_key key;
    size_t before = act->problems->errors;
    act->was_done = act->committing = false;
    act->at_us = 0;
    store->pg.policy = TH_SQLSTATE_PERMANENT;
    enum th_status status = read_key(store, act, &key, error);
    if (status == TH_OK && !act->was_done)
        judge(act, &key);
    if (status == TH_OK && act->problems->errors > before)
        status = th_error_set(error, TH_REJECTED, "the act cannot be done");
    if (status == TH_OK && !act->was_done)
        status = write_act(store, act, &key, error);
    /* Also when it was done before: the head's row makes this wait until that is durable. */
    if (status == TH_OK) {
        act->committing = true;
        status = th_store_commit(store, error);
    }
    th_pg_rollback(&store->pg);
    return status;
}

enum th_status th_store_change_state(struct th_store *store, struct th_state_act *act,
                                     struct th_error *error)
{
    int64_t wait_ms = 0;
    for (int attempt = 1;; attempt++) {
        enum th_status status = transact(store, act, error);
        if (status == TH_OK || status == TH_REJECTED || store->pg.policy != TH_SQLSTATE_RERUN ||
            attempt == ATTEMPTS_MAX)
            return status;
        wait_ms = th_clock_backoff_ms(wait_ms, BACKOFF_BASE_MS, BACKOFF_CAP_MS);
        nanosleep(&(struct timespec){.tv_nsec = wait_ms * 1000000}, NULL);
    }
}
