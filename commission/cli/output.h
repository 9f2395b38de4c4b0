/* Where a command's result goes: standard output, or with -o a file that appears
 * whole or not at all. */
#ifndef TONGHOP_COMMISSION_OUTPUT_H
#define TONGHOP_COMMISSION_OUTPUT_H

#include <stdio.h>

#include "common/base/status.h"

struct th_output {
    FILE *file;
    const char *path; /* NULL: standard output */
    char *temporary;
};

/* `path` NULL or "-": standard output. */
enum th_status th_output_open(struct th_output *output, const char *path,
                              struct th_error *error) TH_MUST_USE;
/* Puts the file into place when `status` is TH_OK, else throws it away. Returns
 * `status`, or TH_PERMANENT when writing failed. */
enum th_status th_output_close(struct th_output *output, enum th_status status,
                               struct th_error *error) TH_MUST_USE;

#endif
