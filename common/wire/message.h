/* Messages to and from bytes, bounded: protobuf-c decodes into an arena with a
 * cap, and nothing that was decoded outlives the arena. */
#ifndef TONGHOP_WIRE_MESSAGE_H
#define TONGHOP_WIRE_MESSAGE_H

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/domain/catalogue.h"
#include "common/domain/problem.h"
#include "common/domain/report.h"
#include "common/ledger/ledger.h"
#include "tonghop/v1/tonghop.pb-c.h"

#define TH_WIRE_PROTOCOL_VERSION 1
#define TH_WIRE_PART_BYTES       ((size_t)256 * 1024)      /* a part of a result or catalogue */
#define TH_WIRE_ARENA_LIMIT      ((size_t)8 * 1024 * 1024) /* decoding one message */

/* NULL when the bytes are no such message or the arena's limit is reached. */
const Tonghop__V1__ClientMessage *th_client_message_decode(struct th_slice bytes,
                                                           struct th_arena *arena);
const Tonghop__V1__ServerMessage *th_server_message_decode(struct th_slice bytes,
                                                           struct th_arena *arena);

/* Appends the serialised message. */
void th_client_message_encode(const Tonghop__V1__ClientMessage *message, struct th_buffer *out);
void th_server_message_encode(const Tonghop__V1__ServerMessage *message, struct th_buffer *out);

/* The id of a notice: the act's sequence in the province's chain, under how many epochs had
 * been begun by restorations before it, since sequences come again after one. Grows along the
 * chain; of acts before any restoration it is the sequence itself. */
#define TH_NOTICE_EPOCH_SHIFT 40
static inline uint64_t th_notice_id(uint32_t epoch, uint64_t sequence)
{
    return ((uint64_t)(epoch - 1) << TH_NOTICE_EPOCH_SHIFT) | sequence;
}
static inline uint32_t th_notice_epoch(uint64_t id)
{
    return (uint32_t)(id >> TH_NOTICE_EPOCH_SHIFT) + 1;
}
static inline uint64_t th_notice_sequence(uint64_t id)
{
    return id & (((uint64_t)1 << TH_NOTICE_EPOCH_SHIFT) - 1);
}

/* bytes fields. th_bytes points to the slice's memory. */
ProtobufCBinaryData th_bytes(struct th_slice slice);
ProtobufCBinaryData th_bytes_of(const void *bytes, size_t size);
struct th_slice th_bytes_slice(ProtobufCBinaryData data);
/* NUL-terminated copy in the arena when the field is valid UTF-8 of at most `max`
 * bytes; NULL otherwise. An empty field gives "". */
const char *th_bytes_text(ProtobufCBinaryData data, size_t max, struct th_arena *arena);

/* Report <-> exact bytes. Packing writes observations in their order; the same
 * report gives the same bytes. */
void th_report_pack(const struct th_report *report, struct th_buffer *out);
/* Digest (SHA-256) of what the report says, without what every attempt would have of its
 * own: id, revision, catalogue version and instants. */
void th_report_content(const struct th_report *report, uint8_t content[TH_HASH_BYTES]);
/* False and problems when the bytes are no report that can be judged:
 * `report.malformed` with the field as its value (no report message, an id that is
 * not 16 bytes, a code that is not UTF-8, an observation without an answer),
 * `text.not_utf8` with the field as its limit (texts that people write, choices,
 * communes), `value.malformed` (a decimal outside its range) or `report.too_large`
 * (128 KiB, 2,000 observations, 2,000 communes in one). Decimals come back
 * normalised. Texts point into the arena, of which a report takes about 8 times
 * its size. The report id is filled whenever it can be found, even then. */
bool th_report_unpack(struct th_slice bytes, struct th_arena *arena, struct th_report *report,
                      struct th_problem_list *problems);

/* Problems as messages in `language`; n_problem is the list's count. They point to
 * the list's texts. NULL when the arena's limit is reached. */
Tonghop__V1__Problem **th_problems_to_wire(const struct th_problem_list *problems,
                                           const char *language, struct th_arena *arena);

/* Appends a serialised Error with every problem of the list; with none when memory for
 * the answer ran out. */
void th_error_encode(const struct th_problem_list *problems, uint64_t request_id,
                     const char *language, struct th_buffer *out);
/* The same with one problem of the table. */
void th_error_encode_one(const char *code, const char *value, uint64_t request_id,
                         const char *language, struct th_buffer *out);

/* A whole catalogue <-> serialised CatalogueBundle. Both set the catalogue's
 * digest (SHA-256 of those bytes). Unpacking gives one reference, or NULL. */
void th_catalogue_pack(struct th_catalogue *catalogue, struct th_buffer *out);
/* The bytes alone, of a catalogue that threads share. */
void th_catalogue_bytes(const struct th_catalogue *catalogue, struct th_buffer *out);
struct th_catalogue *th_catalogue_unpack(struct th_slice bytes, uint64_t version,
                                         struct th_error *error);

/* Receives CataloguePart messages in order until the last; checks offsets, size
 * (at most 64 MiB) and the digest. Begin with everything zero but request_id. */
struct th_catalogue_assembly {
    uint64_t request_id, version, total;
    struct th_buffer bytes;
};
/* TH_RETRY: more parts are to come; TH_OK: bytes are whole; TH_PERMANENT: the
 * parts do not fit together. */
enum th_status th_catalogue_assemble(struct th_catalogue_assembly *assembly,
                                     const Tonghop__V1__CataloguePart *part,
                                     struct th_error *error) TH_MUST_USE;
void th_catalogue_assembly_free(struct th_catalogue_assembly *assembly);

#endif
