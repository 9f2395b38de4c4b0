/* What the files of common/wire share to read and write protobuf messages; for
 * them alone. */
#ifndef TONGHOP_WIRE_ALLOCATOR_H
#define TONGHOP_WIRE_ALLOCATOR_H

#include <protobuf-c/protobuf-c.h>

#include "common/base/arena.h"
#include "common/base/buffer.h"

/* Decodes into `arena`: nothing is freed one by one. Returned by value, valid as
 * long as the arena. */
ProtobufCAllocator th_wire_allocator(struct th_arena *arena);

/* Appends any message, serialised. */
void th_wire_pack(const ProtobufCMessage *message, struct th_buffer *out);

#endif
