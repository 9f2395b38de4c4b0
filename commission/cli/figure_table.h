/* Consolidated figures as a table for people: by group and criterion, the name of
 * the criterion once, beside the districts' figures, broken over their rows. */
#ifndef TONGHOP_COMMISSION_FIGURE_TABLE_H
#define TONGHOP_COMMISSION_FIGURE_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "common/base/status.h"
#include "common/domain/catalogue.h"
#include "tonghop/v1/tonghop.pb-c.h"

struct th_figure_table;

struct th_figure_table_options {
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    struct th_period period; /* as asked for, year-to-date included */
    const char *language;
    bool by_period, members, approved_only, comparable;
    size_t width; /* columns to fit into */
};

/* The options are copied; what they point to must live as long as the table. */
struct th_figure_table *th_figure_table_create(const struct th_figure_table_options *options);
void th_figure_table_destroy(struct th_figure_table **table);

/* Copies a figure of the answer. False when its criterion is not the form's. */
bool th_figure_table_add(struct th_figure_table *table, const Tonghop__V1__Figure *figure);

/* Prints title, table and notes. */
enum th_status th_figure_table_print(struct th_figure_table *table, int64_t answered_at_us,
                                     FILE *out, struct th_error *error) TH_MUST_USE;

#endif
