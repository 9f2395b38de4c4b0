#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "common/wire/allocator.h"
#include "common/wire/message.h"

#define CATALOGUE_BYTES_MAX ((uint64_t)64 * 1024 * 1024)
#define CATALOGUE_FILES_MAX 32
/* Decoding copies the files once; the rest is their few descriptions. */
#define DECODING_BYTES ((size_t)256 * 1024)

void th_catalogue_bytes(const struct th_catalogue *catalogue, struct th_buffer *out)
{
    Tonghop__V1__CatalogueFile files[CATALOGUE_FILES_MAX], *listed[CATALOGUE_FILES_MAX];
    struct th_buffer contents[CATALOGUE_FILES_MAX] = {0};
    Tonghop__V1__CatalogueBundle bundle = TONGHOP__V1__CATALOGUE_BUNDLE__INIT;

    bundle.file = listed;
    for (; bundle.n_file < CATALOGUE_FILES_MAX && th_catalogue_file_names[bundle.n_file];
         bundle.n_file++) {
        size_t i = bundle.n_file;
        const char *name = th_catalogue_file_names[i];
        th_catalogue_write(catalogue, name, &contents[i]);
        tonghop__v1__catalogue_file__init(&files[i]);
        files[i].name = th_bytes(th_slice_of(name));
        files[i].content = th_bytes(th_buffer_slice(&contents[i]));
        listed[i] = &files[i];
    }
    th_wire_pack(&bundle.base, out);
    for (size_t i = 0; i < bundle.n_file; i++)
        th_buffer_free(&contents[i]);
}

void th_catalogue_pack(struct th_catalogue *catalogue, struct th_buffer *out)
{
    size_t begin = out->size;
    th_catalogue_bytes(catalogue, out);
    th_sha256(out->bytes + begin, out->size - begin, catalogue->digest);
}

/* One of the names that a catalogue is made of, not given before. */
static bool take_file(const Tonghop__V1__CatalogueFile *wire, struct th_catalogue_file *files,
                      size_t count)
{
    struct th_slice name = th_bytes_slice(wire->name);
    size_t known = 0;
    while (th_catalogue_file_names[known] && !th_slice_equals(name, th_catalogue_file_names[known]))
        known++;
    if (!th_catalogue_file_names[known])
        return false;
    for (size_t i = 0; i < count; i++)
        if (th_slice_equals(name, files[i].name))
            return false;
    snprintf(files[count].name, sizeof(files[count].name), "%s", th_catalogue_file_names[known]);
    files[count].content = th_bytes_slice(wire->content);
    return true;
}

static struct th_catalogue *read_files(const struct th_catalogue_file *files, size_t count,
                                       struct th_error *error)
{
    struct th_fault_list faults = {0};
    struct th_catalogue *catalogue = th_catalogue_read(files, count, &faults);
    if (!catalogue && faults.count > 0)
        (void)th_error_set(error, TH_PERMANENT,
                           "the catalogue received does not fit this program (%s, line %zu: %s); "
                           "install the same version as the province runs",
                           faults.faults[0].file, faults.faults[0].line, faults.faults[0].message);
    else if (!catalogue)
        (void)th_error_set(error, TH_PERMANENT, "the catalogue received cannot be read");
    th_fault_list_free(&faults);
    return catalogue;
}

struct th_catalogue *th_catalogue_unpack(struct th_slice bytes, uint64_t version,
                                         struct th_error *error)
{
    struct th_catalogue *catalogue = NULL;
    struct th_catalogue_file files[CATALOGUE_FILES_MAX] = {0};
    const Tonghop__V1__CatalogueBundle *bundle = NULL;
    struct th_arena *arena = th_arena_create(bytes.size + DECODING_BYTES);
    ProtobufCAllocator allocator = th_wire_allocator(arena);

    if (bytes.size <= CATALOGUE_BYTES_MAX)
        bundle = tonghop__v1__catalogue_bundle__unpack(&allocator, bytes.size,
                                                       (const uint8_t *)bytes.bytes);
    if (!bundle || bundle->n_file > CATALOGUE_FILES_MAX) {
        (void)th_error_set(error, TH_PERMANENT, "the bytes received are no catalogue");
        goto cleanup;
    }
    for (size_t i = 0; i < bundle->n_file; i++) {
        if (!take_file(bundle->file[i], files, i)) {
            (void)th_error_set(error, TH_PERMANENT,
                               "the catalogue received has a file that is unknown or given twice");
            goto cleanup;
        }
    }
    catalogue = read_files(files, bundle->n_file, error);
    if (catalogue) {
        catalogue->version = version;
        th_sha256(bytes.bytes, bytes.size, catalogue->digest);
    }

cleanup:
    th_arena_destroy(&arena);
    return catalogue;
}

/* The reason why a part cannot follow what is there; NULL: it can. */
static const char *misfit(const struct th_catalogue_assembly *assembly,
                          const Tonghop__V1__CataloguePart *part)
{
    uint64_t held = assembly->bytes.size, size = part->content.len;
    if (part->request_id != assembly->request_id)
        return "it answers another request";
    if (part->total_bytes == 0 || part->total_bytes > CATALOGUE_BYTES_MAX)
        return "its total size is not between 1 byte and 64 MiB";
    if (assembly->total && part->total_bytes != assembly->total)
        return "its total size differs from that of the parts before";
    if (assembly->total && part->version != assembly->version)
        return "its version differs from that of the parts before";
    if (part->offset != held)
        return "it does not begin where the part before ended";
    if (size == 0 || size > TH_WIRE_PART_BYTES || size > part->total_bytes - held)
        return "its size is out of bounds";
    if (part->last != (held + size == part->total_bytes))
        return part->last ? "it is the last, and bytes are missing"
                          : "it is whole, and not the last";
    if (part->last && part->digest.len != TH_HASH_BYTES)
        return "it carries no digest";
    return NULL;
}

enum th_status th_catalogue_assemble(struct th_catalogue_assembly *assembly,
                                     const Tonghop__V1__CataloguePart *part, struct th_error *error)
{
    const char *reason = misfit(assembly, part);
    if (reason)
        return th_error_set(error, TH_PERMANENT,
                            "a part of the catalogue at offset %" PRIu64
                            " does not fit (%s); ask for the catalogue again",
                            part->offset, reason);
    assembly->version = part->version;
    assembly->total = part->total_bytes;
    th_buffer_add(&assembly->bytes, part->content.data, part->content.len);
    if (!part->last)
        return TH_RETRY;

    uint8_t digest[TH_HASH_BYTES];
    th_sha256(assembly->bytes.bytes, assembly->bytes.size, digest);
    if (memcmp(digest, part->digest.data, sizeof(digest)) != 0)
        return th_error_set(error, TH_PERMANENT,
                            "the catalogue received differs from its digest; ask for it again");
    return TH_OK;
}

void th_catalogue_assembly_free(struct th_catalogue_assembly *assembly)
{
    th_buffer_free(&assembly->bytes);
    *assembly = (struct th_catalogue_assembly){0};
}
