/* keygen and join: how an office and a province come to know each other. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/text.h"
#include "reporter/delivery/instance.h"
#include "reporter/entry/commands.h"

enum th_status th_command_keygen(void *context, const struct th_command_line *line,
                                 struct th_error *error)
{
    struct th_office *office = context;
    char path[PATH_MAX], hex[65];
    (void)line;
    enum th_status status = th_office_open(office, TH_NEED_SETTINGS, error);
    if (status == TH_OK)
        status = th_file_make_folder(office->settings.state_dir, error);
    if (status == TH_OK)
        status = th_office_path(office, "key", path, error);
    if (status == TH_OK)
        status = th_curve_generate(&office->pair, error);
    if (status == TH_OK)
        status = th_curve_save(path, &office->pair, error);
    if (status == TH_OK) {
        th_text_to_hex(office->pair.public_key, sizeof(office->pair.public_key), hex);
        printf("%s\n", hex);
        fprintf(stderr,
                th_say(office,
                       "Khóa bí mật ở %s (không gửi cho ai); khóa công khai ở %s.pub.\n"
                       "Tiếp theo: gửi khóa công khai trên cho tỉnh để ghi danh, rồi chạy "
                       "`tonghop-reporter join TỆP` với tệp ghi danh nhận được.\n",
                       "The secret key is in %s (give it to nobody), the public one in %s.pub.\n"
                       "Next: send the public key above to the province to be enrolled, then run "
                       "`tonghop-reporter join FILE` with the bundle that comes back.\n"),
                path, path);
    }
    th_office_close(office);
    return status;
}

static enum th_status check_bundle(const struct th_office *office, const struct th_bundle *bundle,
                                   const char *path, struct th_error *error)
{
    if (strcmp(bundle->role, "district") != 0)
        return th_error_set(error, TH_USAGE,
                            "%s is a bundle of role %s, not of a district; it is for `tonghop "
                            "join`",
                            path, bundle->role);
    if (memcmp(bundle->public_key, office->pair.public_key, sizeof(bundle->public_key)) != 0)
        return th_error_set(error, TH_USAGE,
                            "%s was made for another key than %s/key: send the province the key "
                            "in %s/key.pub and ask for a new bundle",
                            path, office->settings.state_dir, office->settings.state_dir);
    if (bundle->submit_count == 0 || bundle->receipt_key_count == 0)
        return th_error_set(error, TH_USAGE,
                            "%s names no endpoint or no receipt key; ask the province for a new "
                            "bundle",
                            path);
    return TH_OK;
}

/* Closing the last connection folds the write-ahead log into the file, which then can
 * be moved alone. */
static enum th_status put_outbox_aside(struct th_office *office, const struct th_bundle *old,
                                       struct th_error *error)
{
    char path[PATH_MAX], aside[PATH_MAX + 256], stamp[32];
    struct tm now;
    time_t seconds = time(NULL);
    enum th_status status = th_office_path(office, "outbox.db", path, error);
    if (status != TH_OK || access(path, F_OK) != 0)
        return status;
    status = th_outbox_open(path, &office->outbox, error);
    th_outbox_close(&office->outbox);
    if (status != TH_OK)
        return status;
    gmtime_r(&seconds, &now);
    strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &now);
    snprintf(aside, sizeof(aside), "%s.%.33s-%.65s-%.31s", path, old->province, old->name, stamp);
    if (rename(path, aside) != 0)
        return th_error_set(error, TH_PERMANENT, "cannot move %s to %s: %m", path, aside);
    fprintf(
        stderr,
        th_say(office, "Hộp gửi cũ được cất tại %s.\n", "The old outbox was put aside at %s.\n"),
        aside);
    return TH_OK;
}

/* What was pinned before: nothing, the same district (endpoints or keys may be new), or
 * another, which only --replace gives up. */
static enum th_status give_up_old(struct th_office *office, const struct th_bundle *bundle,
                                  const char *pinned, bool replace, struct th_error *error)
{
    struct th_bundle old;
    if (access(pinned, F_OK) != 0 && errno == ENOENT)
        return TH_OK;
    enum th_status status = th_bundle_read(pinned, &old, error);
    if (status != TH_OK)
        return th_error_prefix(error, "the bundle pinned before cannot be read; move it away");
    if (strcmp(old.province, bundle->province) == 0 && strcmp(old.name, bundle->name) == 0)
        return TH_OK;
    if (!replace)
        return th_error_set(error, TH_USAGE,
                            "this office has joined province %s as district %s; to leave it for "
                            "%s/%s, with an empty outbox, add --replace",
                            old.province, old.name, bundle->province, bundle->name);
    return put_outbox_aside(office, &old, error);
}

static enum th_status pin(struct th_office *office, const struct th_bundle *bundle, bool replace,
                          struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    char pinned[PATH_MAX];
    int lock = -1;
    enum th_status status = th_office_path(office, "bundle.ini", pinned, error);
    if (status == TH_OK && replace) {
        status = th_instance_lock(office->settings.state_dir, &lock, error);
        if (status == TH_RETRY)
            status = th_error_set(error, TH_USAGE,
                                  "stop the running tonghop-reporter before `join --replace`");
    }
    if (status == TH_OK)
        status = give_up_old(office, bundle, pinned, replace, error);
    if (status == TH_OK) {
        th_bundle_write(bundle, &text);
        status = th_file_write(pinned, text.bytes, text.size, 0644, error);
    }
    th_instance_unlock(&lock);
    return status;
}

enum th_status th_command_join(void *context, const struct th_command_line *line,
                               struct th_error *error)
{
    struct th_office *office = context;
    struct th_bundle bundle;
    char fingerprint[40];
    const char *path = line->arguments[0];
    enum th_status status = th_office_open(office, TH_NEED_KEY, error);
    if (status == TH_OK)
        status = th_bundle_read(path, &bundle, error);
    if (status == TH_OK)
        status = check_bundle(office, &bundle, path, error);
    if (status == TH_OK)
        status = pin(office, &bundle, th_command_option(line, "replace") != NULL, error);
    if (status == TH_OK) {
        th_bundle_fingerprint(&bundle, fingerprint);
        printf("%s\n", fingerprint);
        fprintf(
            stderr,
            th_say(office,
                   "Đã vào tỉnh %s (%s) với tư cách đơn vị %s.\n"
                   "Hãy gọi điện cho tỉnh và đọc dấu vân tay ở trên: chỉ dùng khi hai bên giống "
                   "nhau.\nTiếp theo: `tonghop-reporter run` (khởi động lại nếu đang chạy).\n",
                   "Joined province %s (%s) as district %s.\n"
                   "Call the province and compare the fingerprint above: go on only when both "
                   "are the same.\nNext: `tonghop-reporter run` (restart it if it is "
                   "running).\n"),
            bundle.province, bundle.province_name, bundle.name);
    }
    th_office_close(office);
    return status;
}
