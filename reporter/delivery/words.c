#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "reporter/delivery/engine.h"

#define TEXT_MAX 40000 /* bytes of one text of the province */

/* Text of a peer: what is not UTF-8 is left out, it is for people only. */
static json_t *text_of(ProtobufCBinaryData data)
{
    struct th_slice slice = th_bytes_slice(data);
    bool fine = slice.size <= TEXT_MAX && th_text_is_utf8(slice);
    return fine ? json_stringn(slice.bytes ? slice.bytes : "", slice.size) : json_string("");
}

/* The array's text in the arena; the array is given up. NULL when the limit of the
 * arena is reached. */
static const char *dump(json_t *array, struct th_arena *arena)
{
    char *text = array ? json_dumps(array, JSON_COMPACT) : NULL;
    const char *copy = text ? th_arena_text(arena, th_slice_of(text)) : NULL;
    free(text);
    json_decref(array);
    return copy;
}

const char *th_problems_json(Tonghop__V1__Problem *const *problems, size_t count,
                             struct th_arena *arena)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        bool warning = problems[i]->severity == TONGHOP__V1__SEVERITY__SEVERITY_WARNING;
        json_array_append_new(
            array, json_pack("{s:o, s:s, s:o, s:o, s:o}", "code", text_of(problems[i]->code),
                             "severity", warning ? "warning" : "error", "criterion",
                             text_of(problems[i]->criterion), "message",
                             text_of(problems[i]->message), "value", text_of(problems[i]->value)));
    }
    return dump(array, arena);
}

const char *th_comments_json(Tonghop__V1__CriterionComment *const *comments, size_t count,
                             struct th_arena *arena)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array,
                              json_pack("{s:o, s:o}", "criterion", text_of(comments[i]->criterion),
                                        "text", text_of(comments[i]->text)));
    return dump(array, arena);
}

bool th_problems_have(Tonghop__V1__Problem *const *problems, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++)
        if (th_slice_equals(th_bytes_slice(problems[i]->code), code))
            return true;
    return false;
}
