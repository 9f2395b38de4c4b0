/* Files that a client sends before the act that needs them (AssessmentPart): gathered by
 * the serving thread, handed over with the act. One upload a client, bounded. */
#ifndef TONGHOP_COLLECTOR_UPLOAD_H
#define TONGHOP_COLLECTOR_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/buffer.h"
#include "tonghop/v1/tonghop.pb-c.h"

#define TH_UPLOAD_FILES      2
#define TH_UPLOAD_FILE_BYTES ((size_t)4 * 1024 * 1024)
#define TH_UPLOAD_PART_BYTES ((size_t)256 * 1024)
#define TH_UPLOAD_IDLE_MS    60000

struct th_upload {
    uint64_t request_id;
    int64_t last_ms; /* monotonic: of its last part */
    bool refused;    /* its sender knows; what still comes is let go */
    size_t count;
    struct {
        char format[8];
        struct th_buffer bytes;
    } files[TH_UPLOAD_FILES];
};

/* Takes one part into *upload, which is made, or begun anew by another request id. NULL,
 * or the code of what is wrong with it, told once an upload: nothing of it is kept then.
 * `allowed`: whether the sender may send files at all. */
const char *th_upload_take(struct th_upload **upload, const Tonghop__V1__AssessmentPart *part,
                           bool allowed, int64_t now_ms);
void th_upload_free(struct th_upload **upload);

#endif
