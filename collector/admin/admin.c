#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collector/admin/admin_private.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"

enum th_status th_admin_format(const struct th_command_line *line, enum th_format *format,
                               struct th_error *error)
{
    return th_format_choose(th_command_option(line, "format"), NULL, format, error);
}

enum th_status th_admin_connect(const struct th_collector_settings *settings,
                                struct th_store **store, struct th_error *error)
{
    const char *conninfo = settings->owner_database && settings->owner_database[0]
                               ? settings->owner_database
                               : settings->database;
    *store = NULL;
    enum th_status status = th_ledger_init(error);
    if (status == TH_OK)
        status = th_store_open(conninfo, "tonghop-admin", (int)settings->database_timeout_ms, store,
                               error);
    return status;
}

enum th_status th_admin_open(const struct th_collector_settings *settings, struct th_store **store,
                             struct th_province *province, struct th_error *error)
{
    enum th_status status = th_admin_connect(settings, store, error);
    if (status == TH_OK)
        status = th_store_check_schema(*store, error);
    if (status == TH_OK)
        status = th_store_get_province(*store, province, error);
    if (status == TH_OK && settings->province && strcmp(settings->province, province->code) != 0)
        status = th_error_set(error, TH_USAGE,
                              "the database belongs to province '%s', the settings say '%s'; "
                              "correct 'province' or 'owner_database'",
                              province->code, settings->province);
    if (status == TH_OK)
        status = th_clock_use_zone(province->time_zone, error);
    if (status != TH_OK)
        th_store_close(store);
    return status;
}

const char *th_admin_actor(struct th_actor *actor)
{
    struct passwd entry, *found = NULL;
    char room[4096];
    if (getpwuid_r(getuid(), &entry, room, sizeof(room), &found) == 0 && found &&
        th_text_is_utf8(th_slice_of(found->pw_name)))
        snprintf(actor->name, sizeof(actor->name), "os:%s", found->pw_name);
    else
        snprintf(actor->name, sizeof(actor->name), "os:%lu", (unsigned long)getuid());
    return actor->name;
}

enum th_status th_admin_public_path(const char *path, char out[TH_ADMIN_PATH],
                                    struct th_error *error)
{
    if ((size_t)snprintf(out, TH_ADMIN_PATH, "%s.pub", path) >= TH_ADMIN_PATH)
        return th_error_set(error, TH_USAGE, "the key file's name is too long: %.100s...", path);
    return TH_OK;
}

void th_admin_instant(int64_t instant_us, char machine[40], char people[40])
{
    machine[0] = people[0] = '\0';
    if (instant_us == 0)
        return;
    th_instant_format(instant_us, machine);
    th_instant_format_local(instant_us, people);
}
