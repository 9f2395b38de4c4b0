/* Accepted reports as rows of tonghop.report in PostgreSQL's binary form: one array of
 * the table's row type. Columns in the table's order. */
#include "collector/store/batch_private.h"
#include "collector/store/observation_rows.h"

#define REPORT_COLUMNS 22

/* A field of a record: its type, then length and value by th_put_*. */
static inline void type(struct th_buffer *out, uint32_t oid)
{
    th_put_raw4(out, oid);
}

static void put_observations(struct th_buffer *out, const struct th_report *report,
                             const int32_t *criterion_ids)
{
    for (int column = 0; column < TH_OBSERVATION_COLUMNS; column++) {
        type(out, th_observation_column_type((enum th_observation_column)column));
        size_t place = th_put_length_begin(out);
        th_observation_column_put(out, (enum th_observation_column)column, report, criterion_ids);
        th_put_length_end(out, place);
    }
}

static void put_key(struct th_buffer *out, const struct th_batch_key *key,
                    const struct th_submission *submission)
{
    type(out, TH_OID_INT4);
    th_put_int4(out, key->district_id);
    type(out, TH_OID_UUID);
    th_put_bytes(out, submission->report_id, sizeof(submission->report_id));
    type(out, TH_OID_INT4);
    th_put_int4(out, key->form_id);
    type(out, TH_OID_INT4);
    th_put_int4(out, key->period);
    type(out, TH_OID_INT4);
    th_put_int4(out, (int32_t)submission->revision);
    type(out, TH_OID_INT4);
    th_put_int4(out, (int32_t)submission->epoch);
    type(out, TH_OID_INT8);
    th_put_int8(out, (int64_t)submission->sequence);
    type(out, TH_OID_TIMESTAMPTZ);
    th_put_instant(out, submission->accepted_at_us);
    type(out, TH_OID_TIMESTAMPTZ);
    if (submission->received_at_us)
        th_put_instant(out, submission->received_at_us);
    else
        th_put_null(out);
}

static void put_report(struct th_buffer *out, const struct th_catalogue_ids *ids,
                       const struct th_batch_key *key, const struct th_submission *submission)
{
    const struct th_report *report = &submission->report;
    struct th_report_extent extent;
    th_report_measure(report, &extent);

    size_t place = th_put_length_begin(out);
    th_put_raw4(out, REPORT_COLUMNS);
    put_key(out, key, submission);
    type(out, TH_OID_BOOL);
    th_put_bool(out, submission->imported);
    type(out, TH_OID_BOOL);
    th_put_bool(out, extent.complete);
    type(out, TH_OID_INT8);
    th_put_int8(out, (int64_t)ids->catalogue->version);
    type(out, TH_OID_INT2);
    th_put_int2(out, (int16_t)extent.values);
    type(out, TH_OID_INT2);
    th_put_int2(out, (int16_t)extent.not_applicable);
    put_observations(out, report, ids->criterion_ids[report->form->index]);
    type(out, TH_OID_BYTEA);
    th_put_bytes(out, submission->digest, sizeof(submission->digest));
    type(out, TH_OID_BYTEA);
    th_put_bytes(out, submission->hash, sizeof(submission->hash));
    type(out, TH_OID_BYTEA);
    th_put_bytes(out, submission->body.bytes, submission->body.size);
    th_put_length_end(out, place);
}

void th_batch_put_reports(const struct th_batch *batch, struct th_params *params)
{
    size_t accepted = 0;
    for (size_t i = 0; i < batch->count; i++)
        accepted += batch->items[i].submission->outcome == TH_OUTCOME_ACCEPTED;
    th_param_array_begin(params, batch->store->pg.report_oid, accepted);
    for (size_t i = 0; i < batch->count; i++) {
        const struct th_batch_item *item = &batch->items[i];
        if (item->submission->outcome == TH_OUTCOME_ACCEPTED)
            put_report(&params->bytes, *batch->context->ids, item->key, item->submission);
    }
    th_param_array_end(params);
}
