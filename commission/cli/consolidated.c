#include <string.h>

#include "commission/cli/asking.h"
#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/figure_table.h"
#include "commission/cli/official.h"
#include "commission/cli/people.h"
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
    "  As offices write it: this period, cumulative, last year, change, target:\n"
    "    tonghop consolidated --form joint-agency --period 2024-Q1 --layout official \\\n"
    "        --format xlsx -o quarter.xlsx\n"
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
    struct th_asking asking;
    struct th_consolidated_options options;
    struct th_figure_table *people; /* --format table: one a form */
};

static const char *text_of(struct consolidated *run, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, run->asking.row_arena);
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
    return th_arena_text(run->asking.row_arena, th_buffer_slice(&joined));
}

static enum th_status add_machine_row(struct consolidated *run, const Tonghop__V1__Figure *figure)
{
    const struct th_criterion *criterion =
        th_form_criterion(run->asking.form, th_bytes_slice(figure->criterion));
    if (!criterion)
        return TH_PERMANENT;
    char reported[24], expected[24], not_applicable[24];
    th_arena_reset(run->asking.row_arena);
    snprintf(reported, sizeof(reported), "%llu", (unsigned long long)figure->reported);
    snprintf(expected, sizeof(expected), "%llu", (unsigned long long)figure->expected);
    snprintf(not_applicable, sizeof(not_applicable), "%llu",
             (unsigned long long)figure->not_applicable);
    const char *cells[COLUMNS] = {
        [FORM] = run->asking.form->code,
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
    th_table_row(run->asking.machine, cells, NULL);
    return TH_OK;
}

/* The table of the answer that begins; NULL when our catalogue does not know the period. */
static struct th_figure_table *make_people_table(struct consolidated *run)
{
    const struct th_catalogue *catalogue = run->asking.catalogue;
    struct th_figure_table_options options = {
        .catalogue = catalogue,
        .form = run->asking.form,
        .language = run->asking.session.language,
        .by_period = run->options.by_period,
        .members = run->options.members,
        .approved_only = run->options.approved_only,
        .comparable = run->options.comparable,
        .width = th_people_width(fileno(run->asking.output.file)),
    };
    if (th_period_parse(th_slice_of(run->options.period), catalogue->periods,
                        catalogue->period_count, &options.period, NULL) != TH_OK)
        return NULL;
    if (run->options.year_to_date)
        th_period_to_date(&options.period);
    return th_figure_table_create(&options);
}

static enum th_status take_head(struct consolidated *run, const Tonghop__V1__AnswerHead *head,
                                struct th_error *error)
{
    enum th_status status = th_asking_head(&run->asking, head, error);
    if (status != TH_OK || run->asking.format != TH_FORMAT_TABLE)
        return status;
    run->people = make_people_table(run);
    return run->people ? TH_OK
                       : th_error_set(error, TH_RETRY,
                                      "the province's catalogue has just changed; ask again");
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
    if (status == TH_OK && ferror(run->asking.output.file))
        return th_error_set(error, TH_PERMANENT, "cannot write the result: %m");
    return status;
}

static enum th_status answer_form(struct consolidated *run,
                                  Tonghop__V1__ConsolidatedQuery *question, bool first,
                                  struct th_error *error)
{
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
    query.consolidated = question;
    enum th_status status = th_asking_ask(&run->asking, &query, take_part, run, error);
    if (status == TH_OK && run->people) {
        if (!first)
            fputc('\n', run->asking.output.file);
        status = th_figure_table_print(run->people, th_asking_instant(&run->asking),
                                       run->asking.output.file, error);
    }
    th_figure_table_destroy(&run->people);
    return status;
}

static enum th_status answer_forms(struct consolidated *run, struct th_error *error)
{
    const struct th_consolidated_options *options = &run->options;
    enum th_status status = TH_OK;
    bool first = true;
    for (size_t i = 0; i < options->form_count && status == TH_OK; i++) {
        Tonghop__V1__ConsolidatedQuery question;
        if (!th_consolidated_question(options, run->asking.session.catalogue, i, run->asking.arena,
                                      &question))
            continue;
        status = answer_form(run, &question, first, error);
        first = false;
    }
    return status;
}

enum th_status th_consolidated_run(void *context, const struct th_command_line *line,
                                   struct th_error *error)
{
    struct consolidated run = {.asking = {.columns = columns}};
    th_asking_init(&run.asking);
    enum th_status status =
        th_consolidated_options_read(line, run.asking.arena, &run.options, error);
    run.asking.format = run.options.format;
    run.asking.as_of = run.options.as_of;
    run.asking.approved_only = run.options.approved_only;
    run.asking.comparable = run.options.comparable;
    run.asking.column_count = run.options.members ? COLUMNS : COLUMNS - 1;
    if (status == TH_OK)
        status = th_asking_open(&run.asking, context, run.options.output, error);
    if (status == TH_OK)
        status = run.options.official ? th_official_answer(&run.asking, &run.options, error)
                                      : answer_forms(&run, error);
    return th_asking_close(&run.asking, status, error);
}
