#include "collector/admin/import_dhis2.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collector/admin/import_dhis2_private.h"

#define NOWHERE SIZE_MAX
/* The one category option combination of data that is not disaggregated: its code, and
 * the identifier that it has in every DHIS2. */
#define DEFAULT_CATEGORY    "default"
#define DEFAULT_CATEGORY_ID "HllvX50cXC0"

static const char *const columns[TH_DHIS2_FIELD_COUNT] = {
    [TH_DHIS2_DATA_ELEMENT] = "dataelement",
    [TH_DHIS2_PERIOD] = "period",
    [TH_DHIS2_ORG_UNIT] = "orgunit",
    [TH_DHIS2_CATEGORY] = "categoryoptioncombo",
    [TH_DHIS2_ATTRIBUTE] = "attributeoptioncombo",
    [TH_DHIS2_VALUE] = "value",
    [TH_DHIS2_COMMENT] = "comment",
    [TH_DHIS2_DELETED] = "deleted",
};
static const enum th_dhis2_field needed[] = {TH_DHIS2_DATA_ELEMENT, TH_DHIS2_PERIOD,
                                             TH_DHIS2_ORG_UNIT, TH_DHIS2_VALUE};

struct th_import_dhis2 *th_import_dhis2_create(struct th_import_rows *rows)
{
    struct th_import_dhis2 *dhis2 = calloc(1, sizeof(*dhis2));
    if (!dhis2)
        abort();
    dhis2->rows = rows;
    dhis2->arena = th_arena_create(0);
    return dhis2;
}

void th_import_dhis2_destroy(struct th_import_dhis2 **dhis2)
{
    if (!*dhis2)
        return;
    free((*dhis2)->values);
    th_arena_destroy(&(*dhis2)->arena);
    free(*dhis2);
    *dhis2 = NULL;
}

struct th_dhis2_value *th_import_dhis2_add(struct th_import_dhis2 *dhis2)
{
    if (dhis2->count == dhis2->capacity) {
        dhis2->capacity = dhis2->capacity ? dhis2->capacity * 2 : 1024;
        dhis2->values = realloc(dhis2->values, dhis2->capacity * sizeof(*dhis2->values));
        if (!dhis2->values)
            abort();
    }
    struct th_dhis2_value *value = &dhis2->values[dhis2->count++];
    *value = (struct th_dhis2_value){.line = 0};
    return value;
}

struct th_slice th_import_dhis2_copy(struct th_import_dhis2 *dhis2, struct th_slice text)
{
    if (text.size == 0)
        return (struct th_slice){NULL, 0};
    return (struct th_slice){th_arena_copy(dhis2->arena, text.bytes, text.size), text.size};
}

/* ------------------------------------------------------------------------- CSV */

static bool is_named(struct th_slice text, const char *name)
{
    return text.size == strlen(name) && strncasecmp(text.bytes, name, text.size) == 0;
}

static size_t find_column(const struct th_csv_row *row, const char *name)
{
    for (size_t i = 0; i < row->count; i++)
        if (is_named(row->fields[i], name))
            return i;
    return NOWHERE;
}

bool th_import_dhis2_is_heading(const struct th_csv_row *row)
{
    return find_column(row, columns[TH_DHIS2_DATA_ELEMENT]) != NOWHERE &&
           find_column(row, columns[TH_DHIS2_ORG_UNIT]) != NOWHERE;
}

static enum th_status read_heading(struct th_import_dhis2 *dhis2, const struct th_csv_row *row,
                                   struct th_error *error)
{
    for (size_t i = 0; i < TH_DHIS2_FIELD_COUNT; i++)
        dhis2->places[i] = find_column(row, columns[i]);
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (dhis2->places[needed[i]] == NOWHERE)
            return th_error_set(error, TH_REJECTED,
                                "line %zu: the column '%s' is missing; the first line of data "
                                "values of DHIS2 is dataelement,period,orgunit,"
                                "categoryoptioncombo,attributeoptioncombo,value,storedby,"
                                "lastupdated,comment,followup,deleted",
                                row->line, columns[needed[i]]);
    dhis2->has_heading = true;
    return TH_OK;
}

enum th_status th_import_dhis2_row(struct th_import_dhis2 *dhis2, const struct th_csv_row *row,
                                   struct th_error *error)
{
    bool blank = true;
    for (size_t i = 0; i < row->count; i++)
        blank = blank && row->fields[i].size == 0;
    if (blank)
        return TH_OK;
    if (!dhis2->has_heading)
        return read_heading(dhis2, row, error);
    struct th_dhis2_value *value = th_import_dhis2_add(dhis2);
    value->line = row->line;
    for (size_t i = 0; i < TH_DHIS2_FIELD_COUNT; i++)
        if (dhis2->places[i] < row->count)
            value->fields[i] = th_import_dhis2_copy(dhis2, row->fields[dhis2->places[i]]);
    return TH_OK;
}

/* ----------------------------------------------------------------- in order */

static int by_key(const void *left, const void *right)
{
    const struct th_dhis2_value *a = left, *b = right;
    int order = th_slice_compare(&a->fields[TH_DHIS2_ORG_UNIT], &b->fields[TH_DHIS2_ORG_UNIT]);
    if (order == 0)
        order = th_slice_compare(&a->form, &b->form);
    if (order == 0)
        order = th_slice_compare(&a->fields[TH_DHIS2_PERIOD], &b->fields[TH_DHIS2_PERIOD]);
    if (order == 0)
        order = th_slice_compare(&a->criterion, &b->criterion);
    if (order == 0)
        order = a->line < b->line ? -1 : a->line > b->line;
    return order;
}

static bool is_default(struct th_slice category)
{
    return category.size == 0 || th_slice_equals(category, DEFAULT_CATEGORY) ||
           th_slice_equals(category, DEFAULT_CATEGORY_ID);
}

/* What a value says of itself; a fault rejects its report. */
static void understand(struct th_dhis2_value *value)
{
    struct th_slice element = value->fields[TH_DHIS2_DATA_ELEMENT];
    bool known = th_dhis2_element_read(element, &value->form, &value->criterion, &value->part);
    if (!known) {
        value->form = value->data_set.size > 0 ? value->data_set : element;
        value->criterion = element;
    }
    if (value->fault)
        return;
    /* Sizes and numbers of districts are consolidated figures, which no report holds. */
    if (!known || value->part == TH_DHIS2_SIZE || value->part == TH_DHIS2_DISTRICTS)
        value->fault = "dhis2.element_unknown";
    else if (!is_default(value->fields[TH_DHIS2_CATEGORY]) ||
             !is_default(value->fields[TH_DHIS2_ATTRIBUTE]))
        value->fault = "dhis2.category_unsupported";
    else if (value->part == TH_DHIS2_NOT_APPLICABLE &&
             !is_named(value->fields[TH_DHIS2_VALUE], "true") &&
             !is_named(value->fields[TH_DHIS2_VALUE], "false"))
        value->fault = "dhis2.flag_malformed";
}

static struct th_slice fault_value(const struct th_dhis2_value *value)
{
    if (strcmp(value->fault, "dhis2.category_unsupported") != 0)
        return value
            ->fields[strcmp(value->fault, "dhis2.element_unknown") == 0 ? TH_DHIS2_DATA_ELEMENT
                                                                        : TH_DHIS2_VALUE];
    return value->fields[is_default(value->fields[TH_DHIS2_CATEGORY]) ? TH_DHIS2_ATTRIBUTE
                                                                      : TH_DHIS2_CATEGORY];
}

/* ------------------------------------------------------------------ as rows */

enum { DISTRICT, FORM, PERIOD, CRITERION, VALUE, OF, NOTE, CELLS };

static enum th_status give_heading(struct th_import_rows *rows, struct th_error *error)
{
    struct th_slice names[CELLS] = {
        [DISTRICT] = TH_SLICE("district"), [FORM] = TH_SLICE("form"),
        [PERIOD] = TH_SLICE("period"),     [CRITERION] = TH_SLICE("criterion"),
        [VALUE] = TH_SLICE("value"),       [OF] = TH_SLICE("of"),
        [NOTE] = TH_SLICE("note"),
    };
    struct th_csv_row row = {.line = 1, .count = CELLS, .fields = names};
    return th_import_rows_take(rows, &row, '.', error);
}

/* The value, or whichever parts of a ratio follow each other; how many were taken. What
 * is told twice makes two rows, which th_report_resolve refuses. */
static size_t gather(const struct th_dhis2_value *values, size_t count,
                     struct th_slice cells[CELLS])
{
    const struct th_dhis2_value *first = &values[0];
    bool seen[TH_DHIS2_DISTRICTS + 1] = {false};
    size_t taken = 0;
    cells[DISTRICT] = first->fields[TH_DHIS2_ORG_UNIT];
    cells[FORM] = first->form;
    cells[PERIOD] = first->fields[TH_DHIS2_PERIOD];
    cells[CRITERION] = first->criterion;
    for (; taken < count; taken++) {
        const struct th_dhis2_value *value = &values[taken];
        bool ratio = value->part == TH_DHIS2_NUM || value->part == TH_DHIS2_DEN;
        bool same = th_slice_same(value->fields[TH_DHIS2_ORG_UNIT], cells[DISTRICT]) &&
                    th_slice_same(value->form, cells[FORM]) &&
                    th_slice_same(value->fields[TH_DHIS2_PERIOD], cells[PERIOD]) &&
                    th_slice_same(value->criterion, cells[CRITERION]);
        if (taken > 0 && (!same || !ratio || seen[value->part] || seen[TH_DHIS2_WHOLE] ||
                          seen[TH_DHIS2_NOT_APPLICABLE] || value->fault))
            break;
        seen[value->part] = true;
        struct th_slice text = value->fields[TH_DHIS2_VALUE];
        if (value->part == TH_DHIS2_NOT_APPLICABLE)
            cells[VALUE] = TH_SLICE("n/a");
        else
            cells[value->part == TH_DHIS2_DEN ? OF : VALUE] = text;
        if (cells[NOTE].size == 0 || value->part == TH_DHIS2_NUM)
            cells[NOTE] = value->fields[TH_DHIS2_COMMENT].size > 0 ? value->fields[TH_DHIS2_COMMENT]
                                                                   : cells[NOTE];
    }
    return taken;
}

/* Deleted values, and the flag n/a taken back, are nothing that was reported. */
static bool is_nothing(const struct th_dhis2_value *value)
{
    return is_named(value->fields[TH_DHIS2_DELETED], "true") ||
           (value->part == TH_DHIS2_NOT_APPLICABLE && !value->fault &&
            is_named(value->fields[TH_DHIS2_VALUE], "false"));
}

enum th_status th_import_dhis2_finish(struct th_import_dhis2 *dhis2, struct th_error *error)
{
    size_t kept = 0;
    for (size_t i = 0; i < dhis2->count; i++) {
        understand(&dhis2->values[i]);
        if (!is_nothing(&dhis2->values[i]))
            dhis2->values[kept++] = dhis2->values[i];
    }
    dhis2->count = kept;
    if (kept > 0)
        qsort(dhis2->values, kept, sizeof(*dhis2->values), by_key);
    enum th_status status = give_heading(dhis2->rows, error);
    for (size_t at = 0; at < kept && status == TH_OK;) {
        struct th_slice cells[CELLS] = {0};
        const struct th_dhis2_value *first = &dhis2->values[at];
        at += gather(first, kept - at, cells);
        struct th_csv_row row = {.line = first->line, .count = CELLS, .fields = cells};
        status = first->fault ? th_import_rows_fault(dhis2->rows, &row, first->fault,
                                                     fault_value(first), error)
                              : th_import_rows_take(dhis2->rows, &row, '.', error);
    }
    return status;
}
