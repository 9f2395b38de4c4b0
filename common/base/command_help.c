/* The --help texts (command.h): 80 columns, the tables' own order. */
#include <string.h>

#include "common/base/arena.h"
#include "common/base/command_private.h"
#include "common/base/text.h"

#define RIGHT_MARGIN 79
#define WIDEST_LEFT  30

static size_t width_of(const char *text)
{
    return th_text_length(th_slice_of(text));
}

/* One line of `text`, wrapped between `indent` and the margin; the cursor stands
 * at column `at`. */
static void print_wrapped(FILE *out, const char *text, size_t length, size_t at, size_t indent)
{
    bool first = true;
    while (length > 0) {
        size_t word = 0;
        while (word < length && text[word] != ' ')
            word++;
        size_t width = th_text_length((struct th_slice){text, word});
        if (!first && at + 1 + width > RIGHT_MARGIN) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            fputc(' ', out);
            at++;
        }
        fwrite(text, 1, word, out);
        at += width;
        first = false;
        while (word < length && text[word] == ' ')
            word++;
        text += word;
        length -= word;
    }
    fputc('\n', out);
}

/* Paragraphs; lines that begin with a blank (examples) stay as they are. */
static void print_paragraphs(FILE *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (*text == ' ')
            fprintf(out, "%.*s\n", (int)length, text);
        else
            print_wrapped(out, text, length, 0, 0);
        text += length + (text[length] == '\n');
    }
}

static void print_entry(FILE *out, const char *left, size_t column, const char *help)
{
    size_t width = width_of(left) + 2;
    fprintf(out, "  %s", left);
    if (width + 2 > column) {
        fputc('\n', out);
        width = 0;
    }
    fprintf(out, "%*s", (int)(column - width), "");
    print_wrapped(out, help, strlen(help), column, column);
}

static size_t column_for(size_t widest)
{
    return (widest > WIDEST_LEFT ? WIDEST_LEFT : widest) + 4;
}

static void print_commands(FILE *out, const struct th_program *program)
{
    size_t widest = 0;
    for (const struct th_command *command = program->commands; command->name; command++)
        widest = width_of(command->name) > widest ? width_of(command->name) : widest;
    fputs("\nCommands:\n", out);
    for (const struct th_command *command = program->commands; command->name; command++)
        print_entry(out, command->name, column_for(widest), command->summary);
}

static void option_left(const struct th_option *option, char *out, size_t size)
{
    char letter[8] = "    ";
    if (option->letter)
        snprintf(letter, sizeof(letter), "-%c, ", option->letter);
    snprintf(out, size, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
}

static void print_options(FILE *out, const struct th_option *options)
{
    char left[128];
    size_t widest = 0;
    for (const struct th_option *option = options; option->name; option++) {
        option_left(option, left, sizeof(left));
        widest = width_of(left) > widest ? width_of(left) : widest;
    }
    fputs("\nOptions:\n", out);
    for (const struct th_option *option = options; option->name; option++) {
        option_left(option, left, sizeof(left));
        print_entry(out, left, column_for(widest), option->help ? option->help : "");
    }
}

static void key_left(const struct th_config_key *key, char *out, size_t size)
{
    static const char *const values[] = {
        [TH_CONFIG_TEXT] = "TEXT",
        [TH_CONFIG_LIST] = "TEXT...",
        [TH_CONFIG_INTEGER] = "NUMBER",
        [TH_CONFIG_BOOLEAN] = "yes|no",
    };
    int used = snprintf(out, size, "--%s %s", key->name, values[key->type]);
    for (int i = 0; i < used && (size_t)i < size && out[i] != ' '; i++)
        if (out[i] == '_')
            out[i] = '-';
}

static void key_help(const struct th_config_key *key, char *out, size_t size)
{
    char range[64] = "";
    if (key->type == TH_CONFIG_INTEGER && (key->minimum != 0 || key->maximum != 0))
        snprintf(range, sizeof(range), "%ld to %ld", key->minimum, key->maximum);
    bool has_default = key->fallback && *key->fallback;
    bool bracket = *range || has_default;
    snprintf(out, size, "%s%s%s%s%s%s%s", key->help ? key->help : "", bracket ? " [" : "", range,
             *range && has_default ? "; " : "", has_default ? "default " : "",
             has_default ? key->fallback : "", bracket ? "]" : "");
}

static void print_settings(FILE *out, const struct th_program *program)
{
    char left[128], help[512], source[256] = " that -c names";
    size_t widest = 0;
    if (!program->keys || !program->keys->name)
        return;
    for (const struct th_config_key *key = program->keys; key->name; key++) {
        key_left(key, left, sizeof(left));
        widest = width_of(left) > widest ? width_of(left) : widest;
    }

    if (program->default_config)
        snprintf(source, sizeof(source), " (%s unless -c names another)", program->default_config);
    snprintf(
        help, sizeof(help),
        "Given as --NAME VALUE, or as a line 'name = value' of the settings file%s; the command "
        "line prevails, and TEXT... may be given several times.",
        source);
    fputs("\nSettings:\n", out);
    print_wrapped(out, help, strlen(help), 0, 0);
    fputc('\n', out);
    for (const struct th_config_key *key = program->keys; key->name; key++) {
        key_left(key, left, sizeof(left));
        key_help(key, help, sizeof(help));
        print_entry(out, left, column_for(widest), help);
    }
}

static void print_general(FILE *out)
{
    static const struct th_option general[] = {
        {"config", 'c', "FILE", "Read the settings from FILE"},
        {"help", 'h', NULL, "Show this help, or after a command the help of that command"},
        {"version", 0, NULL, "Show the version"},
        {0},
    };
    print_options(out, general);
}

void th_help_print(FILE *out, const struct th_program *program, const struct th_command *command)
{
    if (!command) {
        fprintf(out, "Usage: %s [SETTING...] COMMAND [OPTION...] [ARGUMENT...]\n\n", program->name);
        print_paragraphs(out, program->summary);
        print_commands(out, program);
        print_general(out);
        print_settings(out, program);
        return;
    }
    fprintf(out, "Usage: %s %s [OPTION...]%s%s\n\n", program->name, command->name,
            command->arguments ? " " : "", command->arguments ? command->arguments : "");
    print_paragraphs(out, command->description ? command->description : command->summary);
    if (command->options && command->options->name)
        print_options(out, command->options);
    print_settings(out, program);
}
