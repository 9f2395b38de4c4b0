#include <string.h>

#include "commission/cli/asking.h"
#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/figure_table.h"
#include "commission/cli/kept_answer.h"
#include "commission/cli/output.h"
#include "commission/cli/people.h"
#include "commission/cli/session.h"
#include "common/base/clock.h"
#include "common/wire/message.h"

const char th_consolidated_help[] =
    "Consolidated figures of one or several forms for any period: of every district, and of the "
    "province as '*'. Counts and amounts add up, ratios are combined by their numerators and "
    "denominators, never by their quotients. Beside each figure stands how many reports it rests "
    "on, of how many that were expected.\n"
    "\n"
    "Examples:\n"
    "  The month, as a table:\n"
    "    tonghop consolidated --form joint-agency --period 2024-03\n"
    "  The first quarter of the province alone, as CSV:\n"
    "    tonghop consolidated --form joint-agency --period 2024-Q1 \\\n"
    "        --district province --format csv -o quarter.csv\n"
    "  Month by month since January, one criterion of two districts:\n"
    "    tonghop consolidated --form joint-agency --period 2024-06 --ytd --by period \\\n"
    "        --district 193,194 --criterion tasks-on-time\n"
    "  The figures as they stood at the end of 5 April, for ever the same:\n"
    "    tonghop consolidated --form joint-agency --period 2024-03 --as-of 2024-04-05\n"
    "  Which communes apply the model:\n"
    "    tonghop consolidated --form concurrent-post --period 2024-Q1 \\\n"
    "        --criterion applying-list --members\n";

enum {
    FORM,
    PERIOD,
    DISTRICT,
    CRITERION,
    KIND,
    REPORTED,
    EXPECTED,
    NOT_APPLICABLE,
    NUM,
    DEN,
    VALUE,
    CHOICE,
    MEMBERS,
    COLUMNS
};

static const struct th_column columns[COLUMNS] = {
    [FORM] = {.name = "form"},         [PERIOD] = {.name = "period"},
    [DISTRICT] = {.name = "district"}, [CRITERION] = {.name = "criterion"},
    [KIND] = {.name = "kind"},         [REPORTED] = {.name = "reported"},
    [EXPECTED] = {.name = "expected"}, [NOT_APPLICABLE] = {.name = "not_applicable"},
    [NUM] = {.name = "num"},           [DEN] = {.name = "den"},
    [VALUE] = {.name = "value"},       [CHOICE] = {.name = "choice"},
    [MEMBERS] = {.name = "members"},
};

/* One run of the command. */
struct consolidated {
    struct th_session session;
    struct th_consolidated_options options;
    struct th_output output;
    struct th_kept_answer answer; /* as of an instant: kept whole, for its catalogue */
    struct th_arena *arena, *row_arena;
    const struct th_catalogue *catalogue; /* that the answer is given by */
    const struct th_form *form;           /* of the answer being received */
    struct th_figure_table *people;       /* --format table: one a form */
    struct th_table *machine;             /* csv and json: one for all */
    int64_t answered_at_us;               /* or the instant that it is as of */
};

static enum th_status take_head(struct consolidated *run, const Tonghop__V1__AnswerHead *head,
                                struct th_error *error)
{
    char instant[40];
    const struct th_catalogue *catalogue = run->catalogue;
    /* Names and kinds come from our copy: it must be the one that was answered by. */
    if (head->catalogue_version != catalogue->version)
        return th_error_set(error, TH_RETRY,
                            "the province's catalogue has just changed; ask again");
    run->form = th_catalogue_form(catalogue, th_bytes_slice(head->form));
    run->answered_at_us = head->as_of_us ? head->as_of_us : head->answered_at_us;
    if (!run->form)
        return th_error_set(error, TH_PERMANENT,
                            "the answer is about a form that was not asked for");
    /* Made here, so that a refused question leaves standard output empty. */
    if (run->options.format != TH_FORMAT_TABLE && !run->machine) {
        run->machine = th_table_create(run->output.file, run->options.format, NULL, columns,
                                       run->options.members ? COLUMNS : COLUMNS - 1);
        th_instant_format(head->answered_at_us, instant);
        th_table_note(run->machine, "answered_at", instant);
        th_table_note(run->machine, "horizon", th_cli_instant(head->horizon_us, run->arena));
        if (head->as_of_us)
            th_table_note(run->machine, "as_of", th_cli_instant(head->as_of_us, run->arena));
        th_cli_note_void(run->machine, &run->session, run->arena);
        th_table_note(
            run->machine, "catalogue_version",
            th_arena_printf(run->arena, "%llu", (unsigned long long)head->catalogue_version));
    }
    return TH_OK;
}

static const char *text_of(struct consolidated *run, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, run->row_arena);
    return text ? text : "";
}

static const char *join_members(struct consolidated *run, const Tonghop__V1__Figure *figure)
{
    TH_CLEANUP_BUFFER struct th_buffer joined = {0};
    for (size_t i = 0; i < figure->n_member; i++) {
        if (i > 0)
            th_buffer_add_char(&joined, ' ');
        th_buffer_add(&joined, figure->member[i].data, figure->member[i].len);
    }
    return th_arena_text(run->row_arena, th_buffer_slice(&joined));
}

static enum th_status add_machine_row(struct consolidated *run, const Tonghop__V1__Figure *figure)
{
    const struct th_criterion *criterion =
        th_form_criterion(run->form, th_bytes_slice(figure->criterion));
    if (!criterion)
        return TH_PERMANENT;
    char reported[24], expected[24], not_applicable[24];
    th_arena_reset(run->row_arena);
    snprintf(reported, sizeof(reported), "%llu", (unsigned long long)figure->reported);
    snprintf(expected, sizeof(expected), "%llu", (unsigned long long)figure->expected);
    snprintf(not_applicable, sizeof(not_applicable), "%llu",
             (unsigned long long)figure->not_applicable);
    const char *cells[COLUMNS] = {
        [FORM] = run->form->code,
        [PERIOD] = text_of(run, figure->period),
        [DISTRICT] = text_of(run, figure->district),
        [CRITERION] = criterion->code,
        [KIND] = th_kind_name(criterion->kind),
        [REPORTED] = reported,
        [EXPECTED] = expected,
        [NOT_APPLICABLE] = not_applicable,
        [NUM] = text_of(run, figure->num),
        [DEN] = text_of(run, figure->den),
        [VALUE] = text_of(run, figure->value),
        [CHOICE] = text_of(run, figure->choice),
        [MEMBERS] = join_members(run, figure),
    };
    th_table_row(run->machine, cells, NULL);
    return TH_OK;
}

static enum th_status take_part(void *context, const Tonghop__V1__QueryPart *part,
                                struct th_error *error)
{
    struct consolidated *run = context;
    enum th_status status = part->head ? take_head(run, part->head, error) : TH_OK;
    for (size_t i = 0; i < part->n_figure && status == TH_OK; i++) {
        const Tonghop__V1__Figure *figure = part->figure[i];
        if (run->people)
            status = th_figure_table_add(run->people, figure) ? TH_OK : TH_PERMANENT;
        else
            status = add_machine_row(run, figure);
        if (status != TH_OK)
            return th_error_set(error, status,
                                "the answer names a criterion that the form does not have");
    }
    /* Nobody reads on: the rest need not be sent. */
    if (status == TH_OK && ferror(run->output.file))
        return th_error_set(error, TH_PERMANENT, "cannot write the result: %m");
    return status;
}

/* A table for people is made only of a form and period that the catalogue knows;
 * NULL otherwise: the answer will say what is wrong. */
static struct th_figure_table *make_people_table(struct consolidated *run, size_t position)
{
    const struct th_catalogue *catalogue = run->catalogue;
    struct th_figure_table_options options = {
        .catalogue = catalogue,
        .form = th_catalogue_form(catalogue, run->options.forms[position]),
        .language = run->session.language,
        .by_period = run->options.by_period,
        .members = run->options.members,
        .approved_only = run->options.approved_only,
        .comparable = run->options.comparable,
        .width = th_people_width(fileno(run->output.file)),
    };
    if (!options.form || th_period_parse(th_slice_of(run->options.period), catalogue->periods,
                                         catalogue->period_count, &options.period, NULL) != TH_OK)
        return NULL;
    if (run->options.year_to_date)
        th_period_to_date(&options.period);
    return th_figure_table_create(&options);
}

/* An answer as of an instant may rest on an older catalogue than ours: it is kept until
 * that is here too. */
static enum th_status ask_as_of(struct consolidated *run, size_t position,
                                Tonghop__V1__Query *query, struct th_error *error)
{
    enum th_status status = th_kept_answer_get(&run->session, query, &run->answer, error);
    if (status != TH_OK)
        return status;
    run->catalogue = run->answer.catalogue;
    if (run->options.format == TH_FORMAT_TABLE)
        run->people = make_people_table(run, position);
    for (size_t i = 0; i < run->answer.count && status == TH_OK; i++)
        status = take_part(run, run->answer.parts[i], error);
    return status;
}

static enum th_status ask_form(struct consolidated *run, size_t position,
                               const struct th_slice *criteria, size_t criterion_count,
                               struct th_error *error)
{
    const struct th_consolidated_options *options = &run->options;
    Tonghop__V1__ConsolidatedQuery question = TONGHOP__V1__CONSOLIDATED_QUERY__INIT;
    question.form = th_bytes(options->forms[position]);
    question.period = th_bytes(th_slice_of(options->period));
    question.n_district = options->district_count;
    question.district = th_asking_codes(options->districts, options->district_count, run->arena);
    question.province_only = options->province_only;
    question.n_criterion = criterion_count;
    question.criterion = th_asking_codes(criteria, criterion_count, run->arena);
    question.by_period = options->by_period;
    question.year_to_date = options->year_to_date;
    question.members = options->members;
    question.approved_only = options->approved_only;
    question.comparable = options->comparable;
    question.as_of = th_bytes(th_slice_of(options->as_of ? options->as_of : ""));
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
    query.consolidated = &question;
    return options->as_of ? ask_as_of(run, position, &query, error)
                          : th_client_query(run->session.client, &query, take_part, run, error);
}

static enum th_status answer_form(struct consolidated *run, size_t position, bool first,
                                  const struct th_slice *criteria, size_t criterion_count,
                                  struct th_error *error)
{
    run->catalogue = run->session.catalogue;
    if (run->options.format == TH_FORMAT_TABLE && !run->options.as_of)
        run->people = make_people_table(run, position);
    enum th_status status = ask_form(run, position, criteria, criterion_count, error);
    if (status == TH_OK && run->people) {
        if (!first)
            fputc('\n', run->output.file);
        status = th_figure_table_print(run->people, run->answered_at_us, run->output.file, error);
    }
    th_figure_table_destroy(&run->people);
    th_kept_answer_free(&run->answer);
    return status;
}

static enum th_status answer_forms(struct consolidated *run, struct th_error *error)
{
    const struct th_consolidated_options *options = &run->options;
    struct th_slice *criteria =
        th_arena_alloc(run->arena, (options->criterion_count + 1) * sizeof(*criteria));
    enum th_status status = TH_OK;
    bool first = true;
    for (size_t i = 0; i < options->form_count && status == TH_OK; i++) {
        size_t count;
        if (!th_consolidated_criteria(options, run->session.catalogue, i, criteria, &count))
            continue;
        status = answer_form(run, i, first, criteria, count, error);
        first = false;
    }
    return status;
}

/* Ends the machine's table; after a failure a reader of the JSON is told that rows
 * are missing, as a pipe hides the exit status. */
static enum th_status finish_machine(struct consolidated *run, enum th_status status,
                                     struct th_error *error)
{
    if (!run->machine)
        return status;
    if (status == TH_OK)
        return th_table_finish(&run->machine, error);
    th_table_note(run->machine, "incomplete", "true");
    struct th_error ignored;
    enum th_status finished = th_table_finish(&run->machine, &ignored);
    (void)finished;
    return status;
}

enum th_status th_consolidated_run(void *context, const struct th_command_line *line,
                                   struct th_error *error)
{
    struct consolidated run = {.arena = th_arena_create(0), .row_arena = th_arena_create(0)};
    run.session.interrupt_fd = -1;
    enum th_status status = th_consolidated_options_read(line, run.arena, &run.options, error);
    if (status == TH_OK)
        status = th_session_open(context, &run.session, error);
    if (status == TH_OK)
        status = th_output_open(&run.output, run.options.output, error);
    if (status == TH_OK) {
        status = answer_forms(&run, error);
        status = finish_machine(&run, status, error);
        status = th_output_close(&run.output, status, error);
    }
    th_session_close(&run.session, status);
    th_arena_destroy(&run.arena);
    th_arena_destroy(&run.row_arena);
    return status;
}
