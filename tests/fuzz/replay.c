/* Runs a fuzz target over every file of the folders given: a regression test that
 * needs no fuzzer. Fails when a folder holds no seed, for it would test nothing. */
#include <dirent.h>
#include <string.h>

#include "common/base/file.h"
#include "tests/fuzz/fuzz.h"

#define SEED_BYTES_MAX ((size_t)4 << 20)

static void run_seed(const char *folder, const char *name)
{
    char path[4096];
    struct th_error error = {0};
    TH_CLEANUP_BUFFER struct th_buffer seed = {0};
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (th_file_read(path, SEED_BYTES_MAX, &seed, &error) != TH_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    printf("%s (%zu bytes)\n", name, seed.size);
    fflush(stdout);
    /* An allocation of just the size, so that a sanitizer sees a byte read too far. */
    uint8_t *exact = malloc(seed.size ? seed.size : 1);
    MUST(exact != NULL);
    if (seed.size)
        memcpy(exact, seed.bytes, seed.size);
    LLVMFuzzerTestOneInput(exact, seed.size);
    free(exact);
}

static size_t run_folder(const char *folder)
{
    size_t count = 0;
    DIR *files = opendir(folder);
    if (!files) {
        fprintf(stderr, "cannot read the folder %s: %m\n", folder);
        exit(1);
    }
    for (struct dirent *file; (file = readdir(files));) {
        if (file->d_name[0] == '.')
            continue;
        run_seed(folder, file->d_name);
        count++;
    }
    closedir(files);
    return count;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s FOLDER...\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        size_t count = run_folder(argv[i]);
        printf("%zu seeds of %s\n", count, argv[i]);
        if (count == 0)
            return 1;
    }
    return 0;
}
