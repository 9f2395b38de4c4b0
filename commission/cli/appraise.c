/* tonghop appraise: a form that the province fills about a district. */
#include "commission/cli/appraise.h"

#include <string.h>

#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/kept_answer.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"

#define ARENA_LIMIT ((size_t)64 << 20)

const char th_appraise_help[] =
    "Fills a form of the province about a district (filled_by = province in the catalogue): reads "
    "a report file, CSV or JSON as the districts' are, with a line 'district,D', applies the same "
    "rules as the province, and submits it as the next revision. It enters the district's ledger "
    "like any report; the signature of the receipt is checked, and report and receipt are kept "
    "in the state folder under appraisals/. It takes the role approver or admin.\n"
    "\n"
    "A file that says the same as the current revision adds nothing and fetches its receipt "
    "again, so that asking once more after a failure is harmless. With problems that are errors "
    "nothing is sent; they are listed with line and column, and the exit status is 4.\n"
    "\n"
    "CSV and JSON have the columns\n"
    "    district, form, period, revision, outcome (accepted, unchanged, rejected),\n"
    "    epoch, sequence (of the district's ledger), at\n"
    "\n"
    "Examples:\n"
    "    tonghop appraise --template joint-agency-appraisal 2024-H1 194\n"
    "    tonghop appraise --check joint-agency-appraisal-2024-H1-194.csv\n"
    "    tonghop appraise joint-agency-appraisal-2024-H1-194.csv\n";

const struct th_option th_appraise_option_table[] = {
    {"check", 0, NULL, "list the file's problems and send nothing"},
    {"template", 0, NULL, "write a sheet to fill in, with what was said before"},
    {"output", 'o', "FILE", "of the sheet; default FORM-PERIOD-DISTRICT.csv, '-': standard output"},
    {"separator", 0, "CHAR", "of the sheet: ',' (default) or ';' (with decimal commas)"},
    {"force", 0, NULL, "write over a sheet that exists"},
    {"format", 0, "FORMAT", "table (the default), csv or json"},
    {NULL, 0, NULL, NULL},
};

enum { DISTRICT, DISTRICT_NAME, FORM, PERIOD, REVISION, OUTCOME, EPOCH, SEQUENCE, AT, COLUMNS };

static enum th_status print_result(const struct th_appraisal *appraisal, struct th_error *error)
{
    const char *language = appraisal->session.language;
    struct th_arena *arena = appraisal->arena;
    const struct th_column columns[COLUMNS] = {
        [DISTRICT] = {.name = "district", .heading = th_word(TH_WORD_CODE, language)},
        [DISTRICT_NAME] = {.name = "district_name",
                           .heading = th_word(TH_WORD_DISTRICT, language),
                           .people_only = true},
        [FORM] = {.name = "form", .heading = th_word(TH_WORD_FORM, language)},
        [PERIOD] = {.name = "period", .heading = th_word(TH_WORD_PERIOD, language)},
        [REVISION] = {.name = "revision",
                      .heading = th_word(TH_WORD_REVISION, language),
                      .right = true},
        [OUTCOME] = {.name = "outcome", .heading = th_word(TH_WORD_OUTCOME, language)},
        [EPOCH] = {.name = "epoch", .machine_only = true},
        [SEQUENCE] = {.name = "sequence",
                      .heading = th_word(TH_WORD_SEQUENCE, language),
                      .right = true},
        [AT] = {.name = "at", .heading = th_word(TH_WORD_WHEN, language)},
    };
    char local[40];
    bool rejected = appraisal->rejected, again = appraisal->unchanged;
    const char *outcome = rejected ? "rejected" : again ? "unchanged" : "accepted";
    enum th_word word = rejected ? TH_WORD_OUTCOME_REFUSED
                        : again  ? TH_WORD_NO_CHANGE
                                 : TH_WORD_RECEIVED;
    th_instant_format_local(appraisal->at_us, local);
    struct th_table *table = th_table_create(stdout, appraisal->format, NULL, columns, COLUMNS);
    const char *cells[COLUMNS] = {
        [DISTRICT] = appraisal->report.district->code,
        [DISTRICT_NAME] = th_name_in(appraisal->report.district->name, language),
        [FORM] = appraisal->report.form->code,
        [PERIOD] = appraisal->period,
        [REVISION] = th_arena_printf(arena, "%u", appraisal->revision),
        [OUTCOME] = outcome,
        [EPOCH] = rejected ? "" : th_arena_printf(arena, "%u", appraisal->epoch),
        [SEQUENCE] =
            rejected ? "" : th_arena_printf(arena, "%llu", (unsigned long long)appraisal->sequence),
        [AT] = th_cli_instant(appraisal->at_us, arena),
    };
    const char *people[COLUMNS] = {
        [PERIOD] =
            th_people_period(appraisal->session.catalogue, appraisal->period, language, arena),
        [OUTCOME] = th_word(word, language),
        [AT] = local,
    };
    th_table_row(table, cells, people);
    return th_table_finish(&table, error);
}

static enum th_status check_only(struct th_appraisal *appraisal, struct th_error *error)
{
    const struct th_problem_list *problems = &appraisal->problems;
    enum th_status status = th_appraisal_print_problems(appraisal, stdout, error);
    if (status != TH_OK)
        return status;
    fflush(stdout);
    fprintf(stderr, "tonghop: %s: %s, errors: %zu, warnings: %zu\n", appraisal->path,
            problems->errors == 0 ? "fit to be submitted" : "not fit to be submitted",
            problems->errors, problems->count - problems->errors);
    return problems->errors == 0 ? TH_OK : TH_REJECTED;
}

static enum th_status refuse(struct th_appraisal *appraisal, struct th_error *error)
{
    enum th_status status = th_appraisal_print_problems(appraisal, stdout, error);
    return status == TH_OK ? th_error_set(error, TH_REJECTED, "%s has %zu errors; nothing was sent",
                                          appraisal->path, appraisal->problems.errors)
                           : status;
}

static enum th_status submit(struct th_appraisal *appraisal, struct th_error *error)
{
    enum th_status status = th_appraisal_send(appraisal, error);
    if (status == TH_OK)
        status = print_result(appraisal, error);
    /* For people below the result; a program reads the result alone. */
    if (status == TH_OK) {
        fflush(stdout);
        appraisal->format = TH_FORMAT_TABLE;
        status = th_appraisal_print_problems(appraisal, stderr, error);
    }
    if (status == TH_OK && appraisal->rejected)
        status = th_error_set(error, TH_REJECTED, "the province rejected %s", appraisal->path);
    return status;
}

static enum th_status run(struct th_appraisal *appraisal, const struct th_command_line *line,
                          struct th_error *error)
{
    if (th_command_option(line, "template"))
        return th_appraisal_template(appraisal, line, error);
    if (line->argument_count != 1)
        return th_error_set(error, TH_USAGE, "one FILE at a time; see 'tonghop appraise --help'");
    enum th_status status = th_appraisal_read(appraisal, line->arguments[0], error);
    if (status != TH_OK)
        return status;
    if (th_command_option(line, "check"))
        return check_only(appraisal, error);
    return appraisal->problems.errors > 0 ? refuse(appraisal, error) : submit(appraisal, error);
}

enum th_status th_appraise_run(void *context, const struct th_command_line *line,
                               struct th_error *error)
{
    struct th_appraisal appraisal = {.arena = th_arena_create(ARENA_LIMIT)};
    appraisal.session.interrupt_fd = -1;
    enum th_status status = th_cli_format(line, &appraisal.format, error);
    if (status == TH_OK && th_command_option(line, "template") && th_command_option(line, "check"))
        status = th_error_set(error, TH_USAGE, "--template and --check exclude each other");
    if (status == TH_OK)
        status = th_session_open(context, &appraisal.session, error);
    if (status == TH_OK)
        status = run(&appraisal, line, error);
    th_session_close(&appraisal.session, status);
    th_buffer_free(&appraisal.file);
    th_buffer_free(&appraisal.body);
    th_arena_destroy(&appraisal.arena);
    return status;
}
