/* Sheets of what the districts reported: figures, choices, communes, narratives, and a
 * sheet of each form by district. */
#include <string.h>

#include "commission/cli/assessment_book.h"
#include "commission/cli/people.h"
#include "common/base/text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static enum th_cell_kind mark(enum th_cell_kind kind, bool provisional)
{
    return provisional ? kind | TH_CELL_MARKED : kind;
}

/* ---------------------------------------------------------------------- figures */

enum { FORM, GROUP, CODE, CRITERION, UNIT, FIGURE, NUM, DEN, DIRECTION, TARGET, ATTAINMENT };

static void add_figure(struct th_book *book, struct th_assessment_form *form,
                       const struct th_criterion *criterion)
{
    struct th_document *document = &book->document;
    const struct th_kept_figure *figure = th_figure_set_find(&form->set, "", "*", criterion, "");
    struct th_decimal decimal;
    char attainment[TH_ATTAINMENT_TEXT], target[TH_DECIMAL_TEXT] = "";
    const char *direction = "";
    bool provisional = th_document_is_provisional(document, form, criterion, "*");
    if (th_document_target(document, criterion, figure, &decimal, attainment)) {
        th_decimal_format(decimal, target);
        direction = criterion->direction == TH_DIRECTION_DOWN ? "≤" : "≥";
    }
    bool ratio = criterion->kind == TH_KIND_RATIO && figure;
    const char *cells[] = {
        [FORM] = th_book_form_name(book, form),
        [GROUP] = th_book_group_name(book, criterion->group),
        [CODE] = criterion->code,
        [CRITERION] = th_name_in(criterion->name, document->language),
        [UNIT] = th_name_in(criterion->unit, document->language),
        [FIGURE] = figure ? figure->value : "",
        [NUM] = ratio ? figure->num : "",
        [DEN] = ratio ? figure->den : "",
        [DIRECTION] = direction,
        [TARGET] = target,
        [ATTAINMENT] = attainment,
    };
    th_table_cell(book->table, FIGURE, mark(th_book_kind(criterion), provisional));
    th_table_cell(book->table, TARGET, th_book_kind(criterion));
    th_book_row(book, cells);
}

void th_book_figures(struct th_book *book)
{
    static const struct th_book_column plan[] = {
        [FORM] = {"form_name", TH_SAY_FORM, TH_CELL_TEXT, true},
        [GROUP] = {"group_name", TH_SAY_GROUP, TH_CELL_TEXT, true},
        [CODE] = {"criterion", TH_SAY_CODE, TH_CELL_TEXT, false},
        [CRITERION] = {"criterion_name", TH_SAY_CRITERION, TH_CELL_TEXT, true},
        [UNIT] = {"unit", TH_SAY_UNIT, TH_CELL_TEXT, false},
        [FIGURE] = {"value", TH_SAY_FIGURE, TH_CELL_NUMBER, false},
        [NUM] = {"num", TH_SAY_NUMERATOR, TH_CELL_NUMBER, false},
        [DEN] = {"den", TH_SAY_DENOMINATOR, TH_CELL_NUMBER, false},
        [DIRECTION] = {"direction", TH_SAY_DIRECTION, TH_CELL_TEXT, false},
        [TARGET] = {"target", TH_SAY_TARGET, TH_CELL_NUMBER, false},
        [ATTAINMENT] = {"attainment", TH_SAY_ATTAINMENT, TH_CELL_NUMBER, false},
    };
    struct th_assessment_making *run = book->document.run;
    th_book_sheet(book, TH_SAY_TABLE_FIGURES, plan, COUNT_OF(plan));
    for (size_t i = 0; i < run->options.form_count; i++) {
        const struct th_form *form = run->forms[i].form;
        for (size_t g = 0; g < form->group_count; g++)
            for (size_t j = 0; j < form->criterion_count; j++)
                if (form->criteria[j].group == &form->groups[g] &&
                    th_document_is_number(form->criteria[j].kind))
                    add_figure(book, &run->forms[i], &form->criteria[j]);
    }
}

/* -------------------------------------------------------- criteria of other kinds */

static bool has_kind(const struct th_book *book, enum th_kind kind)
{
    const struct th_assessment_making *run = book->document.run;
    for (size_t i = 0; i < run->options.form_count; i++)
        for (size_t j = 0; j < run->forms[i].form->criterion_count; j++)
            if (run->forms[i].form->criteria[j].kind == kind)
                return true;
    return false;
}

static void each_of_kind(struct th_book *book, enum th_kind kind,
                         void (*each)(struct th_book *book, struct th_assessment_form *form,
                                      const struct th_criterion *criterion))
{
    struct th_assessment_making *run = book->document.run;
    for (size_t i = 0; i < run->options.form_count; i++)
        for (size_t j = 0; j < run->forms[i].form->criterion_count; j++)
            if (run->forms[i].form->criteria[j].kind == kind)
                each(book, &run->forms[i], &run->forms[i].form->criteria[j]);
}

static void add_choices(struct th_book *book, struct th_assessment_form *form,
                        const struct th_criterion *criterion)
{
    struct th_document *document = &book->document;
    uint64_t all = th_document_count_chosen(document, form, criterion);
    for (size_t i = 0; i < criterion->choice_count; i++) {
        const struct th_choice *choice = &criterion->choices[i];
        const struct th_kept_figure *figure =
            th_figure_set_find(&form->set, "", "*", criterion, choice->value);
        size_t count;
        const char *names = th_document_choosers(document, form, criterion, choice->value, &count);
        const char *cells[] = {
            th_book_form_name(book, form),
            th_book_group_name(book, criterion->group),
            th_name_in(criterion->name, document->language),
            choice->value,
            th_name_in(choice->name, document->language),
            figure && *figure->value ? figure->value : "0",
            th_book_share(book, count, all),
            names,
        };
        bool provisional = th_document_is_provisional(document, form, criterion, "*");
        th_table_cell(book->table, 5, mark(TH_CELL_NUMBER, provisional));
        th_book_row(book, cells);
    }
}

void th_book_choices(struct th_book *book)
{
    static const struct th_book_column plan[] = {
        {"form_name", TH_SAY_FORM, TH_CELL_TEXT, true},
        {"group_name", TH_SAY_GROUP, TH_CELL_TEXT, true},
        {"criterion_name", TH_SAY_CRITERION, TH_CELL_TEXT, true},
        {"choice", TH_SAY_CODE, TH_CELL_TEXT, false},
        {"choice_name", TH_SAY_CHOICE, TH_CELL_TEXT, true},
        {"count", TH_SAY_NUMBER_COUNT, TH_CELL_NUMBER, false},
        {"share", TH_SAY_SHARE, TH_CELL_PERCENT, false},
        {"districts", TH_SAY_DISTRICTS, TH_CELL_TEXT, true},
    };
    if (!has_kind(book, TH_KIND_CHOICE))
        return;
    th_book_sheet(book, TH_SAY_TABLE_CHOICES, plan, COUNT_OF(plan));
    each_of_kind(book, TH_KIND_CHOICE, add_choices);
}

static void add_communes_of(struct th_book *book, struct th_assessment_form *form,
                            const struct th_criterion *criterion, const char *district)
{
    struct th_document *document = &book->document;
    size_t count;
    const char *names = th_document_commune_names(document, form, criterion, district, &count);
    if (!names)
        return;
    const char *cells[] = {
        th_book_form_name(book, form),
        th_name_in(criterion->name, document->language),
        district,
        th_document_district(document, district),
        th_book_count(book, count),
        names,
    };
    bool provisional = th_document_is_provisional(document, form, criterion, district);
    th_table_cell(book->table, 4, mark(TH_CELL_NUMBER, provisional));
    th_book_row(book, cells);
}

static void add_communes(struct th_book *book, struct th_assessment_form *form,
                         const struct th_criterion *criterion)
{
    const struct th_catalogue *catalogue = book->document.run->catalogue;
    for (size_t i = 0; i < catalogue->district_count; i++)
        add_communes_of(book, form, criterion, catalogue->districts[i].code);
    add_communes_of(book, form, criterion, "*");
}

void th_book_communes(struct th_book *book)
{
    static const struct th_book_column plan[] = {
        {"form_name", TH_SAY_FORM, TH_CELL_TEXT, true},
        {"criterion_name", TH_SAY_CRITERION, TH_CELL_TEXT, true},
        {"district", TH_SAY_CODE, TH_CELL_TEXT, false},
        {"district_name", TH_SAY_DISTRICT, TH_CELL_TEXT, false},
        {"count", TH_SAY_COMMUNES_NUMBER, TH_CELL_NUMBER, false},
        {"communes", TH_SAY_COMMUNES_NAMES, TH_CELL_TEXT, true},
    };
    if (!has_kind(book, TH_KIND_COMMUNES))
        return;
    th_book_sheet(book, TH_SAY_COMMUNES_TITLE, plan, COUNT_OF(plan));
    each_of_kind(book, TH_KIND_COMMUNES, add_communes);
}

static void add_narratives(struct th_book *book, struct th_assessment_form *form,
                           const struct th_criterion *criterion)
{
    struct th_document *document = &book->document;
    for (size_t i = 0; i < form->stored_count; i++) {
        const struct th_stored_report *stored = &form->stored[i];
        const struct th_observation *text = th_document_narrative(stored, criterion);
        const struct th_assessment_gap *gap = th_document_gap(document, stored);
        if (!text)
            continue;
        const char *cells[] = {
            th_book_form_name(book, form),
            th_book_group_name(book, criterion->group),
            th_name_in(criterion->name, document->language),
            stored->district,
            th_document_district(document, stored->district),
            th_document_period(document, stored->period),
            gap ? th_assessment_why(gap->why, document->language)
                : th_book_word(book, TH_SAY_APPROVED),
            th_arena_text(document->run->arena, text->text),
        };
        th_book_row(book, cells);
    }
}

void th_book_narratives(struct th_book *book)
{
    static const struct th_book_column plan[] = {
        {"form_name", TH_SAY_FORM, TH_CELL_TEXT, true},
        {"group_name", TH_SAY_GROUP, TH_CELL_TEXT, true},
        {"criterion_name", TH_SAY_CRITERION, TH_CELL_TEXT, true},
        {"district", TH_SAY_CODE, TH_CELL_TEXT, false},
        {"district_name", TH_SAY_DISTRICT, TH_CELL_TEXT, false},
        {"period", TH_SAY_PERIOD, TH_CELL_TEXT, false},
        {"state", TH_SAY_STATE, TH_CELL_TEXT, false},
        {"text", TH_SAY_TEXT, TH_CELL_TEXT, true},
    };
    if (!has_kind(book, TH_KIND_TEXT))
        return;
    th_book_sheet(book, TH_SAY_SHEET_NARRATIVES, plan, COUNT_OF(plan));
    each_of_kind(book, TH_KIND_TEXT, add_narratives);
}

/* --------------------------------------------------------------------- districts */

static bool has_figures(const struct th_assessment_form *form, const char *district)
{
    for (size_t i = 0; i < form->set.count; i++)
        if (strcmp(form->set.figures[i].district, district) == 0)
            return true;
    return false;
}

/* Each column of a form's sheet is one of its criteria that are numbers. */
struct matrix {
    struct th_assessment_form *form;
    const struct th_criterion **criteria;
    size_t count;
    const char **cells; /* of a row */
};

static void add_district(struct th_book *book, struct matrix *matrix, const char *district)
{
    struct th_document *document = &book->document;
    matrix->cells[0] = district;
    matrix->cells[1] = th_document_district(document, district);
    for (size_t i = 0; i < matrix->count; i++) {
        const struct th_criterion *criterion = matrix->criteria[i];
        const struct th_kept_figure *figure =
            th_figure_set_find(&matrix->form->set, "", district, criterion, "");
        bool provisional = th_document_is_provisional(document, matrix->form, criterion, district);
        matrix->cells[2 + i] = figure ? figure->value : "";
        th_table_cell(book->table, 2 + i, mark(th_book_kind(criterion), provisional));
    }
    th_book_row(book, matrix->cells);
}

static void write_districts(struct th_book *book, struct th_assessment_form *form)
{
    struct th_arena *arena = book->document.run->arena;
    const struct th_catalogue *catalogue = book->document.run->catalogue;
    const char *language = book->document.language;
    size_t most = form->form->criterion_count + 2;
    struct th_column *columns = th_arena_alloc(arena, most * sizeof(*columns));
    struct matrix matrix = {form, th_arena_alloc(arena, most * sizeof(*matrix.criteria)), 0,
                            th_arena_alloc(arena, most * sizeof(*matrix.cells))};
    columns[0] = (struct th_column){
        .name = "district", .heading = th_book_word(book, TH_SAY_CODE), .cell = TH_CELL_TEXT};
    columns[1] = (struct th_column){.name = "district_name",
                                    .heading = th_book_word(book, TH_SAY_DISTRICT),
                                    .cell = TH_CELL_TEXT};
    for (size_t i = 0; i < form->form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->form->criteria[i];
        if (!th_document_is_number(criterion->kind))
            continue;
        matrix.criteria[matrix.count++] = criterion;
        columns[1 + matrix.count] =
            (struct th_column){.name = criterion->code,
                               .heading = th_people_criterion(criterion, language, arena),
                               .right = true,
                               .cell = TH_CELL_NUMBER};
    }
    if (matrix.count == 0)
        return;
    th_book_begin(book, form->form->code,
                  th_arena_printf(arena, "%s%s", th_book_word(book, TH_SAY_TABLE_MATRIX),
                                  th_book_form_name(book, form)),
                  columns, 2 + matrix.count);
    for (size_t i = 0; i < catalogue->district_count; i++)
        if (has_figures(form, catalogue->districts[i].code))
            add_district(book, &matrix, catalogue->districts[i].code);
    add_district(book, &matrix, "*");
}

void th_book_districts(struct th_book *book)
{
    struct th_assessment_making *run = book->document.run;
    for (size_t i = 0; i < run->options.form_count; i++)
        write_districts(book, &run->forms[i]);
}
