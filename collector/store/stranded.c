#include "collector/store/stranded.h"

#include <stdlib.h>
#include <string.h>

#include "collector/store/store_private.h"
#include "common/base/clock.h"

#define FREQUENCIES 5

struct changes {
    struct th_change *items;
    size_t count, capacity;
};

static void collect_change(void *context, const struct th_change *change)
{
    struct changes *changes = context;
    if (changes->count == changes->capacity) {
        changes->capacity = changes->capacity ? changes->capacity * 2 : 32;
        changes->items = realloc(changes->items, changes->capacity * sizeof(*changes->items));
        if (!changes->items)
            abort();
    }
    changes->items[changes->count++] = *change;
}

struct span {
    int32_t first, last; /* ordinals, inclusive; last < first: none */
};

static bool is_about_interval(enum th_change_kind kind)
{
    return kind == TH_CHANGE_FORM_INTERVAL || kind == TH_CHANGE_CRITERION_INTERVAL ||
           kind == TH_CHANGE_DISTRICT_INTERVAL;
}

/* The base periods whose last day lies in the interval that was lost; all of them
 * when the change is not about one. */
static struct span span_of(const struct th_change *change, enum th_frequency frequency)
{
    struct span span = {INT32_MIN, INT32_MAX};
    if (!is_about_interval(change->kind))
        return span;
    int32_t first_day, last_day;
    span.first = th_base_period_of_day(frequency, change->lost.opened);
    if (change->lost.closed == TH_DAY_FOREVER)
        return span;
    span.last = th_base_period_of_day(frequency, change->lost.closed);
    th_base_period_days(frequency, span.last, &first_day, &last_day);
    if (last_day > change->lost.closed)
        span.last--;
    return span;
}

static void add_text_or_null(struct th_params *params, const char *text)
{
    if (text)
        th_param_text(params, text);
    else
        th_param_null(params);
}

static enum th_status ask(struct th_store *store, const struct th_sql *sql,
                          const struct th_params *params, uint64_t *count, struct th_error *error)
{
    TH_CLEANUP_RESULT PGresult *result = NULL;
    enum th_status status = th_pg_query(&store->pg, sql, params, &result, error);
    *count = status == TH_OK ? (uint64_t)th_pg_int8(result, 0, 0) : 0;
    return status;
}

static enum th_status count_reports(struct th_store *store, const struct th_change *change,
                                    uint64_t *count, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    struct span spans[FREQUENCIES];
    for (int i = 0; i < FREQUENCIES; i++)
        spans[i] = span_of(change, (enum th_frequency)i);

    add_text_or_null(&params, change->form);
    add_text_or_null(&params, change->district);
    th_param_array_begin(&params, TH_OID_TEXT, FREQUENCIES);
    for (int i = 0; i < FREQUENCIES; i++)
        th_put_text(&params.bytes, th_frequency_name((enum th_frequency)i));
    th_param_array_end(&params);
    th_param_array_begin(&params, TH_OID_INT4, FREQUENCIES);
    for (int i = 0; i < FREQUENCIES; i++)
        th_put_int4(&params.bytes, spans[i].first);
    th_param_array_end(&params);
    th_param_array_begin(&params, TH_OID_INT4, FREQUENCIES);
    for (int i = 0; i < FREQUENCIES; i++)
        th_put_int4(&params.bytes, spans[i].last);
    th_param_array_end(&params);
    return ask(store, &th_sql_stranded_reports, &params, count, error);
}

static enum th_status count_observations(struct th_store *store, const struct th_change *change,
                                         const struct th_catalogue *was,
                                         const struct th_catalogue *is, uint64_t *count,
                                         struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    const struct th_form *form = th_catalogue_form(was, th_slice_of(change->form));
    const struct th_form *new_form = th_catalogue_form(is, th_slice_of(change->form));
    const struct th_criterion *criterion =
        new_form ? th_form_criterion(new_form, th_slice_of(change->criterion)) : NULL;
    struct span span = span_of(change, form->frequency);

    th_param_text(&params, change->form);
    th_param_text(&params, change->criterion);
    th_param_int4(&params, span.first);
    th_param_int4(&params, span.last);
    /* A "not applicable" outlives a change of how values are counted, but not the
     * criterion that it answers. */
    th_param_bool(&params, change->kind == TH_CHANGE_CRITERION_REMOVED ||
                               change->kind == TH_CHANGE_CRITERION_INTERVAL);
    add_text_or_null(&params, change->choice);
    if (change->kind == TH_CHANGE_DECIMALS && criterion)
        th_param_int4(&params, criterion->decimals);
    else
        th_param_null(&params);
    return ask(store, &th_sql_stranded_observations, &params, count, error);
}

static const char *keep(const char *text, char **place)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    const char *copy = memcpy(*place, text, size);
    *place += size;
    return copy;
}

static size_t text_size(const struct th_change *change)
{
    const char *const texts[] = {change->district, change->form, change->criterion, change->choice};
    size_t size = 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        size += texts[i] ? strlen(texts[i]) + 1 : 0;
    return size;
}

/* One block: the rows, then their texts, so that it outlives both catalogues. */
static struct th_stranded *gather(const struct changes *changes, const uint64_t *counts,
                                  size_t concerned)
{
    size_t texts = 0;
    for (size_t i = 0; i < changes->count; i++)
        texts += counts[i] > 0 ? text_size(&changes->items[i]) : 0;
    struct th_stranded *block = malloc(concerned * sizeof(*block) + texts + 1);
    if (!block)
        abort();
    char *place = (char *)(block + concerned);
    for (size_t i = 0, at = 0; i < changes->count; i++) {
        if (counts[i] == 0)
            continue;
        struct th_change change = changes->items[i];
        change.district = keep(change.district, &place);
        change.form = keep(change.form, &place);
        change.criterion = keep(change.criterion, &place);
        change.choice = keep(change.choice, &place);
        block[at++] = (struct th_stranded){change, counts[i]};
    }
    return block;
}

enum th_status th_store_count_stranded(struct th_store *store, const struct th_catalogue *was,
                                       const struct th_catalogue *is, struct th_stranded **stranded,
                                       size_t *count, struct th_error *error)
{
    struct changes changes = {0};
    enum th_status status = TH_OK;
    *stranded = NULL;
    *count = 0;
    th_catalogue_compare(was, is, collect_change, &changes);
    uint64_t *counts = calloc(changes.count + 1, sizeof(*counts));
    if (!counts)
        abort();
    for (size_t i = 0; status == TH_OK && i < changes.count; i++) {
        const struct th_change *change = &changes.items[i];
        if (change->criterion)
            status = count_observations(store, change, was, is, &counts[i], error);
        else
            status = count_reports(store, change, &counts[i], error);
        *count += counts[i] > 0;
    }
    if (status == TH_OK && *count > 0)
        *stranded = gather(&changes, counts, *count);
    free(counts);
    free(changes.items);
    return status;
}
