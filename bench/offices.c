#include "bench/offices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/base/text.h"
#include "common/domain/report.h"
#include "common/wire/message.h"
#include "common/wire/receipt.h"
#include "common/wire/socket.h"

#define GREETINGS_AT_ONCE 256 /* handshakes under way: a storm is the collector's to bear */

/* ------------------------------------------------------------------- making */

void offices_open(struct offices *offices, const char *bundle, const char *keys, size_t limit)
{
    struct th_error error = {0};
    char district[33], public_key[65], secret_key[65];
    *offices = (struct offices){
        .context = zmq_ctx_new(), .window = 4, .batch = 64, .arena = th_arena_create(0)};
    zmq_ctx_set(offices->context, ZMQ_MAX_SOCKETS, 65000);
    if (th_ledger_init(&error) != TH_OK ||
        th_bundle_read(bundle, &offices->bundle, &error) != TH_OK)
        bench_die("%s", error.message);
    FILE *file = fopen(keys, "r");
    if (!file)
        bench_die("cannot read %s", keys);
    offices->office = calloc(limit + 1, sizeof(*offices->office));
    while (offices->count < limit &&
           fscanf(file, "%32s %64s %64s", district, public_key, secret_key) == 3) {
        struct office *office = &offices->office[offices->count++];
        memcpy(office->district, district, sizeof(office->district));
        if (!th_text_from_hex(th_slice_of(public_key), office->pair.public_key, 32) ||
            !th_text_from_hex(th_slice_of(secret_key), office->pair.secret_key, 32))
            bench_die("%s holds no keys", keys);
    }
    fclose(file);
    if (offices->count < limit)
        bench_die("%s has keys for %zu offices, not %zu", keys, offices->count, limit);
}

void offices_disconnect(struct offices *offices)
{
    for (size_t i = 0; i < offices->count; i++) {
        th_socket_close(&offices->office[i].dealer);
        offices->office[i].greeted = false;
        offices->office[i].in_flight = 0;
    }
}

void offices_close(struct offices *offices)
{
    offices_disconnect(offices);
    zmq_ctx_term(offices->context);
    th_arena_destroy(&offices->arena);
    free(offices->office);
}

/* ------------------------------------------------------------------ sending */

static void send_message(struct office *office, const Tonghop__V1__ClientMessage *message)
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_client_message_encode(message, &bytes);
    if (th_dealer_send(office->dealer, bytes.bytes, bytes.size) != TH_OK)
        bench_die("cannot send for %s", office->district);
}

static void connect_office(struct offices *offices, struct office *office)
{
    struct th_error error = {0};
    const struct th_endpoint *endpoint = &offices->bundle.submit[0];
    size_t number = (size_t)(office - offices->office);
    if (offices->bundle.submit_count > 1)
        endpoint = &offices->bundle.submit[number % offices->bundle.submit_count];
    struct th_dealer_options options = {.endpoint = endpoint->address,
                                        .pair = &office->pair,
                                        .send_high_water = 64,
                                        .receive_high_water = 64};
    memcpy(options.server_key, endpoint->server_key, sizeof(options.server_key));
    office->dealer = th_dealer_connect(offices->context, &options, &error);
    if (!office->dealer)
        bench_die("%s", error.message);
    Tonghop__V1__Hello hello = TONGHOP__V1__HELLO__INIT;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    hello.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    hello.software = th_bytes(TH_SLICE("bench"));
    hello.language = th_bytes(TH_SLICE("en"));
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_HELLO;
    message.hello = &hello;
    send_message(office, &message);
}

/* Report number n of an office: the next month, and a revision more after the last one.
 * 24 observations: 12 counts, 6 amounts, 6 ratios; some 600 bytes with the note. */
static void make_report(const struct offices *offices, const struct office *office, long number,
                        struct th_buffer *out)
{
    static const char note[] = "From the district's own books; checked against those of the "
                               "month before, no differences were found that need a remark.";
    struct th_observation observations[BENCH_CRITERIA] = {0};
    char codes[BENCH_CRITERIA][16], period[16];
    long month = number % BENCH_MONTHS;
    snprintf(period, sizeof(period), "%04ld-%02ld", 2015 + month / 12, month % 12 + 1);
    for (int i = 0; i < BENCH_CRITERIA; i++) {
        snprintf(codes[i], sizeof(codes[i]), "c%02d", i + 1);
        int64_t value = (number * 31 + i * 7) % 97 + 1;
        observations[i] = (struct th_observation){.criterion_code = th_slice_of(codes[i]),
                                                  .answer = TH_ANSWER_NUMBER,
                                                  .number = {value, 0},
                                                  .has_num = true};
        if (i >= 12)
            observations[i].number = (struct th_decimal){value * 100 + i, 2};
        if (i >= 18) {
            observations[i].answer = TH_ANSWER_RATIO;
            observations[i].number = (struct th_decimal){value, 0};
            observations[i].den = (struct th_decimal){value + 20, 0};
            observations[i].has_den = true;
        }
    }
    observations[0].note = TH_SLICE(note);
    struct th_report report = {.province = th_slice_of(offices->bundle.province),
                               .district_code = th_slice_of(office->district),
                               .form_code = TH_SLICE("bench"),
                               .period_text = th_slice_of(period),
                               .revision = (uint32_t)(number / BENCH_MONTHS + 1),
                               .catalogue_version = office->catalogue_version,
                               .prepared_at_us = INT64_C(1735689600000000),
                               .observations = observations,
                               .observation_count = BENCH_CRITERIA};
    th_report_new_id(report.id);
    th_report_pack(&report, out);
}

/* The next batch: one that has to be sent again, else new reports. */
static uint32_t choose_batch(const struct offices *offices, struct office *office, long *first)
{
    uint32_t count = offices->batch;
    if (office->again_count > 0) {
        *first = office->again[0].first;
        count = office->again[0].count;
        memmove(office->again, office->again + 1, --office->again_count * sizeof(office->again[0]));
    } else {
        *first = office->next_report;
        if (count > office->to_send)
            count = (uint32_t)office->to_send;
        office->next_report += count;
    }
    office->to_send -= count;
    return count;
}

static void send_batch(struct offices *offices, struct office *office)
{
    struct th_buffer bodies[256] = {0};
    ProtobufCBinaryData reports[256];
    long first;
    uint32_t count = choose_batch(offices, office, &first);
    for (uint32_t i = 0; i < count; i++) {
        make_report(offices, office, first + i, &bodies[i]);
        reports[i] = th_bytes(th_buffer_slice(&bodies[i]));
    }
    Tonghop__V1__Submit submit = TONGHOP__V1__SUBMIT__INIT;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    submit.batch_id = ++office->batch_id;
    submit.n_report = count;
    submit.report = reports;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT;
    message.submit = &submit;
    office->sent_us[office->batch_id % 64] = bench_now_us();
    office->sizes[office->batch_id % 64] = count;
    office->firsts[office->batch_id % 64] = first;
    send_message(office, &message);
    office->in_flight++;
    for (uint32_t i = 0; i < count; i++)
        th_buffer_free(&bodies[i]);
}

/* ------------------------------------------------------------------- taking */

static void take_receipts(struct offices *offices, struct office *office,
                          const Tonghop__V1__Receipts *receipts)
{
    struct th_error error = {0};
    uint32_t entries = 0;
    if (receipts->n_rejection > 0)
        bench_die("a report of %s was rejected: %.*s", office->district,
                  (int)receipts->rejection[0]->problem[0]->code.len,
                  (const char *)receipts->rejection[0]->problem[0]->code.data);
    for (size_t i = 0; i < receipts->n_run; i++) {
        const Tonghop__V1__ReceiptRun *run = receipts->run[i];
        uint8_t(*hashes)[TH_HASH_BYTES] =
            th_arena_alloc(offices->arena, (run->n_entry + 1) * sizeof(*hashes));
        if (th_receipt_run_verify(run, &offices->bundle, office->district, hashes, &error) != TH_OK)
            bench_die("a receipt of %s does not hold: %s", office->district, error.message);
        entries += (uint32_t)run->n_entry;
    }
    if (entries != office->sizes[receipts->batch_id % 64])
        bench_die("%u receipts for %u reports of %s", entries,
                  office->sizes[receipts->batch_id % 64], office->district);
    if (offices->latencies)
        samples_add(offices->latencies, bench_now_us() - office->sent_us[receipts->batch_id % 64]);
    office->in_flight--;
    offices->acknowledged += entries;
}

/* Sent again later, and before anything new: a later revision of a month must not come first. */
static void take_busy(struct offices *offices, struct office *office, const Tonghop__V1__Busy *busy)
{
    uint32_t count = office->sizes[busy->batch_id % 64];
    office->again[office->again_count].first = office->firsts[busy->batch_id % 64];
    office->again[office->again_count++].count = count;
    office->to_send += count;
    office->in_flight--;
    office->catching_up = true;
    office->hold_until_us = bench_now_us() + (int64_t)busy->retry_after_ms * 1000;
    offices->busy++;
}

static void take(struct offices *offices, struct office *office, struct th_message *received)
{
    while (th_dealer_receive(office->dealer, received) == TH_RECEIVE_MESSAGE) {
        th_arena_reset(offices->arena);
        const Tonghop__V1__ServerMessage *message =
            th_server_message_decode(th_buffer_slice(&received->bytes), offices->arena);
        if (!message)
            bench_die("an answer to %s cannot be read", office->district);
        switch (message->body_case) {
        case TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME:
            office->greeted = true;
            office->catalogue_version = message->welcome->catalogue_version;
            break;
        case TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS:
            take_receipts(offices, office, message->receipts);
            break;
        case TONGHOP__V1__SERVER_MESSAGE__BODY_BUSY:
            take_busy(offices, office, message->busy);
            break;
        case TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR:
            bench_die("%s was refused", office->district);
        default:
            break;
        }
    }
}

/* ------------------------------------------------------------------ driving */

static void fill_window(struct offices *offices, struct office *office)
{
    if (office->hold_until_us > 0 && bench_now_us() < office->hold_until_us)
        return;
    if (office->again_count == 0 && office->in_flight == 0)
        office->catching_up = false;
    while (office->greeted && office->to_send > 0 && office->in_flight < offices->window) {
        if (office->catching_up && office->again_count == 0)
            return;
        if (offices->may_send && !offices->may_send(offices->may_send_context))
            return;
        send_batch(offices, office);
    }
}

/* One look at every office; false when nothing is left to wait for. */
static bool step(struct offices *offices, zmq_pollitem_t *items, struct th_message *received,
                 bool (*is_done)(const struct office *office), size_t connect_at_once)
{
    size_t connecting = 0, open = 0, watched = 0;
    for (size_t i = 0; i < offices->count; i++) {
        struct office *office = &offices->office[i];
        if (office->dealer && !office->greeted)
            connecting++;
    }
    for (size_t i = 0; i < offices->count; i++) {
        struct office *office = &offices->office[i];
        if (is_done(office))
            continue;
        open++;
        if (!office->dealer) {
            if (connecting >= connect_at_once)
                continue;
            connect_office(offices, office);
            connecting++;
        }
        fill_window(offices, office);
        items[watched++] = (zmq_pollitem_t){office->dealer, 0, ZMQ_POLLIN, 0};
    }
    if (open == 0)
        return false;
    if (zmq_poll(items, (int)watched, offices->may_send ? 1 : 100) <= 0)
        return true;
    for (size_t i = 0, at = 0; i < offices->count && at < watched; i++)
        if (offices->office[i].dealer == items[at].socket && items[at++].revents)
            take(offices, &offices->office[i], received);
    return true;
}

static void drive(struct offices *offices, bool (*is_done)(const struct office *office),
                  size_t connect_at_once, int64_t deadline_us)
{
    zmq_pollitem_t *items = calloc(offices->count + 1, sizeof(*items));
    struct th_message received = {0};
    if (!items)
        abort();
    while (step(offices, items, &received, is_done, connect_at_once))
        if (bench_now_us() > deadline_us)
            bench_die("not within the time set: %llu reports were acknowledged",
                      (unsigned long long)offices->acknowledged);
    th_message_free(&received);
    free(items);
}

static bool is_greeted(const struct office *office)
{
    return office->greeted;
}

static bool has_delivered(const struct office *office)
{
    return office->to_send == 0 && office->in_flight == 0;
}

void offices_greet(struct offices *offices, int64_t deadline_us)
{
    drive(offices, is_greeted, GREETINGS_AT_ONCE, deadline_us);
}

void offices_deliver(struct offices *offices, int64_t deadline_us)
{
    drive(offices, has_delivered, offices->count, deadline_us);
}
