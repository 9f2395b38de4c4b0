#include "commission/cli/output.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum th_status th_output_open(struct th_output *output, const char *path, struct th_error *error)
{
    *output = (struct th_output){.file = stdout};
    if (!path || strcmp(path, "-") == 0)
        return TH_OK;
    if (asprintf(&output->temporary, "%s.XXXXXX", path) < 0)
        abort();
    int file = mkstemp(output->temporary);
    /* mkstemp makes it private; a result is an ordinary file. */
    mode_t mask = umask(0);
    umask(mask);
    if (file < 0 || fchmod(file, 0666 & ~mask) != 0 || !(output->file = fdopen(file, "w"))) {
        (void)th_error_set(error, TH_USAGE, "cannot write '%s': %m", path);
        if (file >= 0) {
            unlink(output->temporary);
            close(file);
        }
        free(output->temporary);
        *output = (struct th_output){.file = stdout};
        return TH_USAGE;
    }
    output->path = path;
    return TH_OK;
}

enum th_status th_output_close(struct th_output *output, enum th_status status,
                               struct th_error *error)
{
    FILE *file = output->file;
    output->file = stdout;
    if (!output->path)
        return status;
    bool failed = fflush(file) != 0 || ferror(file) || fsync(fileno(file)) != 0;
    failed = fclose(file) != 0 || failed;
    if (status == TH_OK && (failed || rename(output->temporary, output->path) != 0))
        status = th_error_set(error, TH_PERMANENT, "cannot write '%s': %m", output->path);
    if (status != TH_OK)
        unlink(output->temporary);
    free(output->temporary);
    output->temporary = NULL;
    return status;
}
