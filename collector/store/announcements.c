/* Announcements of keys: acts of the province's chain that collectors tell in greetings. */
#include <string.h>

#include "collector/store/store_private.h"
#include "common/base/text.h"

#define ANNOUNCEMENT_EVENT "announcement"

static json_t *hex(const void *bytes, size_t size)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    th_buffer_reserve(&text, 2 * size + 1);
    th_text_to_hex(bytes, size, text.bytes);
    return json_stringn(text.bytes, 2 * size);
}

static bool from_hex(const json_t *object, const char *key, uint8_t *bytes, size_t size)
{
    const json_t *value = json_object_get(object, key);
    struct th_slice text = {json_string_value(value), json_string_length(value)};
    return text.bytes && th_text_from_hex(text, bytes, size);
}

/* False when the payload is none that announces. */
static bool read_payload(struct th_slice payload, struct th_arena *arena,
                         struct th_announcement *announcement)
{
    json_t *object = json_loadb(payload.bytes, payload.size, 0, NULL);
    size_t size = json_string_length(json_object_get(object, "content")) / 2;
    uint8_t *content = th_arena_alloc(arena, size + 1);
    bool good = content && size <= TH_ANNOUNCEMENT_MAX &&
                from_hex(object, "content", content, size) &&
                from_hex(object, "key_id", announcement->key_id, TH_KEY_ID_BYTES) &&
                from_hex(object, "signature", announcement->signature, TH_SIGNATURE_BYTES);
    announcement->content = (struct th_slice){(const char *)content, size};
    announcement->announced_us = json_integer_value(json_object_get(object, "announced_us"));
    json_decref(object);
    return good && announcement->announced_us > 0;
}

enum th_status th_store_announcements(struct th_store *store, size_t limit, struct th_arena *arena,
                                      struct th_announcement **announcements, size_t *count,
                                      struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_int8(&params, (int64_t)limit);
    struct th_pg_call call = {.sql = &th_sql_announcements, .params = &params};
    *count = 0;
    *announcements = NULL;
    enum th_status status = th_pg_run(&store->pg, &call, 1, store->pg.timeout_ms, error);
    if (status != TH_OK)
        return status;
    int rows = PQntuples(call.result);
    *announcements = th_arena_alloc(arena, ((size_t)rows + 1) * sizeof(**announcements));
    for (int row = rows - 1; *announcements && row >= 0; row--) {
        struct th_slice payload = {PQgetvalue(call.result, row, 0),
                                   (size_t)PQgetlength(call.result, row, 0)};
        if (read_payload(payload, arena, &(*announcements)[*count]))
            (*count)++;
    }
    th_pg_calls_clear(&call, 1);
    return TH_OK;
}

/* Under the lock of the chain. */
static enum th_status check_later(struct th_store *store,
                                  const struct th_announcement *announcement,
                                  struct th_error *error)
{
    struct th_announcement *last = NULL;
    size_t count = 0;
    struct th_arena *arena = th_arena_create(0);
    enum th_status status = th_store_announcements(store, 1, arena, &last, &count, error);
    if (status == TH_OK && count == 1 && last[0].announced_us >= announcement->announced_us)
        status = th_error_set(error, TH_USAGE,
                              "keys were announced by somebody else just now; look at what was "
                              "announced and run the command again");
    th_arena_destroy(&arena);
    return status;
}

enum th_status th_store_announce(struct th_store *store, const struct th_announcement *announcement,
                                 const char *actor, struct th_error *error)
{
    int64_t at_us;
    enum th_status status = th_store_begin(store, TH_LOCK_EVENT, error);
    if (status != TH_OK)
        return status;
    status = check_later(store, announcement, error);
    if (status == TH_OK)
        status = th_event_append(
            store, ANNOUNCEMENT_EVENT,
            json_pack("{s:I, s:o, s:o, s:o}", "announced_us",
                      (json_int_t)announcement->announced_us, "content",
                      hex(announcement->content.bytes, announcement->content.size), "key_id",
                      hex(announcement->key_id, TH_KEY_ID_BYTES), "signature",
                      hex(announcement->signature, TH_SIGNATURE_BYTES)),
            actor, &at_us, error);
    if (status == TH_OK)
        status = th_store_commit(store, error);
    th_pg_rollback(&store->pg);
    return status;
}

enum th_status th_store_note_announced(struct th_store *store, const uint8_t public_key[32],
                                       int64_t announced_us, struct th_error *error)
{
    TH_CLEANUP_PARAMS struct th_params params = {0};
    th_param_bytes(&params, public_key, TH_PUBLIC_KEY_BYTES);
    th_param_instant(&params, announced_us);
    return th_pg_execute(&store->pg, &th_sql_enrolment_announced, &params, error);
}
