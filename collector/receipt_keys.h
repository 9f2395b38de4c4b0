/* The receipt keys of a province: the one that signs, and those that are believed beside it
 * while a new key comes and for ever after it went (docs/security.md, "Receipt keys"). */
#ifndef TONGHOP_COLLECTOR_RECEIPT_KEYS_H
#define TONGHOP_COLLECTOR_RECEIPT_KEYS_H

#include <stdint.h>

#include "common/base/status.h"
#include "common/wire/bundle.h"

/* Fills the receipt keys of `bundle`: `signing` first, then those that the setting
 * `receipt_keys` lists (public halves, 64 hexadecimal digits or a .pub file a line; NULL:
 * none), each once. Reads files. TH_USAGE when a line is none of these, or with more than
 * TH_BUNDLE_KEYS in all. */
enum th_status th_receipt_keys_fill(const char *lines, const uint8_t signing[32],
                                    struct th_bundle *bundle, struct th_error *error) TH_MUST_USE;

#endif
