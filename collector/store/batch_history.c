/* Earlier reports for `value.departs_tenfold` (SEMANTICS 12): the office gives it from its own
 * outbox, the province from what it holds, by the same code. Nearly always history.c knows
 * them; the rest is asked for under the lock of the heads. */
#include <stdlib.h>

#include "collector/store/batch_private.h"
#include "collector/store/read_private.h"
#include "common/base/log.h"
#include "common/domain/validate.h"

#define HISTORY_BYTES ((size_t)64 << 20) /* a writer: some 10,000 districts x 2 forms */
#define ASKED_AT_ONCE 128                /* districts in one statement */

/* Where a district's window of a form is asked for. */
struct wanted {
    int32_t district_id, period;
    const struct th_form *form;
    bool fresh;
    /* of the answer */
    struct th_window *window;
    size_t before, from;
    int32_t last;
};

static int compare_wanted(const void *a, const void *b)
{
    const struct wanted *left = a, *right = b;
    if (left->form != right->form)
        return left->form->index < right->form->index ? -1 : 1;
    if (left->district_id != right->district_id)
        return left->district_id < right->district_id ? -1 : 1;
    return (left->period > right->period) - (left->period < right->period);
}

/* What no window covers; of a district and form the earliest alone, since the window around
 * it mostly holds the others too. */
static struct wanted *gather(struct th_batch *batch, size_t *count)
{
    struct th_history *history = batch->store->history;
    struct wanted *wanted = th_arena_alloc(batch->arena, batch->count * sizeof(*wanted));
    size_t found = 0, kept = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct th_batch_item *item = &batch->items[i];
        const struct th_report *report = &item->submission->report;
        if (item->window || !item->key || !item->head || (item->id && item->id->found) ||
            !th_history_wants(history, report->form))
            continue;
        item->window =
            th_history_find(history, item->key->district_id, report->form, report->period);
        if (!item->window)
            wanted[found++] = (struct wanted){.district_id = item->key->district_id,
                                              .period = report->period,
                                              .form = report->form,
                                              .fresh = item->head->fresh};
    }
    if (found > 0)
        qsort(wanted, found, sizeof(*wanted), compare_wanted);
    for (size_t i = 0; i < found; i++)
        if (kept == 0 || wanted[kept - 1].form != wanted[i].form ||
            wanted[kept - 1].district_id != wanted[i].district_id)
            wanted[kept++] = wanted[i];
    *count = kept;
    return wanted;
}

struct asking {
    struct th_cell_reader reader;
    struct wanted *wanted; /* of one form, by district */
    size_t count;
    struct wanted *current;
};

static enum th_status take_cell(void *context, const struct th_district *district, int32_t period,
                                const struct th_criterion *criterion, const struct th_cell *cell)
{
    struct asking *asking = context;
    (void)district;
    (void)period;
    th_window_set(asking->current->window, criterion, cell);
    return TH_OK;
}

static enum th_status take_row(void *context, const PGresult *row, struct th_error *error)
{
    struct asking *asking = context;
    int32_t district_id = th_pg_int4(row, 0, 0), period = th_pg_int4(row, 0, 1);
    struct wanted *wanted = asking->wanted;
    while (wanted < asking->wanted + asking->count && wanted->district_id != district_id)
        wanted++;
    if (wanted == asking->wanted + asking->count)
        return th_error_set(error, TH_PERMANENT, "an earlier report of a district not asked for");
    asking->current = wanted;
    if (th_pg_bool(row, 0, 7)) {
        wanted->before++;
    } else {
        wanted->from++;
        if (wanted->last < period)
            wanted->last = period;
    }
    th_window_add(wanted->window, period);
    if (th_read_row_cells(&asking->reader, row) != TH_OK) {
        /* No reason to keep new reports waiting: they are compared with the others alone. */
        asking->reader.damaged = false;
        th_log(
            TH_LOG_ERROR,
            "history.damaged district_id=%d form=%s period_ordinal=%d: a stored report cannot be "
            "read; run `tonghop-collector verify`",
            district_id, asking->reader.form->code, period);
    }
    return TH_OK;
}

static void put_wanted(const struct asking *asking, struct th_params *params)
{
    th_param_array_begin(params, TH_OID_INT4, asking->count);
    for (size_t i = 0; i < asking->count; i++)
        th_put_int4(&params->bytes, asking->wanted[i].district_id);
    th_param_array_end(params);
    th_param_array_begin(params, TH_OID_INT4, asking->count);
    for (size_t i = 0; i < asking->count; i++)
        th_put_int4(&params->bytes, asking->wanted[i].period);
    th_param_array_end(params);
    th_param_int4(params, TH_HISTORY_REPORTS);
}

static enum th_status ask(struct th_batch *batch, struct wanted *wanted, size_t count,
                          struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    const struct th_catalogue_ids *ids = *batch->context->ids;
    struct th_store *store = batch->store;
    struct asking asking = {.wanted = wanted, .count = count};
    asking.reader = (struct th_cell_reader){
        .ids = ids, .form = wanted->form, .each = take_cell, .context = &asking};
    for (size_t i = 0; i < count; i++) {
        wanted[i].last = wanted[i].period;
        wanted[i].window = th_history_add(store->history, wanted[i].district_id, wanted[i].form);
    }
    th_param_int4(&params, ids->form_ids[wanted->form->index]);
    put_wanted(&asking, &params);
    enum th_status status = th_pg_stream_each(&store->pg, &th_sql_batch_history, &params,
                                              store->pg.timeout_ms, take_row, &asking, error);
    status = th_read_cells_end(store, &asking.reader, status, error);
    for (size_t i = 0; status == TH_OK && i < count; i++)
        th_window_close(wanted[i].window, wanted[i].before < TH_HISTORY_REPORTS,
                        wanted[i].from < TH_HISTORY_REPORTS ? INT32_MAX : wanted[i].last + 1);
    return status;
}

static enum th_status fill(struct th_batch *batch, struct wanted *wanted, size_t count,
                           struct th_error *error)
{
    enum th_status status = TH_OK;
    size_t asked = 0;
    for (size_t i = 0; i < count; i++) {
        struct wanted one = wanted[i];
        if (one.fresh)
            th_window_close(th_history_add(batch->store->history, one.district_id, one.form), true,
                            INT32_MAX);
        else
            wanted[asked++] = one;
    }
    for (size_t first = 0, end; status == TH_OK && first < asked; first = end) {
        end = first + 1;
        while (end < asked && end - first < ASKED_AT_ONCE && wanted[end].form == wanted[first].form)
            end++;
        status = ask(batch, &wanted[first], end - first, error);
    }
    return status;
}

enum th_status th_batch_know_history(struct th_batch *batch, struct th_error *error)
{
    struct th_store *store = batch->store;
    enum th_status status = TH_OK;
    size_t count = 0;
    if (!*batch->context->ids)
        return TH_OK;
    if (!store->history)
        store->history = th_history_create(HISTORY_BYTES);
    th_history_begin(store->history, (*batch->context->ids)->catalogue);
    for (size_t i = 0; i < batch->head_count; i++) {
        const struct th_batch_head *head = &batch->heads[i];
        const struct th_mark mark = {head->epoch, head->derivation, head->sequence};
        th_history_meet(store->history, head->district_id, &mark);
    }
    do {
        struct wanted *wanted = gather(batch, &count);
        status = fill(batch, wanted, count, error);
    } while (status == TH_OK && count > 0);
    return status;
}

void th_batch_compare(const struct th_batch_item *item)
{
    if (item->window)
        th_report_check_history(&item->submission->report, th_window_values, item->window,
                                &item->submission->problems);
}

void th_batch_remember(const struct th_batch *batch, const struct th_batch_item *item)
{
    if (item->window)
        th_history_put(batch->store->history, item->key->district_id, &item->submission->report);
}

void th_batch_conclude_history(const struct th_batch *batch, bool committed)
{
    struct th_history *history = batch->store->history;
    for (size_t i = 0; history && i < batch->head_count; i++) {
        const struct th_batch_head *head = &batch->heads[i];
        const struct th_mark mark = {head->epoch, head->derivation, head->sequence};
        if (committed)
            th_history_keep(history, head->district_id, &mark);
        else
            th_history_forget(history, head->district_id);
    }
}
