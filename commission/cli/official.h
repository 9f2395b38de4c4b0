/* `tonghop consolidated --layout official`: the columns that offices expect (SEMANTICS,
 * "The official layout"): this period, cumulative from 1 January, the same period last
 * year, the change from it, the annual target, the share of it. */
#ifndef TONGHOP_COMMISSION_OFFICIAL_H
#define TONGHOP_COMMISSION_OFFICIAL_H

#include "commission/cli/consolidated_options.h"
#include "commission/cli/figure_set.h"

/* Asks for every form and gives its tables. */
enum th_status th_official_answer(struct th_asking *asking,
                                  const struct th_consolidated_options *options,
                                  struct th_error *error) TH_MUST_USE;

/* ---- between official.c, which asks, and official_rows.c, which shows ---- */

/* In the order in which they are asked for. */
enum th_official_span { TH_OFFICIAL_NOW, TH_OFFICIAL_TO_DATE, TH_OFFICIAL_YEAR_BEFORE };
#define TH_OFFICIAL_SPANS 3

struct th_official {
    struct th_asking *asking;
    const struct th_consolidated_options *options;
    enum th_format format;
    bool first;             /* nothing was printed yet */
    struct th_table *table; /* CSV, JSON, XLSX: one for all forms and units */

    /* Of one form. */
    const struct th_form *form;
    struct th_figure_set sets[TH_OFFICIAL_SPANS];
    const char *periods[TH_OFFICIAL_SPANS]; /* canonical identifiers; NULL: there is none */
    int32_t year_end;                       /* 31 December of the period's last year */
};

/* Gives the tables of the form, one a unit. */
enum th_status th_official_give(struct th_official *run, struct th_error *error) TH_MUST_USE;

#endif
