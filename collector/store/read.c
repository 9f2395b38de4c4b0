/* Snapshots, and the observations that consolidation is fed with. */
#include "collector/store/read.h"

#include <stdlib.h>
#include <string.h>

#include "collector/store/read_private.h"

#define SILENCE_MIN_MS 60000

int th_read_timeout_ms(const struct th_store *store)
{
    return store->pg.timeout_ms > SILENCE_MIN_MS ? store->pg.timeout_ms : SILENCE_MIN_MS;
}

enum th_status th_read_check(const struct th_store *store, struct th_error *error)
{
    if (store->reading)
        return TH_OK;
    return th_error_set(error, TH_UNREACHABLE, "%s: the snapshot is lost with its connection",
                        store->pg.context);
}

void th_read_param_span(struct th_params *params, const struct th_catalogue_ids *ids,
                        const struct th_form *form, int32_t first, int32_t last)
{
    th_param_int4(params, ids->form_ids[form->index]);
    th_param_int4(params, first);
    th_param_int4(params, last);
}

void th_read_param_ids(struct th_params *params, const int32_t *ids, size_t count,
                       const bool *wanted)
{
    size_t chosen = 0;
    for (size_t i = 0; i < count; i++)
        chosen += !wanted || wanted[i];
    th_param_array_begin(params, TH_OID_INT4, chosen);
    for (size_t i = 0; i < count; i++)
        if (!wanted || wanted[i])
            th_put_int4(&params->bytes, ids[i]);
    th_param_array_end(params);
}

enum th_status th_store_begin_read(struct th_store *store, int64_t *snapshot_us,
                                   struct th_error *error)
{
    struct th_pg_call calls[] = {{.sql = &th_sql_begin_read}, {.sql = &th_sql_read_now}};
    enum th_status status = th_pg_run(&store->pg, calls, 2, store->pg.timeout_ms, error);
    if (status == TH_OK)
        status = th_accepting_us(calls[1].result, 0, 0, snapshot_us, error);
    if (status == TH_OK)
        store->horizon_us = th_pg_instant(calls[1].result, 0, 1);
    else
        th_pg_rollback(&store->pg);
    store->as_of_us = 0;
    th_pg_calls_clear(calls, 2);
    store->reading = status == TH_OK;
    return status;
}

void th_store_end_read(struct th_store *store)
{
    store->reading = false;
    th_pg_stream_stop(&store->pg);
    th_pg_rollback(&store->pg);
}

int64_t th_store_horizon_us(const struct th_store *store)
{
    return store->horizon_us;
}

void th_store_read_as_of(struct th_store *store, int64_t as_of_us)
{
    store->as_of_us = as_of_us;
}

enum th_status th_store_read_void(struct th_store *store, int64_t *from_us, int64_t *until_us,
                                  struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    *from_us = *until_us = 0;
    if (!store->as_of_us)
        return TH_OK;
    th_param_instant(&params, store->as_of_us);
    struct th_pg_call call = {.sql = &th_sql_read_void, .params = &params};
    enum th_status status = th_read_check(store, error);
    if (status == TH_OK)
        status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status == TH_OK && !PQgetisnull(call.result, 0, 0)) {
        *from_us = th_pg_instant(call.result, 0, 0);
        *until_us = th_pg_instant(call.result, 0, 1);
    }
    th_pg_calls_clear(&call, 1);
    return status;
}

enum th_status th_store_read_version(struct th_store *store, uint64_t *version,
                                     struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    struct th_pg_call call = {.sql = &th_sql_catalogue_version};
    if (store->as_of_us) {
        th_param_instant(&params, store->as_of_us);
        call = (struct th_pg_call){.sql = &th_sql_read_version_as_of, .params = &params};
    }
    enum th_status status = th_read_check(store, error);
    if (status == TH_OK)
        status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status == TH_OK)
        *version = (uint64_t)th_pg_int8(call.result, 0, 0);
    th_pg_calls_clear(&call, 1);
    return status;
}

/* ------------------------------------------------------------------- cells */

enum {
    COLUMN_DISTRICT,
    COLUMN_PERIOD,
    COLUMN_CRITERION,
    COLUMN_NUM,
    COLUMN_DEN,
    COLUMN_SCALE,
    COLUMN_ANSWER,
    COLUMN_COUNT
};

/* A list of commune codes separated by blanks. */
static void split(struct th_cell_reader *reader, struct th_slice list, struct th_cell *cell)
{
    size_t count = 0;
    for (const char *at = list.bytes, *end = at + list.size; at < end;) {
        const char *blank = memchr(at, ' ', (size_t)(end - at));
        const char *stop = blank ? blank : end;
        if (count == reader->commune_capacity) {
            reader->commune_capacity = reader->commune_capacity ? reader->commune_capacity * 2 : 64;
            reader->communes =
                realloc(reader->communes, reader->commune_capacity * sizeof(*reader->communes));
            if (!reader->communes)
                abort();
        }
        reader->communes[count++] = (struct th_slice){at, (size_t)(stop - at)};
        at = stop + 1;
    }
    cell->communes = reader->communes;
    cell->commune_count = count;
}

static const struct th_criterion *criterion_of(const struct th_cell_reader *reader, int32_t id)
{
    const struct th_catalogue_ids *ids = reader->ids;
    if (id <= 0 || id > ids->max_criterion_id || ids->criterion_of_id[id] < 0)
        return NULL;
    size_t index = (size_t)ids->criterion_of_id[id];
    /* Of another form when the numbers do not agree. */
    if (index >= reader->form->criterion_count ||
        ids->criterion_ids[reader->form->index][index] != id)
        return NULL;
    return &reader->form->criteria[index];
}

/* The next element of each of a report's parallel arrays. */
struct elements {
    const char *bytes[COLUMN_COUNT];
    size_t size[COLUMN_COUNT];
};

static void make_cell(struct th_cell_reader *reader, const struct th_criterion *criterion,
                      const struct elements *at, struct th_cell *cell)
{
    int16_t scale = th_get_int2(at->bytes[COLUMN_SCALE]);
    *cell = (struct th_cell){.not_applicable = scale < 0};
    if (cell->not_applicable)
        return;
    if (at->bytes[COLUMN_NUM])
        cell->num = (struct th_decimal){th_get_int8(at->bytes[COLUMN_NUM]), (uint8_t)(scale % 16)};
    if (at->bytes[COLUMN_DEN])
        cell->den = (struct th_decimal){th_get_int8(at->bytes[COLUMN_DEN]), (uint8_t)(scale / 16)};
    if (!at->bytes[COLUMN_ANSWER])
        return;
    struct th_slice answer = {at->bytes[COLUMN_ANSWER], at->size[COLUMN_ANSWER]};
    if (criterion->kind == TH_KIND_COMMUNES)
        split(reader, answer, cell);
    else
        cell->choice = answer;
}

static bool has_size(const struct elements *at, int column, size_t size, bool may_be_null)
{
    return at->bytes[column] ? at->size[column] == size : may_be_null;
}

static bool is_number(const struct elements *at, int column)
{
    const int64_t limit = INT64_C(1000000000000000000); /* 18 digits */
    if (!at->bytes[column])
        return true;
    int64_t unscaled = th_get_int8(at->bytes[column]);
    return unscaled > -limit && unscaled < limit;
}

/* Anyone may have written to the database: what goes on to exact arithmetic is within
 * a decimal's bounds. */
static bool fits(const struct elements *at)
{
    if (!has_size(at, COLUMN_CRITERION, 4, false) || !has_size(at, COLUMN_NUM, 8, true) ||
        !has_size(at, COLUMN_DEN, 8, true) || !has_size(at, COLUMN_SCALE, 2, false))
        return false;
    int16_t scale = th_get_int2(at->bytes[COLUMN_SCALE]);
    return scale >= -1 && scale % 16 <= TH_DECIMAL_MAX_SCALE &&
           scale / 16 <= TH_DECIMAL_MAX_SCALE && is_number(at, COLUMN_NUM) &&
           is_number(at, COLUMN_DEN);
}

static enum th_status damaged(struct th_cell_reader *reader)
{
    reader->damaged = true;
    return TH_PERMANENT;
}

enum th_status th_read_row_cells(struct th_cell_reader *reader, const PGresult *row)
{
    struct th_array_reader arrays[COLUMN_COUNT];
    const struct th_district *district =
        th_catalogue_ids_district(reader->ids, th_pg_int4(row, 0, COLUMN_DISTRICT));
    int32_t period = th_pg_int4(row, 0, COLUMN_PERIOD);
    if (!district)
        return TH_OK; /* not in this version of the catalogue */

    for (int i = COLUMN_CRITERION; i < COLUMN_COUNT; i++)
        if (!th_array_open(&arrays[i], PQgetvalue(row, 0, i), (size_t)PQgetlength(row, 0, i)) ||
            arrays[i].count != arrays[COLUMN_CRITERION].count)
            return damaged(reader);
    for (size_t left = arrays[COLUMN_CRITERION].count; left > 0; left--) {
        struct elements at;
        struct th_cell cell;
        for (int i = COLUMN_CRITERION; i < COLUMN_COUNT; i++)
            if (!th_array_next(&arrays[i], &at.bytes[i], &at.size[i]))
                return damaged(reader);
        if (!fits(&at))
            return damaged(reader);
        const struct th_criterion *criterion =
            criterion_of(reader, th_get_int4(at.bytes[COLUMN_CRITERION]));
        if (!criterion)
            continue;
        make_cell(reader, criterion, &at, &cell);
        enum th_status status = reader->each(reader->context, district, period, criterion, &cell);
        if (status != TH_OK)
            return status;
    }
    return TH_OK;
}

static enum th_status take_row(void *context, const PGresult *row, struct th_error *error)
{
    (void)error;
    return th_read_row_cells(context, row);
}

enum th_status th_read_cells_end(struct th_store *store, struct th_cell_reader *reader,
                                 enum th_status status, struct th_error *error)
{
    free(reader->communes);
    reader->communes = NULL;
    if (!reader->damaged)
        return status;
    return th_error_set(error, TH_PERMANENT,
                        "%s: a stored report cannot be read; run `tonghop-collector verify`",
                        store->pg.context);
}

/* Those of all districts (NULL) or of the flagged ones alone, which no statement does as of an
 * instant. */
static enum th_status stream_cells(struct th_store *store, const struct th_sql *sql, int32_t first,
                                   int32_t last, const bool *districts, bool approved_only,
                                   struct th_cell_reader *reader, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    enum th_status status = th_read_check(store, error);
    if (status != TH_OK)
        return status;
    th_read_param_span(&params, reader->ids, reader->form, first, last);
    if (districts)
        th_read_param_ids(&params, reader->ids->district_ids,
                          reader->ids->catalogue->district_count, districts);
    else if (store->as_of_us)
        th_param_instant(&params, store->as_of_us);
    th_param_bool(&params, approved_only);
    status = th_pg_stream_each(&store->pg, sql, &params, th_read_timeout_ms(store), take_row,
                               reader, error);
    return th_read_cells_end(store, reader, status, error);
}

enum th_status th_store_read_cells(struct th_store *store, const struct th_catalogue_ids *ids,
                                   const struct th_form *form, int32_t first, int32_t last,
                                   bool approved_only, th_cell_fn each, void *context,
                                   struct th_error *error)
{
    struct th_cell_reader reader = {.ids = ids, .form = form, .each = each, .context = context};
    return stream_cells(store, store->as_of_us ? &th_sql_read_cells_as_of : &th_sql_read_cells,
                        first, last, NULL, approved_only, &reader, error);
}

enum th_status th_store_read_cells_of(struct th_store *store, const struct th_catalogue_ids *ids,
                                      const struct th_form *form, int32_t first, int32_t last,
                                      const bool *districts, bool approved_only, th_cell_fn each,
                                      void *context, struct th_error *error)
{
    struct th_cell_reader reader = {.ids = ids, .form = form, .each = each, .context = context};
    return stream_cells(store, &th_sql_read_cells_of, first, last, districts, approved_only,
                        &reader, error);
}
