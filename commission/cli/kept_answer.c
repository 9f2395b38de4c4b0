#include "commission/cli/kept_answer.h"

#include <stdlib.h>

#include "common/base/buffer.h"
#include "common/base/clock.h"

/* Parts live in the client's arena until the next message only. */
static Tonghop__V1__QueryPart *copy(const Tonghop__V1__QueryPart *part)
{
    size_t size = tonghop__v1__query_part__get_packed_size(part);
    uint8_t *bytes = malloc(size + 1);
    if (!bytes)
        abort();
    tonghop__v1__query_part__pack(part, bytes);
    Tonghop__V1__QueryPart *copied = tonghop__v1__query_part__unpack(NULL, size, bytes);
    if (!copied)
        abort();
    free(bytes);
    return copied;
}

static enum th_status keep(void *context, const Tonghop__V1__QueryPart *part,
                           struct th_error *error)
{
    struct th_kept_answer *answer = context;
    (void)error;
    if (part->head) {
        answer->catalogue_version = part->head->catalogue_version;
        answer->answered_at_us = part->head->answered_at_us;
        answer->horizon_us = part->head->horizon_us;
        answer->as_of_us = part->head->as_of_us;
    }
    if (answer->count == answer->capacity) {
        answer->capacity = answer->capacity ? answer->capacity * 2 : 16;
        answer->parts = realloc(answer->parts, answer->capacity * sizeof(*answer->parts));
        if (!answer->parts)
            abort();
    }
    answer->parts[answer->count++] = copy(part);
    return TH_OK;
}

enum th_status th_kept_answer_get(struct th_session *session, Tonghop__V1__Query *query,
                                  struct th_kept_answer *answer, struct th_error *error)
{
    *answer = (struct th_kept_answer){0};
    enum th_status status = th_client_query(session->client, query, keep, answer, error);
    if (status == TH_OK)
        status = th_client_catalogue_of(session->client, answer->catalogue_version,
                                        &answer->catalogue, error);
    return status;
}

void th_kept_answer_free(struct th_kept_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++)
        tonghop__v1__query_part__free_unpacked(answer->parts[i], NULL);
    free(answer->parts);
    th_catalogue_release(&answer->catalogue);
    *answer = (struct th_kept_answer){0};
}

void th_cli_note_void(struct th_table *table, enum th_format format, struct th_void_span span,
                      struct th_arena *arena)
{
    if (span.until_us == 0 || th_format_is_for_people(format))
        return;
    th_table_note(table, "void_from", th_cli_instant(span.from_us, arena));
    th_table_note(table, "void_until", th_cli_instant(span.until_us, arena));
}

const char *th_cli_instant(int64_t instant_us, struct th_arena *arena)
{
    char text[40];
    th_instant_format(instant_us, text);
    return th_arena_text(arena, th_slice_of(text));
}
