/* What the outbox may hold. */
#include <inttypes.h>

#include "reporter/entry/commands.h"

enum th_status th_room_take(const struct th_office *office, struct th_room *room, size_t bytes,
                            struct th_error *error)
{
    uint64_t limit = (uint64_t)office->settings.outbox_limit_mb * 1024 * 1024;
    room->added += bytes;
    if (room->counts.queued_bytes + room->added <= limit)
        return TH_OK;
    return th_error_set(error, TH_PERMANENT,
                        "the outbox is full: %" PRIu64 " reports wait for the province and none of "
                        "them is given up (outbox_limit_mb = %ld); nothing was added: see "
                        "`tonghop-reporter status` for why they wait, or raise the limit",
                        room->counts.queued, office->settings.outbox_limit_mb);
}
