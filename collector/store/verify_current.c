/* current_report against the revisions of each key. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/store/verify_private.h"
#include "common/base/clock.h"
#include "common/base/text.h"

enum {
    KEY_FORM_ID,
    KEY_PERIOD,
    KEY_FORM,
    KEY_FREQUENCY,
    NEWEST_REVISION,
    NEWEST_ID,
    NEWEST_COMPLETE_AT,
    NEWEST_EPOCH,
    NEWEST_SEQUENCE,
    CURRENT_REVISION,
    CURRENT_ID,
    CURRENT_COMPLETE_AT,
    CURRENT_IS_HELD /* or there is no current one */
};

static void show_key(const PGresult *rows, int row, char out[160])
{
    char form[TH_FORM_CODE_MAX + 1], frequency_name[16], period[TH_PERIOD_TEXT] = "?";
    enum th_frequency frequency;
    th_pg_text(rows, row, KEY_FORM, form, sizeof(form));
    th_pg_text(rows, row, KEY_FREQUENCY, frequency_name, sizeof(frequency_name));
    if (th_frequency_parse(th_slice_of(frequency_name), &frequency))
        th_base_period_format(frequency, th_pg_int4(rows, row, KEY_PERIOD), period);
    snprintf(out, 160, "%s %s", form[0] ? form : "?", period);
}

static void show_revision(const PGresult *rows, int row, int revision, int id, char out[100])
{
    uint8_t bytes[16];
    char text[37];
    if (PQgetisnull(rows, row, revision)) {
        snprintf(out, 100, "none");
        return;
    }
    th_pg_bytes(rows, row, id, bytes, sizeof(bytes));
    th_text_uuid(bytes, text);
    snprintf(out, 100, "revision %" PRId32 " %s", th_pg_int4(rows, row, revision), text);
}

static void show_instant(const PGresult *rows, int row, int column, char out[40])
{
    if (PQgetisnull(rows, row, column))
        snprintf(out, 40, "never");
    else
        th_instant_format(th_pg_instant(rows, row, column), out);
}

static bool same(const PGresult *rows, int row, int a, int b)
{
    int size = PQgetlength(rows, row, a);
    return PQgetisnull(rows, row, a) == PQgetisnull(rows, row, b) &&
           size == PQgetlength(rows, row, b) &&
           memcmp(PQgetvalue(rows, row, a), PQgetvalue(rows, row, b), (size_t)size) == 0;
}

static enum th_status repair(const struct th_verification *verification, int32_t district_id,
                             const PGresult *rows, int row, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    bool stays = !PQgetisnull(rows, row, NEWEST_REVISION);
    th_param_int4(&params, district_id);
    th_param_int4(&params, th_pg_int4(rows, row, KEY_FORM_ID));
    th_param_int4(&params, th_pg_int4(rows, row, KEY_PERIOD));
    if (stays) {
        th_param_bytes(&params, PQgetvalue(rows, row, NEWEST_ID),
                       (size_t)PQgetlength(rows, row, NEWEST_ID));
        th_param_int4(&params, th_pg_int4(rows, row, NEWEST_REVISION));
        if (PQgetisnull(rows, row, NEWEST_COMPLETE_AT))
            th_param_null(&params);
        else
            th_param_instant(&params, th_pg_instant(rows, row, NEWEST_COMPLETE_AT));
    }
    return th_pg_execute(&verification->store->pg,
                         stays ? &th_sql_rebuild_current : &th_sql_rebuild_current_delete, &params,
                         error);
}

static enum th_status take_key(const struct th_verification *verification,
                               const struct th_verify_chain *chain, const PGresult *rows, int row,
                               struct th_error *error)
{
    char key[160], want[300], got[300], revision[100], at[40];
    uint32_t epoch = (uint32_t)th_pg_int4(rows, row, NEWEST_EPOCH);
    uint64_t sequence = (uint64_t)th_pg_int8(rows, row, NEWEST_SEQUENCE);
    /* One that points to a report that is gone is the trace of it: it stays. And from keys
     * that no hash confirms, nothing is derived. */
    bool repaired =
        verification->repair && !*verification->unproved && th_pg_bool(rows, row, CURRENT_IS_HELD);
    show_key(rows, row, key);
    if (!same(rows, row, NEWEST_REVISION, CURRENT_REVISION) ||
        !same(rows, row, NEWEST_ID, CURRENT_ID)) {
        show_revision(rows, row, NEWEST_REVISION, NEWEST_ID, revision);
        snprintf(want, sizeof(want), "%s %s", key, revision);
        show_revision(rows, row, CURRENT_REVISION, CURRENT_ID, revision);
        snprintf(got, sizeof(got), "%s %s", key, revision);
        th_verify_tell(verification, TH_DIFFERENCE_CURRENT, chain->code, epoch, sequence, want, got,
                       repaired);
    } else {
        show_instant(rows, row, NEWEST_COMPLETE_AT, at);
        snprintf(want, sizeof(want), "%s %s", key, at);
        show_instant(rows, row, CURRENT_COMPLETE_AT, at);
        snprintf(got, sizeof(got), "%s %s", key, at);
        th_verify_tell(verification, TH_DIFFERENCE_COMPLETE_AT, chain->code, epoch, sequence, want,
                       got, repaired);
    }
    return repaired ? repair(verification, chain->district_id, rows, row, error) : TH_OK;
}

enum th_status th_verify_current(struct th_verification *verification,
                                 const struct th_verify_chain *chain, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_int4(&params, chain->district_id);
    struct th_pg_call calls[] = {{.sql = &th_sql_verify_current, .params = &params},
                                 {.sql = &th_sql_verify_current_count, .params = &params}};
    enum th_status status = th_pg_run(&verification->store->pg, calls, 2, TH_PG_NO_DEADLINE, error);
    if (status != TH_OK)
        return status;
    verification->counts->current_reports += (uint64_t)th_pg_int8(calls[1].result, 0, 0);
    for (int i = 0; status == TH_OK && i < PQntuples(calls[0].result); i++)
        status = take_key(verification, chain, calls[0].result, i, error);
    th_pg_calls_clear(calls, 2);
    return status;
}
