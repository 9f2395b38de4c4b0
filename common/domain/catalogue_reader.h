/* The parts of th_catalogue_read, a function a file, called in the order of
 * th_catalogue_file_names. Rows with faults still enter the catalogue where their
 * codes are good, so that one mistake is told once and not again by every row that
 * refers to it; a catalogue with any fault is dropped at the end. */
#ifndef TONGHOP_DOMAIN_CATALOGUE_READER_H
#define TONGHOP_DOMAIN_CATALOGUE_READER_H

#include "common/domain/catalogue_sheet.h"

#define TH_ROWLESS SIZE_MAX /* of an owner: the row names none that exists */

#define TH_NAME_MAX  500  /* characters of a name, unit or message */
#define TH_GUIDE_MAX 2000 /* characters of guidance */

struct th_catalogue_reader {
    struct th_catalogue_store *store;
    struct th_catalogue *catalogue; /* of the store */
    struct th_arena *arena;         /* of the store */
    struct th_arena *scratch;       /* of the parsed files, limited; until reading ends */
    struct th_arena *work;          /* notes beside the rows, which row limits bound; likewise */
    struct th_sheet sheets[TH_FILE_COUNT];
    struct th_codes **groups, **criterion_codes; /* by form index */
    /* Beside every criterion, by its position in all_criteria: */
    struct th_criterion *all_criteria;
    size_t criterion_count; /* of all forms, with gaps */
    size_t *criterion_rows; /* row of criteria.csv */
    bool *kind_is_good;     /* else checks by kind are left out */
};

/* The rows of a file by what they belong to: entry i of owner o has its room at
 * start[o] + i of one array for all. */
struct th_ownership {
    size_t *owners; /* by row; TH_ROWLESS */
    size_t *counts; /* by owner */
    size_t *starts; /* by owner */
};
struct th_ownership th_ownership_create(struct th_catalogue_reader *reader, size_t rows,
                                        size_t owners);
void th_ownership_close(struct th_ownership *ownership, size_t owners);

/* Looks up what a cell names; NULL after a fault, or without one when the other
 * file could not be read. */
const struct th_district *th_reader_district(struct th_catalogue_reader *reader,
                                             const struct th_sheet *sheet, size_t row, int column);
struct th_form *th_reader_form(struct th_catalogue_reader *reader, const struct th_sheet *sheet,
                               size_t row, int column);
struct th_criterion *th_reader_criterion(struct th_catalogue_reader *reader,
                                         const struct th_sheet *sheet, size_t row,
                                         const struct th_form *form, int column);

/* The form that each row's `column` names; unknown ones are faults. */
struct th_ownership th_reader_rows_by_form(struct th_catalogue_reader *reader,
                                           const struct th_sheet *sheet, int column);

void th_reader_districts(struct th_catalogue_reader *reader);
void th_reader_communes(struct th_catalogue_reader *reader);
void th_reader_forms(struct th_catalogue_reader *reader);
void th_reader_groups(struct th_catalogue_reader *reader);
void th_reader_criteria(struct th_catalogue_reader *reader);
void th_reader_choices(struct th_catalogue_reader *reader);
void th_reader_rules(struct th_catalogue_reader *reader);
void th_reader_targets(struct th_catalogue_reader *reader);
void th_reader_periods(struct th_catalogue_reader *reader);
void th_reader_holidays(struct th_catalogue_reader *reader);

#endif
