#include "collector/query/answer.h"

#include <stdio.h>
#include <string.h>

/* The envelope and the fields beside the content. */
#define PART_MARGIN 1024

bool th_packed_catalogue_serves(const struct th_packed_catalogue *packed,
                                struct th_shared_state *state,
                                const Tonghop__V1__CatalogueRequest *request)
{
    if (packed->version == 0)
        return false;
    if (request->version != 0)
        return request->version == packed->version;
    struct th_catalogue_ids *ids = th_shared_state_catalogue(state);
    bool serves = ids && ids->catalogue->version == packed->version;
    th_catalogue_ids_release(&ids);
    return serves;
}

static enum th_status load(struct th_question *question, struct th_packed_catalogue *packed,
                           uint64_t version, struct th_error *error)
{
    char text[24];
    struct th_catalogue *catalogue = NULL;
    enum th_status status = th_store_load_catalogue(question->store, version, &catalogue, error);
    if (status != TH_OK)
        return status;
    if (!catalogue) {
        snprintf(text, sizeof(text), "%llu", (unsigned long long)version);
        th_question_refuse(question, version ? "catalogue.unknown_version" : "catalogue.missing",
                           "", th_slice_of(text));
        return TH_REJECTED;
    }
    th_buffer_clear(&packed->bytes);
    th_catalogue_pack(catalogue, &packed->bytes);
    memcpy(packed->digest, catalogue->digest, sizeof(packed->digest));
    packed->version = catalogue->version;
    th_catalogue_release(&catalogue);
    return TH_OK;
}

static bool push(struct th_question *question, const struct th_packed_catalogue *packed,
                 size_t offset, size_t size)
{
    Tonghop__V1__CataloguePart part = TONGHOP__V1__CATALOGUE_PART__INIT;
    part.request_id = question->job->request_id;
    part.version = packed->version;
    part.digest = th_bytes_of(packed->digest, sizeof(packed->digest));
    part.total_bytes = packed->bytes.size;
    part.offset = offset;
    part.content = th_bytes_of(packed->bytes.bytes + offset, size);
    part.last = offset + size == packed->bytes.size;
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_CATALOGUE_PART;
    message.catalogue_part = &part;

    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_server_message_encode(&message, &bytes);
    return th_job_push(question->service, question->job, &bytes);
}

enum th_status th_answer_catalogue(struct th_question *question, struct th_packed_catalogue *packed,
                                   const Tonghop__V1__CatalogueRequest *request,
                                   struct th_error *error)
{
    const size_t most = TH_WIRE_PART_BYTES - PART_MARGIN;
    if (!th_packed_catalogue_serves(packed, question->service->state, request)) {
        enum th_status status = load(question, packed, request->version, error);
        if (status != TH_OK)
            return status;
    }
    for (size_t offset = 0; offset < packed->bytes.size;) {
        size_t left = packed->bytes.size - offset, size = left < most ? left : most;
        if (!push(question, packed, offset, size))
            return TH_PERMANENT;
        offset += size;
    }
    return TH_OK;
}
