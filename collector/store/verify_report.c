/* One stored report: its bytes against its row, and what is derived from them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/store/verify_private.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/wire/message.h"

#define ARRAY_FLAGS_AT  4 /* "has NULLs": a hint from us, a fact from PostgreSQL */
#define ARRAY_FLAGS_END 8

/* What is at hand about one row. */
struct stored {
    struct th_verification *verification;
    const struct th_verify_chain *chain;
    const PGresult *rows;
    int row;
};

static void tell(const struct stored *stored, enum th_difference_kind kind, const char *expected,
                 const char *found, bool repaired)
{
    th_verify_tell(stored->verification, kind, stored->chain->code, stored->chain->epoch,
                   stored->chain->sequence, expected, found, repaired);
}

static struct th_slice value(const struct stored *stored, int column)
{
    return (struct th_slice){PQgetvalue(stored->rows, stored->row, column),
                             (size_t)PQgetlength(stored->rows, stored->row, column)};
}

static bool is_whole(const struct stored *stored)
{
    uint8_t kept[TH_HASH_BYTES], made[TH_HASH_BYTES];
    char want[2 * TH_HASH_BYTES + 1], got[2 * TH_HASH_BYTES + 1];
    struct th_slice body = value(stored, TH_VERIFY_BODY);
    th_pg_bytes(stored->rows, stored->row, TH_VERIFY_DIGEST, kept, sizeof(kept));
    th_sha256(body.bytes, body.size, made);
    if (memcmp(kept, made, sizeof(kept)) == 0)
        return true;
    th_text_to_hex(kept, sizeof(kept), want);
    th_text_to_hex(made, sizeof(made), got);
    tell(stored, TH_DIFFERENCE_BODY_DIGEST, want, got, false);
    return false;
}

/* ------------------------------------------------------------------- key */

static void compare_words(const struct stored *stored, const char *word, const char *row,
                          struct th_slice body)
{
    char want[120], got[120], shown[100];
    if (th_slice_equals(body, row))
        return;
    th_text_shorten(body, 60, shown, sizeof(shown));
    snprintf(want, sizeof(want), "%s %s", word, row);
    snprintf(got, sizeof(got), "%s %s", word, shown);
    tell(stored, TH_DIFFERENCE_BODY_KEY, want, got, false);
}

/* The entry names what the bytes say. Offices may write a period in DHIS2's spelling,
 * so that its ordinal is compared. */
static void compare_key(const struct stored *stored, const struct th_report *report,
                        const char *form, const char *period)
{
    uint8_t id[16];
    char want[48], got[48], is_period[TH_PERIOD_TEXT];
    compare_words(stored, "province", stored->verification->request->province, report->province);
    compare_words(stored, "district", stored->chain->code, report->district_code);
    compare_words(stored, "form", form, report->form_code);
    if (report->has_period) {
        th_base_period_format(report->form->frequency, report->period, is_period);
        compare_words(stored, "period", period, th_slice_of(is_period));
    }
    th_pg_bytes(stored->rows, stored->row, TH_VERIFY_REPORT_ID, id, sizeof(id));
    if (memcmp(id, report->id, sizeof(id)) != 0) {
        th_text_uuid(id, want);
        th_text_uuid(report->id, got);
        tell(stored, TH_DIFFERENCE_BODY_KEY, want, got, false);
    }
    uint32_t revision = (uint32_t)th_pg_int4(stored->rows, stored->row, TH_VERIFY_REVISION);
    if (revision != report->revision) {
        snprintf(want, sizeof(want), "revision %" PRIu32, revision);
        snprintf(got, sizeof(got), "revision %" PRIu32, report->revision);
        tell(stored, TH_DIFFERENCE_BODY_KEY, want, got, false);
    }
}

/* The id of an import is made of its content (UUID version 5): so the mark that decides
 * how its arrival counts cannot be set or lifted unnoticed. */
static bool compare_origin(const struct stored *stored, const struct th_report *report,
                           bool *is_import)
{
    uint8_t made[16];
    bool marked = th_pg_bool(stored->rows, stored->row, TH_VERIFY_IMPORTED);
    *is_import = false;
    if (report->id[6] >> 4 == 5) {
        th_report_import_id(report, made);
        *is_import = memcmp(made, report->id, sizeof(made)) == 0;
    }
    if (marked != *is_import)
        tell(stored, TH_DIFFERENCE_ORIGIN, *is_import ? "import" : "wire",
             marked ? "import" : "wire", stored->verification->repair);
    return marked == *is_import;
}

/* A report of an office bears another arrival than its acceptance only when it was sent
 * again with the receipt from before a restoration. */
static void check_arrival(const struct stored *stored)
{
    char at[40];
    if (PQgetisnull(stored->rows, stored->row, TH_VERIFY_RECEIVED))
        return;
    const struct th_epoch_start *start = th_verify_start(stored->chain, stored->chain->epoch);
    int64_t received_us = th_pg_instant(stored->rows, stored->row, TH_VERIFY_RECEIVED);
    if (start && received_us < start->at_us)
        return;
    th_instant_format(received_us, at);
    tell(stored, TH_DIFFERENCE_ORIGIN, "an arrival before the restoration that began the epoch", at,
         false);
}

/* ----------------------------------------------------------- observations */

static bool same_array(struct th_slice stored, const char *derived, size_t size)
{
    return stored.size == size && size >= ARRAY_FLAGS_END &&
           memcmp(stored.bytes, derived, ARRAY_FLAGS_AT) == 0 &&
           memcmp(stored.bytes + ARRAY_FLAGS_END, derived + ARRAY_FLAGS_END,
                  size - ARRAY_FLAGS_END) == 0;
}

static void show_element(enum th_observation_column column, const char *bytes, size_t size,
                         char out[80])
{
    if (!bytes)
        snprintf(out, 80, "NULL");
    else if (column == TH_OBSERVATION_ANSWER)
        th_text_shorten((struct th_slice){bytes, size}, 60, out, 80);
    else if (size == 2)
        snprintf(out, 80, "%" PRId16, th_get_int2(bytes));
    else if (size == 4)
        snprintf(out, 80, "%" PRId32, th_get_int4(bytes));
    else if (size == 8)
        snprintf(out, 80, "%" PRId64, th_get_int8(bytes));
    else
        snprintf(out, 80, "%zu bytes", size);
}

/* Names the first observation of the column that differs. */
static void tell_observation(const struct stored *stored, enum th_observation_column column,
                             const struct th_report *report, const char *derived, size_t size)
{
    static const char *const columns[] = {"criterion_id", "num", "den", "scale", "answer"};
    bool repaired = stored->verification->repair;
    struct th_array_reader want, got;
    struct th_slice kept = value(stored, TH_VERIFY_ARRAYS + (int)column);
    char expected[200], found[200], shown[80];
    if (!th_array_open(&want, derived, size) || !th_array_open(&got, kept.bytes, kept.size) ||
        want.count != got.count) {
        snprintf(expected, sizeof(expected), "%s of %zu observations", columns[column],
                 report->observation_count);
        snprintf(found, sizeof(found), "another number of them");
        tell(stored, TH_DIFFERENCE_OBSERVATIONS, expected, found, repaired);
        return;
    }
    snprintf(expected, sizeof(expected), "%s from 1 on", columns[column]);
    snprintf(found, sizeof(found), "%s with other bounds", columns[column]);
    for (size_t i = 0; i < want.count; i++) {
        const char *a, *b;
        size_t a_size, b_size;
        if (!th_array_next(&want, &a, &a_size) || !th_array_next(&got, &b, &b_size))
            break;
        if (!a == !b && a_size == b_size && (!a || memcmp(a, b, a_size) == 0))
            continue;
        const char *code = report->observations[i].criterion->code;
        show_element(column, a, a_size, shown);
        snprintf(expected, sizeof(expected), "%s %s %s", code, columns[column], shown);
        show_element(column, b, b_size, shown);
        snprintf(found, sizeof(found), "%s %s %s", code, columns[column], shown);
        break;
    }
    tell(stored, TH_DIFFERENCE_OBSERVATIONS, expected, found, repaired);
}

static void tell_count(const struct stored *stored, enum th_difference_kind kind, int64_t expected,
                       int64_t found)
{
    char want[24], got[24];
    snprintf(want, sizeof(want), "%" PRId64, expected);
    snprintf(got, sizeof(got), "%" PRId64, found);
    tell(stored, kind, want, got, stored->verification->repair);
}

static bool compare_counts(const struct stored *stored, const struct th_report_extent *extent)
{
    int16_t values = th_get_int2(PQgetvalue(stored->rows, stored->row, TH_VERIFY_VALUES));
    int16_t not_applicable =
        th_get_int2(PQgetvalue(stored->rows, stored->row, TH_VERIFY_NOT_APPLICABLE));
    bool complete = th_pg_bool(stored->rows, stored->row, TH_VERIFY_COMPLETE);
    if (values != (int16_t)extent->values)
        tell_count(stored, TH_DIFFERENCE_VALUE_COUNT, extent->values, values);
    if (not_applicable != (int16_t)extent->not_applicable)
        tell_count(stored, TH_DIFFERENCE_NA_COUNT, extent->not_applicable, not_applicable);
    if (complete != extent->complete)
        tell(stored, TH_DIFFERENCE_COMPLETE, extent->complete ? "complete" : "not complete",
             complete ? "complete" : "not complete", stored->verification->repair);
    return values == (int16_t)extent->values && not_applicable == (int16_t)extent->not_applicable &&
           complete == extent->complete;
}

static enum th_status repair(const struct stored *stored, const struct th_report_extent *extent,
                             bool is_import, const size_t ends[TH_OBSERVATION_COLUMNS],
                             struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    const char *bytes = stored->verification->derived.bytes;
    struct th_slice id = value(stored, TH_VERIFY_REPORT_ID);
    th_param_int4(&params, stored->chain->district_id);
    th_param_bytes(&params, id.bytes, id.size);
    th_param_int4(&params, (int32_t)extent->values);
    th_param_int4(&params, (int32_t)extent->not_applicable);
    th_param_bool(&params, extent->complete);
    for (int column = 0; column < TH_OBSERVATION_COLUMNS; column++) {
        size_t begin = column > 0 ? ends[column - 1] : 0;
        th_param_bytes(&params, bytes + begin, ends[column] - begin);
    }
    th_param_bool(&params, is_import);
    return th_pg_execute(&stored->verification->store->pg, &th_sql_rebuild_report, &params, error);
}

/* Derives the row's figures as the writer does, and compares. */
static enum th_status compare_figures(const struct stored *stored, const struct th_report *report,
                                      const struct th_catalogue_ids *ids, struct th_error *error)
{
    struct th_buffer *derived = &stored->verification->derived;
    const int32_t *criterion_ids = ids->criterion_ids[report->form->index];
    size_t ends[TH_OBSERVATION_COLUMNS];
    struct th_report_extent extent;
    th_buffer_clear(derived);
    for (int column = 0; column < TH_OBSERVATION_COLUMNS; column++) {
        th_observation_column_put(derived, (enum th_observation_column)column, report,
                                  criterion_ids);
        ends[column] = derived->size;
    }
    th_report_measure(report, &extent);
    bool is_import;
    bool same = compare_origin(stored, report, &is_import);
    if (same && !is_import)
        check_arrival(stored);
    same &= compare_counts(stored, &extent);
    for (int column = 0; column < TH_OBSERVATION_COLUMNS; column++) {
        size_t begin = column > 0 ? ends[column - 1] : 0;
        const char *bytes = derived->bytes + begin;
        if (same_array(value(stored, TH_VERIFY_ARRAYS + column), bytes, ends[column] - begin))
            continue;
        tell_observation(stored, (enum th_observation_column)column, report, bytes,
                         ends[column] - begin);
        same = false;
        break; /* a report is one difference, however many of its arrays differ */
    }
    stored->verification->counts->observations += report->observation_count;
    return same || !stored->verification->repair ? TH_OK
                                                 : repair(stored, &extent, is_import, ends, error);
}

/* ------------------------------------------------------------------ report */

static bool all_known(const struct th_report *report)
{
    for (size_t i = 0; i < report->observation_count; i++)
        if (!report->observations[i].criterion)
            return false;
    return true;
}

enum th_status th_verify_report(struct th_verification *verification,
                                const struct th_verify_chain *chain, const PGresult *rows, int row,
                                const char *form, const char *period, struct th_error *error)
{
    struct stored stored = {verification, chain, rows, row};
    struct th_catalogue_ids *ids;
    struct th_report report;
    const char *why;
    if (!is_whole(&stored))
        return TH_OK; /* what other bytes say is of no interest */
    uint64_t version = (uint64_t)th_pg_int8(rows, row, TH_VERIFY_VERSION);
    enum th_status status = th_verify_catalogue(verification, version, &ids, &why, error);
    if (status != TH_OK)
        return status;

    th_arena_reset(verification->arena);
    struct th_problem_list problems = {.arena = verification->arena};
    if (!th_report_unpack(value(&stored, TH_VERIFY_BODY), verification->arena, &report,
                          &problems)) {
        tell(&stored, TH_DIFFERENCE_BODY, "a report",
             problems.count > 0 ? problems.problems[0].code : "bytes that cannot be read", false);
        return TH_OK;
    }
    if (!ids) {
        tell(&stored, TH_DIFFERENCE_BODY, "a catalogue version that can be read", why, false);
        return TH_OK;
    }
    th_report_resolve(&report, ids->catalogue, &problems);
    compare_key(&stored, &report, form, period);
    if (!report.resolved || !all_known(&report)) {
        tell(&stored, TH_DIFFERENCE_BODY, "a report by its catalogue version",
             problems.count > 0 ? problems.problems[0].code : "unknown words", false);
        return TH_OK;
    }
    th_report_arrange_communes(&report);
    return compare_figures(&stored, &report, ids, error);
}
