#include "commission/cli/report.h"

#include <string.h>

#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/kept_answer.h"
#include "commission/cli/output.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "common/wire/message.h"

const char th_report_help[] =
    "One report as it is stored: where it stands in the district's ledger, and every observation "
    "in it. Without --district: the list of the current reports of a form and period.\n"
    "\n"
    "Examples:\n"
    "    tonghop report --form joint-agency --period 2024-03\n"
    "    tonghop report --form joint-agency --period 2024-03 --district 194\n"
    "    tonghop report --form joint-agency --period 2024-02 --district 205 --revision 1\n"
    "  The exact bytes that the ledger's digest is over:\n"
    "    tonghop report --form joint-agency --period 2024-03 --district 194 \\\n"
    "        --output-bytes report.bin\n";

const struct th_option th_report_option_table[] = {
    {"form", 'f', "FORM", "code of the form"},
    {"period", 'p', "P", "base period of the report (2024-03); of a list any period"},
    {"district", 'd', "D", "code of the district; without it: the list of all"},
    {"revision", 'r', "N", "an earlier revision; default: the current one"},
    {"as-of", 0, "T", "as it stood at T: 2024-04-05T10:00:00+07:00, or 2024-04-05 for its end"},
    {"output-bytes", 0, "FILE", "write the report's exact bytes to FILE"},
    {"format", 0, "FORMAT", "table (the default), csv, json or xlsx"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

struct report_options {
    const char *form, *period, *district, *bytes, *output, *as_of;
    uint32_t revision;
    enum th_format format;
};

struct report_run {
    struct th_session session;
    struct report_options options;
    struct th_output output;
    struct th_arena *arena, *row_arena;
    struct th_kept_answer answer;         /* as of an instant: kept whole, for its catalogue */
    const struct th_catalogue *catalogue; /* that the answer is given by */
    struct th_report_list *list;          /* NULL: one report */
    int64_t as_of_us;
    size_t shown;
};

static enum th_status read_options(const struct th_command_line *line,
                                   struct report_options *options, struct th_error *error)
{
    const char *revision = th_command_option(line, "revision");
    options->form = th_command_option(line, "form");
    options->period = th_command_option(line, "period");
    options->district = th_command_option(line, "district");
    options->bytes = th_command_option(line, "output-bytes");
    options->output = th_command_option(line, "output");
    options->as_of = th_command_option(line, "as-of");
    if (!options->form || !options->period)
        return th_error_set(
            error, TH_USAGE,
            "give a form and a period: tonghop report --form FORM --period 2024-03");
    if (options->as_of && !*options->as_of)
        return th_error_set(error, TH_USAGE, "--as-of needs an instant or a date, like 2024-04-05");
    if (!options->district && (revision || options->bytes))
        return th_error_set(error, TH_USAGE,
                            "--revision and --output-bytes are about one report; add --district");
    if (revision) {
        struct th_decimal number;
        if (th_decimal_parse(th_slice_of(revision), '.', &number) != TH_DECIMAL_FINE ||
            number.scale != 0 || number.unscaled < 1 || number.unscaled > UINT32_MAX)
            return th_error_set(error, TH_USAGE, "--revision must be 1, 2, 3 ..., not '%.40s'",
                                revision);
        options->revision = (uint32_t)number.unscaled;
    }
    return th_cli_format(line, &options->format, error);
}

static const char *copy(ProtobufCBinaryData data, struct th_arena *arena)
{
    const char *text = th_bytes_text(data, 256, arena);
    return text ? text : "";
}

static const char *text_of(struct th_slice slice, struct th_arena *arena)
{
    const char *text = th_arena_text(arena, slice);
    return text ? text : "";
}

enum th_status th_stored_report_open(const Tonghop__V1__StoredReport *wire,
                                     const struct th_catalogue *catalogue, struct th_arena *arena,
                                     struct th_stored_report *stored, struct th_error *error)
{
    uint8_t digest[TH_HASH_BYTES];
    struct th_problem_list problems = {.arena = arena};
    struct th_slice body = th_bytes_slice(wire->body);
    *stored = (struct th_stored_report){
        .origin = copy(wire->origin, arena),
        .state = copy(wire->state, arena),
        .epoch = wire->epoch,
        .sequence = wire->sequence,
        .catalogue_version = wire->catalogue_version,
        .accepted_at_us = wire->accepted_at_us,
        .received_at_us = wire->received_at_us,
        .complete = wire->complete,
        .current = wire->current,
    };
    th_sha256(body.bytes, body.size, digest);
    if (wire->digest.len != sizeof(digest) ||
        memcmp(wire->digest.data, digest, sizeof(digest)) != 0)
        return th_error_set(error, TH_PERMANENT,
                            "the bytes of a report are not those that its digest was made of");
    th_text_to_hex(digest, sizeof(digest), stored->digest);
    stored->body = (struct th_slice){th_arena_copy(arena, body.bytes, body.size), body.size};
    if (!th_report_unpack(stored->body, arena, &stored->report, &problems))
        return th_error_set(error, TH_PERMANENT, "a stored report cannot be read");
    (void)th_report_resolve(&stored->report, catalogue, &problems);
    stored->district = text_of(stored->report.district_code, arena);
    stored->form = text_of(stored->report.form_code, arena);
    stored->period = text_of(stored->report.period_text, arena);
    return TH_OK;
}

const char *th_stored_report_state(const struct th_stored_report *stored, const char *language)
{
    if (strcmp(stored->state, "received") == 0)
        return th_word(TH_WORD_RECEIVED, language);
    if (strcmp(stored->state, "returned") == 0)
        return th_word(TH_WORD_RETURNED, language);
    if (strcmp(stored->state, "approved") == 0)
        return th_word(TH_WORD_APPROVED, language);
    return stored->current ? stored->state : th_word(TH_WORD_SUPERSEDED, language);
}

const char *th_stored_report_origin(const struct th_stored_report *stored, const char *language)
{
    if (strcmp(stored->origin, "restored") == 0)
        return th_word(TH_WORD_RESTORED, language);
    bool imported = strcmp(stored->origin, "import") == 0;
    return th_word(imported ? TH_WORD_IMPORTED : TH_WORD_WIRE, language);
}

static enum th_status show(struct report_run *run, const struct th_stored_report *stored,
                           struct th_error *error)
{
    const struct report_options *options = &run->options;
    run->shown++;
    if (run->list) {
        th_report_list_add(run->list, stored);
        return TH_OK;
    }
    if (options->bytes)
        return th_file_write(options->bytes, stored->body.bytes, stored->body.size, 0644, error);
    return th_report_show(stored, run->catalogue, run->session.language, options->format,
                          run->output.file, error);
}

static void make_list(struct report_run *run)
{
    const struct th_catalogue *catalogue = run->catalogue;
    const char *language = run->session.language;
    const struct th_form *form = th_catalogue_form(catalogue, th_slice_of(run->options.form));
    const char *name = form ? th_name_in(form->name, language) : run->options.form;
    const char *period = th_people_period(catalogue, run->options.period, language, run->arena);
    run->list = th_report_list_create(catalogue, language, run->options.format,
                                      th_arena_printf(run->arena, "%s — %s", name, period),
                                      run->output.file);
}

static enum th_status take_part(void *context, const Tonghop__V1__QueryPart *part,
                                struct th_error *error)
{
    struct report_run *run = context;
    if (part->head && !run->options.district)
        make_list(run);
    if (part->head)
        run->as_of_us = part->head->as_of_us;
    if (part->head && run->list && run->as_of_us)
        th_report_list_as_of(run->list, run->as_of_us, th_client_void_span(run->session.client));
    for (size_t i = 0; i < part->n_report; i++) {
        struct th_stored_report stored;
        th_arena_reset(run->row_arena);
        enum th_status status =
            th_stored_report_open(part->report[i], run->catalogue, run->row_arena, &stored, error);
        stored.as_of_us = run->as_of_us;
        stored.taken_back = th_client_void_span(run->session.client);
        if (status == TH_OK)
            status = show(run, &stored, error);
        if (status != TH_OK)
            return status;
    }
    return TH_OK;
}

static enum th_status ask(struct report_run *run, struct th_error *error)
{
    const struct report_options *options = &run->options;
    Tonghop__V1__ReportQuery one = TONGHOP__V1__REPORT_QUERY__INIT;
    Tonghop__V1__ReportListQuery list = TONGHOP__V1__REPORT_LIST_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    ProtobufCBinaryData as_of = th_bytes(th_slice_of(options->as_of ? options->as_of : ""));
    if (options->district) {
        one.form = th_bytes(th_slice_of(options->form));
        one.period = th_bytes(th_slice_of(options->period));
        one.district = th_bytes(th_slice_of(options->district));
        one.revision = options->revision;
        one.as_of = as_of;
        query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT;
        query.report = &one;
    } else {
        list.form = th_bytes(th_slice_of(options->form));
        list.period = th_bytes(th_slice_of(options->period));
        list.as_of = as_of;
        query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT_LIST;
        query.report_list = &list;
    }
    run->catalogue = run->session.catalogue;
    if (!options->as_of)
        return th_client_query(run->session.client, &query, take_part, run, error);
    enum th_status status = th_kept_answer_get(&run->session, &query, &run->answer, error);
    run->catalogue = run->answer.catalogue;
    for (size_t i = 0; i < run->answer.count && status == TH_OK; i++)
        status = take_part(run, run->answer.parts[i], error);
    return status;
}

static enum th_status answer(struct report_run *run, struct th_error *error)
{
    enum th_status status = ask(run, error);
    if (run->list) {
        struct th_error why = {0};
        enum th_status finished = th_report_list_finish(&run->list, &why);
        if (status == TH_OK && finished != TH_OK)
            status = th_error_set(error, finished, "%s", why.message);
    }
    th_kept_answer_free(&run->answer);
    return status;
}

enum th_status th_report_run(void *context, const struct th_command_line *line,
                             struct th_error *error)
{
    struct report_run run = {.arena = th_arena_create(0), .row_arena = th_arena_create(0)};
    run.session.interrupt_fd = -1;
    enum th_status status = read_options(line, &run.options, error);
    if (status == TH_OK)
        status = th_session_open(context, &run.session, error);
    if (status == TH_OK)
        status = th_output_open(&run.output, run.options.output, error);
    if (status == TH_OK) {
        status = answer(&run, error);
        status = th_output_close(&run.output, status, error);
    }
    if (status == TH_OK && run.options.bytes)
        fprintf(stderr, "tonghop: the report's bytes are in %s\n", run.options.bytes);
    th_session_close(&run.session, status);
    th_arena_destroy(&run.arena);
    th_arena_destroy(&run.row_arena);
    return status;
}
