/* A catalogue's rows and the numbers that the database gives them. */
#include <stdatomic.h>
#include <stdlib.h>

#include "collector/store/store_private.h"

struct shared_ids {
    struct th_catalogue_ids shown; /* first: callers hold a pointer to it */
    atomic_size_t references;
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (!memory)
        abort();
    return memory;
}

static int32_t highest(const PGresult *rows)
{
    int32_t max = 0;
    for (int i = 0; i < PQntuples(rows); i++)
        if (th_pg_int4(rows, i, 0) > max)
            max = th_pg_int4(rows, i, 0);
    return max;
}

static int32_t *nowhere(int32_t max)
{
    int32_t *places = allocate((size_t)max + 1, sizeof(*places));
    for (int32_t i = 0; i <= max; i++)
        places[i] = -1;
    return places;
}

static struct th_slice value(const PGresult *rows, int row, int column)
{
    return (struct th_slice){PQgetvalue(rows, row, column), (size_t)PQgetlength(rows, row, column)};
}

/* Each of these takes one table's rows and returns how many the catalogue has. */
static size_t take_districts(struct th_catalogue_ids *ids, const PGresult *rows)
{
    size_t found = 0;
    ids->max_district_id = highest(rows);
    ids->district_of_id = nowhere(ids->max_district_id);
    for (int i = 0; i < PQntuples(rows); i++) {
        const struct th_district *district =
            th_catalogue_district(ids->catalogue, value(rows, i, 1));
        if (!district)
            continue;
        int32_t id = th_pg_int4(rows, i, 0);
        ids->district_ids[district->index] = id;
        ids->district_of_id[id] = (int32_t)district->index;
        ids->first_enrolled_us[district->index] =
            PQgetisnull(rows, i, 2) ? INT64_MAX : th_pg_instant(rows, i, 2);
        found++;
    }
    return found;
}

static size_t take_forms(struct th_catalogue_ids *ids, const PGresult *rows)
{
    size_t found = 0;
    for (int i = 0; i < PQntuples(rows); i++) {
        const struct th_form *form = th_catalogue_form(ids->catalogue, value(rows, i, 1));
        if (!form)
            continue;
        ids->form_ids[form->index] = th_pg_int4(rows, i, 0);
        found++;
    }
    return found;
}

static size_t take_criteria(struct th_catalogue_ids *ids, const PGresult *rows)
{
    size_t found = 0;
    ids->max_criterion_id = highest(rows);
    ids->criterion_of_id = nowhere(ids->max_criterion_id);
    for (int i = 0; i < PQntuples(rows); i++) {
        const struct th_form *form = th_catalogue_form(ids->catalogue, value(rows, i, 1));
        const struct th_criterion *criterion =
            form ? th_form_criterion(form, value(rows, i, 2)) : NULL;
        if (!criterion)
            continue;
        int32_t id = th_pg_int4(rows, i, 0);
        ids->criterion_ids[form->index][criterion->index] = id;
        ids->criterion_of_id[id] = (int32_t)criterion->index;
        found++;
    }
    return found;
}

static struct th_catalogue_ids *create(const struct th_catalogue *catalogue, size_t *criteria)
{
    struct shared_ids *shared = allocate(1, sizeof(*shared));
    struct th_catalogue_ids *ids = &shared->shown;
    atomic_init(&shared->references, 1);
    ids->catalogue = th_catalogue_retain(catalogue);
    ids->district_ids = allocate(catalogue->district_count, sizeof(*ids->district_ids));
    ids->first_enrolled_us = allocate(catalogue->district_count, sizeof(*ids->first_enrolled_us));
    ids->form_ids = allocate(catalogue->form_count, sizeof(*ids->form_ids));
    ids->criterion_ids = allocate(catalogue->form_count, sizeof(*ids->criterion_ids));
    *criteria = 0;
    for (size_t i = 0; i < catalogue->form_count; i++) {
        ids->criterion_ids[i] =
            allocate(catalogue->forms[i].criterion_count, sizeof(**ids->criterion_ids));
        *criteria += catalogue->forms[i].criterion_count;
    }
    return ids;
}

enum th_status th_store_load_ids(struct th_store *store, const struct th_catalogue *catalogue,
                                 struct th_catalogue_ids **ids, struct th_error *error)
{
    struct th_pg_call calls[] = {
        {.sql = &th_sql_ids_district}, {.sql = &th_sql_ids_form}, {.sql = &th_sql_ids_criterion}};
    size_t criteria;
    *ids = NULL;
    enum th_status status = th_pg_run(&store->pg, calls, 3, store->pg.timeout_ms, error);
    if (status != TH_OK)
        return status;
    *ids = create(catalogue, &criteria);
    /* All three are taken, whatever the first counts: release expects them. */
    bool whole = take_districts(*ids, calls[0].result) == catalogue->district_count;
    whole &= take_forms(*ids, calls[1].result) == catalogue->form_count;
    whole &= take_criteria(*ids, calls[2].result) == criteria;
    th_pg_calls_clear(calls, 3);
    if (!whole) {
        th_catalogue_ids_release(ids);
        status = th_error_set(error, TH_PERMANENT,
                              "%s lacks rows of catalogue version %llu; import it again",
                              store->pg.context, (unsigned long long)catalogue->version);
    }
    return status;
}

const struct th_district *th_catalogue_ids_district(const struct th_catalogue_ids *ids, int32_t id)
{
    if (id <= 0 || id > ids->max_district_id || ids->district_of_id[id] < 0)
        return NULL;
    return &ids->catalogue->districts[ids->district_of_id[id]];
}

struct th_catalogue_ids *th_catalogue_ids_retain(struct th_catalogue_ids *ids)
{
    struct shared_ids *shared = (struct shared_ids *)ids;
    atomic_fetch_add_explicit(&shared->references, 1, memory_order_relaxed);
    return ids;
}

void th_catalogue_ids_release(struct th_catalogue_ids **ids)
{
    struct shared_ids *shared = (struct shared_ids *)*ids;
    if (!shared)
        return;
    *ids = NULL;
    if (atomic_fetch_sub_explicit(&shared->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < shared->shown.catalogue->form_count; i++)
        free(shared->shown.criterion_ids[i]);
    free(shared->shown.criterion_ids);
    free(shared->shown.district_ids);
    free(shared->shown.first_enrolled_us);
    free(shared->shown.form_ids);
    free(shared->shown.district_of_id);
    free(shared->shown.criterion_of_id);
    th_catalogue_release(&shared->shown.catalogue);
    free(shared);
}
