#include "collector/store/exceptions.h"

#include <stdlib.h>
#include <string.h>

#include "collector/store/exceptions_private.h"
#include "common/base/clock.h"

json_t *th_exception_payload(const struct th_exception_act *act)
{
    json_t *until = act->until_us ? json_integer(act->until_us) : json_null();
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:s}", "district", act->district, "form", act->form,
                     "period", act->period, "until_us", until, "reason", act->reason, "account",
                     act->account);
}

/* ------------------------------------------------------------------ the act */

/* What is in force of one base period of the order. */
struct standing {
    int64_t until_us; /* 0: there never was an exception */
    bool same_reason;
};

/* The catalogue stays in force, and batches of the district wait. */
static enum th_status lock(struct th_store *store, const struct th_exception_order *order,
                           int32_t district_id, int64_t *now_us, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params number = {0}, district = {0};
    uint64_t version = 0;
    th_param_int8(&number, TH_LOCK_CATALOGUE);
    th_param_array_begin(&district, TH_OID_INT4, 1);
    th_put_int4(&district.bytes, district_id);
    th_param_array_end(&district);
    struct th_pg_call calls[] = {{.sql = &th_sql_begin},
                                 {.sql = &th_sql_batch_settings, .params = &number},
                                 {.sql = &th_sql_batch_lock_heads, .params = &district},
                                 {.sql = &th_sql_batch_now}};
    enum th_status status = th_pg_run(&store->pg, calls, 4, TH_PG_NO_DEADLINE, error);
    if (status == TH_OK)
        status = th_accepting_us(calls[3].result, 0, 0, now_us, error);
    if (status == TH_OK)
        version = (uint64_t)th_pg_int8(calls[3].result, 0, 1);
    th_pg_calls_clear(calls, 4);
    if (status == TH_OK && version != order->ids->catalogue->version)
        status = th_error_set(error, TH_RETRY,
                              "another catalogue came into force meanwhile; run the command again");
    return status;
}

static void put_keys(const struct th_exception_order *order, int32_t district_id, int32_t form_id,
                     struct th_params *params)
{
    const int32_t constant[] = {district_id, form_id};
    for (int column = 0; column < 3; column++) {
        th_param_array_begin(params, TH_OID_INT4, order->count);
        for (size_t i = 0; i < order->count; i++)
            th_put_int4(&params->bytes, column < 2 ? constant[column] : order->periods[i]);
        th_param_array_end(params);
    }
}

static enum th_status look_up(struct th_store *store, const struct th_exception_order *order,
                              int32_t district_id, int32_t form_id, struct standing *standings,
                              struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params keys = {0};
    TH_CLEANUP_RESULT PGresult *rows = NULL;
    put_keys(order, district_id, form_id, &keys);
    enum th_status status = th_pg_query(&store->pg, &th_sql_exception_latest, &keys, &rows, error);
    for (int row = 0; status == TH_OK && row < PQntuples(rows); row++)
        for (size_t i = 0; i < order->count; i++)
            if (order->periods[i] == th_pg_int4(rows, row, 2))
                standings[i] = (struct standing){
                    .until_us = th_pg_instant(rows, row, 3),
                    .same_reason = strcmp(PQgetvalue(rows, row, 4), order->reason) == 0,
                };
    return status;
}

static enum th_status insert(struct th_store *store, const struct th_exception_order *order,
                             int32_t district_id, int32_t form_id, int32_t period, int64_t at_us,
                             struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params row = {0};
    uint64_t sequence = 0;
    /* The lock of the chain is held: the highest sequence is this act's. */
    enum th_status status = th_store_event_sequence(store, &sequence, error);
    if (status != TH_OK)
        return status;
    th_param_int4(&row, district_id);
    th_param_int8(&row, (int64_t)sequence);
    th_param_int4(&row, form_id);
    th_param_int4(&row, period);
    th_param_instant(&row, at_us);
    th_param_instant(&row, order->until_us ? order->until_us : at_us);
    th_param_text(&row, order->reason);
    th_param_text(&row, order->actor);
    return th_pg_execute(&store->pg, &th_sql_exception_insert, &row, error);
}

static enum th_status write_act(struct th_store *store, const struct th_exception_order *order,
                                int32_t district_id, int32_t form_id, int32_t period,
                                struct th_error *error)
{
    char text[TH_PERIOD_TEXT];
    int64_t at_us = 0;
    th_base_period_format(order->form->frequency, period, text);
    const struct th_exception_act act = {.district = order->district->code,
                                         .form = order->form->code,
                                         .period = text,
                                         .until_us = order->until_us,
                                         .reason = order->reason,
                                         .account = order->actor};
    enum th_status status = th_event_append(store, TH_EXCEPTION_KIND, th_exception_payload(&act),
                                            order->actor, &at_us, error);
    if (status == TH_OK && order->until_us && order->until_us <= at_us)
        status = th_error_set(error, TH_REJECTED, "the exception would end before it begins");
    if (status == TH_OK)
        status = insert(store, order, district_id, form_id, period, at_us, error);
    return status;
}

static enum th_exception_outcome choose(const struct th_exception_order *order,
                                        const struct standing *standing, int64_t now_us)
{
    bool in_force = standing->until_us > now_us;
    if (!order->until_us)
        return in_force ? TH_EXCEPTION_ENDED : TH_EXCEPTION_NONE;
    return in_force && standing->until_us == order->until_us && standing->same_reason
               ? TH_EXCEPTION_KEPT
               : TH_EXCEPTION_OPENED;
}

enum th_status th_store_except(struct th_store *store, const struct th_exception_order *order,
                               enum th_exception_outcome *outcomes, struct th_error *error)
{
    struct standing standings[TH_EXCEPTIONS_AT_ONCE] = {0};
    int32_t district_id = order->ids->district_ids[order->district->index];
    int32_t form_id = order->ids->form_ids[order->form->index];
    int64_t now_us = 0;
    if (order->count > TH_EXCEPTIONS_AT_ONCE)
        return th_error_set(error, TH_USAGE, "at most %d exceptions at once",
                            TH_EXCEPTIONS_AT_ONCE);
    enum th_status status = lock(store, order, district_id, &now_us, error);
    if (status == TH_OK)
        status = look_up(store, order, district_id, form_id, standings, error);
    for (size_t i = 0; status == TH_OK && i < order->count; i++) {
        outcomes[i] = choose(order, &standings[i], now_us);
        if (outcomes[i] == TH_EXCEPTION_OPENED || outcomes[i] == TH_EXCEPTION_ENDED)
            status = write_act(store, order, district_id, form_id, order->periods[i], error);
    }
    if (status == TH_OK)
        status = th_store_commit(store, error);
    th_pg_rollback(&store->pg);
    return status;
}

/* ----------------------------------------------------------------- the list */

enum {
    LIST_SEQUENCE,
    LIST_DISTRICT,
    LIST_FORM,
    LIST_FREQUENCY,
    LIST_PERIOD,
    LIST_AT,
    LIST_UNTIL,
    LIST_REASON,
    LIST_ACCOUNT,
    LIST_ACKNOWLEDGED,
    LIST_STATE
};

struct listing {
    th_exception_fn each;
    void *context;
};

static enum th_status list_row(void *context, const PGresult *rows, struct th_error *error)
{
    const struct listing *listing = context;
    enum th_frequency frequency;
    char period[TH_PERIOD_TEXT] = "?";
    (void)error;
    if (th_frequency_parse(th_slice_of(PQgetvalue(rows, 0, LIST_FREQUENCY)), &frequency))
        th_base_period_format(frequency, th_pg_int4(rows, 0, LIST_PERIOD), period);
    const struct th_exception_row row = {
        .sequence = (uint64_t)th_pg_int8(rows, 0, LIST_SEQUENCE),
        .district = PQgetvalue(rows, 0, LIST_DISTRICT),
        .form = PQgetvalue(rows, 0, LIST_FORM),
        .period = period,
        .at_us = th_pg_instant(rows, 0, LIST_AT),
        .until_us = th_pg_instant(rows, 0, LIST_UNTIL),
        .reason = PQgetvalue(rows, 0, LIST_REASON),
        .account = PQgetvalue(rows, 0, LIST_ACCOUNT),
        .acknowledged = th_pg_bool(rows, 0, LIST_ACKNOWLEDGED),
        .state = PQgetvalue(rows, 0, LIST_STATE),
    };
    return listing->each(listing->context, &row);
}

enum th_status th_store_list_exceptions(struct th_store *store, const char *form,
                                        const char *const *districts, size_t district_count,
                                        th_exception_fn each, void *context, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    struct listing listing = {each, context};
    if (form)
        th_param_text(&params, form);
    else
        th_param_null(&params);
    if (district_count > 0) {
        th_param_array_begin(&params, TH_OID_TEXT, district_count);
        for (size_t i = 0; i < district_count; i++)
            th_put_text(&params.bytes, districts[i]);
        th_param_array_end(&params);
    } else {
        th_param_null(&params);
    }
    return th_pg_stream_each(&store->pg, &th_sql_exception_list, &params, TH_PG_NO_DEADLINE,
                             list_row, &listing, error);
}
