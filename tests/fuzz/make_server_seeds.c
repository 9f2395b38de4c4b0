#include <string.h>

#include "tests/fuzz/make_seeds.h"
#include "tests/fuzz/seed_province.h"

enum { ENTRIES = 3 };

/* A signed run, whose parts a seed may spoil before it is written. */
struct run {
    uint8_t ids[ENTRIES][16], digests[ENTRIES][32], previous[32], key_id[8], signature[64];
    Tonghop__V1__Entry entries[ENTRIES], *listed[ENTRIES];
    Tonghop__V1__ReceiptRun message;
};

static void make_run(struct run *run)
{
    struct th_receipt_key key = seed_key();
    uint8_t hash[TH_HASH_BYTES] = {0};
    memset(run, 0, sizeof(*run));
    for (size_t i = 0; i < ENTRIES; i++) {
        struct th_entry entry = {.epoch = 1,
                                 .district = SEED_DISTRICT,
                                 .sequence = i + 1,
                                 .form = "joint-agency",
                                 .period = "2024-03",
                                 .revision = (uint32_t)i + 1,
                                 .accepted_at_us = 1712300000000000 + (int64_t)i};
        Tonghop__V1__Entry *wire = &run->entries[i];
        memset(run->ids[i], (int)(0x10 + i), 16);
        memset(run->digests[i], (int)(0x20 + i), 32);
        memcpy(entry.report_id, run->ids[i], 16);
        memcpy(entry.digest, run->digests[i], 32);
        th_entry_hash(&entry, hash, hash);
        tonghop__v1__entry__init(wire);
        wire->sequence = entry.sequence;
        wire->report_id = th_bytes_of(run->ids[i], 16);
        wire->form = th_bytes(th_slice_of(entry.form));
        wire->period = th_bytes(th_slice_of(entry.period));
        wire->revision = entry.revision;
        wire->digest = th_bytes_of(run->digests[i], 32);
        wire->accepted_at_us = entry.accepted_at_us;
        run->listed[i] = wire;
    }
    th_receipt_sign(&key, SEED_PROVINCE, 1, SEED_DISTRICT, ENTRIES, hash, run->signature);
    memcpy(run->key_id, key.id, sizeof(key.id));
    tonghop__v1__receipt_run__init(&run->message);
    run->message.epoch = 1;
    run->message.previous_hash = th_bytes_of(run->previous, 32);
    run->message.entry = run->listed;
    run->message.n_entry = ENTRIES;
    run->message.key_id = th_bytes_of(run->key_id, 8);
    run->message.signature = th_bytes_of(run->signature, 64);
}

static void write_run(const char *folder, const char *name, struct run *run)
{
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    Tonghop__V1__Receipts receipts = TONGHOP__V1__RECEIPTS__INIT;
    Tonghop__V1__ReceiptRun *runs[] = {&run->message};
    receipts.batch_id = 1;
    receipts.run = runs;
    receipts.n_run = 1;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS;
    message.receipts = &receipts;
    seed_server(folder, name, &message);
}

static void run_seeds(const char *folder)
{
    struct run run;
    make_run(&run);
    write_run(folder, "receipts-that-verify", &run);
    run.signature[0] ^= 1;
    write_run(folder, "receipts-forged-signature", &run);
    make_run(&run);
    run.entries[1].sequence = 5;
    write_run(folder, "receipts-gap-in-sequence", &run);
    run.entries[1].sequence = 0;
    run.entries[0].sequence = UINT64_MAX;
    write_run(folder, "receipts-sequence-wraps-to-0", &run);
    make_run(&run);
    run.entries[2].report_id.len = 15;
    write_run(folder, "receipts-report-id-of-15-bytes", &run);
    make_run(&run);
    run.entries[0].form =
        th_bytes(TH_SLICE("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"));
    write_run(folder, "receipts-form-of-65-bytes", &run);
    run.entries[0].form = th_bytes(TH_SLICE("joint-agency\0"));
    write_run(folder, "receipts-form-with-nul-behind", &run);
    make_run(&run);
    run.message.n_entry = 0;
    write_run(folder, "receipts-run-without-entries", &run);
    make_run(&run);
    run.message.previous_hash.len = 0;
    write_run(folder, "receipts-without-previous-hash", &run);
    make_run(&run);
    run.message.key_id.len = 3;
    write_run(folder, "receipts-key-id-of-3-bytes", &run);
}

void make_prior_seeds(const char *folder)
{
    struct run run;
    Tonghop__V1__ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    Tonghop__V1__Submit submit = TONGHOP__V1__SUBMIT__INIT;
    Tonghop__V1__ReceiptRun *runs[] = {&run.message, &run.message};
    ProtobufCBinaryData report = th_bytes(TH_SLICE("\x0a\x10"
                                                   "0123456789abcdef"));
    make_run(&run);
    submit.batch_id = 1;
    submit.report = &report;
    submit.n_report = 1;
    submit.prior = runs;
    submit.n_prior = 1;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_SUBMIT;
    message.submit = &submit;
    seed_client(folder, "submit-with-a-receipt-from-before", &message);
    submit.n_prior = 2;
    seed_client(folder, "submit-with-more-receipts-than-reports", &message);
    submit.n_prior = 1;
    run.signature[63] ^= 1;
    seed_client(folder, "submit-with-a-forged-receipt-from-before", &message);
}

static void entries_seeds(const char *folder)
{
    struct run run;
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    Tonghop__V1__Entries entries = TONGHOP__V1__ENTRIES__INIT;
    make_run(&run);
    entries.request_id = 4;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_ENTRIES;
    message.entries = &entries;
    seed_server(folder, "entries-without-run", &message);
    entries.run = &run.message;
    seed_server(folder, "entries-that-verify", &message);
}

static void rejection_seeds(const char *folder)
{
    static const char codes[] = "criterion.unknown,value.out_of_range";
    struct th_receipt_key key = seed_key();
    uint8_t id[16] = {1}, digest[32] = {2}, signature[64];
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    Tonghop__V1__Receipts receipts = TONGHOP__V1__RECEIPTS__INIT;
    Tonghop__V1__Rejection rejection = TONGHOP__V1__REJECTION__INIT, *listed[] = {&rejection};
    Tonghop__V1__Problem problems[2] = {TONGHOP__V1__PROBLEM__INIT, TONGHOP__V1__PROBLEM__INIT};
    Tonghop__V1__Problem *all[] = {&problems[0], &problems[1]};
    th_rejection_sign(&key, SEED_PROVINCE, SEED_DISTRICT, id, digest, th_slice_of(codes),
                      signature);
    problems[0].code = th_bytes(TH_SLICE("value.out_of_range"));
    problems[1].code = th_bytes(TH_SLICE("criterion.unknown"));
    problems[0].severity = problems[1].severity = TONGHOP__V1__SEVERITY__SEVERITY_ERROR;
    rejection.report_id = th_bytes_of(id, sizeof(id));
    rejection.digest = th_bytes_of(digest, sizeof(digest));
    rejection.problem = all;
    rejection.n_problem = 2;
    rejection.key_id = th_bytes_of(key.id, sizeof(key.id));
    rejection.signature = th_bytes_of(signature, sizeof(signature));
    receipts.rejection = listed;
    receipts.n_rejection = 1;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_RECEIPTS;
    message.receipts = &receipts;
    seed_server(folder, "rejection-that-verifies", &message);
    problems[1].severity = (Tonghop__V1__Severity)77;
    seed_server(folder, "rejection-severity-of-a-later-version", &message);
    problems[1].severity = TONGHOP__V1__SEVERITY__SEVERITY_ERROR;
    problems[1].code = th_bytes(TH_SLICE(""));
    seed_server(folder, "rejection-problem-without-code", &message);
    rejection.n_problem = 0;
    seed_server(folder, "rejection-without-problems", &message);
}

/* The smallest folder that is a catalogue. */
static void catalogue_bundle(struct th_buffer *out)
{
    static const struct {
        const char *name, *content;
    } rows[] = {
        {"districts.csv", "code,name_vi,name_en,kind,communes,opened,closed,successor\n"
                          "193,Hạ Long,Ha Long,city,33,2020-01-01,,\n"},
        {"forms.csv", "code,name_vi,name_en,filled_by,frequency,due_days,lock_days,opened,closed\n"
                      "joint-agency,Khối,Agency,district,month,10,40,2020-01-01,\n"},
        {"groups.csv", "form,group,name_vi,name_en\njoint-agency,staff,Cán bộ,Staff\n"},
        {"criteria.csv", "form,code,group,name_vi,name_en,kind,decimals,time_agg,district_agg,"
                         "opened\njoint-agency,meetings,staff,Họp,Meetings,count,0,sum,sum,"
                         "2020-01-01\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t name = strlen(rows[i].name), content = strlen(rows[i].content);
        size_t size = 2 + name + 3 + content;
        th_buffer_add_char(out, 0x0a);
        th_buffer_add_char(out, (char)(0x80 | (size & 0x7F)));
        th_buffer_add_char(out, (char)(size >> 7));
        th_buffer_add_char(out, 0x0a);
        th_buffer_add_char(out, (char)name);
        th_buffer_add_text(out, rows[i].name);
        th_buffer_add_char(out, 0x12);
        th_buffer_add_char(out, (char)(0x80 | (content & 0x7F)));
        th_buffer_add_char(out, (char)(content >> 7));
        th_buffer_add_text(out, rows[i].content);
    }
}

static void catalogue_seeds(const char *folder)
{
    TH_CLEANUP_BUFFER struct th_buffer bundle = {0};
    uint8_t digest[TH_HASH_BYTES];
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    Tonghop__V1__CataloguePart part = TONGHOP__V1__CATALOGUE_PART__INIT;
    catalogue_bundle(&bundle);
    th_sha256(bundle.bytes, bundle.size, digest);
    part.version = 1;
    part.total_bytes = bundle.size;
    part.content = th_bytes(th_buffer_slice(&bundle));
    part.digest = th_bytes_of(digest, sizeof(digest));
    part.last = true;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_CATALOGUE_PART;
    message.catalogue_part = &part;
    seed_server(folder, "catalogue-in-one-part", &message);
    digest[0] ^= 1;
    seed_server(folder, "catalogue-with-another-digest", &message);
    part.last = false;
    part.total_bytes = UINT64_MAX;
    seed_server(folder, "catalogue-of-2-to-the-64-bytes", &message);
    part.offset = UINT64_MAX - 3;
    seed_server(folder, "catalogue-part-whose-end-wraps", &message);
    part.offset = 0;
    part.total_bytes = 1;
    seed_server(folder, "catalogue-part-longer-than-the-total", &message);
}

static void other_seeds(const char *folder)
{
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    Tonghop__V1__Welcome welcome = TONGHOP__V1__WELCOME__INIT;
    Tonghop__V1__Notice notice = TONGHOP__V1__NOTICE__INIT;
    Tonghop__V1__CriterionComment comment = TONGHOP__V1__CRITERION_COMMENT__INIT;
    Tonghop__V1__CriterionComment *comments[] = {&comment};
    welcome.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    welcome.province = th_bytes(TH_SLICE(SEED_PROVINCE));
    welcome.district = th_bytes(TH_SLICE(SEED_DISTRICT));
    welcome.window = 8;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME;
    message.welcome = &welcome;
    seed_server(folder, "welcome", &message);
    notice.notice_id = 3;
    notice.kind = th_bytes(TH_SLICE("report.returned"));
    comment.criterion = th_bytes(TH_SLICE("staff-filled"));
    comment.text = th_bytes(TH_SLICE("kiểm tra lại"));
    notice.comment = comments;
    notice.n_comment = 1;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_NOTICE;
    message.notice = &notice;
    seed_server(folder, "notice-with-comment", &message);
    seed_bytes(folder, "no-bytes", (struct th_slice){"", 0});
    seed_bytes(folder, "busy", TH_SLICE("\x22\x04\x08\x01\x10\x0a"));
    seed_bytes(folder, "unknown-body-of-a-later-version", TH_SLICE("\xa2\x06\x00"));
    seed_bytes(folder, "receipts-cut-off", TH_SLICE("\x1a\x40\x12\x30\x08\x01"));
}

void make_server_seeds(const char *folder)
{
    run_seeds(folder);
    entries_seeds(folder);
    rejection_seeds(folder);
    catalogue_seeds(folder);
    other_seeds(folder);
    make_epoch_seeds(folder);
    make_welcome_seeds(folder);
}
