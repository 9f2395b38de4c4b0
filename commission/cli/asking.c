#include "commission/cli/asking.h"
#include "commission/cli/kept_answer.h"

#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/wire/message.h"

#define TITLE_LINES 16

void th_asking_init(struct th_asking *asking)
{
    asking->arena = th_arena_create(0);
    asking->row_arena = th_arena_create(0);
    asking->session.interrupt_fd = -1;
}

enum th_status th_asking_open(struct th_asking *asking, const struct th_cli_settings *settings,
                              const char *output, struct th_error *error)
{
    enum th_status status = th_session_open(settings, &asking->session, error);
    asking->catalogue = asking->session.catalogue;
    return status == TH_OK ? th_output_open(&asking->output, output, error) : status;
}

/* Made at the first head, so that a refused question leaves standard output empty. */
static void begin_machine(struct th_asking *asking)
{
    asking->machine = th_table_create(asking->output.file, asking->format, NULL, asking->columns,
                                      asking->column_count);
    if (asking->format == TH_FORMAT_XLSX)
        asking->sheet =
            th_sheet_create(asking->columns, asking->column_count, asking->session.language);
    th_asking_machine_notes(asking, asking->machine);
}

enum th_status th_asking_head(struct th_asking *asking, const Tonghop__V1__AnswerHead *head,
                              struct th_error *error)
{
    /* Names and kinds come from our copy, as of an instant from the one of then: it must be
     * the one that was answered by. */
    if (asking->as_of)
        asking->catalogue = asking->streamed.catalogue;
    if (head->catalogue_version != asking->catalogue->version)
        return th_error_set(error, TH_RETRY,
                            "the province's catalogue has just changed; ask again");
    const struct th_form *former = asking->form;
    asking->form = th_catalogue_form(asking->catalogue, th_bytes_slice(head->form));
    asking->period = th_asking_text(asking, head->period);
    asking->answered_at_us = head->answered_at_us;
    asking->horizon_us = head->horizon_us;
    asking->as_of_us = head->as_of_us;
    if (!asking->form)
        return th_error_set(error, TH_PERMANENT,
                            "the answer is about a form that was not asked for");
    if (asking->format != TH_FORMAT_TABLE && !asking->machine)
        begin_machine(asking);
    if (asking->sheet && asking->form != former)
        th_asking_sheet(asking, asking->machine, asking->sheet);
    return TH_OK;
}

enum th_status th_asking_ask(struct th_asking *asking, Tonghop__V1__Query *query,
                             th_client_part_fn take, void *context, struct th_error *error)
{
    if (!asking->as_of)
        return th_client_query(asking->session.client, query, take, context, error);
    asking->streamed.session = &asking->session;
    return th_streamed_ask(&asking->streamed, query, take, context, error);
}

/* After a failure a reader of the JSON is told that rows are missing, as a pipe hides
 * the exit status. */
static enum th_status finish_machine(struct th_asking *asking, enum th_status status,
                                     struct th_error *error)
{
    if (!asking->machine)
        return status;
    if (status == TH_OK)
        return th_table_finish(&asking->machine, error);
    bool people = th_format_is_for_people(asking->format);
    th_table_note(asking->machine, "incomplete",
                  people ? th_word(TH_WORD_INCOMPLETE, asking->session.language) : "true");
    struct th_error ignored;
    enum th_status finished = th_table_finish(&asking->machine, &ignored);
    (void)finished;
    return status;
}

enum th_status th_asking_close(struct th_asking *asking, enum th_status status,
                               struct th_error *error)
{
    status = finish_machine(asking, status, error);
    th_sheet_destroy(&asking->sheet);
    status = th_output_close(&asking->output, status, error);
    th_streamed_free(&asking->streamed);
    th_session_close(&asking->session, status);
    th_arena_destroy(&asking->arena);
    th_arena_destroy(&asking->row_arena);
    return status;
}

const char *th_asking_text(struct th_asking *asking, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, asking->arena);
    return text ? text : "";
}

ProtobufCBinaryData *th_asking_codes(const struct th_slice *items, size_t count,
                                     struct th_arena *arena)
{
    ProtobufCBinaryData *wire = th_arena_alloc(arena, (count + 1) * sizeof(*wire));
    for (size_t i = 0; i < count; i++)
        wire[i] = th_bytes(items[i]);
    return wire;
}

void th_asking_print_title(const struct th_asking *asking, const struct th_form *form)
{
    struct th_slice lines[TITLE_LINES];
    FILE *out = asking->output.file;
    size_t count = th_people_wrap(th_name_in(form->name, asking->session.language),
                                  th_people_width(fileno(out)), lines, TITLE_LINES);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%.*s\n", (int)lines[i].size, lines[i].bytes);
}

void th_asking_sheet(struct th_asking *asking, struct th_table *table, struct th_sheet *sheet)
{
    const char *lines[4], *language = asking->session.language;
    size_t count = 0;
    if (asking->format != TH_FORMAT_XLSX)
        return;
    th_sheet_use(sheet, asking->catalogue, asking->form);
    th_sheet_attach(sheet, table);
    lines[count++] = asking->period_title ? asking->period_title
                                          : th_people_period(asking->catalogue, asking->period,
                                                             language, asking->arena);
    if (asking->approved_only)
        lines[count++] = th_word(TH_WORD_APPROVED_ONLY, language);
    if (asking->comparable)
        lines[count++] = th_word(TH_WORD_COMPARABLE, language);
    lines[count++] = th_asking_rests_on(asking);
    th_table_sheet(table, asking->form->code, th_name_in(asking->form->name, language), lines,
                   count);
}

int64_t th_asking_instant(const struct th_asking *asking)
{
    return asking->as_of_us ? asking->as_of_us : asking->answered_at_us;
}

void th_asking_machine_notes(const struct th_asking *asking, struct th_table *table)
{
    struct th_arena *arena = asking->arena;
    th_table_note(table, "answered_at", th_cli_instant(asking->answered_at_us, arena));
    if (asking->horizon_us)
        th_table_note(table, "horizon", th_cli_instant(asking->horizon_us, arena));
    if (asking->as_of_us)
        th_table_note(table, "as_of", th_cli_instant(asking->as_of_us, arena));
    th_cli_note_void(table, asking->format, th_client_void_span(asking->session.client), arena);
    th_table_note(table, "catalogue_version",
                  th_arena_printf(arena, "%llu", (unsigned long long)asking->catalogue->version));
}

const char *th_asking_rests_on(const struct th_asking *asking)
{
    char instant[40];
    const char *language = asking->session.language;
    th_instant_format_local(th_asking_instant(asking), instant);
    return th_arena_printf(asking->arena, "%s %s; %s %llu", th_word(TH_WORD_AS_OF, language),
                           instant, th_word(TH_WORD_CATALOGUE_VERSION, language),
                           (unsigned long long)asking->catalogue->version);
}

void th_asking_note(const struct th_asking *asking, struct th_table *table)
{
    th_table_note(table, "as_of", th_asking_rests_on(asking));
}
