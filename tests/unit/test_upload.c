/* Files that come in parts: in order, bounded, and told once when they are not taken. */
#include <stdbool.h>
#include <stdlib.h>

#include "tests/unit/th_test.h"

#include "collector/query/upload.h"
#include "common/wire/message.h"

static const char *take(struct th_upload **upload, uint64_t request, const char *format,
                        uint64_t offset, struct th_slice content, bool allowed)
{
    Tonghop__V1__AssessmentPart part = TONGHOP__V1__ASSESSMENT_PART__INIT;
    part.request_id = request;
    part.format = th_bytes(th_slice_of(format));
    part.offset = offset;
    part.content = th_bytes(content);
    const char *code = th_upload_take(upload, &part, allowed, 1000);
    return code ? code : "";
}

static void parts_are_put_together(void)
{
    struct th_upload *upload = NULL;
    TH_CHECK_TEXT("first", take(&upload, 1, "html", 0, TH_SLICE("abc"), true), "");
    TH_CHECK_TEXT("another file", take(&upload, 1, "xlsx", 0, TH_SLICE("PK"), true), "");
    TH_CHECK_TEXT("second", take(&upload, 1, "html", 3, TH_SLICE("def"), true), "");
    TH_CHECK("two files", upload->count == 2);
    TH_CHECK("html", th_slice_equals(th_buffer_slice(&upload->files[0].bytes), "abcdef"));
    TH_CHECK("xlsx", th_slice_equals(th_buffer_slice(&upload->files[1].bytes), "PK"));
    TH_CHECK_TEXT("begun anew", take(&upload, 1, "html", 0, TH_SLICE("x"), true), "");
    TH_CHECK("html anew", th_slice_equals(th_buffer_slice(&upload->files[0].bytes), "x"));
    TH_CHECK_TEXT("another request", take(&upload, 2, "html", 0, TH_SLICE("y"), true), "");
    TH_CHECK("forgets the first", upload->count == 1 && upload->request_id == 2);
    th_upload_free(&upload);
    TH_CHECK("gone", upload == NULL);
}

static void what_is_wrong_is_told_once(void)
{
    static const struct {
        const char *name, *format;
        uint64_t offset;
        bool allowed;
        const char *want;
    } cases[] = {
        {"not allowed", "html", 0, false, "role.not_allowed"},
        {"an unknown format", "pdf", 0, true, "message.malformed"},
        {"a format as a path", "../html", 0, true, "message.malformed"},
        {"a gap", "html", 1, true, "assessment.file_damaged"},
        {"beyond all bounds", "html", UINT64_MAX, true, "assessment.file_damaged"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_upload *upload = NULL;
        TH_CHECK_TEXT(
            cases[i].name,
            take(&upload, 7, cases[i].format, cases[i].offset, TH_SLICE("abc"), cases[i].allowed),
            cases[i].want);
        TH_CHECK(cases[i].name, upload->refused && upload->count == 0);
        TH_CHECK_TEXT(cases[i].name, take(&upload, 7, "html", 0, TH_SLICE("abc"), true), "");
        TH_CHECK(cases[i].name, upload->count == 0);
        TH_CHECK_TEXT(cases[i].name, take(&upload, 8, "html", 0, TH_SLICE("abc"), true), "");
        TH_CHECK(cases[i].name, upload->count == 1);
        th_upload_free(&upload);
    }
}

static void sizes_are_bounded(void)
{
    struct th_upload *upload = NULL;
    char *bytes = calloc(1, TH_UPLOAD_PART_BYTES + 1);
    struct th_slice part = {bytes, TH_UPLOAD_PART_BYTES};
    uint64_t at = 0;
    for (; at < TH_UPLOAD_FILE_BYTES; at += part.size)
        TH_CHECK_TEXT("fits", take(&upload, 1, "html", at, part, true), "");
    TH_CHECK_TEXT("one byte more", take(&upload, 1, "html", at, TH_SLICE("x"), true),
                  "assessment.too_large");
    TH_CHECK("nothing of it is kept", upload->count == 0);
    part.size++;
    TH_CHECK_TEXT("too large a part", take(&upload, 2, "html", 0, part, true), "message.malformed");
    th_upload_free(&upload);
    free(bytes);
}

static const struct th_test tests[] = {
    {"parts are put together", parts_are_put_together},
    {"what is wrong is told once", what_is_wrong_is_told_once},
    {"sizes are bounded", sizes_are_bounded},
};
TH_TEST_MAIN("upload", tests)
