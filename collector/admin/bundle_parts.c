/* What bundles and announcements are made of: endpoints with their server keys, receipt keys. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collector/admin/admin_private.h"
#include "collector/admin/endpoints.h"
#include "collector/receipt_keys.h"
#include "common/base/file.h"
#include "common/ledger/ledger.h"
#include "common/wire/bundle.h"
#include "common/wire/keys.h"

static enum th_status read_public(const char *path, uint8_t key[32], struct th_error *error)
{
    char beside[TH_ADMIN_PATH];
    enum th_status status = th_admin_public_path(path, beside, error);
    if (status == TH_OK)
        status = th_curve_parse_public(beside, key, error);
    return status;
}

/* An account that administers need not be able to read the secrets: where it cannot,
 * what keygen put beside them is taken. */
static bool is_readable(const char *path)
{
    return access(path, R_OK) == 0 || errno != EACCES;
}

static enum th_status own_server_key(const char *path, uint8_t key[32], struct th_error *error)
{
    struct th_curve_pair pair = {0};
    if (!is_readable(path))
        return read_public(path, key, error);
    enum th_status status = th_curve_load(path, &pair, error);
    memcpy(key, pair.public_key, 32);
    explicit_bzero(&pair, sizeof(pair));
    return status;
}

enum th_status th_admin_receipt_public(const char *path, uint8_t key[32], struct th_error *error)
{
    uint8_t seed[TH_SECRET_SEED_BYTES];
    struct th_receipt_key pair = {0};
    if (!is_readable(path))
        return read_public(path, key, error);
    enum th_status status = th_file_read_secret(path, seed, sizeof(seed), error);
    if (status == TH_OK)
        th_receipt_key_from_seed(&pair, seed);
    memcpy(key, pair.public_key, 32);
    explicit_bzero(seed, sizeof(seed));
    explicit_bzero(&pair, sizeof(pair));
    return status;
}

enum th_status th_admin_fill_endpoints(const struct th_collector_settings *settings, bool district,
                                       struct th_bundle *bundle, struct th_error *error)
{
    struct th_endpoints endpoints;
    uint8_t own[32];
    bool known = false;
    enum th_status status = district
                                ? th_endpoints_parse(settings->submit_public, settings->submit_bind,
                                                     "submit_public", &endpoints, error)
                                : th_endpoints_parse(settings->query_public, settings->query_bind,
                                                     "query_public", &endpoints, error);
    for (size_t i = 0; status == TH_OK && i < endpoints.count; i++) {
        if (!endpoints.own[i])
            continue;
        if (!known)
            status = own_server_key(settings->key_file, own, error);
        known = true;
        if (status == TH_OK)
            memcpy(endpoints.list[i].server_key, own, sizeof(own));
    }
    if (status != TH_OK)
        return status;
    memcpy(district ? bundle->submit : bundle->query, endpoints.list, sizeof(endpoints.list));
    *(district ? &bundle->submit_count : &bundle->query_count) = endpoints.count;
    return TH_OK;
}

enum th_status th_admin_fill_receipt_keys(const struct th_collector_settings *settings,
                                          struct th_bundle *bundle, struct th_error *error)
{
    uint8_t signing[32];
    enum th_status status = th_admin_receipt_public(settings->receipt_key_file, signing, error);
    if (status == TH_OK)
        status = th_receipt_keys_fill(settings->receipt_keys, signing, bundle, error);
    return status;
}
