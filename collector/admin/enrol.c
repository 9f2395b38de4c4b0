#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/admin/admin_private.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "common/wire/bundle.h"
#include "common/wire/keys.h"

#define DISTRICT_ROLE "district"

#define BUNDLE_OPTIONS                                                                             \
    {"bundle", 'b', "FILE",                                                                        \
     "where to write the bundle; '-' is standard output "                                          \
     "[default NAME.bundle]"},                                                                     \
    {                                                                                              \
        "force", 0, NULL, "replace a bundle file that is there"                                    \
    }

const struct th_option th_admin_enrol_options[] = {BUNDLE_OPTIONS, {NULL}};
const struct th_option th_admin_enrol_client_options[] = {
    {"role", 'r', "ROLE", "viewer, approver or admin"},
    {"portal", 0, NULL, "the key is a portal's: it may act for the portal's accounts"},
    BUNDLE_OPTIONS,
    {NULL},
};
const struct th_option th_admin_enrolments_options[] = {TH_ADMIN_FORMAT_OPTION, {NULL}};

/* Where the bundle goes. */
struct target {
    char path[TH_ADMIN_PATH]; /* "-": standard output */
    bool force;
};

/* Found out before anything is enrolled: the rest is then unlikely to fail. */
static enum th_status choose_target(const struct th_command_line *line, const char *name,
                                    struct target *target, struct th_error *error)
{
    const char *given = th_command_option(line, "bundle");
    int size = given ? snprintf(target->path, sizeof(target->path), "%s", given)
                     : snprintf(target->path, sizeof(target->path), "%s.bundle", name);
    if (size <= 0 || (size_t)size >= sizeof(target->path))
        return th_error_set(error, TH_USAGE, "--bundle takes the path of a file, or '-'");
    target->force = th_command_option(line, "force") != NULL;
    if (strcmp(target->path, "-") != 0 && !target->force && access(target->path, F_OK) == 0)
        return th_error_set(error, TH_USAGE,
                            "%s is there already, nothing was enrolled; name another file with "
                            "--bundle, or give --force to replace it",
                            target->path);
    return TH_OK;
}

/* Everything of the bundle but the province, which the database knows. */
static enum th_status prepare_bundle(const struct th_collector_settings *settings,
                                     const struct th_enrolment *enrolment, struct th_bundle *bundle,
                                     struct th_error *error)
{
    snprintf(bundle->role, sizeof(bundle->role), "%s", enrolment->role);
    snprintf(bundle->name, sizeof(bundle->name), "%s", enrolment->name);
    memcpy(bundle->public_key, enrolment->public_key, 32);
    bool district = strcmp(enrolment->role, DISTRICT_ROLE) == 0;
    enum th_status status = th_admin_fill_endpoints(settings, district, bundle, error);
    if (status == TH_OK)
        status = th_admin_fill_receipt_keys(settings, bundle, error);
    for (size_t i = 0; status == TH_OK && i < bundle->submit_count + bundle->query_count; i++) {
        const struct th_endpoint *endpoint = i < bundle->submit_count
                                                 ? &bundle->submit[i]
                                                 : &bundle->query[i - bundle->submit_count];
        if (memcmp(endpoint->server_key, enrolment->public_key, 32) == 0)
            status = th_error_set(error, TH_USAGE,
                                  "this is the collector's own key; enrol the .pub file that the "
                                  "office's or client's keygen made");
    }
    return status;
}

static const char *describe(const struct th_enrolment *enrolment, char out[128])
{
    snprintf(out, 128, "%s %s%s", enrolment->role, enrolment->name,
             enrolment->portal ? " (portal)" : "");
    return out;
}

/* What the database says of the key; *known when it holds this very enrolment. */
static enum th_status look_up(struct th_store *store, const struct th_enrolment *wanted,
                              bool *known, struct th_error *error)
{
    struct th_enrolment *all = NULL;
    size_t count = 0;
    char machine[40], people[40], who[128];
    *known = false;
    enum th_status status = th_store_list_enrolments(store, &all, &count, error);
    for (size_t i = 0; status == TH_OK && i < count; i++) {
        const struct th_enrolment *found = &all[i];
        if (memcmp(found->public_key, wanted->public_key, 32) != 0)
            continue;
        *known = true;
        th_admin_instant(found->revoked_at_us, machine, people);
        if (found->revoked_at_us != 0)
            status = th_error_set(error, TH_USAGE,
                                  "this key was revoked on %s (it was enrolled as %s) and is never "
                                  "admitted again; make a new one with keygen",
                                  people, describe(found, who));
        else if (strcmp(found->name, wanted->name) != 0 || strcmp(found->role, wanted->role) != 0 ||
                 found->portal != wanted->portal)
            status =
                th_error_set(error, TH_USAGE,
                             "this key is enrolled as %s already; a key has one name and role: "
                             "make another with keygen, or revoke this one",
                             describe(found, who));
    }
    free(all);
    return status;
}

static enum th_status write_bundle(const struct th_bundle *bundle, const struct target *target,
                                   struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    char fingerprint[40];
    bool to_stdout = strcmp(target->path, "-") == 0;
    enum th_status status = TH_OK;
    th_bundle_write(bundle, &text);
    if (to_stdout)
        fwrite(text.bytes, 1, text.size, stdout);
    else if (target->force)
        status = th_file_write(target->path, text.bytes, text.size, 0644, error);
    else
        status = th_file_create(target->path, text.bytes, text.size, 0644, error);
    if (status != TH_OK)
        return th_error_prefix(error, "the key is enrolled, but its bundle was not written (run "
                                      "the command again)");
    th_bundle_fingerprint(bundle, fingerprint);
    FILE *out = to_stdout ? stderr : stdout;
    if (!to_stdout)
        fprintf(out, "bundle %s\n", target->path);
    fprintf(out, "fingerprint %s\n", fingerprint);
    fprintf(stderr, "compare the fingerprint by telephone with the one that 'join' shows\n");
    return TH_OK;
}

/* With name, role, portal and district code filled in. */
static enum th_status enrol(const struct th_collector_settings *settings,
                            const struct th_command_line *line, struct th_enrolment *enrolment,
                            struct th_error *error)
{
    struct th_province province = {0};
    struct th_store *store = NULL;
    struct th_bundle bundle = {0};
    struct target target;
    struct th_actor actor;
    char who[128];
    bool known = false;
    enum th_status status = th_curve_parse_public(line->arguments[1], enrolment->public_key, error);
    if (status == TH_OK)
        status = choose_target(line, enrolment->name, &target, error);
    if (status == TH_OK)
        status = th_ledger_init(error);
    if (status == TH_OK)
        status = prepare_bundle(settings, enrolment, &bundle, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = look_up(store, enrolment, &known, error);
    if (status == TH_OK && !known)
        status = th_store_enrol(store, enrolment, th_admin_actor(&actor), error);
    if (status == TH_OK)
        status = th_admin_announced_us(store, &bundle.announced_us, error);
    th_store_close(&store);
    if (status != TH_OK)
        return status;

    fprintf(stderr,
            known ? "this key is enrolled as %s already; the bundle is written again\n"
                  : "enrolled %s\n",
            describe(enrolment, who));
    memcpy(bundle.province, province.code, sizeof(bundle.province));
    memcpy(bundle.province_name, province.name_vi, sizeof(bundle.province_name));
    memcpy(bundle.province_name_en, province.name_en, sizeof(bundle.province_name_en));
    memcpy(bundle.time_zone, province.time_zone, sizeof(bundle.time_zone));
    return write_bundle(&bundle, &target, error);
}

enum th_status th_admin_enrol_district(void *settings, const struct th_command_line *line,
                                       struct th_error *error)
{
    struct th_enrolment enrolment = {.role = DISTRICT_ROLE};
    const char *code = line->arguments[0];
    if (!th_text_is_code(th_slice_of(code), TH_DISTRICT_CODE_MAX))
        return th_error_set(error, TH_USAGE,
                            "'%.40s' is no code of a district; districts.csv of the catalogue "
                            "lists them",
                            code);
    snprintf(enrolment.name, sizeof(enrolment.name), "%s", code);
    return enrol(settings, line, &enrolment, error);
}

enum th_status th_admin_enrol_client(void *settings, const struct th_command_line *line,
                                     struct th_error *error)
{
    static const char *const roles[] = {"viewer", "approver", "admin", NULL};
    struct th_enrolment enrolment = {0};
    const char *name = line->arguments[0], *role = th_command_option(line, "role");
    size_t known = 0;
    if (!th_text_is_code(th_slice_of(name), sizeof(enrolment.name) - 1))
        return th_error_set(error, TH_USAGE,
                            "the client's name '%.40s' may have at most 64 letters, digits, '-', "
                            "'_' and '.', and begins with a letter or digit",
                            name);
    while (role && roles[known] && strcmp(role, roles[known]) != 0)
        known++;
    if (!role || !roles[known])
        return th_error_set(error, TH_USAGE, "give --role viewer, --role approver or --role admin");
    enrolment.portal = th_command_option(line, "portal") != NULL;
    if (enrolment.portal && strcmp(role, "admin") == 0)
        return th_error_set(error, TH_USAGE,
                            "a portal's key is never admin; give it the role viewer or approver, "
                            "and enrol another key for administration");
    snprintf(enrolment.name, sizeof(enrolment.name), "%s", name);
    snprintf(enrolment.role, sizeof(enrolment.role), "%s", role);
    return enrol(settings, line, &enrolment, error);
}

enum th_status th_admin_revoke(void *settings, const struct th_command_line *line,
                               struct th_error *error)
{
    struct th_province province;
    struct th_store *store = NULL;
    struct th_enrolment revoked = {0};
    struct th_actor actor;
    uint8_t key[32];
    char who[128];
    enum th_status status = th_curve_parse_public(line->arguments[0], key, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = th_store_revoke(store, key, th_admin_actor(&actor), &revoked, error);
    th_store_close(&store);
    if (status == TH_OK)
        printf("revoked %s; collectors refuse it within 2 seconds\n", describe(&revoked, who));
    return status;
}

enum th_status th_admin_enrolments(void *settings, const struct th_command_line *line,
                                   struct th_error *error)
{
    static const struct th_column columns[] = {
        {.name = "name", .heading = "Name"},
        {.name = "role", .heading = "Role"},
        {.name = "portal", .heading = "Portal"},
        {.name = "since", .heading = "Since", .cell = TH_CELL_INSTANT},
        {.name = "revoked", .heading = "Revoked", .cell = TH_CELL_INSTANT},
        {.name = "key", .heading = "Key"},
        {.name = "announced", .heading = "Holds keys of", .cell = TH_CELL_INSTANT},
    };
    struct th_province province;
    struct th_store *store = NULL;
    struct th_enrolment *all = NULL;
    size_t count = 0;
    enum th_format format;
    enum th_status status = th_admin_format(line, &format, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = th_store_list_enrolments(store, &all, &count, error);
    th_store_close(&store);
    if (status != TH_OK)
        return status;

    struct th_table *table = th_table_create(stdout, format, NULL, columns, 7);
    for (size_t i = 0; i < count; i++) {
        char key[65], since[40], since_shown[40], revoked[40], revoked_shown[40];
        char announced[40], announced_shown[40];
        th_text_to_hex(all[i].public_key, 32, key);
        th_admin_instant(all[i].enrolled_at_us, since, since_shown);
        th_admin_instant(all[i].revoked_at_us, revoked, revoked_shown);
        th_admin_instant(all[i].announced_us, announced, announced_shown);
        th_table_row(
            table,
            (const char *[]){all[i].name, all[i].role, all[i].portal ? "yes" : "no", since, revoked,
                             key, announced},
            (const char *[]){NULL, NULL, NULL, since_shown, revoked_shown, NULL, announced_shown});
    }
    free(all);
    return th_table_finish(&table, error);
}
