/* Freezing a final assessment: judged, recorded and kept in one transaction. */
#include "collector/store/assessment_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store/assessment_private.h"
#include "common/base/clock.h"

struct freezing {
    struct th_store *store;
    struct th_assessment *assessment;
    struct th_problem_list *problems;
    struct th_catalogue_ids *ids; /* in force at the as-of instant */
    struct th_period period;
    bool *used; /* by exception: there is such a gap */
};

static void refuse(struct freezing *freezing, const char *code, const char *value)
{
    th_problem_add(freezing->problems, code, "", th_slice_of(value), "", 0, 0);
}

/* Done before, when nobody heard that it was: the document shows number and instant, so
 * that one digest means one assessment. */
static enum th_status is_frozen(struct freezing *freezing, bool *frozen, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params number = {0}, files = {0};
    struct th_assessment *assessment = freezing->assessment;
    th_param_int4(&number, (int32_t)assessment->number);
    th_param_int4(&files, (int32_t)assessment->number);
    th_param_text(&files, "");
    struct th_pg_call calls[] = {{.sql = &th_sql_assessment_list, .params = &number},
                                 {.sql = &th_sql_assessment_files, .params = &files}};
    enum th_status status = th_pg_run(&freezing->store->pg, calls, 2, TH_PG_NO_DEADLINE, error);
    if (status != TH_OK)
        return status;
    struct th_arena *arena = th_arena_create(0);
    struct th_assessment kept = {0};
    *frozen =
        PQntuples(calls[0].result) == 1 && th_assessment_take_row(calls[0].result, 0, arena, &kept);
    th_assessment_take_files(calls[1].result, arena, &kept);
    *frozen = *frozen && kept.file_count == assessment->file_count;
    for (size_t i = 0; *frozen && i < kept.file_count; i++) {
        bool same = false;
        for (size_t j = 0; j < assessment->file_count; j++)
            same = same || memcmp(kept.files[i].digest, assessment->files[j].digest,
                                  sizeof(kept.files[i].digest)) == 0;
        *frozen = same;
    }
    if (*frozen)
        assessment->frozen_at_us = kept.frozen_at_us;
    th_arena_destroy(&arena);
    th_pg_calls_clear(calls, 2);
    return TH_OK;
}

/* The number must be the next, as the document shows it; the instant settled. */
static enum th_status check_number(struct freezing *freezing, struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *result = NULL;
    const struct th_assessment *assessment = freezing->assessment;
    char text[40];
    enum th_status status =
        th_pg_query(&freezing->store->pg, &th_sql_assessment_last, NULL, &result, error);
    if (status != TH_OK)
        return status;
    int64_t next = (int64_t)th_pg_int4(result, 0, 0) + 1;
    int64_t horizon_us = th_pg_instant(result, 0, 1);
    if (assessment->number != next) {
        snprintf(text, sizeof(text), "%" PRId64, next);
        refuse(freezing, "assessment.number_taken", text);
    }
    if (assessment->as_of_us > horizon_us) {
        th_instant_format(horizon_us, text);
        refuse(freezing, "asof.beyond_horizon", text);
    }
    return TH_OK;
}

static enum th_status load_catalogue(struct freezing *freezing, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *result = NULL;
    struct th_store *store = freezing->store;
    struct th_catalogue *catalogue = NULL;
    char instant[40];
    th_param_instant(&params, freezing->assessment->as_of_us);
    enum th_status status =
        th_pg_query(&store->pg, &th_sql_read_version_as_of, &params, &result, error);
    if (status != TH_OK)
        return status;
    uint64_t version = (uint64_t)th_pg_int8(result, 0, 0);
    if (version > 0)
        status = th_store_load_catalogue(store, version, &catalogue, error);
    if (status == TH_OK && catalogue)
        status = th_store_load_ids(store, catalogue, &freezing->ids, error);
    if (status == TH_OK && !freezing->ids) {
        th_instant_format(freezing->assessment->as_of_us, instant);
        refuse(freezing, "asof.before_catalogue", instant);
    }
    th_catalogue_release(&catalogue);
    return status;
}

static enum th_status take_gap(void *context, const struct th_gap *gap)
{
    struct freezing *freezing = context;
    struct th_assessment *assessment = freezing->assessment;
    char period[TH_PERIOD_TEXT], value[256];
    th_base_period_format(gap->form->frequency, gap->period, period);
    for (size_t i = 0; i < assessment->exception_count; i++) {
        struct th_assessment_exception *exception = &assessment->exceptions[i];
        if (strcmp(exception->district, gap->district->code) != 0 ||
            strcmp(exception->form, gap->form->code) != 0 || strcmp(exception->period, period) != 0)
            continue;
        exception->why = gap->why;
        freezing->used[i] = true;
        return TH_OK;
    }
    snprintf(value, sizeof(value), "%s %s %s", gap->district->code, gap->form->code, period);
    refuse(freezing,
           strcmp(gap->why, "missing") == 0    ? "assessment.report_missing"
           : strcmp(gap->why, "returned") == 0 ? "assessment.report_returned"
                                               : "assessment.report_unapproved",
           value);
    return TH_OK;
}

static enum th_status check_form(struct freezing *freezing, const char *code,
                                 struct th_error *error)
{
    struct th_error why = {0};
    const struct th_assessment *assessment = freezing->assessment;
    const struct th_form *form = th_catalogue_form(freezing->ids->catalogue, th_slice_of(code));
    if (!form) {
        refuse(freezing, "form.unknown", code);
        return TH_OK;
    }
    enum th_status status =
        th_assessment_gaps_at(freezing->store, freezing->ids, form, &freezing->period,
                              assessment->as_of_us, assessment->as_of_us, take_gap, freezing, &why);
    if (status == TH_USAGE) {
        char instead[TH_PERIOD_INSTEAD];
        const char *period_code = th_period_misfit(&freezing->period, form->frequency, instead);
        th_problem_add(freezing->problems, period_code, "", th_slice_of(assessment->period),
                       instead, 0, 0);
        return TH_OK;
    }
    return status == TH_OK ? TH_OK : th_error_set(error, status, "%s", why.message);
}

/* An exception that excuses nothing is a mistake that the document would carry on. */
static void check_exceptions(struct freezing *freezing)
{
    const struct th_assessment *assessment = freezing->assessment;
    for (size_t i = 0; i < assessment->exception_count; i++) {
        const struct th_assessment_exception *exception = &assessment->exceptions[i];
        char value[256];
        snprintf(value, sizeof(value), "%.40s %.80s %.40s", exception->district, exception->form,
                 exception->period);
        if (!*exception->reason)
            refuse(freezing, "assessment.exception_without_reason", value);
        else if (!freezing->used[i])
            refuse(freezing, "assessment.exception_unneeded", value);
    }
}

static enum th_status judge(struct freezing *freezing, struct th_error *error)
{
    const struct th_assessment *assessment = freezing->assessment;
    enum th_status status = check_number(freezing, error);
    if (status == TH_OK)
        status = load_catalogue(freezing, error);
    if (status != TH_OK || !freezing->ids)
        return status == TH_OK ? TH_REJECTED : status;
    const struct th_catalogue *catalogue = freezing->ids->catalogue;
    if (th_period_parse(th_slice_of(assessment->period), catalogue->periods,
                        catalogue->period_count, &freezing->period, NULL) != TH_OK) {
        refuse(freezing, "period.malformed", assessment->period);
        return TH_REJECTED;
    }
    for (size_t i = 0; i < assessment->form_count && status == TH_OK; i++)
        status = check_form(freezing, assessment->forms[i], error);
    if (status == TH_OK)
        check_exceptions(freezing);
    return status == TH_OK && freezing->problems->errors > 0 ? TH_REJECTED : status;
}

static enum th_status insert_row(struct freezing *freezing, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    const struct th_assessment *assessment = freezing->assessment;
    json_t *exceptions = th_assessment_exceptions(assessment);
    char *text = exceptions ? json_dumps(exceptions, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(exceptions);
    if (!text)
        return th_error_set(error, TH_PERMANENT, "the exceptions are not UTF-8 text");
    th_param_int4(&params, (int32_t)assessment->number);
    th_param_array_begin(&params, TH_OID_TEXT, assessment->form_count);
    for (size_t i = 0; i < assessment->form_count; i++)
        th_put_text(&params.bytes, assessment->forms[i]);
    th_param_array_end(&params);
    th_param_text(&params, assessment->period);
    th_param_instant(&params, assessment->as_of_us);
    th_param_instant(&params, assessment->frozen_at_us);
    th_param_text(&params, assessment->account);
    th_param_text(&params, assessment->role);
    if (*assessment->acting_key)
        th_param_text(&params, assessment->acting_key);
    else
        th_param_null(&params);
    th_param_text(&params, assessment->language);
    th_param_text(&params, assessment->style);
    th_param_text(&params, text);
    free(text);
    return th_pg_execute(&freezing->store->pg, &th_sql_assessment_insert, &params, error);
}

static enum th_status insert_file(struct freezing *freezing, const struct th_assessment_file *file,
                                  struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_int4(&params, (int32_t)freezing->assessment->number);
    th_param_text(&params, file->format);
    th_param_bytes(&params, file->digest, sizeof(file->digest));
    th_param_bytes(&params, file->content.bytes, file->content.size);
    return th_pg_execute(&freezing->store->pg, &th_sql_assessment_insert_file, &params, error);
}

static enum th_status keep(struct freezing *freezing, struct th_error *error)
{
    struct th_assessment *assessment = freezing->assessment;
    enum th_status status =
        th_event_append(freezing->store, "assessment", th_assessment_payload(assessment),
                        assessment->account, &assessment->frozen_at_us, error);
    if (status == TH_OK)
        status = insert_row(freezing, error);
    for (size_t i = 0; i < assessment->file_count && status == TH_OK; i++)
        status = insert_file(freezing, &assessment->files[i], error);
    return status == TH_OK ? th_store_commit(freezing->store, error) : status;
}

enum th_status th_store_freeze_assessment(struct th_store *store, struct th_assessment *assessment,
                                          struct th_problem_list *problems, struct th_error *error)
{
    struct freezing freezing = {.store = store, .assessment = assessment, .problems = problems};
    freezing.used = calloc(assessment->exception_count + 1, sizeof(*freezing.used));
    if (!freezing.used)
        abort();
    /* The chain's lock also orders the numbers. */
    enum th_status status = th_store_begin(store, TH_LOCK_EVENT, error);
    if (status == TH_OK) {
        bool frozen = false;
        status = is_frozen(&freezing, &frozen, error);
        if (status == TH_OK && !frozen)
            status = judge(&freezing, error);
        if (status == TH_OK && !frozen)
            status = keep(&freezing, error);
        if (status != TH_OK || frozen)
            th_pg_rollback(&store->pg);
    }
    th_catalogue_ids_release(&freezing.ids);
    free(freezing.used);
    return status;
}
