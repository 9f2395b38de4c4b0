#include "common/base/config.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/buffer.h"
#include "common/base/file.h"
#include "common/base/suggest.h"
#include "common/base/text.h"

#define LARGEST_FILE ((size_t)256 << 10)

static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
            return false;
    return *a == *b;
}

static const struct th_config_key *find_key(const struct th_config_key *table, const char *name)
{
    for (; table->name; table++)
        if (same_name(table->name, name))
            return table;
    return NULL;
}

static enum th_status unknown_key(const struct th_config_key *table, const char *name,
                                  struct th_error *error)
{
    struct th_nearest nearest = {.given = name};
    char hint[128];
    for (; table->name; table++)
        th_nearest_offer(&nearest, table->name);
    return th_error_set(error, TH_USAGE, "unknown key '%.80s'%s", name,
                        th_nearest_text(&nearest, "", hint));
}

static void *field_of(const struct th_config_key *key, void *settings)
{
    return (char *)settings + key->offset;
}

static enum th_status set_integer(const struct th_config_key *key, const char *value,
                                  void *settings, struct th_error *error)
{
    long minimum = key->minimum, maximum = key->maximum;
    if (minimum == 0 && maximum == 0) {
        minimum = LONG_MIN;
        maximum = LONG_MAX;
    }
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    bool plain = (value[0] >= '0' && value[0] <= '9') || value[0] == '-';
    if (!plain || *end != '\0' || errno != 0 || number < minimum || number > maximum)
        return th_error_set(error, TH_USAGE,
                            "%s must be a whole number from %ld to %ld, not '%.80s'", key->name,
                            minimum, maximum, value);
    *(long *)field_of(key, settings) = number;
    return TH_OK;
}

static enum th_status set_boolean(const struct th_config_key *key, const char *value,
                                  void *settings, struct th_error *error)
{
    static const char *const words[][2] = {{"no", "yes"}, {"false", "true"}, {"0", "1"}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        for (int truth = 0; truth < 2; truth++)
            if (strcasecmp(value, words[i][truth]) == 0) {
                *(bool *)field_of(key, settings) = truth == 1;
                return TH_OK;
            }
    return th_error_set(error, TH_USAGE, "%s must be yes or no, not '%.80s'", key->name, value);
}

static void set_text(const struct th_config_key *key, const char *value, void *settings)
{
    char **field = field_of(key, settings);
    struct th_buffer text = {0};
    if (key->type == TH_CONFIG_LIST && *field && *value) {
        th_buffer_add_text(&text, *field);
        th_buffer_add_char(&text, '\n');
    }
    th_buffer_add_text(&text, value);
    free(*field);
    *field = *value ? text.bytes : NULL;
    if (!*value)
        th_buffer_free(&text);
}

/* One value is one line of valid text: a list is joined by '\n', and values end
 * up in messages. */
static bool is_plain(const char *value)
{
    for (const char *at = value; *at; at++)
        if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7F)
            return false;
    return th_text_is_utf8(th_slice_of(value));
}

static enum th_status set_key(const struct th_config_key *key, const char *value, void *settings,
                              struct th_error *error)
{
    if (!is_plain(value))
        return th_error_set(error, TH_USAGE, "%s must be one line of UTF-8 text", key->name);
    switch (key->type) {
    case TH_CONFIG_INTEGER:
        return set_integer(key, value, settings, error);
    case TH_CONFIG_BOOLEAN:
        return set_boolean(key, value, settings, error);
    case TH_CONFIG_TEXT:
    case TH_CONFIG_LIST:
        break;
    }
    set_text(key, value, settings);
    return TH_OK;
}

enum th_status th_config_defaults(const struct th_config_key *table, void *settings,
                                  struct th_error *error)
{
    for (; table->name; table++) {
        switch (table->type) {
        case TH_CONFIG_INTEGER:
            *(long *)field_of(table, settings) = 0;
            break;
        case TH_CONFIG_BOOLEAN:
            *(bool *)field_of(table, settings) = false;
            break;
        case TH_CONFIG_TEXT:
        case TH_CONFIG_LIST:
            *(char **)field_of(table, settings) = NULL;
            break;
        }
        enum th_status status =
            table->fallback ? set_key(table, table->fallback, settings, error) : TH_OK;
        if (status != TH_OK)
            return status;
    }
    return TH_OK;
}

enum th_status th_config_set(const struct th_config_key *table, const char *name, const char *value,
                             void *settings, struct th_error *error)
{
    const struct th_config_key *key = find_key(table, name);
    if (!key)
        return unknown_key(table, name, error);
    return set_key(key, value, settings, error);
}

void th_config_free(const struct th_config_key *table, void *settings)
{
    for (; table->name; table++)
        if (table->type == TH_CONFIG_TEXT || table->type == TH_CONFIG_LIST) {
            char **field = field_of(table, settings);
            free(*field);
            *field = NULL;
        }
}

/* State of th_config_read. inih knows no line numbers in its handler and cuts
 * lines at 200 bytes, so the lines are dealt out here: a long one in pieces that
 * begin with a blank, which inih takes as the same key going on. */
struct reading {
    const struct th_config_key *table;
    const char *path;
    void *settings;
    struct th_error *error;
    enum th_status status;
    struct th_slice text; /* of the file, not yet dealt out */
    struct th_slice rest; /* of the line, not yet dealt out */
    size_t line;          /* 1-based */
    bool unanswered;      /* a line was dealt out that the handler has not seen */
    struct th_buffer value;
    bool *seen; /* keys that the file has set, by position in the table */
};

static int fail_line(struct reading *reading, enum th_status status)
{
    reading->status = status;
    th_error_prefix(reading->error, "%s:%zu", reading->path, reading->line);
    return 0;
}

/* The next line without its end, outer blanks and comment. */
static struct th_slice next_line(struct reading *reading)
{
    const char *end = memchr(reading->text.bytes, '\n', reading->text.size);
    struct th_slice line = reading->text;
    line.size = end ? (size_t)(end - line.bytes) : line.size;
    size_t taken = line.size + (end != NULL);
    reading->text.bytes += taken;
    reading->text.size -= taken;
    reading->line++;

    if (line.size > 0 && line.bytes[line.size - 1] == '\r')
        line.size--;
    line = th_text_trim(line);
    if (line.size > 0 && (line.bytes[0] == '#' || line.bytes[0] == ';'))
        line.size = 0;
    for (size_t i = 1; i < line.size; i++)
        if (line.bytes[i] == ';' && (line.bytes[i - 1] == ' ' || line.bytes[i - 1] == '\t'))
            line.size = i;
    return th_text_trim(line);
}

/* How much of `line` fits: a piece may not end in a blank, nor the next one begin
 * with a blank or a comment sign. */
static size_t piece_size(struct th_slice line, size_t room)
{
    if (line.size <= room)
        return line.size;
    size_t size = room;
    while (size > 1 && (strchr(" \t;#", line.bytes[size]) || strchr(" \t", line.bytes[size - 1])))
        size--;
    return size > 1 ? size : room;
}

static char *deal_line(char *out, int out_size, void *stream)
{
    struct reading *reading = stream;
    bool goes_on = reading->rest.size > 0;

    if (reading->unanswered && !goes_on) {
        th_error_set(reading->error, TH_USAGE, "this line is not of the form 'key = value'");
        fail_line(reading, TH_USAGE);
    }
    if (reading->status != TH_OK)
        return NULL;
    while (reading->rest.size == 0) {
        if (reading->text.size == 0)
            return NULL;
        reading->rest = next_line(reading);
    }

    size_t size = piece_size(reading->rest, (size_t)out_size - 4);
    bool is_section =
        !goes_on && reading->rest.bytes[0] == '[' && memchr(reading->rest.bytes, ']', size) != NULL;
    reading->unanswered = !is_section;
    snprintf(out, (size_t)out_size, "%s%.*s\n", goes_on ? " " : "", (int)size, reading->rest.bytes);
    reading->rest.bytes += size;
    reading->rest.size = is_section ? 0 : reading->rest.size - size;
    if (!goes_on)
        th_buffer_clear(&reading->value);
    return out;
}

static int take_pair(void *user, const char *section, const char *name, const char *value)
{
    (void)section;
    struct reading *reading = user;
    if (reading->status != TH_OK)
        return 0;
    reading->unanswered = false;
    th_buffer_add_text(&reading->value, value);
    if (reading->rest.size > 0)
        return 1;

    const struct th_config_key *key = find_key(reading->table, name);
    if (!key)
        return fail_line(reading, unknown_key(reading->table, name, reading->error));
    bool *seen = &reading->seen[key - reading->table];
    if (*seen && key->type != TH_CONFIG_LIST)
        return fail_line(reading, th_error_set(reading->error, TH_USAGE,
                                               "key '%s' is set for the second time", key->name));
    /* The first value of a list takes the place of its fallback. */
    if (!*seen && key->type == TH_CONFIG_LIST)
        set_text(key, "", reading->settings);
    *seen = true;

    enum th_status status = set_key(key, reading->value.bytes, reading->settings, reading->error);
    return status == TH_OK ? 1 : fail_line(reading, status);
}

enum th_status th_config_read(const struct th_config_key *table, const char *path, void *settings,
                              struct th_error *error)
{
    struct th_buffer file = {0};
    struct th_error discarded;
    struct reading reading = {
        .table = table, .path = path, .settings = settings, .error = error ? error : &discarded};
    enum th_status status = th_file_read(path, LARGEST_FILE, &file, error);
    if (status != TH_OK)
        goto cleanup;

    size_t keys = 0;
    while (table[keys].name)
        keys++;
    reading.seen = calloc(keys + 1, sizeof(*reading.seen));
    if (!reading.seen) {
        status = th_error_set(error, TH_PERMANENT, "out of memory");
        goto cleanup;
    }
    reading.text = th_buffer_slice(&file);
    if (reading.text.size >= 3 && memcmp(reading.text.bytes, "\xef\xbb\xbf", 3) == 0) {
        reading.text.bytes += 3;
        reading.text.size -= 3;
    }
    if (!th_text_is_utf8(reading.text)) {
        status = th_error_set(error, TH_USAGE, "%s is not a UTF-8 text file", path);
        goto cleanup;
    }
    ini_parse_stream(deal_line, &reading, take_pair, &reading);
    status = reading.status;

cleanup:
    free(reading.seen);
    th_buffer_free(&reading.value);
    th_buffer_free(&file);
    return status;
}
