/* Behind the signature: exceptions, every district's figures, what all of it rests on. */
#include <string.h>

#include "commission/cli/assessment_document.h"
#include "commission/cli/people.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "common/render/numeral.h"

#define MATRIX_COLUMNS 8 /* criteria beside each other on a landscape page */

static void begin_annex(struct th_document *document, size_t *number, bool wide,
                        enum th_assessment_word title)
{
    char numeral[TH_NUMERAL_TEXT];
    const char *value = numeral;
    th_numeral_roman(++*number, numeral);
    th_document_raw(document, wide ? "<section class=\"wide\">\n" : "<section class=\"annex\">\n");
    th_document_say(document, "<h2>", TH_SAY_ANNEX, &value, "<br>");
    th_document_word(document, title);
    th_document_raw(document, "</h2>\n");
}

static void write_exceptions(struct th_document *document)
{
    static const enum th_assessment_word columns[] = {
        TH_SAY_ORDINAL, TH_SAY_DISTRICT, TH_SAY_FORM, TH_SAY_PERIOD, TH_SAY_STATE, TH_SAY_REASON};
    const struct th_assessment_making *run = document->run;
    th_document_say(document, "<p>", TH_SAY_EXCEPTIONS_INTRODUCTION, NULL, "</p>\n");
    th_document_caption(document, TH_SAY_TABLE_EXCEPTIONS, "");
    th_document_columns(document, "exceptions", columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < run->gap_count; i++) {
        const struct th_assessment_gap *gap = &run->gaps[i];
        const struct th_form *form = th_catalogue_form(run->catalogue, th_slice_of(gap->form));
        th_document_raw(document, "<tr>");
        th_document_cell(document, "c", th_document_number(document, i + 1));
        th_document_cell(document, "", th_document_district(document, gap->district));
        th_document_cell(document, "",
                         form ? th_name_in(form->name, document->language) : gap->form);
        th_document_cell(document, "", th_document_period(document, gap->period));
        th_document_cell(document, "", th_assessment_why(gap->why, document->language));
        th_document_cell(document, "long", gap->reason ? gap->reason : "");
        th_document_raw(document, "</tr>\n");
    }
    th_document_raw(document, "</tbody></table>\n");
}

/* -------------------------------------------------------------------- figures */

static void write_matrix_row(struct th_document *document, struct th_assessment_form *form,
                             const struct th_criterion *const *criteria, size_t count,
                             const char *district)
{
    struct th_arena *arena = document->run->arena;
    th_document_raw(document, strcmp(district, "*") == 0 ? "<tr class=\"total\">" : "<tr>");
    th_document_cell(document, "", th_document_district(document, district));
    for (size_t i = 0; i < count; i++) {
        const struct th_kept_figure *figure =
            th_figure_set_find(&form->set, "", district, criteria[i], "");
        const char *value =
            figure ? th_people_value(criteria[i], figure->value, document->language, arena) : "";
        bool provisional = figure && *figure->value &&
                           th_document_is_provisional(document, form, criteria[i], district);
        th_document_wrap(document, "<td class=\"n\">", value, provisional ? "*</td>" : "</td>");
    }
    th_document_raw(document, "</tr>\n");
}

static bool has_figures(const struct th_assessment_form *form, const char *district)
{
    for (size_t i = 0; i < form->set.count; i++)
        if (strcmp(form->set.figures[i].district, district) == 0)
            return true;
    return false;
}

static void write_matrix(struct th_document *document, struct th_assessment_form *form,
                         const struct th_criterion *const *criteria, size_t count)
{
    const struct th_catalogue *catalogue = document->run->catalogue;
    const char *language = document->language;
    th_document_raw(document, "<div class=\"whole\">\n");
    th_document_caption(document, TH_SAY_TABLE_MATRIX, th_name_in(form->form->name, language));
    th_document_wrap(document, "<table class=\"matrix\"><thead><tr><th>",
                     th_assessment_word(TH_SAY_DISTRICT, language), "</th>");
    for (size_t i = 0; i < count; i++)
        th_document_wrap(document, "<th>",
                         th_people_criterion(criteria[i], language, document->run->arena), "</th>");
    th_document_raw(document, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < catalogue->district_count; i++)
        if (has_figures(form, catalogue->districts[i].code))
            write_matrix_row(document, form, criteria, count, catalogue->districts[i].code);
    write_matrix_row(document, form, criteria, count, "*");
    th_document_raw(document, "</tbody></table>\n</div>\n");
}

/* As many tables of about equal width as the criteria need. */
static void write_matrices(struct th_document *document, struct th_assessment_form *form)
{
    const struct th_form *of = form->form;
    const struct th_criterion **criteria =
        th_arena_alloc(document->run->arena, (of->criterion_count + 1) * sizeof(*criteria));
    size_t count = 0;
    for (size_t i = 0; i < of->criterion_count; i++)
        if (th_document_is_number(of->criteria[i].kind))
            criteria[count++] = &of->criteria[i];
    if (!th_document_has_figures(form, NULL)) {
        const char *name = th_name_in(of->name, document->language);
        th_document_say(document, "<p>", TH_SAY_NO_FIGURES_OF, &name, "</p>\n");
        return;
    }
    size_t tables = (count + MATRIX_COLUMNS - 1) / MATRIX_COLUMNS;
    for (size_t i = 0, at = 0; i < tables; i++) {
        size_t width = (count - at + tables - i - 1) / (tables - i);
        write_matrix(document, form, criteria + at, width);
        at += width;
    }
}

/* ---------------------------------------------------------------------- basis */

static void write_item(struct th_document *document, enum th_assessment_word word, const char *text,
                       const char *hash)
{
    th_document_raw(document, "<tr>");
    th_document_cell(document, "", th_assessment_word(word, document->language));
    th_document_wrap(document, "<td>", text, "");
    if (*hash)
        th_document_wrap(document, "<br><span class=\"hash\">", hash, "</span>");
    th_document_raw(document, "</td></tr>\n");
}

static void write_heads(struct th_document *document)
{
    static const enum th_assessment_word columns[] = {TH_SAY_DISTRICT, TH_SAY_EPOCH,
                                                      TH_SAY_SEQUENCE, TH_SAY_HASH};
    const struct th_assessment_making *run = document->run;
    th_document_caption(document, TH_SAY_TABLE_HEADS, "");
    th_document_columns(document, "heads", columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < run->head_count; i++) {
        const struct th_assessment_head *head = &run->heads[i];
        char hex[2 * TH_HASH_BYTES + 1];
        bool province = *head->district == '\0';
        th_text_to_hex(head->hash, TH_HASH_BYTES, hex);
        th_document_raw(document, "<tr>");
        th_document_cell(document, "",
                         province ? th_assessment_word(TH_SAY_CHAIN_OF_PROVINCE, document->language)
                                  : th_arena_printf(run->arena, "%s (%s)",
                                                    th_document_district(document, head->district),
                                                    head->district));
        th_document_cell(document, "n",
                         province ? "" : th_arena_printf(run->arena, "%u", head->epoch));
        th_document_cell(document, "n",
                         th_arena_printf(run->arena, "%llu", (unsigned long long)head->sequence));
        th_document_cell(document, "hash", hex);
        th_document_raw(document, "</tr>\n");
    }
    th_document_raw(document, "</tbody></table>\n");
}

static void write_basis(struct th_document *document)
{
    const struct th_assessment_making *run = document->run;
    char digest[2 * TH_HASH_BYTES + 1], catalogue[2 * TH_HASH_BYTES + 1];
    th_text_to_hex(run->heads_digest, TH_HASH_BYTES, digest);
    th_text_to_hex(run->catalogue->digest, TH_HASH_BYTES, catalogue);
    th_document_raw(document, "<table class=\"basis\"><tbody>\n");
    if (run->options.final)
        write_item(document, TH_SAY_BASIS_NUMBER, th_document_number(document, run->number), "");
    write_item(document, TH_SAY_BASIS_AS_OF, run->as_of, "");
    write_item(document, TH_SAY_BASIS_HORIZON, th_cli_instant(run->horizon_us, run->arena), "");
    write_item(document, TH_SAY_BASIS_CATALOGUE,
               th_arena_printf(run->arena, "%llu", (unsigned long long)run->catalogue->version),
               catalogue);
    write_item(document, TH_SAY_BASIS_HEADS, th_document_number(document, run->head_count), digest);
    th_document_raw(document, "</tbody></table>\n");
    th_document_say(document, "<p>", TH_SAY_BASIS_CHECK, NULL, "</p>\n");
    write_heads(document);
}

void th_document_annexes(struct th_document *document)
{
    struct th_assessment_making *run = document->run;
    size_t number = 0;
    if (run->options.final && run->gap_count > 0) {
        begin_annex(document, &number, false, TH_SAY_ANNEX_EXCEPTIONS);
        write_exceptions(document);
        th_document_raw(document, "</section>\n");
    }
    begin_annex(document, &number, true, TH_SAY_ANNEX_FIGURES);
    for (size_t i = 0; i < run->options.form_count; i++)
        write_matrices(document, &run->forms[i]);
    bool figures = false;
    for (size_t i = 0; i < run->options.form_count; i++)
        figures = figures || th_document_has_figures(&run->forms[i], NULL);
    if (!run->options.final && run->gap_count > 0 && figures)
        th_document_say(document, "<p class=\"foot\">", TH_SAY_PROVISIONAL_MARK, NULL, "</p>\n");
    th_document_raw(document, "</section>\n");
    begin_annex(document, &number, false, TH_SAY_ANNEX_BASIS);
    write_basis(document);
    th_document_raw(document, "</section>\n");
}
