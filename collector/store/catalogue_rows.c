/* The rows go to the database as one JSON text, and come back as JSON: eight tables in one
 * round trip, and one description of them for writing and for comparing. */
#include "collector/store/catalogue_rows.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"

static json_t *day_value(int32_t day)
{
    char text[11];
    if (day == TH_DAY_FOREVER)
        return json_null();
    th_day_format(day, text);
    return json_string(text);
}

static void add(json_t *rows, json_t *row)
{
    if (!row || json_array_append_new(rows, row) != 0)
        abort(); /* out of memory, or text that no catalogue can hold */
}

static json_t *opening_rows(const struct th_catalogue *catalogue)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < catalogue->district_count; i++) {
        const struct th_district *district = &catalogue->districts[i];
        for (size_t j = 0; j < district->opening_count; j++) {
            const struct th_opening *opening = &district->openings[j];
            add(rows,
                json_pack("{s:s, s:o, s:o, s:o, s:I}", "district", district->code, "opened",
                          day_value(opening->interval.opened), "closed",
                          day_value(opening->interval.closed), "communes",
                          opening->communes < 0 ? json_null() : json_integer(opening->communes),
                          "position", (json_int_t)i));
        }
    }
    return rows;
}

static json_t *form_rows(const struct th_catalogue *catalogue)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < catalogue->form_count; i++) {
        const struct th_form *form = &catalogue->forms[i];
        add(rows,
            json_pack("{s:s, s:o, s:o, s:i, s:o, s:I}", "form", form->code, "opened",
                      day_value(form->interval.opened), "closed", day_value(form->interval.closed),
                      "due_days", form->due_days, "lock_days",
                      form->has_lock ? json_integer(form->lock_days) : json_null(), "position",
                      (json_int_t)i));
    }
    return rows;
}

static json_t *target_value(const struct th_criterion *criterion)
{
    char text[TH_DECIMAL_TEXT];
    if (!criterion->has_target)
        return json_null();
    th_decimal_format(criterion->target, text);
    return json_string(text);
}

static void add_criteria(json_t *rows, const struct th_form *form)
{
    for (size_t i = 0; i < form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->criteria[i];
        add(rows,
            json_pack("{s:s, s:s, s:o, s:o, s:b, s:i, s:b, s:o, s:i, s:I}", "form", form->code,
                      "criterion", criterion->code, "opened", day_value(criterion->interval.opened),
                      "closed", day_value(criterion->interval.closed), "required",
                      criterion->required, "decimals", (int)criterion->decimals, "percent",
                      criterion->percent, "target", target_value(criterion), "weight",
                      criterion->weight, "position", (json_int_t)i));
    }
}

static void add_groups(json_t *rows, const struct th_form *form)
{
    for (size_t i = 0; i < form->group_count; i++)
        add(rows, json_pack("{s:s, s:s, s:s, s:s, s:I}", "form", form->code, "code",
                            form->groups[i].code, "name_vi", form->groups[i].name.vi, "name_en",
                            form->groups[i].name.en, "position", (json_int_t)i));
}

static void add_choices(json_t *rows, const struct th_form *form)
{
    for (size_t i = 0; i < form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->criteria[i];
        for (size_t j = 0; j < criterion->choice_count; j++)
            add(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "form", form->code, "criterion",
                                criterion->code, "value", criterion->choices[j].value, "name_vi",
                                criterion->choices[j].name.vi, "name_en",
                                criterion->choices[j].name.en, "position", (json_int_t)j));
    }
}

/* Rows of every form, one form after another. */
static json_t *rows_of_forms(const struct th_catalogue *catalogue,
                             void (*add_rows)(json_t *rows, const struct th_form *form))
{
    json_t *rows = json_array();
    for (size_t i = 0; i < catalogue->form_count; i++)
        add_rows(rows, &catalogue->forms[i]);
    return rows;
}

static json_t *criterion_rows(const struct th_catalogue *catalogue)
{
    return rows_of_forms(catalogue, add_criteria);
}

static json_t *group_rows(const struct th_catalogue *catalogue)
{
    return rows_of_forms(catalogue, add_groups);
}

static json_t *choice_rows(const struct th_catalogue *catalogue)
{
    return rows_of_forms(catalogue, add_choices);
}

static json_t *commune_rows(const struct th_catalogue *catalogue)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < catalogue->commune_count; i++) {
        const struct th_commune *commune = &catalogue->communes[i];
        add(rows,
            json_pack("{s:s, s:o, s:o, s:s, s:s, s:s}", "code", commune->code, "opened",
                      day_value(commune->interval.opened), "closed",
                      day_value(commune->interval.closed), "district", commune->district->code,
                      "name_vi", commune->name.vi, "name_en", commune->name.en));
    }
    return rows;
}

static json_t *holiday_rows(const struct th_catalogue *catalogue)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < catalogue->holiday_count; i++) {
        const struct th_holiday *holiday = &catalogue->holidays[i];
        add(rows,
            json_pack("{s:o, s:b, s:s, s:s}", "day", day_value(holiday->day), "working",
                      holiday->working, "name_vi", holiday->name.vi, "name_en", holiday->name.en));
    }
    return rows;
}

static int by_code(const void *left, const void *right)
{
    const struct th_named_period *const *a = left, *const *b = right;
    return strcmp((*a)->code, (*b)->code);
}

static json_t *period_rows(const struct th_catalogue *catalogue)
{
    json_t *rows = json_array();
    const struct th_named_period **sorted = calloc(catalogue->period_count + 1, sizeof(*sorted));
    if (!sorted)
        abort();
    for (size_t i = 0; i < catalogue->period_count; i++)
        sorted[i] = &catalogue->periods[i];
    qsort(sorted, catalogue->period_count, sizeof(*sorted), by_code);
    for (size_t i = 0; i < catalogue->period_count; i++)
        add(rows, json_pack("{s:s, s:o, s:o, s:s, s:s}", "code", sorted[i]->code, "first_day",
                            day_value(sorted[i]->interval.opened), "last_day",
                            day_value(sorted[i]->interval.closed), "name_vi", sorted[i]->name.vi,
                            "name_en", sorted[i]->name.en));
    free(sorted);
    return rows;
}

static const struct {
    const char *table;
    json_t *(*rows)(const struct th_catalogue *catalogue);
} tables[] = {
    {"district_opening", opening_rows},
    {"form_calendar", form_rows},
    {"criterion_calendar", criterion_rows},
    {"criterion_group", group_rows},
    {"criterion_choice", choice_rows},
    {"commune", commune_rows},
    {"holiday", holiday_rows},
    {"named_period", period_rows},
};
#define TABLE_COUNT (sizeof(tables) / sizeof(tables[0]))

enum th_status th_catalogue_rows_put(struct th_store *store, const struct th_catalogue *catalogue,
                                     struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    json_t *all = json_object();
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (json_object_set_new(all, tables[i].table, tables[i].rows(catalogue)) != 0)
            abort();
    char *text = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    if (!text)
        abort();
    th_param_text(&params, text);
    free(text);
    struct th_pg_call calls[] = {
        {.sql = &th_sql_rows_delete},
        {.sql = &th_sql_rows_insert, .params = &params},
    };
    enum th_status status = th_pg_run(&store->pg, calls, 2, TH_PG_NO_DEADLINE, error);
    th_pg_calls_clear(calls, 2);
    return status;
}

/* ------------------------------------------------------------------- compare */

static void tell(const char *table, const json_t *expected, const json_t *found,
                 th_catalogue_rows_fn differs, void *context)
{
    size_t at = 0;
    while (at < json_array_size(expected) && at < json_array_size(found) &&
           json_equal(json_array_get(expected, at), json_array_get(found, at)))
        at++;
    char *want = json_dumps(json_array_get(expected, at), JSON_COMPACT);
    char *got = json_dumps(json_array_get(found, at), JSON_COMPACT);
    differs(context, table, want ? want : "", got ? got : "");
    free(want);
    free(got);
}

enum th_status th_catalogue_rows_compare(struct th_store *store,
                                         const struct th_catalogue *catalogue,
                                         th_catalogue_rows_fn differs, void *context,
                                         struct th_error *error)
{
    struct th_pg_call call = {.sql = &th_sql_rows_read};
    enum th_status status = th_pg_run(&store->pg, &call, 1, TH_PG_NO_DEADLINE, error);
    for (int i = 0; status == TH_OK && i < PQntuples(call.result); i++) {
        const char *table = PQgetvalue(call.result, i, 0);
        json_t *found = json_loadb(PQgetvalue(call.result, i, 1),
                                   (size_t)PQgetlength(call.result, i, 1), 0, NULL);
        for (size_t j = 0; j < TABLE_COUNT; j++) {
            if (strcmp(tables[j].table, table) != 0)
                continue;
            json_t *expected = tables[j].rows(catalogue);
            if (!json_equal(expected, found))
                tell(table, expected, found, differs, context);
            json_decref(expected);
        }
        json_decref(found);
    }
    th_pg_calls_clear(&call, 1);
    return status;
}

/* -------------------------------------------------------------------- repair */

/* What a repair does with each difference, and whether there was one. */
struct repair {
    th_catalogue_rows_fn repaired;
    void *context;
    bool any;
};

static void note(void *context, const char *table, const char *expected, const char *found)
{
    struct repair *repair = context;
    repair->any = true;
    if (repair->repaired)
        repair->repaired(repair->context, table, expected, found);
}

enum th_status th_catalogue_rows_repair(struct th_store *store, th_catalogue_rows_fn repaired,
                                        void *context, struct th_error *error)
{
    struct repair repair = {repaired, context, false};
    struct th_catalogue *catalogue = NULL;
    enum th_status status = th_store_begin(store, TH_LOCK_CATALOGUE, error);
    if (status == TH_OK)
        status = th_store_load_catalogue(store, 0, &catalogue, error);
    if (status == TH_OK && catalogue)
        status = th_catalogue_rows_compare(store, catalogue, note, &repair, error);
    if (status == TH_OK && repair.any)
        status = th_catalogue_rows_put(store, catalogue, error);
    if (status == TH_OK && repair.any)
        status = th_store_commit(store, error);
    th_pg_rollback(&store->pg);
    th_catalogue_release(&catalogue);
    return status;
}
