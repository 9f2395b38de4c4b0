/* What the administrative commands share; nobody else includes this. */
#ifndef TONGHOP_COLLECTOR_ADMIN_PRIVATE_H
#define TONGHOP_COLLECTOR_ADMIN_PRIVATE_H

#include "collector/admin/admin.h"
#include "collector/settings.h"
#include "collector/store/store.h"
#include "common/render/table.h"

#define TH_ADMIN_PATH 4096

/* The option that every command with a table has. */
#define TH_ADMIN_FORMAT_OPTION                                                                     \
    {                                                                                              \
        "format", 'f', "FORMAT", "table (for people), csv, json or xlsx [default table]"           \
    }

/* The value of --format; TH_USAGE when it is none. */
enum th_status th_admin_format(const struct th_command_line *line, enum th_format *format,
                               struct th_error *error) TH_MUST_USE;

/* Connects as the owner to a database with the right schema and, when the settings
 * name a province, the right province, and uses its time zone. NULL in *store unless
 * TH_OK; close with th_store_close. */
enum th_status th_admin_open(const struct th_collector_settings *settings, struct th_store **store,
                             struct th_province *province, struct th_error *error) TH_MUST_USE;
/* The connection alone, for `migrate`. */
enum th_status th_admin_connect(const struct th_collector_settings *settings,
                                struct th_store **store, struct th_error *error) TH_MUST_USE;

/* The account of the machine that acts, for the province's chain: "os:tonghop". */
struct th_actor {
    char name[65];
};
const char *th_admin_actor(struct th_actor *actor);

/* The path with ".pub" behind; TH_USAGE when it is too long. */
enum th_status th_admin_public_path(const char *path, char out[TH_ADMIN_PATH],
                                    struct th_error *error) TH_MUST_USE;

/* The public half of the key that signs receipts: from its secret, or from the .pub
 * file beside it where this account may not read the secret. */
enum th_status th_admin_receipt_public(const char *path, uint8_t key[32],
                                       struct th_error *error) TH_MUST_USE;

/* Endpoints with their server keys, of districts or of clients, and the receipt keys, the
 * one that signs first: as the settings name them. */
enum th_status th_admin_fill_endpoints(const struct th_collector_settings *settings, bool district,
                                       struct th_bundle *bundle,
                                       struct th_error *error) TH_MUST_USE;
enum th_status th_admin_fill_receipt_keys(const struct th_collector_settings *settings,
                                          struct th_bundle *bundle,
                                          struct th_error *error) TH_MUST_USE;

/* Instant of the newest announcement of keys, 0: none. */
enum th_status th_admin_announced_us(struct th_store *store, int64_t *announced_us,
                                     struct th_error *error) TH_MUST_USE;

/* The heads that `heads` exported, from the file of --`option`, verified by the key of
 * --receipt-key or the collector's own; nothing without that option. The caller frees
 * *heads. */
struct th_chain_head;
enum th_status th_admin_read_heads(const struct th_collector_settings *settings,
                                   const struct th_command_line *line, const char *option,
                                   const char *province, struct th_chain_head **heads,
                                   size_t *count, struct th_error *error) TH_MUST_USE;

/* An instant for programs, and for people; "" for 0. */
void th_admin_instant(int64_t instant_us, char machine[40], char people[40]);

#endif
