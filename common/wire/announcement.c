#include "common/wire/announcement.h"

#include <string.h>

#include "common/base/text.h"
#include "common/wire/allocator.h"
#include "common/wire/message.h"

typedef Tonghop__V1__Announcement Announcement;
typedef Tonghop__V1__AnnouncedEndpoint AnnouncedEndpoint;
typedef Tonghop__V1__SignedAnnouncement SignedAnnouncement;

/* ------------------------------------------------------------------ packing */

static void point_to(const struct th_endpoint *endpoints, size_t count, AnnouncedEndpoint *wire,
                     AnnouncedEndpoint **list)
{
    for (size_t i = 0; i < count; i++) {
        tonghop__v1__announced_endpoint__init(&wire[i]);
        wire[i].address = th_bytes(th_slice_of(endpoints[i].address));
        wire[i].server_key = th_bytes_of(endpoints[i].server_key, TH_PUBLIC_KEY_BYTES);
        list[i] = &wire[i];
    }
}

void th_announcement_pack(const struct th_bundle *bundle, struct th_buffer *content)
{
    AnnouncedEndpoint submit[TH_BUNDLE_ENDPOINTS], query[TH_BUNDLE_ENDPOINTS];
    AnnouncedEndpoint *submit_list[TH_BUNDLE_ENDPOINTS], *query_list[TH_BUNDLE_ENDPOINTS];
    ProtobufCBinaryData keys[TH_BUNDLE_KEYS];
    Announcement wire;
    tonghop__v1__announcement__init(&wire);
    wire.province = th_bytes(th_slice_of(bundle->province));
    wire.announced_us = bundle->announced_us;
    point_to(bundle->submit, bundle->submit_count, submit, submit_list);
    point_to(bundle->query, bundle->query_count, query, query_list);
    for (size_t i = 0; i < bundle->receipt_key_count; i++)
        keys[i] = th_bytes_of(bundle->receipt_keys[i], TH_PUBLIC_KEY_BYTES);
    wire.submit = submit_list;
    wire.n_submit = bundle->submit_count;
    wire.query = query_list;
    wire.n_query = bundle->query_count;
    wire.receipt_key = keys;
    wire.n_receipt_key = bundle->receipt_key_count;

    th_wire_pack(&wire.base, content);
}

/* ---------------------------------------------------------------- unpacking */

static bool take_endpoints(AnnouncedEndpoint *const *wire, size_t count,
                           struct th_endpoint *endpoints)
{
    if (count > TH_BUNDLE_ENDPOINTS)
        return false;
    for (size_t i = 0; i < count; i++)
        if (wire[i]->server_key.len != TH_PUBLIC_KEY_BYTES ||
            !th_endpoint_set(&endpoints[i], th_bytes_slice(wire[i]->address),
                             wire[i]->server_key.data))
            return false;
    return true;
}

static bool take_keys(const Announcement *wire, struct th_bundle *bundle)
{
    if (wire->n_receipt_key == 0 || wire->n_receipt_key > TH_BUNDLE_KEYS)
        return false;
    for (size_t i = 0; i < wire->n_receipt_key; i++) {
        if (wire->receipt_key[i].len != TH_PUBLIC_KEY_BYTES)
            return false;
        memcpy(bundle->receipt_keys[i], wire->receipt_key[i].data, TH_PUBLIC_KEY_BYTES);
    }
    bundle->receipt_key_count = wire->n_receipt_key;
    return true;
}

/* The field that is wrong; NULL: none. */
static const char *fill(const Announcement *wire, struct th_bundle *bundle)
{
    if (!th_text_is_code(th_bytes_slice(wire->province), TH_PROVINCE_CODE_MAX))
        return "province";
    memcpy(bundle->province, wire->province.data, wire->province.len);
    bundle->province[wire->province.len] = '\0';
    if (wire->announced_us <= 0)
        return "instant";
    bundle->announced_us = wire->announced_us;
    if (!take_endpoints(wire->submit, wire->n_submit, bundle->submit) ||
        !take_endpoints(wire->query, wire->n_query, bundle->query))
        return "endpoint";
    bundle->submit_count = wire->n_submit;
    bundle->query_count = wire->n_query;
    return take_keys(wire, bundle) ? NULL : "receipt key";
}

enum th_status th_announcement_unpack(struct th_slice content, struct th_bundle *bundle,
                                      struct th_error *error)
{
    struct th_bundle filled = *bundle;
    struct th_arena *arena = th_arena_create(64 * TH_ANNOUNCEMENT_MAX);
    ProtobufCAllocator allocator = th_wire_allocator(arena);
    const Announcement *wire = content.size > TH_ANNOUNCEMENT_MAX
                                   ? NULL
                                   : tonghop__v1__announcement__unpack(
                                         &allocator, content.size, (const uint8_t *)content.bytes);
    const char *wrong = wire ? fill(wire, &filled) : "form";
    th_arena_destroy(&arena);
    if (wrong)
        return th_error_set(error, TH_PERMANENT, "an announcement of keys has a bad %s", wrong);
    *bundle = filled;
    return TH_OK;
}

/* ------------------------------------------------------------------- taking */

/* Clears what is of the old lists beyond the new ones, so that a bundle is what its file
 * says. */
static void renew(struct th_bundle *bundle, const struct th_bundle *announced)
{
    bool district = strcmp(bundle->role, "district") == 0;
    bundle->announced_us = announced->announced_us;
    memset(bundle->submit, 0, sizeof(bundle->submit));
    memset(bundle->query, 0, sizeof(bundle->query));
    memset(bundle->receipt_keys, 0, sizeof(bundle->receipt_keys));
    /* As `enrol` does: each its own port. */
    bundle->submit_count = district ? announced->submit_count : 0;
    bundle->query_count = district ? 0 : announced->query_count;
    memcpy(bundle->submit, announced->submit, bundle->submit_count * sizeof(*bundle->submit));
    memcpy(bundle->query, announced->query, bundle->query_count * sizeof(*bundle->query));
    bundle->receipt_key_count = announced->receipt_key_count;
    memcpy(bundle->receipt_keys, announced->receipt_keys,
           announced->receipt_key_count * sizeof(*bundle->receipt_keys));
}

static enum th_status take(const SignedAnnouncement *wire, struct th_bundle *bundle, bool *taken,
                           struct th_error *error)
{
    struct th_bundle announced = {0};
    struct th_slice content = th_bytes_slice(wire->content);
    if (wire->key_id.len != TH_KEY_ID_BYTES || wire->signature.len != TH_SIGNATURE_BYTES)
        return th_error_set(error, TH_PERMANENT,
                            "an announcement of keys has no signature of the right size");
    const uint8_t *key = th_bundle_receipt_key(bundle, wire->key_id.data);
    if (!key) {
        char hex[2 * TH_KEY_ID_BYTES + 1];
        th_text_to_hex(wire->key_id.data, TH_KEY_ID_BYTES, hex);
        return th_error_set(error, TH_PERMANENT,
                            "an announcement of keys is signed by key %s, which the bundle does "
                            "not hold",
                            hex);
    }
    if (!th_announcement_verify(key, bundle->province, content, wire->signature.data))
        return th_error_set(error, TH_PERMANENT,
                            "the signature of an announcement of keys does not hold");
    enum th_status status = th_announcement_unpack(content, &announced, error);
    if (status != TH_OK)
        return status;
    if (strcmp(announced.province, bundle->province) != 0)
        return th_error_set(error, TH_PERMANENT, "an announcement of keys is of another province");
    if (announced.announced_us <= bundle->announced_us)
        return TH_OK; /* known, or of before */
    if (!th_bundle_receipt_key(&announced, wire->key_id.data))
        return th_error_set(error, TH_PERMANENT,
                            "an announcement of keys leaves out the key that signed it");
    if ((strcmp(bundle->role, "district") == 0 ? announced.submit_count : announced.query_count) ==
        0)
        return th_error_set(error, TH_PERMANENT, "an announcement of keys names no endpoint");
    renew(bundle, &announced);
    *taken = true;
    return TH_OK;
}

enum th_status th_announcements_take(SignedAnnouncement *const *announcements, size_t count,
                                     struct th_bundle *bundle, bool *taken, struct th_error *error)
{
    enum th_status last = TH_OK;
    *taken = false;
    for (size_t i = 0; i < count; i++) {
        bool renewed = false;
        enum th_status status = take(announcements[i], bundle, &renewed, error);
        /* What was signed by keys from before this bundle is made up for by a later one. */
        if (status != TH_OK || renewed)
            last = status;
        *taken = *taken || renewed;
    }
    return last;
}

void th_announcements_tell(const struct th_announcement *announcements, size_t count,
                           Tonghop__V1__Welcome *welcome, struct th_arena *arena)
{
    SignedAnnouncement **list = th_arena_alloc(arena, (count + 1) * sizeof(*list));
    for (size_t i = 0; list && i < count; i++) {
        SignedAnnouncement *wire = th_arena_alloc(arena, sizeof(*wire));
        if (!wire)
            break;
        tonghop__v1__signed_announcement__init(wire);
        wire->content = th_bytes(announcements[i].content);
        wire->key_id = th_bytes_of(announcements[i].key_id, TH_KEY_ID_BYTES);
        wire->signature = th_bytes_of(announcements[i].signature, TH_SIGNATURE_BYTES);
        list[welcome->n_announcement++] = wire;
    }
    welcome->announcement = list;
}
