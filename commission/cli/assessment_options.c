#include <string.h>
#include <strings.h>

#include "commission/cli/assessment.h"
#include "commission/cli/commands.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/csv/csv.h"

#define EXCEPTION_FILE_BYTES ((size_t)1024 * 1024)
#define EXCEPTIONS_MOST      500
#define FORMS_MOST           16

#define FIELD(name) offsetof(struct th_assessment_heading, name)

const char th_assessment_help[] =
    "The assessment of a period over several forms as one document: figures with their targets by "
    "group of criteria, ranking, completeness, what the districts recommend, their narratives, the "
    "figures of every district, and the instant and the ledger heads that all of it rests on. One "
    "HTML file without anything from outside, made to be printed on A4; or a workbook of the same, "
    "when --output ends with .xlsx, or --format xlsx, or --xlsx FILE asks for it beside the page.\n"
    "\n"
    "--kind preliminary (the default) can be made at any time; figures that rest on reports that "
    "are not approved are marked. --kind final counts approved reports only. It is refused while "
    "an expected report is missing or not approved, unless each of these is listed as an "
    "exception with its reason. Then the province keeps it, numbered, as a page and as a workbook, "
    "and --reprint gives the same bytes of either for ever; that needs the role approver or admin. "
    "--exceptions FILE is a CSV file with "
    "the columns district, form, period, reason.\n"
    "\n"
    "The heading block follows the administrative style (state) or that of the Party (party). "
    "--heading FILE has lines such as 'issuer = ...', for every option of the heading; options on "
    "the command line prevail.\n"
    "\n"
    "Examples:\n"
    "    tonghop assessment --form joint-agency,joint-agency-review --period 2023 \\\n"
    "        --output so-ket-2023.html --xlsx so-ket-2023.xlsx\n"
    "    tonghop assessment --form joint-agency --period 2023 --kind final --style party \\\n"
    "        --exception '202:joint-agency:2023-08=No report: flooded office' \\\n"
    "        --output tong-ket-2023.html\n"
    "    tonghop assessment --list\n"
    "    tonghop assessment --reprint 1 --output tong-ket-2023.xlsx\n";

const struct th_option th_assessment_option_table[] = {
    {"form", 'f', "F[,F...]", "forms, by their codes, in the order of the document"},
    {"period", 'p', "P", "any period: 2023, 2024-H1, 2024-9M, term-2020-2025, 2020..2025"},
    {"kind", 0, "KIND", "preliminary (the default) or final"},
    {"as-of", 0, "T", "figures as they stood at T; default: now, once that is settled"},
    {"exception", 0, "D:F:P=REASON...",
     "a final one does without this report: district, form, base period and why"},
    {"exceptions", 0, "FILE", "the same from a CSV file"},
    {"style", 0, "STYLE", "heading of state (the default) or party"},
    {"superior", 0, "TEXT", "the body above the one that issues it"},
    {"issuer", 0, "TEXT", "the body that issues it"},
    {"number", 0, "TEXT", "its number, such as 15/BC-BCĐ; default: left blank"},
    {"place", 0, "TEXT", "place of issue"},
    {"date", 0, "DATE", "date of issue; default: the day of the figures"},
    {"subject", 0, "TEXT", "what the report is about, below its name"},
    {"recipients", 0, "TEXT...", "a recipient, one line each"},
    {"signature", 0, "TEXT", "office of who signs, such as Trưởng ban; the name is left blank"},
    {"heading", 0, "FILE", "a file that has some of the above"},
    {"list", 0, NULL, "the final assessments that the province keeps"},
    {"reprint", 0, "N", "the final assessment number N, as it was frozen"},
    {"format", 0, "FORMAT", "html (the default) or xlsx; of --list: table, csv, json or xlsx"},
    {"xlsx", 0, "FILE", "write the workbook to FILE, beside the page"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

const struct th_config_key th_assessment_heading_keys[] = {
    {"style", TH_CONFIG_TEXT, "state", FIELD(style), 0, 0, "state or party"},
    {"superior", TH_CONFIG_TEXT, NULL, FIELD(superior), 0, 0, "the body above the issuer"},
    {"issuer", TH_CONFIG_TEXT, NULL, FIELD(issuer), 0, 0, "the body that issues it"},
    {"number", TH_CONFIG_TEXT, NULL, FIELD(number), 0, 0, "its number"},
    {"place", TH_CONFIG_TEXT, NULL, FIELD(place), 0, 0, "place of issue"},
    {"date", TH_CONFIG_TEXT, NULL, FIELD(date), 0, 0, "date of issue, 2024-04-05"},
    {"subject", TH_CONFIG_TEXT, NULL, FIELD(subject), 0, 0, "what it is about"},
    {"recipients", TH_CONFIG_LIST, NULL, FIELD(recipients), 0, 0, "one a line"},
    {"signature", TH_CONFIG_TEXT, NULL, FIELD(signature), 0, 0, "office of who signs"},
    {NULL, TH_CONFIG_TEXT, NULL, 0, 0, 0, NULL},
};

/* ----------------------------------------------------------------- heading */

/* The first value of the list on the command line takes the place of the file's. */
static enum th_status set_values(const struct th_command_line *line, const char *name,
                                 struct th_assessment_heading *heading, struct th_error *error)
{
    enum th_status status = TH_OK;
    const char *value = th_command_option_at(line, name, 0);
    if (value)
        status = th_config_set(th_assessment_heading_keys, name, "", heading, error);
    for (size_t i = 0; value && status == TH_OK; value = th_command_option_at(line, name, ++i))
        status = th_config_set(th_assessment_heading_keys, name, value, heading, error);
    return status;
}

static enum th_status read_heading(const struct th_command_line *line,
                                   struct th_assessment_heading *heading, struct th_error *error)
{
    const char *file = th_command_option(line, "heading");
    int32_t day;
    enum th_status status = th_config_defaults(th_assessment_heading_keys, heading, error);
    if (status == TH_OK && file)
        status = th_config_read(th_assessment_heading_keys, file, heading, error);
    for (const struct th_config_key *key = th_assessment_heading_keys; key->name && status == TH_OK;
         key++)
        status = set_values(line, key->name, heading, error);
    if (status != TH_OK)
        return status;
    if (!heading->style ||
        (strcmp(heading->style, "state") != 0 && strcmp(heading->style, "party") != 0))
        return th_error_set(error, TH_USAGE, "style must be state or party, not '%.40s'",
                            heading->style ? heading->style : "");
    if (heading->date && !th_day_parse(th_slice_of(heading->date), &day))
        return th_error_set(error, TH_USAGE, "date must be like 2024-04-05, not '%.40s'",
                            heading->date);
    return TH_OK;
}

/* -------------------------------------------------------------- exceptions */

static enum th_status add_exception(struct th_assessment_options *options, struct th_slice district,
                                    struct th_slice form, struct th_slice period,
                                    struct th_slice reason, const char *shown,
                                    struct th_arena *arena, struct th_error *error)
{
    reason = th_text_trim(reason);
    if (district.size == 0 || form.size == 0 || period.size == 0 || reason.size == 0)
        return th_error_set(error, TH_USAGE,
                            "an exception needs district, form, base period and a reason, as in "
                            "202:joint-agency:2023-08=REASON: '%.80s'",
                            shown);
    if (options->exception_count == EXCEPTIONS_MOST)
        return th_error_set(error, TH_USAGE, "more than %d exceptions", EXCEPTIONS_MOST);
    options->exceptions[options->exception_count++] = (struct th_assessment_exception_option){
        th_arena_text(arena, district), th_arena_text(arena, form), th_arena_text(arena, period),
        th_arena_text(arena, reason)};
    return TH_OK;
}

/* D:F:P=REASON of one line. */
static enum th_status take_exception(struct th_assessment_options *options, struct th_slice line,
                                     struct th_arena *arena, struct th_error *error)
{
    struct th_slice parts[4] = {{line.bytes, 0}};
    const char *shown = th_arena_text(arena, line);
    static const char separators[] = {':', ':', '='};
    size_t part = 0;
    for (size_t i = 0; i < line.size; i++) {
        if (part < 3 && line.bytes[i] == separators[part])
            parts[++part] = (struct th_slice){line.bytes + i + 1, 0};
        else
            parts[part].size++;
    }
    return add_exception(options, parts[0], parts[1], parts[2], parts[3], shown, arena, error);
}

static enum th_status take_exceptions(struct th_assessment_options *options,
                                      const struct th_command_line *line, struct th_arena *arena,
                                      struct th_error *error)
{
    enum th_status status = TH_OK;
    const char *value = th_command_option_at(line, "exception", 0);
    for (size_t i = 0; value && status == TH_OK;
         value = th_command_option_at(line, "exception", ++i))
        status = take_exception(options, th_slice_of(value), arena, error);
    return status;
}

/* Positions of the columns in the heading; 0 is not given. */
static bool find_columns(const struct th_csv_row *head, size_t columns[4])
{
    static const char *const names[] = {"district", "form", "period", "reason"};
    for (size_t i = 0; i < 4; i++) {
        columns[i] = 0;
        for (size_t j = 0; j < head->count; j++)
            if (th_slice_equals(head->fields[j], names[i]))
                columns[i] = j + 1;
        if (columns[i] == 0)
            return false;
    }
    return true;
}

static enum th_status read_exception_file(struct th_assessment_options *options, const char *path,
                                          struct th_arena *arena, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    struct th_csv csv;
    size_t columns[4];
    enum th_status status = th_file_read(path, EXCEPTION_FILE_BYTES, &bytes, error);
    if (status == TH_OK && th_csv_parse(th_buffer_slice(&bytes), arena, &csv, error) != TH_OK) {
        th_error_prefix(error, "%s", path);
        return th_error_set(error, TH_USAGE, "%s", th_arena_printf(arena, "%s", error->message));
    }
    if (status == TH_OK && (csv.count == 0 || !find_columns(&csv.rows[0], columns)))
        return th_error_set(error, TH_USAGE,
                            "%s must begin with the columns district,form,period,reason", path);
    for (size_t i = 1; status == TH_OK && i < csv.count; i++) {
        const struct th_csv_row *row = &csv.rows[i];
        struct th_slice cells[4] = {{0}};
        if (row->count == 0)
            continue;
        for (size_t j = 0; j < 4; j++)
            if (columns[j] <= row->count)
                cells[j] = row->fields[columns[j] - 1];
        status =
            add_exception(options, cells[0], cells[1], cells[2], cells[3],
                          th_arena_printf(arena, "%s, line %zu", path, row->line), arena, error);
    }
    return status;
}

static enum th_status read_exceptions(const struct th_command_line *line, struct th_arena *arena,
                                      struct th_assessment_options *options, struct th_error *error)
{
    const char *file = th_command_option(line, "exceptions");
    options->exceptions = th_arena_alloc(arena, EXCEPTIONS_MOST * sizeof(*options->exceptions));
    enum th_status status = take_exceptions(options, line, arena, error);
    if (status == TH_OK && file)
        status = read_exception_file(options, file, arena, error);
    if (status == TH_OK && options->exception_count > 0 && !options->final)
        return th_error_set(error, TH_USAGE, "exceptions are for --kind final");
    return status;
}

/* ------------------------------------------------------------------ others */

static enum th_status read_reprint(const char *text, uint32_t *number, struct th_error *error)
{
    struct th_decimal decimal;
    if (th_decimal_parse(th_slice_of(text), '.', &decimal) != TH_DECIMAL_FINE ||
        decimal.scale != 0 || decimal.unscaled < 1 || decimal.unscaled > INT32_MAX)
        return th_error_set(error, TH_USAGE, "--reprint must be 1, 2, 3 ..., not '%.40s'", text);
    *number = (uint32_t)decimal.unscaled;
    return TH_OK;
}

static bool is_named_xlsx(const char *path)
{
    size_t size = path ? strlen(path) : 0;
    return size > 5 && strcasecmp(path + size - 5, ".xlsx") == 0;
}

/* What --output is: by --format, else by its name. */
static enum th_status read_format(const struct th_command_line *line,
                                  struct th_assessment_options *options, struct th_error *error)
{
    const char *format = th_command_option(line, "format");
    options->xlsx = th_command_option(line, "xlsx");
    if (options->list && options->xlsx)
        return th_error_set(error, TH_USAGE, "--list and --xlsx do not go together");
    if (options->list)
        return th_cli_format(line, &options->format, error);
    if (format && strcmp(format, "html") != 0 && strcmp(format, "xlsx") != 0)
        return th_error_set(error, TH_USAGE, "--format must be html or xlsx, not '%.40s'", format);
    options->book = format ? strcmp(format, "xlsx") == 0 : is_named_xlsx(options->output);
    if (options->book && options->xlsx)
        return th_error_set(error, TH_USAGE,
                            "--xlsx is for the workbook beside the page; what goes to --output is "
                            "a workbook already");
    options->format = options->book ? TH_FORMAT_XLSX : TH_FORMAT_TABLE;
    return th_format_check_output(options->format, options->output, error);
}

static enum th_status read_question(const struct th_command_line *line, struct th_arena *arena,
                                    struct th_assessment_options *options, struct th_error *error)
{
    const char *kind = th_command_option(line, "kind");
    options->period = th_command_option(line, "period");
    options->as_of = th_command_option(line, "as-of");
    if (!th_command_option(line, "form") || !options->period)
        return th_error_set(error, TH_USAGE,
                            "give forms and a period, as in --form FORM,FORM --period 2023; or "
                            "--list, or --reprint N");
    if (kind && strcmp(kind, "preliminary") != 0 && strcmp(kind, "final") != 0)
        return th_error_set(error, TH_USAGE, "--kind must be preliminary or final, not '%.40s'",
                            kind);
    if (options->as_of && !*options->as_of)
        return th_error_set(error, TH_USAGE, "--as-of needs an instant or a date, like 2024-04-05");
    options->final = kind && strcmp(kind, "final") == 0;
    enum th_status status =
        th_cli_list(line, "form", arena, &options->forms, &options->form_count, error);
    /* A final one has its workbook, whether or not anybody asked for it. */
    if (status == TH_OK && (options->final || options->book || options->xlsx))
        status = th_format_check_library(TH_FORMAT_XLSX, error);
    if (status == TH_OK && options->form_count > FORMS_MOST)
        return th_error_set(error, TH_USAGE, "at most %d forms in one assessment", FORMS_MOST);
    for (size_t i = 0; i < options->form_count && status == TH_OK; i++)
        for (size_t j = 0; j < i; j++)
            if (th_slice_same(options->forms[i], options->forms[j]))
                return th_error_set(error, TH_USAGE, "form '%.*s' is named twice",
                                    (int)options->forms[i].size, options->forms[i].bytes);
    return status == TH_OK ? read_exceptions(line, arena, options, error) : status;
}

enum th_status th_assessment_options_read(const struct th_command_line *line,
                                          struct th_arena *arena,
                                          struct th_assessment_options *options,
                                          struct th_error *error)
{
    *options = (struct th_assessment_options){0};
    const char *reprint = th_command_option(line, "reprint");
    options->list = th_command_option(line, "list") != NULL;
    options->output = th_command_option(line, "output");
    enum th_status status = read_heading(line, &options->heading, error);
    if (status == TH_OK)
        status = read_format(line, options, error);
    if (status == TH_OK && reprint)
        status = read_reprint(reprint, &options->reprint, error);
    if (status == TH_OK && options->list && reprint)
        return th_error_set(error, TH_USAGE, "--list and --reprint do not go together");
    if (status == TH_OK && !options->list && !reprint)
        status = read_question(line, arena, options, error);
    return status;
}
