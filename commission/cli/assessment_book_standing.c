/* Sheets of how the districts stand: ranking and completeness. */
#include <stddef.h>
#include <string.h>

#include "commission/cli/assessment_book.h"
#include "commission/cli/words.h"
#include "common/wire/message.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *text_of(struct th_book *book, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, book->document.run->arena);
    return text ? text : "";
}

/* ---------------------------------------------------------------------- ranking */

static const char *group_of(struct th_book *book, const struct th_assessment_form *form,
                            ProtobufCBinaryData code)
{
    const struct th_form *of = form->form;
    for (size_t i = 0; i < of->group_count; i++)
        if (th_slice_equals(th_bytes_slice(code), of->groups[i].code))
            return th_book_group_name(book, &of->groups[i]);
    return code.len == 0 ? th_book_word(book, TH_SAY_WHOLE_FORM) : text_of(book, code);
}

static void add_rank(struct th_book *book, struct th_assessment_form *form,
                     const Tonghop__V1__Ranking *row)
{
    struct th_document *document = &book->document;
    const char *district = text_of(book, row->district);
    const Tonghop__V1__Completeness *counts = th_document_counts(form, district);
    bool province = strcmp(district, "*") == 0;
    const char *cells[] = {
        th_book_form_name(book, form),
        group_of(book, form, row->group),
        district,
        th_document_district(document, district),
        row->rank  ? th_book_count(book, row->rank)
        : province ? ""
                   : th_word(TH_WORD_INSUFFICIENT, document->language),
        text_of(book, row->composite),
        text_of(book, row->basis),
        th_book_count(book, row->received),
        th_book_count(book, row->expected),
        counts ? th_book_share(book, counts->complete, counts->expected) : "",
    };
    th_book_row(book, cells);
}

void th_book_ranking(struct th_book *book)
{
    static const struct th_book_column plan[] = {
        {"form_name", TH_SAY_FORM, TH_CELL_TEXT, true},
        {"group_name", TH_SAY_GROUP, TH_CELL_TEXT, true},
        {"district", TH_SAY_CODE, TH_CELL_TEXT, false},
        {"district_name", TH_SAY_DISTRICT, TH_CELL_TEXT, false},
        {"rank", TH_SAY_RANK, TH_CELL_NUMBER, false},
        {"composite", TH_SAY_COMPOSITE, TH_CELL_NUMBER, false},
        {"basis", TH_SAY_WEIGHT_BASIS, TH_CELL_PERCENT, false},
        {"received", TH_SAY_RECEIVED, TH_CELL_NUMBER, false},
        {"expected", TH_SAY_EXPECTED, TH_CELL_NUMBER, false},
        {"complete_share", TH_SAY_COMPLETE_SHARE, TH_CELL_PERCENT, false},
    };
    struct th_assessment_making *run = book->document.run;
    bool any = false;
    for (size_t i = 0; i < run->options.form_count; i++)
        any = any || th_document_has_ranking(&run->forms[i]);
    if (!any)
        return;
    th_book_sheet(book, TH_SAY_RANKING_TITLE, plan, COUNT_OF(plan));
    for (size_t i = 0; i < run->options.form_count; i++) {
        struct th_assessment_form *form = &run->forms[i];
        if (!th_document_has_ranking(form))
            continue;
        for (size_t j = 0; j < form->ranking.count; j++)
            for (size_t k = 0; k < form->ranking.parts[j]->n_ranking; k++)
                add_rank(book, form, form->ranking.parts[j]->ranking[k]);
    }
}

/* ----------------------------------------------------------------- completeness */

#define COUNT_AT(member) offsetof(Tonghop__V1__Completeness, member)
#define COUNTS_FROM      3 /* columns before them */

static const struct {
    size_t offset;
    struct th_book_column column;
} counted[] = {
    {COUNT_AT(expected), {"expected", TH_SAY_EXPECTED, TH_CELL_NUMBER, false}},
    {COUNT_AT(received), {"received", TH_SAY_RECEIVED, TH_CELL_NUMBER, false}},
    {COUNT_AT(complete), {"complete", TH_SAY_COMPLETE, TH_CELL_NUMBER, false}},
    {COUNT_AT(empty), {"empty", TH_SAY_EMPTY, TH_CELL_NUMBER, false}},
    {COUNT_AT(on_time), {"on_time", TH_SAY_ON_TIME, TH_CELL_NUMBER, false}},
    {COUNT_AT(late), {"late", TH_SAY_LATE, TH_CELL_NUMBER, false}},
    {COUNT_AT(historic), {"historic", TH_SAY_HISTORIC, TH_CELL_NUMBER, false}},
    {COUNT_AT(not_yet_due), {"not_yet_due", TH_SAY_NOT_DUE, TH_CELL_NUMBER, false}},
    {COUNT_AT(missing), {"missing", TH_SAY_MISSING, TH_CELL_NUMBER, false}},
    {COUNT_AT(returned), {"returned", TH_SAY_RETURNED, TH_CELL_NUMBER, false}},
    {COUNT_AT(approved), {"approved", TH_SAY_APPROVED, TH_CELL_NUMBER, false}},
};
static const struct th_book_column places[COUNTS_FROM] = {
    {"form_name", TH_SAY_FORM, TH_CELL_TEXT, true},
    {"district", TH_SAY_CODE, TH_CELL_TEXT, false},
    {"district_name", TH_SAY_DISTRICT, TH_CELL_TEXT, false},
};
/* SEMANTICS of the rates: received and complete of what is expected, on time of what is on
 * time, late or missing. */
static const struct th_book_column rates[] = {
    {"received_share", TH_SAY_RECEIVED_SHARE, TH_CELL_PERCENT, false},
    {"complete_share", TH_SAY_COMPLETE_SHARE, TH_CELL_PERCENT, false},
    {"on_time_share", TH_SAY_ON_TIME_SHARE, TH_CELL_PERCENT, false},
};
#define COMPLETENESS_COLUMNS (COUNTS_FROM + COUNT_OF(counted) + COUNT_OF(rates))

static void add_completeness(struct th_book *book, struct th_assessment_form *form,
                             const Tonghop__V1__Completeness *row)
{
    const char *district = text_of(book, row->district);
    const char *cells[COMPLETENESS_COLUMNS] = {th_book_form_name(book, form), district,
                                               th_document_district(&book->document, district)};
    const char **cell = cells + COUNTS_FROM;
    for (size_t i = 0; i < COUNT_OF(counted); i++)
        *cell++ = th_book_count(
            book, *(const uint64_t *)(const void *)((const char *)row + counted[i].offset));
    *cell++ = th_book_share(book, row->received, row->expected);
    *cell++ = th_book_share(book, row->complete, row->expected);
    *cell++ = th_book_share(book, row->on_time, row->on_time + row->late + row->missing);
    th_book_row(book, cells);
}

void th_book_completeness(struct th_book *book)
{
    struct th_assessment_making *run = book->document.run;
    struct th_book_column plan[COMPLETENESS_COLUMNS];
    size_t count = 0;
    for (size_t i = 0; i < COUNTS_FROM; i++)
        plan[count++] = places[i];
    for (size_t i = 0; i < COUNT_OF(counted); i++)
        plan[count++] = counted[i].column;
    for (size_t i = 0; i < COUNT_OF(rates); i++)
        plan[count++] = rates[i];
    th_book_sheet(book, TH_SAY_COMPLETENESS_TITLE, plan, count);
    for (size_t i = 0; i < run->options.form_count; i++) {
        struct th_assessment_form *form = &run->forms[i];
        for (size_t j = 0; j < form->completeness.count; j++)
            for (size_t k = 0; k < form->completeness.parts[j]->n_completeness; k++)
                add_completeness(book, form, form->completeness.parts[j]->completeness[k]);
    }
}
