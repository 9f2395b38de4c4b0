/* lock_exception against the province's chain: each row is what one act says, and each
 * act has its row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/exceptions_private.h"
#include "collector/store/verify_private.h"
#include "common/base/clock.h"

enum {
    SEQUENCE,
    HAS_ACT,
    HAS_ROW,
    ACT_AT,
    ACT_ACTOR,
    ACT_PAYLOAD,
    ROW_DISTRICT,
    ROW_FORM,
    ROW_FREQUENCY,
    ROW_PERIOD,
    ROW_AT,
    ROW_UNTIL,
    ROW_REASON,
    ROW_ACCOUNT
};

#define SHOWN 600 /* bytes of an act that are shown; reasons may be long */

/* The payload that the row's act must have had; freed by the caller, NULL: none can. */
static char *payload_of(const PGresult *rows)
{
    char period[TH_PERIOD_TEXT] = "?";
    enum th_frequency frequency;
    int64_t at_us = th_pg_instant(rows, 0, ROW_AT), until_us = th_pg_instant(rows, 0, ROW_UNTIL);
    if (th_frequency_parse(th_slice_of(PQgetvalue(rows, 0, ROW_FREQUENCY)), &frequency))
        th_base_period_format(frequency, th_pg_int4(rows, 0, ROW_PERIOD), period);
    const struct th_exception_act act = {.district = PQgetvalue(rows, 0, ROW_DISTRICT),
                                         .form = PQgetvalue(rows, 0, ROW_FORM),
                                         .period = period,
                                         .until_us = until_us > at_us ? until_us : 0,
                                         .reason = PQgetvalue(rows, 0, ROW_REASON),
                                         .account = PQgetvalue(rows, 0, ROW_ACCOUNT)};
    json_t *payload = th_exception_payload(&act);
    char *text = payload ? json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(payload);
    return text;
}

static void show(int64_t at_us, const char *actor, const char *payload, char out[SHOWN])
{
    char at[40];
    th_instant_format(at_us, at);
    snprintf(out, SHOWN, "%s %.70s %.400s", at, actor, payload);
}

static void tell(const struct th_verification *verification, const PGresult *rows, const char *want,
                 const char *got)
{
    th_verify_tell(verification, TH_DIFFERENCE_EXCEPTION, PQgetvalue(rows, 0, ROW_DISTRICT), 0,
                   (uint64_t)th_pg_int8(rows, 0, SEQUENCE), want, got, false);
}

static enum th_status take_row(void *context, const PGresult *rows, struct th_error *error)
{
    struct th_verification *verification = context;
    bool has_act = th_pg_bool(rows, 0, HAS_ACT), has_row = th_pg_bool(rows, 0, HAS_ROW);
    int64_t act_at_us = th_pg_instant(rows, 0, ACT_AT), at_us = th_pg_instant(rows, 0, ROW_AT);
    const char *act = PQgetvalue(rows, 0, ACT_PAYLOAD), *actor = PQgetvalue(rows, 0, ACT_ACTOR);
    const char *account = PQgetvalue(rows, 0, ROW_ACCOUNT);
    char want[SHOWN] = "no exception without an act in the province's chain";
    char got[SHOWN] = "no such row";
    char *made = has_row ? payload_of(rows) : NULL;
    (void)error;
    bool same = has_act && made && strcmp(made, act) == 0 && strcmp(account, actor) == 0 &&
                at_us == act_at_us;
    if (has_act)
        show(act_at_us, actor, act, want);
    if (has_row)
        show(at_us, account, made ? made : "?", got);
    if (!same)
        tell(verification, rows, want, got);
    free(made);
    return TH_OK;
}

enum th_status th_verify_exceptions(struct th_verification *verification, struct th_error *error)
{
    return th_pg_stream_each(&verification->store->pg, &th_sql_verify_exceptions, NULL,
                             TH_PG_NO_DEADLINE, take_row, verification, error);
}
