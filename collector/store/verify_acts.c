/* Acts on reports against the events of the province's chain that prove them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/state_record.h"
#include "collector/store/verify_private.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/domain/review.h"

#define ROWS_A_PAGE   64 /* of at most 100 kB each, mostly below one */
#define EVENTS_A_PAGE 256

/* -------------------------------------------------- rows against their events */

enum {
    ACT_SEQUENCE,
    ACT_FORM,
    ACT_FREQUENCY,
    ACT_PERIOD,
    ACT_REVISION,
    ACT_FROM,
    ACT_TO,
    ACT_AT,
    ACT_OPEN_UNTIL,
    ACT_ACCOUNT,
    ACT_ROLE,
    ACT_ACTING_KEY,
    ACT_COMMENT,
    ACT_CRITERIA,
    ACT_COMMENTS,
    EVENT_KIND,
    EVENT_PAYLOAD,
    EVENT_AT
};

static struct th_slice value(const PGresult *rows, int row, int column)
{
    return (struct th_slice){PQgetvalue(rows, row, column), (size_t)PQgetlength(rows, row, column)};
}

static const char *text(const struct th_verification *verification, const PGresult *rows, int row,
                        int column)
{
    const char *copy = th_arena_text(verification->arena, value(rows, row, column));
    return copy ? copy : "";
}

/* An array of texts; false when it is none. */
static bool take_texts(const struct th_verification *verification, struct th_slice array,
                       struct th_slice **texts, size_t *count)
{
    struct th_array_reader reader;
    *count = 0;
    if (!th_array_open(&reader, array.bytes, array.size))
        return false;
    *texts = th_arena_alloc(verification->arena, (reader.count + 1) * sizeof(**texts));
    while (*texts && *count < reader.count &&
           th_array_next(&reader, &(*texts)[*count].bytes, &(*texts)[*count].size) &&
           (*texts)[*count].bytes)
        (*count)++;
    return *count == reader.count;
}

/* The payload that an event of this row would have; NULL when the row is none that could
 * have one. The caller frees it. */
static char *payload_of(const struct th_verification *verification,
                        const struct th_verify_chain *chain, const PGresult *rows, int row)
{
    enum th_frequency frequency;
    char period[TH_PERIOD_TEXT];
    struct th_slice *criteria = NULL, *comments = NULL;
    size_t count = 0, comment_count = 0;
    if (!th_frequency_parse(value(rows, row, ACT_FREQUENCY), &frequency) ||
        !take_texts(verification, value(rows, row, ACT_CRITERIA), &criteria, &count) ||
        !take_texts(verification, value(rows, row, ACT_COMMENTS), &comments, &comment_count) ||
        count != comment_count)
        return NULL;
    th_base_period_format(frequency, th_pg_int4(rows, row, ACT_PERIOD), period);
    const struct th_state_record record = {
        .district = chain->code,
        .form = text(verification, rows, row, ACT_FORM),
        .period = period,
        .revision = (uint32_t)th_pg_int4(rows, row, ACT_REVISION),
        .from = text(verification, rows, row, ACT_FROM),
        .to = text(verification, rows, row, ACT_TO),
        .account = text(verification, rows, row, ACT_ACCOUNT),
        .role = text(verification, rows, row, ACT_ROLE),
        .acting_key = PQgetisnull(rows, row, ACT_ACTING_KEY)
                          ? NULL
                          : text(verification, rows, row, ACT_ACTING_KEY),
        .comment = value(rows, row, ACT_COMMENT),
        .criteria = criteria,
        .comments = comments,
        .comment_count = count};
    json_t *payload = th_state_payload(&record);
    char *made = payload ? json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(payload);
    return made;
}

/* "2024-04-05T... open until ..." of the row, or as the event has it. */
static void show_instants(int64_t at_us, int64_t open_until_us, char out[120])
{
    char at[40], until[40] = "never";
    th_instant_format(at_us, at);
    if (open_until_us > 0)
        th_instant_format(open_until_us, until);
    snprintf(out, 120, "at %s, open until %s", at, until);
}

static void tell(const struct th_verification *verification, const struct th_verify_chain *chain,
                 uint64_t sequence, const char *want, const char *got)
{
    th_verify_tell(verification, TH_DIFFERENCE_ACT, chain->code, 0, sequence, want, got, false);
}

static void take_act(struct th_verification *verification, const struct th_verify_chain *chain,
                     const PGresult *rows, int row)
{
    uint64_t sequence = (uint64_t)th_pg_int8(rows, row, ACT_SEQUENCE);
    enum th_review_state to = TH_REVIEW_RECEIVED;
    char want[120], got[120];
    th_arena_reset(verification->arena);
    verification->counts->acts++;
    if (!th_slice_equals(value(rows, row, EVENT_KIND), TH_STATE_EVENT)) {
        tell(verification, chain, sequence, "an act in the province's chain", "none");
        return;
    }
    char *payload = payload_of(verification, chain, rows, row);
    if (!payload || !th_slice_equals(value(rows, row, EVENT_PAYLOAD), payload)) {
        tell(verification, chain, sequence, text(verification, rows, row, EVENT_PAYLOAD),
             payload ? payload : "a row that cannot be read");
        free(payload);
        return;
    }
    free(payload);
    int64_t at_us = th_pg_instant(rows, row, EVENT_AT);
    (void)th_review_parse(value(rows, row, ACT_TO), &to);
    int64_t until_us = th_review_open_until_us(to, at_us);
    int64_t row_until_us = th_pg_instant(rows, row, ACT_OPEN_UNTIL);
    if (th_pg_instant(rows, row, ACT_AT) == at_us && row_until_us == until_us)
        return;
    show_instants(at_us, until_us, want);
    show_instants(th_pg_instant(rows, row, ACT_AT), row_until_us, got);
    tell(verification, chain, sequence, want, got);
}

static bool is_doubted(const struct th_verify_doubts *doubts, const char *code)
{
    for (size_t i = 0; i < doubts->count; i++)
        if (strcmp(doubts->codes[i], code) == 0)
            return true;
    return false;
}

enum th_status th_verify_acts(struct th_verification *verification,
                              const struct th_verify_chain *chain, struct th_error *error)
{
    int64_t last = INT64_MIN;
    int count = ROWS_A_PAGE;
    enum th_status status = TH_OK;
    *verification->acts_unproved = is_doubted(verification->doubts, chain->code);
    while (status == TH_OK && count == ROWS_A_PAGE) {
        TH_CLEANUP_PARAMS struct th_params params = {0};
        th_param_int4(&params, chain->district_id);
        th_param_int8(&params, last);
        th_param_int8(&params, ROWS_A_PAGE);
        struct th_pg_call call = {.sql = &th_sql_verify_acts, .params = &params};
        status = th_pg_run(&verification->store->pg, &call, 1, TH_PG_NO_DEADLINE, error);
        count = status == TH_OK ? PQntuples(call.result) : 0;
        for (int i = 0; i < count; i++)
            take_act(verification, chain, call.result, i);
        if (count > 0)
            last = th_pg_int8(call.result, count - 1, ACT_SEQUENCE);
        th_pg_calls_clear(&call, 1);
    }
    return status;
}

/* ------------------------------------------------- events without their rows */

static void doubt(struct th_verify_doubts *doubts, const char *code)
{
    if (is_doubted(doubts, code))
        return;
    doubts->codes = realloc(doubts->codes, (doubts->count + 1) * sizeof(*doubts->codes));
    if (!doubts->codes)
        abort();
    snprintf(doubts->codes[doubts->count++], sizeof(*doubts->codes), "%s", code);
}

/* The district that an event names, "" when its payload is not to be read. */
static void name_district(const PGresult *events, int row, char code[TH_DISTRICT_CODE_MAX + 1])
{
    struct th_slice payload = value(events, row, 1);
    json_t *object = json_loadb(payload.bytes, payload.size, 0, NULL);
    const char *name = json_string_value(json_object_get(object, "district"));
    snprintf(code, TH_DISTRICT_CODE_MAX + 1, "%s", name ? name : "");
    json_decref(object);
}

static bool has_row(const PGresult *rows, int64_t sequence)
{
    for (int i = 0; i < PQntuples(rows); i++)
        if (th_pg_int8(rows, i, 0) == sequence)
            return true;
    return false;
}

static enum th_status take_events(struct th_verification *verification, const PGresult *events,
                                  struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *rows = NULL;
    char code[TH_DISTRICT_CODE_MAX + 1];
    int count = PQntuples(events);
    th_param_array_begin(&params, TH_OID_TEXT, (size_t)count);
    for (int i = 0; i < count; i++) {
        name_district(events, i, code);
        th_put_text(&params.bytes, code);
    }
    th_param_array_end(&params);
    th_param_array_begin(&params, TH_OID_INT8, (size_t)count);
    for (int i = 0; i < count; i++)
        th_put_int8(&params.bytes, th_pg_int8(events, i, 0));
    th_param_array_end(&params);
    enum th_status status =
        th_pg_query(&verification->store->pg, &th_sql_verify_act_rows, &params, &rows, error);
    for (int i = 0; status == TH_OK && i < count; i++) {
        int64_t sequence = th_pg_int8(events, i, 0);
        if (has_row(rows, sequence))
            continue;
        th_arena_reset(verification->arena);
        name_district(events, i, code);
        doubt(verification->doubts, code);
        if (th_verify_is_wanted(verification->request, code))
            th_verify_tell(verification, TH_DIFFERENCE_ACT_MISSING, code, 0, (uint64_t)sequence,
                           text(verification, events, i, 1), "no row of state_change", false);
    }
    return status;
}

enum th_status th_verify_missing_acts(struct th_verification *verification, struct th_error *error)
{
    int64_t last = INT64_MIN;
    int count = EVENTS_A_PAGE;
    enum th_status status = TH_OK;
    while (status == TH_OK && count == EVENTS_A_PAGE) {
        TH_CLEANUP_PARAMS struct th_params params = {0};
        th_param_int8(&params, last);
        th_param_int8(&params, EVENTS_A_PAGE);
        struct th_pg_call call = {.sql = &th_sql_verify_act_events, .params = &params};
        status = th_pg_run(&verification->store->pg, &call, 1, TH_PG_NO_DEADLINE, error);
        count = status == TH_OK ? PQntuples(call.result) : 0;
        if (count > 0) {
            last = th_pg_int8(call.result, count - 1, 0);
            status = take_events(verification, call.result, error);
        }
        th_pg_calls_clear(&call, 1);
    }
    return status;
}
