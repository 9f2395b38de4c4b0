/* The horizon of as-of answers (ARCHITECTURE, "The horizon"). */
#include "collector/store/store_private.h"

enum th_status th_writer_registered_us(const PGresult *result, int64_t *from_us,
                                       struct th_error *error)
{
    if (PQntuples(result) != 1)
        return th_error_set(error, TH_RETRY,
                            "the database has no room for one more lock; raise "
                            "max_locks_per_transaction");
    *from_us = th_pg_instant(result, 0, 0);
    return TH_OK;
}

enum th_status th_accepting_us(const PGresult *result, int column, int64_t from_us, int64_t *at_us,
                               struct th_error *error)
{
    if (PQntuples(result) != 1)
        return th_error_set(error, TH_PERMANENT,
                            "the table tonghop.horizon has lost its one row; stop the collectors "
                            "and restore the database");
    *at_us = th_pg_instant(result, 0, column);
    if (*at_us < from_us)
        *at_us = from_us; /* the clock stepped back since the registration */
    return TH_OK;
}

enum th_status th_store_publish_horizon(struct th_store *store, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params lock = {0};
    th_param_int8(&lock, TH_LOCK_HORIZON);
    /* Two transactions: a writer that reads no ceiling of the first has registered
     * before the second looks. */
    struct th_pg_call calls[] = {
        {.sql = &th_sql_begin},           {.sql = &th_sql_horizon_lock, .params = &lock},
        {.sql = &th_sql_horizon_raise},   {.sql = &th_sql_commit},
        {.sql = &th_sql_begin},           {.sql = &th_sql_horizon_lock, .params = &lock},
        {.sql = &th_sql_horizon_publish}, {.sql = &th_sql_commit},
    };
    const size_t count = sizeof(calls) / sizeof(calls[0]);
    enum th_status status = th_pg_run(&store->pg, calls, count, store->pg.timeout_ms, error);
    th_pg_calls_clear(calls, count);
    if (status != TH_OK)
        th_pg_rollback(&store->pg);
    return status;
}
