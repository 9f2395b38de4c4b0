/* What came of the reports that were expected, and when. */
#include <string.h>

#include "collector/store/read_private.h"

enum {
    COLUMN_DISTRICT,
    COLUMN_PERIOD,
    COLUMN_STATE,
    COLUMN_COMPLETE_AT,
    COLUMN_RECEIVED,
    COLUMN_IMPORTED,
    COLUMN_COMPLETE,
    COLUMN_EMPTY,
    COLUMN_ENROLLED
};

struct arrival_reader {
    const struct th_catalogue_ids *ids;
    th_arrival_fn each;
    void *context;
};

static enum th_status give_row(void *context, const PGresult *row, struct th_error *error)
{
    (void)error;
    const struct arrival_reader *reader = context;
    const struct th_district *district =
        th_catalogue_ids_district(reader->ids, th_pg_int4(row, 0, COLUMN_DISTRICT));
    char state[16];
    if (!district)
        return TH_OK;
    th_pg_text(row, 0, COLUMN_STATE, state, sizeof(state));
    struct th_arrival arrival = {
        .complete = th_pg_bool(row, 0, COLUMN_COMPLETE),
        .empty = th_pg_bool(row, 0, COLUMN_EMPTY),
        .returned = strcmp(state, "returned") == 0,
        .approved = strcmp(state, "approved") == 0,
        .imported = th_pg_bool(row, 0, COLUMN_IMPORTED),
        .received_at_us = th_pg_instant(row, 0, COLUMN_RECEIVED),
        .complete_at_us = th_pg_instant(row, 0, COLUMN_COMPLETE_AT),
        .first_enrolled_us = PQgetisnull(row, 0, COLUMN_ENROLLED)
                                 ? INT64_MAX
                                 : th_pg_instant(row, 0, COLUMN_ENROLLED),
    };
    return reader->each(reader->context, district, th_pg_int4(row, 0, COLUMN_PERIOD), &arrival);
}

/* Those of all districts (NULL) or of the flagged ones alone, which no statement does as of an
 * instant. */
static enum th_status stream(struct th_store *store, const struct th_sql *sql,
                             const struct th_form *form, int32_t first, int32_t last,
                             const bool *districts, struct arrival_reader *reader,
                             struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    enum th_status status = th_read_check(store, error);
    if (status != TH_OK)
        return status;
    th_read_param_span(&params, reader->ids, form, first, last);
    if (districts)
        th_read_param_ids(&params, reader->ids->district_ids,
                          reader->ids->catalogue->district_count, districts);
    else if (store->as_of_us)
        th_param_instant(&params, store->as_of_us);
    return th_pg_stream_each(&store->pg, sql, &params, th_read_timeout_ms(store), give_row, reader,
                             error);
}

enum th_status th_store_read_arrivals(struct th_store *store, const struct th_catalogue_ids *ids,
                                      const struct th_form *form, int32_t first, int32_t last,
                                      th_arrival_fn each, void *context, struct th_error *error)
{
    struct arrival_reader reader = {ids, each, context};
    return stream(store, store->as_of_us ? &th_sql_read_arrivals_as_of : &th_sql_read_arrivals,
                  form, first, last, NULL, &reader, error);
}

enum th_status th_store_read_arrivals_of(struct th_store *store, const struct th_catalogue_ids *ids,
                                         const struct th_form *form, int32_t first, int32_t last,
                                         const bool *districts, th_arrival_fn each, void *context,
                                         struct th_error *error)
{
    struct arrival_reader reader = {ids, each, context};
    return stream(store, &th_sql_read_arrivals_of, form, first, last, districts, &reader, error);
}

enum th_status th_store_read_enrolled(struct th_store *store, const struct th_catalogue_ids *ids,
                                      int64_t *first_enrolled_us, struct th_error *error)
{
    enum { ROW_DISTRICT, ROW_CODE, ROW_ENROLLED };
    struct th_pg_call call = {.sql = &th_sql_ids_district};
    for (size_t i = 0; i < ids->catalogue->district_count; i++)
        first_enrolled_us[i] = INT64_MAX;
    enum th_status status = th_read_check(store, error);
    if (status == TH_OK)
        status = th_pg_run(&store->pg, &call, 1, th_read_timeout_ms(store), error);
    if (status != TH_OK)
        return status;
    for (int i = 0; i < PQntuples(call.result); i++) {
        const struct th_district *district =
            th_catalogue_ids_district(ids, th_pg_int4(call.result, i, ROW_DISTRICT));
        if (district && !PQgetisnull(call.result, i, ROW_ENROLLED))
            first_enrolled_us[district->index] = th_pg_instant(call.result, i, ROW_ENROLLED);
    }
    th_pg_calls_clear(&call, 1);
    return TH_OK;
}
