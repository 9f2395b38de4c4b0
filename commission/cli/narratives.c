#include <string.h>

#include "commission/cli/asking.h"
#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/kept_answer.h"
#include "commission/cli/people.h"
#include "commission/cli/streamed.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/wire/message.h"

#define GROUP_MARK "▪ "
#define INDENT     4

const char th_narratives_help[] =
    "What the districts wrote: achievements, shortcomings, causes, proposals, by criterion and "
    "then by district, so that they can be read side by side. With --notes also the notes that "
    "stand "
    "beside any answer, and why something is not applicable.\n"
    "\n"
    "Examples:\n"
    "    tonghop narratives --form concurrent-post --period 2024-Q1\n"
    "    tonghop narratives --form concurrent-post --period 2024 --criterion proposals \\\n"
    "        --format csv -o proposals.csv\n"
    "    tonghop narratives --form joint-agency --period 2024-03 --notes --as-of 2024-04-20\n";

const struct th_option th_narratives_option_table[] = {
    {"form", 'f', "FORM", "code of the form"},
    {"period", 'p', "P", "any period: 2024-Q1, 2024, 2023..2024 or a named one"},
    {"district", 'd', "D[,D...]", "codes; default: all"},
    {"criterion", 0, "C[,C...]", "criteria, by their codes; default: all"},
    {"group", 'g', "G[,G...]", "groups of criteria, by their codes; default: all"},
    {"notes", 0, NULL, "notes of every answer and reasons of n/a as well"},
    {"approved-only", 0, NULL, "leave out reports that are not approved"},
    {"as-of", 0, "T", "as they stood at T: 2024-04-05T10:00:00+07:00, or 2024-04-05 for its end"},
    {"format", 0, "FORMAT", "table (the default), csv, json or xlsx"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

enum { FORM, PERIOD, DISTRICT, CRITERION, KIND, TEXT, STATE, COLUMNS };

static const struct th_column columns[COLUMNS] = {
    [FORM] = {.name = "form"},         [PERIOD] = {.name = "period"},
    [DISTRICT] = {.name = "district"}, [CRITERION] = {.name = "criterion"},
    [KIND] = {.name = "kind"},         [TEXT] = {.name = "text"},
    [STATE] = {.name = "state"},
};

struct narratives {
    struct th_session session;
    struct th_output output;
    struct th_streamed streamed;
    struct th_arena *arena, *row_arena;
    const struct th_form *form;
    const char *period, *as_of;
    enum th_format format;
    Tonghop__V1__NarrativesQuery question;

    struct th_table *machine;             /* csv and json */
    const struct th_criterion *criterion; /* whose heading was printed last */
    char place[400];                      /* district and period printed last */
    size_t width, count;
    int64_t answered_at_us;
};

static enum th_status read_codes(struct narratives *run, const struct th_command_line *line,
                                 const char *name, ProtobufCBinaryData **codes, size_t *count,
                                 struct th_error *error)
{
    struct th_slice *items = NULL;
    enum th_status status = th_cli_list(line, name, run->arena, &items, count, error);
    if (*count == 1 && strcmp(name, "district") == 0 && th_slice_equals(items[0], "all"))
        *count = 0;
    if (status == TH_OK)
        *codes = th_asking_codes(items, *count, run->arena);
    return status;
}

static enum th_status read_options(struct narratives *run, const struct th_command_line *line,
                                   struct th_error *error)
{
    Tonghop__V1__NarrativesQuery *question = &run->question;
    const char *form = th_command_option(line, "form");
    tonghop__v1__narratives_query__init(question);
    run->period = th_command_option(line, "period");
    run->as_of = th_command_option(line, "as-of");
    if (!form || !run->period)
        return th_error_set(
            error, TH_USAGE,
            "give a form and a period: tonghop narratives --form FORM --period 2024-Q1");
    if (run->as_of && !*run->as_of)
        return th_error_set(error, TH_USAGE, "--as-of needs an instant or a date, like 2024-04-05");
    question->form = th_bytes(th_slice_of(form));
    question->period = th_bytes(th_slice_of(run->period));
    question->as_of = th_bytes(th_slice_of(run->as_of ? run->as_of : ""));
    question->notes = th_command_option(line, "notes") != NULL;
    question->approved_only = th_command_option(line, "approved-only") != NULL;
    enum th_status status = th_cli_format(line, &run->format, error);
    if (status == TH_OK)
        status =
            read_codes(run, line, "district", &question->district, &question->n_district, error);
    if (status == TH_OK)
        status =
            read_codes(run, line, "criterion", &question->criterion, &question->n_criterion, error);
    if (status == TH_OK)
        status = read_codes(run, line, "group", &question->group, &question->n_group, error);
    return status;
}

/* ------------------------------------------------------------------ people */

/* A paragraph a line of the text, broken to the width. */
static void print_text(struct narratives *run, const char *text, size_t indent)
{
    size_t width = run->width > indent + 20 ? run->width - indent : 20;
    text = th_text_safe(text, run->row_arena);
    while (*text) {
        size_t size = strcspn(text, "\r\n");
        const char *line = th_arena_text(run->row_arena, (struct th_slice){text, size});
        size_t most = size + 1;
        struct th_slice *lines = th_arena_alloc(run->row_arena, most * sizeof(*lines));
        size_t count = th_people_wrap(line, width, lines, most);
        for (size_t i = 0; i < count; i++)
            fprintf(run->output.file, "%*s%.*s\n", (int)indent, "", (int)lines[i].size,
                    lines[i].bytes);
        text += size;
        text += strspn(text, "\r\n");
    }
}

static void print_heading(struct narratives *run)
{
    const char *language = run->session.language;
    const char *period =
        th_people_period(run->streamed.catalogue, run->period, language, run->arena);
    print_text(run, th_name_in(run->form->name, language), 0);
    fprintf(run->output.file, "%s\n", period);
}

static void print_narrative(struct narratives *run, const struct th_criterion *criterion,
                            const char *const cells[COLUMNS])
{
    const char *language = run->session.language;
    const struct th_catalogue *catalogue = run->streamed.catalogue;
    FILE *out = run->output.file;
    if (criterion != run->criterion) {
        fputc('\n', out);
        print_text(
            run,
            th_arena_printf(run->row_arena, GROUP_MARK "%s", th_name_in(criterion->name, language)),
            0);
        run->place[0] = '\0';
    }
    run->criterion = criterion;
    const char *place = th_arena_printf(
        run->row_arena, "%s, %s", th_people_district(catalogue, cells[DISTRICT], language),
        th_people_period(catalogue, cells[PERIOD], language, run->row_arena));
    if (strcmp(place, run->place) != 0)
        print_text(run, place, INDENT / 2);
    snprintf(run->place, sizeof(run->place), "%s", place);
    const char *text = cells[TEXT];
    if (strcmp(cells[KIND], "text") != 0)
        text = th_arena_printf(
            run->row_arena, "%s: %s",
            th_word(strcmp(cells[KIND], "note") == 0 ? TH_WORD_NOTE : TH_WORD_REASON, language),
            text);
    print_text(run, text, INDENT);
}

static void print_end(struct narratives *run)
{
    char instant[40];
    const char *language = run->session.language;
    FILE *out = run->output.file;
    fputc('\n', out);
    if (run->count == 0)
        fprintf(out, "%s\n", th_word(TH_WORD_NO_NARRATIVE, language));
    if (run->question.approved_only)
        fprintf(out, "%s\n", th_word(TH_WORD_APPROVED_ONLY, language));
    th_instant_format_local(run->answered_at_us, instant);
    fprintf(out, "%s %s; %s %llu\n", th_word(TH_WORD_AS_OF, language), instant,
            th_word(TH_WORD_CATALOGUE_VERSION, language),
            (unsigned long long)run->streamed.catalogue->version);
}

/* ------------------------------------------------------------------ answer */

/* At the first part, so that a refused question leaves the output empty. */
static enum th_status begin(struct narratives *run, const Tonghop__V1__AnswerHead *head,
                            struct th_error *error)
{
    char instant[40];
    run->form = th_catalogue_form(run->streamed.catalogue, th_bytes_slice(head->form));
    run->answered_at_us = head->as_of_us ? head->as_of_us : head->answered_at_us;
    if (!run->form)
        return th_error_set(error, TH_PERMANENT,
                            "the answer is about a form that was not asked for");
    if (run->format == TH_FORMAT_TABLE) {
        print_heading(run);
        return TH_OK;
    }
    run->machine = th_table_create(run->output.file, run->format, NULL, columns, COLUMNS);
    th_instant_format(run->answered_at_us, instant);
    th_table_note(run->machine, head->as_of_us ? "as_of" : "answered_at", instant);
    th_cli_note_void(run->machine, run->format, th_client_void_span(run->session.client),
                     run->arena);
    th_table_note(run->machine, "catalogue_version",
                  th_arena_printf(run->arena, "%llu", (unsigned long long)head->catalogue_version));
    return TH_OK;
}

static const char *text_of(struct narratives *run, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, run->row_arena);
    return text ? text : "";
}

static enum th_status add(struct narratives *run, const Tonghop__V1__Narrative *narrative,
                          struct th_error *error)
{
    const struct th_criterion *criterion =
        th_form_criterion(run->form, th_bytes_slice(narrative->criterion));
    if (!criterion)
        return th_error_set(error, TH_PERMANENT,
                            "the answer names a criterion that the form does not have");
    th_arena_reset(run->row_arena);
    const char *cells[COLUMNS] = {
        [FORM] = run->form->code,
        [PERIOD] = text_of(run, narrative->period),
        [DISTRICT] = text_of(run, narrative->district),
        [CRITERION] = criterion->code,
        [KIND] = text_of(run, narrative->kind),
        [TEXT] = text_of(run, narrative->text),
        [STATE] = text_of(run, narrative->state),
    };
    run->count++;
    if (run->machine)
        th_table_row(run->machine, cells, NULL);
    else
        print_narrative(run, criterion, cells);
    return TH_OK;
}

static enum th_status take_part(void *context, const Tonghop__V1__QueryPart *part,
                                struct th_error *error)
{
    struct narratives *run = context;
    enum th_status status = part->head ? begin(run, part->head, error) : TH_OK;
    for (size_t i = 0; i < part->n_narrative && status == TH_OK; i++)
        status = add(run, part->narrative[i], error);
    /* Nobody reads on: the rest need not be sent. */
    if (status == TH_OK && ferror(run->output.file))
        return th_error_set(error, TH_PERMANENT, "cannot write the result: %m");
    return status;
}

static enum th_status answer(struct narratives *run, struct th_error *error)
{
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_NARRATIVES;
    query.narratives = &run->question;
    run->streamed.session = &run->session;
    run->width = th_people_width(fileno(run->output.file));
    enum th_status status = th_streamed_ask(&run->streamed, &query, take_part, run, error);
    if (status == TH_OK && run->format == TH_FORMAT_TABLE)
        print_end(run);
    if (!run->machine)
        return status;
    if (status == TH_OK)
        return th_table_finish(&run->machine, error);
    struct th_error ignored;
    th_table_note(run->machine, "incomplete", "true");
    enum th_status finished = th_table_finish(&run->machine, &ignored);
    (void)finished;
    return status;
}

enum th_status th_narratives_run(void *context, const struct th_command_line *line,
                                 struct th_error *error)
{
    struct narratives run = {.arena = th_arena_create(0), .row_arena = th_arena_create(0)};
    run.session.interrupt_fd = -1;
    enum th_status status = read_options(&run, line, error);
    if (status == TH_OK)
        status = th_session_open(context, &run.session, error);
    if (status == TH_OK)
        status = th_output_open(&run.output, th_command_option(line, "output"), error);
    if (status == TH_OK) {
        status = answer(&run, error);
        status = th_output_close(&run.output, status, error);
    }
    th_streamed_free(&run.streamed);
    th_session_close(&run.session, status);
    th_arena_destroy(&run.arena);
    th_arena_destroy(&run.row_arena);
    return status;
}
