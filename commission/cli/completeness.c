#include <stdlib.h>
#include <string.h>

#include "commission/cli/asking.h"
#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/text.h"
#include "common/wire/message.h"

const char th_completeness_help[] =
    "How complete and how timely the districts' reports are: per form and period, what was "
    "expected of each district, what came, and the province as '*'. Every expected report is "
    "exactly one of: on time, late, not yet due, missing, historic.\n"
    "\n"
    "  received     a current revision is there\n"
    "  complete     of these, every required criterion has a value or n/a\n"
    "  empty        of these, no value at all\n"
    "  on_time      the first complete revision came by the due instant\n"
    "  late         received, but nothing complete came by then\n"
    "  missing      due, and nothing came\n"
    "  historic     received, neither on time nor late: due before the district was first "
    "enrolled, or imported without the time at which it came\n"
    "\n"
    "The table's rates: received and complete of what is expected; on time of what is on time, "
    "late or missing. Columns that are 0 everywhere are left out of it.\n"
    "\n"
    "Columns of the CSV: form, period, district, expected, received, complete, empty, on_time, "
    "late, not_yet_due, missing, returned, approved, historic.\n"
    "\n"
    "Examples:\n"
    "  The quarter, as a table:\n"
    "    tonghop completeness --form joint-agency --period 2024-Q1\n"
    "  Month by month, two districts, as CSV:\n"
    "    tonghop completeness --form joint-agency --period 2023 --by period \\\n"
    "        --district 202,207 --format csv\n"
    "  As it stood at the end of 5 April, for ever the same:\n"
    "    tonghop completeness --form joint-agency --period 2024-Q1 --as-of 2024-04-05\n";

const struct th_option th_completeness_option_table[] = {
    {"form", 'f', "F[,F...]", "forms, by their codes (see 'tonghop catalogue')"},
    {"period", 'p', "P",
     "2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024, 2024-01..2024-09, or a named one"},
    {"district", 'd', "D[,D...]",
     "codes; 'all' (the default): every district, then the province; "
     "'province': the province alone"},
    {"by", 0, "period", "a row for each base period instead of one for all"},
    {"ytd", 0, NULL, "from 1 January to the end of the period"},
    {"as-of", 0, "T", "as it stood at T: 2024-04-05T10:00:00+07:00, or 2024-04-05 for its end"},
    {"format", 0, "FORMAT", "table (the default), csv, json or xlsx"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

enum {
    EXPECTED,
    RECEIVED,
    COMPLETE,
    EMPTY,
    ON_TIME,
    LATE,
    NOT_YET_DUE,
    MISSING,
    RETURNED,
    APPROVED,
    HISTORIC,
    COUNTS
};

/* The rates, in sheets only: CSV and JSON have what they are of. */
enum { RECEIVED_SHARE, COMPLETE_SHARE, ON_TIME_SHARE, SHARES };

static const struct th_column columns[3 + COUNTS + SHARES] = {
    {.name = "form"},
    {.name = "period"},
    {.name = "district"},
    [3 + EXPECTED] = {.name = "expected"},
    [3 + RECEIVED] = {.name = "received"},
    [3 + COMPLETE] = {.name = "complete"},
    [3 + EMPTY] = {.name = "empty"},
    [3 + ON_TIME] = {.name = "on_time"},
    [3 + LATE] = {.name = "late"},
    [3 + NOT_YET_DUE] = {.name = "not_yet_due"},
    [3 + MISSING] = {.name = "missing"},
    [3 + RETURNED] = {.name = "returned"},
    [3 + APPROVED] = {.name = "approved"},
    [3 + HISTORIC] = {.name = "historic"},
    [3 + COUNTS + RECEIVED_SHARE] = {.name = "received_share", .people_only = true},
    [3 + COUNTS + COMPLETE_SHARE] = {.name = "complete_share", .people_only = true},
    [3 + COUNTS + ON_TIME_SHARE] = {.name = "on_time_share", .people_only = true},
};

struct row {
    const char *period, *district;
    uint64_t counts[COUNTS];
};

struct completeness {
    struct th_asking asking;
    struct th_consolidated_options options;
    struct row *rows; /* of one form, for people */
    size_t count, capacity;
};

static void read_counts(const Tonghop__V1__Completeness *wire, uint64_t counts[COUNTS])
{
    counts[EXPECTED] = wire->expected;
    counts[RECEIVED] = wire->received;
    counts[COMPLETE] = wire->complete;
    counts[EMPTY] = wire->empty;
    counts[ON_TIME] = wire->on_time;
    counts[LATE] = wire->late;
    counts[NOT_YET_DUE] = wire->not_yet_due;
    counts[MISSING] = wire->missing;
    counts[RETURNED] = wire->returned;
    counts[APPROVED] = wire->approved;
    counts[HISTORIC] = wire->historic;
}

/* A fraction of 6 digits, half up; "" of nothing. */
static const char *share_of(struct th_asking *asking, uint64_t part, uint64_t whole)
{
    if (whole == 0)
        return "";
    unsigned long long millionths = (unsigned long long)((part * 2000000 + whole) / (2 * whole));
    return th_arena_printf(asking->row_arena, "%llu.%06llu", millionths / 1000000,
                           millionths % 1000000);
}

static void add_machine_row(struct th_asking *asking, const struct row *row)
{
    const uint64_t *counts = row->counts;
    const char *cells[3 + COUNTS + SHARES] = {asking->form->code, row->period, row->district};
    th_arena_reset(asking->row_arena);
    for (size_t i = 0; i < COUNTS; i++)
        cells[3 + i] =
            th_arena_printf(asking->row_arena, "%llu", (unsigned long long)row->counts[i]);
    const char **shares = cells + 3 + COUNTS;
    shares[RECEIVED_SHARE] = share_of(asking, counts[RECEIVED], counts[EXPECTED]);
    shares[COMPLETE_SHARE] = share_of(asking, counts[COMPLETE], counts[EXPECTED]);
    shares[ON_TIME_SHARE] =
        share_of(asking, counts[ON_TIME], counts[ON_TIME] + counts[LATE] + counts[MISSING]);
    th_table_row(asking->machine, cells, NULL);
}

static void keep_row(struct completeness *run, const struct row *row)
{
    if (run->count == run->capacity) {
        run->capacity = run->capacity ? run->capacity * 2 : 64;
        run->rows = realloc(run->rows, run->capacity * sizeof(*run->rows));
        if (!run->rows)
            abort();
    }
    run->rows[run->count++] = *row;
}

static enum th_status take_part(void *context, const Tonghop__V1__QueryPart *part,
                                struct th_error *error)
{
    struct completeness *run = context;
    struct th_asking *asking = &run->asking;
    enum th_status status = part->head ? th_asking_head(asking, part->head, error) : TH_OK;
    for (size_t i = 0; i < part->n_completeness && status == TH_OK; i++) {
        const Tonghop__V1__Completeness *wire = part->completeness[i];
        struct row row = {.period = th_asking_text(asking, wire->period),
                          .district = th_asking_text(asking, wire->district)};
        read_counts(wire, row.counts);
        if (asking->machine)
            add_machine_row(asking, &row);
        else
            keep_row(run, &row);
    }
    /* Nobody reads on: the rest need not be sent. */
    if (status == TH_OK && ferror(asking->output.file))
        return th_error_set(error, TH_PERMANENT, "cannot write the result: %m");
    return status;
}

/* ------------------------------------------------------------------ for people */

/* What a column of the table shows: a count, or a rate of the count before it. */
struct shown {
    int count;
    bool rate;
};
#define SHOWN_MOST (COUNTS + 3)

/* "99,4 %"; "–" of nothing. */
static const char *rate_of(struct completeness *run, uint64_t part, uint64_t whole)
{
    char exact[32], text[64];
    if (whole == 0)
        return "–";
    unsigned long long thousandths = (unsigned long long)((part * 2000 + whole) / (2 * whole));
    snprintf(exact, sizeof(exact), "%llu.%03llu", thousandths / 1000, thousandths % 1000);
    th_render_number(exact, true, 1, run->asking.session.language, text, sizeof(text));
    return th_arena_text(run->asking.arena, th_slice_of(text));
}

static const char *cell_of(struct completeness *run, const struct row *row, struct shown shown)
{
    const uint64_t *counts = row->counts;
    if (!shown.rate)
        return th_people_number(
            th_arena_printf(run->asking.arena, "%llu", (unsigned long long)counts[shown.count]),
            run->asking.session.language, run->asking.arena);
    uint64_t whole = shown.count == ON_TIME ? counts[ON_TIME] + counts[LATE] + counts[MISSING]
                                            : counts[EXPECTED];
    return rate_of(run, counts[shown.count], whole);
}

/* The columns that have something to show. */
static size_t choose(const struct completeness *run, bool rates, struct shown shown[SHOWN_MOST])
{
    static const struct {
        int count;
        bool always, rate;
    } order[] = {
        {EXPECTED, true, false},     {RECEIVED, true, true},   {COMPLETE, true, true},
        {EMPTY, false, false},       {ON_TIME, true, true},    {LATE, true, false},
        {NOT_YET_DUE, false, false}, {MISSING, true, false},   {RETURNED, false, false},
        {APPROVED, false, false},    {HISTORIC, false, false},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        bool any = order[i].always;
        for (size_t j = 0; j < run->count && !any; j++)
            any = run->rows[j].counts[order[i].count] > 0;
        if (any)
            shown[count++] = (struct shown){order[i].count, false};
        if (any && rates && order[i].rate)
            shown[count++] = (struct shown){order[i].count, true};
    }
    return count;
}

static const enum th_word headings[COUNTS] = {
    [EXPECTED] = TH_WORD_EXPECTED,       [RECEIVED] = TH_WORD_TIMES_RECEIVED,
    [COMPLETE] = TH_WORD_COMPLETE,       [EMPTY] = TH_WORD_EMPTY,
    [ON_TIME] = TH_WORD_ON_TIME,         [LATE] = TH_WORD_LATE,
    [NOT_YET_DUE] = TH_WORD_NOT_YET_DUE, [MISSING] = TH_WORD_MISSING,
    [RETURNED] = TH_WORD_TIMES_RETURNED, [APPROVED] = TH_WORD_TIMES_APPROVED,
    [HISTORIC] = TH_WORD_HISTORIC,
};

/* Sets the columns; returns the width of a line. */
static size_t lay_out(struct completeness *run, const struct shown *shown, size_t count,
                      struct th_column *out)
{
    const char *language = run->asking.session.language;
    size_t width = 0;
    out[0] = (struct th_column){.name = "", .heading = th_word(TH_WORD_PERIOD, language)};
    out[1] = (struct th_column){.name = "", .heading = th_word(TH_WORD_DISTRICT, language)};
    for (size_t i = 0; i < count; i++)
        out[2 + i] = (struct th_column){
            .name = "",
            .heading = shown[i].rate ? "%" : th_word(headings[shown[i].count], language),
            .right = true};
    for (size_t i = run->options.by_period ? 0 : 1; i < 2 + count; i++) {
        size_t widest = th_text_length(th_slice_of(out[i].heading));
        for (size_t j = 0; j < run->count; j++) {
            const struct row *row = &run->rows[j];
            const char *cell =
                i == 0   ? row->period
                : i == 1 ? th_people_district(run->asking.catalogue, row->district, language)
                         : cell_of(run, row, shown[i - 2]);
            size_t size = th_text_length(th_slice_of(cell));
            widest = size > widest ? size : widest;
        }
        width += widest + 2;
    }
    return width - 2;
}

static enum th_status print_table(struct completeness *run, struct th_error *error)
{
    struct th_asking *asking = &run->asking;
    const char *language = asking->session.language;
    const struct th_catalogue *catalogue = asking->catalogue;
    struct shown shown[SHOWN_MOST];
    struct th_column out[2 + SHOWN_MOST];
    size_t first = run->options.by_period ? 0 : 1;
    size_t count = choose(run, true, shown);
    if (lay_out(run, shown, count, out) > th_people_width(fileno(asking->output.file))) {
        count = choose(run, false, shown);
        (void)lay_out(run, shown, count, out);
    }
    th_asking_print_title(asking, asking->form);
    struct th_table *table =
        th_table_create(asking->output.file, TH_FORMAT_TABLE,
                        th_people_period(catalogue, asking->period, language, asking->arena),
                        out + first, 2 + count - first);
    if (run->count == 0)
        th_table_note(table, "nothing", th_word(TH_WORD_NOTHING, language));
    th_asking_note(asking, table);
    for (size_t i = 0; i < run->count; i++) {
        const struct row *row = &run->rows[i];
        bool same = i > 0 && strcmp(row[-1].period, row->period) == 0;
        const char *cells[2 + SHOWN_MOST] = {
            same ? "" : row->period, th_people_district(catalogue, row->district, language)};
        if (i > 0 && !same)
            th_table_rule(table);
        for (size_t j = 0; j < count; j++)
            cells[2 + j] = cell_of(run, row, shown[j]);
        th_table_row(table, cells + first, NULL);
    }
    return th_table_finish(&table, error);
}

static enum th_status answer_form(struct completeness *run, size_t position, struct th_error *error)
{
    const struct th_consolidated_options *options = &run->options;
    struct th_asking *asking = &run->asking;
    Tonghop__V1__CompletenessQuery question = TONGHOP__V1__COMPLETENESS_QUERY__INIT;
    question.form = th_bytes(options->forms[position]);
    question.period = th_bytes(th_slice_of(options->period));
    question.n_district = options->district_count;
    question.district = th_asking_codes(options->districts, options->district_count, asking->arena);
    question.province_only = options->province_only;
    question.by_period = options->by_period;
    question.year_to_date = options->year_to_date;
    question.as_of = th_bytes(th_slice_of(options->as_of ? options->as_of : ""));
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_COMPLETENESS;
    query.completeness = &question;
    run->count = 0;
    enum th_status status = th_asking_ask(asking, &query, take_part, run, error);
    if (status != TH_OK || asking->format != TH_FORMAT_TABLE)
        return status;
    if (position > 0)
        fputc('\n', asking->output.file);
    return print_table(run, error);
}

enum th_status th_completeness_run(void *context, const struct th_command_line *line,
                                   struct th_error *error)
{
    struct completeness run = {
        .asking = {.columns = columns, .column_count = sizeof(columns) / sizeof(columns[0])}};
    th_asking_init(&run.asking);
    enum th_status status =
        th_consolidated_options_read(line, run.asking.arena, &run.options, error);
    run.asking.format = run.options.format;
    run.asking.as_of = run.options.as_of;
    if (status == TH_OK)
        status = th_asking_open(&run.asking, context, run.options.output, error);
    for (size_t i = 0; i < run.options.form_count && status == TH_OK; i++)
        status = answer_form(&run, i, error);
    free(run.rows);
    return th_asking_close(&run.asking, status, error);
}
