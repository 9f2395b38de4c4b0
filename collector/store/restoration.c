/* Recording a restoration: one transaction of the owner, while no collector runs. */
#include "collector/store/restoration.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/restoration_private.h"
#include "collector/store/verify.h"
#include "common/base/clock.h"
#include "common/base/text.h"

enum { HEAD_DISTRICT, HEAD_CODE, HEAD_EPOCH, HEAD_SEQUENCE, HEAD_HASH };

enum th_status th_store_collectors_run(struct th_store *store, bool *running,
                                       struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *result = NULL;
    *running = false;
    enum th_status status =
        th_pg_query(&store->pg, &th_sql_restored_sessions, NULL, &result, error);
    if (status == TH_OK)
        *running = th_pg_int8(result, 0, 0) > 0;
    return status;
}

/* ------------------------------------------------------------------- heads */

void th_restored_head_line(const struct th_restored_head *head, struct th_buffer *text)
{
    char hash[2 * TH_HASH_BYTES + 1];
    th_text_to_hex(head->hash, sizeof(head->hash), hash);
    th_buffer_printf(text, "%s %" PRIu32 " %" PRIu64 " %s", head->code, head->epoch, head->sequence,
                     hash);
    if (head->lost_epoch > 0) {
        th_text_to_hex(head->lost_hash, sizeof(head->lost_hash), hash);
        th_buffer_printf(text, " %" PRIu32 " %" PRIu64 " %s", head->lost_epoch, head->lost_sequence,
                         hash);
    }
    th_buffer_add_char(text, '\n');
}

static const struct th_chain_head *exported(const struct th_restoration_request *request,
                                            const char *code)
{
    for (size_t i = 0; i < request->lost_count; i++)
        if (strcmp(request->lost[i].district, code) == 0)
            return &request->lost[i];
    return NULL;
}

/* An exported head that the restored chain does not contain. One within it that the chain
 * contradicts is no loss but another history. */
static enum th_status take_lost(struct th_store *store, struct th_restored_head *head,
                                const struct th_chain_head *lost, struct th_error *error)
{
    bool found = false;
    enum th_status status = th_store_has_entry(store, head->district_id, lost->epoch,
                                               lost->sequence, lost->hash, &found, error);
    if (status != TH_OK || found)
        return status;
    if (lost->epoch < head->epoch ||
        (lost->epoch == head->epoch && lost->sequence <= head->sequence))
        return th_error_set(error, TH_USAGE,
                            "the exported head of district %s (epoch %" PRIu32 ", sequence %" PRIu64
                            ") is within the restored chain, which holds another entry there: "
                            "this database has another history; run `tonghop-collector verify "
                            "--against FILE`",
                            head->code, lost->epoch, lost->sequence);
    head->lost_epoch = lost->epoch;
    head->lost_sequence = lost->sequence;
    memcpy(head->lost_hash, lost->hash, sizeof(head->lost_hash));
    return TH_OK;
}

static enum th_status read_heads(struct th_store *store,
                                 const struct th_restoration_request *request, uint32_t last,
                                 struct th_restored_head **heads, size_t *count,
                                 struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *rows = NULL;
    th_param_int4(&params, (int32_t)last);
    enum th_status status = th_pg_query(&store->pg, &th_sql_restored_heads, &params, &rows, error);
    if (status != TH_OK)
        return status;
    *count = (size_t)PQntuples(rows);
    *heads = calloc(*count + 1, sizeof(**heads));
    if (!*heads)
        abort();
    for (size_t i = 0; status == TH_OK && i < *count; i++) {
        struct th_restored_head *head = &(*heads)[i];
        head->district_id = th_pg_int4(rows, (int)i, HEAD_DISTRICT);
        th_pg_text(rows, (int)i, HEAD_CODE, head->code, sizeof(head->code));
        head->epoch = (uint32_t)th_pg_int4(rows, (int)i, HEAD_EPOCH);
        head->sequence = (uint64_t)th_pg_int8(rows, (int)i, HEAD_SEQUENCE);
        th_pg_bytes(rows, (int)i, HEAD_HASH, head->hash, sizeof(head->hash));
        const struct th_chain_head *lost = exported(request, head->code);
        if (lost)
            status = take_lost(store, head, lost, error);
    }
    return status;
}

/* -------------------------------------------------------------------- plan */

struct restoring {
    struct th_store *store;
    const struct th_restoration_request *request;
    struct th_restoration *restoration;
    struct th_restored_head *heads;
    size_t count;
};

static enum th_status choose_epoch(struct restoring *restoring, uint32_t highest,
                                   struct th_error *error)
{
    const struct th_restoration_request *request = restoring->request;
    for (size_t i = 0; i < request->lost_count; i++)
        if (request->lost[i].epoch > highest)
            highest = request->lost[i].epoch;
    if (request->epoch != 0 && request->epoch <= highest)
        return th_error_set(error, TH_USAGE,
                            "--epoch %" PRIu32 " is not above epoch %" PRIu32
                            ", which was there before; give a higher one, or leave it out",
                            request->epoch, highest);
    if (highest >= INT32_MAX)
        return th_error_set(error, TH_PERMANENT, "there is no epoch left");
    restoring->restoration->epoch = request->epoch ? request->epoch : highest + 1;
    return TH_OK;
}

static enum th_status choose_moment(struct restoring *restoring, int64_t horizon_us,
                                    struct th_error *error)
{
    char horizon[40];
    int64_t wanted_us = restoring->request->restored_to_us;
    if (wanted_us > horizon_us) {
        th_instant_format(horizon_us, horizon);
        return th_error_set(error, TH_USAGE,
                            "--moment is later than %s, up to which this database is settled; "
                            "give the instant of the backup, or leave it out",
                            horizon);
    }
    restoring->restoration->restored_to_us = wanted_us ? wanted_us : horizon_us;
    return TH_OK;
}

static void count_lost(const struct restoring *restoring)
{
    struct th_restoration *restoration = restoring->restoration;
    restoration->districts = restoring->count;
    restoration->lost = calloc(restoring->count + 1, sizeof(*restoration->lost));
    if (!restoration->lost)
        abort();
    for (size_t i = 0; i < restoring->count; i++) {
        const struct th_restored_head *head = &restoring->heads[i];
        if (head->lost_epoch == 0)
            continue;
        struct th_lost_district *lost = &restoration->lost[restoration->lost_count++];
        memcpy(lost->code, head->code, sizeof(lost->code));
        lost->epoch = head->lost_epoch;
        lost->sequence = head->lost_sequence;
        lost->restored_sequence = head->sequence;
        lost->countable = head->epoch == head->lost_epoch || head->epoch == 0;
    }
}

/* Within a transaction: what is there, and what is to be made of it. */
static enum th_status plan(struct restoring *restoring, struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *state = NULL;
    enum th_status status =
        th_pg_query(&restoring->store->pg, &th_sql_restored_state, NULL, &state, error);
    if (status != TH_OK)
        return status;
    uint32_t last = (uint32_t)th_pg_int4(state, 0, 0);
    restoring->restoration->number = last + 1;
    status = choose_epoch(restoring, (uint32_t)th_pg_int4(state, 0, 1), error);
    if (status == TH_OK)
        status = choose_moment(restoring, th_pg_instant(state, 0, 2), error);
    if (status == TH_OK)
        status = read_heads(restoring->store, restoring->request, last, &restoring->heads,
                            &restoring->count, error);
    if (status == TH_OK)
        count_lost(restoring);
    return status;
}

/* ------------------------------------------------------------------ record */

static json_t *payload_of(const struct restoring *restoring)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    uint8_t digest[TH_HASH_BYTES];
    char hex[2 * TH_HASH_BYTES + 1], moment[40];
    const struct th_restoration *restoration = restoring->restoration;
    for (size_t i = 0; i < restoring->count; i++)
        th_restored_head_line(&restoring->heads[i], &text);
    th_sha256(text.bytes, text.size, digest);
    th_text_to_hex(digest, sizeof(digest), hex);
    th_instant_format(restoration->restored_to_us, moment);
    return th_restoration_payload(restoration->number, restoration->epoch, moment,
                                  restoring->request->reason, restoring->count, hex);
}

json_t *th_restoration_payload(uint32_t number, uint32_t epoch, const char *restored_to,
                               const char *reason, size_t districts, const char *digest)
{
    return json_pack("{s:I, s:I, s:s, s:s, s:I, s:s}", "number", (json_int_t)number, "epoch",
                     (json_int_t)epoch, "restored_to", restored_to, "reason", reason, "districts",
                     (json_int_t)districts, "heads", digest);
}

static enum th_status put_head(const struct restoring *restoring,
                               const struct th_restored_head *head, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_int4(&params, head->district_id);
    th_param_int4(&params, (int32_t)restoring->restoration->number);
    th_param_int4(&params, (int32_t)head->epoch);
    th_param_int8(&params, (int64_t)head->sequence);
    th_param_bytes(&params, head->hash, sizeof(head->hash));
    if (head->lost_epoch > 0) {
        th_param_int4(&params, (int32_t)head->lost_epoch);
        th_param_int8(&params, (int64_t)head->lost_sequence);
        th_param_bytes(&params, head->lost_hash, sizeof(head->lost_hash));
    } else {
        th_param_null(&params);
        th_param_null(&params);
        th_param_null(&params);
    }
    return th_pg_execute(&restoring->store->pg, &th_sql_restored_put_head, &params, error);
}

static enum th_status put(const struct restoring *restoring, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0}, instant = {0}, epoch = {0};
    struct th_pg *pg = &restoring->store->pg;
    struct th_restoration *restoration = restoring->restoration;
    uint64_t sequence = 0;
    enum th_status status = th_event_append(restoring->store, "restored", payload_of(restoring),
                                            restoring->request->actor, &restoration->at_us, error);
    if (status == TH_OK)
        status = th_store_event_sequence(restoring->store, &sequence, error);
    if (status != TH_OK)
        return status;
    th_param_int4(&params, (int32_t)restoration->number);
    th_param_int4(&params, (int32_t)restoration->epoch);
    th_param_int8(&params, (int64_t)sequence);
    th_param_instant(&params, restoration->at_us);
    th_param_instant(&params, restoration->restored_to_us);
    th_param_text(&params, restoring->request->reason);
    th_param_instant(&instant, restoration->at_us);
    th_param_int4(&epoch, (int32_t)restoration->epoch);
    status = th_pg_execute(pg, &th_sql_restored_put, &params, error);
    for (size_t i = 0; status == TH_OK && i < restoring->count; i++)
        status = put_head(restoring, &restoring->heads[i], error);
    if (status == TH_OK)
        status = th_pg_execute(pg, &th_sql_restored_begin, &epoch, error);
    if (status == TH_OK)
        status = th_pg_execute(pg, &th_sql_restored_raise, &instant, error);
    return status;
}

/* A head that is not the last entry must not become the beginning of an epoch. */
static enum th_status check_heads(struct th_store *store, struct th_error *error)
{
    struct th_chain_head *heads = NULL;
    size_t count = 0;
    int64_t snapshot_us;
    enum th_status status = th_store_heads(store, &heads, &count, &snapshot_us, error);
    free(heads);
    return status;
}

static enum th_status run(struct th_store *store, const struct th_restoration_request *request,
                          bool record, struct th_restoration *restoration, struct th_error *error)
{
    struct restoring restoring = {.store = store, .request = request, .restoration = restoration};
    bool running = false;
    *restoration = (struct th_restoration){0};
    enum th_status status = th_store_collectors_run(store, &running, error);
    if (status == TH_OK && running)
        status = th_error_set(error, TH_USAGE,
                              "a collector is connected to this database; stop every collector "
                              "first, and start them when this is done");
    if (status == TH_OK)
        status = check_heads(store, error);
    if (status == TH_OK)
        status = th_store_begin(store, TH_LOCK_CATALOGUE, error);
    if (status != TH_OK)
        return status;
    status = plan(&restoring, error);
    if (status == TH_OK && record)
        status = put(&restoring, error);
    if (status == TH_OK && record)
        status = th_store_commit(store, error);
    th_pg_rollback(&store->pg);
    free(restoring.heads);
    if (status != TH_OK) {
        free(restoration->lost);
        restoration->lost = NULL;
    }
    return status;
}

enum th_status th_store_restoration_plan(struct th_store *store,
                                         const struct th_restoration_request *request,
                                         struct th_restoration *plan, struct th_error *error)
{
    return run(store, request, false, plan, error);
}

enum th_status th_store_restored(struct th_store *store,
                                 const struct th_restoration_request *request,
                                 struct th_restoration *restoration, struct th_error *error)
{
    return run(store, request, true, restoration, error);
}
