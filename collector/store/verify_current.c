/* current_report against the revisions of each key and the acts on them. */
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
    CURRENT_IS_HELD, /* or there is no current one */
    ACTS_STATE,
    CURRENT_STATE,
    ACTS_OPEN_UNTIL,
    CURRENT_OPEN_UNTIL
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

static void put_instant(const PGresult *rows, int row, int column, struct th_params *params)
{
    if (PQgetisnull(rows, row, column))
        th_param_null(params);
    else
        th_param_instant(params, th_pg_instant(rows, row, column));
}

static enum th_status repair(const struct th_verification *verification, int32_t district_id,
                             const PGresult *rows, int row, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    char state[16];
    bool stays = !PQgetisnull(rows, row, NEWEST_REVISION);
    th_param_int4(&params, district_id);
    th_param_int4(&params, th_pg_int4(rows, row, KEY_FORM_ID));
    th_param_int4(&params, th_pg_int4(rows, row, KEY_PERIOD));
    if (stays) {
        th_param_bytes(&params, PQgetvalue(rows, row, NEWEST_ID),
                       (size_t)PQgetlength(rows, row, NEWEST_ID));
        th_param_int4(&params, th_pg_int4(rows, row, NEWEST_REVISION));
        put_instant(rows, row, NEWEST_COMPLETE_AT, &params);
        th_pg_text(rows, row, ACTS_STATE, state, sizeof(state));
        th_param_text(&params, state);
        put_instant(rows, row, ACTS_OPEN_UNTIL, &params);
        th_param_bool(&params, !*verification->acts_unproved);
    }
    return th_pg_execute(&verification->store->pg,
                         stays ? &th_sql_rebuild_current : &th_sql_rebuild_current_delete, &params,
                         error);
}

static void show_text(const PGresult *rows, int row, int column, char out[40])
{
    th_pg_text(rows, row, column, out, 40);
}

/* What a key's row holds beside the revision, and what it should. */
static const struct {
    enum th_difference_kind kind;
    int want, got;
    void (*show)(const PGresult *rows, int row, int column, char out[40]);
    bool by_acts;
} parts[] = {
    {TH_DIFFERENCE_COMPLETE_AT, NEWEST_COMPLETE_AT, CURRENT_COMPLETE_AT, show_instant, false},
    {TH_DIFFERENCE_STATE, ACTS_STATE, CURRENT_STATE, show_text, true},
    {TH_DIFFERENCE_OPEN_UNTIL, ACTS_OPEN_UNTIL, CURRENT_OPEN_UNTIL, show_instant, true},
};

static void tell_parts(const struct th_verification *verification,
                       const struct th_verify_chain *chain, const PGresult *rows, int row,
                       const char *key, bool repaired)
{
    char want[300], got[300], shown[40];
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (same(rows, row, parts[i].want, parts[i].got))
            continue;
        parts[i].show(rows, row, parts[i].want, shown);
        snprintf(want, sizeof(want), "%s %s", key, shown);
        parts[i].show(rows, row, parts[i].got, shown);
        snprintf(got, sizeof(got), "%s %s", key, shown);
        th_verify_tell(verification, parts[i].kind, chain->code,
                       (uint32_t)th_pg_int4(rows, row, NEWEST_EPOCH),
                       (uint64_t)th_pg_int8(rows, row, NEWEST_SEQUENCE), want, got,
                       repaired && !(parts[i].by_acts && *verification->acts_unproved));
    }
}

static void tell_revision(const struct th_verification *verification,
                          const struct th_verify_chain *chain, const PGresult *rows, int row,
                          const char *key, bool repaired)
{
    char want[300], got[300], revision[100];
    show_revision(rows, row, NEWEST_REVISION, NEWEST_ID, revision);
    snprintf(want, sizeof(want), "%s %s", key, revision);
    show_revision(rows, row, CURRENT_REVISION, CURRENT_ID, revision);
    snprintf(got, sizeof(got), "%s %s", key, revision);
    th_verify_tell(verification, TH_DIFFERENCE_CURRENT, chain->code,
                   (uint32_t)th_pg_int4(rows, row, NEWEST_EPOCH),
                   (uint64_t)th_pg_int8(rows, row, NEWEST_SEQUENCE), want, got, repaired);
}

static enum th_status take_key(const struct th_verification *verification,
                               const struct th_verify_chain *chain, const PGresult *rows, int row,
                               struct th_error *error)
{
    char key[160];
    /* One that points to a report that is gone is the trace of it: it stays. And from keys
     * that no hash confirms, nothing is derived. */
    bool repaired =
        verification->repair && !*verification->unproved && th_pg_bool(rows, row, CURRENT_IS_HELD);
    show_key(rows, row, key);
    if (same(rows, row, NEWEST_REVISION, CURRENT_REVISION) &&
        same(rows, row, NEWEST_ID, CURRENT_ID))
        tell_parts(verification, chain, rows, row, key, repaired);
    else
        tell_revision(verification, chain, rows, row, key, repaired);
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
