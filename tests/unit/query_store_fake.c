#include "tests/unit/query_store_fake.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct fake_store fake = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct th_store {
    bool reading;
};

void fake_set(bool *what, bool value)
{
    pthread_mutex_lock(&fake.lock);
    *what = value;
    pthread_mutex_unlock(&fake.lock);
}

int fake_reading(void)
{
    pthread_mutex_lock(&fake.lock);
    int reading = fake.reading;
    pthread_mutex_unlock(&fake.lock);
    return reading;
}

static enum th_status reach(struct th_error *error)
{
    pthread_mutex_lock(&fake.lock);
    bool down = fake.down || fake.lost_once;
    fake.lost_once = false;
    pthread_mutex_unlock(&fake.lock);
    return down ? th_error_set(error, TH_UNREACHABLE, "the database is gone") : TH_OK;
}

enum th_status th_store_open(const char *conninfo, const char *purpose, int timeout_ms,
                             struct th_store **store, struct th_error *error)
{
    (void)conninfo;
    (void)purpose;
    (void)timeout_ms;
    enum th_status status = reach(error);
    if (status != TH_OK)
        return status;
    *store = calloc(1, sizeof(**store));
    pthread_mutex_lock(&fake.lock);
    fake.open++;
    pthread_mutex_unlock(&fake.lock);
    return *store ? TH_OK : TH_PERMANENT;
}

void th_store_close(struct th_store **store)
{
    if (!*store)
        return;
    th_store_end_read(*store);
    pthread_mutex_lock(&fake.lock);
    fake.open--;
    pthread_mutex_unlock(&fake.lock);
    free(*store);
    *store = NULL;
}

enum th_status th_store_reopen(struct th_store *store, int timeout_ms, struct th_error *error)
{
    (void)timeout_ms;
    th_store_end_read(store);
    return reach(error);
}

enum th_status th_store_check_schema(struct th_store *store, struct th_error *error)
{
    (void)store;
    (void)error;
    return TH_OK;
}

enum th_status th_store_event_sequence(struct th_store *store, uint64_t *sequence,
                                       struct th_error *error)
{
    (void)store;
    (void)error;
    *sequence = fake.events;
    return TH_OK;
}

enum th_status th_store_list_enrolments(struct th_store *store, struct th_enrolment **enrolments,
                                        size_t *count, struct th_error *error)
{
    (void)store;
    (void)error;
    *count = fake.key_count;
    *enrolments = calloc(fake.key_count + 1, sizeof(**enrolments));
    memcpy(*enrolments, fake.keys, fake.key_count * sizeof(**enrolments));
    return TH_OK;
}

enum th_status th_store_load_catalogue(struct th_store *store, uint64_t version,
                                       struct th_catalogue **catalogue, struct th_error *error)
{
    (void)store;
    *catalogue = NULL;
    enum th_status status = reach(error);
    if (status != TH_OK)
        return status;
    if (fake.catalogue && (version == 0 || version == fake.catalogue->version))
        *catalogue = th_catalogue_retain(fake.catalogue);
    return TH_OK;
}

struct counted_ids {
    struct th_catalogue_ids ids;
    atomic_int references;
};

enum th_status th_store_load_ids(struct th_store *store, const struct th_catalogue *catalogue,
                                 struct th_catalogue_ids **ids, struct th_error *error)
{
    (void)store;
    (void)error;
    struct counted_ids *made = calloc(1, sizeof(*made));
    made->ids.catalogue = th_catalogue_retain(catalogue);
    atomic_init(&made->references, 1);
    *ids = &made->ids;
    return TH_OK;
}

struct th_catalogue_ids *th_catalogue_ids_retain(struct th_catalogue_ids *ids)
{
    atomic_fetch_add(&((struct counted_ids *)ids)->references, 1);
    return ids;
}

void th_catalogue_ids_release(struct th_catalogue_ids **ids)
{
    struct counted_ids *made = (struct counted_ids *)*ids;
    *ids = NULL;
    if (!made || atomic_fetch_sub(&made->references, 1) > 1)
        return;
    th_catalogue_release(&made->ids.catalogue);
    free(made);
}

enum th_status th_store_begin_read(struct th_store *store, int64_t *snapshot_us,
                                   struct th_error *error)
{
    enum th_status status = reach(error);
    if (status != TH_OK)
        return status;
    pthread_mutex_lock(&fake.lock);
    store->reading = true;
    fake.reading++;
    *snapshot_us = fake.snapshot_us;
    pthread_mutex_unlock(&fake.lock);
    return TH_OK;
}

void th_store_end_read(struct th_store *store)
{
    pthread_mutex_lock(&fake.lock);
    if (store->reading)
        fake.reading--;
    store->reading = false;
    pthread_mutex_unlock(&fake.lock);
}

enum th_status th_store_read_version(struct th_store *store, uint64_t *version,
                                     struct th_error *error)
{
    (void)store;
    (void)error;
    *version = fake.catalogue ? fake.catalogue->version : 0;
    return TH_OK;
}

static enum th_status give_everything(const struct th_catalogue *catalogue,
                                      const struct th_form *form, int32_t first, int32_t last,
                                      th_cell_fn each, void *context)
{
    struct th_cell cell = {.num = {1, 0}, .den = {2, 0}};
    enum th_status status = TH_OK;
    for (int32_t period = first; period <= last; period++)
        for (size_t i = 0; i < catalogue->district_count; i++)
            for (size_t j = 0; j < form->criterion_count && status == TH_OK; j++)
                status = each(context, &catalogue->districts[i], period, &form->criteria[j], &cell);
    return status;
}

enum th_status th_store_read_cells(struct th_store *store, const struct th_catalogue_ids *ids,
                                   const struct th_form *form, int32_t first, int32_t last,
                                   bool approved_only, th_cell_fn each, void *context,
                                   struct th_error *error)
{
    (void)store;
    enum th_status status = reach(error);
    if (status != TH_OK || approved_only)
        return status; /* nothing is approved */
    if (fake.everything)
        return give_everything(ids->catalogue, form, first, last, each, context);
    for (size_t i = 0; i < fake.cell_count && status == TH_OK; i++) {
        const struct fake_cell *cell = &fake.cells[i];
        const struct th_district *district =
            th_catalogue_district(ids->catalogue, th_slice_of(cell->district));
        const struct th_criterion *criterion =
            th_form_criterion(form, th_slice_of(cell->criterion));
        if (district && criterion && cell->period >= first && cell->period <= last)
            status = each(context, district, cell->period, criterion, &cell->cell);
    }
    return status;
}

enum th_status th_store_read_arrivals(struct th_store *store, const struct th_catalogue_ids *ids,
                                      const struct th_form *form, int32_t first, int32_t last,
                                      th_arrival_fn each, void *context, struct th_error *error)
{
    (void)store;
    enum th_status status = reach(error);
    for (size_t i = 0; i < fake.arrival_count && status == TH_OK; i++) {
        const struct fake_arrival *from = &fake.arrivals[i];
        const struct th_district *district =
            th_catalogue_district(ids->catalogue, th_slice_of(from->district));
        if (district && strcmp(form->code, "joint-agency") == 0 && from->period >= first &&
            from->period <= last)
            status = each(context, district, from->period, &from->arrival);
    }
    return status;
}

enum th_status th_store_read_reports(struct th_store *store, const struct th_catalogue_ids *ids,
                                     const struct th_form *form, const struct th_district *district,
                                     int32_t first, int32_t last, uint32_t revision, bool with_body,
                                     th_report_row_fn each, void *context, struct th_error *error)
{
    (void)store;
    const int32_t march = 2024 * 12 + 2;
    enum th_status status = reach(error);
    if (status != TH_OK || fake.body.size == 0 || strcmp(form->code, "joint-agency") != 0 ||
        march < first || march > last || revision > 1 ||
        (district && strcmp(district->code, "194") != 0))
        return status;
    struct th_report_row row = {
        .district = th_catalogue_district(ids->catalogue, TH_SLICE("194")),
        .district_code = "194",
        .period = march,
        .revision = 1,
        .epoch = 1,
        .sequence = 7,
        .catalogue_version = fake.catalogue->version,
        .accepted_at_us = fake.snapshot_us - 1000000,
        .complete = true,
        .current = true,
        .state = "received",
        .body = with_body ? fake.body : (struct th_slice){0},
    };
    memcpy(row.digest, fake.digest, sizeof(row.digest));
    return each(context, &row);
}
