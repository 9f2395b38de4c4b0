#include "collector/query/upload.h"

#include <stdlib.h>
#include <string.h>

#include "common/wire/message.h"

static void forget_files(struct th_upload *upload)
{
    for (size_t i = 0; i < upload->count; i++)
        th_buffer_free(&upload->files[i].bytes);
    upload->count = 0;
}

void th_upload_free(struct th_upload **upload)
{
    if (!*upload)
        return;
    forget_files(*upload);
    free(*upload);
    *upload = NULL;
}

static struct th_upload *begin(uint64_t request_id)
{
    struct th_upload *made = calloc(1, sizeof(*made));
    if (!made)
        abort();
    made->request_id = request_id;
    return made;
}

/* The file of a format; NULL when the format is none, or there is no place for it. */
static struct th_buffer *file_of(struct th_upload *upload, struct th_slice format)
{
    if (!th_slice_equals(format, "html") && !th_slice_equals(format, "xlsx"))
        return NULL;
    for (size_t i = 0; i < upload->count; i++)
        if (th_slice_equals(format, upload->files[i].format))
            return &upload->files[i].bytes;
    if (upload->count == TH_UPLOAD_FILES)
        return NULL;
    memcpy(upload->files[upload->count].format, format.bytes, format.size);
    return &upload->files[upload->count++].bytes;
}

static const char *add(struct th_upload *upload, const Tonghop__V1__AssessmentPart *part)
{
    struct th_buffer *file = file_of(upload, th_bytes_slice(part->format));
    if (!file || part->content.len > TH_UPLOAD_PART_BYTES)
        return "message.malformed";
    if (part->offset == 0)
        th_buffer_clear(file);
    if (part->offset != file->size)
        return "assessment.file_damaged";
    if (file->size + part->content.len > TH_UPLOAD_FILE_BYTES)
        return "assessment.too_large";
    th_buffer_add(file, part->content.data, part->content.len);
    return NULL;
}

const char *th_upload_take(struct th_upload **upload, const Tonghop__V1__AssessmentPart *part,
                           bool allowed, int64_t now_ms)
{
    if (*upload && (*upload)->request_id != part->request_id)
        th_upload_free(upload);
    if (!*upload)
        *upload = begin(part->request_id);
    (*upload)->last_ms = now_ms;
    if ((*upload)->refused)
        return NULL;
    const char *refusal = allowed ? add(*upload, part) : "role.not_allowed";
    if (refusal) {
        forget_files(*upload);
        (*upload)->refused = true;
    }
    return refusal;
}
