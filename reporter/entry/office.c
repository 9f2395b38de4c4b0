#include "reporter/entry/office.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/command.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/wire/message.h"

const char *th_say(const struct th_office *office, const char *vi, const char *en)
{
    const char *language = office->settings.language;
    return language && strcmp(language, "en") == 0 ? en : vi;
}

enum th_status th_office_path(const struct th_office *office, const char *name, char path[PATH_MAX],
                              struct th_error *error)
{
    int size = snprintf(path, PATH_MAX, "%s/%s", office->settings.state_dir, name);
    if (size < 0 || size >= PATH_MAX)
        return th_error_set(error, TH_USAGE, "state_dir is too long");
    return TH_OK;
}

enum th_status th_office_format(const struct th_command_line *line, enum th_format *format,
                                struct th_error *error)
{
    return th_format_choose(th_command_option(line, "format"), NULL, format, error);
}

static enum th_status check_settings(const struct th_office *office, struct th_error *error)
{
    const struct th_reporter_settings *settings = &office->settings;
    enum th_log_level level;
    if (!settings->language ||
        (strcmp(settings->language, "vi") != 0 && strcmp(settings->language, "en") != 0))
        return th_error_set(error, TH_USAGE, "language must be vi or en");
    if (!th_log_parse_level(settings->log_level, &level))
        return th_error_set(error, TH_USAGE,
                            "log_level must be one of error, warning, info, debug");
    if (!settings->state_dir || settings->state_dir[0] == '\0')
        return th_error_set(error, TH_USAGE, "state_dir must name a folder");
    /* Commands speak to people: what delivery tells an operator is noise there. `run`
     * sets the level that was asked for. */
    th_log_set_level(level == TH_LOG_INFO ? TH_LOG_WARNING : level);
    return TH_OK;
}

static enum th_status open_key(struct th_office *office, struct th_error *error)
{
    char path[PATH_MAX];
    enum th_status status = th_office_path(office, "key", path, error);
    if (status == TH_OK && access(path, F_OK) != 0 && errno == ENOENT)
        return th_error_set(error, TH_USAGE,
                            "%s is not there: run `tonghop-reporter keygen` and let the province "
                            "enrol the key that it prints",
                            path);
    return status == TH_OK ? th_curve_load(path, &office->pair, error) : status;
}

static enum th_status open_bundle(struct th_office *office, struct th_error *error)
{
    char path[PATH_MAX];
    enum th_status status = th_office_path(office, "bundle.ini", path, error);
    if (status == TH_OK && access(path, F_OK) != 0 && errno == ENOENT)
        return th_error_set(error, TH_USAGE,
                            "this office has not joined a province yet: run `tonghop-reporter join "
                            "FILE` with the bundle that the province sent");
    if (status == TH_OK)
        status = th_bundle_read(path, &office->bundle, error);
    if (status == TH_OK &&
        (strcmp(office->bundle.role, "district") != 0 || office->bundle.submit_count == 0))
        status = th_error_set(error, TH_USAGE,
                              "%s is not the bundle of a district with an endpoint to submit to; "
                              "join again",
                              path);
    if (status == TH_OK)
        status = th_clock_use_zone(office->bundle.time_zone, error);
    return status;
}

static enum th_status open_outbox(struct th_office *office, struct th_error *error)
{
    char path[PATH_MAX];
    enum th_status status = th_office_path(office, "outbox.db", path, error);
    if (status == TH_OK)
        status = th_outbox_open(path, &office->outbox, error);
    if (status == TH_OK)
        status =
            th_outbox_claim(office->outbox, office->bundle.province, office->bundle.name, error);
    return status;
}

enum th_status th_office_open(struct th_office *office, unsigned needs, struct th_error *error)
{
    if (needs & TH_NEED_CATALOGUE)
        needs |= TH_NEED_OUTBOX;
    if (needs & TH_NEED_OUTBOX)
        needs |= TH_NEED_BUNDLE;
    enum th_status status = check_settings(office, error);
    if (status == TH_OK && (needs & TH_NEED_KEY))
        status = open_key(office, error);
    if (status == TH_OK && (needs & TH_NEED_BUNDLE))
        status = open_bundle(office, error);
    if (status == TH_OK && (needs & TH_NEED_OUTBOX))
        status = open_outbox(office, error);
    if (status == TH_OK && (needs & TH_NEED_CATALOGUE))
        status = th_office_read_catalogue(office, error);
    if (status == TH_OK && (needs & TH_NEED_CATALOGUE) && !office->catalogue)
        status = th_office_fetch_catalogue(office, error);
    if (status == TH_OK && (needs & TH_NEED_CATALOGUE) && !office->catalogue)
        status = th_error_set(error, TH_USAGE,
                              "the province has no catalogue yet; try again when it has imported "
                              "one");
    return status;
}

void th_office_close(struct th_office *office)
{
    th_catalogue_release(&office->catalogue);
    th_outbox_close(&office->outbox);
    explicit_bzero(&office->pair, sizeof(office->pair));
}

static enum th_status pin_renewed(void *context, struct th_bundle *renewed, struct th_error *error)
{
    struct th_office *office = context;
    char path[PATH_MAX];
    enum th_status status = th_office_path(office, "bundle.ini", path, error);
    if (status == TH_OK)
        status = th_bundle_renew(path, renewed, 0644, error);
    if (status == TH_OK)
        office->bundle = *renewed;
    return status;
}

struct th_delivery_settings th_office_delivery(struct th_office *office)
{
    const struct th_reporter_settings *settings = &office->settings;
    return (struct th_delivery_settings){
        .bundle = &office->bundle,
        .pin = pin_renewed,
        .pin_context = office,
        .language = settings->language,
        .window = (uint32_t)settings->window,
        .batch_reports = (uint32_t)settings->batch_reports,
        .answer_timeout_ms = settings->answer_timeout_ms,
        .backoff_base_ms = settings->backoff_base_ms,
        .backoff_cap_ms = settings->backoff_cap_ms < settings->backoff_base_ms
                              ? settings->backoff_base_ms
                              : settings->backoff_cap_ms,
    };
}

enum th_status th_office_read_catalogue(struct th_office *office, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_catalogue_release(&office->catalogue);
    enum th_status status = th_outbox_get_catalogue(office->outbox, &office->held, &bytes, error);
    if (status != TH_OK || office->held.version == 0)
        return status;
    office->catalogue = th_catalogue_unpack(th_buffer_slice(&bytes), office->held.version, error);
    if (office->catalogue)
        return TH_OK;
    return th_error_prefix(error, "the catalogue held cannot be read; run `tonghop-reporter "
                                  "catalogue --fetch` with the newest tonghop-reporter");
}
