/* The workbook of an assessment while it is written: what its sheets share. */
#ifndef TONGHOP_COMMISSION_ASSESSMENT_BOOK_H
#define TONGHOP_COMMISSION_ASSESSMENT_BOOK_H

#include "commission/cli/assessment_document.h"
#include "common/render/table.h"

struct th_book {
    struct th_document document; /* for names and answers; it has no output */
    struct th_table *table;      /* NULL: no sheet begun */
    FILE *out;
};

struct th_book_column {
    const char *name;
    enum th_assessment_word heading;
    enum th_cell_kind cell;
    bool wrap;
};

/* Begins a sheet with these columns, which must live as long as the book: its name, and
 * what stands above the headings. */
void th_book_begin(struct th_book *book, const char *name, const char *caption,
                   const struct th_column *columns, size_t count);
/* The same by a plan. */
void th_book_sheet(struct th_book *book, enum th_assessment_word name,
                   const struct th_book_column *plan, size_t count);
/* A row; cells may be NULL. */
void th_book_row(struct th_book *book, const char *const *cells);
const char *th_book_count(struct th_book *book, uint64_t count);
/* A fraction to 6 digits, half up; "" of nothing. */
const char *th_book_share(struct th_book *book, uint64_t part, uint64_t whole);
const char *th_book_word(const struct th_book *book, enum th_assessment_word word);
/* Names in the book's language. */
const char *th_book_form_name(const struct th_book *book, const struct th_assessment_form *form);
const char *th_book_group_name(const struct th_book *book, const struct th_group *group);
/* How the criterion's values are seen: percentages where it is read so. */
enum th_cell_kind th_book_kind(const struct th_criterion *criterion);

/* assessment_book_figures.c: what the districts reported. */
void th_book_figures(struct th_book *book);
void th_book_choices(struct th_book *book);
void th_book_communes(struct th_book *book);
void th_book_narratives(struct th_book *book);
void th_book_districts(struct th_book *book);
/* assessment_book_standing.c: how the districts stand. */
void th_book_ranking(struct th_book *book);
void th_book_completeness(struct th_book *book);

#endif
