#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commission/client/connection.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/ledger/ledger.h"

#define CATALOGUE_MAX ((size_t)64 * 1024 * 1024)
#define FILE_NAME     "catalogue.bin"

static bool file_path(const struct th_client *client, char path[4096])
{
    if (!client->state_folder)
        return false;
    int size = snprintf(path, 4096, "%s/" FILE_NAME, client->state_folder);
    return size > 0 && size < 4096;
}

/* What was kept counts only when it is byte for byte what the province has now. */
static bool read_kept(const struct th_client *client, struct th_buffer *bytes)
{
    char path[4096];
    uint8_t digest[TH_HASH_BYTES];
    if (!file_path(client, path) || th_file_read(path, CATALOGUE_MAX, bytes, NULL) != TH_OK)
        return false;
    th_sha256(bytes->bytes, bytes->size, digest);
    return memcmp(digest, client->greeting.catalogue_digest, sizeof(digest)) == 0;
}

static void keep(const struct th_client *client, const struct th_buffer *bytes)
{
    char path[4096];
    struct th_error error = {0};
    if (file_path(client, path) &&
        th_file_write(path, bytes->bytes, bytes->size, 0600, &error) != TH_OK)
        th_log(TH_LOG_WARNING, "client.catalogue_not_kept reason=\"%s\"", error.message);
}

/* A catalogue under way. */
struct fetching {
    uint64_t version;
    struct th_catalogue_assembly assembly;
};

static enum th_status request_parts(struct th_client *client, uint64_t version, uint32_t credit,
                                    bool first, int64_t deadline_ms, struct th_error *error)
{
    Tonghop__V1__CatalogueRequest request = TONGHOP__V1__CATALOGUE_REQUEST__INIT;
    Tonghop__V1__Credit more = TONGHOP__V1__CREDIT__INIT;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    request.request_id = client->last_request_id;
    request.version = version;
    request.credit = credit;
    more.request_id = client->last_request_id;
    more.parts = credit;
    if (first) {
        message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CATALOGUE_REQUEST;
        message.catalogue_request = &request;
    } else {
        message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_CREDIT;
        message.credit = &more;
    }
    return th_connection_send(client, &message, deadline_ms, error);
}

/* TH_RETRY: more parts are to come. */
static enum th_status take_message(struct th_client *client, struct fetching *fetching,
                                   const Tonghop__V1__ServerMessage *message, int64_t deadline_ms,
                                   struct th_error *error)
{
    struct th_catalogue_assembly *assembly = &fetching->assembly;
    enum th_status status = TH_RETRY;
    if (message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR)
        return th_connection_refused(client, message->error, error);
    if (message->body_case != TONGHOP__V1__SERVER_MESSAGE__BODY_CATALOGUE_PART ||
        message->catalogue_part->request_id != assembly->request_id)
        return TH_RETRY;
    status = th_catalogue_assemble(assembly, message->catalogue_part, error);
    if (status == TH_RETRY) {
        enum th_status sent =
            request_parts(client, fetching->version, 1, false, deadline_ms, error);
        if (sent != TH_OK)
            return sent;
    }
    return status;
}

static enum th_status fetch(struct th_client *client, struct fetching *fetching,
                            struct th_error *error)
{
    int64_t deadline_ms = th_clock_monotonic_ms() + client->timeout_ms;
    uint64_t request_id = fetching->assembly.request_id = ++client->last_request_id;
    enum th_status status =
        request_parts(client, fetching->version, TH_CLIENT_CREDIT, true, deadline_ms, error);
    if (status == TH_OK)
        status = TH_RETRY;
    while (status == TH_RETRY) {
        const Tonghop__V1__ServerMessage *message;
        status = th_connection_receive(client, deadline_ms, true, &message, error);
        if (status != TH_OK)
            break;
        deadline_ms = th_clock_monotonic_ms() + client->timeout_ms;
        status = take_message(client, fetching, message, deadline_ms, error);
    }
    if (status != TH_OK && status != TH_REJECTED)
        th_connection_cancel(client, request_id);
    return status;
}

static enum th_status use(struct th_client *client, const struct th_buffer *bytes,
                          struct th_error *error)
{
    th_catalogue_release(&client->catalogue);
    client->catalogue =
        th_catalogue_unpack(th_buffer_slice(bytes), client->greeting.catalogue_version, error);
    return client->catalogue ? TH_OK
                             : th_error_prefix(error, "the province's catalogue cannot be used");
}

static enum th_status obtain(struct th_client *client, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer kept = {0};
    struct fetching fetching = {0};
    enum th_status status = th_connection_ensure(client, error);
    if (status != TH_OK)
        return status;
    if (client->greeting.catalogue_version == 0) {
        th_connection_problem(client, "catalogue.missing",
                              "the province has imported no catalogue yet");
        return th_error_set(error, TH_REJECTED, "the province has imported no catalogue yet");
    }
    if (client->catalogue && memcmp(client->catalogue->digest, client->greeting.catalogue_digest,
                                    sizeof(client->catalogue->digest)) == 0)
        return TH_OK;
    if (read_kept(client, &kept))
        return use(client, &kept, error);
    fetching.version = client->greeting.catalogue_version;
    status = fetch(client, &fetching, error);
    if (status == TH_OK)
        status = use(client, &fetching.assembly.bytes, error);
    if (status == TH_OK)
        keep(client, &fetching.assembly.bytes);
    th_catalogue_assembly_free(&fetching.assembly);
    return status;
}

enum th_status th_client_catalogue(struct th_client *client, const struct th_catalogue **catalogue,
                                   struct th_error *error)
{
    enum th_status status = TH_UNREACHABLE;
    *catalogue = NULL;
    th_arena_reset(client->problem_arena);
    client->problem_count = 0;
    for (size_t tries = 0; tries < client->bundle.query_count; tries++) {
        status = obtain(client, error);
        if (status != TH_UNREACHABLE)
            break;
        if (client->dealer)
            th_connection_leave(client);
    }
    if (status == TH_OK)
        *catalogue = client->catalogue;
    return status;
}

static enum th_status obtain_version(struct th_client *client, uint64_t version,
                                     struct th_catalogue **catalogue, struct th_error *error)
{
    struct fetching fetching = {.version = version};
    enum th_status status = th_connection_ensure(client, error);
    if (status == TH_OK)
        status = fetch(client, &fetching, error);
    if (status == TH_OK && fetching.assembly.version != version)
        status = th_error_set(error, TH_PERMANENT,
                              "the province sent another version of the catalogue than was asked "
                              "for");
    if (status == TH_OK) {
        *catalogue = th_catalogue_unpack(th_buffer_slice(&fetching.assembly.bytes), version, error);
        if (!*catalogue)
            status =
                th_error_prefix(error, "catalogue version %" PRIu64 " cannot be used", version);
    }
    th_catalogue_assembly_free(&fetching.assembly);
    return status;
}

enum th_status th_client_catalogue_of(struct th_client *client, uint64_t version,
                                      struct th_catalogue **catalogue, struct th_error *error)
{
    enum th_status status = TH_UNREACHABLE;
    *catalogue = NULL;
    if (client->catalogue && client->catalogue->version == version) {
        *catalogue = th_catalogue_retain(client->catalogue);
        return TH_OK;
    }
    th_arena_reset(client->problem_arena);
    client->problem_count = 0;
    for (size_t tries = 0; tries < client->bundle.query_count; tries++) {
        status = obtain_version(client, version, catalogue, error);
        if (status != TH_UNREACHABLE)
            break;
        if (client->dealer)
            th_connection_leave(client);
    }
    return status;
}
