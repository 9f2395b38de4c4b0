/* What the two tables of `tonghop compare` share. */
#ifndef TONGHOP_COMMISSION_COMPARE_H
#define TONGHOP_COMMISSION_COMPARE_H

#include "commission/cli/asking.h"
#include "commission/cli/consolidated_options.h"
#include "commission/cli/figure_set.h"

/* In the order in which they are asked for. */
enum th_compare_side { TH_COMPARE_NOW, TH_COMPARE_THEN };

struct th_compare {
    struct th_asking asking;
    struct th_consolidated_options options;
    struct th_figure_set sets[2]; /* of the period; of the one given by --with */
};

/* Below the (last) table. */
void th_compare_note(struct th_compare *run, struct th_table *table, bool any);

/* compare_districts.c: one period, a column a district. */
enum th_status th_compare_side_by_side(struct th_compare *run, struct th_error *error) TH_MUST_USE;

#endif
