/* How our codes and periods are spelled in DHIS2's data value sets (docs/dhis2.md).
 * Pure. */
#ifndef TONGHOP_DOMAIN_DHIS2_H
#define TONGHOP_DOMAIN_DHIS2_H

#include "common/domain/catalogue.h"

/* Which of an answer's data elements. */
enum th_dhis2_part {
    TH_DHIS2_WHOLE, /* FORM/CRITERION: number, choice, commune codes, text */
    TH_DHIS2_NUM,   /* FORM/CRITERION/num and /den: a ratio */
    TH_DHIS2_DEN,
    TH_DHIS2_NOT_APPLICABLE, /* FORM/CRITERION/na: "true", its reason in the comment */
    TH_DHIS2_SIZE,           /* FORM/CRITERION/size: of a consolidated list of communes */
    TH_DHIS2_DISTRICTS,      /* FORM/CRITERION/districts: that gave a choice, which is the
                                category option combination */
};

/* Bytes that any data element's code fits in, NUL included. */
#define TH_DHIS2_ELEMENT (TH_FORM_CODE_MAX + TH_CRITERION_CODE_MAX + 16)

/* '/' is in no code of the catalogue, so that no two data elements are alike; it is not
 * the '.' and ':' that DHIS2's own query language gives a meaning to. */
void th_dhis2_element_write(const struct th_criterion *criterion, enum th_dhis2_part part,
                            char out[TH_DHIS2_ELEMENT]);
/* The inverse; false when the code is not put together like this. Whether form and
 * criterion exist is not asked. They point into `code`. */
bool th_dhis2_element_read(struct th_slice code, struct th_slice *form, struct th_slice *criterion,
                           enum th_dhis2_part *part);

/* "20240315", "202403", "2024Q1", "2024S1", "2024"; `out` takes TH_PERIOD_TEXT bytes.
 * False for what DHIS2 has no period for: nine months, ranges, named periods, to date.
 * Reading: th_base_period_parse. */
bool th_dhis2_period_write(const struct th_period *period, char *out);

#endif
