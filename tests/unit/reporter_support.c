#include "reporter_support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"

/* ---- an outbox ---- */

static void must(bool fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "cannot set up the test: %s\n", what);
    abort();
}

void office_files_make(struct office_files *files)
{
    struct th_error error = {0};
    snprintf(files->folder, sizeof(files->folder), "/tmp/tonghop-test-XXXXXX");
    must(mkdtemp(files->folder) != NULL, "a folder");
    must(snprintf(files->path, sizeof(files->path), "%.200s/outbox.db", files->folder) > 0,
         "a path");
    must(th_outbox_open(files->path, &files->outbox, &error) == TH_OK, error.message);
}

void office_files_remove(struct office_files *files)
{
    th_outbox_close(&files->outbox);
    DIR *folder = opendir(files->folder);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[PATH_MAX + 300];
        snprintf(path, sizeof(path), "%s/%s", files->folder, entry->d_name);
        unlink(path);
    }
    if (folder)
        closedir(folder);
    rmdir(files->folder);
}

enum th_status put_report(struct th_outbox *outbox, uint8_t tag, const char *form,
                          const char *period, uint32_t revision, const char *body)
{
    struct th_error error = {0};
    struct th_outbox_report report = {
        .form = form,
        .period = period,
        .revision = revision,
        .file = "file.csv",
        .created_us = 1700000000000000 + tag,
        .body = th_slice_of(body),
    };
    memset(report.id, tag, sizeof(report.id));
    th_sha256(body, strlen(body), report.digest);
    th_sha256(body, strlen(body), report.content);
    return th_outbox_add(outbox, &report, &error);
}

static bool keep(void *context, const struct th_outbox_report *report)
{
    struct known_report *known = context;
    known->found = true;
    known->state = report->state;
    known->epoch = report->epoch;
    known->sequence = report->sequence;
    known->answered_us = report->answered_us;
    snprintf(known->problems, sizeof(known->problems), "%s", report->problems);
    return false;
}

struct known_report report_of(struct th_outbox *outbox, uint8_t tag)
{
    struct th_error error = {0};
    struct known_report known = {0};
    uint8_t id[16];
    memset(id, tag, sizeof(id));
    must(th_outbox_find(outbox, id, keep, &known, &error) == TH_OK, error.message);
    return known;
}

enum th_report_state state_of(struct th_outbox *outbox, uint8_t tag)
{
    struct known_report known = report_of(outbox, tag);
    must(known.found, "the report that the test speaks of");
    return known.state;
}

/* ---- the transport ---- */

static enum th_status open_link(void *context, const struct th_endpoint *endpoint,
                                struct th_error *error)
{
    struct world *world = context;
    if (world->refuse_open)
        return th_error_set(error, TH_USAGE, "the endpoint is malformed");
    world->opened++;
    world->endpoint = (size_t)(endpoint->address[strlen(endpoint->address) - 1] - '0');
    return TH_OK;
}

static void close_link(void *context)
{
    struct world *world = context;
    world->closed++;
}

static enum th_status send_link(void *context, struct th_slice bytes)
{
    struct world *world = context;
    if (world->send_status != TH_OK)
        return world->send_status;
    must(world->sent_count < SENT_MAX, "fewer messages than the office sent");
    struct office_message *message = &world->sent[world->sent_count++];
    th_buffer_add(&message->bytes, bytes.bytes, bytes.size);
    message->endpoint = world->endpoint;
    return TH_OK;
}

/* ---- the world ---- */

void world_make(struct world *world, uint32_t window, uint32_t batch_reports)
{
    struct th_error error = {0};
    uint8_t seed[TH_SECRET_SEED_BYTES];
    memset(world, 0, sizeof(*world));
    memset(seed, 7, sizeof(seed));
    th_log_set_level(TH_LOG_ERROR);
    must(th_ledger_init(&error) == TH_OK, error.message);
    office_files_make(&world->files);
    world->arena = th_arena_create(0);
    world->epoch = 1;
    world->now_ms = 1000000;
    th_receipt_key_from_seed(&world->key, seed);

    struct th_bundle *bundle = &world->bundle;
    snprintf(bundle->province, sizeof(bundle->province), "%s", PROVINCE);
    snprintf(bundle->name, sizeof(bundle->name), "%s", DISTRICT);
    snprintf(bundle->role, sizeof(bundle->role), "district");
    snprintf(bundle->submit[0].address, sizeof(bundle->submit[0].address), "tcp://one:7400");
    snprintf(bundle->submit[1].address, sizeof(bundle->submit[1].address), "tcp://two:7401");
    bundle->submit_count = 2;
    memcpy(bundle->receipt_keys[0], world->key.public_key, TH_PUBLIC_KEY_BYTES);
    bundle->receipt_key_count = 1;

    struct th_delivery_settings settings = {
        .bundle = bundle,
        .language = "en",
        .window = window,
        .batch_reports = batch_reports,
        .answer_timeout_ms = 5000,
        .backoff_base_ms = 100,
        .backoff_cap_ms = 100, /* so that a wait is exactly that long */
    };
    struct th_transport transport = {world, open_link, close_link, send_link};
    world->delivery = th_delivery_create(&settings, world->files.outbox, &transport);
}

void world_end(struct world *world)
{
    th_delivery_destroy(&world->delivery);
    for (size_t i = 0; i < world->sent_count; i++)
        th_buffer_free(&world->sent[i].bytes);
    th_arena_destroy(&world->arena);
    office_files_remove(&world->files);
}

void world_pass(struct world *world, int64_t ms)
{
    int64_t end = world->now_ms + ms;
    for (;;) {
        int64_t wait = th_delivery_tick(world->delivery, world->now_ms);
        if (wait < 0 || world->now_ms + wait >= end)
            break;
        /* 0: it has just become due; look again a moment later. */
        world->now_ms += wait > 0 ? wait : 1;
    }
    world->now_ms = end;
    (void)th_delivery_tick(world->delivery, end);
}

const Tonghop__V1__ClientMessage *world_next(struct world *world)
{
    if (world->read_count == world->sent_count)
        return NULL;
    struct office_message *message = &world->sent[world->read_count++];
    const Tonghop__V1__ClientMessage *decoded =
        th_client_message_decode(th_buffer_slice(&message->bytes), world->arena);
    must(decoded != NULL, "a message of the office that decodes");
    return decoded;
}

const Tonghop__V1__Submit *world_submit(struct world *world, const char *row, size_t count)
{
    const Tonghop__V1__ClientMessage *message = world_next(world);
    bool fine = message && message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT &&
                message->submit->n_report == count;
    if (!fine)
        fprintf(stderr, "\n    case '%s': a Submit of %zu reports was to come\n", row, count);
    CU_ASSERT_TRUE(fine);
    return fine ? message->submit : NULL;
}

void world_say(struct world *world, Tonghop__V1__ServerMessage *message)
{
    struct th_buffer bytes = {0};
    th_server_message_encode(message, &bytes);
    th_delivery_receive(world->delivery, th_buffer_slice(&bytes), world->now_ms);
    th_buffer_free(&bytes);
}

Tonghop__V1__Welcome *world_welcome(struct world *world)
{
    Tonghop__V1__Welcome *welcome = th_arena_alloc(world->arena, sizeof(*welcome));
    tonghop__v1__welcome__init(welcome);
    welcome->protocol_version = 1;
    welcome->province = th_bytes(TH_SLICE(PROVINCE));
    welcome->district = th_bytes(TH_SLICE(DISTRICT));
    welcome->role = th_bytes(TH_SLICE("district"));
    welcome->epoch = world->epoch;
    if (world->chain_count > 0) {
        struct chain_entry *last = &world->chain[world->chain_count - 1];
        welcome->sequence = last->sequence;
        welcome->hash = th_bytes_of(last->hash, sizeof(last->hash));
    }
    welcome->server_time_us = th_clock_now_us();
    welcome->window = 8;
    welcome->max_report_bytes = TH_REPORT_BYTES_MAX;
    welcome->max_batch_bytes = 1024 * 1024;
    welcome->max_batch_reports = 256;
    return welcome;
}

void world_say_welcome(struct world *world, Tonghop__V1__Welcome *welcome)
{
    Tonghop__V1__ServerMessage message;
    tonghop__v1__server_message__init(&message);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME;
    message.welcome = welcome;
    world_say(world, &message);
}

void world_greet(struct world *world)
{
    world_pass(world, 0);
    const Tonghop__V1__ClientMessage *message = world_next(world);
    must(message && message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO, "a Hello");
    world_say_welcome(world, world_welcome(world));
}

/* ---- the chain ---- */

struct chain_entry *world_accept(struct world *world, const uint8_t id[16], const char *body,
                                 const char *period, uint32_t revision)
{
    must(world->chain_count < CHAIN_MAX, "a shorter chain");
    struct chain_entry *before = world->chain_count ? &world->chain[world->chain_count - 1] : NULL;
    struct chain_entry *entry = &world->chain[world->chain_count++];
    memset(entry, 0, sizeof(*entry));
    entry->epoch = world->epoch;
    entry->sequence = before ? before->sequence + 1 : 1;
    entry->revision = revision;
    entry->accepted_at_us =
        1710000000000000 + (int64_t)world->chain_count * 1000 + world->clock_step_us;
    memcpy(entry->id, id, sizeof(entry->id));
    th_sha256(body, strlen(body), entry->digest);
    snprintf(entry->form, sizeof(entry->form), "%s", FORM);
    snprintf(entry->period, sizeof(entry->period), "%s", period);
    if (before)
        memcpy(entry->previous, before->hash, sizeof(entry->previous));

    struct th_entry hashed = {
        .epoch = entry->epoch,
        .district = DISTRICT,
        .sequence = entry->sequence,
        .form = entry->form,
        .period = entry->period,
        .revision = revision,
        .accepted_at_us = entry->accepted_at_us,
    };
    memcpy(hashed.report_id, id, sizeof(hashed.report_id));
    memcpy(hashed.digest, entry->digest, sizeof(hashed.digest));
    th_entry_hash(&hashed, entry->previous, entry->hash);
    return entry;
}

Tonghop__V1__ReceiptRun *world_run(struct world *world, size_t first, size_t count)
{
    Tonghop__V1__ReceiptRun *run = th_arena_alloc(world->arena, sizeof(*run));
    tonghop__v1__receipt_run__init(run);
    must(count > 0 && first + count <= world->chain_count, "a run within the chain");
    const struct chain_entry *last = &world->chain[first + count - 1];
    run->epoch = last->epoch;
    run->previous_hash = th_bytes_of(world->chain[first].previous, TH_HASH_BYTES);
    run->entry = th_arena_alloc(world->arena, count * sizeof(*run->entry));
    for (size_t i = 0; i < count; i++) {
        struct chain_entry *source = &world->chain[first + i];
        Tonghop__V1__Entry *entry = th_arena_alloc(world->arena, sizeof(*entry));
        tonghop__v1__entry__init(entry);
        entry->sequence = source->sequence;
        entry->report_id = th_bytes_of(source->id, sizeof(source->id));
        entry->form = th_bytes(th_slice_of(source->form));
        entry->period = th_bytes(th_slice_of(source->period));
        entry->revision = source->revision;
        entry->digest = th_bytes_of(source->digest, sizeof(source->digest));
        entry->accepted_at_us = source->accepted_at_us;
        run->entry[run->n_entry++] = entry;
    }
    uint8_t *signature = th_arena_alloc(world->arena, TH_SIGNATURE_BYTES);
    th_receipt_sign(&world->key, PROVINCE, run->epoch, DISTRICT, last->sequence, last->hash,
                    signature);
    run->key_id = th_bytes_of(world->key.id, TH_KEY_ID_BYTES);
    run->signature = th_bytes_of(signature, TH_SIGNATURE_BYTES);
    return run;
}

Tonghop__V1__Receipts *world_receipts(struct world *world, uint64_t batch_id)
{
    Tonghop__V1__Receipts *receipts = th_arena_alloc(world->arena, sizeof(*receipts));
    tonghop__v1__receipts__init(receipts);
    receipts->batch_id = batch_id;
    receipts->run = th_arena_alloc(world->arena, 16 * sizeof(*receipts->run));
    receipts->rejection = th_arena_alloc(world->arena, 16 * sizeof(*receipts->rejection));
    return receipts;
}

void world_add_run(struct world *world, Tonghop__V1__Receipts *receipts,
                   Tonghop__V1__ReceiptRun *run)
{
    (void)world;
    must(receipts->n_run < 16, "fewer runs");
    receipts->run[receipts->n_run++] = run;
}

Tonghop__V1__Rejection *world_rejection(struct world *world, uint8_t tag, const char *body,
                                        const char *code)
{
    Tonghop__V1__Rejection *rejection = th_arena_alloc(world->arena, sizeof(*rejection));
    tonghop__v1__rejection__init(rejection);
    uint8_t *id = th_arena_alloc(world->arena, 16);
    uint8_t *digest = th_arena_alloc(world->arena, TH_HASH_BYTES);
    uint8_t *signature = th_arena_alloc(world->arena, TH_SIGNATURE_BYTES);
    Tonghop__V1__Problem *problem = th_arena_alloc(world->arena, sizeof(*problem));
    memset(id, tag, 16);
    th_sha256(body, strlen(body), digest);
    th_rejection_sign(&world->key, PROVINCE, DISTRICT, id, digest, th_slice_of(code), signature);
    tonghop__v1__problem__init(problem);
    problem->code = th_bytes(th_slice_of(code));
    problem->severity = TONGHOP__V1__SEVERITY__SEVERITY_ERROR;
    problem->message = th_bytes(TH_SLICE("what is wrong"));
    rejection->report_id = th_bytes_of(id, 16);
    rejection->digest = th_bytes_of(digest, TH_HASH_BYTES);
    rejection->problem = th_arena_alloc(world->arena, sizeof(*rejection->problem));
    rejection->problem[0] = problem;
    rejection->n_problem = 1;
    rejection->rejected_at_us = 1710000000000000;
    rejection->key_id = th_bytes_of(world->key.id, TH_KEY_ID_BYTES);
    rejection->signature = th_bytes_of(signature, TH_SIGNATURE_BYTES);
    return rejection;
}

void world_add_rejection(struct world *world, Tonghop__V1__Receipts *receipts,
                         Tonghop__V1__Rejection *rejection)
{
    (void)world;
    must(receipts->n_rejection < 16, "fewer rejections");
    receipts->rejection[receipts->n_rejection++] = rejection;
}

void world_say_receipts(struct world *world, Tonghop__V1__Receipts *receipts)
{
    Tonghop__V1__ServerMessage message;
    tonghop__v1__server_message__init(&message);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS;
    message.receipts = receipts;
    world_say(world, &message);
}

void world_say_entries(struct world *world, const Tonghop__V1__EntriesRequest *request)
{
    Tonghop__V1__Entries entries;
    tonghop__v1__entries__init(&entries);
    entries.request_id = request->request_id;
    size_t first = 0, count = 0;
    for (size_t i = 0; i < world->chain_count; i++) {
        const struct chain_entry *entry = &world->chain[i];
        if (entry->epoch != request->epoch || entry->sequence <= request->after_sequence)
            continue;
        first = count == 0 ? i : first;
        count++;
    }
    if (count > 0)
        entries.run = world_run(world, first, count);
    Tonghop__V1__ServerMessage message;
    tonghop__v1__server_message__init(&message);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_ENTRIES;
    message.entries = &entries;
    world_say(world, &message);
}

/* ---- reports of world_queue ---- */

void id_of(uint8_t tag, uint8_t id[16])
{
    memset(id, tag, 16);
}

void world_queue(struct world *world, size_t count)
{
    for (size_t i = 1; i <= count; i++) {
        char body[16], period[16];
        snprintf(body, sizeof(body), "body %zu", i);
        snprintf(period, sizeof(period), "2024-%02zu", i);
        CU_ASSERT_EQUAL(put_report(world->files.outbox, (uint8_t)i, FORM, period, 1, body), TH_OK);
    }
}

void world_accept_queued(struct world *world, uint8_t tag)
{
    uint8_t id[16];
    char body[16], period[16];
    id_of(tag, id);
    snprintf(body, sizeof(body), "body %d", tag);
    snprintf(period, sizeof(period), "2024-%02d", tag);
    world_accept(world, id, body, period, 1);
}

bool is_hello(const Tonghop__V1__ClientMessage *message)
{
    return message && message->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO;
}
