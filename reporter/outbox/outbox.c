#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reporter/outbox/database.h"

/* ---- whose it is ---- */

static enum th_status get_setting(struct th_outbox *outbox, const char *name, char *value,
                                  size_t size, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool row;
    value[0] = '\0';
    enum th_status status = th_outbox_statement(outbox, TH_SQL_get_setting, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_text(statement, 1, name);
    status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row)
        snprintf(value, size, "%s", th_column_text(statement, 0));
    th_outbox_done(statement);
    return status;
}

static enum th_status put_setting(struct th_outbox *outbox, const char *name, const char *value,
                                  struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_put_setting, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_text(statement, 1, name);
    th_bind_text(statement, 2, value);
    return th_outbox_execute(outbox, statement, error);
}

/* Writes only what is new. */
static enum th_status put_number(struct th_outbox *outbox, const char *name, int64_t number,
                                 struct th_error *error)
{
    char text[24], stored[24];
    snprintf(text, sizeof(text), "%" PRId64, number);
    enum th_status status = get_setting(outbox, name, stored, sizeof(stored), error);
    if (status != TH_OK || strcmp(text, stored) == 0)
        return status;
    return put_setting(outbox, name, text, error);
}

/* 0 when it was never put. */
static enum th_status get_number(struct th_outbox *outbox, const char *name, int64_t *number,
                                 struct th_error *error)
{
    char text[24];
    enum th_status status = get_setting(outbox, name, text, sizeof(text), error);
    *number = strtoll(text, NULL, 10);
    return status;
}

enum th_status th_outbox_claim(struct th_outbox *outbox, const char *province, const char *district,
                               struct th_error *error)
{
    char owner[80], stored[80];
    snprintf(owner, sizeof(owner), "%.38s/%.38s", province, district);
    enum th_status status = get_setting(outbox, "owner", stored, sizeof(stored), error);
    if (status == TH_OK && stored[0] == '\0')
        return put_setting(outbox, "owner", owner, error);
    if (status == TH_OK && strcmp(owner, stored) != 0)
        return th_error_set(error, TH_USAGE,
                            "the outbox %s belongs to %s (province/district), the bundle to %s; "
                            "use another state_dir, or `join FILE --replace`, which puts the old "
                            "outbox aside",
                            outbox->path, stored, owner);
    return status;
}

/* ---- restorations in the province ---- */

enum th_status th_outbox_put_restored_epoch(struct th_outbox *outbox, uint32_t epoch,
                                            struct th_error *error)
{
    return put_number(outbox, "restored_epoch", epoch, error);
}

enum th_status th_outbox_get_restored_epoch(struct th_outbox *outbox, uint32_t *epoch,
                                            struct th_error *error)
{
    int64_t number;
    enum th_status status = get_number(outbox, "restored_epoch", &number, error);
    *epoch = (uint32_t)number;
    return status;
}

enum th_status th_outbox_put_notice_start(struct th_outbox *outbox, uint32_t epoch, uint64_t id,
                                          struct th_error *error)
{
    char name[40];
    snprintf(name, sizeof(name), "notice_start.%" PRIu32, epoch);
    return put_number(outbox, name, (int64_t)id, error);
}

/* ---- enrolment ---- */

enum th_status th_outbox_put_first_enrolled(struct th_outbox *outbox, int64_t first_enrolled_us,
                                            struct th_error *error)
{
    return put_number(outbox, "first_enrolled_us", first_enrolled_us, error);
}

enum th_status th_outbox_get_first_enrolled(struct th_outbox *outbox, int64_t *first_enrolled_us,
                                            struct th_error *error)
{
    return get_number(outbox, "first_enrolled_us", first_enrolled_us, error);
}

/* ---- catalogue ---- */

enum th_status th_outbox_get_catalogue(struct th_outbox *outbox,
                                       struct th_outbox_catalogue *catalogue,
                                       struct th_buffer *bundle, struct th_error *error)
{
    *catalogue = (struct th_outbox_catalogue){0};
    sqlite3_stmt *statement = NULL;
    bool row;
    enum th_status status = th_outbox_statement(
        outbox, bundle ? TH_SQL_get_catalogue : TH_SQL_get_catalogue_version, &statement, error);
    if (status != TH_OK)
        return status;
    status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row) {
        catalogue->version = (uint64_t)sqlite3_column_int64(statement, 0);
        catalogue->fetched_us = sqlite3_column_int64(statement, 2);
        if (!th_column_bytes(statement, 1, catalogue->digest, sizeof(catalogue->digest)))
            status = th_outbox_damaged(outbox, "the catalogue is not readable", error);
    }
    if (status == TH_OK && row && bundle) {
        struct th_slice bytes = th_column_slice(statement, 3);
        th_buffer_add(bundle, bytes.bytes, bytes.size);
    }
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_put_catalogue(struct th_outbox *outbox,
                                       const struct th_outbox_catalogue *catalogue,
                                       struct th_slice bundle, struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_put_catalogue, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, (int64_t)catalogue->version);
    th_bind_blob(statement, 2, catalogue->digest, sizeof(catalogue->digest));
    th_bind_blob(statement, 3, bundle.bytes, bundle.size);
    th_bind_integer(statement, 4, catalogue->fetched_us);
    return th_outbox_execute(outbox, statement, error);
}

/* ---- how delivery stands ---- */

enum th_status th_outbox_get_link(struct th_outbox *outbox, struct th_outbox_link *link,
                                  struct th_error *error)
{
    *link = (struct th_outbox_link){0};
    sqlite3_stmt *statement = NULL;
    bool row;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_get_link, &statement, error);
    if (status != TH_OK)
        return status;
    status = th_outbox_step(outbox, statement, &row, error);
    if (status == TH_OK && row) {
        link->connected = sqlite3_column_int64(statement, 0) != 0;
        snprintf(link->endpoint, sizeof(link->endpoint), "%s", th_column_text(statement, 1));
        snprintf(link->reason, sizeof(link->reason), "%s", th_column_text(statement, 2));
        link->since_us = sqlite3_column_int64(statement, 3);
        link->greeted_us = sqlite3_column_int64(statement, 4);
    }
    th_outbox_done(statement);
    return status;
}

enum th_status th_outbox_put_link(struct th_outbox *outbox, const struct th_outbox_link *link,
                                  struct th_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum th_status status = th_outbox_statement(outbox, TH_SQL_put_link, &statement, error);
    if (status != TH_OK)
        return status;
    th_bind_integer(statement, 1, link->connected);
    th_bind_text(statement, 2, link->endpoint);
    th_bind_text(statement, 3, link->reason);
    th_bind_integer(statement, 4, link->since_us);
    th_bind_integer(statement, 5, link->greeted_us);
    return th_outbox_execute(outbox, statement, error);
}
