#include "collector/store/store.h"

#include <stdlib.h>
#include <string.h>

#include "collector/store/history.h"
#include "collector/store/store_private.h"

enum th_status th_store_open(const char *conninfo, const char *purpose, int timeout_ms,
                             struct th_store **store, struct th_error *error)
{
    *store = calloc(1, sizeof(**store));
    if (!*store)
        abort();
    enum th_status status = th_pg_open(&(*store)->pg, conninfo, purpose, timeout_ms, error);
    if (status != TH_OK)
        th_store_close(store);
    return status;
}

void th_store_close(struct th_store **store)
{
    if (!*store)
        return;
    th_pg_close(&(*store)->pg);
    th_history_destroy(&(*store)->history);
    free(*store);
    *store = NULL;
}

enum th_status th_store_reopen(struct th_store *store, int timeout_ms, struct th_error *error)
{
    store->reading = false;
    return th_pg_reopen(&store->pg, timeout_ms, error);
}

enum th_status th_store_get_province(struct th_store *store, struct th_province *province,
                                     struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *result = NULL;
    enum th_status status = th_pg_query(&store->pg, &th_sql_province_get, NULL, &result, error);
    if (status != TH_OK)
        return status;
    if (PQntuples(result) != 1)
        return th_error_set(error, TH_USAGE,
                            "%s holds no province; run `tonghop-collector migrate` first",
                            store->pg.context);
    th_pg_text(result, 0, 0, province->code, sizeof(province->code));
    th_pg_text(result, 0, 1, province->name_vi, sizeof(province->name_vi));
    th_pg_text(result, 0, 2, province->name_en, sizeof(province->name_en));
    th_pg_text(result, 0, 3, province->time_zone, sizeof(province->time_zone));
    return TH_OK;
}

static enum th_status compare_province(struct th_store *store, const struct th_province *province,
                                       struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *result = NULL;
    char code[sizeof(province->code)];
    enum th_status status = th_pg_query(&store->pg, &th_sql_province_get, NULL, &result, error);
    if (status != TH_OK || PQntuples(result) == 0)
        return status;
    th_pg_text(result, 0, 0, code, sizeof(code));
    if (PQntuples(result) == 1 && strcmp(code, province->code) == 0)
        return TH_OK;
    return th_error_set(error, TH_USAGE,
                        "%s belongs to province '%s', not '%s'; correct the setting `province`, or "
                        "use another database",
                        store->pg.context, code, province->code);
}

enum th_status th_store_put_province(struct th_store *store, const struct th_province *province,
                                     struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    enum th_status status = th_store_begin(store, TH_LOCK_MIGRATION, error);
    if (status != TH_OK)
        return status;
    status = compare_province(store, province, error);
    if (status != TH_OK)
        goto cleanup;
    th_param_text(&params, province->code);
    th_param_text(&params, province->name_vi);
    th_param_text(&params, province->name_en);
    th_param_text(&params, province->time_zone);
    status = th_pg_execute(&store->pg, &th_sql_province_put, &params, error);
    if (status == TH_OK)
        status = th_store_commit(store, error);
cleanup:
    th_pg_rollback(&store->pg);
    return status;
}

/* One number, polled by daemons: their deadline holds. */
static enum th_status ask_number(struct th_store *store, const struct th_sql *sql, uint64_t *number,
                                 struct th_error *error)
{
    struct th_pg_call call = {.sql = sql};
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status == TH_OK)
        *number = (uint64_t)th_pg_int8(call.result, 0, 0);
    th_pg_calls_clear(&call, 1);
    return status;
}

enum th_status th_store_event_sequence(struct th_store *store, uint64_t *sequence,
                                       struct th_error *error)
{
    return ask_number(store, &th_sql_event_sequence, sequence, error);
}

enum th_status th_store_get_status(struct th_store *store, struct th_store_status *status,
                                   struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *result = NULL;
    enum th_status outcome = th_pg_query(&store->pg, &th_sql_status, NULL, &result, error);
    if (outcome != TH_OK)
        return outcome;
    *status = (struct th_store_status){
        .reports = (uint64_t)th_pg_int8(result, 0, 0),
        .current_reports = (uint64_t)th_pg_int8(result, 0, 1),
        .rejections = (uint64_t)th_pg_int8(result, 0, 2),
        .districts_enrolled = (uint64_t)th_pg_int8(result, 0, 3),
        .clients_enrolled = (uint64_t)th_pg_int8(result, 0, 4),
        .catalogue_version = (uint64_t)th_pg_int8(result, 0, 5),
        .event_sequence = (uint64_t)th_pg_int8(result, 0, 6),
        .last_accepted_at_us = th_pg_instant(result, 0, 7),
        .database_now_us = th_pg_instant(result, 0, 8),
        .schema_version = th_pg_int4(result, 0, 9),
    };
    return TH_OK;
}
