/* Migrations: a tool applies them, daemons only check. */
#include "collector/store/catalogue_rows.h"
#include "collector/store/store_private.h"

int th_store_schema_version(void)
{
    return TH_MIGRATION_COUNT;
}

/* 0: the database was never migrated. */
static enum th_status read_version(struct th_store *store, int *version, struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *exists = NULL, *highest = NULL;
    *version = 0;
    enum th_status status = th_pg_query(&store->pg, &th_sql_schema_exists, NULL, &exists, error);
    if (status != TH_OK || !th_pg_bool(exists, 0, 0))
        return status;
    status = th_pg_query(&store->pg, &th_sql_schema_version, NULL, &highest, error);
    if (status == TH_OK)
        *version = th_pg_int4(highest, 0, 0);
    return status;
}

static enum th_status refuse_newer(struct th_store *store, int version, struct th_error *error)
{
    return th_error_set(error, TH_USAGE,
                        "%s has schema version %d, this program knows %d; use a newer program",
                        store->pg.context, version, TH_MIGRATION_COUNT);
}

enum th_status th_store_check_schema(struct th_store *store, struct th_error *error)
{
    int version;
    enum th_status status = read_version(store, &version, error);
    if (status != TH_OK)
        return status;
    if (version > TH_MIGRATION_COUNT)
        return refuse_newer(store, version, error);
    if (version < TH_MIGRATION_COUNT)
        return th_error_set(error, TH_USAGE,
                            "%s has schema version %d, this program needs %d; run "
                            "`tonghop-collector migrate`",
                            store->pg.context, version, TH_MIGRATION_COUNT);
    return TH_OK;
}

/* Within a transaction that holds the lock of migrations. */
static enum th_status apply(struct th_store *store, const struct th_migration *migration,
                            struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    enum th_status status = th_pg_script(&store->pg, th_sql_create_roles.text, error);
    if (status == TH_OK)
        status = th_pg_script(&store->pg, th_sql_migration_table.text, error);
    if (status == TH_OK)
        status = th_pg_script(&store->pg, migration->text, error);
    if (status != TH_OK) {
        th_error_prefix(error, "migration %s was not applied", migration->name);
        return status;
    }
    th_param_int4(&params, migration->version);
    th_param_text(&params, migration->name);
    return th_pg_execute(&store->pg, &th_sql_schema_record, &params, error);
}

/* Applies the next migration, if one is missing; *done when none is. */
static enum th_status migrate_once(struct th_store *store, bool *done, struct th_error *error)
{
    int version;
    enum th_status status = th_store_begin(store, TH_LOCK_MIGRATION, error);
    if (status != TH_OK)
        return status;
    status = read_version(store, &version, error);
    if (status == TH_OK && version > TH_MIGRATION_COUNT)
        status = refuse_newer(store, version, error);
    *done = version >= TH_MIGRATION_COUNT;
    if (status != TH_OK || *done)
        goto cleanup;
    status = apply(store, &th_migrations[version], error);
    if (status == TH_OK)
        status = th_store_commit(store, error);
cleanup:
    th_pg_rollback(&store->pg);
    return status;
}

enum th_status th_store_migrate(struct th_store *store, int *applied, struct th_error *error)
{
    bool done = false;
    *applied = 0;
    while (!done) {
        enum th_status status = migrate_once(store, &done, error);
        if (status != TH_OK)
            return status;
        if (!done)
            (*applied)++;
    }
    /* A migration can make these tables, only the program can read a catalogue. */
    return th_catalogue_rows_repair(store, NULL, NULL, error);
}
