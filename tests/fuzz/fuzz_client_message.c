/* What a collector does with the bytes of any peer: decode, take every report of a
 * Submit apart, and put it together again. */
#include <string.h>

#include "common/base/text.h"
#include "common/wire/message.h"
#include "common/wire/receipt.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seed_province.h"

static void check_text(const char *text)
{
    MUST(text != NULL && th_text_is_utf8(th_slice_of(text)));
}

/* What is refused is refused for a reason that can be shown. */
static void check_problems(const struct th_problem_list *problems)
{
    MUST(problems->errors > 0 && problems->count > 0);
    for (size_t i = 0; i < problems->count; i++) {
        check_text(problems->problems[i].code);
        check_text(problems->problems[i].criterion);
        check_text(problems->problems[i].value);
        check_text(problems->problems[i].message_vi);
        check_text(problems->problems[i].message_en);
    }
    MUST(th_problem_error_codes(problems)[0] != '\0');
}

static void check_decimal(struct th_decimal value)
{
    struct th_decimal again = value;
    MUST(th_decimal_normalise(&again));
    MUST(again.unscaled == value.unscaled && again.scale == value.scale);
}

static void check_observation(const struct th_observation *observation)
{
    MUST(th_text_is_utf8(observation->criterion_code));
    MUST(th_text_is_utf8(observation->text) && th_text_is_utf8(observation->note));
    for (size_t i = 0; i < observation->commune_count; i++)
        MUST(th_text_is_utf8(observation->communes[i]));
    check_decimal(observation->number);
    check_decimal(observation->den);
}

/* Packed and unpacked again it is the same report, and packs to the same bytes. */
static void check_report(const struct th_report *report)
{
    TH_CLEANUP_BUFFER struct th_buffer first = {0}, second = {0};
    struct th_arena *arena = th_arena_create(TH_WIRE_ARENA_LIMIT);
    struct th_problem_list problems = {.arena = arena};
    struct th_report again;
    for (size_t i = 0; i < report->observation_count; i++)
        check_observation(&report->observations[i]);
    th_report_pack(report, &first);
    MUST(th_report_unpack(th_buffer_slice(&first), arena, &again, &problems));
    MUST(problems.count == 0);
    MUST(memcmp(again.id, report->id, sizeof(again.id)) == 0);
    MUST(again.observation_count == report->observation_count);
    th_report_pack(&again, &second);
    MUST(th_slice_same(th_buffer_slice(&first), th_buffer_slice(&second)));
    th_arena_destroy(&arena);
}

static void take_report(struct th_slice bytes)
{
    struct th_arena *arena = th_arena_create(TH_WIRE_ARENA_LIMIT);
    struct th_problem_list problems = {.arena = arena};
    struct th_report report;
    if (th_report_unpack(bytes, arena, &report, &problems))
        check_report(&report);
    else
        check_problems(&problems);
    th_arena_destroy(&arena);
}

/* Receipts from before a restoration: believed only with the province's signature. */
static void take_prior(const Tonghop__V1__ReceiptRun *run)
{
    struct th_error error = {0};
    struct th_bundle bundle = seed_bundle();
    uint8_t(*hashes)[TH_HASH_BYTES] = calloc(run->n_entry + 1, sizeof(*hashes));
    MUST(hashes != NULL);
    enum th_status status = th_receipt_run_verify(run, &bundle, SEED_DISTRICT, hashes, &error);
    MUST(status == TH_OK || error.message[0] != '\0');
    free(hashes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct th_slice input = {(const char *)bytes, size};
    struct th_arena *arena = th_arena_create(TH_WIRE_ARENA_LIMIT);
    const Tonghop__V1__ClientMessage *message = th_client_message_decode(input, arena);
    if (message && message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT)
        for (size_t i = 0; i < message->submit->n_report; i++)
            take_report(th_bytes_slice(message->submit->report[i]));
    if (message && message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT)
        for (size_t i = 0; i < message->submit->n_prior; i++)
            take_prior(message->submit->prior[i]);
    if (message && message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO) {
        const char *language = th_bytes_text(message->hello->language, 8, arena);
        MUST(!language || strlen(language) <= 8);
    }
    /* The same bytes as a report of their own: the fuzzer gets there sooner. */
    take_report(input);
    th_arena_destroy(&arena);
    return 0;
}
