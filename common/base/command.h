/* Command lines of the form `program [--key value ...] command [options] [args]`:
 * a table of commands, each with its own options and help, over argp. */
#ifndef TONGHOP_BASE_COMMAND_H
#define TONGHOP_BASE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/config.h"
#include "common/base/status.h"

/* One option of a command. The values land in struct th_command_line. */
struct th_option {
    const char *name;     /* "format" for --format */
    char letter;          /* 'f' for -f, 0: none */
    const char *argument; /* name of its value in the help, NULL: a switch; with "..." at its
                             end the option may be given several times */
    const char *help;
};

#define TH_COMMAND_OPTIONS   32
#define TH_COMMAND_ARGUMENTS 1024
#define TH_COMMAND_REPEATS   256

/* What was given to a command. Texts point into argv. */
struct th_command_line {
    const struct th_option *options;             /* the command's table */
    const char *values[TH_COMMAND_OPTIONS];      /* by position in the table; "" for a switch */
    const char *arguments[TH_COMMAND_ARGUMENTS]; /* positional */
    size_t argument_count;
    struct {
        size_t position; /* of the option in the table */
        const char *value;
    } repeats[TH_COMMAND_REPEATS]; /* second and further values of options that take them */
    size_t repeat_count;
};

/* Value of --name, NULL when it was not given ("" for a switch that was). */
const char *th_command_option(const struct th_command_line *line, const char *name);
/* Of an option that may be given several times the value at `index`, from 0; NULL: no more. */
const char *th_command_option_at(const struct th_command_line *line, const char *name,
                                 size_t index);

struct th_command {
    const char *name;                /* "catalogue import"; words separated by one blank */
    const char *arguments;           /* "FILE..." for the usage line, NULL: none */
    const char *summary;             /* one line for `program --help` */
    const char *description;         /* paragraphs and examples for `program command --help` */
    const struct th_option *options; /* ends with a NULL name; NULL: none */
    size_t minimum_arguments, maximum_arguments;
    /* Runs it; what it returns is the program's exit status. */
    enum th_status (*run)(void *context, const struct th_command_line *line,
                          struct th_error *error);
};

struct th_program {
    const char *name;           /* "tonghop-reporter" */
    const char *summary;        /* what it is for, two or three lines */
    const char *default_config; /* path read when it exists and no -c is given; NULL: none */
    const struct th_config_key *keys;
    const struct th_command *commands; /* ends with a NULL name */
};

/* Parses argv: -c FILE and --KEY VALUE of the config table are taken before and
 * after the command word; --help, --version; an unknown option or command is
 * TH_USAGE and suggests the nearest name. Fills `settings` (defaults, file, then
 * command line; there the first value of a list replaces the file's, further ones
 * are added), runs the command, frees the settings' texts, prints an error
 * "program: message" and returns the exit code of ARCHITECTURE ("Command lines"). */
int th_program_main(const struct th_program *program, int argc, char **argv, void *settings,
                    void *context);

#endif
