#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/domain/report_reading.h"

#define PATH_MAX_BYTES 160

static const char *const report_members = "form, period, district, document, observations";
static const char *const document_members = "number, date, signing_office, digest";
static const char *const observation_members = "criterion, value, of, note";

static struct th_slice text_of(const json_t *value)
{
    return (struct th_slice){json_string_value(value), json_string_length(value)};
}

static void add_at(const struct th_reading *reading, const char *code, const char *path,
                   const char *limit)
{
    th_problem_add(reading->problems, code, "", th_slice_of(path), limit, 0, 0);
}

static void join(char path[PATH_MAX_BYTES], const char *parent, const char *member)
{
    snprintf(path, PATH_MAX_BYTES, "%s%s%s", parent, parent[0] ? "." : "", member);
}

/* Names every member of `object` that is not among `known` (a list with ", "). */
static void check_members(const struct th_reading *reading, json_t *object, const char *parent,
                          const char *const *known, const char *known_text)
{
    const char *member;
    json_t *value;
    json_object_foreach(object, member, value)
    {
        bool found = false;
        for (size_t i = 0; known[i] && !found; i++)
            found = strcmp(member, known[i]) == 0;
        if (!found) {
            char path[PATH_MAX_BYTES];
            join(path, parent, member);
            add_at(reading, "file.unknown_column", path, known_text);
        }
    }
}

/* A text that outlives the JSON tree. Absent and null give an empty one; anything
 * but a string is a problem. */
static struct th_slice read_text(const struct th_reading *reading, const json_t *object,
                                 const char *parent, const char *member)
{
    const json_t *value = json_object_get(object, member);
    if (!value || json_is_null(value))
        return (struct th_slice){0};
    if (!json_is_string(value)) {
        char path[PATH_MAX_BYTES];
        join(path, parent, member);
        add_at(reading, "value.malformed", path, "\"...\"");
        return (struct th_slice){0};
    }
    struct th_slice text = text_of(value);
    const char *kept = th_arena_text(reading->arena, text);
    if (!kept)
        th_reading_too_large(reading->problems, 0);
    return kept ? (struct th_slice){kept, text.size} : (struct th_slice){0};
}

static void read_document(const struct th_reading *reading, json_t *document)
{
    static const struct {
        const char *member;
        enum th_head head;
    } heads[] = {{"number", TH_HEAD_NUMBER},
                 {"date", TH_HEAD_DATE},
                 {"signing_office", TH_HEAD_OFFICE},
                 {"digest", TH_HEAD_DIGEST}};
    static const char *const known[] = {"number", "date", "signing_office", "digest", NULL};
    if (!document || json_is_null(document))
        return;
    if (!json_is_object(document)) {
        add_at(reading, "value.malformed", "document", "{...}");
        return;
    }
    check_members(reading, document, "document", known, document_members);
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        th_reading_set_head(reading, heads[i].head,
                            read_text(reading, document, "document", heads[i].member), 0);
}

/* The text of a number cell: a string as it is, an integer as its digits. False and
 * a problem for what cannot be exact, or is no number at all. */
static bool read_cell(const struct th_reading *reading, const json_t *value, const char *path,
                      char digits[24], struct th_slice *text)
{
    *text = (struct th_slice){0};
    if (!value || json_is_null(value))
        return true;
    if (json_is_string(value)) {
        *text = text_of(value);
        return true;
    }
    if (json_is_integer(value)) {
        snprintf(digits, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        *text = th_slice_of(digits);
        return true;
    }
    if (json_is_real(value))
        add_at(reading, "file.number_not_exact", path, "\"12.5\"");
    else
        add_at(reading, "value.malformed", path, "\"12\"");
    return false;
}

/* A list of commune codes, which may be empty. */
static void add_communes(const struct th_reading *reading, const json_t *list, const char *path,
                         struct th_slice code, struct th_slice note)
{
    struct th_report *report = reading->report;
    struct th_observation *observation = &report->observations[report->observation_count];
    size_t count = json_array_size(list);
    *observation =
        (struct th_observation){.criterion_code = code, .answer = TH_ANSWER_COMMUNES, .note = note};
    if (count > 0)
        observation->communes =
            th_arena_alloc(reading->arena, count * sizeof(*observation->communes));
    if (count > 0 && !observation->communes) {
        th_reading_too_large(reading->problems, 0);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        const char *kept =
            json_is_string(item) ? th_arena_text(reading->arena, text_of(item)) : NULL;
        if (!kept) {
            add_at(reading, json_is_string(item) ? "report.too_large" : "value.malformed", path,
                   "[\"...\"]");
            return;
        }
        observation->communes[i] = (struct th_slice){kept, json_string_length(item)};
    }
    observation->commune_count = count;
    report->observation_count++;
}

static void read_observation(const struct th_reading *reading, json_t *item, size_t position)
{
    static const char *const known[] = {"criterion", "value", "of", "note", NULL};
    char parent[64], path[PATH_MAX_BYTES], of_path[PATH_MAX_BYTES], digits[24], of_digits[24];
    snprintf(parent, sizeof(parent), "observations[%zu]", position);
    if (!json_is_object(item)) {
        add_at(reading, "value.malformed", parent, "{...}");
        return;
    }
    check_members(reading, item, parent, known, observation_members);
    struct th_slice code = read_text(reading, item, parent, "criterion");
    struct th_slice note = read_text(reading, item, parent, "note");
    const json_t *value = json_object_get(item, "value");
    struct th_slice text, of;
    join(path, parent, "value");
    join(of_path, parent, "of");
    bool fine = read_cell(reading, json_object_get(item, "of"), of_path, of_digits, &of);
    if (json_is_array(value)) {
        if (fine && of.size > 0)
            th_problem_add(reading->problems, "value.unexpected_of", code.bytes, of, "", 0, 0);
        add_communes(reading, value, path, code, note);
        return;
    }
    if (read_cell(reading, value, path, digits, &text) && fine)
        th_reading_add_cells(reading, code, text, of, note, '.', (struct th_place){0});
}

static void read_report(const struct th_reading *reading, json_t *root)
{
    static const char *const known[] = {"form",     "period",       "district",
                                        "document", "observations", NULL};
    check_members(reading, root, "", known, report_members);
    th_reading_set_head(reading, TH_HEAD_FORM, read_text(reading, root, "", "form"), 0);
    th_reading_set_head(reading, TH_HEAD_PERIOD, read_text(reading, root, "", "period"), 0);
    th_reading_set_head(reading, TH_HEAD_DISTRICT, read_text(reading, root, "", "district"), 0);
    read_document(reading, json_object_get(root, "document"));
    json_t *observations = json_object_get(root, "observations");
    if (!json_is_array(observations)) {
        add_at(reading, "value.malformed", "observations", "[...]");
        return;
    }
    if (!th_reading_reserve(reading, json_array_size(observations)))
        return;
    for (size_t i = 0; i < json_array_size(observations); i++)
        read_observation(reading, json_array_get(observations, i), i);
}

bool th_report_json_read(const struct th_reading *reading)
{
    json_error_t error;
    json_t *root =
        json_loadb(reading->file.bytes, reading->file.size, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        th_problem_add(reading->problems, "file.malformed", "", th_slice_of(error.text), "",
                       error.line > 0 ? (size_t)error.line : 0,
                       error.column > 0 ? (size_t)error.column : 0);
        return false;
    }
    read_report(reading, root);
    json_decref(root);
    return true;
}
