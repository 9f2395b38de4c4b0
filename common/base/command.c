#include "common/base/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/command_private.h"

static const struct th_config_key no_keys[] = {{.name = NULL}};

const char *th_command_option(const struct th_command_line *line, const char *name)
{
    for (size_t i = 0; line->options && line->options[i].name && i < TH_COMMAND_OPTIONS; i++)
        if (strcmp(line->options[i].name, name) == 0)
            return line->values[i];
    return NULL;
}

const char *th_command_option_at(const struct th_command_line *line, const char *name, size_t index)
{
    if (index == 0)
        return th_command_option(line, name);
    for (size_t i = 0; i < line->repeat_count; i++)
        if (strcmp(line->options[line->repeats[i].position].name, name) == 0 && --index == 0)
            return line->repeats[i].value;
    return NULL;
}

static enum th_status check_arguments(const struct th_invocation *invocation,
                                      struct th_error *error)
{
    const struct th_command *command = invocation->command;
    size_t count = invocation->line.argument_count;
    const char *program = invocation->program->name;

    if (count < command->minimum_arguments)
        return th_error_set(error, TH_USAGE, "'%s' needs %s; see '%s %s --help'", command->name,
                            command->arguments ? command->arguments : "an argument", program,
                            command->name);
    if (count > command->maximum_arguments)
        return th_error_set(error, TH_USAGE,
                            "'%s' does not know what to do with '%.80s'; see "
                            "'%s %s --help'",
                            command->name, invocation->line.arguments[command->maximum_arguments],
                            program, command->name);
    return TH_OK;
}

/* The first value of a list on the command line takes the place of what the file
 * said, further ones are added. */
static enum th_status set_given(const struct th_invocation *invocation, void *settings,
                                struct th_error *error)
{
    enum th_status status = TH_OK;
    for (size_t i = 0; i < invocation->setting_count && status == TH_OK; i++) {
        const struct th_given_setting *given = &invocation->settings[i];
        bool repeated = false;
        for (size_t j = 0; j < i; j++)
            repeated = repeated || invocation->settings[j].key == given->key;
        if (given->key->type == TH_CONFIG_LIST && !repeated)
            status = th_config_set(invocation->keys, given->key->name, "", settings, error);
        if (status == TH_OK)
            status =
                th_config_set(invocation->keys, given->key->name, given->value, settings, error);
    }
    return status;
}

static enum th_status load_settings(const struct th_invocation *invocation, void *settings,
                                    struct th_error *error)
{
    enum th_status status = th_config_defaults(invocation->keys, settings, error);
    const char *path = invocation->config_path;
    const char *usual = invocation->program->default_config;
    if (!path && usual && access(usual, F_OK) == 0)
        path = usual;
    if (status == TH_OK && path)
        status = th_config_read(invocation->keys, path, settings, error);
    if (status == TH_OK)
        status = set_given(invocation, settings, error);
    return status;
}

static enum th_status run_command(const struct th_invocation *invocation, void *settings,
                                  void *context, struct th_error *error)
{
    enum th_status status = check_arguments(invocation, error);
    if (status != TH_OK)
        return status;
    status = load_settings(invocation, settings, error);
    if (status == TH_OK)
        status = invocation->command->run(context, &invocation->line, error);
    th_config_free(invocation->keys, settings);
    return status;
}

static enum th_status act(const struct th_invocation *invocation, void *settings, void *context,
                          struct th_error *error)
{
    const struct th_program *program = invocation->program;
    if (invocation->version) {
        printf("%s %s\n", program->name, TONGHOP_VERSION);
        return TH_OK;
    }
    if (invocation->help) {
        th_help_print(stdout, program, invocation->command);
        return TH_OK;
    }
    if (!invocation->command)
        return th_error_set(error, TH_USAGE, "no command was given; see '%s --help'",
                            program->name);
    return run_command(invocation, settings, context, error);
}

int th_program_main(const struct th_program *program, int argc, char **argv, void *settings,
                    void *context)
{
    struct th_error error = {0};
    struct th_invocation invocation = {.program = program,
                                       .keys = program->keys ? program->keys : no_keys};
    enum th_status status;

    invocation.settings = calloc((size_t)argc + 1, sizeof(*invocation.settings));
    if (invocation.settings)
        status = th_invocation_parse(&invocation, argc, argv, &error);
    else
        status = th_error_set(&error, TH_PERMANENT, "out of memory");
    if (status == TH_OK)
        status = act(&invocation, settings, context, &error);

    /* A full disk shows only now; results that were lost are not a success. */
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == TH_OK)
        status = th_error_set(&error, TH_PERMANENT, "cannot write standard output: %m");
    if (status != TH_OK && error.message[0] != '\0')
        fprintf(stderr, "%s: %s\n", program->name, error.message);
    free(invocation.settings);
    return th_status_exit_code(status);
}
