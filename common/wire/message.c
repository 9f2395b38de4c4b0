#include "common/wire/message.h"

#include <string.h>

#include "common/base/text.h"
#include "common/wire/allocator.h"

/* protobuf-c decodes with a free for every allocation; here all of it goes back
 * with the arena, and the arena's limit is what bounds a hostile message. */
static void *allocate(void *arena, size_t size)
{
    return th_arena_alloc(arena, size);
}

static void keep(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

ProtobufCAllocator th_wire_allocator(struct th_arena *arena)
{
    return (ProtobufCAllocator){.alloc = allocate, .free = keep, .allocator_data = arena};
}

const Tonghop__V1__ClientMessage *th_client_message_decode(struct th_slice bytes,
                                                           struct th_arena *arena)
{
    ProtobufCAllocator allocator = th_wire_allocator(arena);
    return tonghop__v1__client_message__unpack(&allocator, bytes.size,
                                               (const uint8_t *)bytes.bytes);
}

const Tonghop__V1__ServerMessage *th_server_message_decode(struct th_slice bytes,
                                                           struct th_arena *arena)
{
    ProtobufCAllocator allocator = th_wire_allocator(arena);
    return tonghop__v1__server_message__unpack(&allocator, bytes.size,
                                               (const uint8_t *)bytes.bytes);
}

void th_wire_pack(const ProtobufCMessage *message, struct th_buffer *out)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    th_buffer_reserve(out, size);
    out->size += protobuf_c_message_pack(message, (uint8_t *)out->bytes + out->size);
    out->bytes[out->size] = '\0';
}

void th_client_message_encode(const Tonghop__V1__ClientMessage *message, struct th_buffer *out)
{
    th_wire_pack(&message->base, out);
}

void th_server_message_encode(const Tonghop__V1__ServerMessage *message, struct th_buffer *out)
{
    th_wire_pack(&message->base, out);
}

ProtobufCBinaryData th_bytes(struct th_slice slice)
{
    /* protobuf-c only reads what a message to be packed points to. */
    return (ProtobufCBinaryData){.len = slice.size, .data = (uint8_t *)slice.bytes};
}

ProtobufCBinaryData th_bytes_of(const void *bytes, size_t size)
{
    return th_bytes((struct th_slice){bytes, size});
}

struct th_slice th_bytes_slice(ProtobufCBinaryData data)
{
    return (struct th_slice){(const char *)data.data, data.len};
}

const char *th_bytes_text(ProtobufCBinaryData data, size_t max, struct th_arena *arena)
{
    struct th_slice text = th_bytes_slice(data);
    if (text.size > max || !th_text_is_utf8(text))
        return NULL;
    return th_arena_text(arena, text);
}

static Tonghop__V1__Problem *problem_to_wire(const struct th_problem *problem, const char *language,
                                             struct th_arena *arena)
{
    Tonghop__V1__Problem *wire = th_arena_alloc(arena, sizeof(*wire));
    if (!wire)
        return NULL;
    tonghop__v1__problem__init(wire);
    wire->code = th_bytes(th_slice_of(problem->code));
    wire->severity = problem->severity == TH_SEVERITY_ERROR
                         ? TONGHOP__V1__SEVERITY__SEVERITY_ERROR
                         : TONGHOP__V1__SEVERITY__SEVERITY_WARNING;
    wire->criterion = th_bytes(th_slice_of(problem->criterion));
    wire->message = th_bytes(th_slice_of(th_problem_message(problem, language)));
    wire->value = th_bytes(th_slice_of(problem->value));
    return wire;
}

Tonghop__V1__Problem **th_problems_to_wire(const struct th_problem_list *problems,
                                           const char *language, struct th_arena *arena)
{
    Tonghop__V1__Problem **wire = th_arena_alloc(arena, (problems->count ? problems->count : 1) *
                                                            sizeof(Tonghop__V1__Problem *));
    for (size_t i = 0; wire && i < problems->count; i++) {
        wire[i] = problem_to_wire(&problems->problems[i], language, arena);
        if (!wire[i])
            return NULL;
    }
    return wire;
}

void th_error_encode(const struct th_problem_list *problems, uint64_t request_id,
                     const char *language, struct th_buffer *out)
{
    struct th_arena *arena = th_arena_create(0);
    Tonghop__V1__Error error = TONGHOP__V1__ERROR__INIT;
    error.request_id = request_id;
    error.problem = th_problems_to_wire(problems, language, arena);
    error.n_problem = error.problem ? problems->count : 0;
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR;
    message.error = &error;
    th_server_message_encode(&message, out);
    th_arena_destroy(&arena);
}

void th_error_encode_one(const char *code, const char *value, uint64_t request_id,
                         const char *language, struct th_buffer *out)
{
    struct th_arena *arena = th_arena_create(0);
    struct th_problem_list problems = {.arena = arena};
    th_problem_add(&problems, code, "", th_slice_of(value), "", 0, 0);
    th_error_encode(&problems, request_id, language, out);
    th_arena_destroy(&arena);
}
