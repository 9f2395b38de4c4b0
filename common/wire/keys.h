/* CURVE key pairs and their files. People see keys as 64 hexadecimal digits;
 * ZeroMQ's own Z85 form stays inside common/wire. */
#ifndef TONGHOP_WIRE_KEYS_H
#define TONGHOP_WIRE_KEYS_H

#include <stdint.h>

#include "common/base/status.h"

struct th_curve_pair {
    uint8_t public_key[32];
    uint8_t secret_key[32];
};

enum th_status th_curve_generate(struct th_curve_pair *pair, struct th_error *error) TH_MUST_USE;

/* Writes `path` (secret, mode 0600) and `path`.pub (public, 0644); refuses to
 * overwrite either. */
enum th_status th_curve_save(const char *path, const struct th_curve_pair *pair,
                             struct th_error *error) TH_MUST_USE;
/* Reads the secret (0600 required) and derives the public key. */
enum th_status th_curve_load(const char *path, struct th_curve_pair *pair,
                             struct th_error *error) TH_MUST_USE;

/* A public key given on a command line: 64 hexadecimal digits, or the path of a
 * .pub file. */
enum th_status th_curve_parse_public(const char *text, uint8_t public_key[32],
                                     struct th_error *error) TH_MUST_USE;

#endif
