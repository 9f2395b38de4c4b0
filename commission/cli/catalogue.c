#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/output.h"
#include "commission/cli/people.h"
#include "commission/cli/session.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/base/file.h"

const char th_catalogue_help[] =
    "The catalogue in force: the forms, or with --form the criteria of one, or with "
    "--output-folder the whole of it as CSV files that a spreadsheet opens.\n"
    "\n"
    "Examples:\n"
    "    tonghop catalogue\n"
    "    tonghop catalogue --form joint-agency --language en\n"
    "    tonghop catalogue --output-folder catalogue-2024\n";

const struct th_option th_catalogue_option_table[] = {
    {"form", 'f', "FORM", "the criteria of this form"},
    {"output-folder", 0, "DIR", "write the catalogue's CSV files into DIR"},
    {"format", 0, "FORMAT", "table (the default), csv, json or xlsx"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

struct catalogue_run {
    struct th_session session;
    const struct th_catalogue *catalogue;
    const char *language;
    enum th_format format;
    FILE *out;
    struct th_arena *arena;
};

static const char *number(struct catalogue_run *run, long value)
{
    return th_arena_printf(run->arena, "%ld", value);
}

static const char *days(struct catalogue_run *run, long value)
{
    return th_arena_printf(run->arena, "%+ld %s", value, th_word(TH_WORD_DAYS, run->language));
}

/* A sheet has the bare number below. */
static const char *in_days(struct catalogue_run *run, enum th_word word)
{
    const char *heading = th_word(word, run->language);
    return run->format == TH_FORMAT_XLSX ? th_arena_printf(run->arena, "%s (%s)", heading,
                                                           th_word(TH_WORD_DAYS, run->language))
                                         : heading;
}

static void note_version(struct catalogue_run *run, struct th_table *table)
{
    const char *version = number(run, (long)run->catalogue->version);
    if (th_format_is_for_people(run->format))
        version = th_arena_printf(run->arena, "%s %s",
                                  th_word(TH_WORD_CATALOGUE_VERSION_TITLE, run->language), version);
    th_table_note(table, "catalogue_version", version);
}

static enum th_status list_forms(struct catalogue_run *run, struct th_error *error)
{
    const char *language = run->language;
    const struct th_column columns[] = {
        {.name = "code", .heading = th_word(TH_WORD_CODE, language)},
        {.name = "name", .heading = th_word(TH_WORD_NAME, language), .wrap = true},
        {.name = "filled_by", .heading = th_word(TH_WORD_FILLED_BY, language)},
        {.name = "frequency", .heading = th_word(TH_WORD_FREQUENCY, language)},
        {.name = "due_days", .heading = in_days(run, TH_WORD_DUE), .right = true},
        {.name = "lock_days", .heading = in_days(run, TH_WORD_LOCKED), .right = true},
        {.name = "criteria", .heading = th_word(TH_WORD_CRITERIA, language), .right = true},
    };
    const size_t count = sizeof(columns) / sizeof(columns[0]);
    struct th_table *table = th_table_create(run->out, run->format, NULL, columns, count);
    note_version(run, table);
    for (size_t i = 0; i < run->catalogue->form_count; i++) {
        const struct th_form *form = &run->catalogue->forms[i];
        const char *filler = form->by_province ? "province" : "district";
        enum th_word word = form->by_province ? TH_WORD_PROVINCE : TH_WORD_DISTRICT;
        const char *cells[] = {form->code,
                               th_name_in(form->name, language),
                               filler,
                               th_frequency_name(form->frequency),
                               number(run, form->due_days),
                               form->has_lock ? number(run, form->lock_days) : "",
                               number(run, (long)form->criterion_count)};
        const char *people[] = {NULL,
                                NULL,
                                th_word(word, language),
                                th_people_frequency(form->frequency, language),
                                days(run, form->due_days),
                                form->has_lock ? days(run, form->lock_days) : NULL,
                                NULL};
        th_table_row(table, cells, people);
    }
    return th_table_finish(&table, error);
}

#define TARGET 7 /* the column of list_criteria */

static void add_criterion(struct catalogue_run *run, struct th_table *table,
                          const struct th_criterion *criterion)
{
    char target[TH_DECIMAL_TEXT] = "";
    const char *language = run->language;
    if (criterion->has_target)
        th_decimal_format(criterion->target, target);
    const char *cells[] = {criterion->group->code,
                           criterion->code,
                           th_name_in(criterion->name, language),
                           th_kind_name(criterion->kind),
                           th_name_in(criterion->unit, language),
                           th_time_agg_name(criterion->time_agg),
                           th_district_agg_name(criterion->district_agg),
                           target,
                           criterion->weight ? number(run, criterion->weight) : "",
                           criterion->required ? "yes" : "no"};
    const char *people[] = {th_name_in(criterion->group->name, language),
                            NULL,
                            NULL,
                            NULL,
                            NULL,
                            NULL,
                            NULL,
                            *target ? th_people_value(criterion, target, language, run->arena)
                                    : NULL,
                            NULL,
                            th_word(criterion->required ? TH_WORD_YES : TH_WORD_NO, language)};
    if (criterion->percent && criterion->kind == TH_KIND_RATIO)
        th_table_cell(table, TARGET, TH_CELL_PERCENT);
    th_table_row(table, cells, people);
}

static enum th_status list_criteria(struct catalogue_run *run, const char *code,
                                    struct th_error *error)
{
    const char *language = run->language;
    const struct th_form *form = th_catalogue_form(run->catalogue, th_slice_of(code));
    if (!form)
        return th_error_set(error, TH_REJECTED,
                            "form.unknown: the catalogue has no form '%.80s'; 'tonghop catalogue' "
                            "lists them",
                            code);
    const struct th_column columns[] = {
        {.name = "group", .heading = th_word(TH_WORD_GROUP, language), .wrap = true},
        {.name = "code", .heading = th_word(TH_WORD_CODE, language)},
        {.name = "name", .heading = th_word(TH_WORD_NAME, language), .wrap = true},
        {.name = "kind", .heading = th_word(TH_WORD_KIND, language)},
        {.name = "unit", .heading = th_word(TH_WORD_UNIT, language), .wrap = true},
        {.name = "time_agg"},
        {.name = "district_agg"},
        {.name = "target", .heading = th_word(TH_WORD_TARGET, language), .right = true},
        {.name = "weight"},
        {.name = "required", .heading = th_word(TH_WORD_REQUIRED, language)},
    };
    const char *title = th_name_in(form->name, language);
    struct th_table *table = th_table_create(run->out, run->format, title, columns,
                                             sizeof(columns) / sizeof(columns[0]));
    note_version(run, table);
    for (size_t i = 0; i < form->criterion_count; i++)
        add_criterion(run, table, &form->criteria[i]);
    return th_table_finish(&table, error);
}

static enum th_status write_folder(struct catalogue_run *run, const char *folder,
                                   struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer content = {0};
    enum th_status status = TH_OK;
    size_t count = 0;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return th_error_set(error, TH_USAGE, "cannot make folder '%s': %m", folder);
    for (const char *const *name = th_catalogue_file_names; *name && status == TH_OK; name++) {
        char path[TH_PATH_MAX];
        int size = snprintf(path, sizeof(path), "%s/%s", folder, *name);
        if (size < 0 || (size_t)size >= sizeof(path))
            return th_error_set(error, TH_USAGE, "the path of '%s' is too long", folder);
        th_buffer_clear(&content);
        th_catalogue_write(run->catalogue, *name, &content);
        status = th_file_write(path, content.bytes ? content.bytes : "", content.size, 0644, error);
        count++;
    }
    if (status == TH_OK)
        fprintf(stderr, "tonghop: %zu files of catalogue version %llu are in %s\n", count,
                (unsigned long long)run->catalogue->version, folder);
    return status;
}

enum th_status th_catalogue_run(void *context, const struct th_command_line *line,
                                struct th_error *error)
{
    struct catalogue_run run = {.arena = th_arena_create(0)};
    struct th_output output = {0};
    const char *form = th_command_option(line, "form");
    const char *folder = th_command_option(line, "output-folder");
    run.session.interrupt_fd = -1;
    enum th_status status = th_cli_format(line, &run.format, error);
    if (status == TH_OK)
        status = th_session_open(context, &run.session, error);
    if (status == TH_OK)
        status = th_output_open(&output, th_command_option(line, "output"), error);
    if (status == TH_OK) {
        run.catalogue = run.session.catalogue;
        run.language = run.session.language;
        run.out = output.file;
        if (folder)
            status = write_folder(&run, folder, error);
        else
            status = form ? list_criteria(&run, form, error) : list_forms(&run, error);
        status = th_output_close(&output, status, error);
    }
    th_session_close(&run.session, status);
    th_arena_destroy(&run.arena);
    return status;
}
