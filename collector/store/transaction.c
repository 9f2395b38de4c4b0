/* Transactions of the administrative acts; batches have their own (batch_*.c). */
#include <string.h>

#include "collector/store/store_private.h"

enum th_status th_store_begin(struct th_store *store, int64_t lock, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params number = {0};
    th_param_int8(&number, lock);
    struct th_pg_call calls[] = {{.sql = &th_sql_begin}, {.sql = &th_sql_lock, .params = &number}};
    enum th_status status = th_pg_run(&store->pg, calls, 2, TH_PG_NO_DEADLINE, error);
    th_pg_calls_clear(calls, 2);
    if (status != TH_OK)
        th_pg_rollback(&store->pg);
    return status;
}

enum th_status th_store_check_commit(struct th_store *store, const PGresult *result,
                                     struct th_error *error)
{
    if (store->pg.warned)
        return th_error_set(error, TH_RETRY,
                            "%s may not have made the work durable on its standby (%s); it is "
                            "checked by doing it again",
                            store->pg.context, store->pg.warning);
    if (strcmp(PQcmdStatus((PGresult *)result), "COMMIT") != 0)
        return th_error_set(error, TH_RETRY, "%s did not keep the transaction", store->pg.context);
    return TH_OK;
}

enum th_status th_store_commit(struct th_store *store, struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *result = NULL;
    store->pg.warned = false;
    enum th_status status = th_pg_query(&store->pg, &th_sql_commit, NULL, &result, error);
    return status == TH_OK ? th_store_check_commit(store, result, error) : status;
}
