/* Round trip (a) of a batch: locks, clock, and what is known of its reports. */
#include <stdlib.h>
#include <string.h>

#include "collector/store/batch_private.h"
#include "common/base/clock.h"

/* ------------------------------------------------------------------- slots */

static int compare_heads(const void *a, const void *b)
{
    const struct th_batch_head *left = a, *right = b;
    return (left->district_id > right->district_id) - (left->district_id < right->district_id);
}

static int compare_ids(const void *a, const void *b)
{
    const struct th_batch_id *left = a, *right = b;
    if (left->district_id != right->district_id)
        return left->district_id < right->district_id ? -1 : 1;
    return memcmp(left->report_id, right->report_id, sizeof(left->report_id));
}

static int compare_keys(const void *a, const void *b)
{
    const struct th_batch_key *left = a, *right = b;
    if (left->district_id != right->district_id)
        return left->district_id < right->district_id ? -1 : 1;
    if (left->form_id != right->form_id)
        return left->form_id < right->form_id ? -1 : 1;
    return (left->period > right->period) - (left->period < right->period);
}

typedef int (*comparison)(const void *a, const void *b);

/* Sorts, and drops what is equal; the number that is left. */
static size_t sort_unique(void *slots, size_t count, size_t size, comparison compare)
{
    if (count == 0)
        return 0;
    qsort(slots, count, size, compare);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        char *last = (char *)slots + (kept - 1) * size, *next = (char *)slots + i * size;
        if (compare(last, next) == 0)
            continue;
        memmove(last + size, next, size);
        kept++;
    }
    return kept;
}

static void *slot_of(const void *wanted, const void *slots, size_t count, size_t size,
                     comparison compare)
{
    return count ? bsearch(wanted, slots, count, size, compare) : NULL;
}

bool th_batch_is_resolved(const struct th_batch *batch, const struct th_batch_item *item)
{
    const struct th_catalogue_ids *ids = *batch->context->ids;
    const struct th_report *report = &item->submission->report;
    if (!ids || !report->resolved || !report->form || !report->district)
        return false;
    const struct th_catalogue *catalogue = ids->catalogue;
    for (size_t i = 0; i < catalogue->form_count; i++)
        if (report->form == &catalogue->forms[i])
            return report->district >= catalogue->districts &&
                   report->district < catalogue->districts + catalogue->district_count;
    return false;
}

static bool has_id(const struct th_batch_item *item)
{
    static const uint8_t none[16];
    return item->submission->district_id > 0 &&
           memcmp(item->submission->report.id, none, sizeof(none)) != 0;
}

static bool make_key(const struct th_batch *batch, const struct th_batch_item *item,
                     struct th_batch_key *key)
{
    const struct th_report *report = &item->submission->report;
    const struct th_catalogue_ids *ids = *batch->context->ids;
    if (!ids || !th_batch_is_resolved(batch, item))
        return false;
    *key = (struct th_batch_key){.district_id = ids->district_ids[report->district->index],
                                 .form_id = ids->form_ids[report->form->index],
                                 .period = report->period};
    /* A report about another district than its sender's is an error already; its key
     * is under a head that is not locked. */
    return key->district_id == item->submission->district_id;
}

static struct th_batch_head head_wanted(const struct th_batch_item *item)
{
    return (struct th_batch_head){.district_id = item->submission->district_id};
}

static struct th_batch_id id_wanted(const struct th_batch_item *item)
{
    struct th_batch_id wanted = {.district_id = item->submission->district_id};
    memcpy(wanted.report_id, item->submission->report.id, sizeof(wanted.report_id));
    return wanted;
}

static void make_heads(struct th_batch *batch)
{
    batch->heads = th_arena_alloc(batch->arena, batch->count * sizeof(*batch->heads));
    for (size_t i = 0; i < batch->count; i++)
        if (batch->items[i].submission->district_id > 0)
            batch->heads[batch->head_count++] = head_wanted(&batch->items[i]);
    batch->head_count =
        sort_unique(batch->heads, batch->head_count, sizeof(*batch->heads), compare_heads);
    for (size_t i = 0; i < batch->count; i++) {
        struct th_batch_head wanted = head_wanted(&batch->items[i]);
        batch->items[i].head =
            slot_of(&wanted, batch->heads, batch->head_count, sizeof(wanted), compare_heads);
    }
}

static void make_ids_and_keys(struct th_batch *batch)
{
    struct th_batch_key key;
    batch->ids = th_arena_alloc(batch->arena, batch->count * sizeof(*batch->ids));
    batch->keys = th_arena_alloc(batch->arena, batch->count * sizeof(*batch->keys));
    batch->id_count = batch->key_count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (has_id(&batch->items[i]))
            batch->ids[batch->id_count++] = id_wanted(&batch->items[i]);
        if (make_key(batch, &batch->items[i], &key))
            batch->keys[batch->key_count++] = key;
    }
    batch->id_count = sort_unique(batch->ids, batch->id_count, sizeof(*batch->ids), compare_ids);
    batch->key_count =
        sort_unique(batch->keys, batch->key_count, sizeof(*batch->keys), compare_keys);
    for (size_t i = 0; i < batch->count; i++) {
        struct th_batch_item *item = &batch->items[i];
        struct th_batch_id id = id_wanted(item);
        item->id = has_id(item) ? slot_of(&id, batch->ids, batch->id_count, sizeof(id), compare_ids)
                                : NULL;
        item->key = make_key(batch, item, &key)
                        ? slot_of(&key, batch->keys, batch->key_count, sizeof(key), compare_keys)
                        : NULL;
    }
}

/* ------------------------------------------------------------ the questions */

static void put_heads(const struct th_batch *batch, struct th_params *params)
{
    th_param_array_begin(params, TH_OID_INT4, batch->head_count);
    for (size_t i = 0; i < batch->head_count; i++)
        th_put_int4(&params->bytes, batch->heads[i].district_id);
    th_param_array_end(params);
}

static void put_ids(const struct th_batch *batch, struct th_params *params)
{
    th_param_array_begin(params, TH_OID_INT4, batch->id_count);
    for (size_t i = 0; i < batch->id_count; i++)
        th_put_int4(&params->bytes, batch->ids[i].district_id);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_UUID, batch->id_count);
    for (size_t i = 0; i < batch->id_count; i++)
        th_put_bytes(&params->bytes, batch->ids[i].report_id, sizeof(batch->ids[i].report_id));
    th_param_array_end(params);
}

static void put_keys(const struct th_batch *batch, struct th_params *params)
{
    th_param_array_begin(params, TH_OID_INT4, batch->key_count);
    for (size_t i = 0; i < batch->key_count; i++)
        th_put_int4(&params->bytes, batch->keys[i].district_id);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_INT4, batch->key_count);
    for (size_t i = 0; i < batch->key_count; i++)
        th_put_int4(&params->bytes, batch->keys[i].form_id);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_INT4, batch->key_count);
    for (size_t i = 0; i < batch->key_count; i++)
        th_put_int4(&params->bytes, batch->keys[i].period);
    th_param_array_end(params);
}

/* -------------------------------------------------------------- the answers */

static enum th_status take_heads(struct th_batch *batch, const PGresult *result,
                                 struct th_error *error)
{
    if ((size_t)PQntuples(result) != batch->head_count)
        return th_error_set(error, TH_PERMANENT, "%d of %zu heads were locked", PQntuples(result),
                            batch->head_count);
    for (int i = 0; i < PQntuples(result); i++) {
        struct th_batch_head wanted = {.district_id = th_pg_int4(result, i, 0)};
        struct th_batch_head *head =
            slot_of(&wanted, batch->heads, batch->head_count, sizeof(wanted), compare_heads);
        if (!head)
            continue;
        head->epoch = (uint32_t)th_pg_int4(result, i, 1);
        head->sequence = (uint64_t)th_pg_int8(result, i, 2);
        th_pg_bytes(result, i, 3, head->hash, sizeof(head->hash));
        head->accepted_at_us = th_pg_instant(result, i, 4);
        head->derivation = (uint32_t)th_pg_int4(result, i, 5);
        head->fresh = head->epoch == 1 && head->sequence == 0;
    }
    return TH_OK;
}

/* The first entry of a later epoch continues the last one of an earlier epoch. */
static enum th_status find_previous(struct th_batch *batch, struct th_batch_id *id,
                                    struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    TH_CLEANUP_RESULT PGresult *result = NULL;
    memset(id->previous_hash, 0, sizeof(id->previous_hash));
    if (id->epoch == 1)
        return TH_OK;
    th_param_int4(&params, id->district_id);
    th_param_int4(&params, (int32_t)id->epoch);
    th_param_int8(&params, (int64_t)id->sequence);
    enum th_status status =
        th_pg_query(&batch->store->pg, &th_sql_entry_before, &params, &result, error);
    if (status == TH_OK && PQntuples(result) == 1)
        th_pg_bytes(result, 0, 0, id->previous_hash, sizeof(id->previous_hash));
    return status;
}

static enum th_status take_ids(struct th_batch *batch, const PGresult *result,
                               struct th_error *error)
{
    enum th_status status = TH_OK;
    for (int i = 0; status == TH_OK && i < PQntuples(result); i++) {
        struct th_batch_id wanted = {.district_id = th_pg_int4(result, i, 0)};
        th_pg_bytes(result, i, 1, wanted.report_id, sizeof(wanted.report_id));
        struct th_batch_id *id =
            slot_of(&wanted, batch->ids, batch->id_count, sizeof(wanted), compare_ids);
        if (!id)
            continue;
        id->found = true;
        th_pg_bytes(result, i, 2, id->digest, sizeof(id->digest));
        id->epoch = (uint32_t)th_pg_int4(result, i, 3);
        id->sequence = (uint64_t)th_pg_int8(result, i, 4);
        id->revision = (uint32_t)th_pg_int4(result, i, 5);
        id->accepted_at_us = th_pg_instant(result, i, 6);
        th_pg_bytes(result, i, 7, id->hash, sizeof(id->hash));
        th_pg_bytes(result, i, 8, id->previous_hash, sizeof(id->previous_hash));
        if (PQgetisnull(result, i, 8))
            status = find_previous(batch, id, error);
    }
    return status;
}

static void take_keys(struct th_batch *batch, const PGresult *result)
{
    for (int i = 0; i < PQntuples(result); i++) {
        struct th_batch_key wanted = {.district_id = th_pg_int4(result, i, 0),
                                      .form_id = th_pg_int4(result, i, 1),
                                      .period = th_pg_int4(result, i, 2)};
        char state[16];
        struct th_batch_key *key =
            slot_of(&wanted, batch->keys, batch->key_count, sizeof(wanted), compare_keys);
        if (!key)
            continue;
        th_pg_text(result, i, 4, state, sizeof(state));
        key->revision = (uint32_t)th_pg_int4(result, i, 3);
        key->approved = strcmp(state, "approved") == 0;
        if (!PQgetisnull(result, i, 5))
            key->open_until_us = th_pg_instant(result, i, 5);
    }
}

/* ---------------------------------------------------------- judging afresh */

/* Replaces the caller's catalogue by the one in force; the shared lock keeps it so. */
static enum th_status load_catalogue(struct th_batch *batch, uint64_t version,
                                     struct th_error *error)
{
    struct th_catalogue *catalogue = NULL;
    struct th_catalogue_ids *ids = NULL;
    enum th_status status = TH_OK;
    if (version > 0)
        status = th_store_load_catalogue(batch->store, version, &catalogue, error);
    if (status == TH_OK && catalogue)
        status = th_store_load_ids(batch->store, catalogue, &ids, error);
    th_catalogue_release(&catalogue);
    if (status != TH_OK)
        return status;
    th_catalogue_ids_release(batch->context->ids);
    *batch->context->ids = ids;
    return TH_OK;
}

/* An import has its id from its content, which validation has put in order. */
static void identify_import(struct th_batch *batch, struct th_batch_item *item)
{
    struct th_report *report = &item->submission->report;
    memset(report->id, 0, sizeof(report->id));
    if (item->errors == 0 && th_batch_is_resolved(batch, item))
        th_report_import_id(report, report->id);
}

/* Judged by a catalogue that is not the caller's (or not at all): its pointers are
 * compared here, never followed. */
static bool is_foreign(const struct th_batch *batch, const struct th_batch_item *item)
{
    return (item->errors == 0 || item->submission->report.resolved) &&
           !th_batch_is_resolved(batch, item);
}

/* Judged on another day than that of acceptance: it may have waited while the database
 * was away, and locks and beginnings of periods go by accepted_at (SEMANTICS 8). */
static bool is_stale(const struct th_batch *batch, const struct th_batch_item *item)
{
    return th_clock_day_of_us(item->submission->validated_at_us) !=
           th_clock_day_of_us(batch->now_us);
}

static bool any_is_stale(const struct th_batch *batch)
{
    for (size_t i = 0; *batch->context->ids && i < batch->count; i++)
        if (is_stale(batch, &batch->items[i]))
            return true;
    return false;
}

static void validate_again(struct th_batch *batch, bool all)
{
    struct th_write_context *context = batch->context;
    for (size_t i = 0; *context->ids && i < batch->count; i++) {
        struct th_batch_item *item = &batch->items[i];
        struct th_submission *submission = item->submission;
        /* Also what was judged by another catalogue than the caller's. */
        bool foreign = is_foreign(batch, item);
        if (!all && !submission->imported && !foreign && !is_stale(batch, item))
            continue;
        context->validate(context->validate_context, submission, *context->ids, batch->now_us);
        item->problems = submission->problems.count;
        item->errors = submission->problems.errors;
        if (submission->imported)
            identify_import(batch, item);
    }
}

/* True when everything can be looked up before the clock is known. */
static bool may_look_up_at_once(const struct th_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct th_batch_item *item = &batch->items[i];
        if (item->submission->imported || is_foreign(batch, item))
            return false;
    }
    return true;
}

enum {
    CALL_BEGIN,
    CALL_SETTINGS,
    CALL_REGISTER,
    CALL_HEADS,
    CALL_NOW,
    CALL_IDS,
    CALL_KEYS,
    CALL_COUNT
};

/* Fills slots by the catalogue in force and asks for them. */
static enum th_status look_up(struct th_batch *batch, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params ids = {0}, keys = {0};
    make_ids_and_keys(batch);
    put_ids(batch, &ids);
    put_keys(batch, &keys);
    struct th_pg_call calls[] = {{.sql = &th_sql_batch_known, .params = &ids},
                                 {.sql = &th_sql_batch_current, .params = &keys}};
    struct th_pg *pg = &batch->store->pg;
    enum th_status status = th_pg_run(pg, calls, 2, pg->timeout_ms, error);
    if (status == TH_OK)
        status = take_ids(batch, calls[0].result, error);
    if (status == TH_OK)
        take_keys(batch, calls[1].result);
    th_pg_calls_clear(calls, 2);
    return status;
}

/* Tables grow under the plans: see discard_plans.sql. */
static enum th_status plan_again(struct th_pg *pg, struct th_error *error)
{
    pg->batches++;
    bool due = (pg->batches & (pg->batches - 1)) == 0;
    return due ? th_pg_execute(pg, &th_sql_discard_plans, NULL, error) : TH_OK;
}

enum th_status th_batch_read(struct th_batch *batch, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params lock = {0}, heads = {0}, ids = {0}, keys = {0};
    struct th_pg *pg = &batch->store->pg;
    const struct th_catalogue_ids *known = *batch->context->ids;
    uint64_t known_version = known ? known->catalogue->version : 0, version = 0;
    bool at_once = may_look_up_at_once(batch);
    int64_t from_us = 0;

    make_heads(batch);
    th_param_int8(&lock, TH_LOCK_CATALOGUE);
    put_heads(batch, &heads);
    if (at_once) {
        make_ids_and_keys(batch);
        put_ids(batch, &ids);
        put_keys(batch, &keys);
    }
    struct th_pg_call calls[CALL_COUNT] = {
        [CALL_BEGIN] = {.sql = &th_sql_begin},
        [CALL_SETTINGS] = {.sql = &th_sql_batch_settings, .params = &lock},
        [CALL_REGISTER] = {.sql = &th_sql_writer_register},
        [CALL_HEADS] = {.sql = &th_sql_batch_lock_heads, .params = &heads},
        [CALL_NOW] = {.sql = &th_sql_batch_now},
        [CALL_IDS] = {.sql = &th_sql_batch_known, .params = &ids},
        [CALL_KEYS] = {.sql = &th_sql_batch_current, .params = &keys},
    };
    size_t count = at_once ? CALL_COUNT : CALL_IDS;
    enum th_status status = plan_again(pg, error);
    if (status == TH_OK)
        status = th_pg_run(pg, calls, count, pg->timeout_ms, error);
    if (status == TH_OK)
        status = take_heads(batch, calls[CALL_HEADS].result, error);
    if (status == TH_OK)
        status = th_writer_registered_us(calls[CALL_REGISTER].result, &from_us, error);
    if (status == TH_OK)
        status = th_accepting_us(calls[CALL_NOW].result, 0, from_us, &batch->now_us, error);
    if (status != TH_OK)
        goto cleanup;
    version = (uint64_t)th_pg_int8(calls[CALL_NOW].result, 0, 1);

    bool changed = version != known_version;
    if (changed)
        status = load_catalogue(batch, version, error);
    if (status == TH_OK && (changed || !at_once || any_is_stale(batch))) {
        validate_again(batch, changed);
        status = look_up(batch, error);
    } else if (status == TH_OK) {
        status = take_ids(batch, calls[CALL_IDS].result, error);
        if (status == TH_OK)
            take_keys(batch, calls[CALL_KEYS].result);
    }
    if (status == TH_OK)
        status = th_batch_open_locks(batch, error);
    if (status == TH_OK)
        status = th_batch_know_history(batch, error);
cleanup:
    th_pg_calls_clear(calls, count);
    return status;
}
