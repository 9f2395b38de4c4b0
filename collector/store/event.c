/* The chain of the province: every administrative act, hash-chained. */
#include <stdlib.h>

#include "collector/store/store_private.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"

struct last_event {
    uint64_t sequence;
    int64_t at_us;
    uint8_t hash[TH_HASH_BYTES];
};

/* Last event, zeros when there is none, and the clock (above the horizon: what comes in
 * force then was not there in any as-of answer). */
static enum th_status read_last(struct th_store *store, struct last_event *last, int64_t *now_us,
                                struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params number = {0};
    th_param_int8(&number, TH_LOCK_EVENT);
    struct th_pg_call calls[] = {{.sql = &th_sql_lock, .params = &number},
                                 {.sql = &th_sql_writer_register},
                                 {.sql = &th_sql_event_last}};
    int64_t from_us = 0;
    enum th_status status = th_pg_run(&store->pg, calls, 3, TH_PG_NO_DEADLINE, error);
    if (status == TH_OK)
        status = th_writer_registered_us(calls[1].result, &from_us, error);
    if (status == TH_OK)
        status = th_accepting_us(calls[2].result, 3, from_us, now_us, error);
    if (status == TH_OK) {
        last->sequence = (uint64_t)th_pg_int8(calls[2].result, 0, 0);
        th_pg_bytes(calls[2].result, 0, 1, last->hash, sizeof(last->hash));
        last->at_us = th_pg_instant(calls[2].result, 0, 2);
    }
    th_pg_calls_clear(calls, 3);
    return status;
}

enum th_status th_event_append(struct th_store *store, const char *kind, json_t *payload,
                               const char *actor, int64_t *at_us, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    struct last_event last;
    uint8_t hash[TH_HASH_BYTES];
    char *text = payload ? json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(payload);
    if (!text)
        return th_error_set(error, TH_USAGE,
                            "an act of kind %s cannot be recorded; its names must be UTF-8 text",
                            kind);

    enum th_status status = read_last(store, &last, at_us, error);
    if (status != TH_OK)
        goto cleanup;
    if (last.sequence > 0 && *at_us < last.at_us)
        *at_us = last.at_us; /* a clock that stepped back does not reorder the chain */
    th_province_event_hash(last.sequence + 1, *at_us, kind, th_slice_of(text), last.hash, hash);
    th_param_int8(&params, (int64_t)last.sequence + 1);
    th_param_instant(&params, *at_us);
    th_param_text(&params, kind);
    th_param_text(&params, text);
    th_param_text(&params, actor);
    th_param_bytes(&params, hash, sizeof(hash));
    status = th_pg_execute(&store->pg, &th_sql_event_insert, &params, error);
cleanup:
    free(text);
    return status;
}

enum th_status th_store_record_import(struct th_store *store, const struct th_import_act *act,
                                      const char *actor, struct th_error *error)
{
    char digest[2 * TH_HASH_BYTES + 1];
    int64_t at_us;
    th_text_to_hex(act->digest, sizeof(act->digest), digest);
    enum th_status status = th_store_begin(store, TH_LOCK_EVENT, error);
    if (status != TH_OK)
        return status;
    json_t *payload = json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:I}", "file", act->file, "format",
                                act->format, "bytes", (json_int_t)act->bytes, "sha256", digest,
                                "accepted", (json_int_t)act->accepted, "duplicate",
                                (json_int_t)act->duplicate, "rejected", (json_int_t)act->rejected);
    status = th_event_append(store, "import", payload, actor, &at_us, error);
    if (status == TH_OK)
        status = th_store_commit(store, error);
    th_pg_rollback(&store->pg);
    return status;
}
