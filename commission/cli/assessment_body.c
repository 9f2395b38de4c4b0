/* The text: what it is made of, then form by form and group by group. */
#include <string.h>

#include "commission/cli/assessment_document.h"
#include "commission/cli/people.h"
#include "common/render/html.h"
#include "common/render/numeral.h"

static uint64_t count_districts(struct th_document *document)
{
    const struct th_catalogue *catalogue = document->run->catalogue;
    uint64_t count = 0;
    for (size_t i = 0; i < catalogue->district_count; i++) {
        bool any = false;
        for (size_t j = 0; j < document->run->options.form_count && !any; j++) {
            const Tonghop__V1__Completeness *counts =
                th_document_counts(&document->run->forms[j], catalogue->districts[i].code);
            any = counts && counts->received > 0;
        }
        count += any;
    }
    return count;
}

static void write_form_line(struct th_document *document, struct th_assessment_form *form)
{
    const Tonghop__V1__Completeness *counts = th_document_counts(form, "*");
    static const Tonghop__V1__Completeness none = TONGHOP__V1__COMPLETENESS__INIT;
    if (!counts)
        counts = &none;
    const char *values[] = {
        th_name_in(form->form->name, document->language),
        th_people_frequency(form->form->frequency, document->language),
        th_document_number(document, counts->received),
        th_document_number(document, counts->expected),
        th_document_share(document, counts->received, counts->expected),
        th_document_number(document, counts->complete),
        th_document_number(document, counts->on_time),
        th_document_number(document, counts->approved),
    };
    th_document_say(document, "<li>", TH_SAY_FORM_LINE, values, "</li>\n");
}

static const char *annex_name(struct th_document *document, size_t number)
{
    char numeral[TH_NUMERAL_TEXT];
    th_numeral_roman(number, numeral);
    return th_arena_printf(document->run->arena,
                           strcmp(document->language, "en") == 0 ? "Annex %s" : "Phụ lục %s",
                           numeral);
}

/* How far the figures can be relied on. */
static void write_standing(struct th_document *document)
{
    const struct th_assessment_making *run = document->run;
    uint64_t missing = 0, unapproved = 0;
    for (size_t i = 0; i < run->gap_count; i++) {
        bool gone = strcmp(run->gaps[i].why, "missing") == 0;
        missing += gone;
        unapproved += !gone;
    }
    if (run->gap_count == 0) {
        th_document_say(document, "<p class=\"notice\">", TH_SAY_ALL_APPROVED, NULL, "</p>\n");
    } else if (run->options.final) {
        const char *values[] = {th_document_number(document, missing + unapproved),
                                annex_name(document, 1)};
        th_document_say(document, "<p class=\"notice\">", TH_SAY_FINAL_NOTE, values, "</p>\n");
    } else {
        const char *values[] = {th_document_number(document, missing),
                                th_document_number(document, unapproved)};
        th_document_say(document, "<p class=\"notice\">", TH_SAY_PRELIMINARY_NOTE, values,
                        "</p>\n");
    }
}

void th_document_introduction(struct th_document *document)
{
    struct th_assessment_making *run = document->run;
    const char *instant = th_document_instant(document, run->as_of_us);
    uint64_t districts = count_districts(document);
    const char *values[] = {th_document_number(document, districts),
                            th_document_period_within(document, run->period.id),
                            th_document_issuer(document)};
    th_document_say(document, "<p class=\"lead\">",
                    districts > 0 ? TH_SAY_INTRODUCTION : TH_SAY_NO_INTRODUCTION, values,
                    "</p>\n<ul>\n");
    for (size_t i = 0; i < run->options.form_count; i++)
        write_form_line(document, &run->forms[i]);
    th_document_say(document, "</ul>\n<p>", TH_SAY_AS_OF, &instant, "</p>\n");
    write_standing(document);
}

/* -------------------------------------------------------------------- narratives */

const struct th_observation *th_document_narrative(const struct th_stored_report *stored,
                                                   const struct th_criterion *criterion)
{
    const struct th_observation *found = th_report_find(&stored->report, criterion);
    return found && found->answer == TH_ANSWER_TEXT && found->text.size > 0 ? found : NULL;
}

static bool has_narrative(const struct th_assessment_form *form,
                          const struct th_criterion *criterion)
{
    for (size_t i = 0; i < form->stored_count; i++)
        if (th_document_narrative(&form->stored[i], criterion))
            return true;
    return false;
}

const struct th_assessment_gap *th_document_gap(const struct th_document *document,
                                                const struct th_stored_report *stored)
{
    const struct th_assessment_making *run = document->run;
    for (size_t i = 0; i < run->gap_count; i++)
        if (strcmp(run->gaps[i].district, stored->district) == 0 &&
            strcmp(run->gaps[i].form, stored->form) == 0 &&
            strcmp(run->gaps[i].period, stored->period) == 0)
            return &run->gaps[i];
    return NULL;
}

static void write_narrative(struct th_document *document, const struct th_stored_report *stored,
                            const struct th_observation *observation)
{
    struct th_arena *arena = document->run->arena;
    TH_CLEANUP_BUFFER struct th_buffer lead = {0};
    th_buffer_add_text(&lead, "<p><strong>");
    th_html_text(&lead, th_slice_of(th_document_district(document, stored->district)));
    th_buffer_add_text(&lead, "</strong> (<em>");
    th_html_text(&lead, th_slice_of(th_document_period(document, stored->period)));
    th_buffer_add_text(&lead, th_document_gap(document, stored) ? "</em>)*: " : "</em>): ");
    const char *open = th_arena_text(arena, th_buffer_slice(&lead));
    const char *line = observation->text.bytes, *end = line + observation->text.size;
    /* The first paragraph follows the district's name, others begin anew. */
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    stop = stop ? stop : end;
    th_document_raw(document, open);
    th_html_text(document->out, (struct th_slice){line, (size_t)(stop - line)});
    th_document_raw(document, "</p>\n");
    if (stop < end)
        th_html_paragraphs(document->out, (struct th_slice){stop + 1, (size_t)(end - stop - 1)},
                           "<p>", "</p>\n");
}

/* ------------------------------------------------------------------------ groups */

/* Parts of a group, numbered when there are several. */
struct parts {
    struct th_document *document;
    size_t number, total;
};

static void begin_part(struct parts *parts, const char *title)
{
    parts->number++;
    if (parts->total < 2)
        return;
    th_document_raw(parts->document, "<h4>");
    th_document_text(parts->document, th_document_number(parts->document, parts->number));
    th_document_wrap(parts->document, ". ", title, "</h4>\n");
}

static bool has_kind(const struct th_assessment_form *form, const struct th_group *group,
                     bool (*is)(enum th_kind kind))
{
    for (size_t i = 0; i < form->form->criterion_count; i++)
        if (form->form->criteria[i].group == group && is(form->form->criteria[i].kind))
            return true;
    return false;
}

static bool is_choice(enum th_kind kind)
{
    return kind == TH_KIND_CHOICE;
}

static bool is_communes(enum th_kind kind)
{
    return kind == TH_KIND_COMMUNES;
}

static bool has_narratives(const struct th_assessment_form *form, const struct th_group *group)
{
    for (size_t i = 0; i < form->form->criterion_count; i++)
        if (form->form->criteria[i].group == group &&
            form->form->criteria[i].kind == TH_KIND_TEXT &&
            has_narrative(form, &form->form->criteria[i]))
            return true;
    return false;
}

static void write_narratives(struct parts *parts, struct th_assessment_form *form,
                             const struct th_group *group)
{
    struct th_document *document = parts->document;
    if (has_narratives(form, group))
        th_document_say(document, "<p class=\"notice lead\">", TH_SAY_NARRATIVES_LANGUAGE, NULL,
                        "</p>\n");
    for (size_t i = 0; i < form->form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->form->criteria[i];
        if (criterion->group != group || criterion->kind != TH_KIND_TEXT)
            continue;
        begin_part(parts, th_name_in(criterion->name, document->language));
        if (!has_narrative(form, criterion))
            th_document_say(document, "<p>", TH_SAY_WITHOUT_FIGURE, NULL, "</p>\n");
        for (size_t j = 0; j < form->stored_count; j++) {
            const struct th_observation *text = th_document_narrative(&form->stored[j], criterion);
            if (text)
                write_narrative(document, &form->stored[j], text);
        }
    }
}

static size_t count_texts(const struct th_assessment_form *form, const struct th_group *group)
{
    size_t count = 0;
    for (size_t i = 0; i < form->form->criterion_count; i++)
        count +=
            form->form->criteria[i].group == group && form->form->criteria[i].kind == TH_KIND_TEXT;
    return count;
}

static void write_group(struct th_document *document, struct th_assessment_form *form,
                        const struct th_group *group)
{
    bool numbers = has_kind(form, group, th_document_is_number),
         choices = has_kind(form, group, is_choice);
    bool communes = has_kind(form, group, is_communes);
    struct parts parts = {document, 0,
                          (size_t)numbers + choices + communes + count_texts(form, group)};
    if (numbers) {
        begin_part(&parts, th_assessment_word(TH_SAY_TABLE_FIGURES, document->language));
        th_document_group_standing(document, form, group);
        th_document_figures(document, form, group);
    }
    if (choices) {
        begin_part(&parts, th_assessment_word(TH_SAY_TABLE_CHOICES, document->language));
        th_document_choices(document, form, group);
    }
    if (communes) {
        begin_part(&parts, th_assessment_word(TH_SAY_COMMUNES_TITLE, document->language));
        th_document_communes(document, form, group);
    }
    write_narratives(&parts, form, group);
}

static void write_section_title(struct th_document *document, size_t number, const char *title)
{
    char numeral[TH_NUMERAL_TEXT];
    th_numeral_roman(number, numeral);
    th_document_wrap(document, "<h3>", numeral, ". ");
    th_document_wrap(document, "", title, "</h3>\n");
}

void th_document_form(struct th_document *document, struct th_assessment_form *form,
                      size_t position)
{
    const struct th_form *of = form->form;
    const char *language = document->language;
    size_t number = 0;
    if (document->run->options.form_count > 1) {
        char letter[TH_NUMERAL_TEXT];
        th_numeral_letter(position + 1, language, letter);
        th_document_wrap(document, "<h2>", letter, ". ");
        th_document_wrap(document, "", th_name_in(of->name, language), "</h2>\n");
    }
    for (size_t i = 0; i < of->group_count; i++) {
        write_section_title(document, ++number, th_name_in(of->groups[i].name, language));
        write_group(document, form, &of->groups[i]);
    }
    if (th_document_has_ranking(form)) {
        write_section_title(document, ++number, th_assessment_word(TH_SAY_RANKING_TITLE, language));
        th_document_ranking(document, form);
    }
    write_section_title(document, ++number,
                        th_assessment_word(TH_SAY_COMPLETENESS_TITLE, language));
    th_document_completeness(document, form);
    if (position + 1 == document->run->options.form_count)
        th_document_signature(document);
}
