/* The daemon itself: `tonghop-collector run`. */
#ifndef TONGHOP_COLLECTOR_RUN_H
#define TONGHOP_COLLECTOR_RUN_H

#include "common/base/command.h"

enum th_status th_collector_run(void *settings, const struct th_command_line *line,
                                struct th_error *error);

#endif
