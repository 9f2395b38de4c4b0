/* Files: bounded reading, whole or not at all writing, key files. */
#ifndef TONGHOP_BASE_FILE_H
#define TONGHOP_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buffer.h"
#include "common/base/status.h"

/* Appends the file's bytes; "-" reads standard input. TH_USAGE when it cannot be
 * read or holds more than `limit` bytes. */
enum th_status th_file_read(const char *path, size_t limit, struct th_buffer *into,
                            struct th_error *error) TH_MUST_USE;

/* Writes a temporary file beside, syncs, renames: readers see all or nothing.
 * `mode` such as 0644. */
enum th_status th_file_write(const char *path, const void *bytes, size_t size, unsigned mode,
                             struct th_error *error) TH_MUST_USE;

/* Creates a new file and fails (TH_USAGE) when one is there: keys are never
 * overwritten. */
enum th_status th_file_create(const char *path, const void *bytes, size_t size, unsigned mode,
                              struct th_error *error) TH_MUST_USE;

/* Reads a secret of exactly `size` bytes stored as hexadecimal and a newline.
 * TH_USAGE when the file is readable or writable by group or others. */
enum th_status th_file_read_secret(const char *path, uint8_t *secret, size_t size,
                                   struct th_error *error) TH_MUST_USE;

/* mkdir -p with mode 0700 for what it makes. */
enum th_status th_file_make_folder(const char *path, struct th_error *error) TH_MUST_USE;

#endif
