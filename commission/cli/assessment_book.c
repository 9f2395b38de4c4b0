/* The assessment as a workbook: the frame of its sheets, the summary, what it rests on. */
#include <stdlib.h>
#include <string.h>

#include "commission/cli/assessment_book.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* --------------------------------------------------------------- what is shared */

const char *th_book_word(const struct th_book *book, enum th_assessment_word word)
{
    return th_assessment_word(word, book->document.language);
}

const char *th_book_count(struct th_book *book, uint64_t count)
{
    return th_arena_printf(book->document.run->arena, "%llu", (unsigned long long)count);
}

const char *th_book_share(struct th_book *book, uint64_t part, uint64_t whole)
{
    if (whole == 0)
        return "";
    unsigned long long millionths = (unsigned long long)((part * 2000000 + whole) / (2 * whole));
    return th_arena_printf(book->document.run->arena, "%llu.%06llu", millionths / 1000000,
                           millionths % 1000000);
}

const char *th_book_form_name(const struct th_book *book, const struct th_assessment_form *form)
{
    return th_name_in(form->form->name, book->document.language);
}

const char *th_book_group_name(const struct th_book *book, const struct th_group *group)
{
    return group ? th_name_in(group->name, book->document.language) : "";
}

enum th_cell_kind th_book_kind(const struct th_criterion *criterion)
{
    return criterion->kind == TH_KIND_RATIO && criterion->percent ? TH_CELL_PERCENT
                                                                  : TH_CELL_NUMBER;
}

void th_book_begin(struct th_book *book, const char *name, const char *caption,
                   const struct th_column *columns, size_t count)
{
    struct th_document *document = &book->document;
    const struct th_assessment_making *run = document->run;
    const char *lines[3] = {caption, th_document_status(document)};
    size_t line_count = 2;
    if (!run->options.final && run->gap_count > 0)
        lines[line_count++] = th_book_word(book, TH_SAY_PROVISIONAL_MARK);
    if (book->table)
        th_table_columns(book->table, columns, count);
    else
        book->table = th_table_create(book->out, TH_FORMAT_XLSX, NULL, columns, count);
    th_table_sheet(book->table, name, th_document_subject(document), lines, line_count);
}

void th_book_sheet(struct th_book *book, enum th_assessment_word name,
                   const struct th_book_column *plan, size_t count)
{
    struct th_column *columns =
        th_arena_alloc(book->document.run->arena, (count + 1) * sizeof(*columns));
    for (size_t i = 0; i < count; i++)
        columns[i] = (struct th_column){
            .name = plan[i].name,
            .heading = th_book_word(book, plan[i].heading),
            .right = plan[i].cell == TH_CELL_NUMBER || plan[i].cell == TH_CELL_PERCENT,
            .wrap = plan[i].wrap,
            .cell = plan[i].cell,
        };
    th_book_begin(book, th_book_word(book, name), th_book_word(book, name), columns, count);
}

void th_book_row(struct th_book *book, const char *const *cells)
{
    th_table_row(book->table, cells, NULL);
}

/* ---------------------------------------------------------------------- summary */

static void add_item(struct th_book *book, enum th_assessment_word word, const char *value,
                     enum th_cell_kind kind)
{
    const char *cells[] = {th_book_word(book, word), value};
    th_table_cell(book->table, 1, kind);
    th_book_row(book, cells);
}

static void add_gaps(struct th_book *book)
{
    const struct th_assessment_making *run = book->document.run;
    uint64_t missing = 0;
    for (size_t i = 0; i < run->gap_count; i++)
        missing += strcmp(run->gaps[i].why, "missing") == 0;
    if (run->options.final) {
        add_item(book, TH_SAY_ANNEX_EXCEPTIONS, th_book_count(book, run->gap_count),
                 TH_CELL_NUMBER);
        return;
    }
    add_item(book, TH_SAY_SUMMARY_MISSING, th_book_count(book, missing), TH_CELL_NUMBER);
    add_item(book, TH_SAY_SUMMARY_UNAPPROVED, th_book_count(book, run->gap_count - missing),
             TH_CELL_NUMBER);
}

/* Instants as their exact text: that is what --as-of takes. */
static void add_basis(struct th_book *book)
{
    const struct th_assessment_making *run = book->document.run;
    char digest[2 * TH_HASH_BYTES + 1], catalogue[2 * TH_HASH_BYTES + 1];
    th_text_to_hex(run->heads_digest, TH_HASH_BYTES, digest);
    th_text_to_hex(run->catalogue->digest, TH_HASH_BYTES, catalogue);
    add_item(book, TH_SAY_BASIS_AS_OF, run->as_of, TH_CELL_TEXT);
    add_item(book, TH_SAY_BASIS_HORIZON, th_cli_instant(run->horizon_us, run->arena), TH_CELL_TEXT);
    add_item(book, TH_SAY_BASIS_CATALOGUE_VERSION, th_book_count(book, run->catalogue->version),
             TH_CELL_NUMBER);
    add_item(book, TH_SAY_BASIS_CATALOGUE_DIGEST, catalogue, TH_CELL_TEXT);
    add_item(book, TH_SAY_BASIS_HEADS_COUNT, th_book_count(book, run->head_count), TH_CELL_NUMBER);
    add_item(book, TH_SAY_BASIS_HEADS_DIGEST, digest, TH_CELL_TEXT);
}

static void write_summary(struct th_book *book)
{
    static const struct th_book_column plan[] = {
        {"item", TH_SAY_BASIS_COLUMN, TH_CELL_TEXT, false},
        {"value", TH_SAY_VALUE, TH_CELL_TEXT, true},
    };
    struct th_document *document = &book->document;
    const struct th_assessment_making *run = document->run;
    th_book_sheet(book, TH_SAY_SHEET_SUMMARY, plan, COUNT_OF(plan));
    add_item(book, TH_SAY_SUBJECT, th_document_subject(document), TH_CELL_TEXT);
    add_item(book, TH_SAY_ISSUER, th_document_issuer(document), TH_CELL_TEXT);
    add_item(book, TH_SAY_PERIOD, th_document_period(document, run->period.id), TH_CELL_TEXT);
    for (size_t i = 0; i < run->options.form_count; i++)
        add_item(book, TH_SAY_FORM, th_book_form_name(book, &run->forms[i]), TH_CELL_TEXT);
    if (run->options.final)
        add_item(book, TH_SAY_BASIS_NUMBER, th_book_count(book, run->number), TH_CELL_NUMBER);
    add_gaps(book);
    add_basis(book);
}

/* ------------------------------------------------------------ exceptions, heads */

static void write_exceptions(struct th_book *book)
{
    static const struct th_book_column plan[] = {
        {"district", TH_SAY_CODE, TH_CELL_TEXT, false},
        {"district_name", TH_SAY_DISTRICT, TH_CELL_TEXT, false},
        {"form", TH_SAY_FORM, TH_CELL_TEXT, true},
        {"period", TH_SAY_PERIOD, TH_CELL_TEXT, false},
        {"state", TH_SAY_STATE, TH_CELL_TEXT, false},
        {"reason", TH_SAY_REASON, TH_CELL_TEXT, true},
    };
    struct th_document *document = &book->document;
    const struct th_assessment_making *run = document->run;
    if (!run->options.final || run->gap_count == 0)
        return;
    th_book_sheet(book, TH_SAY_ANNEX_EXCEPTIONS, plan, COUNT_OF(plan));
    for (size_t i = 0; i < run->gap_count; i++) {
        const struct th_assessment_gap *gap = &run->gaps[i];
        const struct th_form *form = th_catalogue_form(run->catalogue, th_slice_of(gap->form));
        const char *cells[] = {
            gap->district,
            th_document_district(document, gap->district),
            form ? th_name_in(form->name, document->language) : gap->form,
            th_document_period(document, gap->period),
            th_assessment_why(gap->why, document->language),
            gap->reason,
        };
        th_book_row(book, cells);
    }
}

static void write_heads(struct th_book *book)
{
    static const struct th_book_column plan[] = {
        {"district", TH_SAY_CODE, TH_CELL_TEXT, false},
        {"district_name", TH_SAY_DISTRICT, TH_CELL_TEXT, false},
        {"epoch", TH_SAY_EPOCH, TH_CELL_NUMBER, false},
        {"sequence", TH_SAY_SEQUENCE, TH_CELL_NUMBER, false},
        {"hash", TH_SAY_HASH, TH_CELL_TEXT, true},
    };
    struct th_document *document = &book->document;
    const struct th_assessment_making *run = document->run;
    th_book_sheet(book, TH_SAY_SHEET_HEADS, plan, COUNT_OF(plan));
    for (size_t i = 0; i < run->head_count; i++) {
        const struct th_assessment_head *head = &run->heads[i];
        char hex[2 * TH_HASH_BYTES + 1];
        bool province = *head->district == '\0';
        th_text_to_hex(head->hash, TH_HASH_BYTES, hex);
        const char *cells[] = {
            province ? "*" : head->district,
            province ? th_book_word(book, TH_SAY_CHAIN_OF_PROVINCE)
                     : th_document_district(document, head->district),
            th_book_count(book, head->epoch),
            th_book_count(book, head->sequence),
            hex,
        };
        th_book_row(book, cells);
    }
}

/* ------------------------------------------------------------------------- book */

static void write_sheets(struct th_book *book)
{
    write_summary(book);
    th_book_figures(book);
    th_book_ranking(book);
    th_book_completeness(book);
    th_book_choices(book);
    th_book_communes(book);
    th_book_narratives(book);
    th_book_districts(book);
    write_exceptions(book);
    write_heads(book);
}

enum th_status th_assessment_write_book(struct th_assessment_making *run, struct th_buffer *out,
                                        struct th_error *error)
{
    char *bytes = NULL;
    size_t size = 0;
    struct th_book book = {.document = {.run = run, .language = run->language},
                           .out = open_memstream(&bytes, &size)};
    if (!book.out)
        abort();
    write_sheets(&book);
    enum th_status status = th_table_finish(&book.table, error);
    if (fclose(book.out) != 0)
        abort();
    th_buffer_add(out, bytes, size);
    free(bytes);
    return status;
}
