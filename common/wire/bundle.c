/* The bundle is read by its own few lines rather than by inih: that library cuts
 * lines at 200 bytes and ends a value at ';' without a word, and what a
 * fingerprint is compared for must be read as it was written. */
#include "common/wire/bundle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/file.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"

#define BUNDLE_BYTES_MAX  ((size_t)64 * 1024)
#define BYTE_ORDER_MARK   "\xef\xbb\xbf"
#define DISTRICT_CODE_MAX 32 /* bytes of a district code */

static const char *const roles[] = {"district", "viewer", "approver", "admin", NULL};

/* ------------------------------------------------------------------ writing */

static void add_line(struct th_buffer *out, const char *key, const char *value)
{
    size_t begin;
    th_buffer_printf(out, "%s = ", key);
    begin = out->size;
    th_buffer_add_text(out, value);
    /* A line break in a name must not begin another line of the file. */
    for (size_t i = begin; i < out->size; i++)
        if ((unsigned char)out->bytes[i] < ' ')
            out->bytes[i] = ' ';
    struct th_slice written = {out->bytes + begin, out->size - begin};
    struct th_slice trimmed = th_text_trim(written);
    memmove(out->bytes + begin, trimmed.bytes, trimmed.size);
    out->size = begin + trimmed.size;
    th_buffer_add_char(out, '\n');
}

static void add_key(struct th_buffer *out, const char *key, const uint8_t value[32])
{
    char hex[65];
    th_text_to_hex(value, 32, hex);
    add_line(out, key, hex);
}

static void add_endpoints(struct th_buffer *out, const char *section,
                          const struct th_endpoint *endpoints, size_t count)
{
    char hex[65], value[sizeof(endpoints->address) + sizeof(hex) + 1];
    if (count)
        th_buffer_printf(out, "\n[%s]\n", section);
    for (size_t i = 0; i < count; i++) {
        th_text_to_hex(endpoints[i].server_key, 32, hex);
        snprintf(value, sizeof(value), "%s %s", endpoints[i].address, hex);
        add_line(out, "endpoint", value);
    }
}

/* What the fingerprint is over: the content alone, however the file that it was
 * read from is laid out. */
static void write_canonical(const struct th_bundle *bundle, struct th_buffer *out)
{
    th_buffer_add_text(out, "[province]\n");
    add_line(out, "code", bundle->province);
    add_line(out, "name", bundle->province_name);
    /* Bundles from before it was known keep their fingerprint. */
    if (*bundle->province_name_en)
        add_line(out, "name_en", bundle->province_name_en);
    add_line(out, "time_zone", bundle->time_zone);
    if (bundle->announced_us > 0)
        th_buffer_printf(out, "announced_us = %" PRId64 "\n", bundle->announced_us);
    th_buffer_add_text(out, "\n[enrolment]\n");
    add_line(out, "role", bundle->role);
    add_line(out, "name", bundle->name);
    add_key(out, "public_key", bundle->public_key);
    add_endpoints(out, "submit", bundle->submit, bundle->submit_count);
    add_endpoints(out, "query", bundle->query, bundle->query_count);
    th_buffer_add_text(out, "\n[receipts]\n");
    for (size_t i = 0; i < bundle->receipt_key_count; i++)
        add_key(out, "key", bundle->receipt_keys[i]);
}

void th_bundle_write(const struct th_bundle *bundle, struct th_buffer *out)
{
    th_buffer_add_text(out, "# Enrolment bundle of tonghop. It holds no secret; compare the "
                            "fingerprint\n# that `join` shows by telephone before you trust it.\n");
    write_canonical(bundle, out);
}

void th_bundle_fingerprint(const struct th_bundle *bundle, char out[40])
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    uint8_t digest[TH_HASH_BYTES];
    write_canonical(bundle, &text);
    th_sha256(text.bytes, text.size, digest);
    for (size_t group = 0; group < 8; group++) {
        th_text_to_hex(digest + 2 * group, 2, out + 5 * group);
        out[5 * group + 4] = group < 7 ? ' ' : '\0';
    }
}

const uint8_t *th_bundle_receipt_key(const struct th_bundle *bundle, const uint8_t key_id[8])
{
    for (size_t i = 0; i < bundle->receipt_key_count; i++) {
        uint8_t id[TH_KEY_ID_BYTES];
        th_receipt_key_id(bundle->receipt_keys[i], id);
        if (memcmp(id, key_id, sizeof(id)) == 0)
            return bundle->receipt_keys[i];
    }
    return NULL;
}

/* ------------------------------------------------------------------ reading */

static bool copy(struct th_slice value, char *out, size_t size)
{
    if (value.size >= size)
        return false;
    memcpy(out, value.bytes, value.size);
    out[value.size] = '\0';
    return true;
}

static bool is_printable(struct th_slice value)
{
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.bytes[i] < ' ' || value.bytes[i] == 0x7F)
            return false;
    return true;
}

static bool take_province(struct th_bundle *bundle, struct th_slice value)
{
    return th_text_is_code(value, TH_PROVINCE_CODE_MAX) &&
           copy(value, bundle->province, sizeof(bundle->province));
}

static bool take_province_name(struct th_bundle *bundle, struct th_slice value)
{
    return is_printable(value) && copy(value, bundle->province_name, sizeof(bundle->province_name));
}

static bool take_province_name_en(struct th_bundle *bundle, struct th_slice value)
{
    return is_printable(value) &&
           copy(value, bundle->province_name_en, sizeof(bundle->province_name_en));
}

static bool take_time_zone(struct th_bundle *bundle, struct th_slice value)
{
    return value.size > 0 && is_printable(value) &&
           copy(value, bundle->time_zone, sizeof(bundle->time_zone));
}

static bool take_announced(struct th_bundle *bundle, struct th_slice value)
{
    char digits[20], *end;
    if (value.size == 0 || value.bytes[0] < '1' || value.bytes[0] > '9' ||
        !copy(value, digits, sizeof(digits)))
        return false;
    errno = 0;
    bundle->announced_us = strtoll(digits, &end, 10);
    return *end == '\0' && errno == 0;
}

static bool take_role(struct th_bundle *bundle, struct th_slice value)
{
    for (size_t i = 0; roles[i]; i++)
        if (th_slice_equals(value, roles[i]))
            return copy(value, bundle->role, sizeof(bundle->role));
    return false;
}

static bool take_name(struct th_bundle *bundle, struct th_slice value)
{
    return th_text_is_code(value, sizeof(bundle->name) - 1) &&
           copy(value, bundle->name, sizeof(bundle->name));
}

static bool take_public_key(struct th_bundle *bundle, struct th_slice value)
{
    return th_text_from_hex(value, bundle->public_key, sizeof(bundle->public_key));
}

bool th_endpoint_set(struct th_endpoint *endpoint, struct th_slice address,
                     const uint8_t server_key[32])
{
    static const char scheme[] = "tcp://";
    if (address.size < sizeof(scheme) || memcmp(address.bytes, scheme, sizeof(scheme) - 1) != 0 ||
        memchr(address.bytes, ' ', address.size) || !is_printable(address) ||
        !th_text_is_utf8(address) || !copy(address, endpoint->address, sizeof(endpoint->address)))
        return false;
    memcpy(endpoint->server_key, server_key, sizeof(endpoint->server_key));
    return true;
}

size_t th_endpoint_find(const struct th_endpoint *endpoints, size_t count,
                        const struct th_endpoint *wanted)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(endpoints[i].address, wanted->address) == 0 &&
            memcmp(endpoints[i].server_key, wanted->server_key, sizeof(wanted->server_key)) == 0)
            return i;
    return 0;
}

static bool take_endpoint(struct th_slice value, struct th_endpoint *endpoints, size_t *count)
{
    uint8_t server_key[32];
    const char *blank = value.size ? memchr(value.bytes, ' ', value.size) : NULL;
    if (*count == TH_BUNDLE_ENDPOINTS || !blank || !is_printable(value))
        return false;
    struct th_slice address = {value.bytes, (size_t)(blank - value.bytes)};
    struct th_slice key = {blank, value.size - address.size};
    if (!th_text_from_hex(th_text_trim(key), server_key, sizeof(server_key)) ||
        !th_endpoint_set(&endpoints[*count], address, server_key))
        return false;
    (*count)++;
    return true;
}

static bool take_submit(struct th_bundle *bundle, struct th_slice value)
{
    return take_endpoint(value, bundle->submit, &bundle->submit_count);
}

static bool take_query(struct th_bundle *bundle, struct th_slice value)
{
    return take_endpoint(value, bundle->query, &bundle->query_count);
}

static bool take_receipt_key(struct th_bundle *bundle, struct th_slice value)
{
    if (bundle->receipt_key_count == TH_BUNDLE_KEYS ||
        !th_text_from_hex(value, bundle->receipt_keys[bundle->receipt_key_count], 32))
        return false;
    bundle->receipt_key_count++;
    return true;
}

static const struct field {
    const char *section, *key;
    bool (*take)(struct th_bundle *bundle, struct th_slice value);
    bool repeated, optional;
    const char *wanted;
} fields[] = {
    {"province", "code", take_province, false, false,
     "a code of at most 32 letters, digits, - _ ."},
    {"province", "name", take_province_name, false, false, "a name of at most 199 bytes"},
    {"province", "name_en", take_province_name_en, false, true, "a name of at most 199 bytes"},
    {"province", "time_zone", take_time_zone, false, false, "a zone such as Asia/Ho_Chi_Minh"},
    {"province", "announced_us", take_announced, false, true,
     "an instant in microseconds, above 0"},
    {"enrolment", "role", take_role, false, false, "district, viewer, approver or admin"},
    {"enrolment", "name", take_name, false, false, "a code of at most 64 letters, digits, - _ ."},
    {"enrolment", "public_key", take_public_key, false, false, "64 hexadecimal digits"},
    {"submit", "endpoint", take_submit, true, false,
     "tcp://host:port and 64 hexadecimal digits, at most 8 times"},
    {"query", "endpoint", take_query, true, false,
     "tcp://host:port and 64 hexadecimal digits, at most 8 times"},
    {"receipts", "key", take_receipt_key, true, false, "64 hexadecimal digits, at most 8 times"},
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

struct reader {
    const char *path;
    size_t line;
    char section[16];
    size_t given[FIELD_COUNT]; /* how often */
    struct th_bundle *bundle;
};

static enum th_status read_section(struct reader *reader, struct th_slice line,
                                   struct th_error *error)
{
    struct th_slice name = {line.bytes + 1, line.size - 1};
    if (name.size == 0 || name.bytes[name.size - 1] != ']')
        return th_error_set(error, TH_USAGE, "%s, line %zu: a section ends with ]", reader->path,
                            reader->line);
    name.size--;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (th_slice_equals(name, fields[i].section) &&
            copy(name, reader->section, sizeof(reader->section)))
            return TH_OK;
    return th_error_set(error, TH_USAGE,
                        "%s, line %zu: [%.*s] is no section of an enrolment bundle; is the program "
                        "older than the province's?",
                        reader->path, reader->line, name.size < 40 ? (int)name.size : 40,
                        name.bytes);
}

static enum th_status read_field(struct reader *reader, struct th_slice key, struct th_slice value,
                                 struct th_error *error)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &fields[i];
        if (strcmp(reader->section, field->section) != 0 || !th_slice_equals(key, field->key))
            continue;
        if (reader->given[i]++ && !field->repeated)
            return th_error_set(error, TH_USAGE, "%s, line %zu: '%s' is given twice in [%s]",
                                reader->path, reader->line, field->key, field->section);
        if (!field->take(reader->bundle, value))
            return th_error_set(error, TH_USAGE, "%s, line %zu: '%s' in [%s] must be %s",
                                reader->path, reader->line, field->key, field->section,
                                field->wanted);
        return TH_OK;
    }
    return th_error_set(error, TH_USAGE, "%s, line %zu: '%.*s' is no key of [%s]", reader->path,
                        reader->line, key.size < 40 ? (int)key.size : 40, key.bytes,
                        reader->section);
}

static enum th_status read_line(struct reader *reader, struct th_slice line, struct th_error *error)
{
    if (line.size > 0 && line.bytes[line.size - 1] == '\r')
        line.size--;
    line = th_text_trim(line);
    if (line.size == 0 || line.bytes[0] == '#' || line.bytes[0] == ';')
        return TH_OK;
    if (line.bytes[0] == '[')
        return read_section(reader, line, error);
    const char *equals = memchr(line.bytes, '=', line.size);
    if (!equals)
        return th_error_set(error, TH_USAGE, "%s, line %zu: a line has the form key = value",
                            reader->path, reader->line);
    struct th_slice key = {line.bytes, (size_t)(equals - line.bytes)};
    struct th_slice value = {equals + 1, line.size - key.size - 1};
    return read_field(reader, th_text_trim(key), th_text_trim(value), error);
}

static enum th_status read_lines(struct reader *reader, struct th_slice text,
                                 struct th_error *error)
{
    if (!th_text_is_utf8(text))
        return th_error_set(error, TH_USAGE, "%s is not a text in UTF-8", reader->path);
    if (text.size >= 3 && memcmp(text.bytes, BYTE_ORDER_MARK, 3) == 0)
        text = (struct th_slice){text.bytes + 3, text.size - 3};
    while (text.size > 0) {
        const char *end = memchr(text.bytes, '\n', text.size);
        struct th_slice line = {text.bytes, end ? (size_t)(end - text.bytes) : text.size};
        size_t taken = line.size + (end ? 1 : 0);
        reader->line++;
        enum th_status status = read_line(reader, line, error);
        if (status != TH_OK)
            return status;
        text = (struct th_slice){text.bytes + taken, text.size - taken};
    }
    return TH_OK;
}

static enum th_status check_whole(const struct reader *reader, struct th_error *error)
{
    const struct th_bundle *bundle = reader->bundle;
    bool district = strcmp(bundle->role, roles[0]) == 0;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        /* The endpoints that are needed are those of the role. */
        bool other = (fields[i].take == take_submit && !district) ||
                     (fields[i].take == take_query && district);
        if (reader->given[i] == 0 && !other && !fields[i].optional)
            return th_error_set(error, TH_USAGE,
                                "%s has no '%s' in [%s]; ask the province for the bundle again",
                                reader->path, fields[i].key, fields[i].section);
    }
    if (district && strlen(bundle->name) > DISTRICT_CODE_MAX)
        return th_error_set(error, TH_USAGE, "%s: the district code has more than %d characters",
                            reader->path, DISTRICT_CODE_MAX);
    return TH_OK;
}

enum th_status th_bundle_read(const char *path, struct th_bundle *bundle, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer file = {0};
    struct reader reader = {.path = path, .bundle = bundle};
    *bundle = (struct th_bundle){0};
    enum th_status status = th_file_read(path, BUNDLE_BYTES_MAX, &file, error);
    if (status == TH_OK)
        status = read_lines(&reader, th_buffer_slice(&file), error);
    if (status == TH_OK)
        status = check_whole(&reader, error);
    return status;
}

enum th_status th_bundle_renew(const char *path, struct th_bundle *renewed, unsigned mode,
                               struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    struct th_bundle kept;
    enum th_status status = th_bundle_read(path, &kept, error);
    if (status != TH_OK)
        return status;
    if (memcmp(kept.public_key, renewed->public_key, sizeof(kept.public_key)) != 0)
        return th_error_set(error, TH_USAGE,
                            "%s is for another key than this program began with; start it anew",
                            path);
    if (kept.announced_us >= renewed->announced_us) {
        *renewed = kept;
        return TH_OK;
    }
    th_bundle_write(renewed, &text);
    return th_file_write(path, text.bytes, text.size, mode, error);
}
