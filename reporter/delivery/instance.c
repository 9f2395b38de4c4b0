#include "reporter/delivery/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/base/clock.h"

#define LOCK_NAME    "run.lock"
#define LOCK_WAIT_MS 500 /* longer than anybody's look at the lock takes */
#define LOCK_STEP_MS 20

static const char *const nudge_names[] = {[TH_NUDGE_WAKE] = "wake", [TH_NUDGE_REFRESH] = "refresh"};

static bool make_path(char path[PATH_MAX], const char *state_dir, const char *name)
{
    return (size_t)snprintf(path, PATH_MAX, "%s/%s", state_dir, name) < PATH_MAX;
}

static int open_lock(const char *state_dir)
{
    char path[PATH_MAX];
    if (!make_path(path, state_dir, LOCK_NAME))
        return -1;
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* `status` takes the lock for an instant to look at it, so one refusal proves
 * nothing; whoever delivers keeps it. */
static bool take_lock(int file)
{
    int64_t deadline = th_clock_monotonic_ms() + LOCK_WAIT_MS;
    while (flock(file, LOCK_EX | LOCK_NB) != 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || th_clock_monotonic_ms() > deadline)
            return false;
        (void)poll(NULL, 0, LOCK_STEP_MS);
    }
    return true;
}

enum th_status th_instance_lock(const char *state_dir, int *lock, struct th_error *error)
{
    *lock = open_lock(state_dir);
    if (*lock < 0)
        return th_error_set(error, TH_USAGE, "cannot open %s/" LOCK_NAME ": %m", state_dir);
    if (!take_lock(*lock)) {
        char pid[32] = "";
        ssize_t size = pread(*lock, pid, sizeof(pid) - 1, 0);
        pid[size > 0 ? strcspn(pid, "\n") : 0] = '\0';
        close(*lock);
        *lock = -1;
        return th_error_set(error, TH_RETRY,
                            "another tonghop-reporter delivers from %s already (process %s)",
                            state_dir, pid[0] ? pid : "unknown");
    }
    char pid[32];
    int size = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
    /* For people who look into the file; the lock is what counts. */
    if (ftruncate(*lock, 0) != 0 || pwrite(*lock, pid, (size_t)size, 0) != size)
        errno = 0;
    return TH_OK;
}

void th_instance_unlock(int *lock)
{
    if (*lock >= 0)
        close(*lock);
    *lock = -1;
}

bool th_instance_is_running(const char *state_dir)
{
    int file = open_lock(state_dir);
    if (file < 0)
        return false;
    bool running = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(file);
    return running;
}

void th_instance_nudge(const char *state_dir, enum th_nudge nudge)
{
    char path[PATH_MAX];
    if (!make_path(path, state_dir, nudge_names[nudge]))
        return;
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file >= 0)
        close(file); /* what the watcher hears */
}

int th_instance_watch(const char *state_dir)
{
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch >= 0 && inotify_add_watch(watch, state_dir, IN_CLOSE_WRITE) < 0) {
        close(watch);
        watch = -1;
    }
    return watch;
}

void th_instance_read(int watch, bool *wake, bool *refresh)
{
    char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t size;
    while ((size = read(watch, bytes, sizeof(bytes))) > 0) {
        for (ssize_t at = 0; at < size;) {
            const struct inotify_event *event = (const struct inotify_event *)(bytes + at);
            at += (ssize_t)(sizeof(*event) + event->len);
            if (event->mask & IN_Q_OVERFLOW)
                *wake = *refresh = true;
            if (event->len > 0 && strcmp(event->name, nudge_names[TH_NUDGE_WAKE]) == 0)
                *wake = true;
            if (event->len > 0 && strcmp(event->name, nudge_names[TH_NUDGE_REFRESH]) == 0)
                *refresh = true;
        }
    }
}
