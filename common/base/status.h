/* One status for every room: what the caller may do, never what happened.
 * The words for people live in struct th_error, filled by whoever fails first
 * and passed up unchanged. */
#ifndef TONGHOP_BASE_STATUS_H
#define TONGHOP_BASE_STATUS_H

enum th_status {
    TH_OK = 0,      /* done */
    TH_REJECTED,    /* input was understood and not taken; problems say why */
    TH_USAGE,       /* wrong usage or configuration; the caller must change it */
    TH_RETRY,       /* transient: the same call may succeed later */
    TH_UNREACHABLE, /* peer or database cannot be reached; retry later */
    TH_PERMANENT,   /* failed, and the same call would fail again */
};

#define TH_MUST_USE     __attribute__((warn_unused_result))
#define TH_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Detail beside a status other than TH_OK. The caller owns it; a zeroed one is
 * valid. Messages are one sentence for people: what failed and what to do. */
struct th_error {
    enum th_status status;
    char message[1024];
};

/* Records `status` and the message, made showable (text.h), and returns `status`. A NULL `error` is
 * allowed: only the status is returned then. */
enum th_status th_error_set(struct th_error *error, enum th_status status, const char *format, ...)
    TH_PRINTF(3, 4);

/* Puts "context: " before the message that is there; returns its status. */
enum th_status th_error_prefix(struct th_error *error, const char *format, ...) TH_PRINTF(2, 3);

/* Exit status of a program that ends with `status`: 0 done, 1 the work failed,
 * 2 wrong usage or configuration, 3 unreachable, 4 rejected. */
int th_status_exit_code(enum th_status status);

/* Prints "PROGRAM: message" to stderr and returns the exit code. */
int th_error_exit(const char *program, const struct th_error *error);

#endif
