#include "commission/cli/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/buffer.h"

/* What a column of the sheet shows of its cell. */
enum role {
    SAME,
    OMITTED,  /* a sheet is of one form, named above */
    NUMBER,   /* a number, or nothing */
    FRACTION, /* a figure of the row's criterion */
    SHARE,    /* a fraction, whatever the criterion */
    INSTANT,
    PERIOD,
    DISTRICT, /* a code: the name follows in a column of its own */
    DISTRICT_NAME,
    CRITERION, /* likewise, and the unit */
    CRITERION_NAME,
    CRITERION_UNIT,
    GROUP, /* likewise */
    GROUP_NAME,
    CHOICE,
    RANK, /* a number, or why there is none */
    KIND,
    MEMBERS,
    CHANGE_IN,
};

/* Every column that a command of ours has, by its machine's name. Two roles: of the
 * column itself and, if it is a code, of the next one. */
static const struct {
    const char *name;
    enum role role;
    enum th_word heading;
} known[] = {
    {"form", OMITTED, TH_WORD_FORM},
    {"period", PERIOD, TH_WORD_PERIOD},
    {"with_period", PERIOD, TH_WORD_PERIOD_WITH},
    {"revision_period", PERIOD, TH_WORD_PERIOD_OF_REPORT},
    {"district", DISTRICT, TH_WORD_CODE},
    {"revision_district", DISTRICT_NAME, TH_WORD_REPORT_OF},
    {"criterion", CRITERION, TH_WORD_CODE},
    {"group", GROUP, TH_WORD_CODE},
    {"kind", KIND, TH_WORD_KIND},
    {"choice", CHOICE, TH_WORD_CHOICE},
    {"with_choice", CHOICE, TH_WORD_CHOICE_WITH},
    {"before_choice", CHOICE, TH_WORD_CHOICE_BEFORE},
    {"after_choice", CHOICE, TH_WORD_CHOICE_AFTER},
    {"members", MEMBERS, TH_WORD_COMMUNES},
    {"before_members", MEMBERS, TH_WORD_COMMUNES_BEFORE},
    {"after_members", MEMBERS, TH_WORD_COMMUNES_AFTER},
    {"num", NUMBER, TH_WORD_NUM},
    {"den", NUMBER, TH_WORD_DEN},
    {"value", FRACTION, TH_WORD_VALUE},
    {"with_num", NUMBER, TH_WORD_NUM_WITH},
    {"with_den", NUMBER, TH_WORD_DEN_WITH},
    {"with_value", FRACTION, TH_WORD_VALUE_WITH},
    {"before_num", NUMBER, TH_WORD_NUM_BEFORE},
    {"before_den", NUMBER, TH_WORD_DEN_BEFORE},
    {"before_value", FRACTION, TH_WORD_VALUE_BEFORE},
    {"after_num", NUMBER, TH_WORD_NUM_AFTER},
    {"after_den", NUMBER, TH_WORD_DEN_AFTER},
    {"after_value", FRACTION, TH_WORD_VALUE_AFTER},
    {"before", FRACTION, TH_WORD_PERIOD_BEFORE},
    {"year_before", FRACTION, TH_WORD_YEAR_BEFORE},
    {"change", NUMBER, TH_WORD_CHANGE},
    {"change_year", NUMBER, TH_WORD_CHANGE_YEAR},
    {"change_percent", NUMBER, TH_WORD_PERCENT_CHANGE},
    {"change_in", CHANGE_IN, TH_WORD_CHANGE_IN},
    {"break", SAME, TH_WORD_BREAK},
    {"reported", NUMBER, TH_WORD_REPORTED},
    {"before_reported", NUMBER, TH_WORD_REPORTED_BEFORE},
    {"after_reported", NUMBER, TH_WORD_REPORTED_AFTER},
    {"expected", NUMBER, TH_WORD_EXPECTED},
    {"not_applicable", NUMBER, TH_WORD_TIMES_NOT_APPLICABLE},
    {"before_not_applicable", NUMBER, TH_WORD_NOT_APPLICABLE_BEFORE},
    {"after_not_applicable", NUMBER, TH_WORD_NOT_APPLICABLE_AFTER},
    {"received", NUMBER, TH_WORD_TIMES_RECEIVED},
    {"complete", NUMBER, TH_WORD_COMPLETE},
    {"empty", NUMBER, TH_WORD_EMPTY},
    {"on_time", NUMBER, TH_WORD_ON_TIME},
    {"late", NUMBER, TH_WORD_LATE},
    {"not_yet_due", NUMBER, TH_WORD_NOT_YET_DUE},
    {"missing", NUMBER, TH_WORD_MISSING},
    {"returned", NUMBER, TH_WORD_TIMES_RETURNED},
    {"approved", NUMBER, TH_WORD_TIMES_APPROVED},
    {"historic", NUMBER, TH_WORD_HISTORIC},
    {"composite", NUMBER, TH_WORD_COMPOSITE},
    {"basis", SHARE, TH_WORD_BASIS},
    {"rank", RANK, TH_WORD_RANK},
    {"revision", NUMBER, TH_WORD_REVISION},
    {"accepted_at", INSTANT, TH_WORD_ACCEPTED_AT},
    {"received_share", SHARE, TH_WORD_RECEIVED_SHARE},
    {"complete_share", SHARE, TH_WORD_COMPLETE_SHARE},
    {"on_time_share", SHARE, TH_WORD_ON_TIME_SHARE},
    {"act", SAME, TH_WORD_STATE},
    {"at", INSTANT, TH_WORD_WHEN},
    {"account", SAME, TH_WORD_ACCOUNT},
    {"role", SAME, TH_WORD_ROLE},
    {"open_until", INSTANT, TH_WORD_OPEN_UNTIL},
    {"comment", SAME, TH_WORD_COMMENT},
    {"outcome", SAME, TH_WORD_OUTCOME},
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

/* A column of the sheet. */
struct place {
    enum role role;
    size_t source; /* the machine's column */
};

struct th_sheet {
    const char *language;
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    struct th_arena *arena, *row_arena;
    struct th_column *columns;
    struct place *places;
    size_t column_count, criterion_at, period_at, district_at; /* SIZE_MAX: it has no such column */
};

static void add_column(struct th_sheet *sheet, enum role role, size_t source, const char *name,
                       const char *heading)
{
    bool right = role == NUMBER || role == FRACTION || role == SHARE || role == RANK;
    sheet->places[sheet->column_count] = (struct place){role, source};
    sheet->columns[sheet->column_count++] = (struct th_column){
        .name = name,
        .heading = heading,
        .right = right,
        .wrap = role == CRITERION_NAME || role == GROUP_NAME || role == MEMBERS,
        .cell = role == INSTANT ? TH_CELL_INSTANT
                : role == SHARE ? TH_CELL_PERCENT
                : right         ? TH_CELL_NUMBER
                                : TH_CELL_TEXT,
    };
}

/* The names of a code's things, beside it. */
static void add_names(struct th_sheet *sheet, enum role role, size_t source)
{
    static const struct {
        enum role code, role;
        const char *name;
        enum th_word heading;
    } names[] = {
        {DISTRICT, DISTRICT_NAME, "district_name", TH_WORD_DISTRICT},
        {CRITERION, CRITERION_NAME, "criterion_name", TH_WORD_CRITERION},
        {CRITERION, CRITERION_UNIT, "unit", TH_WORD_UNIT},
        {GROUP, GROUP_NAME, "group_name", TH_WORD_GROUP},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].code == role)
            add_column(sheet, names[i].role, source, names[i].name,
                       th_word(names[i].heading, sheet->language));
}

static void add_machine_column(struct th_sheet *sheet, const struct th_column *column, size_t at)
{
    if (column->heading) {
        add_column(sheet, FRACTION, at, column->name, column->heading);
        return;
    }
    for (size_t i = 0; i < KNOWN; i++) {
        if (strcmp(known[i].name, column->name) != 0)
            continue;
        if (known[i].role == OMITTED)
            return;
        add_column(sheet, known[i].role, at, column->name,
                   th_word(known[i].heading, sheet->language));
        add_names(sheet, known[i].role, at);
        return;
    }
    add_column(sheet, SAME, at, column->name, column->name);
}

struct th_sheet *th_sheet_create(const struct th_column *columns, size_t column_count,
                                 const char *language)
{
    struct th_sheet *sheet = calloc(1, sizeof(*sheet));
    if (!sheet)
        abort();
    sheet->language = language;
    sheet->arena = th_arena_create(0);
    sheet->row_arena = th_arena_create(0);
    sheet->criterion_at = sheet->period_at = sheet->district_at = SIZE_MAX;
    /* A criterion has two more. */
    sheet->columns =
        th_arena_alloc(sheet->arena, 3 * (column_count + 1) * sizeof(struct th_column));
    sheet->places = th_arena_alloc(sheet->arena, 3 * (column_count + 1) * sizeof(struct place));
    for (size_t i = 0; i < column_count; i++) {
        if (strcmp(columns[i].name, "criterion") == 0)
            sheet->criterion_at = i;
        if (strcmp(columns[i].name, "period") == 0)
            sheet->period_at = i;
        if (strcmp(columns[i].name, "district") == 0)
            sheet->district_at = i;
        add_machine_column(sheet, &columns[i], i);
    }
    return sheet;
}

void th_sheet_destroy(struct th_sheet **sheet)
{
    if (!*sheet)
        return;
    th_arena_destroy(&(*sheet)->arena);
    th_arena_destroy(&(*sheet)->row_arena);
    free(*sheet);
    *sheet = NULL;
}

void th_sheet_use(struct th_sheet *sheet, const struct th_catalogue *catalogue,
                  const struct th_form *form)
{
    sheet->catalogue = catalogue;
    sheet->form = form;
}

/* --------------------------------------------------------------------- rows */

static const char *group_name(const struct th_sheet *sheet, const char *code)
{
    if (!*code)
        return th_word(TH_WORD_WHOLE_FORM, sheet->language);
    for (size_t i = 0; sheet->form && i < sheet->form->group_count; i++)
        if (strcmp(sheet->form->groups[i].code, code) == 0)
            return th_name_in(sheet->form->groups[i].name, sheet->language);
    return code;
}

/* Names of communes as they stood at the end of the row's period. */
static const char *members(const struct th_sheet *sheet, const char *codes, const char *period_id)
{
    size_t count = 0, most = strlen(codes) + 1;
    struct th_slice *items = th_arena_alloc(sheet->row_arena, most * sizeof(*items));
    struct th_period period;
    int32_t day = 0;
    for (const char *at = codes; *at;) {
        size_t size = strcspn(at, " ");
        items[count++] = (struct th_slice){at, size};
        at += size + (at[size] == ' ');
    }
    if (th_period_parse(th_slice_of(period_id), sheet->catalogue->periods,
                        sheet->catalogue->period_count, &period, NULL) == TH_OK)
        day = period.last_day;
    return th_people_communes(sheet->catalogue, items, count, day, sheet->language,
                              sheet->row_arena);
}

static const char *word_of(const char *machine, const char *language)
{
    static const struct {
        const char *machine;
        enum th_word word;
    } words[] = {
        {"count", TH_WORD_KIND_COUNT},   {"amount", TH_WORD_KIND_AMOUNT},
        {"ratio", TH_WORD_KIND_RATIO},   {"score", TH_WORD_KIND_SCORE},
        {"choice", TH_WORD_KIND_CHOICE}, {"communes", TH_WORD_KIND_COMMUNES},
        {"text", TH_WORD_KIND_TEXT},     {"points", TH_WORD_PERCENTAGE_POINTS},
        {"units", TH_WORD_UNIT},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(machine, words[i].machine) == 0)
            return th_word(words[i].word, language);
    return machine;
}

/* What the names of a row depend on. */
struct row {
    const struct th_criterion *criterion; /* NULL: none */
    const char *period, *district;        /* "": none */
};

static const char *show(struct th_sheet *sheet, enum role role, const char *cell,
                        const struct row *row)
{
    const struct th_criterion *criterion = row->criterion;
    const char *language = sheet->language;
    switch (role) {
    case PERIOD:
        return *cell ? th_people_period(sheet->catalogue, cell, language, sheet->row_arena) : "";
    case DISTRICT_NAME:
        return *cell ? th_people_district(sheet->catalogue, cell, language) : "";
    case CRITERION_NAME:
        return criterion ? th_name_in(criterion->name, language) : cell;
    case CRITERION_UNIT:
        return criterion ? th_name_in(criterion->unit, language) : "";
    case GROUP_NAME:
        return group_name(sheet, cell);
    case CHOICE:
        return criterion && *cell ? th_people_choice(criterion, cell, language) : cell;
    case KIND:
    case CHANGE_IN:
        return word_of(cell, language);
    case MEMBERS:
        return *cell ? members(sheet, cell, row->period) : "";
    case RANK:
        return *cell || strcmp(row->district, "*") == 0 ? cell
                                                        : th_word(TH_WORD_INSUFFICIENT, language);
    case SAME:
    case OMITTED:
    case NUMBER:
    case FRACTION:
    case SHARE:
    case INSTANT:
    case DISTRICT:
    case CRITERION:
    case GROUP:
        break;
    }
    return cell;
}

static const char *cell_at(const char *const *cells, size_t position)
{
    return position != SIZE_MAX ? cells[position] : "";
}

static void present(void *context, const char *const *cells, const char **shown,
                    enum th_cell_kind *kinds)
{
    struct th_sheet *sheet = context;
    struct row row = {.period = cell_at(cells, sheet->period_at),
                      .district = cell_at(cells, sheet->district_at)};
    th_arena_reset(sheet->row_arena);
    if (sheet->form)
        row.criterion =
            th_form_criterion(sheet->form, th_slice_of(cell_at(cells, sheet->criterion_at)));
    for (size_t i = 0; i < sheet->column_count; i++) {
        const struct place *place = &sheet->places[i];
        shown[i] = show(sheet, place->role, cells[place->source], &row);
        kinds[i] = sheet->columns[i].cell;
        if (place->role == FRACTION && row.criterion && row.criterion->kind == TH_KIND_RATIO &&
            row.criterion->percent)
            kinds[i] = TH_CELL_PERCENT;
    }
}

void th_sheet_attach(struct th_sheet *sheet, struct th_table *table)
{
    struct th_presenter presenter = {.columns = sheet->columns,
                                     .column_count = sheet->column_count,
                                     .present = present,
                                     .context = sheet};
    th_table_present(table, &presenter);
}
