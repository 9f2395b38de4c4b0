#include <inttypes.h>
#include <stdio.h>

#include "collector/admin/admin_private.h"

const struct th_option th_admin_status_options[] = {TH_ADMIN_FORMAT_OPTION, {NULL}};

static const struct th_column columns[] = {
    {.name = "item", .heading = "Item"},
    {.name = "value", .heading = "Value"},
};

static void add(struct th_table *table, const char *name, const char *title, const char *value,
                const char *people)
{
    th_table_row(table, (const char *[]){name, value}, (const char *[]){title, people});
}

static void add_number(struct th_table *table, const char *name, const char *title, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRIu64, number);
    th_table_cell(table, 1, TH_CELL_NUMBER);
    add(table, name, title, text, NULL);
}

enum th_status th_admin_status(void *settings, const struct th_command_line *line,
                               struct th_error *error)
{
    struct th_province province = {0};
    struct th_store_status found = {0};
    struct th_store *store = NULL;
    enum th_format format;
    enum th_status status = th_admin_format(line, &format, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = th_store_get_status(store, &found, error);
    th_store_close(&store);
    if (status != TH_OK)
        return status;

    char machine[40], people[40];
    th_admin_instant(found.last_accepted_at_us, machine, people);
    struct th_table *table = th_table_create(stdout, format, NULL, columns, 2);
    add(table, "province", "Province", province.code, NULL);
    add_number(table, "schema_version", "Schema version", (uint64_t)found.schema_version);
    add_number(table, "catalogue_version", "Catalogue version", found.catalogue_version);
    add_number(table, "districts_enrolled", "Districts enrolled", found.districts_enrolled);
    add_number(table, "clients_enrolled", "Clients enrolled", found.clients_enrolled);
    add_number(table, "reports", "Reports, all revisions", found.reports);
    add_number(table, "current_reports", "Current reports", found.current_reports);
    add_number(table, "rejections", "Rejected reports", found.rejections);
    th_table_cell(table, 1, TH_CELL_INSTANT);
    add(table, "last_accepted_at", "Last accepted", machine, people[0] ? people : "never");
    add_number(table, "event_sequence", "Administrative acts", found.event_sequence);
    return th_table_finish(&table, error);
}
