#include <stdlib.h>
#include <string.h>

#include "commission/cli/asking.h"
#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/wire/message.h"

#define NAME_WIDTH 36 /* of a group above its rows */
#define NAME_LINES 12

const char th_ranking_help[] =
    "Districts ranked by how far they reach their targets. The composite is the mean of the "
    "attainments (0 to 100) of a form's criteria that have a target, by their weights; the basis "
    "is the share of that weight that has a figure. Equal composites share a rank (1, 1, 3). "
    "Below a basis of 0.9 no rank is given: insufficient data. The province, '*', has a "
    "composite of its own figures and no rank. Beside it stands how many reports came, of how "
    "many that were expected.\n"
    "\n"
    "Columns of the CSV: form, period, district, group, composite, basis, rank, expected, "
    "received. The group is empty for the whole form.\n"
    "\n"
    "Examples:\n"
    "  The year by the whole form:\n"
    "    tonghop ranking --form joint-agency --period 2023\n"
    "  By two groups of criteria, as CSV:\n"
    "    tonghop ranking --form joint-agency --period 2024-Q1 --group people,democracy \\\n"
    "        --format csv\n"
    "  By the whole form, then by every group:\n"
    "    tonghop ranking --form joint-agency --period 2024-Q1 --group all\n"
    "  As it stood at the end of 5 April, for ever the same:\n"
    "    tonghop ranking --form joint-agency --period 2024-Q1 --as-of 2024-04-05\n";

const struct th_option th_ranking_option_table[] = {
    {"form", 'f', "F[,F...]", "forms, by their codes (see 'tonghop catalogue')"},
    {"period", 'p', "P",
     "2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024, 2024-01..2024-09, or a named one"},
    {"group", 'g', "G[,G...]",
     "rank by these groups of criteria; 'all': by the whole form, then by every group; "
     "default: by the whole form"},
    {"ytd", 0, NULL, "from 1 January to the end of the period"},
    {"approved-only", 0, NULL, "leave out reports that are not approved"},
    {"comparable", 0, NULL, "credit closed districts' values to their successors"},
    {"as-of", 0, "T", "as it stood at T: 2024-04-05T10:00:00+07:00, or 2024-04-05 for its end"},
    {"format", 0, "FORMAT", "table (the default), csv or json"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

enum { FORM, PERIOD, DISTRICT, GROUP, COMPOSITE, BASIS, RANK, EXPECTED, RECEIVED, COLUMNS };

static const struct th_column columns[COLUMNS] = {
    [FORM] = {.name = "form"},           [PERIOD] = {.name = "period"},
    [DISTRICT] = {.name = "district"},   [GROUP] = {.name = "group"},
    [COMPOSITE] = {.name = "composite"}, [BASIS] = {.name = "basis"},
    [RANK] = {.name = "rank"},           [EXPECTED] = {.name = "expected"},
    [RECEIVED] = {.name = "received"},
};

/* What people see, in this order. */
enum { P_RANK, P_DISTRICT, P_COMPOSITE, P_BASIS, P_REPORTS, P_COLUMNS };

struct ranking {
    struct th_asking asking;
    struct th_consolidated_options options;
    struct th_slice *groups;
    size_t group_count;
    struct th_column shown[P_COLUMNS];
    struct th_table *table; /* of one form, for people */
    const char *group;      /* of the last row in it; NULL: none */
    bool several;           /* groups are named above their rows */
};

static void add_machine_row(struct th_asking *asking, const Tonghop__V1__Ranking *wire)
{
    struct th_arena *arena = asking->row_arena;
    th_arena_reset(arena);
    const char *cells[COLUMNS] = {
        [FORM] = asking->form->code,
        [PERIOD] = asking->period,
        [DISTRICT] = th_asking_text(asking, wire->district),
        [GROUP] = th_asking_text(asking, wire->group),
        [COMPOSITE] = th_asking_text(asking, wire->composite),
        [BASIS] = th_asking_text(asking, wire->basis),
        [RANK] = wire->rank ? th_arena_printf(arena, "%llu", (unsigned long long)wire->rank) : "",
        [EXPECTED] = th_arena_printf(arena, "%llu", (unsigned long long)wire->expected),
        [RECEIVED] = th_arena_printf(arena, "%llu", (unsigned long long)wire->received),
    };
    th_table_row(asking->machine, cells, NULL);
}

static void begin_table(struct ranking *run, bool empty)
{
    static const struct {
        enum th_word heading;
        bool right;
    } plan[P_COLUMNS] = {
        [P_RANK] = {TH_WORD_RANK, false},          [P_DISTRICT] = {TH_WORD_DISTRICT, false},
        [P_COMPOSITE] = {TH_WORD_COMPOSITE, true}, [P_BASIS] = {TH_WORD_BASIS, true},
        [P_REPORTS] = {TH_WORD_REPORTS, true},
    };
    struct th_asking *asking = &run->asking;
    const char *language = asking->session.language;
    for (size_t i = 0; i < P_COLUMNS; i++)
        run->shown[i] = (struct th_column){
            .name = "", .heading = th_word(plan[i].heading, language), .right = plan[i].right};
    th_asking_print_title(asking, asking->form);
    run->table = th_table_create(
        asking->output.file, TH_FORMAT_TABLE,
        th_people_period(asking->catalogue, asking->period, language, asking->arena), run->shown,
        P_COLUMNS);
    run->group = NULL;
    if (empty)
        th_table_note(run->table, "nothing", th_word(TH_WORD_NOTHING, language));
    if (run->options.approved_only)
        th_table_note(run->table, "approved_only", th_word(TH_WORD_APPROVED_ONLY, language));
    if (run->options.comparable)
        th_table_note(run->table, "comparable", th_word(TH_WORD_COMPARABLE, language));
    th_asking_note(asking, run->table);
}

static void name_group(struct ranking *run, const char *code)
{
    const struct th_form *form = run->asking.form;
    const char *language = run->asking.session.language;
    const char *name = *code ? code : th_word(TH_WORD_WHOLE_FORM, language);
    for (size_t i = 0; i < form->group_count; i++)
        if (strcmp(form->groups[i].code, code) == 0)
            name = th_name_in(form->groups[i].name, language);
    struct th_slice lines[NAME_LINES];
    size_t count = th_people_wrap(name, NAME_WIDTH, lines, NAME_LINES);
    th_table_rule(run->table);
    for (size_t i = 0; i < count; i++) {
        const char *cells[P_COLUMNS] = {
            [P_DISTRICT] = th_arena_printf(run->asking.arena, "%s%.*s", i == 0 ? "▪ " : "  ",
                                           (int)lines[i].size, lines[i].bytes)};
        th_table_row(run->table, cells, NULL);
    }
}

static const char *people_number(struct ranking *run, const char *exact, bool percent)
{
    char text[64];
    if (!*exact)
        return "–";
    th_render_number(exact, percent, percent ? 1 : 2, run->asking.session.language, text,
                     sizeof(text));
    return th_arena_text(run->asking.arena, th_slice_of(text));
}

static void add_people_row(struct ranking *run, const Tonghop__V1__Ranking *wire)
{
    struct th_asking *asking = &run->asking;
    const char *language = asking->session.language;
    const char *district = th_asking_text(asking, wire->district);
    const char *group = th_asking_text(asking, wire->group);
    if (run->several && (!run->group || strcmp(run->group, group) != 0))
        name_group(run, group);
    run->group = group;
    const char *rank = wire->rank
                           ? th_arena_printf(asking->arena, "%llu", (unsigned long long)wire->rank)
                           : th_word(TH_WORD_INSUFFICIENT, language);
    const char *cells[P_COLUMNS] = {
        [P_RANK] = strcmp(district, "*") == 0 ? "" : rank,
        [P_DISTRICT] = th_people_district(asking->catalogue, district, language),
        [P_COMPOSITE] = people_number(run, th_asking_text(asking, wire->composite), false),
        [P_BASIS] = people_number(run, th_asking_text(asking, wire->basis), true),
        [P_REPORTS] =
            th_arena_printf(asking->arena, "%llu/%llu", (unsigned long long)wire->received,
                            (unsigned long long)wire->expected),
    };
    th_table_row(run->table, cells, NULL);
}

static enum th_status take_part(void *context, const Tonghop__V1__QueryPart *part,
                                struct th_error *error)
{
    struct ranking *run = context;
    struct th_asking *asking = &run->asking;
    enum th_status status = part->head ? th_asking_head(asking, part->head, error) : TH_OK;
    if (status == TH_OK && part->head && asking->format == TH_FORMAT_TABLE)
        begin_table(run, part->last && part->n_ranking == 0);
    for (size_t i = 0; i < part->n_ranking && status == TH_OK; i++) {
        if (run->table)
            add_people_row(run, part->ranking[i]);
        else
            add_machine_row(asking, part->ranking[i]);
    }
    /* Nobody reads on: the rest need not be sent. */
    if (status == TH_OK && ferror(asking->output.file))
        return th_error_set(error, TH_PERMANENT, "cannot write the result: %m");
    return status;
}

static enum th_status answer_form(struct ranking *run, size_t position, struct th_error *error)
{
    struct th_asking *asking = &run->asking;
    Tonghop__V1__RankingQuery question = TONGHOP__V1__RANKING_QUERY__INIT;
    question.form = th_bytes(run->options.forms[position]);
    question.period = th_bytes(th_slice_of(run->options.period));
    question.n_group = run->group_count;
    question.group = th_asking_codes(run->groups, run->group_count, asking->arena);
    question.year_to_date = run->options.year_to_date;
    question.approved_only = run->options.approved_only;
    question.comparable = run->options.comparable;
    question.as_of = th_bytes(th_slice_of(run->options.as_of ? run->options.as_of : ""));
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_RANKING;
    query.ranking = &question;
    if (position > 0 && asking->format == TH_FORMAT_TABLE)
        fputc('\n', asking->output.file);
    enum th_status status = th_asking_ask(asking, &query, take_part, run, error);
    if (run->table) {
        struct th_error ignored;
        enum th_status finished = th_table_finish(&run->table, status == TH_OK ? error : &ignored);
        status = status == TH_OK ? finished : status;
    }
    return status;
}

enum th_status th_ranking_run(void *context, const struct th_command_line *line,
                              struct th_error *error)
{
    struct ranking run = {.asking = {.columns = columns, .column_count = COLUMNS}};
    th_asking_init(&run.asking);
    enum th_status status =
        th_consolidated_options_read(line, run.asking.arena, &run.options, error);
    if (status == TH_OK)
        status = th_cli_list(line, "group", run.asking.arena, &run.groups, &run.group_count, error);
    for (size_t i = 0; i < run.group_count; i++) {
        if (th_slice_equals(run.groups[i], "all"))
            run.groups[i] = TH_SLICE("*");
    }
    run.several = run.group_count > 0;
    run.asking.format = run.options.format;
    run.asking.as_of = run.options.as_of;
    if (status == TH_OK)
        status = th_asking_open(&run.asking, context, run.options.output, error);
    for (size_t i = 0; i < run.options.form_count && status == TH_OK; i++)
        status = answer_form(&run, i, error);
    return th_asking_close(&run.asking, status, error);
}
