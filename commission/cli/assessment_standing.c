/* How the districts stand: ranking and completeness. */
#include <string.h>

#include "commission/cli/assessment_document.h"
#include "commission/cli/words.h"
#include "common/wire/message.h"

static const char *text_of(struct th_document *document, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, document->run->arena);
    return text ? text : "";
}

static const char *people(struct th_document *document, const char *exact, bool percent)
{
    char text[64];
    if (!*exact)
        return "–";
    th_render_number(exact, percent, percent ? 1 : 2, document->language, text, sizeof(text));
    return th_arena_text(document->run->arena, th_slice_of(text));
}

bool th_document_has_ranking(const struct th_assessment_form *form)
{
    for (size_t i = 0; i < form->ranking.count; i++)
        for (size_t j = 0; j < form->ranking.parts[i]->n_ranking; j++)
            if (form->ranking.parts[i]->ranking[j]->group.len == 0 &&
                form->ranking.parts[i]->ranking[j]->basis.len > 0)
                return true;
    return false;
}

/* -------------------------------------------------------------------- ranking */

static void write_rank(struct th_document *document, struct th_assessment_form *form,
                       const Tonghop__V1__Ranking *row)
{
    struct th_arena *arena = document->run->arena;
    const char *district = text_of(document, row->district);
    bool province = strcmp(district, "*") == 0;
    const Tonghop__V1__Completeness *counts = th_document_counts(form, district);
    th_document_raw(document, province ? "<tr class=\"total\">" : "<tr>");
    th_document_cell(document, "c",
                     row->rank  ? th_document_number(document, row->rank)
                     : province ? ""
                                : th_word(TH_WORD_INSUFFICIENT, document->language));
    th_document_cell(document, "place", th_document_district(document, district));
    th_document_cell(document, "n", people(document, text_of(document, row->composite), false));
    th_document_cell(document, "n", people(document, text_of(document, row->basis), true));
    th_document_cell(document, "n",
                     th_arena_printf(arena, "%s/%s", th_document_number(document, row->received),
                                     th_document_number(document, row->expected)));
    th_document_cell(document, "n",
                     counts ? th_document_share(document, counts->complete, counts->expected)
                            : "–");
    th_document_raw(document, "</tr>\n");
}

static bool has_composite(const struct th_assessment_form *form)
{
    for (size_t i = 0; i < form->ranking.count; i++)
        for (size_t j = 0; j < form->ranking.parts[i]->n_ranking; j++)
            if (form->ranking.parts[i]->ranking[j]->composite.len > 0)
                return true;
    return false;
}

void th_document_ranking(struct th_document *document, struct th_assessment_form *form)
{
    static const enum th_assessment_word columns[] = {TH_SAY_RANK,      TH_SAY_DISTRICT,
                                                      TH_SAY_COMPOSITE, TH_SAY_WEIGHT_BASIS,
                                                      TH_SAY_REPORTS,   TH_SAY_COMPLETE};
    if (!has_composite(form)) {
        th_document_say(document, "<p>", TH_SAY_NO_RANKING, NULL, "</p>\n");
        return;
    }
    th_document_say(document, "<p class=\"together\">", TH_SAY_RANKING_NOTE, NULL, "</p>\n");
    th_document_caption(document, TH_SAY_TABLE_RANKING, "");
    th_document_columns(document, "standing", columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < form->ranking.count; i++)
        for (size_t j = 0; j < form->ranking.parts[i]->n_ranking; j++)
            if (form->ranking.parts[i]->ranking[j]->group.len == 0)
                write_rank(document, form, form->ranking.parts[i]->ranking[j]);
    th_document_raw(document, "</tbody></table>\n");
}

/* Who stands first and last among those that are ranked. */
static void find_ends(const struct th_assessment_form *form, const char *group,
                      const Tonghop__V1__Ranking **first, const Tonghop__V1__Ranking **last)
{
    *first = *last = NULL;
    for (size_t i = 0; i < form->ranking.count; i++)
        for (size_t j = 0; j < form->ranking.parts[i]->n_ranking; j++) {
            const Tonghop__V1__Ranking *row = form->ranking.parts[i]->ranking[j];
            if (row->rank == 0 || !th_slice_equals(th_bytes_slice(row->group), group))
                continue;
            if (!*first)
                *first = row;
            *last = row;
        }
}

void th_document_group_standing(struct th_document *document, struct th_assessment_form *form,
                                const struct th_group *group)
{
    const Tonghop__V1__Ranking *province = th_document_rank(form, "*", group->code), *first, *last;
    if (!province || province->composite.len == 0)
        return;
    const char *composite = people(document, text_of(document, province->composite), false);
    th_document_say(document, "<p class=\"together\">", TH_SAY_COMPOSITE_OF_GROUP, &composite, "");
    find_ends(form, group->code, &first, &last);
    /* When all share a rank there is no first and no last. */
    if (first && first->rank != last->rank) {
        const char *values[] = {
            th_document_district(document, text_of(document, first->district)),
            people(document, text_of(document, first->composite), false),
            th_document_district(document, text_of(document, last->district)),
            people(document, text_of(document, last->composite), false),
        };
        th_document_say(document, "", TH_SAY_COMPOSITE_RANGE, values, "");
    }
    th_document_raw(document, "</p>\n");
}

/* --------------------------------------------------------------- completeness */

/* The columns; those that may be left out are, when the province has 0 there. */
static const struct {
    size_t offset;
    enum th_assessment_word word;
    bool always;
} counted[] = {
    {offsetof(Tonghop__V1__Completeness, expected), TH_SAY_EXPECTED, true},
    {offsetof(Tonghop__V1__Completeness, received), TH_SAY_RECEIVED, true},
    {offsetof(Tonghop__V1__Completeness, complete), TH_SAY_COMPLETE, true},
    {offsetof(Tonghop__V1__Completeness, on_time), TH_SAY_ON_TIME, true},
    {offsetof(Tonghop__V1__Completeness, late), TH_SAY_LATE, true},
    {offsetof(Tonghop__V1__Completeness, historic), TH_SAY_HISTORIC, false},
    {offsetof(Tonghop__V1__Completeness, not_yet_due), TH_SAY_NOT_DUE, false},
    {offsetof(Tonghop__V1__Completeness, missing), TH_SAY_MISSING, true},
    {offsetof(Tonghop__V1__Completeness, returned), TH_SAY_RETURNED, false},
    {offsetof(Tonghop__V1__Completeness, approved), TH_SAY_APPROVED, true},
};
#define COUNTED (sizeof(counted) / sizeof(counted[0]))

static uint64_t count_at(const Tonghop__V1__Completeness *row, size_t column)
{
    return *(const uint64_t *)((const char *)row + counted[column].offset);
}

static void write_counts(struct th_document *document, const Tonghop__V1__Completeness *row,
                         const bool *shown, size_t ordinal)
{
    const char *district = text_of(document, row->district);
    bool province = strcmp(district, "*") == 0;
    th_document_raw(document, province ? "<tr class=\"total\">" : "<tr>");
    th_document_cell(document, "c", province ? "" : th_document_number(document, ordinal));
    th_document_cell(document, "place", th_document_district(document, district));
    for (size_t i = 0; i < COUNTED; i++)
        if (shown[i])
            th_document_cell(document, "n", th_document_number(document, count_at(row, i)));
    th_document_raw(document, "</tr>\n");
}

void th_document_completeness(struct th_document *document, struct th_assessment_form *form)
{
    const Tonghop__V1__Completeness *province = th_document_counts(form, "*");
    enum th_assessment_word columns[COUNTED + 2] = {TH_SAY_ORDINAL, TH_SAY_DISTRICT};
    bool shown[COUNTED];
    size_t count = 2, ordinal = 0;
    if (!province)
        return;
    for (size_t i = 0; i < COUNTED; i++) {
        shown[i] = counted[i].always || count_at(province, i) > 0;
        if (shown[i])
            columns[count++] = counted[i].word;
    }
    th_document_caption(document, TH_SAY_TABLE_COMPLETENESS, "");
    th_document_columns(document, "standing", columns, count);
    for (size_t i = 0; i < form->completeness.count; i++)
        for (size_t j = 0; j < form->completeness.parts[i]->n_completeness; j++)
            write_counts(document, form->completeness.parts[i]->completeness[j], shown, ++ordinal);
    th_document_raw(document, "</tbody></table>\n");
}
