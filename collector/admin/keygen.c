#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collector/admin/admin_private.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "common/wire/keys.h"

#define HEX_LINE 65 /* 64 digits and a newline */

static enum th_status make_folder_of(const char *path, struct th_error *error)
{
    char folder[TH_ADMIN_PATH];
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return TH_OK;
    if ((size_t)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path) >=
        sizeof(folder))
        return th_error_set(error, TH_USAGE, "the key file's name is too long: %.100s...", path);
    return th_file_make_folder(folder, error);
}

/* A key without its public half beside, such as one restored from a safe, gets it; one
 * that belongs to another key would be enrolled in its place, so it is an error. */
static enum th_status check_public(const char *path, const uint8_t public_key[32],
                                   struct th_error *error)
{
    char beside[TH_ADMIN_PATH], line[HEX_LINE + 1];
    uint8_t found[32];
    enum th_status status = th_admin_public_path(path, beside, error);
    if (status != TH_OK)
        return status;
    if (access(beside, F_OK) != 0) {
        th_text_to_hex(public_key, 32, line);
        line[HEX_LINE - 1] = '\n';
        return th_file_create(beside, line, HEX_LINE, 0644, error);
    }
    status = th_curve_parse_public(beside, found, error);
    if (status == TH_OK && memcmp(found, public_key, sizeof(found)) != 0)
        status = th_error_set(error, TH_USAGE,
                              "%s is not the public half of %s; remove it and run keygen again",
                              beside, path);
    return status;
}

static enum th_status server_key(const char *path, uint8_t public_key[32], struct th_error *error)
{
    struct th_curve_pair pair = {0};
    enum th_status status;
    if (access(path, F_OK) == 0) {
        status = th_curve_load(path, &pair, error);
        if (status == TH_OK)
            fprintf(stderr, "the server key exists already: %s\n", path);
    } else {
        status = make_folder_of(path, error);
        if (status == TH_OK)
            status = th_curve_generate(&pair, error);
        if (status == TH_OK)
            status = th_curve_save(path, &pair, error);
        if (status == TH_OK)
            fprintf(stderr, "made the server key: %s\n", path);
    }
    if (status == TH_OK)
        status = check_public(path, pair.public_key, error);
    memcpy(public_key, pair.public_key, sizeof(pair.public_key));
    explicit_bzero(&pair, sizeof(pair));
    return status;
}

static enum th_status make_seed(const char *path, uint8_t seed[TH_SECRET_SEED_BYTES],
                                struct th_error *error)
{
    char line[HEX_LINE + 1];
    enum th_status status = make_folder_of(path, error);
    if (status != TH_OK)
        return status;
    th_random_bytes(seed, TH_SECRET_SEED_BYTES);
    th_text_to_hex(seed, TH_SECRET_SEED_BYTES, line);
    line[HEX_LINE - 1] = '\n';
    status = th_file_create(path, line, HEX_LINE, 0600, error);
    explicit_bzero(line, sizeof(line));
    return status;
}

static enum th_status receipt_key(const char *path, struct th_receipt_key *key,
                                  struct th_error *error)
{
    uint8_t seed[TH_SECRET_SEED_BYTES];
    bool exists = access(path, F_OK) == 0;
    enum th_status status = exists ? th_file_read_secret(path, seed, sizeof(seed), error)
                                   : make_seed(path, seed, error);
    if (status == TH_OK) {
        fprintf(stderr, "%s: %s\n",
                exists ? "the receipt key exists already" : "made the receipt key", path);
        th_receipt_key_from_seed(key, seed);
        status = check_public(path, key->public_key, error);
    }
    explicit_bzero(seed, sizeof(seed));
    return status;
}

enum th_status th_admin_keygen(void *context, const struct th_command_line *line,
                               struct th_error *error)
{
    const struct th_collector_settings *settings = context;
    uint8_t public_key[32];
    struct th_receipt_key key = {0};
    char hex[65];
    (void)line;
    enum th_status status = th_ledger_init(error);
    if (status == TH_OK)
        status = server_key(settings->key_file, public_key, error);
    if (status == TH_OK)
        status = receipt_key(settings->receipt_key_file, &key, error);
    if (status == TH_OK) {
        th_text_to_hex(public_key, sizeof(public_key), hex);
        printf("server_key %s\n", hex);
        th_text_to_hex(key.public_key, sizeof(key.public_key), hex);
        printf("receipt_key %s\n", hex);
        th_text_to_hex(key.id, sizeof(key.id), hex);
        printf("receipt_key_id %s\n", hex);
    }
    explicit_bzero(&key, sizeof(key));
    return status;
}
