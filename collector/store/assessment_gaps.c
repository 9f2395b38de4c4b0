/* What an assessment rests on, and what hinders a final one. */
#include "collector/store/assessment_private.h"
#include "collector/store/read_private.h"

static void param_as_of(struct th_params *params, int64_t as_of_us)
{
    if (as_of_us)
        th_param_instant(params, as_of_us);
    else
        th_param_null(params);
}

/* ------------------------------------------------------------------- heads */

struct head_reader {
    th_chain_head_fn each;
    void *context;
};

static enum th_status give_head(void *context, const PGresult *row, struct th_error *error)
{
    (void)error;
    const struct head_reader *reader = context;
    struct th_chain_head head = {
        .epoch = (uint32_t)th_pg_int4(row, 0, 1),
        .sequence = (uint64_t)th_pg_int8(row, 0, 2),
    };
    th_pg_text(row, 0, 0, head.district, sizeof(head.district));
    th_pg_bytes(row, 0, 3, head.hash, sizeof(head.hash));
    return reader->each(reader->context, &head);
}

static enum th_status give_event(void *context, const PGresult *row, struct th_error *error)
{
    (void)error;
    const struct head_reader *reader = context;
    struct th_chain_head head = {.sequence = (uint64_t)th_pg_int8(row, 0, 0)};
    th_pg_bytes(row, 0, 1, head.hash, sizeof(head.hash));
    return reader->each(reader->context, &head);
}

enum th_status th_store_assessment_heads(struct th_store *store, th_chain_head_fn each,
                                         void *context, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    struct head_reader reader = {each, context};
    enum th_status status = th_read_check(store, error);
    if (status != TH_OK)
        return status;
    param_as_of(&params, store->as_of_us);
    int timeout_ms = th_read_timeout_ms(store);
    status = th_pg_stream_each(&store->pg, &th_sql_assessment_heads, &params, timeout_ms, give_head,
                               &reader, error);
    if (status == TH_OK)
        status = th_pg_stream_each(&store->pg, &th_sql_assessment_event, &params, timeout_ms,
                                   give_event, &reader, error);
    return status;
}

/* -------------------------------------------------------------------- gaps */

struct state_reader {
    const struct th_catalogue_ids *ids;
    struct th_finality *finality;
};

static enum th_status take_state(void *context, const PGresult *row, struct th_error *error)
{
    (void)error;
    const struct state_reader *reader = context;
    const struct th_district *district =
        th_catalogue_ids_district(reader->ids, th_pg_int4(row, 0, 0));
    char state[16];
    th_pg_text(row, 0, 2, state, sizeof(state));
    if (district)
        th_finality_add(reader->finality, district, th_pg_int4(row, 0, 1), state);
    return TH_OK;
}

enum th_status th_assessment_gaps_at(struct th_store *store, const struct th_catalogue_ids *ids,
                                     const struct th_form *form, const struct th_period *period,
                                     int64_t as_of_us, int64_t at_us, th_gap_fn each, void *context,
                                     struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    int32_t first, last;
    struct state_reader reader = {ids,
                                  th_finality_create(ids->catalogue, form, period, at_us, error)};
    if (!reader.finality)
        return TH_USAGE;
    th_finality_range(reader.finality, &first, &last);
    th_read_param_span(&params, ids, form, first, last);
    param_as_of(&params, as_of_us);
    enum th_status status =
        th_pg_stream_each(&store->pg, &th_sql_assessment_states, &params, th_read_timeout_ms(store),
                          take_state, &reader, error);
    if (status == TH_OK)
        status = th_finality_finish(reader.finality, each, context);
    th_finality_destroy(&reader.finality);
    return status;
}

enum th_status th_store_assessment_gaps(struct th_store *store, const struct th_catalogue_ids *ids,
                                        const struct th_form *form, const struct th_period *period,
                                        int64_t at_us, th_gap_fn each, void *context,
                                        struct th_error *error)
{
    enum th_status status = th_read_check(store, error);
    return status == TH_OK ? th_assessment_gaps_at(store, ids, form, period, store->as_of_us, at_us,
                                                   each, context, error)
                           : status;
}
