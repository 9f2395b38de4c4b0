/* make_seeds FOLDER: writes a folder in FOLDER for each target whose seeds are messages.
 * The same program always writes the same bytes. */
#include "tests/fuzz/make_seeds.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/file.h"

void seed_bytes(const char *folder, const char *name, struct th_slice bytes)
{
    char path[4096];
    struct th_error error = {0};
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (th_file_write(path, bytes.bytes, bytes.size, 0644, &error) != TH_OK)
        exit(th_error_exit("make_seeds", &error));
}

void seed_client(const char *folder, const char *name, const Tonghop__V1__ClientMessage *message)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_client_message_encode(message, &bytes);
    seed_bytes(folder, name, th_buffer_slice(&bytes));
}

void seed_server(const char *folder, const char *name, const Tonghop__V1__ServerMessage *message)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_server_message_encode(message, &bytes);
    seed_bytes(folder, name, th_buffer_slice(&bytes));
}

static void make(const char *folder, const char *target, void (*seeds)(const char *folder))
{
    char path[4096];
    struct th_error error = {0};
    snprintf(path, sizeof(path), "%s/%s", folder, target);
    if (th_file_make_folder(path, &error) != TH_OK)
        exit(th_error_exit("make_seeds", &error));
    seeds(path);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_seeds FOLDER\n");
        return 2;
    }
    make(argv[1], "fuzz_client_message", make_client_seeds);
    make(argv[1], "fuzz_server_message", make_server_seeds);
    make(argv[1], "fuzz_announcement", make_announcement_seeds);
    return 0;
}
