#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/admin/admin_private.h"
#include "collector/admin/heads_file.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/wire/keys.h"

#define HEADS_FILE_MAX ((size_t)64 * 1024 * 1024)

const struct th_option th_admin_heads_options[] = {
    {"output", 'o', "FILE", "write the signed heads into FILE [default: standard output]"},
    {"format", 'f', "FORMAT", "show them as table, csv, json or xlsx instead, without signatures"},
    {NULL},
};

static const struct th_column columns[] = {
    {.name = "district", .heading = "District"},
    {.name = "epoch", .heading = "Epoch", .right = true},
    {.name = "sequence", .heading = "Sequence", .right = true},
    {.name = "hash", .heading = "Hash"},
};

static enum th_status show(const struct th_chain_head *heads, size_t count, enum th_format format,
                           struct th_error *error)
{
    struct th_table *table =
        th_table_create(stdout, format, NULL, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < count; i++) {
        char epoch[16] = "", sequence[24], hash[2 * TH_HASH_BYTES + 1];
        bool province = heads[i].district[0] == '\0';
        if (!province)
            snprintf(epoch, sizeof(epoch), "%" PRIu32, heads[i].epoch);
        snprintf(sequence, sizeof(sequence), "%" PRIu64, heads[i].sequence);
        th_text_to_hex(heads[i].hash, sizeof(heads[i].hash), hash);
        th_table_row(table, (const char *[]){heads[i].district, epoch, sequence, hash},
                     (const char *[]){province ? "(province)" : NULL, NULL, NULL, NULL});
    }
    return th_table_finish(&table, error);
}

static enum th_status sign(const struct th_collector_settings *settings, const char *province,
                           const char *at, const struct th_chain_head *heads, size_t count,
                           const char *path, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    uint8_t seed[TH_SECRET_SEED_BYTES];
    struct th_receipt_key key = {0};
    enum th_status status =
        th_file_read_secret(settings->receipt_key_file, seed, sizeof(seed), error);
    if (status != TH_OK)
        return status;
    th_receipt_key_from_seed(&key, seed);
    th_heads_write(&key, province, at, heads, count, &text);
    explicit_bzero(seed, sizeof(seed));
    explicit_bzero(&key, sizeof(key));
    if (path && strcmp(path, "-") != 0) {
        status = th_file_write(path, text.bytes, text.size, 0644, error);
        if (status == TH_OK)
            fprintf(stderr,
                    "%zu heads written to %s; keep it where nobody who can change the "
                    "database can change it\n",
                    count, path);
        return status;
    }
    if (fwrite(text.bytes, 1, text.size, stdout) != text.size || fflush(stdout) != 0)
        return th_error_set(error, TH_PERMANENT, "cannot write to standard output: %m");
    return TH_OK;
}

enum th_status th_admin_heads(void *settings, const struct th_command_line *line,
                              struct th_error *error)
{
    struct th_province province = {0};
    struct th_chain_head *heads = NULL;
    struct th_store *store = NULL;
    size_t count = 0;
    int64_t snapshot_us = 0;
    char machine[40], people[40];
    enum th_format format;
    const char *path = th_command_option(line, "output");
    bool shown = th_command_option(line, "format") != NULL;
    enum th_status status = th_admin_format(line, &format, error);
    if (status == TH_OK && shown && path)
        status = th_error_set(error, TH_USAGE,
                              "--output writes the signed file, --format shows the heads; give "
                              "one of the two");
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = th_store_heads(store, &heads, &count, &snapshot_us, error);
    th_admin_instant(snapshot_us, machine, people);
    if (status == TH_OK)
        status = shown ? show(heads, count, format, error)
                       : sign(settings, province.code, machine, heads, count, path, error);
    free(heads);
    th_store_close(&store);
    return status;
}

enum th_status th_admin_read_heads(const struct th_collector_settings *settings,
                                   const struct th_command_line *line, const char *option,
                                   const char *province, struct th_chain_head **heads,
                                   size_t *count, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    uint8_t key[TH_PUBLIC_KEY_BYTES];
    const char *path = th_command_option(line, option);
    const char *given = th_command_option(line, "receipt-key");
    if (!path)
        return given ? th_error_set(error, TH_USAGE, "--receipt-key goes with --%s FILE", option)
                     : TH_OK;
    enum th_status status = given ? th_curve_parse_public(given, key, error)
                                  : th_admin_receipt_public(settings->receipt_key_file, key, error);
    if (status == TH_OK)
        status = th_file_read(path, HEADS_FILE_MAX, &text, error);
    if (status == TH_OK) {
        status = th_heads_read(th_buffer_slice(&text), province, key, heads, count, error);
        if (status != TH_OK)
            th_error_prefix(error, "%s", path);
    }
    return status;
}
