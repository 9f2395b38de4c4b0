#include "collector/store/state_record.h"

#include "common/base/buffer.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"

static void add_text(struct th_buffer *out, struct th_slice text)
{
    const uint32_t size = (uint32_t)text.size;
    const char length[4] = {(char)(size >> 24), (char)(size >> 16), (char)(size >> 8), (char)size};
    th_buffer_add(out, length, sizeof(length));
    th_buffer_add(out, text.bytes, text.size);
}

static void digest_comments(const struct th_state_record *record, char out[2 * TH_HASH_BYTES + 1])
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    uint8_t digest[TH_HASH_BYTES];
    add_text(&bytes, record->comment);
    for (size_t i = 0; i < record->comment_count; i++) {
        add_text(&bytes, record->criteria[i]);
        add_text(&bytes, record->comments[i]);
    }
    th_sha256(bytes.bytes, bytes.size, digest);
    th_text_to_hex(digest, sizeof(digest), out);
}

json_t *th_state_payload(const struct th_state_record *record)
{
    char comments[2 * TH_HASH_BYTES + 1];
    digest_comments(record, comments);
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s*, s:s}", "district",
                     record->district, "form", record->form, "period", record->period, "revision",
                     (json_int_t)record->revision, "from", record->from, "to", record->to,
                     "account", record->account, "role", record->role, "acting_key",
                     record->acting_key, "comments", comments);
}
