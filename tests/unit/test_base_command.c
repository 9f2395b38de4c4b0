#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/command.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "th_capture.h"
#include "th_test.h"

struct settings {
    char *state_dir, *endpoints;
    long port;
};

/* What the command was run with, as one text. */
struct seen {
    struct settings settings;
    enum th_status answer;
    char text[512];
};

static enum th_status show(void *context, const struct th_command_line *line,
                           struct th_error *error)
{
    struct seen *seen = context;
    const char *format = th_command_option(line, "format");
    const char *watch = th_command_option(line, "watch");
    int used = snprintf(seen->text, sizeof(seen->text), "dir=%s at=%s port=%ld format=%s%s",
                        seen->settings.state_dir, seen->settings.endpoints, seen->settings.port,
                        format ? format : "-", watch ? " watch" : "");
    for (size_t i = 0; th_command_option_at(line, "note", i); i++)
        used += snprintf(seen->text + used, sizeof(seen->text) - (size_t)used, " note=%s",
                         th_command_option_at(line, "note", i));
    for (size_t i = 0; i < line->argument_count; i++)
        used += snprintf(seen->text + used, sizeof(seen->text) - (size_t)used, " [%s]",
                         line->arguments[i]);
    if (th_command_option(line, "nonsense"))
        return TH_PERMANENT;
    return seen->answer == TH_OK ? TH_OK
                                 : th_error_set(error, seen->answer, "cannot reach the province");
}

static const struct th_config_key keys[] = {
    {"state_dir", TH_CONFIG_TEXT, "/var/lib/x", offsetof(struct settings, state_dir), 0, 0,
     "Folder of the outbox"},
    {"endpoints", TH_CONFIG_LIST, "tcp://d:1", offsetof(struct settings, endpoints), 0, 0,
     "Address of a collector"},
    {"port", TH_CONFIG_INTEGER, "5555", offsetof(struct settings, port), 1, 65535, "TCP port"},
    {0},
};
static const struct th_option options[] = {
    {"format", 'f', "FORMAT", "table, csv or json"},
    {"watch", 'w', NULL, "Show it again every second"},
    {"note", 'n', "TEXT...", "A remark; may be repeated"},
    {0},
};
static const struct th_command commands[] = {
    {"status", "[FILE]...", "Show what waits", "Shows what waits.\n\nExample:\n  prog status -w\n",
     options, 0, 2, show},
    {"catalogue import", "DIR", "Load a catalogue", NULL, NULL, 1, 1, show},
    {"catalogue", NULL, "Show the catalogue", NULL, NULL, 0, 0, show},
    {"keys rotate", NULL, "Make new keys", NULL, NULL, 0, 0, show},
    {0},
};
static const struct th_program program = {"prog", "Does what is asked.", NULL, keys, commands};

static char config_path[] = "/tmp/test_base_command.XXXXXX";

#define MOST_WORDS 12
struct run {
    int exit_code;
    struct seen seen;
    struct th_capture out, err;
};

/* Words are separated by one blank; CONFIG stands for the file's path. */
static void run_program(const char *words, struct run *run)
{
    char text[512], *argv[MOST_WORDS + 2] = {(char *)"prog"};
    int argc = 1;
    snprintf(text, sizeof(text), "%s", words);
    for (char *save = NULL, *word = strtok_r(text, " ", &save); word && argc <= MOST_WORDS;
         word = strtok_r(NULL, " ", &save))
        argv[argc++] = strcmp(word, "CONFIG") == 0 ? config_path : word;
    th_capture_begin(&run->out, STDOUT_FILENO);
    th_capture_begin(&run->err, STDERR_FILENO);
    run->exit_code = th_program_main(&program, argc, argv, &run->seen.settings, &run->seen);
    th_capture_end(&run->err);
    th_capture_end(&run->out);
}

static void command_lines_are_understood(void)
{
    static const struct {
        const char *words, *want;
    } cases[] = {
        {"status", "dir=/var/lib/x at=tcp://d:1 port=5555 format=-"},
        {"status -f csv a", "dir=/var/lib/x at=tcp://d:1 port=5555 format=csv [a]"},
        {"status a --format=json b", "dir=/var/lib/x at=tcp://d:1 port=5555 format=json [a] [b]"},
        {"status -wfcsv", "dir=/var/lib/x at=tcp://d:1 port=5555 format=csv watch"},
        {"--port 1 status --state-dir /s", "dir=/s at=tcp://d:1 port=1 format=-"},
        {"status --state_dir=/s", "dir=/s at=tcp://d:1 port=5555 format=-"},
        {"status -n a --note=b -n c",
         "dir=/var/lib/x at=tcp://d:1 port=5555 format=- note=a note=b note=c"},
        {"status -- --port", "dir=/var/lib/x at=tcp://d:1 port=5555 format=- [--port]"},
        {"status -", "dir=/var/lib/x at=tcp://d:1 port=5555 format=- [-]"},
        {"catalogue import d", "dir=/var/lib/x at=tcp://d:1 port=5555 format=- [d]"},
        {"catalogue", "dir=/var/lib/x at=tcp://d:1 port=5555 format=-"},
        {"status --endpoints a --endpoints b", "dir=/var/lib/x at=a\nb port=5555 format=-"},
        /* the file, then the command line over it */
        {"-c CONFIG status", "dir=/file at=tcp://f:1\ntcp://f:2 port=77 format=-"},
        {"status -c CONFIG --port 78", "dir=/file at=tcp://f:1\ntcp://f:2 port=78 format=-"},
        {"--endpoints a --config=CONFIG status", NULL},
        {"--endpoints a -c CONFIG status --endpoints b", "dir=/file at=a\nb port=77 format=-"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run run = {0};
        run_program(cases[i].words, &run);
        if (!cases[i].want) /* "--config=CONFIG" names a file CONFIG that is not there */
            TH_CHECK(cases[i].words, run.exit_code == 2);
        else
            TH_CHECK_TEXT(cases[i].words, run.seen.text, cases[i].want);
        if (cases[i].want)
            TH_CHECK(cases[i].words, run.exit_code == 0 && run.err.text[0] == '\0');
    }
}

static void wrong_usage_says_what_to_do(void)
{
    static const struct {
        const char *words, *want;
    } cases[] = {
        {"", "no command was given; see 'prog --help'"},
        {"stauts", "unknown command 'stauts' (did you mean 'status'?); see 'prog --help'"},
        {"weather", "unknown command 'weather'; see 'prog --help'"},
        {"keys", "'keys' needs a second word, such as 'keys rotate'; see 'prog --help'"},
        {"keys rotat", "unknown command 'keys rotat' (did you mean 'keys rotate'?); see "
                       "'prog --help'"},
        {"catalogue import", "'catalogue import' needs DIR; see 'prog catalogue import --help'"},
        {"status a b c", "'status' does not know what to do with 'c'; see 'prog status --help'"},
        {"status --fromat csv",
         "unknown option '--fromat' (did you mean '--format'?); see 'prog status --help'"},
        /* the beginning of a name is not the name: scripts would break later */
        {"status --form csv",
         "unknown option '--form' (did you mean '--format'?); see 'prog status --help'"},
        {"--prot 1 status", "unknown option '--prot' (did you mean '--port'?); see 'prog --help'"},
        {"--format csv status", "option '--format' must stand behind the command"},
        {"status a --nonsense", "unknown option '--nonsense'; see 'prog status --help'"},
        {"status -x", "unknown option '-x'"},
        {"status -wx", "unknown option '-x'"},
        {"status --format", "option '--format' needs a value"},
        {"status -f", "option '-f' needs a value"},
        {"status --watch=1", "option '--watch' takes no value"},
        {"status -f a -f b", "option '--format' is given for the second time"},
        {"status --port 0", "port must be a whole number from 1 to 65535, not '0'"},
        {"-c /nonexistent status", "cannot read /nonexistent: No such file or directory"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run run = {0};
        char want[512];
        snprintf(want, sizeof(want), "prog: %s\n", cases[i].want);
        run_program(cases[i].words, &run);
        TH_CHECK(cases[i].words, run.exit_code == 2);
        TH_CHECK_TEXT(cases[i].words, run.err.text, want);
        TH_CHECK(cases[i].words, run.seen.text[0] == '\0' && run.out.text[0] == '\0');
    }
}

static void exit_status_follows_the_answer(void)
{
    static const struct {
        const char *name;
        enum th_status answer;
        int want;
    } cases[] = {
        {"done", TH_OK, 0},         {"work failed", TH_PERMANENT, 1}, {"transient", TH_RETRY, 1},
        {"wrong use", TH_USAGE, 2}, {"no peer", TH_UNREACHABLE, 3},   {"rejected", TH_REJECTED, 4},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run run = {.seen = {.answer = cases[i].answer}};
        run_program("status", &run);
        TH_CHECK(cases[i].name, run.exit_code == cases[i].want);
        TH_CHECK_TEXT(cases[i].name, run.err.text,
                      cases[i].answer == TH_OK ? "" : "prog: cannot reach the province\n");
    }
}

static bool is_narrow(const char *text)
{
    for (; *text; text += strcspn(text, "\n") + 1)
        if (strcspn(text, "\n") > 79)
            return false;
    return true;
}

static void help_and_version_go_to_stdout(void)
{
    static const struct {
        const char *words, *want[5];
    } cases[] = {
        {"--version", {"prog " TONGHOP_VERSION "\n"}},
        {"--help",
         {"Usage: prog ", "\n  status            Show what waits\n",
          "\n  catalogue import  Load a catalogue\n",
          "\n  --state-dir TEXT     Folder of the outbox",
          "\n  --port NUMBER        TCP port [1 to 65535; default 5555]\n"}},
        {"status --help",
         {"Usage: prog status [OPTION...] [FILE]...\n", "\n  prog status -w\n",
          "\n  -f, --format FORMAT  table, csv or json\n", "\n  -w, --watch          Show it",
          "--endpoints TEXT..."}},
        {"catalogue import --help", {"Usage: prog catalogue import [OPTION...] DIR\n"}},
        /* --help wins over what is missing */
        {"--help catalogue import", {"Usage: prog catalogue import"}},
        {"-h", {"Usage: prog "}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run run = {0};
        run_program(cases[i].words, &run);
        TH_CHECK(cases[i].words, run.exit_code == 0 && run.err.text[0] == '\0');
        TH_CHECK(cases[i].words, is_narrow(run.out.text));
        for (size_t j = 0; j < 5 && cases[i].want[j]; j++)
            TH_CHECK(cases[i].want[j], strstr(run.out.text, cases[i].want[j]) != NULL);
    }
}

static void log_lines_cannot_be_forged(void)
{
    struct th_capture capture;
    unsetenv("JOURNAL_STREAM");
    th_capture_begin(&capture, STDERR_FILENO);
    th_log(TH_LOG_DEBUG, "dropped");
    th_log(TH_LOG_WARNING, "peer name=%s", "a\nb\t\033[1m\x7f\xc2\x9b ạ");
    const char *text = th_capture_end(&capture);
    TH_CHECK("one line", strchr(text, '\n') == text + strlen(text) - 1);
    TH_CHECK("escaped",
             strstr(text, " warning peer name=a\\nb\\t\\x1b[1m\\x7f\\xc2\\x9b ạ\n") != NULL);
    int64_t instant;
    TH_CHECK("stamp", strchr(text, ' ') &&
                          th_instant_parse((struct th_slice){text, strcspn(text, " ")}, &instant));
}

static void log_gate_opens_once_a_minute(void)
{
    struct th_log_gate gate = {0};
    uint64_t held_back = 99;
    TH_CHECK("first", th_log_gate_open(&gate, &held_back) && held_back == 0);
    TH_CHECK("second", !th_log_gate_open(&gate, &held_back));
    TH_CHECK("third", !th_log_gate_open(&gate, NULL));
    gate.last_ms -= 60000; /* as if a minute had gone by */
    if (gate.last_ms == 0)
        gate.last_ms = -1;
    TH_CHECK("later", th_log_gate_open(&gate, &held_back) && held_back == 2);
}

static const struct th_test tests[] = {
    {"command lines are understood", command_lines_are_understood},
    {"wrong usage says what to do", wrong_usage_says_what_to_do},
    {"exit status follows the answer", exit_status_follows_the_answer},
    {"help and version go to stdout", help_and_version_go_to_stdout},
    {"log lines cannot be forged", log_lines_cannot_be_forged},
    {"a log gate opens once a minute", log_gate_opens_once_a_minute},
};

int main(void)
{
    static const char text[] =
        "state_dir = /file\nendpoints = tcp://f:1\nendpoints = tcp://f:2\nport = 77\n";
    int file = mkstemp(config_path);
    struct th_error error;
    if (file < 0 || close(file) != 0 ||
        th_file_write(config_path, text, strlen(text), 0600, &error) != TH_OK)
        return 1;
    int failed = th_test_main("base/command", tests, sizeof(tests) / sizeof(tests[0]));
    unlink(config_path);
    return failed;
}
