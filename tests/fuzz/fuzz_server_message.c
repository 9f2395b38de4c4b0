/* What an office does with the bytes of whoever answers: decode, verify receipts and
 * rejections, put a catalogue together. */
#include <string.h>

#include "common/base/text.h"
#include "common/wire/announcement.h"
#include "common/wire/message.h"
#include "common/wire/receipt.h"
#include "reporter/delivery/restored.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seed_province.h"

static void check_status(enum th_status status, const struct th_error *error)
{
    MUST(status == TH_OK || status == TH_PERMANENT);
    MUST(status == TH_OK || (error->message[0] && th_text_is_utf8(th_slice_of(error->message))));
}

static void take_run(const Tonghop__V1__ReceiptRun *run, const struct th_bundle *bundle)
{
    struct th_error error = {0};
    uint8_t(*hashes)[TH_HASH_BYTES] = calloc(run->n_entry + 1, sizeof(*hashes));
    MUST(hashes != NULL);
    enum th_status status = th_receipt_run_verify(run, bundle, SEED_DISTRICT, hashes, &error);
    check_status(status, &error);
    if (status == TH_OK)
        for (size_t i = 0; i < run->n_entry; i++)
            MUST(run->entry[i]->report_id.len == 16 && run->entry[i]->digest.len == 32);
    free(hashes);
}

static void take_rejection(const Tonghop__V1__Rejection *rejection, const struct th_bundle *bundle)
{
    struct th_error error = {0};
    check_status(th_rejection_check(rejection, bundle, SEED_DISTRICT, &error), &error);
}

static void take_catalogue(struct th_slice bytes)
{
    struct th_error error = {0};
    struct th_catalogue *catalogue = th_catalogue_unpack(bytes, 1, &error);
    MUST(catalogue || error.message[0]);
    if (catalogue) {
        TH_CLEANUP_BUFFER struct th_buffer packed = {0};
        th_catalogue_pack(catalogue, &packed);
        struct th_catalogue *again = th_catalogue_unpack(th_buffer_slice(&packed), 1, &error);
        MUST(again != NULL);
        MUST(memcmp(again->digest, catalogue->digest, sizeof(again->digest)) == 0);
        th_catalogue_release(&again);
    }
    th_catalogue_release(&catalogue);
}

static void take_part(const Tonghop__V1__CataloguePart *part)
{
    struct th_error error = {0};
    struct th_catalogue_assembly assembly = {.request_id = part->request_id};
    enum th_status status = th_catalogue_assemble(&assembly, part, &error);
    MUST(assembly.bytes.size <= TH_WIRE_PART_BYTES);
    MUST(status == TH_OK || status == TH_RETRY || error.message[0]);
    if (status == TH_OK)
        take_catalogue(th_buffer_slice(&assembly.bytes));
    else
        take_catalogue(th_bytes_slice(part->content));
    th_catalogue_assembly_free(&assembly);
}

/* Where epochs begin: in order, each behind the one that it continues. Keys that nobody
 * signed change nothing. */
static void take_welcome(const Tonghop__V1__Welcome *welcome, const struct th_bundle *bundle)
{
    struct th_error error = {0};
    struct th_bundle renewed = *bundle;
    bool taken;
    check_status(th_announcements_take(welcome->announcement, welcome->n_announcement, &renewed,
                                       &taken, &error),
                 &error);
    MUST(taken || renewed.announced_us == bundle->announced_us);
    MUST(!taken || renewed.announced_us > bundle->announced_us);
    struct th_restored_start *starts = NULL;
    size_t count = 0;
    enum th_status status = th_restored_read(welcome, &starts, &count, &error);
    MUST(status == TH_OK || (status == TH_REJECTED && error.message[0] != '\0'));
    for (size_t i = 0; status == TH_OK && i < count; i++) {
        MUST(starts[i].previous_epoch < starts[i].epoch);
        MUST(i == 0 || starts[i - 1].epoch < starts[i].epoch);
        (void)th_restored_lost(starts, count, starts[i].previous_epoch,
                               starts[i].previous_sequence);
    }
    free(starts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct th_arena *arena = th_arena_create(TH_WIRE_ARENA_LIMIT);
    struct th_bundle bundle = seed_bundle();
    const Tonghop__V1__ServerMessage *message =
        th_server_message_decode((struct th_slice){(const char *)bytes, size}, arena);
    if (message && message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS) {
        for (size_t i = 0; i < message->receipts->n_run; i++)
            take_run(message->receipts->run[i], &bundle);
        for (size_t i = 0; i < message->receipts->n_rejection; i++)
            take_rejection(message->receipts->rejection[i], &bundle);
    }
    if (message && message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_ENTRIES &&
        message->entries->run)
        take_run(message->entries->run, &bundle);
    if (message && message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_CATALOGUE_PART)
        take_part(message->catalogue_part);
    if (message && message->body_case == TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME)
        take_welcome(message->welcome, &bundle);
    th_arena_destroy(&arena);
    return 0;
}
