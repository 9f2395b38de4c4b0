#include "common/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

enum th_status th_error_set(struct th_error *error, enum th_status status, const char *format, ...)
{
    if (!error)
        return status;

    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    vsnprintf(error->message, sizeof(error->message), format, arguments);
    va_end(arguments);
    th_text_make_showable(error->message);
    return status;
}

enum th_status th_error_prefix(struct th_error *error, const char *format, ...)
{
    if (!error)
        return TH_PERMANENT;

    char context[sizeof(error->message)];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(context, sizeof(context), format, arguments);
    va_end(arguments);

    /* What does not fit is cut off the end of the old message. */
    char *message = error->message;
    size_t room = sizeof(error->message) - sizeof(": ");
    size_t before = strnlen(context, room), kept = strnlen(message, room - before);
    memmove(message + before + 2, message, kept);
    memcpy(message, context, before);
    memcpy(message + before, ": ", 2);
    message[before + 2 + kept] = '\0';
    th_text_make_showable(message);
    return error->status;
}

int th_status_exit_code(enum th_status status)
{
    switch (status) {
    case TH_OK:
        return 0;
    case TH_REJECTED:
        return 4;
    case TH_USAGE:
        return 2;
    case TH_UNREACHABLE:
        return 3;
    case TH_RETRY:
    case TH_PERMANENT:
        break;
    }
    return 1;
}

int th_error_exit(const char *program, const struct th_error *error)
{
    fprintf(stderr, "%s: %s\n", program, error->message);
    return th_status_exit_code(error->status);
}
