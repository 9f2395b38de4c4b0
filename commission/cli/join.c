/* keygen and join: how a client comes to be known, and to know the province. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commission/cli/commands.h"
#include "commission/cli/session.h"
#include "common/base/file.h"
#include "common/base/text.h"

const char th_keygen_help[] =
    "Makes this client's key in the state folder and prints its public half, 64 hexadecimal "
    "digits. Send those to the province, which enrols the key and sends back a file for 'tonghop "
    "join'. The secret half never leaves this machine, and is never overwritten.\n"
    "\n"
    "Examples:\n"
    "    tonghop keygen\n"
    "    tonghop keygen --show      (prints the public half of the key that is there)\n";

const char th_join_help[] =
    "Pins the province: keeps the enrolment file that the province made for this key, and shows "
    "its fingerprint. Compare the fingerprint with the province by telephone before you trust any "
    "figure. The role must be viewer, approver or admin.\n"
    "\n"
    "Examples:\n"
    "    tonghop join commission.bundle\n"
    "    tonghop join --replace commission.bundle      (another province, or new server keys)\n";

const struct th_option th_keygen_option_table[] = {
    {"show", 0, NULL, "print the public half of the key that is there"},
    {NULL, 0, NULL, NULL},
};

const struct th_option th_join_option_table[] = {
    {"replace", 0, NULL, "put the file in the place of another one that was joined before"},
    {NULL, 0, NULL, NULL},
};

static enum th_status load_key(const struct th_cli_settings *settings, struct th_curve_pair *pair,
                               struct th_error *error)
{
    char path[TH_PATH_MAX];
    enum th_status status = th_cli_path(settings, TH_KEY_FILE, path, error);
    if (status != TH_OK)
        return status;
    if (access(path, F_OK) != 0)
        return th_error_set(error, TH_USAGE, "there is no key %s yet; run 'tonghop keygen' first",
                            path);
    return th_curve_load(path, pair, error);
}

static enum th_status make_key(const struct th_cli_settings *settings, struct th_curve_pair *pair,
                               struct th_error *error)
{
    char path[TH_PATH_MAX];
    enum th_status status = th_cli_path(settings, "", path, error);
    if (status == TH_OK)
        status = th_file_make_folder(path, error);
    if (status == TH_OK)
        status = th_cli_path(settings, TH_KEY_FILE, path, error);
    if (status == TH_OK)
        status = th_curve_generate(pair, error);
    if (status == TH_OK)
        status = th_curve_save(path, pair, error);
    if (status == TH_OK)
        fprintf(stderr,
                "tonghop: the key is in %s; send the line below to the province, which runs\n"
                "tonghop:   tonghop-collector enrol client NAME KEY --role viewer\n",
                path);
    return status;
}

enum th_status th_keygen_run(void *context, const struct th_command_line *line,
                             struct th_error *error)
{
    const struct th_cli_settings *settings = context;
    struct th_curve_pair pair = {0};
    char hex[65];
    enum th_status status = th_cli_check(settings, error);
    if (status == TH_OK)
        status = th_command_option(line, "show") ? load_key(settings, &pair, error)
                                                 : make_key(settings, &pair, error);
    if (status == TH_OK) {
        th_text_to_hex(pair.public_key, sizeof(pair.public_key), hex);
        printf("%s\n", hex);
    }
    explicit_bzero(&pair, sizeof(pair));
    return status;
}

static enum th_status check_bundle(const struct th_bundle *bundle, const struct th_curve_pair *pair,
                                   struct th_error *error)
{
    if (strcmp(bundle->role, "district") == 0)
        return th_error_set(error, TH_USAGE,
                            "this file enrols a district office (%s); it is for 'tonghop-reporter "
                            "join'",
                            bundle->name);
    if (memcmp(bundle->public_key, pair->public_key, sizeof(pair->public_key)) != 0)
        return th_error_set(error, TH_USAGE,
                            "this file enrols another key; send the province the one that "
                            "'tonghop keygen --show' prints");
    if (bundle->query_count == 0)
        return th_error_set(error, TH_USAGE,
                            "this file names no query endpoint; ask the province for one made by "
                            "'tonghop-collector enrol client'");
    return TH_OK;
}

/* What was pinned is not unpinned in passing. */
static enum th_status check_pinned(const char *path, const char *fingerprint, bool replace,
                                   struct th_error *error)
{
    struct th_bundle pinned;
    char before[40];
    if (replace || access(path, F_OK) != 0)
        return TH_OK;
    enum th_status status = th_bundle_read(path, &pinned, error);
    if (status != TH_OK)
        return status;
    th_bundle_fingerprint(&pinned, before);
    if (strcmp(before, fingerprint) == 0)
        return TH_OK;
    return th_error_set(error, TH_USAGE,
                        "province '%s' (fingerprint %s) is joined already; to put this file "
                        "(%s) in its place, add --replace",
                        pinned.province, before, fingerprint);
}

static enum th_status pin(const char *path, const struct th_bundle *bundle, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    th_bundle_write(bundle, &text);
    return th_file_write(path, text.bytes, text.size, 0600, error);
}

enum th_status th_join_run(void *context, const struct th_command_line *line,
                           struct th_error *error)
{
    const struct th_cli_settings *settings = context;
    struct th_curve_pair pair = {0};
    struct th_bundle bundle;
    char path[TH_PATH_MAX], fingerprint[40];
    enum th_status status = th_cli_check(settings, error);
    if (status == TH_OK)
        status = load_key(settings, &pair, error);
    if (status == TH_OK)
        status = th_bundle_read(line->arguments[0], &bundle, error);
    if (status == TH_OK)
        status = check_bundle(&bundle, &pair, error);
    if (status == TH_OK)
        status = th_cli_path(settings, TH_PROVINCE_FILE, path, error);
    if (status == TH_OK) {
        th_bundle_fingerprint(&bundle, fingerprint);
        status = check_pinned(path, fingerprint, th_command_option(line, "replace") != NULL, error);
    }
    if (status == TH_OK)
        status = pin(path, &bundle, error);
    if (status == TH_OK) {
        printf("%s\n", fingerprint);
        fprintf(stderr,
                "tonghop: joined province '%s' %s as %s (%s)\n"
                "tonghop: compare the fingerprint above with the province by telephone\n",
                bundle.province, bundle.province_name, bundle.name, bundle.role);
    }
    explicit_bzero(&pair, sizeof(pair));
    return status;
}
