#include <string.h>

#include "common/wire/announcement.h"
#include "tests/fuzz/make_seeds.h"
#include "tests/fuzz/seed_province.h"

static struct th_bundle announced(void)
{
    struct th_bundle bundle = seed_bundle();
    bundle.announced_us = 1712300000000002;
    bundle.submit_count = bundle.query_count = 1;
    strcpy(bundle.submit[0].address, "tcp://10.0.0.6:7401");
    strcpy(bundle.query[0].address, "tcp://[fd00::6]:7402");
    memset(bundle.submit[0].server_key, 0xbb, sizeof(bundle.submit[0].server_key));
    return bundle;
}

static void seed_content(const char *folder, const char *name, const struct th_bundle *bundle)
{
    TH_CLEANUP_BUFFER struct th_buffer content = {0};
    th_announcement_pack(bundle, &content);
    seed_bytes(folder, name, th_buffer_slice(&content));
}

void make_announcement_seeds(const char *folder)
{
    struct th_bundle bundle = announced(), spoilt = bundle;
    seed_content(folder, "an-endpoint-each", &bundle);
    spoilt.submit_count = 0;
    seed_content(folder, "no-endpoint-of-offices", &spoilt);
    spoilt = bundle;
    spoilt.announced_us = -1;
    seed_content(folder, "instant-before-1970", &spoilt);
    spoilt = bundle;
    spoilt.receipt_keys[0][0] ^= 1;
    seed_content(folder, "without-the-key-that-signed", &spoilt);
    spoilt = bundle;
    strcpy(spoilt.submit[0].address, "tcp://a b:1");
    seed_content(folder, "address-with-a-blank", &spoilt);
    spoilt = bundle;
    spoilt.submit_count = spoilt.query_count = TH_BUNDLE_ENDPOINTS;
    spoilt.receipt_key_count = TH_BUNDLE_KEYS;
    for (size_t i = 1; i < TH_BUNDLE_ENDPOINTS; i++) {
        spoilt.submit[i] = bundle.submit[0];
        spoilt.query[i] = bundle.query[0];
    }
    seed_content(folder, "all-that-a-bundle-holds", &spoilt);
    seed_bytes(folder, "empty", (struct th_slice){"", 0});
    seed_bytes(folder, "cut-within-the-province", TH_SLICE("\x0a\x0aquang"));
}

void make_welcome_seeds(const char *folder)
{
    TH_CLEANUP_BUFFER struct th_buffer content = {0};
    struct th_bundle bundle = announced();
    struct th_receipt_key key = seed_key();
    struct th_announcement list[2] = {{0}};
    th_announcement_pack(&bundle, &content);
    list[0].content = list[1].content = th_buffer_slice(&content);
    memcpy(list[0].key_id, key.id, sizeof(key.id));
    th_announcement_sign(&key, SEED_PROVINCE, list[0].content, list[0].signature);

    struct th_arena *arena = th_arena_create(0);
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    Tonghop__V1__Welcome welcome = TONGHOP__V1__WELCOME__INIT;
    welcome.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    welcome.province = th_bytes(TH_SLICE(SEED_PROVINCE));
    welcome.district = th_bytes(TH_SLICE(SEED_DISTRICT));
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME;
    message.welcome = &welcome;
    th_announcements_tell(list, 1, &welcome, arena);
    seed_server(folder, "welcome-with-an-announcement", &message);
    welcome.n_announcement = 0;
    th_announcements_tell(list, 2, &welcome, arena);
    seed_server(folder, "welcome-with-an-announcement-of-nobody-behind", &message);
    th_arena_destroy(&arena);
}
