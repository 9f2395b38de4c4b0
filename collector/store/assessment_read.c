/* The frozen assessments. */
#include <string.h>

#include "collector/store/assessment_private.h"
#include "collector/store/read_private.h"
#include "common/base/clock.h"
#include "common/base/text.h"

enum {
    COLUMN_NUMBER,
    COLUMN_EVENT,
    COLUMN_FORMS,
    COLUMN_PERIOD,
    COLUMN_AS_OF,
    COLUMN_FROZEN_AT,
    COLUMN_ACCOUNT,
    COLUMN_ROLE,
    COLUMN_ACTING_KEY,
    COLUMN_LANGUAGE,
    COLUMN_STYLE,
    COLUMN_EXCEPTIONS
};

json_t *th_assessment_exceptions(const struct th_assessment *assessment)
{
    json_t *list = json_array();
    for (size_t i = 0; i < assessment->exception_count; i++) {
        const struct th_assessment_exception *one = &assessment->exceptions[i];
        json_t *item =
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "district", one->district, "form", one->form,
                      "period", one->period, "why", one->why, "reason", one->reason);
        if (!item || json_array_append_new(list, item) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *forms_of(const struct th_assessment *assessment)
{
    json_t *list = json_array();
    for (size_t i = 0; i < assessment->form_count; i++)
        (void)json_array_append_new(list, json_string(assessment->forms[i]));
    return list;
}

static json_t *digests_of(const struct th_assessment *assessment)
{
    json_t *digests = json_object();
    for (size_t i = 0; i < assessment->file_count; i++) {
        char hex[2 * TH_HASH_BYTES + 1];
        th_text_to_hex(assessment->files[i].digest, TH_HASH_BYTES, hex);
        (void)json_object_set_new(digests, assessment->files[i].format, json_string(hex));
    }
    return digests;
}

json_t *th_assessment_payload(const struct th_assessment *assessment)
{
    char as_of[40];
    th_instant_format(assessment->as_of_us, as_of);
    return json_pack("{s:i, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "number",
                     (int)assessment->number, "kind", "final", "forms", forms_of(assessment),
                     "period", assessment->period, "as_of", as_of, "language", assessment->language,
                     "style", assessment->style, "account", assessment->account, "role",
                     assessment->role, "acting_key", assessment->acting_key, "exceptions",
                     th_assessment_exceptions(assessment), "digest", digests_of(assessment));
}

static const char *text_at(const PGresult *result, int row, int column, struct th_arena *arena)
{
    struct th_slice value = {PQgetvalue(result, row, column),
                             (size_t)PQgetlength(result, row, column)};
    return th_arena_text(arena, value);
}

static const char *member(const json_t *object, const char *name, struct th_arena *arena)
{
    return th_arena_text(arena, th_slice_of(json_string_value(json_object_get(object, name))));
}

static bool take_forms(const PGresult *result, int row, struct th_arena *arena,
                       struct th_assessment *assessment)
{
    struct th_array_reader reader;
    if (!th_array_open(&reader, PQgetvalue(result, row, COLUMN_FORMS),
                       (size_t)PQgetlength(result, row, COLUMN_FORMS)))
        return false;
    const char **forms = th_arena_alloc(arena, (reader.count + 1) * sizeof(*forms));
    const char *bytes;
    size_t size;
    while (th_array_next(&reader, &bytes, &size))
        forms[assessment->form_count++] =
            th_arena_text(arena, bytes ? (struct th_slice){bytes, size} : th_slice_of(""));
    assessment->forms = forms;
    return true;
}

static bool take_exceptions(const PGresult *result, int row, struct th_arena *arena,
                            struct th_assessment *assessment)
{
    json_t *list = json_loadb(PQgetvalue(result, row, COLUMN_EXCEPTIONS),
                              (size_t)PQgetlength(result, row, COLUMN_EXCEPTIONS), 0, NULL);
    size_t count = json_array_size(list);
    bool given = json_is_array(list);
    assessment->exceptions = th_arena_alloc(arena, (count + 1) * sizeof(*assessment->exceptions));
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        assessment->exceptions[i] = (struct th_assessment_exception){
            .district = member(item, "district", arena),
            .form = member(item, "form", arena),
            .period = member(item, "period", arena),
            .why = member(item, "why", arena),
            .reason = member(item, "reason", arena),
        };
    }
    assessment->exception_count = count;
    json_decref(list);
    return given;
}

bool th_assessment_take_row(const PGresult *result, int row, struct th_arena *arena,
                            struct th_assessment *assessment)
{
    *assessment = (struct th_assessment){
        .number = (uint32_t)th_pg_int4(result, row, COLUMN_NUMBER),
        .period = text_at(result, row, COLUMN_PERIOD, arena),
        .as_of_us = th_pg_instant(result, row, COLUMN_AS_OF),
        .frozen_at_us = th_pg_instant(result, row, COLUMN_FROZEN_AT),
        .account = text_at(result, row, COLUMN_ACCOUNT, arena),
        .role = text_at(result, row, COLUMN_ROLE, arena),
        .acting_key = text_at(result, row, COLUMN_ACTING_KEY, arena),
        .language = text_at(result, row, COLUMN_LANGUAGE, arena),
        .style = text_at(result, row, COLUMN_STYLE, arena),
    };
    bool forms = take_forms(result, row, arena, assessment);
    return take_exceptions(result, row, arena, assessment) && forms;
}

void th_assessment_take_files(const PGresult *result, struct th_arena *arena,
                              struct th_assessment *assessment)
{
    for (int i = 0; i < PQntuples(result) && i < TH_ASSESSMENT_FILES; i++) {
        struct th_assessment_file *file = &assessment->files[assessment->file_count++];
        *file = (struct th_assessment_file){
            .format = text_at(result, i, 0, arena),
            .size = (uint64_t)th_pg_int8(result, i, 1),
            .content = {PQgetvalue(result, i, 3), (size_t)PQgetlength(result, i, 3)},
        };
        th_pg_bytes(result, i, 2, file->digest, sizeof(file->digest));
    }
}

static enum th_status give(struct th_store *store, const PGresult *rows, int row,
                           const char *format, struct th_arena *arena, th_assessment_fn each,
                           void *context, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *files = NULL;
    struct th_assessment assessment;
    if (!th_assessment_take_row(rows, row, arena, &assessment))
        return th_error_set(error, TH_PERMANENT,
                            "%s: final assessment %u cannot be read; run `tonghop-collector "
                            "verify`",
                            store->pg.context, assessment.number);
    th_param_int4(&params, (int32_t)assessment.number);
    th_param_text(&params, format);
    enum th_status status =
        th_pg_query(&store->pg, &th_sql_assessment_files, &params, &files, error);
    if (status != TH_OK)
        return status;
    th_assessment_take_files(files, arena, &assessment);
    return each(context, &assessment);
}

enum th_status th_store_read_assessments(struct th_store *store, uint32_t number,
                                         const char *format, th_assessment_fn each, void *context,
                                         struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *rows = NULL;
    enum th_status status = th_read_check(store, error);
    if (status != TH_OK)
        return status;
    th_param_int4(&params, (int32_t)number);
    status = th_pg_query(&store->pg, &th_sql_assessment_list, &params, &rows, error);
    struct th_arena *arena = th_arena_create(0);
    for (int i = 0; status == TH_OK && i < PQntuples(rows); i++) {
        th_arena_reset(arena);
        status = give(store, rows, i, format, arena, each, context, error);
    }
    th_arena_destroy(&arena);
    return status;
}
