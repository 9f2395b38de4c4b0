/* What the three files of the command line share. Private to this room. */
#ifndef TONGHOP_BASE_COMMAND_PRIVATE_H
#define TONGHOP_BASE_COMMAND_PRIVATE_H

#include <stdio.h>

#include "common/base/command.h"

struct th_given_setting {
    const struct th_config_key *key;
    const char *value;
};

/* What argv says, before anything is done about it. */
struct th_invocation {
    const struct th_program *program;
    const struct th_config_key *keys; /* of the program; an empty table when it has none */
    const struct th_command *command; /* NULL when no command word was given */
    struct th_command_line line;
    bool help, version;
    const char *config_path;           /* of -c, NULL: not given */
    struct th_given_setting *settings; /* in the order given; room for argc of them */
    size_t setting_count;
};

/* The caller has set program, keys and settings, the rest is zero. */
enum th_status th_invocation_parse(struct th_invocation *invocation, int argc, char **argv,
                                   struct th_error *error) TH_MUST_USE;

/* With `command` NULL the help of the program. */
void th_help_print(FILE *out, const struct th_program *program, const struct th_command *command);

#endif
