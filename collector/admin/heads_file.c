#include "collector/admin/heads_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"

#define FORMAT     "tonghop-heads-v1"
#define WORDS_MAX  5
#define HEADS_MAX  1000000 /* far above any province; bounds what a hostile file costs */
#define KEY_DIGITS (2 * TH_PUBLIC_KEY_BYTES)

void th_heads_write(const struct th_receipt_key *key, const char *province, const char *at,
                    const struct th_chain_head *heads, size_t count, struct th_buffer *out)
{
    char digits[KEY_DIGITS + 1];
    th_text_to_hex(key->public_key, TH_PUBLIC_KEY_BYTES, digits);
    th_buffer_printf(out,
                     "# Signed heads of the chains of %s. Keep this file where the province's\n"
                     "# computers cannot change it; `tonghop-collector verify --against FILE` and\n"
                     "# docs/protocol.md say how it is checked.\n"
                     "format = " FORMAT "\n"
                     "province = %s\n"
                     "at = %s\n"
                     "receipt_key = %s\n",
                     province, province, at, digits);
    for (size_t i = 0; i < count; i++) {
        const struct th_chain_head *head = &heads[i];
        uint8_t signature[TH_SIGNATURE_BYTES];
        char hash[2 * TH_HASH_BYTES + 1], signed_by[2 * TH_SIGNATURE_BYTES + 1];
        th_receipt_sign(key, province, head->epoch, head->district, head->sequence, head->hash,
                        signature);
        th_text_to_hex(head->hash, sizeof(head->hash), hash);
        th_text_to_hex(signature, sizeof(signature), signed_by);
        if (head->district[0])
            th_buffer_printf(out, "district_head = %s %" PRIu32 " %" PRIu64 " %s %s\n",
                             head->district, head->epoch, head->sequence, hash, signed_by);
        else if (head->epoch > 0)
            th_buffer_printf(out, "province_head = %" PRIu32 " %" PRIu64 " %s %s\n", head->epoch,
                             head->sequence, hash, signed_by);
        else
            th_buffer_printf(out, "province_head = %" PRIu64 " %s %s\n", head->sequence, hash,
                             signed_by);
    }
}

/* ---------------------------------------------------------------- reading */

struct reading {
    const char *province;
    const uint8_t *public_key;
    struct th_chain_head *heads;
    size_t count, capacity, line;
    bool has_format, has_province, has_key, has_province_head;
    struct th_error *error;
};

static enum th_status wrong(const struct reading *reading, const char *what)
{
    return th_error_set(reading->error, TH_USAGE,
                        "line %zu: %s; give the file as `tonghop-collector heads` wrote it",
                        reading->line, what);
}

/* Splits by single blanks; 0 when there are too many words or an empty one. */
static size_t split(struct th_slice text, struct th_slice words[WORDS_MAX])
{
    size_t count = 0;
    const char *at = text.bytes, *end = at + text.size;
    while (at <= end) {
        const char *blank = at < end ? memchr(at, ' ', (size_t)(end - at)) : NULL;
        const char *stop = blank ? blank : end;
        if (stop == at || count == WORDS_MAX)
            return 0;
        words[count++] = (struct th_slice){at, (size_t)(stop - at)};
        at = stop + 1;
    }
    return count;
}

static bool read_number(struct th_slice text, uint64_t max, uint64_t *number)
{
    *number = 0;
    if (text.size == 0 || text.size > 19 || text.bytes[0] == '0')
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
        *number = *number * 10 + (uint64_t)(text.bytes[i] - '0');
    }
    return *number <= max;
}

static void keep(struct reading *reading, const struct th_chain_head *head)
{
    if (reading->count == reading->capacity) {
        reading->capacity = reading->capacity ? 2 * reading->capacity : 64;
        reading->heads = realloc(reading->heads, reading->capacity * sizeof(*reading->heads));
        if (!reading->heads)
            abort();
    }
    reading->heads[reading->count++] = *head;
}

/* The words from sequence on: sequence, hash, signature. */
static enum th_status take_head(struct reading *reading, struct th_chain_head *head,
                                const struct th_slice words[3])
{
    uint8_t signature[TH_SIGNATURE_BYTES];
    if (!read_number(words[0], INT64_MAX, &head->sequence) ||
        !th_text_from_hex(words[1], head->hash, sizeof(head->hash)) ||
        !th_text_from_hex(words[2], signature, sizeof(signature)))
        return wrong(reading, "a head's sequence, hash or signature is malformed");
    if (reading->count == HEADS_MAX)
        return wrong(reading, "there are too many heads");
    if (!th_receipt_verify(reading->public_key, reading->province, head->epoch, head->district,
                           head->sequence, head->hash, signature))
        return th_error_set(reading->error, TH_PERMANENT,
                            "line %zu: the signature of the head of %s does not hold; the file "
                            "was changed, or is not this province's",
                            reading->line, head->district[0] ? head->district : "the province");
    keep(reading, head);
    return TH_OK;
}

static enum th_status take_district(struct reading *reading, struct th_slice value)
{
    struct th_chain_head head = {0};
    struct th_slice words[WORDS_MAX];
    uint64_t epoch;
    if (split(value, words) != 5 || !th_text_is_code(words[0], sizeof(head.district) - 1) ||
        !read_number(words[1], INT32_MAX, &epoch))
        return wrong(reading, "a district's head is malformed");
    memcpy(head.district, words[0].bytes, words[0].size);
    head.epoch = (uint32_t)epoch;
    return take_head(reading, &head, words + 2);
}

static enum th_status take_province(struct reading *reading, struct th_slice value)
{
    struct th_chain_head head = {0};
    struct th_slice words[WORDS_MAX];
    uint64_t epoch = 0;
    size_t count = split(value, words);
    /* The epoch of the last restoration, where there was one, comes first. */
    bool restored = count == 4 && read_number(words[0], INT32_MAX, &epoch);
    if ((count != 3 && !restored) || reading->has_province_head)
        return wrong(reading, "the province's head is malformed");
    reading->has_province_head = true;
    head.epoch = (uint32_t)epoch;
    return take_head(reading, &head, words + (restored ? 1 : 0));
}

static enum th_status take_key(struct reading *reading, struct th_slice value)
{
    uint8_t key[TH_PUBLIC_KEY_BYTES];
    if (!th_text_from_hex(value, key, sizeof(key)))
        return wrong(reading, "receipt_key is malformed");
    if (memcmp(key, reading->public_key, sizeof(key)) != 0)
        return wrong(reading, "the heads are signed by another receipt key than the one trusted "
                              "here; if it is an older key of this province, name it with "
                              "--receipt-key");
    reading->has_key = true;
    return TH_OK;
}

static enum th_status take_pair(struct reading *reading, struct th_slice name,
                                struct th_slice value)
{
    if (th_slice_equals(name, "format")) {
        if (!th_slice_equals(value, FORMAT))
            return wrong(reading, "the format is not " FORMAT);
        reading->has_format = true;
        return TH_OK;
    }
    if (th_slice_equals(name, "province")) {
        if (!th_slice_equals(value, reading->province))
            return wrong(reading, "the heads are another province's");
        reading->has_province = true;
        return TH_OK;
    }
    if (th_slice_equals(name, "at"))
        return TH_OK;
    if (th_slice_equals(name, "receipt_key"))
        return take_key(reading, value);
    if (!reading->has_format || !reading->has_province || !reading->has_key)
        return wrong(reading, "format, province and receipt_key come first");
    if (th_slice_equals(name, "district_head"))
        return take_district(reading, value);
    if (th_slice_equals(name, "province_head"))
        return take_province(reading, value);
    return wrong(reading, "the key is unknown");
}

static enum th_status take_line(struct reading *reading, struct th_slice line)
{
    line = th_text_trim(line);
    if (line.size > 0 && line.bytes[line.size - 1] == '\r')
        line.size--;
    if (line.size == 0 || line.bytes[0] == '#')
        return TH_OK;
    const char *sign = memchr(line.bytes, '=', line.size);
    if (!sign)
        return wrong(reading, "there is no '='");
    size_t before = (size_t)(sign - line.bytes);
    return take_pair(reading, th_text_trim((struct th_slice){line.bytes, before}),
                     th_text_trim((struct th_slice){sign + 1, line.size - before - 1}));
}

enum th_status th_heads_read(struct th_slice text, const char *province,
                             const uint8_t public_key[TH_PUBLIC_KEY_BYTES],
                             struct th_chain_head **heads, size_t *count, struct th_error *error)
{
    struct reading reading = {.province = province, .public_key = public_key, .error = error};
    enum th_status status = TH_OK;
    const char *at = text.bytes, *end = text.bytes + text.size;
    while (status == TH_OK && at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *stop = feed ? feed : end;
        reading.line++;
        status = take_line(&reading, (struct th_slice){at, (size_t)(stop - at)});
        at = stop + 1;
    }
    if (status == TH_OK && reading.count == 0)
        status = th_error_set(error, TH_USAGE,
                              "there is no head in it; give the file as `tonghop-collector heads` "
                              "wrote it, or a new one if it is empty");
    if (status != TH_OK) {
        free(reading.heads);
        reading.heads = NULL;
        reading.count = 0;
    }
    *heads = reading.heads;
    *count = reading.count;
    return status;
}
