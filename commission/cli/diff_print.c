#include <inttypes.h>

#include "commission/cli/diff.h"
#include "commission/cli/people.h"
#include "commission/cli/sheet.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"

#define NONE "–"

enum {
    FORM,
    PERIOD,
    DISTRICT,
    CRITERION,
    CHOICE,
    BEFORE_VALUE,
    BEFORE_NUM,
    BEFORE_DEN,
    BEFORE_CHOICE,
    BEFORE_REPORTED,
    BEFORE_NOT_APPLICABLE,
    BEFORE_MEMBERS,
    AFTER_VALUE,
    AFTER_NUM,
    AFTER_DEN,
    AFTER_CHOICE,
    AFTER_REPORTED,
    AFTER_NOT_APPLICABLE,
    AFTER_MEMBERS,
    REVISION_DISTRICT,
    REVISION_PERIOD,
    REVISION,
    ACCEPTED_AT,
    COLUMNS
};

/* Without a heading: for machines. The figure's period is in the title, or in its own
 * column with --by period. */
static void plan_columns(const struct th_diff *diff, struct th_column columns[COLUMNS])
{
    const char *language = diff->session.language;
    static const char *const names[COLUMNS] = {"form",
                                               "period",
                                               "district",
                                               "criterion",
                                               "choice",
                                               "before_value",
                                               "before_num",
                                               "before_den",
                                               "before_choice",
                                               "before_reported",
                                               "before_not_applicable",
                                               "before_members",
                                               "after_value",
                                               "after_num",
                                               "after_den",
                                               "after_choice",
                                               "after_reported",
                                               "after_not_applicable",
                                               "after_members",
                                               "revision_district",
                                               "revision_period",
                                               "revision",
                                               "accepted_at"};
    for (size_t i = 0; i < COLUMNS; i++)
        columns[i] = (struct th_column){.name = names[i]};
    columns[CRITERION].heading = th_word(TH_WORD_CRITERION, language);
    columns[CRITERION].wrap = true;
    if (diff->options.by_period)
        columns[PERIOD].heading = th_word(TH_WORD_PERIOD, language);
    columns[DISTRICT].heading = th_word(TH_WORD_DISTRICT, language);
    columns[BEFORE_VALUE].heading = th_word(TH_WORD_BEFORE, language);
    columns[BEFORE_VALUE].right = true;
    columns[AFTER_VALUE].heading = th_word(TH_WORD_AFTER, language);
    columns[AFTER_VALUE].right = true;
    columns[REVISION_DISTRICT].heading = th_word(TH_WORD_REPORT_OF, language);
    columns[REVISION_PERIOD].heading = th_word(TH_WORD_PERIOD, language);
    columns[REVISION].heading = th_word(TH_WORD_REVISION, language);
    columns[REVISION].right = true;
    columns[ACCEPTED_AT].heading = th_word(TH_WORD_ACCEPTED_AT, language);
}

static void side_cells(struct th_diff *diff, const struct th_figure_side *side, const char **cells)
{
    cells[0] = side->value;
    cells[1] = side->num;
    cells[2] = side->den;
    cells[3] = side->choice;
    cells[4] = th_arena_printf(diff->arena, "%" PRIu64, side->reported);
    cells[5] = th_arena_printf(diff->arena, "%" PRIu64, side->not_applicable);
    cells[6] = side->members;
}

static const char *side_people(struct th_diff *diff, const struct th_criterion *criterion,
                               const struct th_figure_side *side)
{
    const char *language = diff->session.language;
    if (!criterion)
        return *side->value ? side->value : NONE;
    if (*side->choice)
        return th_people_choice(criterion, side->choice, language);
    if (!*side->value && side->not_applicable > 0)
        return th_word(TH_WORD_NOT_APPLICABLE_SHORT, language);
    const char *value = th_people_value(criterion, side->value, language, diff->arena);
    if (!*side->num)
        return value;
    return th_arena_printf(diff->arena, "%s (%s)", value,
                           th_people_ratio(side->num, side->den, language, diff->arena));
}

static const struct th_criterion *criterion_of(const struct th_diff *diff, const char *code)
{
    const struct th_kept_answer *const answers[] = {&diff->after, &diff->before};
    for (size_t i = 0; i < 2; i++) {
        const struct th_form *form =
            th_catalogue_form(answers[i]->catalogue, diff->options.forms[0]);
        const struct th_criterion *criterion =
            form ? th_form_criterion(form, th_slice_of(code)) : NULL;
        if (criterion)
            return criterion;
    }
    return NULL;
}

/* A line: the figure, whose own cells people see at its first line only, and one
 * revision that changed it (NULL: none did). */
static void add_line(struct th_diff *diff, struct th_table *table,
                     const struct th_figure_change *figure,
                     const struct th_revision_change *revision, bool first)
{
    char local[40] = "";
    const char *language = diff->session.language;
    struct th_arena *arena = diff->arena;
    const struct th_catalogue *catalogue = diff->after.catalogue;
    const struct th_criterion *criterion = criterion_of(diff, figure->criterion);
    const char *cells[COLUMNS] = {[FORM] = th_arena_text(arena, diff->options.forms[0]),
                                  [PERIOD] = figure->period,
                                  [DISTRICT] = figure->district,
                                  [CRITERION] = figure->criterion,
                                  [CHOICE] = figure->choice};
    const char *people[COLUMNS] = {
        [PERIOD] = "", [DISTRICT] = "", [CRITERION] = "", [BEFORE_VALUE] = "", [AFTER_VALUE] = ""};
    side_cells(diff, &figure->before, &cells[BEFORE_VALUE]);
    side_cells(diff, &figure->after, &cells[AFTER_VALUE]);
    if (first) {
        people[PERIOD] = th_people_period(catalogue, figure->period, language, arena);
        people[DISTRICT] = th_people_district(catalogue, figure->district, language);
        people[CRITERION] =
            criterion ? th_people_criterion(criterion, language, arena) : figure->criterion;
        if (criterion && *figure->choice)
            people[CRITERION] =
                th_arena_printf(arena, "%s: %s", people[CRITERION],
                                th_people_choice(criterion, figure->choice, language));
        people[BEFORE_VALUE] = side_people(diff, criterion, &figure->before);
        people[AFTER_VALUE] = side_people(diff, criterion, &figure->after);
    }
    if (revision) {
        const struct th_stored_report *stored = revision->stored;
        cells[REVISION_DISTRICT] = stored->district;
        cells[REVISION_PERIOD] = stored->period;
        cells[REVISION] = th_arena_printf(arena, "%u", stored->report.revision);
        cells[ACCEPTED_AT] = th_cli_instant(stored->accepted_at_us, arena);
        th_instant_format_local(stored->accepted_at_us, local);
        people[REVISION_DISTRICT] = th_people_district(catalogue, stored->district, language);
        people[REVISION_PERIOD] = th_people_period(catalogue, stored->period, language, arena);
        people[ACCEPTED_AT] = local;
    }
    th_table_row(table, cells, people);
}

/* In full, so that the same can be asked again. */
static const char *rests_on(struct th_diff *diff)
{
    const char *language = diff->session.language;
    return th_arena_printf(diff->arena, "%s %s – %s; %s %" PRIu64 " – %" PRIu64,
                           th_word(TH_WORD_CHANGED_BETWEEN, language),
                           th_cli_instant(diff->before.as_of_us, diff->arena),
                           th_cli_instant(diff->after.as_of_us, diff->arena),
                           th_word(TH_WORD_CATALOGUE_VERSION, language),
                           diff->before.catalogue_version, diff->after.catalogue_version);
}

static void add_notes(struct th_diff *diff, struct th_table *table)
{
    const char *language = diff->session.language;
    struct th_arena *arena = diff->arena;
    const char *from = th_cli_instant(diff->before.as_of_us, arena);
    const char *to = th_cli_instant(diff->after.as_of_us, arena);
    if (!th_format_is_for_people(diff->options.format)) {
        th_table_note(table, "from", from);
        th_table_note(table, "to", to);
        th_cli_note_void(table, diff->options.format, th_client_void_span(diff->session.client),
                         arena);
        th_table_note(table, "from_catalogue_version",
                      th_arena_printf(arena, "%" PRIu64, diff->before.catalogue_version));
        th_table_note(table, "to_catalogue_version",
                      th_arena_printf(arena, "%" PRIu64, diff->after.catalogue_version));
        return;
    }
    if (diff->figure_count == 0)
        th_table_note(table, "nothing", th_word(TH_WORD_NO_CHANGE, language));
    th_table_note(table, "from_to", rests_on(diff));
}

enum th_status th_diff_print(struct th_diff *diff, struct th_error *error)
{
    struct th_column columns[COLUMNS], bare[COLUMNS];
    const char *language = diff->session.language;
    const struct th_form *form = th_catalogue_form(diff->after.catalogue, diff->options.forms[0]);
    plan_columns(diff, columns);
    const char *title = th_arena_printf(
        diff->arena, "%s — %s", form ? th_name_in(form->name, language) : "",
        th_people_period(diff->after.catalogue, diff->options.period, language, diff->arena));
    struct th_table *table =
        th_table_create(diff->output.file, diff->options.format, title, columns, COLUMNS);
    add_notes(diff, table);
    /* A sheet has every column, by the names that all commands give them. */
    for (size_t i = 0; i < COLUMNS; i++)
        bare[i] = (struct th_column){.name = columns[i].name};
    struct th_sheet *sheet = th_sheet_create(bare, COLUMNS, language);
    th_sheet_use(sheet, diff->after.catalogue, form);
    th_sheet_attach(sheet, table);
    for (size_t i = 0; i < diff->figure_count; i++) {
        bool first = true;
        for (size_t j = 0; j < diff->revision_count; j++) {
            if (!th_diff_concerns(diff, &diff->figures[i], &diff->revisions[j]))
                continue;
            add_line(diff, table, &diff->figures[i], &diff->revisions[j], first);
            first = false;
        }
        if (first)
            add_line(diff, table, &diff->figures[i], NULL, true);
    }
    enum th_status status = th_table_finish(&table, error);
    th_sheet_destroy(&sheet);
    return status;
}
