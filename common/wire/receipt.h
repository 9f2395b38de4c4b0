/* Receipts and rejections as the office checks them: the chain is recomputed and
 * the signature verified before anything is believed. */
#ifndef TONGHOP_WIRE_RECEIPT_H
#define TONGHOP_WIRE_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/status.h"
#include "common/ledger/ledger.h"
#include "common/wire/bundle.h"
#include "tonghop/v1/tonghop.pb-c.h"

/* Recomputes every entry's hash from run->previous_hash, checks that sequences
 * are contiguous and the signature holds under a key of the bundle. `hashes`
 * receives one hash an entry (caller's array of run->n_entry). TH_PERMANENT with
 * the reason otherwise. Whether previous_hash is the office's own last hash is the
 * caller's check. */
enum th_status th_receipt_run_verify(const Tonghop__V1__ReceiptRun *run,
                                     const struct th_bundle *bundle, const char *district,
                                     uint8_t (*hashes)[TH_HASH_BYTES],
                                     struct th_error *error) TH_MUST_USE;

/* Signature of a rejection, over its own error codes. */
enum th_status th_rejection_check(const Tonghop__V1__Rejection *rejection,
                                  const struct th_bundle *bundle, const char *district,
                                  struct th_error *error) TH_MUST_USE;

#endif
