/* Texts of reports, in the order that people read them in. */
#include "collector/store/read_private.h"

enum {
    COLUMN_DISTRICT,
    COLUMN_PERIOD,
    COLUMN_CRITERION,
    COLUMN_NOT_APPLICABLE,
    COLUMN_ANSWER,
    COLUMN_STATE,
    COLUMN_BODY
};

struct narrative_reader {
    const struct th_catalogue_ids *ids;
    const struct th_form *form;
    th_narrative_row_fn each;
    void *context;
};

static struct th_slice bytes_of(const PGresult *row, int column)
{
    return (struct th_slice){PQgetvalue(row, 0, column), (size_t)PQgetlength(row, 0, column)};
}

/* Only ids of the catalogue were asked for. */
static enum th_status give_row(void *context, const PGresult *row, struct th_error *error)
{
    (void)error;
    const struct narrative_reader *reader = context;
    const struct th_catalogue_ids *ids = reader->ids;
    char state[16];
    th_pg_text(row, 0, COLUMN_STATE, state, sizeof(state));
    int32_t criterion = ids->criterion_of_id[th_pg_int4(row, 0, COLUMN_CRITERION)];
    const struct th_narrative_row narrative = {
        .district = th_catalogue_ids_district(ids, th_pg_int4(row, 0, COLUMN_DISTRICT)),
        .period = th_pg_int4(row, 0, COLUMN_PERIOD),
        .criterion = &reader->form->criteria[criterion],
        .not_applicable = th_pg_bool(row, 0, COLUMN_NOT_APPLICABLE),
        .answer = bytes_of(row, COLUMN_ANSWER),
        .body = bytes_of(row, COLUMN_BODY),
        .state = state,
    };
    return reader->each(reader->context, &narrative);
}

enum th_status th_store_read_narratives(struct th_store *store, const struct th_catalogue_ids *ids,
                                        const struct th_narrative_choice *choice,
                                        th_narrative_row_fn each, void *context,
                                        struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    const struct th_form *form = choice->form;
    struct narrative_reader reader = {ids, form, each, context};
    enum th_status status = th_read_check(store, error);
    if (status != TH_OK)
        return status;
    th_read_param_span(&params, ids, form, choice->first, choice->last);
    th_read_param_ids(&params, ids->district_ids, ids->catalogue->district_count,
                      choice->districts);
    th_read_param_ids(&params, ids->criterion_ids[form->index], form->criterion_count,
                      choice->criteria);
    th_param_bool(&params, choice->notes);
    th_param_bool(&params, choice->approved_only);
    if (store->as_of_us)
        th_param_instant(&params, store->as_of_us);
    return th_pg_stream_each(
        &store->pg, store->as_of_us ? &th_sql_read_narratives_as_of : &th_sql_read_narratives,
        &params, th_read_timeout_ms(store), give_row, &reader, error);
}
