/* One group's figures: numbers with their targets, what was chosen, which communes. */
#include <string.h>

#include "commission/cli/assessment_document.h"
#include "commission/cli/people.h"
#include "common/base/text.h"
#include "common/domain/attainment.h"
#include "common/wire/message.h"

#define UNMARKED ""

bool th_document_is_number(enum th_kind kind)
{
    return kind == TH_KIND_COUNT || kind == TH_KIND_AMOUNT || kind == TH_KIND_RATIO ||
           kind == TH_KIND_SCORE;
}

/* The province's figure of a criterion that is a number; NULL: none. */
static const struct th_kept_figure *province_figure(const struct th_assessment_form *form,
                                                    const struct th_criterion *criterion)
{
    return th_figure_set_find(&form->set, "", "*", criterion, "");
}

bool th_document_target(const struct th_document *document, const struct th_criterion *criterion,
                        const struct th_kept_figure *figure, struct th_decimal *target,
                        char attainment[TH_ATTAINMENT_TEXT])
{
    *attainment = '\0';
    if (criterion->direction == TH_DIRECTION_NONE ||
        !th_criterion_target(document->run->catalogue, criterion, NULL,
                             document->run->period.last_day, target))
        return false;
    if (figure)
        (void)th_attainment_of(th_kept_side(figure), criterion->direction, *target, attainment);
    return true;
}

static const char *people_target(struct th_document *document, const struct th_criterion *criterion,
                                 char attainment[TH_ATTAINMENT_TEXT],
                                 const struct th_kept_figure *figure)
{
    struct th_decimal target;
    char text[TH_DECIMAL_TEXT];
    if (!th_document_target(document, criterion, figure, &target, attainment))
        return "–";
    th_decimal_format(target, text);
    const char *shown = th_people_value(criterion, text, document->language, document->run->arena);
    /* What has to be stayed below is told from what has to be reached. */
    return th_arena_printf(document->run->arena, "%s%s",
                           criterion->direction == TH_DIRECTION_DOWN ? "≤ " : "≥ ", shown);
}

static void write_figure(struct th_document *document, struct th_assessment_form *form,
                         const struct th_criterion *criterion, size_t ordinal)
{
    struct th_arena *arena = document->run->arena;
    const char *language = document->language;
    const struct th_kept_figure *figure = province_figure(form, criterion);
    char attainment[TH_ATTAINMENT_TEXT], shown[TH_ATTAINMENT_TEXT * 2] = "–";
    const char *target = people_target(document, criterion, attainment, figure);
    if (*attainment)
        th_render_number(attainment, false, 2, language, shown, sizeof(shown));
    bool provisional =
        figure && *figure->value && th_document_is_provisional(document, form, criterion, "*");
    th_document_raw(document, "<tr>");
    th_document_cell(document, "c", th_document_number(document, ordinal));
    th_document_cell(document, "", th_name_in(criterion->name, language));
    th_document_cell(document, "c", th_name_in(criterion->unit, language));
    th_document_wrap(document, "<td class=\"n\">",
                     figure ? th_people_value(criterion, figure->value, language, arena) : "–",
                     provisional ? "*" : UNMARKED);
    if (figure && criterion->kind == TH_KIND_RATIO && *figure->num)
        th_document_wrap(document, "<span class=\"parts\">",
                         th_people_ratio(figure->num, figure->den, language, arena), "</span>");
    th_document_raw(document, "</td>");
    th_document_cell(document, "n", target);
    th_document_cell(document, "n", shown);
    th_document_raw(document, "</tr>\n");
}

bool th_document_has_figures(const struct th_assessment_form *form, const struct th_group *group)
{
    for (size_t i = 0; i < form->set.count; i++) {
        const struct th_kept_figure *figure = &form->set.figures[i];
        if (th_document_is_number(figure->criterion->kind) &&
            (!group || figure->criterion->group == group) && (*figure->value || *figure->num))
            return true;
    }
    return false;
}

bool th_document_figures(struct th_document *document, struct th_assessment_form *form,
                         const struct th_group *group)
{
    static const enum th_assessment_word columns[] = {TH_SAY_ORDINAL, TH_SAY_CRITERION,
                                                      TH_SAY_UNIT,    TH_SAY_FIGURE,
                                                      TH_SAY_TARGET,  TH_SAY_ATTAINMENT};
    size_t ordinal = 0;
    bool provisional = false;
    if (!th_document_has_figures(form, group)) {
        th_document_say(document, "<p>", TH_SAY_NO_FIGURES, NULL, "</p>\n");
        return false;
    }
    for (size_t i = 0; i < form->form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->form->criteria[i];
        if (criterion->group != group || !th_document_is_number(criterion->kind))
            continue;
        if (ordinal++ == 0) {
            th_document_caption(document, TH_SAY_TABLE_FIGURES,
                                th_arena_printf(document->run->arena, ": %s",
                                                th_name_in(group->name, document->language)));
            th_document_columns(document, "figures", columns, sizeof(columns) / sizeof(columns[0]));
        }
        write_figure(document, form, criterion, ordinal);
        provisional = provisional || th_document_is_provisional(document, form, criterion, "*");
    }
    th_document_raw(document, "</tbody></table>\n");
    if (provisional)
        th_document_say(document, "<p class=\"foot\">", TH_SAY_PROVISIONAL_MARK, NULL, "</p>\n");
    return true;
}

/* ---------------------------------------------------------------------- choices */

const char *th_document_choosers(struct th_document *document, struct th_assessment_form *form,
                                 const struct th_criterion *criterion, const char *choice,
                                 size_t *count)
{
    const struct th_catalogue *catalogue = document->run->catalogue;
    TH_CLEANUP_BUFFER struct th_buffer names = {0};
    *count = 0;
    th_buffer_add_text(&names, "");
    for (size_t i = 0; i < catalogue->district_count; i++) {
        const char *code = catalogue->districts[i].code;
        const struct th_kept_figure *figure =
            th_figure_set_find(&form->set, "", code, criterion, "");
        if (!figure || strcmp(figure->choice, choice) != 0)
            continue;
        if ((*count)++ > 0)
            th_buffer_add_text(&names, ", ");
        th_buffer_add_text(&names, th_document_district(document, code));
        if (th_document_is_provisional(document, form, criterion, code))
            th_buffer_add_char(&names, '*');
    }
    return th_arena_text(document->run->arena, th_buffer_slice(&names));
}

uint64_t th_document_count_chosen(struct th_document *document, struct th_assessment_form *form,
                                  const struct th_criterion *criterion)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < criterion->choice_count; i++) {
        size_t count;
        (void)th_document_choosers(document, form, criterion, criterion->choices[i].value, &count);
        sum += count;
    }
    return sum;
}

static void write_choices(struct th_document *document, struct th_assessment_form *form,
                          const struct th_criterion *criterion)
{
    const char *language = document->language;
    uint64_t all = th_document_count_chosen(document, form, criterion);
    for (size_t i = 0; i < criterion->choice_count; i++) {
        const struct th_choice *choice = &criterion->choices[i];
        const struct th_kept_figure *figure =
            th_figure_set_find(&form->set, "", "*", criterion, choice->value);
        size_t count;
        const char *names = th_document_choosers(document, form, criterion, choice->value, &count);
        th_document_raw(document, "<tr>");
        if (i == 0) {
            th_document_wrap(document, "<td rowspan=\"",
                             th_arena_printf(document->run->arena, "%zu", criterion->choice_count),
                             "\">");
            th_document_wrap(document, "", th_name_in(criterion->name, language), "</td>");
        }
        th_document_cell(document, "", th_name_in(choice->name, language));
        /* The province's own figure; districts that are closed by now are not in it. */
        th_document_cell(document, "n",
                         figure && *figure->value
                             ? th_people_number(figure->value, language, document->run->arena)
                             : "0");
        th_document_cell(document, "n", th_document_share(document, count, all));
        th_document_cell(document, "", names);
        th_document_raw(document, "</tr>\n");
    }
}

static bool has_choices(struct th_document *document, struct th_assessment_form *form,
                        const struct th_group *group)
{
    for (size_t i = 0; i < form->form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->form->criteria[i];
        if (criterion->group == group && criterion->kind == TH_KIND_CHOICE &&
            th_document_count_chosen(document, form, criterion) > 0)
            return true;
    }
    return false;
}

bool th_document_choices(struct th_document *document, struct th_assessment_form *form,
                         const struct th_group *group)
{
    static const enum th_assessment_word columns[] = {
        TH_SAY_CRITERION, TH_SAY_CHOICE, TH_SAY_NUMBER_COUNT, TH_SAY_SHARE, TH_SAY_DISTRICTS};
    bool begun = false, provisional = false;
    if (!has_choices(document, form, group)) {
        th_document_say(document, "<p>", TH_SAY_NO_CHOICES, NULL, "</p>\n");
        return false;
    }
    for (size_t i = 0; i < form->form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->form->criteria[i];
        if (criterion->group != group || criterion->kind != TH_KIND_CHOICE)
            continue;
        if (!begun) {
            th_document_caption(document, TH_SAY_TABLE_CHOICES,
                                th_arena_printf(document->run->arena, ": %s",
                                                th_name_in(group->name, document->language)));
            th_document_columns(document, "choices", columns, sizeof(columns) / sizeof(columns[0]));
        }
        begun = true;
        write_choices(document, form, criterion);
        provisional = provisional || th_document_is_provisional(document, form, criterion, "*");
    }
    if (begun)
        th_document_raw(document, "</tbody></table>\n");
    if (provisional)
        th_document_say(document, "<p class=\"foot\">", TH_SAY_PROVISIONAL_MARK, NULL, "</p>\n");
    return begun;
}

/* --------------------------------------------------------------------- communes */

/* The answer's own row of a unit's list. */
static const Tonghop__V1__Figure *list_of(const struct th_assessment_form *form,
                                          const struct th_criterion *criterion,
                                          const char *district)
{
    for (size_t i = 0; i < form->figures.count; i++)
        for (size_t j = 0; j < form->figures.parts[i]->n_figure; j++) {
            const Tonghop__V1__Figure *figure = form->figures.parts[i]->figure[j];
            if (th_slice_equals(th_bytes_slice(figure->criterion), criterion->code) &&
                th_slice_equals(th_bytes_slice(figure->district), district))
                return figure;
        }
    return NULL;
}

const char *th_document_commune_names(struct th_document *document, struct th_assessment_form *form,
                                      const struct th_criterion *criterion, const char *district,
                                      size_t *count)
{
    struct th_assessment_making *run = document->run;
    const Tonghop__V1__Figure *figure = list_of(form, criterion, district);
    if (!figure || figure->n_member == 0)
        return NULL;
    struct th_slice *codes = th_arena_alloc(run->arena, figure->n_member * sizeof(*codes));
    for (size_t i = 0; i < figure->n_member; i++)
        codes[i] = th_bytes_slice(figure->member[i]);
    *count = figure->n_member;
    return th_people_communes(run->catalogue, codes, figure->n_member, run->period.last_day,
                              document->language, run->arena);
}

static void write_list(struct th_document *document, struct th_assessment_form *form,
                       const struct th_criterion *criterion, const char *district)
{
    size_t count;
    const char *names = th_document_commune_names(document, form, criterion, district, &count);
    if (!names)
        return;
    th_document_wrap(document, "<li><strong>", th_document_district(document, district),
                     "</strong>");
    th_document_wrap(document, " (", th_document_number(document, count),
                     th_document_is_provisional(document, form, criterion, district) ? ")*: "
                                                                                     : "): ");
    th_document_text(document, names);
    th_document_raw(document, ".</li>\n");
}

bool th_document_communes(struct th_document *document, struct th_assessment_form *form,
                          const struct th_group *group)
{
    const struct th_catalogue *catalogue = document->run->catalogue;
    bool any = false;
    for (size_t i = 0; i < form->form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->form->criteria[i];
        if (criterion->group != group || criterion->kind != TH_KIND_COMMUNES)
            continue;
        const Tonghop__V1__Figure *all = list_of(form, criterion, "*");
        const char *values[] = {th_name_in(criterion->name, document->language),
                                th_document_number(document, all ? all->n_member : 0)};
        any = true;
        if (!all || all->n_member == 0) {
            th_document_say(document, "<p>", TH_SAY_NO_COMMUNES, values, "</p>\n");
            continue;
        }
        th_document_say(document, "<p class=\"lead\">", TH_SAY_COMMUNES_COUNT, values,
                        "</p>\n<ul>\n");
        for (size_t j = 0; j < catalogue->district_count; j++)
            write_list(document, form, criterion, catalogue->districts[j].code);
        th_document_raw(document, "</ul>\n");
    }
    return any;
}
