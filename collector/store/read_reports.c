/* Stored reports, one by one. */
#include <string.h>

#include "collector/store/read_private.h"

enum {
    COLUMN_DISTRICT,
    COLUMN_CODE,
    COLUMN_PERIOD,
    COLUMN_REVISION,
    COLUMN_EPOCH,
    COLUMN_SEQUENCE,
    COLUMN_VERSION,
    COLUMN_ACCEPTED,
    COLUMN_RECEIVED,
    COLUMN_IMPORTED,
    COLUMN_COMPLETE,
    COLUMN_CURRENT,
    COLUMN_STATE,
    COLUMN_DIGEST,
    COLUMN_HASH,
    COLUMN_BODY
};

struct report_reader {
    const struct th_catalogue_ids *ids;
    th_report_row_fn each;
    void *context;
};

static enum th_status give_row(void *context, const PGresult *row, struct th_error *error)
{
    (void)error;
    const struct report_reader *reader = context;
    char code[TH_DISTRICT_CODE_MAX + 1], state[16];
    th_pg_text(row, 0, COLUMN_CODE, code, sizeof(code));
    th_pg_text(row, 0, COLUMN_STATE, state, sizeof(state));
    struct th_report_row report = {
        .district = th_catalogue_ids_district(reader->ids, th_pg_int4(row, 0, COLUMN_DISTRICT)),
        .district_code = code,
        .period = th_pg_int4(row, 0, COLUMN_PERIOD),
        .revision = (uint32_t)th_pg_int4(row, 0, COLUMN_REVISION),
        .epoch = (uint32_t)th_pg_int4(row, 0, COLUMN_EPOCH),
        .sequence = (uint64_t)th_pg_int8(row, 0, COLUMN_SEQUENCE),
        .catalogue_version = (uint64_t)th_pg_int8(row, 0, COLUMN_VERSION),
        .accepted_at_us = th_pg_instant(row, 0, COLUMN_ACCEPTED),
        .received_at_us = th_pg_instant(row, 0, COLUMN_RECEIVED),
        .imported = th_pg_bool(row, 0, COLUMN_IMPORTED),
        .complete = th_pg_bool(row, 0, COLUMN_COMPLETE),
        .current = th_pg_bool(row, 0, COLUMN_CURRENT),
        .state = state,
        .body = {PQgetvalue(row, 0, COLUMN_BODY), (size_t)PQgetlength(row, 0, COLUMN_BODY)},
    };
    th_pg_bytes(row, 0, COLUMN_DIGEST, report.digest, sizeof(report.digest));
    th_pg_bytes(row, 0, COLUMN_HASH, report.hash, sizeof(report.hash));
    return reader->each(reader->context, &report);
}

static void put_parameters(const struct th_catalogue_ids *ids, const struct th_form *form,
                           const struct th_district *district, int32_t first, int32_t last,
                           bool with_body, struct th_params *params)
{
    th_read_param_span(params, ids, form, first, last);
    if (district)
        th_param_int4(params, ids->district_ids[district->index]);
    else
        th_param_null(params);
    th_read_param_ids(params, ids->district_ids, ids->catalogue->district_count, NULL);
    th_param_bool(params, with_body);
}

static enum th_status stream(struct th_store *store, const struct th_sql *sql,
                             const struct th_params *params, const struct th_catalogue_ids *ids,
                             th_report_row_fn each, void *context, struct th_error *error)
{
    struct report_reader reader = {ids, each, context};
    return th_pg_stream_each(&store->pg, sql, params, th_read_timeout_ms(store), give_row, &reader,
                             error);
}

#define ALL_REVISIONS (-1)

/* What read_revisions takes beside the parameters of all. */
static void put_instants(const struct th_store *store, int32_t revision, int64_t since_us,
                         struct th_params *params)
{
    th_param_instant(params, store->as_of_us ? store->as_of_us : TH_READ_END_OF_TIME_US);
    th_param_int4(params, revision);
    if (since_us > 0)
        th_param_instant(params, since_us);
    else
        th_param_null(params);
}

enum th_status th_store_read_reports(struct th_store *store, const struct th_catalogue_ids *ids,
                                     const struct th_form *form, const struct th_district *district,
                                     int32_t first, int32_t last, uint32_t revision, bool with_body,
                                     th_report_row_fn each, void *context, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    const struct th_sql *sql = &th_sql_read_current_reports;
    enum th_status status = th_read_check(store, error);
    if (status != TH_OK)
        return status;
    if (revision > INT32_MAX)
        return TH_OK; /* no stored one is that high */
    put_parameters(ids, form, district, first, last, with_body, &params);
    if (store->as_of_us) {
        sql = &th_sql_read_revisions;
        put_instants(store, (int32_t)revision, 0, &params);
    } else if (revision > 0) {
        sql = &th_sql_read_revision;
        th_param_int4(&params, (int32_t)revision);
    }
    return stream(store, sql, &params, ids, each, context, error);
}

enum th_status th_store_read_revisions(struct th_store *store, const struct th_catalogue_ids *ids,
                                       const struct th_form *form,
                                       const struct th_district *district, int32_t first,
                                       int32_t last, int64_t since_us, th_report_row_fn each,
                                       void *context, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    enum th_status status = th_read_check(store, error);
    if (status != TH_OK)
        return status;
    put_parameters(ids, form, district, first, last, true, &params);
    put_instants(store, ALL_REVISIONS, since_us, &params);
    return stream(store, &th_sql_read_revisions, &params, ids, each, context, error);
}
