/* tonghop history: the revisions of one report, what each changed, and what was done to it. */
#include <string.h>

#include "commission/cli/changes.h"
#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/kept_answer.h"
#include "commission/cli/output.h"
#include "commission/cli/people.h"
#include "commission/cli/report.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/wire/message.h"

const char th_history_help[] =
    "The revisions of one report, oldest first, and what each changed: a line for each criterion "
    "with its value before and after. A revision replaces the whole report, so a value that it "
    "leaves out is gone. Behind each revision stands what was done to it: who approved, returned "
    "or reopened it, when, and why.\n"
    "\n"
    "CSV and JSON have the columns\n"
    "    revision, accepted_at, origin (wire, import, restored), epoch, sequence (of the\n"
    "    district's ledger), complete (yes, no), catalogue_version, criterion,\n"
    "    before, after, act (approved, returned, reopened), at (its instant),\n"
    "    account, role, open_until, comment\n"
    "with one line a change; a revision that changed no value has one line with criterion empty. "
    "An act has one line with its comment, and one for each criterion that it comments on. "
    "A ratio is written 3/4, not applicable n/a, a missing value is empty.\n"
    "\n"
    "Examples:\n"
    "    tonghop history --form joint-agency --period 2024-03 --district 194\n"
    "  As it was known at the end of 5 April:\n"
    "    tonghop history --form joint-agency --period 2024-03 --district 194 --as-of 2024-04-05\n";

const struct th_option th_history_option_table[] = {
    {"form", 'f', "FORM", "code of the form"},
    {"period", 'p', "P", "base period of the report (2024-03)"},
    {"district", 'd', "D", "code of the district"},
    {"as-of", 0, "T", "what was accepted by T: 2024-04-05T10:00:00+07:00, or 2024-04-05"},
    {"format", 0, "FORMAT", "table (the default), csv, json or xlsx"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

enum {
    REVISION,
    ACCEPTED_AT,
    ORIGIN,
    EPOCH,
    SEQUENCE,
    COMPLETE,
    CATALOGUE_VERSION,
    CRITERION,
    BEFORE,
    AFTER,
    ACT,
    AT,
    ACCOUNT,
    ROLE,
    OPEN_UNTIL,
    COMMENT,
    COLUMNS
};

struct history {
    struct th_session session;
    struct th_output output;
    struct th_kept_answer answer;
    const char *form, *period, *district, *as_of;
    enum th_format format;
    struct th_column columns[COLUMNS];
    struct th_table *table;
    struct th_arena *arena;
};

static enum th_status read_options(struct history *run, const struct th_command_line *line,
                                   struct th_error *error)
{
    run->form = th_command_option(line, "form");
    run->period = th_command_option(line, "period");
    run->district = th_command_option(line, "district");
    run->as_of = th_command_option(line, "as-of");
    if (!run->form || !run->period || !run->district)
        return th_error_set(error, TH_USAGE,
                            "give form, period and district: tonghop history --form FORM --period "
                            "2024-03 --district 194");
    if (run->as_of && !*run->as_of)
        return th_error_set(error, TH_USAGE, "--as-of needs an instant or a date, like 2024-04-05");
    return th_cli_format(line, &run->format, error);
}

static enum th_status ask(struct history *run, struct th_error *error)
{
    Tonghop__V1__ReportQuery question = TONGHOP__V1__REPORT_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    question.form = th_bytes(th_slice_of(run->form));
    question.period = th_bytes(th_slice_of(run->period));
    question.district = th_bytes(th_slice_of(run->district));
    question.as_of = th_bytes(th_slice_of(run->as_of ? run->as_of : ""));
    question.all_revisions = true;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT;
    query.report = &question;
    return th_kept_answer_get(&run->session, &query, &run->answer, error);
}

/* Nobody wants to read two empty columns. */
static bool has_steps(const struct history *run)
{
    for (size_t i = 0; i < run->answer.count; i++)
        for (size_t j = 0; j < run->answer.parts[i]->n_report; j++)
            if (run->answer.parts[i]->report[j]->n_step > 0)
                return true;
    return false;
}

static void make_table(struct history *run)
{
    static const struct {
        const char *name;
        enum th_word heading;
        bool right, machine_only, wrap;
    } plan[COLUMNS] = {
        [REVISION] = {"revision", TH_WORD_REVISION, true, false, false},
        [ACCEPTED_AT] = {"accepted_at", TH_WORD_ACCEPTED_AT, false, false, false},
        [ORIGIN] = {"origin", TH_WORD_ORIGIN, false, false, false},
        [EPOCH] = {"epoch", TH_WORD_SEQUENCE, true, true, false},
        [SEQUENCE] = {"sequence", TH_WORD_SEQUENCE, true, true, false},
        [COMPLETE] = {"complete", TH_WORD_COMPLETE, false, false, false},
        [CATALOGUE_VERSION] = {"catalogue_version", TH_WORD_CATALOGUE_VERSION_TITLE, true, true,
                               false},
        [CRITERION] = {"criterion", TH_WORD_CRITERION, false, false, true},
        [BEFORE] = {"before", TH_WORD_BEFORE, false, false, true},
        [AFTER] = {"after", TH_WORD_AFTER, false, false, true},
        [ACT] = {"act", TH_WORD_STATE, false, true, false},
        [AT] = {"at", TH_WORD_WHEN, false, true, false},
        [ACCOUNT] = {"account", TH_WORD_ACCOUNT, false, false, false},
        [ROLE] = {"role", TH_WORD_ACCOUNT, false, true, false},
        [OPEN_UNTIL] = {"open_until", TH_WORD_WHEN, false, true, false},
        [COMMENT] = {"comment", TH_WORD_COMMENT, false, false, true},
    };
    const struct th_catalogue *catalogue = run->answer.catalogue;
    const char *language = run->session.language;
    const struct th_form *form = th_catalogue_form(catalogue, th_slice_of(run->form));
    for (size_t i = 0; i < COLUMNS; i++)
        run->columns[i] = (struct th_column){.name = plan[i].name,
                                             .heading = th_word(plan[i].heading, language),
                                             .right = plan[i].right,
                                             .wrap = plan[i].wrap,
                                             .machine_only = plan[i].machine_only,
                                             .cell = i == ACCEPTED_AT || i == AT || i == OPEN_UNTIL
                                                         ? TH_CELL_INSTANT
                                                         : TH_CELL_BY_COLUMN};
    run->columns[ACCOUNT].machine_only = run->columns[COMMENT].machine_only = !has_steps(run);
    /* On a terminal a line above its changes says what a revision is. */
    if (run->format == TH_FORMAT_TABLE)
        run->columns[REVISION].machine_only = run->columns[ACCEPTED_AT].machine_only =
            run->columns[ORIGIN].machine_only = run->columns[COMPLETE].machine_only = true;
    const char *title = th_arena_printf(
        run->arena, "%s — %s — %s", form ? th_name_in(form->name, language) : run->form,
        th_people_period(catalogue, run->period, language, run->arena),
        th_people_district(catalogue, run->district, language));
    run->table = th_table_create(run->output.file, run->format, title, run->columns, COLUMNS);
    int64_t at_us = run->answer.as_of_us ? run->answer.as_of_us : run->answer.answered_at_us;
    char local[40];
    th_instant_format_local(at_us, local);
    th_table_note(
        run->table, run->answer.as_of_us ? "as_of" : "answered_at",
        th_format_is_for_people(run->format)
            ? th_arena_printf(run->arena, "%s %s", th_word(TH_WORD_AS_OF, language), local)
            : th_cli_instant(at_us, run->arena));
    th_cli_note_void(run->table, run->format, th_client_void_span(run->session.client), run->arena);
}

/* Codes of choices and communes may look like numbers. */
static bool is_number(const struct th_observation *observation)
{
    return !observation || observation->answer == TH_ANSWER_NUMBER;
}

static const char *complete_for_people(const struct history *run,
                                       const struct th_stored_report *stored)
{
    return th_word(stored->complete ? TH_WORD_YES : TH_WORD_NO, run->session.language);
}

/* "▪ Lần gửi 2: 28/11/2026 11:52, gửi trực tuyến; đầy đủ: có", on a terminal. */
static void add_revision_line(struct history *run, const struct th_stored_report *stored)
{
    char local[40];
    const char *language = run->session.language;
    th_instant_format_local(stored->accepted_at_us, local);
    th_table_group(
        run->table, CRITERION,
        th_arena_printf(run->arena, "▪ %s %u: %s, %s; %s: %s", th_word(TH_WORD_REVISION, language),
                        stored->report.revision, local, th_stored_report_origin(stored, language),
                        th_word(TH_WORD_COMPLETE, language), complete_for_people(run, stored)));
}

/* The line of one change; `change` NULL: the revision changed no value. */
static void add_line(struct history *run, const struct th_stored_report *stored,
                     const struct th_value_change *change)
{
    char local[40];
    const char *language = run->session.language;
    struct th_arena *arena = run->arena;
    const struct th_form *form = stored->report.form;
    const struct th_criterion *criterion =
        change && form ? th_form_criterion(form, change->criterion) : NULL;
    th_instant_format_local(stored->accepted_at_us, local);
    const char *cells[COLUMNS] = {
        [REVISION] = th_arena_printf(arena, "%u", stored->report.revision),
        [ACCEPTED_AT] = th_cli_instant(stored->accepted_at_us, arena),
        [ORIGIN] = stored->origin,
        [EPOCH] = th_arena_printf(arena, "%u", stored->epoch),
        [SEQUENCE] = th_arena_printf(arena, "%llu", (unsigned long long)stored->sequence),
        [COMPLETE] = stored->complete ? "yes" : "no",
        [CATALOGUE_VERSION] =
            th_arena_printf(arena, "%llu", (unsigned long long)stored->catalogue_version),
        [CRITERION] = change ? th_arena_text(arena, change->criterion) : "",
        [BEFORE] = change ? th_changes_text(change->before, arena) : "",
        [AFTER] = change ? th_changes_text(change->after, arena) : "",
    };
    const char *people[COLUMNS] = {
        [ACCEPTED_AT] = local,
        [ORIGIN] = th_stored_report_origin(stored, language),
        [COMPLETE] = complete_for_people(run, stored),
        [CRITERION] = criterion ? th_people_criterion(criterion, language, arena) : NULL,
        [BEFORE] = change ? th_changes_people(change->before, language, arena) : NULL,
        [AFTER] = change ? th_changes_people(change->after, language, arena) : NULL,
    };
    if (!change)
        people[CRITERION] = th_word(TH_WORD_NO_CHANGE, language);
    else if (is_number(change->before) && is_number(change->after))
        for (size_t i = BEFORE; i <= AFTER; i++)
            th_table_cell(run->table, i, TH_CELL_NUMBER);
    for (int i = ACT; i < COLUMNS; i++)
        cells[i] = "";
    th_table_row(run->table, cells, people);
}

static const char *text_of(struct history *run, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, run->arena);
    return text ? text : "";
}

/* The name of an act by the state that it leads to. */
static const char *act_name(const char *to_state)
{
    return strcmp(to_state, "received") == 0 ? "reopened" : to_state;
}

static const char *act_for_people(const char *to_state, const char *language)
{
    return th_word(strcmp(to_state, "approved") == 0   ? TH_WORD_APPROVED
                   : strcmp(to_state, "returned") == 0 ? TH_WORD_RETURNED
                                                       : TH_WORD_REOPENED,
                   language);
}

/* One line of an act; `on` NULL: about the whole report, where for people the act stands. */
static void add_step_line(struct history *run, const struct th_stored_report *stored,
                          const Tonghop__V1__StateStep *step,
                          const Tonghop__V1__CriterionComment *on)
{
    char local[40];
    const char *language = run->session.language, *to_state = text_of(run, step->to_state);
    struct th_arena *arena = run->arena;
    const char *account = text_of(run, step->account), *role = text_of(run, step->role);
    const struct th_form *form = stored->report.form;
    const struct th_criterion *criterion =
        on && form ? th_form_criterion(form, th_bytes_slice(on->criterion)) : NULL;
    th_instant_format_local(step->at_us, local);
    const char *cells[COLUMNS] = {
        [REVISION] = th_arena_printf(arena, "%u", stored->report.revision),
        [ACCEPTED_AT] = "",
        [ORIGIN] = "",
        [EPOCH] = "",
        [SEQUENCE] = "",
        [COMPLETE] = "",
        [CATALOGUE_VERSION] = "",
        [CRITERION] = on ? text_of(run, on->criterion) : "",
        [BEFORE] = "",
        [AFTER] = "",
        [ACT] = act_name(to_state),
        [AT] = th_cli_instant(step->at_us, arena),
        [ACCOUNT] = account,
        [ROLE] = role,
        [OPEN_UNTIL] = step->open_until_us ? th_cli_instant(step->open_until_us, arena) : "",
        [COMMENT] = text_of(run, on ? on->text : step->comment),
    };
    const char *people[COLUMNS] = {
        [REVISION] = "",
        [ACCEPTED_AT] = on ? "" : local,
        [CRITERION] =
            criterion ? th_people_criterion(criterion, language, arena)
            : on      ? NULL
            : run->format == TH_FORMAT_TABLE
                ? th_arena_printf(arena, "%s, %s", act_for_people(to_state, language), local)
                : act_for_people(to_state, language),
        [ACCOUNT] = on ? "" : th_arena_printf(arena, "%s (%s)", account, role),
    };
    th_table_row(run->table, cells, people);
}

static void add_steps(struct history *run, const struct th_stored_report *stored,
                      const Tonghop__V1__StoredReport *wire)
{
    for (size_t i = 0; i < wire->n_step; i++) {
        add_step_line(run, stored, wire->step[i], NULL);
        for (size_t j = 0; j < wire->step[i]->n_criterion_comment; j++)
            add_step_line(run, stored, wire->step[i], wire->step[i]->criterion_comment[j]);
    }
}

static void add_revision(struct history *run, const struct th_stored_report *before,
                         const struct th_stored_report *stored)
{
    struct th_value_change *changes;
    size_t count =
        th_changes_find(before ? &before->report : NULL, &stored->report, run->arena, &changes);
    th_table_rule(run->table);
    if (run->format == TH_FORMAT_TABLE)
        add_revision_line(run, stored);
    if (count == 0)
        add_line(run, stored, NULL);
    for (size_t i = 0; i < count; i++)
        add_line(run, stored, &changes[i]);
}

static enum th_status print(struct history *run, struct th_error *error)
{
    struct th_stored_report *before = NULL;
    enum th_status status = TH_OK;
    make_table(run);
    for (size_t i = 0; i < run->answer.count; i++) {
        const Tonghop__V1__QueryPart *part = run->answer.parts[i];
        for (size_t j = 0; j < part->n_report && status == TH_OK; j++) {
            struct th_stored_report *stored = th_arena_alloc(run->arena, sizeof(*stored));
            status = th_stored_report_open(part->report[j], run->answer.catalogue, run->arena,
                                           stored, error);
            if (status != TH_OK)
                break;
            /* The same revision again: acts that did not fit with the others. */
            if (!before || before->report.revision != stored->report.revision)
                add_revision(run, before, stored);
            add_steps(run, stored, part->report[j]);
            before = stored;
        }
    }
    struct th_error why = {0};
    enum th_status finished = th_table_finish(&run->table, &why);
    if (status == TH_OK && finished != TH_OK)
        status = th_error_set(error, finished, "%s", why.message);
    return status;
}

enum th_status th_history_run(void *context, const struct th_command_line *line,
                              struct th_error *error)
{
    struct history run = {.arena = th_arena_create(0)};
    run.session.interrupt_fd = -1;
    enum th_status status = read_options(&run, line, error);
    if (status == TH_OK)
        status = th_session_open(context, &run.session, error);
    if (status == TH_OK)
        status = ask(&run, error);
    if (status == TH_OK)
        status = th_output_open(&run.output, th_command_option(line, "output"), error);
    if (status == TH_OK)
        status = th_output_close(&run.output, print(&run, error), error);
    th_kept_answer_free(&run.answer);
    th_session_close(&run.session, status);
    th_arena_destroy(&run.arena);
    return status;
}
