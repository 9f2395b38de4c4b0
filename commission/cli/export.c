#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "commission/cli/asking.h"
#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/export_dhis2.h"
#include "commission/cli/kept_answer.h"
#include "commission/cli/report.h"
#include "commission/cli/streamed.h"
#include "common/base/clock.h"
#include "common/base/progress.h"
#include "common/domain/dhis2.h"
#include "common/domain/report_file.h"
#include "common/wire/message.h"

const char th_export_help[] =
    "Every value of the current reports of a form and period, a line each, as "
    "'tonghop-collector import' reads them: what is exported here and imported elsewhere gives "
    "the same figures. received_at is when the report came, which decides whether it was on "
    "time.\n"
    "\n"
    "With --format dhis2: data values for DHIS2's Web API (POST dataValueSets with idScheme=CODE), "
    "of the reports or of the consolidated figures; docs/dhis2.md says which data elements they "
    "need.\n"
    "\n"
    "Examples:\n"
    "    tonghop export --form joint-agency --period 2024 -o 2024.csv\n"
    "    tonghop export --form joint-agency --period 2024-Q1 --format dhis2 -o reports.json\n"
    "    tonghop export --form joint-agency --period 2024-Q1 --format dhis2 \\\n"
    "        --figures consolidated -o quarter.json\n";

const struct th_option th_export_option_table[] = {
    {"form", 'f', "FORM", "code of the form"},
    {"period", 'p', "P", "any period: 2024-03, 2024-Q1, 2024, 2023..2024 or a named one"},
    {"district", 'd', "D[,D...]",
     "codes; 'all' (the default); of consolidated figures also 'province'"},
    {"as-of", 0, "T", "as it stood at T: 2024-04-05T10:00:00+07:00, or 2024-04-05 for its end"},
    {"approved-only", 0, NULL, "leave out reports that are not approved"},
    {"figures", 0, "WHICH", "with dhis2: reports (the default) or consolidated"},
    {"by", 0, "period", "with consolidated: a figure for each base period"},
    {"omit-not-applicable", 0, NULL, "with dhis2: leave out answers n/a, and say how many"},
    {"format", 0, "FORMAT", "csv (the default), json or dhis2"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

enum { DISTRICT, FORM, PERIOD, CRITERION, VALUE, OF, NOTE, RECEIVED_AT, COLUMNS };

static const struct th_column columns[COLUMNS] = {
    [DISTRICT] = {.name = "district"}, [FORM] = {.name = "form"},
    [PERIOD] = {.name = "period"},     [CRITERION] = {.name = "criterion"},
    [VALUE] = {.name = "value"},       [OF] = {.name = "of"},
    [NOTE] = {.name = "note"},         [RECEIVED_AT] = {.name = "received_at"},
};

struct export_options {
    const char *form, *period, *output, *as_of;
    struct th_slice *districts;
    size_t district_count;
    bool approved_only, dhis2, consolidated, by_period, province_only, omit_not_applicable;
    enum th_format format;
};

struct export
{
    struct th_session session;
    struct export_options options;
    struct th_output output;
    struct th_streamed streamed;
    struct th_arena *arena, *row_arena;
    struct th_table *table; /* csv and json */
    struct th_export_dhis2 dhis2;
    bool begun;
    uint64_t count; /* reports or figures that came */
    struct th_progress progress;
};

/* ----------------------------------------------------------------- options */

static enum th_status read_which(const struct th_command_line *line, struct export_options *options,
                                 struct th_error *error)
{
    const char *format = th_command_option(line, "format");
    const char *figures = th_command_option(line, "figures");
    const char *by = th_command_option(line, "by");
    options->format = TH_FORMAT_CSV;
    options->dhis2 = format && strcmp(format, "dhis2") == 0;
    if (format && !options->dhis2 &&
        (!th_format_parse(format, &options->format) || options->format == TH_FORMAT_TABLE ||
         options->format == TH_FORMAT_XLSX))
        return th_error_set(error, TH_USAGE, "--format must be csv, json or dhis2, not '%.40s'",
                            format);
    options->consolidated = figures && strcmp(figures, "consolidated") == 0;
    if (figures && !options->consolidated && strcmp(figures, "reports") != 0)
        return th_error_set(error, TH_USAGE, "--figures takes reports or consolidated, not '%.40s'",
                            figures);
    if (options->consolidated && !options->dhis2)
        return th_error_set(error, TH_USAGE,
                            "--figures consolidated is for --format dhis2; other formats have "
                            "'tonghop consolidated --format csv'");
    options->omit_not_applicable = th_command_option(line, "omit-not-applicable") != NULL;
    if (options->omit_not_applicable && (!options->dhis2 || options->consolidated))
        return th_error_set(error, TH_USAGE,
                            "--omit-not-applicable is for reports with --format dhis2");
    if (by && (strcmp(by, "period") != 0 || !options->consolidated))
        return th_error_set(error, TH_USAGE,
                            "--by period is for --figures consolidated; reports are by period");
    options->by_period = by != NULL;
    return TH_OK;
}

static enum th_status read_districts(const struct th_command_line *line, struct th_arena *arena,
                                     struct export_options *options, struct th_error *error)
{
    enum th_status status =
        th_cli_list(line, "district", arena, &options->districts, &options->district_count, error);
    if (status != TH_OK || options->district_count == 0)
        return status;
    bool alone = options->district_count == 1;
    if (alone && th_slice_equals(options->districts[0], "all"))
        options->district_count = 0;
    if (alone && options->consolidated && th_slice_equals(options->districts[0], "province")) {
        options->district_count = 0;
        options->province_only = true;
    }
    return TH_OK;
}

static enum th_status read_options(const struct th_command_line *line, struct th_arena *arena,
                                   struct export_options *options, struct th_error *error)
{
    options->form = th_command_option(line, "form");
    options->period = th_command_option(line, "period");
    options->output = th_command_option(line, "output");
    options->as_of = th_command_option(line, "as-of");
    options->approved_only = th_command_option(line, "approved-only") != NULL;
    if (!options->form || !options->period)
        return th_error_set(error, TH_USAGE,
                            "give a form and a period: tonghop export --form FORM --period 2024");
    if (options->as_of && !*options->as_of)
        return th_error_set(error, TH_USAGE, "--as-of needs an instant or a date, like 2024-04-05");
    enum th_status status = read_which(line, options, error);
    return status == TH_OK ? read_districts(line, arena, options, error) : status;
}

/* ----------------------------------------------------------------- reports */

/* At the first part, so that a refused question leaves the output empty. */
static void begin(struct export *export)
{
    if (export->begun)
        return;
    export->begun = true;
    if (export->options.dhis2)
        th_export_dhis2_begin(&export->dhis2, export->options.form);
    else
        export->table =
            th_table_create(export->output.file, export->options.format, NULL, columns, COLUMNS);
    if (export->table)
        th_cli_note_void(export->table, export->options.format,
                         th_client_void_span(export->session.client), export->arena);
}

static const char *text_of(struct export *export, struct th_slice text)
{
    const char *kept = th_arena_text(export->row_arena, text);
    return kept ? kept : "";
}

static void add_rows(struct export *export, const struct th_stored_report *stored)
{
    char received_at[40] = "";
    const struct th_report *report = &stored->report;
    bool imported = strcmp(stored->origin, "import") == 0;
    int64_t received_us = imported ? stored->received_at_us : stored->accepted_at_us;
    if (received_us != 0)
        th_instant_format(received_us, received_at);
    const char *cells[COLUMNS] = {[DISTRICT] = stored->district,
                                  [FORM] = stored->form,
                                  [PERIOD] = stored->period,
                                  [RECEIVED_AT] = received_at};
    for (size_t i = 0; i < report->observation_count; i++) {
        TH_CLEANUP_BUFFER struct th_buffer value = {0}, of = {0};
        const struct th_observation *observation = &report->observations[i];
        th_report_cell_write(observation, '.', &value, &of);
        cells[CRITERION] = text_of(export, observation->criterion_code);
        cells[VALUE] = value.bytes;
        cells[OF] = of.bytes;
        cells[NOTE] =
            text_of(export, observation->answer == TH_ANSWER_NOT_APPLICABLE ? observation->text
                                                                            : observation->note);
        th_table_row(export->table, cells, NULL);
    }
    /* An empty report was received all the same: a line that answers nothing. */
    if (report->observation_count == 0 && report->form) {
        cells[CRITERION] = report->form->criteria[0].code;
        th_table_row(export->table, cells, NULL);
    }
}

static enum th_status add_data_values(struct export *export, const struct th_stored_report *stored,
                                      struct th_error *error)
{
    struct th_period period;
    char spelled[TH_PERIOD_TEXT];
    if (th_period_parse(th_slice_of(stored->period), NULL, 0, &period, NULL) != TH_OK ||
        !th_dhis2_period_write(&period, spelled))
        return th_error_set(error, TH_PERMANENT, "a stored report has no base period");
    for (size_t i = 0; i < stored->report.observation_count; i++)
        th_export_dhis2_observation(&export->dhis2,
                                    (struct th_dhis2_place){spelled, stored->district},
                                    &stored->report.observations[i]);
    return TH_OK;
}

static enum th_status add_report(struct export *export, const Tonghop__V1__StoredReport *wire,
                                 struct th_error *error)
{
    struct th_stored_report stored;
    th_arena_reset(export->row_arena);
    enum th_status status =
        th_stored_report_open(wire, export->streamed.catalogue, export->row_arena, &stored, error);
    if (status != TH_OK)
        return status;
    if (export->options.approved_only && !*stored.state)
        return th_error_set(error, TH_REJECTED,
                            "this province does not tell states as of an instant: leave out "
                            "--approved-only or --as-of");
    if (export->options.approved_only && strcmp(stored.state, "approved") != 0)
        return TH_OK;
    export->count++;
    if (export->options.dhis2)
        return add_data_values(export, &stored, error);
    add_rows(export, &stored);
    return TH_OK;
}

/* ----------------------------------------------------------------- figures */

static const char *member_list(struct export *export, const Tonghop__V1__Figure *figure)
{
    TH_CLEANUP_BUFFER struct th_buffer joined = {0};
    for (size_t i = 0; i < figure->n_member; i++) {
        if (i > 0)
            th_buffer_add_char(&joined, ' ');
        th_buffer_add(&joined, figure->member[i].data, figure->member[i].len);
    }
    return text_of(export, th_buffer_slice(&joined));
}

static const char *wire_text(struct export *export, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, export->row_arena);
    return text ? text : "";
}

static enum th_status add_figure(struct export *export, const Tonghop__V1__Figure *wire,
                                 struct th_error *error)
{
    struct th_period period;
    char spelled[TH_PERIOD_TEXT];
    const struct th_catalogue *catalogue = export->streamed.catalogue;
    const struct th_form *form = th_catalogue_form(catalogue, th_slice_of(export->options.form));
    th_arena_reset(export->row_arena);
    const struct th_dhis2_figure figure = {
        .criterion = form ? th_form_criterion(form, th_bytes_slice(wire->criterion)) : NULL,
        .num = wire_text(export, wire->num),
        .den = wire_text(export, wire->den),
        .value = wire_text(export, wire->value),
        .choice = wire_text(export, wire->choice),
        .members = member_list(export, wire),
    };
    const char *unit = wire_text(export, wire->district);
    if (strcmp(unit, "*") == 0)
        unit = th_client_greeting(export->session.client)->province;
    if (!figure.criterion || th_period_parse(th_bytes_slice(wire->period), catalogue->periods,
                                             catalogue->period_count, &period, NULL) != TH_OK)
        return th_error_set(error, TH_PERMANENT,
                            "the answer names a criterion or period that the form does not have");
    if (!th_dhis2_period_write(&period, spelled))
        return th_error_set(error, TH_USAGE,
                            "DHIS2 has no period for %s; ask for a day, month, quarter, half or "
                            "year, or add --by period",
                            period.id);
    export->count++;
    th_export_dhis2_figure(&export->dhis2, (struct th_dhis2_place){spelled, unit}, &figure);
    return TH_OK;
}

/* ------------------------------------------------------------------ asking */

static enum th_status take_part(void *context, const Tonghop__V1__QueryPart *part,
                                struct th_error *error)
{
    struct export *export = context;
    enum th_status status = TH_OK;
    begin(export);
    for (size_t i = 0; i < part->n_report && status == TH_OK; i++)
        status = add_report(export, part->report[i], error);
    for (size_t i = 0; i < part->n_figure && status == TH_OK; i++)
        status = add_figure(export, part->figure[i], error);
    th_progress_step(&export->progress, export->count);
    /* Nobody reads on: the rest need not be sent. */
    if (status == TH_OK && ferror(export->output.file))
        return th_error_set(error, TH_PERMANENT, "cannot write the result: %m");
    return status;
}

static enum th_status ask(struct export *export, struct th_error *error)
{
    const struct export_options *options = &export->options;
    ProtobufCBinaryData form = th_bytes(th_slice_of(options->form));
    ProtobufCBinaryData period = th_bytes(th_slice_of(options->period));
    ProtobufCBinaryData as_of = th_bytes(th_slice_of(options->as_of ? options->as_of : ""));
    ProtobufCBinaryData *districts =
        th_asking_codes(options->districts, options->district_count, export->arena);
    Tonghop__V1__ReportListQuery list = TONGHOP__V1__REPORT_LIST_QUERY__INIT;
    Tonghop__V1__ConsolidatedQuery figures = TONGHOP__V1__CONSOLIDATED_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    if (options->consolidated) {
        figures.form = form;
        figures.period = period;
        figures.as_of = as_of;
        figures.n_district = options->district_count;
        figures.district = districts;
        figures.province_only = options->province_only;
        figures.by_period = options->by_period;
        figures.members = true;
        figures.approved_only = options->approved_only;
        query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
        query.consolidated = &figures;
    } else {
        list.form = form;
        list.period = period;
        list.as_of = as_of;
        list.n_district = options->district_count;
        list.district = districts;
        query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT_LIST;
        query.report_list = &list;
    }
    return th_streamed_ask(&export->streamed, &query, take_part, export, error);
}

static enum th_status finish(struct export *export, enum th_status status, struct th_error *error)
{
    struct th_error ignored;
    if (export->table && status != TH_OK)
        th_table_note(export->table, "incomplete", "true");
    if (export->table) {
        enum th_status finished =
            th_table_finish(&export->table, status == TH_OK ? error : &ignored);
        status = status == TH_OK ? finished : status;
    }
    /* What ended early is left without its end: a reader of JSON finds out. */
    if (export->options.dhis2 && export->begun && status == TH_OK)
        th_export_dhis2_end(&export->dhis2);
    return status;
}

static void tell(const struct export *export)
{
    if (export->dhis2.omitted > 0)
        fprintf(stderr, "tonghop: %" PRIu64 " answers n/a were left out\n", export->dhis2.omitted);
    if (export->count == 0)
        fprintf(stderr, "tonghop: there is no %s for this form and period\n",
                export->options.consolidated ? "figure" : "report");
}

enum th_status th_export_run(void *context, const struct th_command_line *line,
                             struct th_error *error)
{
    struct export export = {.arena = th_arena_create(0), .row_arena = th_arena_create(0)};
    export.session.interrupt_fd = -1;
    enum th_status status = read_options(line, export.arena, &export.options, error);
    if (status == TH_OK)
        status = th_session_open(context, &export.session, error);
    if (status == TH_OK)
        status = th_output_open(&export.output, export.options.output, error);
    if (status == TH_OK) {
        export.streamed.session = &export.session;
        export.dhis2.out = export.output.file;
        export.dhis2.omit_not_applicable = export.options.omit_not_applicable;
        th_progress_begin(&export.progress, "Exporting", 0);
        /* Not into the midst of rows that are shown. */
        export.progress.terminal = export.progress.terminal && !isatty(fileno(export.output.file));
        status = ask(&export, error);
        status = finish(&export, status, error);
        th_progress_end(&export.progress);
        status = th_output_close(&export.output, status, error);
    }
    if (status == TH_OK)
        tell(&export);
    th_streamed_free(&export.streamed);
    th_session_close(&export.session, status);
    th_arena_destroy(&export.arena);
    th_arena_destroy(&export.row_arena);
    return status;
}
