/* An enrolment bundle: refused with a message, or what is written of it is read as the same
 * bundle with the same fingerprint. */
#include <string.h>

#include "common/base/text.h"
#include "common/wire/bundle.h"
#include "tests/fuzz/support.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct th_bundle bundle, again;
    struct th_error error = {0};
    char before[40], after[40];
    TH_CLEANUP_BUFFER struct th_buffer first = {0}, second = {0};
    enum th_status status = th_bundle_read(fuzz_file(bytes, size), &bundle, &error);
    fuzz_check_error(status, TH_USAGE, &error);
    if (status != TH_OK)
        return 0;
    MUST(bundle.receipt_key_count >= 1 && bundle.receipt_key_count <= TH_BUNDLE_KEYS);
    MUST(bundle.submit_count <= TH_BUNDLE_ENDPOINTS && bundle.query_count <= TH_BUNDLE_ENDPOINTS);
    MUST(bundle.submit_count + bundle.query_count >= 1);
    th_bundle_write(&bundle, &first);
    status = th_bundle_read(fuzz_file((const uint8_t *)first.bytes, first.size), &again, &error);
    if (status != TH_OK)
        fprintf(stderr, "%s\n", error.message);
    MUST(status == TH_OK);
    th_bundle_write(&again, &second);
    MUST(th_slice_same(th_buffer_slice(&first), th_buffer_slice(&second)));
    th_bundle_fingerprint(&bundle, before);
    th_bundle_fingerprint(&again, after);
    MUST(strcmp(before, after) == 0);
    return 0;
}
