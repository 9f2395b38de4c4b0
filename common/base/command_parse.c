/* argv over argp (command.h). argp runs twice: over what stands before the
 * command word, with the settings alone, and over what stands behind it, with the
 * command's options too. Its own messages and help are switched off, because they
 * can neither suggest a name nor keep the order of commands. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/command_private.h"
#include "common/base/suggest.h"

/* Keys of argp: a command's option is its letter or OPTION_KEY + its position, a
 * setting SETTING_KEY + its position. Below ' ' and above 127 argp sees no letter. */
#define HELP_KEY     0x101
#define VERSION_KEY  0x102
#define CONFIG_KEY   0x103
#define OPTION_KEY   0x1000
#define SETTING_KEY  0x2000
#define LONGEST_NAME 64

struct stage {
    struct th_invocation *invocation;
    struct th_error *error;
    enum th_status status;
    struct argp_option *options;
    int next; /* in argv: where argp reads on */
    int word; /* in argv: the first that is no option, 0: none */
};

static size_t count_options(const struct th_command *command)
{
    size_t count = 0;
    while (command && command->options && command->options[count].name &&
           count < TH_COMMAND_OPTIONS)
        count++;
    return count;
}

static bool has_option(const struct th_command *command, const char *name, char letter)
{
    for (size_t i = 0; i < count_options(command); i++)
        if ((name && strcmp(command->options[i].name, name) == 0) ||
            (letter && command->options[i].letter == letter))
            return true;
    return false;
}

static void dashed(const char *name, char out[LONGEST_NAME])
{
    size_t i = 0;
    for (; name[i] && i + 1 < LONGEST_NAME; i++) {
        out[i] = name[i];
        if (out[i] == '_')
            out[i] = '-';
    }
    out[i] = '\0';
}

/* Options for argp: the command's first, as a setting of the same name is hidden
 * by them. `names` keeps the settings' names as they are typed. */
static struct argp_option *make_options(const struct th_invocation *invocation,
                                        char (**names)[LONGEST_NAME])
{
    const struct th_command *command = invocation->command;
    size_t own = count_options(command), keys = 0, used = 0;
    while (invocation->keys[keys].name)
        keys++;
    struct argp_option *options = calloc(own + 2 * keys + 4, sizeof(*options));
    *names = calloc(keys + 1, sizeof(**names));
    if (!options || !*names) {
        free(options);
        return NULL;
    }

    for (size_t i = 0; i < own; i++) {
        const struct th_option *option = &command->options[i];
        options[used++] = (struct argp_option){
            .name = option->name,
            .key = option->letter ? option->letter : OPTION_KEY + (int)i,
            .arg = option->argument,
        };
    }
    for (size_t i = 0; i < keys; i++) {
        const char *name = invocation->keys[i].name;
        struct argp_option option = {.key = SETTING_KEY + (int)i, .arg = "VALUE"};
        dashed(name, (*names)[i]);
        if (has_option(command, (*names)[i], 0) || has_option(command, name, 0))
            continue;
        option.name = (*names)[i];
        options[used++] = option;
        option.name = name;
        if (strcmp(name, (*names)[i]) != 0)
            options[used++] = option;
    }
    options[used++] = (struct argp_option){
        .name = "config", .key = has_option(command, NULL, 'c') ? CONFIG_KEY : 'c', .arg = "FILE"};
    options[used++] = (struct argp_option){.name = "help",
                                           .key = has_option(command, NULL, 'h') ? HELP_KEY : 'h'};
    options[used++] = (struct argp_option){.name = "version", .key = VERSION_KEY};
    return options;
}

/* argp also takes the beginning of a name ("--for"); a script that relies on it
 * would break with the next option, so it counts as unknown. */
static bool is_abbreviated(const char *token, const struct argp_option *options, int key)
{
    if (strncmp(token, "--", 2) != 0)
        return false;
    const char *name = token + 2;
    size_t length = strcspn(name, "=");
    for (; options->name; options++)
        if (options->key == key && strlen(options->name) == length &&
            strncmp(options->name, name, length) == 0)
            return false;
    return true;
}

static error_t fail_unknown_long(struct stage *stage, const char *token)
{
    const struct th_program *program = stage->invocation->program;
    const struct th_command *command = stage->invocation->command;
    char name[LONGEST_NAME] = "", hint[128];
    size_t length = strcspn(token + 2, "=");
    memcpy(name, token + 2, length < sizeof(name) ? length : sizeof(name) - 1);

    for (const struct th_command *other = program->commands; !command && other->name; other++)
        if (has_option(other, name, 0)) {
            stage->status = th_error_set(stage->error, TH_USAGE,
                                         "option '--%s' must stand behind the command", name);
            return EINVAL;
        }
    struct th_nearest nearest = {.given = name};
    for (const struct argp_option *option = stage->options; option->name; option++)
        th_nearest_offer(&nearest, option->name);
    stage->status =
        th_error_set(stage->error, TH_USAGE, "unknown option '--%s'%s; see '%s%s%s --help'", name,
                     th_nearest_text(&nearest, "--", hint), program->name, command ? " " : "",
                     command ? command->name : "");
    return EINVAL;
}

/* Says what is wrong with `token`, where argp has stopped. */
static error_t explain(struct stage *stage, const char *token)
{
    const struct argp_option *option;
    if (strncmp(token, "--", 2) == 0) {
        size_t length = strcspn(token + 2, "=");
        for (option = stage->options; option->name; option++)
            if (strlen(option->name) == length && strncmp(option->name, token + 2, length) == 0)
                break;
        if (!option->name)
            return fail_unknown_long(stage, token);
        stage->status = th_error_set(stage->error, TH_USAGE,
                                     option->arg ? "option '--%s' needs a value"
                                                 : "option '--%s' takes no value",
                                     option->name);
        return EINVAL;
    }
    for (const char *letter = token + 1; *letter; letter++) {
        for (option = stage->options; option->name && option->key != *letter; option++)
            ;
        if (!option->name || option->arg) {
            stage->status = th_error_set(
                stage->error, TH_USAGE,
                option->name ? "option '-%c' needs a value" : "unknown option '-%c'", *letter);
            return EINVAL;
        }
    }
    stage->status = th_error_set(stage->error, TH_USAGE, "cannot use option '%.80s'", token);
    return EINVAL;
}

static bool may_repeat(const struct th_option *option)
{
    size_t size = strlen(option->argument);
    return size > 3 && strcmp(option->argument + size - 3, "...") == 0;
}

static error_t take_repeated(struct stage *stage, size_t position, const char *value)
{
    struct th_command_line *line = &stage->invocation->line;
    if (line->repeat_count == TH_COMMAND_REPEATS) {
        stage->status =
            th_error_set(stage->error, TH_USAGE, "option '--%s' is given more than %d times",
                         line->options[position].name, TH_COMMAND_REPEATS);
        return EINVAL;
    }
    line->repeats[line->repeat_count].position = position;
    line->repeats[line->repeat_count++].value = value;
    return 0;
}

static error_t take_option(struct stage *stage, size_t position, const char *value)
{
    struct th_command_line *line = &stage->invocation->line;
    const struct th_option *option = &line->options[position];
    if (option->argument && line->values[position] && may_repeat(option))
        return take_repeated(stage, position, value);
    if (option->argument && line->values[position]) {
        stage->status = th_error_set(stage->error, TH_USAGE,
                                     "option '--%s' is given for the second time", option->name);
        return EINVAL;
    }
    line->values[position] = option->argument ? value : "";
    return 0;
}

static error_t take_argument(struct stage *stage, const char *argument, struct argp_state *state)
{
    struct th_invocation *invocation = stage->invocation;
    if (!invocation->command) {
        stage->word = state->next - 1;
        state->next = state->argc;
        return 0;
    }
    if (invocation->line.argument_count == TH_COMMAND_ARGUMENTS) {
        stage->status =
            th_error_set(stage->error, TH_USAGE,
                         "more than %d arguments; give them in several runs", TH_COMMAND_ARGUMENTS);
        return EINVAL;
    }
    invocation->line.arguments[invocation->line.argument_count++] = argument;
    return 0;
}

static error_t take_key(struct stage *stage, int key, const char *value)
{
    struct th_invocation *invocation = stage->invocation;
    for (size_t i = 0; i < count_options(invocation->command); i++) {
        const struct th_option *option = &invocation->command->options[i];
        if (key == (option->letter ? option->letter : OPTION_KEY + (int)i))
            return take_option(stage, i, value);
    }
    if (key >= SETTING_KEY) {
        invocation->settings[invocation->setting_count++] =
            (struct th_given_setting){&invocation->keys[key - SETTING_KEY], value};
        return 0;
    }
    if (key == 'c' || key == CONFIG_KEY)
        invocation->config_path = value;
    else if (key == 'h' || key == HELP_KEY)
        invocation->help = true;
    else if (key == VERSION_KEY)
        invocation->version = true;
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct stage *stage = state->input;
    error_t result;

    if (key == ARGP_KEY_ARG)
        result = take_argument(stage, value, state);
    else if (key < 0 || key >= ARGP_KEY_END)
        return ARGP_ERR_UNKNOWN; /* argp's own events */
    else if (stage->next < state->argc &&
             is_abbreviated(state->argv[stage->next], stage->options, key))
        result = fail_unknown_long(stage, state->argv[stage->next]);
    else
        result = take_key(stage, key, value);
    stage->next = state->next;
    return result;
}

/* Parses argv[1] and on; `word` receives where the command word stands. */
static enum th_status run_stage(struct th_invocation *invocation, int argc, char **argv, int *word,
                                struct th_error *error)
{
    char(*names)[LONGEST_NAME] = NULL;
    struct stage stage = {.invocation = invocation, .error = error, .next = 1};
    stage.options = make_options(invocation, &names);
    if (!stage.options) {
        free(names);
        return th_error_set(error, TH_PERMANENT, "out of memory");
    }

    struct argp argp = {.options = stage.options, .parser = take};
    error_t failure =
        argp_parse(&argp, argc, argv, ARGP_IN_ORDER | ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT,
                   NULL, &stage);
    if (failure && stage.status == TH_OK)
        explain(&stage, stage.next < argc ? argv[stage.next] : "");
    *word = stage.word;
    free(stage.options);
    free(names);
    return stage.status;
}

/* How many words of argv are the whole of `name`, 0: another name stands there. */
static int matching_words(const char *name, int argc, char **argv)
{
    int words = 0;
    for (;;) {
        size_t length = strcspn(name, " ");
        if (words == argc || strlen(argv[words]) != length ||
            strncmp(argv[words], name, length) != 0)
            return 0;
        words++;
        if (name[length] == '\0')
            return words;
        name += length + 1;
    }
}

static enum th_status unknown_command(const struct th_program *program, int argc, char **argv,
                                      struct th_error *error)
{
    char hint[128], two_words[LONGEST_NAME * 2];
    struct th_nearest one = {.given = argv[0]}, two = {.given = two_words};
    size_t length = strlen(argv[0]);
    snprintf(two_words, sizeof(two_words), "%.63s %.63s", argv[0], argc > 1 ? argv[1] : "");

    for (const struct th_command *command = program->commands; command->name; command++) {
        if (strncmp(command->name, argv[0], length) == 0 && command->name[length] == ' ' &&
            (argc == 1 || argv[1][0] == '-'))
            return th_error_set(error, TH_USAGE,
                                "'%s' needs a second word, such as '%s'; see '%s --help'", argv[0],
                                command->name, program->name);
        th_nearest_offer(strchr(command->name, ' ') ? &two : &one, command->name);
    }
    const struct th_nearest *nearest =
        two.name && (!one.name || two.distance < one.distance) ? &two : &one;
    return th_error_set(error, TH_USAGE, "unknown command '%.80s'%s; see '%s --help'",
                        nearest == &two ? two_words : argv[0], th_nearest_text(nearest, "", hint),
                        program->name);
}

enum th_status th_invocation_parse(struct th_invocation *invocation, int argc, char **argv,
                                   struct th_error *error)
{
    const struct th_program *program = invocation->program;
    int word = 0, words = 0, ignored;
    enum th_status status = argc > 0 ? run_stage(invocation, argc, argv, &word, error) : TH_OK;
    if (status != TH_OK || word == 0)
        return status;

    for (const struct th_command *command = program->commands; command->name; command++) {
        int matching = matching_words(command->name, argc - word, argv + word);
        if (matching > words) {
            words = matching;
            invocation->command = command;
        }
    }
    if (!invocation->command)
        return unknown_command(program, argc - word, argv + word, error);

    invocation->line.options = invocation->command->options;
    /* argp skips the first, here the last word of the command. */
    int before = word + words - 1;
    return run_stage(invocation, argc - before, argv + before, &ignored, error);
}
