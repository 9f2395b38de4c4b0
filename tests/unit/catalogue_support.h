/* What the tests of the catalogue share: the sample's files, a small catalogue to
 * spoil, and words about faults. */
#ifndef TONGHOP_TESTS_CATALOGUE_SUPPORT_H
#define TONGHOP_TESTS_CATALOGUE_SUPPORT_H

#include "common/base/buffer.h"
#include "common/domain/catalogue.h"

#define FILES 10

/* The ten files of a catalogue, each in a buffer that `files` points into. */
struct folder {
    struct th_buffer contents[FILES];
    struct th_catalogue_file files[FILES];
};

void folder_free(struct folder *folder);
/* Points `files` at what `contents` holds now. */
void folder_point(struct folder *folder);
/* examples/quang-ninh/catalogue; false (and a message) when it cannot be read. */
bool folder_read_sample(struct folder *folder);
/* Two districts, two communes, a form with a criterion of each kind, and a row or
 * two in every other file; without faults. */
void folder_make_small(struct folder *folder);
/* Every file of a catalogue in canonical form. */
void folder_write(struct folder *folder, const struct th_catalogue *catalogue);
/* Position in th_catalogue_file_names. */
size_t file_index(const char *name);
/* Replaces the one occurrence of `from` in a file; aborts when there is not one. */
void folder_replace(struct folder *folder, const char *name, const char *from, const char *to);

/* Reads; faults go to `faults`, or are printed when that is NULL. */
struct th_catalogue *folder_load(const struct folder *folder, struct th_fault_list *faults);
void print_faults(const struct th_fault_list *faults);
int32_t day(const char *text);

#endif
