#include <stdio.h>
#include <string.h>

#include "commission/cli/kept_answer.h"
#include "commission/cli/people.h"
#include "commission/cli/report.h"
#include "commission/cli/words.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/domain/report_file.h"

enum { CRITERION, NAME, VALUE, OF, UNIT, NOTE, COLUMNS };

struct showing {
    const struct th_stored_report *stored;
    const struct th_catalogue *catalogue;
    const char *language;
    enum th_format format;
    FILE *out;
    struct th_table *table;
    struct th_arena *arena;
};

/* One line of the heading: on the terminal and a sheet above the table, in JSON a member. */
static void head(struct showing *showing, const char *name, enum th_word word, const char *machine,
                 const char *people)
{
    if (showing->format == TH_FORMAT_JSON)
        th_table_note(showing->table, name, machine);
    else if (showing->format == TH_FORMAT_XLSX)
        th_table_note(showing->table, name,
                      th_arena_printf(showing->arena, "%s: %s", th_word(word, showing->language),
                                      people ? people : machine));
    else if (showing->format == TH_FORMAT_TABLE)
        fprintf(showing->out, "%s: %s\n", th_word(word, showing->language),
                people ? people : machine);
}

static void head_instant(struct showing *showing, const char *name, enum th_word word,
                         int64_t at_us)
{
    char instant[40], local[40];
    th_instant_format(at_us, instant);
    th_instant_format_local(at_us, local);
    head(showing, name, word, instant, local);
}

static const char *named(struct showing *showing, const char *name, const char *code)
{
    return th_arena_printf(showing->arena, "%s (%s)", name, code);
}

static void print_document(struct showing *showing)
{
    const struct th_report *report = &showing->stored->report;
    if (!report->has_document)
        return;
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    const struct th_slice parts[] = {report->document_number, report->document_date,
                                     report->signing_office};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].size == 0)
            continue;
        if (text.size > 0)
            th_buffer_add_text(&text, "; ");
        th_buffer_add(&text, parts[i].bytes, parts[i].size);
    }
    head(showing, "document", TH_WORD_DOCUMENT,
         th_arena_text(showing->arena, th_buffer_slice(&text)), NULL);
}

static void print_heading(struct showing *showing)
{
    const struct th_stored_report *stored = showing->stored;
    const struct th_catalogue *catalogue = showing->catalogue;
    const char *language = showing->language;
    const struct th_form *form = th_catalogue_form(catalogue, th_slice_of(stored->form));
    struct th_arena *arena = showing->arena;

    head(showing, "district", TH_WORD_DISTRICT, stored->district,
         named(showing, th_people_district(catalogue, stored->district, language),
               stored->district));
    head(showing, "form", TH_WORD_FORM, stored->form,
         named(showing, form ? th_name_in(form->name, language) : "", stored->form));
    head(showing, "period", TH_WORD_PERIOD, stored->period,
         named(showing, th_people_period(catalogue, stored->period, language, arena),
               stored->period));
    head(showing, "revision", TH_WORD_REVISION,
         th_arena_printf(arena, "%u", stored->report.revision), NULL);
    if (stored->as_of_us)
        head_instant(showing, "as_of", TH_WORD_AS_OF, stored->as_of_us);
    th_cli_note_void(showing->table, showing->format, stored->taken_back, arena);
    head(showing, "state", TH_WORD_STATE, stored->state, th_stored_report_state(stored, language));
    head_instant(showing, "accepted_at", TH_WORD_ACCEPTED_AT, stored->accepted_at_us);
    if (stored->received_at_us != 0)
        head_instant(showing, "received_at", TH_WORD_RECEIVED_AT, stored->received_at_us);
    head(showing, "origin", TH_WORD_ORIGIN, stored->origin,
         th_stored_report_origin(stored, language));
    head(showing, "complete", TH_WORD_COMPLETE, stored->complete ? "yes" : "no",
         th_word(stored->complete ? TH_WORD_YES : TH_WORD_NO, language));
    head(showing, "sequence", TH_WORD_SEQUENCE,
         th_arena_printf(arena, "%llu", (unsigned long long)stored->sequence),
         th_arena_printf(arena, "%u.%llu", stored->epoch, (unsigned long long)stored->sequence));
    if (showing->format == TH_FORMAT_JSON)
        th_table_note(showing->table, "epoch", th_arena_printf(arena, "%u", stored->epoch));
    head(showing, "catalogue_version", TH_WORD_CATALOGUE_VERSION_TITLE,
         th_arena_printf(arena, "%llu", (unsigned long long)stored->catalogue_version), NULL);
    print_document(showing);
    head(showing, "digest", TH_WORD_DIGEST, stored->digest, NULL);
    if (showing->format == TH_FORMAT_TABLE)
        fputc('\n', showing->out);
}

/* What people see in place of a file's text; NULL: the same. Long texts stand in the
 * column of notes, which wraps. */
static const char *people_value(struct showing *showing, const struct th_observation *observation,
                                const char *value)
{
    const struct th_criterion *criterion = observation->criterion;
    const char *language = showing->language;
    switch (observation->answer) {
    case TH_ANSWER_NUMBER:
    case TH_ANSWER_RATIO:
        return th_people_number(value, language, showing->arena);
    case TH_ANSWER_CHOICE:
        return criterion ? th_people_choice(criterion, value, language) : NULL;
    case TH_ANSWER_COMMUNES:
        return th_arena_printf(showing->arena, "%zu", observation->commune_count);
    case TH_ANSWER_NOT_APPLICABLE:
        return th_word(TH_WORD_NOT_APPLICABLE, language);
    case TH_ANSWER_TEXT:
        return "";
    }
    return NULL;
}

static const char *people_note(struct showing *showing, const struct th_observation *observation,
                               const char *value, const char *note)
{
    const char *content = value;
    int32_t first = 0, last = 0;
    if (observation->answer == TH_ANSWER_COMMUNES) {
        if (showing->stored->report.resolved)
            th_base_period_days(showing->stored->report.form->frequency,
                                showing->stored->report.period, &first, &last);
        content =
            th_people_communes(showing->catalogue, observation->communes,
                               observation->commune_count, last, showing->language, showing->arena);
    } else if (observation->answer != TH_ANSWER_TEXT) {
        return NULL;
    }
    return *note ? th_arena_printf(showing->arena, "%s (%s)", content, note) : content;
}

static void add_observation(struct showing *showing, const struct th_observation *observation)
{
    TH_CLEANUP_BUFFER struct th_buffer value = {0}, of = {0};
    const struct th_criterion *criterion = observation->criterion;
    const char *language = showing->language;
    th_report_cell_write(observation, '.', &value, &of);
    const char *value_text = value.bytes ? value.bytes : "", *of_text = of.bytes ? of.bytes : "";
    struct th_slice note =
        observation->answer == TH_ANSWER_NOT_APPLICABLE && observation->text.size > 0
            ? observation->text
            : observation->note;
    const char *cells[COLUMNS] = {
        [CRITERION] = th_arena_text(showing->arena, observation->criterion_code),
        [NAME] = criterion ? th_name_in(criterion->name, language) : "",
        [VALUE] = value_text,
        [OF] = of_text,
        [UNIT] = criterion ? th_name_in(criterion->unit, language) : "",
        [NOTE] = th_arena_text(showing->arena, note),
    };
    const char *people[COLUMNS] = {
        [VALUE] = people_value(showing, observation, value_text),
        [OF] = *of_text ? th_people_number(of_text, language, showing->arena) : NULL,
        [NOTE] = people_note(showing, observation, value_text, cells[NOTE]),
    };
    /* Codes of choices and communes may look like numbers. */
    if (observation->answer != TH_ANSWER_NUMBER && observation->answer != TH_ANSWER_RATIO)
        th_table_cell(showing->table, VALUE, TH_CELL_TEXT);
    th_table_row(showing->table, cells, people);
}

enum th_status th_report_show(const struct th_stored_report *stored,
                              const struct th_catalogue *catalogue, const char *language,
                              enum th_format format, FILE *out, struct th_error *error)
{
    const struct th_column columns[COLUMNS] = {
        [CRITERION] = {.name = "criterion", .heading = th_word(TH_WORD_CODE, language)},
        [NAME] = {.name = "name", .heading = th_word(TH_WORD_CRITERION, language), .wrap = true},
        [VALUE] = {.name = "value", .heading = th_word(TH_WORD_VALUE, language), .right = true},
        [OF] = {.name = "of", .heading = th_word(TH_WORD_OF, language), .right = true},
        [UNIT] = {.name = "unit", .heading = th_word(TH_WORD_UNIT, language)},
        [NOTE] = {.name = "note", .heading = th_word(TH_WORD_NOTE, language), .wrap = true},
    };
    struct showing showing = {.stored = stored,
                              .catalogue = catalogue,
                              .language = language,
                              .format = format,
                              .out = out,
                              .arena = th_arena_create(0)};
    showing.table = th_table_create(out, format, NULL, columns, COLUMNS);
    print_heading(&showing);
    for (size_t i = 0; i < stored->report.observation_count; i++)
        add_observation(&showing, &stored->report.observations[i]);
    enum th_status status = th_table_finish(&showing.table, error);
    th_arena_destroy(&showing.arena);
    return status;
}
