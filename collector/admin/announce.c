#include <stdio.h>
#include <string.h>

#include "collector/admin/admin_private.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "common/wire/announcement.h"

const struct th_option th_admin_announce_options[] = {
    {"dry-run", 'n', NULL, "show what would be announced, and announce nothing"},
    TH_ADMIN_FORMAT_OPTION,
    {NULL},
};

/* ----------------------------------------------------------------- what is known */

/* The newest announcement as a bundle (announced_us 0: there is none). */
static enum th_status newest(struct th_store *store, struct th_bundle *bundle,
                             struct th_error *error)
{
    struct th_announcement *last = NULL;
    size_t count = 0;
    struct th_arena *arena = th_arena_create(0);
    *bundle = (struct th_bundle){0};
    enum th_status status = th_store_announcements(store, 1, arena, &last, &count, error);
    if (status == TH_OK && count == 1)
        status = th_announcement_unpack(last[0].content, bundle, error);
    th_arena_destroy(&arena);
    return status;
}

enum th_status th_admin_announced_us(struct th_store *store, int64_t *announced_us,
                                     struct th_error *error)
{
    struct th_bundle bundle;
    enum th_status status = newest(store, &bundle, error);
    *announced_us = bundle.announced_us;
    return status;
}

static bool is_same(const struct th_bundle *one, const struct th_bundle *other)
{
    TH_CLEANUP_BUFFER struct th_buffer left = {0};
    TH_CLEANUP_BUFFER struct th_buffer right = {0};
    struct th_bundle same_time = *one;
    same_time.announced_us = other->announced_us;
    th_announcement_pack(&same_time, &left);
    th_announcement_pack(other, &right);
    return th_slice_same(th_buffer_slice(&left), th_buffer_slice(&right));
}

/* -------------------------------------------------------------------- announcing */

static enum th_status prepare(const struct th_collector_settings *settings,
                              const struct th_province *province, struct th_bundle *bundle,
                              struct th_error *error)
{
    memcpy(bundle->province, province->code, sizeof(bundle->province));
    enum th_status status = th_admin_fill_endpoints(settings, true, bundle, error);
    if (status == TH_OK)
        status = th_admin_fill_endpoints(settings, false, bundle, error);
    if (status == TH_OK)
        status = th_admin_fill_receipt_keys(settings, bundle, error);
    return status;
}

/* Signs with the receipt key, which this account has to be able to read. */
static enum th_status announce(const struct th_collector_settings *settings, struct th_store *store,
                               const struct th_bundle *bundle, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer content = {0};
    uint8_t seed[TH_SECRET_SEED_BYTES];
    struct th_receipt_key key = {0};
    struct th_actor actor;
    enum th_status status =
        th_file_read_secret(settings->receipt_key_file, seed, sizeof(seed), error);
    if (status != TH_OK)
        return status;
    th_receipt_key_from_seed(&key, seed);
    explicit_bzero(seed, sizeof(seed));
    th_announcement_pack(bundle, &content);
    struct th_announcement announcement = {.announced_us = bundle->announced_us,
                                           .content = th_buffer_slice(&content)};
    memcpy(announcement.key_id, key.id, sizeof(announcement.key_id));
    th_announcement_sign(&key, bundle->province, announcement.content, announcement.signature);
    explicit_bzero(&key, sizeof(key));
    return th_store_announce(store, &announcement, th_admin_actor(&actor), error);
}

/* ----------------------------------------------------------------------- showing */

static const struct th_column columns[] = {
    {.name = "what", .heading = "What"},
    {.name = "address", .heading = "Address"},
    {.name = "key", .heading = "Key"},
};

static void add(struct th_table *table, const char *what, const char *people, const char *address,
                const uint8_t key[32])
{
    char hex[65];
    th_text_to_hex(key, 32, hex);
    th_table_row(table, (const char *[]){what, address, hex}, (const char *[]){people, NULL, NULL});
}

static enum th_status show(const struct th_bundle *bundle, enum th_format format,
                           struct th_error *error)
{
    struct th_table *table =
        th_table_create(stdout, format, NULL, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < bundle->submit_count; i++)
        add(table, "submit", "offices", bundle->submit[i].address, bundle->submit[i].server_key);
    for (size_t i = 0; i < bundle->query_count; i++)
        add(table, "query", "clients", bundle->query[i].address, bundle->query[i].server_key);
    for (size_t i = 0; i < bundle->receipt_key_count; i++)
        add(table, "receipt", i == 0 ? "receipts (signs)" : "receipts", "",
            bundle->receipt_keys[i]);
    return th_table_finish(&table, error);
}

/* Database clock, and later than the one before: offices go by it. */
static enum th_status choose_instant(struct th_store *store, int64_t last_us,
                                     struct th_bundle *bundle, struct th_error *error)
{
    struct th_store_status now;
    enum th_status status = th_store_get_status(store, &now, error);
    if (status == TH_OK)
        bundle->announced_us = now.database_now_us > last_us ? now.database_now_us : last_us + 1;
    return status;
}

static void tell(bool same, bool dry_run, int64_t last_us)
{
    char machine[40], people[40];
    th_admin_instant(last_us, machine, people);
    if (same)
        fprintf(stderr, "this was announced on %s; nothing is new, nothing was announced\n",
                people);
    else if (dry_run)
        fprintf(stderr, "a dry run: nothing was announced\n");
    else
        fprintf(stderr, "announced; offices that are connected take it within 2 seconds, "
                        "'enrolments' shows which hold it\n");
}

enum th_status th_admin_announce(void *settings, const struct th_command_line *line,
                                 struct th_error *error)
{
    struct th_province province = {0};
    struct th_store *store = NULL;
    struct th_bundle bundle = {0}, last = {0};
    enum th_format format;
    bool dry_run = th_command_option(line, "dry-run") != NULL, same = false;
    enum th_status status = th_admin_format(line, &format, error);
    if (status == TH_OK)
        status = th_ledger_init(error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = prepare(settings, &province, &bundle, error);
    if (status == TH_OK)
        status = newest(store, &last, error);
    if (status == TH_OK)
        status = choose_instant(store, last.announced_us, &bundle, error);
    same = status == TH_OK && last.announced_us > 0 && is_same(&bundle, &last);
    if (status == TH_OK && !same && !dry_run)
        status = announce(settings, store, &bundle, error);
    th_store_close(&store);
    if (status == TH_OK)
        status = show(&bundle, format, error);
    if (status == TH_OK)
        tell(same, dry_run, last.announced_us);
    return status;
}
