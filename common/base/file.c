#include "common/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"

#define CHUNK ((size_t)64 << 10)

/* A missing folder or permission is for the caller to put right; a full or
 * broken disk is not. */
static enum th_status status_of_errno(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EACCES:
    case EPERM:
    case EROFS:
    case EEXIST:
    case ENAMETOOLONG:
    case ELOOP:
    case EINVAL:
        return TH_USAGE;
    default:
        return TH_PERMANENT;
    }
}

static enum th_status read_all(int file, const char *path, size_t limit, struct th_buffer *into,
                               struct th_error *error)
{
    size_t taken = 0;
    for (;;) {
        size_t want = limit - taken < CHUNK ? limit - taken + 1 : CHUNK;
        th_buffer_reserve(into, want);
        ssize_t got = read(file, into->bytes + into->size, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return th_error_set(error, TH_USAGE, "cannot read %s: %m", path);
        if (got == 0)
            return TH_OK;
        if ((size_t)got > limit - taken)
            return th_error_set(error, TH_USAGE,
                                "%s holds more than %zu bytes, the most that is taken", path,
                                limit);
        taken += (size_t)got;
        into->size += (size_t)got;
        into->bytes[into->size] = '\0';
    }
}

enum th_status th_file_read(const char *path, size_t limit, struct th_buffer *into,
                            struct th_error *error)
{
    if (limit > SIZE_MAX / 4)
        limit = SIZE_MAX / 4;
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, "standard input", limit, into, error);

    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return th_error_set(error, TH_USAGE, "cannot read %s: %m", path);
    enum th_status status = read_all(file, path, limit, into, error);
    close(file);
    return status;
}

static bool write_all(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(file, bytes, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

/* Makes a new name of a file survive a power cut. */
static bool sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash)
        snprintf(folder, sizeof(folder), ".");
    else if (slash == path)
        snprintf(folder, sizeof(folder), "/");
    else
        snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);

    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return false;
    /* Some file systems cannot sync a folder and say EINVAL. */
    bool synced = fsync(file) == 0 || errno == EINVAL;
    int saved = errno;
    close(file);
    errno = saved;
    return synced;
}

/* Mode, bytes, sync, close: in this order, so that a secret is never readable
 * by others, however short the moment. Closes `file` in any case. */
static bool fill(int file, const void *bytes, size_t size, unsigned mode)
{
    bool filled =
        fchmod(file, (mode_t)mode) == 0 && write_all(file, bytes, size) && fsync(file) == 0;
    int saved = errno;
    bool closed = close(file) == 0;
    if (!filled)
        errno = saved;
    return filled && closed;
}

enum th_status th_file_write(const char *path, const void *bytes, size_t size, unsigned mode,
                             struct th_error *error)
{
    char temporary[PATH_MAX];
    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= sizeof(temporary))
        return th_error_set(error, TH_USAGE, "cannot write %s: its name is too long", path);
    int file = mkostemp(temporary, O_CLOEXEC);
    if (file < 0)
        return th_error_set(error, status_of_errno(), "cannot write %s: %m", path);

    if (!fill(file, bytes, size, mode) || rename(temporary, path) != 0) {
        enum th_status status = th_error_set(error, status_of_errno(), "cannot write %s: %m", path);
        unlink(temporary);
        return status;
    }
    if (!sync_folder_of(path))
        return th_error_set(error, status_of_errno(), "cannot sync the folder of %s: %m", path);
    return TH_OK;
}

enum th_status th_file_create(const char *path, const void *bytes, size_t size, unsigned mode,
                              struct th_error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0 && errno == EEXIST)
        return th_error_set(error, TH_USAGE,
                            "%s exists already and is not overwritten; move it away first", path);
    if (file < 0)
        return th_error_set(error, status_of_errno(), "cannot create %s: %m", path);

    if (!fill(file, bytes, size, mode)) {
        enum th_status status = th_error_set(error, status_of_errno(), "cannot write %s: %m", path);
        unlink(path);
        return status;
    }
    if (!sync_folder_of(path))
        return th_error_set(error, status_of_errno(), "cannot sync the folder of %s: %m", path);
    return TH_OK;
}

static enum th_status read_secret(int file, const char *path, uint8_t *secret, size_t size,
                                  struct th_error *error)
{
    struct stat found;
    if (fstat(file, &found) != 0)
        return th_error_set(error, TH_USAGE, "cannot read %s: %m", path);
    if (!S_ISREG(found.st_mode))
        return th_error_set(error, TH_USAGE, "%s is not a file", path);
    if (found.st_mode & (S_IRWXG | S_IRWXO))
        return th_error_set(error, TH_USAGE, "%s is open to other accounts; run: chmod 600 %s",
                            path, path);

    struct th_buffer text = {0};
    enum th_status status = read_all(file, path, 2 * size + 2, &text, error);
    struct th_slice digits = th_buffer_slice(&text);
    if (digits.size > 0 && digits.bytes[digits.size - 1] == '\n')
        digits.size--;
    if (digits.size > 0 && digits.bytes[digits.size - 1] == '\r')
        digits.size--;
    if (status == TH_OK && !th_text_from_hex(digits, secret, size))
        status = th_error_set(error, TH_USAGE, "%s does not hold a key of %zu hexadecimal digits",
                              path, 2 * size);
    if (text.bytes)
        explicit_bzero(text.bytes, text.capacity);
    th_buffer_free(&text);
    return status;
}

enum th_status th_file_read_secret(const char *path, uint8_t *secret, size_t size,
                                   struct th_error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0)
        return th_error_set(error, TH_USAGE, "cannot read the key file %s: %m", path);
    enum th_status status = read_secret(file, path, secret, size, error);
    close(file);
    return status;
}

enum th_status th_file_make_folder(const char *path, struct th_error *error)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof(part))
        return th_error_set(error, TH_USAGE, "cannot make folder '%s': not a usable name", path);

    for (size_t end = 1; end <= length; end++) {
        if (path[end] != '/' && path[end] != '\0')
            continue;
        memcpy(part, path, end);
        part[end] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return th_error_set(error, status_of_errno(), "cannot make folder %s: %m", part);
    }
    struct stat found;
    if (stat(path, &found) != 0 || !S_ISDIR(found.st_mode))
        return th_error_set(error, TH_USAGE, "%s is not a folder", path);
    return TH_OK;
}
