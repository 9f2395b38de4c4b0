#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/file.h"
#include "th_test.h"

static char folder[] = "/tmp/test_base_file.XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[512];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static unsigned mode_of(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 ? found.st_mode & 07777 : 0;
}

static void reading_is_bounded(void)
{
    struct th_error error = {0};
    const char *path = in_folder("ten");
    TH_CHECK("write", th_file_write(path, "0123456789", 10, 0644, &error) == TH_OK);
    static const struct {
        const char *name;
        size_t limit;
        enum th_status want;
    } cases[] = {{"room", 1000, TH_OK},
                 {"exact", 10, TH_OK},
                 {"one short", 9, TH_USAGE},
                 {"none", 0, TH_USAGE}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TH_CLEANUP_BUFFER struct th_buffer text = {0};
        th_buffer_add_text(&text, ">");
        TH_CHECK(cases[i].name, th_file_read(path, cases[i].limit, &text, &error) == cases[i].want);
        if (cases[i].want == TH_OK)
            TH_CHECK_TEXT(cases[i].name, text.bytes, ">0123456789");
    }
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    TH_CHECK("missing", th_file_read(in_folder("none"), 10, &text, &error) == TH_USAGE);
    TH_CHECK("folder", th_file_read(folder, 10, &text, &error) == TH_USAGE);
}

static void writing_replaces_and_leaves_nothing_beside(void)
{
    struct th_error error = {0};
    char path[512], beside[600];
    snprintf(path, sizeof(path), "%s", in_folder("file"));
    TH_CHECK("first", th_file_write(path, "old", 3, 0600, &error) == TH_OK);
    TH_CHECK("mode", mode_of(path) == 0600);
    TH_CHECK("second", th_file_write(path, "newer", 5, 0644, &error) == TH_OK);
    TH_CHECK("mode", mode_of(path) == 0644);
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    TH_CHECK("read", th_file_read(path, 100, &text, &error) == TH_OK);
    TH_CHECK_TEXT("read", text.bytes, "newer");
    snprintf(beside, sizeof(beside), "test $(ls -A %s | grep -c '^file') = 1", folder);
    TH_CHECK("nothing beside", system(beside) == 0);
    TH_CHECK("no folder", th_file_write(in_folder("no/file"), "x", 1, 0600, &error) == TH_USAGE);
}

static void creating_never_overwrites(void)
{
    struct th_error error = {0};
    char path[512];
    snprintf(path, sizeof(path), "%s", in_folder("key"));
    TH_CHECK("new", th_file_create(path, "one", 3, 0600, &error) == TH_OK);
    TH_CHECK("mode", mode_of(path) == 0600);
    TH_CHECK("again", th_file_create(path, "two", 3, 0600, &error) == TH_USAGE);
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    TH_CHECK("kept", th_file_read(path, 100, &text, &error) == TH_OK);
    TH_CHECK_TEXT("kept", text.bytes, "one");
    /* a link to nowhere must not be followed either */
    char link[512];
    snprintf(link, sizeof(link), "%s", in_folder("link"));
    TH_CHECK("link", symlink("/nonexistent/key", link) == 0);
    TH_CHECK("link", th_file_create(link, "two", 3, 0600, &error) == TH_USAGE);
}

static void secrets_must_be_closed_to_others(void)
{
    static const struct {
        const char *name, *text;
        unsigned mode;
        enum th_status want;
    } cases[] = {
        {"plain", "00ff10ab\n", 0600, TH_OK},
        {"read-only, no line end", "00FF10AB", 0400, TH_OK},
        {"readable by group", "00ff10ab\n", 0640, TH_USAGE},
        {"readable by others", "00ff10ab\n", 0604, TH_USAGE},
        {"writable by others", "00ff10ab\n", 0602, TH_USAGE},
        {"too short", "00ff10\n", 0600, TH_USAGE},
        {"too long", "00ff10ab00\n", 0600, TH_USAGE},
        {"far too long", "00ff10ab000000000000000000000000\n", 0600, TH_USAGE},
        {"two line ends", "00ff10ab\n\n", 0600, TH_USAGE},
        {"not hexadecimal", "00ff10ag\n", 0600, TH_USAGE},
        {"empty", "", 0600, TH_USAGE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_error error = {0};
        uint8_t secret[4] = {0};
        const char *path = in_folder("secret");
        TH_CHECK(cases[i].name, th_file_write(path, cases[i].text, strlen(cases[i].text),
                                              cases[i].mode, &error) == TH_OK);
        TH_CHECK(cases[i].name, th_file_read_secret(path, secret, 4, &error) == cases[i].want);
        if (cases[i].want == TH_OK)
            TH_CHECK(cases[i].name, memcmp(secret, "\x00\xff\x10\xab", 4) == 0);
        else
            TH_CHECK(cases[i].name, strstr(error.message, "00ff10") == NULL);
    }
    struct th_error error = {0};
    uint8_t secret[4];
    TH_CHECK("folder", th_file_read_secret(folder, secret, 4, &error) == TH_USAGE);
}

static void folders_are_made_down_the_path(void)
{
    struct th_error error = {0};
    char path[512];
    snprintf(path, sizeof(path), "%s", in_folder("a//b/c/"));
    TH_CHECK("made", th_file_make_folder(path, &error) == TH_OK);
    TH_CHECK("mode", mode_of(in_folder("a/b")) == 0700 && mode_of(in_folder("a/b/c")) == 0700);
    TH_CHECK("there already", th_file_make_folder(path, &error) == TH_OK);
    TH_CHECK("file", th_file_write(in_folder("plain"), "", 0, 0600, &error) == TH_OK);
    TH_CHECK("over a file", th_file_make_folder(in_folder("plain"), &error) == TH_USAGE);
    TH_CHECK("below a file", th_file_make_folder(in_folder("plain/x"), &error) == TH_USAGE);
    TH_CHECK("empty", th_file_make_folder("", &error) == TH_USAGE);
}

static const struct th_test tests[] = {
    {"reading is bounded", reading_is_bounded},
    {"writing replaces and leaves nothing beside", writing_replaces_and_leaves_nothing_beside},
    {"creating never overwrites", creating_never_overwrites},
    {"secrets must be closed to others", secrets_must_be_closed_to_others},
    {"folders are made down the path", folders_are_made_down_the_path},
};

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    umask(077);
    int failed = th_test_main("base/file", tests, sizeof(tests) / sizeof(tests[0]));
    char remove[64];
    snprintf(remove, sizeof(remove), "rm -r %s", folder);
    return system(remove) != 0 || failed;
}
