/* DHIS2's JSON. jansson is given one member or data value at a time, so that a file's
 * tree is never in memory. */
#include <jansson.h>
#include <string.h>

#include "collector/admin/import_dhis2_private.h"

struct scanner {
    struct th_import_dhis2 *dhis2;
    const char *at, *end;
    size_t number; /* of data values */
};

/* What a set tells for all of its values. */
struct set {
    struct th_slice data_set;
    struct th_slice fields[TH_DHIS2_FIELD_COUNT];
};

static const char *const members[TH_DHIS2_FIELD_COUNT] = {
    [TH_DHIS2_DATA_ELEMENT] = "dataElement",
    [TH_DHIS2_PERIOD] = "period",
    [TH_DHIS2_ORG_UNIT] = "orgUnit",
    [TH_DHIS2_CATEGORY] = "categoryOptionCombo",
    [TH_DHIS2_ATTRIBUTE] = "attributeOptionCombo",
    [TH_DHIS2_VALUE] = "value",
    [TH_DHIS2_COMMENT] = "comment",
    [TH_DHIS2_DELETED] = "deleted",
};
static const enum th_dhis2_field of_sets[] = {TH_DHIS2_PERIOD, TH_DHIS2_ORG_UNIT,
                                              TH_DHIS2_ATTRIBUTE};

static enum th_status malformed(const struct scanner *scanner, const char *what,
                                struct th_error *error)
{
    return th_error_set(error, TH_REJECTED, "after data value %zu: %s", scanner->number, what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next character that is no white space; 0 at the end. */
static char peek(struct scanner *scanner)
{
    char next = '\0';
    while (scanner->at < scanner->end && is_blank(*scanner->at))
        scanner->at++;
    if (scanner->at < scanner->end)
        next = *scanner->at;
    return next;
}

static bool accept(struct scanner *scanner, char wanted)
{
    if (peek(scanner) != wanted)
        return false;
    scanner->at++;
    return true;
}

static enum th_status expect(struct scanner *scanner, char wanted, struct th_error *error)
{
    char what[64];
    if (accept(scanner, wanted))
        return TH_OK;
    snprintf(what, sizeof(what), "'%c' is expected", wanted);
    return malformed(scanner, what, error);
}

/* One value of any type. */
static enum th_status parse(struct scanner *scanner, json_t **value, struct th_error *error)
{
    json_error_t why = {.position = 0};
    *value = json_loadb(scanner->at, (size_t)(scanner->end - scanner->at),
                        JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &why);
    if (!*value)
        return malformed(scanner, why.text, error);
    scanner->at += why.position;
    return TH_OK;
}

/* Texts, and what is written alike without quotes; a fraction has passed through binary
 * floating point. */
static const char *take_text(struct th_import_dhis2 *dhis2, const json_t *value,
                             struct th_slice *text)
{
    *text = (struct th_slice){NULL, 0};
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        *text = th_import_dhis2_copy(
            dhis2, (struct th_slice){json_string_value(value), json_string_length(value)});
        return NULL;
    case JSON_INTEGER:
        *text = th_slice_of(
            th_arena_printf(dhis2->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value)));
        return NULL;
    case JSON_TRUE:
        *text = TH_SLICE("true");
        return NULL;
    case JSON_FALSE:
        *text = TH_SLICE("false");
        return NULL;
    case JSON_NULL:
        return NULL;
    case JSON_REAL:
        return "file.number_not_exact";
    default:
        return "dhis2.member_malformed";
    }
}

static enum th_status take_value(struct scanner *scanner, struct th_error *error)
{
    json_t *json = NULL;
    enum th_status status = parse(scanner, &json, error);
    if (status != TH_OK)
        return status;
    scanner->number++;
    if (!json_is_object(json)) {
        json_decref(json);
        return malformed(scanner, "a data value is not an object", error);
    }
    struct th_dhis2_value *value = th_import_dhis2_add(scanner->dhis2);
    value->line = scanner->number;
    for (size_t i = 0; i < TH_DHIS2_FIELD_COUNT; i++) {
        const char *fault =
            take_text(scanner->dhis2, json_object_get(json, members[i]), &value->fields[i]);
        if (fault && !value->fault)
            value->fault = i == TH_DHIS2_VALUE ? fault : "dhis2.member_malformed";
    }
    json_decref(json);
    return TH_OK;
}

typedef enum th_status (*item_fn)(struct scanner *scanner, struct th_error *error);

static enum th_status take_array(struct scanner *scanner, item_fn item, struct th_error *error)
{
    enum th_status status = expect(scanner, '[', error);
    if (status != TH_OK || accept(scanner, ']'))
        return status;
    do
        status = item(scanner, error);
    while (status == TH_OK && accept(scanner, ','));
    return status == TH_OK ? expect(scanner, ']', error) : status;
}

static enum th_status take_nested_set(struct scanner *scanner, struct th_error *error);

/* A member of a set: `nested` sets hold none themselves. */
static enum th_status take_member(struct scanner *scanner, struct set *set, bool nested,
                                  struct th_error *error)
{
    json_t *name = NULL, *value = NULL;
    enum th_status status = peek(scanner) == '"'
                                ? parse(scanner, &name, error)
                                : malformed(scanner, "the name of a member is expected", error);
    if (status == TH_OK)
        status = expect(scanner, ':', error);
    if (status != TH_OK)
        goto cleanup;
    if (strcmp(json_string_value(name), "dataValues") == 0) {
        status = take_array(scanner, take_value, error);
    } else if (!nested && strcmp(json_string_value(name), "dataValueSets") == 0) {
        status = take_array(scanner, take_nested_set, error);
    } else {
        (void)peek(scanner);
        status = parse(scanner, &value, error);
        if (status == TH_OK && strcmp(json_string_value(name), "dataSet") == 0)
            (void)take_text(scanner->dhis2, value, &set->data_set);
        for (size_t i = 0; i < sizeof(of_sets) / sizeof(of_sets[0]) && status == TH_OK; i++)
            if (strcmp(json_string_value(name), members[of_sets[i]]) == 0)
                (void)take_text(scanner->dhis2, value, &set->fields[of_sets[i]]);
    }
cleanup:
    json_decref(name);
    json_decref(value);
    return status;
}

static enum th_status take_set(struct scanner *scanner, bool nested, struct th_error *error)
{
    struct set set = {.data_set = {NULL, 0}};
    struct th_import_dhis2 *dhis2 = scanner->dhis2;
    size_t first = dhis2->count;
    enum th_status status = expect(scanner, '{', error);
    if (status != TH_OK || accept(scanner, '}'))
        return status;
    do
        status = take_member(scanner, &set, nested, error);
    while (status == TH_OK && accept(scanner, ','));
    if (status == TH_OK)
        status = expect(scanner, '}', error);
    /* Members stand in any order: only now is it known what the set says. */
    for (size_t i = first; i < dhis2->count; i++) {
        struct th_dhis2_value *value = &dhis2->values[i];
        if (value->data_set.size == 0)
            value->data_set = set.data_set;
        for (size_t j = 0; j < sizeof(of_sets) / sizeof(of_sets[0]); j++)
            if (value->fields[of_sets[j]].size == 0)
                value->fields[of_sets[j]] = set.fields[of_sets[j]];
    }
    return status;
}

static enum th_status take_nested_set(struct scanner *scanner, struct th_error *error)
{
    return take_set(scanner, true, error);
}

enum th_status th_import_dhis2_json(struct th_import_dhis2 *dhis2, struct th_slice file,
                                    struct th_error *error)
{
    struct scanner scanner = {dhis2, file.bytes, file.bytes + file.size, 0};
    static const char mark[] = "\xEF\xBB\xBF";
    if (file.size >= strlen(mark) && memcmp(file.bytes, mark, strlen(mark)) == 0)
        scanner.at += strlen(mark);
    enum th_status status = take_set(&scanner, false, error);
    if (status == TH_OK && peek(&scanner) != '\0')
        status = malformed(&scanner, "more stands behind the end", error);
    if (status == TH_OK && dhis2->count == 0)
        status = th_error_set(error, TH_REJECTED, "the file has no data values");
    return status;
}
