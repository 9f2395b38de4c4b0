/* Announcements: new server keys, endpoints and receipt keys of a province, told over
 * the wire and signed by a receipt key that is pinned already (docs/security.md,
 * "Keys"). Made by `tonghop-collector announce`; taken by offices and clients into
 * their pinned bundle. */
#ifndef TONGHOP_WIRE_ANNOUNCEMENT_H
#define TONGHOP_WIRE_ANNOUNCEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/ledger/ledger.h"
#include "common/wire/bundle.h"
#include "tonghop/v1/tonghop.pb-c.h"

#define TH_ANNOUNCEMENT_MAX   ((size_t)8 * 1024) /* bytes of content: 16 endpoints and 8 keys */
#define TH_ANNOUNCEMENTS_TOLD 64                 /* in one Welcome */

/* One as it is kept and sent: exact bytes and the signature over them. */
struct th_announcement {
    int64_t announced_us;
    struct th_slice content;
    uint8_t key_id[TH_KEY_ID_BYTES];
    uint8_t signature[TH_SIGNATURE_BYTES];
};

/* Appends the content that announces province, instant, endpoints and receipt keys of
 * `bundle`. */
void th_announcement_pack(const struct th_bundle *bundle, struct th_buffer *content);

/* Fills province, announced_us, endpoints and receipt keys of `bundle`, and nothing else.
 * TH_PERMANENT naming what is wrong; the bundle is then not changed. Who signed is not
 * looked at. */
enum th_status th_announcement_unpack(struct th_slice content, struct th_bundle *bundle,
                                      struct th_error *error) TH_MUST_USE;

/* Takes what a Welcome announces into a bundle, one after the other: an announcement that
 * is later than the bundle's, of its province, and signed by a receipt key that the bundle
 * holds and that the announcement keeps. *taken: the bundle changed. TH_PERMANENT when one was
 * not believed and none after it was taken; those before it are. */
enum th_status th_announcements_take(Tonghop__V1__SignedAnnouncement *const *announcements,
                                     size_t count, struct th_bundle *bundle, bool *taken,
                                     struct th_error *error) TH_MUST_USE;

/* Puts announcements into a Welcome; they point to the list's memory. */
void th_announcements_tell(const struct th_announcement *announcements, size_t count,
                           Tonghop__V1__Welcome *welcome, struct th_arena *arena);

#endif
