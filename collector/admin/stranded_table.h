/* Tells what accepted data a catalogue would strand, and what to do instead. */
#ifndef TONGHOP_COLLECTOR_STRANDED_TABLE_H
#define TONGHOP_COLLECTOR_STRANDED_TABLE_H

#include <stdio.h>

#include "collector/store/store.h"
#include "common/render/table.h"

enum th_status th_admin_print_stranded(FILE *out, const struct th_stranded *stranded, size_t count,
                                       enum th_format format, struct th_error *error) TH_MUST_USE;

#endif
