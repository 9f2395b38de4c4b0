/* What the two files of this room share. */
#ifndef TONGHOP_CSV_CSV_PRIVATE_H
#define TONGHOP_CSV_CSV_PRIVATE_H

#include "common/csv/csv.h"

/* ',' until enough was fed to know better. */
char th_csv_stream_separator(const struct th_csv_stream *stream);

#endif
