/* The enrolment bundle: the file by which an office or a commission client comes
 * to trust a province. Written by `tonghop-collector enrol`, pinned by `join`, renewed
 * by announcements (announcement.h). An INI text that people can read; no secret is in
 * it. */
#ifndef TONGHOP_WIRE_BUNDLE_H
#define TONGHOP_WIRE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buffer.h"
#include "common/base/status.h"

#define TH_BUNDLE_ENDPOINTS 8
#define TH_BUNDLE_KEYS      8

struct th_endpoint {
    char address[200];      /* "tcp://10.0.0.5:7401" */
    uint8_t server_key[32]; /* CURVE public key of the collector */
};

struct th_bundle {
    char province[33];
    char province_name[200];    /* Vietnamese, for headings; may be "" */
    char province_name_en[200]; /* English, for headings; "": the file has none */
    char time_zone[64];
    char role[16];          /* "district", "viewer", "approver", "admin" */
    char name[65];          /* district code, or the client's account name */
    uint8_t public_key[32]; /* the key that was enrolled: join checks that it is ours */
    struct th_endpoint submit[TH_BUNDLE_ENDPOINTS]; /* intake; of districts */
    size_t submit_count;
    struct th_endpoint query[TH_BUNDLE_ENDPOINTS]; /* of clients */
    size_t query_count;
    uint8_t receipt_keys[TH_BUNDLE_KEYS][32]; /* Ed25519 public keys, newest first */
    size_t receipt_key_count;
    int64_t announced_us; /* of the announcement that endpoints and keys are of; 0: of none */
};

void th_bundle_write(const struct th_bundle *bundle, struct th_buffer *out);
/* TH_USAGE naming what is wrong: an unknown key, a missing one, a bad value. */
enum th_status th_bundle_read(const char *path, struct th_bundle *bundle,
                              struct th_error *error) TH_MUST_USE;

/* Puts a bundle that announcements renewed into the place of the one kept at `path`, with
 * this mode. When that is of the same announcement or a later one, because somebody joined
 * again meanwhile, it stays and *renewed becomes it. TH_USAGE when it is for another key. */
enum th_status th_bundle_renew(const char *path, struct th_bundle *renewed, unsigned mode,
                               struct th_error *error) TH_MUST_USE;

/* What people compare by telephone: 8 groups of 4 hexadecimal digits over the
 * SHA-256 of the canonical text. `out` takes 40 bytes. */
void th_bundle_fingerprint(const struct th_bundle *bundle, char out[40]);

/* False, and nothing changed, when the address is not 'tcp://host:port' as a bundle can
 * hold it. */
bool th_endpoint_set(struct th_endpoint *endpoint, struct th_slice address,
                     const uint8_t server_key[32]) TH_MUST_USE;

/* Where `wanted` stands in a list, 0 when it does not: where to begin. */
size_t th_endpoint_find(const struct th_endpoint *endpoints, size_t count,
                        const struct th_endpoint *wanted);

/* The receipt key with this id, NULL: none. */
const uint8_t *th_bundle_receipt_key(const struct th_bundle *bundle, const uint8_t key_id[8]);

#endif
