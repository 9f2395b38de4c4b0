/* Catches what code under test writes to a descriptor such as STDERR_FILENO. */
#ifndef TONGHOP_TESTS_TH_CAPTURE_H
#define TONGHOP_TESTS_TH_CAPTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct th_capture {
    int descriptor, saved;
    FILE *file;
    char text[65536];
};

static inline void th_capture_begin(struct th_capture *capture, int descriptor)
{
    fflush(NULL);
    capture->descriptor = descriptor;
    capture->saved = dup(descriptor);
    capture->file = tmpfile();
    if (!capture->file || dup2(fileno(capture->file), descriptor) < 0)
        abort();
}

static inline const char *th_capture_end(struct th_capture *capture)
{
    fflush(NULL);
    dup2(capture->saved, capture->descriptor);
    close(capture->saved);
    rewind(capture->file);
    capture->text[fread(capture->text, 1, sizeof(capture->text) - 1, capture->file)] = '\0';
    fclose(capture->file);
    return capture->text;
}

#endif
