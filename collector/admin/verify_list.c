#include "collector/admin/verify_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

#define DISTRICT_CODE_MAX 32

static const struct th_column columns[] = {
    {.name = "district", .heading = "District"},
    {.name = "epoch", .machine_only = true},
    {.name = "sequence", .heading = "Sequence", .right = true},
    {.name = "what", .heading = "What"},
    {.name = "expected", .heading = "Expected", .wrap = true},
    {.name = "found", .heading = "Found", .wrap = true},
};

void th_verify_list_begin(struct th_verify_list *list)
{
    *list = (struct th_verify_list){0};
    list->arena = th_arena_create(0); /* a hundred lines of bounded texts */
}

void th_verify_list_end(struct th_verify_list *list)
{
    if (list->begun)
        th_progress_end(&list->progress);
    list->begun = false;
}

void th_verify_list_free(struct th_verify_list *list)
{
    th_arena_destroy(&list->arena);
}

void th_verify_list_add(void *context, const struct th_difference *difference)
{
    struct th_verify_list *list = context;
    bool first = list->of_kind[difference->kind]++ == 0;
    list->total++;
    /* Room is kept for the first of every kind. */
    if (!first && list->others == TH_VERIFY_LISTED - TH_DIFFERENCE_KINDS)
        return;
    list->others += !first;
    struct th_difference *kept = &list->lines[list->line_count++];
    *kept = *difference;
    kept->district = th_arena_text(list->arena, th_slice_of(difference->district));
    kept->expected = th_arena_text(list->arena, th_slice_of(difference->expected));
    kept->found = th_arena_text(list->arena, th_slice_of(difference->found));
}

void th_verify_list_step(void *context, uint64_t done, uint64_t total)
{
    struct th_verify_list *list = context;
    if (!list->begun)
        th_progress_begin(&list->progress, "entries", total);
    list->begun = true;
    th_progress_step(&list->progress, done);
}

enum th_status th_verify_districts(const char *text, struct th_arena *arena,
                                   const char *const **codes, size_t *count, struct th_error *error)
{
    size_t capacity = 1;
    *codes = NULL;
    *count = 0;
    if (!text)
        return TH_OK;
    for (const char *at = text; *at; at++)
        capacity += *at == ',';
    const char **list = th_arena_alloc(arena, capacity * sizeof(*list));
    const char *at = text, *comma;
    do {
        comma = strchr(at, ',');
        size_t size = comma ? (size_t)(comma - at) : strlen(at);
        struct th_slice code = th_text_trim((struct th_slice){at, size});
        if (!th_text_is_code(code, DISTRICT_CODE_MAX))
            return th_error_set(error, TH_USAGE,
                                "--district takes codes of districts joined by commas, such as "
                                "193,194");
        list[(*count)++] = th_arena_text(arena, code);
        at = comma ? comma + 1 : at;
    } while (comma);
    *codes = list;
    return TH_OK;
}

static void add_line(struct th_table *table, const struct th_difference *difference)
{
    char epoch[16] = "", sequence[24] = "";
    if (difference->epoch > 0)
        snprintf(epoch, sizeof(epoch), "%" PRIu32, difference->epoch);
    if (difference->sequence > 0)
        snprintf(sequence, sizeof(sequence), "%" PRIu64, difference->sequence);
    th_table_row(table,
                 (const char *[]){difference->district, epoch, sequence,
                                  th_difference_name(difference->kind), difference->expected,
                                  difference->found},
                 (const char *[]){difference->district[0] ? NULL : "(province)", NULL, NULL, NULL,
                                  NULL, NULL});
}

static void add_note(struct th_table *table, enum th_format format, const char *name,
                     uint64_t number)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRIu64, number);
    if (format == TH_FORMAT_JSON)
        th_table_note(table, name, text);
}

static void add_counts(struct th_table *table, enum th_format format,
                       const struct th_verify_list *list, const struct th_verify_counts *counts)
{
    add_note(table, format, "districts", counts->districts);
    add_note(table, format, "entries", counts->entries);
    add_note(table, format, "observations", counts->observations);
    add_note(table, format, "current_reports", counts->current_reports);
    add_note(table, format, "acts", counts->acts);
    add_note(table, format, "events", counts->events);
    add_note(table, format, "catalogue_versions", counts->catalogue_versions);
    add_note(table, format, "assessments", counts->assessments);
    add_note(table, format, "heads", counts->anchors);
    add_note(table, format, "heads_lost", counts->lost_anchors);
    add_note(table, format, "differences", list->total);
}

static void print_counts(FILE *out, const struct th_verify_counts *counts, uint64_t differences)
{
    fprintf(out,
            "Checked: entries %" PRIu64 " (districts %" PRIu64 "), observations %" PRIu64
            ", current reports %" PRIu64 ", acts on reports %" PRIu64
            ", acts of the province %" PRIu64 ", catalogue versions %" PRIu64
            ", final assessments %" PRIu64 ", exported heads %" PRIu64 ". ",
            counts->entries, counts->districts, counts->observations, counts->current_reports,
            counts->acts, counts->events, counts->catalogue_versions, counts->assessments,
            counts->anchors);
    if (differences == 0)
        fprintf(out, "No difference was found.\n");
    else
        fprintf(out, "Differences: %" PRIu64 ".\n", differences);
}

enum th_status th_verify_list_print(const struct th_verify_list *list, enum th_format format,
                                    const char *title, const struct th_verify_counts *counts,
                                    struct th_error *error)
{
    enum th_status status = TH_OK;
    if (format != TH_FORMAT_TABLE || list->total > 0) {
        struct th_table *table =
            th_table_create(stdout, format, title, columns, sizeof(columns) / sizeof(columns[0]));
        add_counts(table, format, list, counts);
        for (size_t i = 0; i < list->line_count; i++)
            add_line(table, &list->lines[i]);
        status = th_table_finish(&table, error);
    }
    FILE *people = format == TH_FORMAT_TABLE ? stdout : stderr;
    print_counts(people, counts, list->total);
    for (int kind = 0; list->total > list->line_count && kind < TH_DIFFERENCE_KINDS; kind++)
        if (list->of_kind[kind] > 0)
            fprintf(people, "%s: %" PRIu64 "\n", th_difference_name((enum th_difference_kind)kind),
                    list->of_kind[kind]);
    if (list->total > list->line_count)
        fprintf(people, "%zu of %" PRIu64 " are listed, among them the first of each kind.\n",
                list->line_count, list->total);
    return status;
}
