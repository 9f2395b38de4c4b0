/* Catalogues in the database: every version whole, and its rows for SQL users. */
#include <stdlib.h>
#include <string.h>

#include "collector/store/catalogue_rows.h"
#include "collector/store/store_private.h"
#include "collector/store/stranded.h"
#include "common/base/text.h"
#include "common/wire/message.h"

enum th_status th_store_load_catalogue(struct th_store *store, uint64_t version,
                                       struct th_catalogue **catalogue, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    *catalogue = NULL;
    if (version > INT64_MAX)
        version = INT64_MAX;
    th_param_int8(&params, (int64_t)version);
    struct th_pg_call call = {.sql = &th_sql_catalogue_load, .params = &params};
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status != TH_OK)
        return status;
    if (PQntuples(call.result) == 0 && version > 0) {
        status = th_error_set(error, TH_USAGE, "%s has no catalogue version %llu",
                              store->pg.context, (unsigned long long)version);
    } else if (PQntuples(call.result) == 1) {
        struct th_slice content = {PQgetvalue(call.result, 0, 1),
                                   (size_t)PQgetlength(call.result, 0, 1)};
        uint64_t stored = (uint64_t)th_pg_int8(call.result, 0, 0);
        *catalogue = th_catalogue_unpack(content, stored, error);
        if (!*catalogue)
            status = error ? th_error_prefix(error, "catalogue version %llu of %s",
                                             (unsigned long long)stored, store->pg.context)
                           : TH_PERMANENT;
    }
    th_pg_calls_clear(&call, 1);
    return status;
}

enum th_status th_store_catalogue_version(struct th_store *store, uint64_t *version,
                                          struct th_error *error)
{
    struct th_pg_call call = {.sql = &th_sql_catalogue_version};
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status == TH_OK)
        *version = (uint64_t)th_pg_int8(call.result, 0, 0);
    th_pg_calls_clear(&call, 1);
    return status;
}

/* ------------------------------------------------------------------- rows */

static void text_column(struct th_params *params, const void *rows, size_t count, size_t row_size,
                        const char *(*text)(const void *row))
{
    th_param_array_begin(params, TH_OID_TEXT, count);
    for (size_t i = 0; i < count; i++) {
        const char *value = text((const char *)rows + i * row_size);
        if (value)
            th_put_text(&params->bytes, value);
        else
            th_put_null(&params->bytes);
    }
    th_param_array_end(params);
}

#define GETTER(name, type, expression)                                                             \
    static const char *name(const void *row)                                                       \
    {                                                                                              \
        const struct type *it = row;                                                               \
        return expression;                                                                         \
    }

GETTER(district_code, th_district, it->code)
GETTER(district_vi, th_district, it->name.vi)
GETTER(district_en, th_district, it->name.en)
GETTER(district_kind, th_district, it->kind)
GETTER(district_successor, th_district, it->successor ? it->successor->code : NULL)
GETTER(form_code, th_form, it->code)
GETTER(form_vi, th_form, it->name.vi)
GETTER(form_en, th_form, it->name.en)
GETTER(form_frequency, th_form, th_frequency_name(it->frequency))
GETTER(form_filled_by, th_form, it->by_province ? "province" : "district")

/* Criteria of all forms, as a row of pointers. */
struct criterion_row {
    const struct th_criterion *criterion;
};
GETTER(criterion_form, criterion_row, it->criterion->form->code)
GETTER(criterion_code, criterion_row, it->criterion->code)
GETTER(criterion_group, criterion_row, it->criterion->group ? it->criterion->group->code : "")
GETTER(criterion_vi, criterion_row, it->criterion->name.vi)
GETTER(criterion_en, criterion_row, it->criterion->name.en)
GETTER(criterion_kind, criterion_row, th_kind_name(it->criterion->kind))
GETTER(unit_vi, criterion_row, it->criterion->unit.vi ? it->criterion->unit.vi : "")
GETTER(unit_en, criterion_row, it->criterion->unit.en ? it->criterion->unit.en : "")
GETTER(time_agg, criterion_row, th_time_agg_name(it->criterion->time_agg))
GETTER(district_agg, criterion_row, th_district_agg_name(it->criterion->district_agg))

typedef const char *(*getter)(const void *row);

static void text_columns(struct th_params *params, const void *rows, size_t count, size_t row_size,
                         const getter *getters, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        text_column(params, rows, count, row_size, getters[i]);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void criterion_columns(struct th_params *params, const struct th_catalogue *catalogue)
{
    static const getter getters[] = {criterion_form, criterion_code, criterion_group, criterion_vi,
                                     criterion_en,   criterion_kind, unit_vi,         unit_en,
                                     time_agg,       district_agg};
    size_t count = 0;
    for (size_t i = 0; i < catalogue->form_count; i++)
        count += catalogue->forms[i].criterion_count;
    struct criterion_row *rows = calloc(count + 1, sizeof(*rows));
    if (!rows)
        abort();
    size_t at = 0;
    for (size_t i = 0; i < catalogue->form_count; i++)
        for (size_t j = 0; j < catalogue->forms[i].criterion_count; j++)
            rows[at++].criterion = &catalogue->forms[i].criteria[j];
    text_columns(params, rows, count, sizeof(*rows), getters, COUNT(getters));
    free(rows);
}

static enum th_status put_rows(struct th_store *store, const struct th_catalogue *catalogue,
                               struct th_error *error)
{
    static const getter districts[] = {district_code, district_vi, district_en, district_kind,
                                       district_successor};
    static const getter forms[] = {form_code, form_vi, form_en, form_frequency, form_filled_by};
    TH_CLEANUP_PARAMS struct th_params district = {0}, form = {0}, criterion = {0};
    text_columns(&district, catalogue->districts, catalogue->district_count,
                 sizeof(*catalogue->districts), districts, COUNT(districts));
    text_columns(&form, catalogue->forms, catalogue->form_count, sizeof(*catalogue->forms), forms,
                 COUNT(forms));
    criterion_columns(&criterion, catalogue);
    struct th_pg_call calls[] = {
        {.sql = &th_sql_put_districts_changed, .params = &district},
        {.sql = &th_sql_put_districts_new, .params = &district},
        {.sql = &th_sql_put_forms_changed, .params = &form},
        {.sql = &th_sql_put_forms_new, .params = &form},
        {.sql = &th_sql_put_criteria_changed, .params = &criterion},
        {.sql = &th_sql_put_criteria_new, .params = &criterion},
    };
    enum th_status status = th_pg_run(&store->pg, calls, COUNT(calls), TH_PG_NO_DEADLINE, error);
    th_pg_calls_clear(calls, COUNT(calls));
    if (status == TH_OK)
        status = th_catalogue_rows_put(store, catalogue, error);
    return status;
}

/* ----------------------------------------------------------------- import */

static enum th_status put_version(struct th_store *store, const struct th_catalogue *catalogue,
                                  const struct th_buffer *content, uint64_t version,
                                  const char *actor, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    char digest[2 * sizeof(catalogue->digest) + 1];
    int64_t at_us;
    th_text_to_hex(catalogue->digest, sizeof(catalogue->digest), digest);
    json_t *payload = json_pack("{s:I, s:s}", "version", (json_int_t)version, "digest", digest);
    enum th_status status = th_event_append(store, "catalogue", payload, actor, &at_us, error);
    if (status != TH_OK)
        return status;
    th_param_int8(&params, (int64_t)version);
    th_param_bytes(&params, content->bytes, content->size);
    th_param_bytes(&params, catalogue->digest, sizeof(catalogue->digest));
    th_param_instant(&params, at_us);
    return th_pg_execute(&store->pg, &th_sql_catalogue_insert, &params, error);
}

/* Writes the version after `was`, and its rows, unless it says the same. */
static enum th_status write_next(struct th_store *store, const struct th_catalogue *was,
                                 struct th_catalogue *catalogue, const char *actor,
                                 uint64_t *version, bool *changed, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer content = {0};
    th_catalogue_pack(catalogue, &content); /* sets its digest */
    *version = was ? was->version : 0;
    *changed = !was || memcmp(was->digest, catalogue->digest, sizeof(was->digest)) != 0;
    if (!*changed)
        return TH_OK;
    (*version)++;
    enum th_status status = put_rows(store, catalogue, error);
    if (status != TH_OK)
        return status;
    return put_version(store, catalogue, &content, *version, actor, error);
}

static enum th_status refuse_stranding(struct th_store *store, const struct th_catalogue *was,
                                       const struct th_catalogue *catalogue,
                                       struct th_stranded **stranded, size_t *stranded_count,
                                       struct th_error *error)
{
    enum th_status status =
        th_store_count_stranded(store, was, catalogue, stranded, stranded_count, error);
    if (status != TH_OK || *stranded_count == 0)
        return status;
    return th_error_set(error, TH_REJECTED,
                        "the catalogue would strand accepted data in %zu places; close what "
                        "is no longer reported instead of removing or changing it",
                        *stranded_count);
}

enum th_status th_store_import_catalogue(struct th_store *store, struct th_catalogue *catalogue,
                                         const char *actor, uint64_t *version, bool *changed,
                                         struct th_stranded **stranded, size_t *stranded_count,
                                         struct th_error *error)
{
    struct th_catalogue *was = NULL;
    *stranded = NULL;
    *stranded_count = 0;
    *changed = false;

    enum th_status status = th_store_begin(store, TH_LOCK_CATALOGUE, error);
    if (status != TH_OK)
        return status;
    status = th_store_load_catalogue(store, 0, &was, error);
    if (status == TH_OK)
        status = write_next(store, was, catalogue, actor, version, changed, error);
    /* Counted after the rows were written, and taken back by the rollback: Citus writes no
     * reference table in a transaction that has read `report` on many nodes. */
    if (status == TH_OK && was && *changed)
        status = refuse_stranding(store, was, catalogue, stranded, stranded_count, error);
    if (status == TH_OK && *changed)
        status = th_store_commit(store, error);
    th_pg_rollback(&store->pg);
    if (status == TH_OK)
        catalogue->version = *version;
    else
        *version = was ? was->version : 0;
    th_catalogue_release(&was);
    return status;
}
