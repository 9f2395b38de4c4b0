#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "collector/admin/admin_private.h"
#include "collector/admin/stranded_table.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/wire/message.h"

#define FILES_MAX  16
#define FILE_LIMIT ((size_t)64 << 20) /* bytes; a whole catalogue may not have more */

const struct th_option th_admin_catalogue_options[] = {TH_ADMIN_FORMAT_OPTION, {NULL}};
const struct th_option th_admin_catalogue_export_options[] = {
    {"version", 0, "N", "an earlier version instead of the one in force"},
    {"force", 0, NULL, "replace files of the folder that differ"},
    {NULL},
};

static bool is_catalogue_file(const char *name)
{
    for (size_t i = 0; th_catalogue_file_names[i]; i++)
        if (strcmp(name, th_catalogue_file_names[i]) == 0)
            return true;
    return false;
}

/* A misspelt name would leave its rows out without a word. */
static enum th_status warn_of_other_files(const char *folder, struct th_error *error)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return th_error_set(error, TH_USAGE, "cannot read the folder %s: %m", folder);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length < 4 || strcasecmp(entry->d_name + length - 4, ".csv") != 0 ||
            is_catalogue_file(entry->d_name))
            continue;
        fprintf(stderr, "warning: %s/%s is no file of a catalogue and is not read; the names are",
                folder, entry->d_name);
        for (size_t i = 0; th_catalogue_file_names[i]; i++)
            fprintf(stderr, "%s %s", i > 0 ? "," : "", th_catalogue_file_names[i]);
        fputc('\n', stderr);
    }
    closedir(directory);
    return TH_OK;
}

static enum th_status make_path(const char *folder, const char *name, char path[TH_ADMIN_PATH],
                                struct th_error *error)
{
    if ((size_t)snprintf(path, TH_ADMIN_PATH, "%s/%s", folder, name) >= TH_ADMIN_PATH)
        return th_error_set(error, TH_USAGE, "the folder's name is too long: %.100s...", folder);
    return TH_OK;
}

struct folder {
    struct th_buffer contents[FILES_MAX];
    struct th_catalogue_file files[FILES_MAX];
    size_t count;
};

static enum th_status read_folder(const char *path, struct folder *folder, struct th_error *error)
{
    enum th_status status = warn_of_other_files(path, error);
    for (size_t i = 0; th_catalogue_file_names[i] && i < FILES_MAX && status == TH_OK; i++) {
        const char *name = th_catalogue_file_names[i];
        char file[TH_ADMIN_PATH];
        status = make_path(path, name, file, error);
        /* Which files may be absent is for the catalogue's reader to say. */
        if (status != TH_OK || (access(file, F_OK) != 0 && errno == ENOENT))
            continue;
        struct th_buffer *content = &folder->contents[folder->count];
        struct th_catalogue_file *entry = &folder->files[folder->count++];
        status = th_file_read(file, FILE_LIMIT, content, error);
        snprintf(entry->name, sizeof(entry->name), "%s", name);
        entry->content = th_buffer_slice(content);
    }
    return status;
}

static enum th_status print_faults(const struct th_fault_list *faults, enum th_format format,
                                   struct th_error *error)
{
    static const struct th_column columns[] = {
        {.name = "file", .heading = "File"},
        {.name = "line", .heading = "Line", .right = true},
        {.name = "column", .heading = "Column"},
        {.name = "code", .heading = "Code"},
        {.name = "message", .heading = "Message", .wrap = true},
    };
    struct th_table *table = th_table_create(stdout, format, NULL, columns, 5);
    for (size_t i = 0; i < faults->count; i++) {
        const struct th_fault *fault = &faults->faults[i];
        char line[24] = "";
        if (fault->line > 0)
            snprintf(line, sizeof(line), "%zu", fault->line);
        th_table_row(
            table, (const char *[]){fault->file, line, fault->column, fault->code, fault->message},
            NULL);
    }
    return th_table_finish(&table, error);
}

/* Reads a folder into a catalogue, or prints all its faults and is TH_REJECTED. */
static enum th_status load(const char *path, enum th_format format, struct th_catalogue **catalogue,
                           struct th_error *error)
{
    struct folder folder = {0};
    struct th_fault_list faults = {0};
    *catalogue = NULL;
    enum th_status status = read_folder(path, &folder, error);
    if (status == TH_OK) {
        *catalogue = th_catalogue_read(folder.files, folder.count, &faults);
        if (!*catalogue)
            status = print_faults(&faults, format, error);
        if (!*catalogue && status == TH_OK)
            status = th_error_set(error, TH_REJECTED,
                                  "%zu fault%s in the catalogue of %s; correct %s and try again",
                                  faults.count, faults.count == 1 ? "" : "s", path,
                                  faults.count == 1 ? "it" : "them");
    }
    th_fault_list_free(&faults);
    for (size_t i = 0; i < folder.count; i++)
        th_buffer_free(&folder.contents[i]);
    return status;
}

static enum th_status print_summary(const struct th_catalogue *catalogue, enum th_format format,
                                    struct th_error *error)
{
    static const struct th_column columns[] = {
        {.name = "item", .heading = "Item"},
        {.name = "count", .heading = "Count", .right = true},
    };
    size_t criteria = 0, rules = 0;
    for (size_t i = 0; i < catalogue->form_count; i++) {
        criteria += catalogue->forms[i].criterion_count;
        rules += catalogue->forms[i].rule_count;
    }
    const struct {
        const char *name;
        size_t count;
    } items[] = {
        {"districts", catalogue->district_count},
        {"communes", catalogue->commune_count},
        {"forms", catalogue->form_count},
        {"criteria", criteria},
        {"rules", rules},
    };
    struct th_table *table = th_table_create(stdout, format, NULL, columns, 2);
    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
        char count[24];
        snprintf(count, sizeof(count), "%zu", items[i].count);
        th_table_row(table, (const char *[]){items[i].name, count}, NULL);
    }
    return th_table_finish(&table, error);
}

enum th_status th_admin_catalogue_check(void *settings, const struct th_command_line *line,
                                        struct th_error *error)
{
    struct th_catalogue *catalogue = NULL;
    enum th_format format;
    (void)settings;
    enum th_status status = th_admin_format(line, &format, error);
    if (status == TH_OK)
        status = load(line->arguments[0], format, &catalogue, error);
    if (status == TH_OK)
        status = print_summary(catalogue, format, error);
    if (status == TH_OK)
        fprintf(stderr, "no faults in %s\n", line->arguments[0]);
    th_catalogue_release(&catalogue);
    return status;
}

static enum th_status import(struct th_store *store, struct th_catalogue *catalogue,
                             enum th_format format, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer packed = {0};
    struct th_stranded *stranded = NULL;
    struct th_actor actor;
    size_t count = 0;
    uint64_t version = 0;
    bool changed = false;
    /* Packing gives the catalogue its digest, by which the store sees a change. */
    th_catalogue_pack(catalogue, &packed);
    enum th_status status = th_store_import_catalogue(store, catalogue, th_admin_actor(&actor),
                                                      &version, &changed, &stranded, &count, error);
    if (status == TH_REJECTED && count > 0) {
        struct th_error failure = {0};
        if (th_admin_print_stranded(stdout, stranded, count, format, &failure) != TH_OK)
            fprintf(stderr, "%s\n", failure.message);
        status = th_error_set(error, TH_REJECTED,
                              "this catalogue would strand accepted data, so nothing was changed; "
                              "keep what reports use and close it by a date in its 'closed' column "
                              "instead of removing it");
    } else if (status == TH_OK && changed) {
        printf("catalogue version %" PRIu64 " is in force\n", version);
    } else if (status == TH_OK) {
        printf("nothing changed; catalogue version %" PRIu64 " stays in force\n", version);
    }
    free(stranded);
    return status;
}

enum th_status th_admin_catalogue_import(void *settings, const struct th_command_line *line,
                                         struct th_error *error)
{
    struct th_catalogue *catalogue = NULL;
    struct th_store *store = NULL;
    struct th_province province;
    enum th_format format;
    enum th_status status = th_admin_format(line, &format, error);
    if (status == TH_OK)
        status = load(line->arguments[0], format, &catalogue, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = import(store, catalogue, format, error);
    th_store_close(&store);
    th_catalogue_release(&catalogue);
    return status;
}

static enum th_status parse_version(const struct th_command_line *line, uint64_t *version,
                                    struct th_error *error)
{
    const char *text = th_command_option(line, "version");
    char *end = NULL;
    *version = 0;
    if (!text)
        return TH_OK;
    errno = 0;
    *version = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end || text[0] == '-' || *version == 0 ||
        *version > INT64_MAX)
        return th_error_set(error, TH_USAGE,
                            "--version takes the number of a catalogue version, not '%.40s'", text);
    return TH_OK;
}

/* An edited folder must not be lost to a slip of the hand. */
static enum th_status refuse_other_content(const char *path, const struct th_buffer *content,
                                           struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer found = {0};
    if (access(path, F_OK) != 0)
        return TH_OK;
    enum th_status status = th_file_read(path, FILE_LIMIT, &found, error);
    if (status == TH_OK && !th_slice_same(th_buffer_slice(&found), th_buffer_slice(content)))
        status = th_error_set(error, TH_USAGE,
                              "%s is there and differs, nothing was written; name another folder, "
                              "or give --force to replace it",
                              path);
    return status;
}

static enum th_status write_folder(const char *folder, const struct th_catalogue *catalogue,
                                   bool force, struct th_error *error)
{
    struct th_buffer contents[FILES_MAX] = {0};
    char path[TH_ADMIN_PATH];
    enum th_status status = th_file_make_folder(folder, error);
    for (size_t i = 0; th_catalogue_file_names[i] && i < FILES_MAX && status == TH_OK; i++) {
        th_catalogue_write(catalogue, th_catalogue_file_names[i], &contents[i]);
        status = make_path(folder, th_catalogue_file_names[i], path, error);
        if (status == TH_OK && !force)
            status = refuse_other_content(path, &contents[i], error);
    }
    for (size_t i = 0; th_catalogue_file_names[i] && i < FILES_MAX && status == TH_OK; i++) {
        status = make_path(folder, th_catalogue_file_names[i], path, error);
        if (status == TH_OK)
            status = th_file_write(path, contents[i].bytes, contents[i].size, 0644, error);
    }
    for (size_t i = 0; i < FILES_MAX; i++)
        th_buffer_free(&contents[i]);
    return status;
}

enum th_status th_admin_catalogue_export(void *settings, const struct th_command_line *line,
                                         struct th_error *error)
{
    struct th_catalogue *catalogue = NULL;
    struct th_store *store = NULL;
    struct th_province province;
    uint64_t version;
    enum th_status status = parse_version(line, &version, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = th_store_load_catalogue(store, version, &catalogue, error);
    th_store_close(&store);
    if (status == TH_OK && !catalogue && version == 0)
        status = th_error_set(error, TH_USAGE,
                              "no catalogue was imported yet; run "
                              "'tonghop-collector catalogue import DIR'");
    else if (status == TH_OK && !catalogue)
        status = th_error_set(error, TH_USAGE, "there is no catalogue version %" PRIu64, version);
    if (status == TH_OK)
        status = write_folder(line->arguments[0], catalogue,
                              th_command_option(line, "force") != NULL, error);
    if (status == TH_OK && catalogue)
        printf("catalogue version %" PRIu64 " is in %s\n", catalogue->version, line->arguments[0]);
    th_catalogue_release(&catalogue);
    return status;
}
