/* A catalogue's files, each behind a line "== NAME.csv": refused with the faults named, or
 * read; then what is written of it is read as the same catalogue. */
#include <string.h>

#include "common/base/text.h"
#include "common/wire/message.h"
#include "tests/fuzz/support.h"

#define FILES_MAX 12
#define MARK      "== "

/* Divides the input; what stands before the first mark belongs to no file. */
static size_t divide(struct th_slice input, struct th_catalogue_file files[FILES_MAX])
{
    size_t count = 0;
    while (input.size > 0) {
        const char *end = memchr(input.bytes, '\n', input.size);
        size_t line = end ? (size_t)(end - input.bytes) + 1 : input.size;
        if (line > 3 && memcmp(input.bytes, MARK, 3) == 0) {
            if (count == FILES_MAX)
                break;
            struct th_catalogue_file *file = &files[count++];
            size_t name = line - 3 - (end ? 1 : 0);
            snprintf(file->name, sizeof(file->name), "%.*s", (int)(name < 31 ? name : 31),
                     input.bytes + 3);
            file->content = (struct th_slice){input.bytes + line, 0};
        } else if (count > 0) {
            files[count - 1].content.size += line;
        }
        input = (struct th_slice){input.bytes + line, input.size - line};
    }
    return count;
}

static void check_faults(const struct th_fault_list *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        MUST(faults->faults[i].code[0] != '\0' && faults->faults[i].message[0] != '\0');
        MUST(th_text_is_utf8(th_slice_of(faults->faults[i].message)));
        MUST(th_text_is_utf8(th_slice_of(faults->faults[i].column)));
    }
}

static void check_written(struct th_catalogue *catalogue)
{
    struct th_buffer texts[FILES_MAX] = {0};
    struct th_catalogue_file files[FILES_MAX] = {0};
    struct th_fault_list faults = {0};
    size_t count = 0;
    for (; th_catalogue_file_names[count]; count++) {
        MUST(count < FILES_MAX);
        th_catalogue_write(catalogue, th_catalogue_file_names[count], &texts[count]);
        snprintf(files[count].name, sizeof(files[count].name), "%s",
                 th_catalogue_file_names[count]);
        files[count].content = th_buffer_slice(&texts[count]);
    }
    struct th_catalogue *again = th_catalogue_read(files, count, &faults);
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "%s:%zu: %s\n", faults.faults[i].file, faults.faults[i].line,
                faults.faults[i].message);
    MUST(again != NULL);
    for (size_t i = 0; i < count; i++) {
        TH_CLEANUP_BUFFER struct th_buffer text = {0};
        th_catalogue_write(again, th_catalogue_file_names[i], &text);
        MUST(th_slice_same(th_buffer_slice(&text), th_buffer_slice(&texts[i])));
        th_buffer_free(&texts[i]);
    }
    th_catalogue_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct th_catalogue_file files[FILES_MAX] = {0};
    struct th_fault_list faults = {0};
    size_t count = divide((struct th_slice){(const char *)bytes, size}, files);
    struct th_catalogue *catalogue = th_catalogue_read(files, count, &faults);
    check_faults(&faults);
    MUST((catalogue == NULL) == (faults.count > 0));
    if (catalogue)
        check_written(catalogue);
    th_catalogue_release(&catalogue);
    th_fault_list_free(&faults);
    return 0;
}
