/* Keys that may connect: enrolled, listed, revoked; a row is never removed. */
#include <stdlib.h>
#include <string.h>

#include "collector/store/store_private.h"
#include "common/base/text.h"

#define KEY_BYTES 32

static void read_row(const PGresult *result, int row, struct th_enrolment *enrolment)
{
    *enrolment = (struct th_enrolment){0};
    th_pg_bytes(result, row, 0, enrolment->public_key, KEY_BYTES);
    th_pg_text(result, row, 1, enrolment->name, sizeof(enrolment->name));
    th_pg_text(result, row, 2, enrolment->role, sizeof(enrolment->role));
    enrolment->portal = th_pg_bool(result, row, 3);
    enrolment->district_id = th_pg_int4(result, row, 4);
    enrolment->enrolled_at_us = th_pg_instant(result, row, 5);
    enrolment->revoked_at_us = th_pg_instant(result, row, 6);
    enrolment->announced_us = th_pg_instant(result, row, 7);
}

/* *found receives whether the key was ever enrolled. */
static enum th_status find(struct th_store *store, const uint8_t public_key[KEY_BYTES],
                           struct th_enrolment *enrolment, bool *found, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *result = NULL;
    th_param_bytes(&params, public_key, KEY_BYTES);
    enum th_status status =
        th_pg_query(&store->pg, &th_sql_enrolment_find, &params, &result, error);
    *found = status == TH_OK && PQntuples(result) == 1;
    if (*found)
        read_row(result, 0, enrolment);
    return status;
}

static json_t *describe(const struct th_enrolment *enrolment)
{
    char key[2 * KEY_BYTES + 1];
    th_text_to_hex(enrolment->public_key, KEY_BYTES, key);
    return json_pack("{s:s, s:s, s:s, s:b}", "public_key", key, "name", enrolment->name, "role",
                     enrolment->role, "portal", (int)enrolment->portal);
}

static enum th_status check(const struct th_enrolment *enrolment, struct th_error *error)
{
    static const char *const roles[] = {"district", "viewer", "approver", "admin"};
    bool known = false, district = strcmp(enrolment->role, "district") == 0;
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        known = known || strcmp(enrolment->role, roles[i]) == 0;
    if (!known)
        return th_error_set(error, TH_USAGE,
                            "there is no role '%s'; use viewer, approver or admin for a client",
                            enrolment->role);
    if (enrolment->portal && (district || strcmp(enrolment->role, "admin") == 0))
        return th_error_set(error, TH_USAGE,
                            "a portal's key is a client's with role viewer or approver, not %s",
                            enrolment->role);
    if (enrolment->name[0] == '\0' || !th_text_is_utf8(th_slice_of(enrolment->name)))
        return th_error_set(error, TH_USAGE, "a key is enrolled under a name, as UTF-8 text");
    return TH_OK;
}

static enum th_status district_of(struct th_store *store, const char *code, int32_t *district_id,
                                  struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *result = NULL;
    th_param_text(&params, code);
    enum th_status status =
        th_pg_query(&store->pg, &th_sql_enrolment_district, &params, &result, error);
    if (status != TH_OK)
        return status;
    if (PQntuples(result) != 1)
        return th_error_set(error, TH_USAGE,
                            "there is no district '%s'; import a catalogue that names it first",
                            code);
    *district_id = th_pg_int4(result, 0, 0);
    return TH_OK;
}

static enum th_status insert(struct th_store *store, const struct th_enrolment *enrolment,
                             int32_t district_id, int64_t at_us, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params row = {0}, first = {0};
    th_param_bytes(&row, enrolment->public_key, KEY_BYTES);
    th_param_text(&row, enrolment->name);
    th_param_text(&row, enrolment->role);
    th_param_bool(&row, enrolment->portal);
    if (district_id > 0)
        th_param_int4(&row, district_id);
    else
        th_param_null(&row);
    th_param_instant(&row, at_us);
    th_param_int4(&first, district_id);
    th_param_instant(&first, at_us);
    struct th_pg_call calls[] = {{.sql = &th_sql_enrolment_insert, .params = &row},
                                 {.sql = &th_sql_enrolment_first, .params = &first}};
    size_t count = district_id > 0 ? 2 : 1;
    enum th_status status = th_pg_run(&store->pg, calls, count, TH_PG_NO_DEADLINE, error);
    th_pg_calls_clear(calls, count);
    return status;
}

static enum th_status refuse_enrolled(const struct th_enrolment *before, struct th_error *error)
{
    return th_error_set(error, TH_USAGE,
                        before->revoked_at_us ? "the key was enrolled for '%s' (%s) and revoked; "
                                                "make a new pair with keygen"
                                              : "the key is enrolled already, for '%s' (%s)",
                        before->name, before->role);
}

enum th_status th_store_enrol(struct th_store *store, const struct th_enrolment *enrolment,
                              const char *actor, struct th_error *error)
{
    struct th_enrolment before = {0};
    int32_t district_id = 0;
    int64_t at_us;
    bool found;
    enum th_status status = check(enrolment, error);
    if (status != TH_OK)
        return status;
    /* The lock of the chain makes looking and writing one act. */
    status = th_store_begin(store, TH_LOCK_EVENT, error);
    if (status != TH_OK)
        return status;
    status = find(store, enrolment->public_key, &before, &found, error);
    if (status == TH_OK && found)
        status = refuse_enrolled(&before, error);
    if (status == TH_OK && strcmp(enrolment->role, "district") == 0)
        status = district_of(store, enrolment->name, &district_id, error);
    if (status == TH_OK)
        status = th_event_append(store, "enrolment", describe(enrolment), actor, &at_us, error);
    if (status == TH_OK)
        status = insert(store, enrolment, district_id, at_us, error);
    if (status == TH_OK)
        status = th_store_commit(store, error);
    th_pg_rollback(&store->pg);
    return status;
}

static enum th_status write_revocation(struct th_store *store, const uint8_t *public_key,
                                       int64_t at_us, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_bytes(&params, public_key, KEY_BYTES);
    th_param_instant(&params, at_us);
    return th_pg_execute(&store->pg, &th_sql_enrolment_revoke, &params, error);
}

enum th_status th_store_revoke(struct th_store *store, const uint8_t public_key[32],
                               const char *actor, struct th_enrolment *revoked,
                               struct th_error *error)
{
    struct th_enrolment enrolment = {0};
    int64_t at_us;
    bool found;
    enum th_status status = th_store_begin(store, TH_LOCK_EVENT, error);
    if (status != TH_OK)
        return status;
    status = find(store, public_key, &enrolment, &found, error);
    if (status == TH_OK && !found)
        status = th_error_set(error, TH_USAGE, "no such key is enrolled; `status` lists them");
    else if (status == TH_OK && enrolment.revoked_at_us)
        status = th_error_set(error, TH_USAGE, "the key of '%s' (%s) is revoked already",
                              enrolment.name, enrolment.role);
    if (status == TH_OK)
        status = th_event_append(store, "revocation", describe(&enrolment), actor, &at_us, error);
    if (status == TH_OK)
        status = write_revocation(store, public_key, at_us, error);
    if (status == TH_OK)
        status = th_store_commit(store, error);
    th_pg_rollback(&store->pg);
    if (status == TH_OK && revoked) {
        *revoked = enrolment;
        revoked->revoked_at_us = at_us;
    }
    return status;
}

enum th_status th_store_list_enrolments(struct th_store *store, struct th_enrolment **enrolments,
                                        size_t *count, struct th_error *error)
{
    struct th_pg_call call = {.sql = &th_sql_enrolment_list};
    *enrolments = NULL;
    *count = 0;
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status != TH_OK)
        return status;
    int rows = PQntuples(call.result);
    *enrolments = calloc((size_t)rows + 1, sizeof(**enrolments));
    if (!*enrolments)
        abort();
    for (int i = 0; i < rows; i++)
        read_row(call.result, i, &(*enrolments)[i]);
    *count = (size_t)rows;
    th_pg_calls_clear(&call, 1);
    return TH_OK;
}
